"""Finding a sealed value again by exact match, without storing anything from which it can be read.

    class Person(Model):
        nhs_number_index = blind_index("nhs_number", of=Reading(1, normalisation.nhs_number), hardened=True)

Only for what is of high entropy, alone or as a compound: never a date of birth, a postcode or a surname by itself. An
index is 16 bytes of HMAC-SHA256; its key is derived from the index key for table, index, fields and version. There are
about a thousand million NHS numbers, so that a plain keyed hash could be searched through in hours by whoever has its
key: where an index is ``hardened``, Argon2id makes each guess dear on top (security model, blind indexes).

Beside the column ``<name>`` stands ``<name>_next``, NULL but while the index key is being replaced, or what the index
is built of is read in a new way: then whoever writes fills both, and whoever looks something up looks into both
(``dard.crypto.index_rotation``). None is stored as NULL, and is never found.
"""

import hmac
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Self, overload

import sqlalchemy as sa
from argon2.low_level import Type, hash_secret_raw
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm.attributes import flag_modified

from dard.core.database import db, take_lock
from dard.crypto.enums import Purpose
from dard.crypto.keyring import FRESH_SECONDS, Key, Keyring, keys_for, keys_to_seal

INDEX_SIZE = 16
INDEX_LOCK = 0x494E4458  # "INDX": shared by those who write indexes, alone for who changes the keys
_TIME_COST = 3
_MEMORY_KIB = 4096


@dataclass(frozen=True, slots=True)
class Reading:
    """One version of what an index is built of.

    ``text`` gets the values of the fields, none of them None, and gives the text to be hashed, or None if they give
    none. Another text for the same values is another version.
    """

    version: int
    text: Callable[..., str | None]


class BlindIndex:
    """One blind index of a model over the sealed fields ``fields``, in the columns ``<name>`` and ``<name>_next``.

    On an instance it reads as the bytes stored now. ``former`` is the reading that rows may still be indexed by.
    """

    name: str
    columns: tuple[str, str]

    def __init__(self, fields: tuple[str, ...], reading: Reading, *, hardened: bool, former: Reading | None) -> None:
        self.fields = fields
        self.hardened = hardened
        self.readings = (reading,) if former is None else (former, reading)

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        self.columns = (name, f"{name}_next")
        for column in self.columns:
            setattr(owner, f"_{column}", mapped_column(column, sa.LargeBinary(INDEX_SIZE), nullable=True, index=True))
        self._owner = owner

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type) -> bytes | None: ...
    def __get__(self, instance: object | None, owner: type) -> Self | bytes | None:
        if instance is None:
            return self
        stored: bytes | None = getattr(instance, f"_{self.name}")
        return stored

    @property
    def table(self) -> str:
        """The table whose index this is."""
        return str(self._owner.__tablename__)  # type: ignore[attr-defined] # blind indexes are only on mapped classes

    @property
    def doubled(self) -> bool:
        """Whether rows need both columns now."""
        return len(self.readings) > 1 or keys_to_seal(Purpose.INDEX).staged(Purpose.INDEX) is not None

    def row(self, values: Mapping[str, Any], only: Collection[str] = ()) -> dict[str, bytes | None]:
        """Both columns (or those of ``only``) for a row whose fields hold ``values``; for inserts in bulk.

        Whoever stores them has called ``hold_index_keys`` before. Raises KeyScopeError for those who may not seal with
        the index key; to look anything up takes more, the right to open with it.
        """
        told = [values[name] for name in self.fields]
        wanted = only or self.columns
        if None in told:
            return dict.fromkeys(wanted)
        keyring = keys_to_seal(Purpose.INDEX)
        primary, staged = keyring.primary(Purpose.INDEX), keyring.staged(Purpose.INDEX)
        made = {}
        if self.columns[0] in wanted:
            made[self.columns[0]] = self._value(keyring, primary, self.readings[0], told)
        if self.columns[1] in wanted:
            key, reading = staged or primary, self.readings[-1]
            made[self.columns[1]] = self._value(keyring, key, reading, told) if self.doubled else None
        return made

    def write(self, instance: object) -> None:
        """Bring both columns of ``instance`` up to date with its fields. As ``row``."""
        values = {name: getattr(instance, name) for name in self.fields}
        for column, value in self.row(values).items():
            setattr(instance, f"_{column}", value)
            flag_modified(instance, f"_{column}")  # it may have been filled since it was read: always written

    def matches(self, *values: Any) -> sa.ColumnElement[bool]:
        """The condition for rows whose fields held ``values``, each in the order of ``fields``.

        It looks for what any index key that is loaded makes of them, by any reading, in both columns: so a row is found
        before, during and after the keys are changed. What it finds is to be compared once it is opened.
        """
        keyring = keys_for(Purpose.INDEX)
        keyring.refresh(age=FRESH_SECONDS)
        made = (
            self._value(keyring, key, reading, values)
            for key in keyring.of_purpose(Purpose.INDEX)
            for reading in self.readings
        )
        wanted = [value for value in dict.fromkeys(made) if value is not None]
        if not wanted:
            return sa.false()
        return sa.or_(*(getattr(self._owner, f"_{column}").in_(wanted) for column in self.columns))

    def _value(self, keyring: Keyring, key: Key, reading: Reading, values: Collection[Any]) -> bytes | None:
        text = None if None in values else reading.text(*values)
        if text is None:
            return None
        place = (self.table, self.name, "+".join(self.fields), str(reading.version))
        secret = keyring.derived(key, "dard/index/v2", *place)
        if not self.hardened:
            return hmac.digest(secret, text.encode(), "sha256")[:INDEX_SIZE]
        return hash_secret_raw(
            secret=text.encode(),
            salt=secret,
            time_cost=_TIME_COST,
            memory_cost=_MEMORY_KIB,
            parallelism=1,
            hash_len=INDEX_SIZE,
            type=Type.ID,
        )


def blind_index(*fields: str, of: Reading, hardened: bool = False, former: Reading | None = None) -> BlindIndex:
    """A blind index over the sealed ``fields``, built from what the reading ``of`` makes of them."""
    return BlindIndex(fields, of, hardened=hardened, former=former)


def blind_indexes(model: type) -> tuple[BlindIndex, ...]:
    """The blind indexes of ``model``."""
    return tuple(value for value in vars(model).values() if isinstance(value, BlindIndex))


def hold_index_keys() -> None:
    """Know the index keys as they are now, and keep them so until this transaction is over.

    Whoever stores an index or a fingerprint calls it first, after the locks for imports and references. Many may hold
    them at once; who changes them waits for all, and whoever comes later learns of the change here.
    """
    db.session.connection()  # on SQLite, from here on no other transaction writes
    take_lock(INDEX_LOCK, shared=True)
    keys_to_seal(Purpose.INDEX).refresh()
