"""``dard bench``: what is printed of a benchmark, and what it ends with."""

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from dard.cli import bench as command
from dard.cli.bench import BENCHMARKS, FOLDER, Metric, load
from dard.core.errors import ConfigurationError

MODULE = """
from dard.cli.bench import Metric
def run():
    return [
        Metric(name="rows per second", ratio={ratio}, baseline="a plain insert", limit=0.2, measured="10 and 20"),
        Metric(name="memory", ratio=0.5, baseline="the file", limit=0.1),
    ]
"""
AT_MOST = """
from dard.cli.bench import Metric
def run():
    return [Metric(name="one call", ratio=3.5, baseline="a raw call", limit=3.0, at_most=True)]
"""
LEFT_OUT = """
from dard.cli.bench import LeftOutError
def run():
    raise LeftOutError("writers, which need a server")
"""


@pytest.fixture
def benchmarks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "good.py").write_text(MODULE.format(ratio=0.25))
    (tmp_path / "slow.py").write_text(MODULE.format(ratio=0.19))
    monkeypatch.setattr(command, "FOLDER", tmp_path)
    (tmp_path / "costly.py").write_text(AT_MOST)
    (tmp_path / "left_out.py").write_text(LEFT_OUT)
    files = {
        "good": ("good.py",),
        "slow": ("slow.py",),
        "several": ("left_out.py", "costly.py", "good.py"),
        "part": ("good.py", "left_out.py"),
    }
    monkeypatch.setattr(command, "BENCHMARKS", files)
    monkeypatch.setattr(command.bench.params[0].type, "choices", tuple(files))


def test_json_prints_one_object_a_benchmark(benchmarks: None) -> None:
    result = CliRunner().invoke(command.bench, ["good", "slow", "--json"])
    good, slow = (json.loads(line) for line in result.stdout.splitlines())
    assert good == {
        "bench": "good",
        "metrics": [
            {"name": "rows per second", "ratio": 0.25, "baseline": "a plain insert", "limit": 0.2, "holds": True},
            {"name": "memory", "ratio": 0.5, "baseline": "the file", "limit": 0.1, "holds": True},
        ],
    }
    assert [metric["holds"] for metric in slow["metrics"]] == [False, True]
    assert result.exit_code == 1


def test_for_people_it_says_what_holds(benchmarks: None) -> None:
    result = CliRunner().invoke(command.bench, ["good"])
    assert result.stdout.splitlines() == [
        "good: rows per second: 0.25 of a plain insert (at least 0.2): holds",
        "  10 and 20",
        "good: memory: 0.50 of the file (at least 0.1): holds",
    ]
    assert result.exit_code == 0


def test_a_benchmark_of_several_files_has_the_metrics_of_all_in_their_order(benchmarks: None) -> None:
    result = CliRunner().invoke(command.bench, ["several", "--json"])
    (told,) = (json.loads(line) for line in result.stdout.splitlines())
    assert told["metrics"][0] == {
        "name": "one call",
        "ratio": 3.5,
        "baseline": "a raw call",
        "limit": 3.0,
        "holds": False,
    }
    assert [metric["name"] for metric in told["metrics"][1:]] == ["rows per second", "memory"]
    assert result.exit_code == 1


def test_a_limit_from_above_is_said_so(benchmarks: None) -> None:
    result = CliRunner().invoke(command.bench, ["several"])
    assert "several: one call: 3.50 of a raw call (at most 3): does not hold" in result.stdout.splitlines()


def test_what_is_left_out_is_said_apart_from_the_metrics(benchmarks: None) -> None:
    result = CliRunner().invoke(command.bench, ["part", "--json"])
    assert result.stderr == "part: left out: writers, which need a server\n"
    assert [metric["name"] for metric in json.loads(result.stdout)["metrics"]] == ["rows per second", "memory"]
    assert result.exit_code == 0


def test_without_a_name_all_are_run(benchmarks: None) -> None:
    result = CliRunner().invoke(command.bench, [])
    assert "slow: rows per second: 0.19 of a plain insert (at least 0.2): does not hold" in result.stdout
    assert "good:" in result.stdout
    assert result.exit_code == 1


def test_an_unknown_name_is_refused_with_those_there_are() -> None:
    result = CliRunner().invoke(command.bench, ["speed"])
    assert result.exit_code == 2
    assert "import" in result.stderr


def test_a_ratio_at_its_limit_holds() -> None:
    assert Metric(name="", ratio=0.2, baseline="", limit=0.2).holds
    assert not Metric(name="", ratio=0.1999, baseline="", limit=0.2).holds


def test_a_ratio_that_may_be_at_most_its_limit_holds_up_to_it() -> None:
    assert Metric(name="", ratio=3.0, baseline="", limit=3.0, at_most=True).holds
    assert Metric(name="", ratio=0.0, baseline="", limit=0.0, at_most=True).holds
    assert not Metric(name="", ratio=3.0001, baseline="", limit=3.0, at_most=True).holds


def test_every_benchmark_is_there() -> None:
    files = [file for files in BENCHMARKS.values() for file in files]
    assert sorted(path.name for path in FOLDER.glob("*.py")) == sorted(files)
    for file in files:
        assert callable(load(FOLDER / file).run)
    assert command.bench.help is not None
    assert f"Names: {', '.join(BENCHMARKS)}." in command.bench.help


def test_benchmarks_find_what_tests_share(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "path", [path for path in sys.path if path != str(FOLDER.parent)])
    path = tmp_path / "any.py"
    path.write_text("import sys\nSEEN = list(sys.path)\n")
    assert str(FOLDER.parent) in load(path).SEEN
    load(path)
    assert sys.path.count(str(FOLDER.parent)) == 1


def test_without_the_source_code_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="copy of the source code"):
        load(tmp_path / "imports.py")


def test_a_file_that_is_no_module_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("")
    with pytest.raises(ConfigurationError, match="not a module"):
        load(path)
