"""States of a meeting, and replies to an invitation."""

from dard.core.enums import LabelledEnum


class MeetingStatus(LabelledEnum):
    """Where a meeting stands."""

    PLANNED = "planned", "Planned", "blue"
    HELD = "held", "Held", "green"
    CANCELLED = "cancelled", "Cancelled", "red"


class Reply(LabelledEnum):
    """What an invited member answered."""

    AWAITED = "awaited", "No reply yet", "grey"
    ACCEPTED = "accepted", "Will attend", "green"
    DECLINED = "declined", "Cannot attend", "red"
