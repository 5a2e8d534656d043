"""Row 4, for blind indexes: the index key is replaced while everybody goes on working, and nobody is missed."""

import datetime as dt
import itertools
import subprocess
import sys
import threading
import uuid
from dataclasses import replace

import pytest
import sqlalchemy as sa
from support.ct_ocme import usual_file
from support.killed import CHEAP
from support.rotated import Onlooker, Told, found_by, keyring_of, rotate_now, rotating, stored_indexes
from support.world import SYSTEM, World, nhs_number

from dard.cases import service as cases
from dard.cases.models import Case, CasePerson
from dard.core.database import db
from dard.core.settings import ROOT
from dard.crypto import blind_index, data_keys, index_rotation
from dard.crypto.blind_index import blind_indexes
from dard.crypto.enums import EVERY_PURPOSE, KeyState, Purpose
from dard.crypto.index_rotation import Retired, Staged, Switched
from dard.crypto.models import DataKey
from dard.imports import service as imports
from dard.imports.models import ImportedRow

SURNAMES = ("Quillfeather", "Ó Súilleabháin", "Szczepańska", "Al-Hassan", "Llewellyn", "Chaudhry", "O’Brien", "Wójcik")
INDEX_NAMES = [index.name for index in blind_indexes(CasePerson)]


def told_of(number: int) -> Told:
    name = f"Tamsin {SURNAMES[number % len(SURNAMES)]}"
    return nhs_number(number), name, dt.date(1950 + number % 50, 1 + number % 12, 1 + number % 28)


def people(world: World, count: int, first: int = 0) -> dict[uuid.UUID, Told]:
    made = {}
    for number in range(first, first + count):
        told = told_of(number)
        made[world.case(nhs_number=told[0], full_name=told[1], date_of_birth=told[2])] = told
    return made


def correct(world: World, case_id: uuid.UUID, told: Told) -> None:
    with world.at_work():
        case = world.get(Case, case_id)
        before = cases.recorded_notification(SYSTEM, case, shown=False)
        after = replace(before, nhs_number=told[0], full_name=told[1], date_of_birth=told[2], age_at_event=None)
        cases.correct(SYSTEM, case, after, None)


def states(world: World) -> list[KeyState]:
    with world.at_work():
        wanted = sa.select(DataKey.state).where(DataKey.purpose == Purpose.INDEX).order_by(DataKey.number)
        return list(db.session.scalars(wanted))


def bring_in(world: World, data: bytes) -> tuple[int, int]:
    """How many rows of a file are new, and how many were imported before."""
    with world.at_work():
        imports.wait_for_turn()
        batch = imports.upload(SYSTEM, "ct-ocme", data)
        outcome = imports.confirm(SYSTEM, batch, batch.version)
        return outcome.created, outcome.unchanged


def assert_all_found(world: World, known: dict[uuid.UUID, Told]) -> None:
    """Everybody is found by every index, under one key in one column."""
    with world.app.app_context(), keyring_of(world.app).open_for(EVERY_PURPOSE):
        for case_id, told in known.items():
            for index, found in found_by(told).items():
                assert told[0] is None or case_id in found, (index, told)
        for case_id, columns in stored_indexes().items():
            with_values = dict(zip(("nhs_number", "full_name", "date_of_birth"), known[case_id], strict=True))
            for index in blind_indexes(CasePerson):
                assert index.row(with_values).items() <= columns.items()


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    """Argon2id as quick as it gets: what it costs is not the matter here."""
    monkeypatch.setattr(blind_index, "_TIME_COST", CHEAP[0])
    monkeypatch.setattr(blind_index, "_MEMORY_KIB", CHEAP[1])


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(index_rotation, "AT_A_TIME", 3)


# the way of a rotation


def test_a_rotation_stages_switches_and_retires_and_changes_every_index(app, world):
    known = people(world, 4)
    with app.app_context():
        before = stored_indexes()
    with rotating(app) as steps:
        made = next(steps).key.number
        switched = next(steps)
        assert (switched.rows, switched.fingerprints, switched.unopened) == (4, 0, [])
        assert switched.after.number == made
        replaced = switched.before.number
        assert [step.key.number for step in steps] == [replaced]
    assert states(world) == [KeyState.RETIRED, KeyState.PRIMARY]
    with app.app_context():
        after = stored_indexes()
    for case_id, columns in after.items():
        for name in INDEX_NAMES:
            assert columns[name] != before[case_id][name]
            assert columns[f"{name}_next"] is None
    assert_all_found(world, known)


def test_row_4_nobody_is_missed_at_any_moment_whatever_keys_a_process_knows(app, world, still, small_batches, figure):
    onlooker = Onlooker(world, people(world, 7))

    def look(_amount: float) -> None:
        still.move(seconds=0.3)
        onlooker.look()

    def pause(seconds: float) -> None:
        for _moment in range(10):
            still.move(seconds=seconds / 10)
            onlooker.look()

    for _round in range(2):
        with rotating(app, look, pause) as steps:
            onlooker.look()
            for _step in steps:
                onlooker.look()
            onlooker.look()
    assert onlooker.missed == []
    assert onlooker.looked > 1000
    figure(4, "look-ups that missed a person while the index key was replaced", f"0 of {onlooker.looked:,}")


def test_who_knows_only_the_old_key_would_miss_people_without_the_pause(app, world, monkeypatch, still):
    """The onlooker can see a miss: the same as above fails when the switch does not wait."""
    monkeypatch.setattr(index_rotation, "SETTLED_SECONDS", 0.0)
    onlooker = Onlooker(world, people(world, 2))
    with rotating(app) as steps:
        onlooker.look()
        for _step in steps:
            still.move(seconds=0.1)
            onlooker.look()
    assert onlooker.missed


def test_row_4_edits_and_new_cases_in_between_are_not_lost(app, world, small_batches, figure):
    known = people(world, 10)
    ids = sorted(known)
    done = itertools.count()

    def meanwhile(_rows: int) -> None:
        number = next(done)
        known.update(people(world, 1, first=30 + number))
        case_id = ids[-1 - number]
        known[case_id] = told_of(50 + number)
        correct(world, case_id, known[case_id])

    with rotating(app, meanwhile) as steps:
        list(steps)
    assert next(done) >= 3
    assert_all_found(world, known)


def test_row_4_eight_writers_lose_nothing_and_meet_no_error_while_keys_are_replaced(app, world, figure):
    known = people(world, 8)
    onlooker = Onlooker(world, people(world, 1, first=20))
    going, errors, edits = threading.Event(), [], []

    def write(case_id: uuid.UUID, first: int) -> None:
        try:
            for number in itertools.count(first, 8):
                correct(world, case_id, told_of(number))
                known[case_id] = told_of(number)
                edits.append(number)
                if going.is_set():
                    return
        except Exception as error:  # whatever it is, it is a finding
            errors.append(error)

    def read() -> None:
        with app.app_context():
            while not going.is_set():
                with keyring_of(app).open_for(EVERY_PURPOSE):
                    onlooker.look_with(())

    threads = [threading.Thread(target=write, args=(each, 100 + n)) for n, each in enumerate(list(known))]
    threads += [threading.Thread(target=read) for _reader in range(2)]
    for thread in threads:
        thread.start()
    for _round in range(3):
        rotate_now(app)
    going.set()
    for thread in threads:
        thread.join()
    assert errors == []
    assert onlooker.missed == []
    assert_all_found(world, {**known, **onlooker.people})
    assert len(edits) >= 8
    figure(4, "edits lost by 8 writers over 3 rotations of the index key", f"0 of {len(edits):,}")
    figure(4, "look-ups by 2 readers meanwhile that missed", f"0 of {onlooker.looked:,}")


@pytest.mark.parametrize("imported", [0, 3])
def test_row_4_a_rotation_killed_at_any_point_is_finished_by_the_next(app, world, figure, imported):
    known = people(world, 8)
    if imported:
        assert bring_in(world, usual_file(imported)) == (imported, 0)
    with app.app_context():
        db.engine.dispose()
    script = ROOT / "tests" / "support" / "killed.py"
    settings = app.extensions["dard.settings"]
    arguments = [str(settings.instance), settings.database_url, str(settings.key_file)]
    ended = subprocess.run([sys.executable, str(script), *arguments], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    killed = int(ended.stdout)
    assert killed >= 12
    with app.app_context():
        keyring_of(app).refresh()
    assert_all_found(world, {**known, **dict.fromkeys(imported_cases(world), (None, None, None))})
    assert not imported or bring_in(world, usual_file(imported)) == (0, imported)
    what = "imported rows" if imported else "no fingerprints"
    figure(4, f"kills (SIGKILL) of a rotation of the index key, with {what}, that lost anything", f"0 of {killed}")


def imported_cases(world: World) -> list[uuid.UUID]:
    with world.at_work():
        return list(db.session.scalars(sa.select(ImportedRow.case_id)))


@pytest.mark.parametrize("at", [Staged, Switched, Retired])
def test_a_caller_that_stops_at_a_step_undoes_it(app, world, at):
    known = people(world, 3)
    with rotating(app) as steps:
        next(step for step in steps if isinstance(step, at))  # and no further: its transaction is never committed
    assert at is Staged or len(states(world)) == 2
    assert (KeyState.RETIRED in states(world)) is False
    with app.app_context(), keyring_of(app).open_for(EVERY_PURPOSE):
        assert all(case_id in found_by(told)[name] for case_id, told in known.items() for name in INDEX_NAMES)
    rest = rotate_now(app)
    assert rest == {Staged: [Staged, Switched, Retired], Switched: [Switched, Retired], Retired: [Retired]}[at]
    assert_all_found(world, known)


def test_two_rotations_at_once_are_one(app, world):
    known = people(world, 3)
    inner = []

    def another(_rows: int) -> None:
        if not inner:
            inner.append(rotate_now(app))

    with rotating(app, another) as steps:
        outer = [type(step) for step in steps]
    assert (outer, inner) == ([Staged], [[Switched, Retired]])
    assert_all_found(world, known)


def test_a_key_that_another_staged_at_the_same_moment_is_taken(app, world, monkeypatch):
    known = people(world, 2)
    stage = index_rotation._stage

    def overtaken(store, keyring):
        with world.at_work():
            data_keys.new_key(store, Purpose.INDEX, KeyState.STAGED)
        return (yield from stage(store, keyring))

    monkeypatch.setattr(index_rotation, "_stage", overtaken)
    assert rotate_now(app) == [Switched, Retired]
    assert_all_found(world, known)


def test_a_rotation_is_no_edit(app, world):
    case_id = world.case()
    with world.at_work():
        before = world.get(Case, case_id).person
        kept = before.version, before.updated_at, before.full_name_sealed
    rotate_now(app)
    with world.at_work():
        after = world.get(Case, case_id).person
        assert (after.version, after.updated_at, after.full_name_sealed) == kept
