"""An instance of its own, in which commands are run as a person or a timer runs them."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from dard.cli import commands
from dard.core import clock


@pytest.fixture
def run(tmp_path, monkeypatch) -> Callable[..., Result]:
    """``run("audit", "verify")`` in an instance with one account."""
    for name in ("DARD_ENVIRONMENT", "DARD_DATABASE_URL", "DARD_SECRET_KEY", "DARD_BASE_URL", "DARD_ANCHOR_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DARD_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("DARD_KEY_FILE", str(tmp_path / "keys" / "dard.keys"))
    clock.set_source(None)

    def command(*arguments: object, given: str = "") -> Result:
        return CliRunner().invoke(commands.dard, [str(each) for each in arguments], input=given, catch_exceptions=False)

    command("init")
    told = ("--email", "a@example.org", "--name", "Ada", "--organisation", "Fernshire")
    command("user", "create", *told, given="three random words\n")
    return command
