"""How dates, times and numbers are written for people, on pages and in documents alike (GOV.UK style guide)."""

import datetime as dt

from dard.core.clock import local, today

NOTHING = ""


def date_text(day: dt.date | None) -> str:
    """``3 March 2026``. A moment counts as its day in England; nothing stays nothing."""
    if day is None:
        return NOTHING
    if isinstance(day, dt.datetime):
        day = local(day).date()
    return f"{day.day} {day:%B} {day.year}"


def time_text(moment: dt.time | dt.datetime | None) -> str:
    """``2:05pm``, ``2pm``, ``midday`` or ``midnight``, on a clock in England."""
    if moment is None:
        return NOTHING
    clock = local(moment).time() if isinstance(moment, dt.datetime) else moment
    if clock.minute == 0 and clock.hour in {0, 12}:
        return "midday" if clock.hour else "midnight"
    hour = clock.hour % 12 or 12
    minutes = f":{clock.minute:02d}" if clock.minute else ""
    return f"{hour}{minutes}{'am' if clock.hour < 12 else 'pm'}"


def moment_text(moment: dt.datetime | None) -> str:
    """``3 March 2026 at 2:05pm``, on a clock in England. Raises ValueError for a naive datetime."""
    return NOTHING if moment is None else f"{date_text(moment)} at {time_text(moment)}"


def relative_text(day: dt.date | None, *, due: bool = False) -> str:
    """How far ``day`` is from today, in words: ``4 days ago``, ``tomorrow``; with ``due``: ``4 days overdue``."""
    if day is None:
        return NOTHING
    if isinstance(day, dt.datetime):
        day = local(day).date()
    distance = (day - today()).days
    if due:
        return _due_text(distance)
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}
    if distance in near:
        return near[distance]
    return f"in {_span(distance)}" if distance > 0 else f"{_span(-distance)} ago"


def _due_text(distance: int) -> str:
    if distance < 0:
        return f"{_span(-distance)} overdue"
    near = {0: "due today", 1: "due tomorrow"}
    return near.get(distance) or f"due in {_span(distance)}"


def _span(days: int) -> str:
    if days < 61:
        return f"{days} {'day' if days == 1 else 'days'}"
    if days < 730:
        return f"{days * 12 // 365} months"
    return f"{days // 365} years"


def nhs_number_text(number: str | None) -> str:
    """An NHS number in its printed form, 3 3 4 (NHS Data Dictionary); anything else as it stands."""
    digits = "".join((number or "").split())
    if len(digits) != 10 or not digits.isdecimal():
        return number or NOTHING
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}"


def count_text(number: int, singular: str, plural: str = "") -> str:
    """``1 case``, ``1,204 cases``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"
