"""The chart of cases opened in an emergency, by person, and what is said of it."""

from collections.abc import Sequence

from dard.audit.queries import EmergencyUse
from dard.core.charts import Bar, hbar
from dard.core.formats import count_text
from dard.core.shapes import Chart

TITLE = "Restricted cases opened in an emergency, by person"
WIDTH = 640.0


def emergency_chart(uses: Sequence[EmergencyUse]) -> Chart | None:
    """One bar for each person who opened a case; None if nobody did."""
    bars = [Bar(each.who, each.opened, str(each.opened)) for each in uses if each.opened]
    if not bars:
        return None
    description = f"{emergency_headline(uses)}. The same figures are in the table."
    return hbar("emergencies", TITLE, description, bars, unit="Number of times in the last 12 months", width=WIDTH)


def emergency_headline(uses: Sequence[EmergencyUse]) -> str:
    """The message of the chart in a sentence, without its full stop."""
    times = sum(each.opened for each in uses)
    if not times:
        return "Nobody opened a restricted case in an emergency"
    people = count_text(sum(bool(each.opened) for each in uses), "person", "people")
    return f"{people} opened restricted cases in an emergency {count_text(times, 'time')}"
