"""The index key being replaced, by tests that look on: what is looked up, and who knows which keys."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

import sqlalchemy as sa
from flask import Flask
from support.world import SYSTEM, World

from dard.cases.models import CasePerson
from dard.core import clock
from dard.core.database import db, intent
from dard.crypto.blind_index import blind_indexes
from dard.crypto.enums import EVERY_PURPOSE, Purpose
from dard.crypto.index_rotation import Step, rotate
from dard.crypto.keyring import FRESH_SECONDS, Key, Keyring

Told = tuple[str | None, str | None, dt.date | None]  # NHS number, name, date of birth


def keyring_of(app: Flask) -> Keyring:
    """The keys as this process knows them."""
    found: Keyring = app.extensions["dard.keyring"]
    return found


def nothing(_amount: float) -> None:
    """Progress and waiting that nobody looks at."""


@contextmanager
def rotating(app: Flask, progress: Callable[[int], object] = nothing, pause=nothing) -> Iterator[Iterator[Step]]:
    """``with rotating(app) as steps``: the steps of a rotation, one transaction each."""
    store = app.extensions["dard.key_store"]
    with (
        app.app_context(),
        keyring_of(app).open_for(EVERY_PURPOSE),
        closing(rotate(SYSTEM, store, progress, pause)) as steps,
    ):
        yield steps


def rotate_now(app: Flask) -> list[type[Step]]:
    """A whole rotation, and the kinds of its steps."""
    with rotating(app) as steps:
        return [type(step) for step in steps]


def found_by(told: Told) -> dict[str, set[uuid.UUID]]:
    """The cases that each index finds for a person, with the keys that are open."""
    number, name, born = told
    asked = {
        index.name: index.matches(number) if index.fields == ("nhs_number",) else index.matches(name, born)
        for index in blind_indexes(CasePerson)
    }
    with intent(write=False), db.engine.connect() as connection:
        return {
            index: set(connection.scalars(sa.select(CasePerson.case_id).where(condition)))
            for index, condition in asked.items()
        }


def stored_indexes() -> dict[uuid.UUID, dict[str, bytes | None]]:
    """The columns of all indexes, by case."""
    columns = [column for index in blind_indexes(CasePerson) for column in index.columns]
    table = CasePerson.__table__
    with intent(write=False), db.engine.connect() as connection:
        rows = connection.execute(sa.select(table.c.case_id, *(table.c[name] for name in columns)))
        return {row.case_id: {name: getattr(row, name) for name in columns} for row in rows}


@dataclass
class Onlooker:
    """Looks everybody up, again and again, as a process that read the keys up to FRESH_SECONDS ago."""

    world: World
    people: dict[uuid.UUID, Told]
    seen: list[tuple[dt.datetime, tuple[Key, ...]]] = field(default_factory=list)
    looked: int = 0
    missed: list[tuple[uuid.UUID, str, list[str]]] = field(default_factory=list)

    def look(self) -> None:
        """Look everybody up with the keys of now, and with all that were the keys of now within FRESH_SECONDS."""
        now = clock.now()
        with intent(write=False):
            self.seen.append((now, self.world.app.extensions["dard.key_store"]()))
        for keys in dict.fromkeys(self._known(now)):
            with Keyring(keyring_of(self.world.app).environment, keys).open_for(EVERY_PURPOSE):
                self.look_with(keys)

    def _known(self, now: dt.datetime) -> list[tuple[Key, ...]]:
        """The keys that some process may hold now: each was the newest until the next was seen, at the latest."""
        until = [*(moment for moment, _keys in self.seen[1:]), now]
        return [
            keys
            for (_moment, keys), end in zip(self.seen, until, strict=True)
            if (now - end).total_seconds() <= FRESH_SECONDS
        ]

    def look_with(self, keys: tuple[Key, ...]) -> None:
        """Look everybody up with the keys that are open; ``keys`` is what they are, for the record."""
        for case_id, told in self.people.items():
            for index, cases in found_by(told).items():
                self.looked += 1
                if case_id not in cases:
                    states = [key.state.value for key in keys if key.purpose is Purpose.INDEX]
                    self.missed.append((case_id, index, states))
