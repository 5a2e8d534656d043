"""The data keys of an instance, each wrapped by a key-encryption key outside the database; documents in chunks."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dard.core import clock
from dard.core.database import Model, enum_column
from dard.crypto.enums import KeyState, Purpose
from dard.crypto.fields import sealed_bytes, sealed_number

_PRIMARY = sa.text("state = 'primary'")


class DataKey(Model):
    """One 256-bit key. ``number`` stands in every value sealed under it; ``public_key`` is there for signing keys only.

    ``wrapped`` is worth nothing without the key-encryption key. It goes when the key is destroyed; the row stays.
    """

    __tablename__ = "data_key"
    __table_args__ = (
        sa.CheckConstraint("(state = 'destroyed') = (wrapped IS NULL)", name="wrapped"),
        sa.CheckConstraint("(purpose = 'signing') = (public_key IS NOT NULL)", name="public_key"),
        sa.CheckConstraint("state <> 'staged' OR primary_from IS NULL", name="primary_from"),
        sa.Index("uq_data_key_primary", "purpose", unique=True, sqlite_where=_PRIMARY, postgresql_where=_PRIMARY),
    )

    number: Mapped[int] = mapped_column(sa.BigInteger, unique=True)
    purpose: Mapped[Purpose] = mapped_column(enum_column(Purpose, "purpose"))
    state: Mapped[KeyState] = mapped_column(enum_column(KeyState, "state"))
    wrapped: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    public_key: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32))
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    primary_from: Mapped[dt.datetime | None]
    changed_at: Mapped[dt.datetime] = mapped_column(default=clock.now)


class SealedDocument(Model):
    """A document, kept in ``chunks`` rows of SealedChunk; ``owner_id`` is the row, of any table, that keeps it.

    The seal of ``size`` (bytes) binds both: neither can be changed, nor can the document be given to another row.
    """

    __tablename__ = "sealed_document"
    __table_args__ = (sa.CheckConstraint("chunks > 0", name="chunks"),)

    owner_id: Mapped[uuid.UUID]
    chunks: Mapped[int]
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    size = sealed_number(Purpose.NARRATIVE, binds=("owner_id", "chunks"))


class SealedChunk(Model):
    """A piece of a document, at ``position`` (from 0) among ``chunks``. Never changed, except for another key.

    A table has one key: documents of another purpose than narrative would have chunks in another table like this one.
    """

    __tablename__ = "sealed_chunk"
    __table_args__ = (sa.UniqueConstraint("document_id", "position"),)

    document_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("sealed_document.id", ondelete="CASCADE"))
    position: Mapped[int]
    chunks: Mapped[int]

    chunk = sealed_bytes(Purpose.NARRATIVE, binds=("document_id", "position", "chunks"))
