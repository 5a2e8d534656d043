"""People, organisations and sign-in."""

from dataclasses import dataclass

from dard.audit.events.event import Event


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
class SecondFactorOffered(Event):
    code = "account.second_factor_offered"
    object_type = "user"
    sentence = "Authenticator app offered"


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
