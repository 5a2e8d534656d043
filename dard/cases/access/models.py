"""Exceptions to what roles let people see, by case. Nothing here is deleted: what has ended stays as its history."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dard.accounts.models import User
from dard.cases.access.enums import BreakGlassGround, RecusalGround
from dard.cases.models import Case
from dard.core.database import Model, Recorded, Versioned, enum_column
from dard.crypto.enums import Purpose
from dard.crypto.fields import optional_sealed_text, sealed_text
from dard.crypto.padding import Padding

NOT_LIFTED = sa.text("lifted_at IS NULL")


class CaseRecusal(Recorded, Model):
    """Somebody who has a conflict of interest in a case, and does not see it until the recusal is lifted.

    They declared it themselves where ``made_by_id`` is their own; else it was imposed on them. Never lifted by them.
    """

    __tablename__ = "case_recusal"
    __table_args__ = (
        sa.CheckConstraint("(lifted_at IS NULL) = (lifted_by_id IS NULL)", name="lifted_by"),
        sa.CheckConstraint("(lifted_at IS NULL) = (lifting_reason_sealed IS NULL)", name="lifted_why"),
        sa.CheckConstraint("lifted_by_id IS NULL OR lifted_by_id <> user_id", name="lifted_by_another"),
        sa.Index(
            "uq_case_recusal_open",
            "case_id",
            "user_id",
            unique=True,
            sqlite_where=NOT_LIFTED,
            postgresql_where=NOT_LIFTED,
        ),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("dard_case.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id"), index=True)
    ground: Mapped[RecusalGround] = mapped_column(enum_column(RecusalGround, "ground"))
    made_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id"))
    lifted_at: Mapped[dt.datetime | None]
    lifted_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id"))

    reason = optional_sealed_text(Purpose.AUDIT, Padding.ADDRESS)
    lifting_reason = optional_sealed_text(Purpose.AUDIT, Padding.ADDRESS)

    case: Mapped[Case] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])
    made_by: Mapped[User] = relationship(foreign_keys=[made_by_id])
    lifted_by: Mapped[User | None] = relationship(foreign_keys=[lifted_by_id])

    @property
    def declared(self) -> bool:
        """Whether the person said so themselves."""
        return self.made_by_id == self.user_id


class CaseRestriction(Versioned, Model):
    """Until it is lifted, nobody knows of the case but the people named, each within their role."""

    __tablename__ = "case_restriction"
    __table_args__ = (
        sa.CheckConstraint("(lifted_at IS NULL) = (lifted_by_id IS NULL)", name="lifted_by"),
        sa.CheckConstraint("(lifted_at IS NULL) = (lifting_reason_sealed IS NULL)", name="lifted_why"),
        sa.Index(
            "uq_case_restriction_open",
            "case_id",
            unique=True,
            sqlite_where=NOT_LIFTED,
            postgresql_where=NOT_LIFTED,
        ),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("dard_case.id", ondelete="CASCADE"), index=True)
    made_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id"))
    lifted_at: Mapped[dt.datetime | None]
    lifted_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id"))

    reason = sealed_text(Purpose.AUDIT, Padding.ADDRESS)
    lifting_reason = optional_sealed_text(Purpose.AUDIT, Padding.ADDRESS)

    case: Mapped[Case] = relationship()
    made_by: Mapped[User] = relationship(foreign_keys=[made_by_id])
    lifted_by: Mapped[User | None] = relationship(foreign_keys=[lifted_by_id])
    named: Mapped[list["RestrictionPerson"]] = relationship(
        back_populates="restriction", cascade="all, delete-orphan", order_by="RestrictionPerson.id"
    )


class RestrictionPerson(Model):
    """One person named in a restriction."""

    __tablename__ = "restriction_person"
    __table_args__ = (sa.UniqueConstraint("restriction_id", "user_id"),)

    restriction_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("case_restriction.id", ondelete="CASCADE"))
    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id"), index=True)

    restriction: Mapped[CaseRestriction] = relationship(back_populates="named")
    user: Mapped[User] = relationship()


class CaseGuest(Recorded, Model):
    """Sight of one case, pseudonymised and read-only, for somebody from outside: up to the moment ``until``.

    ``pseudonym`` is what the case is called for this guest only. ``ended_at`` is set if it was ended before.
    """

    __tablename__ = "case_guest"
    __table_args__ = (sa.CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended_by"),)

    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("dard_case.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id"), index=True)
    pseudonym: Mapped[str] = mapped_column(sa.String(20))
    until: Mapped[dt.datetime]
    given_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id"))
    ended_at: Mapped[dt.datetime | None]
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id"))

    reason = sealed_text(Purpose.AUDIT, Padding.ADDRESS)

    case: Mapped[Case] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])
    given_by: Mapped[User] = relationship(foreign_keys=[given_by_id])


class CaseBreakGlass(Recorded, Model):
    """A restricted case that somebody opened in an emergency: they see it up to the moment ``until``."""

    __tablename__ = "case_break_glass"

    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("dard_case.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id"), index=True)
    ground: Mapped[BreakGlassGround] = mapped_column(enum_column(BreakGlassGround, "ground"))
    until: Mapped[dt.datetime]

    reason = sealed_text(Purpose.AUDIT, Padding.ADDRESS)

    case: Mapped[Case] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])
