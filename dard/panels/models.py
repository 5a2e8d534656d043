"""Meetings, what is on their agenda, and who is invited."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dard.accounts.models import User
from dard.cases.models import Case
from dard.core.database import Model, Recorded, Versioned, enum_column
from dard.panels.enums import MeetingStatus, Reply


class Meeting(Versioned, Model):
    """One meeting of the panel. ``place`` is a room or how to join; it never holds case information."""

    __tablename__ = "meeting"

    title: Mapped[str] = mapped_column(sa.Text)
    starts_at: Mapped[dt.datetime] = mapped_column(index=True)
    place: Mapped[str] = mapped_column(sa.Text)
    status: Mapped[MeetingStatus] = mapped_column(enum_column(MeetingStatus, "status"))

    agenda: Mapped[list["AgendaItem"]] = relationship(
        back_populates="meeting", cascade="all, delete-orphan", order_by="AgendaItem.position"
    )
    invitations: Mapped[list["Invitation"]] = relationship(
        back_populates="meeting", cascade="all, delete-orphan", order_by="Invitation.created_at, Invitation.id"
    )


class AgendaItem(Recorded, Model):
    """A case on the agenda. ``pseudonym`` is its name at this meeting only: random, never derived."""

    __tablename__ = "agenda_item"
    __table_args__ = (
        sa.UniqueConstraint("meeting_id", "case_id"),
        sa.UniqueConstraint("meeting_id", "pseudonym"),
    )

    meeting_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("meeting.id", ondelete="CASCADE"))
    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("dard_case.id"), index=True)
    position: Mapped[int]
    pseudonym: Mapped[str] = mapped_column(sa.String(20))

    meeting: Mapped[Meeting] = relationship(back_populates="agenda")
    case: Mapped[Case] = relationship()


class Invitation(Recorded, Model):
    """One person invited to one meeting."""

    __tablename__ = "invitation"
    __table_args__ = (sa.UniqueConstraint("meeting_id", "user_id"),)

    meeting_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("meeting.id", ondelete="CASCADE"))
    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id"), index=True)
    reply: Mapped[Reply] = mapped_column(enum_column(Reply, "reply"))

    meeting: Mapped[Meeting] = relationship(back_populates="invitations")
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)
