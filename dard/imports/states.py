"""The way of an uploaded file: it waits until a person confirms or discards it, and neither can be taken back."""

from dard.core.permissions import Permission
from dard.core.workflow import Step, Workflow
from dard.imports.enums import ImportStatus as S

IMPORT_WORKFLOW = Workflow(
    {
        (S.PREVIEWED, S.CONFIRMED): Step(Permission.CASE_IMPORT),
        (S.PREVIEWED, S.DISCARDED): Step(Permission.CASE_IMPORT),
    }
)
