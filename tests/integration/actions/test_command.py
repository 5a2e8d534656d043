"""``dard export actions`` in an instance of its own."""

import csv
import datetime as dt
import io
import json
import os
import stat

import openpyxl
import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from support.world import World

from dard.app import create_app
from dard.audit.models import AuditEvent
from dard.cli.commands import dard
from dard.cli.instance import make_ready, prepare
from dard.core.database import db


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DARD_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("DARD_KEY_FILE", str(tmp_path / "keys" / "test.keys"))
    monkeypatch.setenv("DARD_SECRET_KEY", "a secret for tests, long enough to be taken")
    monkeypatch.setenv("DARD_BASE_URL", "http://localhost")
    monkeypatch.delenv("DARD_DATABASE_URL", raising=False)
    return tmp_path


@pytest.fixture
def world(folder):
    """Instead of the shared database: the commands open the instance that the environment names."""
    app = create_app(prepare(folder / "instance", dict(os.environ)))
    make_ready(app)
    yield World(app)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def run(*arguments):
    return CliRunner().invoke(dard, ["export", "actions", *(str(argument) for argument in arguments)])


def test_the_command_writes_the_tracker_and_keeps_a_line_in_the_log(scene, folder):
    scene.assign(due_on=dt.date(2026, 2, 27))
    scene.assign()
    book, table = folder / "tracker.xlsx", folder / "tracker.txt"
    table.write_text("what was there before")
    answer = run("--out", book)
    assert (answer.exit_code, answer.output) == (0, f"{book} holds 2 actions.\n")
    assert openpyxl.load_workbook(book)["Actions"].max_row == 3
    assert stat.S_IMODE(book.stat().st_mode) == 0o600
    answer = run("--out", table, "--format", "csv", "--overdue")
    assert (answer.exit_code, answer.output) == (0, f"{table} holds 1 action.\n")
    (_heading, row) = csv.reader(io.StringIO(table.read_bytes().decode("utf-8-sig"), newline=""))
    assert row[0] == "A-2026-0001"
    assert sorted(path.name for path in folder.iterdir()) == ["instance", "keys", "tracker.txt", "tracker.xlsx"]
    with scene.world.at_work():
        kept = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.code == "action.tracker_exported")).all()
        assert sorted((event.actor_label, json.loads(event.details)["rows"]) for event in kept) == [
            ("command line", 1),
            ("command line", 2),
        ]


def test_what_cannot_be_written_is_said_in_one_sentence(folder):
    missing = folder / "nowhere" / "tracker.csv"
    answer = run("--out", missing)
    assert answer.exit_code == 1
    assert answer.output == f"Error: There is no folder {missing.parent}: make it, or choose another with --out\n"
    answer = run("--out", folder / "tracker.pdf")
    assert answer.exit_code == 1
    assert "Say --format xlsx or --format csv" in answer.output
    answer = run("--out", folder, "--format", "csv")
    assert answer.exit_code == 1
    assert "is a folder: name a file in it" in answer.output


def test_a_file_that_the_folder_does_not_take_leaves_nothing_behind(scene, folder):
    answer = run("--out", folder / f"{'x' * 250}.csv")
    assert answer.exit_code == 1
    assert "cannot be written: File name too long" in answer.output
    assert not list(folder.glob(".x*"))
