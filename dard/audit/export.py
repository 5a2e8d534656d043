"""The log, or one event of it, as a file that anybody can check with ``dard/audit/verifier.py`` alone.

A file holds no sealed value: of a reason there is only its SHA-256, which is all that the hash of an event takes of it.
"""

import base64
import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from dard.audit import events, verifier
from dard.audit.checkpoints import (
    anchor,
    anchored_checkpoints,
    checkpoint_over,
    checkpoints,
    make_checkpoint,
    signer,
)
from dard.audit.enums import AnchorKind
from dard.audit.models import AuditCheckpoint, AuditEvent
from dard.audit.rows import TABLE, stored_rows
from dard.audit.service import record
from dard.core import clock
from dard.core.actor import Actor
from dard.core.database import db
from dard.core.errors import DomainError, NotFoundError

VERIFIER = verifier.__file__
_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def signed_log() -> AuditCheckpoint:
    """A checkpoint over the whole log. Raises DomainError while the log is empty."""
    made = make_checkpoint()
    if made is None:
        raise DomainError("The audit log holds no event yet")
    return made


def log_lines(size: int) -> Iterator[str]:
    """The first ``size`` events as JSON lines: what the verifier must know of the log, then one event each."""
    known = {
        "format": verifier.EXPORT_FORMAT,
        **_signer(),
        "made_at": clock.now().isoformat(),
        "events": size,
        "checkpoints": [each.statement().line() for each in checkpoints() if each.size <= size],
    }
    yield _as_json(known)
    for row in stored_rows(TABLE.c.position <= size):
        yield _as_json(_told(row))


def note_export(actor: Actor, size: int, label: str) -> None:
    """Record that the first ``size`` events were exported: their checkpoint stands in the file called ``label``."""
    checkpoint = checkpoint_over(size)
    record(actor, events.AuditExported(object_id=checkpoint.id, events=size))
    anchor(checkpoint, AnchorKind.EXPORT, label)


def proof_of(position: int, size: int) -> str:
    """One event with the proof that it is in the log of the checkpoint over ``size`` events, as JSON.

    It also proves that the log only grew since each checkpoint that stands outside: whoever holds such a line can tell.
    Raises NotFoundError for an event that is not among them.
    """
    if not 1 <= position <= size:
        raise NotFoundError(f"There is no event {position}: the log holds events 1 to {size}")
    (row,) = stored_rows(TABLE.c.position == position)
    hashes = sa.select(AuditEvent.hash).where(AuditEvent.position <= size).order_by(AuditEvent.position)
    leaves = [verifier.leaf_hash(each) for each in db.session.scalars(hashes)]
    earlier = [each.size for each in anchored_checkpoints() if each.size < size]
    proof = {
        "format": verifier.PROOF_FORMAT,
        **_signer(),
        "checkpoint": checkpoint_over(size).statement().line(),
        "event": _told(row),
        "inclusion": _texts(verifier.inclusion_proof(leaves, position - 1)),
        "consistency": {str(size): _texts(verifier.consistency_proof(leaves, size)) for size in earlier},
    }
    return _as_json(proof)


def note_proof(actor: Actor, position: int, size: int, label: str) -> None:
    """Record that event ``position`` was handed out with the checkpoint over ``size``, in the file called ``label``."""
    proved = db.session.execute(
        sa.select(AuditEvent.id, AuditEvent.case_id).where(AuditEvent.position == position)
    ).one()
    record(actor, events.AuditEventProved(object_id=proved.id, case_id=proved.case_id, position=position))
    anchor(checkpoint_over(size), AnchorKind.EXPORT, label)


def _signer() -> dict[str, Any]:
    instance = signer()
    keys = {str(number): _text(key) for number, key in sorted(instance.keys.items())}
    return {"environment": instance.environment.hex(), "public_keys": keys}


def _told(row: Sequence[Any]) -> dict[str, Any]:
    *values, previous, own = row
    told = dict(zip(verifier.COLUMNS, values, strict=True))
    reason = told.pop("reason_sealed")
    told["reason_sha256"] = None if reason is None else _text(hashlib.sha256(reason).digest())
    if told["sealed_digests"] is None:
        del told["sealed_digests"]
    return told | dict(zip(verifier.LINKS, (_text(previous), _text(own)), strict=True))


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _texts(hashes: Sequence[bytes]) -> list[str]:
    return [_text(each) for each in hashes]
