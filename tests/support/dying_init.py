"""Runs ``dard init`` in processes that kill themselves: run as a program, it forks one for each line of its input.

A line holds the moment at which the process dies of SIGKILL, counted from 1, the folder of the instance and its key
file. A moment is one in which something is about to be there for good: a commit, a key file put in its place, or just
after that. For each line one with the exit status is printed (-9 for a process that died so, 0 for one that had
finished before), and the moments that it met. Forking saves the seconds that importing everything takes.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import configure_mappers

from dard.cli import commands
from dard.crypto import key_file


class Death:
    """Writes down each moment, and kills this process at the chosen one."""

    def __init__(self, at: int, met: int) -> None:
        self.left = at
        self.met = met  # where to write

    def __call__(self, moment: str) -> None:
        self.left -= 1
        os.write(self.met, f"{moment};".encode())
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def watch(death: Death) -> None:
    """Let ``death`` know of every moment from now on."""
    put: Callable[..., None] = key_file._put_in_place

    def watched(*given: Any, **named: Any) -> None:
        death("key file")
        put(*given, **named)
        death("key file written")

    key_file._put_in_place = watched
    event.listen(Engine, "commit", lambda _connection: death("commit"))


def initialise(death: Death, instance: str, path: str) -> int:
    """Run ``dard init`` here. Returns its exit status."""
    os.environ |= {"DARD_INSTANCE": instance, "DARD_KEY_FILE": path}
    os.dup2(os.open(Path(instance).with_suffix(".said"), os.O_WRONLY | os.O_CREAT | os.O_APPEND), 1)
    watch(death)
    commands.dard(["init"], standalone_mode=False)
    return 0


def main() -> None:
    """Fork for each line."""
    configure_mappers()
    for line in sys.stdin:
        at, instance, path = line.rstrip("\n").split("\t")
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os._exit(initialise(Death(int(at), writing), instance, path))
        os.close(writing)
        _child, status = os.waitpid(child, 0)
        with os.fdopen(reading) as met:
            sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\t{met.read()}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
