"""``dard bench``: what is printed of a benchmark, and what it ends with."""

import json
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


@pytest.fixture
def benchmarks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "good.py").write_text(MODULE.format(ratio=0.25))
    (tmp_path / "slow.py").write_text(MODULE.format(ratio=0.19))
    monkeypatch.setattr(command, "FOLDER", tmp_path)
    monkeypatch.setattr(command, "BENCHMARKS", {"good": "good.py", "slow": "slow.py"})
    monkeypatch.setattr(command.bench.params[0].type, "choices", ("good", "slow"))


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


def test_every_benchmark_is_there() -> None:
    assert {path.name for path in FOLDER.glob("*.py")} == set(BENCHMARKS.values())
    for name in BENCHMARKS.values():
        assert callable(load(FOLDER / name).run)


def test_without_the_source_code_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="copy of the source code"):
        load(tmp_path / "imports.py")


def test_a_file_that_is_no_module_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("")
    with pytest.raises(ConfigurationError, match="not a module"):
        load(path)
