"""Whether every sealed value is the newest that the log knows for its cell.

A seal shows where a value belongs, not when: an older value put back opens without complaint, and so does NULL. The
digests that ``dard.audit.digests`` keeps in the log show it, to anybody, without keys and without plaintext.
"""

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dard.audit.digests import Digests, Fields, digest, sealed_columns
from dard.audit.rows import BATCH, TABLE, plain_column
from dard.core.database import Base, db

AT_A_TIME = 100  # rows, of which some hold whole documents
Row = tuple[str, str]  # table, and id as 32 hexadecimal digits


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many sealed values were compared, and every difference, one sentence each: table, row and field only."""

    cells: int
    differences: Sequence[str]


def compare() -> Comparison:
    """Compare every sealed value in the database, but those of the log itself, with its newest digest in the log.

    The log and the values must be read in one snapshot of the database, or writers at work look like differences. It
    holds the newest digests of all cells in memory, about 300 bytes for each cell, and AT_A_TIME rows of the tables.
    """
    cells = 0
    differences: list[str] = []
    newest = _newest_digests(differences)
    for name, table in sorted(Base.metadata.tables.items()):
        for row, values in _stored(table) if sealed_columns(name) else ():
            cells += sum(value is not None for value in values.values())
            differences += _differences(name, row, values, newest.pop((name, row), {}))
    for (name, row), known in sorted(newest.items()):
        if any(known.values()):
            differences.append(f"Row {row} of {name} is missing")
    return Comparison(cells, differences)


def unrecorded() -> dict[str, Digests]:
    """The sealed values that the log has never heard of, by table: those of before it kept digests.

    Handed to ``dard.audit.service.record`` they are known from then on.
    """
    newest = _newest_digests([])
    found: dict[str, Digests] = {}
    for name, table in sorted(Base.metadata.tables.items()):
        for row, values in _stored(table) if sealed_columns(name) else ():
            known = newest.get((name, row), {})
            unknown: Fields = {
                field: value for field, value in values.items() if value is not None and field not in known
            }
            if unknown:
                found.setdefault(name, Digests()).rows[name, uuid.UUID(row)] = unknown
    return found


def _newest_digests(differences: list[str]) -> dict[Row, Fields]:
    newest: dict[Row, Fields] = {}
    logged = sa.select(TABLE.c.position, TABLE.c.sealed_digests).where(TABLE.c.sealed_digests.is_not(None))
    in_order = logged.order_by(TABLE.c.position).execution_options(yield_per=BATCH)
    for position, text in db.session.execute(in_order):
        try:
            for table, rows in json.loads(text).items():
                for row, fields in rows.items():
                    newest.setdefault((table, row), {}).update(fields)
        except (ValueError, TypeError, AttributeError):
            differences.append(f"The digests of event {position} cannot be read")
    return newest


def _stored(table: sa.Table) -> Iterator[tuple[str, Fields]]:
    """Every row of ``table``: its id, and the digest of each sealed field, None where it is empty."""
    columns = sealed_columns(table.name)
    plain = [plain_column(table.c[name]) for name in ("id", *(column for column, _field in columns))]
    wanted = sa.select(*plain).order_by(table.c.id).execution_options(yield_per=AT_A_TIME)
    for row, *values in db.session.execute(wanted):
        yield row, {field: _digest(value) for (_column, field), value in zip(columns, values, strict=True)}


def _digest(value: Any) -> str | None:
    if value is None:
        return None
    return digest(value) if isinstance(value, bytes) else "no sealed value"


def _differences(table: str, row: str, values: Fields, known: Mapping[str, str | None]) -> Iterator[str]:
    for field, value in values.items():
        place = f"{field} in row {row} of {table}"
        if value == known.get(field):
            continue
        if value is None:
            yield f"The value of {place} was taken away without an event"
        elif field in known:
            yield f"The value of {place} is not the one last recorded: an older or another one was put there"
        else:
            yield f"The value of {place} was never recorded in the log"
