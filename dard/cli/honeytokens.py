"""Marking cases whose opening alerts."""

import click

from dard.cases import honeytokens
from dard.cli.application import COMMAND_LINE, at_work, instance_app
from dard.cli.instance import check_migrated


@click.group()
def honeytoken() -> None:
    """Cases that nobody has work with, and whose opening alerts.

    Log an invented notification that looks like any other, then mark its case here. It counts in no report.
    """


@honeytoken.command()
@click.argument("reference")
def add(reference: str) -> None:
    """Let the opening of the case REFERENCE alert."""
    with instance_app() as app:
        check_migrated()
        with at_work(app):
            honeytokens.mark(COMMAND_LINE, reference)
    click.echo(f"Whoever opens case {reference} is reported to the information governance lead.")


@honeytoken.command()
@click.argument("reference")
def remove(reference: str) -> None:
    """Make the case REFERENCE one like any other."""
    with instance_app() as app:
        check_migrated()
        with at_work(app):
            honeytokens.unmark(COMMAND_LINE, reference)
    click.echo(f"Case {reference} is one like any other now, and counts in reports.")


@honeytoken.command("list")
def list_marked() -> None:
    """Say which cases alert."""
    with instance_app() as app:
        check_migrated()
        with at_work(app):
            marked = honeytokens.marked_references()
    for reference in marked:
        click.echo(reference)
    if not marked:
        click.echo("No case alerts: log an invented notification, then “dard honeytoken add REFERENCE”.", err=True)
