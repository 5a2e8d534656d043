"""States and priorities of an action."""

from dard.core.enums import LabelledEnum


class ActionStatus(LabelledEnum):
    """Where an action stands. Overdue is a matter of its due date, not a status."""

    AGREED = "agreed", "Agreed", "blue"
    IN_PROGRESS = "in_progress", "In progress", "teal"
    BLOCKED = "blocked", "Blocked", "orange"
    AWAITING_SIGN_OFF = "awaiting_sign_off", "Done, awaiting sign-off", "purple"
    CLOSED = "closed", "Closed", "green"
    REJECTED = "rejected", "Rejected", "red"


class Priority(LabelledEnum):
    """How soon an action matters."""

    HIGH = "high", "High", "red"
    MEDIUM = "medium", "Medium", "yellow"
    LOW = "low", "Low", "grey"
