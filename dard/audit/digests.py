"""Which sealed values a transaction wrote: the SHA-256 of each new ciphertext, kept by the events of the transaction.

A seal proves that a value was made for its cell, not that it is the newest one: an older value put back, or NULL, opens
without complaint. The log therefore says what each cell must hold now, and ``dard.audit.comparison`` looks. The text in
``audit_event.sealed_digests`` is JSON with sorted keys and without blanks:

    {"<table>": {"<id of the row, 32 hexadecimal digits>": {"<field>": "<SHA-256, base64url without padding>"}}}

with null for a value that was cleared, or whose row was deleted. Instances are noticed when they are flushed, and rows
when they are inserted in bulk through the session. Other statements (UPDATE, DELETE) do not say which rows they write:
whoever sends one on a table with sealed values hands their digests to ``dard.audit.service.record``.
"""

import base64
import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapper, ORMExecuteState, Session, object_session

from dard.core.database import Base, db
from dard.crypto.fields import sealed_fields

EXEMPT = frozenset({"audit_event"})  # its own hash covers it
_NOTED = "dard.audit.sealed"
_as_text = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
Fields = dict[str, str | None]


def digest(sealed: bytes) -> str:
    """What the log keeps of a ciphertext."""
    return base64.urlsafe_b64encode(hashlib.sha256(sealed).digest()).rstrip(b"=").decode()


class Digests:
    """What was written into sealed columns, by table and row; of two values for one cell the later counts."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, uuid.UUID], Fields] = {}

    def note(self, table: str, row: uuid.UUID, field: str, sealed: bytes | None) -> None:
        """Field ``field`` of ``row`` (its column is ``<field>_sealed``) now holds ``sealed``."""
        self.rows.setdefault((table, row), {})[field] = None if sealed is None else digest(sealed)

    def tables(self) -> set[str]:
        """The tables that were written."""
        return {table for table, _row in self.rows}

    def text(self) -> str:
        """The JSON of ``audit_event.sealed_digests``."""
        tables: dict[str, dict[str, Fields]] = {}
        for (table, row), fields in self.rows.items():
            tables.setdefault(table, {})[row.hex] = fields
        return _as_text(tables)


class _Noted(Digests):
    """What one transaction wrote so far, with the case of each row that belongs to one."""

    def __init__(self) -> None:
        super().__init__()
        self.cases: dict[tuple[str, uuid.UUID], uuid.UUID] = {}
        self.by_statement: set[str] = set()

    def note_row(self, table: str, row: Mapping[str, Any]) -> None:
        """Every sealed value of a new row. Without its id (the database would make it) only that there is one."""
        columns = sealed_columns(table)
        fields = {name: digest(sealed) for column, name in columns if (sealed := row.get(column)) is not None}
        if fields and "id" in row:
            self.rows.setdefault((table, row["id"]), {}).update(fields)
            self.note_case((table, row["id"]), row.get("case_id"))
        elif fields:
            self.by_statement.add(table)

    def note_case(self, place: tuple[str, uuid.UUID], case_id: uuid.UUID | None) -> None:
        """The case that the row at ``place`` belongs to, if any."""
        if case_id is not None:
            self.cases[place] = case_id


def hand_out(session: Session, events: Sequence[MutableMapping[str, Any]]) -> None:
    """Give each digest that ``session`` noted to one of ``events``, the rows about to be appended in this transaction.

    A digest goes to the event about its row, else to one about the row's case, else to the last. ``sealed_digests`` of
    a row may hold the Digests that were handed in with it; it becomes text. Raises RuntimeError if sealed values were
    written and nobody records it, or if a statement wrote some and nobody handed their digests in.
    """
    noted: _Noted = session.info.pop(_NOTED, None) or _Noted()
    if not events:
        if noted.rows or noted.by_statement:
            raise RuntimeError("a sealed value was written without an audit event")
        return
    given = [row["sealed_digests"] for row in events]
    unknown = noted.by_statement.difference(*(each.tables() for each in given if each))
    if unknown:
        raise RuntimeError(f"a statement wrote sealed values of {min(unknown)}: hand their digests to record()")
    owners = {row[name]: index for name in ("case_id", "object_id") for index, row in enumerate(events)}
    owners[None] = len(events) - 1
    for place, fields in noted.rows.items():
        by_case = owners.get(noted.cases.get(place), owners[None])
        index = owners.get(place[1], by_case)
        given[index] = given[index] or Digests()
        given[index].rows.setdefault(place, {}).update(fields)
    for row, digests in zip(events, given, strict=True):
        row["sealed_digests"] = digests.text() if digests and digests.rows else None


def forget(session: Session) -> None:
    """Drop what was noted, with the transaction that wrote it."""
    session.info.pop(_NOTED, None)


def _noted_in(session: Session) -> _Noted:
    noted: _Noted = session.info.setdefault(_NOTED, _Noted())
    return noted


@cache
def sealed_columns(table: str) -> tuple[tuple[str, str], ...]:
    """The (column, field) pairs of the sealed fields of ``table`` whose digests are kept."""
    if table in EXEMPT:
        return ()
    models = (mapper.class_ for mapper in Base.registry.mappers if mapper.class_.__tablename__ == table)
    return tuple((field.column, name) for model in models for name, field in sealed_fields(model).items())


@sa.event.listens_for(Mapper, "after_insert")
def _inserted(_mapper: Mapper[Any], _connection: sa.Connection, target: Any) -> None:
    if sealed_columns(target.__tablename__):
        _noted_for(target).note_row(target.__tablename__, target.__dict__)


@sa.event.listens_for(Mapper, "after_update")
def _updated(_mapper: Mapper[Any], _connection: sa.Connection, target: Any) -> None:
    for column, name in sealed_columns(target.__tablename__):
        if sa.inspect(target).attrs[column].history.has_changes():
            _note(target, name, getattr(target, column))


@sa.event.listens_for(Mapper, "after_delete")
def _deleted(_mapper: Mapper[Any], _connection: sa.Connection, target: Any) -> None:
    for _column, name in sealed_columns(target.__tablename__):
        _note(target, name, None)


def _note(target: Any, name: str, sealed: bytes | None) -> None:
    noted = _noted_for(target)
    noted.note(target.__tablename__, target.id, name, sealed)
    noted.note_case((target.__tablename__, target.id), target.__dict__.get("case_id"))


def _noted_for(target: Any) -> _Noted:
    return _noted_in(object_session(target))  # type: ignore[arg-type] # what is being flushed has a session


@sa.event.listens_for(db.session, "do_orm_execute")
def _executed(asked: ORMExecuteState) -> None:
    if not (asked.is_insert or asked.is_update or asked.is_delete):
        return
    table: str = asked.statement.table.name  # type: ignore[attr-defined] # INSERT, UPDATE and DELETE have one
    columns = sealed_columns(table)
    if not columns:
        return
    rows = asked.parameters
    if asked.is_insert and rows is not None:
        noted = _noted_in(asked.session)
        for row in [rows] if isinstance(rows, Mapping) else rows:
            noted.note_row(table, row)
    elif not asked.is_update or _assigns(asked.statement, columns):
        _noted_in(asked.session).by_statement.add(table)


def _assigns(statement: Any, columns: Iterable[tuple[str, str]]) -> bool:
    assigned = str(statement.compile()).partition(" SET ")[2].partition(" WHERE ")[0]
    return any(f"{column}=" in assigned for column, _name in columns)
