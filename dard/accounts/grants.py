"""Role -> permissions, and role -> keys, on one page. No hierarchy, no exceptions elsewhere.

The administrator runs accounts and sees no case. The officer counts and exports and opens no case file.
The information governance lead checks who was shown what, and why, and opens no case file either.
"""

from collections.abc import Iterable

from dard.accounts.enums import Role
from dard.core.permissions import Permission
from dard.crypto.enums import Purpose

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.COORDINATOR: frozenset(
        {
            Permission.ORGANISATION_MANAGE,
            Permission.AGREEMENT_VIEW,
            Permission.AGREEMENT_MANAGE,
            Permission.CASE_VIEW,
            Permission.CASE_NOTIFY,
            Permission.CASE_MANAGE,
            Permission.CASE_IMPORT,
            Permission.IDENTITY_REVEAL,
            Permission.HISTORY_VIEW,
            Permission.MEETING_VIEW,
            Permission.MEETING_VIEW_EVERY,
            Permission.MEETING_MANAGE,
            Permission.SUMMARY_VIEW,
            Permission.SUMMARY_WRITE,
            Permission.SUMMARY_APPROVE,
            Permission.PACK_ISSUE,
            Permission.PACK_READ,
            Permission.ACTION_VIEW,
            Permission.ACTION_VIEW_EVERY,
            Permission.ACTION_UPDATE,
            Permission.ACTION_EXPORT,
            Permission.REPORT_VIEW,
        }
    ),
    Role.CHAIR: frozenset(
        {
            Permission.AGREEMENT_VIEW,
            Permission.CASE_VIEW,
            Permission.IDENTITY_REVEAL,
            Permission.HISTORY_VIEW,
            Permission.MEETING_VIEW,
            Permission.MEETING_VIEW_EVERY,
            Permission.SUMMARY_VIEW,
            Permission.SUMMARY_APPROVE,
            Permission.PACK_READ,
            Permission.ACTION_VIEW,
            Permission.ACTION_VIEW_EVERY,
            Permission.ACTION_ASSIGN,
            Permission.ACTION_UPDATE,
            Permission.ACTION_CLOSE,
            Permission.ACTION_EXPORT,
            Permission.REPORT_VIEW,
        }
    ),
    Role.MEMBER: frozenset(
        {
            Permission.MEETING_VIEW,
            Permission.PACK_READ,
            Permission.ACTION_VIEW,
            Permission.ACTION_UPDATE,
        }
    ),
    Role.OFFICER: frozenset(
        {
            Permission.ACTION_VIEW,
            Permission.ACTION_VIEW_EVERY,
            Permission.ACTION_EXPORT,
            Permission.REPORT_VIEW,
        }
    ),
    Role.INFORMATION_GOVERNANCE: frozenset(
        {
            Permission.AGREEMENT_VIEW,
            Permission.AUDIT_VIEW,
            Permission.AUDIT_REVIEW,
            Permission.AUDIT_EXPORT,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.ACCOUNT_MANAGE,
            Permission.ORGANISATION_MANAGE,
            Permission.AGREEMENT_VIEW,
        }
    ),
}

# Signing in needs the account key, for the second factor; nobody holds it once they are in. Whoever gives a reason
# seals it for the audit log, which only those who see the history of a case, or check the log, can open.
SIGNING_IN = frozenset({Purpose.ACCOUNT})
GIVING_REASONS = frozenset({Purpose.AUDIT})
KEYS: dict[Role, frozenset[Purpose]] = {
    Role.COORDINATOR: frozenset({Purpose.IDENTITY, Purpose.NARRATIVE, Purpose.PACK, Purpose.INDEX, Purpose.AUDIT}),
    Role.CHAIR: frozenset({Purpose.IDENTITY, Purpose.NARRATIVE, Purpose.PACK, Purpose.AUDIT}),
    Role.MEMBER: frozenset({Purpose.PACK}),
    Role.OFFICER: frozenset({Purpose.PACK}),
    Role.INFORMATION_GOVERNANCE: frozenset({Purpose.AUDIT}),
    Role.ADMINISTRATOR: frozenset(),
}


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """What a person with ``roles`` may do."""
    return frozenset().union(*(GRANTS[role] for role in roles))


def keys_of(roles: Iterable[Role]) -> frozenset[Purpose]:
    """Which sealed values a person with ``roles`` may open; they may seal with GIVING_REASONS besides."""
    return frozenset().union(*(KEYS[role] for role in roles))
