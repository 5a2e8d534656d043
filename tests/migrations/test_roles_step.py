"""The step to thirteen roles: what people had they have still, for whom they work; what was logged is theirs."""

import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

from dard.accounts.enums import Role
from dard.accounts.models import UserRole
from dard.cases.models import CaseNotification
from dard.core.database import db

BEFORE, AFTER = "0006", "0007"
OLD = {"coordinator", "chair", "member", "officer", "information_governance", "administrator"}


def test_roles_are_held_for_whom_people_work_and_notifications_know_who_logged_them(app, world):
    people = {role: world.person(role) for role in Role if role.value in OLD}
    browser = world.browser(people[Role.COORDINATOR])
    told = {"stream": "near_fatal_overdose", "source": "ambulance", "event_date_precision": "unknown"}
    browser.post("/cases/new", {**told, "place_of_event": "not_recorded", "sex": "not_recorded"})
    world.case()  # logged by the system, which is nobody
    with app.app_context():
        downgrade(revision=BEFORE)
        upgrade(revision=AFTER)
    with world.at_work():
        held = {each.user_id: (each.role, each.organisation_id) for each in db.session.scalars(sa.select(UserRole))}
        assert held == {person.id: (role, person.organisation_id) for role, person in people.items()}
        logged = sorted(db.session.scalars(sa.select(CaseNotification.logged_by_id)), key=str)
        assert logged == sorted([people[Role.COORDINATOR].id, None], key=str)


def test_nobody_has_accepted_a_statement_that_was_not_there(app, world):
    person = world.person(Role.MEMBER)
    with app.app_context():
        downgrade(revision=BEFORE)
        upgrade(revision=AFTER)
    assert world.browser(person).get("/", status=302).location == "/confidentiality"


def test_going_back_takes_away_the_roles_that_were_not_there(app, world):
    kept, gone = world.person(Role.MEMBER, Role.REPORTER), world.person(Role.PIN_MEMBER)
    with app.app_context():
        downgrade(revision=BEFORE)
        with db.engine.begin() as connection:
            rows = connection.execute(sa.text("SELECT role FROM user_role")).scalars().all()
        assert rows == ["member"]
        upgrade(revision=AFTER)
    with world.at_work():
        assert {each.user_id for each in db.session.scalars(sa.select(UserRole))} == {kept.id}
    world.browser(kept).get("/", status=302)
    assert world.browser(gone).get("/", status=302).location.startswith("/sign-in")
