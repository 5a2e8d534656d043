"""Running the tests."""

import subprocess
import sys

import click

from dard.core.settings import ROOT


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(arguments: tuple[str, ...]) -> None:
    """Run the tests; ARGUMENTS go to pytest. On two or more processors they run side by side."""
    chosen_workers = any(argument.startswith("-n") for argument in arguments)
    command = [sys.executable, "-m", "pytest", *([] if chosen_workers else ["-n", "auto"]), *arguments]
    sys.exit(subprocess.run(command, cwd=ROOT, check=False).returncode)  # noqa: S603 - our own interpreter
