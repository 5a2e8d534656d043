"""The way of a meeting: every pair of states."""

import itertools

import pytest

from dard.core.actor import Actor
from dard.core.errors import ForbiddenError, TransitionError
from dard.core.permissions import Permission
from dard.panels.enums import MeetingStatus as M
from dard.panels.states import MEETING_WORKFLOW

MANAGER = Actor(label="a coordinator", permissions=frozenset({Permission.MEETING_MANAGE}))
CHAIR = Actor(label="a chair", permissions=frozenset({Permission.MEETING_VIEW_EVERY}))
NEEDS_REASON = {(M.PLANNED, M.HELD): False, (M.PLANNED, M.CANCELLED): True}


@pytest.mark.parametrize("pair", list(itertools.product(M, repeat=2)))
def test_a_planned_meeting_is_held_or_cancelled_and_nothing_else_happens(pair: tuple[M, M]) -> None:
    if pair not in NEEDS_REASON:
        with pytest.raises(TransitionError):
            MEETING_WORKFLOW.check(MANAGER, *pair, "a reason")
        return
    MEETING_WORKFLOW.check(MANAGER, *pair, "a reason")
    with pytest.raises(ForbiddenError):
        MEETING_WORKFLOW.check(CHAIR, *pair, "a reason")
    if NEEDS_REASON[pair]:
        with pytest.raises(TransitionError):
            MEETING_WORKFLOW.check(MANAGER, *pair)
    else:
        MEETING_WORKFLOW.check(MANAGER, *pair)
