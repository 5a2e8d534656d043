"""A verification is kept with what it found, by ids and positions, however much that is."""

import pytest
import sqlalchemy as sa
from support.tampering import lift_triggers, put_past_the_log

from dard.audit.models import AuditVerification
from dard.audit.verification import NAMED, examine, keep, newest_verification, verify_everything
from dard.cases.models import CasePerson
from dard.core.database import db
from dard.crypto.errors import KeyScopeError


def test_a_log_that_holds(world):
    world.case()
    with world.at_work():
        assert newest_verification() is None
        kept = verify_everything()
        assert (kept.checked, kept.fault, kept.position) == (1, None, None)
        assert kept.cells > 5
        assert newest_verification() is kept


def test_what_is_wrong_is_kept_in_sentences(world):
    world.case()
    with world.at_work():
        person = db.session.scalars(sa.select(CasePerson)).one()
        put_past_the_log(person, "address", None)
        lift_triggers(db.session.connection())
        db.session.execute(sa.text("UPDATE audit_event SET details = '{}'"))
        kept = verify_everything()
        assert kept.fault == (
            "Event 1 was changed after it was written. "
            f"The value of address in row {person.id.hex} of case_person was taken away without an event."
        )
        assert (kept.checked, kept.position) == (0, 1)


def test_of_very_many_faults_the_first_are_kept_and_the_others_counted(world):
    cases = NAMED + 3
    for _ in range(cases):
        world.case()
    with world.at_work():
        for person in db.session.scalars(sa.select(CasePerson)).all():
            put_past_the_log(person, "address", None)
        report = examine()
        assert len(report.faults) == cases
        assert keep(report).fault.endswith(". And 3 more.")
        assert db.session.scalar(sa.select(sa.func.count(AuditVerification.id))) == 1


def test_it_needs_to_be_told_which_instance_it_is(app, world):
    world.case()
    with app.app_context(), pytest.raises(KeyScopeError):
        examine()
