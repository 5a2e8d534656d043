"""Sealing values anew, batch by batch: every column, nothing but the value, and never over somebody's edit."""

import io
import uuid
from dataclasses import replace

import pytest
import sqlalchemy as sa
from support.populated import populate
from support.world import SYSTEM

import dard.models
from dard.accounts.models import User
from dard.audit import events
from dard.audit.service import record
from dard.cases.models import CaseEvent, CasePerson
from dard.core.database import Dialects, db, intent
from dard.crypto import resealing
from dard.crypto.data_keys import new_key, promote, stored_keys, transition
from dard.crypto.documents import open_document, write_document
from dard.crypto.enums import EVERY_PURPOSE, KeyState, Purpose
from dard.crypto.envelope import key_id_of
from dard.crypto.errors import KeyLockedError, KeyScopeError
from dard.crypto.fields import SealedBytes
from dard.crypto.keyring import Key, Keyring, keys_for
from dard.crypto.models import SealedDocument
from dard.crypto.resealing import APPEND_ONLY, Batch, count_by_key, reseal_batch, resealable, sealed_columns


@pytest.fixture
def keyring(app) -> Keyring:
    """The keys of the app under test."""
    return app.extensions["dard.keyring"]


@pytest.fixture
def numbers(app) -> dict[Purpose, int]:
    """The number of the key of each purpose, before anything is rotated."""
    return {key.purpose: key.number for key in app.extensions["dard.keyring"].keys}


@pytest.fixture
def turn(app, world, keyring):
    """``turn(purpose)`` puts a new key of a purpose in the place of the one that seals. Returns its number."""

    def turned(purpose: Purpose) -> int:
        with world.at_work():
            made = new_key(app.extensions["dard.key_store"], purpose, KeyState.STAGED)
            promote(SYSTEM, made)
            number = made.number
        with app.app_context():
            keyring.refresh()
        return number

    return turned


@pytest.fixture
def session(world):
    """One open transaction with all keys."""
    with world.at_work():
        yield db.session
        db.session.rollback()


def everything(field, keyring: Keyring, limit: int = 100) -> list[Batch]:
    """Batches to the end of the column."""
    found, after = [], None
    while True:
        batch = reseal_batch(field, keyring, limit, after)
        if batch.last is None:
            return found
        found.append(batch)
        after = batch.last


def test_every_sealed_column_of_the_schema_is_in_the_registry_with_its_purpose():
    in_schema = {
        (table.name, column.name)
        for table in dard.models.METADATA.tables.values()
        for column in table.columns
        if isinstance(column.type, SealedBytes)
    }
    assert {(field.table, field.column) for field in sealed_columns()} == in_schema
    grouped = {purpose: resealable(purpose) for purpose in Purpose}
    rewritten = {(field.table, field.column) for fields in grouped.values() for field in fields}
    assert rewritten == {(table, column) for table, column in in_schema if table not in APPEND_ONLY}
    assert all(field.purpose is purpose for purpose, fields in grouped.items() for field in fields)
    assert grouped[Purpose.INDEX] == grouped[Purpose.SIGNING] == ()


def test_values_are_counted_by_the_number_of_their_key(world, numbers, turn):
    populate(world)
    newer = turn(Purpose.IDENTITY)
    world.case()
    with world.at_work():
        counts = count_by_key()
        stored = {
            field: db.session.scalar(sa.text(f"SELECT count({field.column}) FROM {field.table}"))
            for field in sealed_columns()
        }
        assert {field: sum(found.values()) for field, found in counts.items()} == stored
        name = counts[CasePerson.full_name]
        assert name == {numbers[Purpose.IDENTITY]: stored[CasePerson.full_name] - 1, newer: 1}
        assert counts[User.totp_secret].keys() == {numbers[Purpose.ACCOUNT]}
        assert count_by_key([CasePerson.full_name]) == {CasePerson.full_name: name}


def test_numbers_of_more_than_one_byte_are_counted_right(world, session):
    sealed = bytes.fromhex("d10101") + (70_003).to_bytes(4, "big") + bytes(28)
    person = world.case()
    session.execute(sa.update(CasePerson.__table__).where(CasePerson.case_id == person).values(postcode_sealed=sealed))
    assert count_by_key([CasePerson.postcode])[CasePerson.postcode] == {70_003: 1}


def test_a_batch_goes_through_the_column_in_the_order_of_ids_and_changes_nothing_else(world, keyring, turn):
    for number in range(5):
        world.case(full_name=f"Person {number}")
    newer = turn(Purpose.IDENTITY)
    table = CasePerson.__table__
    plain = sa.select(*(column for column in table.c if column.name != "full_name_sealed")).order_by(table.c.id)
    with world.at_work():
        before = db.session.execute(plain).all()
        names = dict(db.session.execute(sa.select(CasePerson.id, CasePerson.case_id)).all())
        first = reseal_batch(CasePerson.full_name, keyring, 2)
        assert [row for row, _sealed in first.resealed] == sorted(names)[:2]
        assert first.last == sorted(names)[1]
        rest = reseal_batch(CasePerson.full_name, keyring, 100, first.last)
        assert [row for row, _sealed in rest.resealed] == sorted(names)[2:]
        assert reseal_batch(CasePerson.full_name, keyring, 100, rest.last) == Batch()
        assert reseal_batch(CasePerson.full_name, keyring, 100) == Batch()
        assert db.session.execute(plain).all() == before
        assert not db.session.dirty
        stored = dict(db.session.execute(sa.select(CasePerson.id, CasePerson.full_name_sealed)).all())
        assert stored == dict([*first.resealed, *rest.resealed])
        assert {key_id_of(value) for value in stored.values()} == {newer}
        people = db.session.scalars(sa.select(CasePerson)).all()
        assert {person.full_name for person in people} == {f"Person {number}" for number in range(5)}
        db.session.rollback()


def test_nothing_is_to_be_done_where_no_key_was_turned(world, keyring, session):
    world.case()
    assert reseal_batch(CasePerson.full_name, keyring, 100) == Batch()


def test_null_stays_null(world, keyring, turn):
    world.case(address="")
    turn(Purpose.IDENTITY)
    with world.at_work():
        assert reseal_batch(CasePerson.address, keyring, 100) == Batch()
        db.session.rollback()


@pytest.mark.parametrize("purpose", [Purpose.IDENTITY, Purpose.NARRATIVE, Purpose.PACK, Purpose.ACCOUNT, Purpose.AUDIT])
def test_every_column_of_every_purpose_can_be_sealed_anew_and_opens_as_before(world, keyring, numbers, turn, purpose):
    populate(world)
    fields = resealable(purpose)
    with world.at_work():
        before = {field: opened(field) for field in fields}
        db.session.rollback()
    newer = turn(purpose)
    with world.at_work():
        done = sum(len(batch.resealed) for field in fields for batch in everything(field, keyring, 3))
        assert done == sum(len(values) for values in before.values())
        assert {field: opened(field) for field in fields} == before
        assert {number for field in fields for number in count_by_key([field])[field]} <= {newer}
        db.session.rollback()


def opened(field) -> dict[uuid.UUID, object]:
    """Every value of ``field``, opened, by row."""
    table = dard.models.METADATA.tables[field.table]
    rows = db.session.execute(sa.select(table).where(table.c[field.column].is_not(None))).all()
    return {row.id: field.open(row.id, getattr(row, field.column), *field.bound_values(row)) for row in rows}


def test_what_a_seal_binds_beyond_its_row_is_bound_again(world, keyring, turn):
    content, owner = bytes(range(256)) * 1000, uuid.uuid4()
    with world.at_work():
        document = write_document(io.BytesIO(content), len(content), owner)
        number_of_chunks = document.chunks
        db.session.flush()
        record(SYSTEM, events.SignedOut(object_id=owner))
        document_id = document.id
    newer = turn(Purpose.NARRATIVE)
    with world.at_work():
        fields = [field for field in resealable(Purpose.NARRATIVE) if field.binds]
        done = {field.table: sum(len(batch.resealed) for batch in everything(field, keyring)) for field in fields}
        assert done == {"sealed_chunk": number_of_chunks, "sealed_document": 1}
        assert b"".join(open_document(db.session.get_one(SealedDocument, document_id), owner)) == content
        assert {number for field in fields for number in count_by_key([field])[field]} == {newer}
        db.session.rollback()


def test_long_values_are_taken_few_at_a_time_and_at_least_one(world, keyring, turn, monkeypatch):
    for length in (10, 10, 5000, 10):
        world.case(narrative="x" * length)
    turn(Purpose.NARRATIVE)
    monkeypatch.setattr(resealing, "BATCH_BYTES", 1000)
    with world.at_work():
        sizes = [[len(sealed) for _row, sealed in batch.resealed] for batch in everything(CaseEvent.narrative, keyring)]
        db.session.rollback()
    assert sum(len(batch) for batch in sizes) == 4
    assert all(sum(batch) <= 1000 or len(batch) == 1 for batch in sizes)
    assert max(sum(batch) for batch in sizes) > 5000
    assert max(len(batch) for batch in sizes) > 1


def test_a_value_that_does_not_open_stays_as_it_is_and_the_others_go_on(world, keyring, turn):
    broken, well = world.case(), world.case()
    with world.at_work():
        table = CasePerson.__table__
        value = db.session.scalar(sa.select(table.c.full_name_sealed).where(table.c.case_id == broken))
        altered = value[:-1] + bytes([value[-1] ^ 1])
        changed = sa.update(table).where(table.c.case_id == broken)
        db.session.connection().execute(changed.values(full_name_sealed=altered, updated_at=table.c.updated_at))
        rows = dict(db.session.execute(sa.select(table.c.case_id, table.c.id)).all())
    turn(Purpose.IDENTITY)
    with world.at_work():
        batch = reseal_batch(CasePerson.full_name, keyring, 100)
        assert batch.unopened == (rows[broken],)
        assert [row for row, _sealed in batch.resealed] == [rows[well]]
        assert db.session.scalar(sa.select(table.c.full_name_sealed).where(table.c.case_id == broken)) == altered
        db.session.rollback()


@pytest.mark.parametrize("edit", ["Edited meanwhile", None])
def test_an_edit_between_reading_and_writing_is_never_lost(world, keyring, turn, edit):
    """The interleaving is forced: the edit comes just before the statement that would write over it."""
    case_id, other = world.case(), world.case()
    turn(Purpose.IDENTITY)
    table = CasePerson.__table__
    with world.at_work():
        rows = dict(db.session.execute(sa.select(table.c.case_id, table.c.id)).all())
        row = rows[case_id]
        value = CasePerson.full_name.seal(row, edit) if edit else None
        edits = sa.update(table).where(table.c.id == row).values(full_name_sealed=value, updated_at=table.c.updated_at)
        pending = [edits]

        def meanwhile(connection, _cursor, statement, *_rest):
            if statement.startswith("UPDATE case_person") and pending:
                connection.execute(pending.pop())

        sa.event.listen(db.engine, "before_cursor_execute", meanwhile)
        try:
            batch = reseal_batch(CasePerson.full_name, keyring, 100)
        finally:
            sa.event.remove(db.engine, "before_cursor_execute", meanwhile)
        assert not pending
        assert [changed for changed, _sealed in batch.resealed] == [rows[other]]
        assert db.session.scalar(sa.select(table.c.full_name_sealed).where(table.c.id == row)) == value
        db.session.rollback()


def test_rows_that_others_have_locked_are_passed_over(app, world, keyring, turn):
    """Only PostgreSQL locks rows: on SQLite whoever writes is alone."""
    held, free = world.case(), world.case()
    turn(Purpose.IDENTITY)
    table = CasePerson.__table__
    with app.app_context(), intent(write=False), db.engine.begin() as other:
        other.execute(sa.select(table.c.id).where(table.c.case_id == held).with_for_update())
        locks = db.engine.dialect.name == Dialects.POSTGRESQL
        with world.at_work():
            if locks:
                db.session.execute(sa.text("SET LOCAL lock_timeout = '1s'"))
            rows = dict(db.session.execute(sa.select(table.c.case_id, table.c.id)).all())
            batch = reseal_batch(CasePerson.full_name, keyring, 100)
            db.session.rollback()
    assert {row for row, _sealed in batch.resealed} == {
        rows[case_id] for case_id in ([free] if locks else [held, free])
    }


def test_only_keys_that_were_replaced_are_left_behind_not_one_that_waits(app, world, keyring, numbers):
    world.case()
    with world.at_work():
        new_key(app.extensions["dard.key_store"], Purpose.IDENTITY, KeyState.STAGED)
    with app.app_context():
        keyring.refresh()
    with world.at_work():
        assert reseal_batch(CasePerson.full_name, keyring, 100) == Batch()
        assert count_by_key()[CasePerson.full_name] == {numbers[Purpose.IDENTITY]: 1}


def test_a_process_that_does_not_know_yet_that_a_key_was_promoted_takes_nothing_back_from_it(world, keyring, turn):
    earlier = {KeyState.DECRYPT_ONLY: KeyState.PRIMARY, KeyState.PRIMARY: KeyState.STAGED}
    newer = turn(Purpose.IDENTITY)
    world.case()
    behind = [
        replace(key, state=earlier[key.state] if key.purpose is Purpose.IDENTITY else key.state) for key in keyring.keys
    ]
    with world.at_work(), Keyring(keyring.environment, behind).open_for(EVERY_PURPOSE):
        assert reseal_batch(CasePerson.full_name, keys_for(Purpose.IDENTITY), 100) == Batch()
        assert count_by_key()[CasePerson.full_name] == {newer: 1}
        db.session.rollback()


def test_a_retired_key_is_not_opened(app, world, keyring, numbers, turn):
    world.case()
    turn(Purpose.IDENTITY)
    with world.at_work():
        old = next(key for key in stored_keys() if key.number == numbers[Purpose.IDENTITY])
        transition(SYSTEM, old, KeyState.RETIRED)
    with app.app_context():
        keyring.refresh()
    with world.at_work():
        assert reseal_batch(CasePerson.full_name, keyring, 100) == Batch()
        assert count_by_key()[CasePerson.full_name] == {numbers[Purpose.IDENTITY]: 1}


def test_keys_that_are_locked_or_not_open_are_no_reason_to_pass_values_over(app, world, keyring, turn):
    world.case()
    turn(Purpose.IDENTITY)
    locked = Keyring(
        keyring.environment,
        [
            Key(key.number, key.purpose, None if key.state is KeyState.DECRYPT_ONLY else key.secret, key.state)
            for key in keyring.keys
        ],
    )
    with world.at_work():
        with locked.open_for(frozenset({Purpose.IDENTITY})), pytest.raises(KeyLockedError):
            reseal_batch(CasePerson.full_name, locked, 100)
        with keyring.open_for(frozenset({Purpose.PACK})), pytest.raises(KeyScopeError):
            reseal_batch(CasePerson.full_name, keyring, 100)
        db.session.rollback()


def test_counting_needs_no_key(app, world):
    world.case()
    with app.app_context(), intent(write=False):
        assert sum(count_by_key()[CasePerson.full_name].values()) == 1
        db.session.rollback()
