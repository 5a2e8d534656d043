"""What a page may require of the person who asks for it. Who holds what stands in dard.accounts.grants."""

import enum


class Permission(enum.StrEnum):
    """One right to do one kind of thing, named ``resource:action``.

    PUBLIC needs no sign-in; SIGNED_IN needs a completed sign-in and no more.
    """

    PUBLIC = "public"
    SIGNED_IN = "signed_in"

    ACCOUNT_MANAGE = "account:manage"
    ORGANISATION_MANAGE = "organisation:manage"

    AGREEMENT_VIEW = "agreement:view"
    AGREEMENT_MANAGE = "agreement:manage"

    CASE_VIEW = "case:view"
    CASE_NOTIFY = "case:notify"
    CASE_MANAGE = "case:manage"
    CASE_IMPORT = "case:import"
    IDENTITY_REVEAL = "identity:reveal"
    HISTORY_VIEW = "history:view"

    MEETING_VIEW = "meeting:view"
    MEETING_VIEW_EVERY = "meeting:view_every"
    MEETING_MANAGE = "meeting:manage"

    SUMMARY_VIEW = "summary:view"
    SUMMARY_WRITE = "summary:write"
    SUMMARY_APPROVE = "summary:approve"
    PACK_ISSUE = "pack:issue"
    PACK_READ = "pack:read"

    ACTION_VIEW = "action:view"
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
