"""The commands, run as a person or a script runs them: in an instance of their own, without questions."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from dard.cli import commands, instance, serving
from dard.cli.application import at_work, instance_app
from dard.cli.seeding import demo_accounts
from dard.core import clock
from dard.core.database import Base, db
from dard.core.settings import ROOT, Settings
from dard.crypto.fields import sealed_fields


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """An instance of its own, and no variable of the machine that runs the tests."""
    for name in ("DARD_ENVIRONMENT", "DARD_DATABASE_URL", "DARD_SECRET_KEY", "DARD_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DARD_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("DARD_KEY_FILE", str(tmp_path / "keys" / "dard.keys"))
    clock.set_source(None)
    return tmp_path / "instance"


def run(*arguments: str, given: str = ""):
    return CliRunner().invoke(commands.dard, arguments, input=given, catch_exceptions=False)


def test_init_makes_an_instance_and_repeating_it_changes_nothing(folder, tmp_path):
    assert "The instance is ready" in run("init").output
    keys, config = (tmp_path / "keys" / "dard.keys").read_bytes(), (folder / "config.env").read_bytes()
    assert (folder / "config.env").stat().st_mode & 0o077 == 0
    run("init")
    assert (tmp_path / "keys" / "dard.keys").read_bytes() == keys
    assert (folder / "config.env").read_bytes() == config
    assert "in order" in run("health").output


def test_the_first_administrator_comes_from_the_command_line(folder):
    run("init")
    arguments = ("user", "create", "--email", "a@example.org", "--name", "Ada", "--organisation", "Fernshire")
    assert "a@example.org can sign in" in run(*arguments, given="three random words\n").output
    database = sqlite3.connect(folder / "dard.sqlite3")
    assert database.execute("SELECT role FROM user_role").fetchall() == [("administrator",)]
    assert b"three random words" not in (folder / "dard.sqlite3").read_bytes()
    database.close()
    assert "All 10 events are as they were written" in run("audit", "verify").output


def test_a_log_that_was_touched_fails_its_verification(folder):
    run("init")
    run(
        "user",
        "create",
        "--email",
        "a@example.org",
        "--name",
        "Ada",
        "--organisation",
        "F",
        given="three random words\n",
    )
    database = sqlite3.connect(folder / "dard.sqlite3")
    database.execute("DROP TRIGGER audit_event_update")  # as whoever owns the file can
    database.execute("UPDATE audit_event SET actor_label = 'Eve' WHERE position = 2")
    database.commit()
    database.close()
    result = run("audit", "verify")
    assert result.exit_code == 1
    assert "Event 2 was changed after it was written" in result.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("health",), "DARD_SECRET_KEY must be set"),
        (("audit", "verify"), "DARD_SECRET_KEY must be set"),
    ],
)
def test_what_a_person_can_mend_is_one_sentence_and_no_traceback(folder, arguments, sentence):
    answer = subprocess.run(
        [sys.executable, "-m", "dard", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 1
    assert answer.stderr.startswith(sentence)
    assert len(answer.stderr.strip().splitlines()) == 1
    assert answer.stdout == ""


def test_an_instance_without_a_database_says_what_to_do(folder):
    instance.prepare(folder, {"DARD_KEY_FILE": str(folder.parent / "keys" / "dard.keys")})
    answer = subprocess.run(
        [sys.executable, "-m", "dard", "health"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 1
    assert "run “dard init”" in answer.stderr


def test_the_demonstration_has_everything_and_is_made_once(folder):
    first = run("demo", "--no-serve", "--json", "--port", "5999")
    told = json.loads(first.stdout.splitlines()[0])
    assert told["url"] == "http://127.0.0.1:5999"
    assert len(told["accounts"]) == 16
    assert set(told["accounts"][0]) == {"email", "password", "totp_secret", "roles", "organisation"}
    database = sqlite3.connect(folder / "dard.sqlite3")

    def count(table: str, where: str = "1") -> int:
        return database.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()[0]

    assert (count("organisation"), count("app_user"), count("dard_case"), count("meeting")) == (8, 16, 60, 3)
    assert count("action") == 40
    assert database.execute("SELECT count(DISTINCT status) FROM action").fetchone()[0] == 6
    assert count("pack") > 0
    assert {role for (role,) in database.execute("SELECT role FROM user_role")} == {
        "reporter", "coordinator", "chair", "member", "action_owner", "officer", "information_governance",
        "senior_owner", "administrator",
    }  # fmt: skip
    events = count("audit_event")
    again = run("demo", "--no-serve")
    assert "Everybody is invented" in again.output
    assert count("audit_event") == events
    database.close()


def test_nothing_that_identifies_is_stored_in_the_clear(folder):
    """Every byte of the instance is searched for all that is sealed in it."""
    run("demo", "--no-serve")
    known = sealed_texts(folder)
    assert len(known) > 500
    everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix != ".keys")
    assert b"Bramblewick" in everything  # the control: a district is stored plain, and so is found
    for text in known:
        for form in {text, text.replace(" ", ""), text.lower()}:
            for encoding in ("utf-8", "utf-16-le"):
                assert form.encode(encoding) not in everything, (
                    f"{len(form)} characters of a sealed field are stored plain"
                )


def sealed_texts(folder: Path) -> set[str]:
    """Every line of every sealed text of an instance, long enough not to be there by chance."""
    settings = Settings.from_environment({"DARD_INSTANCE": str(folder)})
    found: set[str] = set()
    with instance_app(settings) as app, at_work(app):
        for mapper in Base.registry.mappers:
            fields = sealed_fields(mapper.class_)
            for row in db.session.scalars(sa.select(mapper.class_)) if fields else ():
                values = [getattr(row, name) for name in fields]
                found |= {line for value in values if isinstance(value, str) for line in value.splitlines()}
    return {text for text in found if len(text) > 5}


def test_the_demonstration_touches_no_other_instance(folder):
    run("init")
    with pytest.raises(Exception, match="holds an instance that is no demonstration"):
        run("demo", "--no-serve")


def test_a_port_in_use_is_said_before_anything_is_made(folder):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(Exception, match="in use by another program"):
            run("demo", "--port", str(taken.getsockname()[1]))
    assert not folder.exists()


def test_serving_begins_with_a_check_of_the_database(folder, monkeypatch):
    served = []
    monkeypatch.setattr(serving.waitress, "serve", lambda app, **given: served.append((app.name, given["port"])))
    with pytest.raises(Exception, match="DARD_SECRET_KEY"):
        run("serve")
    run("init")
    assert "Serving on http://127.0.0.1:5123" in run("serve", "--port", "5123").output
    assert served == [("dard", 5123)]


def test_the_accounts_of_the_demonstration_are_the_same_every_time():
    assert demo_accounts() == demo_accounts()
    assert len({account.password for account in demo_accounts()}) >= 10
