"""Wrapping data keys: the one thing that a key-encryption key does, and the interface for what holds it.

A provider may be a file, a passphrase or a key management service: it is handed a data key and what the key is for,
and gives back bytes that only it can turn into the key again, and only for the same use.
"""

import os
import struct
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dard.crypto.enums import Purpose
from dard.crypto.envelope import NONCE_SIZE, length_prefixed
from dard.crypto.errors import KeyFileError

KEY_SIZE = 32
SALT_SIZE = 16
_HEADER = struct.Struct(">BBI")
_MARK = 0xD2
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Use:
    """What a data key is for: bound to its wrapping, so that no key can be passed off as another."""

    environment: uuid.UUID
    number: int
    purpose: Purpose

    def binding(self) -> bytes:
        """The use as bytes, as length-prefixed parts."""
        parts = ("dard", str(self.environment), str(self.number), self.purpose.value)
        return length_prefixed([part.encode() for part in parts])


class KeyWrapper(Protocol):
    """What holds a key-encryption key. Both raise KeyServiceError while it cannot be reached or refuses to answer."""

    def wrap(self, secret: bytes, use: Use) -> bytes:
        """``secret`` so that it can be stored beside the data."""

    def unwrap(self, wrapped: bytes, use: Use) -> bytes:
        """The secret again. Raises KeyFileError if ``wrapped`` was altered, or was wrapped by another key or use."""


class LocalWrapper:
    """Key-encryption keys at hand in this process, by number; the newest wraps, all unwrap (AES-256-GCM).

    A key is given as a function, which is called when it is first needed: deriving it from a passphrase takes long,
    and the passphrase of a key that wraps nothing need not be asked for.
    """

    def __init__(self, keys: Mapping[int, Callable[[], bytes]]) -> None:
        self._keys = dict(keys)
        self._secrets: dict[int, bytes] = {}

    def wrap(self, secret: bytes, use: Use) -> bytes:
        """``secret`` under the newest key."""
        number = max(self._keys)
        head = _HEADER.pack(_MARK, _VERSION, number)
        nonce = os.urandom(NONCE_SIZE)
        return head + nonce + AESGCM(self._secret(number)).encrypt(nonce, secret, head + use.binding())

    def unwrap(self, wrapped: bytes, use: Use) -> bytes:
        """The secret again, under whichever key it was wrapped."""
        head, number = self._head(wrapped)
        if number not in self._keys:
            raise KeyFileError(
                f"The keys in the database are wrapped by key-encryption key {number}, which the key file does not "
                "hold: set DARD_KEY_FILE to the key file of this instance"
            )
        start = _HEADER.size + NONCE_SIZE
        cipher = AESGCM(self._secret(number))
        try:
            return cipher.decrypt(wrapped[_HEADER.size : start], wrapped[start:], head + use.binding())
        except (InvalidTag, ValueError):
            raise KeyFileError(
                "A key in the database cannot be unwrapped: it was altered, or the key file or the passphrase is "
                "that of another instance"
            ) from None

    @staticmethod
    def wrapped_by(wrapped: bytes) -> int:
        """The number of the key-encryption key that ``wrapped`` needs."""
        return LocalWrapper._head(wrapped)[1]

    @staticmethod
    def _head(wrapped: bytes) -> tuple[bytes, int]:
        if len(wrapped) < _HEADER.size or wrapped[:2] != bytes((_MARK, _VERSION)):
            raise KeyFileError("A key in the database is not wrapped in a known format: restore it from a backup")
        head = wrapped[: _HEADER.size]
        return head, int(_HEADER.unpack(head)[2])

    def _secret(self, number: int) -> bytes:
        if number not in self._secrets:
            self._secrets[number] = self._keys[number]()
        return self._secrets[number]


@dataclass(frozen=True, slots=True)
class PassphraseCost:
    """What it costs to try one passphrase (Argon2id, RFC 9106): ``memory_kib`` KiB read ``time_cost`` times.

    The default is the memory-constrained choice of RFC 9106 section 4: about a third of a second on a laptop.
    """

    time_cost: int = 3
    memory_kib: int = 65536
    lanes: int = 4


def key_from_passphrase(passphrase: str, salt: bytes, cost: PassphraseCost) -> bytes:
    """The 256-bit key-encryption key that ``passphrase`` stands for."""
    return hash_secret_raw(
        secret=passphrase.encode(),
        salt=salt,
        time_cost=cost.time_cost,
        memory_cost=cost.memory_kib,
        parallelism=cost.lanes,
        hash_len=KEY_SIZE,
        type=Type.ID,
    )
