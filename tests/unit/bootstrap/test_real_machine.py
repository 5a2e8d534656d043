"""The edges of the first run that the recorder of the other tests stands in for: real processes, real modules."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dard import bootstrap


@pytest.fixture
def typed_ahead() -> Iterator[int]:
    """Put a line on the standard input of this process, as where dard reads JSON lines from a pipe."""
    reader, writer = os.pipe()
    os.write(writer, b"typed\n")
    os.close(writer)
    before = os.dup(0)
    os.dup2(reader, 0)
    yield reader
    os.dup2(before, 0)
    os.close(before)
    os.close(reader)


def test_a_real_process_leaves_input_and_output_to_the_command_that_follows(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], typed_ahead: int
) -> None:
    script = "import os, sys; print(os.getcwd(), sys.stdin.read(), os.environ['A']); sys.exit('bad')"
    done = bootstrap.run_captured([sys.executable, "-S", "-c", script], tmp_path, {"A": "b"})
    assert done.returncode == 1
    assert sorted(done.stdout.split()) == sorted([str(tmp_path.resolve()), "b", "bad"])
    assert os.read(typed_ahead, 100) == b"typed\n"
    assert capfd.readouterr() == ("", "")


def test_the_empty_folder_of_a_removed_package_is_no_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "removedpackage").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    assert not bootstrap.has_module("removedpackage")
    assert not bootstrap.has_module("neverinstalled")
    assert bootstrap.has_module("venv")
