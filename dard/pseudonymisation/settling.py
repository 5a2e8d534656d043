"""What a redaction replaced, and what is left to settle in a draft before a second person is asked to read it. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dard.core.formats import count_text
from dard.pseudonymisation.redaction import remaining_identifiers
from dard.pseudonymisation.spans import Basis, Kind, KnownIdentifiers, Redaction
from dard.pseudonymisation.tokens import REVIEW_LABELS, TOKEN

KIND_WORDS: Mapping[Kind, tuple[str, str]] = {
    Kind.PERSON: ("name", "names"),
    Kind.RELATIVE_OR_OTHER_PERSON: ("other person’s name", "other people’s names"),
    Kind.ADDRESS: ("address", "addresses"),
    Kind.POSTCODE: ("postcode", "postcodes"),
    Kind.NHS_NUMBER: ("NHS number", "NHS numbers"),
    Kind.NI_NUMBER: ("National Insurance number", "National Insurance numbers"),
    Kind.PHONE: ("telephone number", "telephone numbers"),
    Kind.EMAIL: ("email address", "email addresses"),
    Kind.URL: ("web address", "web addresses"),
    Kind.SOCIAL_HANDLE: ("social media name", "social media names"),
    Kind.VEHICLE: ("vehicle registration", "vehicle registrations"),
    Kind.REFERENCE: ("reference", "references"),
    Kind.DATE: ("exact date", "exact dates"),
    Kind.AGE: ("age of 90 or over", "ages of 90 or over"),
    Kind.PLACE: ("place", "places"),
    Kind.OTHER: ("other identifier", "other identifiers"),
}
_BASIS_WORDS = {
    Basis.KNOWN: "known from the record",
    Basis.PATTERN: "found by its form",
    Basis.REVIEW: "to decide",
}
_MARK = ("mark to settle", "marks to settle")
_AROUND = 40


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of the narrative. ``basis`` is empty where it was left as it was; ``token`` is what stands for it."""

    text: str
    basis: str = ""
    reason: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class Leftover:
    """Something in a draft that must not stay: what it is (one, many), where it stands, and why it was noticed."""

    words: tuple[str, str]
    before: str
    text: str
    after: str
    basis: str
    start: int

    @property
    def reason(self) -> str:
        """What it is, in a few words."""
        return _sentence(self.words[0])


def passages(narrative: str, redaction: Redaction) -> list[Passage]:
    """The narrative cut into what was left and what was replaced, in order; joined they are the narrative again."""
    found: list[Passage] = []
    position = 0
    for span, token in zip(redaction.spans, redaction.tokens, strict=True):
        if span.start > position:
            found.append(Passage(narrative[position : span.start]))
        reason = _sentence(f"{KIND_WORDS[span.kind][0]}, {_BASIS_WORDS[span.basis]}")
        found.append(Passage(span.text, span.basis.value, reason, token))
        position = span.end
    if position < len(narrative):
        found.append(Passage(narrative[position:]))
    return found


def replacements(shown: Iterable[Passage]) -> list[tuple[str, str, int]]:
    """What was replaced: (token, reason, how often), in the order of first appearance."""
    counted = Counter((passage.token, passage.reason) for passage in shown if passage.basis)
    return [(token, reason, number) for (token, reason), number in counted.items()]


def leftovers(text: str, known: KnownIdentifiers) -> list[Leftover]:
    """Identifiers that still stand in ``text``, and marks with a question mark that nobody has settled, in order."""
    found = [
        _leftover(KIND_WORDS[span.kind], text, span.start, span.end, span.basis)
        for span in remaining_identifiers(text, known)
        if span.basis is not Basis.REVIEW
    ]
    found += [
        _leftover(_MARK, text, mark.start(), mark.end(), Basis.REVIEW)
        for mark in TOKEN.finditer(text)
        if mark["label"] in REVIEW_LABELS.values()
    ]
    return sorted(found, key=lambda each: each.start)


def counted(found: Iterable[Leftover]) -> str:
    """How many of which kind: “2 names, 1 postcode”; the identifiers themselves are not said."""
    return ", ".join(count_text(number, *words) for words, number in Counter(each.words for each in found).items())


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _whole_words(text: str, *, from_end: bool) -> str:
    """What stands next to a find, not cut inside a word."""
    if len(text) <= _AROUND:
        return text
    return text[-_AROUND:].partition(" ")[2] if from_end else text[:_AROUND].rpartition(" ")[0]


def _leftover(words: tuple[str, str], text: str, start: int, end: int, basis: Basis) -> Leftover:
    return Leftover(
        words=words,
        before=_whole_words(text[:start], from_end=True),
        text=text[start:end],
        after=_whole_words(text[end:], from_end=False),
        basis=basis.value,
        start=start,
    )
