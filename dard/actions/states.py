"""The way of an action: owners do the work and say when it is done, the chair decides whether it was."""

from dard.actions.enums import ActionStatus as S
from dard.core.permissions import Permission
from dard.core.workflow import Step, Workflow

OPEN = frozenset({S.AGREED, S.IN_PROGRESS, S.BLOCKED, S.AWAITING_SIGN_OFF})
WITH_OWNER = OPEN - {S.AWAITING_SIGN_OFF}

_OWNER = Step(Permission.ACTION_UPDATE)
_OWNER_WHY = Step(Permission.ACTION_UPDATE, needs_reason=True)
_CHAIR_WHY = Step(Permission.ACTION_CLOSE, needs_reason=True)

ACTION_WORKFLOW = Workflow(
    {
        (S.AGREED, S.IN_PROGRESS): _OWNER,
        (S.AGREED, S.BLOCKED): _OWNER_WHY,
        (S.AGREED, S.AWAITING_SIGN_OFF): _OWNER,
        (S.IN_PROGRESS, S.BLOCKED): _OWNER_WHY,
        (S.IN_PROGRESS, S.AWAITING_SIGN_OFF): _OWNER,
        (S.BLOCKED, S.IN_PROGRESS): _OWNER,
        (S.AWAITING_SIGN_OFF, S.CLOSED): _CHAIR_WHY,  # the outcome
        (S.AWAITING_SIGN_OFF, S.IN_PROGRESS): _CHAIR_WHY,
        (S.AGREED, S.REJECTED): _CHAIR_WHY,
        (S.IN_PROGRESS, S.REJECTED): _CHAIR_WHY,
        (S.BLOCKED, S.REJECTED): _CHAIR_WHY,
        (S.AWAITING_SIGN_OFF, S.REJECTED): _CHAIR_WHY,
        (S.CLOSED, S.IN_PROGRESS): _CHAIR_WHY,
    }
)
