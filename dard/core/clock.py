"""The time, from one place, so that tests can hold it still."""

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

UK = ZoneInfo("Europe/London")


def _system_time() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


_source: Callable[[], dt.datetime] = _system_time


def now() -> dt.datetime:
    """The present moment as an aware datetime in UTC."""
    return _source()


def today() -> dt.date:
    """The date in England: agreements lapse and actions fall due at midnight UK time."""
    return now().astimezone(UK).date()


def local(moment: dt.datetime) -> dt.datetime:
    """``moment`` on a clock in England. Raises ValueError for a naive datetime."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(UK)


def set_source(source: Callable[[], dt.datetime] | None) -> None:
    """Take the time from ``source`` (tests, and the demonstration's seeding); None goes back to the system's clock."""
    global _source  # noqa: PLW0603 - one clock for the whole process is the point
    _source = source or _system_time
