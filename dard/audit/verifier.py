"""Checks an audit log of DARD, or one event of it, with nothing but Python 3.10 or later. Nothing leaves your machine.

    python3 verifier.py FILE [--against ANCHORS]

FILE is an export of a whole log, or one event with its proof. ANCHORS is any text with “dard-checkpoint …” lines that
were kept elsewhere: minutes, packs, emails. Exit status 0: all is well; 1: a fault, named; 2: FILE cannot be read.

Events are chained: each holds the SHA-256 of the one before it. A checkpoint is the signed root (Ed25519, RFC 8032) of
the Merkle tree (RFC 6962) over the first events. What no check can find: events cut off after the newest checkpoint
that somebody keeps elsewhere.
"""

import base64
import hashlib
import json
import re
import struct
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

EVENT_DOMAIN = b"dard-audit-v1"
CHECKPOINT_DOMAIN = b"dard-audit-checkpoint-v1"
EXPORT_FORMAT = "dard-audit-export-v1"
PROOF_FORMAT = "dard-audit-proof-v1"
GENESIS = bytes(32)
HASH_SIZE = 32
UNREADABLE = b""  # the body of an event that holds what no event can hold: it has no hash that fits
_sha256 = hashlib.sha256
_length = struct.Struct(">Q").pack


# The hash of an event: every column, with a letter for its kind and its length before it, after the hash before.


class Digest(bytes):
    """The SHA-256 that stands for sealed bytes where these are not given out. The hash of an event takes no more."""


def framed(part: bytes) -> bytes:
    """``part`` after its length (8 bytes, big endian): no two lists of parts give the same bytes."""
    return _length(len(part)) + part


def _identity(value: str) -> bytes:
    raw = bytes.fromhex(value)
    if raw.hex() != value or len(raw) != 16:
        raise ValueError("an id is 32 hexadecimal digits in lower case")
    return _ID + raw


def _moment(value: str) -> bytes:
    day, _, time = value.partition(" ")
    return framed(f"t{day}T{time}".encode())


def _number(value: int) -> bytes:
    return framed(f"i{value:d}".encode())


def _text(value: str) -> bytes:
    raw = value.encode()
    return _length(len(raw) + 1) + b"s" + raw


def _sealed(value: bytes) -> bytes:
    return framed(b"b" + (value if type(value) is Digest else _sha256(value).digest()))


_ID = _length(17) + b"u"
_NONE = framed(b"n")
_HEAD = framed(EVENT_DOMAIN)
_known_identity, _known_text = lru_cache(4096)(_identity), lru_cache(4096)(_text)  # for what comes again and again

# In the order in which they are hashed. Ids are 32 hexadecimal digits, moments “2026-03-03 10:00:00.000000+00:00”.
COLUMNS: dict[str, Callable[[Any], bytes]] = {
    "id": _identity,
    "position": _number,
    "occurred_at": _moment,
    "actor_id": _known_identity,
    "actor_label": _known_text,
    "organisation_id": _known_identity,
    "session_id": _known_identity,
    "code": _known_text,
    "object_type": _known_text,
    "object_id": _identity,
    "case_id": _known_identity,
    "details": _text,
    "reason_sealed": _sealed,
    "sealed_digests": _text,
}
_ENCODERS = tuple(COLUMNS.values())
LINKS = ("previous_hash", "hash")  # what follows the columns in the row of an event


def body_of(values: Sequence[Any]) -> bytes:
    """The values of COLUMNS as the bytes that are hashed. ``sealed_digests``, the last, counts only if it is there.

    Raises ValueError, TypeError or AttributeError for what is no value of its column.
    """
    encoders = _ENCODERS[:-1] if values[-1] is None else _ENCODERS
    return b"".join([_NONE if value is None else encode(value) for encode, value in zip(encoders, values)])  # noqa: B905


def event_hash(previous: bytes, body: bytes) -> bytes:
    """The hash of the event with ``body`` that follows the event whose hash is ``previous``."""
    return _sha256(_HEAD + framed(previous) + body).digest()


def leaf_hash(data: bytes) -> bytes:
    """What stands for ``data``, the hash of an event, at the bottom of the Merkle tree (RFC 6962, section 2.1)."""
    return _sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """What stands above two subtrees."""
    return _sha256(b"\x01" + left + right).digest()


class Frontier:
    """A tree that grows: of its ``size`` leaves it keeps only the roots of the full subtrees, the largest first."""

    def __init__(self, size: int = 0, roots: Iterable[bytes] = ()) -> None:
        self.size = size
        self.roots = list(roots)

    def add(self, leaf: bytes) -> None:
        """Put ``leaf``, a leaf hash, at the right end."""
        self.size = count = self.size + 1
        while not count & 1:
            leaf = node_hash(self.roots.pop(), leaf)
            count >>= 1
        self.roots.append(leaf)

    def root(self) -> bytes:
        """The root of the whole tree; without leaves, the hash of nothing."""
        if not self.roots:
            return _sha256(b"").digest()
        above = self.roots[-1]
        for left in self.roots[-2::-1]:
            above = node_hash(left, above)
        return above

    def __bytes__(self) -> bytes:
        """The roots, 32 bytes each, for ``restored``."""
        return b"".join(self.roots)

    @classmethod
    def restored(cls, size: int, kept: bytes) -> "Frontier":
        """The tree of ``size`` leaves whose bytes were ``kept``. Raises ValueError if they are not as many."""
        if len(kept) != size.bit_count() * HASH_SIZE:
            raise ValueError("a frontier holds one hash for each full subtree")
        return cls(size, (kept[start : start + HASH_SIZE] for start in range(0, len(kept), HASH_SIZE)))


def tree_root(leaves: Iterable[bytes]) -> bytes:
    """The root over ``leaves``, which are leaf hashes."""
    tree = Frontier()
    for leaf in leaves:
        tree.add(leaf)
    return tree.root()


def _left_size(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """What proves that leaf ``index``, counted from 0, is one of ``leaves``: the roots beside its way up."""
    low, high, proof = 0, len(leaves), []
    while high - low > 1:
        middle = low + _left_size(high - low)
        if index < middle:
            proof.append(tree_root(leaves[middle:high]))
            high = middle
        else:
            proof.append(tree_root(leaves[low:middle]))
            low = middle
    return proof[::-1]


def inclusion_holds(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether ``proof`` shows that ``leaf`` is leaf ``index`` of the tree of ``size`` leaves under ``root``."""
    if not 0 <= index < size:
        return False
    place, last, above = index, size - 1, leaf
    for beside in proof:
        if not last:
            return False
        if place & 1 or place == last:
            above = node_hash(beside, above)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            above = node_hash(above, beside)
        place, last = place >> 1, last >> 1
    return not last and above == root


def consistency_proof(leaves: Sequence[bytes], first: int) -> list[bytes]:
    """What proves that the tree over all ``leaves`` only added to the tree over the ``first`` of them (at least 1)."""
    low, high, proof = 0, len(leaves), []
    while high > first:
        middle = low + _left_size(high - low)
        if first <= middle:
            proof.append(tree_root(leaves[middle:high]))
            high = middle
        else:
            proof.append(tree_root(leaves[low:middle]))
            low = middle
    if low:
        proof.append(tree_root(leaves[low:high]))
    return proof[::-1]


def consistency_holds(first: int, second: int, root: bytes, later: bytes, proof: Sequence[bytes]) -> bool:
    """Whether ``proof`` shows that the ``second`` leaves under ``later`` begin with the ``first`` under ``root``."""
    if first == second:
        return not proof and root == later
    if not 0 < first < second:
        return False
    path = [root, *proof] if first & (first - 1) == 0 else list(proof)
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = path[0] if path else b""
    for beside in path[1:]:
        if not last:
            return False
        if place & 1 or place == last:
            before, after = node_hash(beside, before), node_hash(beside, after)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, beside)
        place, last = place >> 1, last >> 1
    return not last and before == root and after == later


# Ed25519 (RFC 8032, section 5.1.7), checking only: it handles nothing secret, so its time may differ from case to case.
_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_X, _Y = 15112221349535400772501151409588531511454012693041857206046113283949847762202, 4 * pow(5, -1, _P) % _P
_Point = tuple[int, int, int, int]
_BASE: _Point = (_X, _Y, 1, _X * _Y % _P)


def _point(encoded: bytes) -> _Point | None:
    number = int.from_bytes(encoded, "little")
    y, odd = number & ((1 << 255) - 1), number >> 255
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * pow(2, (_P - 1) // 4, _P) % _P
    if y >= _P or (x * x - square) % _P or (odd and not x):
        return None
    x = x if x & 1 == odd else _P - x
    return x, y, 1, x * y % _P


def _added(one: _Point, other: _Point) -> _Point:
    a, b = (one[1] - one[0]) * (other[1] - other[0]), (one[1] + one[0]) * (other[1] + other[0])
    c, d = 2 * one[3] * other[3] * _D, 2 * one[2] * other[2]
    e, f, g, h = (b - a) % _P, (d - c) % _P, (d + c) % _P, (b + a) % _P
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def signature_holds(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether ``signature`` (64 bytes) over ``message`` was made with the key whose public half (32 bytes) is given."""
    public, factor = _point(public_key), int.from_bytes(signature[32:], "little")
    if public is None or len(public_key) != 32 or len(signature) != 64 or factor >= _ORDER:
        return False
    hashed = hashlib.sha512(signature[:32] + public_key + message).digest()
    challenge = int.from_bytes(hashed, "little") % _ORDER
    against = (_P - public[0], public[1], 1, _P - public[3])
    steps = (None, _BASE, against, _added(_BASE, against))
    total: _Point = (0, 1, 1, 0)
    for bit in range(252, -1, -1):
        step = steps[(factor >> bit & 1) + 2 * (challenge >> bit & 1)]
        total = _added(total, total)
        total = _added(total, step) if step else total
    inverse = pow(total[2], -1, _P)
    x, y = total[0] * inverse % _P, total[1] * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


@dataclass(frozen=True, slots=True)
class Instance:
    """Whose log it is: the random name of the instance (16 bytes), and its public signing keys by number."""

    environment: bytes
    keys: Mapping[int, bytes]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The signed root over the first ``size`` events, ``head`` being the hash of the last of them.

    ``signed_at`` is a time like “2026-03-03T10:00:00Z”.
    """

    size: int
    root: bytes
    head: bytes
    signed_at: str
    key_number: int
    signature: bytes

    def line(self) -> str:
        """One line of plain text that holds all of it: for minutes, packs, emails."""
        hashes, signature = f"{self.root.hex()} {self.head.hex()}", base64.b64encode(self.signature).decode()
        return f"dard-checkpoint {self.size} {hashes} {self.signed_at} {self.key_number} {signature}"

    def is_signed_by(self, instance: Instance) -> bool:
        """Whether ``instance`` signed it."""
        message = checkpoint_message(instance.environment, self.size, self.root, self.head, self.signed_at)
        return signature_holds(instance.keys.get(self.key_number, b""), message, self.signature)


_LINE = re.compile(
    r"dard-checkpoint\s+(\d{1,18})\s+([0-9a-f]{64})\s+([0-9a-f]{64})\s+([0-9T:Z-]{20})\s+(\d{1,10})\s+([\w+/]{86}==)",
    re.ASCII,
)


def find_checkpoints(text: str) -> list[Checkpoint]:
    """Every checkpoint line in ``text``, also where an email broke it between its parts."""
    return [
        Checkpoint(int(size), bytes.fromhex(root), bytes.fromhex(head), moment, int(key), base64.b64decode(signature))
        for size, root, head, moment, key, signature in _LINE.findall(text)
    ]


def checkpoint_message(environment: bytes, size: int, root: bytes, head: bytes, signed_at: str) -> bytes:
    """The bytes that are signed."""
    parts = (CHECKPOINT_DOMAIN, environment, _length(size), root, head, signed_at.encode())
    return b"".join(framed(part) for part in parts)


Link = tuple[Any, Any, Any, bytes]  # position, hash of the event before, hash, body


def link_of(row: Sequence[Any]) -> Link:
    """What ``verify`` needs of a row: the values of COLUMNS, then those of LINKS."""
    *values, before, stated = row
    try:
        body = body_of(values)
    except (ValueError, TypeError, AttributeError):
        body = UNREADABLE
    return values[1], before, stated, body


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found: how many events hold, the hash of the last, and the first fault, if any, in words.

    ``seen`` holds root and head at the sizes that were asked for, as far as it came.
    """

    checked: int
    head: bytes
    fault: str | None = None
    position: int | None = None
    seen: Mapping[int, tuple[bytes, bytes]] = field(default_factory=dict)


def verify(links: Iterable[Link], sizes: Iterable[int] = ()) -> Verdict:
    """Check events given in the order of their positions, from the first."""
    previous, expected, tree, wanted, fault = GENESIS, 1, Frontier(), frozenset(sizes), None
    seen: dict[int, tuple[bytes, bytes]] = {}
    for position, before, stated, body in links:
        if position != expected:
            early = isinstance(position, int) and position < expected
            fault = f"Event {position} stands where none belongs" if early else f"Event {expected} is missing"
        elif before != previous:
            fault = f"Event {position} does not follow the one before it"
        elif body == UNREADABLE or event_hash(previous, body) != stated:
            fault = f"Event {position} was changed after it was written"
        if fault:
            return Verdict(expected - 1, previous, fault, expected, seen)
        previous = stated
        tree.add(_sha256(b"\x00" + stated).digest())
        if expected in wanted:
            seen[expected] = tree.root(), stated
        expected += 1
    return Verdict(expected - 1, previous, seen=seen)


def checkpoint_fault(checkpoint: Checkpoint, instance: Instance, verdict: Verdict, name: str) -> str | None:
    """What is wrong between a checkpoint, called ``name``, and a log of which ``verdict`` was found; None if nothing.

    Behind a fault of the chain nothing more can be said.
    """
    if not checkpoint.is_signed_by(instance):
        return f"{name} does not carry a signature of this instance"
    if checkpoint.size in verdict.seen:
        if verdict.seen[checkpoint.size] == (checkpoint.root, checkpoint.head):
            return None
        return f"{name} was signed over another log: the {checkpoint.size} events before it were rewritten"
    if verdict.fault:
        return None
    return f"{name} was signed, but the log ends at event {verdict.checked}: the events after it were cut off"


def examine(
    links: Iterable[Link], instance: Instance, checkpoints: Sequence[Checkpoint], anchors: Sequence[Checkpoint]
) -> tuple[Verdict, list[str]]:
    """Check a log with its own ``checkpoints`` and with those kept elsewhere. Returns all faults, one sentence each."""
    verdict = verify(links, [each.size for each in (*checkpoints, *anchors)])
    named = [(each, f"Checkpoint {each.size}") for each in checkpoints]
    named += [(each, f"The anchored checkpoint {each.size}") for each in anchors]
    faults = [checkpoint_fault(each, instance, verdict, name) for each, name in named]
    return verdict, [fault for fault in (verdict.fault, *faults) if fault]


def row_of(told: Mapping[str, Any]) -> list[Any]:
    """The row of an event in an export or a proof, for ``link_of``. Raises ValueError or KeyError."""
    values = [told.get(name) for name in COLUMNS]
    reason = told["reason_sha256"]
    values[list(COLUMNS).index("reason_sealed")] = None if reason is None else Digest(base64.b64decode(reason))
    return values + [base64.b64decode(told[name]) for name in LINKS]


def _instance(told: Mapping[str, Any]) -> Instance:
    keys = {int(number): base64.b64decode(key) for number, key in told["public_keys"].items()}
    return Instance(bytes.fromhex(told["environment"]), keys)


def _check_export(header: Mapping[str, Any], lines: Iterator[str], anchors: list[Checkpoint]) -> tuple[str, list[str]]:
    checkpoints = find_checkpoints("\n".join(header["checkpoints"]))
    links = (link_of(row_of(json.loads(line))) for line in lines)
    verdict, faults = examine(links, _instance(header), checkpoints, anchors)
    if not verdict.fault and verdict.checked != header["events"]:
        faults.append(f"The file was made of {header['events']} events and holds {verdict.checked}")
    told = f"All {verdict.checked} events are as they were written. Checkpoints that hold: {len(checkpoints)}."
    return f"{told} Newest hash: {verdict.head.hex()}.", faults


def _check_proof(told: Mapping[str, Any], _lines: object, anchors: list[Checkpoint]) -> tuple[str, list[str]]:
    position, before, stated, body = link_of(row_of(told["event"]))
    (checkpoint,) = find_checkpoints(told["checkpoint"])
    instance, faults = _instance(told), []
    if body == UNREADABLE or event_hash(before, body) != stated:
        faults.append(f"Event {position} was changed after it was written")
    proof = [base64.b64decode(each) for each in told["inclusion"]]
    if not inclusion_holds(position - 1, checkpoint.size, leaf_hash(stated), proof, checkpoint.root):
        faults.append(f"Event {position} is not proved to be in the log of checkpoint {checkpoint.size}")
    later = {int(size): [base64.b64decode(each) for each in path] for size, path in told["consistency"].items()}
    for each, name in [(checkpoint, "The checkpoint of the proof"), *((each, "An anchor") for each in anchors)]:
        path = [] if each.size == checkpoint.size else later.get(each.size)
        if not each.is_signed_by(instance):
            faults.append(f"{name} over {each.size} events does not carry a signature of this instance")
        elif path is None:
            faults.append(f"{name} over {each.size} events cannot be compared with this proof: ask for a new proof")
        elif not consistency_holds(each.size, checkpoint.size, each.root, checkpoint.root, path):
            faults.append(f"{name} over {each.size} events was signed over another log than this event is in")
    return f"Event {position} is as it was written, and is in the log of checkpoint {checkpoint.size}.", faults


def check_file(path: Path, against: Path | None = None) -> tuple[str, list[str]]:
    """What can be said of an export or a proof if nothing is wrong, and every fault, one sentence each.

    Raises OSError, ValueError, KeyError or TypeError for a file that is neither.
    """
    anchors = [] if against is None else find_checkpoints(against.read_text(encoding="utf-8", errors="replace"))
    with path.open(encoding="utf-8") as lines:
        header = json.loads(next(lines, "null"))
        check = {EXPORT_FORMAT: _check_export, PROOF_FORMAT: _check_proof}[header["format"]]
        said, faults = check(header, lines, anchors)
    if against is not None and not anchors:
        faults.append(f"There is no checkpoint line in {against}")
    return said + (f" Anchors that agree: {len(anchors)}." if anchors else ""), faults


def main(arguments: Sequence[str]) -> int:
    """Run it as a command. Returns the exit status."""
    files = [Path(each) for each in arguments if each != "--against"]
    if len(files) not in {1, 2} or ["--against"] * (len(files) - 1) != list(arguments[1:2]):
        sys.stderr.write(f"{__doc__}\n")
        return 2
    try:
        said, faults = check_file(*files)
    except (OSError, ValueError, KeyError, TypeError) as error:
        sys.stderr.write(f"This version can read no export and no proof in {files[0]}: {error!r}\n")
        return 2
    sys.stdout.write("\n".join(faults or [said]) + "\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
