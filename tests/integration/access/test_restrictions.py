"""A restricted case leaves no trace for whoever is not named: it is as if it were not there."""

import re
import uuid

import pytest
import sqlalchemy as sa
from flask import Flask
from support.ct_ocme import ct_ocme_file, row
from support.readable import readable
from support.world import SYSTEM, World

from dard.accounts.enums import Role
from dard.accounts.models import User
from dard.audit.models import AuditEvent
from dard.cases.access import break_glass, recusals, restrictions
from dard.cases.access.enums import BreakGlassGround, RecusalGround
from dard.cases.models import Case
from dard.core.database import db
from dard.core.errors import ConflictError, DomainError, ForbiddenError, NotFoundError
from dard.imports import service as imports
from dard.panels import service as panels
from dard.panels.models import AgendaItem, Meeting
from dard.panels.queries import agenda_lines
from dard.pseudonymisation import service as pseudonymisation
from dard.pseudonymisation.models import Pack

AS_TESTS = {"User-Agent": "Werkzeug/test"}
NOTHING = "00000000-0000-4000-8000-000000000000"


def restrict(panel, case_id: uuid.UUID, *people) -> None:
    with panel.world.at_work():
        named = [person.id for person in (people or (panel.chair,))]
        restrictions.restrict(panel.chair.actor, panel.world.get(Case, case_id), named, "It is about a colleague")


def reference_of(panel, case_id: uuid.UUID) -> str:
    with panel.world.at_work():
        return panel.world.get(Case, case_id).reference


def events(world: World) -> int:
    with world.at_work():
        return db.session.scalar(sa.select(sa.func.count()).select_from(AuditEvent))


def told(text: str) -> str:
    """A page without what is new on each of them."""
    return re.sub(r'nonce-?[="]*[\w-]+|value="[\w.-]{40,}"|dard\.\w+\?v=\w+', "", text)


def everything(app: Flask, panel, person) -> dict[str, str]:
    """All that somebody can read on pages without an id in the address, and on their meeting and packs."""
    browser, found = panel.world.browser(person), {}
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.arguments or rule.endpoint == "static":
            continue
        answer = browser.client.get(rule.rule, headers=AS_TESTS)
        found[rule.rule] = told(readable(answer)) if answer.mimetype != "text/html" else told(answer.text)
    return found


def test_no_list_count_file_or_form_changes_by_a_case_that_is_restricted(app, panel):
    """Everything that people who are not named can read is compared before the case was there and after."""
    seen = panel.world.case()
    panel.summary(seen)
    meeting = panel.world.meeting(cases=[seen], invited=[panel.signed, panel.writer])
    panel.issue(meeting)
    officer = panel.world.person(Role.OFFICER, organisation_id=panel.chair.organisation_id)
    people = (panel.writer, panel.signed, officer)
    with panel.world.at_work():
        packs = {pack.recipient_id: pack.id for pack in db.session.scalars(sa.select(Pack))}

    def read() -> list[dict[str, str]]:
        found = [everything(app, panel, person) for person in people]
        for person, pages in zip(people, found, strict=True):
            browser = panel.world.browser(person)
            extra = [f"/meetings/{meeting}", f"/packs/{packs.get(person.id, NOTHING)}", f"/cases/{seen}/summary"]
            extra += [f"/meetings/{meeting}/held", f"/meetings/{meeting}/cancel", f"/meetings/{meeting}/agenda/add"]
            pages |= {path: told(browser.client.get(path, headers=AS_TESTS).text) for path in extra}
        return found

    read()  # the first reading of a pack is told to those who issued it
    before = read()
    hidden = panel.world.case(district="Nowhere else")
    both = panel.world.person(Role.COORDINATOR, organisation_id=panel.chair.organisation_id)
    restrict(panel, hidden, panel.chair, both)
    with panel.world.at_work():
        panels.add_case(both.actor, panel.world.get(Meeting, meeting), _open(panel, hidden))
        summary = pseudonymisation.draft_summary(both.actor, panel.world.get(Case, hidden))
        pseudonymisation.save_summary(both.actor, summary, "[person] was alone. [day -1] Nobody came.", None)
        pseudonymisation.submit(both.actor, summary)
        pseudonymisation.approve(panel.chair.actor, summary)
        issued = pseudonymisation.issue_packs(both.actor, panel.world.get(Meeting, meeting))
        assert (issued.issued, issued.unchanged) == ((), 2), "nobody’s pack says anything else"
    for earlier, later in zip(before, read(), strict=True):
        assert earlier.keys() == later.keys()
        for path, text in earlier.items():
            assert later[path] == text, path


def _open(panel, case_id: uuid.UUID) -> Case:
    case = panel.world.get(Case, case_id)
    case.status = "open"
    return case


def test_its_address_answers_as_one_that_was_never_given_out(panel):
    case_id = panel.world.case()
    restrict(panel, case_id)
    browser = panel.world.browser(panel.writer)
    before = events(panel.world)
    for tab in (
        "",
        "/identity",
        "/change",
        "/status",
        "/history",
        "/access",
        "/access/restrict",
        "/summary",
        "/meetings",
    ):
        hidden = told(browser.get(f"/cases/{case_id}{tab}", status=404).text)
        assert hidden == told(browser.get(f"/cases/{NOTHING}{tab}", status=404).text)
        if tab not in {"", "/history", "/access"}:
            sent = told(browser.post(f"/cases/{case_id}{tab}", {"reason": "x"}, status=404).text)
            assert sent == told(browser.post(f"/cases/{NOTHING}{tab}", {"reason": "x"}, status=404).text)
    assert events(panel.world) == before, "the log tells the two apart"


def test_it_costs_the_same_queries_as_an_address_that_was_never_given_out(panel, count_queries):
    case_id = panel.world.case()
    restrict(panel, case_id)
    browser, costs = panel.world.browser(panel.writer), []
    for identity in (NOTHING, case_id, NOTHING, case_id):
        with count_queries() as counted:
            browser.get(f"/cases/{identity}", status=404)
        costs.append([re.sub(r"\s+", " ", statement) for statement in counted])
    assert costs[0] == costs[1] == costs[2] == costs[3]


def test_it_is_added_to_an_agenda_by_nobody_who_does_not_know_it(panel):
    case_id = panel.world.case()
    with panel.world.at_work():
        _open(panel, case_id)
    restrict(panel, case_id)
    meeting = panel.world.meeting()
    browser = panel.world.browser(panel.writer)
    words = "There is no case with this reference"
    assert (
        words
        in browser.post(f"/meetings/{meeting}/agenda/add", {"reference": reference_of(panel, case_id)}, status=422).text
    )
    assert words in browser.post(f"/meetings/{meeting}/agenda/add", {"reference": "2026-9999"}, status=422).text


def test_the_agenda_is_counted_and_moved_past_what_is_hidden(panel):
    cases = [panel.world.case() for _ in range(3)]
    meeting = panel.world.meeting(cases=cases, invited=[panel.signed])
    restrict(panel, cases[1])
    with panel.world.at_work():
        here = panel.world.get(Meeting, meeting)
        lines = agenda_lines(panel.writer.actor, here)
        assert [(line.position, line.case.id) for line in lines] == [(1, cases[0]), (2, cases[2])]
        assert [line.position for line in agenda_lines(panel.signed.actor, here)] == [1, 2]
        items = {item.case_id: item for item in db.session.scalars(sa.select(AgendaItem))}
        panels.move(panel.writer.actor, items[cases[2]], -1)
        assert [line.case.id for line in agenda_lines(panel.writer.actor, here)] == [cases[2], cases[0]]
        with pytest.raises(DomainError, match="at the end"):
            panels.move(panel.writer.actor, items[cases[0]], 1)
        with pytest.raises(NotFoundError):
            panels.move(panel.writer.actor, items[cases[1]], 1)
        order = [item.case_id for item in db.session.scalars(sa.select(AgendaItem).order_by(AgendaItem.position))]
        assert sorted(order, key=str) == sorted(cases, key=str)


def test_the_release_gate_names_no_case_that_the_issuer_does_not_know(panel):
    seen, hidden = panel.world.case(), panel.world.case()
    panel.summary(seen)
    panel.summary(hidden, text=f"[person] was known since case {reference_of(panel, seen)}.")
    meeting = panel.world.meeting(cases=[seen, hidden], invited=[panel.signed])
    with pytest.raises(DomainError, match="case reference in Case "):
        panel.issue(meeting)
    restrict(panel, hidden)
    with pytest.raises(DomainError, match="case reference in the pack"):
        panel.issue(meeting)


def test_packs_of_nothing_but_hidden_cases_cannot_be_issued_by_who_does_not_know_them(panel):
    case_id = panel.world.case()
    panel.summary(case_id)
    meeting = panel.world.meeting(cases=[case_id], invited=[panel.signed])
    restrict(panel, case_id)
    with pytest.raises(DomainError, match="No case on the agenda has an approved summary yet"):
        panel.issue(meeting)


def test_a_row_that_was_imported_before_names_no_case_that_is_hidden(panel):
    old, new = ct_ocme_file([row(1)]), ct_ocme_file([row(1, Age="41")])
    with panel.world.at_work():
        imports.confirm(SYSTEM, imports.upload(SYSTEM, "ct-ocme", old), None)
        case = db.session.scalars(sa.select(Case)).one()
        case_id, reference = case.id, case.reference
    with panel.world.at_work():
        ((_number, (problem,)),) = imports.rehearse(panel.writer.actor, "ct-ocme", new).errors
        assert reference in problem.message
    restrict(panel, case_id)
    with panel.world.at_work():
        ((_number, (problem,)),) = imports.rehearse(panel.writer.actor, "ct-ocme", new).errors
        assert reference not in problem.message
        assert "An import does not change what was imported" in problem.message


def test_whoever_restricts_it_leaves_somebody_who_can_lift_it(panel):
    case_id = panel.world.case()
    gone = panel.world.person(Role.COORDINATOR)
    with panel.world.at_work():
        panel.world.get(User, gone.id).active = False
    with panel.world.at_work():
        case = panel.world.get(Case, case_id)
        recusals.impose(panel.chair.actor, case, panel.writer.id, RecusalGround.OTHER, "Knows them")
        for named, message in (
            ([panel.signed.id], "Select a coordinator or a chair"),
            ([panel.writer.id], "Select a coordinator or a chair"),  # recused, so that they see nothing of it
            ([gone.id, panel.chair.id], "has no account any more"),
            ([uuid.uuid4()], "has no account any more"),
        ):
            with pytest.raises(DomainError, match=message):
                restrictions.restrict(panel.chair.actor, case, named, "Why")
        with pytest.raises(DomainError, match="Say why"):
            restrictions.restrict(panel.chair.actor, case, [panel.chair.id], "  ")
        with pytest.raises(ForbiddenError):
            restrictions.restrict(panel.signed.actor, case, [panel.chair.id], "Why")
        restrictions.restrict(panel.chair.actor, case, [panel.chair.id], "Why")
        with pytest.raises(DomainError, match="restricted already"):
            restrictions.restrict(panel.chair.actor, case, [panel.chair.id], "Why")


def test_it_is_restricted_changed_and_lifted_on_its_pages(panel):
    case_id = panel.world.case()
    chair, path = panel.world.browser(panel.chair), f"/cases/{case_id}/access"
    assert "This case is not restricted" in chair.get(f"{path}/unrestrict").text
    chair.post(f"{path}/unrestrict", {"reason": "Not there", "version": "0"}, status=404)
    assert "Wren Writer" in chair.get(f"{path}/restrict").text
    wanted = {"people": [str(panel.chair.id)], "reason": "About a colleague"}
    assert chair.post(f"{path}/restrict", wanted).location == path
    panel.world.browser(panel.writer).get(f"/cases/{case_id}", status=404)
    assert "Restricted" in chair.get(f"/cases/{case_id}").text
    version = re.search(r'name="version"[^>]*value="(\d+)"', chair.get(f"{path}/restrict").text).group(1)
    wider = {"people": [str(panel.chair.id), str(panel.writer.id)], "reason": "They write the summary"}
    chair.post(f"{path}/restrict", {**wider, "version": version})
    page = chair.post(f"{path}/restrict", {**wanted, "version": version}, status=409).text
    assert "Cleo Chair, Wren Writer" in page
    panel.world.browser(panel.writer).get(f"/cases/{case_id}")
    version = re.search(r'name="version"[^>]*value="(\d+)"', chair.get(f"{path}/unrestrict").text).group(1)
    chair.post(f"{path}/unrestrict", {"reason": "", "version": version}, status=422)
    chair.post(f"{path}/unrestrict", {"reason": "It is over", "version": version})
    page = chair.get(path).text
    assert "About a colleague" in page
    assert "It is over" in page
    with panel.world.at_work():
        codes = db.session.scalars(
            sa.select(AuditEvent.code).where(AuditEvent.object_type == "restriction").order_by(AuditEvent.position)
        ).all()
        assert codes == ["case.restricted", "case.restriction_changed", "case.restriction_lifted"]


def test_whoever_names_others_only_is_led_away_from_it(panel):
    case_id = panel.world.case()
    browser = panel.world.browser(panel.writer)
    wanted = {"people": [str(panel.chair.id)], "reason": "About me"}
    assert browser.post(f"/cases/{case_id}/access/restrict", wanted).location == "/cases"
    browser.get(f"/cases/{case_id}", status=404)


def test_sight_in_an_emergency_does_not_make_its_own(panel):
    case_id = panel.world.case()
    restrict(panel, case_id)
    with panel.world.at_work():
        case, actor = panel.world.get(Case, case_id), panel.writer.actor
        break_glass.break_glass(actor, case.reference, BreakGlassGround.SAFEGUARDING, "A child")
        for deed in (
            lambda: restrictions.lift(actor, case, "I am in"),
            lambda: restrictions.rename(actor, case, [panel.writer.id], "I am in", None),
            lambda: recusals.impose(actor, case, panel.chair.id, RecusalGround.OTHER, "Out"),
        ):
            with pytest.raises(ForbiddenError, match="in an emergency"):
                deed()


def test_when_nobody_named_is_left_an_emergency_is_the_way_out(panel):
    case_id = panel.world.case()
    restrict(panel, case_id)
    with panel.world.at_work():
        panel.world.get(User, panel.chair.id).active = False
    with panel.world.at_work():
        case, actor = panel.world.get(Case, case_id), panel.writer.actor
        break_glass.break_glass(actor, case.reference, BreakGlassGround.NOBODY_REACHABLE, "The chair has left")
        restrictions.lift(actor, case, "Nobody who was named is here any more")
    panel.world.browser(panel.writer).get(f"/cases/{case_id}")


def test_a_stale_change_of_who_is_named_is_refused_with_both(panel):
    case_id = panel.world.case()
    restrict(panel, case_id)
    with panel.world.at_work():
        case = panel.world.get(Case, case_id)
        version = restrictions.restriction_of(case).version
        restrictions.rename(panel.chair.actor, case, [panel.chair.id, panel.signed.id], "Needs it", version)
        with pytest.raises(ConflictError) as raised:
            restrictions.rename(panel.chair.actor, case, [panel.chair.id], "Needs it not", version)
        assert raised.value.theirs == (("People named", "Cleo Chair, Mel Member"),)
        assert raised.value.ours == (("People named", "Cleo Chair"),)


def test_a_pack_says_nothing_of_a_case_that_was_restricted_after_it_was_issued(panel):
    cases = [panel.world.case(), panel.world.case()]
    for case_id, text in zip(cases, ("[person] was at home.", "[person] was outside."), strict=True):
        panel.summary(case_id, text=f"{text} [day -3] All was well.")
    meeting = panel.world.meeting(cases=cases, invited=[panel.signed])
    (pack_id,) = panel.issue(meeting)
    restrict(panel, cases[0])
    page = panel.world.browser(panel.signed).get(f"/packs/{pack_id}").text
    assert "was at home" not in page
    assert "was outside" in page
    assert "withheld from you" not in page
    restrict(panel, cases[1])
    browser = panel.world.browser(panel.signed)
    browser.get(f"/packs/{pack_id}")
    assert "There is nothing in this pack at the moment." in browser.text
