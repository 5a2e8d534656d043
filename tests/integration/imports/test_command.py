"""``dard import`` in an instance of its own."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from support.ct_ocme import GOOD, REFUSED, ct_ocme_file, ragged, row

from dard.cli import commands
from dard.cli import imports as command
from dard.cli.application import instance_app
from dard.cli.commands import dard
from dard.cli.instance import make_ready, prepare
from dard.core.database import db
from dard.core.errors import ConfigurationError
from dard.imports import service
from dard.imports.parsing import UnreadableFileError

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def empty_instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance as ``dard init`` makes it, to be copied."""
    folder = tmp_path_factory.mktemp("made")
    with instance_app(prepare(folder / "instance", {"DARD_KEY_FILE": str(folder / "keys")})) as app:
        make_ready(app)
        db.engine.dispose()
    return folder


@pytest.fixture
def instance_folder(empty_instance: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for path in (empty_instance / "instance").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setenv("DARD_INSTANCE", str(tmp_path))
    monkeypatch.setenv("DARD_KEY_FILE", str(empty_instance / "keys"))
    monkeypatch.delenv("DARD_DATABASE_URL", raising=False)
    return tmp_path


@pytest.fixture
def run(instance_folder: Path) -> Run:
    def given(data: bytes, *options: str) -> Result:
        path = instance_folder / "file.csv"
        path.write_bytes(data)
        return CliRunner().invoke(dard, ["import", str(path), "--profile", "ct-ocme", *options])

    return given


def cases(folder: Path) -> int:
    engine = sa.create_engine(f"sqlite:///{folder / 'dard.sqlite3'}")
    with engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT count(*) FROM dard_case").scalar_one()
    engine.dispose()
    return int(found)


def test_json_prints_the_four_counts_and_a_second_run_reports_no_changes(run: Run, instance_folder: Path) -> None:
    data = ct_ocme_file([row(1), row(2, Date="", Age="x"), row(3)])
    for created in (2, 0):
        result = run(data, "--json")
        assert (result.exit_code, result.stderr) == (0, "")
        assert (
            result.stdout == json.dumps({"rows": 3, "created": created, "unchanged": 2 - created, "errors": 1}) + "\n"
        )
    assert cases(instance_folder) == 2


def test_for_people_it_lists_the_row_errors_and_ends_with_a_sentence(run: Run) -> None:
    result = run(ragged(ct_ocme_file([row(1), row(2, Age="old", Sex="Q"), row(3)]), 4))
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].startswith("Row 3: Age: “old” is not an age")
    assert lines[1].startswith("Row 3: Sex: “Q” is not a sex")
    assert lines[2].startswith("Row 4: This row has ")
    assert lines[3] == "3 rows read: 1 new case made, 0 unchanged, 2 rows with errors left out."


def test_a_dry_run_says_what_would_happen_and_changes_nothing(run: Run, instance_folder: Path) -> None:
    assert json.loads(run(GOOD, "--dry-run", "--json").stdout)["created"] == 3
    assert run(GOOD, "--dry-run").stdout == "3 rows read: 3 new cases would be made, 0 unchanged, 0 rows with errors.\n"
    assert cases(instance_folder) == 0
    assert json.loads(run(GOOD, "--json").stdout)["created"] == 3


@pytest.mark.parametrize(("data", "message"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_a_file_that_cannot_be_read_is_refused(run: Run, instance_folder: Path, data: bytes, message: str) -> None:
    result = run(data, "--json")
    assert isinstance(result.exception, UnreadableFileError)
    assert message in result.exception.message
    assert result.stdout == ""
    assert cases(instance_folder) == 0


def test_a_refused_file_ends_with_status_1_and_one_sentence(
    instance_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = instance_folder / "file.csv"
    path.write_bytes(b"")
    monkeypatch.setattr(sys, "argv", ["dard", "import", str(path), "--profile", "ct-ocme"])
    with pytest.raises(SystemExit) as ended:
        commands.main()
    assert ended.value.code == 1
    assert capsys.readouterr() == ("", "This file is empty\n")


def test_a_file_of_100_mb_is_refused_by_its_size_alone(run: Run, instance_folder: Path) -> None:
    path = instance_folder / "large.csv"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    result = CliRunner().invoke(dard, ["import", str(path), "--profile", "ct-ocme"])
    assert isinstance(result.exception, UnreadableFileError)
    assert "This file is 100 MB" in result.exception.message


def test_an_unknown_profile_is_refused_with_those_there_are(instance_folder: Path) -> None:
    path = instance_folder / "file.csv"
    path.write_bytes(GOOD)
    result = CliRunner().invoke(dard, ["import", str(path), "--profile", "police"])
    assert result.exit_code == 2
    assert "ct-ocme" in result.stderr


def test_an_instance_without_its_tables_is_told_to_be_made(
    tmp_path: Path, empty_instance: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(tmp_path, {"DARD_KEY_FILE": str(empty_instance / "keys")})
    monkeypatch.setenv("DARD_INSTANCE", str(tmp_path))
    monkeypatch.setenv("DARD_KEY_FILE", str(empty_instance / "keys"))
    (tmp_path / "file.csv").write_bytes(GOOD)
    result = CliRunner().invoke(dard, ["import", str(tmp_path / "file.csv"), "--profile", "ct-ocme"])
    assert isinstance(result.exception, ConfigurationError)
    assert "dard init" in str(result.exception)


def test_a_command_that_fails_half_way_leaves_nothing(
    run: Run, instance_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "AT_A_TIME", 1)
    calls: list[int] = []

    class Interrupted:
        """A terminal at which somebody presses Ctrl-C after two rows."""

        def __enter__(self) -> Callable[[int], None]:
            return self.update

        def __exit__(self, *_error: object) -> None: ...

        def update(self, rows: int) -> None:
            calls.append(rows)
            if len(calls) == 3:
                raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(command, "_progress", lambda _rows: Interrupted())
        assert run(GOOD).exit_code == 1
    assert cases(instance_folder) == 0
    assert json.loads(run(GOOD, "--json").stdout) == {"rows": 3, "created": 3, "unchanged": 0, "errors": 0}


def test_a_person_at_a_terminal_sees_the_progress(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with command._progress(3) as progress:
        progress(1)
        progress(2)
    told = capsys.readouterr()
    assert "Importing" in told.err
    assert told.out == ""
