"""Nothing can be opened before the confidentiality statement is accepted, and a new version asks again."""

import datetime as dt
import json
import re

import pyotp
import pytest
import sqlalchemy as sa
from support.populated import populate
from support.world import SYSTEM

from dard.accounts import service, statement
from dard.accounts.enums import Role
from dard.accounts.models import User
from dard.accounts.statement import STATEMENTS, Statement
from dard.audit.models import AuditEvent
from dard.core import clock
from dard.core.database import db
from dard.core.errors import ConflictError, ForbiddenError
from dard.core.permissions import Permission
from dard.core.settings import ROOT

ACCEPTED = {"accepted": "yes", "version": "1"}
BEFORE = {"accounts.confidentiality", "accounts.sign_out"}


@pytest.fixture
def newcomer(world):
    person = world.person(Role.COORDINATOR)
    with world.at_work():
        user = world.get(User, person.id)
        user.statement_version = user.statement_accepted_at = None
    return person


def accepted(world) -> list[tuple]:
    with world.at_work():
        rows = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.code == "account.statement_accepted"))
        return [(event.actor_id, json.loads(event.details)) for event in rows]


def test_the_first_thing_after_signing_in_is_the_statement(world, newcomer, still):
    with world.at_work():
        user = world.get(User, newcomer.id)
        service.set_password(user, "three random words")
        secret = user.totp_secret
    browser = world.browser()
    browser.post("/sign-in", {"email": newcomer.email, "password": "three random words"})
    browser.post("/sign-in/code", {"code": pyotp.TOTP(secret).at(int(clock.now().timestamp()))})
    assert browser.get("/", status=302).location == "/confidentiality"
    page = browser.get("/confidentiality")
    assert "Version 1, 2 March 2026" in browser.text
    assert 'href="/cases"' not in page.text
    browser.post("/confidentiality", {"version": "1"}, status=422)
    assert "Tick the box to accept the statement" in browser.text
    assert accepted(world) == []
    assert browser.post("/confidentiality", ACCEPTED).location == "/"
    browser.get("/")
    assert "Your work" in browser.text
    assert accepted(world) == [(newcomer.id, {"version": 1})]
    browser.get("/confidentiality")
    assert "You accepted this version on 3 March 2026 at 10am" in browser.text


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMINISTRATOR, Role.MEMBER])
def test_no_page_opens_before(app, world, role):
    """Every page, by every method: it answers with the way to the statement and does nothing."""
    populated = populate(world)
    person = populated.people[role]
    with world.at_work():
        world.get(User, person.id).statement_version = None
        before = db.session.scalar(sa.select(sa.func.count()).select_from(AuditEvent))
    browser = world.browser(person)
    token, tried = browser.csrf_token(), 0
    for rule in app.url_map.iter_rules():
        permission = app.view_functions[rule.endpoint].permission
        if permission is Permission.PUBLIC or rule.endpoint in BEFORE:
            continue
        ids = populated.ids_for(role)
        with app.test_request_context():
            path = rule.build({name: ids[name] for name in rule.arguments})[1]
        for method in {"GET", "POST"} & rule.methods:
            answer = browser.client.open(
                path, method=method, data={"csrf_token": token}, headers={"User-Agent": "Werkzeug/test"}
            )
            assert (answer.status_code, answer.location) == (302, "/confidentiality"), rule.rule
            tried += 1
    assert tried > 60
    with world.at_work():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditEvent)) == before


def test_help_and_signing_out_stay_open(world, newcomer):
    browser = world.browser(newcomer)
    browser.get("/help")
    browser.get("/help/joining")
    browser.post("/sign-out")
    assert browser.get("/", status=302).location == "/sign-in?next=/"


def test_a_new_version_asks_again_and_says_that_it_changed(world, monkeypatch):
    person = world.person(Role.MEMBER)
    browser = world.browser(person)
    browser.get("/")
    monkeypatch.setattr(statement, "STATEMENTS", (*STATEMENTS, Statement(2, dt.date(2026, 3, 3))))
    monkeypatch.setattr(Statement, "template", "accounts/statements/1.html")
    assert browser.get("/", status=302).location == "/confidentiality"
    browser.get("/confidentiality")
    assert "It has changed since you last accepted it" in browser.text
    browser.post("/confidentiality", ACCEPTED, status=409)  # the page that was open showed the version before
    assert browser.get("/", status=302).location == "/confidentiality"
    browser.post("/confidentiality", {**ACCEPTED, "version": "2"})
    browser.get("/")
    assert accepted(world) == [(person.id, {"version": 2})]


def test_nobody_accepts_for_another_and_the_system_accepts_nothing(world, newcomer):
    with world.at_work(), pytest.raises(ForbiddenError):
        statement.accept(SYSTEM)
    with world.at_work(), pytest.raises(ConflictError):
        statement.accept(newcomer.actor, 0)


def test_accepting_is_no_change_that_an_administrators_form_would_have_to_know(world, newcomer):
    with world.at_work():
        before = world.get(User, newcomer.id).version
    world.browser(newcomer).post("/confidentiality", ACCEPTED)
    with world.at_work():
        user = world.get(User, newcomer.id)
        assert (user.version, user.statement_version, user.statement_accepted_at) == (before, 1, clock.now())


def test_every_version_has_its_text_and_its_number_and_they_only_go_up():
    assert [each.version for each in STATEMENTS] == list(range(1, len(STATEMENTS) + 1))
    assert [each.dated for each in STATEMENTS] == sorted(each.dated for each in STATEMENTS)
    for each in STATEMENTS:
        text = (ROOT / "templates" / each.template).read_text("utf-8")
        assert re.search(r"confidential", text)
    stored = {path.stem for path in (ROOT / "templates/accounts/statements").glob("*.html")}
    assert stored == {str(each.version) for each in STATEMENTS}
