"""The audit log's one table."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dard.core.database import Model
from dard.crypto.enums import Purpose
from dard.crypto.fields import optional_sealed_text
from dard.crypto.padding import Padding

HASH_SIZE = 32


class AuditEvent(Model):
    """One event. ``position``, dense from 1, alone gives the order; ``hash`` covers every column and the one before.

    Ids of people and things are kept without foreign keys: nothing that happens to them may touch the log.
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
    previous_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(HASH_SIZE))
    hash: Mapped[bytes] = mapped_column(sa.LargeBinary(HASH_SIZE), unique=True)

    reason = optional_sealed_text(Purpose.AUDIT, Padding.ADDRESS)
