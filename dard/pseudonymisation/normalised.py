"""A text made comparable, with the way back to the original.

Names reach us with accents, curly quotes, full-width letters, look-alike letters of other alphabets, invisible
characters and line breaks inside them. All matching runs on the normalised text; every offset is mapped back, so that
the original is cut exactly.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from dard.pseudonymisation.tokens import TOKEN, stands_for_person

OPAQUE = "\ufffc"
OPAQUE_PERSON = "\ue000"
PARAGRAPH = "\n"

_QUOTES = {**dict.fromkeys("‘’‛′´`ʼʻ＇", "'"), **dict.fromkeys("“”„«»″", '"')}
_DASHES = dict.fromkeys("‐‑‒–—―−﹘－", "-")
_STROKES = dict(zip("łŁøØđĐħĦŧŦıɡɑð", "lLoOdDhHtTigad", strict=True))
_LIGATURES = {"þ": "th", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe"}
_CYRILLIC = dict(zip("аеорсухіјѕкмтвнАВЕКМНОРСТХІЈЅУ", "aeopcyxijskmtbhABEKMHOPCTXIJSY", strict=True))
_GREEK = dict(zip("αονιρκτυΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aovipktuABEZHIKMNOPTYX", strict=True))
# Our own opaque characters, when somebody typed them, must not pass for ours.
_NO_LETTERS = dict.fromkeys((OPAQUE, OPAQUE_PERSON, "™", "℠"), "\ufffd")
_SUBSTITUTES = _QUOTES | _DASHES | _STROKES | _LIGATURES | _CYRILLIC | _GREEK | _NO_LETTERS
_INVISIBLE = frozenset({"Cf", "Mn", "Me", "Cc", "Cs"})
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters by their category, with nothing to see

# A word broken over two lines; the runs of blanks are bounded so that a page of blank lines costs no more than any
# other page.
_BROKEN_WORD = re.compile(r"(?<=[^\W\d_])[-\u2010\u00ad][^\S\n]{0,20}\n\s{0,20}(?=[^\W\d_])")
# A line that begins an item of a list or a labelled field begins a sentence, though no full stop comes before it.
_ITEM = re.compile(r"\n(?=[^\S\n]{0,20}(?:[-*•·–>]|\d{1,2}[.)]|[A-Z][\w /]{0,30}:))")


@dataclass(frozen=True, slots=True)
class NormalisedText:
    """`folded` and `cased` run in step; `origin[i]` is where character i begins in `source`.

    Marks of an earlier redaction are one opaque character.
    """

    source: str
    folded: str
    cased: str
    origin: tuple[int, ...]

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """The offsets in the original of a stretch of the normalised text; accents that follow it go with it."""
        after = self.origin[end] if end < len(self.origin) else len(self.source)
        return self.origin[start], max(after, self.origin[end - 1] + 1)

    def masked(self, stretches: Iterable[tuple[int, int, bool]]) -> "NormalisedText":
        """The same text with stretches (start, end, is a person) made opaque, as if they had been redacted already."""
        folded, cased = list(self.folded), list(self.cased)
        for start, end, is_person in stretches:
            folded[start:end] = cased[start:end] = (OPAQUE_PERSON if is_person else OPAQUE) * (end - start)
        return NormalisedText(self.source, "".join(folded), "".join(cased), self.origin)

    def collapsed(self, stretches: Iterable[tuple[int, int, bool]]) -> "NormalisedText":
        """The text as it will read once the stretches, in order, are redacted: each of them one opaque character."""
        folded, cased, origin = [], [], []
        position = 0
        for start, end, is_person in stretches:
            mark = OPAQUE_PERSON if is_person else OPAQUE
            folded += [self.folded[position:start], mark]
            cased += [self.cased[position:start], mark]
            origin += [*self.origin[position:start], self.origin[start]]
            position = end
        folded.append(self.folded[position:])
        cased.append(self.cased[position:])
        origin += self.origin[position:]
        return NormalisedText(self.source, "".join(folded), "".join(cased), tuple(origin))


def normalise(text: str) -> NormalisedText:
    """Fold case, width, accents, quotes, dashes, digits, look-alikes and white space; drop what cannot be seen.

    A run of white space becomes one space; in `cased` it is a line feed where a paragraph or an item of a list begins,
    so that sentence starts can be told.
    """
    builder = _Builder(text)
    position = 0
    for token in TOKEN.finditer(text):
        builder.read(position, token.start())
        mark = OPAQUE_PERSON if stands_for_person(token[0]) else OPAQUE
        builder.add(mark, mark, token.start())
        position = token.end()
    builder.read(position, len(text))
    return NormalisedText(text, "".join(builder.folded), "".join(builder.cased), tuple(builder.origin))


def folded(text: str) -> str:
    """The comparable form of a short text, such as a name of the record."""
    return normalise(text).folded.strip()


class _Builder:
    """Collects the three sequences in step while the text is read once from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.folded: list[str] = []
        self.cased: list[str] = []
        self.origin: list[int] = []
        self.line_feeds = 0
        self.items = {found.start() for found in _ITEM.finditer(text)}
        self.breaks = {found.start(): found.end() for found in _BROKEN_WORD.finditer(text)}

    def add(self, folded_character: str, cased_character: str, origin: int) -> None:
        self.folded.append(folded_character)
        self.cased.append(cased_character)
        self.origin.append(origin)
        self.line_feeds = 0

    def read(self, start: int, end: int) -> None:
        position = start
        while position < end:
            character = self.text[position]
            if position in self.breaks:
                position = self._join(position)
                continue
            if character.isspace():
                self._blank(character, position)
            else:
                for folded_character, cased_character in _fold(character):
                    self.add(folded_character, cased_character, position)
            position += 1

    def _join(self, position: int) -> int:
        after = self.breaks[position]
        before, behind = self.text[position - 1], self.text[after]
        # "Smi-\nth" is one word; "Smith-\nJones" is a double name and keeps its hyphen.
        if not (behind.islower() or (before.isupper() and behind.isupper())):
            self.add("-", "-", position)
        return after

    def _blank(self, character: str, position: int) -> None:
        feeds = self.line_feeds + (character in "\n\u2028\u2029") + (position in self.items)
        if not self.folded or self.folded[-1] != " ":
            self.add(" ", " ", position)
        self.line_feeds = feeds
        if feeds > 1:
            self.cased[-1] = PARAGRAPH


@cache
def _fold(character: str) -> tuple[tuple[str, str], ...]:
    substitute = _SUBSTITUTES.get(character)
    digit = unicodedata.decimal(character, None)
    if substitute is not None:
        cased = substitute
    elif digit is not None:
        cased = str(digit)
    else:
        cased = unicodedata.normalize("NFKD", character)
    pairs: list[tuple[str, str]] = []
    for part in cased:
        if unicodedata.category(part) not in _INVISIBLE and part not in _BLANK_LETTERS:
            pairs.extend(_fold_one(part))
    return tuple(pairs)


def _fold_one(character: str) -> Iterable[tuple[str, str]]:
    # Compatibility forms of lone accents begin with a blank; a blank here would break the run of the word's offsets.
    if character.isspace():
        return ()
    lower = character.casefold()
    # No character that is left after decomposing changes its length between the two.
    return tuple(zip(lower, lower.upper() if character.isupper() else lower, strict=True))
