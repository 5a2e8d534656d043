"""Eight writers at once at the end of the audit log, on PostgreSQL: how quick they are, and whether the chain holds.

Each event is appended in a transaction of its own, as by a request. The baseline inserts the very same rows, ready
made, each in such a transaction too, into a table without a chain: no lock, no hash, no unique columns. The two take
turns; the best of each counts. The writers are threads of one process, each with a connection of its own.

A scratch database is made on the server that DARD_TEST_DATABASE_URL or else DARD_DATABASE_URL names, and dropped again.
"""

import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa
from flask import Flask
from support.benchmarking import scratch_app, scratch_settings, timed
from support.databases import PostgresDatabase

from dard.audit.events import CaseFileOpened
from dard.audit.rows import TABLE
from dard.audit.service import record
from dard.audit.verification import examine
from dard.cli.application import COMMAND_LINE, at_work
from dard.cli.bench import LeftOutError, Metric
from dard.core.database import db

WRITERS = 8
EVENTS = 250  # of each writer in one turn
TURNS = 4
LIMIT = 0.1  # one writer at a time waits for the disk; without a chain all of them share the wait
PROMISED = 100  # events a second
SERVERS = ("DARD_TEST_DATABASE_URL", "DARD_DATABASE_URL")


@dataclass(frozen=True, slots=True)
class Outcome:
    """Events a second on each side in its best turn, and what became of the ``events`` appended in all."""

    chained: float
    plain: float
    events: int
    lost: int
    forks: int
    faults: Sequence[str]


def run() -> list[Metric]:
    """The metrics of writers at once. Raises LeftOutError without a server."""
    server = server_named()
    if server is None:
        raise LeftOutError(f"appending under {WRITERS} writers, which needs PostgreSQL: set {SERVERS[0]}")
    with scratch_database(server) as url:
        outcome = measure(url, EVENTS, TURNS)
    return [
        Metric(
            name=f"events a second appended by {WRITERS} writers",
            ratio=outcome.chained / outcome.plain,
            baseline="the same rows inserted into a table without a chain",
            limit=LIMIT,
            measured=f"{outcome.chained:,.0f} a second (promised: {PROMISED}), {outcome.plain:,.0f} without a chain",
        ),
        Metric(
            name=f"events lost or forked by {WRITERS} writers",
            ratio=float(outcome.lost + outcome.forks + len(outcome.faults)),
            baseline="one event",
            limit=0.0,
            at_most=True,
            measured=f"{outcome.events:,} appended: {outcome.lost} lost, {outcome.forks} forks, "
            f"{len(outcome.faults)} faults in the log",
        ),
    ]


def server_named() -> str | None:
    """The address of the PostgreSQL server to use, if the environment names one."""
    named = [os.environ.get(name, "") for name in SERVERS]
    return next((url for url in named if url.startswith("postgresql")), None)


@contextmanager
def scratch_database(server: str) -> Iterator[str]:
    """The address of an empty database on ``server``, for the time of the work inside."""
    database = PostgresDatabase(server, "bench")
    try:
        yield database.url
    finally:
        database.remove()


def measure(url: str, events: int, turns: int) -> Outcome:
    """Let each writer append ``events`` events a turn to the log in the empty database at ``url``."""
    settings = partial(scratch_settings, database_url=url)
    with TemporaryDirectory(prefix="dard-bench-") as folder, scratch_app(settings(Path(folder))) as app:
        plain = plain_table(app)
        chained_turns, plain_turns = [], []
        for _ in range(turns):
            end = _end(app)
            chained_turns.append(_together([partial(append, app, events)] * WRITERS))
            rows = rows_after(app, end)
            shares = [rows[start::WRITERS] for start in range(WRITERS)]
            plain_turns.append(_together([partial(insert, app, plain, share) for share in shares]))
        return _outcome(app, events * WRITERS, chained_turns, plain_turns)


def plain_table(app: Flask) -> sa.Table:
    """A new table with the columns and the other indexes of the log, but without what makes it a chain."""
    columns = [
        sa.Column(each.name, each.type, primary_key=each.primary_key, index=each.index) for each in TABLE.columns
    ]
    table = sa.Table("plain_event", sa.MetaData(), *columns)
    with app.app_context():
        table.create(db.engine)
    return table


def append(app: Flask, number: int) -> None:
    """Append ``number`` events, one a transaction."""
    with app.app_context():
        for _ in range(number):
            with at_work(app):
                case_id = uuid.uuid4()
                record(COMMAND_LINE, CaseFileOpened(object_id=case_id, case_id=case_id))


def insert(app: Flask, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert ``rows``, one a transaction."""
    with app.app_context():
        for row in rows:
            with at_work(app):
                db.session.execute(sa.insert(table), row)


def rows_after(app: Flask, position: int) -> list[dict[str, Any]]:
    """The events after ``position`` as they are stored."""
    with app.app_context(), at_work(app):
        found = db.session.execute(sa.select(TABLE).where(TABLE.c.position > position)).mappings()
        return [dict(row) for row in found]


def _end(app: Flask) -> int:
    with app.app_context(), at_work(app):
        return db.session.scalar(sa.select(sa.func.max(TABLE.c.position))) or 0


def _together(writers: Sequence[Callable[[], None]]) -> float:
    """Seconds until all ``writers`` have finished. Raises what one of them raised."""
    with timed() as took, ThreadPoolExecutor(len(writers)) as pool:
        begun = [pool.submit(writer) for writer in writers]
        for each in begun:
            each.result()
    return took[0]


def _outcome(app: Flask, number: int, chained: Sequence[float], plain: Sequence[float]) -> Outcome:
    mine = sa.select(sa.func.count()).where(TABLE.c.code == CaseFileOpened.code)
    forked = sa.select(sa.func.count() - sa.func.count(TABLE.c.previous_hash.distinct())).select_from(TABLE)
    with app.app_context(), at_work(app):
        report = examine()
        found, forks = db.session.scalar(mine) or 0, db.session.scalar(forked) or 0
    appended = number * len(chained)
    return Outcome(number / min(chained), number / min(plain), appended, appended - found, forks, report.faults)
