"""Every sealed value is the newest that the log knows, and whatever was put there past the log is named."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import pytest
import sqlalchemy as sa
from support.populated import populate
from support.tampering import lift_triggers, put_past_the_log
from support.world import SYSTEM, World

from dard.audit import events
from dard.audit.comparison import compare
from dard.audit.digests import Digests, sealed_columns
from dard.audit.models import AuditEvent
from dard.audit.service import record
from dard.cases.models import Case, CaseEvent, CasePerson
from dard.core.database import Base, db


@pytest.fixture
def case_id(world: World) -> uuid.UUID:
    return world.case()


def person_of(case_id: uuid.UUID) -> CasePerson:
    return db.session.scalars(sa.select(CasePerson).where(CasePerson.case_id == case_id)).one()


def past_the_log(statement: sa.Executable) -> None:
    db.session.connection().execute(statement)
    db.session.expire_all()


@contextmanager
def refused_by_postgresql() -> Iterator[None]:
    postgresql = db.session.get_bind().dialect.name == "postgresql"
    with pytest.raises(sa.exc.ProgrammingError) if postgresql else nullcontext():
        yield


def test_an_empty_partnership_has_nothing_to_compare(world):
    with world.at_work():
        found = compare()
    assert (found.cells, found.differences) == (0, [])


def test_everything_that_the_services_write_is_in_the_log(world):
    populate(world)
    with world.at_work():
        found = compare()
        stored = sum(
            db.session.scalar(sa.select(sa.func.count(table.c[column])))
            for name, table in Base.metadata.tables.items()
            for column, _field in sealed_columns(name)
        )
    assert found.differences == []
    assert found.cells == stored > 40


def test_an_older_value_put_back_is_named(world, case_id):
    with world.at_work():
        person = person_of(case_id)
        row, before = person.id.hex, person.full_name_sealed
        person.full_name = "Tamsin Quill"
        record(SYSTEM, events.CaseChanged(object_id=case_id, case_id=case_id, changed=("full_name",)))
    with world.at_work():
        assert compare().differences == []
        past_the_log(sa.update(CasePerson.__table__).values(full_name_sealed=before))
        assert person_of(case_id).full_name == "Tamsin Quillfeather"  # the seal itself has nothing against it
        (difference,) = compare().differences
        assert difference.startswith(f"The value of full_name in row {row} of case_person is not the one last recorded")


def test_a_value_that_was_taken_away_is_named(world, case_id):
    with world.at_work():
        person = person_of(case_id)
        put_past_the_log(person, "nhs_number", None)
        assert compare().differences == [
            f"The value of nhs_number in row {person.id.hex} of case_person was taken away without an event"
        ]


def test_a_value_that_came_back_after_it_was_cleared_is_named(world, case_id):
    with world.at_work():
        person = person_of(case_id)
        before = person.address_sealed
        person.address = None
        record(SYSTEM, events.CaseChanged(object_id=case_id, case_id=case_id, changed=("address",)))
    with world.at_work():
        assert compare().differences == []
        past_the_log(sa.update(CasePerson.__table__).values(address_sealed=before))
        assert "address" in compare().differences[0]
        assert "not the one last recorded" in compare().differences[0]


def test_a_value_that_no_event_knows_is_named(world):
    case_id = world.case(aliases=None)
    with world.at_work():
        person = person_of(case_id)
        put_past_the_log(person, "aliases", ("Never told",))
        assert compare().differences == [
            f"The value of aliases in row {person.id.hex} of case_person was never recorded in the log"
        ]


def test_a_row_that_is_gone_is_named_unless_its_end_was_recorded(world, case_id):
    other = world.case()
    with world.at_work():
        db.session.delete(world.get(Case, other))
        record(SYSTEM, events.CaseChanged(object_id=other, case_id=other, changed=("everything",)))
    with world.at_work():
        assert compare().differences == []
        row = db.session.scalars(sa.select(CaseEvent.id).where(CaseEvent.case_id == case_id)).one()
        past_the_log(sa.delete(CaseEvent.__table__))
        assert compare().differences == [f"Row {row.hex} of case_event is missing"]


def test_two_values_that_changed_places_are_both_named(world, case_id):
    other = world.case()
    with world.at_work():
        one, two = person_of(case_id), person_of(other)
        sealed = {one.id: two.full_name_sealed, two.id: one.full_name_sealed}
        for row, value in sealed.items():
            past_the_log(sa.update(CasePerson.__table__).where(CasePerson.id == row).values(full_name_sealed=value))
        assert len(compare().differences) == 2


def test_an_id_in_other_letters_is_another_row(world, case_id):
    """On SQLite, where an id is a text; PostgreSQL takes no text for one."""
    with world.at_work(), refused_by_postgresql():
        past_the_log(sa.text("UPDATE case_event SET id = 'AB' || substr(id, 3)"))
        assert [difference.split()[-1] for difference in compare().differences] == ["log", "missing"]


def test_what_is_no_sealed_value_at_all_is_named(world, case_id):
    """On SQLite, where a column takes anything; PostgreSQL takes nothing but bytes for bytes."""
    with world.at_work(), refused_by_postgresql():
        past_the_log(sa.text("PRAGMA ignore_check_constraints = ON"))
        past_the_log(sa.text("UPDATE case_event SET narrative_sealed = 'plain text'"))
        past_the_log(sa.text("PRAGMA ignore_check_constraints = OFF"))
        assert "not the one last recorded" in compare().differences[0]


@pytest.mark.parametrize("text", ["no JSON", "[]", '{"case_person":5}', '{"case_person":{"00":5}}'])
def test_digests_that_cannot_be_read_are_named(world, case_id, text):
    """The chain holds for whoever wrote the whole log anew; the comparison does not stop at what they made up."""
    with world.at_work():
        newest = db.session.scalar(sa.select(sa.func.max(AuditEvent.position)))
        lift_triggers(db.session.connection())
        written = sa.update(AuditEvent.__table__).where(AuditEvent.position == newest).values(sealed_digests=text)
        past_the_log(written)
        assert f"The digests of event {newest} cannot be read" in compare().differences


def test_digests_of_a_table_that_is_gone_say_that_its_rows_are_missing(world, case_id):
    with world.at_work():
        handed_in = Digests()
        handed_in.note("table_of_old", uuid.UUID(int=1), "text", b"\xd1 sealed")
        handed_in.note("table_of_old", uuid.UUID(int=2), "text", None)
        record(SYSTEM, events.CaseFileOpened(object_id=case_id, case_id=case_id), digests=handed_in)
    with world.at_work():
        assert compare().differences == [f"Row {1:032x} of table_of_old is missing"]


def test_no_difference_says_what_a_value_was(world, case_id):
    with world.at_work():
        person = person_of(case_id)
        put_past_the_log(person, "full_name", "Somebody Else")
        told = json.dumps(compare().differences)
    assert "Somebody" not in told
    assert "Tamsin" not in told
