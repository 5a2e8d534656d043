"""Proposes what nobody has on record: unknown people and places that only a person can settle.

The strong signs come first (see `cues`), then every capital that neither the start of a sentence nor the lexicon
explains. A proposal that is wrong costs a keystroke; a name that is missed goes to a whole panel.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from dard.pseudonymisation.addresses import STREET_WORDS
from dard.pseudonymisation.context import word_after, word_before
from dard.pseudonymisation.cues import NAMES_OF_PLACES, acts_as_person, is_relation, is_used_as_word, marks_by_cues
from dard.pseudonymisation.lexicon import (
    PARTICLES,
    follows_a_person,
    in_lexicon,
    is_forename,
    is_function_word,
    is_name,
    is_place,
    is_word_name,
    is_word_place,
    may_join_name,
)
from dard.pseudonymisation.normalised import NormalisedText
from dard.pseudonymisation.spans import Basis, Found, Kind
from dard.pseudonymisation.words import Word, gap_between, person_follows, person_precedes, words_of

_PERSON, _PLACE = Kind.RELATIVE_OR_OTHER_PERSON, Kind.PLACE

_INSTITUTIONS_TEXT = """
hospital infirmary clinic surgery practice pharmacy hostel house lodge ward unit centre school college university
academy prison trust team service services council church mosque hotel inn pub arms park station bridge river
foundation project police tower flats mansions heights buildings constabulary library market hall court estate refuge
hub campus farm beach woods common
"""
_INSTITUTIONS = frozenset(_INSTITUTIONS_TEXT.split())
_PLACE_PREPOSITIONS = frozenset({"in", "near", "around", "outside", "towards", "across", "throughout"})
_WORD_PLACE_PREPOSITIONS = _PLACE_PREPOSITIONS | {"from"}
_EPONYM_HEADS_TEXT = """
disease syndrome score scale coma chorea palsy lymphoma inventory encephalopathy psychosis sign test dementia frailty
index oesophagus ulcer haematoma criteria law
"""
_EPONYM_HEADS = frozenset(_EPONYM_HEADS_TEXT.split())
_EPONYMS = frozenset(
    {"parkinson", "parkinsons", "huntington", "addison", "barrett", "hodgkin", "down", "downs", "glasgow"}
)
_CHARITIES = frozenset(
    {("marie", "curie"), ("elizabeth", "fry"), ("john", "lewis"), ("macmillan", "nurse"), ("macmillan", "cancer")}
)
_SHORTEST_NAME_IN_CAPITALS = 6
_SHORTEST_NAME_IN_SMALL_LETTERS = 4
# Given names that in small letters are drugs, weights or verbs.
_SLANG_TEXT = "charlie molly mandy billy harry henry mary jane josh jimmy paddy roger"
_SLANG = frozenset(_SLANG_TEXT.split())


def propose(text: NormalisedText) -> tuple[Found, ...]:
    """The proposals for a text whose certain finds are masked already; they do not overlap."""
    words = words_of(text)
    marks = marks_by_cues(text, words)
    _mark_capitals(text, words, marks)
    _mark_repeats(words, marks)
    _mark_neighbours(text, words, marks)
    return _with_shared_values(list(_grouped(text, words, marks)))


def _mark_capitals(text: NormalisedText, words: Sequence[Word], marks: dict[int, Kind]) -> None:
    """From right to left, so that a word that opens a sentence can lean on the name after it."""
    for place in range(len(words) - 1, -1, -1):
        word = words[place]
        if place in marks or word.touches_figures:
            continue
        kind = _kind_of(text, words, place, marks) if word.is_capital else _kind_in_small_letters(word)
        if kind:
            marks[place] = kind


def _kind_of(text: NormalisedText, words: Sequence[Word], place: int, marks: dict[int, Kind]) -> Kind | None:
    word = words[place]
    leans = _leans_on_name(text, words, place, marks)
    if len(word.cased) == 1:
        is_initial = word.cased not in "AI" or text.folded[word.end : word.end + 1] == "."
        return _PERSON if is_initial and leans else None
    if word.is_upper or word.is_shorthand:
        return _kind_of_upper(words, place) or (_PERSON if leans and not _explains_itself(word) else None)
    if _is_eponym(text, word) or _is_charity(words, place):
        return None
    if is_place(word.folded):
        return _PLACE
    if is_word_place(word.folded) and word_before(text, word.start) in _WORD_PLACE_PREPOSITIONS:
        return _PLACE
    if is_name(word.folded):
        return _kind_by_company(text, word)
    if is_word_name(word.folded):
        is_titled = not leans and _stands_in_title_case(text, words, place)
        return _PERSON if not is_titled and _is_used_as_name(text, word, leans=leans) else None
    if word.is_ordinary or is_word_place(word.folded):
        return None
    if word.opens_sentence and not (leans or acts_as_person(text, word)):
        return None
    return _kind_by_company(text, word)


def _kind_in_small_letters(word: Word) -> Kind | None:
    """Notes typed without capitals: only what is a town or a given name and nothing else, drug slang neither."""
    if is_place(word.folded):
        return _PLACE
    is_given_name = is_forename(word.folded) and len(word.folded) >= _SHORTEST_NAME_IN_SMALL_LETTERS
    return _PERSON if is_given_name and word.folded not in _SLANG else None


def _kind_of_upper(words: Sequence[Word], place: int) -> Kind | None:
    """A word in capitals is shorthand unless it is a name, or too long for shorthand where nobody shouts."""
    word = words[place]
    if word.is_acronym or word.is_shorthand:
        return None
    if is_name(word.folded):
        return _PERSON
    if is_place(word.folded):
        return _PLACE
    around = [*words[max(0, place - 2) : place], *words[place + 1 : place + 3]]
    is_shouted = any(near.is_upper and near.is_ordinary and not near.is_acronym for near in around)
    is_long = len(word.folded) >= _SHORTEST_NAME_IN_CAPITALS
    return _PERSON if is_long and not is_shouted and not word.is_ordinary else None


def _explains_itself(word: Word) -> bool:
    return word.is_ordinary or word.is_shorthand or word.is_acronym


def _leans_on_name(text: NormalisedText, words: Sequence[Word], place: int, marks: dict[int, Kind]) -> bool:
    """Whether a name, proposed or already redacted, follows at once."""
    word = words[place]
    dot = 1 if len(word.cased) == 1 and text.folded[word.end : word.end + 1] == "." else 0
    if person_follows(text, word.end + dot):
        return True
    if marks.get(place + 1) is not _PERSON:
        return False
    return gap_between(text, word, words[place + 1]) in {" ", "-", *([". ", "."] if dot else ())}


def _is_used_as_name(text: NormalisedText, word: Word, *, leans: bool) -> bool:
    if is_used_as_word(text, word):
        return False
    return not word.opens_sentence or leans or acts_as_person(text, word)


def _stands_in_title_case(text: NormalisedText, words: Sequence[Word], place: int) -> bool:
    """Whether an ordinary capitalised word stands beside it: "Public Health Grant", "Criminal Justice Team"."""
    for near in (place - 1, place + 1):
        if 0 <= near < len(words) and words[near].is_capital and words[near].is_ordinary:
            left, right = sorted((near, place))
            word = words[near]
            tells_nothing = word.opens_sentence or is_function_word(word.folded) or is_relation(word.folded)
            if gap_between(text, words[left], words[right]) == " " and not tells_nothing:
                return True
    return False


def _is_eponym(text: NormalisedText, word: Word) -> bool:
    return word.folded in _EPONYMS and word_after(text, word.end) in _EPONYM_HEADS


def _is_charity(words: Sequence[Word], place: int) -> bool:
    names = [word.folded for word in words[max(0, place - 1) : place + 2]]
    return any(pair in _CHARITIES for pair in pairwise(names))


def _kind_by_company(text: NormalisedText, word: Word) -> Kind:
    """A place by what stands beside it ("in X", "X Hospital"); a person otherwise, and always when something is X's."""
    if word.is_possessive:
        return _PERSON
    after = word_after(text, word.end)
    next_is_capital = text.cased[word.end + 1 : word.end + 2].isupper()
    if next_is_capital and after in _INSTITUTIONS:
        return _PLACE
    is_in = word_before(text, word.start) in _PLACE_PREPOSITIONS and not is_name(word.folded)
    return _PLACE if is_in else _PERSON


def _mark_repeats(words: Sequence[Word], marks: dict[int, Kind]) -> None:
    """A word proposed once is proposed wherever it stands, also where a sentence begins with it."""
    proposed = {words[place].folded for place in marks if not words[place].is_ordinary}
    kinds = {words[place].folded: kind for place, kind in marks.items()}
    for place, word in enumerate(words):
        if place not in marks and word.is_capital and word.folded in proposed:
            marks[place] = kinds[word.folded]


def _mark_neighbours(text: NormalisedText, words: Sequence[Word], marks: dict[int, Kind]) -> None:
    """The rest of a name: a capital right after a name joins it ("Terry Baker"), from left to right."""
    for place, word in enumerate(words):
        if place in marks or not word.is_capital or text.folded[word.end : word.end + 1] == ":":
            continue
        follows = person_precedes(text, word.start) or (
            marks.get(place - 1) is _PERSON and gap_between(text, words[place - 1], word) in {" ", "-"}
        )
        if follows and _may_end_name(text, word):
            marks[place] = _PERSON


def _may_end_name(text: NormalisedText, word: Word) -> bool:
    if word.opens_sentence or word.touches_figures or word.is_negation or follows_a_person(word.folded):
        return False
    if len(word.cased) == 1:
        return word.cased not in "AI"
    # "Baker" may be the rest of a name, "Reported" hardly.
    if word.is_shorthand or word.is_acronym or (word.is_ordinary and not in_lexicon(word.folded)):
        return False
    is_label = word_after(text, word.end) == "of"
    return may_join_name(word.folded) and word.folded not in _INSTITUTIONS and not is_label


def _grouped(text: NormalisedText, words: Sequence[Word], marks: dict[int, Kind]) -> Iterator[Found]:
    """Marked words that make one name, with the particles and initials inside it, as one proposal each."""
    group: list[int] = []
    for place in sorted(marks):
        if group and not (marks[place] is marks[group[0]] and _belongs(text, words, group[-1], place)):
            yield _proposal(text, words, marks, group)
            group = []
        group.append(place)
    if group:
        yield _proposal(text, words, marks, group)


def _belongs(text: NormalisedText, words: Sequence[Word], left: int, right: int) -> bool:
    if words[left].is_possessive and words[right].folded not in STREET_WORDS:
        return False
    between = text.folded[words[left].end : words[right].start]
    is_initial = len(words[left].cased) == 1 or words[left].folded in NAMES_OF_PLACES
    if right == left + 1:
        return between in {" ", "-", "'s "} or (is_initial and between in {". ", "."})
    inner = words[left + 1 : right]
    return all(word.folded in PARTICLES for word in inner) and not re.search(r"[^a-z' -]", between)


def _proposal(text: NormalisedText, words: Sequence[Word], marks: dict[int, Kind], group: Sequence[int]) -> Found:
    start, end = words[group[0]].start, words[group[-1]].end
    return Found(start, end, marks[group[0]], Basis.REVIEW, text.folded[start:end])


def _with_shared_values(finds: Sequence[Found]) -> tuple[Found, ...]:
    """A part of a longer proposed name stands for the same person: "Terry Baker", then "Terry"."""
    longest: list[tuple[Kind, frozenset[str], str]] = []
    for found in sorted(finds, key=lambda found: -len(found.value.split())):
        parts = frozenset(found.value.split())
        if not any(kind is found.kind and parts <= others for kind, others, _ in longest):
            longest.append((found.kind, parts, found.value))
    shared: list[Found] = []
    for found in finds:
        parts = frozenset(found.value.split())
        value = next(value for kind, others, value in longest if kind is found.kind and parts <= others)
        shared.append(Found(found.start, found.end, found.kind, found.basis, value))
    return tuple(shared)
