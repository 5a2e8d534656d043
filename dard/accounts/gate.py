"""What the route guard asks of accounts: who sends this request, which keys they may use, and the log of refusals."""

from contextlib import AbstractContextManager

from flask import Flask, request, url_for
from flask_login import LoginManager, UserMixin, current_user

from dard.accounts.enums import Role
from dard.accounts.grants import GIVING_REASONS, SIGNING_IN, keys_of, seals_of
from dard.accounts.service import actor_of
from dard.accounts.sessions import session_of, touch
from dard.accounts.statement import owes_acceptance
from dard.audit import events
from dard.audit.service import record
from dard.core.actor import Actor
from dard.core.errors import AlteredError, DomainError, ForbiddenError, LockedError
from dard.core.settings import Settings
from dard.crypto.errors import KeyLockedError, KeyScopeError, UnsealError
from dard.crypto.keyring import Keyring

BEFORE_ACCEPTANCE = frozenset({"accounts.confidentiality", "accounts.sign_out"})


class SignedInUser(UserMixin):  # type: ignore[misc] # Flask-Login has no types
    """What Flask-Login keeps for a request. Its id is the session's token, so that ending the row ends the sign-in."""

    def __init__(self, token: str, actor: Actor, *, owes_acceptance: bool = False) -> None:
        self.id = token
        self.actor = actor
        self.owes_acceptance = owes_acceptance


class AccountsGate:
    """The gate of dard.core.routing over the accounts of this instance."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def actor(self) -> Actor:
        """The signed-in person, or nobody."""
        found: Actor | None = getattr(current_user, "actor", None)
        return found or Actor.nobody()

    def detour(self, page: str) -> str | None:
        """The confidentiality statement, for those who have not accepted it; they may also sign out."""
        owes = getattr(current_user, "owes_acceptance", False)
        return url_for("accounts.confidentiality") if owes and page not in BEFORE_ACCEPTANCE else None

    def keys(self, actor: Actor) -> AbstractContextManager[None]:
        """The keys that the actor's roles need; without a person, those that signing in needs."""
        if actor.user_id is None:
            return self._keyring.open_for(SIGNING_IN, SIGNING_IN | GIVING_REASONS)
        roles = [Role(role) for role in actor.roles]
        return self._keyring.open_for(keys_of(roles), seals_of(roles))

    def refusal(self, error: BaseException) -> DomainError | None:
        """What people are told, and what the log keeps, when a key or a sealed value cannot be used."""
        page = request.endpoint or ""
        if isinstance(error, KeyScopeError):
            event = events.KeyScopeRefused(object_id=events.NOTHING, purpose=error.purpose, page=page)
            return ForbiddenError("Your role does not open this information", event=event)
        if isinstance(error, KeyLockedError):
            return LockedError()
        if isinstance(error, UnsealError):
            return AlteredError(event=events.SealBroken(object_id=events.NOTHING, page=page))
        return None

    def record(self, actor: Actor, event: events.Event) -> None:
        """Append the event of a refusal."""
        record(actor, event)


def init_gate(app: Flask, settings: Settings, keyring: Keyring) -> None:
    """Let ``app`` know people by their session cookie."""
    app.extensions["dard.gate"] = AccountsGate(keyring)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-dard" if settings.production else "dard",
        SESSION_COOKIE_SECURE=settings.production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    manager = LoginManager(app)
    manager.session_protection = "strong"

    @manager.user_loader  # type: ignore[untyped-decorator] # Flask-Login has no types
    def _load(token: str) -> SignedInUser | None:
        found = session_of(token, settings)
        if found is None:
            return None
        actor, owes = actor_of(found.user, found.id), owes_acceptance(found.user)
        touch(found)
        return SignedInUser(token, actor, owes_acceptance=owes)
