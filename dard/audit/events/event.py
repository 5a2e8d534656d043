"""What every event has."""

import uuid
from dataclasses import dataclass, fields
from typing import ClassVar

NOTHING = uuid.UUID(int=0)  # the object of an event that concerns no row: an unknown address, an export by command
BASE_FIELDS = frozenset({"object_id", "case_id", "reason"})


@dataclass(frozen=True, kw_only=True)
class Event:
    """What every event has: the thing that it happened to, and the case that it belongs to, if any.

    ``reason`` is a person's own words and is stored sealed. ``shows_identity`` marks the kinds by which somebody was
    shown whom a case is about; ``needs_review`` those at which somebody else must look; ``in_history`` is False for
    those that the history of a case keeps quiet about.
    """

    code: ClassVar[str]
    object_type: ClassVar[str]
    sentence: ClassVar[str]
    shows_identity: ClassVar[bool] = False
    needs_review: ClassVar[bool] = False
    in_history: ClassVar[bool] = True

    object_id: uuid.UUID
    case_id: uuid.UUID | None = None
    reason: str | None = None

    def details(self) -> dict[str, str | int | list[str]]:
        """The fields of this kind of event beyond the common ones, as they are stored and hashed."""
        found: dict[str, str | int | list[str]] = {}
        for field in fields(self):
            if field.name in BASE_FIELDS:
                continue
            value = getattr(self, field.name)
            if value is None:
                continue
            if isinstance(value, (list, tuple, frozenset)):
                found[field.name] = [str(item) for item in value]
            else:
                found[field.name] = value if type(value) is int else str(value)
        return found
