"""What benchmarks share: time taken by turns, an instance made for the run, and its rows without any sealing."""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from dard.app import create_app
from dard.cli.application import at_work
from dard.cli.instance import make_ready
from dard.core.database import _prepare_sqlite, db
from dard.core.settings import Environment, Settings
from dard.crypto.fields import Sealed, SealedBytes, sealed_fields
from dard.crypto.key_file import new_key_file, write_key_file
from dard.models import METADATA

Rows = dict[str, list[dict[str, Any]]]  # by table, in the order of foreign keys


@contextmanager
def timed() -> Iterator[list[float]]:
    """``with timed() as took``: the seconds that the work inside takes."""
    took: list[float] = []
    gc.collect()
    started = time.perf_counter()
    yield took
    took.append(time.perf_counter() - started)


def best_of(turns: int, **sides: Callable[[], object]) -> dict[str, float]:
    """The seconds of the best of ``turns`` for each of ``sides``, which take them one after the other.

    What there is before them is kept out of garbage collection: the size of the rest of the process is no side’s work.
    """
    best = dict.fromkeys(sides, float("inf"))
    gc.collect()
    gc.freeze()
    try:
        for _ in range(turns):
            for name, work in sides.items():
                with timed() as took:
                    work()
                best[name] = min(best[name], *took)
    finally:
        gc.unfreeze()
    return best


def scratch_settings(folder: Path, database_url: str | None = None) -> Settings:
    """Settings of an instance in ``folder``; its database is a file there too, if ``database_url`` names no other."""
    return Settings(
        environment=Environment.TEST,
        instance=folder,
        database_url=database_url or f"sqlite:///{folder / 'dard.sqlite3'}",
        key_file=folder / "keys" / "bench.keys",
        secret_key="a secret for a scratch instance, long enough to be taken",
    )


@contextmanager
def scratch_app(settings: Settings) -> Iterator[Flask]:
    """The app of a new instance, migrated and with keys of its own."""
    write_key_file(new_key_file(), settings.key_file)
    app = create_app(settings)
    make_ready(app)
    try:
        yield app
    finally:
        close(app)


def close(app: Flask) -> None:
    """Let go of the connections to the database of ``app``."""
    with app.app_context():
        db.engine.dispose()


def plain_schema() -> sa.MetaData:
    """The tables of the product without their CHECKs; sealed columns take any bytes."""
    metadata = sa.MetaData()
    for table in METADATA.sorted_tables:
        copy = table.to_metadata(metadata)
        copy.constraints -= {each for each in copy.constraints if isinstance(each, sa.CheckConstraint)}
        for column in copy.columns:
            column.constraints.clear()  # the CHECKs of sealed columns stand on the column
            if isinstance(column.type, SealedBytes):
                column.type = sa.LargeBinary()
    return metadata


def plain_rows(app: Flask, metadata: sa.MetaData) -> Rows:
    """Everything that the database of ``app`` holds, with the sealed fields opened."""
    with app.app_context(), at_work(app):
        return {
            table.name: found
            for table in metadata.sorted_tables
            if (found := [_opened(table.name, dict(row)) for row in _stored(METADATA.tables[table.name])])
        }


def _opened(table: str, row: dict[str, Any]) -> dict[str, Any]:
    for field in _sealed_columns().get(table, ()):
        sealed, bound = row[field.column], [row[name] for name in field.binds]
        row[field.column] = None if sealed is None else field.codec.encode(field.open(row["id"], sealed, *bound))
    return row


def _sealed_columns() -> dict[str, list[Sealed[Any]]]:
    return {
        mapper.local_table.name: list(sealed_fields(mapper.class_).values()) for mapper in db.Model.registry.mappers
    }


def _stored(table: sa.Table) -> sa.MappingResult:
    return db.session.execute(sa.select(table)).mappings()


def insert_plain(path: Path, metadata: sa.MetaData, rows: Rows) -> float:
    """Insert ``rows`` with SQLAlchemy Core into a new SQLite database at ``path``. Returns the seconds that took."""
    engine = sa.create_engine(f"sqlite:///{path}", hide_parameters=True)
    _prepare_sqlite(engine)
    metadata.create_all(engine)
    with timed() as took, engine.begin() as connection:
        for table, values in rows.items():
            connection.execute(sa.insert(metadata.tables[table]), values)
    engine.dispose()
    return took[0]
