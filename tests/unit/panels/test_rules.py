"""What a case is called at a meeting, who may be given papers, and what a meeting lacks."""

import re
import secrets

import pytest

from dard.agreements.rules import Position
from dard.panels.rules import ALPHABET, gaps, new_pseudonym, papers_sentence

YES, NO = Position(True, "Signed"), Position(False, "Not signed")


def test_a_pseudonym_is_four_unmistakable_characters() -> None:
    drawn = {new_pseudonym(()) for _ in range(200)}
    assert all(re.fullmatch(r"Case [A-Z2-9]{4}", name) for name in drawn)
    assert not set("AEIOU01LS5") & set("".join(name.removeprefix("Case ") for name in drawn))


def test_the_alphabet_repeats_nothing_and_holds_enough_names_for_any_meeting() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET)
    assert len(ALPHABET) ** 4 > 150_000


def test_a_name_that_is_taken_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    letters = iter("CCCCDDDD")
    monkeypatch.setattr(secrets, "choice", lambda _alphabet: next(letters))
    assert new_pseudonym({"Case CCCC"}) == "Case DDDD"


@pytest.mark.parametrize(
    ("today", "then", "sentence"),
    [
        (YES, YES, "May receive papers."),
        (YES, NO, "May receive papers today, but not on the day of the meeting. Not signed."),
        (NO, YES, "May receive papers on the day of the meeting, but not yet. Not signed."),
        (NO, NO, "May not receive papers. Not signed."),
    ],
)
def test_who_may_receive_papers_is_said_for_today_and_for_the_day(
    today: Position, then: Position, sentence: str
) -> None:
    assert papers_sentence(today, then) == sentence


def test_a_meeting_without_gaps_lacks_nothing() -> None:
    assert gaps(cases=3, invited=8, awaited=0, without_papers=0) == []


def test_every_gap_is_named() -> None:
    assert gaps(cases=0, invited=0, awaited=0, without_papers=0) == [
        "No case is on the agenda yet",
        "Nobody has been invited yet",
    ]
    assert gaps(cases=1, invited=4, awaited=1, without_papers=2) == [
        "1 reply is awaited",
        "2 invited people may not receive papers",
    ]
