"""The sealed value: ``D1 | version | algorithm | key id (u32, big endian) | nonce[12] | ciphertext | tag[16]``.

AES-256-GCM with a random 96-bit nonce (NIST SP 800-38D: at most 2^32 values under one derived key). The associated
data are a length-prefixed list of the header, the environment, table, column, row and type, so that a value opens only
in the cell for which it was sealed: copied to another row, column, table or instance it is refused.
"""

import os
import struct
from collections.abc import Callable, Sequence

from cryptography.exceptions import InvalidTag

from dard.crypto.errors import UnsealError

MAGIC = 0xD1
VERSION = 1
AES_256_GCM = 1
HEADER = struct.Struct(">BBBI")
NONCE_SIZE = 12
TAG_SIZE = 16
HEADER_SIZE = HEADER.size
NONCE_END = HEADER_SIZE + NONCE_SIZE
OVERHEAD = NONCE_END + TAG_SIZE

Cipher = Callable[[bytes, bytes, bytes], bytes]  # nonce, text, associated data: one way of an AEAD under one key


def length_prefixed(parts: Sequence[bytes], *, to_follow: int = 0) -> bytes:
    """``parts`` as count and (8-byte length, bytes) each: no two different lists give the same bytes.

    ``to_follow`` parts, counted here, are appended later by ``prefixed``: a binding shared by many rows is made once.
    """
    return struct.pack(">Q", len(parts) + to_follow) + b"".join(prefixed(part) for part in parts)


def prefixed(part: bytes) -> bytes:
    """One part of a length-prefixed list."""
    return struct.pack(">Q", len(part)) + part


def header(key_id: int) -> bytes:
    """The seven bytes before the nonce. Raises ValueError for a key id outside 1 to 2^32 - 1."""
    if not 0 < key_id < 2**32:
        raise ValueError("a key id is a whole number from 1 to 4294967295")
    return HEADER.pack(MAGIC, VERSION, AES_256_GCM, key_id)


def key_id_of(sealed: bytes) -> int:
    """The id of the key under which a value was sealed. Raises UnsealError for anything that is no sealed value."""
    if len(sealed) < OVERHEAD:
        raise UnsealError("this is too short to be a sealed value")
    magic, version, algorithm, key_id = HEADER.unpack_from(sealed)
    if magic != MAGIC or version != VERSION or algorithm != AES_256_GCM:
        raise UnsealError("this is not a sealed value of a known format")
    return int(key_id)


def seal(encrypt: Cipher, head: bytes, plaintext: bytes, bound_to: bytes) -> bytes:
    """Encrypt ``plaintext`` with a fresh nonce, bound to ``bound_to`` (which includes ``head``)."""
    nonce = os.urandom(NONCE_SIZE)  # never drawn in advance: a copy of this process must not hold the same ones
    return head + nonce + encrypt(nonce, plaintext, bound_to)


def unseal(decrypt: Cipher, sealed: bytes, bound_to: bytes) -> bytes:
    """The plaintext of ``sealed``. Raises UnsealError if a bit differs or it was sealed for another cell."""
    try:
        return decrypt(sealed[HEADER_SIZE:NONCE_END], sealed[NONCE_END:], bound_to)
    except (InvalidTag, ValueError):  # ValueError: not even a whole nonce is left
        raise UnsealError("a sealed value was altered, or was sealed for another place") from None
