"""What stands in a pack, and how it is kept. Pure.

A pack is a copy: it holds the words that people read, as they stood when it was issued, and no id of anything. It never
holds a case reference, a name or an exact date; days are counted from the event, ages are in bands, and a district is
withheld where it would leave fewer than five cases to choose from.
"""

import datetime as dt
import json
import re
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace

from dard.cases.enums import DatePrecision, Stream
from dard.core.formats import count_text

# Below this many cases of one age band, sex, district and month, the district is withheld (house rule after the counts
# under five that NHS statistics treat with extra care).
LEAST_SHARING = 5
WITHHELD = "Withheld"
NOT_RECORDED = "Not recorded"
DISTRICT_RULE = (
    f"The district is withheld where fewer than {LEAST_SHARING} cases share the same age band, sex, district and month."
)
TO_FOLLOW = "Summary to follow. It will be in a later edition of this pack."
WITHHELD_FROM_YOU = "withheld from you because of a declaration of a conflict of interest."
ABOUT = (
    "Names, addresses and exact dates have been taken out of this pack.",
    "It is still confidential, because somebody who knew the person may recognise them.",
    "The names of the cases are made up for this meeting. At another meeting the same case has another name.",
    "Words in square brackets stand for what was taken out. “[person]” is the person whom the case is about.",
    "“[day -12]” is 12 days before the event, and “[day 3]” is 3 days after it.",
    f"Ages are given in bands, and the time of the event as its month. {DISTRICT_RULE}",
)
FORMAT = 1

_DAY = re.compile(r"\[day (-?\d{1,5})\]")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_KNOWN_TO_THE_DAY = frozenset(
    {DatePrecision.EXACT, DatePrecision.ESTIMATED, DatePrecision.FOUND, DatePrecision.REPORTED}
)


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """Something that happened ``day`` days after the event (before it, if negative)."""

    day: int
    text: str

    @property
    def when(self) -> str:
        """“12 days before”, “Day 0”, “1 day after”."""
        if self.day == 0:
            return "Day 0"
        return f"{count_text(abs(self.day), 'day')} {'after' if self.day > 0 else 'before'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackCase:
    """One case on the agenda, in words; ``summary`` is None, and all else empty, while none is approved."""

    pseudonym: str
    age_band: str = ""
    sex: str = ""
    month: str = ""
    district: str = ""
    substances: tuple[str, ...] = ()
    summary: str | None = None
    timeline: tuple[TimelineEntry, ...] = ()

    @property
    def paragraphs(self) -> list[str]:
        """The summary, cut where its writer left an empty line or began a new one."""
        return [line.strip() for line in (self.summary or "").splitlines() if line.strip()]

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What is known of the person and the event, as (question, answer)."""
        return [
            ("Age", self.age_band),
            ("Sex", self.sex),
            ("When", self.month),
            ("District", self.district),
            ("Substances", ", ".join(self.substances) or NOT_RECORDED),
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackContent:
    """What every recipient of one meeting’s pack gets to read."""

    meeting: str
    meeting_time: str
    cases: tuple[PackCase, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(PackContent):
    """What a recipient gets to read of a pack now; ``withheld`` counts the cases that a recusal keeps from them."""

    withheld: int = 0

    @property
    def sentence(self) -> str:
        """What the pack says of what is withheld; empty if nothing is."""
        return f"{count_text(self.withheld, 'case is', 'cases are')} {WITHHELD_FROM_YOU}" if self.withheld else ""


def only(content: PackContent, names: Collection[str]) -> PackContent:
    """``content`` with the cases of these names alone."""
    return replace(content, cases=tuple(case for case in content.cases if case.pseudonym in names))


def reading(content: PackContent, seen: Collection[str], withheld: Collection[str]) -> Reading:
    """What is left of ``content`` for somebody who may read the cases ``seen``, and is told of those ``withheld``."""
    return Reading(
        meeting=content.meeting,
        meeting_time=content.meeting_time,
        cases=only(content, seen).cases,
        withheld=len(only(content, withheld).cases),
    )


def encode(content: PackContent) -> bytes:
    """``content`` as JSON; equal contents give equal bytes."""
    return json.dumps({"format": FORMAT, **asdict(content)}, ensure_ascii=False, sort_keys=True).encode()


def decode(stored: bytes) -> PackContent:
    """What was kept by ``encode``. Raises ValueError for any other format."""
    told = json.loads(stored)
    if told.pop("format", None) != FORMAT:
        raise ValueError("this pack was kept in a format that is not known here")
    told["cases"] = tuple(_case(each) for each in told["cases"])
    return PackContent(**told)


def _case(told: dict[str, object]) -> PackCase:
    substances, entries = told.pop("substances"), told.pop("timeline")
    return PackCase(
        **told,  # type: ignore[arg-type] # JSON carries no types; the fields are those of encode
        substances=tuple(substances),  # type: ignore[arg-type] # likewise
        timeline=tuple(TimelineEntry(**entry) for entry in entries),  # type: ignore[attr-defined] # likewise
    )


def day_zero(event_date: dt.date | None, precision: DatePrecision) -> dt.date | None:
    """The day from which days are counted; None where the event is not known to the day."""
    return event_date if precision in _KNOWN_TO_THE_DAY else None


def month_text(event_date: dt.date | None, precision: DatePrecision) -> str:
    """When the event was, never more exactly than its month: “February 2026”, “2026”, “Not recorded”."""
    if event_date is None:
        return NOT_RECORDED
    return str(event_date.year) if precision is DatePrecision.YEAR else f"{event_date:%B} {event_date.year}"


def district_text(district: str | None, sharing: int) -> str:
    """The district, or “Withheld” where fewer than five cases share it with the other coded values."""
    if not district:
        return NOT_RECORDED
    return district if sharing >= LEAST_SHARING else WITHHELD


def day_zero_text(stream: Stream, precision: DatePrecision) -> str:
    """What day 0 stands for: “The death”, “The overdose”, “The person was found”."""
    if precision is DatePrecision.FOUND:
        return "The person was found"
    event = "overdose" if stream is Stream.NEAR_FATAL_OVERDOSE else "death"
    if precision is DatePrecision.REPORTED:
        return f"The {event} was reported"
    return f"The {event}" + (" (the day is estimated)" if precision is DatePrecision.ESTIMATED else "")


def timeline(text: str, *, day_zero_is: str, notified_after: int | None) -> tuple[TimelineEntry, ...]:
    """The days that an approved summary speaks of, in order, each with its sentence; and the notification’s day.

    ``notified_after``: days from the event to the notification; None where they cannot be counted.
    """
    entries = [
        TimelineEntry(int(mark[1]), sentence.strip())
        for sentence in _SENTENCE_END.split(text)
        for mark in _DAY.finditer(sentence)
    ]
    entries.insert(0, TimelineEntry(0, day_zero_is))
    if notified_after is not None:
        entries.append(TimelineEntry(notified_after, "The partnership was notified"))
    return tuple(sorted(dict.fromkeys(entries), key=lambda entry: entry.day))


def texts(content: PackContent) -> list[tuple[str, str]]:
    """Everything that a reader of the pack gets to read, as (where it stands, text), for the release gate."""
    found = [("the meeting’s title", content.meeting)]
    for case in content.cases:
        parts = [case.pseudonym, *(answer for _question, answer in case.facts), case.summary or ""]
        found.append((case.pseudonym, "\n\n".join([*parts, *(entry.text for entry in case.timeline)])))
    return found


def next_number(year: int, newest: str | None) -> str:
    """The number after ``newest`` among the packs of ``year``: “P-2026-0007”."""
    last = int(newest.rpartition("-")[2]) if newest else 0
    return f"P-{year}-{last + 1:04d}"


def has_summaries(content: PackContent) -> bool:
    """Whether anything stands in it beyond names."""
    return len(gaps(content)) < len(content.cases)


def gaps(content: PackContent) -> Sequence[PackCase]:
    """The cases whose summary is to follow."""
    return [case for case in content.cases if case.summary is None]
