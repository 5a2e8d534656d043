"""Length hiding: plaintexts are padded inside the seal, by class, so that the stored length tells nothing.

Marker and zeros as in ISO/IEC 7816-4. Long texts grow by at most 12 % (Padmé: Nikitin et al., PETS 2019).
"""

import enum

from dard.crypto.errors import UnsealError


class Padding(enum.Enum):
    """Bucket in bytes to whose multiple a value is padded; 0 stands for Padmé, for long texts."""

    CODE = 32
    NAME = 64
    ADDRESS = 128
    NARRATIVE = 0


def padded_size(size: int, padding: Padding) -> int:
    """The number of bytes to which ``size`` bytes and the marker are brought."""
    needed = size + 1
    bucket = padding.value
    if bucket:
        return -(-needed // bucket) * bucket
    needed = max(needed, 256)
    exponent = needed.bit_length() - 1
    low_bits = exponent - exponent.bit_length()
    return -(-needed >> low_bits) << low_bits


def pad(plaintext: bytes, padding: Padding) -> bytes:
    """``plaintext`` with marker and zeros."""
    return (plaintext + b"\x80").ljust(padded_size(len(plaintext), padding), b"\x00")


def unpad(padded: bytes) -> bytes:
    """``padded`` without marker and zeros. Raises UnsealError if there is no marker."""
    stripped = padded.rstrip(b"\x00")
    if not stripped.endswith(b"\x80"):
        raise UnsealError("a sealed value has no padding marker")
    return stripped[:-1]
