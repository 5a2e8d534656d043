"""What roles can do and open, in words, from the grants alone: so that no page about it can lie."""

from collections.abc import Iterable
from dataclasses import dataclass

from dard.accounts.enums import Role
from dard.accounts.grants import GRANTS, KEYS, LEADING, SEALS, keys_of, permissions_of
from dard.core.permissions import Permission
from dard.crypto.enums import Purpose

# What is sealed about cases and about those who looked at them; the other keys are the system's own tools.
CLASSES = (Purpose.IDENTITY, Purpose.NARRATIVE, Purpose.PACK, Purpose.AUDIT)
EVERYBODY = frozenset({Permission.SIGNED_IN})


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleInWords:
    """One role: what it can do, and for each of CLASSES whether it opens it, only writes it, or neither."""

    role: Role
    does: list[str]
    classes: list[str]


def does(roles: Iterable[Role]) -> list[str]:
    """What a person with ``roles`` can do, a sentence each, in the order of the permissions."""
    held = permissions_of(roles)
    return [permission.sentence for permission in Permission if permission in held]


def opens(roles: Iterable[Role]) -> list[str]:
    """Which classes of what is sealed a person with ``roles`` can open."""
    held = keys_of(roles)
    return [purpose.words for purpose in CLASSES if purpose in held]


def every_role() -> list[RoleInWords]:
    """All roles in their order."""
    return [
        RoleInWords(role=role, does=does([role]), classes=[_reach(role, each) for each in CLASSES]) for role in Role
    ]


def leading() -> list[str]:
    """What the named lead of an organisation can do besides."""
    return [permission.sentence for permission in Permission if permission in LEADING]


def by_permission() -> list[tuple[str, list[Role]]]:
    """Each thing that can be done, with the roles that can; those of the system and of everybody left out."""
    return [
        (permission.sentence, roles)
        for permission in Permission
        if (roles := [role for role in Role if permission in GRANTS[role]])
    ]


def _reach(role: Role, purpose: Purpose) -> str:
    if purpose in KEYS[role]:
        return "Opens"
    return "Writes only" if purpose in SEALS.get(role, frozenset()) else "No"
