"""The thematic report: counts, suppressed before anything leaves this module."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from dard.audit import events
from dard.audit.service import record
from dard.cases.access.policy import has_recusals
from dard.cases.enums import AgeBand, Sex, Stream
from dard.cases.rules import quarter
from dard.cases.substances import SUBSTANCES
from dard.core import clock
from dard.core.actor import Actor
from dard.core.enums import LabelledEnum
from dard.core.errors import DomainError, ForbiddenError
from dard.core.formats import date_text
from dard.core.permissions import Permission
from dard.disclosure.suppression import Cell, Rule, SuppressedTable, suppress
from dard.reports.measures import Measures, ReportFilter, measure
from dard.reports.rules import NOT_KNOWN, also_hidden, is_safe_beside, quarter_label, quarters_between
from dard.reports.tables import ALL_CASES, Section, ThematicReport

Code = TypeVar("Code", bound=LabelledEnum)
SUBSTANCE_NOTE = (
    "A case counts once for each substance recorded, so the rows add up to more than the cases. "
    "Heroin and morphine are counted as they were recorded: heroin becomes morphine in the body, "
    "so a case with morphine alone may have been a death from heroin. "
    "Substances that no case has are left out."
)
QUARTER_NOTE = (
    "By the date of the event, in calendar quarters. Where the period begins or ends inside a quarter, only the part "
    "inside the period is counted. “Quarter not known” has cases whose date is known to the year only, or not at all."
)
UNDATED_NOTE = " Cases without any date are not in a report with a period."
LONGEST_YEARS = 20


def thematic_report(actor: Actor, chosen: ReportFilter, *, threshold: int) -> ThematicReport:
    """The report on the cases that ``chosen`` asks for; counts from 1 to ``threshold`` - 1 are hidden in it.

    Raises ForbiddenError for somebody who may not see reports, DomainError for a period that ends before it begins or
    is longer than LONGEST_YEARS.
    """
    if not actor.may(Permission.REPORT_VIEW):
        raise ForbiddenError("Your role does not let you see reports")
    _check_period(chosen.first_day, chosen.last_day)
    made = compose(measure(actor, chosen), chosen, rule=Rule(threshold=threshold), as_at=clock.today())
    return replace(made, some_left_out=has_recusals(actor))


def record_export(actor: Actor, form: str) -> None:
    """Keep in the log that ``actor`` took the report away as a file of this form. Every maker of a file calls it."""
    record(actor, events.ReportExported(object_id=actor.user_id or events.NOTHING, form=form))


def _check_period(first: dt.date | None, last: dt.date | None) -> None:
    if first is None:
        return
    if last is not None and last < first:
        raise DomainError(f"Last day must be the same as or after the first day, {date_text(first)}", "period_to")
    if (last or clock.today()).year - first.year > LONGEST_YEARS:
        raise DomainError(f"First day must be within {LONGEST_YEARS} years of the last day", "period_from")


def compose(measures: Measures, chosen: ReportFilter, *, rule: Rule, as_at: dt.date) -> ThematicReport:
    """The report made of true counts, all suppressed by ``rule``. Pure; ``as_at`` is the UK date of the counts."""
    streams = [stream for stream in Stream if stream in chosen.streams or not chosen.streams]
    return ThematicReport(
        chosen=chosen,
        rule=rule,
        as_at=as_at,
        total=_table("Cases", {ALL_CASES: measures.cases}, rule),
        sections=(
            _by_code("stream", "Cases by stream", "Stream", streams, measures.streams, rule),
            _by_code("sex", "Cases by sex", "Sex", Sex, measures.sexes, rule),
            _by_code("age_band", "Cases by age", "Age at the event", AgeBand, measures.age_bands, rule),
            _by_substance(measures, rule),
            _by_quarter(measures, chosen, rule, as_at),
        ),
    )


def _by_code(
    slug: str, title: str, heading: str, codes: Iterable[Code], counts: Mapping[Code, int], rule: Rule
) -> Section:
    """One row for each code in its order, those without a case too."""
    by_code = {code: counts.get(code, 0) for code in codes}
    labels = {code.value: code.label for code in by_code}
    table = _table(heading, {code.value: count for code, count in by_code.items()}, rule)
    return Section(slug=slug, title=title, heading=heading, labels=labels, table=_beside_the_total(table))


def _by_substance(measures: Measures, rule: Rule) -> Section:
    labels = {code: SUBSTANCES[code].name for code in measures.substances}
    counts = {code: measures.substances[code] for code in sorted(labels, key=lambda code: labels[code].casefold())}
    with_any = measures.with_substances
    coverage = _table(
        "Substances",
        {"With any substance recorded": with_any, "With none recorded": measures.cases - with_any},
        rule,
    )
    return Section(
        slug="substance",
        title="Cases by substance",
        heading="Substance",
        labels=labels,
        table=None if rule.is_small(measures.cases) else _table("Substance", counts, rule),
        note=SUBSTANCE_NOTE,
        several=True,
        withheld=also_hidden(counts, cases=measures.cases, with_any=with_any, rule=rule),
        coverage=_beside_the_total(coverage),
    )


def _by_quarter(measures: Measures, chosen: ReportFilter, rule: Rule, as_at: dt.date) -> Section:
    with_cases = sorted(name for name in measures.quarters if name != NOT_KNOWN)
    names: list[str] = []
    if with_cases:
        first = quarter(chosen.first_day) if chosen.first_day else with_cases[0]
        last = quarter(min(chosen.last_day, as_at)) if chosen.last_day else with_cases[-1]
        names = quarters_between(first, max(last, with_cases[-1]))
        if len(names) > LONGEST_YEARS * 4:  # a mistyped year must not draw five hundred empty quarters
            names = with_cases
    labels = {**{name: quarter_label(name) for name in names}, NOT_KNOWN: "Quarter not known"}
    table = _table("Quarter", {name: measures.quarters.get(name, 0) for name in labels}, rule)
    has_period = chosen.first_day is not None or chosen.last_day is not None
    return Section(
        slug="quarter",
        title="Cases by quarter",
        heading="Quarter",
        labels=labels,
        table=_beside_the_total(table),
        note=QUARTER_NOTE + (UNDATED_NOTE if has_period else ""),
    )


def _table(heading: str, counts: Mapping[str, int], rule: Rule) -> SuppressedTable:
    return suppress([heading], [Cell((key,), count) for key, count in counts.items()], rule)


def _beside_the_total(table: SuppressedTable) -> SuppressedTable | None:
    return table if is_safe_beside(table) else None
