"""The ways of an agreement and of its parties: every pair of states, allowed or not."""

import itertools

import pytest

from dard.agreements.enums import AgreementStatus, PartyState
from dard.agreements.states import AGREEMENT_WORKFLOW, PARTY_WORKFLOW
from dard.core.actor import Actor
from dard.core.errors import ForbiddenError, TransitionError
from dard.core.permissions import Permission

MANAGER = Actor(label="a coordinator", permissions=frozenset({Permission.AGREEMENT_MANAGE}))
READER = Actor(label="a chair", permissions=frozenset({Permission.AGREEMENT_VIEW}))
A, P = AgreementStatus, PartyState
ALLOWED = {
    (A.DRAFT, A.IN_FORCE): False,
    (A.DRAFT, A.TERMINATED): True,
    (A.IN_FORCE, A.TERMINATED): True,
    (P.INVITED, P.SIGNED): False,
    (P.INVITED, P.DECLINED): True,
    (P.DECLINED, P.INVITED): False,
    (P.SIGNED, P.WITHDRAWN): True,
    (P.WITHDRAWN, P.SIGNED): False,
}
PAIRS = [
    (workflow, pair)
    for workflow, states in ((AGREEMENT_WORKFLOW, A), (PARTY_WORKFLOW, P))
    for pair in itertools.product(states, repeat=2)
]


@pytest.mark.parametrize(
    ("workflow", "pair"), PAIRS, ids=lambda value: "-".join(value) if isinstance(value, tuple) else ""
)
def test_only_the_written_steps_are_allowed_and_only_to_those_who_manage(workflow, pair) -> None:
    if pair not in ALLOWED:
        with pytest.raises(TransitionError):
            workflow.check(MANAGER, *pair, "a reason")
        return
    workflow.check(MANAGER, *pair, "a reason")
    with pytest.raises(ForbiddenError):
        workflow.check(READER, *pair, "a reason")
    if ALLOWED[pair]:
        with pytest.raises(TransitionError):
            workflow.check(MANAGER, *pair, "  ")
    else:
        workflow.check(MANAGER, *pair)
