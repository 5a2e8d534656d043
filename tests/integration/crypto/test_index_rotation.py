"""Replacing the index key, or what an index is built of: the corners."""

import datetime as dt
import threading
import time
import uuid
from dataclasses import replace

import pytest
import sqlalchemy as sa
from support.ct_ocme import ct_ocme_file, row, usual_file
from support.killed import CHEAP
from support.rotated import found_by, keyring_of, rotate_now, rotating, stored_indexes
from support.world import NOTIFICATION, SYSTEM, World, nhs_number

from dard.cases import service as cases
from dard.cases.models import Case, CasePerson
from dard.core.database import db, unit_of_work
from dard.core.errors import TransitionError
from dard.crypto import blind_index, data_keys, index_rotation
from dard.crypto.blind_index import Reading, hold_index_keys
from dard.crypto.enums import EVERY_PURPOSE, KeyState, Purpose
from dard.crypto.fingerprints import fingerprint
from dard.crypto.index_rotation import Retired, Staged, Switched, fill
from dard.crypto.keyring import FRESH_SECONDS, Keyring
from dard.crypto.models import DataKey
from dard.imports import service as imports
from dard.imports.models import ImportedRow

BORN = dt.date(1988, 7, 2)
TOLD = ("9990000018", "Tamsin Quillfeather", BORN)
LATER = ("9990000018", "Tamsin Underhay", BORN)
NAME = CasePerson.name_birth_index
TABLE = CasePerson.__table__


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    """Argon2id as quick as it gets: what it costs is not the matter here."""
    monkeypatch.setattr(blind_index, "_TIME_COST", CHEAP[0])
    monkeypatch.setattr(blind_index, "_MEMORY_KIB", CHEAP[1])


def correct_name(world: World, case_id: uuid.UUID, name: str | None) -> None:
    with world.at_work():
        case = world.get(Case, case_id)
        before = cases.recorded_notification(SYSTEM, case, shown=False)
        cases.correct(SYSTEM, case, replace(before, full_name=name), None)


def look_up(app, told) -> dict[str, set[uuid.UUID]]:
    with app.app_context(), keyring_of(app).open_for(EVERY_PURPOSE):
        return found_by(told)


def columns_of(app, case_id: uuid.UUID) -> dict[str, bytes | None]:
    with app.app_context():
        return stored_indexes()[case_id]


def change(world: World, **values) -> None:
    """Write columns of all persons past the application."""
    with world.at_work():
        db.session.connection().execute(sa.update(TABLE).values({**values, "updated_at": TABLE.c.updated_at}))


def filled(world: World) -> int:
    with world.app.app_context(), keyring_of(world.app).open_for(frozenset({Purpose.IDENTITY, Purpose.INDEX})):
        return fill()


class StopRotation(Exception):  # noqa: N818 - it is no error
    """Ends a rotation where it stands."""


def stop(_rows: float) -> None:
    raise StopRotation


@pytest.fixture
def begun(world):
    """A rotation that staged its key and was then cut off; the cases that were there are not filled."""

    def begin() -> None:
        with rotating(world.app, stop, stop) as steps, pytest.raises(StopRotation):
            list(steps)

    return begin


# what happens between reading a row and writing it


def test_a_row_that_is_edited_while_its_index_is_computed_is_left_to_who_edits(app, world, monkeypatch):
    case_id = world.case(nhs_number=TOLD[0])
    made = index_rotation._made

    def meanwhile(model, row):
        monkeypatch.setattr(index_rotation, "_made", made)
        values = made(model, row)
        correct_name(world, case_id, LATER[1])
        return values

    monkeypatch.setattr(index_rotation, "_made", meanwhile)
    rotate_now(app)
    for name, found in look_up(app, LATER).items():
        assert found == {case_id}, name
    assert look_up(app, TOLD)[NAME.name] == set()


def test_what_was_computed_under_keys_that_have_changed_since_is_not_stored(app, world, monkeypatch, begun):
    case_id = world.case(nhs_number=TOLD[0])
    change(world, name_birth_index=None)
    made = index_rotation._made

    def meanwhile(model, row):
        monkeypatch.setattr(index_rotation, "_made", made)
        values = made(model, row)
        assert rotate_now(app) == [Staged, Switched, Retired]
        change(world, name_birth_index=None)
        return values

    monkeypatch.setattr(index_rotation, "_made", meanwhile)
    assert filled(world) == 1
    assert look_up(app, TOLD)[NAME.name] == {case_id}


def test_a_person_whose_name_is_cleared_keeps_no_index_that_was_filled_meanwhile(app, world):
    """The instance was read when the second column was still empty: clearing it again must reach the database."""
    case_id = world.case(nhs_number=TOLD[0])
    with world.at_work():
        case = world.get(Case, case_id)
        before = cases.recorded_notification(SYSTEM, case, shown=False)
        filled_meanwhile = sa.update(TABLE).values(name_birth_index_next=bytes(16), updated_at=TABLE.c.updated_at)
        db.session.connection().execute(filled_meanwhile)
        cases.correct(SYSTEM, case, replace(before, full_name=None), None)
    found = columns_of(app, case_id)
    assert found[NAME.name] is None
    assert found[f"{NAME.name}_next"] is None


def test_a_row_that_cannot_be_opened_keeps_nobody_from_going_on(app, world):
    broken, sound = world.case(nhs_number=nhs_number(1)), world.case(nhs_number=nhs_number(2))
    with world.at_work():
        rows = {
            person.case_id: (person.id, person.full_name_sealed) for person in db.session.scalars(sa.select(CasePerson))
        }
        moved = sa.update(TABLE).where(TABLE.c.case_id == broken)
        moved = moved.values(full_name_sealed=rows[sound][1], updated_at=TABLE.c.updated_at)
        db.session.connection().execute(moved)
    with rotating(app) as steps:
        switched = next(step for step in steps if isinstance(step, Switched))
        assert switched.unopened == [rows[broken][0]]
        list(steps)
    assert set(columns_of(app, broken).values()) == {None}
    assert look_up(app, (nhs_number(2), *TOLD[1:]))[NAME.name] == {sound}
    with world.at_work():
        mended = sa.update(TABLE).where(TABLE.c.case_id == broken)
        mended = mended.values(full_name_sealed=rows[broken][1], updated_at=TABLE.c.updated_at)
        db.session.connection().execute(mended)
    assert filled(world) == 1
    assert look_up(app, TOLD)[NAME.name] == {broken, sound}


def test_what_the_switch_still_lacks_it_fills_itself(app, world, monkeypatch):
    case_id = world.case(nhs_number=TOLD[0])
    monkeypatch.setattr(index_rotation, "fill", lambda _progress: 0)
    assert rotate_now(app) == [Staged, Switched, Retired]
    assert all(found == {case_id} for found in look_up(app, TOLD).values())


# filling what lacks


def test_rows_without_indexes_get_them_once_and_in_batches(app, world, monkeypatch):
    monkeypatch.setattr(index_rotation, "AT_A_TIME", 2)
    cases_made = [world.case(nhs_number=nhs_number(number)) for number in range(5)]
    without = world.case(nhs_number=None, full_name=None)
    change(world, nhs_number_index=None, name_birth_index=None, sound_birth_index=None)
    told = []
    with app.app_context(), keyring_of(app).open_for(EVERY_PURPOSE):
        assert fill(told.append) == 5
        assert told == [2, 2, 1]
        assert fill(told.append) == 0
    assert look_up(app, TOLD)[NAME.name] == set(cases_made)
    assert set(columns_of(app, without).values()) == {None}


def test_rows_that_give_no_index_are_passed_over(app, world, monkeypatch):
    monkeypatch.setattr(index_rotation, "AT_A_TIME", 1)
    single, nameless = world.case(full_name="Tamsin"), world.case(full_name="…", nhs_number=None)
    assert filled(world) == 0
    with rotating(app) as steps:
        assert [step.rows for step in steps if isinstance(step, Switched)] == [1]
    assert look_up(app, (None, "Tamsin", BORN))[NAME.name] == {single}
    assert set(columns_of(app, nameless).values()) == {None}


def test_filling_is_no_edit(app, world):
    case_id = world.case()
    with world.at_work():
        person = world.get(Case, case_id).person
        before = person.version, person.updated_at
    change(world, name_birth_index=None)
    assert filled(world) == 1
    with world.at_work():
        person = world.get(Case, case_id).person
        assert (person.version, person.updated_at) == before


def test_who_writes_learns_of_a_staged_key_before_writing(app, world, begun):
    """A process that read the keys a moment ago, and would not look again for FRESH_SECONDS."""
    late = Keyring(keyring_of(app).environment, source=app.extensions["dard.key_store"])
    with world.at_work():
        late.refresh()
    begun()
    assert late.staged(Purpose.INDEX) is None
    with app.app_context(), late.open_for(EVERY_PURPOSE):
        with unit_of_work():
            hold_index_keys()
        assert late.staged(Purpose.INDEX) is not None


def somebody_waits() -> bool:
    """Whether a transaction waits for an advisory lock; on SQLite whoever wants to write waits without any."""
    if db.engine.dialect.name == "sqlite":
        return True
    waiting = sa.text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    return bool(db.session.scalar(waiting))


def test_a_key_is_staged_only_when_those_who_write_without_it_have_ended(app, world):
    said = []

    def rotate() -> None:
        with rotating(app) as steps:
            said.extend(type(step) for step in steps)

    rotation = threading.Thread(target=rotate)
    with world.at_work():
        hold_index_keys()
        rotation.start()
        until = time.monotonic() + 30
        while not somebody_waits():
            assert time.monotonic() < until, "the rotation did not wait"
        case_id = cases.notify(SYSTEM, replace(NOTIFICATION, nhs_number=TOLD[0])).id
        assert said == []
    rotation.join()
    assert said == [Staged, Switched, Retired]
    assert all(found == {case_id} for found in look_up(app, TOLD).values())


# a new reading of an index


def test_a_new_reading_comes_in_under_the_same_key_and_nobody_is_missed(app, world, monkeypatch):
    old = NAME.readings[0]
    new = Reading(2, lambda name, born: f"{name.upper()} {born}")
    early = world.case(nhs_number=TOLD[0])
    monkeypatch.setattr(NAME, "readings", (old, new))  # the first release: former=old
    assert look_up(app, TOLD)[NAME.name] == {early}
    late = world.case(nhs_number=TOLD[0])
    assert look_up(app, TOLD)[NAME.name] == {early, late}
    assert filled(world) == 1
    assert filled(world) == 0
    assert look_up(app, TOLD)[NAME.name] == {early, late}
    with world.at_work():  # the migration of the second
        moved = sa.update(TABLE).where(TABLE.c[f"{NAME.name}_next"].is_not(None))
        moved = moved.values({NAME.name: TABLE.c[f"{NAME.name}_next"], f"{NAME.name}_next": None})
        db.session.connection().execute(moved)
    assert look_up(app, TOLD)[NAME.name] == {early, late}
    monkeypatch.setattr(NAME, "readings", (new,))
    assert look_up(app, TOLD)[NAME.name] == {early, late}
    assert look_up(app, (None, "TAMSIN QUILLFEATHER", BORN))[NAME.name] == {early, late}
    assert look_up(app, (None, "Quillfeather, Tamsin", BORN))[NAME.name] == set()


def test_a_rotation_in_the_midst_of_a_new_reading_does_no_harm(app, world, monkeypatch):
    old = NAME.readings[0]
    new = Reading(2, lambda name, born: f"{name.upper()} {born}")
    monkeypatch.setattr(NAME, "readings", (old, new))
    case_id = world.case(nhs_number=TOLD[0])
    before = columns_of(app, case_id)
    with rotating(app) as steps:
        next(steps)
        next(steps)
        assert look_up(app, TOLD)[NAME.name] == {case_id}
        list(steps)
    after = columns_of(app, case_id)
    assert not set(before.values()) & (set(after.values()) - {None})
    assert look_up(app, TOLD)[NAME.name] == {case_id}
    monkeypatch.setattr(NAME, "readings", (new,))
    assert look_up(app, TOLD)[NAME.name] == {case_id}


# fingerprints


def bring_in(world: World, data: bytes) -> tuple[int, int, int]:
    with world.at_work():
        imports.wait_for_turn()
        batch = imports.upload(SYSTEM, "ct-ocme", data)
        outcome = imports.confirm(SYSTEM, batch, batch.version)
        return outcome.created, outcome.unchanged, len(outcome.errors)


def index_states(world: World) -> list[KeyState]:
    with world.at_work():
        wanted = sa.select(DataKey.state).where(DataKey.purpose == Purpose.INDEX).order_by(DataKey.number)
        return list(db.session.scalars(wanted))


def test_importing_the_same_file_again_after_rotations_changes_nothing(app, world, monkeypatch):
    monkeypatch.setattr("dard.crypto.fingerprints._AT_A_TIME", 2)
    data = usual_file(5)
    assert bring_in(world, data) == (5, 0, 0)
    for _round in range(2):
        with rotating(app) as steps:
            next(steps)
            assert next(steps).fingerprints == 5
            assert list(steps) == []  # nothing is retired: the fingerprints need the key
        assert bring_in(world, data) == (0, 5, 0)
    assert index_states(world) == [KeyState.DECRYPT_ONLY, KeyState.DECRYPT_ONLY, KeyState.PRIMARY]
    changed = ct_ocme_file([row(1, COD="Acute Fentanyl Intoxication"), row(2), row(6)])
    assert bring_in(world, changed) == (1, 1, 1)


def test_rows_are_known_while_a_rotation_has_not_switched_yet(app, world, begun):
    data = usual_file(3)
    assert bring_in(world, data) == (3, 0, 0)
    world.case()
    begun()
    assert index_states(world) == [KeyState.PRIMARY, KeyState.STAGED]
    assert bring_in(world, data) == (0, 3, 0)
    assert rotate_now(app) == [Switched]
    assert bring_in(world, data) == (0, 3, 0)


def test_a_process_with_older_keys_does_not_import_what_is_there(app, world, monkeypatch):
    data = usual_file(3)
    assert bring_in(world, data) == (3, 0, 0)
    late = Keyring(keyring_of(app).environment, source=app.extensions["dard.key_store"])
    with world.at_work():
        late.refresh()
    rotate_now(app)
    with app.app_context(), late.open_for(EVERY_PURPOSE):
        stale = fingerprint("imports/ct-ocme/row key", b"99-0001")
    monkeypatch.setitem(app.extensions, "dard.keyring", late)
    assert bring_in(world, data) == (0, 3, 0)
    with app.app_context(), late.open_for(EVERY_PURPOSE):
        assert fingerprint("imports/ct-ocme/row key", b"99-0001") != stale


def test_a_key_that_fingerprints_need_cannot_be_retired(app, world):
    bring_in(world, usual_file(1))
    rotate_now(app)
    with world.at_work():
        first = db.session.scalar(sa.select(DataKey).where(DataKey.state == KeyState.DECRYPT_ONLY))
        with pytest.raises(TransitionError, match="fingerprints of imported rows"):
            data_keys.transition(SYSTEM, first, KeyState.RETIRED)


def test_the_next_rotation_retires_keys_that_no_fingerprint_needs_any_more(app, world):
    bring_in(world, usual_file(1))
    rotate_now(app)
    with world.at_work():
        db.session.connection().execute(sa.delete(ImportedRow.__table__))
    assert rotate_now(app) == [Retired]
    assert index_states(world) == [KeyState.RETIRED, KeyState.PRIMARY]
    assert bring_in(world, usual_file(1)) == (1, 0, 0)
    assert rotate_now(app) == [Staged, Switched]
    assert bring_in(world, usual_file(1)) == (0, 1, 0)


def test_a_fingerprint_that_comes_between_keeps_the_old_key(app, world):
    """Looked at first without the lock, and then again with it."""
    came = []

    def while_it_waits(_seconds: float) -> None:
        if index_states(world)[0] is KeyState.DECRYPT_ONLY:
            came.append(bring_in(world, usual_file(1)))

    with rotating(app, pause=while_it_waits) as steps:
        assert [type(step) for step in steps] == [Staged, Switched]
    assert came == [(1, 0, 0)]
    assert bring_in(world, usual_file(1)) == (0, 1, 0)


def test_the_wait_for_other_processes_is_long_enough_and_no_longer(app, world, still):
    waited = []

    def pause(seconds: float) -> None:
        waited.append(seconds)
        still.move(seconds=seconds)

    with rotating(app, pause=pause) as steps:
        list(steps)
    assert waited == [2 * FRESH_SECONDS] * 2
    with rotating(app, pause=pause) as steps:
        for _step in steps:
            still.move(minutes=1)
    assert waited == [2 * FRESH_SECONDS] * 2


def test_clocks_that_disagree_do_not_make_it_wait_longer(app, world, still):
    waited = []
    with rotating(app, pause=waited.append) as steps:
        next(steps)
        still.move(hours=-1)
        list(steps)
    assert max(waited) == 2 * FRESH_SECONDS
