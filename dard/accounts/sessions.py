"""Signing in and out. The cookie names a row of the database; without that row it is worth nothing."""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa

from dard.accounts.models import Organisation, SignInSession, User
from dard.accounts.passwords import accepted_step, new_totp_secret, password_matches
from dard.accounts.service import actor_of
from dard.audit import events
from dard.audit.service import count_since, record
from dard.core import clock
from dard.core.actor import Actor
from dard.core.database import db, intent
from dard.core.errors import DomainError, NotFoundError
from dard.core.settings import Settings

TOUCH_EVERY = dt.timedelta(minutes=1)
REFUSED = "Enter the email address and password of your account"
WRONG_CODE = "That code is not right. Enter the 6-digit code that your authenticator app shows now"
CODE_FAILURES = 10  # in CODE_WINDOW: guessing one of a million codes would take years
CODE_WINDOW = dt.timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a person's authenticator app needs to be told."""

    secret: str
    email: str


def check_password(email: str, password: str) -> User:
    """The person whose password this is. Raises DomainError, the same for every reason, if there is none."""
    account = (
        sa.select(User)
        .join(Organisation, User.organisation_id == Organisation.id)
        .where(User.email == email.strip().lower(), User.active, Organisation.active)
    )
    found = db.session.scalar(account)
    stored = found.password_hash if found else None
    db.session.rollback()  # checking a password takes long on purpose, and must not keep others from writing
    matches = password_matches(stored, password)
    found = db.session.scalar(account)
    if not matches or found is None or not found.may_sign_in or found.password_hash != stored:
        # An unknown address has no account to name: the nil id keeps the event without keeping what was typed.
        event = events.PasswordRefused(object_id=found.id if found else events.NOTHING)
        raise DomainError(REFUSED, "password", event=event)
    if found.second_factor_confirmed_at is None and found.totp_secret is None:
        found.totp_secret = new_totp_secret()
        db.session.flush()
        record(actor_of(found), events.SecondFactorOffered(object_id=found.id))
    return found


def password_proof(target: User) -> str:
    """What ties the first step of a sign-in to the password that was given: another password makes it worthless.

    Empty for an account that has ended, or has no password, which matches no step.
    """
    if not target.may_sign_in or target.password_hash is None:
        return ""
    return hashlib.sha256(target.password_hash.encode()).hexdigest()


def enrolment(target: User) -> Enrolment:
    """The secret that ``target`` is setting up. Raises NotFoundError once it is confirmed: it is never shown again."""
    if target.second_factor_confirmed_at is not None or target.totp_secret is None:
        raise NotFoundError
    return Enrolment(target.totp_secret, target.email)


def complete_sign_in(target: User, code: str) -> str:
    """Check the one-time code and begin a session; the first right code confirms the second factor.

    Returns the session's token. Raises DomainError for a code that is wrong, too old, or used before.
    """
    # Only wrong codes count: they take the password first, so that nobody without it can keep the owner out.
    failures = count_since(events.CodeRefused.code, target.id, clock.now() - CODE_WINDOW)
    if failures >= CODE_FAILURES:
        raise DomainError("There were too many wrong codes. Wait 15 minutes, then sign in again", "code")
    step = accepted_step(target.totp_secret, code, target.last_totp_step) if target.totp_secret else None
    if step is None:
        event = events.CodeRefused(object_id=target.id)
        raise DomainError(WRONG_CODE, "code", event=event)
    # Not through the row's version: signing in is no change that an administrator's form would have to know of.
    spent = db.session.execute(
        sa.update(User)
        .where(User.id == target.id, User.last_totp_step < step)
        .values(last_totp_step=step, last_signed_in_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    if not cast("sa.CursorResult[Any]", spent).rowcount:
        raise DomainError(WRONG_CODE, "code")
    actor = actor_of(target)
    if target.second_factor_confirmed_at is None:
        target.second_factor_confirmed_at = clock.now()
        record(actor, events.SecondFactorEnrolled(object_id=target.id))
    token = secrets.token_urlsafe(32)
    begun = SignInSession(token_hash=_hash(token), user_id=target.id, last_seen_at=clock.now())
    db.session.add(begun)
    db.session.flush()
    record(actor_of(target, begun.id), events.SignedIn(object_id=target.id))
    return token


def session_of(token: str, settings: Settings) -> SignInSession | None:
    """The session that ``token`` names, if it is neither too old nor idle for too long and its owner still active."""
    found = db.session.scalar(sa.select(SignInSession).where(SignInSession.token_hash == _hash(token)))
    if found is None or not found.user.may_sign_in:
        return None
    now = clock.now()
    if now - found.created_at > dt.timedelta(hours=settings.session_absolute_hours):
        return None
    if now - found.last_seen_at > dt.timedelta(minutes=settings.session_idle_minutes):
        return None
    return found


def touch(found: SignInSession) -> None:
    """Note that the session is in use, at most once a minute, in a transaction of its own."""
    if clock.now() - found.last_seen_at < TOUCH_EVERY:
        return
    session_id = found.id
    db.session.rollback()  # the write below must not wait for a transaction of our own
    seen = sa.update(SignInSession).where(SignInSession.id == session_id).values(last_seen_at=clock.now())
    with intent(write=True), db.engine.begin() as connection:
        connection.execute(seen)


def sign_out(actor: Actor) -> None:
    """End the actor's session."""
    db.session.execute(sa.delete(SignInSession).where(SignInSession.id == actor.session_id))
    if actor.user_id is not None:
        record(actor, events.SignedOut(object_id=actor.user_id))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
