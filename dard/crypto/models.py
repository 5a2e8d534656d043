"""The data keys of an instance, each wrapped by a key-encryption key that lies outside the database."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dard.core import clock
from dard.core.database import Model, enum_column
from dard.crypto.enums import KeyState, Purpose

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
