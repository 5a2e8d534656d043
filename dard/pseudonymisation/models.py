"""Summaries and packs: the only case content that members ever see."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dard.accounts.models import Organisation, User
from dard.cases.models import Case
from dard.core.database import Model, Recorded, Versioned, enum_column
from dard.crypto.enums import Purpose
from dard.crypto.fields import optional_sealed_text, sealed_bytes, sealed_text
from dard.crypto.padding import Padding
from dard.panels.models import Meeting
from dard.pseudonymisation.enums import SummaryStatus


class Summary(Versioned, Model):
    """The pseudonymised summary of one case. The one who approves is never the one who wrote."""

    __tablename__ = "summary"
    __table_args__ = (
        sa.CheckConstraint("(status = 'approved') = (approved_by_id IS NOT NULL)", name="approved_by"),
        sa.CheckConstraint("(status = 'approved') = (approved_at IS NOT NULL)", name="approved_at"),
        sa.CheckConstraint("approved_by_id IS NULL OR approved_by_id <> written_by_id", name="second_person"),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("dard_case.id"), unique=True)
    status: Mapped[SummaryStatus] = mapped_column(enum_column(SummaryStatus, "status"))
    written_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id"))
    approved_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id"))
    approved_at: Mapped[dt.datetime | None]

    text = sealed_text(Purpose.PACK, Padding.NARRATIVE)
    return_note = optional_sealed_text(Purpose.PACK, Padding.NARRATIVE)

    case: Mapped[Case] = relationship()
    written_by: Mapped[User] = relationship(foreign_keys=[written_by_id])
    approved_by: Mapped[User | None] = relationship(foreign_keys=[approved_by_id])


class Pack(Recorded, Model):
    """What one recipient was given for one meeting, as it stood when it was issued.

    ``content`` is the JSON of packs.PackContent. A new edition for a recipient replaces the older ones. In its footer
    stands the audit checkpoint over the first ``checkpoint_size`` events.
    """

    __tablename__ = "pack"
    __table_args__ = (sa.UniqueConstraint("meeting_id", "recipient_id", "edition"),)

    number: Mapped[str] = mapped_column(sa.String(20), unique=True)
    meeting_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("meeting.id"))
    recipient_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    edition: Mapped[int]
    checkpoint_size: Mapped[int | None] = mapped_column(sa.BigInteger)
    issued_at: Mapped[dt.datetime]
    issued_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id"))

    content = sealed_bytes(Purpose.PACK)

    meeting: Mapped[Meeting] = relationship()
    recipient: Mapped[User] = relationship(foreign_keys=[recipient_id], lazy="joined", innerjoin=True)
    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)


class MeetingAcceptance(Model):
    """That a person accepted a version of the confidentiality statement for one meeting, before opening its pack."""

    __tablename__ = "meeting_acceptance"
    __table_args__ = (sa.UniqueConstraint("meeting_id", "user_id", "version"),)

    meeting_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("meeting.id", ondelete="CASCADE"))
    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id"))
    version: Mapped[int]
    accepted_at: Mapped[dt.datetime]


class PackedCase(Model):
    """Which case a pseudonym in a pack stands for: beside the pack, whose words say it to nobody who reads them.

    It outlives the agenda item, so that somebody recused later loses sight of the case in packs that they have already.
    """

    __tablename__ = "pack_case"
    __table_args__ = (sa.UniqueConstraint("pack_id", "pseudonym"),)

    pack_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("pack.id", ondelete="CASCADE"))
    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("dard_case.id"), index=True)
    pseudonym: Mapped[str] = mapped_column(sa.String(20))
