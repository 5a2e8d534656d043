"""Every pair of states: who may go, and what must be said."""

import itertools

import pytest

from dard.actions.enums import ActionStatus as S
from dard.actions.states import ACTION_WORKFLOW, OPEN, WITH_OWNER
from dard.core.actor import Actor
from dard.core.errors import ForbiddenError, TransitionError
from dard.core.permissions import Permission

OWNER = {
    (S.AGREED, S.IN_PROGRESS): False,
    (S.AGREED, S.BLOCKED): True,
    (S.AGREED, S.AWAITING_SIGN_OFF): False,
    (S.IN_PROGRESS, S.BLOCKED): True,
    (S.IN_PROGRESS, S.AWAITING_SIGN_OFF): False,
    (S.BLOCKED, S.IN_PROGRESS): False,
}
CHAIR = {
    (S.AWAITING_SIGN_OFF, S.CLOSED),
    (S.AWAITING_SIGN_OFF, S.IN_PROGRESS),
    (S.CLOSED, S.IN_PROGRESS),
    (S.AGREED, S.REJECTED),
    (S.IN_PROGRESS, S.REJECTED),
    (S.BLOCKED, S.REJECTED),
    (S.AWAITING_SIGN_OFF, S.REJECTED),
}


def somebody(*permissions):
    return Actor(label="Somebody", permissions=frozenset(permissions))


@pytest.mark.parametrize(("before", "after"), list(itertools.product(S, S)))
def test_a_pair_is_a_step_of_the_owner_or_of_the_chair_or_none(before, after):
    pair = (before, after)
    everybody = somebody(Permission.ACTION_UPDATE, Permission.ACTION_CLOSE)
    if pair not in OWNER and pair not in CHAIR:
        with pytest.raises(TransitionError):
            ACTION_WORKFLOW.check(everybody, before, after, "Because")
        return
    right, wrong = (
        (Permission.ACTION_UPDATE, Permission.ACTION_CLOSE)
        if pair in OWNER
        else (Permission.ACTION_CLOSE, Permission.ACTION_UPDATE)
    )
    ACTION_WORKFLOW.check(somebody(right), before, after, "Because")
    with pytest.raises(ForbiddenError):
        ACTION_WORKFLOW.check(somebody(wrong), before, after, "Because")
    if OWNER.get(pair, True):
        with pytest.raises(TransitionError):
            ACTION_WORKFLOW.check(somebody(right), before, after, " ")
    else:
        ACTION_WORKFLOW.check(somebody(right), before, after)


def test_closed_and_rejected_are_the_only_ends_and_sign_off_is_not_with_the_owner():
    assert set(S) - OPEN == {S.CLOSED, S.REJECTED}
    assert {S.AWAITING_SIGN_OFF} == OPEN - WITH_OWNER
