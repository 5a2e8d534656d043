"""Every page, for every role, in every relation to a case: generated from the URL map, the grants and the relations."""

import re
import uuid
from collections.abc import Iterator

import pytest
from flask import Flask
from support.browser import Browser
from support.populated import Populated, populate
from support.readable import readable
from support.relations import RELATIONS, SIGN_IN_AGAIN, Relation, recuse, restrict
from support.world import World
from werkzeug.routing import Rule

from dard.accounts.enums import Role
from dard.accounts.grants import GRANTS
from dard.cases.models import Case
from dard.core.permissions import Permission
from dard.panels.models import AgendaItem

WORDS = {"token": "no-such-token", "slug": "roles", "filename": "favicon.svg"}
AS_TESTS = {"User-Agent": "Werkzeug/test"}
LETS_IN = frozenset({200, 302, 409, 422})
# Confirmed by being sent: tried by test_routes.py, where each role has a partnership of its own.
ACTS_AT_ONCE = frozenset({"panels.withdraw", "guests.end"})
ACTION_TEXT, SUMMARY_TEXT = "Agree a pathway", "was found at home"


@pytest.fixture
def populated(world: World) -> Populated:
    return populate(world)


def permission_of(app: Flask, rule: Rule) -> Permission:
    return app.view_functions[rule.endpoint].permission


def rules(app: Flask) -> list[Rule]:
    """What is not open to the whole world, in a fixed order."""
    closed = (rule for rule in app.url_map.iter_rules() if permission_of(app, rule) is not Permission.PUBLIC)
    return sorted(closed, key=lambda rule: rule.rule)


def address(app: Flask, rule: Rule, ids: dict[str, uuid.UUID]) -> str:
    with app.test_request_context():
        return rule.build({name: ids.get(name, WORDS.get(name)) for name in rule.arguments})[1]


def may(role: Role, permission: Permission) -> bool:
    return permission is Permission.SIGNED_IN or permission in GRANTS[role]


def methods_to_try(rule: Rule, *, lets_in: bool) -> Iterator[str]:
    if "GET" in rule.methods:
        yield "GET"
    if "POST" in rule.methods and not (lets_in and ("GET" not in rule.methods or rule.endpoint in ACTS_AT_ONCE)):
        yield "POST"


def asked(browser: Browser, method: str, path: str, token: str) -> tuple[int, str]:
    data = {"csrf_token": token} if method == "POST" else None
    answer = browser.client.open(path, method=method, data=data, headers=AS_TESTS)
    return answer.status_code, answer.location or ""


@pytest.mark.parametrize("relation", RELATIONS, ids=lambda relation: relation.name)
def test_row_10_every_page_for_every_role_in_every_relation(
    app: Flask, world: World, populated: Populated, relation: Relation, figure
) -> None:
    relation.arrange(world, populated)
    tried, allows, denies = 0, [], []
    for role, person in populated.people.items():
        browser = world.browser(person)
        token = browser.csrf_token()
        for rule in rules(app):
            if rule.endpoint == "accounts.sign_out":
                continue
            permitted = may(role, permission_of(app, rule))
            expected = relation.answer(role, rule) if permitted or relation.signed_out else 403
            path = address(app, rule, populated.ids_for(role))
            for method in methods_to_try(rule, lets_in=not expected):
                status, location = asked(browser, method, path, token)
                asks_to_sign_in = location.startswith("/sign-in?")
                tried += 1
                what = f"{role} {method} {rule.rule}: {status}, not {expected or 'let in'}"
                if (expected == SIGN_IN_AGAIN and not asks_to_sign_in) or (expected > 400 and status != expected):
                    allows.append(what)
                if not expected and (status not in LETS_IN or asks_to_sign_in):
                    denies.append(what)
    figure(10, f"{relation.name}: unexpected allows and denies in {tried} requests", f"{len(allows)} and {len(denies)}")
    assert allows == []
    assert denies == []


def markers(world: World, populated: Populated) -> list[str]:
    """What stands for the case and nothing else: its reference, its name at the meeting, its action, its summary."""
    with world.at_work():
        case, item = world.get(Case, populated.ids["case_id"]), world.get(AgendaItem, populated.ids["item_id"])
        return [case.reference, item.pseudonym, ACTION_TEXT, SUMMARY_TEXT, str(case.id), str(item.id)]


def stands_in(mark: str, text: str) -> bool:
    """Whether ``mark`` stands there by itself: pack P-2026-0001 is not case 2026-0001."""
    return re.search(rf"(?<![\w-]){re.escape(mark)}", text) is not None


def pages_of(app: Flask, browser: Browser, role: Role, populated: Populated) -> Iterator[tuple[Rule, str, bytes]]:
    """Everything that somebody with ``role`` can open: pages, files, lists, searches, the home page."""
    for rule in rules(app):
        if "GET" in rule.methods and may(role, permission_of(app, rule)):
            answer = browser.client.get(address(app, rule, populated.ids_for(role)), headers=AS_TESTS)
            if answer.status_code < 400:
                yield rule, readable(answer), answer.data


@pytest.mark.parametrize("hide", [recuse, restrict], ids=["recused", "restricted"])
def test_row_13_nothing_of_a_hidden_case_is_left_anywhere(
    app: Flask, world: World, populated: Populated, hide, figure
) -> None:
    """On the first request after it was hidden, and in packs that were issued before."""
    marks = markers(world, populated)
    leaked, read, seen_before = [], 0, set()
    for role, person in populated.people.items():
        for _rule, text, _data in pages_of(app, world.browser(person), role, populated):
            seen_before |= {mark for mark in marks if stands_in(mark, text)}
    assert seen_before >= set(marks[:4]), "the marks do not stand on any page to begin with"
    hide(world, populated)
    for role, person in populated.people.items():
        checks_the_log = hide is restrict and Permission.AUDIT_VIEW in GRANTS[role]
        for rule, text, data in pages_of(app, world.browser(person), role, populated):
            if checks_the_log and rule.endpoint.startswith("audit."):
                continue  # somebody must look at what is done under a restriction
            read += len(data)
            shown = f"{text} {data.decode(errors='replace')}"
            leaked += [(role, rule.rule, mark) for mark in marks if stands_in(mark, shown)]
    figure(13, f"{hide.__name__}: marks of the case in {read:,} bytes of all pages and files", len(leaked))
    assert leaked == []


def test_row_11_no_request_of_one_person_works_for_another(
    app: Flask, world: World, populated: Populated, figure
) -> None:
    """Every address that its keeper can ask for is asked for by everybody else, who may not know of it."""
    keeper = world.person(Role.COORDINATOR, Role.CHAIR, name="The keeper")
    restrict(world, populated)
    ids = {name: populated.ids[name] for name in ("case_id", "item_id", "action_id", "recusal_id", "guest_id")}
    worked, replayed = [], 0
    for person in [*populated.people.values(), keeper]:
        browser = world.browser(person)
        token = browser.csrf_token()
        for rule in rules(app):
            if not rule.arguments & ids.keys():
                continue
            path = address(app, rule, {**populated.ids, **ids})
            for method in {"GET", "POST"} & rule.methods:
                status, _location = asked(browser, method, path, token)
                replayed += 1
                if status not in {403, 404}:
                    worked.append(f"{person.name} {method} {rule.rule}: {status}")
    figure(11, f"of {replayed} replayed requests, those that worked", len(worked))
    assert worked == []
