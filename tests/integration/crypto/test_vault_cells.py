"""Every sealed field of every model: its value opens in its own cell only, and its column and length give nothing away.

All of this is generated from the models: a field that is new tomorrow is tried without a word here.
"""

import datetime as dt
import random
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from typing import Any

import pytest
import sqlalchemy as sa
from support.populated import populate
from support.tampering import lift_triggers
from support.world import SYSTEM, World

from dard.audit import events
from dard.audit.comparison import compare, unrecorded
from dard.audit.service import record
from dard.audit.verification import examine
from dard.core.database import Base, db
from dard.crypto import envelope
from dard.crypto.enums import Purpose
from dard.crypto.envelope import HEADER_SIZE, MAGIC, NONCE_END, OVERHEAD
from dard.crypto.errors import UnsealError
from dard.crypto.fields import BYTES, DATE, NUMBER, STRINGS, TEXT, Codec, Sealed, SealedBytes, sealed_fields
from dard.crypto.keyring import Keyring
from dard.crypto.padding import Padding
from dard.crypto.resealing import APPEND_ONLY

FIELDS: Mapping[str, Sealed[Any]] = {
    f"{field.table}.{name}": field
    for model in sorted((mapper.class_ for mapper in Base.registry.mappers), key=lambda model: model.__tablename__)
    for name, field in sealed_fields(model).items()
}
ROW, OTHER_ROW = uuid.uuid4(), uuid.uuid4()
ALPHABET = "abcdefghij"
# For each codec, a value and another; and a value that is encoded in a number of bytes, where there is one.
VALUES: Mapping[Codec[Any], tuple[Any, Any]] = {
    TEXT: ("Tamsin Quillfeather", "Jory Quillfeather"),
    DATE: (dt.date(1988, 7, 2), dt.date(1990, 1, 31)),
    STRINGS: (("Tam", "Quill"), ("Tam",)),
    BYTES: (b"\x00content\x80", b"other"),
    NUMBER: (1234, 1235),
}
OF_SIZE: Mapping[Codec[Any], Callable[[int], Any]] = {
    TEXT: lambda size: "x" * size,
    DATE: lambda size: dt.date(1900 + size, 1, 1 + size % 28),
    STRINGS: lambda size: ("x" * max(0, size - 4),) if size >= 4 else (),
    BYTES: lambda size: b"\x80" * size,
    NUMBER: lambda size: 10 ** max(0, size - 1),
}
SHORT = range(32)  # bytes that a code, a date, an NHS number, a postcode may have
# Binary columns that hold nothing from which a value could be read, and nothing sealed.
NOT_SEALED = re.compile(r"hash|root|head|frontier|signature|_index(_next)?|row_key|fingerprint|wrapped|public_key")
each_field = pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)


def bound(field: Sealed[Any], value: object = 5) -> tuple[object, ...]:
    return (value,) * len(field.binds)


def sealed(field: Sealed[Any], row: uuid.UUID = ROW) -> bytes:
    return field.seal(row, VALUES[field.codec][0], *bound(field))


def refused(field: Sealed[Any], value: bytes, row: uuid.UUID = ROW, *place: object) -> bool:
    """Whether ``value`` does not open in the cell of ``field`` in ``row``."""
    try:
        field.open(row, value, *(place or bound(field)))
    except UnsealError:
        return True
    return False


# row 2: moved, altered


def moves(field: Sealed[Any], keys: Keyring) -> Iterator[tuple[str, bool]]:
    """Every way to put a value of ``field`` somewhere else, and whether it was refused there."""
    value = sealed(field)
    yield "another row", refused(field, value, OTHER_ROW)
    for name, other in FIELDS.items():
        if other is not field:
            yield f"the column {name}", refused(other, value)
    for codec in VALUES:
        if codec is not field.codec:
            yield f"the type {codec.tag.decode()}", refused(in_place_of(field, codec=codec), value)
    elsewhere = Keyring(uuid.uuid4(), keys.keys)  # another instance, even with the same keys
    with elsewhere.open_for(frozenset(Purpose)):
        yield "another environment", refused(field, value)
    for number in range(len(field.binds)):
        place = tuple(6 if at == number else 5 for at in range(len(field.binds)))
        yield f"another {field.binds[number]}", refused(field, value, ROW, *place)


def in_place_of(field: Sealed[Any], *, codec: Codec[Any]) -> Sealed[Any]:
    """A field of the same table and column whose values are of another type."""
    other = Sealed[Any](codec, field.purpose, field.padding, nullable=True, binds=field.binds)
    type("Other", (), {"__tablename__": field.table, field.name: other})
    assert (other.table, other.column) == (field.table, field.column)
    return other


def alterations(value: bytes) -> Iterator[bytes]:
    """``value`` with each of its bits flipped, cut short at either end, and longer by a byte."""
    for place in range(len(value)):
        for bit in range(8):
            yield value[:place] + bytes([value[place] ^ 1 << bit]) + value[place + 1 :]
    for size in range(len(value)):
        yield value[:size]
        yield value[len(value) - size :]
    for byte in (b"\x00", b"\x80", value[:1]):
        yield value + byte
        yield byte + value


@each_field
def test_row_2_a_value_opens_nowhere_but_in_its_own_cell(keys, field):
    assert not refused(field, sealed(field))
    assert [where for where, was_refused in moves(field, keys) if not was_refused] == []


@each_field
def test_row_2_a_value_that_was_altered_anywhere_does_not_open(keys, field):
    value = sealed(field)
    assert [altered for altered in alterations(value) if not refused(field, altered)] == []
    assert field.open(ROW, value, *bound(field)) == VALUES[field.codec][0]


def test_row_2_all_of_these_are_counted(keys, figure):
    moved = [was_refused for field in FIELDS.values() for _where, was_refused in moves(field, keys)]
    altered = [refused(field, value) for field in FIELDS.values() for value in alterations(sealed(field))]
    figure(2, f"moved values of {len(FIELDS)} sealed fields refused", f"{sum(moved)} of {len(moved)}")
    figure(2, f"altered values of {len(FIELDS)} sealed fields refused", f"{sum(altered)} of {len(altered)}")
    assert all(moved)
    assert all(altered)


def test_row_2_a_value_under_a_key_of_another_purpose_does_not_open(keys):
    """Not even if the header is made to name it: each purpose has a key of its own."""
    for field in FIELDS.values():
        for key in keys.keys:
            value = sealed(field)
            if key.number != int.from_bytes(value[3:HEADER_SIZE], "big"):
                assert refused(field, value[:3] + key.number.to_bytes(4, "big") + value[HEADER_SIZE:])


# row 2: in the database, where an older value or none is put back


@pytest.fixture
def rewritten(world: World) -> dict[str, tuple[Any, bytes]]:
    """For each field the row whose value has just been replaced by another, and the ciphertext before it."""
    populate(world)
    found: dict[str, tuple[Any, bytes]] = {}
    for turn in (0, 1):
        with world.at_work():
            for name, field in FIELDS.items():
                column = getattr(field._owner, field.column)  # a row that has the value, where there is one
                rows = sa.select(field._owner).order_by(column.is_(None), field._owner.id)
                row = db.session.scalars(rows.limit(1)).one()
                if turn:
                    found[name] = (row.id, getattr(row, field.column))
                if field.table not in APPEND_ONLY:
                    setattr(row, field.name, VALUES[field.codec][turn])
            record(SYSTEM, events.SealBroken(object_id=events.NOTHING, page="tests"))
    return found


def faults_after(world: World, name: str, identity: uuid.UUID, value: bytes | None) -> list[str] | None:
    """What the nightly check says once ``value`` was put into the cell past the log; None if it could not be put."""
    field = FIELDS[name]
    table = field._owner.__table__
    written = sa.update(table).where(table.c.id == identity).values({field.column: value})
    with world.at_work():
        connection = db.session.connection()
        lift_triggers(connection)
        try:
            connection.execute(written)
        except sa.exc.IntegrityError:
            db.session.rollback()
            return None
        found = list(examine().faults)
        db.session.rollback()
        return found


def test_row_2_an_older_value_put_back_is_noticed(world, rewritten, figure):
    with world.at_work():
        assert list(examine().faults) == []
    noticed = {}
    for name, (identity, before) in rewritten.items():
        value = before
        if FIELDS[name].table in APPEND_ONLY:  # never had another value: one that was made with the keys
            with world.at_work():
                value = FIELDS[name].seal(identity, VALUES[FIELDS[name].codec][0], *bound(FIELDS[name]))
        faults = faults_after(world, name, identity, value)
        noticed[name] = bool(faults) and (identity.hex in faults[0] or "event" in faults[0].lower())
    figure(2, "older values put back that the nightly check notices", f"{sum(noticed.values())} of {len(noticed)}")
    assert [name for name, was_noticed in noticed.items() if not was_noticed] == []


def test_row_2_a_value_that_was_taken_away_is_noticed_or_the_database_refuses_it(world, rewritten, figure):
    noticed = {}
    for name, (identity, _before) in rewritten.items():
        if FIELDS[name].table == "audit_event":
            identity = event_with_reason(world)
        faults = faults_after(world, name, identity, None)
        noticed[name] = faults is None or (FIELDS[name].nullable and bool(faults))
    figure(2, "values taken away that are noticed, or cannot be", f"{sum(noticed.values())} of {len(noticed)}")
    assert [name for name, was_noticed in noticed.items() if not was_noticed] == []


def event_with_reason(world: World) -> uuid.UUID:
    with world.at_work():
        model = FIELDS["audit_event.reason"]._owner
        return db.session.scalars(sa.select(model.id).where(model.reason_sealed.is_not(None)).limit(1)).one()


def test_row_2_a_value_of_another_row_is_refused_when_it_is_read(world, rewritten):
    for name, (identity, _before) in rewritten.items():
        field = FIELDS[name]
        with world.at_work():
            lift_triggers(db.session.connection())
            row = db.session.get_one(field._owner, identity)
            table, value = field._owner.__table__, field.seal(OTHER_ROW, VALUES[field.codec][0], *bound(field))
            db.session.connection().execute(
                sa.update(table).where(table.c.id == identity).values({field.column: value})
            )
            db.session.expire(row)
            with pytest.raises(UnsealError):
                getattr(row, name.partition(".")[2])
            db.session.rollback()


def test_row_2_values_that_are_older_than_the_digests_in_the_log_are_made_known_to_it(world):
    populate(world)
    with world.at_work():
        assert unrecorded() == {}
        connection = db.session.connection()
        lift_triggers(connection)
        connection.execute(sa.text("UPDATE audit_event SET sealed_digests = NULL"))
    with world.at_work():
        assert len(compare().differences) == compare().cells > 20
        found = unrecorded()
        assert set(found) <= {field.table for field in FIELDS.values()}
        for table, digests in found.items():
            record(SYSTEM, events.ValuesAdopted(object_id=events.NOTHING, table=table, values=1), digests)
    with world.at_work():
        assert list(compare().differences) == []
        assert unrecorded() == {}


# row 3: the columns


def _words(condition: str) -> str:
    """A condition without brackets and in one spelling, since databases write them as they like."""
    return " ".join(re.sub(r"[()]", " ", condition).lower().split())


def test_row_3_every_sealed_column_has_type_check_and_padding_class_in_the_migrated_database(app, figure):
    kept = []
    with app.app_context(), db.engine.connect() as connection:
        inspector, dialect = sa.inspect(connection), connection.dialect.name
        mark = "substr {0}, 1, 1 = x'd1'" if dialect == "sqlite" else "get_byte {0}, 0 = 209"
        for field in FIELDS.values():
            columns = {column["name"]: column for column in inspector.get_columns(field.table)}
            checks = {check["name"]: _words(check["sqltext"]) for check in inspector.get_check_constraints(field.table)}
            wanted = f"{{0}} is null or length {{0}} >= {OVERHEAD} and {mark}".format(field.column)
            assert isinstance(columns[field.column]["type"], sa.LargeBinary), field.column
            assert columns[field.column]["nullable"] is field.nullable
            assert checks[f"ck_{field.table}_{field.column}"] == wanted
            assert isinstance(field._owner.__table__.c[field.column].type, SealedBytes)
            assert isinstance(field.padding, Padding)
            assert field.purpose in set(Purpose) - {Purpose.INDEX, Purpose.SIGNING}
            kept.append(field)
    figure(3, "sealed columns with type, CHECK, registry and padding class", f"{len(kept)} of {len(FIELDS)}")
    assert (MAGIC, OVERHEAD) == (209, 35)


def test_row_3_every_binary_column_of_the_migrated_database_is_sealed_or_known_not_to_be(app):
    registered = {(field.table, field.column) for field in FIELDS.values()}
    with app.app_context(), db.engine.connect() as connection:
        inspector = sa.inspect(connection)
        for table in inspector.get_table_names():
            for column in inspector.get_columns(table):
                place = (table, column["name"])
                if column["name"].endswith("_sealed"):
                    assert place in registered, f"{place} belongs to no sealed field"
                elif isinstance(column["type"], sa.LargeBinary):
                    assert NOT_SEALED.search(column["name"]), f"{place} is neither sealed nor listed in NOT_SEALED"


def test_row_3_the_database_takes_nothing_into_a_sealed_column_but_sealed_values(world, app):
    populate(world)
    mark = bytes([MAGIC])
    tried = ((mark * OVERHEAD, True), (mark * (OVERHEAD - 1), False), (b"\x00" * 99, False), (b"", False))
    for field in FIELDS.values():
        table, column = field.table, field.column  # other checks may say when there is a value: where there is one
        statement = sa.text(
            f"UPDATE {table} SET {column} = :value WHERE {column} IS NOT NULL "
            f"OR NOT EXISTS (SELECT 1 FROM {table} WHERE {column} IS NOT NULL)"
        )
        for value, taken in tried:
            with app.app_context(), db.engine.connect() as connection:
                lift_triggers(connection)
                with nullcontext() if taken else pytest.raises((sa.exc.IntegrityError, sa.exc.DataError)):
                    assert connection.execute(statement, {"value": value}).rowcount > 0, field.table
                connection.rollback()


def test_row_5_what_stands_in_the_database_has_the_lengths_of_its_classes(world, app):
    populate(world)
    with app.app_context(), db.engine.connect() as connection:
        for name, field in FIELDS.items():
            column = sa.column(field.column)
            wanted = sa.select(sa.func.length(column)).select_from(sa.table(field.table)).where(column.is_not(None))
            for size in connection.scalars(wanted):
                assert in_class(size - OVERHEAD, field.padding), name


# row 5: the lengths


def in_class(size: int, padding: Padding) -> bool:
    """Whether padded values of this class can have ``size`` bytes."""
    return size % padding.value == 0 if padding.value else size == padme(size) and size >= 256


def padme(size: int) -> int:
    """As it is published (Nikitin et al., PETS 2019, algorithm 1), written down again here."""
    exponent = size.bit_length() - 1
    kept = exponent - (exponent.bit_length() - 1) - 1
    mask = (1 << kept) - 1
    return (size + mask) & ~mask


@each_field
def test_row_5_the_length_of_a_short_value_tells_nothing(keys, field, figure):
    sizes = {len(field.seal(ROW, OF_SIZE[field.codec](size), *bound(field))) for size in SHORT}
    figure(5, "lengths of what is stored for values of 0 to 31 bytes", len(sizes))
    assert len(sizes) == 1


@pytest.mark.parametrize("field", [field for field in FIELDS.values() if field.padding is Padding.NARRATIVE])
def test_row_5_long_texts_have_the_sizes_of_padme_and_no_others(keys, field):
    for size in (*range(0, 2000, 7), *range(2000, 70_000, 501)):
        stored = len(field.seal(ROW, OF_SIZE[field.codec](size), *bound(field))) - OVERHEAD
        assert in_class(stored, Padding.NARRATIVE), size
        assert size < stored <= max(256, (size + 1) * 1.12)


# row 7: the nonces

SEALS = 1_000_000


def repeated_nonces(field: Sealed[Any], seals: int) -> int:
    value = VALUES[field.codec][0]
    return seals - len({field.seal(ROW, value)[HEADER_SIZE:NONCE_END] for _ in range(seals)})


def test_row_7_no_nonce_is_ever_used_twice(keys, figure):
    repeated = repeated_nonces(FIELDS["case_person.nhs_number"], SEALS)
    figure(7, f"repeated nonces in {SEALS:,} seals", repeated)
    assert repeated == 0


def test_row_7_a_source_that_repeats_itself_would_be_noticed(keys, monkeypatch):
    weak = random.Random(1)
    monkeypatch.setattr(envelope.os, "urandom", lambda size: bytes(size - 1) + weak.randbytes(1))
    assert repeated_nonces(FIELDS["case_person.nhs_number"], 1000) > 700
