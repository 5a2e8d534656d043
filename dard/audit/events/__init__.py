"""The closed list of what can happen: one frozen dataclass each, by the feature in which it happens.

An event carries ids, slugs, numbers and names of fields, never the content of a sealed field; free reasons are sealed.
``sentence`` is what the history of a case shows, filled with the event's own fields.
"""

from dard.audit.events.accounts import (
    CodeRefused,
    OrganisationAdded,
    OrganisationChanged,
    PasswordRefused,
    PasswordSet,
    SecondFactorEnrolled,
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
    IdentityRevealed,
)
from dard.audit.events.event import NOTHING, Event
from dard.audit.events.imports import (
    FileUploaded,
    ImportConfirmed,
    ImportDiscarded,
    ImportPreviewed,
)
from dard.audit.events.keys import (
    KeyMade,
    KeyScopeRefused,
    KeyStateChanged,
    KeysWrappedAnew,
    SealBroken,
    ValuesResealed,
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

__all__ = [
    "EVENTS",
    "NOTHING",
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
    "CaseChanged",
    "CaseFileOpened",
    "CaseImported",
    "CaseNotified",
    "CaseStatusChanged",
    "CodeRefused",
    "Event",
    "FileUploaded",
    "IdentityRevealed",
    "ImportConfirmed",
    "ImportDiscarded",
    "ImportPreviewed",
    "InvitationAnswered",
    "InvitationWithdrawn",
    "KeyMade",
    "KeyScopeRefused",
    "KeyStateChanged",
    "KeysWrappedAnew",
    "MeetingArranged",
    "MeetingChanged",
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
    "ReportExported",
    "SealBroken",
    "SecondFactorEnrolled",
    "SharingRefused",
    "SignedIn",
    "SignedOut",
    "SummaryDrafted",
    "SummarySaved",
    "SummarySourceRead",
    "SummaryStatusChanged",
    "TrackerExported",
    "UserChanged",
    "UserCreated",
    "ValuesResealed",
]  # fmt: skip
