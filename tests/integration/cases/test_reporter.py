"""A reporter logs a notification, and learns nothing from this service but what became of it."""

import pytest
import sqlalchemy as sa
from support.world import NOTIFICATION, SYSTEM

from dard.accounts.enums import Role
from dard.accounts.models import User
from dard.cases import service
from dard.cases.models import Case, CasePerson
from dard.core.database import db
from dard.core.errors import ForbiddenError

ANSWERS = {
    "stream": "drug_related_death",
    "event_date-day": "14",
    "event_date-month": "2",
    "event_date-year": "2026",
    "event_date_precision": "exact",
    "district": "Bramblewick",
    "place_of_event": "own_home",
    "substances": ["heroin"],
    "narrative": "Found by her brother.",
    "full_name": "Tamsin Quillfeather",
    "date_of_birth-day": "2",
    "date_of_birth-month": "7",
    "date_of_birth-year": "1988",
    "sex": "female",
    "nhs_number": "999 000 0018",
    "address": "14 Larkspur Rise",
    "postcode": "ZZ1 4QF",
    "source": "ambulance",
    "notifier_name": "Orla Fennimore",
}
SECRETS = ("Quillfeather", "Tamsin", "Larkspur", "999 000 0018", "9990000018", "ZZ1", "Fennimore", "Bramblewick")


@pytest.fixture
def reporter(world):
    return world.person(Role.REPORTER)


@pytest.fixture
def browser(world, reporter):
    return world.browser(reporter)


def only_case(world) -> Case:
    return db.session.scalars(sa.select(Case)).one()


def test_a_reporter_logs_a_notification_and_sees_its_reference_date_and_state(world, reporter, browser, still):
    assert browser.post("/cases/new", ANSWERS).location == "/notifications"
    browser.get("/notifications")
    assert "The notification is logged as case 2026-0001" in browser.text
    page = browser.get("/notifications")
    assert "2026-0001" in browser.text
    assert "3 March 2026" in browser.text
    assert "Notified" in browser.text
    for secret in (*SECRETS, "drug", "14 February"):
        assert secret not in page.text.partition("<main")[2].partition("</main>")[0]
    with world.at_work():
        case = only_case(world)
        assert case.notification.logged_by_id == reporter.id
        assert case.person.full_name == "Tamsin Quillfeather"
        assert case.person.nhs_number_index is not None
        path = f"/cases/{case.id}"
    browser.get(path, status=403)
    browser.get("/cases", status=403)
    browser.get(f"{path}/history", status=403)
    browser.post(f"{path}/identity", {"purpose": "duplicate_check"}, status=403)
    browser.get("/")
    assert "Log a notification" in browser.text
    assert "1 notification" in browser.text


def test_the_state_that_a_reporter_sees_is_that_of_today(world, browser):
    browser.post("/cases/new", ANSWERS)
    coordinator = world.browser(world.person(Role.COORDINATOR))
    with world.at_work():
        case = only_case(world)
        path, version = f"/cases/{case.id}/status", str(case.version)
    coordinator.post(path, {"status": "out_of_scope", "reason": "Lived elsewhere", "version": version})
    browser.get("/notifications")
    assert "Out of scope" in browser.text
    assert "Lived elsewhere" not in browser.text


def test_a_reporter_is_not_told_that_the_person_is_known(world, browser, count_queries):
    """The same answer, by the same way: nothing is looked up, whoever else is in the register."""
    with count_queries() as unknown:
        first = browser.post("/cases/new", ANSWERS)
    with count_queries() as known:
        second = browser.post("/cases/new", ANSWERS)
    assert (first.location, first.status_code) == (second.location, second.status_code)
    assert [each.partition("?")[0] for each in unknown] == [each.partition("?")[0] for each in known]
    assert not [each for each in known if "_index" in each and each.startswith("SELECT")]
    browser.post("/cases/new", {**ANSWERS, "nhs_number": "999 000 0019"}, status=422)
    assert "Another event of the same person" not in browser.text
    with world.at_work():
        assert len(db.session.scalars(sa.select(CasePerson)).all()) == 2


def test_the_coordinator_sees_the_likeness_on_the_file(world, browser):
    world.case(nhs_number="999 000 0018", full_name="Tamsin Quillfeather")
    browser.post("/cases/new", ANSWERS)
    coordinator = world.browser(world.person(Role.COORDINATOR))
    with world.at_work():
        newest = db.session.scalars(sa.select(Case).order_by(Case.number.desc())).first()
        case_id, path = newest.id, f"/cases/{newest.id}"
    page = coordinator.get(path)
    assert "This may be about the same person as case 2026-0001 , which has this NHS number" in coordinator.text
    assert "Quillfeather" not in page.text
    chair = world.browser(world.person(Role.CHAIR))
    chair.get(path)
    assert "may be about the same person" not in chair.text
    with world.at_work():
        service.transition(SYSTEM, world.get(Case, case_id), service.CaseStatus.OPEN)
    coordinator.get(path)
    assert "may be about the same person" not in coordinator.text


def test_a_case_like_no_other_says_nothing(world, browser):
    browser.post("/cases/new", ANSWERS)
    coordinator = world.browser(world.person(Role.COORDINATOR))
    with world.at_work():
        path = f"/cases/{only_case(world).id}"
    coordinator.get(path)
    assert "may be about the same person" not in coordinator.text


def test_a_reporter_sees_their_own_notifications_only(world, browser):
    world.browser(world.person(Role.REPORTER)).post("/cases/new", ANSWERS)
    browser.get("/notifications")
    assert "2026-0001" not in browser.text
    assert "What you notify will be listed here" in browser.text
    world.browser(world.person(Role.COORDINATOR)).get("/notifications", status=403)


def test_a_reporter_who_lost_the_role_sees_nothing_at_the_next_request(world, reporter, browser):
    browser.post("/cases/new", ANSWERS)
    admin = world.browser(world.person(Role.ADMINISTRATOR))
    with world.at_work():
        version = str(world.get(User, reporter.id).version)
    answers = {"name": "R", "email": reporter.email, "organisation": str(reporter.organisation_id), "active": "yes"}
    admin.post(f"/people/{reporter.id}", {**answers, "roles": ["senior_owner"], "version": version})
    assert browser.get("/notifications", status=302).location.startswith("/sign-in")


def test_long_lists_are_turned(world, reporter, browser, count_queries):
    few: list[str] = []
    for number in range(30):
        browser.post("/cases/new", {**ANSWERS, "nhs_number": "", "full_name": f"N {number}"})
        if number == 2:
            with count_queries() as few:
                browser.get("/notifications")
    with count_queries() as many:
        browser.get("/notifications")
    assert len(few) == len(many)
    assert "Showing 1 to 25 of 30 notifications" in browser.text
    browser.get("/notifications?page=2")
    assert "2026-0005" in browser.text


def test_without_the_permission_nothing_can_be_logged(world):
    member = world.person(Role.MEMBER)
    with world.at_work(), pytest.raises(ForbiddenError):
        service.notify(member.actor, NOTIFICATION)
