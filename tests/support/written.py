"""Which files Python opens to write in, whoever asks: also those that have no name, and those that are gone again.

Files that a database writes by itself, in C, are not seen: what it is given is sealed already.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
_watching: list[list[str]] = []
_hooked: list[bool] = []


@contextmanager
def files_written() -> Iterator[list[str]]:
    """``with files_written() as written``: paths opened meanwhile, in any thread (of a nameless file, its folder)."""
    if not _hooked:
        sys.addaudithook(_note)  # for the life of the process: it cannot be taken away
        _hooked.append(True)
    written: list[str] = []
    before = sys.dont_write_bytecode
    sys.dont_write_bytecode = True  # a module imported meanwhile would be written beside its source
    _watching.append(written)
    try:
        yield written
    finally:
        _watching.remove(written)
        sys.dont_write_bytecode = before


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if event != "open" or not _watching:
        return
    path, _mode, flags = arguments
    if isinstance(path, (str, bytes, os.PathLike)) and isinstance(flags, int) and flags & _WRITING:
        for written in _watching:
            written.append(os.fsdecode(path))
