"""An instance whose data keys lay in its key file, as in format 1: ``dard init`` wraps them into the database."""

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import uuid
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask_migrate import upgrade
from support.tampering import put_past_the_log

from dard.accounts.models import User
from dard.app import create_app
from dard.audit.verification import examine
from dard.cases.models import CaseEvent, CaseNotification, CasePerson
from dard.cli.commands import dard
from dard.core import clock
from dard.core.database import db, unit_of_work
from dard.core.settings import ROOT, Settings
from dard.crypto.enums import EVERY_PURPOSE, KeyState, Purpose
from dard.crypto.fields import Sealed
from dard.crypto.key_file import read_key_file
from dard.crypto.keyring import Key, Keyring
from dard.crypto.models import DataKey

FORMER_PURPOSES = ("identity", "narrative", "pack", "account", "audit", "index")  # there was nothing to sign yet
NUMBERS = {name: 3 * place for place, name in enumerate(FORMER_PURPOSES, start=1)}  # as no new instance counts
SECRETS = {name: bytes([number]) * 32 for name, number in NUMBERS.items()}
ENVIRONMENT = uuid.UUID("5f0f7a86-9a52-4a2f-8a4e-0000000000e0")
NHS_NUMBER, BORN = "9990000018", dt.date(1988, 7, 2)
MOMENT = dt.datetime(2026, 3, 3, 10, 0)  # noqa: DTZ001 - as SQLite stores it
AGES = {"created_at": MOMENT, "updated_at": MOMENT}
NAMED = {CasePerson.full_name: "Tamsin Quillfeather", CasePerson.aliases: ("Tam", "Quill")}
NAMED |= {CasePerson.date_of_birth: BORN, CasePerson.nhs_number: NHS_NUMBER, CasePerson.address: "14 Larkspur Rise"}
TOLD = {CaseNotification.notifier_name: "Orla Fennimore", CaseNotification.source_reference: "NC-77"}
HAPPENED = {CaseEvent.narrative: "Found at home by her brother."}
SIGNS_IN = {User.totp_secret: "JBSWY3DPEHPK3PXP"}


@dataclass(frozen=True)
class Place:
    """An instance and its key file."""

    root: Path

    @property
    def instance(self) -> Path:
        return self.root / "instance"

    @property
    def key_file(self) -> Path:
        return self.root / "keys" / "dard.keys"

    def settings(self) -> Settings:
        given = {"DARD_INSTANCE": str(self.instance), "DARD_KEY_FILE": str(self.key_file)}
        return Settings.from_environment(given)


@pytest.fixture(autouse=True)
def _the_clock_goes() -> None:
    clock.set_source(None)


@pytest.fixture(scope="module")
def former(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """An instance as the version before left it: tables of the first migration, keys in a file of format 1."""
    place = Place(tmp_path_factory.mktemp("former"))
    place.instance.mkdir()
    place.key_file.parent.mkdir(mode=0o700)
    (place.instance / "config.env").write_text(f"DARD_SECRET_KEY={'a secret for tests ' * 3}\n", encoding="utf-8")
    entries = [
        {"id": NUMBERS[name], "purpose": name, "secret": b64encode(SECRETS[name]).decode()} for name in FORMER_PURPOSES
    ]
    held = {"format": 1, "environment": str(ENVIRONMENT), "keys": entries}
    place.key_file.write_text(json.dumps(held), encoding="utf-8")
    place.key_file.chmod(0o600)
    keys = [Key(NUMBERS[name], Purpose(name), SECRETS[name]) for name in FORMER_PURPOSES]
    keyring = Keyring(ENVIRONMENT, [*keys, Key(99, Purpose.SIGNING, bytes(32))])
    app = create_app(place.settings(), keyring)
    with app.app_context(), keyring.open_for(EVERY_PURPOSE):
        upgrade(revision="0001")
        with db.engine.begin() as connection:
            fill(connection)
        db.engine.dispose()
    return place


def fill(connection: sa.Connection) -> None:
    """One case and one account, in the columns that there were then."""
    case, body = uuid.uuid4(), uuid.uuid4()
    event_day = dt.date(2026, 2, 14)
    insert(connection, "organisation", id=body, name="Fernshire", kind="council", active=True, version=1, **AGES)
    user = {"email": "a@example.org", "name": "Ada", "organisation_id": body, "active": True, "last_totp_step": 0}
    insert(connection, "app_user", SIGNS_IN, **user, version=1, **AGES)
    about = {"reference": "2026-0001", "year": 2026, "number": 1, "stream": "drug_related_death", "status": "open"}
    dated = {"event_date": event_day, "event_date_precision": "exact"}
    insert(connection, "dard_case", id=case, **about, **dated, version=1, **AGES)
    insert(connection, "case_person", NAMED, case_id=case, sex="female", version=1, **AGES)
    insert(connection, "case_notification", TOLD, case_id=case, source="police", received_at=MOMENT, **AGES)
    insert(connection, "case_event", HAPPENED, case_id=case, place="own_home", version=1, **AGES)


def insert(
    connection: sa.Connection, into: str, sealed: dict[Sealed[Any], Any] | None = None, **values: object
) -> None:
    table = sa.Table(into, sa.MetaData(), autoload_with=connection)
    row = values.pop("id", None) or uuid.uuid4()
    values |= {field.column: field.seal(row, value) for field, value in (sealed or {}).items()}
    ids = {name: value.hex for name, value in {"id": row, **values}.items() if isinstance(value, uuid.UUID)}
    connection.execute(sa.insert(table).values({**values, **ids}))


@pytest.fixture
def place(former: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A copy of the former instance, which commands find."""
    for name in [name for name in os.environ if name.startswith("DARD_")]:
        monkeypatch.delenv(name)
    return copy_of(former, tmp_path / "copy", monkeypatch)


def copy_of(former: Place, root: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    shutil.copytree(former.root, root)
    place = Place(root)
    monkeypatch.setenv("DARD_INSTANCE", str(place.instance))
    monkeypatch.setenv("DARD_KEY_FILE", str(place.key_file))
    return place


def run(*arguments: str):
    return CliRunner().invoke(dard, arguments, catch_exceptions=False)


@contextmanager
def opened(place: Place) -> Iterator[None]:
    """The instance with all keys open."""
    app = create_app(place.settings())
    with app.app_context(), app.extensions["dard.keyring"].open_for(EVERY_PURPOSE), unit_of_work():
        yield
        db.session.rollback()
    with app.app_context():
        db.engine.dispose()


def check_upgraded(place: Place) -> None:
    """Everything opens, under keys of the same numbers, which the key file only wraps."""
    content = read_key_file(place.key_file)
    assert json.loads(place.key_file.read_text("utf-8"))["format"] == 2
    assert (len(content.keys), content.carried, content.environment) == (1, (), ENVIRONMENT)
    assert [path.name for path in place.key_file.parent.glob("*.keys")] == [place.key_file.name]
    held = place.key_file.read_text("utf-8")
    assert not [name for name, secret in SECRETS.items() if b64encode(secret).decode() in held]
    with opened(place):
        keys = {key.purpose.value: (key.number, key.state) for key in db.session.scalars(sa.select(DataKey))}
        wanted = {name: (number, KeyState.PRIMARY) for name, number in NUMBERS.items()}
        assert keys == {**wanted, "signing": (max(NUMBERS.values()) + 1, KeyState.PRIMARY)}
        for field, value in (NAMED | TOLD | HAPPENED | SIGNS_IN).items():
            row = db.session.scalars(sa.select(field._owner)).one()
            assert getattr(row, field.name) == value
            assert int.from_bytes(getattr(row, field.column)[3:7], "big") == NUMBERS[field.purpose.value]
        assert list(examine().faults) == []  # nor does the nightly check miss anything in the log


def test_the_former_instance_is_what_it_says(former):
    database = sa.create_engine(f"sqlite:///{former.instance / 'dard.sqlite3'}")
    with database.connect() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one() == "0001"
        (name,) = connection.exec_driver_sql("SELECT full_name_sealed FROM case_person").scalars()
    database.dispose()
    assert name[:7] == bytes([0xD1, 1, 1]) + NUMBERS["identity"].to_bytes(4, "big")


def test_before_it_is_brought_up_to_date_it_says_what_to_do(place):
    for command in ("health", "serve"):
        with pytest.raises(Exception, match="run “dard init”"):
            run(command)
    assert json.loads(place.key_file.read_text("utf-8"))["format"] == 1


def test_init_wraps_the_keys_into_the_database_and_repeating_it_changes_nothing(place):
    assert "The instance is ready" in run("init").output
    check_upgraded(place)
    kept = place.key_file.read_bytes()
    run("init")
    assert place.key_file.read_bytes() == kept
    check_upgraded(place)
    assert "in order" in run("health").output


def test_a_person_who_was_known_is_found_by_number_and_by_name(place):
    run("init")
    with opened(place):
        for found in (
            CasePerson.nhs_number_index.matches(NHS_NUMBER),
            CasePerson.name_birth_index.matches("QUILLFEATHER, Tamsin", BORN),
        ):
            assert db.session.scalars(sa.select(CasePerson).where(found)).one().full_name == "Tamsin Quillfeather"


def test_the_nightly_check_knows_what_was_there_before_and_notices_what_is_put_in_its_place(place):
    run("init")
    with opened(place):
        person = db.session.scalars(sa.select(CasePerson)).one()
        put_past_the_log(person, "full_name", "Somebody Else")
        assert [fault for fault in examine().faults if "full_name" in fault]
        assert len(examine().faults) == 1


def test_what_was_killed_at_any_moment_is_finished_by_the_next_init(former, tmp_path, monkeypatch):
    met: list[str] = []
    killed = 0
    with subprocess.Popen(
        [sys.executable, ROOT / "tests" / "support" / "dying_init.py"],
        cwd=ROOT,
        env={**{name: value for name, value in os.environ.items() if not name.startswith("DARD_")}, "PYTHONPATH": "."},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as dying:
        for at in range(1, 100):
            place = copy_of(former, tmp_path / f"killed-{at}", monkeypatch)
            dying.stdin.write(f"{at}\t{place.instance}\t{place.key_file}\n")
            dying.stdin.flush()
            status, told = dying.stdout.readline().rstrip("\n").split("\t")
            met = told.rstrip(";").split(";")
            if status == "0":
                break
            assert status == "-9", place
            killed += 1
            assert run("init").exit_code == 0
            check_upgraded(place)
        dying.stdin.close()
    assert met[:2] == ["key file", "key file written"]
    assert met[-2:] == ["key file", "key file written"]
    assert met.count("commit") > 4
    assert killed == len(met)
