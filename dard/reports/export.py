"""The thematic report as one tidy table in CSV: a row for each figure, and rows “About” for what a reader must know."""

from dard.core.actor import Actor
from dard.core.spreadsheet import ABOUT, Column, Kind, Sheet, Value, write_csv
from dard.disclosure.suppression import MARK, Rule
from dard.reports.service import record_export
from dard.reports.tables import ALL_CASES, LEFT_OUT, TITLE, Line, Section, ThematicReport

COLUMNS = (Column("section"), Column("category"), Column("count", Kind.INTEGER), Column("note"))
Row = tuple[Value, Value, Value, Value]


def export_csv(actor: Actor, report: ThematicReport, partnership: str) -> bytes:
    """The report as CSV. Recorded."""
    record_export(actor, "csv")
    rows = [*_about(report, partnership), *(row for section in report.sections for row in _rows(section, report.rule))]
    return write_csv(Sheet(TITLE, COLUMNS, rows))


def _about(report: ThematicReport, partnership: str) -> list[Row]:
    facts = [("Report", TITLE), ("Partnership", partnership), *report.about]
    notes = [(f"Note on “{section.title}”", section.note) for section in report.sections if section.note]
    return [(ABOUT, label, None, text) for label, text in [*facts, *notes]]


def _rows(section: Section, rule: Rule) -> list[Row]:
    if section.table is None:
        return [(section.title, ALL_CASES, MARK, LEFT_OUT)]
    return [(section.title, line.label, _count(line), _note(line, rule)) for line in section.lines]


def _count(line: Line) -> Value:
    return line.shown if line.value is None else line.value


def _note(line: Line, rule: Rule) -> Value:
    return f"Under {rule.threshold}, or hidden to protect a count that is" if line.value is None else None
