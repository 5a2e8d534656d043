"""Finds the identifiers of the record in a text, in any of their forms and with a slip of the keyboard."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import ahocorasick
from rapidfuzz import process
from rapidfuzz.distance import OSA

from dard.pseudonymisation.addresses import with_number_before
from dard.pseudonymisation.context import (
    every_word_is_capital,
    is_capital,
    is_upper,
    starts_sentence,
    word_after,
    word_before,
)
from dard.pseudonymisation.lexicon import PARTICLES, is_ordinary, is_ordinary_for_name, reads_as_word
from dard.pseudonymisation.normalised import PARAGRAPH, NormalisedText
from dard.pseudonymisation.patterns import phone_value
from dard.pseudonymisation.spans import Basis, Found, Kind, KnownIdentifiers
from dard.pseudonymisation.variants import Casing, Term, fuzzy_words, numbers_of, terms_of

# Kinds whose mark is numbered by the place of the identifier in the record.
NUMBERED_BY_RECORD = frozenset({Kind.PERSON, Kind.ADDRESS, Kind.POSTCODE, Kind.NHS_NUMBER, Kind.OTHER})

_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['-])*")
_FIGURES = re.compile(r"\d[\d ().+-]*")
_SPACED_OUT = re.compile(r"(?<!\w)(?<!\W[^\W\d_] )[^\W\d_](?: [^\W\d_]){3,40}(?![\w'])")
_SAME_NAME_GAP = re.compile(r"[ -]| [a-z]\.? ")
_LONGEST_SAME_NAME_GAP = 4
_MISSPELT_DISTANCE = 2
_SHORTEST_SLIP = 5
_SHORTEST_DOUBLE_SLIP = 9


@dataclass(frozen=True, slots=True)
class Matcher:
    """The identifiers of one record made ready for searching. `automaton` is None when the record holds no words."""

    automaton: "ahocorasick.Automaton | None"
    fuzzy: Mapping[int, Mapping[str, frozenset[int]]]
    numbers: Mapping[str, tuple[Kind, int]]


@dataclass(frozen=True, slots=True)
class _Hit:
    """A stretch that may be a person; for each person how far the form strays from the record."""

    start: int
    end: int
    people: Mapping[int, int]


def matcher_of(known: KnownIdentifiers) -> Matcher:
    """Build the search for a record once; it costs far more than one search with it."""
    by_text: defaultdict[str, list[Term]] = defaultdict(list)
    for term in terms_of(known):
        by_text[term.text].append(term)
    automaton = ahocorasick.Automaton()
    for text, terms in by_text.items():
        automaton.add_word(text, tuple(terms))
    automaton.make_automaton()
    fuzzy: defaultdict[int, defaultdict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for word, index in fuzzy_words(known):
        fuzzy[len(word)][word].add(index)
    frozen = {length: {word: frozenset(who) for word, who in words.items()} for length, words in fuzzy.items()}
    return Matcher(automaton if by_text else None, frozen, numbers_of(known))


def find_known(text: NormalisedText, matcher: Matcher) -> Iterator[Found]:
    """Every mention of an identifier of the record but dates; finds may overlap."""
    people: list[_Hit] = []
    for start, end, terms in _term_hits(text, matcher):
        persons = [term for term in terms if term.kind is Kind.PERSON]
        if persons:
            people.append(_Hit(start, end, _closest(persons)))
        yield from _things(text, start, end, (term for term in terms if term.kind is not Kind.PERSON))
    people = _without_nested(people)
    # A second time, because a slip found at first vouches for a shorter one beside it: "jonh smyth".
    if slips := list(_misspelt(text, matcher, people)):
        people = _without_nested((*people, *slips))
        people = _without_nested((*people, *_misspelt(text, matcher, people)))
    for hit in _joined(text, people):
        index = min(hit.people, key=lambda who: (hit.people[who], who))
        yield Found(hit.start, hit.end, Kind.PERSON, Basis.KNOWN, str(index), index)
    yield from _numbers(text, matcher)


def _closest(terms: Iterable[Term]) -> dict[int, int]:
    people: dict[int, int] = {}
    for term in terms:
        people[term.index] = min(term.distance, people.get(term.index, term.distance))
    return people


def _term_hits(text: NormalisedText, matcher: Matcher) -> Iterator[tuple[int, int, list[Term]]]:
    if matcher.automaton is None:
        return
    for last, terms in matcher.automaton.iter(text.folded):
        end = last + 1
        start = end - len(terms[0].text)
        accepted = [term for term in terms if _counts(text, start, end, term)]
        if accepted:
            yield start, end, accepted
    # "S m i t h": letters set apart for emphasis, or by a scanner.
    for found in _SPACED_OUT.finditer(text.folded):
        terms = matcher.automaton.get(found[0].replace(" ", ""), ())
        if terms:
            yield found.start(), found.end(), list(terms)


def _counts(text: NormalisedText, start: int, end: int, term: Term) -> bool:
    is_one_passage = PARAGRAPH not in text.cased[start:end]
    return is_one_passage and _is_bounded(text, start, end, term) and _looks_right(text, start, end, term)


def _is_bounded(text: NormalisedText, start: int, end: int, term: Term) -> bool:
    """A name ends where letters end, so "smith1980" holds one; other identifiers must not run on into figures."""
    before, after = text.folded[start - 1 : start], text.folded[end : end + 1]
    if term.kind is Kind.PERSON:
        return not (before.isalpha() and term.text[0].isalpha()) and not (after.isalpha() and term.text[-1].isalpha())
    return not before.isalnum() and not after.isalnum()


def _looks_right(text: NormalisedText, start: int, end: int, term: Term) -> bool:
    if term.casing is Casing.ANY:
        return True
    if term.casing is Casing.UPPER:
        return is_upper(text, start, end)
    if not every_word_is_capital(text, start, end, exempt=PARTICLES):
        return False
    if term.casing is Casing.INSIDE and starts_sentence(text, start):
        return False
    return not (is_ordinary_for_name(term.text) and _is_prose(text, start, end))


def _is_prose(text: NormalisedText, start: int, end: int) -> bool:
    """Whether a word that is also a name stands here as a word: "Grace period", "Rose-coloured", "in May"."""
    makes_compound = text.cased[end : end + 1] == "-" and text.cased[end + 1 : end + 2].islower()
    word = text.folded[start:end]
    return makes_compound or reads_as_word(word, word_before(text, start), word_after(text, end))


def _things(text: NormalisedText, start: int, end: int, terms: Iterable[Term]) -> Iterator[Found]:
    for term in terms:
        where = with_number_before(text, start) if term.kind is Kind.ADDRESS else start
        numbered = term.kind in NUMBERED_BY_RECORD and term.basis is Basis.KNOWN
        value = f"record {term.index}" if numbered else term.text
        yield Found(where, end, term.kind, term.basis, value, term.index if numbered else None)


def _without_nested(hits: Iterable[_Hit]) -> list[_Hit]:
    """The hits in order, those inside a longer one dropped."""
    kept: list[_Hit] = []
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
        if not kept or hit.end > kept[-1].end:
            kept.append(hit)
    return kept


def _misspelt(text: NormalisedText, matcher: Matcher, exact: list[_Hit]) -> Iterator[_Hit]:
    if not matcher.fuzzy:
        return
    starts = {hit.start for hit in exact}
    ends = {hit.end for hit in exact}
    covered = _covered(text, exact)
    seen: dict[tuple[str, bool, bool], dict[int, int]] = {}
    for found in _WORD.finditer(text.folded):
        for start, end in _pieces(found):
            if any(covered[start:end]):
                continue
            word = text.folded[start:end].replace("-", "").replace("'", "")
            is_beside = end + 1 in starts or start - 1 in ends or (start - 2 in ends and text.folded[start - 2] == ",")
            key = (word, is_capital(text, start), is_beside)
            if key not in seen:
                seen[key] = _near(word, is_capital=key[1], beside_name=key[2], matcher=matcher)
            if seen[key]:
                yield _Hit(start, end, seen[key])


def _covered(text: NormalisedText, hits: Iterable[_Hit]) -> bytearray:
    covered = bytearray(len(text.folded))
    for hit in hits:
        covered[hit.start : hit.end] = b"\x01" * (hit.end - hit.start)
    return covered


def _pieces(found: re.Match[str]) -> Iterator[tuple[int, int]]:
    """A word without its possessive, and each side of its hyphens."""
    word = found[0].removesuffix("'s").rstrip("'-")
    yield found.start(), found.start() + len(word)
    if "-" in word:
        position = found.start()
        for piece in word.split("-"):
            yield position, position + len(piece)
            position += len(piece) + 1


def _near(word: str, *, is_capital: bool, beside_name: bool, matcher: Matcher) -> dict[int, int]:
    """The persons with a name one slip away, two in a long name; words that explain themselves are left alone.

    Short names are one slip from too much else, save right beside another part of a name: "Jhon Smith".
    """
    people: dict[int, int] = {}
    if is_ordinary(word) or is_ordinary_for_name(word):
        return people
    shortest = 3 if beside_name else _SHORTEST_SLIP
    for length in range(max(shortest, len(word) - 2), len(word) + 3):
        allowed = 2 if min(length, len(word)) >= _SHORTEST_DOUBLE_SLIP else 1
        names = matcher.fuzzy.get(length, {})
        for name, _, _ in process.extract_iter(word, names.keys(), scorer=OSA.distance, score_cutoff=allowed):
            if is_capital or (name[0] == word[0] and not is_ordinary_for_name(name)):
                people.update(dict.fromkeys(names[name], _MISSPELT_DISTANCE))
    return people


def _joined(text: NormalisedText, hits: list[_Hit]) -> Iterator[_Hit]:
    """Parts of one name that stand side by side ("Smith, John"; "John M. Smith") become one mention."""
    current: _Hit | None = None
    for hit in hits:
        shared = _shared(text, current, hit) if current else {}
        if current and shared:
            current = _Hit(current.start, max(current.end, hit.end), shared)
            continue
        if current:
            yield current
        current = hit
    if current:
        yield current


def _shared(text: NormalisedText, left: _Hit, right: _Hit) -> dict[int, int]:
    gap = text.folded[left.end : right.start]
    if len(gap) > _LONGEST_SAME_NAME_GAP or PARAGRAPH in text.cased[left.end : right.start]:
        return {}
    if gap and not _SAME_NAME_GAP.fullmatch(gap):
        return {}
    return {who: max(left.people[who], right.people[who]) for who in left.people if who in right.people}


def _numbers(text: NormalisedText, matcher: Matcher) -> Iterator[Found]:
    """Known figures whatever separates their digits; a window of each known length slides over every run of figures."""
    lengths = {len(number) for number in matcher.numbers}
    for run in _FIGURES.finditer(text.folded) if lengths else ():
        places = [place for place in range(run.start(), run.end()) if text.folded[place].isdigit()]
        digits = "".join(text.folded[place] for place in places)
        for length in lengths:
            for first in range(len(digits) - length + 1):
                number = digits[first : first + length]
                if number in matcher.numbers:
                    yield _number(text, number, (places[first], places[first + length - 1] + 1), matcher)


def _number(text: NormalisedText, number: str, stretch: tuple[int, int], matcher: Matcher) -> Found:
    kind, index = matcher.numbers[number]
    start, end = stretch
    if kind in NUMBERED_BY_RECORD:
        return Found(start, end, kind, Basis.KNOWN, f"record {index}", index)
    start -= text.folded[start - 1 : start] in {"+", "("}
    return Found(start, end, kind, Basis.KNOWN, phone_value(number))
