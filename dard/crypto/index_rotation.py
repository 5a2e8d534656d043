"""Replacing the index key, or the reading that an index is built of, while everybody goes on working.

A new key is staged. From then on whoever writes an index fills both its columns, the second under the staged key;
``fill`` does so for the rows that nobody writes. The switch is one transaction: it moves the second column into the
first, takes the stored fingerprints along (``dard.crypto.fingerprints``), and makes the staged key primary. The old one
is retired soon after, unless fingerprints are chained to it.

Nobody misses a row meanwhile. Who writes holds the index keys (``hold_index_keys``) and knows them as they are; staging
and switching take them alone, and so come between such transactions. Who only looks something up may know the keys of
FRESH_SECONDS ago: they look under all that they know, in both columns, and the switch is made only when the staged key
is older than that. Every step can be repeated: what was interrupted, at any point, is taken up by the next ``rotate``.

A new reading of an index goes the same way under the same key, in two releases. In the first the model says
``former=`` the old reading: both columns are filled, ``dard init`` fills those of the rows that are there, and both
readings are looked for. The migration of the second moves ``<name>_next``, where it is not NULL, into ``<name>`` and
empties it, and ``former`` goes. A rotation of the key in between does no harm.
"""

import time
import uuid
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dard.core.actor import Actor
from dard.core.database import Base, db, intent, take_lock, unit_of_work
from dard.crypto.blind_index import INDEX_LOCK, BlindIndex, blind_indexes, hold_index_keys
from dard.crypto.data_keys import DatabaseKeys, age_of, new_key, promote, transition
from dard.crypto.enums import KeyState, Purpose
from dard.crypto.errors import UnsealError
from dard.crypto.fields import Sealed, sealed_fields
from dard.crypto.fingerprints import add_to_chain, fingerprints_are_stored
from dard.crypto.keyring import FRESH_SECONDS, Keyring, keys_for
from dard.crypto.models import DataKey

AT_A_TIME = 100  # rows: an index of an NHS number takes 11 ms
SETTLED_SECONDS = 2 * FRESH_SECONDS  # by then every process has read the keys again, with room for unequal clocks

Progress = Callable[[int], object]
Pause = Callable[[float], object]


@dataclass(frozen=True, slots=True)
class Staged:
    """A new index key was made."""

    key: DataKey


@dataclass(frozen=True, slots=True)
class Switched:
    """``after`` has become primary in place of ``before``.

    Under it are the indexes of ``rows`` rows now, and ``fingerprints`` rows of fingerprints. ``unopened`` are the ids
    of rows that cannot be opened, and therefore have lost their indexes.
    """

    before: DataKey
    after: DataKey
    rows: int
    fingerprints: int
    unopened: Sequence[uuid.UUID]


@dataclass(frozen=True, slots=True)
class Retired:
    """Nothing is stored under an old index key any more."""

    key: DataKey


Step = Staged | Switched | Retired
Steps = Generator[Step, None, bool]


def rotate(actor: Actor, store: DatabaseKeys, progress: Progress, pause: Pause = time.sleep) -> Steps:
    """Replace the index key; or finish what an interrupted rotation began, and then begin no other.

    Each step is yielded before its transaction commits, so that the caller records it in the same one; a caller that
    raises undoes that step. ``progress`` is told the number of rows done since it was last told, ``pause`` the seconds
    to wait. The caller has all keys open, and no transaction. Raises KeyLockedError while a key cannot be unwrapped.
    """
    keyring = keys_for(Purpose.INDEX)
    keyring.refresh()
    if keyring.staged(Purpose.INDEX) is None:
        if (yield from _retire(actor, pause)):
            return True
        yield from _stage(store, keyring)
    fill(progress)
    _settle(KeyState.STAGED, pause)
    yield from _switch(actor, keyring)
    return (yield from _retire(actor, pause))


def _stage(store: DatabaseKeys, keyring: Keyring) -> Steps:
    with unit_of_work():
        _take_keys_alone(keyring)
        if keyring.staged(Purpose.INDEX) is None:
            for model in _indexed_models():  # what a new reading had put there is computed again, under this key
                _empty_next(model)
            yield Staged(new_key(store, Purpose.INDEX, KeyState.STAGED))
    keyring.refresh()
    return True


def _switch(actor: Actor, keyring: Keyring) -> Steps:
    with unit_of_work():
        _take_keys_alone(keyring)
        for staged in _keys_that_are(KeyState.STAGED):
            unopened: list[uuid.UUID] = []
            rows = sum(_switch_columns(model, unopened) for model in _indexed_models())
            key = keyring.by_number[staged.number]
            fingerprints = add_to_chain(key)
            yield Switched(promote(actor, staged), staged, rows, fingerprints, unopened)
    keyring.refresh()
    return True


def _retire(actor: Actor, pause: Pause) -> Steps:
    """Retire what only opened until now, unless fingerprints need it. Returns whether any was retired."""
    with intent(write=False):
        needed = fingerprints_are_stored()
        db.session.rollback()
    if needed:
        return False
    _settle(KeyState.DECRYPT_ONLY, pause)
    retired = False
    with unit_of_work():
        _take_keys_alone(keys_for(Purpose.INDEX))
        for key in [] if fingerprints_are_stored() else _keys_that_are(KeyState.DECRYPT_ONLY):
            transition(actor, key, KeyState.RETIRED)
            retired = True
            yield Retired(key)
    keys_for(Purpose.INDEX).refresh()
    return retired


def _take_keys_alone(keyring: Keyring) -> None:
    """Wait for all who hold the index keys, keep others from taking them, and know them as they are."""
    db.session.connection()  # on SQLite, from here on no other transaction writes
    take_lock(INDEX_LOCK)
    keyring.refresh()


def _settle(state: KeyState, pause: Pause) -> None:
    """Wait until every process knows of the keys in ``state``."""
    with intent(write=False):
        ages = [age_of(key).total_seconds() for key in _keys_that_are(state)]
        db.session.rollback()
    missing = SETTLED_SECONDS - min(ages, default=SETTLED_SECONDS)
    if missing > 0:
        pause(min(missing, SETTLED_SECONDS))


def _keys_that_are(state: KeyState) -> Sequence[DataKey]:
    wanted = sa.select(DataKey).where(DataKey.purpose == Purpose.INDEX, DataKey.state == state)
    return db.session.scalars(wanted.order_by(DataKey.number)).all()


def fill(progress: Progress = lambda _rows: None) -> int:
    """Give every row the indexes that it lacks; returns how many rows were written. For ``dard init`` and rotations.

    In batches, each computed before its own short transaction. A row whose fields were written meanwhile is left to
    who wrote them; one whose fields do not open is left out. The caller has the identity and index keys open, and no
    transaction.
    """
    return sum(_fill(model, progress) for model in _indexed_models())


def _fill(model: type, progress: Progress) -> int:
    written, after = 0, uuid.UUID(int=0)
    while True:
        known = keys_for(Purpose.INDEX).of_purpose(Purpose.INDEX)
        with intent(write=False), db.engine.connect() as connection:
            rows = connection.execute(_lacking(model, after)).all()
        if not rows:
            return written
        found = [(row, _made(model, row)) for row in rows]
        with unit_of_work():
            hold_index_keys()
            if keys_for(Purpose.INDEX).of_purpose(Purpose.INDEX) != known:
                continue  # computed under keys that have changed since
            written += sum(_store(model, row, values) for row, values in found if values)
        after = rows[-1].id
        progress(len(rows))


def _switch_columns(model: type, unopened: list[uuid.UUID]) -> int:
    """Complete the second columns, and move them into the first. Returns the number of rows that have an index."""
    after, connection = uuid.UUID(int=0), db.session.connection()
    while rows := connection.execute(_lacking(model, after).with_for_update()).all():
        for row in rows:
            values = _made(model, row)
            if values is None:
                unopened.append(row.id)
            elif values:
                _store(model, row, values)
        after = rows[-1].id
    table = _bare(model)
    columns = [(table.c[now], table.c[coming]) for now, coming in (index.columns for index in blind_indexes(model))]
    filled = sa.or_(*(column.is_not(None) for pair in columns for column in pair))
    moved = dict(columns) | {coming: sa.null() for _now, coming in columns}
    return connection.execute(sa.update(table).where(filled).values(moved)).rowcount


def _empty_next(model: type) -> None:
    table = _bare(model)
    columns = [table.c[index.columns[1]] for index in blind_indexes(model)]
    filled = sa.or_(*(column.is_not(None) for column in columns))
    db.session.connection().execute(sa.update(table).where(filled).values(dict.fromkeys(columns)))


def _lacking(model: type, after: uuid.UUID) -> sa.Select[Any]:
    """The next rows, in the order of ids, that have what an index is built of and not the index."""
    table = _bare(model)
    conditions = [
        sa.and_(
            *(table.c[field.column].is_not(None) for field in _sources(model, index)),
            sa.or_(*(table.c[column].is_(None) for column in _due(index))),
        )
        for index in blind_indexes(model)
    ]
    return sa.select(table).where(table.c.id > after, sa.or_(*conditions)).order_by(table.c.id).limit(AT_A_TIME)


def _due(index: BlindIndex) -> tuple[str, ...]:
    return index.columns if index.doubled else index.columns[:1]


def _made(model: type, row: sa.Row[Any]) -> dict[BlindIndex, dict[str, bytes]] | None:
    """The values of the columns that are NULL in ``row`` and need not be; None if ``row`` cannot be opened."""
    made: dict[BlindIndex, dict[str, bytes]] = {}
    try:
        for index in blind_indexes(model):
            lacks = [column for column in _due(index) if getattr(row, column) is None]
            if lacks:
                told = {field.name: _opened(field, row) for field in _sources(model, index)}
                values = index.row(told, only=lacks)
                made[index] = {column: value for column, value in values.items() if value is not None}
    except UnsealError:
        return None
    return {index: values for index, values in made.items() if values}


def _opened(field: Sealed[Any], row: sa.Row[Any]) -> Any:
    sealed = getattr(row, field.column)
    return None if sealed is None else field.open(row.id, bytes(sealed))


def _store(model: type, row: sa.Row[Any], made: Mapping[BlindIndex, Mapping[str, bytes]]) -> int:
    """Write each index if what it was built of stands as it was read. Returns 1 if any was written."""
    table, written = _bare(model), 0
    for index, values in made.items():
        unedited = [table.c[field.column] == getattr(row, field.column) for field in _sources(model, index)]
        changed = sa.update(table).where(table.c.id == row.id, *unedited).values(values)
        written |= db.session.connection().execute(changed).rowcount
    return written


def _indexed_models() -> list[type]:
    return [mapper.class_ for mapper in Base.registry.mappers if blind_indexes(mapper.class_)]


def _sources(model: type, index: BlindIndex) -> list[Sealed[Any]]:
    fields = sealed_fields(model)
    return [fields[name] for name in index.fields]


def _bare(model: type) -> sa.TableClause:
    """Id, indexes and what they are built of, without what the model does at an update: this is no edit."""
    types: sa.Table = model.__table__  # type: ignore[attr-defined] # a mapped class has one
    names = ["id"]
    for index in blind_indexes(model):
        names += [*index.columns, *(field.column for field in _sources(model, index))]
    return sa.table(types.name, *(sa.column(name, types.c[name].type) for name in dict.fromkeys(names)))
