"""The audit log itself: checked, looked through, handed out."""

from dataclasses import dataclass

from dard.audit.events.event import Event


@dataclass(frozen=True, kw_only=True)
class AuditExported(Event):
    code = "audit.exported"
    object_type = "audit_checkpoint"
    sentence = "Audit log exported, {events} events"

    events: int


@dataclass(frozen=True, kw_only=True)
class AuditEventProved(Event):
    code = "audit.event_proved"
    object_type = "audit_event"
    sentence = "Audit event {position} handed out with its proof"

    position: int


@dataclass(frozen=True, kw_only=True)
class VerificationFailed(Event):
    code = "audit.verification_failed"
    object_type = "audit_verification"
    sentence = "The check of the audit log failed, with {faults} to look into"
    needs_review = True

    faults: int


@dataclass(frozen=True, kw_only=True)
class ShowingsExported(Event):
    code = "audit.showings_exported"
    object_type = "audit_event"
    sentence = "List of who was shown identities exported, {rows} rows"

    rows: int


@dataclass(frozen=True, kw_only=True)
class EventReviewed(Event):
    code = "audit.event_reviewed"
    object_type = "audit_event"
    sentence = "Event {position} reviewed"

    position: int


@dataclass(frozen=True, kw_only=True)
class ValuesAdopted(Event):
    code = "audit.values_adopted"
    object_type = "table"
    sentence = "{values} values of {table}, sealed before this log kept digests, are known to it from now on"

    table: str
    values: int
