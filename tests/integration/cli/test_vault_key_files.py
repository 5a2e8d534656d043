"""A key file that is missing, open to others, damaged or another instance's keeps DARD from starting, and says why."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.forked import Commands, Ended

from dard.app import create_app
from dard.cli.commands import dard
from dard.core import clock
from dard.core.settings import ROOT, Settings
from dard.crypto.errors import KeyFileError
from dard.crypto.key_file import new_key_file, read_key_file, write_key_file

PASSPHRASE = "drei zufällige Wörter"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance with its keys, made once."""
    root = tmp_path_factory.mktemp("template")
    with pytest.MonkeyPatch.context() as patched:
        environment(root, patched)
        assert CliRunner().invoke(dard, ["init"], catch_exceptions=False).exit_code == 0
    return root


@pytest.fixture
def key_file(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The key file of a fresh copy of that instance, which is the one that commands work in."""
    clock.set_source(None)
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    return environment(tmp_path, monkeypatch)


def environment(root: Path, patched: pytest.MonkeyPatch) -> Path:
    """Let ``root`` hold the instance of this process and of those that it starts. Its key file."""
    for name in [name for name in os.environ if name.startswith("DARD_")]:
        patched.delenv(name)
    patched.setenv("DARD_INSTANCE", str(root / "instance"))
    patched.setenv("DARD_KEY_FILE", str(root / "keys" / "dard.keys"))
    return root / "keys" / "dard.keys"


@pytest.fixture(scope="module")
def commands() -> Iterator[Commands]:
    with Commands() as running:
        yield running


def given(**other: str) -> dict[str, str]:
    """The variables of this instance, with ``other``."""
    return {**{name: value for name, value in os.environ.items() if name.startswith("DARD_")}, **other}


def check_refused(ended: Ended, sentence: str) -> None:
    """One sentence, on one line, and exit status 1."""
    assert sentence in ended.said
    assert (ended.status, ended.output, len(ended.said.strip().splitlines())) == (1, "", 1)


def damage(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def change_a_byte_of_the_secret(path: Path) -> None:
    content = json.loads(path.read_text("utf-8"))
    secret = content["keys"][0]["secret"]
    content["keys"][0]["secret"] = ("B" if secret[0] == "A" else "A") + secret[1:]
    path.write_text(json.dumps(content), encoding="utf-8")


def replace_by_that_of_another_instance(path: Path) -> None:
    write_key_file(new_key_file(), path, replacing=True)


def replace_by_its_key_alone(path: Path) -> None:
    """The right key, of an instance with another name."""
    content = json.loads(path.read_text("utf-8"))
    content["environment"] = str(new_key_file().environment)
    path.write_text(json.dumps(content), encoding="utf-8")


FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (Path.unlink, "There is no key file at"),
    "readable by others": (lambda path: path.chmod(0o644), "can be read by others: run “chmod 600"),
    "writable by the group": (lambda path: path.chmod(0o620), "can be read by others: run “chmod 600"),
    "cut off": (damage, "is damaged: restore it from its backup"),
    "empty": (lambda path: path.write_bytes(b""), "is damaged: restore it from its backup"),
    "one character changed": (change_a_byte_of_the_secret, "cannot be unwrapped"),
    "of another instance": (replace_by_that_of_another_instance, "cannot be unwrapped"),
    "of another name": (replace_by_its_key_alone, "cannot be unwrapped"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_row_48_an_app_with_a_faulty_key_file_is_not_made(key_file, fault):
    spoil, sentence = FAULTS[fault]
    settings = Settings.from_environment()
    create_app(settings)  # the control: it is sound before
    spoil(key_file)
    with pytest.raises(KeyFileError) as refused:
        create_app(settings)
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("command", [("health",), ("serve", "--port", "0"), ("audit", "verify"), ("jobs", "run")])
@pytest.mark.parametrize("fault", FAULTS)
def test_row_48_no_command_starts_with_a_faulty_key_file(commands, key_file, fault, command):
    spoil, sentence = FAULTS[fault]
    spoil(key_file)
    check_refused(commands.run(*command, **given()), sentence)


def test_row_48_nor_does_a_new_process(key_file):
    """The same without a fork, from the very beginning."""
    key_file.chmod(0o644)
    begun = [sys.executable, "-m", "dard", "health"]
    found = subprocess.run(begun, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    check_refused(Ended(found.returncode, found.stdout, found.stderr), "run “chmod 600")


def test_with_its_own_key_file_it_is_well(commands, key_file):
    assert commands.run("health", **given()) == Ended(0, "Well: settings, keys and database are in order.\n", "")


def test_row_48_a_production_instance_does_not_start_with_its_keys_beside_the_data(commands, key_file):
    inside = Path(os.environ["DARD_INSTANCE"]) / "dard.keys"
    key_file.rename(inside)
    production = {"DARD_ENVIRONMENT": "production", "DARD_BASE_URL": "https://dard.example.org"}
    check_refused(commands.run("health", **given(**production, DARD_KEY_FILE=str(inside))), "lies beside the data")


# keys that a passphrase wraps


@pytest.fixture
def passphrase_file(tmp_path: Path) -> Path:
    path = tmp_path / "passphrase"
    path.write_text(f"{PASSPHRASE}\nonly the first line counts\n", encoding="utf-8")
    return path


def test_an_instance_of_a_passphrase_starts_with_it_and_with_no_other(commands, tmp_path, passphrase_file, monkeypatch):
    key_file = environment(tmp_path, monkeypatch)
    right = given(DARD_KEY_PASSPHRASE_FILE=str(passphrase_file))
    made = commands.run("init", "--keys", "passphrase", **right)
    assert (made.status, made.said) == (0, "")
    (held,) = json.loads(key_file.read_text("utf-8"))["keys"]
    assert set(held) == {"number", "provider", "salt", "cost"}  # no secret at all
    assert read_key_file(key_file).needs_passphrase
    wrong = tmp_path / "wrong"
    wrong.write_text("drei zufällige Worte\n", encoding="utf-8")
    nowhere = str(tmp_path / "nowhere")
    for command in (("health",), ("serve", "--port", "0")):
        other = commands.run(*command, **given(DARD_KEY_PASSPHRASE_FILE=str(wrong)))
        check_refused(other, "the passphrase is that of another instance")
        check_refused(commands.run(*command, **given()), "set DARD_KEY_PASSPHRASE_FILE to a file that holds it")
        unreadable = commands.run(*command, **given(DARD_KEY_PASSPHRASE_FILE=nowhere))
        check_refused(unreadable, "The passphrase could not be read from")
    assert commands.run("health", **right).status == 0
    created = commands.run("user", "create", "--email", "a@example.org", "--name", "A", "--organisation", "F", **right)
    assert "Password must be 12 characters" in created.said  # it works: nobody gave one


def test_an_instance_of_a_passphrase_is_not_made_without_one(commands, tmp_path, monkeypatch):
    environment(tmp_path, monkeypatch)
    check_refused(commands.run("init", "--keys", "passphrase", **given()), "set DARD_KEY_PASSPHRASE_FILE")
