"""What is due at times: run from cron or a systemd timer, on one machine or on all of them."""

import os
import sys
from pathlib import Path

import click
from flask import Flask

from dard.audit.checkpoints import anchor, checkpoint_if_due, checkpoints
from dard.audit.enums import AnchorKind
from dard.audit.verification import examine, keep, newest_verification
from dard.audit.verifier import Checkpoint
from dard.cli.application import at_work, instance_app, reading
from dard.cli.audit import anchors_in, sentences
from dard.cli.instance import check_migrated
from dard.core import clock
from dard.core.database import take_lock
from dard.core.formats import count_text
from dard.core.settings import Settings
from dard.crypto.errors import KeyLockedError

ANCHOR_LOCK = 0x414E4348  # "ANCH": one writer of the file of anchors at a time


@click.group()
def jobs() -> None:
    """Work that is due at times."""


@jobs.command()
@click.option("--all", "everything", is_flag=True, help="Verify now, even if that was done today.")
def run(everything: bool) -> None:
    """Sign a checkpoint and verify the log once a day, and keep new checkpoint lines in DARD_ANCHOR_FILE.

    Days are those of UTC. Prints what it did. Exit status 1 if something is wrong.
    """
    with instance_app() as app:
        check_migrated()
        settings: Settings = app.extensions["dard.settings"]
        done = [
            *_sign(app),
            *_anchor(app, settings.anchor_file),
            *_verify(app, settings.anchor_file, again=everything),
        ]
    for _well, line in done:
        click.echo(line)
    if not done:
        click.echo("Nothing was due.")
    sys.exit(0 if all(well for well, _line in done) else 1)


Done = list[tuple[bool, str]]  # whether it went well, and what was done, as a sentence


def _sign(app: Flask) -> Done:
    try:
        with at_work(app):
            made = checkpoint_if_due()
            size = None if made is None else made.size
    except KeyLockedError as error:
        return [(False, f"No checkpoint could be signed: {error}.")]
    return [] if size is None else [(True, f"Checkpoint over {count_text(size, 'event')} signed.")]


def _anchor(app: Flask, path: Path | None) -> Done:
    """Lines first, their notes in the log's tables after them: a note without its line would be a lie."""
    if path is None:
        return []
    try:
        with at_work(app):
            take_lock(ANCHOR_LOCK)
            newest = max((each.size for each in _anchors(path)), default=0)
            new = [each for each in checkpoints() if each.size > newest]
            _append(path, [each.statement().line() for each in new])
            for each in new:
                anchor(each, AnchorKind.ANCHOR_FILE, str(path))
    except OSError as error:
        return [(False, f"{path} cannot be written: {error.strerror}.")]
    return [(True, f"{count_text(len(new), 'checkpoint line')} added to {path}.")] if new else []


def _anchors(path: Path | None) -> list[Checkpoint]:
    return anchors_in(path) if path is not None and path.exists() else []


def _append(path: Path, lines: list[str]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
        file.flush()
        os.fsync(file.fileno())


def _verify(app: Flask, anchor_file: Path | None, *, again: bool) -> Done:
    with reading(app):
        newest = newest_verification()
        done_today = newest is not None and newest.verified_at.date() >= clock.now().date()
    if done_today and not again:
        return []
    with reading(app):
        report = examine(_anchors(anchor_file))
    with at_work(app):
        keep(report)
    return [(not report.faults, line) for line in sentences(report)]
