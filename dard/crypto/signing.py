"""Signatures of this instance (Ed25519, RFC 8032), which anybody can check without any of its keys."""

import uuid
from contextlib import AbstractContextManager
from dataclasses import dataclass

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dard.core.database import db
from dard.crypto.enums import Purpose
from dard.crypto.errors import KeyScopeError
from dard.crypto.keyring import Key, also_open, derived, scope_for
from dard.crypto.models import DataKey


@dataclass(frozen=True, slots=True)
class Signature:
    """64 bytes, and the number of the key that made them."""

    key_number: int
    value: bytes


def sign(message: bytes) -> Signature:
    """Sign ``message``. Raises KeyScopeError unless the work in hand may, KeyLockedError while it cannot."""
    scope = scope_for(Purpose.SIGNING)
    if Purpose.SIGNING not in scope.seals:
        raise KeyScopeError(Purpose.SIGNING)
    key = scope.keyring.primary(Purpose.SIGNING)
    return Signature(key.number, _private(key).sign(message))


def allowed() -> AbstractContextManager[None]:
    """Let the work inside sign, whoever the request is from."""
    return also_open(Purpose.SIGNING)


def environment() -> uuid.UUID:
    """The random name of this instance."""
    return scope_for(Purpose.SIGNING).keyring.environment


def public_keys() -> dict[int, bytes]:
    """The 32-byte public key of every signing key that there ever was, by number."""
    rows = db.session.execute(
        sa.select(DataKey.number, DataKey.public_key).where(DataKey.purpose == Purpose.SIGNING)
    ).all()
    return {number: bytes(key) for number, key in rows if key is not None}


def public_key_of(key: Key) -> bytes:
    """The 32 bytes with which signatures of ``key`` are checked."""
    return _private(key).public_key().public_bytes_raw()


def _private(key: Key) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(derived(key, "dard/signing/v1"))
