"""The way of a proposed account: every pair of states."""

import itertools

import pytest

from dard.accounts.enums import ProposalStatus as P
from dard.accounts.states import PROPOSAL_WORKFLOW
from dard.core.actor import Actor
from dard.core.errors import ForbiddenError, TransitionError
from dard.core.permissions import Permission

STEPS = {
    (P.PROPOSED, P.CONFIRMED): Permission.ACCOUNT_CONFIRM,
    (P.PROPOSED, P.DECLINED): Permission.ACCOUNT_CONFIRM,
    (P.PROPOSED, P.WITHDRAWN): Permission.ACCOUNT_PROPOSE,
}
EVERYTHING = frozenset(Permission)


@pytest.mark.parametrize("pair", list(itertools.product(P, repeat=2)))
def test_a_proposal_is_decided_once_by_those_whose_it_is(pair: tuple[P, P]) -> None:
    able = Actor(label="may everything", permissions=EVERYTHING)
    if pair not in STEPS:
        with pytest.raises(TransitionError):
            PROPOSAL_WORKFLOW.check(able, *pair, "a reason")
        return
    PROPOSAL_WORKFLOW.check(able, *pair, "a reason")
    with pytest.raises(ForbiddenError):
        PROPOSAL_WORKFLOW.check(Actor(label="x", permissions=EVERYTHING - {STEPS[pair]}), *pair, "a reason")
    if pair[1] is P.DECLINED:
        with pytest.raises(TransitionError, match="Say why"):
            PROPOSAL_WORKFLOW.check(able, *pair)
