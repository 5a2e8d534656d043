"""Making an instance, serving it, and asking whether it is well."""

import os
import secrets
from collections.abc import Iterable
from pathlib import Path

import click
import waitress
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import upgrade

from dard.audit import events
from dard.audit.service import record
from dard.cli.application import COMMAND_LINE, instance_app
from dard.core.actor import Actor
from dard.core.database import db, unit_of_work
from dard.core.errors import ConfigurationError
from dard.core.settings import ROOT, Settings
from dard.crypto.data_keys import DatabaseKeys, make_missing_keys
from dard.crypto.key_file import CarriedKey, Provider, new_key_file, read_key_file, write_key_file
from dard.crypto.keyring import Keyring

THREADS = 8


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
    with instance_app(settings) as app:
        make_ready(app)
    click.echo(f"The instance is ready in {settings.instance}.")
    click.echo(f"Its keys are in {settings.key_file}. Keep a copy in another place: without it the data is lost.")
    click.echo("Next: dard user create, then dard serve.")


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
    """Bring the database of ``app`` up to date, and make the data keys that it lacks."""
    settings: Settings = app.extensions["dard.settings"]
    keyring: Keyring = app.extensions["dard.keyring"]
    content = read_key_file(settings.key_file)
    with app.app_context():
        upgrade()
        with unit_of_work():
            make_keys(COMMAND_LINE, app.extensions["dard.key_store"], content.carried)
        keyring.refresh()
    if content.carried:
        write_key_file(content.with_newest_only(), settings.key_file, replacing=True)


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
    waitress.serve(app, host=host, port=port, threads=THREADS, ident="", clear_untrusted_proxy_headers=True)


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
