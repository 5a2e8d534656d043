"""Exact dates as people in the United Kingdom write them.

An exact date is a day and a month, with or without a year. A month with a year is not exact and stays.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from dard.pseudonymisation.normalised import NormalisedText

_MONTH = (
    "(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    "|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_MONTH_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES.split(), 1)}
_ORDINALS_TEXT = """
first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth
sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth twenty-fifth
twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first
"""
_ORDINALS = {word: number for number, word in enumerate(_ORDINALS_TEXT.split(), 1)}
_DAY_IN_WORDS = "|".join(word.replace("-", "[ -]") for word in sorted(_ORDINALS, key=len, reverse=True))

_NUMERIC = re.compile(
    r"(?<!\d)(?<!\d[/.-])(?P<day>\d{1,2})(?P<gap> ?[/.-] ?| )(?P<month>\d{1,2})(?P=gap)(?P<year>\d{4}|\d{2})"
    r"(?!\d)(?![/-]\d)(?!\.\d)"
)
_ISO = re.compile(r"(?<!\d)(?P<year>\d{4})(?P<gap>[/.-])(?P<month>\d{1,2})(?P=gap)(?P<day>\d{1,2})(?!\d)")
_COMPACT = re.compile(r"(?<!\d)(?:\d{8}|\d{6})(?!\d)")
_DAY_MONTH = re.compile(
    rf"(?<![\d.])(?:(?P<day>\d{{1,2}}) ?(?P<ordinal>st|nd|rd|th)?|\b(?P<words>{_DAY_IN_WORDS}))(?: day)?(?P<of> of)?"
    rf"[ ./-]{{0,2}}{_MONTH}(?![a-z])(?P<year_text>\.?(?P<gap>,? |[./-]|)(?P<mark>'?)(?P<year>\d{{4}}|\d{{2}})(?!\d))?"
)
_MONTH_DAY = re.compile(
    rf"\b{_MONTH}\b\.? (?:the )?(?P<day>\d{{1,2}})(?P<ordinal>st|nd|rd|th)?(?![\d:/%])(?!\.\d)"
    rf"(?P<year_text>,? (?P<year>\d{{4}})(?!\d))?"
)
_DAY_SLASH_MONTH = re.compile(r"\bon (?P<day>\d{1,2})/(?P<month>\d{2})(?![\d/])")
_WEEKDAY_BEFORE = re.compile(r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,? (?:the )?$")
_DAY_BEFORE = re.compile(r"(?<![\d./:-])(?P<written>(?P<day>\d{1,2})(?:st|nd|rd|th)?)(?: ?[-/&] ?| to | and | or )$")
_BIRTH_BEFORE = re.compile(r"\b(?:dob|d\.o\.b\.?|born|birth)[ :.(=-]{0,5}(?:on )?$")
_LONGEST_LEAD = 20
# What may follow "3 March 26" or "March 3" for the number to belong to the date, and not to "20 tablets".
_ENDS_HERE = re.compile(
    r"$|[,;)\]!?\"]|\.(?!\d)| (?:at|and|when|he|she|they|by|with|was|is|in|to|for|the|of|after|aged|born|from|as|had"
    r"|but|while|who|where|a|his|her)\b"
)
_CLOCK_AFTER = re.compile(r" ?(?:hrs?|hours|h)\b")

# These months are also verbs or nouns: in lower case they need an ordinal or a year beside them.
_MONTHS_THAT_ARE_WORDS = frozenset({"may", "march", "mar"})
_EARLIEST_YEAR, _LATEST_YEAR = 1850, 2150
# Without an event to go by, two digits above this are taken for the last century.
_PIVOT = 30


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date in the normalised text; `when` is None where no such day exists or the year cannot be told."""

    start: int
    end: int
    when: date | None


@dataclass(frozen=True, slots=True)
class Calendar:
    """What settles a two-digit or missing year: the dates of the record and the day of the event."""

    known: frozenset[date]
    event: date | None


def find_dates(text: NormalisedText, calendar: Calendar) -> Iterator[FoundDate]:
    """Every exact date, in no particular order; finds may overlap.

    Days run together as in "03041980" count only when the record holds them.
    """
    for pattern in (_NUMERIC, _ISO):
        for found in pattern.finditer(text.folded):
            for when in _numeric(found, calendar):
                yield _with_weekday(text, found.start(), found.end(), when)
    for found in _DAY_SLASH_MONTH.finditer(text.folded):
        for when in _without_year(int(found["day"]), int(found["month"]), calendar):
            yield FoundDate(found.start("day"), found.end(), when)
    for found in _DAY_MONTH.finditer(text.folded):
        yield from _day_month(text, found, calendar)
    for found in _MONTH_DAY.finditer(text.folded):
        yield from _month_day(text, found, calendar)
    spellings = {form: day for day in calendar.known for form in (f"{day:%d%m%Y}", f"{day:%d%m%y}", f"{day:%Y%m%d}")}
    for found in _COMPACT.finditer(text.folded):
        if found[0] in spellings:
            yield FoundDate(found.start(), found.end(), spellings[found[0]])


def _numeric(found: re.Match[str], calendar: Calendar) -> tuple[date | None, ...]:
    """The one reading of a date in figures; empty where the figures are no date."""
    day, month, year = found["day"], found["month"], found["year"]
    if len(year) == 2:
        # "10-15-20 mg" and "2.5.10" are no dates: a short year needs strokes, or two figures everywhere.
        is_loose = "/" not in found["gap"] and len(day + month) < 4
        is_birth = _BIRTH_BEFORE.search(found.string[max(0, found.start() - _LONGEST_LEAD) : found.start()])
        if found["gap"] == " " or (is_loose and not is_birth):
            return ()
        return _valid(int(day), int(month), _full_year(int(day), int(month), int(year), calendar))
    if not _EARLIEST_YEAR <= int(year) <= _LATEST_YEAR or (found["gap"] == " " and len(day + month) < 4):
        return ()
    # The second reading is the American order; a day that never was, such as 31/02/1980, still points to a person.
    readings = _valid(int(day), int(month), int(year)) or _valid(int(month), int(day), int(year))
    return readings or ((None,) if 0 < int(day) <= 31 and 0 < int(month) <= 31 else ())


def _valid(day: int, month: int, year: int) -> tuple[date | None, ...]:
    try:
        return (date(year, month, day),)
    except ValueError:
        return ()


def _full_year(day: int, month: int, short: int, calendar: Calendar) -> int:
    for known in calendar.known:
        if (known.day, known.month, known.year % 100) == (day, month, short):
            return known.year
    if calendar.event is None:
        return (1900 if short > _PIVOT else 2000) + short
    return (2000 if 2000 + short <= calendar.event.year + 1 else 1900) + short


def _without_year(day: int, month: int, calendar: Calendar) -> tuple[date | None, ...]:
    """A day and month alone: the one nearest to the event, which is what a narrative means by it."""
    if not _valid(day, month, 2000):
        return ()
    if calendar.event is None:
        return (None,)
    event = calendar.event
    candidates = [when for year in (event.year - 1, event.year, event.year + 1) for when in _valid(day, month, year)]
    return (min(candidates, key=lambda when: abs((when - event).days) if when else 0, default=None),)


def _day_month(text: NormalisedText, found: re.Match[str], calendar: Calendar) -> Iterator[FoundDate]:
    day = int(found["day"]) if found["day"] else _ORDINALS[found["words"].replace(" ", "-")]
    month = _MONTHS[found["month"][:3]]
    year = _year_of_day_month(text, found, calendar, day, month)
    is_plainly_a_month = text.cased[found.start("month")].isupper() or found["of"] or found["ordinal"]
    if year is None and found["month"] in _MONTHS_THAT_ARE_WORDS and not is_plainly_a_month:
        return
    end = found.end() if year is not None else found.end("month")
    for when in _valid(day, month, year) if year is not None else _without_year(day, month, calendar):
        yield _with_weekday(text, found.start(), end, when)
        yield from _days_before(text, found.start(), day, when)


def _year_of_day_month(
    text: NormalisedText, found: re.Match[str], calendar: Calendar, day: int, month: int
) -> int | None:
    if not found["year"]:
        return None
    year = int(found["year"])
    if len(found["year"]) == 4:
        is_clock = _CLOCK_AFTER.match(text.folded, found.end())
        return year if _EARLIEST_YEAR <= year <= _LATEST_YEAR and not is_clock else None
    marked = found["mark"] or found["gap"] in {".", "/", "-"}
    if not (marked or _ENDS_HERE.match(text.folded, found.end())):
        return None
    return _full_year(day, month, year, calendar)


def _days_before(text: NormalisedText, start: int, day: int, when: date | None) -> Iterator[FoundDate]:
    """The "3" of "3 to 5 March" and of "3 and 5 March": a day of the same month."""
    lead = _DAY_BEFORE.search(text.folded[max(0, start - _LONGEST_LEAD) : start])
    if not lead or not 0 < int(lead["day"]) < day:
        return
    offset = max(0, start - _LONGEST_LEAD)
    earlier = when and when.replace(day=int(lead["day"]))
    yield FoundDate(offset + lead.start("written"), offset + lead.end("written"), earlier)


def _month_day(text: NormalisedText, found: re.Match[str], calendar: Calendar) -> Iterator[FoundDate]:
    day, month = int(found["day"]), _MONTHS[found["month"][:3]]
    if found["year"] and _EARLIEST_YEAR <= int(found["year"]) <= _LATEST_YEAR:
        for when in _valid(day, month, int(found["year"])):
            yield _with_weekday(text, found.start(), found.end(), when)
        return
    end = found.end("ordinal") if found["ordinal"] else found.end("day")
    is_capital = text.cased[found.start()].isupper()
    if is_capital and (found["ordinal"] or _ENDS_HERE.match(text.folded, end)):
        for when in _without_year(day, month, calendar):
            yield _with_weekday(text, found.start(), end, when)


def _with_weekday(text: NormalisedText, start: int, end: int, when: date | None) -> FoundDate:
    lead_start = max(0, start - _LONGEST_LEAD)
    weekday = _WEEKDAY_BEFORE.search(text.folded[lead_start:start])
    return FoundDate(lead_start + weekday.start() if weekday else start, end, when)
