"""Actions and the tracker."""

import uuid
from dataclasses import dataclass

from dard.audit.events.event import Event


@dataclass(frozen=True, kw_only=True)
class ActionAssigned(Event):
    code = "action.assigned"
    object_type = "action"
    sentence = "Action assigned"

    owner_organisation: uuid.UUID


@dataclass(frozen=True, kw_only=True)
class ActionChanged(Event):
    code = "action.changed"
    object_type = "action"
    sentence = "Action changed: {changed}"

    changed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ActionProgressNoted(Event):
    code = "action.progress_noted"
    object_type = "action"
    sentence = "Progress noted on an action"


@dataclass(frozen=True, kw_only=True)
class ActionStatusChanged(Event):
    code = "action.status_changed"
    object_type = "action"
    sentence = "Action changed from {before} to {after}"

    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class TrackerExported(Event):
    code = "action.tracker_exported"
    object_type = "tracker"
    sentence = "Action tracker exported as {form}, {rows} rows"

    form: str
    rows: int
