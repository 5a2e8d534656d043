"""The benchmarks of the audit log compare what they say they compare, and would notice a broken log."""

import hashlib
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from support.tampering import lift_triggers

from dard.audit.checkpoints import EVENTS_BETWEEN
from dard.audit.models import AuditCheckpoint, AuditEvent
from dard.cli.application import at_work
from dard.cli.bench import FOLDER, LeftOutError, load
from dard.core.database import db

verification = load(FOLDER / "audit_verification.py")
writers = load(FOLDER / "audit_writers.py")


def tamper(app: Flask, statement: str) -> None:
    """Change the log behind its back."""
    with app.app_context(), at_work(app):
        lift_triggers(db.session.connection())
        db.session.execute(sa.text(statement))


def test_all_sides_of_a_verification_take_their_time_for_all_events() -> None:
    timing = verification.measure(EVENTS_BETWEEN + 3, 1)
    assert timing.events > EVENTS_BETWEEN + 3  # and those of making the instance
    assert timing.checkpoints == 1
    assert min(timing.verified, timing.everything, timing.hashed) > 0


def test_the_baseline_hashes_what_the_chain_hashes(app) -> None:
    verification.append(app, 12)
    messages = verification.hashed_bytes(app)
    with app.app_context(), at_work(app):
        hashes = db.session.scalars(sa.select(AuditEvent.hash).order_by(AuditEvent.position)).all()
        reasons = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.reason_sealed.is_not(None))).all()
        assert {event.reason for event in reasons} == {"To tell two people of one name apart"}
    assert [hashlib.sha256(message).digest() for message in messages] == hashes
    assert (len(hashes), len(reasons)) == (12, 2)


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE audit_event SET actor_label = 'Somebody else' WHERE position = 2", "Event 2 was changed"),
        ("UPDATE audit_checkpoint SET root = head", "signed over another log"),
        ("DELETE FROM audit_event WHERE position > 100", "signed over another log"),
    ],
)
def test_a_log_that_is_broken_is_not_measured(app, statement, fault) -> None:
    verification.append(app, EVENTS_BETWEEN)
    with app.app_context(), at_work(app):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditCheckpoint)) == 1
    verification.verify(app)
    tamper(app, statement)
    with pytest.raises(RuntimeError, match=fault):
        verification.verify(app)


def test_the_metric_of_a_verification_is_what_was_measured(monkeypatch) -> None:
    timing = verification.Timing(verified=1.5, everything=2.5, hashed=0.0625, events=1_000, checkpoints=3)
    monkeypatch.setattr(verification, "measure", lambda *_sizes: timing)
    (metric,) = verification.run()
    assert (metric.ratio, metric.holds) == (24.0, True)
    assert metric.measured.startswith("1,000 events and 3 checkpoints: 1.50 s verified")


@pytest.fixture
def empty_database(tmp_path: Path) -> Iterator[str]:
    """On the server of the tests if they have one, else a file, on which writers wait for each other too."""
    server = writers.server_named()
    if server is None:
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    with writers.scratch_database(server) as url:
        yield url


def test_writers_at_once_are_timed_and_their_events_counted(empty_database) -> None:
    outcome = writers.measure(empty_database, 2, 2)
    assert min(outcome.chained, outcome.plain) > 0
    assert (outcome.events, outcome.lost, outcome.forks, list(outcome.faults)) == (32, 0, 0, [])


def test_events_that_are_lost_are_counted(monkeypatch, empty_database) -> None:
    append = writers.append
    monkeypatch.setattr(writers, "append", lambda app, number: append(app, number - 1))
    assert writers.measure(empty_database, 2, 1).lost == writers.WRITERS


def test_a_fork_is_counted(app) -> None:
    writers.append(app, 3)
    tamper(app, "UPDATE audit_event SET previous_hash = (SELECT previous_hash FROM audit_event WHERE position = 2) "
                "WHERE position = 3")  # fmt: skip
    outcome = writers._outcome(app, 3, [1.0], [1.0])
    assert (outcome.lost, outcome.forks) == (0, 1)
    assert outcome.faults


def test_a_writer_that_fails_ends_the_benchmark() -> None:
    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        writers._together([fail, lambda: None])


def test_the_baseline_gets_the_same_rows_without_the_chain(app) -> None:
    writers.append(app, 3)
    table = writers.plain_table(app)
    rows = writers.rows_after(app, 1)
    writers.insert(app, table, rows)
    with app.app_context(), at_work(app):
        stored = [dict(row) for row in db.session.execute(sa.select(table).order_by(table.c.position)).mappings()]
        inspector = sa.inspect(db.session.connection())
        columns = {each["name"] for each in inspector.get_columns("audit_event")}
        assert [index for index in inspector.get_indexes("plain_event") if index["unique"]] == []
        assert inspector.get_unique_constraints("plain_event") == []
    assert stored == sorted(rows, key=lambda row: row["position"])
    assert [row["position"] for row in stored] == [2, 3]
    assert set(stored[0]) == columns


def test_without_a_server_the_writers_are_left_out(monkeypatch) -> None:
    monkeypatch.delenv("DARD_TEST_DATABASE_URL", raising=False)
    monkeypatch.setenv("DARD_DATABASE_URL", "sqlite:///dard.sqlite3")
    with pytest.raises(LeftOutError, match="8 writers, which needs PostgreSQL"):
        writers.run()


def test_the_server_of_the_tests_comes_before_that_of_the_instance(monkeypatch) -> None:
    monkeypatch.setenv("DARD_DATABASE_URL", "postgresql://one/dard")
    monkeypatch.setenv("DARD_TEST_DATABASE_URL", "postgresql://other/test")
    assert writers.server_named() == "postgresql://other/test"
    monkeypatch.delenv("DARD_TEST_DATABASE_URL")
    assert writers.server_named() == "postgresql://one/dard"


def test_the_metrics_of_the_writers_are_what_was_measured(monkeypatch) -> None:
    outcome = writers.Outcome(chained=250.0, plain=1_000.0, events=8_000, lost=1, forks=2, faults=["One"])
    monkeypatch.setattr(writers, "server_named", lambda: "postgresql://server/test")
    monkeypatch.setattr(writers, "scratch_database", nullcontext)
    monkeypatch.setattr(writers, "measure", lambda *_sizes: outcome)
    speed, whole = writers.run()
    assert (speed.ratio, speed.holds) == (0.25, True)
    assert speed.measured == "250 a second (promised: 100), 1,000 without a chain"
    assert (whole.ratio, whole.holds) == (4.0, False)
    assert whole.measured == "8,000 appended: 1 lost, 2 forks, 1 faults in the log"
