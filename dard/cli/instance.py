"""Making an instance, serving it, and asking whether it is well."""

import os
import secrets
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import click
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import upgrade

from dard.audit import events
from dard.audit.comparison import unrecorded
from dard.audit.service import record
from dard.cli import serving
from dard.cli.application import COMMAND_LINE, ask_passphrase, at_work, instance_app, new_passphrase
from dard.core.actor import Actor
from dard.core.database import db, unit_of_work
from dard.core.errors import ConfigurationError
from dard.core.settings import ROOT, Settings
from dard.crypto.data_keys import DatabaseKeys, keys_are_made, make_missing_keys
from dard.crypto.enums import Purpose
from dard.crypto.index_rotation import fill
from dard.crypto.key_file import CarriedKey, Provider, new_key_file, read_key_file, write_key_file
from dard.crypto.keyring import Keyring


@click.command()
@click.option(
    "--keys",
    "provider",
    type=click.Choice(["file", "passphrase"]),
    default="file",
    show_default=True,
    help="What wraps the keys of a new instance: a random key in the key file, or a passphrase that is asked for.",
)
def init(provider: Provider) -> None:
    """Make the instance: its settings, its key file (outside the data), its database. Safe to repeat."""
    folder = Path(os.environ.get("DARD_INSTANCE") or ROOT / "instance").expanduser().resolve()
    settings = prepare(folder, dict(os.environ), provider)
    with instance_app(settings, partial(_passphrase, settings)) as app:
        make_ready(app)
    click.echo(f"The instance is ready in {settings.instance}.")
    click.echo(f"Its keys are in {settings.key_file}. Keep a copy in another place: without it the data is lost.")
    click.echo("Next: dard user create, then dard serve.")


def _passphrase(settings: Settings) -> str:
    """Asked for twice as long as it wraps nothing: mistyped, it would lock the instance for good."""
    return ask_passphrase() if keys_are_made() else new_passphrase(None, settings.key_passphrase_file)


def prepare(folder: Path, environ: dict[str, str], provider: Provider = "file") -> Settings:
    """Make what the settings of an instance in ``folder`` lack: a session secret, a key file. Returns the settings."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    config = folder / "config.env"
    if not environ.get("DARD_SECRET_KEY") and not (config.is_file() and "DARD_SECRET_KEY" in config.read_text("utf-8")):
        descriptor = os.open(config, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8") as file:
            file.write(f"DARD_SECRET_KEY={secrets.token_urlsafe(48)}\n")
    settings = Settings.from_environment({**environ, "DARD_INSTANCE": str(folder)})
    if not settings.key_file.exists():
        write_key_file(new_key_file(provider), settings.key_file)
    content = read_key_file(settings.key_file)
    if content.carried:  # of an older format: what is to wrap its keys must be kept before it wraps anything
        write_key_file(content, settings.key_file, replacing=True)
    return settings


def make_ready(app: Flask) -> None:
    """Bring the database of ``app`` up to date, and make the data keys and the blind indexes that it lacks."""
    settings: Settings = app.extensions["dard.settings"]
    keyring: Keyring = app.extensions["dard.keyring"]
    content = read_key_file(settings.key_file)
    with app.app_context():
        upgrade()
        with unit_of_work():
            make_keys(COMMAND_LINE, app.extensions["dard.key_store"], content.carried)
        keyring.refresh()
        with keyring.open_for(frozenset({Purpose.IDENTITY, Purpose.INDEX})):
            fill()
        if content.carried:
            _adopt_former_values(app)
    if content.carried:
        write_key_file(content.with_newest_only(), settings.key_file, replacing=True)


def _adopt_former_values(app: Flask) -> None:
    """Let the audit log know the sealed values of an instance that is older than the digests in it."""
    with at_work(app):
        for table, digests in unrecorded().items():
            values = sum(len(fields) for fields in digests.rows.values())
            record(COMMAND_LINE, events.ValuesAdopted(object_id=events.NOTHING, table=table, values=values), digests)


def make_keys(actor: Actor, store: DatabaseKeys, carried: Iterable[CarriedKey] = ()) -> None:
    """Make the data keys that the database lacks, and record each."""
    for key in make_missing_keys(store, carried):
        record(actor, events.KeyMade(object_id=key.id, number=key.number, purpose=key.purpose))


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=5000, show_default=True, help="Port to listen on.")
def serve(host: str, port: int) -> None:
    """Serve the instance with waitress, one process."""
    with instance_app() as app:
        check_migrated()
    click.echo(f"Serving on http://{host}:{port} (stop with Ctrl-C)", err=True)
    serving.serve(app, host, port)


@click.command()
def health() -> None:
    """Say whether the settings are safe, the keys readable and the database up to date."""
    with instance_app():
        check_migrated()
    click.echo("Well: settings, keys and database are in order.")


def check_migrated() -> None:
    """Raise ConfigurationError unless the database is the one that this version of the code was written for."""
    with db.engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    if found is None:
        raise ConfigurationError("The database is empty: run “dard init”")
    if found != ScriptDirectory.from_config(config).get_current_head():
        raise ConfigurationError("The database is of another version of DARD: run “dard init” to bring it up to date")
