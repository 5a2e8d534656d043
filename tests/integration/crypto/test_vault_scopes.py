"""A request carries only the keys that its actor may use; what happens when it reaches for others, or has none."""

import contextlib
import json
import time

import pyotp
import pytest
import sqlalchemy as sa
from support.populated import populate

from dard.accounts.enums import Role
from dard.accounts.grants import KEYS, SIGNING_IN
from dard.accounts.models import User
from dard.accounts.passwords import hash_password
from dard.audit.models import AuditEvent
from dard.cases.models import Case, CasePerson
from dard.core import clock, routing
from dard.core.database import db
from dard.core.permissions import Permission
from dard.crypto.data_keys import DatabaseKeys
from dard.crypto.enums import Purpose
from dard.crypto.errors import KeyScopeError, KeyServiceError
from dard.crypto.fields import sealed_fields
from dard.crypto.keyring import Keyring

WITHOUT_IDENTITY = [role for role in Role if Purpose.IDENTITY not in KEYS[role]]


def stored_name(world, case_id) -> tuple:
    with world.at_work():
        person = db.session.scalars(sa.select(CasePerson).where(CasePerson.case_id == case_id)).one()
        return person.id, person.full_name_sealed


@pytest.mark.parametrize("role", [None, *WITHOUT_IDENTITY])
def test_row_9_no_page_can_open_an_identity_for_those_without_its_key(app, world, monkeypatch, figure, role):
    """On every page, by every method, the request itself tries to open a name that stands in the database."""
    populated = populate(world)
    row, sealed = stored_name(world, populated.ids["case_id"])
    tried, opened = [], []
    load = routing._load

    def reach(actor, arguments):
        tried.append(actor)
        with contextlib.suppress(KeyScopeError):
            opened.append(CasePerson.full_name.open(row, sealed))
        return load(actor, arguments)

    monkeypatch.setattr(routing, "_load", reach)
    browser = world.browser(populated.people[role] if role else None)
    for rule in app.url_map.iter_rules():
        if rule.endpoint in {"static", "accounts.sign_out"}:
            continue
        ids = populated.ids_for(role)
        words = {"token": "no-such-token", "slug": "roles", "filename": "favicon.svg"}
        with app.test_request_context():
            path = rule.build({name: ids.get(name, words.get(name)) for name in rule.arguments})[1]
        for method in {"GET", "POST"} & rule.methods:
            data = {"csrf_token": browser.csrf_token()} if method == "POST" else None
            browser.client.open(path, method=method, data=data, headers={"User-Agent": "Werkzeug/test"})
    assert len(tried) > 5
    figure(9, f"identities opened by {role.label.lower() if role else 'nobody'}, in {len(tried)} requests", len(opened))
    assert opened == []


def test_reaching_for_a_key_is_refused_recorded_and_shows_nothing(world, monkeypatch):
    member = world.person(Role.MEMBER)
    row, sealed = stored_name(world, world.case())
    load = routing._load

    def reach(actor, arguments):
        CasePerson.full_name.open(row, sealed)
        return load(actor, arguments)

    monkeypatch.setattr(routing, "_load", reach)
    browser = world.browser(member)
    browser.get("/meetings", status=403)
    assert "Quillfeather" not in browser.text
    with world.at_work():
        event = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.code == "key.scope_refused")).one()
        assert event.actor_id == member.id
        assert json.loads(event.details) == {"page": "panels.index", "purpose": "identity"}


def test_an_altered_value_is_not_shown_and_the_attempt_is_recorded(world):
    case_id, other = world.case(), world.case(full_name="Jory Quillfeather")
    with world.at_work():
        people = {person.case_id: person for person in db.session.scalars(sa.select(CasePerson))}
        moved, person_id = people[other].full_name_sealed, people[case_id].id
        db.session.execute(
            sa.text("UPDATE case_person SET full_name_sealed = :moved WHERE id = :id").bindparams(
                sa.bindparam("id", person_id, sa.Uuid()), moved=moved
            )
        )
    coordinator = world.person(Role.COORDINATOR)
    browser = world.browser(coordinator)
    browser.get(f"/cases/{case_id}")
    browser.post(f"/cases/{case_id}/identity", {"purpose": "duplicate_check"}, status=500)
    assert "altered outside this service" in browser.text
    assert "Quillfeather" not in browser.text
    with world.at_work():
        event = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.code == "key.seal_broken")).one()
        assert event.actor_id == coordinator.id


def test_keys_of_a_role_are_those_that_its_pages_need():
    assert KEYS[Role.MEMBER] == {Purpose.PACK}
    assert KEYS[Role.ADMINISTRATOR] <= {Purpose.ACCOUNT}
    assert {Purpose.ACCOUNT} == SIGNING_IN
    assert all(Purpose.SIGNING not in keys and Purpose.ACCOUNT not in keys for keys in KEYS.values())


class Service:
    """A key management service that can be down. It is asked for everything but the key of sign-in."""

    def __init__(self, inner) -> None:
        self.inner = inner
        self.down = False

    def wrap(self, secret, use):
        self._answer(use)
        return self.inner.wrap(secret, use)

    def unwrap(self, wrapped, use):
        self._answer(use)
        return self.inner.unwrap(wrapped, use)

    def _answer(self, use) -> None:
        if self.down and use.purpose is not Purpose.ACCOUNT:
            raise KeyServiceError("the key management service does not answer")


@pytest.fixture
def service(app, monkeypatch) -> Service:
    """The app as it is after a new start, with its keys held by a service."""
    store: DatabaseKeys = app.extensions["dard.key_store"]
    service = Service(store.wrapper)
    monkeypatch.setattr(
        app.extensions["dard.gate"],
        "_keyring",
        Keyring(store.environment, source=DatabaseKeys(store.environment, service)),
    )
    return service


def row_counts(world) -> dict:
    with world.at_work():
        return {
            table.name: db.session.scalar(sa.select(sa.func.count()).select_from(table))
            for table in db.metadata.sorted_tables
            if table.name not in {"sign_in_session", "audit_event"}
        }


def test_without_the_key_service_people_sign_in_and_records_are_locked(world, service, monkeypatch):
    case_id = world.case()
    coordinator = world.person(Role.COORDINATOR)
    with world.at_work():
        user = world.get(User, coordinator.id)
        user.password_hash = hash_password("three random words")
        secret = user.totp_secret
    service.down = True
    browser = world.browser()
    browser.post("/sign-in", {"email": coordinator.email, "password": "three random words"})
    browser.post("/sign-in/code", {"code": pyotp.TOTP(secret).at(int(clock.now().timestamp()))})
    browser.get("/")
    before = row_counts(world)
    browser.post(f"/cases/{case_id}/identity", {"purpose": "duplicate_check"}, status=503)
    assert "The records are locked" in browser.text
    told = {"stream": "drug_related_death", "source": "police", "full_name": "Jory Quillfeather", "sex": "male"}
    browser.post(
        "/cases/new", {**told, "event_date_precision": "unknown", "place_of_event": "not_recorded"}, status=503
    )
    assert row_counts(world) == before
    service.down = False
    later = time.monotonic() + 10
    monkeypatch.setattr("dard.crypto.keyring.time.monotonic", lambda: later)
    browser.post(f"/cases/{case_id}/identity", {"purpose": "duplicate_check"}, status=200)
    assert "Tamsin Quillfeather" in browser.text


def test_every_sealed_field_of_a_case_is_out_of_reach_of_a_member(world):
    case_id = world.case()
    with world.at_work():
        case = world.get(Case, case_id)
        sections = [case.person, case.notification, case.event]
        stored = [
            (field, section.id, getattr(section, field.column))
            for section in sections
            for field in sealed_fields(type(section)).values()
        ]
    keyring = world.app.extensions["dard.keyring"]
    with world.app.app_context(), keyring.open_for(KEYS[Role.MEMBER]):
        for field, row, sealed in stored:
            with pytest.raises(KeyScopeError):
                field.open(row, sealed)
    assert len(stored) > 8
    assert Permission.KEY_MANAGE not in {permission for keys in KEYS.values() for permission in keys}
