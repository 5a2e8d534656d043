"""What stands around a word: its neighbours, its case, and whether a sentence begins with it."""

import re

from dard.pseudonymisation.normalised import PARAGRAPH, NormalisedText

_FARTHEST = 32
_BEFORE = re.compile(r"([^\W_]+)[ '-]{0,2}$")
_AFTER = re.compile(r"(?:'s)?[ -]{0,2}([^\W_]+)")
_OPENERS = frozenset(" \"'([*•·-–>#/\n")
_ENDERS = frozenset(".!?:;")
_NUMBERING = re.compile(rf"(?:^|{PARAGRAPH})\d{{1,2}}\)$")
_LETTERS = re.compile(r"[^\W\d_]+")
_ABBREVIATIONS_TEXT = """
mr mrs ms mx dr prof rev sr jr st no nos eg ie e.g i.e approx tel ext ref vs re cllr sgt insp supt gen hon capt col lt
messrs
"""
_ABBREVIATIONS = frozenset(_ABBREVIATIONS_TEXT.split())


def word_before(text: NormalisedText, start: int) -> str:
    """The folded word or number right before an offset, empty when punctuation or a redacted stretch stands between."""
    found = _BEFORE.search(text.folded[max(0, start - _FARTHEST) : start])
    return found[1] if found else ""


def word_after(text: NormalisedText, end: int) -> str:
    """The folded word or number right after an offset, past a possessive; empty when something else stands there."""
    found = _AFTER.match(text.folded[end : end + _FARTHEST])
    return found[1] if found else ""


def is_capital(text: NormalisedText, start: int) -> bool:
    """Whether the character at an offset is a capital letter."""
    return text.cased[start].isupper()


def every_word_is_capital(text: NormalisedText, start: int, end: int, *, exempt: frozenset[str]) -> bool:
    """Whether each word of a stretch begins with a capital, particles such as "de" aside."""
    words = [found[0] for found in _LETTERS.finditer(text.cased[start:end])]
    return all(word[0].isupper() or word in exempt for word in words)


def is_upper(text: NormalisedText, start: int, end: int) -> bool:
    """Whether all letters of a stretch are capitals."""
    return text.cased[start:end].isupper()


def starts_sentence(text: NormalisedText, start: int) -> bool:
    """Whether a sentence, paragraph, list item or quotation begins at an offset.

    The full stop after an abbreviation or a single initial ends nothing.
    """
    position = start - 1
    while position >= 0 and text.cased[position] in _OPENERS:
        if text.cased[position] == PARAGRAPH:
            return True
        position -= 1
    if position < 0:
        return True
    if text.cased[position] not in _ENDERS:
        return _NUMBERING.search(text.cased[max(0, position - 3) : position + 1]) is not None
    if text.cased[position] != ".":
        return True
    last = text.folded[max(0, position - _FARTHEST) : position].rsplit(" ", 1)[-1]
    return not (last in _ABBREVIATIONS or (len(last) == 1 and last.isalpha()))
