"""Sealed fields of a model: assign and read plain values, store only sealed ones.

    class Person(Model):
        full_name = sealed_text(Purpose.IDENTITY, Padding.NAME)

A column type cannot know the row that it is read for, so the binding to the row is made by a descriptor, which opens a
value only when it is asked for: a list of fifty rows opens nothing that it does not show. None stays NULL; an empty
text is sealed like any other.
"""

import datetime as dt
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar, overload

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import mapped_column
from sqlalchemy.sql.compiler import SQLCompiler

from dard.crypto.enums import Purpose
from dard.crypto.envelope import HEADER_SIZE, MAGIC, OVERHEAD, prefixed, seal, unseal
from dard.crypto.keyring import current_scope, scope_for
from dard.crypto.padding import Padding, pad, unpad

T = TypeVar("T")


class SealedBytes(sa.types.TypeDecorator[bytes]):
    """A column that takes nothing but sealed values: plain bytes are refused before they reach the database."""

    impl = sa.LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, _dialect: Dialect) -> bytes | None:
        if value is not None and (len(value) < OVERHEAD or value[0] != MAGIC):
            raise ValueError("an unsealed value was about to be stored in a sealed column")
        return value


class IsSealed(sa.sql.expression.ColumnElement[bool]):
    """The CHECK of a sealed column: NULL, or long enough and beginning with the mark of a sealed value."""

    inherit_cache = False
    type = sa.Boolean()

    def __init__(self, column: str) -> None:
        self.column = column


@compiles(IsSealed)
def _check(element: IsSealed, _compiler: SQLCompiler, **_options: Any) -> str:
    return sealed_check(element.column, "postgresql")


@compiles(IsSealed, "sqlite")
def _check_sqlite(element: IsSealed, _compiler: SQLCompiler, **_options: Any) -> str:
    return sealed_check(element.column, "sqlite")


def sealed_check(column: str, dialect: str) -> str:
    """The SQL of the CHECK on sealed ``column`` in ``dialect``."""
    mark = f"substr({column}, 1, 1) = x'{MAGIC:02X}'" if dialect == "sqlite" else f"get_byte({column}, 0) = {MAGIC}"
    return f"{column} IS NULL OR (length({column}) >= {OVERHEAD} AND {mark})"


@dataclass(frozen=True, slots=True)
class Codec(Generic[T]):
    """How a kind of value becomes bytes and comes back; ``tag`` is bound into the seal."""

    tag: bytes
    encode: Callable[[T], bytes]
    decode: Callable[[bytes], T]


TEXT: Codec[str] = Codec(b"text", str.encode, bytes.decode)
DATE: Codec[dt.date] = Codec(
    b"date", lambda day: day.isoformat().encode(), lambda raw: dt.date.fromisoformat(raw.decode())
)
STRINGS: Codec[tuple[str, ...]] = Codec(
    b"strings", lambda items: json.dumps(items, ensure_ascii=False).encode(), lambda raw: tuple(json.loads(raw))
)
BYTES: Codec[bytes] = Codec(b"bytes", bytes, bytes)
NUMBER: Codec[int] = Codec(b"number", lambda number: b"%d" % number, int)


class Sealed(Generic[T]):
    """One sealed field of a model, stored in the column ``<name>_sealed``.

    The seal binds it to instance, table, column, row and type of value, and to the values of the columns ``binds``,
    which must be set before it (the place of a chunk in its document).
    """

    name: str
    column: str

    def __init__(
        self, codec: Codec[Any], purpose: Purpose, padding: Padding, *, nullable: bool, binds: tuple[str, ...] = ()
    ) -> None:
        self.codec = codec
        self.purpose = purpose
        self.padding = padding
        self.nullable = nullable
        self.binds = binds
        self._encode, self._decode = codec.encode, codec.decode
        self._bucket = padding.value
        self._tag = prefixed(codec.tag)

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        self.column = f"{name}_sealed"
        check = sa.CheckConstraint(IsSealed(self.column), name=self.column)
        setattr(owner, self.column, mapped_column(self.column, SealedBytes, check, nullable=self.nullable))
        self._owner = owner

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> Self | T:
        if instance is None:
            return self
        loaded = instance.__dict__  # quicker than the attributes, which are asked where something is not loaded
        sealed = loaded.get(self.column) or getattr(instance, self.column)
        if sealed is None:
            return None  # type: ignore[return-value] # only where the field was declared nullable
        row = loaded.get("id") or instance.id  # type: ignore[attr-defined] # every Model has an id
        return self.open(row, sealed, *self.bound_values(instance)) if self.binds else self.open(row, sealed)

    def __set__(self, instance: object, value: T) -> None:
        sealed = None
        if value is not None:
            row = instance.__dict__.get("id") or instance.id  # type: ignore[attr-defined] # every Model has an id
            sealed = self.seal(row, value, *self.bound_values(instance)) if self.binds else self.seal(row, value)
        setattr(instance, self.column, sealed)

    @property
    def table(self) -> str:
        """The table whose column this is."""
        return str(self._owner.__tablename__)  # type: ignore[attr-defined] # sealed fields are only on mapped classes

    def bound_values(self, row: object) -> tuple[object, ...]:
        """What the seal binds beyond the row itself, read from ``row``, an instance or a row with its columns."""
        return tuple(getattr(row, name) for name in self.binds)

    def seal(self, row: uuid.UUID, value: T, *bound: object) -> bytes:
        """``value`` sealed for this column of ``row``; for bulk inserts, which do not go through instances."""
        scope = current_scope()
        cell = scope and scope.sealing.get(self)
        if not cell:
            cell = scope_for(self.purpose).sealing_key(self, self.purpose, self.table, self.column)
        place = cell.binding + row.int.to_bytes(16) + self._tag
        if bound:
            place += _bound(bound)
        return seal(cell.encrypt, cell.head, pad(self._encode(value), self._bucket), place)

    def open(self, row: uuid.UUID, sealed: bytes, *bound: object) -> T:
        """The value that was sealed for this column of ``row``. Raises KeyScopeError, KeyLockedError or UnsealError."""
        scope = current_scope()
        try:
            cell = scope.opening[self][sealed[:HEADER_SIZE]]  # type: ignore[union-attr] # no scope is handled below
        except (AttributeError, KeyError):
            cell = scope_for(self.purpose).opening_key(self, sealed, self.purpose, self.table, self.column)
        place = cell.binding + row.int.to_bytes(16) + self._tag
        if bound:
            place += _bound(bound)
        opened: T = self._decode(unpad(unseal(cell.decrypt, sealed, place)))
        return opened


def _bound(values: tuple[object, ...]) -> bytes:
    return b"".join([prefixed(str(value).encode()) for value in values])


def sealed_text(purpose: Purpose, padding: Padding) -> Sealed[str]:
    """A sealed text that every row has."""
    return Sealed(TEXT, purpose, padding, nullable=False)


def optional_sealed_text(purpose: Purpose, padding: Padding) -> Sealed[str | None]:
    """A sealed text that may be absent (None)."""
    return Sealed(TEXT, purpose, padding, nullable=True)


def optional_sealed_date(purpose: Purpose) -> Sealed[dt.date | None]:
    """A sealed date that may be absent (None)."""
    return Sealed(DATE, purpose, Padding.CODE, nullable=True)


def optional_sealed_strings(purpose: Purpose, padding: Padding) -> Sealed[tuple[str, ...] | None]:
    """A sealed list of short texts, such as aliases, that may be absent (None)."""
    return Sealed(STRINGS, purpose, padding, nullable=True)


def sealed_bytes(purpose: Purpose, *, binds: tuple[str, ...] = ()) -> Sealed[bytes]:
    """Sealed bytes, such as a document as it was issued; ``binds`` as in Sealed."""
    return Sealed(BYTES, purpose, Padding.NARRATIVE, nullable=False, binds=binds)


def sealed_number(purpose: Purpose, *, binds: tuple[str, ...] = ()) -> Sealed[int]:
    """A sealed whole number that every row has; ``binds`` as in Sealed."""
    return Sealed(NUMBER, purpose, Padding.CODE, nullable=False, binds=binds)


def sealed_fields(model: type) -> dict[str, Sealed[Any]]:
    """The sealed fields of ``model`` by name."""
    return {name: value for name, value in vars(model).items() if isinstance(value, Sealed)}
