"""Every pair of states of a summary: who may take the step, and whether they must say why."""

import itertools

import pytest

from dard.core.actor import Actor
from dard.core.errors import ForbiddenError, TransitionError
from dard.core.permissions import Permission
from dard.pseudonymisation.enums import SummaryStatus as S
from dard.pseudonymisation.states import SUMMARY_WORKFLOW

ALLOWED = {
    (S.DRAFT, S.SUBMITTED): (Permission.SUMMARY_WRITE, False),
    (S.SUBMITTED, S.APPROVED): (Permission.SUMMARY_APPROVE, False),
    (S.SUBMITTED, S.DRAFT): (Permission.SUMMARY_APPROVE, True),
    (S.APPROVED, S.DRAFT): (Permission.SUMMARY_WRITE, True),
}


@pytest.mark.parametrize(("before", "after"), list(itertools.product(S, S)))
def test_a_step_needs_its_permission_and_where_it_goes_back_a_reason(before, after):
    everybody = Actor.system("tests")
    if (before, after) not in ALLOWED:
        with pytest.raises(TransitionError):
            SUMMARY_WORKFLOW.check(everybody, before, after, "Why")
        return
    permission, needs_reason = ALLOWED[before, after]
    SUMMARY_WORKFLOW.check(Actor("A", permissions=frozenset({permission})), before, after, "Why")
    anybody_else = Actor("A", permissions=frozenset(Permission) - {permission})
    with pytest.raises(ForbiddenError):
        SUMMARY_WORKFLOW.check(anybody_else, before, after, "Why")
    if needs_reason:
        with pytest.raises(TransitionError, match="Say why"):
            SUMMARY_WORKFLOW.check(everybody, before, after, " ")
    else:
        SUMMARY_WORKFLOW.check(everybody, before, after)
