"""Every way in which an identifier of the record may stand in a narrative.

The approach is that of known-identifier scrubbing (CRIS, CRATE): fragments, swapped order, initials, pet forms, joined
and parted spellings; misspellings are found by distance in `known`.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from dard.cases.nicknames import nicknames_of
from dard.pseudonymisation.addresses import is_plain_street, parts_of, street_forms
from dard.pseudonymisation.lexicon import (
    PARTICLES,
    in_lexicon,
    is_acronym,
    is_function_word,
    is_ordinary_for_name,
    is_wide_area,
)
from dard.pseudonymisation.normalised import folded
from dard.pseudonymisation.spans import Basis, Kind, KnownIdentifiers

_TITLES_TEXT = """
mr mrs ms miss mx dr doctor prof professor sir dame lady lord rev reverend sister master pc dc ds di sgt cllr
"""
_TITLES = frozenset(_TITLES_TEXT.split())
_ALIAS_WORDS_TEXT = "aka nee formerly known as also or called deceased jr snr sr jnr ii iii unknown"
_ALIAS_WORDS = frozenset(_ALIAS_WORDS_TEXT.split())
_NAME_MARKS = re.compile(r"[\"()\[\]/;]|\ba\.?k\.?a\b\.?")
_SHORTEST_FUZZY = 3
_SHORTEST_NUMBER = 5


class Casing(StrEnum):
    """What a stretch must look like to count: words that are also prose need their capital."""

    ANY = "any"
    CAPITAL = "capital"
    INSIDE = "inside"
    UPPER = "upper"


@dataclass(frozen=True, slots=True)
class Term:
    """One folded way to write an identifier. `distance` grows as the form strays from what the record says."""

    text: str
    kind: Kind
    index: int
    casing: Casing = Casing.ANY
    distance: int = 0
    basis: Basis = Basis.KNOWN


@dataclass(frozen=True, slots=True)
class PersonName:
    """A folded name taken apart; a single word counts as given."""

    given: tuple[str, ...]
    family: str

    @property
    def words(self) -> frozenset[str]:
        """All words of the name."""
        return frozenset((*self.given, *self.family.split()))


def parse_name(raw: str) -> PersonName:
    """A name as people type it: titles and alias words dropped, "SMITH, John" turned round, particles kept."""
    text = _NAME_MARKS.sub(" ", folded(raw))
    family_first, comma, rest = text.partition(",")
    if comma and rest.strip(" ."):
        text = f"{rest} {family_first}"
    words = [word.strip(".,'-_") for word in text.replace(".", ". ").replace(",", " ").split()]
    words = [word for word in words if word and word not in _ALIAS_WORDS]
    while len(words) > 1 and words[0] in _TITLES:
        words = words[1:]
    if len(words) < 2:
        return PersonName(tuple(words), "")
    start = len(words) - 1
    while start > 1 and words[start - 1] in PARTICLES:
        start -= 1
    return PersonName(tuple(words[:start]), " ".join(words[start:]))


def people_of(names: Iterable[str]) -> tuple[tuple[int, PersonName], ...]:
    """The names, each with the number of its person: a part or pet form of an earlier name is the same person."""
    people: list[tuple[int, PersonName]] = []
    by_word: defaultdict[str, list[tuple[int, PersonName]]] = defaultdict(list)
    by_pet_form: dict[str, int] = {}
    count = 0
    for name in (parse_name(raw) for raw in names):
        if not name.words:
            continue
        first_word = min(name.words)
        same = [index for index, earlier in by_word[first_word] if name.words <= earlier.words]
        if len(name.words) == 1 and first_word in by_pet_form:
            same.append(by_pet_form[first_word])
        index = min(same, default=count)
        count = max(count, index + 1)
        people.append((index, name))
        for word in name.words:
            by_word[word].append((index, name))
        for form in (form for given in name.given for form in nicknames_of(given)):
            by_pet_form.setdefault(form, index)
    return tuple(people)


def terms_of(known: KnownIdentifiers) -> Iterator[Term]:
    """All forms of all identifiers that are words; numbers and dates are matched by their figures."""
    for index, name in people_of(known.names):
        yield from _name_terms(name, index)
    for index, address in enumerate(known.addresses):
        yield from _address_terms(address, index)
    for index, postcode in enumerate(known.postcodes):
        yield from _postcode_terms(postcode, index)
    for index, other in enumerate(known.others):
        yield from _other_terms(other, index)


def numbers_of(known: KnownIdentifiers) -> dict[str, tuple[Kind, int]]:
    """Identifiers that are figures only, without their separators."""
    numbers: dict[str, tuple[Kind, int]] = {}
    for index, other in enumerate(known.others):
        figures = _figures(other)
        is_phone = len(figures) >= 10 and figures.startswith(("0", "44"))
        for form in (figures, *_other_phone_forms(figures)) if figures else ():
            numbers[form] = (Kind.PHONE if is_phone else Kind.OTHER, index)
    for index, number in enumerate(known.nhs_numbers):
        if figures := _figures(number):
            numbers[figures] = (Kind.NHS_NUMBER, index)
    return numbers


def fuzzy_words(known: KnownIdentifiers) -> Iterator[tuple[str, int]]:
    """The words of names that can be recognised when misspelt, with the number of the person."""
    for index, name in people_of(known.names):
        for word in (*name.given, *name.family.split()):
            for spelling in _spellings(word):
                if len(spelling) >= _SHORTEST_FUZZY and spelling.isalpha():
                    yield spelling, index


def _figures(text: str) -> str:
    plain = folded(text)
    figures = "".join(re.findall(r"\d", plain))
    is_number = len(figures) >= _SHORTEST_NUMBER and not re.search(r"[^\d ().+/-]", plain)
    return figures if is_number else ""


def _other_phone_forms(figures: str) -> tuple[str, ...]:
    if figures.startswith("0"):
        return (f"44{figures[1:]}", f"440{figures[1:]}", f"0044{figures[1:]}")
    return (f"0{figures[2:].lstrip('0')}",) if figures.startswith("44") else ()


def _casing(word: str, *, is_first: bool) -> Casing | None:
    """How a word of a name must look when it stands alone; None where it proves nothing alone."""
    if len(word) < 2 or (word in PARTICLES and not is_first):
        return None
    if is_function_word(word) and word not in {"will", "may"}:
        return Casing.INSIDE
    return Casing.CAPITAL if len(word) == 2 or is_ordinary_for_name(word) else Casing.ANY


def _spellings(word: str) -> frozenset[str]:
    """A name joined and parted: smith-jones, smith jones, smithjones; o'brien, obrien; mcdonald, macdonald."""
    forms = {word}
    for mark in "-'":
        forms |= {form.replace(mark, other) for form in forms for other in ("", " ", "-")}
    forms |= {re.sub(r"^mc(?=\w{3})", "mac", form) for form in forms}
    forms |= {re.sub(r"^mac(?=\w{3})", "mc", form) for form in forms}
    forms |= {re.sub(r"^mac ?(?=\w{3})", "mc ", form) for form in forms if form.startswith("mac")}
    return frozenset(forms)


def _words_alone(word: str) -> frozenset[str]:
    pieces = {piece for piece in re.split(r"[- ]", word) if len(piece) > 2 and piece not in PARTICLES}
    return _spellings(word) | pieces | {word.replace(" ", ""), word.replace(" ", "-")}


def _name_terms(name: PersonName, index: int) -> Iterator[Term]:
    given = {form: 0 for word in name.given for form in _words_alone(word)}
    for word in name.given:
        given.update({form: 1 for form in nicknames_of(word) if form not in given})
    family = dict.fromkeys(_words_alone(name.family) if name.family else (), 0)
    for word, distance in (given | family).items():
        casing = _casing(word, is_first=word in name.given[:1])
        if casing:
            yield Term(word, Kind.PERSON, index, casing, distance)
            if len(word) > 2 and not word.endswith("s"):
                plural = Casing.CAPITAL if casing is Casing.ANY else casing
                yield Term(f"{word}s", Kind.PERSON, index, plural, distance)
    for surname in family:
        yield from _full_name_terms(given, surname, name, index)
    yield from _initials_terms(name, index)


def _full_name_terms(given: dict[str, int], surname: str, name: PersonName, index: int) -> Iterator[Term]:
    is_prose = all(is_ordinary_for_name(word) or word in PARTICLES for word in surname.split())
    for word, distance in given.items():
        if len(word) > 1:
            casing = Casing.CAPITAL if is_prose and is_ordinary_for_name(word) else Casing.ANY
            for text in (f"{word} {surname}", f"{surname} {word}", f"{surname}, {word}"):
                yield Term(text, Kind.PERSON, index, casing, distance)
            for text in (f"{word} {surname[0]}", f"{word} {surname[0]}."):
                yield Term(text, Kind.PERSON, index, Casing.CAPITAL, distance)
            yield from _run_together((f"{word}{surname}", f"{surname}{word}"), index, distance)
    firsts = {word[0]: distance for word, distance in sorted(given.items(), key=lambda item: -item[1])}
    for first, distance in firsts.items():
        # "Smith A" and "Smith I" are a name and a word more often than a name and its initial.
        behind = () if first in "ai" else (f"{surname} {first}",)
        for text in (f"{first} {surname}", f"{first}. {surname}", f"{first}.{surname}", f"{surname}, {first}", *behind):
            yield Term(text, Kind.PERSON, index, Casing.CAPITAL, distance)
        yield from _run_together(() if is_prose else (f"{first}{surname}",), index, distance)
    letters = [word[0] for word in name.given]
    for mark in ("", " ", ".", ". ") if len(letters) > 1 else ():
        yield Term(f"{mark.join(letters)}{mark.rstrip()} {surname}", Kind.PERSON, index, Casing.CAPITAL)


def _run_together(texts: Iterable[str], index: int, distance: int) -> Iterator[Term]:
    """User names such as "jsmith", where they are no words: "charm" is not C. Harm."""
    for text in texts:
        if not in_lexicon(text):
            yield Term(text, Kind.PERSON, index, Casing.ANY, distance)


def _initials_terms(name: PersonName, index: int) -> Iterator[Term]:
    if not name.family:
        return
    last = name.family.split()[-1][0]
    firsts = [word[0] for word in name.given]
    for letters in ([firsts[0], last], [*firsts, last]):
        if not is_acronym("".join(letters)):
            for text in ("".join(letters), ".".join(letters), ".".join(letters) + ".", " ".join(letters)):
                yield Term(text, Kind.PERSON, index, Casing.UPPER)


def _address_terms(address: str, index: int) -> Iterator[Term]:
    parts = parts_of(address)
    for street in parts.streets:
        casing = Casing.ANY if is_plain_street(street) else _phrase_casing(street)
        for form in street_forms(street):
            yield Term(form, Kind.ADDRESS, index, casing)
    for house in parts.houses:
        yield Term(house, Kind.ADDRESS, index, _phrase_casing(house))
    for town in parts.towns:
        # A town is shared by thousands: it is proposed, and does not hold up the approval of a summary.
        if not all(is_wide_area(word) for word in town.split()):
            yield Term(town, Kind.PLACE, index, Casing.CAPITAL, basis=Basis.REVIEW)


def _phrase_casing(phrase: str) -> Casing:
    return Casing.CAPITAL if all(in_lexicon(word) for word in phrase.split()) else Casing.ANY


def _postcode_terms(postcode: str, index: int) -> Iterator[Term]:
    compact = re.sub(r"[^a-z0-9]", "", folded(postcode))
    if len(compact) < _SHORTEST_NUMBER:
        return
    outward, inward = compact[:-3], compact[-3:]
    for gap in ("", " ", "-"):
        yield Term(f"{outward}{gap}{inward}", Kind.POSTCODE, index)
    # "NR2" alone says little and "B12" is a vitamin: proposed only, and only with a two-letter area.
    if outward[:2].isalpha():
        yield Term(outward, Kind.POSTCODE, index, Casing.UPPER, basis=Basis.REVIEW)


def _other_terms(other: str, index: int) -> Iterator[Term]:
    text = folded(other)
    if len(text) < 2 or _figures(other):
        return
    kind = Kind.EMAIL if "@" in text[1:] else Kind.OTHER
    casing = _phrase_casing(text)
    for form in {text, re.sub(r"[ /-]", "", text)} if any(letter.isdigit() for letter in text) else {text}:
        yield Term(form, kind, index, casing)
