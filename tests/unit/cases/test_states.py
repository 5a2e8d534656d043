"""Every pair of states, and who may see and count cases."""

import itertools
import uuid

import pytest

from dard.cases.enums import CaseStatus
from dard.cases.policy import counted_for, visible_to
from dard.cases.states import BY_OTHER_WORK, CASE_WORKFLOW, MAY_BE_SCHEDULED, steps_by_hand
from dard.core.actor import Actor
from dard.core.errors import ForbiddenError, TransitionError
from dard.core.permissions import Permission

COORDINATOR = Actor.system("tests")
NOBODY = Actor(label="nobody", user_id=uuid.uuid4())
PAIRS = list(itertools.product(CaseStatus, CaseStatus))


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_a_pair_is_in_the_table_or_refused(before, after):
    step = CASE_WORKFLOW.steps.get((before, after))
    if step is None:
        with pytest.raises(TransitionError):
            CASE_WORKFLOW.check(COORDINATOR, before, after, "because")
        return
    CASE_WORKFLOW.check(COORDINATOR, before, after, "because")
    with pytest.raises(ForbiddenError):
        CASE_WORKFLOW.check(NOBODY, before, after, "because")
    if step.needs_reason:
        with pytest.raises(TransitionError, match="Say why"):
            CASE_WORKFLOW.check(COORDINATOR, before, after, "  ")


def test_every_state_but_the_first_can_be_reached_and_every_state_left():
    assert {after for _before, after in CASE_WORKFLOW.steps} == set(CaseStatus) - {CaseStatus.NOTIFIED}
    assert {before for before, _after in CASE_WORKFLOW.steps} == set(CaseStatus)
    assert CaseStatus.CLOSED not in MAY_BE_SCHEDULED


@pytest.mark.parametrize("before", list(CaseStatus))
def test_by_hand_a_case_never_goes_where_only_meetings_and_actions_bring_it(before):
    assert not set(steps_by_hand(COORDINATOR, before)) & BY_OTHER_WORK
    assert steps_by_hand(NOBODY, before) == []
    assert steps_by_hand(COORDINATOR, CaseStatus.SCHEDULED) == []


def test_without_the_permission_nothing_is_seen_and_nothing_counted():
    assert "false" in str(visible_to(NOBODY)).lower() or "0 = 1" in str(visible_to(NOBODY))
    assert "false" in str(counted_for(NOBODY)).lower() or "0 = 1" in str(counted_for(NOBODY))
    reader = Actor(label="x", user_id=uuid.uuid4(), permissions=frozenset({Permission.REPORT_VIEW}))
    assert str(counted_for(reader)) != str(counted_for(NOBODY))
    assert str(visible_to(reader)) == str(visible_to(NOBODY))
