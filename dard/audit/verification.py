"""Everything that can be checked of the log at once, and the record of having checked it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from dard.audit import verifier
from dard.audit.checkpoints import checkpoints, kept_tree, signer
from dard.audit.comparison import compare
from dard.audit.events import VerificationFailed
from dard.audit.models import AuditVerification
from dard.audit.rows import stored_links
from dard.audit.service import record
from dard.core import clock
from dard.core.actor import Actor
from dard.core.database import Dialects, db

CHECK = Actor.system("check of the log")
NAMED = 20  # so many faults are kept in full in the record of a verification


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was found: ``checked`` events hold, of them the last with the hash ``head``, and ``cells`` were compared.

    ``faults`` are sentences that name events, rows and fields, never what they hold; ``position`` is the first event
    at fault.
    """

    checked: int
    head: bytes
    checkpoints: int
    anchors: int
    cells: int
    faults: Sequence[str]
    position: int | None


def examine(anchors: Iterable[verifier.Checkpoint] = ()) -> Report:
    """Check chain and checkpoints, ``anchors`` kept elsewhere, and every sealed value against the log.

    A transaction that begins with it sees the database as it stands at this moment, whatever others write meanwhile.
    Raises KeyScopeError if no keys are open at all; it needs none of them.
    """
    if not db.session().in_transaction():
        _take_snapshot()
    stored, kept, instance = checkpoints(), list(anchors), signer()
    verdict, faults = verifier.examine(stored_links(), instance, [each.statement() for each in stored], kept)
    faults += [
        f"The tree that checkpoint {each.size} keeps is not the one that it states"
        for each in stored
        if not kept_tree(each)
    ]
    compared = compare()
    return Report(
        checked=verdict.checked,
        head=verdict.head,
        checkpoints=len(stored),
        anchors=len(kept),
        cells=compared.cells,
        faults=[*faults, *compared.differences],
        position=verdict.position,
    )


def keep(report: Report) -> AuditVerification:
    """Note that a verification took place and what it found. A fault is an event too, at which somebody must look."""
    named = [f"{fault}." for fault in report.faults[:NAMED]]
    if len(report.faults) > NAMED:
        named.append(f"And {len(report.faults) - NAMED} more.")
    made = AuditVerification(
        verified_at=clock.now(),
        checked=report.checked,
        head=report.head,
        cells=report.cells,
        fault=" ".join(named) or None,
        position=report.position,
    )
    db.session.add(made)
    db.session.flush()
    if report.faults:
        record(CHECK, VerificationFailed(object_id=made.id, faults=len(report.faults)))
    return made


def verify_everything(anchors: Iterable[verifier.Checkpoint] = ()) -> AuditVerification:
    """``examine`` and ``keep`` in one transaction. On SQLite nobody else can write meanwhile."""
    return keep(examine(anchors))


def newest_verification() -> AuditVerification | None:
    """What was found when everything was last checked."""
    return db.session.scalar(sa.select(AuditVerification).order_by(AuditVerification.verified_at.desc()).limit(1))


def _take_snapshot() -> None:
    if db.session.get_bind().dialect.name == Dialects.POSTGRESQL:
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
