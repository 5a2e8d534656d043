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

FOLDER = ROOT / "tests" / "benchmarks"
BENCHMARKS: Mapping[str, str] = MappingProxyType({"import": "imports.py"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One figure of a benchmark. It holds if ``ratio`` to the ``baseline`` is ``limit`` or more.

    ``measured`` says the figures behind it in the units of this machine, which are no promise.
    """

    name: str
    ratio: float
    baseline: str
    limit: float
    measured: str = ""

    @property
    def holds(self) -> bool:
        """Whether the promise is kept."""
        return self.ratio >= self.limit


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(BENCHMARKS)), metavar="[NAME]...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a benchmark, on a line of its own.")
def bench(names: tuple[str, ...], *, as_json: bool) -> None:
    """Run the benchmarks called NAME, or all. Exit status 1 if a ratio is below its limit.

    Names: import.
    """
    kept = True
    for name in names or BENCHMARKS:
        metrics: list[Metric] = load(FOLDER / BENCHMARKS[name]).run()
        kept = kept and all(metric.holds for metric in metrics)
        click.echo(_as_json(name, metrics) if as_json else _as_text(name, metrics))
    sys.exit(0 if kept else 1)


def load(path: Path) -> ModuleType:
    """The benchmark in the file ``path``: a module with ``run() -> list[Metric]``. Raises ConfigurationError."""
    if not path.is_file():
        raise ConfigurationError(
            "The benchmarks are kept with the tests: run this command in a copy of the source code"
        )
    spec = importlib.util.spec_from_file_location(f"dard_benchmark_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ConfigurationError(f"{path} is not a module of Python")
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
        lines.append(
            f"{name}: {metric.name}: {metric.ratio:.2f} of {metric.baseline} (at least {metric.limit}): {verdict}"
        )
        lines += [f"  {metric.measured}"] if metric.measured else []
    return "\n".join(lines)
