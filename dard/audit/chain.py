"""The hash chain: SHA-256 over a length-prefixed list of every column and the hash of the event before.

Pure functions. Changing, deleting, inserting or reordering events breaks the chain at the first event concerned;
cutting off the newest ones does not, and is found only against a copy of the newest hash kept elsewhere.
"""

import datetime as dt
import hashlib
import struct
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

DOMAIN = b"dard-audit-v1"
GENESIS = bytes(32)
COLUMNS = (
    "id", "position", "occurred_at", "actor_id", "actor_label", "organisation_id", "session_id", "code", "object_type",
    "object_id", "case_id", "details", "reason_sealed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found: how many events were checked, and the first fault, if any, in words."""

    checked: int
    head: bytes
    fault: str | None = None
    position: int | None = None


def canonical(value: Any) -> bytes:
    """A column's value as bytes, with a letter for its kind so that None, "" and 0 differ."""
    if value is None:
        return b"n"
    if isinstance(value, uuid.UUID):
        return b"u" + value.bytes
    if isinstance(value, bytes):
        return b"b" + hashlib.sha256(value).digest()
    if isinstance(value, int):
        return b"i" + str(value).encode()
    if isinstance(value, dt.datetime):
        return b"t" + value.astimezone(dt.UTC).isoformat(timespec="microseconds").encode()
    return b"s" + str(value).encode()


def event_hash(row: Mapping[str, Any], previous: bytes) -> bytes:
    """The hash of an event with the columns of ``row``, following the event whose hash is ``previous``."""
    parts = [DOMAIN, previous, *(canonical(row[column]) for column in COLUMNS)]
    return hashlib.sha256(b"".join(struct.pack(">Q", len(part)) + part for part in parts)).digest()


def verify(rows: Iterable[Mapping[str, Any]]) -> Verdict:
    """Check events given in the order of their positions, from the first."""
    previous, expected = GENESIS, 1
    for row in rows:
        position = row["position"]
        if position != expected:
            return Verdict(expected - 1, previous, f"Event {expected} is missing", expected)
        if row["previous_hash"] != previous:
            return Verdict(expected - 1, previous, f"Event {position} does not follow the one before it", position)
        if event_hash(row, previous) != row["hash"]:
            return Verdict(expected - 1, previous, f"Event {position} was changed after it was written", position)
        previous, expected = row["hash"], expected + 1
    return Verdict(expected - 1, previous)
