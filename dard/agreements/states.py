"""The way of an agreement and of each of its parties."""

from dard.agreements.enums import AgreementStatus as A
from dard.agreements.enums import PartyState as P
from dard.core.permissions import Permission
from dard.core.workflow import Step, Workflow

_MANAGE = Step(Permission.AGREEMENT_MANAGE)
_WHY = Step(Permission.AGREEMENT_MANAGE, needs_reason=True)

AGREEMENT_WORKFLOW = Workflow(
    {
        (A.DRAFT, A.IN_FORCE): _MANAGE,
        (A.DRAFT, A.TERMINATED): _WHY,
        (A.IN_FORCE, A.TERMINATED): _WHY,
    }
)
PARTY_WORKFLOW = Workflow(
    {
        (P.INVITED, P.SIGNED): _MANAGE,
        (P.INVITED, P.DECLINED): _WHY,
        (P.DECLINED, P.INVITED): _MANAGE,
        (P.SIGNED, P.WITHDRAWN): _WHY,
        (P.WITHDRAWN, P.SIGNED): _MANAGE,
    }
)
