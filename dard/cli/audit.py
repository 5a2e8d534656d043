"""Checking the audit log from the command line, and handing out what others check for themselves."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from dard.audit import verifier
from dard.audit.export import VERIFIER, log_lines, note_export, note_proof, proof_of, signed_log
from dard.audit.verification import Report, examine
from dard.cli.application import COMMAND_LINE, at_work, instance_app, reading
from dard.cli.exports import check_folder, write_whole
from dard.cli.instance import check_migrated
from dard.core.formats import count_text

OUT = click.option("--out", "path", required=True, type=click.Path(path_type=Path), help="File to write.")


@click.group()
def audit() -> None:
    """The audit log."""


@audit.command()
@click.option(
    "--against",
    "anchors",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Any text with “dard-checkpoint …” lines that were kept outside the database.",
)
def verify(anchors: Path | None) -> None:
    """Check the log, its checkpoints, and every sealed value against it. Exit status 1 if anything is wrong.

    Events that were changed, removed, inserted or moved are found. A log that was cut off, or rewritten as a whole, is
    found with --against.
    """
    kept = [] if anchors is None else anchors_in(anchors)
    if anchors is not None and not kept:
        raise click.ClickException(f"There is no checkpoint line in {anchors}")
    with instance_app() as app:
        check_migrated()
        with reading(app):
            report = examine(kept)
    for line in sentences(report):
        click.echo(line)
    sys.exit(1 if report.faults else 0)


@audit.command("export")
@OUT
def export_log(path: Path) -> None:
    """Write the whole log to a file that “dard audit verifier” checks anywhere. Recorded in the log."""
    check_folder(path)
    with instance_app() as app:
        check_migrated()
        with at_work(app):
            size = signed_log().size
        with reading(app):
            content = "".join(f"{line}\n" for line in log_lines(size))
        with at_work(app):
            note_export(COMMAND_LINE, size, path.name)
    write_whole(path, content.encode())  # after the audit event is kept: no file without its line in the log
    click.echo(f"{path} holds {count_text(size, 'event')}.")


@audit.command()
@click.argument("position", type=click.IntRange(min=1))
@OUT
def prove(position: int, path: Path) -> None:
    """Write event POSITION to a file, with the proof that it is in the log and no other event. Recorded in the log."""
    check_folder(path)
    with instance_app() as app:
        check_migrated()
        with at_work(app):
            size = signed_log().size
        with reading(app):
            content = proof_of(position, size)
        with at_work(app):
            note_proof(COMMAND_LINE, position, size, path.name)
    write_whole(path, f"{content}\n".encode())  # after the audit event is kept, as above
    click.echo(f"{path} holds event {position} and its proof.")


@audit.command("verifier")
@OUT
def write_verifier(path: Path) -> None:
    """Write the program that checks exports and proofs: one file, which needs nothing but Python."""
    check_folder(path)
    write_whole(path, Path(VERIFIER).read_bytes())
    click.echo(f"Check a file with: python3 {path} FILE [--against ANCHORS]")


@audit.command()
def checkpoint() -> None:
    """Sign the log as it stands, and print the line that others keep: in minutes, packs, emails."""
    with instance_app() as app:
        check_migrated()
        with at_work(app):
            line = signed_log().statement().line()
    click.echo(line)


def anchors_in(path: Path) -> list[verifier.Checkpoint]:
    """The checkpoint lines in a file, whatever else is in it."""
    return verifier.find_checkpoints(path.read_text(encoding="utf-8", errors="replace"))


def sentences(report: Report) -> Iterator[str]:
    """What a verification found, in words: all faults, or what was checked and is well."""
    for fault in report.faults:
        yield f"{fault}."
    if report.position is not None:
        yield f"The {count_text(report.checked, 'event')} before event {report.position} are as they were written."
    if report.faults:
        return
    yield f"All {report.checked} events are as they were written. Newest hash: {report.head.hex()}"
    yield (
        f"{count_text(report.checkpoints, 'checkpoint')} and {count_text(report.anchors, 'anchor')} agree with them, "
        f"and {count_text(report.cells, 'sealed value')} are the ones last recorded."
    )
