"""Who sees a case beyond their role, and who no longer does."""

import uuid
from dataclasses import dataclass

from dard.audit.events.event import Event


@dataclass(frozen=True, kw_only=True)
class InterestDeclared(Event):
    code = "case.interest_declared"
    object_type = "recusal"
    sentence = "Declared a conflict of interest: {ground}"

    ground: str


@dataclass(frozen=True, kw_only=True)
class RecusalImposed(Event):
    code = "case.recusal_imposed"
    object_type = "recusal"
    sentence = "Recused somebody: {ground}"
    needs_review = True  # or two coordinators could hide a case from every chair

    person: uuid.UUID
    ground: str


@dataclass(frozen=True, kw_only=True)
class RecusalLifted(Event):
    code = "case.recusal_lifted"
    object_type = "recusal"
    sentence = "Lifted a recusal"

    person: uuid.UUID


@dataclass(frozen=True, kw_only=True)
class CaseRestricted(Event):
    code = "case.restricted"
    object_type = "restriction"
    sentence = "Case restricted to people who are named"

    people: tuple[uuid.UUID, ...]


@dataclass(frozen=True, kw_only=True)
class RestrictionChanged(Event):
    code = "case.restriction_changed"
    object_type = "restriction"
    sentence = "Restriction changed: other people are named"

    added: tuple[uuid.UUID, ...]
    removed: tuple[uuid.UUID, ...]


@dataclass(frozen=True, kw_only=True)
class RestrictionLifted(Event):
    code = "case.restriction_lifted"
    object_type = "restriction"
    sentence = "Restriction lifted"


@dataclass(frozen=True, kw_only=True)
class GuestGiven(Event):
    code = "case.guest_given"
    object_type = "case_guest"
    sentence = "Shared with a guest, to the end of {last_day}"

    person: uuid.UUID
    last_day: str


@dataclass(frozen=True, kw_only=True)
class GuestEnded(Event):
    code = "case.guest_ended"
    object_type = "case_guest"
    sentence = "Guest’s sight ended before its time"

    person: uuid.UUID


@dataclass(frozen=True, kw_only=True)
class GuestRead(Event):
    code = "case.guest_read"
    object_type = "case_guest"
    sentence = "Read by a guest"


@dataclass(frozen=True, kw_only=True)
class BreakGlassOpened(Event):
    code = "case.break_glass_opened"
    object_type = "break_glass"
    sentence = "Opened a restricted case in an emergency: {ground}"
    needs_review = True

    ground: str


@dataclass(frozen=True, kw_only=True)
class BreakGlassRefused(Event):
    code = "case.break_glass_refused"
    object_type = "user"
    sentence = "Tried to open a case in an emergency, under a reference that opened nothing"

    ground: str


@dataclass(frozen=True, kw_only=True)
class EmergencyUsesExported(Event):
    code = "audit.emergency_uses_exported"
    object_type = "audit_event"
    sentence = "List of cases opened in an emergency exported, {rows} rows"

    rows: int
