"""The closed list of what can happen: one frozen dataclass each.

An event carries ids, slugs, numbers and names of fields, never the content of a sealed field; free reasons are sealed.
``sentence`` is what the history of a case shows, filled with the event's own fields.
"""

import uuid
from dataclasses import dataclass, fields
from typing import ClassVar

NOTHING = uuid.UUID(int=0)  # the object of an event that concerns no row: an unknown address, an export by command
BASE_FIELDS = frozenset({"object_id", "case_id", "reason"})


@dataclass(frozen=True, kw_only=True)
class Event:
    """What every event has: the thing that it happened to, and the case that it belongs to, if any.

    ``reason`` is a person's own words and is stored sealed.
    """

    code: ClassVar[str]
    object_type: ClassVar[str]
    sentence: ClassVar[str]

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


# accounts


@dataclass(frozen=True, kw_only=True)
class SignedIn(Event):
    code = "account.signed_in"
    object_type = "user"
    sentence = "Signed in"


@dataclass(frozen=True, kw_only=True)
class PasswordRefused(Event):
    code = "account.password_refused"
    object_type = "user"
    sentence = "Sign-in failed: wrong password"


@dataclass(frozen=True, kw_only=True)
class CodeRefused(Event):
    code = "account.code_refused"
    object_type = "user"
    sentence = "Sign-in failed: wrong security code"


@dataclass(frozen=True, kw_only=True)
class SignedOut(Event):
    code = "account.signed_out"
    object_type = "user"
    sentence = "Signed out"


@dataclass(frozen=True, kw_only=True)
class UserCreated(Event):
    code = "account.created"
    object_type = "user"
    sentence = "Account created with the roles {roles}"

    roles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class UserChanged(Event):
    code = "account.changed"
    object_type = "user"
    sentence = "Account changed: {changed}"

    changed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PasswordSet(Event):
    code = "account.password_set"
    object_type = "user"
    sentence = "Password set"


@dataclass(frozen=True, kw_only=True)
class SecondFactorEnrolled(Event):
    code = "account.second_factor_enrolled"
    object_type = "user"
    sentence = "Authenticator app set up"


@dataclass(frozen=True, kw_only=True)
class OrganisationAdded(Event):
    code = "organisation.added"
    object_type = "organisation"
    sentence = "Organisation added"


@dataclass(frozen=True, kw_only=True)
class OrganisationChanged(Event):
    code = "organisation.changed"
    object_type = "organisation"
    sentence = "Organisation changed: {changed}"

    changed: tuple[str, ...]


# agreements


@dataclass(frozen=True, kw_only=True)
class AgreementMade(Event):
    code = "agreement.made"
    object_type = "agreement"
    sentence = "Agreement drawn up"


@dataclass(frozen=True, kw_only=True)
class AgreementChanged(Event):
    code = "agreement.changed"
    object_type = "agreement"
    sentence = "Agreement changed: {changed}"

    changed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AgreementStatusChanged(Event):
    code = "agreement.status_changed"
    object_type = "agreement"
    sentence = "Agreement changed from {before} to {after}"

    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class PartyAdded(Event):
    code = "agreement.party_added"
    object_type = "agreement"
    sentence = "Organisation added to the agreement"

    organisation: uuid.UUID


@dataclass(frozen=True, kw_only=True)
class PartyStateChanged(Event):
    code = "agreement.party_state_changed"
    object_type = "agreement"
    sentence = "Party changed from {before} to {after}"

    organisation: uuid.UUID
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class SharingRefused(Event):
    code = "agreement.sharing_refused"
    object_type = "organisation"
    sentence = "Sharing refused ({purpose}): {why}"

    purpose: str
    why: str


# cases


@dataclass(frozen=True, kw_only=True)
class CaseNotified(Event):
    code = "case.notified"
    object_type = "case"
    sentence = "Notified by {source}"

    source: str


@dataclass(frozen=True, kw_only=True)
class CaseImported(Event):
    code = "case.imported"
    object_type = "case"
    sentence = "Imported from a file, row {row}"

    row: int
    batch: uuid.UUID


@dataclass(frozen=True, kw_only=True)
class CaseFileOpened(Event):
    code = "case.file_opened"
    object_type = "case"
    sentence = "Case file opened"


@dataclass(frozen=True, kw_only=True)
class IdentityRevealed(Event):
    code = "case.identity_revealed"
    object_type = "case"
    sentence = "Identity shown for: {purpose}"

    purpose: str


@dataclass(frozen=True, kw_only=True)
class CaseChanged(Event):
    code = "case.changed"
    object_type = "case"
    sentence = "Changed: {changed}"

    changed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CaseStatusChanged(Event):
    code = "case.status_changed"
    object_type = "case"
    sentence = "Status changed from {before} to {after}"

    before: str
    after: str


# panels


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


# pseudonymisation


@dataclass(frozen=True, kw_only=True)
class SummaryDrafted(Event):
    code = "summary.drafted"
    object_type = "summary"
    sentence = "Summary drafted, {replaced} passages replaced"

    replaced: int


@dataclass(frozen=True, kw_only=True)
class SummarySourceRead(Event):
    code = "summary.source_read"
    object_type = "case"
    sentence = "Narrative read beside the summary"


@dataclass(frozen=True, kw_only=True)
class SummarySaved(Event):
    code = "summary.saved"
    object_type = "summary"
    sentence = "Summary edited"


@dataclass(frozen=True, kw_only=True)
class SummaryStatusChanged(Event):
    code = "summary.status_changed"
    object_type = "summary"
    sentence = "Summary changed from {before} to {after}"

    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class PackIssued(Event):
    code = "pack.issued"
    object_type = "pack"
    sentence = "Pack issued"

    meeting: uuid.UUID
    recipient: uuid.UUID
    cases: int


@dataclass(frozen=True, kw_only=True)
class PackOpened(Event):
    code = "pack.opened"
    object_type = "pack"
    sentence = "Pack opened on screen"


@dataclass(frozen=True, kw_only=True)
class PackDownloaded(Event):
    code = "pack.downloaded"
    object_type = "pack"
    sentence = "Pack downloaded"


# actions


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


# reports


@dataclass(frozen=True, kw_only=True)
class ReportExported(Event):
    code = "report.exported"
    object_type = "report"
    sentence = "Thematic report exported as {form}"

    form: str


# importing files


@dataclass(frozen=True, kw_only=True)
class FileUploaded(Event):
    code = "import.uploaded"
    object_type = "import"
    sentence = "File uploaded with {rows} rows"

    profile: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class ImportPreviewed(Event):
    code = "import.previewed"
    object_type = "import"
    sentence = "Import looked at before it was confirmed"


@dataclass(frozen=True, kw_only=True)
class ImportConfirmed(Event):
    code = "import.confirmed"
    object_type = "import"
    sentence = "Import confirmed: {created} created, {unchanged} unchanged, {errors} with errors"

    created: int
    unchanged: int
    errors: int


@dataclass(frozen=True, kw_only=True)
class ImportDiscarded(Event):
    code = "import.discarded"
    object_type = "import"
    sentence = "Import discarded"


EVENTS: dict[str, type[Event]] = {kind.code: kind for kind in Event.__subclasses__() if hasattr(kind, "code")}
