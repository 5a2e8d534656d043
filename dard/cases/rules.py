"""What makes a notification acceptable, and the small sums about a case: age, age band, quarter, reference.

Pure: no database, no request, no clock (the day is handed in). Whether an NHS number is valid is said elsewhere
(dard.crypto.normalisation).
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from dard.cases.enums import AgeBand, DatePrecision, NotificationSource, PlaceOfEvent, Sex, Stream, SubstanceRole
from dard.cases.substances import SUBSTANCES

ADULT_AGE = 18
OLDEST_AGE = 120
EARLIEST_DATE = dt.date(1900, 1, 1)

# Longest text that each field takes, in characters.
TEXT_LIMITS = {
    "source_reference": 100,
    "notifier_name": 200,
    "notifier_contact": 300,
    "full_name": 200,
    "aliases": 500,
    "nhs_number": 20,
    "address": 500,
    "postcode": 10,
    "district": 100,
    "narrative": 20_000,
}
_FIELD_LABELS = {
    "source_reference": "The source’s reference",
    "notifier_name": "The notifier’s name",
    "notifier_contact": "The notifier’s contact details",
    "full_name": "The person’s name",
    "aliases": "Other names",
    "nhs_number": "The NHS number",
    "address": "The address",
    "postcode": "The postcode",
    "district": "The district or town",
    "narrative": "The account of what happened",
}
_BANDS = (
    (18, AgeBand.UNDER_18),
    (25, AgeBand.AGE_18_TO_24),
    (35, AgeBand.AGE_25_TO_34),
    (45, AgeBand.AGE_35_TO_44),
    (55, AgeBand.AGE_45_TO_54),
    (65, AgeBand.AGE_55_TO_64),
    (75, AgeBand.AGE_65_TO_74),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """What a notifier tells about one event, as far as they know it. None means that they did not say.

    ``aliases`` are other names, one a line. ``age_at_event`` is in completed years. ``district`` is the town or
    district of the event; it is stored plain, because statistics count by it, and so holds no address. ``substances``
    are (code of dard.cases.substances, role) pairs.
    """

    stream: Stream | None
    source: NotificationSource | None
    event_date: dt.date | None
    event_date_precision: DatePrecision = DatePrecision.EXACT
    source_reference: str | None = None
    notifier_name: str | None = None
    notifier_contact: str | None = None
    full_name: str | None = None
    aliases: str | None = None
    date_of_birth: dt.date | None = None
    nhs_number: str | None = None
    address: str | None = None
    postcode: str | None = None
    sex: Sex = Sex.NOT_RECORDED
    age_at_event: int | None = None
    district: str | None = None
    place_of_event: PlaceOfEvent = PlaceOfEvent.NOT_RECORDED
    substances: tuple[tuple[str, SubstanceRole], ...] = ()
    narrative: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a notification cannot be taken: the field of Notification, and what its writer should do."""

    field: str
    message: str


def check_notification(notification: Notification, *, today: dt.date) -> tuple[Problem, ...]:
    """Every problem of ``notification`` on the day ``today``, in the order of the form; empty if it can be taken."""
    return (
        *_check_origin(notification),
        *_check_event_date(notification, today),
        *_check_birth(notification, today),
        *_check_age(notification),
        *_check_substances(notification),
        *_check_lengths(notification),
    )


def check_scope(notification: Notification) -> tuple[Problem, ...]:
    """A problem if the person was under 18; empty if they were an adult, or their age is not known.

    Not part of check_notification: the partnership review is for adults, but a coordinator may decide to record a young
    person’s case that the child death overview panel brings for its learning (OHID, 2024).
    """
    age = _age(notification)
    if age is None or not 0 <= age < ADULT_AGE:
        return ()
    reviewer = (
        "refer a child’s near-fatal overdose to children’s safeguarding"
        if notification.stream is Stream.NEAR_FATAL_OVERDOSE
        else "a child’s death goes to the child death overview panel"
    )
    return (Problem("age_at_event", f"The person was {age}. This review is for people aged 18 or over: {reviewer}"),)


def age_on(born: dt.date, on: dt.date) -> int:
    """Completed years of age on a day; somebody born on 29 February is a year older on 1 March.

    Raises ValueError if ``on`` is before the birth.
    """
    if on < born:
        raise ValueError("nobody has an age before birth")
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def age_band(age: int | None) -> AgeBand:
    """The band of an age in completed years; None is not recorded. Raises ValueError for a negative age."""
    if age is None:
        return AgeBand.NOT_RECORDED
    if age < 0:
        raise ValueError("an age is not negative")
    return next((band for limit, band in _BANDS if age < limit), AgeBand.AGE_75_AND_OVER)


def quarter(day: dt.date) -> str:
    """The calendar quarter of a day, like "2026-Q1"; sorts in the order of time."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def case_reference(year: int, number: int) -> str:
    """What people call the ``number``th case notified in ``year``: "2026-0042". It says nothing about the person.

    Raises ValueError unless the year has four digits and the number is at least 1.
    """
    if not 1000 <= year <= 9999 or number < 1:
        raise ValueError("a case reference needs a year of four digits and a number from 1")
    return f"{year}-{number:04d}"


def _event(notification: Notification) -> str:
    if notification.stream is None:
        return "event"
    return "overdose" if notification.stream is Stream.NEAR_FATAL_OVERDOSE else "death"


def _age(notification: Notification) -> int | None:
    born, day = notification.date_of_birth, notification.event_date
    if born is None or day is None or day < born:
        return notification.age_at_event
    return age_on(born, day)


def _check_origin(notification: Notification) -> Iterator[Problem]:
    if notification.stream is None:
        yield Problem("stream", "Select what is being notified, like a drug-related death")
    if notification.source is None:
        yield Problem("source", "Select who told the partnership")


def _check_event_date(notification: Notification, today: dt.date) -> Iterator[Problem]:
    day, event = notification.event_date, _event(notification)
    if day is None:
        if notification.event_date_precision is not DatePrecision.UNKNOWN:
            message = f"Enter the date of the {event}, like 27 3 2026, or say that it is not known"
            yield Problem("event_date", message)
    elif day > today:
        yield Problem("event_date", f"The date of the {event} must be today or in the past")
    elif day < EARLIEST_DATE:
        yield Problem("event_date", f"The date of the {event} must be in 1900 or later")


def _check_birth(notification: Notification, today: dt.date) -> Iterator[Problem]:
    born, day, event = notification.date_of_birth, notification.event_date, _event(notification)
    if born is None:
        return
    if born > today:
        yield Problem("date_of_birth", "The date of birth must be in the past")
    elif day is not None and day < born:
        yield Problem("date_of_birth", f"The date of birth must not be after the date of the {event}")
    elif day is not None and age_on(born, day) > OLDEST_AGE:
        yield Problem("date_of_birth", f"The date of birth must not be more than {OLDEST_AGE} years before the {event}")


def _check_age(notification: Notification) -> Iterator[Problem]:
    told, born, day = notification.age_at_event, notification.date_of_birth, notification.event_date
    if told is None:
        return
    if not 0 <= told <= OLDEST_AGE:
        yield Problem("age_at_event", f"The age must be a number from 0 to {OLDEST_AGE}")
    elif born is not None and day is not None and born <= day:
        counted = age_on(born, day)
        # Only a day that is the day of the event makes the age certain; any other may lie past a birthday.
        leeway = 0 if notification.event_date_precision is DatePrecision.EXACT else 1
        if abs(counted - told) > leeway:
            dates = f"the dates of birth and of the {_event(notification)}, which make it {counted}"
            yield Problem("age_at_event", f"The age {told} does not agree with {dates}. Check all three")


def _check_substances(notification: Notification) -> Iterator[Problem]:
    for code in dict.fromkeys(code for code, _role in notification.substances):
        if code not in SUBSTANCES:
            yield Problem("substances", f"“{code[:40]}” is not a substance on the list. Choose one that is")


def _check_lengths(notification: Notification) -> Iterator[Problem]:
    for field, limit in TEXT_LIMITS.items():
        text: str | None = getattr(notification, field)
        if text is not None and len(text) > limit:
            yield Problem(field, f"{_FIELD_LABELS[field]} must be {limit:,} characters or fewer")
