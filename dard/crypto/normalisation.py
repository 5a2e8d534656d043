"""One form for each identifier, so that the same thing written in two ways is found to be the same.

Pure. Blind indexes are built from what these functions return: a change to what one of them returns is a new version,
with a function of its own beside the old one (``dard.crypto.index_rotation`` says how it is brought in). The vectors in
tests/unit/crypto/vectors hold each version to what it returned when it was released.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Iterator

from dard.crypto.phonetics import sound_of

NHS_NUMBER_VERSION = 1
NAME_VERSION = 1
POSTCODE_VERSION = 1
DATE_VERSION = 1
NAME_AND_BIRTH_VERSION = 1
SOUND_AND_YEAR_VERSION = 1

NHS_NUMBER_DIGITS = 10
_POSTCODE_LENGTHS = range(5, 8)
_INWARD_LENGTH = 3
_LEFT_OUT = frozenset({"Zs", "Zl", "Zp", "Pd", "Cf", "Cc"})  # blanks, dashes, what cannot be seen

# Letters that Unicode does not decompose, as people without a key for them write them.
_PLAIN_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "þ": "th", "æ": "ae", "œ": "oe"}
)
_APOSTROPHES = dict.fromkeys(map(ord, "'‘’‛′´`ʹʻʼʽˈ＇"))
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")
# Words that begin a surname, and are written with it, apart, or with a hyphen.
_PARTICLES = frozenset({
    "al", "ap", "bin", "da", "de", "den", "der", "di", "du", "el", "ibn", "la", "le", "mac", "mc", "ni", "nic", "o",
    "st", "van", "von",
})  # fmt: skip
_MONTHS = {
    written: number
    for number, month in enumerate(
        (
            "january", "february", "march", "april", "may", "june",
            "july", "august", "september", "october", "november", "december",
        ),
        start=1,
    )
    for written in (month, month[:3])
} | {"sept": 9}  # fmt: skip
_ISO_DATE = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})")
_UK_DATE = re.compile(r"(?P<day>[0-9]{1,2})(?P<between>[-/. ])(?P<month>[0-9]{1,2})(?P=between)(?P<year>[0-9]{4})")
_WORDED_DATE = re.compile(r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?[- ](?P<month>[a-z]{3,9})\.?,?[- ](?P<year>[0-9]{4})")


def nhs_number(text: str) -> str | None:
    """The ten digits of an NHS number, or None if it cannot be one.

    Spaces, hyphens and full stops are ignored; the last digit must be the modulus 11 check digit (NHS Data Dictionary,
    "NHS NUMBER": weights 10 to 2, remainder 11 counts as 0, 10 is invalid); ten equal digits are refused.
    """
    digits = _compact(text)
    if len(digits) != NHS_NUMBER_DIGITS or not (digits.isascii() and digits.isdigit()) or len(set(digits)) == 1:
        return None
    remainder = 11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    check = 0 if remainder == 11 else remainder
    return digits if check == int(digits[-1]) else None


def postcode(text: str) -> str | None:
    """A UK postcode in capitals with one space before its last three characters, or None if its shape is wrong."""
    compact = _compact(text).upper()
    if len(compact) not in _POSTCODE_LENGTHS or not (compact.isascii() and compact.isalnum()):
        return None
    outward, inward = compact[:-_INWARD_LENGTH], compact[-_INWARD_LENGTH:]
    if not outward[0].isalpha() or not inward[0].isdigit() or not inward[1:].isalpha():
        return None
    if not any(character.isdigit() for character in outward):
        return None
    return f"{outward} {inward}"


def iso_date(text: str) -> str | None:
    """A date as YYYY-MM-DD, or None if it is none, or not one date only.

    Read are YYYY-MM-DD, day/month/year as in the United Kingdom, and days with a named month. A year of two digits is
    refused: 02/07/26 is a birth in 1926 or in 2026, and a guess would be believed.
    """
    plain = " ".join(_digits(unicodedata.normalize("NFKC", text)).translate(_DASHES).casefold().split())
    for shape in (_ISO_DATE, _UK_DATE, _WORDED_DATE):
        found = shape.fullmatch(plain)
        if found:
            return _calendar_date(int(found["year"]), found["month"], int(found["day"]))
    return None


def name_parts(text: str) -> tuple[str, ...]:
    """The words of a name, given names first: in small letters, without accents, apostrophes, full stops and hyphens.

    A double-barrelled name is two words, whether it was written with a hyphen or a space. A particle is kept, and
    belongs to the word that follows: after a given name "O’Brien", "O Brien" and "OBrien" are all "obrien". "Saint" is
    "st". What stands before a comma is the surname, and comes last.
    """
    before, _comma, after = _unaccented(text).partition(",")
    words = [*_words(after), *_words(before)]
    return (*words[:1], *_joined(words[1:]))  # a name does not begin with a particle: that is Al, Di or Nic


def name_and_birth(full_name: str, born: dt.date) -> str | None:
    """All parts of a name, in the order of the alphabet, with the date of birth; None if the name has no letters."""
    parts = name_parts(full_name)
    return " ".join([*sorted(parts), born.isoformat()]) if parts else None


def sound_and_year(full_name: str, born: dt.date) -> str | None:
    """How the surname sounds, with the year of birth.

    None if the name is one word, which may not be the surname, or if the surname is not in Latin letters.
    """
    *given, surname = name_parts(full_name) or ("",)
    sound = sound_of(surname) if given else None
    return f"{sound} {born.year}" if sound else None


def _compact(text: str) -> str:
    kept = [
        character
        for character in unicodedata.normalize("NFKC", text)
        if unicodedata.category(character) not in _LEFT_OUT and character != "."
    ]
    return _digits("".join(kept))


def _digits(text: str) -> str:
    """``text`` with the digits of every script as 0 to 9."""
    return "".join([str(unicodedata.decimal(each)) if each.isdecimal() else each for each in text])


def _calendar_date(year: int, month: str, day: int) -> str | None:
    try:
        return dt.date(year, int(month) if month.isdigit() else _MONTHS.get(month, 0), day).isoformat()
    except ValueError:
        return None


def _unaccented(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES).casefold()).casefold()
    return "".join([each for each in apart if not unicodedata.combining(each)]).translate(_PLAIN_LETTERS | _DASHES)


def _words(text: str) -> Iterator[str]:
    """The words of an unaccented text: blanks and dashes part them, and signs between letters vanish."""
    kept = []
    for character in text:
        category = unicodedata.category(character)
        if category[0] in "LMN":
            kept.append(character)
        elif category == "Pd":
            kept.append("-")
        elif category[0] == "Z" or category == "Cc" or character in "/_,":
            kept.append(" ")
    for written in "".join(kept).split():
        yield from _joined(["st" if word == "saint" else word for word in written.split("-") if word])


def _joined(words: Iterable[str]) -> Iterator[str]:
    """Words with the particles that come before them."""
    waiting = ""
    for word in words:
        waiting += word
        if word not in _PARTICLES:
            yield waiting
            waiting = ""
    if waiting:
        yield waiting
