"""Sealing anew what stands under older keys: batch by batch, each a transaction with its audit event."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask

from dard.audit import events
from dard.audit.digests import Digests
from dard.audit.service import record
from dard.cli.application import COMMAND_LINE, at_work, reading
from dard.crypto.data_keys import key_numbered, stored_keys
from dard.crypto.enums import KeyState, Purpose
from dard.crypto.envelope import key_id_of
from dard.crypto.fields import Sealed
from dard.crypto.keyring import Keyring
from dard.crypto.resealing import Batch, count_by_key, reseal_batch, resealable

BATCH = 100  # values in one transaction: others wait a few hundredths of a second for it
PATIENCE = 60.0  # seconds to wait for what others hold, before leaving the rest to the next run
POLL = 0.25

Wait = Callable[[float], None]
Progress = Callable[[int], AbstractContextManager[Callable[[int], None]]]  # of so many values: is told how many more


@dataclass(slots=True)
class Swept:
    """What a sweep did: ``values`` sealed anew by purpose, ``unopened`` values by field, which stay as they are.

    ``locked`` names the purposes of which others held rows all the time.
    """

    values: Counter[Purpose] = field(default_factory=Counter)
    unopened: dict[Sealed[Any], int] = field(default_factory=dict)
    locked: set[Purpose] = field(default_factory=set)


def sweep(app: Flask, purposes: Collection[Purpose], progress: Progress, wait: Wait) -> Swept:
    """Seal anew every value of ``purposes`` that is under a key which only opens. Raises KeyLockedError."""
    fields = [each for purpose in sorted(purposes) for each in resealable(purpose)]
    swept = Swept()
    waited = 0.0
    while left := _left(app, fields, swept.unopened):
        if waited > PATIENCE:
            swept.locked = {each.purpose for each in left}
            break
        with progress(sum(left.values())) as advance:
            moved = sum(_sweep_field(app, each, swept, advance, wait) for each in left)
        if not moved:
            wait(POLL)
            waited += POLL
    return swept


def _left(app: Flask, fields: Collection[Sealed[Any]], unopened: Mapping[Sealed[Any], int]) -> dict[Sealed[Any], int]:
    with reading(app):
        older = {(key.purpose, key.number) for key in stored_keys() if key.state is KeyState.DECRYPT_ONLY}
        found = count_by_key(fields)
    left = {
        each: sum(values for number, values in counts.items() if (each.purpose, number) in older)
        - unopened.get(each, 0)
        for each, counts in found.items()
    }
    return {each: values for each, values in left.items() if values > 0}


def _sweep_field(app: Flask, swept_field: Sealed[Any], swept: Swept, advance: Callable[[int], None], wait: Wait) -> int:
    keyring: Keyring = app.extensions["dard.keyring"]
    done, unopened, after = 0, 0, None
    while True:
        began = time.monotonic()
        with at_work(app):
            batch = reseal_batch(swept_field, keyring, BATCH, after)
            if batch.resealed:
                _record(swept_field, batch)
        advance(len(batch.resealed))
        done, unopened, after = done + len(batch.resealed), unopened + len(batch.unopened), batch.last
        if after is None:
            swept.values[swept_field.purpose] += done
            swept.unopened[swept_field] = unopened
            return done
        wait(time.monotonic() - began)  # for as long as it worked: SQLite has no queue, and others want their turn


def _record(swept_field: Sealed[Any], batch: Batch) -> None:
    number = key_id_of(batch.resealed[0][1])
    digests = Digests()
    for row, sealed in batch.resealed:
        digests.note(swept_field.table, row, swept_field.name, sealed)
    event = events.ValuesResealed(
        object_id=key_numbered(number).id, table=swept_field.table, values=len(batch.resealed), number=number
    )
    record(COMMAND_LINE, event, digests)
