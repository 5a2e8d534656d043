"""The way of a meeting: planned, then held or cancelled, and no way back."""

from dard.core.permissions import Permission
from dard.core.workflow import Step, Workflow
from dard.panels.enums import MeetingStatus as M

MEETING_WORKFLOW = Workflow(
    {
        (M.PLANNED, M.HELD): Step(Permission.MEETING_MANAGE),
        (M.PLANNED, M.CANCELLED): Step(Permission.MEETING_MANAGE, needs_reason=True),
    }
)
