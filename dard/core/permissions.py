"""What a page may require of the person who asks for it. Who holds what stands in dard.accounts.grants."""

import enum
from collections.abc import Mapping


class Permission(enum.StrEnum):
    """One right to do one kind of thing, named ``resource:action``.

    PUBLIC needs no sign-in; SIGNED_IN needs a completed sign-in and no more.
    """

    PUBLIC = "public"
    SIGNED_IN = "signed_in"

    ACCOUNT_MANAGE = "account:manage"
    ACCOUNT_PROPOSE = "account:propose"
    ACCOUNT_CONFIRM = "account:confirm"
    ORGANISATION_MANAGE = "organisation:manage"
    ACCESS_VIEW = "access:view"
    ACCESS_REVIEW = "access:review"

    AGREEMENT_VIEW = "agreement:view"
    AGREEMENT_MANAGE = "agreement:manage"

    CASE_VIEW = "case:view"
    CASE_NOTIFY = "case:notify"
    NOTIFICATION_VIEW_OWN = "notification:view_own"
    CASE_MANAGE = "case:manage"
    CASE_IMPORT = "case:import"
    IDENTITY_REVEAL = "identity:reveal"
    HISTORY_VIEW = "history:view"
    RECUSAL_IMPOSE = "recusal:impose"
    RECUSAL_LIFT = "recusal:lift"
    CASE_RESTRICT = "case:restrict"
    CASE_BREAK_GLASS = "case:break_glass"
    CASE_SHARE = "case:share"
    CASE_READ_AS_GUEST = "case:read_as_guest"

    MEETING_VIEW = "meeting:view"
    MEETING_VIEW_EVERY = "meeting:view_every"
    MEETING_MANAGE = "meeting:manage"

    SUMMARY_VIEW = "summary:view"
    SUMMARY_WRITE = "summary:write"
    SUMMARY_APPROVE = "summary:approve"
    PACK_ISSUE = "pack:issue"
    PACK_READ = "pack:read"

    ACTION_VIEW = "action:view"
    ACTION_VIEW_ORGANISATION = "action:view_organisation"
    ACTION_VIEW_EVERY = "action:view_every"
    ACTION_ASSIGN = "action:assign"
    ACTION_UPDATE = "action:update"
    ACTION_CLOSE = "action:close"
    ACTION_EXPORT = "action:export"

    REPORT_VIEW = "report:view"

    AUDIT_VIEW = "audit:view"
    AUDIT_REVIEW = "audit:review"
    AUDIT_EXPORT = "audit:export"

    # The system's own, by commands on the server: no role holds them.
    KEY_MANAGE = "key:manage"
    HONEYTOKEN_MANAGE = "honeytoken:manage"

    @property
    def sentence(self) -> str:
        """What somebody who holds it can do, for people, without the full stop."""
        return SENTENCES[self]


SENTENCES: Mapping[Permission, str] = {
    Permission.PUBLIC: "Reads the help and signs in",
    Permission.SIGNED_IN: "Sees their own work and the confidentiality statement",
    Permission.ACCOUNT_MANAGE: "Adds people, changes their roles and ends their access",
    Permission.ACCOUNT_PROPOSE: "Proposes people for an account",
    Permission.ACCOUNT_CONFIRM: "Confirms people who were proposed for an account",
    Permission.ORGANISATION_MANAGE: "Adds and changes organisations",
    Permission.ACCESS_VIEW: "Sees who has access, with which roles, and when they last signed in",
    Permission.ACCESS_REVIEW: "Notes that the access of everybody was reviewed",
    Permission.AGREEMENT_VIEW: "Sees agreements, and what each organisation can receive because of them",
    Permission.AGREEMENT_MANAGE: "Draws up agreements and records who signed",
    Permission.CASE_VIEW: "Opens case files, with the identity hidden",
    Permission.CASE_NOTIFY: "Logs notifications",
    Permission.NOTIFICATION_VIEW_OWN: "Sees the reference, date and state of what they notified themselves",
    Permission.CASE_MANAGE: "Corrects case files and changes their status",
    Permission.CASE_IMPORT: "Imports files of other systems",
    Permission.RECUSAL_IMPOSE: "Keeps somebody with a conflict of interest from a case",
    Permission.RECUSAL_LIFT: "Lets somebody see a case again from which they were kept",
    Permission.CASE_RESTRICT: "Restricts a case to people who are named",
    Permission.CASE_BREAK_GLASS: "Opens a restricted case in an emergency, for an hour, after saying why",
    Permission.CASE_SHARE: "Shares one case with somebody for some days, without saying whom it is about",
    Permission.CASE_READ_AS_GUEST: "Reads a case that was shared with them, without seeing whom it is about",
    Permission.IDENTITY_REVEAL: "Shows who a case is about, after giving the purpose",
    Permission.HISTORY_VIEW: "Reads the history of a case, with the reasons that people gave",
    Permission.MEETING_VIEW: "Sees the meetings to which they are invited, with cases under made-up names",
    Permission.MEETING_VIEW_EVERY: "Sees every meeting",
    Permission.MEETING_MANAGE: "Arranges meetings, agendas and invitations",
    Permission.SUMMARY_VIEW: "Reads the summary of a case beside its source",
    Permission.SUMMARY_WRITE: "Writes summaries",
    Permission.SUMMARY_APPROVE: "Approves summaries that somebody else wrote",
    Permission.PACK_ISSUE: "Issues the packs of a meeting",
    Permission.PACK_READ: "Reads their own packs, while their organisation’s agreement allows it",
    Permission.ACTION_VIEW: "Sees the actions that they own by name",
    Permission.ACTION_VIEW_ORGANISATION: "Sees the actions of the organisation for which they have the role",
    Permission.ACTION_VIEW_EVERY: "Sees every action",
    Permission.ACTION_ASSIGN: "Assigns actions and changes what was agreed",
    Permission.ACTION_UPDATE: "Says how the actions go that are theirs to do",
    Permission.ACTION_CLOSE: "Closes, sends back and rejects actions",
    Permission.ACTION_EXPORT: "Exports the action tracker",
    Permission.REPORT_VIEW: "Makes reports of numbers, in which small counts are hidden",
    Permission.AUDIT_VIEW: "Sees who was shown whom a case is about, and what the checks of the log found",
    Permission.AUDIT_REVIEW: "Notes what they found about an event that asks for a second look",
    Permission.AUDIT_EXPORT: "Exports the list of who was shown identities",
    Permission.KEY_MANAGE: "Manages keys, by command on the server only",
    Permission.HONEYTOKEN_MANAGE: "Marks honeytokens, by command on the server only",
}
