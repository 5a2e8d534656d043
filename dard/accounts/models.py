"""Organisations, users, their roles and their sessions."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dard.accounts.enums import OrganisationKind, ProposalStatus, Role
from dard.accounts.grants import SEATS
from dard.core.database import Model, Recorded, Versioned, enum_column
from dard.crypto.enums import Purpose
from dard.crypto.fields import optional_sealed_text
from dard.crypto.padding import Padding


class Organisation(Versioned, Model):
    """A body that takes part in the partnership. Its lead confirms who joins for it."""

    __tablename__ = "organisation"

    name: Mapped[str] = mapped_column(sa.Text, unique=True)
    kind: Mapped[OrganisationKind] = mapped_column(enum_column(OrganisationKind, "kind"))
    active: Mapped[bool] = mapped_column(default=True)
    lead_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.ForeignKey("app_user.id", name="fk_organisation_lead_id", use_alter=True)
    )

    lead: Mapped["User | None"] = relationship(foreign_keys=[lead_id])


class User(Versioned, Model):
    """A person with an account. ``email`` is lower case. The second factor counts once it is confirmed.

    ``statement_version`` is the newest confidentiality statement that they accepted.
    """

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
    statement_version: Mapped[int | None]
    statement_accepted_at: Mapped[dt.datetime | None]

    totp_secret = optional_sealed_text(Purpose.ACCOUNT, Padding.NAME)

    organisation: Mapped[Organisation] = relationship(foreign_keys=[organisation_id], lazy="joined", innerjoin=True)
    held_roles: Mapped[list["UserRole"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="UserRole.role"
    )

    @property
    def assigned_roles(self) -> frozenset[Role]:
        """The roles that this person was given, those for organisations that no longer take part among them."""
        return frozenset(held.role for held in self.held_roles)

    @property
    def roles(self) -> frozenset[Role]:
        """The roles that this person has today: a role ends with the organisation for which it is held."""
        return frozenset(held.role for held in self.held_roles if held.organisation.active)

    @property
    def may_sign_in(self) -> bool:
        """Whether the account is open: not ended, its organisation takes part, and a role is left."""
        return self.active and self.organisation.active and bool(self.roles)

    @property
    def seat(self) -> Organisation:
        """For whom this person sits at meetings and gets packs; without a seat, for whom they work."""
        held = {each.role: each.organisation for each in self.held_roles}
        return next((held[role] for role in SEATS if role in held), self.organisation)


class UserRole(Model):
    """One role of one person, and the organisation for which they have it: usually, but not always, their own."""

    __tablename__ = "user_role"
    __table_args__ = (sa.UniqueConstraint("user_id", "role"),)

    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id", ondelete="CASCADE"))
    role: Mapped[Role] = mapped_column(enum_column(Role, "role"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("organisation.id"), index=True)

    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)


class AccountProposal(Versioned, Model):
    """An account that a coordinator proposes and somebody of its organisation confirms; then it has its ``user``.

    ``email`` is lower case.
    """

    __tablename__ = "account_proposal"
    __table_args__ = (
        sa.CheckConstraint("(status = 'confirmed') = (user_id IS NOT NULL)", name="account"),
        sa.CheckConstraint("(status = 'proposed') = (decided_by_id IS NULL)", name="decided"),
        sa.CheckConstraint("status <> 'confirmed' OR decided_by_id <> proposed_by_id", name="second_person"),
    )

    name: Mapped[str] = mapped_column(sa.Text)
    email: Mapped[str] = mapped_column(sa.Text)
    organisation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    status: Mapped[ProposalStatus] = mapped_column(enum_column(ProposalStatus, "status"))
    proposed_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id"))
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id"))
    user_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id"), unique=True)

    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    proposed_by: Mapped[User] = relationship(foreign_keys=[proposed_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    user: Mapped[User | None] = relationship(foreign_keys=[user_id])
    proposed_roles: Mapped[list["AccountProposalRole"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="AccountProposalRole.role"
    )

    @property
    def roles(self) -> list[Role]:
        """The roles that the account is to have, in the order of the roles."""
        return sorted((each.role for each in self.proposed_roles), key=list(Role).index)


class AccountProposalRole(Model):
    """One role that a proposed account is to have."""

    __tablename__ = "account_proposal_role"
    __table_args__ = (sa.UniqueConstraint("proposal_id", "role"),)

    proposal_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("account_proposal.id", ondelete="CASCADE"))
    role: Mapped[Role] = mapped_column(enum_column(Role, "role"))


class SignInSession(Recorded, Model):
    """A completed sign-in: the cookie holds a random token, this row its SHA-256. Deleting the row ends it at once."""

    __tablename__ = "sign_in_session"

    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id", ondelete="CASCADE"), index=True)
    last_seen_at: Mapped[dt.datetime]

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)
