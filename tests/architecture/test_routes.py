"""Every page against every role, generated from the URL map and the grants: a new page is tested when it exists."""

import re
import uuid

import pytest
import sqlalchemy as sa
from flask import Flask
from support.populated import Populated, populate
from support.readable import PDF, XLSX, readable

from dard.accounts.enums import Role
from dard.accounts.grants import GRANTS, KEYS
from dard.audit.models import AuditEvent
from dard.core.database import db
from dard.core.permissions import Permission
from dard.crypto.enums import Purpose

WORDS = {"token": "no-such-token", "slug": "roles", "filename": "favicon.svg"}
DOES_SOMETHING_ELSE = {"accounts.sign_out"}  # ends the session that the loop needs; has tests of its own
NO_PAGE_OF_THEIRS = {"static", "appearance.brand", "accounts.join"}  # files, and a page that needs a real token
# Buttons that change nothing here: everybody has the newest pack, and the case is alone on the agenda.
CHANGES_NOTHING = {"pseudonymisation.issue", "panels.move_up", "panels.move_down"}


def rules(app: Flask) -> list:
    return sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)


def permission_of(app: Flask, rule) -> Permission:
    return app.view_functions[rule.endpoint].permission


def address(app: Flask, rule, ids: dict[str, uuid.UUID]) -> str:
    values = {name: ids.get(name, WORDS.get(name)) for name in rule.arguments}
    assert all(values.values()), f"{rule.rule}: teach tests/support/populated.py the argument {values}"
    with app.test_request_context():
        return rule.build(values)[1]


def may(role: Role, permission: Permission) -> bool:
    return permission in {Permission.PUBLIC, Permission.SIGNED_IN} or permission in GRANTS[role]


def events(world) -> int:
    with world.at_work():
        return db.session.scalar(sa.select(sa.func.count()).select_from(AuditEvent))


@pytest.fixture
def populated(world) -> Populated:
    return populate(world)


def test_addresses_are_lower_case_words_and_ids_are_typed(app):
    for rule in rules(app):
        fixed = re.sub(r"<[^>]+>", "", rule.rule)
        assert re.fullmatch(r"[a-z0-9/.-]*", fixed), rule.rule
        assert all(type(rule._converters[name]).__name__ != "IntegerConverter" for name in rule.arguments), rule.rule


def test_public_pages_are_written_out_here(app):
    public = {rule.endpoint for rule in rules(app) if permission_of(app, rule) is Permission.PUBLIC}
    assert public == {
        "static", "appearance.brand", "help.index", "help.topic", "accounts.sign_in", "accounts.sign_in_code",
        "accounts.set_up_second_factor", "accounts.join", "accounts.who_can_see_what",
    }  # fmt: skip


def test_nobody_sees_a_page_without_signing_in(app, world, populated):
    browser = world.browser()
    for rule in rules(app):
        if permission_of(app, rule) is Permission.PUBLIC:
            continue
        path = address(app, rule, populated.ids_for(Role.COORDINATOR))
        if "GET" in rule.methods:
            assert browser.get(path, status=302).location.startswith("/sign-in?next="), rule.rule
        if "POST" in rule.methods:
            assert browser.post(path, {}, status=302).location == "/sign-in?ended=yes", rule.rule


@pytest.mark.parametrize("role", list(Role))
def test_every_page_is_shown_to_those_who_may_and_to_nobody_else(app, world, populated, role):
    browser = world.browser(populated.people[role])
    for rule in rules(app):
        permission = permission_of(app, rule)
        if "GET" not in rule.methods or rule.endpoint in NO_PAGE_OF_THEIRS:
            continue
        path = address(app, rule, populated.ids_for(role))
        before = events(world)
        if not may(role, permission):
            browser.get(path, status=403)
            assert events(world) == before
            continue
        answer = browser.client.get(path, headers={"User-Agent": "Werkzeug/test"})
        assert answer.status_code in {200, 302}, f"{role} GET {rule.rule}: {answer.status_code}"
        if answer.status_code == 200 and answer.mimetype == "text/html":
            browser.get(path)
        written = events(world) - before
        assert bool(written) == app.view_functions[rule.endpoint].records, f"{rule.rule} wrote {written} events"


@pytest.mark.parametrize("role", list(Role))
def test_every_change_is_refused_to_those_who_may_not_and_recorded_for_the_others(app, world, populated, role):
    browser = world.browser(populated.people[role])
    for rule in rules(app):
        permission = permission_of(app, rule)
        if "POST" not in rule.methods or permission is Permission.PUBLIC or rule.endpoint in DOES_SOMETHING_ELSE:
            continue
        path = address(app, rule, populated.ids_for(role))
        before = events(world)
        token = browser.csrf_token()
        answer = browser.client.post(path, data={"csrf_token": token}, headers={"User-Agent": "Werkzeug/test"})
        if not may(role, permission):
            assert answer.status_code == 403, f"{role} POST {rule.rule}: {answer.status_code}"
            assert events(world) == before, rule.rule
            continue
        assert answer.status_code in {200, 302, 409, 422}, f"{role} POST {rule.rule}: {answer.status_code}"
        if answer.status_code < 400 and rule.endpoint not in CHANGES_NOTHING:
            assert events(world) > before, f"{rule.rule} changed something without an event"


def test_a_post_without_its_token_is_refused_everywhere(app, world, populated):
    browser = world.browser(populated.people[Role.COORDINATOR])
    for rule in rules(app):
        if "POST" in rule.methods:
            path = address(app, rule, populated.ids_for(Role.COORDINATOR))
            answer = browser.client.post(path, data={}, headers={"User-Agent": "Werkzeug/test"})
            assert answer.status_code == 400, rule.rule


def test_a_child_of_another_parent_is_not_found(app, world, populated):
    nested = [rule for rule in rules(app) if len([name for name in rule.arguments if name.endswith("_id")]) > 1]
    assert nested
    for rule in nested:
        child = re.findall(r"<uuid:(\w+)>", rule.rule)[-1]
        ids = {**populated.ids_for(Role.COORDINATOR), child: populated.foreign[child]}
        for role, person in populated.people.items():
            if not may(role, permission_of(app, rule)):
                continue
            browser = world.browser(person)
            path = address(app, rule, ids)
            if "GET" in rule.methods:
                browser.get(path, status=404)
            if "POST" in rule.methods:
                browser.post(path, {}, status=404)


def test_an_unknown_id_is_not_found_and_shows_nothing(app, world, populated):
    nothing = {name: uuid.UUID("00000000-0000-4000-8000-000000000000") for name in populated.ids_for(Role.CHAIR)}
    for role, person in populated.people.items():
        browser = world.browser(person)
        for rule in rules(app):
            named = [name for name in rule.arguments if name.endswith("_id")]
            if named and may(role, permission_of(app, rule)):
                path = address(app, rule, nothing)
                for method in {"GET", "POST"} & rule.methods:
                    browser.get(path, status=404) if method == "GET" else browser.post(path, {}, status=404)


def test_no_page_shows_who_a_case_is_about_to_those_without_its_keys(app, world, populated):
    """Nothing that identifies stands on any page that they can open, whichever role they have."""
    secrets = ("Quillfeather", "Tamsin", "Larkspur", "ZZ1 4QF", "Fennimore", "Jory", "Kestrel House", "NC-14022026")
    kinds = set()
    for role in (role for role in Role if Purpose.IDENTITY not in KEYS[role]):
        browser = world.browser(populated.people[role])
        for rule in rules(app):
            if "GET" not in rule.methods or not may(role, permission_of(app, rule)):
                continue
            if rule.endpoint in NO_PAGE_OF_THEIRS:
                continue
            path = address(app, rule, populated.ids_for(role))
            answer = browser.client.get(path, headers={"User-Agent": "Werkzeug/test"})
            assert answer.status_code in {200, 302}, f"{role} GET {rule.rule}: {answer.status_code}"
            assert not (answer.location or "").startswith("/sign-in?"), f"{rule.rule}: signed out on the way"
            kinds.add(answer.mimetype)
            text = readable(answer)
            assert text
            for secret in secrets:
                assert secret not in text, f"{rule.rule} shows {secret} to a {role}"
                assert secret.encode() not in answer.data, f"{rule.rule} holds {secret} for a {role}"
    assert {"text/html", "text/csv", PDF, XLSX} <= kinds
