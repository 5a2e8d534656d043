"""The first run in a bare clone: what is decided, which commands are started, and what people are told.

A recorder stands in for the processes; folders and files are real.
"""

import errno
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import pytest

from dard import bootstrap
from dard.bootstrap import Environment, Host, Step

PYTHON = "/usr/bin/python3"
SYNC = ["sync", "--locked", "--inexact", "--extra", "dev"]
MAKING = "Making the environment in .venv (first run only) …\n"
MAKING_ANEW = "Making the environment in .venv anew …\n"
INSTALLING = "Installing the locked dependencies …\n"
UV_NOW = "uv 0.13.9 (x86_64-unknown-linux-gnu)\n"


@dataclass
class Machine:
    """A machine in a temporary folder: a checkout, the modules that can be imported, and recorded processes."""

    root: Path
    modules: set[str] = field(default_factory=lambda: {"venv", "pip", "ensurepip"})
    version: tuple[int, ...] = (3, 11, 2)
    prefix: str | None = None
    environ: dict[str, str] = field(default_factory=lambda: {"PATH": "", "LANG": "C"})
    answers: dict[str, tuple[int, str] | BaseException] = field(default_factory=dict)
    started: list[tuple[str, list[str]]] = field(default_factory=list)
    environs: list[Mapping[str, str]] = field(default_factory=list)
    replaced_by: list[str] = field(default_factory=list)
    guard: str | None = None

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def stamp(self) -> str:
        return (self.venv / "dard-stamp").read_text()

    def names(self) -> list[str]:
        """Return what was started since the last call, as short names."""
        names = [name for name, _ in self.started]
        self.started.clear()
        return names

    def run(self, command: Sequence[str], folder: Path, environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        assert folder == self.root
        name = next(word for word in ("--version", "sync", "install", "ensurepip", "venv") if word in command)
        self.started.append((name, list(command)))
        self.environs.append(environ)
        answer = self.answers.get(name, (0, UV_NOW))
        if isinstance(answer, BaseException):
            raise answer
        if name == "venv" and answer[0] == 0:
            self.make_environment("version = {}.{}.0".format(*self.version))
        if name == "install" and answer[0] == 0:
            (self.venv / "bin" / "uv").touch()
        return subprocess.CompletedProcess(list(command), answer[0], answer[1])

    def make_environment(self, setting: str) -> None:
        (self.venv / "bin").mkdir(parents=True, exist_ok=True)
        (self.venv / "bin" / "python").touch()
        (self.venv / "pyvenv.cfg").write_text(f"home = /usr/bin\n{setting}\n")

    def put_uv_on_path(self) -> str:
        uv = self.root / "elsewhere" / "uv"
        uv.parent.mkdir()
        uv.touch(mode=0o755)
        self.environ["PATH"] = str(uv.parent)
        return str(uv)

    def replace(self, command: Sequence[str], environ: Mapping[str, str]) -> int:
        self.replaced_by = list(command)
        self.guard = environ.get("DARD_BOOTSTRAPPED")
        return 0

    def start(self, *arguments: str) -> int | None:
        host = Host(
            PYTHON,
            self.version,
            self.prefix,
            self.environ,
            self.modules.__contains__,
            self.run,
            self.replace,
        )
        return bootstrap.start(arguments, self.root, host)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    root = tmp_path / "clone"
    root.mkdir()
    (root / "pyproject.toml").write_text("[project]\n")
    (root / "uv.lock").write_text("version = 1\n")
    return Machine(root)


@pytest.fixture
def ready(machine: Machine, capsys: pytest.CaptureFixture[str]) -> Machine:
    """A machine on which a first run has succeeded."""
    assert machine.start() == 0
    machine.names()
    machine.environs.clear()
    machine.replaced_by.clear()
    capsys.readouterr()
    return machine


def told(capsys: pytest.CaptureFixture[str]) -> str:
    """Return what was said to the person; nothing may ever go to standard output."""
    out, err = capsys.readouterr()
    assert out == ""
    return err


@pytest.mark.parametrize("version", [(3, 6, 15), (3, 10, 13), (2, 7, 18)])
def test_an_old_python_is_told_which_one_is_needed(
    machine: Machine, capsys: pytest.CaptureFixture[str], version: tuple[int, ...]
) -> None:
    machine.version = version
    assert machine.start() == 1
    sentence = told(capsys)
    assert sentence.startswith("DARD needs Python 3.11 or newer and this is Python {}.{}.{}: ".format(*version))
    assert sentence.isascii()
    assert machine.names() == []
    assert not machine.venv.exists()


def test_a_virtual_environment_with_the_dependencies_goes_on_at_once(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.prefix = "/home/me/env"
    machine.modules.update(bootstrap.NEEDED_MODULES)
    machine.environ["DARD_BOOTSTRAPPED"] = "1"
    assert machine.start("demo") is None
    assert machine.names() == []
    assert told(capsys) == ""
    assert "DARD_BOOTSTRAPPED" not in machine.environ, "a dard started from this one must be free to hand over"


def test_an_installed_package_without_a_checkout_goes_on_at_once(machine: Machine) -> None:
    machine.modules.update(bootstrap.NEEDED_MODULES)
    (machine.root / "uv.lock").unlink()
    assert machine.start() is None


def test_dependencies_outside_a_virtual_environment_are_not_used_in_a_checkout(machine: Machine) -> None:
    machine.modules.update(bootstrap.NEEDED_MODULES)
    assert machine.start() == 0
    assert machine.names() == ["venv", "install", "sync"]


def test_one_missing_dependency_is_enough_not_to_go_on(machine: Machine) -> None:
    machine.prefix = str(machine.venv)
    machine.modules.update(bootstrap.NEEDED_MODULES)
    machine.modules.remove("reportlab")
    assert machine.start() == 0
    assert machine.replaced_by


def test_an_incomplete_checkout_is_named(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    (machine.root / "pyproject.toml").unlink()
    assert machine.start() == 1
    assert told(capsys) == bootstrap.NOT_A_CHECKOUT + "\n"


def test_a_first_run_makes_the_environment_and_hands_over(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    python = str(machine.venv / "bin" / "python")
    pip = [PYTHON, "-m", "pip", "--python", python]
    assert machine.start("demo", "--json", "--port", "0") == 0
    assert [command for _, command in machine.started] == [
        [PYTHON, "-m", "venv", "--without-pip", str(machine.venv)],
        [*pip, "install", "--disable-pip-version-check", "--no-input", "uv>=0.13,<0.14"],
        [str(machine.venv / "bin" / "uv"), *SYNC],
    ]
    assert machine.replaced_by == [python, "-m", "dard", "demo", "--json", "--port", "0"]
    assert machine.guard == "1"
    assert told(capsys) == MAKING + INSTALLING


def test_the_next_run_starts_nothing(ready: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    assert ready.start("health") == 0
    assert ready.names() == []
    assert ready.replaced_by[1:] == ["-m", "dard", "health"]
    assert told(capsys) == ""


@pytest.mark.parametrize("name", ["uv.lock", "pyproject.toml"])
def test_a_changed_lock_is_installed_into_the_same_environment(
    ready: Machine, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    before = ready.stamp
    (ready.root / name).write_text("# changed\n")
    assert ready.start() == 0
    assert ready.names() == ["--version", "sync"]
    assert told(capsys) == INSTALLING
    assert ready.stamp not in (before, bootstrap.UNFINISHED)


def test_text_moved_from_the_lock_to_pyproject_changes_the_stamp(machine: Machine) -> None:
    stamps = set()
    for lock, project in (("a\nb\n", ""), ("a\n", "b\n"), ("", "a\nb\n")):
        (machine.root / "uv.lock").write_text(lock)
        (machine.root / "pyproject.toml").write_text(project)
        stamps.add(bootstrap.stamp(machine.root, machine.venv, (3, 11, 2)))
    stamps.add(bootstrap.stamp(machine.root, machine.venv, (3, 12, 1)))
    assert len(stamps) == 4


def test_a_python_of_another_line_makes_it_anew(ready: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    ready.version = (3, 12, 1)
    assert ready.start() == 0
    assert ready.names() == ["venv", "install", "sync"]
    assert told(capsys) == MAKING_ANEW + INSTALLING


def test_a_patch_release_of_python_changes_nothing(ready: Machine) -> None:
    ready.version = (3, 11, 9)
    assert ready.start() == 0
    assert ready.names() == []


def test_a_half_made_environment_is_emptied_and_made_anew(
    ready: Machine, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (ready.venv / "dard-stamp").write_text(bootstrap.UNFINISHED)
    (ready.venv / "lib").mkdir()
    (ready.venv / "lib" / "half.py").touch()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.py").touch()
    (ready.venv / "link").symlink_to(tmp_path / "other")
    assert ready.start() == 0
    assert ready.names() == ["venv", "install", "sync"]
    assert told(capsys) == MAKING_ANEW + INSTALLING
    assert sorted(entry.name for entry in ready.venv.iterdir()) == ["bin", "dard-lock", "dard-stamp", "pyvenv.cfg"]
    assert (tmp_path / "other" / "mine.py").exists()


def test_a_copied_environment_is_made_anew_because_its_programs_name_the_old_place(
    ready: Machine, tmp_path: Path
) -> None:
    ready.root = ready.root.rename(tmp_path / "moved")
    assert ready.start() == 0
    assert ready.names() == ["venv", "install", "sync"]


def test_the_environment_of_another_tool_is_completed_not_emptied(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.make_environment("version_info = 3.11.7")
    mine = machine.venv / "mine.py"
    mine.touch()
    machine.put_uv_on_path()
    assert machine.start() == 0
    assert machine.names() == ["--version", "sync"]
    assert mine.exists()
    assert told(capsys) == INSTALLING


@pytest.mark.parametrize(
    ("found", "step"),
    [
        (Environment(None, None), Step.MAKE),
        (Environment(None, "/here\nnew\n"), Step.MAKE),
        (Environment("3.10", "/here\nnew\n"), Step.MAKE),
        (Environment("3.11", bootstrap.UNFINISHED), Step.MAKE),
        (Environment("3.11", "/there\nnew\n"), Step.MAKE),
        (Environment("3.11", "/here\nold\n"), Step.INSTALL),
        (Environment("3.11", None), Step.INSTALL),
        (Environment("3.11", "/here\nnew\n"), Step.NOTHING),
    ],
)
def test_each_state_of_the_environment_has_its_step(found: Environment, step: Step) -> None:
    assert bootstrap.next_step(found, "/here\nnew\n", "3.11") is step


def test_an_environment_whose_python_is_gone_cannot_start(machine: Machine) -> None:
    machine.make_environment("version = 3.11.2")
    assert bootstrap.look_at(machine.venv).version == "3.11"
    (machine.venv / "bin" / "python").unlink()
    (machine.venv / "bin" / "python").symlink_to("/nowhere/python3.11")
    assert bootstrap.look_at(machine.venv).version is None


def test_uv_on_the_search_path_is_used_without_pip(machine: Machine) -> None:
    uv = machine.put_uv_on_path()
    machine.modules = {"venv"}
    assert machine.start() == 0
    assert [command for _, command in machine.started][1:] == [[uv, "--version"], [uv, *SYNC]]


@pytest.mark.parametrize("answer", [(0, "uv 0.12.30\n"), (127, "pyenv: uv: command not found\n"), (1, UV_NOW)])
def test_a_uv_that_is_too_old_or_does_not_start_is_passed_over(machine: Machine, answer: tuple[int, str]) -> None:
    machine.put_uv_on_path()
    machine.answers["--version"] = answer
    assert machine.start() == 0
    assert machine.started[-1][1][0] == str(machine.venv / "bin" / "uv")


@pytest.mark.parametrize("version", ["uv 0.14.0\n", "uv 1.0.0 (abc 2027-01-01)\n"])
def test_a_newer_uv_is_used(machine: Machine, version: str) -> None:
    uv = machine.put_uv_on_path()
    machine.answers["--version"] = (0, version)
    assert machine.start() == 0
    assert machine.started[-1][1][0] == uv


def test_without_pip_the_bundled_one_is_unpacked_into_the_environment(machine: Machine) -> None:
    machine.modules = {"venv", "ensurepip"}
    assert machine.start() == 0
    python = str(machine.venv / "bin" / "python")
    assert machine.started[1][1] == [python, "-m", "ensurepip"]
    assert machine.started[2][1][:4] == [python, "-m", "pip", "install"]


def test_the_pip_of_an_activated_environment_is_not_the_pip_of_the_interpreter_outside(machine: Machine) -> None:
    machine.prefix = "/home/me/env"
    assert machine.start() == 0
    assert machine.names() == ["venv", "ensurepip", "install", "sync"]


@pytest.mark.parametrize("modules", [{"pip", "ensurepip"}, {"venv"}])
def test_a_python_that_cannot_make_environments_names_the_debian_package(
    machine: Machine, capsys: pytest.CaptureFixture[str], modules: set[str]
) -> None:
    machine.modules = modules
    assert machine.start() == 1
    assert "install python3-venv" in told(capsys).splitlines()[-1]
    assert machine.replaced_by == []


def test_a_bundled_pip_that_does_not_unpack_names_the_debian_package(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.modules = {"venv", "ensurepip"}
    machine.answers["ensurepip"] = (1, "")
    assert machine.start() == 1
    assert "install python3-venv" in told(capsys).splitlines()[-1]


def test_an_environment_that_cannot_be_made_is_told(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    machine.answers["venv"] = (1, "Traceback")
    assert machine.start() == 1
    assert told(capsys) == MAKING + bootstrap.NO_ENVIRONMENT + "\n"


@pytest.mark.parametrize(
    ("tool", "output", "sentence"),
    [
        ("install", "ERROR: No matching distribution found for uv", bootstrap.NOT_INSTALLED),
        ("sync", "error: Failed to fetch: `https://example.org/`", bootstrap.NOT_INSTALLED),
        ("sync", "error: The lockfile at `uv.lock` needs to be updated, but", bootstrap.NOT_LOCKED),
        ("sync", "cause: No space left on device (os error 28)", bootstrap.NO_SPACE),
        ("install", "ERROR: [Errno 28] No space left on device", bootstrap.NO_SPACE),
    ],
)
def test_a_failed_download_is_one_sentence(
    machine: Machine, capsys: pytest.CaptureFixture[str], tool: str, output: str, sentence: str
) -> None:
    machine.answers[tool] = (2, output)
    assert machine.start() == 1
    assert told(capsys) == MAKING + INSTALLING + sentence + "\n"
    assert machine.replaced_by == []
    assert machine.stamp == bootstrap.UNFINISHED


def test_the_last_lines_of_the_tool_are_shown_when_asked_for(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.environ["DARD_VERBOSE"] = "1"
    machine.answers["sync"] = (2, "".join(f"line {number}\n" for number in range(30)))
    assert machine.start() == 1
    lines = told(capsys).splitlines()
    assert lines[2:] == [f"line {number}" for number in range(10, 30)] + [bootstrap.NOT_INSTALLED]


def test_a_failed_update_leaves_a_sound_environment_to_the_next_run(ready: Machine) -> None:
    before = ready.stamp
    (ready.root / "uv.lock").write_text("# changed\n")
    ready.answers["sync"] = (2, "")
    assert ready.start() == 1
    assert ready.stamp == before
    (ready.root / "uv.lock").write_text("version = 1\n")
    ready.names()
    assert ready.start() == 0
    assert ready.names() == []


def test_a_failed_completion_of_another_tools_environment_leaves_no_mark(machine: Machine) -> None:
    machine.make_environment("version_info = 3.11.7")
    machine.answers["sync"] = (2, "")
    assert machine.start() == 1
    assert not (machine.venv / "dard-stamp").exists()


def test_a_run_stopped_by_the_keyboard_leaves_the_environment_unfinished(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.answers["sync"] = KeyboardInterrupt()
    assert machine.start() == 130
    assert told(capsys) == MAKING + INSTALLING + bootstrap.STOPPED + "\n"
    assert machine.stamp == bootstrap.UNFINISHED


def test_two_runs_at_once_do_not_write_the_same_environment(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.venv.mkdir()
    with bootstrap.only_one(machine.venv):
        assert machine.start() == 1
    assert told(capsys) == bootstrap.BUSY + "\n"
    assert machine.names() == []
    assert machine.start() == 0, "the lock is free once the other run is over"


def test_what_another_run_finished_meanwhile_is_not_done_again(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def finish_elsewhere(handle: IO[str]) -> None:
        machine.make_environment("version = 3.11.2")
        bootstrap.write_stamp(machine.venv, bootstrap.stamp(machine.root, machine.venv, machine.version))

    monkeypatch.setattr(bootstrap, "take_lock", finish_elsewhere)
    assert machine.start("health") == 0
    assert machine.names() == []
    assert machine.replaced_by[1:] == ["-m", "dard", "health"]
    assert told(capsys) == ""


def test_an_environment_without_the_dependencies_is_not_handed_over_to_for_ever(
    ready: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    ready.prefix = str(ready.venv)
    ready.environ["DARD_BOOTSTRAPPED"] = "1"
    assert ready.start() == 1
    assert told(capsys) == bootstrap.DAMAGED + "\n"
    assert ready.replaced_by == []


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EROFS])
def test_a_folder_that_cannot_be_written_to_is_named(
    machine: Machine, capsys: pytest.CaptureFixture[str], number: int
) -> None:
    machine.answers["venv"] = OSError(number, "refused", str(machine.venv))
    assert machine.start() == 1
    assert f"because {machine.venv} cannot be written to" in told(capsys).splitlines()[-1]


def test_any_other_fault_of_the_file_system_is_one_sentence(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.venv.touch()
    assert machine.start() == 1
    assert told(capsys) == f"The environment could not be made in {machine.venv}: File exists.\n"


def test_the_tools_work_in_the_environment_of_the_checkout_and_nowhere_else(machine: Machine, tmp_path: Path) -> None:
    machine.environ.update(
        UV_FROZEN="1", UV_PROJECT="/other", PYTHONHOME="/other", VIRTUAL_ENV="/other", PIP_USER="1", HOME=str(tmp_path)
    )
    assert machine.start() == 0
    for environ in machine.environs:
        assert environ["UV_PROJECT_ENVIRONMENT"] == environ["VIRTUAL_ENV"] == str(machine.venv)
        assert environ["UV_PYTHON"] == str(machine.venv / "bin" / "python")
        assert environ["PIP_USER"] == "0"
        assert environ["LANG"] == "C"
        assert not {"UV_FROZEN", "UV_PROJECT", "PYTHONHOME", "UV_NO_CACHE"} & set(environ)
    assert machine.environ["VIRTUAL_ENV"] == "/other", "the command itself gets the environment it was called with"


def test_a_user_without_a_home_does_without_a_cache(machine: Machine) -> None:
    machine.environ["HOME"] = "/nonexistent"
    assert machine.start() == 0
    assert machine.environs[-1]["UV_NO_CACHE"] == "1"


def test_the_certificates_of_the_system_are_trusted_unless_the_user_says_otherwise(machine: Machine) -> None:
    assert bootstrap.tool_environ(machine.venv, {})["UV_SYSTEM_CERTS"] == "true"
    assert bootstrap.tool_environ(machine.venv, {"UV_SYSTEM_CERTS": "0"})["UV_SYSTEM_CERTS"] == "0"
