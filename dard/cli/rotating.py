"""Rotating the data keys: new ones made and put to use, what older ones sealed sealed anew, these retired.

Every step is a transaction of its own with its audit event, and what is left to do is read from the database: what was
cut off anywhere is finished by the next run, and two at once do no harm. A step that relies on every process knowing
the one before it waits FRESH_SECONDS first, and a key retires only when all work that may still use it has ended.
"""

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from flask import Flask

from dard.audit import events
from dard.audit.service import record
from dard.cli.application import COMMAND_LINE, at_work, reading
from dard.cli.sweeping import PATIENCE, POLL, Progress, Wait, sweep
from dard.core.database import Base, db, running_elsewhere, take_lock
from dard.core.errors import DomainError
from dard.core.formats import count_text
from dard.crypto import index_rotation
from dard.crypto import keyring as keyrings
from dard.crypto.blind_index import blind_indexes
from dard.crypto.data_keys import (
    KEY_LOCK,
    DatabaseKeys,
    age_of,
    check_opens,
    key_numbered,
    new_key,
    promote,
    stored_keys,
    transition,
)
from dard.crypto.enums import EVERY_PURPOSE, KeyState, Purpose
from dard.crypto.fields import Sealed
from dard.crypto.keyring import Keyring
from dard.crypto.models import DataKey
from dard.crypto.resealing import count_by_key, sealed_columns

ROTATED = (Purpose.IDENTITY, Purpose.NARRATIVE, Purpose.PACK, Purpose.ACCOUNT, Purpose.AUDIT, Purpose.SIGNING)
INDEX = Purpose.INDEX  # rotated in its own way, by dard.crypto.index_rotation
KEPT = frozenset({Purpose.AUDIT})  # the log is never rewritten: its older keys go on opening the reasons in it
Say = Callable[[str], None]


class Rotation:
    """What rotates the keys of ``app``. ``say`` is told each step in a sentence, ``wait`` lets seconds pass."""

    def __init__(self, app: Flask, say: Say, progress: Progress, wait: Wait = time.sleep) -> None:
        self._app = app
        self._keyring: Keyring = app.extensions["dard.keyring"]
        self._store: DatabaseKeys = app.extensions["dard.key_store"]
        self._say = say
        self._progress = progress
        self._wait = wait
        self._delayed: set[Purpose] = set()
        self._unopened: dict[Sealed[Any], int] = {}

    def run(self, purposes: Collection[Purpose]) -> bool:
        """Give each of ``purposes`` a new key; or, where an earlier rotation was cut off, finish that instead.

        Returns whether all is done; what is not was said. Raises KeyLockedError, KeyServiceError or KeyFileError.
        """
        if INDEX in purposes:
            self._rotate_index()
        purposes = [purpose for purpose in purposes if purpose is not INDEX]
        sealing = self._primary_numbers()
        finished = self._finish(purposes)
        for purpose in sorted(finished - self._delayed):
            self._say(f"{purpose}: an earlier rotation had been cut off, and is finished")
        fresh = [purpose for purpose in purposes if purpose not in finished | self._delayed]
        self._stage(fresh, sealing)
        self._finish(fresh)
        self._say_what_is_left()
        return not self._delayed and not any(self._unopened.values())

    def retire(self, number: int) -> None:
        """Take the key ``number``, under which nothing is sealed, out of use. Raises NotFoundError or DomainError."""
        with reading(self._app):
            _check_can_retire(key_numbered(number))
        if not self._others_have_ended():
            raise DomainError("Other work is still going on that began earlier: run this again when it has ended")
        with self._step():
            _check_can_retire(key_numbered(number))
            _change(key_numbered(number), KeyState.RETIRED)

    def destroy(self, number: int, after_days: int) -> None:
        """Forget the key ``number`` for good, once it has been retired for ``after_days``.

        Raises NotFoundError, or DomainError if it is too soon or anything is sealed under it.
        """
        with self._step():
            key = key_numbered(number)
            if key.state is not KeyState.RETIRED:
                raise DomainError(f"Key {number} is {_word(key)}: only a retired key can be destroyed")
            days = age_of(key).days
            if days < after_days:
                passed, needed = count_text(days, "day"), count_text(after_days, "day")
                raise DomainError(f"Key {number} has been retired for {passed}: it can be destroyed after {needed}")
            _check_empty(key)
            _change(key, KeyState.DESTROYED)

    @contextmanager
    def _step(self) -> Iterator[None]:
        with at_work(self._app):
            take_lock(KEY_LOCK)
            yield

    def _primary_numbers(self) -> Mapping[Purpose, int]:
        with reading(self._app):
            return {key.purpose: key.number for key in stored_keys() if key.state is KeyState.PRIMARY}

    def _finish(self, purposes: Collection[Purpose]) -> set[Purpose]:
        """Take every key of ``purposes`` as far as it can go. Returns the purposes of which something was done."""
        moved = self._take_back(purposes) | self._promote(purposes) | self._sweep(purposes)
        return moved | self._retire_empty(set(purposes) - self._delayed)

    def _stage(self, purposes: Collection[Purpose], sealing: Mapping[Purpose, int]) -> None:
        """Make a key for each of ``purposes``, unless somebody else has since ``sealing`` was read."""
        made = []
        with self._step():
            keys = stored_keys()
            waiting = {key.purpose for key in keys if key.state is KeyState.STAGED}
            current = {key.purpose: key.number for key in keys if key.state is KeyState.PRIMARY}
            for purpose in purposes:
                if purpose not in waiting and current[purpose] == sealing[purpose]:
                    key = new_key(self._store, purpose, KeyState.STAGED)
                    record(COMMAND_LINE, events.KeyMade(object_id=key.id, number=key.number, purpose=purpose))
                    made.append(f"{purpose}: key {key.number} made")
        for sentence in made:
            self._say(sentence)

    def _promote(self, purposes: Collection[Purpose]) -> set[Purpose]:
        with reading(self._app):
            waiting = {key.purpose for key in _keys(purposes, KeyState.STAGED)}
        if not waiting:
            return set()
        self._wait(keyrings.FRESH_SECONDS)  # then every process has the keys, and opens what others seal with them
        for purpose in sorted(waiting):
            with self._step():
                promoted = [self._promote_one(staged) for staged in _keys([purpose], KeyState.STAGED)]
            for sentence in promoted:
                self._say(sentence)
        self._keyring.refresh()
        return waiting

    def _promote_one(self, staged: DataKey) -> str:
        check_opens(self._store, staged)
        before = promote(COMMAND_LINE, staged)
        _record_change(before, KeyState.PRIMARY)
        _record_change(staged, KeyState.STAGED)
        return f"{staged.purpose}: key {staged.number} seals from now on; key {before.number} only opens"

    def _take_back(self, purposes: Collection[Purpose]) -> set[Purpose]:
        """Let retired keys open again under which there are values after all. Returns their purposes."""
        with reading(self._app):
            there = {number for counts in count_by_key().values() for number in counts}
            wanted = there & {key.number for key in _keys(purposes, KeyState.RETIRED)}
        if not wanted:
            return set()
        with self._step():
            found = [key for key in _keys(purposes, KeyState.RETIRED) if key.number in wanted]
            for key in found:
                _change(key, KeyState.DECRYPT_ONLY)
            taken_back = {key.number: key.purpose for key in found}
        for number, purpose in taken_back.items():
            self._say(f"{purpose}: there are values under key {number}, so it opens again")
        self._keyring.refresh()
        return set(taken_back.values())

    def _sweep(self, purposes: Collection[Purpose]) -> set[Purpose]:
        swept = sweep(self._app, purposes, self._progress, self._wait)
        self._unopened |= swept.unopened
        self._delayed |= swept.locked
        changed = {purpose: values for purpose, values in swept.values.items() if values}
        for purpose, values in changed.items():
            self._say(f"{purpose}: {count_text(values, 'value')} sealed anew")
        return set(changed)

    def _retire_empty(self, purposes: Collection[Purpose]) -> set[Purpose]:
        """Retire the keys under which nothing is left. Returns the purposes of which something was done."""
        with reading(self._app):
            old = {key.number: key.purpose for key in _keys(set(purposes) - KEPT, KeyState.DECRYPT_ONLY)}
        if not old:
            return set()
        moved: set[Purpose] = set()
        while self._others_have_ended():
            late = self._sweep(purposes)
            moved |= late
            if not late:
                return moved | self._retire_all(old)
        self._delayed |= set(old.values())
        return moved

    def _retire_all(self, numbers: Collection[int]) -> set[Purpose]:
        moved = set()
        for number in numbers:
            with self._step():
                key = key_numbered(number)
                purpose, done = key.purpose, key.state is KeyState.DECRYPT_ONLY and not _values_under(key)
                if done:
                    _change(key, KeyState.RETIRED)
            if done:
                self._say(f"{purpose}: key {number} is retired")
                moved.add(purpose)
        return moved

    def _others_have_ended(self) -> bool:
        """Wait until nobody can use keys as they were before this was called. False if that takes too long.

        Work begins by reading the keys if they were read more than FRESH_SECONDS ago, in a transaction that is open
        until what it sealed is committed.
        """
        self._wait(keyrings.FRESH_SECONDS)
        with reading(self._app):
            earlier = running_elsewhere()
        waited = 0.0
        while earlier and waited <= PATIENCE:
            self._wait(POLL)
            waited += POLL
            with reading(self._app):
                earlier &= running_elsewhere()
        return not earlier

    def _rotate_index(self) -> None:
        with reading(self._app):
            rows = sum(_rows_of(mapper.class_) for mapper in Base.registry.mappers if blind_indexes(mapper.class_))
        with self._keyring.open_for(EVERY_PURPOSE), self._progress(rows) as advance:
            steps = index_rotation.rotate(COMMAND_LINE, self._store, advance, self._wait)
            said = [_record_index_step(step) for step in steps]
        for sentence in said:
            self._say(sentence)

    def _say_what_is_left(self) -> None:
        for field, values in self._unopened.items():
            if values:
                what = count_text(values, "value")
                self._say(
                    f"{field.purpose}: {what} of {field.table}.{field.name} cannot be opened and kept the old key"
                )
        for purpose in sorted(self._delayed):
            self._say(f"{purpose}: others are still at work that began earlier: run this again when that has ended")


def _rows_of(model: type) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def _record_index_step(step: index_rotation.Step) -> str:
    """Record a step in its own transaction, which is still open. Returns it as a sentence."""
    if isinstance(step, index_rotation.Staged):
        record(COMMAND_LINE, events.KeyMade(object_id=step.key.id, number=step.key.number, purpose=INDEX))
        return f"index: key {step.key.number} made"
    if isinstance(step, index_rotation.Retired):
        _record_change(step.key, KeyState.DECRYPT_ONLY)
        return f"index: key {step.key.number} is retired"
    _record_change(step.before, KeyState.PRIMARY)
    _record_change(step.after, KeyState.STAGED)
    rows, prints = count_text(step.rows, "row"), count_text(step.fingerprints, "fingerprint")
    lost = f"; {count_text(len(step.unopened), 'row')} that cannot be opened lost their index" if step.unopened else ""
    return f"index: {rows} and {prints} are under key {step.after.number} now{lost}"


def _keys(purposes: Collection[Purpose], state: KeyState) -> list[DataKey]:
    return [key for key in stored_keys() if key.purpose in purposes and key.state is state]


def _change(key: DataKey, to: KeyState) -> None:
    before = key.state
    transition(COMMAND_LINE, key, to)
    _record_change(key, before)


def _record_change(key: DataKey, before: KeyState) -> None:
    record(COMMAND_LINE, events.KeyStateChanged(object_id=key.id, number=key.number, before=before, after=key.state))


def _check_can_retire(key: DataKey) -> None:
    if key.state is not KeyState.DECRYPT_ONLY:
        raise DomainError(f"Key {key.number} is {_word(key)}: only a key that opens and does not seal can be retired")
    if key.purpose is INDEX:
        raise DomainError(f"Key {key.number} is an index key: “dard keys rotate --purpose index” retires it if it can")
    _check_empty(key)


def _values_under(key: DataKey) -> int:
    fields = [field for field in sealed_columns() if field.purpose is key.purpose]  # others it cannot open anyway
    return sum(counts.get(key.number, 0) for counts in count_by_key(fields).values())


def _check_empty(key: DataKey) -> None:
    values = _values_under(key)
    if values:
        there = "is 1 value" if values == 1 else f"are {values:,} values"
        raise DomainError(
            f"There {there} under key {key.number}, so it has to stay: “dard keys status” says of what kind"
        )


def _word(key: DataKey) -> str:
    return key.state.label.partition(":")[0].lower()
