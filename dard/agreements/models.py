"""Agreements and their parties."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dard.accounts.models import Organisation
from dard.agreements.enums import AgreementStatus, PartyState
from dard.core.database import Model, Recorded, Versioned, enum_column


class Agreement(Versioned, Model):
    """One information sharing agreement, in force from one day to another, both included (UK dates)."""

    __tablename__ = "agreement"
    __table_args__ = (sa.CheckConstraint("effective_to >= effective_from", name="dates"),)

    title: Mapped[str] = mapped_column(sa.Text, unique=True)
    purpose: Mapped[str] = mapped_column(sa.Text)
    effective_from: Mapped[dt.date]
    effective_to: Mapped[dt.date]
    status: Mapped[AgreementStatus] = mapped_column(enum_column(AgreementStatus, "status"))

    parties: Mapped[list["AgreementParty"]] = relationship(
        back_populates="agreement", cascade="all, delete-orphan", order_by="AgreementParty.id"
    )


class AgreementParty(Recorded, Model):
    """One organisation of one agreement: whether it signed, by whom in which office, and when."""

    __tablename__ = "agreement_party"
    __table_args__ = (
        sa.UniqueConstraint("agreement_id", "organisation_id"),
        sa.CheckConstraint("(state IN ('signed', 'withdrawn')) = (signed_on IS NOT NULL)", name="signed_on"),
        sa.CheckConstraint("(signed_on IS NULL) = (signatory_name IS NULL)", name="signatory_name"),
        sa.CheckConstraint("(signed_on IS NULL) = (signatory_office IS NULL)", name="signatory_office"),
    )

    agreement_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agreement.id", ondelete="CASCADE"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    state: Mapped[PartyState] = mapped_column(enum_column(PartyState, "state"))
    signatory_name: Mapped[str | None] = mapped_column(sa.Text)
    signatory_office: Mapped[str | None] = mapped_column(sa.Text)
    signed_on: Mapped[dt.date | None]

    agreement: Mapped[Agreement] = relationship(back_populates="parties")
    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
