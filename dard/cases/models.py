"""The file of a case: a core row, and one table for each section of the file."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dard.cases.enums import (
    CaseStatus,
    DatePrecision,
    NotificationSource,
    PlaceOfEvent,
    Sex,
    Stream,
    SubstanceRole,
)
from dard.core.database import Model, Recorded, Versioned, enum_column
from dard.crypto import normalisation
from dard.crypto.blind_index import Reading, blind_index
from dard.crypto.enums import Purpose
from dard.crypto.fields import optional_sealed_date, optional_sealed_strings, optional_sealed_text, sealed_bytes
from dard.crypto.padding import Padding

# What the blind indexes of a person are built of.
NHS_NUMBER = Reading(normalisation.NHS_NUMBER_VERSION, normalisation.nhs_number)
NAME_AND_BIRTH = Reading(normalisation.NAME_AND_BIRTH_VERSION, normalisation.name_and_birth)
SOUND_AND_YEAR = Reading(normalisation.SOUND_AND_YEAR_VERSION, normalisation.sound_and_year)


class Case(Versioned, Model):
    """What lists and statistics need of a case. People see ``reference``, made of year of notification and number."""

    __tablename__ = "dard_case"
    __table_args__ = (
        sa.UniqueConstraint("year", "number"),
        sa.CheckConstraint("(event_date IS NULL) = (event_date_precision = 'unknown')", name="event_date"),
    )

    reference: Mapped[str] = mapped_column(sa.String(20), unique=True)
    year: Mapped[int]
    number: Mapped[int]
    stream: Mapped[Stream] = mapped_column(enum_column(Stream, "stream"))
    status: Mapped[CaseStatus] = mapped_column(enum_column(CaseStatus, "status"), index=True)
    event_date: Mapped[dt.date | None] = mapped_column(index=True)
    event_date_precision: Mapped[DatePrecision] = mapped_column(enum_column(DatePrecision, "event_date_precision"))
    district: Mapped[str | None] = mapped_column(sa.Text)

    person: Mapped["CasePerson"] = relationship(back_populates="case", cascade="all, delete-orphan")
    notification: Mapped["CaseNotification"] = relationship(back_populates="case", cascade="all, delete-orphan")
    event: Mapped["CaseEvent"] = relationship(back_populates="case", cascade="all, delete-orphan")
    substances: Mapped[list["CaseSubstance"]] = relationship(
        back_populates="case", cascade="all, delete-orphan", order_by="CaseSubstance.code"
    )


class CaseNotification(Recorded, Model):
    """Section: who told the partnership, and when. ``logged_by_id`` is who wrote it down here, if it was a person."""

    __tablename__ = "case_notification"

    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("dard_case.id", ondelete="CASCADE"), unique=True)
    source: Mapped[NotificationSource] = mapped_column(enum_column(NotificationSource, "source"))
    received_at: Mapped[dt.datetime]
    logged_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id"), index=True)

    source_reference = optional_sealed_text(Purpose.IDENTITY, Padding.CODE)
    notifier_name = optional_sealed_text(Purpose.IDENTITY, Padding.NAME)
    notifier_contact = optional_sealed_text(Purpose.IDENTITY, Padding.NAME)

    case: Mapped[Case] = relationship(back_populates="notification")


class CasePerson(Versioned, Model):
    """Section: the person who died or nearly died. ``age`` is in completed years at the event."""

    __tablename__ = "case_person"
    __table_args__ = (sa.CheckConstraint("age BETWEEN 0 AND 120", name="age"),)

    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("dard_case.id", ondelete="CASCADE"), unique=True)
    sex: Mapped[Sex] = mapped_column(enum_column(Sex, "sex"))
    age: Mapped[int | None]

    full_name = optional_sealed_text(Purpose.IDENTITY, Padding.NAME)
    aliases = optional_sealed_strings(Purpose.IDENTITY, Padding.ADDRESS)
    date_of_birth = optional_sealed_date(Purpose.IDENTITY)
    nhs_number = optional_sealed_text(Purpose.IDENTITY, Padding.CODE)
    address = optional_sealed_text(Purpose.IDENTITY, Padding.ADDRESS)
    postcode = optional_sealed_text(Purpose.IDENTITY, Padding.CODE)

    nhs_number_index = blind_index("nhs_number", of=NHS_NUMBER, hardened=True)
    name_birth_index = blind_index("full_name", "date_of_birth", of=NAME_AND_BIRTH)
    sound_birth_index = blind_index("full_name", "date_of_birth", of=SOUND_AND_YEAR)

    case: Mapped[Case] = relationship(back_populates="person")


class CaseEvent(Versioned, Model):
    """Section: what happened, and where."""

    __tablename__ = "case_event"

    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("dard_case.id", ondelete="CASCADE"), unique=True)
    place: Mapped[PlaceOfEvent] = mapped_column(enum_column(PlaceOfEvent, "place"))

    narrative = optional_sealed_text(Purpose.NARRATIVE, Padding.NARRATIVE)

    case: Mapped[Case] = relationship(back_populates="event")


class Honeytoken(Recorded, Model):
    """A case that nobody has work with, so that whoever opens it was looking around. Which one it is, is sealed."""

    __tablename__ = "honeytoken"

    case = sealed_bytes(Purpose.AUDIT)  # the 16 bytes of its id


class CaseSubstance(Model):
    """Section: one substance, by its code in the substance register, and what is known of its part."""

    __tablename__ = "case_substance"
    __table_args__ = (sa.UniqueConstraint("case_id", "code"),)

    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("dard_case.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(sa.String(60), index=True)
    role: Mapped[SubstanceRole] = mapped_column(enum_column(SubstanceRole, "role"))

    case: Mapped[Case] = relationship(back_populates="substances")
