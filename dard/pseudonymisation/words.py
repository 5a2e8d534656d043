"""The words of a text with what the review rules ask of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dard.pseudonymisation.context import starts_sentence
from dard.pseudonymisation.lexicon import is_acronym, is_ordinary
from dard.pseudonymisation.normalised import OPAQUE_PERSON, NormalisedText

_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['-])*")
_ENDINGS = frozenset({"s", "d", "m", "ll", "re", "ve"})
_NEGATION = "t"
_LONGEST_SHORTHAND = 5


@dataclass(frozen=True, slots=True)
class Word:
    """A word without its possessive or contraction.

    `touches_figures` marks codes and chemical names such as JWH-018; `is_compounded` the halves of "Rose-coloured".
    """

    start: int
    end: int
    folded: str
    cased: str
    opens_sentence: bool
    is_possessive: bool
    is_negation: bool
    touches_figures: bool
    is_compounded: bool

    @property
    def is_capital(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.cased[0].isupper()

    @property
    def is_upper(self) -> bool:
        """Whether it is written in capitals throughout, a plural s aside: "GPs"."""
        return len(self.cased) > 1 and self.cased.removesuffix("s").isupper()

    @property
    def is_acronym(self) -> bool:
        """Whether it is shorthand of the trade, in capitals: "MS" and "GPs", not a Ms or a Ro."""
        return self.is_upper and (is_acronym(self.folded) or is_acronym(self.folded.removesuffix("s")))

    @property
    def is_shorthand(self) -> bool:
        """Whether its capitals are scattered as in "PhD"; "McKay" and "O'Dea" are names."""
        capitals = sum(letter.isupper() for letter in self.cased)
        is_name = self.folded.startswith(("mc", "mac")) or "'" in self.folded or "-" in self.folded
        return capitals > 1 and not self.is_upper and len(self.cased) <= _LONGEST_SHORTHAND and not is_name

    @property
    def is_ordinary(self) -> bool:
        """Whether it can be explained without a name; of a double word, whether both halves can."""
        pieces = [piece for piece in self.folded.split("-") if piece]
        return self.is_negation or is_ordinary(self.folded) or (len(pieces) > 1 and all(map(is_ordinary, pieces)))


def words_of(text: NormalisedText) -> tuple[Word, ...]:
    """The words in order. "Smith-Jones" is one word; "support-Terry" and "Rose-coloured" are two."""
    return tuple(word for found in _WORD.finditer(text.folded) for word in _split(text, found))


def _split(text: NormalisedText, found: re.Match[str]) -> Iterator[Word]:
    written = found[0].rstrip("'-")
    cased = text.cased[found.start() : found.start() + len(written)]
    capitals = {piece[:1].isupper() for piece in cased.split("-")}
    touches = _is_figure(text, found.start() - 1) or _is_figure(text, found.end())
    if len(capitals) == 1:
        yield _word(text, found.start(), written, touches_figures=touches, is_compounded=False)
        return
    position = found.start()
    for piece in written.split("-"):
        if piece.strip("'"):
            yield _word(text, position, piece.rstrip("'"), touches_figures=touches, is_compounded=True)
        position += len(piece) + 1


def _is_figure(text: NormalisedText, place: int) -> bool:
    if text.folded[place : place + 1] == "-":
        place -= 1
    return place >= 0 and text.folded[place : place + 1].isdigit()


def _word(text: NormalisedText, start: int, written: str, *, touches_figures: bool, is_compounded: bool) -> Word:
    head, mark, tail = written.rpartition("'")
    is_ending = bool(mark and head) and tail in _ENDINGS
    base = head if is_ending else written
    end = start + len(base)
    return Word(
        start,
        end,
        folded=base,
        cased=text.cased[start:end],
        opens_sentence=starts_sentence(text, start),
        is_possessive=is_ending and tail == "s",
        is_negation=bool(mark and head) and tail == _NEGATION,
        touches_figures=touches_figures,
        is_compounded=is_compounded,
    )


def gap_between(text: NormalisedText, left: Word, right: Word) -> str:
    """What stands between two words."""
    return text.folded[left.end : right.start]


def person_follows(text: NormalisedText, end: int) -> bool:
    """Whether a redacted person stands right after an offset."""
    return text.folded[end : end + 2].lstrip(" -")[:1] == OPAQUE_PERSON


def person_precedes(text: NormalisedText, start: int) -> bool:
    """Whether a redacted person stands right before an offset."""
    return text.folded[max(0, start - 2) : start].rstrip(" -")[-1:] == OPAQUE_PERSON
