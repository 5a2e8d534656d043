"""Figures behind promises: noted by a test, printed after the run. Rows are those of the table of promises."""

from collections.abc import Callable

import pytest

FIGURE = "figure"
Figure = Callable[[int, str, object], None]


def noting(request: pytest.FixtureRequest) -> Figure:
    """``figure(row, what, value)`` for one test; carried with its report, so that it works in parallel runs too."""

    def note(row: int, what: str, value: object) -> None:
        request.node.user_properties.append((FIGURE, (row, what, str(value))))

    return note


def print_figures(reporter: pytest.TerminalReporter) -> None:
    """Everything that was noted, by row."""
    reports = [report for kind in ("passed", "failed") for report in reporter.stats.get(kind, [])]
    figures = sorted({tuple(value) for report in reports for name, value in report.user_properties if name == FIGURE})
    if not figures:
        return
    reporter.section("Figures")
    for row, what, value in figures:
        reporter.write_line(f"promise {row}: {what}: {value}")
