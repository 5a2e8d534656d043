"""Audit logs made without a database, as the verifier reads them: rows, checkpoints, and the files of partners."""

import base64
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dard.audit import verifier
from dard.audit.verifier import COLUMNS, LINKS, Checkpoint, Instance

KEY_NUMBER = 7
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
INSTANCE = Instance(bytes(range(16)), {KEY_NUMBER: PRIVATE.public_key().public_bytes_raw()})
SIGNED_AT = "2026-03-03T10:00:00Z"
Row = dict[str, Any]


def values_of(position: int, **other: Any) -> Row:
    """The columns of an event, before its hashes."""
    return {
        "id": f"{position:032x}", "position": position, "occurred_at": "2026-03-03 10:00:00.000000+00:00",
        "actor_id": f"{7:032x}", "actor_label": "Morwenna Tate", "organisation_id": None, "session_id": None,
        "code": "case.notified", "object_type": "case", "object_id": f"{position:032x}", "case_id": f"{position:032x}",
        "details": '{"source":"police"}', "reason_sealed": None, "sealed_digests": None, **other,
    }  # fmt: skip


def chained(rows: Sequence[Row]) -> list[Row]:
    """``rows`` with the hashes that belong to them, in their order."""
    made, previous = [], verifier.GENESIS
    for row in rows:
        own = verifier.event_hash(previous, verifier.body_of([row[name] for name in COLUMNS]))
        made.append({**row, "previous_hash": previous, "hash": own})
        previous = own
    return made


def make_log(count: int, **other: Any) -> list[Row]:
    """A log of ``count`` events, with ``other`` values in the columns named."""
    return chained([values_of(position, **other) for position in range(1, count + 1)])


def links(rows: Sequence[Row]) -> list[verifier.Link]:
    """``rows`` for ``verifier.verify``."""
    return [verifier.link_of([row[name] for name in (*COLUMNS, *LINKS)]) for row in rows]


def checkpoint(rows: Sequence[Row], key: Ed25519PrivateKey = PRIVATE, environment: bytes | None = None) -> Checkpoint:
    """The signed checkpoint over all of ``rows``."""
    root = verifier.tree_root(verifier.leaf_hash(row["hash"]) for row in rows)
    signed = (environment or INSTANCE.environment, len(rows), root, rows[-1]["hash"], SIGNED_AT)
    return Checkpoint(*signed[1:], KEY_NUMBER, key.sign(verifier.checkpoint_message(*signed)))


def told(row: Row) -> dict[str, Any]:
    """An event as an export writes it."""
    shown = {name: value for name, value in row.items() if name not in {"reason_sealed", *LINKS} and value is not None}
    reason = row["reason_sealed"]
    shown = {**dict.fromkeys(COLUMNS), **shown}
    del shown["reason_sealed"]
    shown["reason_sha256"] = None if reason is None else text(verifier._sha256(reason).digest())
    return {**shown, **{name: text(row[name]) for name in LINKS}}


def signer() -> dict[str, Any]:
    """What export and proof say of the instance."""
    keys = {str(number): text(key) for number, key in INSTANCE.keys.items()}
    return {"environment": INSTANCE.environment.hex(), "public_keys": keys}


def write_export(path: Path, rows: Sequence[Row], checkpoints: Sequence[Checkpoint], **other: Any) -> Path:
    """An export of ``rows``."""
    lines = [each.line() for each in checkpoints]
    head = {"format": verifier.EXPORT_FORMAT, **signer(), "events": len(rows), "checkpoints": lines, **other}
    path.write_text("".join(f"{json.dumps(each)}\n" for each in [head, *map(told, rows)]), encoding="utf-8")
    return path


def write_proof(path: Path, rows: Sequence[Row], position: int, earlier: Sequence[int] = (), **other: Any) -> Path:
    """The proof of one event under the checkpoint over all of ``rows``."""
    leaves = [verifier.leaf_hash(row["hash"]) for row in rows]
    paths = {size: verifier.consistency_proof(leaves, size) for size in earlier}
    proof = {
        "format": verifier.PROOF_FORMAT,
        **signer(),
        "checkpoint": checkpoint(rows).line(),
        "event": told(rows[position - 1]),
        "inclusion": [text(each) for each in verifier.inclusion_proof(leaves, position - 1)],
        "consistency": {str(size): [text(each) for each in path] for size, path in paths.items()},
        **other,
    }
    path.write_text(json.dumps(proof), encoding="utf-8")
    return path


def text(raw: bytes) -> str:
    """Bytes as they stand in files."""
    return base64.b64encode(raw).decode()
