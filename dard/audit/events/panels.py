"""Meetings, agendas and invitations."""

import uuid
from dataclasses import dataclass

from dard.audit.events.event import Event


@dataclass(frozen=True, kw_only=True)
class MeetingArranged(Event):
    code = "meeting.arranged"
    object_type = "meeting"
    sentence = "Meeting arranged"


@dataclass(frozen=True, kw_only=True)
class MeetingChanged(Event):
    code = "meeting.changed"
    object_type = "meeting"
    sentence = "Meeting changed: {changed}"

    changed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class MeetingStatusChanged(Event):
    code = "meeting.status_changed"
    object_type = "meeting"
    sentence = "Meeting changed from {before} to {after}"

    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class AgendaItemAdded(Event):
    code = "meeting.agenda_item_added"
    object_type = "meeting"
    sentence = "Put on the agenda of a meeting"


@dataclass(frozen=True, kw_only=True)
class AgendaItemMoved(Event):
    code = "meeting.agenda_item_moved"
    object_type = "meeting"
    sentence = "Moved on the agenda to place {position}"

    position: int


@dataclass(frozen=True, kw_only=True)
class AgendaItemRemoved(Event):
    code = "meeting.agenda_item_removed"
    object_type = "meeting"
    sentence = "Taken off the agenda of a meeting"


@dataclass(frozen=True, kw_only=True)
class MemberInvited(Event):
    code = "meeting.member_invited"
    object_type = "meeting"
    sentence = "Member invited"

    member: uuid.UUID


@dataclass(frozen=True, kw_only=True)
class InvitationAnswered(Event):
    code = "meeting.invitation_answered"
    object_type = "meeting"
    sentence = "Invitation answered: {reply}"

    reply: str


@dataclass(frozen=True, kw_only=True)
class InvitationWithdrawn(Event):
    code = "meeting.invitation_withdrawn"
    object_type = "meeting"
    sentence = "Invitation withdrawn"

    member: uuid.UUID
