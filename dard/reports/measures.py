"""Counts over cases, straight from the database. They are true counts: nothing here may be shown before suppression.

Only plain columns are read; nothing sealed is opened but which cases are honeytokens, which count nowhere. Each measure
is one statement, however many cases there are.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from dard.cases.enums import AgeBand, CaseStatus, DatePrecision, Sex, Stream
from dard.cases.honeytokens import honeytoken_cases
from dard.cases.models import Case, CasePerson, CaseSubstance
from dard.cases.policy import counted_for
from dard.cases.rules import age_band, quarter
from dard.core.actor import Actor
from dard.core.database import db
from dard.reports.rules import NOT_KNOWN

_WITHIN_A_QUARTER = frozenset(DatePrecision) - {DatePrecision.YEAR, DatePrecision.UNKNOWN}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFilter:
    """Which cases a report counts. Dates are of the event, both included, None is open; no streams means all."""

    first_day: dt.date | None = None
    last_day: dt.date | None = None
    streams: frozenset[Stream] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """The true counts of one report. ``substances`` counts a case once for each of its substances.

    ``quarters`` has the quarters with cases, like "2026-Q1", and rules.NOT_KNOWN; ``with_substances`` counts the cases
    that have any.
    """

    streams: Mapping[Stream, int]
    sexes: Mapping[Sex, int]
    age_bands: Mapping[AgeBand, int]
    quarters: Mapping[str, int]
    substances: Mapping[str, int]
    with_substances: int

    @property
    def cases(self) -> int:
        """How many cases there are in all."""
        return sum(self.streams.values())


def measure(actor: Actor, chosen: ReportFilter) -> Measures:
    """Count the cases that reports of ``actor`` count and ``chosen`` asks for. Those out of scope are left out."""
    counted = _counted(actor, chosen)
    return Measures(
        streams=_by_stream(counted),
        sexes=_by_sex(counted),
        age_bands=_by_age_band(counted),
        quarters=_by_quarter(counted),
        substances=_by_substance(counted),
        with_substances=_with_substances(counted),
    )


def _counted(actor: Actor, chosen: ReportFilter) -> sa.Subquery:
    # What the partnership found to be no death or overdose of its own is not to swell its figures.
    query = counted_for(actor).where(Case.status != CaseStatus.OUT_OF_SCOPE, Case.id.not_in(honeytoken_cases()))
    if chosen.first_day is not None:
        query = query.where(Case.event_date >= chosen.first_day)
    if chosen.last_day is not None:
        query = query.where(Case.event_date <= chosen.last_day)
    if chosen.streams:
        query = query.where(Case.stream.in_(chosen.streams))
    return query.with_only_columns(Case.id, Case.stream, Case.event_date, Case.event_date_precision).subquery()


def _by_stream(counted: sa.Subquery) -> dict[Stream, int]:
    query = sa.select(counted.c.stream, sa.func.count()).group_by(counted.c.stream)
    return dict(db.session.execute(query).all())


def _by_sex(counted: sa.Subquery) -> dict[Sex, int]:
    # An outer join, here and below: a case whose person was never recorded counts in every table or in none.
    query = (
        sa.select(CasePerson.sex, sa.func.count())
        .select_from(counted)
        .outerjoin(CasePerson, CasePerson.case_id == counted.c.id)
        .group_by(CasePerson.sex)
    )
    counts: Counter[Sex] = Counter()
    for sex, count in db.session.execute(query):
        counts[sex or Sex.NOT_RECORDED] += count
    return counts


def _by_age_band(counted: sa.Subquery) -> dict[AgeBand, int]:
    query = (
        sa.select(CasePerson.age, sa.func.count())
        .select_from(counted)
        .outerjoin(CasePerson, CasePerson.case_id == counted.c.id)
        .group_by(CasePerson.age)
    )
    counts: Counter[AgeBand] = Counter()
    for age, count in db.session.execute(query):
        counts[age_band(age)] += count
    return counts


def _by_quarter(counted: sa.Subquery) -> dict[str, int]:
    day, precision = counted.c.event_date, counted.c.event_date_precision
    counts: Counter[str] = Counter()
    for when, exactness, count in db.session.execute(
        sa.select(day, precision, sa.func.count()).group_by(day, precision)
    ):
        known = when is not None and exactness in _WITHIN_A_QUARTER
        counts[quarter(when) if known else NOT_KNOWN] += count
    return counts


def _by_substance(counted: sa.Subquery) -> dict[str, int]:
    query = (
        sa.select(CaseSubstance.code, sa.func.count())
        .join(counted, counted.c.id == CaseSubstance.case_id)
        .group_by(CaseSubstance.code)
    )
    return dict(db.session.execute(query).all())


def _with_substances(counted: sa.Subquery) -> int:
    query = sa.select(sa.func.count(CaseSubstance.case_id.distinct())).join(
        counted, counted.c.id == CaseSubstance.case_id
    )
    return db.session.scalar(query) or 0
