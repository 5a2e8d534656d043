"""Replaces the index key of an instance again and again, killed (SIGKILL) at another point each time, and finishes it.

    python killed.py INSTANCE DATABASE_URL KEY_FILE        prints how often it was killed

A process of its own, because it forks: the child rotates, and the parent lives.
"""

import os
import signal
import sys
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from dard.app import create_app
from dard.core.actor import Actor
from dard.core.database import db
from dard.core.settings import Environment, Settings
from dard.crypto import blind_index, index_rotation
from dard.crypto.enums import EVERY_PURPOSE
from dard.crypto.index_rotation import rotate

SYSTEM = Actor.system("tests")
CHEAP = 1, 8  # Argon2id as quick as it gets


class Countdown:
    """Kills this process when it is called for the ``left``th time."""

    def __init__(self, left: int) -> None:
        self.left = left

    def __call__(self, _amount: float = 0) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def rotate_all(app: Flask, tick: Countdown) -> None:
    """A rotation that ticks when a step is told, before and after each commit, between batches and while it waits."""
    sa.event.listen(db.session, "before_commit", lambda _session: tick())
    sa.event.listen(db.session, "after_commit", lambda _session: tick())
    keyring = app.extensions["dard.keyring"]
    with app.app_context(), keyring.open_for(EVERY_PURPOSE):
        for _step in rotate(SYSTEM, app.extensions["dard.key_store"], tick, tick):
            tick()


def killed_at(app: Flask, point: int) -> bool:
    """Whether a rotation in a child got as far as ``point``, and was killed there."""
    with app.app_context():
        db.engine.dispose()
    child = os.fork()
    if child == 0:
        rotate_all(app, Countdown(point))
        os._exit(0)
    _child, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status) and os.waitstatus_to_exitcode(status) != 0:
        raise RuntimeError("the child failed")
    return os.WIFSIGNALED(status)


def main(instance: str, database_url: str, key_file: str) -> None:
    """Kill at the first point, at the second, and so on, until a rotation has fewer points than that."""
    index_rotation.AT_A_TIME = 3
    blind_index._TIME_COST, blind_index._MEMORY_KIB = CHEAP
    settings = Settings(
        environment=Environment.TEST,
        instance=Path(instance),
        database_url=database_url,
        key_file=Path(key_file),
        secret_key="a secret for tests, long enough to be taken",
        base_url="http://localhost",
    )
    app = create_app(settings)
    point = 1
    while killed_at(app, point):
        rotate_all(app, Countdown(0))
        point += 1
    print(point - 1)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
