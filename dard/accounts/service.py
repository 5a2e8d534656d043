"""Organisations and people: adding, changing, ending."""

import datetime as dt
import hashlib
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dard.accounts.enums import OrganisationKind, Role
from dard.accounts.grants import GRANTS, LEADING, NEVER_WITH_ADMINISTRATOR
from dard.accounts.models import Organisation, SignInSession, User, UserRole
from dard.accounts.passwords import check_new_password, hash_password
from dard.audit import events
from dard.audit.service import record
from dard.core import clock
from dard.core.actor import Actor
from dard.core.database import db
from dard.core.errors import DomainError, NotFoundError
from dard.core.permissions import Permission

JOINING_HOURS = 72


@dataclass(frozen=True, slots=True, kw_only=True)
class UserDetails:
    """What is written down of a person with an account."""

    email: str
    name: str
    organisation_id: uuid.UUID
    roles: frozenset[Role]


def organisations(*, active_only: bool = False) -> Sequence[Organisation]:
    """All organisations by name."""
    query = sa.select(Organisation).order_by(Organisation.name, Organisation.id)
    if active_only:
        query = query.where(Organisation.active)
    return db.session.scalars(query).all()


def organisation(organisation_id: uuid.UUID) -> Organisation:
    """One organisation. Raises NotFoundError."""
    found = db.session.get(Organisation, organisation_id)
    if found is None:
        raise NotFoundError
    return found


def add_organisation(actor: Actor, name: str, kind: OrganisationKind) -> Organisation:
    """Add a body to the partnership."""
    actor.require(Permission.ORGANISATION_MANAGE)
    added = Organisation(name=name.strip(), kind=kind)
    db.session.add(added)
    db.session.flush()
    record(actor, events.OrganisationAdded(object_id=added.id))
    return added


def change_organisation(
    actor: Actor, target: Organisation, *, name: str, kind: OrganisationKind, active: bool, version: int | None
) -> None:
    """Change name, kind or whether it takes part. Ending an organisation signs all of its people out."""
    actor.require(Permission.ORGANISATION_MANAGE)
    target.expect_version(version)
    if not active and target.id == actor.organisation_id:
        raise DomainError("This is your own organisation: you would sign yourself out for good", "active")
    before = (target.name, target.kind, target.active)
    target.name, target.kind, target.active = name.strip(), kind, active
    changed = tuple(
        field
        for field, old, new in zip(("name", "kind", "active"), before, (name.strip(), kind, active), strict=True)
        if old != new
    )
    if not changed:
        return
    db.session.flush()
    if not active:
        acting = sa.select(UserRole.user_id).where(UserRole.organisation_id == target.id)
        _end_sessions(sa.select(User.id).where(sa.or_(User.organisation_id == target.id, User.id.in_(acting))))
    record(actor, events.OrganisationChanged(object_id=target.id, changed=changed))


def users() -> Sequence[User]:
    """All people with an account, by name."""
    return db.session.scalars(sa.select(User).order_by(User.name, User.id)).all()


def user(user_id: uuid.UUID) -> User:
    """One person. Raises NotFoundError."""
    found = db.session.get(User, user_id)
    if found is None:
        raise NotFoundError
    return found


def person_of(actor: Actor) -> User:
    """The person that ``actor`` is. Raises NotFoundError for the system."""
    if actor.user_id is None:
        raise NotFoundError
    return user(actor.user_id)


def people(*, permission: Permission | None = None, organisation_id: uuid.UUID | None = None) -> Sequence[User]:
    """People whose account is open, by name: those who hold ``permission``, and hold it for the organisation."""
    held = (
        sa.select(UserRole.user_id)
        .join(Organisation, UserRole.organisation_id == Organisation.id)
        .where(Organisation.active)
    )
    if permission is not None:
        held = held.where(UserRole.role.in_(_roles_with(permission)))
    if organisation_id is not None:
        held = held.where(UserRole.organisation_id == organisation_id)
    query = (
        sa.select(User)
        .join(Organisation, User.organisation_id == Organisation.id)
        .where(User.active, Organisation.active, User.id.in_(held))
        .order_by(User.name, User.id)
    )
    return db.session.scalars(query).all()


def acting_for(person: User, permission: Permission) -> list[Organisation]:
    """The organisations for which ``person`` holds ``permission``, by name."""
    roles = _roles_with(permission)
    found = {held.organisation for held in person.held_roles if held.role in roles and held.organisation.active}
    return sorted(found, key=lambda body: (body.name, str(body.id)))


def bodies_of(person: User) -> set[Organisation]:
    """Where ``person`` belongs: the organisation that they work for, and those for which they have roles."""
    return {person.organisation, *(held.organisation for held in person.held_roles)}


def _roles_with(permission: Permission) -> list[Role]:
    return [role for role, granted in GRANTS.items() if permission in granted]


def add_user(actor: Actor, details: UserDetails) -> User:
    """Make an account that cannot sign in until its owner has set a password and an authenticator app."""
    actor.require(Permission.ACCOUNT_MANAGE)
    if not details.roles:
        raise DomainError("Select at least one role", "roles")
    return make_account(actor, details)


def make_account(actor: Actor, details: UserDetails) -> User:
    """The account itself, each of its roles held for its own organisation. Whoever calls it has checked the right to.

    Raises DomainError for roles that one person must not have together.
    """
    check_separation(details.roles)
    organisation(details.organisation_id)
    added = User(
        email=details.email.strip().lower(), name=details.name.strip(), organisation_id=details.organisation_id
    )
    added.held_roles = [UserRole(role=role, organisation_id=details.organisation_id) for role in sorted(details.roles)]
    db.session.add(added)
    db.session.flush()
    record(actor, events.UserCreated(object_id=added.id, roles=tuple(sorted(details.roles))))
    return added


def check_separation(roles: frozenset[Role]) -> None:
    """Raise DomainError for an administrator with a role that opens case content, or that checks what they do."""
    forbidden = sorted(roles & NEVER_WITH_ADMINISTRATOR, key=list(Role).index)
    if Role.ADMINISTRATOR in roles and forbidden:
        named = ", ".join(f"“{role.label}”" for role in forbidden)
        raise DomainError(
            f"An administrator cannot also have a role that opens case content or checks access: take away {named}",
            "roles",
        )


def change_user(actor: Actor, target: User, details: UserDetails, *, active: bool, version: int | None) -> None:
    """Change an account. Ending it, or changing its roles or organisation, ends its sessions at once."""
    actor.require(Permission.ACCOUNT_MANAGE)
    target.expect_version(version)
    if not details.roles:
        raise DomainError("Select at least one role", "roles")
    if target.id == actor.user_id and (not active or details.roles != target.assigned_roles):
        raise DomainError("You cannot change your own access: ask another administrator", "roles")
    check_separation(details.roles)
    fields = {
        "email": (target.email, details.email.strip().lower()),
        "name": (target.name, details.name.strip()),
        "organisation": (target.organisation_id, details.organisation_id),
        "roles": (target.assigned_roles, details.roles),
        "active": (target.active, active),
    }
    changed = tuple(name for name, (before, after) in fields.items() if before != after)
    if not changed:
        return
    organisation(details.organisation_id)
    target.email, target.name = details.email.strip().lower(), details.name.strip()
    target.active = active
    _move(target, details.organisation_id)
    if "roles" in changed:
        kept = [held for held in target.held_roles if held.role in details.roles]
        target.held_roles = kept + [
            UserRole(role=role, organisation_id=details.organisation_id)
            for role in sorted(details.roles - {held.role for held in kept})
        ]
    if {"email", "active", "organisation"} & set(changed):
        target.joining_token_hash = target.joining_expires_at = None  # an invitation is to one address and organisation
    db.session.flush()
    db.session.expire(target, ["organisation", "held_roles"])
    if {"roles", "active", "organisation"} & set(changed):
        _end_sessions(sa.select(User.id).where(User.id == target.id))
    record(actor, events.UserChanged(object_id=target.id, changed=changed))


def end_access(actor: Actor, target: User, reason: str) -> None:
    """End somebody’s access at once: they are signed out everywhere, and a link that was sent to them is over."""
    actor.require(Permission.ACCOUNT_MANAGE)
    if target.id == actor.user_id:
        raise DomainError("You cannot end your own access: ask another administrator", "reason")
    if not target.active:
        raise DomainError("The access of this person has ended already", "reason")
    if not reason.strip():
        raise DomainError("Enter why their access ends", "reason")
    target.active = False
    target.joining_token_hash = target.joining_expires_at = None
    db.session.flush()
    _end_sessions(sa.select(User.id).where(User.id == target.id))
    record(actor, events.AccessEnded(object_id=target.id, reason=reason.strip()))


def _move(target: User, organisation_id: uuid.UUID) -> None:
    """Let ``target`` work for another organisation, with the roles that were held for the one before."""
    for held in target.held_roles:
        if held.organisation_id == target.organisation_id:
            held.organisation_id = organisation_id
    target.organisation_id = organisation_id


def load_held_role(_actor: Actor, held_id: uuid.UUID, parents: Mapping[str, Any]) -> UserRole:
    """The role of an id in the URL, below its person. Raises NotFoundError for a role of somebody else."""
    found = db.session.get(UserRole, held_id)
    if found is None or found.user_id != parents["user"].id:
        raise NotFoundError
    return found


def hold_role_for(actor: Actor, target: User, held: UserRole, organisation_id: uuid.UUID) -> None:
    """Let ``target`` have a role for another organisation than before, which ends their sessions at once."""
    actor.require(Permission.ACCOUNT_MANAGE)
    if target.id == actor.user_id:
        raise DomainError("You cannot change your own access: ask another administrator", "organisation")
    if not organisation(organisation_id).active:
        raise DomainError("Select an organisation that takes part in the partnership", "organisation")
    if held.organisation_id == organisation_id:
        return
    held.organisation_id = organisation_id
    db.session.flush()
    db.session.expire(held, ["organisation"])
    _end_sessions(sa.select(User.id).where(User.id == target.id))
    record(actor, events.RoleOrganisationChanged(object_id=target.id, role=held.role, organisation=organisation_id))


def invite(actor: Actor, target: User) -> str:
    """A token, shown once and kept only as its hash, with which the person sets password and second factor.

    A new invitation ends an earlier one, the old password and the old second factor. Works once, for 72 hours.
    """
    actor.require(Permission.ACCOUNT_MANAGE)
    token = make_link(target)
    target.password_hash = None
    target.totp_secret = None
    target.second_factor_confirmed_at = None
    db.session.flush()
    _end_sessions(sa.select(User.id).where(User.id == target.id))
    record(actor, events.UserChanged(object_id=target.id, changed=("invitation",)))
    return token


def make_link(target: User) -> str:
    """A token of 256 bits with which ``target`` joins, kept only as its hash. It ends the one before."""
    token = secrets.token_urlsafe(32)
    target.joining_token_hash = hashlib.sha256(token.encode()).digest()
    target.joining_expires_at = clock.now() + dt.timedelta(hours=JOINING_HOURS)
    db.session.flush()
    return token


def invited_user(token: str) -> User:
    """Whom ``token`` invites. Raises NotFoundError if it is unknown, used or too old."""
    found = db.session.scalar(
        sa.select(User).where(User.joining_token_hash == hashlib.sha256(token.encode()).digest(), User.active)
    )
    if found is None or not found.may_sign_in:
        raise NotFoundError
    if found.joining_expires_at is None or found.joining_expires_at < clock.now():
        raise NotFoundError
    return found


def join(target: User, password: str) -> None:
    """Use up an invitation by setting the first password."""
    set_password(target, password)
    target.joining_token_hash = None
    target.joining_expires_at = None
    db.session.flush()


def set_password(target: User, password: str) -> None:
    """Set a password, which ends all sessions of the account. Raises DomainError if it is too short or too long."""
    check_new_password(password)
    target.password_hash = hash_password(password)
    db.session.flush()
    _end_sessions(sa.select(User.id).where(User.id == target.id))
    record(actor_of(target), events.PasswordSet(object_id=target.id))


def actor_of(target: User, session_id: uuid.UUID | None = None) -> Actor:
    """The actor that ``target`` is."""
    represents = _represented(target)
    return Actor(
        label=target.name,
        user_id=target.id,
        organisation_id=target.organisation_id,
        roles=frozenset(target.roles),
        permissions=frozenset(represents),
        session_id=session_id,
        seat_id=target.seat.id,
        represents=represents,
    )


def _represented(target: User) -> dict[Permission, frozenset[uuid.UUID]]:
    """What ``target`` may do, and for which organisations: by their roles, and as the lead of one."""
    found: dict[Permission, frozenset[uuid.UUID]] = {}
    granted = [(held.organisation, GRANTS[held.role]) for held in target.held_roles]
    led = {body for body in bodies_of(target) if body.lead_id == target.id}
    for body, permissions in [*granted, *((body, LEADING) for body in led)]:
        for permission in permissions if body.active else ():
            found[permission] = found.get(permission, frozenset()) | {body.id}
    return found


def _end_sessions(user_ids: sa.Select[uuid.UUID]) -> None:
    db.session.execute(sa.delete(SignInSession).where(SignInSession.user_id.in_(user_ids)))
