"""The way of a summary: written, submitted, approved by a second person, returned or reopened."""

from dard.core.permissions import Permission
from dard.core.workflow import Step, Workflow
from dard.pseudonymisation.enums import SummaryStatus as S

SUMMARY_WORKFLOW = Workflow(
    {
        (S.DRAFT, S.SUBMITTED): Step(Permission.SUMMARY_WRITE),
        (S.SUBMITTED, S.APPROVED): Step(Permission.SUMMARY_APPROVE),
        (S.SUBMITTED, S.DRAFT): Step(Permission.SUMMARY_APPROVE, needs_reason=True),
        (S.APPROVED, S.DRAFT): Step(Permission.SUMMARY_WRITE, needs_reason=True),
    }
)
