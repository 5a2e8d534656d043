"""Whoever writes a sealed value leaves its digest in the log, in the event that the value belongs to, or is refused."""

import datetime as dt
import json
import uuid

import pytest
import sqlalchemy as sa
from support.world import NOTIFICATION, SYSTEM

from dard.accounts.enums import Role
from dard.accounts.models import User
from dard.audit import events
from dard.audit.digests import Digests, digest
from dard.audit.models import AuditEvent
from dard.audit.service import record
from dard.cases import service as cases
from dard.cases.enums import Sex
from dard.cases.models import Case, CasePerson, CaseSubstance
from dard.core.database import db

NOW = dt.datetime(2026, 3, 3, 10, tzinfo=dt.UTC)
WITHOUT_EVENT = "a sealed value was written without an audit event"


def logged(position: int = -1) -> dict:
    """The digests of an event: of the newest, or of another counted from it."""
    told = db.session.execute(
        sa.select(AuditEvent.code, AuditEvent.sealed_digests).order_by(AuditEvent.position)
    ).all()[position]
    return json.loads(told.sealed_digests or "{}")


def person_of(case_id: uuid.UUID) -> CasePerson:
    return db.session.scalars(sa.select(CasePerson).where(CasePerson.case_id == case_id)).one()


def test_rows_inserted_in_bulk_are_noted_with_their_case(world):
    case_id = world.case()
    with world.at_work():
        found = logged()
        person = person_of(case_id)
        assert found["case_person"][person.id.hex]["full_name"] == digest(person.full_name_sealed)
        assert set(found) == {"case_person", "case_notification", "case_event"}
        assert "nhs_number" in found["case_person"][person.id.hex]


def test_a_value_that_is_not_there_is_not_noted(world):
    case_id = world.case(aliases=None)
    with world.at_work():
        assert "aliases" not in logged()["case_person"][person_of(case_id).id.hex]


def test_a_changed_and_a_cleared_value_are_noted_and_nothing_else(world):
    case_id = world.case()
    with world.at_work():
        case = world.get(Case, case_id)
        told = cases.recorded_notification(SYSTEM, case, shown=False)
        changed = {"full_name": "Tamsin Quill", "address": None}
        cases.correct(SYSTEM, case, type(told)(**{**vars_of(told), **changed}), case.version)
    with world.at_work():
        person = person_of(case_id)
        assert logged() == {
            "case_person": {person.id.hex: {"full_name": digest(person.full_name_sealed), "address": None}}
        }


def vars_of(told) -> dict:
    return {name: getattr(told, name) for name in type(told).__dataclass_fields__}


def test_a_deleted_row_is_noted_as_empty_with_all_that_goes_with_it(world):
    case_id = world.case()
    with world.at_work():
        case = world.get(Case, case_id)
        person, event = case.person.id.hex, case.event.id.hex
        db.session.delete(case)
        record(SYSTEM, events.CaseChanged(object_id=case_id, case_id=case_id, changed=("everything",)))
    with world.at_work():
        found = logged()
        assert set(found["case_person"][person].values()) == {None}
        assert found["case_event"] == {event: {"narrative": None}}


def test_a_row_that_loses_its_place_is_noted_as_empty(world):
    """An orphan is deleted by the flush alone, and stands in no list of what the session deletes."""
    case_id = world.case()
    with world.at_work():
        case = world.get(Case, case_id)
        before = case.event.id.hex
        case.event = None
        record(SYSTEM, events.CaseChanged(object_id=case_id, case_id=case_id, changed=("narrative",)))
    with world.at_work():
        assert logged()["case_event"][before] == {"narrative": None}


def test_of_two_values_in_one_transaction_the_later_counts(world):
    case_id = world.case()
    with world.at_work():
        person = person_of(case_id)
        for name in ("First", "Second"):
            person.full_name = name
            db.session.flush()
        record(SYSTEM, events.CaseChanged(object_id=case_id, case_id=case_id, changed=("full_name",)))
    with world.at_work():
        person = person_of(case_id)
        assert logged()["case_person"][person.id.hex] == {"full_name": digest(person.full_name_sealed)}


def test_each_digest_goes_to_the_event_about_its_row_or_its_case_or_to_the_last(world):
    first, second = world.case(), world.case()
    someone, elsewhere = world.person(Role.MEMBER), world.organisation()
    with world.at_work():
        for case_id in (first, second):
            person_of(case_id).full_name = "Changed"
        world.get(User, someone.id).totp_secret = "JBSWY3DPEHPK3PXP"
        event = world.get(Case, second).event
        event.narrative = "Changed"
        record(SYSTEM, events.CaseChanged(object_id=event.id, case_id=None, changed=("narrative",)))
        for case_id in (first, second):
            record(SYSTEM, events.CaseChanged(object_id=case_id, case_id=case_id, changed=("full_name",)))
        record(SYSTEM, events.SignedOut(object_id=elsewhere))
    with world.at_work():
        about_row, about_first, about_second, last = (logged(position) for position in (-4, -3, -2, -1))
        assert list(about_row) == ["case_event"]
        assert list(about_first["case_person"]) == [person_of(first).id.hex]
        assert list(about_second["case_person"]) == [person_of(second).id.hex]
        assert list(last["app_user"]) == [someone.id.hex]


def test_a_sealed_value_without_an_event_is_refused(world):
    case_id = world.case()

    def write() -> None:
        with world.at_work():
            person_of(case_id).full_name = "Nobody saw this"

    with pytest.raises(RuntimeError, match=WITHOUT_EVENT):
        write()
    with world.at_work():
        assert person_of(case_id).full_name == NOTIFICATION.full_name


@pytest.mark.parametrize(
    "statement",
    [
        lambda person: sa.update(CasePerson).where(CasePerson.id == person.id).values(full_name_sealed=b"\xd1" * 40),
        lambda _person: sa.update(CasePerson.__table__).values(full_name_sealed=None),
        lambda person: sa.delete(CasePerson).where(CasePerson.id == person.id),
        lambda person: sa.insert(CasePerson).values(
            id=uuid.uuid4(),
            case_id=person.case_id,
            sex=person.sex,
            full_name_sealed=b"\xd1" * 40,
            created_at=NOW,
            updated_at=NOW,
            version=1,
        ),
    ],
    ids=["update", "update to NULL", "delete", "insert of values"],
)
def test_a_statement_that_hands_in_no_digests_is_refused(world, statement):
    case_id = world.case()

    def write(*, with_event: bool) -> None:
        with world.at_work():
            person = person_of(case_id)
            if with_event:
                record(SYSTEM, events.CaseFileOpened(object_id=case_id, case_id=case_id))
            asked = statement(person)
            if asked.is_insert:  # makes room past the session
                db.session.connection().execute(sa.delete(CasePerson.__table__))
            db.session.execute(asked)

    with pytest.raises(RuntimeError, match="a statement wrote sealed values of case_person"):
        write(with_event=True)
    with pytest.raises(RuntimeError, match=WITHOUT_EVENT):
        write(with_event=False)


def test_a_row_that_does_not_say_its_id_is_refused(world):
    case_id = world.case()
    row = {"case_id": case_id, "sex": Sex.UNKNOWN, "full_name_sealed": b"\xd1" * 40, "version": 1}

    def write() -> None:
        with world.at_work():
            record(SYSTEM, events.CaseFileOpened(object_id=case_id, case_id=case_id))
            db.session.connection().execute(sa.delete(CasePerson.__table__))
            db.session.execute(sa.insert(CasePerson), row)

    with pytest.raises(RuntimeError, match="a statement wrote sealed values of case_person"):
        write()


def test_a_statement_on_other_columns_asks_for_nothing(world):
    someone = world.person(Role.MEMBER)
    with world.at_work():
        db.session.execute(sa.update(User).where(User.id == someone.id).values(last_totp_step=5))
        db.session.execute(sa.delete(CaseSubstance))
    with world.at_work():
        assert world.get(User, someone.id).last_totp_step == 5


def test_digests_that_are_handed_in_stand_with_their_event(world):
    case_id = world.case()
    with world.at_work():
        person = person_of(case_id)
        sealed = CasePerson.full_name.seal(person.id, "Sealed anew")
        handed_in = Digests()
        handed_in.note("case_person", person.id, "full_name", sealed)
        handed_in.note("case_person", person.id, "address", None)
        written = {"full_name_sealed": sealed, "address_sealed": None}
        db.session.execute(sa.update(CasePerson.__table__).where(CasePerson.id == person.id).values(written))
        record(SYSTEM, events.CaseFileOpened(object_id=case_id, case_id=case_id), digests=handed_in)
        world.get(Case, case_id).event.narrative = "Changed beside it"
    with world.at_work():
        person, event = person_of(case_id), world.get(Case, case_id).event
        assert logged() == {
            "case_person": {person.id.hex: {"full_name": digest(person.full_name_sealed), "address": None}},
            "case_event": {event.id.hex: {"narrative": digest(event.narrative_sealed)}},
        }


def test_what_was_noted_goes_with_the_transaction(world):
    case_id = world.case()

    def change_and_fail() -> None:
        with world.at_work():
            person_of(case_id).full_name = "Never stands"
            db.session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_and_fail()
    with world.at_work():
        db.session.execute(sa.select(1))
    with world.at_work():
        assert "Never stands" not in json.dumps(logged())


def test_the_text_is_canonical():
    """Golden vector: the hash of an event covers this text, so it must never come out otherwise."""
    noted = Digests()
    noted.note("summary", uuid.UUID(int=2), "text", b"\xd1 second")
    noted.note("case_person", uuid.UUID(int=1), "postcode", None)
    noted.note("case_person", uuid.UUID(int=1), "full_name", b"\xd1 first")
    assert noted.tables() == {"summary", "case_person"}
    assert noted.text() == (
        '{"case_person":{"00000000000000000000000000000001":'
        '{"full_name":"-k0Otv24w3uqGsMPk9E0DSTHcjeEQE6titufVQ5iIv8","postcode":null}},'
        '"summary":{"00000000000000000000000000000002":{"text":"l3qxihVSs6k8Bt_FHpvdSB8JQ5cfrSvYVbvNw3VF2Oo"}}}'
    )
