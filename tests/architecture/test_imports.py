"""The floors of the house hold: import-linter's contracts in pyproject.toml."""

from importlinter.cli import lint_imports

from dard.core.settings import ROOT


def test_every_import_goes_down(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0
