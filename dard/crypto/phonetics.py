"""How a surname sounds, as a key: names that are heard alike and written in several ways get the same one.

Soundex of the United States National Archives (General Information Leaflet 55: the first letter and three digits;
equal neighbours count once, also across h and w), but that the first letter stands for the first sound. Plain Soundex
keeps the letter as it is written, and so parts Catterall from Kattrall, Phelan from Felan and Wright from Right. It is
coarse on purpose: it finds what is worth comparing, and whoever uses it compares.
"""

import re

KEY_LENGTH = 4
_CODES = {
    letter: code
    for code, letters in {"1": "bfpv", "2": "cgjkqsxz", "3": "dt", "4": "l", "5": "mn", "6": "r"}.items()
    for letter in letters
}
_SILENT = frozenset("hw")  # do not part equal neighbours, as vowels do
_OPENINGS = tuple(
    (re.compile(written), sound)
    for written, sound in (
        ("(?:kn|gn|pn)", "n"),
        ("wr|rh", "r"),
        ("sch|sz|sh|ps|ts|tz|x|z", "s"),
        ("chr", "kr"),
        ("cz|ch|tch", "c"),
        ("c(?=[eiy])", "s"),
        ("ph|pf|ff", "f"),
        ("wh", "w"),
        ("ll", "l"),
        ("kh|c|q", "k"),
        ("g(?=e[ao])", "j"),
        ("gh", "g"),
        ("bh", "b"),
        ("dh", "d"),
        ("th", "t"),
        ("[aeiou]|y(?![aeiou])", "a"),
    )
)


def sound_of(surname: str) -> str | None:
    """The key of a surname in small Latin letters without accents, like "s530"; None if it is in other letters."""
    if not (surname.isascii() and surname.isalpha()):
        return None
    spoken = _opening(surname)
    key, last = spoken[0], _CODES.get(spoken[0], "")
    for letter in spoken[1:]:
        if letter in _SILENT:
            continue
        code = _CODES.get(letter, "")
        if code and code != last:
            key += code
        last = code
    return key[:KEY_LENGTH].ljust(KEY_LENGTH, "0")


def _opening(surname: str) -> str:
    """``surname`` with its first sound written in one way."""
    for written, sound in _OPENINGS:
        found = written.match(surname)
        if found:
            return sound + surname[found.end() :]
    return surname
