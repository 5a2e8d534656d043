"""What a case is called at a meeting, who may be given its papers, and what a meeting still lacks. Pure."""

import secrets
from collections.abc import Collection

from dard.agreements.rules import Position
from dard.core.formats import count_text

# No vowels, so that no words come about, and nothing that is taken for something else (0 O, 1 I L, 5 S, 8 B, 2 Z, 6 G).
ALPHABET = "CDFGHJKMNPQRTVWX23479"
LENGTH = 4
PREFIX = "Case "


def new_pseudonym(taken: Collection[str]) -> str:
    """A name like “Case K7RD” that none of ``taken`` is.

    Drawn at random and never derived from the case, so that nobody can work back from it, nor tell that two meetings
    spoke of the same person (ICO, Anonymisation guidance: pseudonymisation, 2025).
    """
    while True:
        drawn = PREFIX + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        if drawn not in taken:
            return drawn


def papers_sentence(today: Position, on_the_day: Position) -> str:
    """Whether somebody may be given papers, from where their organisation stands today and on the meeting’s day."""
    if today.may_share and on_the_day.may_share:
        return "May receive papers."
    if today.may_share:
        return f"May receive papers today, but not on the day of the meeting. {on_the_day.why}."
    if on_the_day.may_share:
        return f"May receive papers on the day of the meeting, but not yet. {today.why}."
    return f"May not receive papers. {today.why}."


def gaps(*, cases: int, invited: int, awaited: int, without_papers: int) -> list[str]:
    """What a planned meeting still lacks, each as a sentence without its full stop."""
    found = []
    if not cases:
        found.append("No case is on the agenda yet")
    if not invited:
        found.append("Nobody has been invited yet")
    if awaited:
        found.append(count_text(awaited, "reply is", "replies are") + " awaited")
    if without_papers:
        found.append(count_text(without_papers, "invited person", "invited people") + " may not receive papers")
    return found
