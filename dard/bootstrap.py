"""Makes the environment on first use, then hands over to the command line: ``python3 -m dard`` in a bare clone.

Standard library only, because it runs before anything is installed. It keeps to the grammar and the names of
Python 3.6, so that an old interpreter prints one sentence and no traceback. Standard output belongs to the
command that follows (``dard demo --json`` prints JSON on its first line): everything here goes to standard error.
"""

import enum
import errno
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence

    Completed = subprocess.CompletedProcess[str]

OLDEST_PYTHON = (3, 11)
UV_VERSION = (0, 13)  # the line that wrote uv.lock
UV_REQUIREMENT = "uv>=0.13,<0.14"
UV_COMMAND = ("sync", "--locked", "--inexact", "--extra", "dev")  # inexact: what a person added by hand stays
NEEDED_MODULES = (  # one for every dependency of pyproject.toml; a test compares the two
    "ahocorasick",
    "alembic",
    "argon2",
    "click",
    "cryptography",
    "flask",
    "flask_login",
    "flask_migrate",
    "flask_sqlalchemy",
    "flask_wtf",
    "govuk_frontend_jinja",
    "pyotp",
    "rapidfuzz",
    "reportlab",
    "segno",
    "sqlalchemy",
    "structlog",
    "tzdata",
    "waitress",
    "wtforms",
    "xlsxwriter",
)
GUARD = "DARD_BOOTSTRAPPED"  # set for the interpreter that takes over, so that none hands over twice
STAMP_NAME = "dard-stamp"
LOCK_NAME = "dard-lock"
UNFINISHED = "unfinished\n"  # equals no place, so that it reads like an environment from elsewhere
DETAIL_LINES = 20
INTERRUPTED = 130  # what shells report for a command stopped with Ctrl-C

NO_VENV = (
    "This Python cannot make environments: on Debian or Ubuntu install python3-venv (apt install python3-venv), "
    "then run the command again."
)
BUSY = "Another run is making the environment in .venv: wait until it has finished, then run the command again."
NOT_INSTALLED = (
    "The dependencies could not be downloaded and installed: check that this computer is connected to the internet, "
    "then run the command again (DARD_VERBOSE=1 shows the details)."
)
NOT_LOCKED = "uv.lock does not belong to this pyproject.toml: take both files from the same version, or run “uv lock”."
NO_SPACE = "There is no space left on the disk for the environment in .venv: free 1 GB, then run the command again."
NOT_A_CHECKOUT = "pyproject.toml and uv.lock are not beside the folder dard: run the command in a complete checkout."
NO_ENVIRONMENT = "Python could not make an environment in .venv (DARD_VERBOSE=1 shows the details)."
DAMAGED = "The environment in .venv is damaged: delete the folder .venv, then run the command again."
STOPPED = "Stopped before the environment was finished: the next run makes it anew."


class SetupError(Exception):
    """A fault told in one sentence, with the output of the tool that failed (shown only with DARD_VERBOSE=1)."""

    def __init__(self, sentence: str, details: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.details = details


class Host(NamedTuple):
    """The edges of this process: the interpreter, its environment variables and the processes it may start.

    ``python`` is the interpreter outside any virtual environment, ``prefix`` the environment the running one belongs
    to (None outside), ``run`` waits for a command in a folder and captures what it prints, ``replace`` gives this
    process up to a command and returns an exit status only where the system cannot do that.
    """

    python: str
    version: "tuple[int, ...]"
    prefix: "str | None"
    environ: "MutableMapping[str, str]"
    has_module: "Callable[[str], bool]"
    run: "Callable[[Sequence[str], Path, Mapping[str, str]], Completed]"
    replace: "Callable[[Sequence[str], Mapping[str, str]], int]"


class Environment(NamedTuple):
    """What lies in .venv: the Python it was made with (like "3.11"; None if it cannot start) and the stamp, if any."""

    version: "str | None"
    stamp: "str | None"


class Step(enum.Enum):
    """What is left to do before the command can run."""

    NOTHING = "nothing"
    INSTALL = "install"
    MAKE = "make"


def main() -> None:
    """Run the dard command with the arguments of this process, in an environment that has its dependencies.

    Exits with status 1 and one sentence on standard error if that environment cannot be made.
    """
    status = start(sys.argv[1:], Path(__file__).resolve().parent.parent, this_host())
    if status is not None:
        sys.exit(status)
    from dard.cli.commands import main as command_line

    command_line()


def start(arguments: "Sequence[str]", root: Path, host: Host) -> "int | None":
    """Give this process up to the environment of the checkout, or return None if this interpreter can go on itself.

    Returns an exit status if that failed, or on a system where a process cannot be given up.
    """
    try:
        check_version(host.version)
        if can_go_on(root, host):
            return None
        venv = root / ".venv"
        prepare(root, venv, host)
        command = [str(program(venv, "python")), "-m", "dard", *arguments]
        return host.replace(command, dict(host.environ, **{GUARD: "1"}))
    except SetupError as fault:
        return report(fault, host.environ)
    except OSError as fault:
        return report(SetupError(explain(fault, root)), host.environ)
    except KeyboardInterrupt:
        say(STOPPED)
        return INTERRUPTED


def can_go_on(root: Path, host: Host) -> bool:
    """Tell whether the running interpreter has the dependencies and is the right one to use.

    It is if it belongs to a virtual environment, or if dard was installed from a package with no checkout around it.
    Raises SetupError where there is nothing to make an environment from, or where that has just been tried in vain.
    """
    was_handed_over = host.environ.pop(GUARD, "")
    is_checkout = (root / "pyproject.toml").is_file() and (root / "uv.lock").is_file()
    missing = [name for name in NEEDED_MODULES if not host.has_module(name)]
    if not missing and (host.prefix or not is_checkout):
        return True
    if not is_checkout:
        raise SetupError(NOT_A_CHECKOUT)
    if was_handed_over:
        raise SetupError(DAMAGED)
    return False


def prepare(root: Path, venv: Path, host: Host) -> None:
    """Bring the environment up to date with the lock, one process at a time. Raises SetupError or OSError."""
    wanted = stamp(root, venv, host.version)
    running = dotted(host.version[:2])
    if next_step(look_at(venv), wanted, running) is Step.NOTHING:
        return
    venv.mkdir(exist_ok=True)
    with only_one(venv):
        found = look_at(venv)  # again: another run may have finished between the first look and the lock
        step = next_step(found, wanted, running)
        if step is Step.NOTHING:
            return
        write_stamp(venv, UNFINISHED)
        if step is Step.MAKE:
            say("Making the environment in .venv {} …".format("(first run only)" if is_bare(found) else "anew"))
            make(root, venv, host)
        say("Installing the locked dependencies …")
        try:
            install(root, venv, host)
        except SetupError:
            # The tool gave up by itself, so a sound environment is as sound as before and need not be made anew.
            write_stamp(venv, found.stamp if step is Step.INSTALL else UNFINISHED)
            raise
        write_stamp(venv, wanted)


def next_step(found: Environment, wanted: str, running: str) -> Step:
    """Decide what the environment needs, given the stamp it should bear and the running Python (like "3.11").

    Made anew: one that cannot start, one whose making was cut short, one of another Python, one that was moved or
    copied (its programs name the old place). One without a stamp was made by another tool and is only completed.
    """
    if found.version != running:
        return Step.MAKE
    if found.stamp == wanted:
        return Step.NOTHING
    if found.stamp is None or place_of(found.stamp) == place_of(wanted):
        return Step.INSTALL
    return Step.MAKE


def stamp(root: Path, venv: Path, version: "tuple[int, ...]") -> str:
    """Return what a finished environment is marked with: its place, and a SHA-256 of the lock, pyproject and Python."""
    digest = hashlib.sha256(dotted(version[:2]).encode())
    for name in ("uv.lock", "pyproject.toml"):
        content = (root / name).read_bytes()
        digest.update(b"%d:" % len(content) + content)
    return "{}\n{}\n".format(venv, digest.hexdigest())


def place_of(stamped: str) -> str:
    """Return the folder for which a stamp was written."""
    return stamped.partition("\n")[0]


def look_at(venv: Path) -> Environment:
    """Read what lies in the folder .venv, which may be nothing."""
    version = None
    if program(venv, "python").exists():
        settings = read(venv / "pyvenv.cfg") or ""
        match = re.search(r"^version(?:_info)?\s*=\s*(\d+\.\d+)", settings, re.MULTILINE)
        version = match.group(1) if match else None
    return Environment(version, read(venv / STAMP_NAME))


def is_bare(found: Environment) -> bool:
    """Tell whether nothing of an environment is there yet."""
    return found == Environment(None, None)


def make(root: Path, venv: Path, host: Host) -> None:
    """Make the environment from nothing, without pip, so that Debian's Python needs no further package for it.

    The folder is emptied by hand, not with --clear, so that the stamp says "unfinished" however the run ends.
    """
    if not host.has_module("venv"):
        raise SetupError(NO_VENV)
    for entry in venv.iterdir():
        if entry.name in (STAMP_NAME, LOCK_NAME):
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(str(entry))
        else:
            entry.unlink()
    made = host.run([host.python, "-m", "venv", "--without-pip", str(venv)], root, tool_environ(venv, host.environ))
    if made.returncode:
        raise SetupError(NO_ENVIRONMENT, made.stdout)


def install(root: Path, venv: Path, host: Host) -> None:
    """Install exactly what uv.lock names, with its hashes, by uv. Raises SetupError."""
    environ = tool_environ(venv, host.environ)
    uv = find_uv(root, venv, host) or fetch_uv(root, venv, host)
    synced = host.run([uv, *UV_COMMAND], root, environ)
    if synced.returncode:
        raise SetupError(cause_of(synced.stdout), synced.stdout)


def find_uv(root: Path, venv: Path, host: Host) -> str:
    """Return the uv of the environment or of the search path that starts and is new enough for uv.lock, or ""."""
    own = program(venv, "uv")
    for candidate in (str(own) if own.exists() else None, shutil.which("uv", path=host.environ.get("PATH"))):
        if candidate:
            told = host.run([candidate, "--version"], root, tool_environ(venv, host.environ))
            match = re.match(r"uv (\d+)\.(\d+)\.", told.stdout)
            if not told.returncode and match and (int(match.group(1)), int(match.group(2))) >= UV_VERSION:
                return candidate
    return ""


def fetch_uv(root: Path, venv: Path, host: Host) -> str:
    """Install uv into the environment with the pip that came with Python, and return its path. Raises SetupError."""
    environ = tool_environ(venv, host.environ)
    python = str(program(venv, "python"))
    if host.has_module("pip") and not host.prefix:
        pip = [host.python, "-m", "pip", "--python", python]
    elif host.has_module("ensurepip"):
        bundled = host.run([python, "-m", "ensurepip"], root, environ)
        if bundled.returncode:
            raise SetupError(NO_VENV, bundled.stdout)
        pip = [python, "-m", "pip"]
    else:
        raise SetupError(NO_VENV)
    fetched = host.run([*pip, "install", "--disable-pip-version-check", "--no-input", UV_REQUIREMENT], root, environ)
    if fetched.returncode:
        raise SetupError(cause_of(fetched.stdout), fetched.stdout)
    return str(program(venv, "uv"))


def cause_of(output: str) -> str:
    """Return the sentence for what pip or uv complained of: mostly the network, which they word in many ways."""
    for words, sentence in (("needs to be updated", NOT_LOCKED), ("No space left", NO_SPACE)):
        if words in output:
            return sentence
    return NOT_INSTALLED


def tool_environ(venv: Path, environ: "Mapping[str, str]") -> "dict[str, str]":
    """Return the environment variables for the tools: the caller's, but working in .venv and nowhere else."""
    unfit = ("PYTHONHOME", "UV_FROZEN", "UV_PROJECT", "UV_WORKING_DIRECTORY")
    given = {name: value for name, value in environ.items() if name not in unfit}
    given.update(
        VIRTUAL_ENV=str(venv),
        UV_PROJECT_ENVIRONMENT=str(venv),
        UV_PYTHON=str(program(venv, "python")),
        PIP_USER="0",
        NO_COLOR="1",
    )
    given.setdefault("UV_SYSTEM_CERTS", "true")  # councils' networks often bring a certificate authority of their own
    if "UV_CACHE_DIR" not in given and "HOME" in given and not os.access(given["HOME"], os.W_OK):
        given["UV_NO_CACHE"] = "1"  # a service user without a home has no place for a cache
    return given


@contextmanager
def only_one(venv: Path) -> "Iterator[None]":
    """Hold the environment's lock. The system frees it however the run ends, so none is ever stale.

    Raises SetupError if another run holds it.
    """
    with (venv / LOCK_NAME).open("a") as handle:
        try:
            take_lock(handle)
        except OSError as fault:
            if fault.errno in (errno.EACCES, errno.EAGAIN, errno.EDEADLK):
                raise SetupError(BUSY) from fault
            raise
        yield


def take_lock(handle: "IO[str]") -> None:
    """Lock an open file for this process alone, or raise OSError at once."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def check_version(version: "tuple[int, ...]") -> None:
    """Raise SetupError if Python is too old. The sentence is plain ASCII: old Pythons may print nothing else."""
    if version < OLDEST_PYTHON:
        raise SetupError(
            "DARD needs Python {} or newer and this is Python {}: install a newer one and run the command with it, "
            "for example python3.12 -m dard.".format(dotted(OLDEST_PYTHON), dotted(version[:3]))
        )


def explain(fault: OSError, root: Path) -> str:
    """Return the sentence for a fault of the file system."""
    if fault.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            "The environment cannot be made because {} cannot be written to: "
            "run the command as its owner, or in a copy of your own.".format(fault.filename or root)
        )
    return "The environment could not be made in {}: {}.".format(root / ".venv", fault.strerror or fault)


def report(fault: SetupError, environ: "Mapping[str, str]") -> int:
    """Tell a fault on standard error and return the exit status."""
    if environ.get("DARD_VERBOSE") == "1":
        for line in fault.details.strip().splitlines()[-DETAIL_LINES:]:
            say(line)
    say(fault.sentence)
    return 1


def say(sentence: str) -> None:
    """Write one line to standard error, at once."""
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()


def program(venv: Path, name: str) -> Path:
    """Return where an environment keeps a program."""
    return venv / "Scripts" / (name + ".exe") if os.name == "nt" else venv / "bin" / name


def read(path: Path) -> "str | None":
    """Return the text of a file, or None if there is none."""
    return path.read_text(encoding="utf-8") if path.is_file() else None


def write_stamp(venv: Path, text: "str | None") -> None:
    """Mark the environment with a text, or take its mark away."""
    path = venv / STAMP_NAME
    if text is not None:
        path.write_text(text, encoding="utf-8")
    elif path.exists():
        path.unlink()


def dotted(version: "Sequence[int]") -> str:
    """Write a version number the usual way, like "3.11"."""
    return ".".join(str(part) for part in version)


def this_host() -> Host:
    """Describe the real machine."""
    return Host(
        python=getattr(sys, "_base_executable", "") or sys.executable,
        version=tuple(sys.version_info[:3]),
        prefix=sys.prefix if sys.prefix != sys.base_prefix else None,
        environ=os.environ,
        has_module=has_module,
        run=run_captured,
        replace=replace_process,
    )


def has_module(name: str) -> bool:
    """Tell whether a top-level module can be imported. The empty folder that a removed package left does not count."""
    found = importlib.util.find_spec(name)
    return found is not None and found.origin is not None


def run_captured(command: "Sequence[str]", folder: Path, environ: "Mapping[str, str]") -> "Completed":
    """Run a command to its end with no input; what it prints comes back as text, errors and all."""
    return subprocess.run(
        command,
        cwd=folder,
        env=environ,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )


def replace_process(command: "Sequence[str]", environ: "Mapping[str, str]") -> int:
    """Become another command. Windows has no such call: there it is waited for and its exit status returned."""
    if os.name != "nt":
        os.execve(command[0], list(command), environ)
    try:
        return subprocess.call(command, env=environ)
    except KeyboardInterrupt:
        return INTERRUPTED
