"""Role -> permissions, and role -> keys, on one page. No hierarchy, no exceptions elsewhere.

The administrator runs accounts and sees no case. The officer counts and exports and opens no case file.
The information governance lead checks who was shown what, and why, and opens no case file either.
A reporter seals who a case is about and can open nothing of it. A role whose pages are still to come holds nothing yet.

Who may be a guest sees nothing by that alone: one case, once a coordinator shares it with them (dard.cases.access).
"""

from collections.abc import Iterable

from dard.accounts.enums import Role
from dard.core.permissions import Permission
from dard.crypto.enums import Purpose

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.REPORTER: frozenset(
        {
            Permission.CASE_NOTIFY,
            Permission.NOTIFICATION_VIEW_OWN,
        }
    ),
    Role.COORDINATOR: frozenset(
        {
            Permission.ACCOUNT_PROPOSE,
            Permission.ORGANISATION_MANAGE,
            Permission.AGREEMENT_VIEW,
            Permission.AGREEMENT_MANAGE,
            Permission.CASE_VIEW,
            Permission.CASE_NOTIFY,
            Permission.CASE_MANAGE,
            Permission.CASE_IMPORT,
            Permission.IDENTITY_REVEAL,
            Permission.HISTORY_VIEW,
            Permission.RECUSAL_IMPOSE,
            Permission.CASE_RESTRICT,
            Permission.CASE_BREAK_GLASS,
            Permission.CASE_SHARE,
            Permission.MEETING_VIEW,
            Permission.MEETING_VIEW_EVERY,
            Permission.MEETING_MANAGE,
            Permission.SUMMARY_VIEW,
            Permission.SUMMARY_WRITE,
            Permission.SUMMARY_APPROVE,
            Permission.PACK_ISSUE,
            Permission.PACK_READ,
            Permission.ACTION_VIEW,
            Permission.ACTION_VIEW_ORGANISATION,
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
            Permission.RECUSAL_IMPOSE,
            Permission.RECUSAL_LIFT,
            Permission.CASE_RESTRICT,
            Permission.CASE_BREAK_GLASS,
            Permission.MEETING_VIEW,
            Permission.MEETING_VIEW_EVERY,
            Permission.SUMMARY_VIEW,
            Permission.SUMMARY_APPROVE,
            Permission.PACK_READ,
            Permission.ACTION_VIEW,
            Permission.ACTION_VIEW_ORGANISATION,
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
            Permission.CASE_READ_AS_GUEST,
            Permission.MEETING_VIEW,
            Permission.PACK_READ,
            Permission.ACTION_VIEW,
            Permission.ACTION_VIEW_ORGANISATION,
            Permission.ACTION_UPDATE,
        }
    ),
    Role.CONTRIBUTOR: frozenset(),
    Role.CASE_GUEST: frozenset(),
    Role.ACTION_OWNER: frozenset(
        {
            Permission.ACTION_VIEW,
            Permission.ACTION_UPDATE,
        }
    ),
    Role.OFFICER: frozenset(
        {
            Permission.CASE_READ_AS_GUEST,
            Permission.ACTION_VIEW,
            Permission.ACTION_VIEW_EVERY,
            Permission.ACTION_EXPORT,
            Permission.REPORT_VIEW,
        }
    ),
    Role.INFORMATION_GOVERNANCE: frozenset(
        {
            Permission.ACCESS_VIEW,
            Permission.ACCESS_REVIEW,
            Permission.AGREEMENT_VIEW,
            Permission.AUDIT_VIEW,
            Permission.AUDIT_REVIEW,
            Permission.AUDIT_EXPORT,
        }
    ),
    Role.ALERTS_COORDINATOR: frozenset(),
    Role.PIN_MEMBER: frozenset(),
    Role.SENIOR_OWNER: frozenset({Permission.REPORT_VIEW}),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.ACCOUNT_MANAGE,
            Permission.ACCOUNT_CONFIRM,
            Permission.ACCESS_VIEW,
            Permission.ORGANISATION_MANAGE,
            Permission.AGREEMENT_VIEW,
        }
    ),
}

# What the named lead of an organisation may do for it, whichever roles they have.
LEADING = frozenset({Permission.ACCOUNT_CONFIRM})

# For which organisation somebody sits at a meeting and gets its pack: that of the first of these roles that they have.
SEATS = (Role.MEMBER, Role.CHAIR, Role.COORDINATOR)

# Signing in needs the account key, for the second factor; nobody holds it once they are in. Whoever gives a reason
# seals it for the audit log, which only those who see the history of a case, or check the log, can open.
SIGNING_IN = frozenset({Purpose.ACCOUNT})
GIVING_REASONS = frozenset({Purpose.AUDIT})
KEYS: dict[Role, frozenset[Purpose]] = {
    Role.REPORTER: frozenset(),
    Role.COORDINATOR: frozenset({Purpose.IDENTITY, Purpose.NARRATIVE, Purpose.PACK, Purpose.INDEX, Purpose.AUDIT}),
    Role.CHAIR: frozenset({Purpose.IDENTITY, Purpose.NARRATIVE, Purpose.PACK, Purpose.AUDIT}),
    Role.MEMBER: frozenset({Purpose.PACK}),
    Role.CONTRIBUTOR: frozenset(),
    Role.CASE_GUEST: frozenset(),
    Role.ACTION_OWNER: frozenset({Purpose.PACK}),
    Role.OFFICER: frozenset({Purpose.PACK}),
    Role.INFORMATION_GOVERNANCE: frozenset({Purpose.AUDIT}),
    Role.ALERTS_COORDINATOR: frozenset(),
    Role.PIN_MEMBER: frozenset(),
    Role.SENIOR_OWNER: frozenset(),
    Role.ADMINISTRATOR: frozenset(),
}
# What is sealed by those who cannot open it. Whoever can open something may seal it too.
SEALS: dict[Role, frozenset[Purpose]] = {
    Role.REPORTER: frozenset({Purpose.IDENTITY, Purpose.NARRATIVE, Purpose.INDEX}),
}

# Whoever gives out access has none, and does not check it either: the administrator has none of these roles besides.
NEVER_WITH_ADMINISTRATOR = frozenset(
    {
        Role.COORDINATOR,
        Role.CHAIR,
        Role.MEMBER,
        Role.CONTRIBUTOR,
        Role.CASE_GUEST,
        Role.ACTION_OWNER,
        Role.OFFICER,
        Role.INFORMATION_GOVERNANCE,
    }
)


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """What a person with ``roles`` may do."""
    return frozenset().union(*(GRANTS[role] for role in roles))


def keys_of(roles: Iterable[Role]) -> frozenset[Purpose]:
    """Which sealed values a person with ``roles`` may open."""
    return frozenset().union(*(KEYS[role] for role in roles))


def seals_of(roles: Iterable[Role]) -> frozenset[Purpose]:
    """What a person with ``roles`` may seal: what they may open, reasons, and what their roles seal unseen."""
    held = tuple(roles)
    return keys_of(held) | GIVING_REASONS.union(*(SEALS.get(role, frozenset()) for role in held))
