"""What commands share: the app of the instance, and the system's own hands in it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import Flask

from dard.app import create_app
from dard.core.actor import Actor
from dard.core.database import unit_of_work
from dard.core.settings import Settings
from dard.crypto.enums import EVERY_PURPOSE
from dard.crypto.key_file import no_passphrase
from dard.crypto.keyring import Keyring

COMMAND_LINE = Actor.system("command line")


@contextmanager
def instance_app(settings: Settings | None = None) -> Iterator[Flask]:
    """The app of the instance, with its context."""
    app = create_app(settings, ask_passphrase=ask_passphrase)
    with app.app_context():
        yield app


def ask_passphrase() -> str:
    """The passphrase of the key file, from whoever is at the terminal. Raises KeyFileError if nobody is."""
    if not sys.stdin.isatty():
        return no_passphrase()
    answer: str = click.prompt("Passphrase of the keys", hide_input=True, err=True)
    return answer


@contextmanager
def at_work(app: Flask) -> Iterator[None]:
    """One unit of work with all keys open: committed as one, or not at all."""
    keyring: Keyring = app.extensions["dard.keyring"]
    with keyring.open_for(EVERY_PURPOSE), unit_of_work():
        yield
