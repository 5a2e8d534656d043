"""A migrated, empty database for each test: SQLite by default, PostgreSQL when DARD_TEST_DATABASE_URL names a server.

The migrations run once; each test gets a copy, with real transactions and real commits.
"""

import os
import shutil
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.engine import make_url


class TestDatabase(Protocol):
    """Where the app under test keeps its data."""

    url: str

    def keep_as_template(self) -> None:
        """Remember the present content as the one that each test begins with."""

    def restore(self) -> None:
        """Bring the remembered content back. No connection may be open."""

    def remove(self) -> None:
        """Leave nothing behind."""


class SqliteDatabase:
    """A file; copying it takes a millisecond."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "dard.sqlite3"
        self.template = folder / "template.sqlite3"
        self.url = f"sqlite:///{self.path}"

    def keep_as_template(self) -> None:
        engine = sa.create_engine(self.url)
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()
        shutil.copyfile(self.path, self.template)

    def restore(self) -> None:
        for suffix in ("", "-wal", "-shm"):  # a new file: a connection left open somewhere keeps its old one
            Path(f"{self.path}{suffix}").unlink(missing_ok=True)
        shutil.copyfile(self.template, self.path)

    def remove(self) -> None:
        """The folder is pytest's."""


class PostgresDatabase:
    """A database of its own for each worker, made anew from a template."""

    def __init__(self, server: str, worker: str) -> None:
        self.name = f"dard_test_{os.getpid()}_{worker}"
        self.template = f"{self.name}_template"
        base = make_url(server)
        self.url = base.set(database=self.name).render_as_string(hide_password=False)
        self._engine = sa.create_engine(base, isolation_level="AUTOCOMMIT")
        self._execute(f'CREATE DATABASE "{self.name}"')

    def keep_as_template(self) -> None:
        self._execute(f'ALTER DATABASE "{self.name}" RENAME TO "{self.template}"')

    def restore(self) -> None:
        self._execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
        self._execute(f'CREATE DATABASE "{self.name}" TEMPLATE "{self.template}" STRATEGY FILE_COPY')

    def remove(self) -> None:
        for name in (self.name, self.template):
            self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._engine.dispose()

    def _execute(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.exec_driver_sql(statement)


def open_database(folder: Path, worker: str) -> TestDatabase:
    """The database that the environment asks for."""
    server = os.environ.get("DARD_TEST_DATABASE_URL")
    return PostgresDatabase(server, worker) if server else SqliteDatabase(folder)
