"""Finding a sealed value again by exact match, without storing anything from which it can be read.

Only for values of high entropy. There are about a thousand million NHS numbers, so that a plain keyed hash could be
searched through in hours by whoever has its key; Argon2id makes each guess dear on top (security model, blind indexes).
"""

import hmac

from argon2.low_level import Type, hash_secret_raw

from dard.crypto import normalisation
from dard.crypto.enums import Purpose
from dard.crypto.keyring import derived, keys_for

INDEX_SIZE = 16
_TIME_COST = 3
_MEMORY_KIB = 4096


def nhs_number_index(text: str) -> bytes | None:
    """16 bytes that stand for an NHS number on this instance; None if ``text`` is no valid NHS number."""
    digits = normalisation.nhs_number(text)
    if digits is None:
        return None
    key = derived(keys_for(Purpose.INDEX).primary(Purpose.INDEX), "dard/index/v1", "nhs_number")
    return hash_secret_raw(
        secret=digits.encode(),
        salt=key,
        time_cost=_TIME_COST,
        memory_cost=_MEMORY_KIB,
        parallelism=1,
        hash_len=INDEX_SIZE,
        type=Type.ID,
    )


def fingerprint(context: str, data: bytes) -> bytes:
    """32 bytes that stand for ``data`` on this instance; ``context`` names the use, and each use has its own.

    HMAC-SHA256: quick, so that a file of thousands of rows can be compared with what was imported before. Whoever lacks
    the index key can neither read ``data`` from it nor test a guess. Raises KeyScopeError without that key.
    """
    key = derived(keys_for(Purpose.INDEX).primary(Purpose.INDEX), "dard/fingerprint/v1", context)
    return hmac.digest(key, data, "sha256")
