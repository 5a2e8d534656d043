"""Accounts from the command line: how the first administrator comes to be."""

import sys

import click

from dard.accounts import service
from dard.accounts.enums import OrganisationKind, Role
from dard.accounts.service import UserDetails
from dard.cli.application import COMMAND_LINE, at_work, instance_app


@click.group()
def user() -> None:
    """People with an account."""


@user.command()
@click.option("--email", required=True, help="Work email address.")
@click.option("--name", required=True, help="Full name.")
@click.option("--organisation", "organisation_name", required=True, help="Name; added if it is not there yet.")
@click.option(
    "--role", "roles", multiple=True, default=[Role.ADMINISTRATOR], show_default=True, type=click.Choice(list(Role))
)
def create(email: str, name: str, organisation_name: str, roles: tuple[str, ...]) -> None:
    """Make an account. The password is asked for, or read from standard input; never given on the command line.

    At the first sign-in the person sets up an authenticator app.
    """
    if sys.stdin.isatty():
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\n")
    with instance_app() as app, at_work(app):
        known = {body.name: body for body in service.organisations()}
        body = known.get(organisation_name) or service.add_organisation(
            COMMAND_LINE, organisation_name, OrganisationKind.COUNCIL
        )
        details = UserDetails(
            email=email, name=name, organisation_id=body.id, roles=frozenset(Role(role) for role in roles)
        )
        service.set_password(service.add_user(COMMAND_LINE, details), password)
    click.echo(f"{email} can sign in, and will be asked to set up an authenticator app.")
