"""Headers, hosts, error pages, and the guard that every page passes."""

import uuid

import pytest
import sqlalchemy as sa
from flask import Flask

from dard.accounts.enums import OrganisationKind, Role
from dard.accounts.models import Organisation
from dard.core.actor import Actor
from dard.core.database import constraint_message, constraint_name, db
from dard.core.permissions import Permission
from dard.core.routing import Pages, check_routes


def test_every_answer_carries_its_headers(world):
    for path, browser in (("/sign-in", world.browser()), ("/cases", world.browser(world.person(Role.COORDINATOR)))):
        headers = browser.get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "Cookie" in headers["Vary"]


def test_static_files_may_be_kept_by_browsers(world):
    answer = world.browser().client.get("/static/dard.css")
    assert answer.status_code == 200
    assert "no-store" not in answer.headers.get("Cache-Control", "")
    answer.close()


def test_another_host_is_refused(world):
    answer = world.browser().client.get("/sign-in", base_url="http://evil.example")
    assert answer.status_code == 400
    assert "evil.example" not in answer.text


def test_an_unknown_page_says_so_and_still_shows_the_way(world):
    browser = world.browser(world.person(Role.COORDINATOR))
    browser.get("/no-such-page", status=404)
    assert "Cases" in browser.text
    world.browser().get("/no-such-page", status=404)


def test_a_method_that_a_page_does_not_know_is_refused(world):
    browser = world.browser(world.person(Role.COORDINATOR))
    browser.post("/cases", status=405)


def test_a_fault_shows_no_content_and_logs_no_values(world, monkeypatch, capsys):
    from dard.cases import views

    def fail(*_arguments, **_named):
        raise ValueError("Tamsin Quillfeather")

    monkeypatch.setattr(views.queries, "cases", fail)
    browser = world.browser(world.person(Role.COORDINATOR))
    browser.get("/cases", status=500)
    assert "Quillfeather" not in browser.response.text
    logged = capsys.readouterr()
    assert "ValueError" in logged.out + logged.err
    assert "Quillfeather" not in logged.out + logged.err


def test_a_page_without_a_permission_stops_the_start(app):
    bare = Flask("bare")
    bare.add_url_rule("/open", "open", lambda: "open")
    bare.view_functions["static"].permission = Permission.PUBLIC
    with pytest.raises(RuntimeError, match="/open has no permission"):
        check_routes(bare)


def test_an_id_that_nothing_loads_stops_the_start(app):
    pages = Pages("bare", __name__)

    @pages.get("/things/<uuid:thing_id>", permission=Permission.PUBLIC)
    def thing(_actor):
        return ""

    bare = Flask("bare")
    bare.register_blueprint(pages.blueprint)
    bare.view_functions["static"].permission = Permission.PUBLIC
    with pytest.raises(RuntimeError, match="thing_id"):
        check_routes(bare)


def test_a_route_cannot_be_written_without_its_permission():
    with pytest.raises(TypeError, match="permission"):
        Pages("bare", __name__).get("/open")


def test_actors_hold_what_they_hold():
    nobody, system = Actor.nobody(), Actor.system("x")
    somebody = Actor(label="x", user_id=uuid.uuid4(), permissions=frozenset({Permission.CASE_VIEW}))
    assert nobody.may(Permission.PUBLIC)
    assert not nobody.may(Permission.SIGNED_IN)
    assert somebody.may(Permission.SIGNED_IN)
    assert somebody.may(Permission.CASE_VIEW)
    assert not somebody.may(Permission.CASE_MANAGE)
    assert system.may(Permission.CASE_MANAGE)


def test_constraints_are_told_apart_on_either_database(world):
    world.organisation("Twice")
    with world.at_work():
        db.session.add(Organisation(name="Twice", kind=OrganisationKind.COUNCIL))
        with pytest.raises(sa.exc.IntegrityError) as caught:
            db.session.flush()
        db.session.rollback()
    assert constraint_name(caught.value) == "uq_organisation_name"
    assert constraint_message(caught.value)[0] == "name"
    assert "hidden due to hide_parameters" in str(caught.value)
    with world.at_work():
        with pytest.raises(sa.exc.IntegrityError) as caught:
            db.session.execute(sa.text("UPDATE organisation SET kind = 'unknown kind'"))
        db.session.rollback()
    assert constraint_name(caught.value) == "ck_organisation_kind"
    assert constraint_message(caught.value) is None


def test_help_is_open_to_everybody(world):
    browser = world.browser()
    page = browser.get("/help")
    for slug in ("signing-in", "roles", "notifications", "case-file"):
        assert f"/help/{slug}" in page.text
        browser.get(f"/help/{slug}")
    browser.get("/help/no-such-topic", status=404)
