"""Fields that a form does not offer cannot be written through it, whatever is posted."""

import ast

import pytest
import sqlalchemy as sa
from support.browser import identity
from support.populated import populate

from dard.accounts.enums import Role
from dard.accounts.models import User
from dard.cases.models import Case
from dard.core.database import Base, db
from dard.core.settings import ROOT

COLUMNS = sorted({column.key for mapper in Base.registry.mappers for column in mapper.columns})
# These ask nothing that could be wrong: sending them is the answer.
ONLY_CONFIRM = {"panels.withdraw", "guests.end", "accounts.note_access_review"}
NOTIFICATION = {
    "stream": "near_fatal_overdose",
    "event_date-day": "1",
    "event_date-month": "3",
    "event_date-year": "2026",
    "source": "ambulance",
}


def everything(**answers: str) -> dict[str, str]:
    """A value for every column of every table, and the answers over them."""
    return {**dict.fromkeys(COLUMNS, "1"), **answers}


def snapshot(world) -> dict[str, list]:
    """All rows of all tables but the log and the sessions."""
    with world.at_work():
        return {
            name: sorted(db.session.execute(sa.select(table)).all(), key=lambda row: str(row[0]))
            for name, table in Base.metadata.tables.items()
            if name not in {"audit_event", "sign_in_session"}
        }


def test_a_notification_sets_nothing_beyond_its_answers(world):
    browser = world.browser(world.person(Role.COORDINATOR))
    posted = everything(**NOTIFICATION, status="closed", reference="9999-0001", year="1999", number="7", version="40")
    for name in ("date_of_birth", "age_at_event", "nhs_number", "postcode", "event_date_precision", "sex", "district"):
        posted.pop(name, None)
    answer = browser.post("/cases/new", posted)
    with world.at_work():
        made = world.get(Case, identity(answer.location))
        assert (made.status.value, made.reference, made.year, made.version) == ("notified", "2026-0001", 2026, 1)


def test_a_change_of_a_person_sets_nothing_beyond_its_answers(world):
    admin, member = world.browser(world.person(Role.ADMINISTRATOR)), world.person(Role.MEMBER)
    with world.at_work():
        before = world.get(User, member.id)
        secret = ("password_hash", "totp_secret", "last_totp_step", "created_at")
        kept = {name: getattr(before, name) for name in secret}
        version = before.version
    answers = {"email": member.email, "organisation": str(member.organisation_id), "roles": "member", "active": "yes"}
    admin.post(f"/people/{member.id}", everything(**answers, name="New name", version=str(version)))
    with world.at_work():
        after = world.get(User, member.id)
        assert after.name == "New name"
        assert {name: getattr(after, name) for name in kept} == kept


@pytest.mark.parametrize("role", list(Role))
def test_junk_in_every_field_changes_nothing(app, world, role):
    """Every column name of every table is posted to every page with a form: no row differs afterwards."""
    populated = populate(world)
    browser = world.browser(populated.people[role])
    before = snapshot(world)
    for rule in app.url_map.iter_rules():
        if not {"GET", "POST"} <= rule.methods or "token" in rule.arguments or rule.endpoint in ONLY_CONFIRM:
            continue
        ids = populated.ids_for(role)
        with app.test_request_context():
            path = rule.build({name: ids[name] for name in rule.arguments})[1]
        junk = {**dict.fromkeys(COLUMNS, "junk\u202e=1"), "csrf_token": browser.csrf_token()}
        status = browser.client.post(path, data=junk, headers={"User-Agent": "Werkzeug/test"}).status_code
        assert status in {302, 403, 409, 422}, f"{rule.rule}: {status}"
        if status == 302:
            assert rule.endpoint.startswith("accounts.sign_in") or rule.endpoint == "accounts.set_up_second_factor"
    assert snapshot(world) == before


def test_no_code_copies_a_request_into_a_row():
    for path in (ROOT / "dard").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute):
                assert node.attr != "populate_obj", path
