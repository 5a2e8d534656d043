"""What the redactor is given and what it gives back, and how overlapping finds are settled."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Basis(StrEnum):
    """Why a stretch of text was taken out; the order of members is the order of trust."""

    KNOWN = "known"
    PATTERN = "pattern"
    REVIEW = "review"


class Kind(StrEnum):
    """What a stretch of text identifies."""

    PERSON = "person"
    RELATIVE_OR_OTHER_PERSON = "relative_or_other_person"
    ADDRESS = "address"
    POSTCODE = "postcode"
    NHS_NUMBER = "nhs_number"
    NI_NUMBER = "ni_number"
    PHONE = "phone"
    EMAIL = "email"
    URL = "url"
    SOCIAL_HANDLE = "social_handle"
    VEHICLE = "vehicle"
    REFERENCE = "reference"
    DATE = "date"
    AGE = "age"
    PLACE = "place"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class KnownIdentifiers:
    """What the record holds about the people of a case. The order of names and addresses decides their numbers."""

    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    postcodes: tuple[str, ...] = ()
    nhs_numbers: tuple[str, ...] = ()
    dates: tuple[date, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the original text: `text == original[start:end]`."""

    start: int
    end: int
    text: str
    kind: Kind
    basis: Basis


@dataclass(frozen=True, slots=True)
class Redaction:
    """The redacted text, the spans taken out of the original in order, and the token that stands for each of them."""

    text: str
    spans: tuple[Span, ...]
    tokens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A find in the normalised text.

    `value` tells whether two finds are the same thing; `index` is its place in the record, if it has one.
    """

    start: int
    end: int
    kind: Kind
    basis: Basis
    value: str
    index: int | None = None


_TRUST = {basis: rank for rank, basis in enumerate(Basis)}


def without_overlaps(finds: Iterable[Found], text: str) -> tuple[Found, ...]:
    """The finds in order of place, none overlapping: the longest wins, then known before pattern before review.

    What a losing find covered beyond the winner stays taken out, as a shorter find of its own: dropping it would leave
    part of a name in clear.
    """
    taken = bytearray(len(text))
    kept: list[Found] = []
    for found in sorted(finds, key=lambda found: (found.start - found.end, _TRUST[found.basis], found.start)):
        kept.extend(_free_parts(found, taken, text))
        taken[found.start : found.end] = b"\x01" * (found.end - found.start)
    return tuple(sorted(kept, key=lambda found: found.start))


def _free_parts(found: Found, taken: bytearray, text: str) -> Iterable[Found]:
    start = found.start
    while start < found.end:
        start = taken.find(0, start, found.end)
        if start < 0:
            return
        end = taken.find(1, start, found.end)
        end = found.end if end < 0 else end
        clear = text[start:end]
        if any(character.isalnum() for character in clear):
            lead = len(clear) - len(clear.lstrip(" ,-"))
            trail = len(clear) - len(clear.rstrip(" ,-"))
            yield Found(start + lead, end - trail, found.kind, found.basis, found.value, found.index)
        start = end
