"""Lists of cases. Nothing sealed is opened here."""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, load_only, selectinload

from dard.cases.enums import AgeBand, CaseStatus, DatePrecision, NotificationSource, Sex, Stream, SubstanceRole
from dard.cases.models import Case, CaseNotification, CasePerson, CaseSubstance
from dard.cases.policy import notified_by, visible_to
from dard.cases.rules import age_band
from dard.cases.substances import SUBSTANCES
from dard.core.actor import Actor
from dard.core.database import db


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """Which cases a list shows; None means all. Dates are of the event, both included."""

    reference: str | None = None
    stream: Stream | None = None
    status: CaseStatus | None = None
    source: NotificationSource | None = None
    district: str | None = None
    substance: str | None = None
    event_from: dt.date | None = None
    event_to: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One line of a list of cases."""

    id: uuid.UUID
    reference: str
    stream: Stream
    status: CaseStatus
    event_date: dt.date | None
    event_date_precision: DatePrecision
    district: str | None
    sex: Sex
    age_band: AgeBand
    substances: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifiedLine:
    """What somebody may know of a notification that they logged themselves."""

    reference: str
    logged_at: dt.datetime
    status: CaseStatus


def cases(actor: Actor, chosen: CaseFilter, *, limit: int, offset: int) -> tuple[list[CaseLine], int]:
    """The cases that ``actor`` may see and ``chosen`` asks for, newest notification first, and how many in all."""
    query = _narrowed(visible_to(actor), chosen)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(query.order_by(None).subquery())) or 0
    found = db.session.scalars(
        query.options(
            joinedload(Case.person, innerjoin=True).options(load_only(CasePerson.sex, CasePerson.age)),
            selectinload(Case.substances),
        )
        .order_by(Case.year.desc(), Case.number.desc(), Case.id)
        .limit(limit)
        .offset(offset)
    )
    return [_line(case) for case in found], total


def notified(actor: Actor, *, limit: int, offset: int) -> tuple[list[NotifiedLine], int]:
    """What ``actor`` notified, the newest first, and how many in all."""
    query = notified_by(actor)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
    rows = db.session.execute(
        query.join(CaseNotification, CaseNotification.case_id == Case.id)
        .with_only_columns(Case.reference, CaseNotification.received_at, Case.status)
        .order_by(Case.year.desc(), Case.number.desc(), Case.id)
        .limit(limit)
        .offset(offset)
    )
    return [NotifiedLine(reference=name, logged_at=moment, status=status) for name, moment, status in rows], total


def seen_among(actor: Actor, case_references: Sequence[str]) -> list[tuple[uuid.UUID, str]]:
    """Id and reference of the cases of ``case_references`` that ``actor`` may see, in their order."""
    query = visible_to(actor).where(Case.reference.in_(case_references)).order_by(Case.year, Case.number)
    return [(row.id, row.reference) for row in db.session.execute(query.with_only_columns(Case.id, Case.reference))]


def districts(actor: Actor) -> list[str]:
    """The districts of the cases that ``actor`` may see."""
    query = visible_to(actor).with_only_columns(Case.district).where(Case.district.is_not(None)).distinct()
    return [name for name in db.session.scalars(query.order_by(Case.district)) if name]


def counts_by_status(actor: Actor) -> dict[CaseStatus, int]:
    """How many cases ``actor`` may see in each state."""
    seen = visible_to(actor).subquery()
    rows = db.session.execute(sa.select(seen.c.status, sa.func.count()).group_by(seen.c.status))
    return dict(rows.all())


def with_status(actor: Actor, statuses: Sequence[CaseStatus], *, limit: int) -> list[Case]:
    """The oldest cases in one of ``statuses``."""
    query = visible_to(actor).where(Case.status.in_(statuses))
    return list(db.session.scalars(query.order_by(Case.year, Case.number, Case.id).limit(limit)))


def substances(case: Case) -> list[tuple[str, SubstanceRole]]:
    """The substances in a case by name, each with what is known of its part."""
    return sorted((SUBSTANCES[each.code].name, each.role) for each in case.substances)


def substance_names(case: Case) -> list[str]:
    """The names of the substances in a case, by name."""
    return sorted(SUBSTANCES[substance.code].name for substance in case.substances)


def _narrowed(query: sa.Select[Case], chosen: CaseFilter) -> sa.Select[Case]:
    plain = {
        Case.stream: chosen.stream,
        Case.status: chosen.status,
        Case.district: chosen.district,
    }
    for column, value in plain.items():
        if value is not None:
            query = query.where(column == value)
    if chosen.reference:
        query = query.where(Case.reference.contains(chosen.reference.strip(), autoescape=True))
    if chosen.source is not None:
        query = query.where(
            Case.id.in_(sa.select(CaseNotification.case_id).where(CaseNotification.source == chosen.source))
        )
    if chosen.substance:
        query = query.where(Case.id.in_(sa.select(CaseSubstance.case_id).where(CaseSubstance.code == chosen.substance)))
    if chosen.event_from is not None:
        query = query.where(Case.event_date >= chosen.event_from)
    if chosen.event_to is not None:
        query = query.where(Case.event_date <= chosen.event_to)
    return query


def _line(case: Case) -> CaseLine:
    return CaseLine(
        id=case.id,
        reference=case.reference,
        stream=case.stream,
        status=case.status,
        event_date=case.event_date,
        event_date_precision=case.event_date_precision,
        district=case.district,
        sex=case.person.sex,
        age_band=age_band(case.person.age),
        substances=tuple(substance_names(case)),
    )


def references(case_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What people call the cases of ``case_ids``; not narrowed to anybody, because the audit log shows no more."""
    return dict(db.session.execute(sa.select(Case.id, Case.reference).where(Case.id.in_(case_ids))).all())
