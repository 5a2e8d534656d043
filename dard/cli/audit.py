"""Checking the audit log from the command line."""

import sys

import click

from dard.audit.service import verify_log
from dard.cli.application import instance_app
from dard.core.database import intent


@click.group()
def audit() -> None:
    """The audit log."""


@audit.command()
def verify() -> None:
    """Check the whole hash chain. Exit status 1 if an event was changed, removed, inserted or moved."""
    with instance_app(), intent(write=False):
        verdict = verify_log()
    if verdict.fault:
        click.echo(f"{verdict.fault}. The {verdict.checked} events before it are as they were written.")
        sys.exit(1)
    click.echo(f"All {verdict.checked} events are as they were written. Newest hash: {verdict.head.hex()}")
