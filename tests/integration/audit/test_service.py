"""The log stands with the change or not at all, and shows when somebody touched it."""

import threading

import pytest
import sqlalchemy as sa
from support.tampering import lift_triggers
from support.world import SYSTEM

from dard.accounts.enums import Role
from dard.audit import events
from dard.audit.models import AuditEvent
from dard.audit.rows import BATCH
from dard.audit.service import record, record_many, verify_log
from dard.cases.models import Case
from dard.core.database import db, intent


def test_an_event_goes_when_its_change_goes(world):
    organisation = world.organisation()

    def change_and_fail() -> None:
        with world.at_work():
            record(SYSTEM, events.SignedOut(object_id=organisation))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_and_fail()
    with world.at_work():
        assert verify_log().checked == 1


def test_a_page_that_only_reads_may_not_write_events(world):
    with world.at_work(), intent(write=False), pytest.raises(RuntimeError, match="records=True"):
        record(SYSTEM, events.TrackerExported(object_id=world.organisation(), form="csv", rows=1))


def test_no_events_are_no_work(world):
    with world.at_work():
        record_many(SYSTEM, [])
        assert verify_log().checked == 0


def test_a_long_log_is_verified_in_batches(world):
    organisation = world.organisation()
    with world.at_work():
        record_many(SYSTEM, [events.SignedOut(object_id=organisation) for _ in range(BATCH + 5)])
    with world.at_work():
        verdict = verify_log()
    assert verdict.fault is None
    assert verdict.checked == BATCH + 6


@pytest.mark.parametrize(
    ("statement", "position"),
    [
        ("UPDATE audit_event SET actor_label = 'Somebody else' WHERE position = 2", 2),
        ("UPDATE audit_event SET details = '{}' WHERE position = 3", 3),
        ("UPDATE audit_event SET reason_sealed = NULL WHERE position = 3", 3),
        ("DELETE FROM audit_event WHERE position = 2", 2),
        ("UPDATE audit_event SET position = position + 100 WHERE position = 3", 3),
    ],
)
def test_rewriting_the_log_in_the_database_is_found(world, statement, position):
    case_id = world.case()
    with world.at_work():
        for purpose in ("duplicate_check", "safeguarding"):
            record(SYSTEM, events.IdentityRevealed(object_id=case_id, case_id=case_id, purpose=purpose, reason="Why"))
    with world.at_work():
        lift_triggers(db.session.connection())
        db.session.execute(sa.text(statement))
    with world.at_work():
        verdict = verify_log()
    assert verdict.position == position


def test_reasons_are_sealed(world):
    case_id = world.case()
    with world.at_work():
        record(
            SYSTEM, events.IdentityRevealed(object_id=case_id, case_id=case_id, purpose="x", reason="Children at home")
        )
        row = db.session.query(AuditEvent).order_by(AuditEvent.position.desc()).first()
        assert b"Children" not in row.reason_sealed
        assert row.reason == "Children at home"
        assert "Children" not in row.details


def test_writers_side_by_side_lose_nothing_and_fork_nothing(world):
    organisation = world.organisation()
    failures = []

    def write() -> None:
        try:
            for _ in range(10):
                with world.at_work():
                    record(SYSTEM, events.SignedOut(object_id=organisation))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with world.at_work():
        verdict = verify_log()
    assert (verdict.fault, verdict.checked) == (None, 61)


def test_cases_logged_side_by_side_get_references_of_their_own(world):
    failures = []

    def log() -> None:
        try:
            for _ in range(4):
                world.case(nhs_number=None)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=log) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with world.at_work():
        assert [case.number for case in db.session.query(Case).order_by(Case.number)] == list(range(1, 21))


def test_the_history_shows_who_did_what_newest_first_a_page_at_a_time(world):
    case_id = world.case()
    coordinator = world.person(Role.COORDINATOR)
    browser = world.browser(coordinator)
    for _ in range(30):
        browser.get(f"/cases/{case_id}")
    browser.get(f"/cases/{case_id}/history")
    assert browser.text.count("Case file opened") == 25
    browser.get(f"/cases/{case_id}/history?page=2")
    assert browser.text.count("Case file opened") == 5
    assert "Notified by police" in browser.text
    browser.get(f"/cases/{case_id}/history?page=nonsense")
