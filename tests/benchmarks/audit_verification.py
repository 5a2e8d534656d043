"""Verifying the audit log beside hashing it: every event of the chain, and the Merkle root at every checkpoint.

A log is written as the product writes it, with a checkpoint whenever one is due, and verified from the database. The
baseline hashes the very bytes that the chain hashes, one event after the other, with hashlib in a loop. The two take
turns; the best of each counts. How long ``dard audit verify`` takes for everything (signatures and sealed values too)
is measured beside it.
"""

import hashlib
import uuid
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from support.benchmarking import best_of, scratch_app, scratch_settings

from dard.audit import events, verifier
from dard.audit.checkpoints import EVENTS_BETWEEN, checkpoints
from dard.audit.rows import stored_links
from dard.audit.service import record_many
from dard.audit.verification import Report, examine
from dard.audit.verifier import EVENT_DOMAIN, framed
from dard.cli.application import COMMAND_LINE, at_work
from dard.cli.bench import Metric

EVENTS = 100_000
TURNS = 5
LIMIT = 30.0
REASON_EVERY = 10  # so many events are there for each one with a sealed reason


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of each side in its best turn, and how many events and checkpoints were found without a fault."""

    verified: float
    everything: float
    hashed: float
    events: int
    checkpoints: int


def run() -> list[Metric]:
    """The metric of verifying."""
    timing = measure(EVENTS, TURNS)
    return [
        Metric(
            name=f"verify {EVENTS:,} audit events",
            ratio=timing.verified / timing.hashed,
            baseline="hashing the same bytes in a loop",
            limit=LIMIT,
            at_most=True,
            measured=(
                f"{timing.events:,} events and {timing.checkpoints:,} checkpoints: {timing.verified:.2f} s verified, "
                f"{timing.hashed:.3f} s hashed, {timing.everything:.2f} s verified with all signatures and seals"
            ),
        )
    ]


def measure(number: int, turns: int) -> Timing:
    """Verify a log of ``number`` events beside those of the new instance. Raises RuntimeError if a fault is found."""
    with TemporaryDirectory(prefix="dard-bench-") as folder, scratch_app(scratch_settings(Path(folder))) as app:
        append(app, number)
        report = everything(app)
        if report.faults:
            raise RuntimeError(report.faults[0])
        sides = {"everything": everything, "verified": verify}
        best = best_of(
            turns,
            hashed=partial(hash_all, hashed_bytes(app)),
            **{name: partial(work, app) for name, work in sides.items()},
        )
        return Timing(**best, events=report.checked, checkpoints=report.checkpoints)


def append(app: Flask, number: int) -> None:
    """Append ``number`` events, so many at a time that each transaction makes a checkpoint."""
    case_id = uuid.uuid4()
    for start in range(0, number, EVENTS_BETWEEN):
        with app.app_context(), at_work(app):
            record_many(COMMAND_LINE, [_event(case_id, each) for each in range(start, number)[:EVENTS_BETWEEN]])


def _event(case_id: uuid.UUID, number: int) -> events.Event:
    if number % REASON_EVERY:
        return events.CaseFileOpened(object_id=case_id, case_id=case_id)
    return events.IdentityRevealed(
        object_id=case_id, case_id=case_id, purpose="duplicate_check", reason="To tell two people of one name apart"
    )


def verify(app: Flask) -> None:
    """Check the chain, and the Merkle root at each checkpoint. Raises RuntimeError if anything is wrong."""
    with app.app_context(), at_work(app):
        signed = {each.size: (each.root, each.head) for each in checkpoints()}
        verdict = verifier.verify(stored_links(), signed)
        if verdict.fault or verdict.seen != signed:
            raise RuntimeError(verdict.fault or "a checkpoint was signed over another log")


def everything(app: Flask) -> Report:
    """All that ``dard audit verify`` checks."""
    with app.app_context(), at_work(app):
        return examine()


def hashed_bytes(app: Flask) -> list[bytes]:
    """The bytes whose SHA-256 the chain is made of, event by event."""
    with app.app_context(), at_work(app):
        return [framed(EVENT_DOMAIN) + framed(before) + body for _position, before, _hash, body in stored_links()]


def hash_all(messages: list[bytes]) -> None:
    """SHA-256 of each of ``messages``."""
    for message in messages:
        hashlib.sha256(message).digest()
