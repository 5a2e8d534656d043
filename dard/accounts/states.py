"""The way of a proposed account: one person proposes, another confirms."""

from dard.accounts.enums import ProposalStatus as S
from dard.core.permissions import Permission
from dard.core.workflow import Step, Workflow

PROPOSAL_WORKFLOW = Workflow(
    {
        (S.PROPOSED, S.CONFIRMED): Step(Permission.ACCOUNT_CONFIRM),
        (S.PROPOSED, S.DECLINED): Step(Permission.ACCOUNT_CONFIRM, needs_reason=True),
        (S.PROPOSED, S.WITHDRAWN): Step(Permission.ACCOUNT_PROPOSE),
    }
)
