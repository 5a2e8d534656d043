"""Promise 27: whatever is done to a log of 500 events, or to a sealed value, is found.

Out of reach, and shown here to be: events after the newest checkpoint that somebody keeps elsewhere, which can be cut
off, and replaced by others, by whoever may write to the database.
"""

import datetime as dt
import random
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa
from support.populated import populate
from support.tampering import lift_triggers
from support.world import SYSTEM, World

from dard.audit import events, verifier
from dard.audit.checkpoints import checkpoints, make_checkpoint, newest_checkpoint
from dard.audit.digests import digest, sealed_columns
from dard.audit.models import AuditCheckpoint, AuditEvent
from dard.audit.rows import plain_values
from dard.audit.service import record_many
from dard.audit.verification import examine
from dard.cases.models import Case, CasePerson
from dard.core.database import Base, db
from dard.crypto.fields import SealedBytes

SIZE = 500
LOG, SIGNED = AuditEvent.__table__, AuditCheckpoint.__table__
Deed = Callable[[sa.Connection], object]


@dataclass
class Evidence:
    """A log of 500 events with its checkpoints, the lines that others keep, and what was tried on it."""

    world: World
    case_id: uuid.UUID
    anchors: list[verifier.Checkpoint]
    chance: random.Random = field(default_factory=lambda: random.Random(27))
    tried: int = 0
    refused: int = 0

    def finds(self, deed: Deed, *, anchored: bool = True) -> list[str]:
        """The faults that are found after ``deed``, which is undone again; or that the database does not take it."""
        self.tried += 1
        with self.undone():
            connection = db.session.connection()
            lift_triggers(connection)
            try:
                deed(connection)
            except sa.exc.DBAPIError as error:
                self.refused += 1
                return [f"The database refuses it: {error.orig}"]
            db.session.expire_all()
            return list(examine(self.anchors if anchored else []).faults)

    @contextmanager
    def undone(self) -> Iterator[None]:
        with self.world.at_work():
            yield
            db.session.rollback()

    def told(self) -> str:
        """What came of everything that was tried, for the figures."""
        return f"{self.tried} of {self.tried}, {self.refused} of them refused by the database itself"

    def rows(self) -> list[dict[str, Any]]:
        """All events, as they are stored."""
        with self.world.at_work():
            return [dict(row) for row in db.session.execute(sa.select(LOG).order_by(LOG.c.position)).mappings()]


@pytest.fixture
def evidence(world) -> Evidence:
    populate(world)
    case_id = world.case()
    with world.at_work():
        before = db.session.scalar(sa.select(sa.func.max(AuditEvent.position)))
        shown = events.IdentityRevealed(object_id=case_id, case_id=case_id, purpose="duplicate_check", reason="Why")
        left = SIZE - before
        record_many(SYSTEM, [shown if number % 3 else events.SignedOut(object_id=case_id) for number in range(left)])
    with world.at_work():
        kept = make_checkpoint()
        assert kept.size == SIZE
        anchors = [each.statement() for each in checkpoints()]
        assert len(anchors) >= 2
    made = Evidence(world, case_id, anchors)
    assert made.finds(lambda _connection: None) == []
    made.tried = 0
    return made


def changed(column: sa.Column[Any], value: Any, chance: random.Random) -> list[Any]:
    """Other values of a column: one bit or one letter away, empty, and absent where it may be."""
    if value is None:
        kinds = {uuid.UUID: uuid.UUID(int=7), str: "{}"}
        return [kinds.get(column.type.python_type, b"\xd1\x01\x01" + bytes(40))]
    found: list[Any] = [None] if column.nullable else []
    if isinstance(value, uuid.UUID):
        found.append(uuid.UUID(int=value.int ^ 1 << chance.randrange(128)))
    elif isinstance(value, bytes):
        place = chance.randrange(3 if isinstance(column.type, SealedBytes) else 0, len(value))
        found.append(value[:place] + bytes([value[place] ^ 1 << chance.randrange(8)]) + value[place + 1 :])
    elif isinstance(value, dt.datetime):
        found += [value + dt.timedelta(microseconds=1), value - dt.timedelta(days=1)]
    elif isinstance(value, int):
        found += [value + 1_000, value ^ 1 << 20]
    else:
        place = chance.randrange(len(value))
        found += [value[:place] + chr(ord(value[place]) ^ 1) + value[place + 1 :], value + " ", ""]
    return found


def test_a_change_of_any_column_of_an_event_is_found(evidence, figure):
    rows = evidence.rows()
    for place in (0, SIZE // 2, SIZE - 1, *evidence.chance.sample(range(SIZE), 5)):
        row = rows[place]
        for column in LOG.columns:
            for value in changed(column, row[column.name], evidence.chance):
                changing = sa.update(LOG).where(LOG.c.id == row["id"]).values({column.name: value})
                faults = evidence.finds(lambda connection, changing=changing: connection.execute(changing))
                assert faults, f"{column.name} of event {place + 1}: {value!r}"
    figure(27, "changes of a column of an event found", evidence.told())


def test_deleting_inserting_swapping_and_reordering_are_found(evidence, figure):
    rows = evidence.rows()

    def move(connection: sa.Connection, places: dict[int, int]) -> None:
        """Give the event at each place another place, by way of places that nobody has."""
        for shift in (10_000, 0):
            for before, after in places.items():
                now = before if shift else before + 10_000
                to = before + 10_000 if shift else after
                connection.execute(sa.update(LOG).where(LOG.c.position == now).values(position=to))

    def forged(place: int, **other: Any) -> dict[str, Any]:
        return {**rows[place - 1], "id": uuid.uuid4(), "hash": evidence.chance.randbytes(32), **other}

    def insert_before(connection: sa.Connection, position: int) -> None:
        places = {place: place + 1 for place in range(SIZE, position - 1, -1)}
        move(connection, places)
        connection.execute(sa.insert(LOG), [forged(position)])

    for position in (1, 2, 256, 257, SIZE - 1, *evidence.chance.sample(range(3, SIZE), 5)):
        other = evidence.chance.choice([each for each in range(1, SIZE) if each != position])
        deeds: dict[str, Deed] = {
            "delete": lambda c, p=position: c.execute(sa.delete(LOG).where(LOG.c.position == p)),
            "delete and close the gap": lambda c, p=position: (
                c.execute(sa.delete(LOG).where(LOG.c.position == p)),
                move(c, {each: each - 1 for each in range(p + 1, SIZE + 1)}),
            ),
            "insert": lambda c, p=position: insert_before(c, p),
            "swap": lambda c, p=position, o=other: move(c, {p: o, o: p}),
            "insert before the first": lambda c, p=position: c.execute(sa.insert(LOG), [forged(p, position=-p)]),
            "insert after the last": lambda c, p=position: c.execute(sa.insert(LOG), [forged(p, position=SIZE + 1)]),
        }
        for name, deed in deeds.items():
            assert evidence.finds(deed), f"{name} at {position}"
    assert evidence.finds(lambda c: move(c, {place: SIZE + 1 - place for place in range(1, SIZE + 1)}))
    figure(27, "events deleted, inserted, swapped or reordered, found", evidence.told())


def test_a_change_of_any_column_of_a_checkpoint_is_found(evidence, figure):
    with evidence.world.at_work():
        row = dict(db.session.execute(sa.select(SIGNED).order_by(SIGNED.c.size.desc()).limit(1)).mappings().one())
    for column in SIGNED.columns:
        if column.name == "id":
            continue  # names the row, and says nothing
        for value in changed(column, row[column.name], evidence.chance):
            if isinstance(value, dt.datetime) and value.microsecond:
                value = value.replace(microsecond=0) + dt.timedelta(seconds=1)
            changing = sa.update(SIGNED).where(SIGNED.c.id == row["id"]).values({column.name: value})
            faults = evidence.finds(lambda c, changing=changing: c.execute(changing), anchored=False)
            assert faults, f"{column.name}: {value!r}"
    figure(27, "changes of a checkpoint found", evidence.told())


def rewritten(rows: list[dict[str, Any]], **other: Any) -> list[dict[str, Any]]:
    """The whole log anew, with ``other`` values in its third event and hashes that all hold."""
    made, previous = [], verifier.GENESIS
    for place, row in enumerate(rows):
        row = {**row, **(other if place == 2 else {}), "previous_hash": previous}
        previous = row["hash"] = verifier.event_hash(previous, verifier.body_of(plain_values(row)))
        made.append(row)
    return made


def replace_log(connection: sa.Connection, rows: list[dict[str, Any]]) -> None:
    connection.execute(sa.delete(LOG))
    connection.execute(sa.insert(LOG), rows)


def without_reviews(connection: sa.Connection) -> None:
    """Nothing may point at an event that is about to go."""
    connection.execute(sa.text("DELETE FROM audit_review"))


def test_a_log_that_is_written_anew_or_cut_off_is_found(evidence, figure):
    """With hashes that all hold; also by somebody who can sign, and whatever becomes of the stored checkpoints."""
    rows = evidence.rows()
    forged = rewritten(rows, actor_label="Somebody else")

    def drop_checkpoints(connection: sa.Connection) -> None:
        connection.execute(sa.text("DELETE FROM audit_anchor"))
        connection.execute(sa.delete(SIGNED))

    def sign_anew(connection: sa.Connection) -> None:
        drop_checkpoints(connection)
        make_checkpoint()

    def cut(connection: sa.Connection, size: int) -> None:
        connection.execute(sa.delete(LOG).where(LOG.c.position > size))

    anchored: dict[str, Deed] = {
        "rewritten": lambda c: replace_log(c, forged),
        "rewritten, without checkpoints": lambda c: (drop_checkpoints(c), replace_log(c, forged)),
        "rewritten and signed anew": lambda c: (replace_log(c, forged), sign_anew(c)),
        "emptied": lambda c: (drop_checkpoints(c), cut(c, 0)),
        **{
            f"cut off after {size}, checkpoints too": lambda c, size=size: (drop_checkpoints(c), cut(c, size))
            for size in (1, 255, 256, SIZE - 1)
        },
        "forked after 256": lambda c: (drop_checkpoints(c), replace_log(c, [*rows[:256], *forged[256:300]])),
    }
    for name, deed in anchored.items():
        assert evidence.finds(lambda c, deed=deed: (without_reviews(c), deed(c))), name
    stored: dict[str, Deed] = {
        "rewritten": lambda c: replace_log(c, forged),
        "cut off": lambda c: cut(c, SIZE - 1),
    }
    for name, deed in stored.items():
        assert evidence.finds(lambda c, deed=deed: (without_reviews(c), deed(c)), anchored=False), name
    figure(27, "whole logs replaced or cut off, found", evidence.told())


def test_only_what_follows_the_newest_anchor_is_out_of_reach(evidence):
    with evidence.world.at_work():
        record_many(SYSTEM, [events.SignedOut(object_id=evidence.case_id) for _ in range(20)])
    with evidence.world.at_work():
        newest = newest_checkpoint().size
    assert newest == SIZE
    for size in (SIZE, SIZE + 1, SIZE + 19):
        assert evidence.finds(lambda c, size=size: c.execute(sa.delete(LOG).where(LOG.c.position > size))) == []
    assert evidence.finds(lambda c: c.execute(sa.delete(LOG).where(LOG.c.position > SIZE - 1))) != []
    tail = [{**row, "actor_label": "Somebody else"} for row in evidence.rows()[SIZE:]]

    def write_tail_anew(connection: sa.Connection) -> None:
        kept = evidence_rows[:SIZE]
        connection.execute(sa.delete(LOG).where(LOG.c.position > SIZE))
        connection.execute(sa.insert(LOG), rewritten([*kept, *tail])[SIZE:])

    evidence_rows = evidence.rows()
    assert evidence.finds(write_tail_anew) == []


def test_old_taken_away_moved_and_deleted_values_are_found(evidence, figure):
    """For every sealed column of every table that is compared: an older value, NULL, another row’s, and no row."""
    with evidence.world.at_work():
        case = evidence.world.get(Case, evidence.case_id)
        older = {column: getattr(case.person, column) for column, _name in sealed_columns("case_person")}
        for name, value in (("full_name", "Another"), ("address", None), ("postcode", "XX9 9XX")):
            setattr(case.person, name, value)
        changed_fields = ("full_name", "address", "postcode")
        record_many(SYSTEM, [events.CaseChanged(object_id=case.id, case_id=case.id, changed=changed_fields)])
    person = sa.and_(CasePerson.__table__.c.case_id == evidence.case_id)
    for column in ("full_name_sealed", "address_sealed", "postcode_sealed"):
        restoring = sa.update(CasePerson.__table__).where(person).values({column: older[column]})
        assert evidence.finds(lambda c, restoring=restoring: c.execute(restoring)), f"older {column}"
    for name, table in sorted(Base.metadata.tables.items()):
        for column, _field in sealed_columns(name):
            with evidence.world.at_work():
                deeds = _deeds_on(table, table.c[column])
            for kind, deed in deeds.items():
                assert evidence.finds(deed), f"{kind} {name}.{column}"
    figure(27, "older, absent, moved, bent and deleted sealed values found", evidence.told())


def _deeds_on(table: sa.Table, column: sa.Column[Any]) -> dict[str, Deed]:
    """What is done to one cell of a column, which holds something unless none does."""
    by_value = sa.select(table.c.id, column).order_by(column.is_(None), table.c.id)
    row, value = db.session.execute(by_value.limit(1)).one()
    put = sa.update(table).where(table.c.id == row)
    made_up = b"\xd1\x01\x01\x00\x00\x00\x01" + bytes(60)
    deeds: dict[str, Deed] = {"something made up in": lambda c: c.execute(put.values({column.name: made_up}))}
    if value is None:
        return deeds
    return deeds | {
        "NULL in": lambda c: c.execute(put.values({column.name: None})),
        "a bit of": lambda c: c.execute(put.values({column.name: value[:-1] + bytes([value[-1] ^ 1])})),
        "deleting a row with": lambda c: c.execute(sa.delete(table).where(table.c.id == row)),
    }


def test_a_digest_is_of_the_ciphertext_and_not_of_the_value(evidence):
    """So that nobody can test a guess, and the log says nothing of two values that are the same."""
    with evidence.world.at_work():
        one, two = (CasePerson.full_name.seal(evidence.case_id, "Tamsin Quillfeather") for _ in range(2))
    assert digest(one) != digest(two)
