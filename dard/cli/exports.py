"""Files out: the action tracker, the thematic report."""

import datetime as dt
import os
import tempfile
from pathlib import Path

import click

from dard.actions.export import ExportForm, export_tracker
from dard.actions.queries import ActionFilter
from dard.cli.application import COMMAND_LINE, at_work, instance_app
from dard.cli.instance import check_migrated
from dard.core.formats import count_text
from dard.core.settings import Settings
from dard.reports.documents import export_pdf
from dard.reports.export import export_csv
from dard.reports.measures import ReportFilter
from dard.reports.service import thematic_report


@click.group()
def export() -> None:
    """Files for people and other systems."""


@export.command()
@click.option("--out", "path", required=True, type=click.Path(path_type=Path), help="File to write.")
@click.option(
    "--format",
    "kind",
    type=click.Choice([form.value for form in ExportForm]),
    help="Taken from the ending of the file’s name if it is not given.",
)
@click.option("--overdue", is_flag=True, help="Only what is overdue.")
def actions(path: Path, kind: str | None, overdue: bool) -> None:
    """Export the action tracker. The file is pseudonymised, and still confidential."""
    form = _form_of(path, kind)
    check_folder(path)
    filters = [("Overdue only", "Yes")] if overdue else []
    with instance_app() as app:
        check_migrated()
        with at_work(app):
            made = export_tracker(COMMAND_LINE, ActionFilter(overdue=overdue), filters, form)
    write_whole(path, made.content)  # after the audit event is kept: no file without its line in the log
    click.echo(f"{path} holds {count_text(made.rows, 'action')}.")


def check_folder(path: Path) -> None:
    """Raise ClickException unless a file can be put where ``path`` says."""
    if not path.parent.is_dir():
        raise click.ClickException(f"There is no folder {path.parent}: make it, or choose another with --out")
    if path.is_dir():
        raise click.ClickException(f"{path} is a folder: name a file in it with --out")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, all of it or nothing; one that is there already is replaced.

    Raises ClickException if the folder does not take it.
    """
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}") from error


def _form_of(path: Path, kind: str | None) -> ExportForm:
    named = kind or path.suffix.removeprefix(".").lower()
    if named not in set(ExportForm):
        raise click.ClickException("Say --format xlsx or --format csv, or give the file a name that ends so")
    return ExportForm(named)


REPORT_FORMS = {".csv": export_csv, ".pdf": export_pdf}
DAY = click.DateTime(["%Y-%m-%d"])


@export.command()
@click.option("--out", "path", required=True, type=click.Path(path_type=Path), help="File to write: .csv or .pdf.")
@click.option("--from", "first", type=DAY, help="First day of the events counted, like 2025-04-01.")
@click.option("--to", "last", type=DAY, help="Last day of the events counted, like 2026-03-31.")
def report(path: Path, first: dt.datetime | None, last: dt.datetime | None) -> None:
    """Export the thematic report. Small counts are hidden in it; it is still not for publication."""
    form = REPORT_FORMS.get(path.suffix.lower())
    if form is None:
        raise click.ClickException("Give the file a name that ends in .csv or .pdf")
    check_folder(path)
    chosen = ReportFilter(first_day=first.date() if first else None, last_day=last.date() if last else None)
    with instance_app() as app:
        check_migrated()
        settings: Settings = app.extensions["dard.settings"]
        with at_work(app):
            made = thematic_report(COMMAND_LINE, chosen, threshold=settings.disclosure_threshold)
            content = form(COMMAND_LINE, made, settings.partnership_name)
    write_whole(path, content)  # after the audit event is kept: no file without its line in the log
    click.echo(f"{path} holds the thematic report.")
