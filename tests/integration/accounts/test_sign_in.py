"""Signing in with two factors, and everything that must not let anybody in."""

import re

import pyotp
import pytest
from support.world import SYSTEM

from dard.accounts import service, statement
from dard.accounts.enums import OrganisationKind, Role
from dard.accounts.models import SignInSession, User
from dard.accounts.service import UserDetails
from dard.audit.models import AuditEvent
from dard.core.database import db

PASSWORD = "three random words"


@pytest.fixture
def user_id(world):
    with world.at_work():
        body = service.add_organisation(SYSTEM, "Fernshire County Council", OrganisationKind.COUNCIL)
        details = UserDetails(
            email="Morwenna@Example.org",
            name="Morwenna Tate",
            organisation_id=body.id,
            roles=frozenset({Role.COORDINATOR}),
        )
        user = service.add_user(SYSTEM, details)
        service.set_password(user, PASSWORD)
        user.statement_version = statement.current().version
        return user.id


def secret_of(world, user_id) -> str:
    with world.at_work():
        return world.get(User, user_id).totp_secret


def code(world, user_id, still) -> str:
    return pyotp.TOTP(secret_of(world, user_id)).at(int(still().timestamp()))


def enrol(world, user_id, still, browser=None):
    browser = browser or world.browser()
    answer = browser.post("/sign-in", {"email": "morwenna@example.org", "password": PASSWORD})
    assert answer.location == "/sign-in/set-up"
    browser.get("/sign-in/set-up")
    browser.post("/sign-in/set-up", {"code": code(world, user_id, still)})
    return browser


def person_version(world, user_id) -> int:
    with world.at_work():
        return world.get(User, user_id).version


def codes(world):
    with world.at_work():
        return [event.code for event in db.session.query(AuditEvent).order_by(AuditEvent.position)]


def test_the_first_sign_in_sets_up_the_authenticator_app(world, user_id, still):
    browser = world.browser()
    browser.post("/sign-in", {"email": "morwenna@example.org", "password": PASSWORD})
    page = browser.get("/sign-in/set-up")
    assert secret_of(world, user_id) in page.text
    assert "<svg" in page.text
    browser.post("/sign-in/set-up", {"code": "000000"}, status=422)
    browser.post("/sign-in/set-up", {"code": code(world, user_id, still)})
    browser.get("/")
    assert "Your work" in browser.text
    assert codes(world)[-3:] == ["account.code_refused", "account.second_factor_enrolled", "account.signed_in"]


def test_later_sign_ins_ask_for_a_new_code_and_never_show_the_secret(world, user_id, still):
    enrol(world, user_id, still)
    still.move(minutes=2)
    browser = world.browser()
    answer = browser.post(
        "/sign-in?next=/cases%3Fstatus=open", {"email": "MORWENNA@example.org ", "password": PASSWORD}
    )
    assert answer.location == "/sign-in/code"
    browser.get("/sign-in/set-up", status=404)
    browser.get("/sign-in/code")
    done = browser.post("/sign-in/code", {"code": code(world, user_id, still)})
    assert done.location == "/cases?status=open"


def test_a_code_works_once(world, user_id, still):
    used = code_now = None
    enrol(world, user_id, still)
    used = code(world, user_id, still)
    browser = world.browser()
    browser.post("/sign-in", {"email": "morwenna@example.org", "password": PASSWORD})
    for attempt in (used, f" {used} ", f"{used[:3]} {used[3:]}"):
        browser.post("/sign-in/code", {"code": attempt}, status=422)
    still.move(seconds=30)
    code_now = code(world, user_id, still)
    assert code_now != used
    browser.post("/sign-in/code", {"code": code_now})


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("morwenna@example.org", "wrong words entirely"),
        ("nobody@example.org", PASSWORD),
        ("morwenna@example.org", "x" * 129),
        ("morwenna@example.org", ""),
        ("", ""),
    ],
)
def test_wrong_details_say_the_same_for_every_reason(world, user_id, email, password):
    browser = world.browser()
    browser.post("/sign-in", {"email": email, "password": password}, status=422)
    assert password == "" or password not in browser.response.text
    if email and password and len(password) < 129:
        assert "Enter the email address and password of your account" in browser.text
        assert codes(world)[-1] == "account.password_refused"


def test_a_session_ends_when_it_is_idle_too_old_or_signed_out(world, still):
    person = world.person(Role.COORDINATOR)
    browser = world.browser(person)
    for _ in range(3):
        still.move(minutes=20)
        browser.get("/cases")
    still.move(minutes=31)
    assert browser.get("/cases", status=302).location == "/sign-in?next=/cases"

    person = world.person(Role.COORDINATOR)
    browser = world.browser(person)
    for _ in range(25):
        still.move(minutes=24)
        browser.get("/cases")
    still.move(minutes=24)
    browser.get("/cases", status=302)


def test_signing_out_ends_the_session_on_the_server(world):
    person = world.person(Role.COORDINATOR)
    browser, thief = world.browser(person), world.browser(person)
    answer = browser.post("/sign-out")
    assert answer.headers["Clear-Site-Data"]
    thief.get("/cases", status=302)
    with world.at_work():
        assert db.session.query(SignInSession).count() == 0


def test_nothing_that_was_there_before_signing_in_survives_it(world, user_id, still):
    browser = world.browser()
    with browser.client.session_transaction() as session:
        session["planted"] = "by somebody else"
    enrol(world, user_id, still, browser)
    with browser.client.session_transaction() as session:
        assert "planted" not in session


@pytest.mark.parametrize("change", ["active", "organisation"])
def test_ending_an_account_or_its_organisation_ends_its_sessions_at_once(world, change):
    person, administrator = world.person(Role.COORDINATOR), world.person(Role.ADMINISTRATOR)
    browser = world.browser(person)
    browser.get("/cases")
    admin = world.browser(administrator)
    if change == "active":
        page = {"name": person.name, "email": person.email, "organisation": str(person.organisation_id)}
        admin.post(
            f"/people/{person.id}", {**page, "roles": ["coordinator"], "version": str(person_version(world, person.id))}
        )
    else:
        admin.post(f"/organisations/{person.organisation_id}", {"name": "Gone", "kind": "council", "version": "1"})
    browser.get("/cases", status=302)


def test_half_way_is_not_signed_in(world, user_id, still):
    browser = world.browser()
    browser.post("/sign-in", {"email": "morwenna@example.org", "password": PASSWORD})
    browser.get("/cases", status=302)
    still.move(minutes=11)
    assert browser.get("/sign-in/set-up", status=302).location == "/sign-in"
    assert browser.get("/sign-in/code", status=302).location == "/sign-in"


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/a\nb", "evil", ""]
)
def test_signing_in_leads_to_no_other_host(world, user_id, still, wanted):
    browser = world.browser()
    browser.client.get("/sign-in")
    answer = browser.client.post(
        "/sign-in",
        query_string={"next": wanted},
        data={"email": "morwenna@example.org", "password": PASSWORD, "csrf_token": browser.csrf_token()},
        headers={"User-Agent": "Werkzeug/test"},
    )
    assert answer.location == "/sign-in/set-up"
    done = browser.post("/sign-in/set-up", {"code": code(world, user_id, still)})
    assert done.location == "/"


def test_a_post_after_the_session_ended_says_that_nothing_was_saved(world, still):
    browser = world.browser(world.person(Role.COORDINATOR))
    browser.get("/cases")
    token = browser.csrf_token()
    still.move(minutes=40)
    answer = browser.client.post(
        "/cases/new", data={"csrf_token": token, "full_name": "Tamsin"}, headers={"User-Agent": "Werkzeug/test"}
    )
    assert answer.status_code == 302
    browser.get(answer.location)
    assert "You were signed out, so what you sent was not saved" in browser.text
    assert "Tamsin" not in browser.response.text


def test_a_post_without_its_token_is_refused(world):
    browser = world.browser(world.person(Role.COORDINATOR))
    answer = browser.client.post("/cases/new", data={"full_name": "Tamsin"}, headers={"User-Agent": "Werkzeug/test"})
    assert answer.status_code == 400
    assert "Tamsin" not in answer.text


def test_an_invitation_works_once_and_for_three_days(world, still):
    admin = world.browser(world.person(Role.ADMINISTRATOR))
    body = world.organisation()
    person = {"name": "Idris Calloway", "email": "idris@example.org", "organisation": str(body), "roles": ["member"]}
    answer = admin.post("/people/new", person)
    admin.get(answer.location)
    admin.post(f"{answer.location}/invite", status=200)
    path = re.search(r"http://localhost(/join/[\w-]+)", admin.response.text).group(1)
    guest = world.browser()
    guest.get(path)
    guest.post(path, {"password": "short"}, status=422)
    assert "12 characters or more" in guest.text
    guest.post(path, {"password": "four random words here"})
    guest.get(path, status=404)
    admin.post(f"{answer.location}/invite", status=200)
    later = re.search(r"http://localhost(/join/[\w-]+)", admin.response.text).group(1)
    still.move(hours=73)
    guest.get(later, status=404)
    guest.get("/join/guessed", status=404)


def test_people_and_organisations_are_kept_with_clear_errors(world):
    administrator = world.person(Role.ADMINISTRATOR)
    admin = world.browser(administrator)
    admin.get("/people")
    admin.get("/organisations")
    admin.post("/organisations/new", {"name": "", "kind": ""}, status=422)
    admin.post("/organisations/new", {"name": "Netherford Housing", "kind": "housing"})
    admin.post("/organisations/new", {"name": "Netherford Housing", "kind": "housing"}, status=422)
    assert "There is an organisation of this name already" in admin.text
    details = {"name": "X", "email": administrator.email, "organisation": str(administrator.organisation_id)}
    admin.post("/people/new", {**details, "roles": ["member"]}, status=422)
    assert "Somebody has an account with this email address already" in admin.text
    admin.post("/people/new", {**details, "email": "x", "roles": []}, status=422)
    version = str(person_version(world, administrator.id))
    demoted = {**details, "roles": ["member"], "active": "yes", "version": version}
    admin.post(f"/people/{administrator.id}", demoted, status=422)
    assert "You cannot change your own access" in admin.text
    other = world.person(Role.MEMBER)
    answers = {"name": "Sunita", "email": other.email, "organisation": str(other.organisation_id), "active": "yes"}
    both = {**answers, "roles": ["administrator", "coordinator"], "version": str(person_version(world, other.id))}
    admin.post(f"/people/{other.id}", both, status=422)
    assert "An administrator cannot also have a role that opens case content" in admin.text
    version = str(person_version(world, other.id))
    admin.post(f"/people/{other.id}", {**answers, "roles": ["administrator", "senior_owner"], "version": version})
    world.browser(other).get("/people", status=302)


def test_a_stale_change_of_a_person_is_refused(world):
    admin, person = world.browser(world.person(Role.ADMINISTRATOR)), world.person(Role.MEMBER)
    answers = {"name": "New name", "email": person.email, "organisation": str(person.organisation_id), "active": "yes"}
    admin.post(f"/people/{person.id}", {**answers, "roles": ["member"], "version": "0"}, status=409)


def test_the_first_step_of_a_sign_in_is_worthless_once_the_password_changed(world, user_id, still):
    enrol(world, user_id, still)
    still.move(minutes=1)
    attacker = world.browser()
    attacker.post("/sign-in", {"email": "morwenna@example.org", "password": PASSWORD})
    with world.at_work():
        service.set_password(world.get(User, user_id), "four other random words")
    assert attacker.get("/sign-in/code", status=302).location == "/sign-in"
    answer = attacker.post("/sign-in/code", {"code": code(world, user_id, still)})
    assert answer.location == "/sign-in"


def test_one_time_codes_cannot_be_guessed_without_end(world, user_id, still):
    enrol(world, user_id, still)
    still.move(minutes=1)
    browser = world.browser()
    browser.post("/sign-in", {"email": "morwenna@example.org", "password": PASSWORD})
    for guess in range(10):
        browser.post("/sign-in/code", {"code": f"{guess:06}"}, status=422)
    browser.post("/sign-in/code", {"code": code(world, user_id, still)}, status=422)
    assert "too many wrong codes" in browser.text
    still.move(minutes=16)
    browser.post("/sign-in", {"email": "morwenna@example.org", "password": PASSWORD})
    browser.post("/sign-in/code", {"code": code(world, user_id, still)})


def test_wrong_passwords_of_somebody_else_never_keep_the_owner_out(world, user_id, still):
    enrol(world, user_id, still)
    still.move(minutes=1)
    stranger = world.browser()
    for _ in range(12):
        stranger.post("/sign-in", {"email": "morwenna@example.org", "password": "a wrong guess"}, status=422)
    owner = world.browser()
    owner.post("/sign-in", {"email": "morwenna@example.org", "password": PASSWORD})
    owner.post("/sign-in/code", {"code": code(world, user_id, still)})


def test_signing_in_works_over_https_without_a_referer(world, user_id):
    browser = world.browser()
    page = browser.client.get("/sign-in", base_url="https://localhost")
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text).group(1)
    details = {"email": "morwenna@example.org", "password": PASSWORD, "csrf_token": token}
    assert browser.client.post("/sign-in", data=details, base_url="https://localhost").status_code == 302


def test_nobody_ends_their_own_organisation(world):
    administrator = world.person(Role.ADMINISTRATOR)
    admin = world.browser(administrator)
    answers = {"name": "Ours", "kind": "council", "version": "1"}
    admin.post(f"/organisations/{administrator.organisation_id}", answers, status=422)
    assert "This is your own organisation" in admin.text
