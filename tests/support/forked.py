"""Commands of ``dard``, each in a process of its own that is forked: as ``python -m dard``, without importing it all.

``with Commands() as commands: commands.run("health", DARD_INSTANCE=…)``. Run as a program, this module is the process
that forks: it reads one JSON object a line, and answers with one.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from typing import Self

from dard.core.settings import ROOT

_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that has ended: its exit status, what it printed, and what it said beside it."""

    status: int
    output: str
    said: str


class Commands:
    """Runs commands one after the other, with nobody at the terminal, and no variable ``DARD_*`` but those given."""

    def __enter__(self) -> Self:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("DARD_")}
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            cwd=ROOT,
            env={**environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_raised: object) -> None:
        with self._process:
            self._process.stdin.close()

    def run(self, *arguments: str, **environ: str) -> Ended:
        """``dard`` with ``arguments`` and these variables."""
        asked = json.dumps({"arguments": arguments, "environ": environ})
        self._process.stdin.write(f"{asked}\n")
        self._process.stdin.flush()
        return Ended(**json.loads(self._process.stdout.readline()))


def _run_here(arguments: list[str], environ: dict[str, str], output: int, said: int) -> None:
    """Become the command, in a child."""
    from dard.cli import commands

    for number, target in enumerate((os.open(os.devnull, os.O_RDONLY), output, said)):
        os.dup2(target, number)
    signal.alarm(_SECONDS)  # a command that goes on where it should have ended is killed, and its status says so
    sys.stdin = os.fdopen(0)
    os.environ |= environ
    sys.argv = ["dard", *arguments]
    status = 0
    try:
        commands.main()
    except SystemExit as leaving:
        status = int(leaving.code or 0)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _answer(line: str) -> Ended:
    asked = json.loads(line)
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as said:
        child = os.fork()
        if child == 0:
            try:
                _run_here(asked["arguments"], asked["environ"], output.fileno(), said.fileno())
            finally:  # an exception that main() does not know: Python would print it and end with 1
                sys.excepthook(*sys.exc_info())
                os._exit(1)
        _child, status = os.waitpid(child, 0)
        printed = []
        for file in (output, said):
            file.seek(0)
            printed.append(file.read().decode())
        return Ended(os.waitstatus_to_exitcode(status), *printed)


def main() -> None:
    """Fork for each line."""
    from sqlalchemy.orm import configure_mappers

    import dard.cli.commands

    assert dard.cli.commands.main
    configure_mappers()
    for line in sys.stdin:
        ended = _answer(line)
        sys.stdout.write(json.dumps({"status": ended.status, "output": ended.output, "said": ended.said}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
