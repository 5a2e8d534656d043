"""Conflicts of interest: effective at once and everywhere, for everybody, and lifted by somebody else only."""

import datetime as dt
import re
import uuid

import pytest
import sqlalchemy as sa
from support.readable import readable
from support.world import NOTIFICATION, SYSTEM

from dard.accounts.enums import Role
from dard.actions import service as actions
from dard.actions.enums import Priority
from dard.audit.models import AuditEvent
from dard.cases.access import recusals, restrictions
from dard.cases.access.enums import RecusalGround
from dard.cases.access.models import CaseRecusal
from dard.cases.models import Case
from dard.core.database import db
from dard.core.errors import DomainError, ForbiddenError, NotFoundError
from dard.panels import service as panels
from dard.panels.models import AgendaItem, Meeting

DECLARED = {"ground": "knew_the_person", "reason": "We were neighbours"}


@pytest.fixture
def case_id(panel):
    made = panel.world.case()
    panel.summary(made)
    return made


@pytest.fixture
def meeting(panel, case_id):
    second = panel.world.case(district="Larchford")
    panel.summary(second, text="[person] had been well. [day -3] A bed was free.")
    return panel.world.meeting(cases=[case_id, second], invited=[panel.signed, panel.chair])


def item_of(panel, meeting_id: uuid.UUID, case_id: uuid.UUID) -> tuple[uuid.UUID, str]:
    with panel.world.at_work():
        query = sa.select(AgendaItem).where(AgendaItem.meeting_id == meeting_id, AgendaItem.case_id == case_id)
        item = db.session.scalars(query).one()
        return item.id, item.pseudonym


def declare(panel, meeting_id: uuid.UUID, case_id: uuid.UUID, person=None):
    """``person`` (the member) declares by the agenda; their browser."""
    browser = panel.world.browser(person or panel.signed)
    item, _name = item_of(panel, meeting_id, case_id)
    browser.post(f"/meetings/{meeting_id}/agenda/{item}/declare", DECLARED)
    return browser


def impose(panel, case_id: uuid.UUID, person) -> uuid.UUID:
    with panel.world.at_work():
        case = panel.world.get(Case, case_id)
        return recusals.impose(panel.chair.actor, case, person.id, RecusalGround.INVOLVED, "Was on duty").id


def test_a_member_declares_by_the_agenda_and_the_case_is_gone_from_the_next_click_on(panel, meeting, case_id):
    item, name = item_of(panel, meeting, case_id)
    browser = panel.world.browser(panel.signed)
    assert name in browser.get(f"/meetings/{meeting}").text
    assert browser.get(f"/meetings/{meeting}/agenda/{item}/declare").status_code == 200
    browser.post(f"/meetings/{meeting}/agenda/{item}/declare", DECLARED)
    page = browser.get(f"/meetings/{meeting}").text
    assert name not in page
    assert "1 case is left out for you, because of a conflict of interest." in browser.text
    for path in ("declare", "remove", "up"):
        browser.get(f"/meetings/{meeting}/agenda/{item}/declare", status=404)
        browser.post(f"/meetings/{meeting}/agenda/{item}/{path}", {}, status=404 if path == "declare" else 403)
    assert name in panel.world.browser(panel.chair).get(f"/meetings/{meeting}").text
    with panel.world.at_work():
        event = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.code == "case.interest_declared")).one()
        assert (event.actor_id, event.case_id, event.reason) == (panel.signed.id, case_id, "We were neighbours")


def test_a_pack_issued_before_leaves_the_case_out_and_says_so_on_screen_and_on_paper(panel, meeting, case_id):
    panel.issue(meeting)
    _item, name = item_of(panel, meeting, case_id)
    browser = panel.world.browser(panel.signed)
    browser.get("/packs")
    path = re.search(r'href="(/packs/[0-9a-f-]+)"', browser.response.text).group(1)
    paper = browser.client.get(f"{path}/pack.pdf", headers={"User-Agent": "Werkzeug/test"})
    assert name in browser.get(path).text
    assert name in readable(paper)
    declare(panel, meeting, case_id)
    browser.get(path)
    assert "1 case is withheld from you because of a declaration of a conflict of interest." in browser.text
    after = readable(browser.client.get(f"{path}/pack.pdf", headers={"User-Agent": "Werkzeug/test"}))
    assert "1 case is withheld from you because of a declaration of a conflict of interest." in after
    for shown in (browser.response.text, after):
        assert name not in shown
        assert "They had asked for help twice" not in shown
        assert "A bed was free" in shown
    assert "1 case" in after.split("Contents")[0]  # the cover counts what is there


def test_a_case_taken_off_the_agenda_since_is_withheld_from_an_older_pack_all_the_same(panel, meeting, case_id):
    panel.issue(meeting)
    _item, name = item_of(panel, meeting, case_id)
    with panel.world.at_work():
        item = db.session.scalars(sa.select(AgendaItem).where(AgendaItem.case_id == case_id)).one()
        panels.remove_case(SYSTEM, item, "Another time")
    impose(panel, case_id, panel.signed)
    browser = panel.world.browser(panel.signed)
    browser.get("/packs")
    browser.get(re.search(r'href="(/packs/[0-9a-f-]+)"', browser.response.text).group(1))
    assert name not in browser.response.text
    assert "1 case is withheld from you" in browser.text


def test_a_coordinator_declares_in_the_case_file_and_then_finds_it_nowhere(panel, meeting, case_id):
    browser = panel.world.browser(panel.writer)
    reference = re.search(r"2026-\d{4}", browser.get(f"/cases/{case_id}").text).group()
    assert reference in browser.get("/cases").text
    assert browser.post(f"/cases/{case_id}/access/declare", DECLARED).location == "/cases"
    browser.get("/cases")
    assert "You no longer see the case" in browser.text
    assert "No cases match" in browser.get(f"/cases?reference={reference}").text
    for path in ("/cases", "/", f"/meetings/{meeting}", f"/meetings/{meeting}/held"):
        page = browser.get(path).text
        assert str(case_id) not in page
        assert not re.search(rf"(?<![\w-]){reference}", page), path
    for tab in ("", "/history", "/access", "/summary", "/identity", "/change", "/status", "/meetings", "/actions"):
        browser.get(f"/cases/{case_id}{tab}", status=404)
    assert "1 case on the agenda" in panel.world.browser(panel.writer).get(f"/meetings/{meeting}/held").text


def test_counts_and_reports_leave_it_out_and_reports_say_so(panel, case_id):
    for _ in range(6):
        panel.world.case()
    browser = panel.world.browser(panel.writer)
    assert ">7<" in re.sub(r"\s", "", browser.get("/reports/thematic").text)
    impose(panel, case_id, panel.writer)
    browser.get("/reports/thematic")
    assert ">6<" in re.sub(r"\s", "", browser.response.text)
    assert "Not counted: cases from which the person who made this report is recused" in browser.text
    assert "Not counted" in browser.client.get("/reports/thematic.csv", headers={"User-Agent": "Werkzeug/test"}).text
    assert "Showing 1 to 6 of 6 cases" in browser.get("/cases").text or "6 cases" in browser.text
    other = panel.world.browser(panel.chair)
    assert ">7<" in re.sub(r"\s", "", other.get("/reports/thematic").text)
    assert "Not counted" not in other.text


def test_actions_of_the_case_are_gone_from_tracker_export_and_home(panel, meeting, case_id):
    wanted = actions.ActionDetails(
        text="Offer naloxone kits",
        owner_organisation_id=panel.signed.organisation_id,
        owner_id=panel.signed.id,
        due_on=dt.date(2026, 5, 1),
        priority=Priority.HIGH,
    )
    with panel.world.at_work():
        where = panel.world.get(Meeting, meeting)
        made = actions.assign(panel.chair.actor, panel.world.get(Case, case_id), where, wanted).id
    browser, chair = panel.world.browser(panel.signed), panel.world.browser(panel.chair)
    assert "Offer naloxone kits" in browser.get("/actions").text
    assert "A-2026-0001" in browser.get("/").text
    impose(panel, case_id, panel.signed)
    for path in ("/actions", "/"):
        assert "A-2026-0001" not in browser.get(path).text
    browser.get(f"/actions/{made}", status=404)
    browser.post(f"/actions/{made}/update", {"note": "Done", "version": "1"}, status=404)
    assert (
        "Offer naloxone kits" in chair.client.get("/actions/export.csv", headers={"User-Agent": "Werkzeug/test"}).text
    )
    declare(panel, meeting, case_id, panel.chair)
    kept = chair.client.get("/actions/export.csv", headers={"User-Agent": "Werkzeug/test"}).text
    assert "Offer naloxone kits" not in kept


def test_nothing_is_said_of_it_when_the_same_person_is_logged(panel):
    known = panel.world.case(nhs_number="999 000 0018")
    with panel.world.at_work():
        reference = panel.world.get(Case, known).reference
    told = {
        "stream": "near_fatal_overdose", "source": "ambulance", "full_name": NOTIFICATION.full_name,
        "nhs_number": "999 000 0018", "event_date-day": "1", "event_date-month": "3", "event_date-year": "2026",
    }  # fmt: skip
    browser = panel.world.browser(panel.writer)
    assert reference in browser.post("/cases/new", told, status=422).text
    impose(panel, known, panel.writer)
    browser.post("/cases/new", told)


def test_the_chair_lifts_it_with_a_reason_and_the_history_stays(panel, meeting, case_id):
    declare(panel, meeting, case_id)
    chair = panel.world.browser(panel.chair)
    lifting = re.search(r'href="(/cases/[^"]+/lift)"', chair.get(f"/cases/{case_id}/access").text).group(1)
    assert "Enter why this person may see the case again" in chair.post(lifting, {"reason": " "}, status=422).text
    chair.post(lifting, {"reason": "It is another person of that name"})
    page = chair.get(f"/cases/{case_id}/access").text
    assert "It is another person of that name" in page
    assert "We were neighbours" in page
    chair.post(lifting, {"reason": "Again"}, status=422)
    _item, name = item_of(panel, meeting, case_id)
    assert name in panel.world.browser(panel.signed).get(f"/meetings/{meeting}").text
    history = chair.get(f"/cases/{case_id}/history").text
    assert "Declared a conflict of interest: knew the person" in history
    assert "Lifted a recusal" in history


def test_nobody_lifts_their_own_and_a_coordinator_lifts_none(panel, case_id):
    mine = impose(panel, case_id, panel.writer)
    both = panel.world.person(Role.COORDINATOR, Role.CHAIR, organisation_id=panel.writer.organisation_id)
    theirs = impose(panel, case_id, both)
    with panel.world.at_work():
        with pytest.raises(ForbiddenError, match="Only the chair"):
            recusals.lift(panel.writer.actor, panel.world.get(CaseRecusal, mine), "Please")
        with pytest.raises(ForbiddenError, match="Somebody else must decide"):
            recusals.lift(both.actor, panel.world.get(CaseRecusal, theirs), "Please")
    path = f"/cases/{case_id}/access/recusals/{theirs}/lift"
    panel.world.browser(both).post(path, {"reason": "I say so"}, status=404)
    with panel.world.app.app_context(), db.engine.connect() as connection, pytest.raises(sa.exc.IntegrityError):
        connection.execute(sa.text("UPDATE case_recusal SET lifted_at = created_at, lifted_by_id = user_id"))


def test_it_cannot_be_imposed_twice_on_oneself_without_a_reason_or_by_a_member(panel, case_id):
    impose(panel, case_id, panel.signed)
    with panel.world.at_work():
        case = panel.world.get(Case, case_id)
        for person, reason, message in (
            (panel.signed, "Again", "recused from the case already"),
            (panel.chair, "Me", "Declare a conflict of interest"),
            (panel.unsigned, " ", "Say why"),
        ):
            with pytest.raises(DomainError, match=message):
                recusals.impose(panel.chair.actor, case, person.id, RecusalGround.OTHER, reason)
        with pytest.raises(NotFoundError):
            recusals.impose(panel.chair.actor, case, uuid.uuid4(), RecusalGround.OTHER, "Nobody")
        with pytest.raises(ForbiddenError):
            recusals.impose(panel.unsigned.actor, case, panel.chair.id, RecusalGround.OTHER, "Get lost")
        with pytest.raises(ForbiddenError, match="needs a person"):
            recusals.declare(SYSTEM, case, RecusalGround.OTHER, None)


def test_the_database_keeps_two_at_once_from_the_same_recusal(panel, case_id):
    impose(panel, case_id, panel.signed)
    with panel.world.at_work():
        db.session.add(
            CaseRecusal(case_id=case_id, user_id=panel.signed.id, ground=RecusalGround.OTHER, made_by_id=panel.chair.id)
        )
        with pytest.raises(sa.exc.IntegrityError):
            db.session.flush()
        db.session.rollback()


def test_a_recusal_imposed_waits_for_a_second_look_and_one_declared_does_not(panel, meeting, case_id):
    governance = panel.world.person(Role.INFORMATION_GOVERNANCE)
    declare(panel, meeting, case_id)
    browser = panel.world.browser(governance)
    assert "Nothing waits for a second look." in browser.get("/").text
    impose(panel, case_id, panel.writer)
    assert "Recused somebody: involved" in browser.get("/").text


def test_whoever_checks_the_log_sees_nothing_of_a_case_that_they_are_recused_from(panel, case_id):
    governance = panel.world.person(Role.INFORMATION_GOVERNANCE, organisation_id=panel.chair.organisation_id)
    other = panel.world.case()
    chair = panel.world.browser(panel.chair)
    for each in (case_id, other):
        chair.post(f"/cases/{each}/identity", {"purpose": "safeguarding", "reason": f"About {each}"}, status=200)
    impose(panel, case_id, panel.signed)
    browser = panel.world.browser(governance)
    browser.get("/audit")
    path = re.search(r'href="(/audit/events/[0-9a-f-]+/review)"', browser.response.text).group(1)
    assert f"About {case_id}" in browser.get("/audit/showings").text
    impose(panel, case_id, governance)
    assert f"About {case_id}" not in browser.get("/audit/showings").text
    assert f"About {other}" in browser.text
    assert "Nothing waits for a second look" in browser.get("/audit").text
    browser.get(path, status=404)
    browser.post(path, {"note": "All well"}, status=404)
    csv = browser.client.get("/audit/showings.csv", headers={"User-Agent": "Werkzeug/test"}).text
    assert str(case_id) not in csv
    assert str(other) in csv


def test_a_huge_reason_and_a_ground_that_is_none_are_refused(panel, meeting, case_id):
    item, _name = item_of(panel, meeting, case_id)
    browser = panel.world.browser(panel.signed)
    path = f"/meetings/{meeting}/agenda/{item}/declare"
    browser.post(path, {**DECLARED, "reason": "x" * 1_000_000}, status=422)
    browser.post(path, {**DECLARED, "ground": "dislike"}, status=422)
    browser.post(path, {**DECLARED, "ground": ["other", "involved"]})  # the first counts
    with panel.world.at_work():
        (made,) = db.session.scalars(sa.select(CaseRecusal))
        assert made.ground is RecusalGround.OTHER


def test_named_in_a_restriction_and_recused_is_recused(panel, case_id):
    impose(panel, case_id, panel.writer)
    with panel.world.at_work():
        case = panel.world.get(Case, case_id)
        restrictions.restrict(panel.chair.actor, case, [panel.chair.id, panel.writer.id], "A colleague")
    panel.world.browser(panel.writer).get(f"/cases/{case_id}", status=404)
