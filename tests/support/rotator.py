"""Rotates keys in processes that kill themselves: run as a program, it forks one for each line of its input.

A line holds the database event (a statement about to be sent, a statement answered, a commit about to be sent) at which
the process dies of SIGKILL, counted from 1. For each, a line with its exit status is printed, -9 for one that died so,
0 for one that had finished before. Forking saves the seconds that importing everything takes, fifty times.
"""

import os
import signal
import sys

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import configure_mappers

from dard.cli import commands, sweeping
from dard.crypto import keyring

MOMENTS = ("before_cursor_execute", "after_cursor_execute", "commit")


class Death:
    """Counts database events, and kills this process at the chosen one."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self, *_given: object) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def rotate(dies_at: int) -> int:
    """Run ``dard keys rotate`` here. Returns its exit status."""
    death = Death(dies_at)
    for moment in MOMENTS:
        event.listen(Engine, moment, death)
    try:
        commands.dard(["keys", "rotate"], standalone_mode=False)
    except SystemExit as leaving:
        return int(leaving.code or 0)
    return 0


def main() -> None:
    """Fork for each line."""
    keyring.FRESH_SECONDS = float(sys.argv[1])
    sweeping.BATCH = int(sys.argv[2])
    configure_mappers()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os._exit(rotate(int(line)))
        _child, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
