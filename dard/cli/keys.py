"""The keys from the command line: what there is, and rotating, wrapping anew, retiring and destroying them."""

import datetime as dt
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
from flask import Flask

from dard.cli.application import ask_passphrase, instance_app, new_passphrase, reading
from dard.cli.instance import check_migrated
from dard.cli.rewrapping import rewrap as wrap_anew
from dard.cli.rotating import INDEX, ROTATED, Rotation
from dard.core.errors import DomainError
from dard.core.formats import count_text, moment_text
from dard.core.settings import Settings
from dard.crypto.data_keys import stored_keys
from dard.crypto.enums import KeyState, Purpose
from dard.crypto.errors import KeyFileError
from dard.crypto.fields import Sealed
from dard.crypto.key_file import Provider, passphrase_in, read_key_file
from dard.crypto.models import DataKey
from dard.crypto.resealing import APPEND_ONLY, Counts, count_by_key


@click.group()
def keys() -> None:
    """The keys under which the records are sealed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLine:
    """What is shown of one key, which is in its state ``since`` then; ``values`` are sealed under it."""

    number: int
    purpose: str
    state: KeyState
    since: dt.datetime
    values: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Values of a field under a key number under which there should be none; ``why`` is the rest of a sentence."""

    field: str
    key: int
    values: int
    why: str


@keys.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, and nothing else.")
def status(*, as_json: bool) -> None:
    """List the keys, and how many values are sealed under each. Exit status 1 if some of these cannot be read."""
    with instance_app() as app:
        check_migrated()
        with reading(app):
            there, counts = stored_keys(), count_by_key()
            lines, faults = [_line(key, counts) for key in there], _faults(there, counts)
    in_log = sum(sum(found.values()) for field, found in counts.items() if field.table in APPEND_ONLY)
    click.echo(_as_json(lines, faults, in_log) if as_json else "\n".join(_as_text(lines, faults, in_log)))
    sys.exit(1 if faults else 0)


def _line(key: DataKey, counts: Counts) -> KeyLine:
    values = sum(found.get(key.number, 0) for found in counts.values())
    return KeyLine(number=key.number, purpose=key.purpose.value, state=key.state, since=key.changed_at, values=values)


def _faults(there: Sequence[DataKey], counts: Counts) -> list[Fault]:
    known = {key.number: key for key in there}
    return [
        Fault(field=f"{field.table}.{field.name}", key=number, values=values, why=why)
        for field, found in counts.items()
        for number, values in sorted(found.items())
        if (why := _why(field, known.get(number)))
    ]


def _why(field: Sealed[Any], key: DataKey | None) -> str:
    if key is None:
        return "which this instance does not have: restore the keys from a backup of the database"
    if key.purpose is not field.purpose:
        return f"which is for {key.purpose}: they were altered outside this service"
    if key.state is KeyState.DESTROYED:
        return "which was destroyed: they are lost, unless a backup holds them under another"
    if key.state is KeyState.RETIRED:
        return "which is retired: “dard keys rotate” takes it back, and seals them anew"
    return ""


def _as_json(lines: Sequence[KeyLine], faults: Sequence[Fault], in_log: int) -> str:
    shown = [{**asdict(line), "since": line.since.isoformat()} for line in lines]
    return json.dumps(
        {"keys": shown, "values_in_log": in_log, "faults": [asdict(fault) for fault in faults]}, ensure_ascii=False
    )


def _as_text(lines: Sequence[KeyLine], faults: Sequence[Fault], in_log: int) -> Iterator[str]:
    moments = [moment_text(line.since) for line in lines]
    width = max((len(moment) for moment in moments), default=0)
    yield f"Key  Purpose       Values  {'Since':{width}}  State"
    for line, moment in zip(lines, moments, strict=True):
        yield f"{line.number:>3}  {line.purpose:9}  {line.values:>9,}  {moment:{width}}  {line.state.label}"
    yield "\nBlind indexes under the index keys, and signatures under the signing keys, are not counted."
    if in_log:
        yield (
            f"Values in the audit log: {in_log:,}. The log is never rewritten, so they keep the key that sealed them, "
            "and an audit key goes on opening them when another has taken its place."
        )
    for fault in faults:
        what = count_text(fault.values, "value")
        yield f"\nWarning: {what} of {fault.field} under key {fault.key}, {fault.why}."


@keys.command()
@click.option(
    "--purpose",
    "purposes",
    multiple=True,
    type=click.Choice([purpose.value for purpose in (*ROTATED, INDEX)]),
    help="Only the keys for this; may be given several times. Left out: all but the index key.",
)
def rotate(purposes: tuple[str, ...]) -> None:
    """Make new keys, and seal every value anew under them. Safe to stop at any moment, and to run again.

    People go on working meanwhile. Where an earlier rotation was cut off, it is finished, and no new key is made. Exit
    status 1 if something is left to do. The index key, which is rotated rarely, is replaced only if it is named.
    """
    chosen = [purpose for purpose in Purpose if purpose in (purposes or ROTATED)]
    with instance_app() as app:
        check_migrated()
        _check_not_rewrapping(app)
        done = _rotation(app).run(chosen)
    sys.exit(0 if done else 1)


@keys.command()
@click.argument("number", type=click.IntRange(min=1))
def retire(number: int) -> None:
    """Take the key NUMBER, under which nothing is sealed any more, out of use. “dard keys rotate” does it by itself."""
    with instance_app() as app:
        check_migrated()
        _rotation(app).retire(number)
    click.echo(f"Key {number} is retired: it opens nothing any more, and is kept for old backups.")


@keys.command()
@click.argument("number", type=click.IntRange(min=1))
@click.option(
    "--after-days", default=30, show_default=True, type=click.IntRange(min=0), help="Least time in retirement."
)
@click.option("--yes", is_flag=True, help="Say that no backup is needed any more that was made under this key.")
def destroy(number: int, after_days: int, *, yes: bool) -> None:
    """Forget the retired key NUMBER for good: what backups hold under it is lost, wherever no copy of the key is."""
    if not yes:
        raise DomainError(f"What backups hold under key {number} would be lost for good: say --yes if you mean it")
    with instance_app() as app:
        check_migrated()
        _rotation(app).destroy(number, after_days)
    click.echo(f"Key {number} is destroyed. Backups of the database that are older than this still hold it, wrapped.")


@keys.command()
@click.option(
    "--provider",
    type=click.Choice(["file", "passphrase"]),
    help="What wraps the keys from now on: a random key in the key file, or a passphrase. Left out: as before.",
)
@click.option(
    "--new-passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The new passphrase is the first line of this file. Left out: of DARD_KEY_PASSPHRASE_FILE, or asked for.",
)
def rewrap(provider: Provider | None, new_passphrase_file: Path | None) -> None:
    """Wrap all keys anew, under another key-encryption key: no value is sealed anew. Safe to stop and to run again.

    The passphrase in use, if any, is read from DARD_KEY_PASSPHRASE_FILE, or asked for.
    """
    settings = Settings.from_environment()
    in_use = settings.key_passphrase_file
    if new_passphrase_file and provider == "file":
        raise click.UsageError("A key in the key file needs no passphrase: leave out --new-passphrase-file")
    done = wrap_anew(
        settings,
        "passphrase" if new_passphrase_file else provider,
        passphrase_in(in_use) if in_use else ask_passphrase,
        lambda: new_passphrase(new_passphrase_file, in_use),
    )
    if done.resumed:
        click.echo("Wrapping the keys anew had been cut off, and is finished: run this again for yet another key.")
    click.echo(f"The keys are wrapped by key-encryption key {done.number} ({done.provider}) in {settings.key_file}.")
    if new_passphrase_file and in_use and new_passphrase_file.resolve() != in_use:
        click.echo(f"Put the new passphrase into {in_use} now: DARD reads it there when it starts.")
    click.echo("Copy the key file to every machine that runs DARD. Backups made until now need the key file of old.")


def _rotation(app: Flask) -> Rotation:
    return Rotation(app, click.echo, _progress)


def _check_not_rewrapping(app: Flask) -> None:
    settings: Settings = app.extensions["dard.settings"]
    if len(read_key_file(settings.key_file).keys) > 1:
        raise KeyFileError("The keys are being wrapped anew, or that was cut off: run “dard keys rewrap” first")


@contextmanager
def _progress(values: int) -> Iterator[Callable[[int], None]]:
    """A progress bar for a person at a terminal; nothing in a pipe or a log."""
    if not sys.stdout.isatty():
        yield lambda _values: None
        return
    with click.progressbar(length=values, label="Sealing anew") as bar:
        yield bar.update
