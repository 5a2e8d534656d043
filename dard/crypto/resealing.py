"""Sealing stored values anew under the primary key of their purpose: the part of a rotation that touches values.

Which columns there are is derived from the models, so that none can be forgotten. Rows are read and written by plain
statements on bare tables: no event of the ORM, no ``version`` and no ``updated_at`` notices. A value is written only
where the cell still holds what was opened (compare-and-swap): an edit made meanwhile is never lost.
"""

import struct
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Any

import sqlalchemy as sa

from dard.core.database import Base, db
from dard.crypto.enums import KeyState, Purpose
from dard.crypto.errors import UnsealError
from dard.crypto.fields import Sealed, SealedBytes, sealed_fields
from dard.crypto.keyring import Keyring

APPEND_ONLY = frozenset({"audit_event", "audit_review"})  # never rewritten: they stay under the key that sealed them
BATCH_BYTES = 4 * 1024 * 1024  # of sealed values in memory at a time, whatever the number of rows
_NUMBER = struct.Struct(">I")
_NUMBER_AT, _NUMBER_SIZE = 4, 4  # where the number of the key stands in a sealed value, as SQL counts
Counts = Mapping[Sealed[Any], Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of some rows of one column.

    ``resealed`` holds id and new value of each row that was written, ``unopened`` the ids of rows whose value does not
    open. ``last`` is the last id that was looked at, None if no row was left.
    """

    resealed: tuple[tuple[uuid.UUID, bytes], ...] = ()
    unopened: tuple[uuid.UUID, ...] = ()
    last: uuid.UUID | None = None


@cache
def sealed_columns() -> tuple[Sealed[Any], ...]:
    """Every sealed field of every model, by table and column."""
    found = (field for mapper in Base.registry.mappers for field in sealed_fields(mapper.class_).values())
    return tuple(sorted(found, key=lambda field: (field.table, field.column)))


def resealable(purpose: Purpose) -> tuple[Sealed[Any], ...]:
    """The fields whose values can be sealed anew under another key of ``purpose``: all but those of the audit log."""
    return tuple(field for field in sealed_columns() if field.purpose is purpose and field.table not in APPEND_ONLY)


def count_by_key(fields: Iterable[Sealed[Any]] | None = None) -> Counts:
    """For each of ``fields`` (every sealed one, if left out) how many values there are under each key number."""
    found: dict[Sealed[Any], dict[int, int]] = {}
    for field in sealed_columns() if fields is None else fields:
        number = _number_of(field)
        counted = sa.select(number, sa.func.count()).where(number.is_not(None)).group_by(number)
        rows = db.session.execute(counted).all()
        found[field] = {_NUMBER.unpack(bytes(raw))[0]: values for raw, values in rows}
    return found


def reseal_batch(field: Sealed[Any], keyring: Keyring, limit: int, after: uuid.UUID | None = None) -> Batch:
    """Seal anew up to ``limit`` values of ``field`` that are under older keys of its purpose, in the order of ids.

    ``after`` is the last id of the batch before. Rows that others have locked are passed over, so that this never waits
    for anybody who writes. Raises KeyScopeError, or KeyLockedError while one of the keys is locked.
    """
    older = _older(keyring, field.purpose)
    rows = _rows(field, older, limit, after) if older else ()
    resealed: list[tuple[uuid.UUID, bytes]] = []
    unopened: list[uuid.UUID] = []
    for row in rows:
        old, bound = bytes(getattr(row, field.column)), field.bound_values(row)
        try:
            new = field.seal(row.id, field.open(row.id, old, *bound), *bound)
        except UnsealError:
            unopened.append(row.id)
            continue
        if _swap(field, row.id, old, new):
            resealed.append((row.id, new))
    return Batch(tuple(resealed), tuple(unopened), rows[-1].id if rows else None)


def _older(keyring: Keyring, purpose: Purpose) -> list[bytes]:
    keys = keyring.of_purpose(purpose)
    return [_NUMBER.pack(key.number) for key in keys if key.state is KeyState.DECRYPT_ONLY]


def _rows(field: Sealed[Any], older: list[bytes], limit: int, after: uuid.UUID | None) -> Sequence[sa.Row[Any]]:
    """The next rows, with their values: locked first by id and length, so that long values do not fill the memory."""
    table = _bare(field)
    chosen = sa.select(table.c.id, sa.func.length(table.c[field.column])).where(_number_of(field).in_(older))
    if after is not None:
        chosen = chosen.where(table.c.id > after)
    locked = chosen.order_by(table.c.id).limit(limit).with_for_update(skip_locked=True, key_share=True)
    found = db.session.execute(locked).all()
    sizes = accumulate(length for _row, length in found)
    fitting = sum(size <= BATCH_BYTES for size in sizes)
    ids = [row.id for row in found[: max(fitting, 1)]]
    return db.session.execute(sa.select(table).where(table.c.id.in_(ids)).order_by(table.c.id)).all()


def _swap(field: Sealed[Any], row: uuid.UUID, old: bytes, new: bytes) -> bool:
    """Whether the cell still held ``old``, and now holds ``new``."""
    table = _bare(field)
    column = table.c[field.column]
    unchanged = sa.update(table).where(table.c.id == row, column == old)
    # Past the session: its listeners are for people's changes, and look at every statement.
    return db.session.connection().execute(unchanged.values({column: new})).rowcount == 1


@cache
def _bare(field: Sealed[Any]) -> sa.TableClause:
    types = Base.metadata.tables[field.table].c
    bound = [sa.column(name, types[name].type) for name in field.binds]
    return sa.table(field.table, sa.column("id", sa.Uuid()), sa.column(field.column, SealedBytes()), *bound)


def _number_of(field: Sealed[Any]) -> sa.ColumnElement[bytes]:
    value = _bare(field).c[field.column]
    return sa.func.substr(value, _NUMBER_AT, _NUMBER_SIZE, type_=sa.LargeBinary())
