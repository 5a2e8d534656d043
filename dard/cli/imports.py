"""Importing a file from the command line: the same checks as on the pages, in one step and one transaction."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from flask import Flask

from dard.cli.application import COMMAND_LINE, at_work, instance_app
from dard.cli.instance import check_migrated
from dard.core.formats import count_text
from dard.imports import service
from dard.imports.parsing import RowProblem, read_bytes
from dard.imports.profiles import PROFILES
from dard.imports.service import Outcome, Progress, RowErrors


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--profile", required=True, type=click.Choice(list(PROFILES)), help="Where the file comes from.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the four counts as JSON, and nothing else.")
def import_file(file: Path, profile: str, *, dry_run: bool, as_json: bool) -> None:
    """Make cases of the rows of FILE, all good ones or none. Importing the same rows again changes nothing.

    Rows that cannot become cases are listed with the reasons. Exit status 1 if the file as a whole is refused.
    """
    with file.open("rb") as stream:
        data = read_bytes(stream, declared_length=file.stat().st_size)
    with instance_app() as app:
        check_migrated()
        outcome = _rehearse(app, profile, data) if dry_run else _import(app, profile, data)
    if as_json:
        click.echo(json.dumps(_counts(outcome)))
        return
    for line in _error_lines(outcome.errors):
        click.echo(line)
    click.echo(_sentence(outcome, dry_run=dry_run))


def _rehearse(app: Flask, profile: str, data: bytes) -> Outcome:
    with at_work(app):
        found = service.rehearse(COMMAND_LINE, profile, data)
    return Outcome(rows=found.rows, created=found.new, unchanged=found.unchanged, errors=found.errors)


def _import(app: Flask, profile: str, data: bytes) -> Outcome:
    # One transaction from upload to confirmation: a command that is stopped half-way leaves nothing behind.
    with at_work(app):
        service.wait_for_turn()
        batch = service.upload(COMMAND_LINE, profile, data)
        with _progress(batch.rows) as progress:
            return service.confirm(COMMAND_LINE, batch, batch.version, progress)


@contextmanager
def _progress(rows: int) -> Iterator[Progress]:
    """A progress bar for a person at a terminal; nothing in a pipe or a log."""
    if not sys.stderr.isatty():
        yield lambda _rows: None
        return
    with click.progressbar(length=rows, label="Importing", file=sys.stderr) as bar:
        yield bar.update


def _counts(outcome: Outcome) -> dict[str, int]:
    return {
        "rows": outcome.rows,
        "created": outcome.created,
        "unchanged": outcome.unchanged,
        "errors": len(outcome.errors),
    }


def _error_lines(errors: Sequence[RowErrors]) -> Iterator[str]:
    width = max((len(f"{number:,}") for number, _problems in errors), default=0)
    for number, problems in errors:
        for problem in problems:
            yield f"Row {number:>{width},}: {_told(problem)}"


def _told(problem: RowProblem) -> str:
    return f"{problem.column}: {problem.message}" if problem.column else problem.message


def _sentence(outcome: Outcome, *, dry_run: bool) -> str:
    new = count_text(outcome.created, "new case")
    would = "would be made" if dry_run else "made"
    errors = count_text(len(outcome.errors), "row")
    return (
        f"{count_text(outcome.rows, 'row')} read: {new} {would}, {outcome.unchanged:,} unchanged, "
        f"{errors} with errors{' left out' if outcome.errors else ''}."
    )
