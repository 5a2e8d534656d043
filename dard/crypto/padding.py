"""Length hiding: plaintexts are padded inside the seal, by class, so that the stored length tells nothing.

Marker and zeros as in ISO/IEC 7816-4. Long texts grow by at most 12 % (Padmé: Nikitin et al., PETS 2019).
"""

import enum

from dard.crypto.errors import UnsealError

MARKER = b"\x80"
SHORTEST_LONG_TEXT = 256  # bytes: shorter ones all look alike


class Padding(enum.Enum):
    """Bucket in bytes to whose multiple a value is padded; 0 stands for Padmé, for long texts."""

    CODE = 32
    NAME = 64
    ADDRESS = 128
    NARRATIVE = 0


def pad(plaintext: bytes, bucket: int) -> bytes:
    """``plaintext`` with marker and zeros; ``bucket`` is the value of a Padding."""
    size = len(plaintext) + 1
    return (plaintext + MARKER).ljust(-(-size // bucket) * bucket if bucket else padme(size), b"\x00")


def padme(size: int) -> int:
    """The size to which ``size`` bytes of long text are padded."""
    size = max(size, SHORTEST_LONG_TEXT)
    exponent = size.bit_length() - 1
    low_bits = exponent - exponent.bit_length()
    return -(-size >> low_bits) << low_bits


def unpad(padded: bytes) -> bytes:
    """``padded`` without marker and zeros. Raises UnsealError if there is no marker."""
    end = padded.rfind(MARKER)  # nothing but zeros follows it: what the seal has vouched for was made by ``pad``
    if end < 0:
        raise UnsealError("a sealed value has no padding marker")
    return padded[:end]
