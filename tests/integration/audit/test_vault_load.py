"""Promise 28: eight writers at once lose no event and fork nothing, and the checkpoints they cross are signed once."""

import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa
from support.world import SYSTEM, World

from dard.audit import events
from dard.audit.checkpoints import EVENTS_BETWEEN
from dard.audit.models import AuditCheckpoint, AuditEvent
from dard.audit.service import record
from dard.audit.verification import examine
from dard.cases.models import Case
from dard.cli.application import reading
from dard.core.database import db

WRITERS, EACH = 8, 75


@contextmanager
def at_once(world: World, cases: Sequence[uuid.UUID], each: int) -> Iterator[list[threading.Thread]]:
    """One writer a case, all at work by the end of which each changed its case and recorded it ``each`` times."""
    failures: list[Exception] = []
    begin = threading.Barrier(len(cases))

    def write(case_id: uuid.UUID) -> None:
        begin.wait()
        try:
            for count in range(each):
                with world.at_work():
                    world.get(Case, case_id).event.narrative = f"Told for the {count}th time"
                    record(SYSTEM, events.CaseChanged(object_id=case_id, case_id=case_id, changed=("narrative",)))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(case_id,)) for case_id in cases]
    for thread in threads:
        thread.start()
    try:
        yield threads
    finally:
        for thread in threads:
            thread.join()
    assert failures == []


def test_eight_writers_lose_nothing_and_fork_nothing(world, figure):
    cases = [world.case() for _ in range(WRITERS)]
    with world.at_work():
        before = db.session.scalar(sa.select(sa.func.max(AuditEvent.position)))
    started = time.perf_counter()
    with at_once(world, cases, EACH):
        pass
    took = time.perf_counter() - started
    with world.at_work():
        report = examine()
        kept = db.session.execute(sa.select(AuditEvent.case_id, sa.func.count()).group_by(AuditEvent.case_id)).all()
        sizes = db.session.scalars(sa.select(AuditCheckpoint.size).order_by(AuditCheckpoint.size)).all()
        name = db.session.get_bind().dialect.name
    assert (report.faults, report.checked) == ([], before + WRITERS * EACH)
    assert dict(kept) == dict.fromkeys(cases, EACH + 1)
    assert sizes == [EVENTS_BETWEEN, 2 * EVENTS_BETWEEN]
    figure(28, f"events of {WRITERS} writers lost, and forks, on {name}", "0 and 0")
    rate = f"{WRITERS * EACH / took:.0f}"
    figure(28, f"events a second of {WRITERS} writers, each with a sealed value, on {name}", rate)


def test_everything_can_be_verified_while_others_write(app, world, figure):
    """What is read of the log and of the values is of one moment, or writers at work would look like faults."""
    cases = [world.case() for _ in range(4)]
    verified: set[int] = set()
    with at_once(world, cases, 20) as threads:
        while any(thread.is_alive() for thread in threads):
            with app.app_context(), reading(app):
                report = examine()
            assert report.faults == []
            verified.add(report.checked)
    assert verified
    figure(28, "verifications while others write, and faults seen by mistake", f"{len(verified)} and 0")
