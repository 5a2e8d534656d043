"""The parts under the redactor: normalising with a way back, marks, and the settling of overlaps."""

import pytest

from dard.pseudonymisation.lexicon import is_ordinary
from dard.pseudonymisation.normalised import OPAQUE, OPAQUE_PERSON, folded, normalise
from dard.pseudonymisation.spans import Basis, Found, Kind, without_overlaps
from dard.pseudonymisation.tokens import TOKEN, stands_for_person


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Łukasz WÓJCIK", "lukasz wojcik"),
        ("Siân", "sian"),
        ("Sia\u0302n", "sian"),
        ("O’Brien‘s", "o'brien's"),
        ("a–b—c‑d", "a-b-c-d"),
        ("Ｊｏｈｎ １２", "john 12"),
        ("٣٤", "34"),
        ("Groß ẞ", "gross ss"),
        ("Æble", "aeble"),
        ("ﬁne", "fine"),
        ("J\u200bo\u00adh\ufeffn", "john"),
        ("Јоhn", "john"),
        ("a \t\n\u00a0 b", "a b"),
        ("Smi-\nth", "smith"),
        ("SMI-\n  TH", "smith"),
        ("Smi\u00ad\nth", "smith"),
        ("Smith-\nJones", "smith-jones"),
        ("end -\nnext", "end - next"),
        ("Drug™ \ufffc \ue000", "drug\ufffd \ufffd \ufffd"),
        ("\u1fbd", "\u0313".strip("\u0313")),
        ("İ", "i"),
        ("\ud800a", "a"),
    ],
)
def test_texts_that_look_alike_become_alike(text: str, expected: str) -> None:
    assert folded(text) == expected


@pytest.mark.parametrize(
    ("text", "part", "source"),
    [
        ("x Jo\u0301 y", "jo", "Jo\u0301"),
        ("x J\u200bo y", "jo", "J\u200bo"),
        ("x Groß y", "gross", "Groß"),
        ("x Gros\u200b\u200b", "gros", "Gros\u200b\u200b"),
        ("x Smi-\nth y", "smith", "Smi-\nth"),
        ("Groß", "gros", "Groß"),
    ],
)
def test_every_stretch_leads_back_to_the_original(text: str, part: str, source: str) -> None:
    normalised = normalise(text)
    start = normalised.folded.index(part)

    first, last = normalised.source_span(start, start + len(part))
    assert text[first:last] == source


def test_case_runs_in_step_and_paragraphs_show() -> None:
    normalised = normalise("Jo\n\nAnn\nBo\n- Cy\nDay: x")

    assert normalised.folded == "jo ann bo - cy day: x"
    assert normalised.cased == "Jo\nAnn Bo\n- Cy\nDay: x"


def test_our_marks_are_one_character_that_nothing_matches() -> None:
    normalised = normalise("[person 2] of [address] [John]")

    assert normalised.folded == f"{OPAQUE_PERSON} of {OPAQUE} [john]"
    assert normalised.source_span(0, 1) == (0, 10)


def test_masked_and_collapsed_texts_keep_the_way_back() -> None:
    normalised = normalise("told John twice")

    masked = normalised.masked([(5, 9, True)])
    collapsed = normalised.collapsed([(5, 9, False)])
    assert masked.folded == f"told {OPAQUE_PERSON * 4} twice"
    assert collapsed.folded == f"told {OPAQUE} twice"
    assert collapsed.source_span(7, 12) == (10, 15)


@pytest.mark.parametrize(
    ("text", "is_mark"),
    [
        ("[person]", True), ("[person 12]", True), ("[name? 3]", True), ("[place? 1]", True), ("[day -12]", True),
        ("[day 0]", True), ("[date]", True), ("[age 90 or over]", True), ("[NHS number]", True),
        ("[other person]", True),
        ("[person 0]", False), ("[John]", False), ("[day x]", False), ("[ person]", False), ("[Person]", False),
    ],
)  # fmt: skip
def test_only_our_own_marks_are_marks(text: str, is_mark: bool) -> None:
    assert (TOKEN.fullmatch(text) is not None) is is_mark


def test_marks_of_people_are_told_from_marks_of_things() -> None:
    assert all(map(stands_for_person, ("[person]", "[name? 2]", "[other person 3]")))
    assert not any(map(stands_for_person, ("[place? 1]", "[phone]", "[day 3]")))


def find(start: int, end: int, basis: Basis = Basis.KNOWN, kind: Kind = Kind.PERSON) -> Found:
    """A find with a value of its own."""
    return Found(start, end, kind, basis, f"{start}-{end}")


def test_the_longest_find_wins_then_the_most_trusted() -> None:
    text = "aaaa bbbb cccc"

    kept = without_overlaps([find(0, 4), find(0, 9, Basis.REVIEW), find(10, 14, Basis.PATTERN), find(10, 14)], text)
    assert kept == (find(0, 9, Basis.REVIEW), find(10, 14))


def test_what_the_winner_leaves_uncovered_stays_found() -> None:
    text = "aaaa bbbb cccc"

    kept = without_overlaps([find(0, 9), find(5, 14, Basis.PATTERN), find(3, 10, Basis.REVIEW)], text)
    assert [(found.start, found.end, found.basis) for found in kept] == [(0, 9, Basis.KNOWN), (10, 14, Basis.PATTERN)]


def test_a_find_split_by_a_longer_one_leaves_two_parts() -> None:
    text = "aa 12345678 bb"

    kept = without_overlaps([find(0, 14, Basis.REVIEW), find(3, 11)], text)
    assert [(found.start, found.end) for found in kept] == [(0, 14)]
    crossing = without_overlaps([find(3, 11), find(0, 5, Basis.PATTERN), find(10, 14, Basis.PATTERN)], text)
    assert [(found.start, found.end) for found in crossing] == [(0, 2), (3, 11), (12, 14)]


def test_a_remainder_without_letters_or_figures_is_dropped() -> None:
    assert without_overlaps([find(1, 9), find(0, 3, Basis.PATTERN)], "-aaaa bbbb") == (find(1, 9),)


@pytest.mark.parametrize(
    ("word", "ordinary"),
    [("swabbed", True), ("tries", True), ("toxicology", True), ("unseen", True), ("terry", False), ("quill", False),
     ("fentanyls", True), ("zzzazepam", True), ("clement", False)],
)  # fmt: skip
def test_words_are_ordinary_when_their_stem_or_build_explains_them(word: str, ordinary: bool) -> None:
    assert is_ordinary(word) is ordinary
