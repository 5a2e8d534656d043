"""Fixtures of all tests: a still clock, a migrated database for each test, a world to make things in."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import event
from support import figures
from support.databases import TestDatabase, open_database
from support.world import World

from dard.app import create_app
from dard.audit import service as audit_service
from dard.audit.models import AuditEvent
from dard.core import clock
from dard.core.database import db, unit_of_work
from dard.core.settings import Environment, Settings
from dard.crypto.data_keys import make_missing_keys
from dard.crypto.enums import EVERY_PURPOSE
from dard.crypto.key_file import new_key_file, write_key_file
from dard.crypto.keyring import Keyring, new_keyring

NOW = dt.datetime(2026, 3, 3, 10, 0, tzinfo=dt.UTC)


class StillClock:
    """A clock that moves only when told."""

    def __init__(self) -> None:
        self.moment = NOW

    def __call__(self) -> dt.datetime:
        return self.moment

    def move(self, **distance: float) -> None:
        """Let time pass: ``move(minutes=5)``."""
        self.moment += dt.timedelta(**distance)


@pytest.fixture(autouse=True)
def still() -> Iterator[StillClock]:
    """The time of every test: 3 March 2026, 10 in the morning."""
    source = StillClock()
    clock.set_source(source)
    yield source
    clock.set_source(None)


@pytest.fixture(autouse=True, scope="session")
def kept_events_are_seen() -> Iterator[None]:
    """A test that asks for events inside a unit of work sees those that are to be appended when it commits."""

    def append(asked) -> None:
        kept = asked.session.info.get(audit_service._KEPT)
        if kept and asked.is_select and any(mapper.class_ is AuditEvent for mapper in asked.all_mappers):
            audit_service._append(asked.session)

    event.listen(db.session, "do_orm_execute", append)
    yield
    event.remove(db.session, "do_orm_execute", append)


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> figures.Figure:
    """``figure(row, what, value)`` notes a figure behind a promise, to be printed after the run."""
    return figures.noting(request)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    figures.print_figures(terminalreporter)


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    return new_keyring()


@pytest.fixture
def keys(keyring: Keyring) -> Iterator[Keyring]:
    """All keys open, for tests of crypto and services without a request."""
    with keyring.open_for(EVERY_PURPOSE):
        yield keyring


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("instance")


@pytest.fixture(scope="session")
def database(instance: Path, worker_id: str) -> Iterator[TestDatabase]:
    opened = open_database(instance, worker_id)
    yield opened
    opened.remove()


@pytest.fixture(scope="session")
def migrated_app(instance: Path, database: TestDatabase) -> Flask:
    settings = Settings(
        environment=Environment.TEST,
        instance=instance,
        database_url=database.url,
        key_file=instance / "keys" / "test.keys",
        secret_key="a secret for tests, long enough to be taken",
        partnership_name="Fernshire drug and alcohol related death reviews",
        base_url="http://localhost",
    )
    write_key_file(new_key_file(), settings.key_file)
    app = create_app(settings)
    app.config["SQLALCHEMY_RECORD_QUERIES"] = True
    with app.app_context():
        upgrade()
        with unit_of_work():
            make_missing_keys(app.extensions["dard.key_store"])
        db.engine.dispose()
    database.keep_as_template()
    return app


@pytest.fixture
def app(migrated_app: Flask, database: TestDatabase) -> Iterator[Flask]:
    """The app on an empty, migrated database."""
    database.restore()
    with migrated_app.app_context():
        migrated_app.extensions["dard.keyring"].refresh()  # a test may have rotated the keys
    yield migrated_app
    with migrated_app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def world(app: Flask) -> World:
    return World(app)


@pytest.fixture
def count_queries(app: Flask):
    """``with count_queries() as counted``: the statements that were sent meanwhile."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        statements: list[str] = []

        def note(_connection, _cursor, statement, *_rest):
            if "FROM data_key" not in statement and not statement.startswith("BEGIN"):  # keys are read again at times
                statements.append(statement)

        with app.app_context():
            engine: sa.Engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return counting
