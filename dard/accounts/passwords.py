"""Passwords and one-time codes.

Passwords: argon2id (RFC 9106, 64 MiB, three passes); 12 to 128 characters, no rules of composition and no expiry (NCSC
password guidance; NIST SP 800-63B), because a second factor is always required. One-time codes: TOTP (RFC 6238), one
step of 30 seconds either way, each step accepted once.
"""

import hmac

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from dard.core import clock
from dard.core.errors import DomainError

SHORTEST = 12
LONGEST = 128
TOTP_STEP_SECONDS = 30
TOTP_DRIFT_STEPS = 1
_hasher = PasswordHasher()
_nobody = _hasher.hash("no account has this password")


def check_new_password(password: str) -> None:
    """Raise DomainError for a password that may not be chosen."""
    if len(password) < SHORTEST:
        raise DomainError(
            f"Password must be {SHORTEST} characters or more: three random words are a good one", "password"
        )
    if len(password) > LONGEST:
        raise DomainError(f"Password must be {LONGEST} characters or fewer", "password")


def hash_password(password: str) -> str:
    """The argon2id hash of a password, with its salt and parameters."""
    return _hasher.hash(password)


def password_matches(stored: str | None, password: str) -> bool:
    """Whether ``password`` is the one behind ``stored``; takes as long when there is no account."""
    if len(password) > LONGEST:
        return False
    try:
        _hasher.verify(stored or _nobody, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def new_totp_secret() -> str:
    """A fresh 160-bit secret in base 32."""
    return pyotp.random_base32()


def provisioning_uri(secret: str, email: str, issuer: str) -> str:
    """What the QR code for an authenticator app says."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)


def accepted_step(secret: str, code: str, last_step: int) -> int | None:
    """The time step for which ``code`` is right, if it is later than ``last_step``; None otherwise."""
    digits = code.replace(" ", "")
    present = int(clock.now().timestamp()) // TOTP_STEP_SECONDS
    totp = pyotp.TOTP(secret)
    found = None
    for step in range(present - TOTP_DRIFT_STEPS, present + TOTP_DRIFT_STEPS + 1):
        if hmac.compare_digest(totp.at(step * TOTP_STEP_SECONDS).encode(), digits.encode()) and step > last_step:
            found = step
    return found
