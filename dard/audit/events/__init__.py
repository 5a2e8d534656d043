"""The closed list of what can happen: one frozen dataclass each, by the feature in which it happens.

An event carries ids, slugs, numbers and names of fields, never the content of a sealed field; free reasons are sealed.
``sentence`` is what the history of a case shows, filled with the event's own fields.
"""

from collections.abc import Mapping
from typing import Any

from dard.audit.events.access import (
    AccessEnded,
    AccessExported,
    AccessReviewed,
    RoleOrganisationChanged,
)
from dard.audit.events.accounts import (
    CodeRefused,
    OrganisationAdded,
    OrganisationChanged,
    PasswordRefused,
    PasswordSet,
    SecondFactorEnrolled,
    SecondFactorOffered,
    SignedIn,
    SignedOut,
    UserChanged,
    UserCreated,
)
from dard.audit.events.actions import (
    ActionAssigned,
    ActionChanged,
    ActionProgressNoted,
    ActionStatusChanged,
    TrackerExported,
)
from dard.audit.events.agreements import (
    AgreementChanged,
    AgreementMade,
    AgreementStatusChanged,
    PartyAdded,
    PartyStateChanged,
    SharingRefused,
)
from dard.audit.events.cases import (
    CaseChanged,
    CaseFileOpened,
    CaseImported,
    CaseNotified,
    CaseStatusChanged,
    HoneytokenOpened,
    HoneytokenRemoved,
    HoneytokenSet,
    IdentityRevealed,
)
from dard.audit.events.event import NOTHING, Event
from dard.audit.events.evidence import (
    AuditEventProved,
    AuditExported,
    EventReviewed,
    ShowingsExported,
    ValuesAdopted,
    VerificationFailed,
)
from dard.audit.events.imports import (
    FileUploaded,
    ImportConfirmed,
    ImportDiscarded,
    ImportPreviewed,
)
from dard.audit.events.joining import (
    AccountProposed,
    LeadNamed,
    MeetingStatementAccepted,
    ProposalStatusChanged,
    StatementAccepted,
)
from dard.audit.events.keys import (
    KeyMade,
    KeyScopeRefused,
    KeyStateChanged,
    KeysWrappedAnew,
    SealBroken,
    ValuesResealed,
)
from dard.audit.events.need_to_know import (
    BreakGlassOpened,
    BreakGlassRefused,
    CaseRestricted,
    EmergencyUsesExported,
    GuestEnded,
    GuestGiven,
    GuestRead,
    InterestDeclared,
    RecusalImposed,
    RecusalLifted,
    RestrictionChanged,
    RestrictionLifted,
)
from dard.audit.events.panels import (
    AgendaItemAdded,
    AgendaItemMoved,
    AgendaItemRemoved,
    InvitationAnswered,
    InvitationWithdrawn,
    MeetingArranged,
    MeetingChanged,
    MeetingStatusChanged,
    MemberInvited,
)
from dard.audit.events.pseudonymisation import (
    PackDownloaded,
    PackIssued,
    PackOpened,
    SummaryDrafted,
    SummarySaved,
    SummarySourceRead,
    SummaryStatusChanged,
)
from dard.audit.events.reports import (
    ReportExported,
)

EVENTS: dict[str, type[Event]] = {kind.code: kind for kind in Event.__subclasses__() if hasattr(kind, "code")}


def describe(code: str, details: Mapping[str, Any]) -> str:
    """What happened, as a sentence for people."""
    shown = {
        name: (", ".join(value) if isinstance(value, list) else str(value)).replace("_", " ")
        for name, value in details.items()
    }
    return EVENTS[code].sentence.format_map(shown)


__all__ = [
    "EVENTS",
    "NOTHING",
    "AccessEnded",
    "AccessExported",
    "AccessReviewed",
    "AccountProposed",
    "ActionAssigned",
    "ActionChanged",
    "ActionProgressNoted",
    "ActionStatusChanged",
    "AgendaItemAdded",
    "AgendaItemMoved",
    "AgendaItemRemoved",
    "AgreementChanged",
    "AgreementMade",
    "AgreementStatusChanged",
    "AuditEventProved",
    "AuditExported",
    "BreakGlassOpened",
    "BreakGlassRefused",
    "CaseChanged",
    "CaseFileOpened",
    "CaseImported",
    "CaseNotified",
    "CaseRestricted",
    "CaseStatusChanged",
    "CodeRefused",
    "EmergencyUsesExported",
    "Event",
    "EventReviewed",
    "FileUploaded",
    "GuestEnded",
    "GuestGiven",
    "GuestRead",
    "HoneytokenOpened",
    "HoneytokenRemoved",
    "HoneytokenSet",
    "IdentityRevealed",
    "ImportConfirmed",
    "ImportDiscarded",
    "ImportPreviewed",
    "InterestDeclared",
    "InvitationAnswered",
    "InvitationWithdrawn",
    "KeyMade",
    "KeyScopeRefused",
    "KeyStateChanged",
    "KeysWrappedAnew",
    "LeadNamed",
    "MeetingArranged",
    "MeetingChanged",
    "MeetingStatementAccepted",
    "MeetingStatusChanged",
    "MemberInvited",
    "OrganisationAdded",
    "OrganisationChanged",
    "PackDownloaded",
    "PackIssued",
    "PackOpened",
    "PartyAdded",
    "PartyStateChanged",
    "PasswordRefused",
    "PasswordSet",
    "ProposalStatusChanged",
    "RecusalImposed",
    "RecusalLifted",
    "ReportExported",
    "RestrictionChanged",
    "RestrictionLifted",
    "RoleOrganisationChanged",
    "SealBroken",
    "SecondFactorEnrolled",
    "SecondFactorOffered",
    "SharingRefused",
    "ShowingsExported",
    "SignedIn",
    "SignedOut",
    "StatementAccepted",
    "SummaryDrafted",
    "SummarySaved",
    "SummarySourceRead",
    "SummaryStatusChanged",
    "TrackerExported",
    "UserChanged",
    "UserCreated",
    "ValuesAdopted",
    "ValuesResealed",
    "VerificationFailed",
    "describe",
]  # fmt: skip
