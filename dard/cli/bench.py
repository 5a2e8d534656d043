"""The benchmarks: each a ratio to a named baseline measured in the same run, so that the machine cancels out."""

import importlib.util
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, ModuleType

import click

from dard.core.errors import ConfigurationError
from dard.core.settings import ROOT

TESTS = ROOT / "tests"
FOLDER = TESTS / "benchmarks"
BENCHMARKS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "import": ("imports.py",),
        "seal": ("sealing.py", "sealed_rows.py", "case_list.py", "audit_verification.py", "audit_writers.py"),
    }
)


class LeftOutError(Exception):
    """Part of a benchmark cannot be run here: says which part it is, and what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One figure of a benchmark. It holds if ``ratio`` to the ``baseline`` is ``limit`` or more; ``at_most``, or less.

    ``measured`` says the figures behind it in the units of this machine, which are no promise.
    """

    name: str
    ratio: float
    baseline: str
    limit: float
    measured: str = ""
    at_most: bool = False

    @property
    def holds(self) -> bool:
        """Whether the promise is kept."""
        return self.ratio <= self.limit if self.at_most else self.ratio >= self.limit


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(BENCHMARKS)), metavar="[NAME]...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a benchmark, on a line of its own.")
def bench(names: tuple[str, ...], *, as_json: bool) -> None:
    """Run the benchmarks called NAME, or all. Exit status 1 if a ratio does not keep to its limit.

    Names: import, seal.
    """
    kept = True
    for name in names or BENCHMARKS:
        metrics = _metrics(name)
        kept = kept and all(metric.holds for metric in metrics)
        click.echo(_as_json(name, metrics) if as_json else _as_text(name, metrics))
    sys.exit(0 if kept else 1)


def _metrics(name: str) -> list[Metric]:
    """Those of every file of the benchmark; what is left out is said on standard error."""
    metrics: list[Metric] = []
    for file in BENCHMARKS[name]:
        try:
            metrics += load(FOLDER / file).run()
        except LeftOutError as reason:
            click.echo(f"{name}: left out: {reason}", err=True)
    return metrics


def load(path: Path) -> ModuleType:
    """The benchmark in the file ``path``: a module with ``run() -> list[Metric]``, or LeftOutError from that.

    It may use what is in tests/support. Raises ConfigurationError.
    """
    if not path.is_file():
        raise ConfigurationError(
            "The benchmarks are kept with the tests: run this command in a copy of the source code"
        )
    spec = importlib.util.spec_from_file_location(f"dard_benchmark_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ConfigurationError(f"{path} is not a module of Python")
    if str(TESTS) not in sys.path:
        sys.path.insert(0, str(TESTS))  # as pytest does
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _as_json(name: str, metrics: list[Metric]) -> str:
    shown = [
        {
            "name": metric.name,
            "ratio": round(metric.ratio, 4),
            "baseline": metric.baseline,
            "limit": metric.limit,
            "holds": metric.holds,
        }
        for metric in metrics
    ]
    return json.dumps({"bench": name, "metrics": shown}, ensure_ascii=False)


def _as_text(name: str, metrics: list[Metric]) -> str:
    lines = []
    for metric in metrics:
        verdict = "holds" if metric.holds else "does not hold"
        bound = "at most" if metric.at_most else "at least"
        lines.append(
            f"{name}: {metric.name}: {metric.ratio:.2f} of {metric.baseline} ({bound} {metric.limit:g}): {verdict}"
        )
        lines += [f"  {metric.measured}"] if metric.measured else []
    return "\n".join(lines)
