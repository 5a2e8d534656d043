"""How people come to have an account: proposed, confirmed, and bound to confidentiality."""

import uuid
from dataclasses import dataclass

from dard.audit.events.event import Event


@dataclass(frozen=True, kw_only=True)
class AccountProposed(Event):
    code = "account.proposed"
    object_type = "account_proposal"
    sentence = "Account proposed with the roles {roles}"

    organisation: uuid.UUID
    roles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ProposalStatusChanged(Event):
    code = "account.proposal_status_changed"
    object_type = "account_proposal"
    sentence = "Proposed account changed from {before} to {after}"

    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class LeadNamed(Event):
    code = "organisation.lead_named"
    object_type = "organisation"
    sentence = "Lead of the organisation changed"

    lead: uuid.UUID | None


@dataclass(frozen=True, kw_only=True)
class StatementAccepted(Event):
    code = "account.statement_accepted"
    object_type = "user"
    sentence = "Confidentiality statement accepted, version {version}"

    version: int


@dataclass(frozen=True, kw_only=True)
class MeetingStatementAccepted(Event):
    code = "meeting.statement_accepted"
    object_type = "meeting"
    sentence = "Confidentiality statement accepted for a meeting, version {version}"

    version: int
