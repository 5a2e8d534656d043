"""What commands share: the app of the instance, and the system's own hands in it."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from dard.app import create_app
from dard.core.actor import Actor
from dard.core.database import unit_of_work
from dard.core.settings import Settings
from dard.crypto.keyring import EVERY_PURPOSE, Keyring

COMMAND_LINE = Actor.system("command line")


@contextmanager
def instance_app(settings: Settings | None = None) -> Iterator[Flask]:
    """The app of the instance, with its context."""
    app = create_app(settings)
    with app.app_context():
        yield app


@contextmanager
def at_work(app: Flask) -> Iterator[None]:
    """One unit of work with all keys open: committed as one, or not at all."""
    keyring: Keyring = app.extensions["dard.keyring"]
    with keyring.open_for(EVERY_PURPOSE), unit_of_work():
        yield
