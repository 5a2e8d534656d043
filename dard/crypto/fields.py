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

from dard.crypto.envelope import MAGIC, OVERHEAD, key_id_of, prefixed, seal, unseal
from dard.crypto.keyring import Purpose, keyring_for
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


class Sealed(Generic[T]):
    """One sealed field of a model, stored in the column ``<name>_sealed``."""

    name: str
    column: str

    def __init__(self, codec: Codec[Any], purpose: Purpose, padding: Padding, *, nullable: bool) -> None:
        self.codec = codec
        self.purpose = purpose
        self.padding = padding
        self.nullable = nullable

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
        sealed = getattr(instance, self.column)
        if sealed is None:
            return None  # type: ignore[return-value] # only where the field was declared nullable
        return self.open(instance.id, sealed)  # type: ignore[attr-defined] # every Model has an id

    def __set__(self, instance: object, value: T) -> None:
        sealed = None if value is None else self.seal(instance.id, value)  # type: ignore[attr-defined] # as above
        setattr(instance, self.column, sealed)

    @property
    def table(self) -> str:
        """The table whose column this is."""
        return str(self._owner.__tablename__)  # type: ignore[attr-defined] # sealed fields are only on mapped classes

    def seal(self, row: uuid.UUID, value: T) -> bytes:
        """``value`` sealed for this column of ``row``; for bulk inserts, which do not go through instances."""
        cell = keyring_for(self.purpose).sealing_key(self.purpose, self.table, self.column)
        return seal(cell.cipher, cell.head, pad(self.codec.encode(value), self.padding), self._bound(cell.binding, row))

    def open(self, row: uuid.UUID, sealed: bytes) -> T:
        """The value that was sealed for this column of ``row``. Raises KeyScopeError or UnsealError."""
        keyring = keyring_for(self.purpose)
        cell = keyring.opening_key(key_id_of(sealed), self.purpose, self.table, self.column)
        opened: T = self.codec.decode(unpad(unseal(cell.cipher, sealed, self._bound(cell.binding, row))))
        return opened

    def _bound(self, binding: bytes, row: uuid.UUID) -> bytes:
        return binding + prefixed(row.bytes) + prefixed(self.codec.tag)


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


def sealed_bytes(purpose: Purpose) -> Sealed[bytes]:
    """Sealed bytes, such as a document as it was issued."""
    return Sealed(BYTES, purpose, Padding.NARRATIVE, nullable=False)


def optional_sealed_bytes(purpose: Purpose) -> Sealed[bytes | None]:
    """Sealed bytes that may be absent (None)."""
    return Sealed(BYTES, purpose, Padding.NARRATIVE, nullable=True)


def sealed_fields(model: type) -> dict[str, Sealed[Any]]:
    """The sealed fields of ``model`` by name."""
    return {name: value for name, value in vars(model).items() if isinstance(value, Sealed)}
