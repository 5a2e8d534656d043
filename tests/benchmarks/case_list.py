"""What sealing costs a page with a list: the cases, 25 on a page, rendered by the whole app for a signed-in person.

The baseline is the same app on the same rows in a database without CHECKs, where the sealed columns hold their values
as they are, while sealing and opening do nothing but encode and decode. The two databases take turns under the one app;
the quickest answer from each counts.
"""

import gc
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

from flask import Flask
from flask.testing import FlaskClient
from support.benchmarking import close, insert_plain, plain_rows, plain_schema, scratch_app, scratch_settings
from support.world import World

from dard.accounts.enums import Role
from dard.cli.bench import Metric
from dard.core.paging import PAGE_SIZE
from dard.crypto.fields import Sealed

REQUESTS = 20  # in one turn
TURNS = 15
LIMIT = 1.15
AGENT = {"User-Agent": "Werkzeug/test"}  # that of the session in ``support.browser``


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of the quickest answer on each side, and how many sealed values were opened for one."""

    sealed: float
    plain: float
    opened: int


def run() -> list[Metric]:
    """The metric of the list of cases."""
    timing = measure(PAGE_SIZE, REQUESTS, TURNS)
    return [
        Metric(
            name=f"a list of {PAGE_SIZE} cases",
            ratio=timing.sealed / timing.plain,
            baseline="the same page over plain columns",
            limit=LIMIT,
            at_most=True,
            measured=(
                f"{timing.sealed * 1e3:.1f} ms sealed, {timing.plain * 1e3:.1f} ms plain; "
                f"sealed values opened for the page: {timing.opened}"
            ),
        )
    ]


def measure(cases: int, requests: int, turns: int) -> Timing:
    """Ask for the first page of a list of ``cases`` cases, ``requests`` times a turn."""
    with TemporaryDirectory(prefix="dard-bench-") as folder, scratch_app(scratch_settings(Path(folder))) as app:
        client = filled(app, cases)
        count = opened(client)
        sealed, plain = Path(folder) / "sealed.copy", Path(folder) / "plain.copy"
        copy_unsealed(app, plain)
        close(app)
        shutil.copyfile(_database(app), sealed)
        taken: dict[Path, list[float]] = {sealed: [], plain: []}
        for _ in range(turns):
            for side, seconds in taken.items():
                put(app, side)
                with unsealed() if side is plain else nullcontext():
                    seconds.append(quickest(client, requests))
    return Timing(min(taken[sealed]), min(taken[plain]), count)


def filled(app: Flask, cases: int) -> FlaskClient:
    """Log ``cases`` cases. Returns the browser of somebody who may see them."""
    world = World(app)
    for _ in range(cases):
        world.case()
    return world.browser(world.person(Role.COORDINATOR)).client


def copy_unsealed(app: Flask, path: Path) -> None:
    """Make a database at ``path`` of everything in that of ``app``, with the values of sealed columns as they are."""
    metadata = plain_schema()
    insert_plain(path, metadata, plain_rows(app, metadata))


def put(app: Flask, database: Path) -> None:
    """Let ``app`` work on a copy of ``database`` from now on."""
    close(app)
    shutil.copyfile(database, _database(app))


def _database(app: Flask) -> Path:
    """The file of the database of ``app``, which holds everything once the connections are closed."""
    return Path(app.extensions["dard.settings"].database_url.removeprefix("sqlite:///"))


@contextmanager
def unsealed() -> Iterator[None]:
    """Let sealed fields keep their values as they are."""

    def seal(field: Sealed[Any], _row: object, value: object, *_bound: object) -> bytes:
        return field.codec.encode(value)

    def open_(field: Sealed[Any], _row: object, stored: bytes, *_bound: object) -> object:
        return field.codec.decode(stored)

    with mock.patch.object(Sealed, "seal", seal), mock.patch.object(Sealed, "open", open_):
        yield


def quickest(client: FlaskClient, requests: int) -> float:
    """The seconds of the quickest of ``requests`` answers."""
    gc.collect()
    best = float("inf")
    for _ in range(requests):
        started = time.perf_counter()
        ask(client)
        best = min(best, time.perf_counter() - started)
    return best


def ask(client: FlaskClient) -> str:
    """The page with the list."""
    answer = client.get("/cases", headers=AGENT)
    if answer.status_code != 200:
        raise RuntimeError(f"the list of cases answers {answer.status}")
    return answer.text


def opened(client: FlaskClient) -> int:
    """How many sealed values are opened to show the list once."""
    with mock.patch.object(Sealed, "open", autospec=True, side_effect=Sealed.open) as opening:
        ask(client)
    return opening.call_count
