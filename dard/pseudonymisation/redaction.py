"""Takes what identifies people out of a narrative, and checks that nothing of it is left.

Known identifiers of the record come first, then patterns, then proposals that a person must settle. The order and its
reasons: this system holds the identifiers, so it finds them best; no program finds unknown names safely, so a person
always looks. Pure functions: no database, no request.
"""

from collections.abc import Iterator
from datetime import date

from dard.pseudonymisation.dates import Calendar, find_dates
from dard.pseudonymisation.known import Matcher, find_known, matcher_of
from dard.pseudonymisation.normalised import NormalisedText, normalise
from dard.pseudonymisation.patterns import find_patterns
from dard.pseudonymisation.review import propose
from dard.pseudonymisation.spans import Basis, Found, Kind, KnownIdentifiers, Redaction, Span, without_overlaps
from dard.pseudonymisation.tokens import tokens_for
from dard.pseudonymisation.variants import people_of

__all__ = ["Basis", "Kind", "KnownIdentifiers", "Redaction", "Redactor", "Span", "redact", "remaining_identifiers"]

# Patterns whose presence alone stops an approval. Others (web addresses of services, references) may be wanted.
GATED_PATTERNS = frozenset(
    {Kind.NHS_NUMBER, Kind.PHONE, Kind.EMAIL, Kind.POSTCODE, Kind.NI_NUMBER, Kind.DATE, Kind.AGE, Kind.VEHICLE}
)
_PEOPLE = frozenset({Kind.PERSON, Kind.RELATIVE_OR_OTHER_PERSON})
# What is taken out changes the look of what stands beside it, so the text is read again until nothing more is found.
# Ordinary narratives need two rounds; the bound keeps a contrived one from costing more.
_ROUNDS = 6


class Redactor:
    """The search for one record, built once and used on many texts, such as all the pages of a pack."""

    def __init__(self, known: KnownIdentifiers) -> None:
        self._known_dates = frozenset(known.dates)
        self._matcher: Matcher = matcher_of(known)
        people = len({index for index, _ in people_of(known.names)})
        self._reserved = {
            Kind.PERSON: people,
            Kind.ADDRESS: len(known.addresses),
            Kind.POSTCODE: len(known.postcodes),
            Kind.NHS_NUMBER: len(known.nhs_numbers),
            Kind.OTHER: len(known.others),
        }

    def redact(self, text: str, *, event_date: date | None = None) -> Redaction:
        """See `redact`."""
        current = normalise(text)
        placed: list[tuple[Span, Found]] = []
        for _ in range(_ROUNDS):
            finds = self._round(current, event_date)
            if not finds:
                break
            placed.extend((_span(found, current), found) for found in finds)
            current = current.collapsed((found.start, found.end, found.kind in _PEOPLE) for found in finds)
        placed.sort(key=lambda pair: pair[0].start)
        spans = tuple(span for span, _ in placed)
        tokens = tokens_for((found for _, found in placed), source=text, reserved=self._reserved, event_date=event_date)
        return Redaction(_replaced(text, spans, tokens), spans, tokens)

    def _round(self, text: NormalisedText, event_date: date | None) -> tuple[Found, ...]:
        certain = without_overlaps(self._certain(text, event_date), text.folded)
        settled = [found for found in certain if found.basis is not Basis.REVIEW]
        masked = text.masked((found.start, found.end, found.kind in _PEOPLE) for found in settled)
        return without_overlaps((*certain, *propose(masked)), text.folded)

    def remaining(self, text: str) -> tuple[Span, ...]:
        """See `remaining_identifiers`."""
        normalised = normalise(text)
        finds = without_overlaps(self._certain(normalised, None), normalised.folded)
        return tuple(
            _span(found, normalised)
            for found in finds
            if found.basis is Basis.KNOWN or (found.basis is Basis.PATTERN and found.kind in GATED_PATTERNS)
        )

    def _certain(self, text: NormalisedText, event_date: date | None) -> Iterator[Found]:
        yield from find_known(text, self._matcher)
        yield from find_patterns(text)
        for found in find_dates(text, Calendar(self._known_dates, event_date)):
            basis = Basis.KNOWN if found.when in self._known_dates else Basis.PATTERN
            value = found.when.isoformat() if found.when else ""
            yield Found(found.start, found.end, Kind.DATE, basis, value)


def redact(text: str, known: KnownIdentifiers, *, event_date: date | None = None) -> Redaction:
    """The text with a mark in place of everything that identifies, and the spans of the original in order.

    Marks are the same for the same person or thing within a text, and people, addresses, postcodes, NHS numbers and
    other identifiers of the record keep their number in every text. With `event_date` exact dates become days from it
    ("[day -12]"), unless more than ten years away; without it "[date]". Ages over 89 become "[age 90 or over]".
    Redacting a redacted text changes nothing.
    """
    return Redactor(known).redact(text, event_date=event_date)


def remaining_identifiers(text: str, known: KnownIdentifiers) -> tuple[Span, ...]:
    """The gate before a summary is approved or a pack issued: what of the record, and which exact patterns, are left.

    Marks of the redactor never count, and proposals do not: a person has settled those. Empty means that the text may
    pass.
    """
    return Redactor(known).remaining(text)


def _span(found: Found, text: NormalisedText) -> Span:
    start, end = text.source_span(found.start, found.end)
    return Span(start, end, text.source[start:end], found.kind, found.basis)


def _replaced(text: str, spans: tuple[Span, ...], tokens: tuple[str, ...]) -> str:
    pieces: list[str] = []
    position = 0
    for span, token in zip(spans, tokens, strict=True):
        pieces.extend((text[position : span.start], token))
        position = span.end
    return "".join((*pieces, text[position:]))
