"""The way of a case (OHID partnership review process; the states are the partnership's own words for its steps)."""

from dard.cases.enums import CaseStatus as S
from dard.core.actor import Actor
from dard.core.permissions import Permission
from dard.core.workflow import Step, Workflow

_ON = Step(Permission.CASE_MANAGE)
_WHY = Step(Permission.CASE_MANAGE, needs_reason=True)

CASE_WORKFLOW = Workflow(
    {
        (S.NOTIFIED, S.OPEN): _ON,
        (S.NOTIFIED, S.OUT_OF_SCOPE): _WHY,
        (S.NOTIFIED, S.ON_HOLD): _WHY,
        (S.OPEN, S.INFORMATION_GATHERING): _ON,
        (S.OPEN, S.READY_FOR_TRIAGE): _ON,
        (S.OPEN, S.SCHEDULED): _ON,
        (S.OPEN, S.OUT_OF_SCOPE): _WHY,
        (S.OPEN, S.ON_HOLD): _WHY,
        (S.INFORMATION_GATHERING, S.READY_FOR_TRIAGE): _ON,
        (S.INFORMATION_GATHERING, S.SCHEDULED): _ON,
        (S.INFORMATION_GATHERING, S.OUT_OF_SCOPE): _WHY,
        (S.INFORMATION_GATHERING, S.ON_HOLD): _WHY,
        (S.READY_FOR_TRIAGE, S.INFORMATION_GATHERING): _WHY,
        (S.READY_FOR_TRIAGE, S.SCHEDULED): _ON,
        (S.READY_FOR_TRIAGE, S.OUT_OF_SCOPE): _WHY,
        (S.READY_FOR_TRIAGE, S.ON_HOLD): _WHY,
        (S.SCHEDULED, S.READY_FOR_TRIAGE): _WHY,
        (S.SCHEDULED, S.REVIEWED): _ON,
        (S.SCHEDULED, S.ON_HOLD): _WHY,
        (S.REVIEWED, S.ACTIONS_OPEN): Step(Permission.CASE_VIEW),
        (S.REVIEWED, S.SCHEDULED): _WHY,
        (S.REVIEWED, S.CLOSED): _WHY,
        (S.ACTIONS_OPEN, S.SCHEDULED): _WHY,
        (S.ACTIONS_OPEN, S.CLOSED): _WHY,
        (S.CLOSED, S.OPEN): _WHY,
        (S.OUT_OF_SCOPE, S.OPEN): _WHY,
        (S.ON_HOLD, S.OPEN): _WHY,
    }
)
BY_OTHER_WORK = frozenset({S.SCHEDULED, S.REVIEWED, S.ACTIONS_OPEN})  # agendas, meetings and actions bring a case there


def steps_by_hand(actor: Actor, before: S) -> list[S]:
    """Where ``actor`` may take a case on its own page. A scheduled case is first taken off its agenda."""
    if before is S.SCHEDULED:
        return []
    return [after for after in CASE_WORKFLOW.choices(actor, before) if after not in BY_OTHER_WORK]


MAY_BE_SCHEDULED = frozenset({before for before, after in CASE_WORKFLOW.steps if after is S.SCHEDULED} | {S.SCHEDULED})
