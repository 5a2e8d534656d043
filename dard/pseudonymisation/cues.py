"""The strong signs of an unknown person or place: a title, a relation, a street.

"Mr X" and "her brother X" hold in small letters and at the start of a sentence too, where a capital alone says nothing.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from dard.pseudonymisation.addresses import PLAIN_STREET_WORDS, STREET_WORDS
from dard.pseudonymisation.context import word_after, word_before
from dard.pseudonymisation.lexicon import (
    follows_a_person,
    is_function_word,
    is_name,
    is_place,
    is_technical,
    is_word_name,
    reads_as_word,
)
from dard.pseudonymisation.normalised import NormalisedText
from dard.pseudonymisation.spans import Kind
from dard.pseudonymisation.words import Word, gap_between

_PERSON, _PLACE = Kind.RELATIVE_OR_OTHER_PERSON, Kind.PLACE

_TITLES_TEXT = """
mr mrs ms miss mx dr doctor prof professor sir lady lord dame rev reverend cllr councillor judge imam rabbi
"""
_TITLES = frozenset(_TITLES_TEXT.split())
_RANKS_TEXT = """
nurse sister pc dc ds di dci sgt sergeant inspector constable officer detective paramedic matron aunt auntie uncle
coroner father superintendent commissioner
"""
_RANKS = frozenset(_RANKS_TEXT.split())
_KIN_TEXT = """
brother sister mother father mum mom mam dad partner husband wife son daughter friend neighbour girlfriend boyfriend
aunt auntie uncle cousin nephew niece grandmother grandfather gran grandad granddad nan nana nanna grandma grandson
granddaughter stepfather stepmother stepdad stepmum stepson stepdaughter stepbrother stepsister carer landlord
landlady flatmate housemate roommate cellmate keyworker worker nurse consultant psychiatrist psychologist solicitor
coordinator manager officer dealer fiance fiancee ex twin sibling child baby widow widower colleague acquaintance
associate paramedic practitioner gp nok kin informant witness doctor therapist counsellor prescriber pharmacist named
called nicknamed godmother godfather lodger tenant
"""
_KIN = frozenset(_KIN_TEXT.split())
_KIN_GAP = re.compile(r" |, | \(|: ?| - | (?:called|named|is|was|known as) |, (?:called|named|known as) ")
_KIN_AFTER = re.compile(
    r"(?:,| \() ?(?:(?:his|her|their|the|a|an|my) )?(?:[a-z]{2,12} )?(?P<kin>[a-z]{2,14})(?=[,) .])"
)
_QUOTED = re.compile(
    r"\b(?:as|called|nicknamed|name of|nickname|alias|aka|from|by|with) \"(?P<quoted>[a-z' -]{2,30})\""
)
# Words that begin the name of a place: "St Martins", "HMP Wayland".
NAMES_OF_PLACES = frozenset({"st", "saint", "hmp", "yoi"})
_LONGEST_NAME_IN_STREET = 3


def marks_by_cues(text: NormalisedText, words: Sequence[Word]) -> dict[int, Kind]:
    """The words that a title, a relation or a street gives away, by their place among `words`."""
    marks: dict[int, Kind] = {}
    _mark_titles(text, words, marks)
    _mark_kin(text, words, marks)
    _mark_streets(text, words, marks)
    _mark_quoted(text, words, marks)
    return marks


def is_relation(word: str) -> bool:
    """Whether a folded word says who somebody is to somebody: kin, friend, neighbour, worker."""
    return word in _KIN


def is_used_as_word(text: NormalisedText, word: Word) -> bool:
    """Whether a word that is also a name is a word here: "Grace period", "Rose-coloured"."""
    after = word_after(text, word.end)
    return word.is_compounded or reads_as_word(word.folded, word_before(text, word.start), after)


def acts_as_person(text: NormalisedText, word: Word) -> bool:
    """Whether what follows shows a person: a verb, a possessive, or kinship in apposition ("Grace, his sister,")."""
    if word.is_possessive or follows_a_person(word_after(text, word.end)):
        return True
    apposed = _KIN_AFTER.match(text.folded, word.end)
    return apposed is not None and apposed["kin"] in _KIN


def _mark_titles(text: NormalisedText, words: Sequence[Word], marks: dict[int, Kind]) -> None:
    for place, (title, named) in enumerate(pairwise(words)):
        if gap_between(text, title, named) not in {" ", ". "}:
            continue
        is_title = title.folded in _TITLES and (title.is_capital or title.folded in {"mr", "mrs"})
        is_rank = title.folded in _RANKS and title.is_capital
        # "MS Contin" and "MR scan" are no titles: a title in capitals goes with a name in capitals.
        if title.is_upper and not named.is_upper and len(title.cased) == 2 and title.folded in {"ms", "mr", "dr"}:
            continue
        if (is_title and _may_bear_title(named)) or (is_rank and named.is_capital and _may_be_name(named)):
            marks[place + 1] = _PERSON


def _may_bear_title(word: Word) -> bool:
    """Any capital after "Mrs" is a name, "Mrs Baker" too; in small letters only what is nothing else."""
    if not word.is_capital:
        return is_name(word.folded) or not word.is_ordinary
    return is_word_name(word.folded) or not (
        word.is_acronym or is_function_word(word.folded) or is_technical(word.folded)
    )


def _may_be_name(word: Word) -> bool:
    return not word.is_shorthand and not word.is_acronym and (is_word_name(word.folded) or not word.is_ordinary)


def _mark_kin(text: NormalisedText, words: Sequence[Word], marks: dict[int, Kind]) -> None:
    for place, word in enumerate(words):
        if word.folded not in _KIN or word.is_possessive:
            continue
        # The bridge ("called", "is", "known as") is itself up to two words.
        for further, ahead in enumerate(words[place + 1 : place + 4], place + 1):
            gap = gap_between(text, word, ahead)
            if _KIN_GAP.fullmatch(gap) and _is_named_by_kin(text, ahead, gap):
                marks[further] = _PERSON


def _is_named_by_kin(text: NormalisedText, word: Word, gap: str) -> bool:
    if word.is_capital:
        is_prose = is_word_name(word.folded) and is_used_as_word(text, word)
        return _may_be_name(word) and not is_prose and not is_place(word.folded)
    return gap == " " and is_name(word.folded)


def _mark_quoted(text: NormalisedText, words: Sequence[Word], marks: dict[int, Kind]) -> None:
    """Street names: capitals in quotation marks after "known as", "bought from" and the like."""
    starts = {word.start: place for place, word in enumerate(words)}
    for found in _QUOTED.finditer(text.folded):
        first = starts.get(found.start("quoted"))
        while first is not None and first < len(words) and words[first].end <= found.end("quoted"):
            if not words[first].is_capital:
                break
            marks[first] = _PERSON
            first += 1


def _mark_streets(text: NormalisedText, words: Sequence[Word], marks: dict[int, Kind]) -> None:
    for place, word in enumerate(words):
        if word.folded in NAMES_OF_PLACES and word.is_capital and _first_of_street(text, words, place) == place:
            named = words[place + 1] if place + 1 < len(words) else word
            is_adjacent = gap_between(text, word, named) in {" ", ". "}
            if is_adjacent and named.is_capital and not is_function_word(named.folded):
                marks.update({place + 1: _PLACE} if word.is_upper else {place: _PLACE, place + 1: _PLACE})
        elif word.is_capital and word.folded in STREET_WORDS and place:
            first = _first_of_street(text, words, place)
            before = words[place - 1]
            is_plain = word.folded in PLAIN_STREET_WORDS or word.folded == "st"
            is_street = is_plain or not (before.is_ordinary or before.is_acronym)
            if first < place and is_street:
                marks.update(dict.fromkeys(range(first, place + 1), _PLACE))


def _first_of_street(text: NormalisedText, words: Sequence[Word], place: int) -> int:
    """Where the name of a street begins: capitals before the street word, without the verb that opens the sentence."""
    first = place
    while first and place - first < _LONGEST_NAME_IN_STREET:
        before = words[first - 1]
        opens = before.opens_sentence and before.is_ordinary and first < place
        is_part = before.is_capital and not (is_function_word(before.folded) or before.is_acronym)
        is_part = is_part and before.folded not in NAMES_OF_PLACES
        if opens or not is_part or gap_between(text, before, words[first]) not in {" ", "-", "'s "}:
            break
        first -= 1
    return first
