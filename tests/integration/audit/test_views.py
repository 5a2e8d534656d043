"""The pages of the information governance lead: who was shown what and why, and what asks for a second look."""

import csv
import io
import uuid

import pytest
from support.world import SYSTEM

from dard.accounts.enums import Role
from dard.audit import events, reviews
from dard.audit.models import AuditEvent, AuditReview
from dard.audit.service import record
from dard.audit.verification import Report as Found
from dard.audit.verification import keep, verify_everything
from dard.cases import honeytokens
from dard.cases.enums import RevealPurpose
from dard.cases.models import Case
from dard.cases.service import reveal
from dard.core.database import db
from dard.core.errors import DomainError, ForbiddenError, NotFoundError


@pytest.fixture
def lead(world):
    return world.person(Role.INFORMATION_GOVERNANCE, name="Winifred Achebe")


def show(world, person, case_id, purpose=RevealPurpose.SAFEGUARDING, reason=None) -> None:
    with world.at_work():
        reveal(person.actor, world.get(Case, case_id), purpose, reason)


def waiting(world) -> list[uuid.UUID]:
    with world.at_work():
        found = db.session.query(AuditEvent.id).filter(AuditEvent.code == events.HoneytokenOpened.code)
        return [event_id for (event_id,) in found]


@pytest.fixture
def trap(world):
    case_id = world.case(full_name="Perpetua Invented")
    with world.at_work():
        reference = world.get(Case, case_id).reference
        honeytokens.mark(SYSTEM, reference)
    return case_id, reference


def test_showings_say_who_when_which_case_and_why(world, lead):
    case_id = world.case()
    show(world, world.person(Role.COORDINATOR, name="Morwenna Tate"), case_id, reason="=Children at home")
    browser = world.browser(lead)
    browser.get("/audit/showings")
    for words in ("Morwenna Tate", "2026-0001", "Identity shown for: safeguarding", "=Children at home"):
        assert words in browser.text
    assert "Quillfeather" not in browser.text


def test_showings_are_filtered_by_person_and_day_and_exported_as_filtered(world, lead, still):
    case_id = world.case()
    first, second = (world.person(Role.COORDINATOR, name=name) for name in ("Ada Early", "Lena Late"))
    show(world, first, case_id)
    still.move(days=3)
    show(world, second, case_id, reason="=1+1")
    browser = world.browser(world.person(Role.INFORMATION_GOVERNANCE))
    browser.get(f"/audit/showings?person={second.id}")
    assert "1 showing" in browser.text
    asked = "first_day-day=5&first_day-month=3&first_day-year=2026"
    answer = browser.get(f"/audit/showings.csv?{asked}")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row[2] for row in rows] == ["Who", "Lena Late"]
    assert rows[1][5] == "'=1+1"
    browser.get(
        "/audit/showings?first_day-day=5&first_day-month=3&first_day-year=2026&last_day-day=6&last_day-month=3&last_day-year=2026"
    )
    assert "Ada Early" not in browser.text.partition("Showings")[2]
    with world.at_work():
        assert db.session.query(AuditEvent).filter(AuditEvent.code == "audit.showings_exported").count() == 1


def test_a_filter_that_cannot_be_read_exports_nothing(world, lead):
    show(world, world.person(Role.COORDINATOR), world.case())
    browser = world.browser(lead)
    answer = browser.get("/audit/showings.csv?first_day-day=40&first_day-month=3&first_day-year=2026", status=302)
    assert answer.location.startswith("/audit/showings?first_day-day=40")
    browser.get(answer.location)
    assert "must be" in browser.text or "real date" in browser.text
    with world.at_work():
        assert not db.session.query(AuditEvent).filter(AuditEvent.code == "audit.showings_exported").count()


def test_opening_a_honeytoken_alerts_whoever_opens_it_and_on_whichever_page(world, trap, lead):
    case_id, reference = trap
    chair = world.person(Role.CHAIR, name="Beatrix Oyelaran")
    browser = world.browser(chair)
    for path in ("", "/history", "/meetings"):
        browser.get(f"/cases/{case_id}{path}")
        assert "honeytoken" not in browser.text
    assert len(waiting(world)) == 3
    seen = world.browser(lead)
    seen.get("/")
    assert "Opened a case that nobody has work with" in seen.text
    seen.get("/audit")
    assert "Beatrix Oyelaran" in seen.text
    with world.at_work():
        assert honeytokens.marked_references() == [reference]


def test_other_cases_do_not_alert_and_a_stolen_table_does_not_say_which_one_does(world, trap):
    other = world.case()
    world.browser(world.person(Role.COORDINATOR)).get(f"/cases/{other}")
    assert waiting(world) == []
    case_id, _reference = trap
    with world.at_work():
        rows = db.session.execute(db.text("SELECT * FROM honeytoken")).all()
        assert rows
        assert case_id.hex not in str(rows)
        assert str(case_id) not in str(rows)


def test_a_honeytoken_counts_in_no_report(world, trap):
    for _ in range(6):
        world.case()
    browser = world.browser(world.person(Role.OFFICER))
    browser.get("/reports/thematic")
    counted = browser.text
    with world.at_work():
        honeytokens.unmark(SYSTEM, trap[1])
    browser.get("/reports/thematic")
    assert "6 cases" in counted or " 6 " in counted
    assert browser.text != counted


def test_honeytokens_are_marked_once_and_unmarked_once_and_by_the_system_alone(world, trap):
    coordinator = world.person(Role.COORDINATOR)
    with world.at_work(), pytest.raises(DomainError, match="already"):
        honeytokens.mark(SYSTEM, trap[1])
    with world.at_work(), pytest.raises(NotFoundError, match="no case"):
        honeytokens.mark(SYSTEM, "1999-0001")
    with world.at_work(), pytest.raises(ForbiddenError):
        honeytokens.mark(coordinator.actor, trap[1])
    with world.at_work():
        honeytokens.unmark(SYSTEM, trap[1])
    with world.at_work(), pytest.raises(NotFoundError, match="no honeytoken"):
        honeytokens.unmark(SYSTEM, trap[1])
    world.browser(coordinator).get(f"/cases/{trap[0]}")
    assert waiting(world) == []


def test_a_second_look_is_taken_by_somebody_else_once_and_kept_sealed(world, trap, lead):
    both = world.person(Role.INFORMATION_GOVERNANCE, Role.CHAIR, name="Both")
    world.browser(both).get(f"/cases/{trap[0]}")
    (event,) = waiting(world)
    own = world.browser(both)
    own.get("/audit")
    assert "Somebody else must look at this" in own.text
    own.post(f"/audit/events/{event}/review", {"note": "It was me."}, status=403)
    browser = world.browser(lead)
    browser.get(f"/audit/events/{event}/review")
    browser.post(f"/audit/events/{event}/review", {"note": ""}, status=422)
    browser.post(f"/audit/events/{event}/review", {"note": "x" * 2001}, status=422)
    browser.post(f"/audit/events/{event}/review", {"note": "Asked her: a slip of the mouse."})
    browser.get("/audit")
    assert "Asked her: a slip of the mouse." in browser.text
    assert "Nothing waits for a second look" in browser.text
    browser.post(f"/audit/events/{event}/review", {"note": "Again"}, status=422)
    with world.at_work():
        (kept,) = db.session.query(AuditReview)
        assert b"mouse" not in kept.note_sealed
        assert kept.reviewed_by_id == lead.id


def test_an_event_that_asks_for_no_look_has_no_page_and_others_may_not_look(world, trap, lead):
    world.browser(world.person(Role.CHAIR)).get(f"/cases/{trap[0]}")
    (event,) = waiting(world)
    with world.at_work():
        other = db.session.query(AuditEvent).filter(AuditEvent.code == events.CaseNotified.code).first().id
    world.browser(lead).get(f"/audit/events/{other}/review", status=404)
    for role in (Role.COORDINATOR, Role.ADMINISTRATOR, Role.MEMBER):
        world.browser(world.person(role)).get(f"/audit/events/{event}/review", status=403)
    with world.at_work(), pytest.raises(ForbiddenError):
        reviews.review(world.person(Role.OFFICER).actor, world.get(AuditEvent, event), "x")


def test_the_page_says_how_far_the_log_was_checked_and_what_was_found(world, lead, still):
    browser = world.browser(lead)
    browser.get("/audit")
    assert "Not checked yet" in browser.text
    with world.at_work():
        verify_everything()
    browser.get("/audit")
    assert "As it was written" in browser.text
    still.move(minutes=1)
    with world.at_work():
        keep(
            Found(
                checked=3, head=bytes(32), checkpoints=0, anchors=0, cells=1, faults=["Event 4 is missing"], position=4
            )
        )
    browser.get("/audit")
    assert "Fault found" in browser.text
    assert "Event 4 is missing." in browser.text
    assert "The check of the audit log failed, with 1 to look into" in browser.text


def test_many_things_to_look_at_are_counted(world, lead):
    with world.at_work():
        for _ in range(12):
            record(SYSTEM, events.SealBroken(object_id=events.NOTHING, page="cases.file"))
    browser = world.browser(lead)
    browser.get("/audit")
    assert "And 2 more" in browser.text
    browser.get("/")
    assert "7 more" in browser.text
