"""Actions and the notes of their progress. An owner from outside the panel sees these and never the case."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dard.accounts.models import Organisation, User
from dard.actions.enums import ActionStatus, Priority
from dard.cases.models import Case
from dard.core.database import Model, Recorded, Versioned, enum_column
from dard.crypto.enums import Purpose
from dard.crypto.fields import optional_sealed_text, sealed_text
from dard.crypto.padding import Padding
from dard.panels.models import Meeting


class Action(Versioned, Model):
    """Something that an organisation is to do by a day (UK date), decided by the chair at a meeting."""

    __tablename__ = "action"
    __table_args__ = (
        sa.UniqueConstraint("year", "number"),
        sa.CheckConstraint("(status IN ('closed', 'rejected')) = (ended_at IS NOT NULL)", name="ended_at"),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended_by"),
    )

    reference: Mapped[str] = mapped_column(sa.String(20), unique=True)
    year: Mapped[int]
    number: Mapped[int]
    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("dard_case.id"), index=True)
    meeting_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("meeting.id"), index=True)
    owner_organisation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    owner_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id"), index=True)
    due_on: Mapped[dt.date] = mapped_column(index=True)
    priority: Mapped[Priority] = mapped_column(enum_column(Priority, "priority"))
    status: Mapped[ActionStatus] = mapped_column(enum_column(ActionStatus, "status"))
    assigned_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id"))
    ended_at: Mapped[dt.datetime | None]
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id"))

    text = sealed_text(Purpose.PACK, Padding.NARRATIVE)
    outcome = optional_sealed_text(Purpose.PACK, Padding.NARRATIVE)

    case: Mapped[Case] = relationship()
    meeting: Mapped[Meeting] = relationship()
    owner_organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id])
    updates: Mapped[list["ActionUpdate"]] = relationship(
        back_populates="action", cascade="all, delete-orphan", order_by="ActionUpdate.created_at, ActionUpdate.id"
    )


class ActionUpdate(Recorded, Model):
    """One note of progress, and the status in which it left the action."""

    __tablename__ = "action_update"

    action_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("action.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id"))
    status: Mapped[ActionStatus] = mapped_column(enum_column(ActionStatus, "status"))

    text = sealed_text(Purpose.PACK, Padding.NARRATIVE)

    action: Mapped[Action] = relationship(back_populates="updates")
    author: Mapped[User] = relationship(lazy="joined", innerjoin=True)
