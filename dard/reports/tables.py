"""What every output of a report takes: sections that hold nothing but suppressed tables, read row by row."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dard.core.formats import date_text
from dard.disclosure.suppression import MARK, TOTAL, Rule, SuppressedTable
from dard.reports.measures import ReportFilter

TITLE = "Thematic report"
ALL_CASES = "All cases"
NOTHING = "No cases match this period and these streams."
TOO_FEW = "There are too few cases to break them down without pointing at people."
RECUSED = (
    "Cases from which the person who made this report is recused, because of a conflict of interest. Somebody else "
    "must make what is to be published."
)
LEFT_OUT = (
    "This breakdown is left out. Its counts are so small that they could be worked out from the number of all cases. "
    "Choose a longer period or more streams."
)


@dataclass(frozen=True, slots=True)
class Line:
    """One row as it may be shown; ``value`` is None where it is hidden."""

    key: str
    label: str
    shown: str
    value: int | None
    is_total: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One table of a report.

    ``labels`` has the words for the keys of ``table``; the rows of ``withheld`` are hidden in addition. ``table`` is
    None where the whole breakdown is left out, because it could be worked out from the number of all cases.

    With ``several`` a case may count in several rows. Their sum then means nothing, so ``coverage`` takes the place of
    the total: how many cases are in any row, and in none. Such rows stand largest first.
    """

    slug: str
    title: str
    heading: str
    labels: Mapping[str, str]
    table: SuppressedTable | None
    note: str = ""
    several: bool = False
    withheld: frozenset[str] = frozenset()
    coverage: SuppressedTable | None = None

    def __post_init__(self) -> None:
        """Refuse true counts."""
        if any(not isinstance(table, SuppressedTable | None) for table in (self.table, self.coverage)):
            raise TypeError(f"{self.slug}: a report shows suppressed tables only")

    @property
    def rows(self) -> list[Line]:
        """The rows without the totals. A hidden row stands behind the shown ones, by name: its place tells nothing."""
        if self.table is None:
            return []
        found = [self._line(self.table, key, self.labels[key]) for key in self.table.categories()]
        if self.several:
            found.sort(key=lambda line: (line.value is None, -(line.value or 0), line.label.casefold()))
        return found

    @property
    def totals(self) -> list[Line]:
        """The rows that say how many cases there are in all."""
        if self.table is None:
            return []
        if not self.several:
            return [self._line(self.table, TOTAL, ALL_CASES)]
        return list(self._coverage_lines())

    @property
    def lines(self) -> list[Line]:
        """All rows in the order in which they are shown."""
        return [*self.rows, *self.totals]

    def _coverage_lines(self) -> Iterator[Line]:
        if self.coverage is not None:
            for key in (*self.coverage.categories(), TOTAL):
                yield self._line(self.coverage, key, ALL_CASES if key == TOTAL else key)

    def _line(self, table: SuppressedTable, key: str, label: str) -> Line:
        cell = table.at(key)
        is_total = table is self.coverage or key == TOTAL
        if key in self.withheld and not is_total:
            return Line(key, label, MARK, None)
        return Line(key, label, cell.shown, cell.value, is_total)


@dataclass(frozen=True, slots=True, kw_only=True)
class ThematicReport:
    """All that a page, a file or a document says: what was counted, by which rule, on which UK date.

    ``some_left_out``: whoever made it is recused from cases, which are not counted.
    """

    chosen: ReportFilter
    rule: Rule
    as_at: dt.date
    total: SuppressedTable
    sections: tuple[Section, ...]
    some_left_out: bool = False

    @property
    def cases(self) -> str:
        """The number of all cases as it may be shown."""
        return self.total.at(TOTAL).shown

    @property
    def is_empty(self) -> bool:
        """Whether no case matches."""
        return self.total.at(TOTAL).value == 0

    @property
    def is_left_out(self) -> bool:
        """Whether there are too few cases for any breakdown."""
        return all(section.table is None for section in self.sections)

    @property
    def period(self) -> str:
        """The period in words."""
        first, last = date_text(self.chosen.first_day), date_text(self.chosen.last_day)
        if first and last:
            return f"{first} to {last}"
        if first or last:
            return f"From {first}" if first else f"Up to {last}"
        return "All dates"

    @property
    def streams(self) -> str:
        """The streams in words."""
        if not self.chosen.streams:
            return "All streams"
        return ", ".join(self.section("stream").labels.values())

    @property
    def about(self) -> list[tuple[str, str]]:
        """What a reader must know to use the figures, as (label, text) pairs."""
        return [
            ("Period", self.period),
            ("Streams", self.streams),
            ("Cases counted", self.cases),
            ("As at", date_text(self.as_at)),
            ("Rule for small numbers", self.rule.sentence),
            *([("Not counted", RECUSED)] if self.some_left_out else []),
        ]

    def section(self, slug: str) -> Section:
        """One section by its slug. Raises KeyError."""
        for section in self.sections:
            if section.slug == slug:
                return section
        raise KeyError(slug)
