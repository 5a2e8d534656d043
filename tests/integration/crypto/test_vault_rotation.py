"""Promise 4 of the security model: keys are rotated without downtime or loss.

Eight writers and two readers go on working while whoever rotates the keys is killed fifty times, and then let finish.
"""

import dataclasses
import datetime as dt
import itertools
import os
import random
import re
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from support.populated import populate
from support.world import SYSTEM, Person, World

from dard.accounts.enums import Role
from dard.actions import service as actions
from dard.actions.enums import Priority
from dard.actions.models import Action
from dard.audit.verification import examine
from dard.cases import service as cases
from dard.cases.models import Case
from dard.cli.application import at_work, reading
from dard.core.database import Base, db
from dard.core.settings import ROOT, Settings
from dard.crypto.data_keys import stored_keys
from dard.crypto.enums import EVERY_PURPOSE, KeyState, Purpose
from dard.crypto.keyring import Keyring
from dard.crypto.resealing import APPEND_ONLY, count_by_key, sealed_columns
from dard.panels.models import Meeting

WRITERS, READERS, KILLS = 8, 2, 50
FRESH = 0.2  # seconds, in all processes of this test: fifty rotations are not to wait a hundred times two seconds
BATCH = 25
LATEST_DEATH = 250  # database events; a whole rotation of what this test has takes three times as many
PAUSE = 0.4  # seconds of a writer between two edits: people do not keep the database to themselves
KILLED = -9
EDIT = re.compile(r"Edit\d+of\d+|Change \d+ by \d+|Nothing yet")


@dataclass(frozen=True)
class Editor:
    """Writes one thing again and again: ``text`` is what its n-th edit says, ``read`` gives all places that say it."""

    identity: uuid.UUID
    text: Callable[[int], str]
    write: Callable[[str], None]
    read: Callable[[], tuple[str, ...]]


@dataclass
class Office:
    """People at work, what they have done, and what they have seen go wrong."""

    app: Flask
    editors: list[Editor]
    closed: threading.Event = field(default_factory=threading.Event)
    edits: dict[uuid.UUID, int] = field(default_factory=dict)
    reads: int = 0
    errors: list[str] = field(default_factory=list)

    def open(self) -> None:
        """Let everybody begin, until ``close``."""
        jobs = [*(self._writer(editor) for editor in self.editors), *[self._read] * READERS]
        self._threads = [threading.Thread(target=self._again_and_again, args=(job,)) for job in jobs]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Let everybody finish what they are at."""
        self.closed.set()
        for thread in self._threads:
            thread.join()

    def _again_and_again(self, do: Callable[[int], None]) -> None:
        for number in itertools.count(1):
            if self.closed.wait(PAUSE):
                return
            try:
                with self.app.app_context():
                    do(number)
            except Exception as error:  # whatever it is, people would have seen it
                self.errors.append(f"{type(error).__name__}: {error}")

    def _writer(self, editor: Editor) -> Callable[[int], None]:
        def edit(number: int) -> None:
            with at_work(self.app):
                editor.write(editor.text(number))
            self.edits[editor.identity] = number

        return edit

    def _read(self, _number: int) -> None:
        keyring: Keyring = self.app.extensions["dard.keyring"]
        with reading(self.app), keyring.open_for(EVERY_PURPOSE):
            for editor in self.editors:
                assert all(EDIT.fullmatch(text) for text in editor.read()), "what is read was never written"
        self.reads += len(self.editors)


class Rotator:
    """Other processes that rotate the keys (tests/support/rotator.py)."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        program = [sys.executable, str(ROOT / "tests" / "support" / "rotator.py"), str(FRESH), str(BATCH)]
        self.environment = environment
        self._process = subprocess.Popen(
            program, env=environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def rotate(self, dies_at: int) -> int:
        """Rotate the keys in a process that dies at that database event. Returns its exit status."""
        print(dies_at, file=self._process.stdin, flush=True)
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """End the program that forks these processes."""
        self._process.communicate()


@pytest.fixture
def rotator(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rotator]:
    """Works on the database of ``app``, which looks for new keys as often as those processes do."""
    monkeypatch.setattr("dard.crypto.keyring.FRESH_SECONDS", FRESH)
    settings: Settings = app.extensions["dard.settings"]
    others = {name: value for name, value in os.environ.items() if not name.startswith("DARD_")}
    started = Rotator(
        {
            **others,
            "DARD_INSTANCE": str(tmp_path),
            "DARD_ENVIRONMENT": "test",
            "DARD_DATABASE_URL": settings.database_url,
            "DARD_KEY_FILE": str(settings.key_file),
            "DARD_SECRET_KEY": settings.secret_key,
            "PYTHONPATH": str(ROOT),
        }
    )
    yield started
    started.close()


def case_editor(number: int, case_id: uuid.UUID) -> Editor:
    """Corrects name and narrative of a case."""

    def write(text: str) -> None:
        case = db.session.get_one(Case, case_id)
        now = cases.recorded_notification(SYSTEM, case, shown=False)
        cases.correct(SYSTEM, case, dataclasses.replace(now, full_name=text, narrative=text), None)

    def read() -> tuple[str, ...]:
        case = db.session.get_one(Case, case_id)
        return case.person.full_name, case.event.narrative

    return Editor(case_id, lambda edit: f"Edit{edit}of{number}", write, read)


def action_editor(number: int, action_id: uuid.UUID, chair: Person) -> Editor:
    """Changes the text of an action."""

    def write(text: str) -> None:
        action = db.session.get_one(Action, action_id)
        actions.change(chair.actor, action, dataclasses.replace(actions.details_of(action), text=text), None)

    def read() -> tuple[str, ...]:
        return (db.session.get_one(Action, action_id).text,)

    return Editor(action_id, lambda edit: f"Change {edit} by {number}", write, read)


def editors_in(world: World) -> list[Editor]:
    """One for each writer: half of them for cases, the others for actions."""
    chair = world.person(Role.CHAIR)
    own = [world.case(full_name="Nothing yet", narrative="Nothing yet") for _ in range(WRITERS // 2)]
    meeting_id = world.meeting(cases=own)
    made = [case_editor(number, case_id) for number, case_id in enumerate(own)]
    details = actions.ActionDetails(
        text="Nothing yet",
        owner_organisation_id=chair.organisation_id,
        owner_id=None,
        due_on=dt.date(2030, 1, 1),
        priority=Priority.LOW,
    )
    with world.at_work():
        for case_id in own:
            case, meeting = world.get(Case, case_id), world.get(Meeting, meeting_id)
            action = actions.assign(chair.actor, case, meeting, details)
            made.append(action_editor(len(made), action.id, chair))
    return made


def all_but_sealed(without: set[uuid.UUID]) -> dict[tuple[str, uuid.UUID], tuple[object, ...]]:
    """Everything that is not sealed in the rows that hold sealed values, but in rows of ``without`` and of the log."""
    found = {}
    for name in {each.table for each in sealed_columns()} - APPEND_ONLY:
        columns = [column for column in Base.metadata.tables[name].c if not column.name.endswith("_sealed")]
        for row in db.session.execute(sa.select(*columns)).mappings():
            if not {row["id"], row.get("case_id")} & without:
                found[name, row["id"]] = tuple(row.values())
    return found


def version_of(identity: uuid.UUID) -> int:
    case = db.session.get(Case, identity)
    return case.person.version if case else db.session.get_one(Action, identity).version


def killed_at_its_first_line(environment: Mapping[str, str]) -> int:
    """Kill the command itself when it has made its first keys. Returns its exit status."""
    command = [sys.executable, "-m", "dard", "keys", "rotate"]
    with subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        process.stdout.readline()
        process.kill()
    return process.returncode


def test_fifty_kills_while_everybody_works_lose_nothing(app, world, rotator, figure):
    populate(world)
    office = Office(app, editors_in(world))
    own = {editor.identity for editor in office.editors}
    with app.app_context(), reading(app):
        before = all_but_sealed(own)
        oldest = {key.number for key in stored_keys()}
    chance = random.Random(20261125)
    statuses = []
    office.open()
    try:
        while statuses.count(KILLED) < KILLS - 1:
            statuses.append(rotator.rotate(dies_at=chance.randint(1, LATEST_DEATH)))
        statuses.append(killed_at_its_first_line(rotator.environment))
        last = subprocess.run([sys.executable, "-m", "dard", "keys", "rotate"], env=rotator.environment, cwd=ROOT)  # noqa: PLW1510
    finally:
        office.close()

    with app.app_context(), at_work(app):
        read = {editor.identity: set(editor.read()) for editor in office.editors}
        versions = {editor.identity: version_of(editor.identity) for editor in office.editors}
    with app.app_context(), reading(app):
        after = all_but_sealed(own)
        states = {key.number: (key.purpose, key.state) for key in stored_keys()}
        counts = {each: found for each, found in count_by_key().items() if each.table not in APPEND_ONLY}
        report = examine()
        database = db.engine.dialect.name
    written = {editor.identity: {editor.text(office.edits[editor.identity])} for editor in office.editors}
    lost = [identity for identity in own if read[identity] != written[identity]]
    left = sum(values for found in counts.values() for number, values in found.items() if number in oldest)
    assert (statuses.count(KILLED), set(statuses) - {0, KILLED}, last.returncode) == (KILLS, set(), 0)
    assert office.errors == []
    assert lost == []
    assert left == 0
    assert {states[number][1] for found in counts.values() for number in found} == {KeyState.PRIMARY}
    assert versions == {identity: 1 + number for identity, number in office.edits.items()}
    assert after == before
    assert {state for purpose, state in states.values() if purpose is not Purpose.AUDIT} == {
        KeyState.PRIMARY,
        KeyState.RETIRED,
    }
    assert report.faults == []
    edits = sum(office.edits.values())
    figure(4, f"{database}: edits of {WRITERS} writers lost while the keys were rotated", f"{len(lost)} of {edits}")
    figure(4, f"{database}: errors seen in these edits and in {office.reads} reads meanwhile", len(office.errors))
    figure(4, f"{database}: values left under an old key after {KILLS} kills, and keys made", f"{left}, {len(states)}")
    figure(
        4, f"{database}: sealed values compared with the log, and differences", f"{report.cells}, {len(report.faults)}"
    )
