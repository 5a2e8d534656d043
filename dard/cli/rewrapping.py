"""Wrapping the data keys anew, under another key-encryption key, without a moment in which they could be lost.

The new key-encryption key is written to the key file beside the old one; then all data keys are wrapped by it, in one
transaction; then, when it was seen to open every one of them, the old one leaves the file. Whatever is cut off, the key
file opens all keys, and running it again finishes. The lock on the keys keeps two from doing it at once.
"""

from dataclasses import dataclass
from functools import partial

from flask import Flask

from dard.app import create_app
from dard.audit import events
from dard.audit.service import record
from dard.cli.application import COMMAND_LINE, at_work
from dard.cli.instance import check_migrated
from dard.core.database import take_lock
from dard.core.errors import ConfigurationError, ConflictError
from dard.core.settings import Settings
from dard.crypto.data_keys import KEY_LOCK, DatabaseKeys, check_opens, stored_keys, wrap_anew
from dard.crypto.key_file import AskPassphrase, KeyFile, Provider, read_key_file, write_key_file
from dard.crypto.keyring import Keyring
from dard.crypto.models import DataKey
from dard.crypto.wrapping import LocalWrapper


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """What was done: ``number`` and ``provider`` of the new key-encryption key; ``resumed`` if it was begun before."""

    number: int
    provider: Provider
    resumed: bool


def rewrap(settings: Settings, provider: Provider | None, ask: AskPassphrase, ask_new: AskPassphrase) -> Rewrapped:
    """Wrap all data keys by a new key-encryption key of ``provider`` (the one in use, if None).

    What was cut off before is finished with the key-encryption key that it had made, whatever ``provider`` says.
    ``ask`` gives the passphrase in use, ``ask_new`` that of the new key; each is called only if there is one, and
    before anything is locked. Raises KeyFileError, KeyServiceError, ConfigurationError, or ConflictError.
    """
    content = read_key_file(settings.key_file)
    if content.carried:
        raise ConfigurationError("The key file is of an older version of DARD: run “dard init” to bring it up to date")
    resumed = len(content.keys) > 1
    grown = content if resumed else content.with_key(provider or content.newest.provider)
    newest = grown.newest
    secret = newest.open(ask_new)
    _check_unchanged(settings, content)
    older = {key.number: partial(key.open, ask) for key in grown.keys if key != newest}
    store = DatabaseKeys(grown.environment, LocalWrapper({**older, newest.number: lambda: secret}))
    app = create_app(settings, Keyring(grown.environment, source=store))
    with app.app_context():
        check_migrated()
        _wrap(app, store, content, grown)
        _drop_older(app, DatabaseKeys(grown.environment, LocalWrapper({newest.number: lambda: secret})), grown)
    return Rewrapped(newest.number, newest.provider, resumed)


def _wrap(app: Flask, store: DatabaseKeys, content: KeyFile, grown: KeyFile) -> None:
    settings: Settings = app.extensions["dard.settings"]
    with at_work(app):
        take_lock(KEY_LOCK)
        _check_unchanged(settings, content)
        if grown != content:
            write_key_file(grown, settings.key_file, replacing=True)
        if any(_wrapped_by(key) != grown.newest.number for key in _kept_keys()):
            keys = wrap_anew(store)
            record(
                COMMAND_LINE,
                events.KeysWrappedAnew(object_id=events.NOTHING, keys=keys, wrapped_by=grown.newest.number),
            )


def _drop_older(app: Flask, newest_only: DatabaseKeys, grown: KeyFile) -> None:
    settings: Settings = app.extensions["dard.settings"]
    with at_work(app):
        take_lock(KEY_LOCK)
        _check_unchanged(settings, grown)
        for key in _kept_keys():
            check_opens(newest_only, key)
        write_key_file(grown.with_newest_only(), settings.key_file, replacing=True)


def _check_unchanged(settings: Settings, content: KeyFile) -> None:
    if read_key_file(settings.key_file) != content:
        raise ConflictError("The key file was changed by somebody else meanwhile: run “dard keys rewrap” again")


def _kept_keys() -> list[DataKey]:
    return [key for key in stored_keys() if key.wrapped is not None]


def _wrapped_by(key: DataKey) -> int:
    return LocalWrapper.wrapped_by(bytes(key.wrapped or b""))
