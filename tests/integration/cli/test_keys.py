"""``dard keys``, run as a person or a script runs it, in an instance of its own."""

import json
import os
import sqlite3
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.world import NOTIFICATION, SYSTEM

from dard.cases.enums import RevealPurpose
from dard.cases.models import Case
from dard.cases.service import notify, reveal
from dard.cli import commands, keys
from dard.cli.application import at_work, instance_app
from dard.core.database import db
from dard.crypto import key_file as key_files
from dard.crypto.key_file import read_key_file, write_key_file
from dard.crypto.wrapping import PassphraseCost

OLD, NEW = "three random words", "four more random words"


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    """The folder that holds an instance with one case, and its keys. Nobody waits for other processes."""
    for name in [name for name in os.environ if name.startswith("DARD_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DARD_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("DARD_KEY_FILE", str(tmp_path / "keys" / "dard.keys"))
    monkeypatch.setattr("dard.crypto.keyring.FRESH_SECONDS", 0)
    monkeypatch.setattr("dard.crypto.index_rotation.SETTLED_SECONDS", 0)
    make_passphrases_cheap(monkeypatch)
    run("init")
    with instance_app() as app, at_work(app):
        case = notify(SYSTEM, NOTIFICATION)
        reveal(SYSTEM, case, RevealPurpose.SAFEGUARDING, "Children at home")
    return tmp_path


def make_passphrases_cheap(monkeypatch) -> None:
    made = key_files.new_key
    cost = PassphraseCost(time_cost=1, memory_kib=64, lanes=1)

    def new_key(number, provider):
        return replace(made(number, provider), **({"cost": cost} if provider == "passphrase" else {}))

    monkeypatch.setattr(key_files, "new_key", new_key)


def run(*arguments: str, given: str = ""):
    return CliRunner().invoke(commands.dard, arguments, input=given, catch_exceptions=False)


def told(*arguments: str, given: str = "") -> str:
    """What a command says that must go well."""
    result = run(*arguments, given=given)
    assert result.exit_code == 0, result.output
    return result.output


def one_sentence(capsys, monkeypatch, *arguments: str) -> str:
    """What the program says when a person can mend it: one line on standard error, and exit status 1."""
    monkeypatch.setattr(sys, "argv", ["dard", *arguments])
    with pytest.raises(SystemExit) as leaving:
        commands.main()
    printed = capsys.readouterr()
    assert leaving.value.code == 1
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    return printed.err.strip()


def name_of_the_case() -> str:
    with instance_app() as app, at_work(app):
        return db.session.query(Case).one().person.full_name


def execute(place: Path, statement: str, *values: object) -> list[tuple[object, ...]]:
    database = sqlite3.connect(place / "instance" / "dard.sqlite3")
    found = database.execute(statement, values).fetchall()
    database.commit()
    database.close()
    return found


def test_status_lists_every_key_with_what_is_under_it(place):
    lines = told("keys", "status").splitlines()
    assert lines[0].split() == ["Key", "Purpose", "Values", "Since", "State"]
    assert [line.split()[:3] for line in lines[1:8]] == [
        ["1", "identity", "9"],
        ["2", "narrative", "1"],
        ["3", "pack", "0"],
        ["4", "account", "0"],
        ["5", "audit", "1"],
        ["6", "index", "0"],
        ["7", "signing", "0"],
    ]
    assert all(line.endswith("3 March 2026 at 10am  Primary: seals and opens") for line in lines[1:8])
    assert lines[-1].startswith("Values in the audit log: 1. The log is never rewritten, so they keep the key")


def test_status_as_json_is_one_object(place):
    found = json.loads(told("keys", "status", "--json"))
    assert found["keys"][0] == {
        "number": 1,
        "purpose": "identity",
        "state": "primary",
        "since": "2026-03-03T10:00:00+00:00",
        "values": 9,
    }
    assert (len(found["keys"]), found["values_in_log"], found["faults"]) == (7, 1, [])


@pytest.mark.parametrize(
    ("number", "change", "warning"),
    [
        (70_003, "", "1 value of case_person.postcode under key 70003, which this instance does not have: restore"),
        (3, "", "1 value of case_person.postcode under key 3, which is for pack: they were altered"),
        (8, "state = 'retired'", "1 value of case_person.postcode under key 8, which is retired: “dard keys rotate”"),
        (
            8,
            "state = 'destroyed', wrapped = NULL",
            "1 value of case_person.postcode under key 8, which was destroyed: they",
        ),
    ],
)
def test_status_warns_of_values_that_cannot_be_read(place, number, change, warning):
    (sealed,) = execute(place, "SELECT postcode_sealed FROM case_person")[0]
    moved = sealed[:3] + number.to_bytes(4, "big") + sealed[7:]
    execute(place, "UPDATE case_person SET postcode_sealed = ?", moved)
    if change:
        columns = "id, number, purpose, state, wrapped, created_at, changed_at"
        execute(
            place,
            f"INSERT INTO data_key ({columns}) SELECT '{'0' * 32}', 8, purpose, 'staged', wrapped, created_at, "
            "changed_at FROM data_key WHERE number = 1",
        )
        execute(place, f"UPDATE data_key SET {change} WHERE number = 8")
    result = run("keys", "status")
    assert result.exit_code == 1
    assert f"Warning: {warning}" in result.output or warning in result.output
    faults = json.loads(run("keys", "status", "--json").output)["faults"]
    assert [(fault["field"], fault["key"], fault["values"]) for fault in faults] == [
        ("case_person.postcode", number, 1)
    ]


def test_rotate_tells_each_step_and_init_may_be_repeated(place):
    said = told("keys", "rotate").splitlines()
    assert said[0] == "identity: key 8 made"
    assert "identity: key 8 seals from now on; key 1 only opens" in said
    assert "identity: 9 values sealed anew" in said
    assert "identity: key 1 is retired" in said
    assert not any(line.startswith("index") for line in said)
    before = execute(place, "SELECT * FROM data_key")
    told("init")
    assert execute(place, "SELECT * FROM data_key") == before
    assert name_of_the_case() == NOTIFICATION.full_name
    told("audit", "verify")
    states = {key["number"]: key["state"] for key in json.loads(told("keys", "status", "--json"))["keys"]}
    assert {number for number, state in states.items() if state == "primary"} == {8, 9, 10, 11, 12, 6, 13}
    assert states[5] == "decrypt_only"


def test_rotate_takes_the_purposes_that_it_is_given(place):
    said = told("keys", "rotate", "--purpose", "pack", "--purpose", "narrative")
    assert {line.partition(":")[0] for line in said.splitlines()} == {"pack", "narrative"}
    assert "index: key 10 made" in told("keys", "rotate", "--purpose", "index")
    assert run("keys", "rotate", "--purpose", "everything").exit_code == 2


def test_rotate_ends_with_status_1_when_something_is_left(place):
    execute(place, "UPDATE case_person SET postcode_sealed = address_sealed")
    result = run("keys", "rotate", "--purpose", "identity")
    assert result.exit_code == 1
    assert "identity: 1 value of case_person.postcode cannot be opened and kept the old key" in result.output
    assert name_of_the_case() == NOTIFICATION.full_name


def test_a_person_at_a_terminal_sees_the_progress(monkeypatch, capsys):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    with keys._progress(3) as progress:
        progress(1)
        progress(2)
    assert "Sealing anew" in capsys.readouterr().out


def test_retire_and_destroy_by_hand(place):
    told("keys", "rotate", "--purpose", "identity")
    assert "Key 1 is destroyed" in told("keys", "destroy", "1", "--yes", "--after-days", "0")
    execute(place, "DROP TRIGGER IF EXISTS audit_event_delete")
    execute(place, "DELETE FROM audit_event")
    assert "audit log" not in told("keys", "status")
    told("keys", "rotate", "--purpose", "audit")
    assert "Key 5 is retired" in told("keys", "retire", "5")
    assert name_of_the_case() == NOTIFICATION.full_name


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("retire", "1"), "Key 1 is primary: only a key that opens and does not seal can be retired"),
        (("retire", "99"), "There is no key 99: “dard keys status” lists them"),
        (("destroy", "1", "--yes"), "Key 1 is primary: only a retired key can be destroyed"),
        (("destroy", "99", "--yes"), "There is no key 99: “dard keys status” lists them"),
        (("destroy", "3"), "What backups hold under key 3 would be lost for good: say --yes if you mean it"),
    ],
)
def test_steps_in_the_wrong_order_are_one_sentence(place, capsys, monkeypatch, arguments, sentence):
    assert one_sentence(capsys, monkeypatch, "keys", *arguments) == sentence


def test_a_key_is_not_destroyed_too_soon(place, capsys, monkeypatch):
    told("keys", "rotate", "--purpose", "identity")
    sentence = one_sentence(capsys, monkeypatch, "keys", "destroy", "1", "--yes")
    assert sentence == "Key 1 has been retired for 0 days: it can be destroyed after 30 days"


@pytest.mark.parametrize("command", ["status", "rotate", "rewrap"])
def test_an_instance_that_was_not_made_says_what_to_do(tmp_path, capsys, monkeypatch, command):
    monkeypatch.setenv("DARD_INSTANCE", str(tmp_path))
    monkeypatch.setenv("DARD_SECRET_KEY", "long enough to be taken as a secret key")
    monkeypatch.setenv("DARD_KEY_FILE", str(tmp_path / "keys"))
    monkeypatch.delenv("DARD_DATABASE_URL", raising=False)
    assert "run “dard init”" in one_sentence(capsys, monkeypatch, "keys", command)
    write_key_file(key_files.new_key_file(), tmp_path / "keys")
    assert one_sentence(capsys, monkeypatch, "keys", command) == "The database is empty: run “dard init”"


# another key-encryption key


def test_rewrap_says_where_the_key_is_and_what_to_keep(place):
    said = told("keys", "rewrap")
    assert f"wrapped by key-encryption key 2 (file) in {place / 'keys' / 'dard.keys'}" in said
    assert "Backups made until now need the key file of old" in said
    assert name_of_the_case() == NOTIFICATION.full_name


def written(path: Path, passphrase: str) -> str:
    path.write_text(f"{passphrase}\n", encoding="utf-8")
    return str(path)


def test_rewrap_in_a_script_takes_old_and_new_passphrase_from_files(place, monkeypatch, capsys):
    told("keys", "rewrap", "--new-passphrase-file", written(place / "old", OLD))
    assert read_key_file(place / "keys" / "dard.keys").newest.provider == "passphrase"
    assert "set DARD_KEY_PASSPHRASE_FILE" in one_sentence(capsys, monkeypatch, "health")
    monkeypatch.setenv("DARD_KEY_PASSPHRASE_FILE", str(place / "old"))
    assert name_of_the_case() == NOTIFICATION.full_name
    said = told("keys", "rewrap", "--new-passphrase-file", written(place / "new", NEW))
    assert f"Put the new passphrase into {place / 'old'} now" in said
    assert "passphrase is that of another instance" in one_sentence(capsys, monkeypatch, "health")
    monkeypatch.setenv("DARD_KEY_PASSPHRASE_FILE", str(place / "new"))
    assert name_of_the_case() == NOTIFICATION.full_name
    assert "Put the new" not in told("keys", "rewrap")  # another key of the same passphrase
    assert name_of_the_case() == NOTIFICATION.full_name
    told("keys", "rewrap", "--provider", "file")
    monkeypatch.delenv("DARD_KEY_PASSPHRASE_FILE")
    assert name_of_the_case() == NOTIFICATION.full_name


def test_rewrap_at_a_terminal_asks_for_the_old_passphrase_once_and_for_the_new_one_twice(place, monkeypatch):
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _self: True, raising=False)
    told("keys", "rewrap", "--provider", "passphrase", given=f"{OLD}\n{OLD}\n")
    said = run("keys", "rewrap", given=f"{NEW}\n{NEW[:-1]}\n{NEW}\n{NEW}\n{OLD}\n")
    assert said.exit_code == 0
    assert "The two entered values do not match" in said.output
    monkeypatch.setenv("DARD_KEY_PASSPHRASE_FILE", written(place / "new", NEW))
    assert name_of_the_case() == NOTIFICATION.full_name


def test_rewrap_refuses_what_would_not_work(place, monkeypatch, capsys):
    before = (place / "keys" / "dard.keys").read_bytes()
    nobody = one_sentence(capsys, monkeypatch, "keys", "rewrap", "--provider", "passphrase")
    assert (
        nobody
        == "Nobody is there to be asked for the new passphrase: set DARD_KEY_PASSPHRASE_FILE to a file that holds it"
    )
    too_short = ("--new-passphrase-file", written(place / "short", "short"))
    short = one_sentence(capsys, monkeypatch, "keys", "rewrap", *too_short)
    assert short.startswith("The new passphrase needs at least 12 characters")
    both = run("keys", "rewrap", "--provider", "file", *too_short)
    assert (both.exit_code, "leave out --new-passphrase-file" in both.output) == (2, True)
    (place / "binary").write_bytes(b"\xff\xfe")
    unread = one_sentence(capsys, monkeypatch, "keys", "rewrap", "--new-passphrase-file", str(place / "binary"))
    assert unread.endswith("could not be read from " + str(place / "binary") + " (--new-passphrase-file)")
    assert (place / "keys" / "dard.keys").read_bytes() == before


def test_a_rewrap_that_was_cut_off_is_finished_before_keys_are_rotated(place, monkeypatch, capsys):
    path = place / "keys" / "dard.keys"
    write_key_file(read_key_file(path).with_key("file"), path, replacing=True)
    told("init")
    assert name_of_the_case() == NOTIFICATION.full_name
    assert "run “dard keys rewrap” first" in one_sentence(capsys, monkeypatch, "keys", "rotate")
    assert "had been cut off, and is finished" in told("keys", "rewrap")
    assert "identity: key 8 made" in told("keys", "rotate")
