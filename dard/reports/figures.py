"""The chart of cases by quarter, and what is said of it. Both know the published figures only."""

from dard.core.charts import Bar, column_chart
from dard.core.shapes import Chart
from dard.reports.rules import NOT_KNOWN, quarter_label
from dard.reports.tables import Line, Section

UNIT = "Number of cases"
WIDTH = 640.0


def quarter_chart(section: Section) -> Chart | None:
    """Cases by quarter as columns, hidden ones without their height; None if there is no quarter to draw."""
    quarters = _quarters(section)
    if not quarters:
        return None
    bars = [Bar(quarter_label(line.key, short=True), line.value, line.shown) for line in quarters]
    return column_chart("quarters", section.title, _description(quarters), bars, unit=UNIT, width=WIDTH)


def headline(section: Section) -> str:
    """The message of the chart in a sentence."""
    quarters = _quarters(section)
    most = max((line.value or 0 for line in quarters), default=0)
    if not most:
        return "No quarter with cases has a count that can be shown"
    peaks = [line.label for line in quarters if line.value == most]
    lead = "Of the quarters whose counts can be shown, " if _some_hidden(quarters) else ""
    if len(peaks) == 1:
        return f"{lead}{peaks[0]} had the most cases ({most})"
    names = " and ".join(peaks) if len(peaks) == 2 else "several quarters" if lead else "Several quarters"
    return f"{lead}{names} had the most cases ({most} each)"


def _description(quarters: list[Line]) -> str:
    sentences = [f"One column for each quarter from {quarters[0].label} to {quarters[-1].label}."]
    shown = [line.value for line in quarters if line.value is not None]
    if shown:
        span = f"go from {min(shown)} to {max(shown)}" if len(set(shown)) > 1 else f"are all {shown[0]}"
        sentences.append(f"The counts shown {span}.")
    if _some_hidden(quarters):
        sentences.append("Some counts are hidden (c) and their columns are not drawn to length.")
    return " ".join([*sentences, "The same figures are in the table by quarter."])


def _quarters(section: Section) -> list[Line]:
    return [line for line in section.rows if line.key != NOT_KNOWN]


def _some_hidden(quarters: list[Line]) -> bool:
    return any(line.value is None for line in quarters)
