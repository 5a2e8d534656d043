"""What commands share: the app of the instance, and the system's own hands in it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import sqlalchemy as sa
from flask import Flask

from dard.app import create_app
from dard.core.actor import Actor
from dard.core.database import db, intent, unit_of_work
from dard.core.errors import ConfigurationError
from dard.core.settings import Settings
from dard.crypto.enums import EVERY_PURPOSE
from dard.crypto.key_file import AskPassphrase, no_passphrase, passphrase_in
from dard.crypto.keyring import Keyring

SHORTEST_PASSPHRASE = 12  # characters: three random words have more
COMMAND_LINE = Actor.system("command line")


@contextmanager
def instance_app(settings: Settings | None = None, ask: AskPassphrase | None = None) -> Iterator[Flask]:
    """The app of the instance, with its context. ``ask`` is asked for the passphrase of its keys, if they have one."""
    app = create_app(settings, ask_passphrase=ask or ask_passphrase)
    with app.app_context():
        yield app


def ask_passphrase() -> str:
    """The passphrase of the key file, from whoever is at the terminal. Raises KeyFileError if nobody is."""
    if not sys.stdin.isatty():
        return no_passphrase()
    answer: str = click.prompt("Passphrase of the keys", hide_input=True, err=True)
    return answer


def new_passphrase(given: Path | None, in_use: Path | None) -> str:
    """A passphrase to be: from the file ``given``, else from that ``in_use``, else asked for twice.

    Raises ConfigurationError if it is too short or nobody can be asked, KeyFileError if a file cannot be read.
    """
    if given:
        passphrase = passphrase_in(given, "--new-passphrase-file")()
    elif in_use:
        passphrase = passphrase_in(in_use)()
    elif sys.stdin.isatty():
        passphrase = click.prompt("New passphrase of the keys", hide_input=True, confirmation_prompt=True, err=True)
    else:
        raise ConfigurationError(
            "Nobody is there to be asked for the new passphrase: set DARD_KEY_PASSPHRASE_FILE to a file that holds it"
        )
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise ConfigurationError(
            f"The new passphrase needs at least {SHORTEST_PASSPHRASE} characters: take three random words or more"
        )
    return passphrase


@contextmanager
def at_work(app: Flask) -> Iterator[None]:
    """One unit of work with all keys open: committed as one, or not at all."""
    keyring: Keyring = app.extensions["dard.keyring"]
    with unit_of_work():
        db.session.execute(sa.select(1))  # begins, and waits for its turn on SQLite: keys read before would be old then
        with keyring.open_for(EVERY_PURPOSE):
            yield
            db.session.commit()  # with the keys still open: the audit log signs its checkpoints then


@contextmanager
def reading(app: Flask) -> Iterator[None]:
    """One transaction that only reads, and opens no key: nobody else has to wait for it."""
    keyring: Keyring = app.extensions["dard.keyring"]
    with keyring.open_for(frozenset()), intent(write=False):
        try:
            yield
        finally:
            db.session.remove()
