"""The demonstration: an invented partnership to try everything with."""

import json
import os
import socket
from pathlib import Path

import click
import sqlalchemy as sa
from flask import Flask

from dard.accounts.service import organisations
from dard.app import create_app
from dard.cli import fiction, serving
from dard.cli.application import at_work
from dard.cli.instance import make_ready, prepare
from dard.cli.seeding import DemoAccount, demo_accounts, seed
from dard.core import clock
from dard.core.database import db, intent
from dard.core.errors import ConfigurationError
from dard.core.settings import ROOT, Environment, Settings

HOST = "127.0.0.1"


@click.command()
@click.option("--port", default=5000, show_default=True, type=click.IntRange(1, 65535), help="Port to serve on.")
@click.option("--no-serve", is_flag=True, help="Only make the demonstration; do not serve it.")
@click.option("--json", "as_json", is_flag=True, help="Print the address and the accounts as JSON on the first line.")
def demo(port: int, no_serve: bool, as_json: bool) -> None:
    """Make a fictional partnership (in instance/demo, or DARD_INSTANCE) and serve it.

    Everybody in it is invented. It is made once; later runs serve what is there. To begin anew, delete its folder.
    """
    if not no_serve:
        _check_port(port)
    settings = _settings(port)
    app = create_app(settings)
    _refuse_other_data(app)
    make_ready(app)
    _fill(app, quiet=as_json)
    _announce(settings.base_url, demo_accounts(), as_json=as_json)
    if not no_serve:
        serving.serve(app, HOST, port)


def _settings(port: int) -> Settings:
    folder = Path(os.environ.get("DARD_INSTANCE") or ROOT / "instance" / "demo").expanduser().resolve()
    own = {
        "DARD_ENVIRONMENT": Environment.DEMONSTRATION.value,
        "DARD_PARTNERSHIP_NAME": fiction.PARTNERSHIP,
        "DARD_KEY_FILE": str(folder / "demonstration.keys"),
    }
    config = folder / "config.env"
    if not config.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        config.write_text("".join(f"{name}={value}\n" for name, value in own.items()), encoding="utf-8")
        config.chmod(0o600)
    elif f"DARD_ENVIRONMENT={own['DARD_ENVIRONMENT']}" not in config.read_text("utf-8").splitlines():
        raise ConfigurationError(f"{folder} holds an instance that is no demonstration: name another DARD_INSTANCE")
    given = {name: value for name, value in os.environ.items() if name not in own}
    return prepare(folder, {**given, **own, "DARD_BASE_URL": f"http://{HOST}:{port}"})


def _fill(app: Flask, *, quiet: bool) -> None:
    def say(text: str) -> None:
        click.echo(text, err=quiet)

    with app.app_context(), at_work(app):
        if not organisations():
            seed(clock.today(), say)


def _refuse_other_data(app: Flask) -> None:
    """Raise ConfigurationError, before anything is changed, if the database holds something else."""
    with app.app_context(), intent(write=False):
        if not sa.inspect(db.engine).has_table("organisation"):
            return
        known = {name for (name,) in db.session.execute(sa.text("SELECT name FROM organisation"))}
        db.session.rollback()
    if known and not known >= set(fiction.ORGANISATIONS):
        raise ConfigurationError("The database holds something else than the demonstration: nothing was changed")


def _announce(url: str, accounts: list[DemoAccount], *, as_json: bool) -> None:
    if as_json:
        listed = [
            {
                "email": each.email,
                "password": each.password,
                "totp_secret": each.totp_secret,
                "roles": list(each.roles),
                "organisation": each.organisation,
            }
            for each in accounts
        ]
        click.echo(json.dumps({"url": url, "accounts": listed}))
        return
    click.echo(f"\nThe demonstration is at {url}\n")
    click.echo("Sign in as one of these. Add the key to an authenticator app, or take the code of the moment from")
    click.echo("any TOTP calculator. Everybody is invented.\n")
    for each in accounts:
        click.echo(f"  {', '.join(each.roles):14} {each.email:36} {each.password:24} {each.totp_secret}")
        click.echo(f"  {'':14} {each.organisation}")
    click.echo("")


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            message = f"Port {port} is in use by another program: choose one with --port"
            raise ConfigurationError(message) from None
