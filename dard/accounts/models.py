"""Organisations, users, their roles and their sessions."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dard.accounts.enums import OrganisationKind, Role
from dard.core.database import Model, Recorded, Versioned, enum_column
from dard.crypto.enums import Purpose
from dard.crypto.fields import optional_sealed_text
from dard.crypto.padding import Padding


class Organisation(Versioned, Model):
    """A body that takes part in the partnership."""

    __tablename__ = "organisation"

    name: Mapped[str] = mapped_column(sa.Text, unique=True)
    kind: Mapped[OrganisationKind] = mapped_column(enum_column(OrganisationKind, "kind"))
    active: Mapped[bool] = mapped_column(default=True)


class User(Versioned, Model):
    """A person with an account. ``email`` is lower case. The second factor counts once it is confirmed."""

    __tablename__ = "app_user"

    email: Mapped[str] = mapped_column(sa.Text, unique=True)
    name: Mapped[str] = mapped_column(sa.Text)
    organisation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    active: Mapped[bool] = mapped_column(default=True)
    password_hash: Mapped[str | None] = mapped_column(sa.Text)
    second_factor_confirmed_at: Mapped[dt.datetime | None]
    last_totp_step: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    last_signed_in_at: Mapped[dt.datetime | None]
    joining_token_hash: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32), unique=True)
    joining_expires_at: Mapped[dt.datetime | None]

    totp_secret = optional_sealed_text(Purpose.ACCOUNT, Padding.NAME)

    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    held_roles: Mapped[list["UserRole"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="UserRole.role"
    )

    @property
    def roles(self) -> frozenset[Role]:
        """The roles that this person has."""
        return frozenset(held.role for held in self.held_roles)


class UserRole(Model):
    """One role of one person."""

    __tablename__ = "user_role"
    __table_args__ = (sa.UniqueConstraint("user_id", "role"),)

    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id", ondelete="CASCADE"))
    role: Mapped[Role] = mapped_column(enum_column(Role, "role"))


class SignInSession(Recorded, Model):
    """A completed sign-in: the cookie holds a random token, this row its SHA-256. Deleting the row ends it at once."""

    __tablename__ = "sign_in_session"

    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id", ondelete="CASCADE"), index=True)
    last_seen_at: Mapped[dt.datetime]

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)
