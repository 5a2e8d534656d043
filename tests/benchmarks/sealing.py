"""What sealing and opening one field costs beside a bare call of the cipher; and whether a nonce ever comes again.

A field is assigned and read as everywhere in the product: its 100 characters are padded to 128 bytes, bound to their
cell and given a nonce of their own. The baseline is the least that encryption can cost: ``AESGCM.encrypt`` or
``decrypt`` of the 100 bytes as they are, with one nonce for all calls and no associated data. The sides take turns; the
best of each counts.
"""

import os
import time
import uuid
from collections.abc import Callable
from functools import partial
from itertools import repeat

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from support.benchmarking import best_of

from dard.cases.models import CasePerson
from dard.cli.bench import Metric
from dard.crypto.enums import EVERY_PURPOSE
from dard.crypto.envelope import HEADER_SIZE, NONCE_END, NONCE_SIZE, header, length_prefixed
from dard.crypto.keyring import new_keyring
from dard.crypto.padding import pad

CALLS = 5_000  # in one turn: about 10 ms, so that some turns are not disturbed on a busy machine
TURNS = 40
SEALS = 10_000_000
SEAL_LIMIT = 3.0
OPEN_LIMIT = 2.0
TEXT = "Flat 3, 14 Larkspur Rise, Bramblewick, Fernshire".ljust(100, ".")
FIELD = CasePerson.address
SIDES = {
    "seal": "the field",
    "open": "the field",
    "encrypt": "the baseline",
    "decrypt": "the baseline",
    "encrypt_bound": "the same call padded and bound",
    "decrypt_bound": "the same call padded and bound",
    "nonce": "os.urandom(12)",
    "attribute": "the ORM’s own attribute",
}
Microseconds = dict[str, float]


def run() -> list[Metric]:
    """The metrics of one field."""
    spent = measure(CALLS, TURNS)
    started = time.perf_counter()
    repeated = repeated_nonces(SEALS)
    seconds = time.perf_counter() - started
    return [
        Metric(
            name="seal 100 bytes",
            ratio=spent["seal"] / spent["encrypt"],
            baseline="one AESGCM.encrypt of 100 bytes",
            limit=SEAL_LIMIT,
            at_most=True,
            measured=_told(spent, "seal", "encrypt", "encrypt_bound", "nonce", "attribute"),
        ),
        Metric(
            name="open 100 bytes",
            ratio=spent["open"] / spent["decrypt"],
            baseline="one AESGCM.decrypt of 100 bytes",
            limit=OPEN_LIMIT,
            at_most=True,
            measured=_told(spent, "open", "decrypt", "decrypt_bound"),
        ),
        Metric(
            name=f"nonces that came again in {SEALS:,} seals",
            ratio=float(repeated),
            baseline="one repeat",
            limit=0.0,
            at_most=True,
            measured=f"{seconds:.0f} s, {SEALS / seconds:,.0f} seals a second",
        ),
    ]


def measure(calls: int, turns: int) -> Microseconds:
    """Microseconds of one call of each side, in its best turn of ``calls`` calls."""
    with new_keyring().open_for(EVERY_PURPOSE):
        person = CasePerson(address=TEXT)
        sides = {
            "seal": partial(_seal, person),
            "attribute": partial(_set, person, person.address_sealed),
            "nonce": _draw,
            "open": partial(_open, person),
            **_cipher("", TEXT.encode(), None),
            **_cipher("_bound", pad(TEXT.encode(), FIELD.padding.value), associated_data(person.id)),
        }
        best = best_of(turns, **{name: partial(work, calls) for name, work in sides.items()})
    return {name: seconds / calls * 1e6 for name, seconds in best.items()}


def associated_data(row: uuid.UUID) -> bytes:
    """What the seal of FIELD binds in ``row``, with made-up keys: for its length."""
    environment, parts = uuid.uuid4(), (FIELD.table, FIELD.column)
    return length_prefixed(
        [header(1), environment.bytes, *(part.encode() for part in parts), row.bytes, FIELD.codec.tag]
    )


def _cipher(suffix: str, plaintext: bytes, bound: bytes | None) -> dict[str, Callable[[int], None]]:
    cipher, nonce = AESGCM(AESGCM.generate_key(256)), os.urandom(NONCE_SIZE)
    sealed = cipher.encrypt(nonce, plaintext, bound)
    return {
        f"encrypt{suffix}": partial(_call, cipher.encrypt, nonce, plaintext, bound),
        f"decrypt{suffix}": partial(_call, cipher.decrypt, nonce, sealed, bound),
    }


def _seal(person: CasePerson, calls: int) -> None:
    for _ in repeat(None, calls):
        person.address = TEXT


def _open(person: CasePerson, calls: int) -> None:
    for _ in repeat(None, calls):
        _opened = person.address


def _set(person: CasePerson, sealed: bytes, calls: int) -> None:
    for _ in repeat(None, calls):
        person.address_sealed = sealed


def _draw(calls: int) -> None:
    for _ in repeat(None, calls):
        os.urandom(NONCE_SIZE)


def _call(cipher: Callable[..., bytes], nonce: bytes, text: bytes, bound: bytes | None, calls: int) -> None:
    for _ in repeat(None, calls):
        cipher(nonce, text, bound)


def _told(spent: Microseconds, *names: str) -> str:
    return "µs a call: " + ", ".join(f"{spent[name]:.2f} {SIDES[name]}" for name in names)


def repeated_nonces(seals: int) -> int:
    """How many of as many ``seals`` of one field had a nonce that another had before. Holds 11 bytes for each seal."""
    rests = [bytearray() for _ in range(256)]  # by the first byte of the nonce
    row = uuid.uuid4()
    with new_keyring().open_for(EVERY_PURPOSE):
        for _ in repeat(None, seals):
            sealed = FIELD.seal(row, TEXT)
            rests[sealed[HEADER_SIZE]] += sealed[HEADER_SIZE + 1 : NONCE_END]
    return sum(map(_repeats, rests))


def _repeats(rests: bytearray) -> int:
    starts = range(0, len(rests), NONCE_SIZE - 1)
    return len(starts) - len({bytes(rests[start : start + NONCE_SIZE - 1]) for start in starts})
