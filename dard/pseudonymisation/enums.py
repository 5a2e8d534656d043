"""States of a summary."""

from dard.core.enums import LabelledEnum


class SummaryStatus(LabelledEnum):
    """Where a summary stands between its draft and its approval by a second person."""

    DRAFT = "draft", "Draft", "grey"
    SUBMITTED = "submitted", "Awaiting approval", "yellow"
    APPROVED = "approved", "Approved", "green"
