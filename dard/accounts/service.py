"""Organisations and people: adding, changing, ending."""

import datetime as dt
import hashlib
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from dard.accounts.enums import OrganisationKind, Role
from dard.accounts.grants import GRANTS, keys_of, permissions_of
from dard.accounts.models import Organisation, SignInSession, User, UserRole
from dard.accounts.passwords import check_new_password, hash_password
from dard.audit import events
from dard.audit.service import record
from dard.core import clock
from dard.core.actor import Actor
from dard.core.database import db
from dard.core.errors import DomainError, NotFoundError
from dard.core.permissions import Permission
from dard.crypto.enums import Purpose

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
        _end_sessions(sa.select(User.id).where(User.organisation_id == target.id))
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


def people(*, permission: Permission | None = None, organisation_id: uuid.UUID | None = None) -> Sequence[User]:
    """Active people of active organisations, by name: those who hold ``permission`` and belong to the organisation."""
    query = (
        sa.select(User)
        .join(Organisation, User.organisation_id == Organisation.id)
        .where(User.active, Organisation.active)
        .order_by(User.name, User.id)
    )
    if permission is not None:
        roles = [role for role, granted in GRANTS.items() if permission in granted]
        query = query.where(User.id.in_(sa.select(UserRole.user_id).where(UserRole.role.in_(roles))))
    if organisation_id is not None:
        query = query.where(User.organisation_id == organisation_id)
    return db.session.scalars(query).all()


def add_user(actor: Actor, details: UserDetails) -> User:
    """Make an account that cannot sign in until its owner has set a password and an authenticator app."""
    actor.require(Permission.ACCOUNT_MANAGE)
    if not details.roles:
        raise DomainError("Select at least one role", "roles")
    _check_separation(details.roles)
    organisation(details.organisation_id)
    added = User(
        email=details.email.strip().lower(), name=details.name.strip(), organisation_id=details.organisation_id
    )
    added.held_roles = [UserRole(role=role) for role in sorted(details.roles)]
    db.session.add(added)
    db.session.flush()
    record(actor, events.UserCreated(object_id=added.id, roles=tuple(sorted(details.roles))))
    return added


def _check_separation(roles: frozenset[Role]) -> None:
    """Whoever gives out access to cases has none: the keys of identity and narrative never meet account management."""
    if Role.ADMINISTRATOR in roles and keys_of(roles) & {Purpose.IDENTITY, Purpose.NARRATIVE}:
        raise DomainError("An administrator cannot also have a role that opens case files", "roles")


def change_user(actor: Actor, target: User, details: UserDetails, *, active: bool, version: int | None) -> None:
    """Change an account. Ending it, or changing its roles or organisation, ends its sessions at once."""
    actor.require(Permission.ACCOUNT_MANAGE)
    target.expect_version(version)
    if not details.roles:
        raise DomainError("Select at least one role", "roles")
    if target.id == actor.user_id and (not active or details.roles != target.roles):
        raise DomainError("You cannot change your own access: ask another administrator", "roles")
    _check_separation(details.roles)
    fields = {
        "email": (target.email, details.email.strip().lower()),
        "name": (target.name, details.name.strip()),
        "organisation": (target.organisation_id, details.organisation_id),
        "roles": (target.roles, details.roles),
        "active": (target.active, active),
    }
    changed = tuple(name for name, (before, after) in fields.items() if before != after)
    if not changed:
        return
    organisation(details.organisation_id)
    target.email, target.name = details.email.strip().lower(), details.name.strip()
    target.organisation_id, target.active = details.organisation_id, active
    if "roles" in changed:
        kept = [held for held in target.held_roles if held.role in details.roles]
        target.held_roles = kept + [
            UserRole(role=role) for role in sorted(details.roles - {held.role for held in kept})
        ]
    db.session.flush()
    if {"roles", "active", "organisation"} & set(changed):
        _end_sessions(sa.select(User.id).where(User.id == target.id))
    record(actor, events.UserChanged(object_id=target.id, changed=changed))


def invite(actor: Actor, target: User) -> str:
    """A token, shown once and kept only as its hash, with which the person sets password and second factor.

    A new invitation ends an earlier one, the old password and the old second factor. Works once, for 72 hours.
    """
    actor.require(Permission.ACCOUNT_MANAGE)
    token = secrets.token_urlsafe(32)
    target.joining_token_hash = hashlib.sha256(token.encode()).digest()
    target.joining_expires_at = clock.now() + dt.timedelta(hours=JOINING_HOURS)
    target.password_hash = None
    target.totp_secret = None
    target.second_factor_confirmed_at = None
    db.session.flush()
    _end_sessions(sa.select(User.id).where(User.id == target.id))
    record(actor, events.UserChanged(object_id=target.id, changed=("invitation",)))
    return token


def invited_user(token: str) -> User:
    """Whom ``token`` invites. Raises NotFoundError if it is unknown, used or too old."""
    found = db.session.scalar(
        sa.select(User).where(User.joining_token_hash == hashlib.sha256(token.encode()).digest(), User.active)
    )
    if found is None or found.joining_expires_at is None or found.joining_expires_at < clock.now():
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
    return Actor(
        label=target.name,
        user_id=target.id,
        organisation_id=target.organisation_id,
        roles=frozenset(target.roles),
        permissions=permissions_of(target.roles),
        session_id=session_id,
    )


def _end_sessions(user_ids: sa.Select[uuid.UUID]) -> None:
    db.session.execute(sa.delete(SignInSession).where(SignInSession.user_id.in_(user_ids)))
