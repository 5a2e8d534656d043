"""No plaintext of a sealed field at rest: a canary in each of them, and a search of every byte that is left behind."""

import contextlib
import gzip
import io
import os
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from base64 import a85encode, standard_b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask
from support.canaries import ENCODINGS, Canaries, Hit, Search
from support.ct_ocme import REFUSED, ct_ocme_file
from support.databases import open_database
from support.driven import CONTROL, PASSWORD, Driven, drive, fail_at_work, file_row, notification
from support.postgres_files import PostgresFiles
from support.served import SECONDS, Served, keep_temporary_files
from support.world import World

from dard.app import create_app
from dard.cases import service as cases
from dard.cli import application, rewrapping
from dard.cli.commands import dard
from dard.core.database import Base, db, intent
from dard.core.settings import ROOT
from dard.crypto.enums import EVERY_PURPOSE
from dard.crypto.fields import sealed_fields

FIELDS: dict[str, tuple[type, str]] = {
    f"{mapper.class_.__tablename__}.{name}": (mapper.class_, name)
    for mapper in Base.registry.mappers
    for name in sealed_fields(mapper.class_)
}
# What is sealed there is an id that stands plain elsewhere: the secret is that it is this one.
PAIRED = frozenset({"honeytoken.case"})
SEARCHED = ("instance", "temporary", "logs")
NEW_USER = ("--email", "ada@example.org", "--name", "Ada", "--organisation", "Fernshire IT services")
ROWS_AT_WORK = 1500  # of the import that is killed: more than SQLite keeps in memory
KILLED = """
import contextlib, os, signal, sys
from dard.cli import commands, imports

def kill(rows):
    if rows:
        os.kill(os.getpid(), signal.SIGKILL)

imports._progress = lambda rows: contextlib.nullcontext(kill)
sys.stdin.readline()
commands.main()
"""


@dataclass
class Scanned:
    """What was found where, and in which fields canaries stood when they were opened."""

    root: Path
    app: Flask
    driven: Driven
    search: Search
    hits: list[Hit]
    opened: set[str]
    rows: list[tuple[str, bytes]]
    database: list[tuple[Path, int]]
    unreadable: str
    unfinished: int


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Scanned]:
    """An instance of its own, driven and scanned. Its folder ``desk`` is somebody's own: files in and out."""
    root = tmp_path_factory.mktemp("canaries")
    for name in (*SEARCHED, "desk", "path"):
        (root / name).mkdir(mode=0o700)
    database = open_database(root / "instance", f"{worker_id}_canaries")
    with (
        contextlib.ExitStack() as ending,
        pytest.MonkeyPatch.context() as patched,
        (root / "logs" / "process.txt").open("w", buffering=1) as said,
    ):
        ending.callback(database.remove)
        for name in [name for name in os.environ if name.startswith("DARD_")]:
            patched.delenv(name)
        patched.setenv("DARD_INSTANCE", str(root / "instance"))
        patched.setenv("DARD_KEY_FILE", str(root / "keys" / "dard.keys"))
        patched.setenv("DARD_DATABASE_URL", database.url)
        patched.setattr(tempfile, "tempdir", str(root / "temporary"))
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said), apps_disposed(patched) as made:
            yield _driven_and_scanned(root, made)


@contextlib.contextmanager
def apps_disposed(patched: pytest.MonkeyPatch) -> Iterator[list[Flask]]:
    """The apps that commands make, one for all where the settings are the same: a process ends, this one goes on."""
    made: list[Flask] = []

    def make(*given: Any, **named: Any) -> Flask:
        made.append(create_app(*given, **named))
        return made[-1]

    patched.setattr(application, "create_app", lambda *given, **named: made[0] if made else make(*given, **named))
    patched.setattr(rewrapping, "create_app", make)
    try:
        yield made
    finally:
        for app in made:
            with app.app_context():
                db.session.remove()
                db.engine.dispose()


def _driven_and_scanned(root: Path, made: list[Flask]) -> Scanned:
    run(root, "init")
    run(root, "user", "create", *NEW_USER, given=f"{PASSWORD}\n")
    served = Served(keep_temporary_files(root / "path", root / "temporary"), root / "logs" / "served.txt")
    try:
        (app,) = made
        with app.app_context():
            server = PostgresFiles(db.engine)
        driven = drive(World(app), Canaries(), served)
        fail_at_work(driven)
        fail_in_this_process(driven)
    finally:
        served.stop()
    with killed_at_work(root, driven.canaries):
        run_every_command(root, driven.canaries)
    unfinished = unfinished_rows(root)
    search = Search(driven.canaries)
    hits = [hit for name in SEARCHED for hit in search.folder(root / name)]
    database = list(server)
    hits += [hit for path, start in database for hit in search.file(path, start)]
    database += [(path, 0) for path in (root / "instance").glob("dard.sqlite3*")]
    rows = stored(app)
    hits += [hit for table, content in rows for hit in search.data(content, table)]
    with app.app_context():
        opened = set(fields_with_canaries(app, driven))
    return Scanned(root, app, driven, search, hits, opened, rows, database, server.unreadable, unfinished)


def run(root: Path, *arguments: str, given: str = "") -> str:
    """A command as a person runs it; what it says is kept in a file, as cron keeps it."""
    result = CliRunner().invoke(dard, arguments, input=given)
    said = f"{result.output}{result.exception or ''}\n"
    with (root / "logs" / "commands.txt").open("a", encoding="utf-8") as file:
        file.write(said)
    return said


def fail_in_this_process(driven: Driven) -> None:
    """An exception whose message quotes what was to be sealed."""
    told = notification(driven.canaries)

    def fail(*_given: object) -> None:
        raise ValueError(told)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cases, "record", fail)
        driven.world.browser(driven.people["coordinator"]).post("/cases/new", told, status=500)


# What is not run here, and why.
NOT_RUN = {
    "bench": "needs no instance",
    "demo": "makes an instance of its own, of invented people (tests/integration/cli)",
    "redact": "a filter, which needs no instance",
    "serve": "run as a process of its own",
    "suppress": "a filter, which needs no instance",
    "test": "this",
}


def commands(root: Path, good: Path, bad: list[Path]) -> dict[str, list[list[str]]]:
    """Each command, with the ways in which it is run: on good files, on bad ones, and with files out."""
    desk = root / "desk"
    profile = ["--profile", "ct-ocme"]
    return {
        "init": [[]],
        "health": [[]],
        "user create": [["--email", "b@example.org", "--name", "B", "--organisation", "Kestrel Recovery"]],
        "import": [[str(good), *profile, "--dry-run"], [str(good), *profile], *([str(path), *profile] for path in bad)],
        "export actions": [["--out", str(desk / "actions.csv")], ["--out", str(desk / "actions.xlsx")]],
        "export report": [["--out", str(desk / "report.csv")], ["--out", str(desk / "report.pdf")]],
        "audit verify": [[]],
        "audit export": [["--out", str(desk / "log.jsonl")]],
        "audit prove": [["1", "--out", str(desk / "proof.json")]],
        "audit verifier": [["--out", str(desk / "verifier.py")]],
        "audit checkpoint": [[]],
        "honeytoken add": [["2026-9999"]],
        "honeytoken remove": [["2026-9999"]],
        "honeytoken list": [[]],
        "jobs run": [["--all"]],
        "keys status": [[]],
        "keys rotate": [[], ["--purpose", "index"]],
        "keys retire": [["9999"]],
        "keys destroy": [["9999", "--yes"]],
        "keys rewrap": [[]],
    }


def run_every_command(root: Path, canaries: Canaries) -> None:
    """Commands on files that hold canaries, good and bad, and those that write files."""
    narrative = canaries.text("case_event.narrative")
    good = root / "desk" / "good.csv"
    good.write_bytes(ct_ocme_file([file_row(canaries, number, narrative) for number in range(1, 4)]))
    bad = []
    for number, (_name, data, _message) in enumerate(REFUSED):
        bad.append(root / "desk" / f"bad-{number}.csv")
        bad[-1].write_bytes(data.replace(b"Intoxication", narrative.encode()))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(time, "sleep", lambda _seconds: None)  # a rotation waits for other processes
        for name, ways in commands(root, good, bad).items():
            for arguments in ways:
                run(root, *name.split(), *arguments, given=f"{PASSWORD}\n")


@contextlib.contextmanager
def killed_at_work(root: Path, canaries: Canaries) -> Iterator[None]:
    """An import whose process is killed in the middle of its transaction, with rows on the disk already.

    The process is begun before what is done meanwhile, and sets to work after it.
    """
    narrative = canaries.text("case_event.narrative")
    file, said = root / "desk" / "many.csv", root / "logs" / "killed.txt"
    file.write_bytes(ct_ocme_file([file_row(canaries, number, narrative) for number in range(ROWS_AT_WORK)]))
    with (
        said.open("wb") as output,
        subprocess.Popen(
            [sys.executable, "-c", KILLED, "import", str(file), "--profile", "ct-ocme"],
            cwd=ROOT,
            env={**os.environ, **keep_temporary_files(root / "path", root / "temporary")},
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        yield
        process.communicate(b"\n", timeout=SECONDS)
    assert process.returncode == -signal.SIGKILL, said.read_text("utf-8")


def unfinished_rows(root: Path) -> int:
    """How many cases stand in the write-ahead log of SQLite, by the district that they have in the clear."""
    log = root / "instance" / "dard.sqlite3-wal"
    return log.read_bytes().count(CONTROL.encode()) if log.exists() else 0


def stored(app: Flask) -> list[tuple[str, bytes]]:
    """Every table as the database gives it out: whole values, however its pages and compression cut them up."""
    content = []
    with app.app_context(), db.engine.connect() as connection:
        for table in sorted(sa.inspect(connection).get_table_names()):
            cells = (cell for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"') for cell in row)
            content.append((table, b"\0".join(map(_as_bytes, cells))))
    return content


def _as_bytes(cell: object) -> bytes:
    return bytes(cell) if isinstance(cell, (bytes, memoryview)) else str(cell).encode()


def fields_with_canaries(app: Flask, driven: Driven) -> Iterator[str]:
    """The sealed fields in which, opened, a canary stands."""
    quiet = driven.ids["quiet_case"]
    with app.extensions["dard.keyring"].open_for(EVERY_PURPOSE), intent(write=False):
        for name, (model, attribute) in FIELDS.items():
            column = getattr(model, sealed_fields(model)[attribute].column)
            rows = db.session.scalars(sa.select(model).where(column.is_not(None)))
            values = [getattr(row, attribute) for row in rows]
            ids = {quiet, quiet.hex, quiet.bytes} if name in PAIRED else set()
            if ids & set(values) or any(driven.canaries.is_in(name, value) for value in values):
                yield name
        db.session.remove()


# what was driven


def test_row_1_every_sealed_field_got_a_canary(scanned: Scanned, figure) -> None:
    without = sorted(FIELDS.keys() - scanned.opened)
    figure(1, "sealed fields with a canary in the database", f"{len(scanned.opened)} of {len(FIELDS)}")
    assert not without, f"teach tests/support/driven.py to write a canary into {', '.join(without)}"


def test_every_command_was_run() -> None:
    known = commands(Path(), Path(), []).keys() | NOT_RUN.keys()
    missing = sorted(set(names_of(dard)) - known)
    assert not missing, f"teach the function commands() of this file how to run “dard {missing[0]}”, or say why not"


def names_of(group: click.Group, above: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from names_of(command, f"{above}{name} ")
        else:
            yield f"{above}{name}"


def test_the_faults_and_the_crash_left_what_such_things_leave(scanned: Scanned) -> None:
    said = (scanned.root / "logs" / "served.txt").read_text("utf-8")
    assert "Serving on http://127.0.0.1:" in said
    assert said.count("unexpected_error") == 3
    assert "OperationalError" in said or "ProgrammingError" in said
    assert "ValueError" in (scanned.root / "logs" / "process.txt").read_text("utf-8")
    if _on_sqlite(scanned):
        assert scanned.unfinished > ROWS_AT_WORK // 2, "what was killed had written nothing yet"


# what was found


def test_row_1_no_canary_stands_in_any_byte(scanned: Scanned, figure) -> None:
    search = scanned.search
    read = f"{search.files} files, {(search.read + search.inflated) / 1_000_000:.0f} MB"
    figure(1, f"canaries found in the clear, in {read}, {len(ENCODINGS)} encodings", len(scanned.hits))
    assert not scanned.hits, "\n".join(f"{hit.field} as {hit.encoding} in {hit.place}" for hit in scanned.hits)
    if scanned.unreadable:
        pytest.skip(scanned.unreadable)


def test_row_1_nothing_but_the_seal_says_which_case_is_a_honeytoken(scanned: Scanned) -> None:
    """The ids of a marked and of an unmarked case, logged in the same way, stand in the same places."""
    places = {
        name: {table: content.count(_spelt(scanned, name)) for table, content in scanned.rows}
        for name in ("quiet_case", "twin_case")
    }
    assert places["quiet_case"] == places["twin_case"]
    assert sum(places["quiet_case"].values()) > 5


def _spelt(scanned: Scanned, name: str) -> bytes:
    identity = scanned.driven.ids[name]
    return (identity.hex if _on_sqlite(scanned) else str(identity)).encode()


def _on_sqlite(scanned: Scanned) -> bool:
    url: str = scanned.app.config["SQLALCHEMY_DATABASE_URI"]
    return url.startswith("sqlite")


# the control: what is there in the clear is found, however it is written or packed


def test_the_database_itself_is_searched(scanned: Scanned) -> None:
    """A district is stored plain, and so it is found in the files of the database."""
    if scanned.unreadable:
        pytest.skip(scanned.unreadable)
    plain = Canaries()
    plain.note("dard_case.district", CONTROL)
    search = Search(plain)
    found = [hit.place for path, start in scanned.database for hit in search.file(path, start)]
    assert len(found) > 0


PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "bare": bytes,
    "gzip": gzip.compress,
    "zlib": zlib.compress,
    "ZIP": lambda data: zipped(data, zipfile.ZIP_DEFLATED),
    "stored in a ZIP": lambda data: zipped(data, zipfile.ZIP_STORED),
    "ZIP in a ZIP": lambda data: zipped(zipped(data, zipfile.ZIP_DEFLATED), zipfile.ZIP_DEFLATED),
    "gzip in a ZIP, cut off": lambda data: zipped(gzip.compress(data), zipfile.ZIP_DEFLATED)[:-60],
    "PDF": lambda data: b"%PDF-1.7\n1 0 obj\n<</Filter/FlateDecode>>\nstream\r\n" + zlib.compress(data),
    "PDF in letters": lambda data: b"<<>>\nstream\n" + a85encode(zlib.compress(data), wrapcol=76) + b"~>endstream",
}


def zipped(data: bytes, method: int) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.writestr("inner", data)
    return packed.getvalue()


@pytest.fixture(scope="module")
def control() -> tuple[Canaries, Search]:
    """One canary of each kind, and the search for them."""
    canaries = Canaries()
    canaries.text("case_person.full_name")
    canaries.date("case_person.date_of_birth")
    canaries.nhs_number("case_person.nhs_number")
    canaries.postcode("case_person.postcode")
    return canaries, Search(canaries)


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_row_1_the_control_is_found(control, tmp_path: Path, encoding: str, packing: str) -> None:
    canaries, search = control
    for field, form in ((field, form) for field, forms in canaries.planted.items() for form in forms):
        whole = [each for before in range(3) for each in _whole(encoding, form, before)]
        for number, pattern in enumerate([*ENCODINGS[encoding](form), *whole]):
            file = tmp_path / f"control-{number}"
            file.write_bytes(PACKINGS[packing](os.urandom(20) + pattern + os.urandom(20)))
            assert field in {hit.field for hit in search.file(file)}, f"{form} in {encoding}, {packing}"


def _whole(encoding: str, form: str, before: int) -> list[bytes]:
    """The text in the middle of other text that is encoded with it, where that makes a difference."""
    alphabets = {"base64": standard_b64encode, "base64url": urlsafe_b64encode}
    if encoding not in alphabets:
        return []
    return [alphabets[encoding](b"and "[:before] + form.encode() + b" and more")]


def test_a_file_with_no_canary_has_no_hits(tmp_path: Path) -> None:
    canaries = Canaries()
    canaries.text("case_person.full_name")
    (tmp_path / "log").write_bytes(gzip.compress(canaries.mark.encode() + os.urandom(100_000)))
    search = Search(canaries)
    assert search.folder(tmp_path) == []
    assert search.inflated > 100_000


def test_digits_inside_an_id_are_no_leak_and_elsewhere_they_are(tmp_path: Path) -> None:
    canaries = Canaries()
    digits = str(canaries.size("sealed_document.size", least=1_200_000))
    search = Search(canaries)
    assert search.data(f"deadbeef{digits}deadbeef0".encode(), "id") == []
    assert len(search.data(f"size={digits},".encode(), "log")) == 1


def test_temporary_files_are_kept_for_the_search(tmp_path: Path) -> None:
    """Those that are spooled to the disk, and have no name there, are seen as well."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    script = "import tempfile; file = tempfile.SpooledTemporaryFile(max_size=4); file.write(b'spooled'); file.flush()"
    environ = {**os.environ, **keep_temporary_files(tmp_path, temporary)}
    subprocess.run([sys.executable, "-c", script], env=environ, check=True)
    assert [path.read_bytes() for path in temporary.iterdir()] == [b"spooled"]
