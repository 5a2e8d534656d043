"""The last check before a pack leaves: no identifier of any case may stand in it. Pure.

The redactor and two people have been over each summary by then, but only with the identifiers of its own case in mind.
Here all texts of a pack are searched once for those of all cases together, with the redactor’s own matching: a summary
that was pasted into the wrong file, or that tells of somebody else, stops here. In a register of thousands every common
forename and surname belongs to somebody, so that a word alone counts only if it is rare; common names count in full.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import ahocorasick

from dard.pseudonymisation.addresses import STREET_WORDS
from dard.pseudonymisation.known import Matcher, find_known
from dard.pseudonymisation.lexicon import is_name, is_ordinary, is_ordinary_for_name, is_place, is_wide_area
from dard.pseudonymisation.normalised import NormalisedText, folded, normalise
from dard.pseudonymisation.settling import KIND_WORDS
from dard.pseudonymisation.spans import Basis, Found, Kind, KnownIdentifiers
from dard.pseudonymisation.variants import Casing, Term, numbers_of, terms_of

SHORTEST_RARE_WORD = 5
_WORD = re.compile(r"[^\W_]+")
_REFERENCE = re.compile(r"(?<![\w-])\d{4}-\d{4,6}(?![\w-])")


@dataclass(frozen=True, slots=True)
class Hit:
    """An identifier that stands where it must not: what it is, and where. Never the identifier itself."""

    kind: str
    where: str


@dataclass(frozen=True, slots=True)
class Gate:
    """The identifiers of all cases, made ready for searching."""

    matcher: Matcher
    references: frozenset[str]


def gate_of(people: Iterable[KnownIdentifiers], references: Iterable[str], districts: Iterable[str]) -> Gate:
    """A gate for all cases: ``people`` are the identifiers of each; the words of ``districts`` are plain."""
    spared = frozenset(word for district in districts for word in folded(district).split())
    by_text: defaultdict[str, dict[tuple[Kind, Casing], Term]] = defaultdict(dict)
    numbers: dict[str, tuple[Kind, int]] = {}
    for known in people:
        numbers.update(numbers_of(known))
        for term in terms_of(known):
            if _is_telling(term) and term.text not in spared:
                by_text[term.text].setdefault((term.kind, term.casing), term)
    automaton = ahocorasick.Automaton()
    for text, terms in by_text.items():
        automaton.add_word(text, tuple(terms.values()))
    automaton.make_automaton()
    return Gate(Matcher(automaton if by_text else None, {}, numbers), frozenset(references))


def search(gate: Gate, texts: Sequence[tuple[str, str]]) -> list[Hit]:
    """What must not leave: ``texts`` are (where it stands, text). Each kind is named once for each place."""
    hits = []
    for where, text in texts:
        normalised = normalise(text)
        hits += [Hit(KIND_WORDS[found.kind][0], where) for found in _found(gate, normalised)]
        hits += [
            Hit("case reference", where) for mark in _REFERENCE.findall(normalised.folded) if mark in gate.references
        ]
    return list(dict.fromkeys(hits))


def _found(gate: Gate, text: NormalisedText) -> Iterator[Found]:
    for found in find_known(text, gate.matcher):
        if found.kind is not Kind.ADDRESS or _is_whole_address(text, found):
            yield found


def _is_telling(term: Term) -> bool:
    """Whether a form of an identifier points to one person even among thousands of others."""
    if term.basis is not Basis.KNOWN:
        return False
    words = _WORD.findall(term.text)
    if term.kind is Kind.ADDRESS:
        return len(words) > 1 and (words[-1] in STREET_WORDS or not all(_is_common(word) for word in words))
    if term.kind is not Kind.PERSON:
        return True
    if len(words) > 1:
        return min(map(len, words)) > 1
    return term.distance == 0 and len(term.text) >= SHORTEST_RARE_WORD and not _is_common(term.text)


@lru_cache(maxsize=100_000)
def _is_common(word: str) -> bool:
    return any(kind(word) for kind in (is_name, is_ordinary, is_ordinary_for_name, is_place, is_wide_area))


def _is_whole_address(text: NormalisedText, found: Found) -> bool:
    """A street is no address until it has a number; the name of a house is one."""
    words = text.folded[found.start : found.end].split()
    return words[-1].strip(".") not in STREET_WORDS or any(word[0].isdigit() for word in words)
