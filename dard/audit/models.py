"""The audit log, the signed checkpoints over it, where these stand outside, and what verifications found.

Nothing in these tables is ever changed or deleted; triggers in the database refuse it.
"""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dard.audit.enums import AnchorKind
from dard.audit.verifier import HASH_SIZE, Checkpoint
from dard.core.database import Model, enum_column
from dard.crypto.enums import Purpose
from dard.crypto.fields import optional_sealed_text, sealed_text
from dard.crypto.padding import Padding

SIGNATURE_SIZE = 64


class AuditEvent(Model):
    """One event. ``position``, dense from 1, alone gives the order; ``hash`` covers every column and the one before.

    Ids of people and things are kept without foreign keys: nothing that happens to them may touch the log.
    ``sealed_digests`` is the JSON that ``dard.audit.digests`` describes; None where no sealed value was written.
    """

    __tablename__ = "audit_event"

    position: Mapped[int] = mapped_column(sa.BigInteger, unique=True)
    occurred_at: Mapped[dt.datetime]
    actor_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    actor_label: Mapped[str] = mapped_column(sa.Text)
    organisation_id: Mapped[uuid.UUID | None]
    session_id: Mapped[uuid.UUID | None]
    code: Mapped[str] = mapped_column(sa.String(60))
    object_type: Mapped[str] = mapped_column(sa.String(40))
    object_id: Mapped[uuid.UUID] = mapped_column(index=True)
    case_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    details: Mapped[str] = mapped_column(sa.Text)
    sealed_digests: Mapped[str | None] = mapped_column(sa.Text)
    previous_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(HASH_SIZE))
    hash: Mapped[bytes] = mapped_column(sa.LargeBinary(HASH_SIZE), unique=True)

    reason = optional_sealed_text(Purpose.AUDIT, Padding.ADDRESS)


class AuditCheckpoint(Model):
    """The signed root of the Merkle tree over the first ``size`` events; ``head`` is the hash of the last of them.

    ``frontier`` holds the roots of the tree's full subtrees, so that the next checkpoint need not begin from event 1.
    ``signed_at`` is in whole seconds.
    """

    __tablename__ = "audit_checkpoint"

    size: Mapped[int] = mapped_column(sa.BigInteger, unique=True)
    root: Mapped[bytes] = mapped_column(sa.LargeBinary(HASH_SIZE))
    head: Mapped[bytes] = mapped_column(sa.LargeBinary(HASH_SIZE))
    frontier: Mapped[bytes] = mapped_column(sa.LargeBinary)
    signed_at: Mapped[dt.datetime]
    key_number: Mapped[int] = mapped_column(sa.BigInteger)
    signature: Mapped[bytes] = mapped_column(sa.LargeBinary(SIGNATURE_SIZE))

    def statement(self) -> Checkpoint:
        """What was signed, as those who check it need it; its ``line()`` is the form for footers and emails."""
        return Checkpoint(self.size, self.root, self.head, moment_text(self.signed_at), self.key_number, self.signature)


class AuditAnchor(Model):
    """A place outside the database where the line of a checkpoint stands; ``label`` says which (a number, a path)."""

    __tablename__ = "audit_anchor"

    checkpoint_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("audit_checkpoint.id"), index=True)
    kind: Mapped[AnchorKind] = mapped_column(enum_column(AnchorKind, "kind"))
    label: Mapped[str] = mapped_column(sa.Text)
    made_at: Mapped[dt.datetime]


class AuditVerification(Model):
    """What one verification found: ``checked`` events hold, the last of them with the hash ``head``.

    ``cells`` sealed values were compared with the log. ``fault`` names every fault by ids and positions, and is None
    if there was none; ``position`` is the first event at fault, where the chain itself is broken.
    """

    __tablename__ = "audit_verification"

    verified_at: Mapped[dt.datetime]
    checked: Mapped[int] = mapped_column(sa.BigInteger)
    head: Mapped[bytes] = mapped_column(sa.LargeBinary(HASH_SIZE))
    cells: Mapped[int] = mapped_column(sa.BigInteger)
    fault: Mapped[str | None] = mapped_column(sa.Text)
    position: Mapped[int | None] = mapped_column(sa.BigInteger)


class AuditReview(Model):
    """That somebody else than the one who did it looked at an event that asks for it, and what they found."""

    __tablename__ = "audit_review"

    event_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("audit_event.id"), unique=True)
    reviewed_by_id: Mapped[uuid.UUID]
    reviewed_by_label: Mapped[str] = mapped_column(sa.Text)
    reviewed_at: Mapped[dt.datetime]

    note = sealed_text(Purpose.AUDIT, Padding.ADDRESS)


def moment_text(moment: dt.datetime) -> str:
    """A moment in UTC to the second, as it is signed: “2026-03-03T10:00:00Z”."""
    return f"{moment.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
