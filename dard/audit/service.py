"""Writing and reading the log. An event is written in the transaction of the change: both stand, or neither.

The digests of the sealed values that the transaction wrote are kept with its events (``dard.audit.digests``): a
transaction that writes such values and records no event is refused.
"""

import datetime as dt
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from dard.audit.checkpoints import APPEND_LOCK, checkpoint_after_append
from dard.audit.digests import Digests, forget, hand_out
from dard.audit.events import EVENTS, Event, describe
from dard.audit.models import AuditCheckpoint, AuditEvent
from dard.audit.rows import TABLE, plain_values, stored_links
from dard.audit.verifier import GENESIS, Verdict, body_of, event_hash, verify
from dard.core import clock
from dard.core.actor import Actor
from dard.core.database import db, may_write, take_lock

_KEPT = "dard.audit"
_KEPT_QUIET = tuple(code for code, kind in EVENTS.items() if not kind.in_history)


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line of a case's history."""

    occurred_at: Any
    who: str
    what: str
    reason: str | None


def record(actor: Actor, event: Event, digests: Digests | None = None) -> None:
    """Keep ``event``, to be appended when the transaction commits, and dropped if it does not.

    Appending last keeps the lock on the end of the chain short, and no other lock is ever waited for under it.
    ``digests`` are those of sealed values that were written by a statement, which tells nobody what it wrote; those
    of instances and of rows inserted in bulk are found without help. Raises RuntimeError from a page that was declared
    as one that only reads.
    """
    _keep([_row(actor, event) | {"sealed_digests": digests}])


def record_many(actor: Actor, events: Sequence[Event]) -> None:
    """Keep ``events`` in their order, to be appended in one statement: for imports of thousands of cases."""
    _keep([_row(actor, event) for event in events])


def _keep(rows: list[dict[str, Any]]) -> None:
    if not may_write():
        raise RuntimeError("this page writes audit events: declare it with records=True")
    db.session.info.setdefault(_KEPT, []).extend(rows)


@sa.event.listens_for(db.session, "before_commit")
def _append(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    kept: list[dict[str, Any]] = session.info.pop(_KEPT, [])
    hand_out(session, kept)
    if not kept:
        return
    take_lock(APPEND_LOCK)
    position, previous, signed = _tail(session)
    for row in kept:
        position += 1
        row |= {"position": position, "previous_hash": previous}
        previous = row["hash"] = event_hash(previous, body_of(plain_values(row)))
    session.execute(sa.insert(TABLE), kept)
    checkpoint_after_append(position, signed)


@sa.event.listens_for(db.session, "after_rollback")
def _drop(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_KEPT, None)
        forget(session)


def _tail(session: Session) -> tuple[int, bytes, int]:
    """The newest event's position and hash, and how many events the newest checkpoint covers."""
    signed = sa.select(sa.func.max(AuditCheckpoint.size)).scalar_subquery()
    newest = session.execute(
        sa.select(AuditEvent.position, AuditEvent.hash, signed.label("signed"))
        .order_by(AuditEvent.position.desc())
        .limit(1)
    ).first()
    return (newest.position, newest.hash, newest.signed or 0) if newest else (0, GENESIS, 0)


def _row(actor: Actor, event: Event) -> dict[str, Any]:
    identity = uuid.uuid4()
    return {
        "id": identity,
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
        "sealed_digests": None,
    }


def case_history(case_id: uuid.UUID, *, limit: int, offset: int) -> tuple[list[HistoryEntry], int]:
    """The newest events about a case first, and how many there are in all."""
    chosen = sa.select(AuditEvent).where(AuditEvent.case_id == case_id, AuditEvent.code.not_in(_KEPT_QUIET))
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


def count_since(code: str, object_id: uuid.UUID, moment: dt.datetime) -> int:
    """How many events of kind ``code`` happened to an object since ``moment``."""
    happened = sa.select(sa.func.count()).where(
        AuditEvent.code == code, AuditEvent.object_id == object_id, AuditEvent.occurred_at >= moment
    )
    return db.session.scalar(happened) or 0


def has_done(actor: Actor, codes: Sequence[str], object_id: uuid.UUID) -> bool:
    """Whether ``actor`` has ever done one of ``codes`` to an object."""
    done = sa.select(AuditEvent.id).where(
        AuditEvent.code.in_(codes), AuditEvent.object_id == object_id, AuditEvent.actor_id == actor.user_id
    )
    return actor.user_id is not None and db.session.scalar(done.limit(1)) is not None


def verify_log() -> Verdict:
    """Check the whole chain in the database, and nothing else: ``dard.audit.verification`` checks all."""
    return verify(stored_links())
