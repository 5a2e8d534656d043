"""Writing and reading the log. An event is written in the transaction of the change: both stand, or neither."""

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dard.audit.chain import GENESIS, Verdict, event_hash, verify
from dard.audit.events import EVENTS, Event
from dard.audit.models import AuditEvent
from dard.core import clock
from dard.core.actor import Actor
from dard.core.database import Base, Dialects, db, may_write

APPEND_LOCK = 0x44415244  # "DARD": one writer at a time at the end of the chain
BATCH = 1000
_TABLE = Base.metadata.tables["audit_event"]


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line of a case's history."""

    occurred_at: Any
    who: str
    what: str
    reason: str | None


def record(actor: Actor, event: Event) -> None:
    """Append ``event``. Raises RuntimeError from a page that was declared as one that only reads."""
    record_many(actor, [event])


def record_many(actor: Actor, events: Sequence[Event]) -> None:
    """Append ``events`` in their order, in one statement: for imports of thousands of cases."""
    if not may_write():
        raise RuntimeError("this page writes audit events: declare it with records=True")
    if not events:
        return
    if db.session.get_bind().dialect.name == Dialects.POSTGRESQL:
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(APPEND_LOCK)))
    position, previous = _tail()
    rows = []
    for event in events:
        position += 1
        row = _row(actor, event, position)
        row["previous_hash"] = previous
        previous = row["hash"] = event_hash(row, previous)
        rows.append(row)
    db.session.execute(sa.insert(_TABLE), rows)


def _tail() -> tuple[int, bytes]:
    newest = db.session.execute(
        sa.select(AuditEvent.position, AuditEvent.hash).order_by(AuditEvent.position.desc()).limit(1)
    ).first()
    return (newest.position, newest.hash) if newest else (0, GENESIS)


def _row(actor: Actor, event: Event, position: int) -> dict[str, Any]:
    identity = uuid.uuid4()
    return {
        "id": identity,
        "position": position,
        "occurred_at": clock.now(),
        "actor_id": actor.user_id,
        "actor_label": actor.label,
        "organisation_id": actor.organisation_id,
        "session_id": actor.session_id,
        "code": event.code,
        "object_type": event.object_type,
        "object_id": event.object_id,
        "case_id": event.case_id,
        "details": json.dumps(event.details(), ensure_ascii=False, sort_keys=True, separators=(",", ":")),
        "reason_sealed": None if event.reason is None else AuditEvent.reason.seal(identity, event.reason),
    }


def case_history(case_id: uuid.UUID, *, limit: int, offset: int) -> tuple[list[HistoryEntry], int]:
    """The newest events about a case first, and how many there are in all."""
    chosen = sa.select(AuditEvent).where(AuditEvent.case_id == case_id)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(chosen.subquery())) or 0
    events = db.session.scalars(chosen.order_by(AuditEvent.position.desc()).limit(limit).offset(offset))
    return [
        HistoryEntry(
            event.occurred_at, event.actor_label, describe(event.code, json.loads(event.details)), event.reason
        )
        for event in events
    ], total


def moments(code: str, objects: Sequence[uuid.UUID]) -> dict[uuid.UUID, Any]:
    """When an event of kind ``code`` first happened to each of ``objects``; those to which it did not are left out."""
    rows = db.session.execute(
        sa.select(AuditEvent.object_id, sa.func.min(AuditEvent.occurred_at))
        .where(AuditEvent.code == code, AuditEvent.object_id.in_(objects))
        .group_by(AuditEvent.object_id)
    )
    return dict(rows.all())


def describe(code: str, details: Mapping[str, Any]) -> str:
    """What happened, as a sentence for people."""
    shown = {
        name: ", ".join(value) if isinstance(value, list) else str(value).replace("_", " ")
        for name, value in details.items()
    }
    return EVENTS[code].sentence.format_map(shown)


def verify_log() -> Verdict:
    """Check the whole chain in the database."""
    return verify(_all_rows())


def _all_rows() -> Iterator[Mapping[str, Any]]:
    last = 0
    while True:
        batch = (
            db.session.execute(
                sa.select(_TABLE).where(_TABLE.c.position > last).order_by(_TABLE.c.position).limit(BATCH)
            )
            .mappings()
            .all()
        )
        yield from (dict(row) for row in batch)
        if len(batch) < BATCH:
            return
        last = batch[-1]["position"]
