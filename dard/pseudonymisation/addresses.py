"""How addresses are written in the United Kingdom: the parts of one that is known, and the look of one that is not."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dard.pseudonymisation.lexicon import in_lexicon, is_function_word
from dard.pseudonymisation.normalised import NormalisedText, folded

_ABBREVIATIONS: Mapping[str, tuple[str, ...]] = {
    "road": ("rd",),
    "street": ("st", "str"),
    "avenue": ("ave", "av"),
    "lane": ("ln", "la"),
    "crescent": ("cres", "cresc", "cr"),
    "terrace": ("terr", "ter"),
    "grove": ("gr", "gro"),
    "gardens": ("gdns", "gdn"),
    "drive": ("dr", "drv"),
    "close": ("cl", "clo"),
    "court": ("ct", "crt"),
    "place": ("pl",),
    "square": ("sq",),
    "mount": ("mt",),
    "parade": ("pde",),
    "boulevard": ("blvd",),
    "loke": (),
    "mews": (),
    "wynd": (),
    "row": (),
    "way": (),
    "hill": (),
    "rise": (),
    "park": ("pk",),
    "walk": ("wlk",),
    "view": ("vw",),
    "green": ("grn",),
    "quay": (),
    "path": (),
    "yard": ("yd",),
    "end": (),
    "vale": (),
    "croft": (),
    "meadow": (),
    "meadows": (),
    "garth": (),
    "gate": (),
}
_FULL_FORM = {short: full for full, forms in _ABBREVIATIONS.items() for short in forms}
# Words that mean a street whatever stands before them; the others ("close", "way", "park") also mean other things.
PLAIN_STREET_WORDS = frozenset(
    {"road", "rd", "street", "avenue", "ave", "lane", "crescent", "cres", "terrace", "grove", "gardens", "gdns", "mews"}
    | {"loke", "drive", "boulevard"}
)
STREET_WORDS = frozenset(_ABBREVIATIONS) | frozenset(_FULL_FORM)
_BUILDING_WORDS = frozenset(
    {"cottage", "house", "lodge", "court", "hall", "farm", "flats", "tower", "towers", "villa", "villas", "barn"}
    | {"hostel", "mansions", "heights", "buildings", "apartments", "manor", "cottages", "caravan", "hotel", "inn"}
)

POSTCODE = r"(?:gir ?0aa|[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2})"
_POSTCODE = re.compile(rf"\b{POSTCODE}\b")
_UNIT = r"(?:(?:flat|apartment|apt|room|unit|bedsit|studio|plot)\.? ?(?:[a-z]?\d{1,4}[a-z]?|[a-z])(?!\w),? ?(?:at )?)"
_NUMBER = r"(?:(?:(?:no|number)\.? ?)?[1-9]\d{0,3}[a-z]?(?: ?[-/] ?\d{1,4}[a-z]?)?,? ?)"
_LEAD = re.compile(rf"(?<![\w:.]){_UNIT}?{_NUMBER}?$")
_LEAD_OF_PART = re.compile(rf"^{_UNIT}?(?:{_NUMBER}(?<!\w))?")
_LONGEST_LEAD = 36
_STREET = "|".join(sorted(STREET_WORDS, key=len, reverse=True))
_WRITTEN = re.compile(
    rf"(?<![\w:.£/])(?:{_UNIT}{_NUMBER}?|{_NUMBER})(?P<street>(?:[a-z'.-]{{1,25}} ){{1,4}}?(?P<type>{_STREET}))\b"
)
_RESIDES = re.compile(r"\b(?:at|address|address:|lives|living|of|from) $")
_SMALL_WORDS = frozenset({"of", "the", "st", "y", "and", "upon", "le"})
_NO_ADDRESS = frozenset({"no fixed abode", "no fixed address", "nfa", "unknown", "not known", "homeless", "n/a"})


@dataclass(slots=True)
class AddressParts:
    """A known address taken apart: streets and house names identify, towns only help to."""

    streets: list[str] = field(default_factory=list)
    houses: list[str] = field(default_factory=list)
    towns: list[str] = field(default_factory=list)


def parts_of(address: str) -> AddressParts:
    """The streets, house names and towns of an address as people type it, folded, without numbers and postcode."""
    parts = AddressParts()
    pieces = [_POSTCODE.sub("", folded(piece)).strip(" .") for piece in re.split(r"[,;\n\r]", address)]
    pieces = [piece for piece in pieces if piece and piece not in _NO_ADDRESS]
    number_stands_alone = False
    for position, piece in enumerate(pieces):
        rest = _LEAD_OF_PART.sub("", f"{piece} ").strip(" ,")
        has_number = number_stands_alone or rest != piece
        number_stands_alone = not rest
        if rest:
            is_first_of_many = position == 0 and len(pieces) > 1
            _sort_piece(parts, rest.split(" "), is_house=has_number or is_first_of_many)
    return parts


def _sort_piece(parts: AddressParts, words: list[str], *, is_house: bool) -> None:
    end = _street_end(words)
    if end:
        start = max((place + 1 for place, word in enumerate(words[:end]) if word[0].isdigit()), default=0)
        parts.streets.append(" ".join(words[start:end]))
        before = words[: max(0, start - 1)]
        if before:
            parts.houses.append(" ".join(before))
        words, is_house = words[end:], False
    if words and (is_house or words[-1] in _BUILDING_WORDS):
        parts.houses.append(" ".join(words))
    elif words:
        parts.towns.append(" ".join(words))


def _street_end(words: list[str]) -> int:
    """Where the street's name ends, 0 if there is none: at a plain street word if there is one, else at any."""
    for accepted in (PLAIN_STREET_WORDS, STREET_WORDS):
        for place, word in enumerate(words):
            if place and word.strip(".") in accepted and not words[place - 1][0].isdigit():
                return place + 1
    return 0


def street_forms(street: str) -> frozenset[str]:
    """The ways to write a folded street name: "mill road", "mill rd"; "st stephen's", "saint stephens"."""
    *name, last = street.split(" ")
    full = _FULL_FORM.get(last.strip("."), last.strip("."))
    stems = {" ".join(name)}
    stems |= {stem.replace("'", "") for stem in stems}
    stems |= {re.sub(r"^st\.? ", "saint ", stem) for stem in stems}
    stems |= {re.sub(r"^saint ", "st ", stem) for stem in stems}
    return frozenset(f"{stem} {end}" for stem in stems for end in (full, *_ABBREVIATIONS.get(full, ())))


def is_plain_street(street: str) -> bool:
    """Whether a folded street name ends in a word that means nothing but a street."""
    return street.rsplit(" ", 1)[-1].strip(".") in PLAIN_STREET_WORDS


def with_number_before(text: NormalisedText, start: int) -> int:
    """Where an address begins whose street begins at `start`: at its flat and house number, if they stand there."""
    earliest = max(0, start - _LONGEST_LEAD)
    lead = _LEAD.search(text.folded[earliest:start])
    return earliest + lead.start() if lead else start


def find_addresses(text: NormalisedText) -> Iterator[tuple[int, int]]:
    """Addresses by their look: a number, a name and a street word. Returns their bounds in the normalised text."""
    for found in _WRITTEN.finditer(text.folded):
        words = found["street"].split(" ")
        written = text.cased[found.start("street") : found.end()].split(" ")
        if _looks_written_as_a_name(written) or _is_lower_case_address(text, found, words):
            yield found.start(), found.end()


def _looks_written_as_a_name(words: list[str]) -> bool:
    """Capitals throughout but for "of the"; "0702 BY DR" in a shouted note is no address."""
    names = [word for word in words if word not in _SMALL_WORDS]
    shouts = any(is_function_word(word.lower()) and word.isupper() for word in names)
    return words[0][0].isupper() and all(word[0].isupper() for word in names) and not shouts


def _is_lower_case_address(text: NormalisedText, found: re.Match[str], words: list[str]) -> bool:
    if found["type"] not in PLAIN_STREET_WORDS or any(is_function_word(word) for word in words):
        return False
    strange = any(not in_lexicon(word) for word in words[:-1])
    resides = _RESIDES.search(text.folded[max(0, found.start() - 12) : found.start()])
    return strange or resides is not None
