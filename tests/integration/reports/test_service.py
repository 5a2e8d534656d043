"""Reports without a browser: what they read, and who may ask."""

import pytest

from dard.accounts.enums import Role
from dard.cases.models import CasePerson
from dard.core.actor import Actor
from dard.core.database import db, intent
from dard.core.errors import ForbiddenError
from dard.reports.measures import ReportFilter
from dard.reports.service import thematic_report

SYSTEM = Actor.system("tests")


def test_counting_opens_nothing_that_is_sealed(world, app):
    for _ in range(6):
        world.case()
    keyring = app.extensions["dard.keyring"]
    with app.app_context(), keyring.open_for(frozenset()), intent(write=False):  # none of the keys that a role holds
        report = thematic_report(SYSTEM, ReportFilter(), threshold=5)
    assert report.cases == "6"


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ADMINISTRATOR])
def test_who_may_not_see_reports_gets_none(world, role):
    person = world.person(role)
    with world.at_work(), pytest.raises(ForbiddenError, match="see reports"):
        thematic_report(person.actor, ReportFilter(), threshold=5)


def test_a_case_whose_person_was_never_recorded_counts_in_every_table(world):
    for _ in range(6):
        world.case()
    with world.at_work():
        db.session.query(CasePerson).delete()
        report = thematic_report(SYSTEM, ReportFilter(), threshold=5)
        for slug in ("sex", "age_band"):
            rows = {line.label: line.shown for line in report.section(slug).lines}
            assert (rows["Not recorded"], rows["All cases"]) == ("6", "6")
        db.session.rollback()
