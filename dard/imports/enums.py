"""States of an import."""

from dard.core.enums import LabelledEnum


class ImportStatus(LabelledEnum):
    """Where an uploaded file stands. Nothing of it becomes a case before it is confirmed."""

    PREVIEWED = "previewed", "Waiting", "yellow"
    CONFIRMED = "confirmed", "Confirmed", "green"
    DISCARDED = "discarded", "Discarded", "grey"
