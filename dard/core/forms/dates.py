"""Dates in three boxes and times in one, as the GOV.UK Design System asks for them."""

import datetime as dt
import re
from typing import Any

from wtforms.utils import unset_value

from dard.core.formats import time_text
from dard.core.forms.field import PageField
from dard.core.forms.text import InputField, tidy

PARTS = ("day", "month", "year")
EARLIEST_YEAR = 1880
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip


class DateError(ValueError):
    """Parts that make no date: ``message`` completes “Date of death must …”, ``parts`` are the boxes to mend."""

    def __init__(self, message: str, parts: tuple[str, ...]) -> None:
        super().__init__(message)
        self.message = message
        self.parts = parts


def read_date(day: str, month: str, year: str) -> dt.date | None:
    """The date that three boxes hold, None if all are empty. Raises DateError. Months may be words (“Mar”)."""
    given = {"day": day, "month": month, "year": year}
    missing = tuple(part for part in PARTS if not given[part])
    if len(missing) == len(PARTS):
        return None
    if missing:
        raise DateError(f"include a {' and '.join(missing)}", missing)
    numbers = {"day": _number(day), "month": _month(month), "year": _number(year)}
    wrong = tuple(part for part in PARTS if numbers[part] is None)
    if wrong:
        raise DateError("be a real date", wrong)
    if len(year) != 4:
        raise DateError("include a year with 4 numbers, like 2026", ("year",))
    if int(year) < EARLIEST_YEAR:
        raise DateError("be a real date", ("year",))
    try:
        return dt.date(int(year), numbers["month"] or 0, numbers["day"] or 0)
    except ValueError as error:
        wrong = ("month",) if not 1 <= (numbers["month"] or 0) <= 12 else ("day",)
        raise DateError("be a real date", wrong) from error


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 4 else None


def _month(text: str) -> int | None:
    word = text.casefold().rstrip(".")
    if len(word) >= 3:
        for number, name in enumerate(MONTHS, start=1):
            if name.startswith(word):
                return number
    return _number(text)


class DateField(PageField):
    """A date, sent as ``name-day``, ``name-month`` and ``name-year``; ``data`` is a date or None."""

    component = "date-input"
    data: dt.date | None

    def __init__(self, label: str, validators: list[Any] | None = None, **given: Any) -> None:
        super().__init__(label, validators, **given)
        self._given: dict[str, str] | None = None
        self._wrong: tuple[str, ...] = ()

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Take the stored date, then what was sent in the three boxes, which are kept as typed."""
        super().process(None, data, extra_filters)
        if formdata is None:
            return
        given = {part: tidy(str(formdata.get(f"{self.name}-{part}", "")), lines=False) for part in PARTS}
        self._given = given
        self.raw_data = list(given.values())
        self.data = None
        try:
            self.data = read_date(**given)
        except DateError as error:
            self._wrong = error.parts
            self.process_errors = [f"{self.subject} must {error.message}"]

    @property
    def value(self) -> dict[str, str]:
        """What the three boxes show, by part."""
        if self._given is not None:
            return self._given
        if self.data is None:
            return dict.fromkeys(PARTS, "")
        return {"day": str(self.data.day), "month": str(self.data.month), "year": f"{self.data.year:04d}"}

    @property
    def wrong_parts(self) -> tuple[str, ...]:
        """The boxes to mark as wrong: those that are, or all if the date as a whole is refused."""
        if not self.errors:
            return ()
        return self._wrong or PARTS

    @property
    def error_target(self) -> str:
        """The first box that is wrong."""
        return f"{self.id}-{self.wrong_parts[0] if self.errors else 'day'}"


_TIME = re.compile(r"([0-9]{1,2})(?:[:.]?([0-9]{2}))?\s*([ap]\.?m\.?)?", re.IGNORECASE)


def read_time(text: str) -> dt.time | None:
    """A time of day as people write it: ``2:30pm``, ``14.30``, ``9am``, ``midday``. Raises ValueError."""
    words = {"": None, "midday": dt.time(12), "noon": dt.time(12), "midnight": dt.time(0)}
    if text.casefold() in words:
        return words[text.casefold()]
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError("no time")
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").casefold()
    if not half and found[2] is None:
        raise ValueError("an hour alone may be morning or evening")
    if half:
        if not 1 <= hour <= 12:
            raise ValueError("no hour of a twelve hour clock")
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    return dt.time(hour, minute)


class TimeField(InputField):
    """A time of day in England; ``data`` is a time or None."""

    data: dt.time | None

    def __init__(self, label: str, validators: list[Any] | None = None, **given: Any) -> None:
        given.setdefault("width", 10)
        super().__init__(label, validators, **given)
        self._text = ""

    @property
    def value(self) -> str:
        """What the control shows: what was typed, else the time."""
        return self._text or time_text(self.data)

    def process_data(self, value: Any) -> None:
        """Take the stored time."""
        self.data = value

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take what was sent. Raises ValueError if it is no time of day."""
        self._text = tidy(str(valuelist[0]) if valuelist else "", lines=False)
        self.data = None
        try:
            self.data = read_time(self._text)
        except ValueError as error:
            raise ValueError(f"{self.subject} must be a time, like 2:30pm or 14:30") from error
