"""Who has access: the list, its filters and its export, its reviews, and the end of somebody’s access."""

import csv
import io
import json

import pytest
import sqlalchemy as sa
from support.world import SYSTEM

from dard.accounts import access, service
from dard.accounts.access import AccessFilter
from dard.accounts.enums import AccessState, Role
from dard.accounts.models import Organisation, SignInSession, User, UserRole
from dard.accounts.service import UserDetails
from dard.audit.models import AuditEvent
from dard.core import clock
from dard.core.database import db
from dard.core.errors import DomainError, ForbiddenError

NOTE = "Jo Smith has left; the administrator was asked"


@pytest.fixture
def lead(world):
    return world.person(Role.INFORMATION_GOVERNANCE, name="Winifred Achebe")


@pytest.fixture
def admin(world):
    return world.person(Role.ADMINISTRATOR, name="Sunita Harcastle")


@pytest.fixture
def member(world):
    return world.person(Role.MEMBER, organisation_id=world.organisation("Kestrel Recovery"), name="Delphine Marsh")


def invited(world, *, password: bool = False, **details) -> str:
    """The name of somebody with an account and a link."""
    with world.at_work():
        body = db.session.scalars(sa.select(Organisation.id).order_by(Organisation.name)).first()
        told = {"name": "Ines Newly", "email": "ines@example.org", "organisation_id": body, **details}
        made = service.add_user(SYSTEM, UserDetails(roles=frozenset({Role.REPORTER}), **told))
        service.make_link(made)
        if password:
            service.set_password(made, "three random words")
        return made.name


def events(world, code: str) -> list[tuple]:
    with world.at_work():
        rows = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.code == code))
        return [(row.actor_id, row.object_id, json.loads(row.details), row.reason) for row in rows]


def state_of(world, name: str) -> AccessState:
    with world.at_work():
        every = [line for state in AccessState for line in access.lines(AccessFilter(state=state))]
        return next(line.state for line in every if line.person.name == name)


def row_of(browser, name: str) -> str:
    """What the page says of one person."""
    rows = browser.response.text.split("<tr ")
    return " ".join(next(row for row in rows if name in row).split())


def test_the_list_says_who_can_see_what_since_when_and_how_they_sign_in(world, lead, member, still):
    with world.at_work():
        user = world.get(User, member.id)
        user.last_signed_in_at, user.password_hash = clock.now(), "hash"
    still.move(days=12)
    with world.at_work():
        session = SignInSession(token_hash=service.hashlib.sha256(b"t").digest(), user_id=lead.id)
        session.last_seen_at = clock.now()
        db.session.add(session)
    browser = world.browser(lead)
    browser.sign_in("t")
    browser.get("/people/access")
    row = row_of(browser, "Delphine Marsh")
    for told in (
        "Kestrel Recovery", "Panel member", "3 March 2026", "12 days ago", "Password and authenticator app",
        "Can sign in", "Opens: summaries, packs and actions.", "Reads their own packs",
    ):  # fmt: skip
        assert told in row
    assert "Shows who a case is about" not in row
    assert "Never" in row_of(browser, "Winifred Achebe")
    assert "/end" not in browser.response.text  # the lead reviews, the administrator ends


def test_a_role_for_another_organisation_is_named(world, lead, admin, member):
    trust = world.organisation("Netherford Housing")
    with world.at_work():
        held = db.session.scalars(sa.select(UserRole).where(UserRole.user_id == member.id)).one()
        service.hold_role_for(admin.actor, world.get(User, member.id), held, trust)
    browser = world.browser(lead)
    browser.get("/people/access")
    assert "Panel member for Netherford Housing" in row_of(browser, "Delphine Marsh")
    browser.get(f"/people/access?organisation={trust}")
    assert "Delphine Marsh" in browser.text
    assert "Sunita" not in browser.text


def test_states_of_an_account(world, lead, still):
    name = invited(world)
    assert state_of(world, name) is AccessState.INVITED
    still.move(hours=73)
    assert state_of(world, name) is AccessState.INVITATION_OVER
    second = invited(world, password=True, name="Pia Password", email="pia@example.org")
    assert state_of(world, second) is AccessState.SETTING_UP
    with world.at_work():
        user = db.session.scalars(sa.select(User).where(User.name == name)).one()
        user.joining_token_hash = user.joining_expires_at = None
    assert state_of(world, name) is AccessState.NOT_INVITED
    with world.at_work():
        user = db.session.scalars(sa.select(User).where(User.name == second)).one()
        user.second_factor_confirmed_at = clock.now()
    assert state_of(world, second) is AccessState.OPEN
    with world.at_work():
        db.session.scalars(sa.select(User).where(User.name == second)).one().active = False
    assert state_of(world, second) is AccessState.ENDED


def test_filters_leave_the_others_out_and_ended_ones_are_shown_when_asked_for(world, lead, member, still):
    name = invited(world)
    browser = world.browser(lead)
    for query, there, not_there in (
        ("role=member", "Delphine Marsh", name),
        ("role=reporter", name, "Delphine Marsh"),
        ("state=invited", name, "Delphine Marsh"),
        (f"organisation={member.organisation_id}", "Delphine Marsh", "Winifred"),
        ("unused=yes", "Delphine Marsh", "Nobody matches"),
    ):
        browser.get(f"/people/access?{query}")
        shown = browser.response.text.partition("<tbody")[2]
        assert there in shown, query
        assert not_there not in shown, query
    with world.at_work():
        world.get(User, member.id).active = False
    browser.get("/people/access")
    assert "Delphine Marsh" not in browser.text
    browser.get("/people/access?state=ended")
    assert "Delphine Marsh" in browser.text
    browser.get("/people/access?state=nonsense")
    assert "select from the choices on this page" in browser.text


def test_who_signed_in_lately_is_not_among_the_unused(world, lead, member):
    with world.at_work():
        world.get(User, member.id).last_signed_in_at = clock.now()
        found = [line.person.name for line in access.lines(AccessFilter(unused=True))]
    assert found == ["Winifred Achebe"]


def test_the_export_holds_what_the_filters_show_and_is_recorded(world, lead, member):
    with world.at_work():
        world.get(User, member.id).name = "=HYPERLINK(1)"
    browser = world.browser(lead)
    answer = browser.get("/people/access.csv?role=member")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[0][:5] == ["Name", "Email address", "Organisation", "Roles", "Can open"]
    assert rows[1] == [
        "'=HYPERLINK(1)", member.email, "Kestrel Recovery", "Panel member", "Summaries, packs and actions", "", "",
        "Authenticator app", "Not invited yet", "Version 1, 3 March 2026",
    ]  # fmt: skip
    assert len(rows) == 2
    assert events(world, "access.exported") == [(lead.id, lead.id, {"rows": 1}, None)]
    assert browser.get("/people/access.csv?state=nonsense", status=302).location.startswith("/people/access?state")
    assert len(events(world, "access.exported")) == 1


def test_a_review_is_noted_with_who_when_and_what_they_found(world, lead, admin, still):
    browser = world.browser(lead)
    browser.get("/")
    assert "Review who has access Nobody has reviewed it yet" in browser.text
    browser.get("/people/access/review")
    browser.post("/people/access/review", {"note": NOTE}, status=422)
    assert "Tick the box once you have looked" in browser.text
    browser.post("/people/access/review", {"checked": "yes", "note": "x" * 2001}, status=422)
    browser.post("/people/access/review", {"checked": "yes", "note": NOTE})
    assert [(who, told, why) for who, _what, told, why in events(world, "access.reviewed")] == [
        (lead.id, {"people": 2}, NOTE)
    ]
    browser.get("/people/access")
    assert "Last reviewed by Winifred Achebe on 3 March 2026, when 2 people had access" in browser.text
    browser.get("/")
    assert "Review who has access" not in browser.text
    other = world.browser(admin)
    other.get("/people/access")
    assert "Last reviewed by Winifred Achebe" in other.text
    assert NOTE not in other.response.text
    with world.at_work():
        still.move(days=91)
        assert access.is_review_due()


def test_an_administrator_does_not_note_reviews_and_the_lead_ends_nothing(world, lead, admin, member):
    world.browser(admin).get("/people/access/review", status=403)
    world.browser(admin).post("/people/access/review", {"checked": "yes"}, status=403)
    world.browser(lead).get(f"/people/{member.id}/end", status=403)
    world.browser(lead).post(f"/people/{member.id}/end", {"reason": "x"}, status=403)
    with world.at_work():
        with pytest.raises(ForbiddenError):
            access.review(admin.actor, "")
        with pytest.raises(ForbiddenError):
            service.end_access(lead.actor, world.get(User, member.id), "x")
        with pytest.raises(ForbiddenError):
            access.export(member.actor, AccessFilter())


def test_row_18_ended_access_is_refused_at_the_very_next_request(world, admin, member, figure):
    theirs, other = world.browser(member), world.browser(member)
    theirs.get("/packs")
    browser = world.browser(admin)
    page = browser.get("/people/access")
    assert f'href="/people/{member.id}/end"' in page.text
    browser.get(f"/people/{member.id}/end")
    assert "signed out everywhere at once" in browser.text
    theirs.get("/packs")  # being asked is not ending
    browser.post(f"/people/{member.id}/end", {"reason": ""}, status=422)
    assert "Enter why their access ends" in browser.text
    browser.post(f"/people/{member.id}/end", {"reason": "Left on 2 March"})
    accepted = 0
    for each in (theirs, other):
        for path in ("/packs", "/", "/meetings", "/actions"):
            answer = each.client.get(path, headers={"User-Agent": "Werkzeug/test"})
            accepted += answer.status_code == 200
            assert answer.location.startswith("/sign-in?next=")
    figure(18, "requests answered after the end of an account, with 2 sessions open", accepted)
    assert events(world, "access.ended") == [(admin.id, member.id, {}, "Left on 2 March")]
    browser.post(f"/people/{member.id}/end", {"reason": "again"}, status=422)
    assert "has ended already" in browser.text


def test_nobody_ends_their_own_access(world, admin):
    browser = world.browser(admin)
    page = browser.get("/people/access")
    assert f"/people/{admin.id}/end" not in page.text
    browser.post(f"/people/{admin.id}/end", {"reason": "Leaving"}, status=422)
    assert "ask another administrator" in browser.text
    browser.get("/people/access")


def test_the_link_of_somebody_whose_access_ended_is_over(world, admin):
    invited(world)
    with world.at_work():
        user = db.session.scalars(sa.select(User).where(User.email == "ines@example.org")).one()
        token = service.make_link(user)
        service.end_access(admin.actor, user, "Never came")
    world.browser().get(f"/join/{token}", status=404)


def end_organisation(world, admin, organisation_id) -> None:
    with world.at_work():
        body = world.get(Organisation, organisation_id)
        service.change_organisation(
            admin.actor, body, name=body.name, kind=body.kind, active=False, version=body.version
        )


def test_n41_the_end_of_an_organisation_is_the_end_of_its_peoples_access(world, admin, member):
    browser = world.browser(member)
    browser.get("/packs")
    end_organisation(world, admin, member.organisation_id)
    assert browser.get("/packs", status=302).location.startswith("/sign-in?next=")
    with world.at_work():
        world.get(User, member.id).password_hash = service.hash_password("three random words")
    browser.post("/sign-in", {"email": member.email, "password": "three random words"}, status=422)


def test_n41_a_role_held_for_an_organisation_ends_with_it_and_the_last_role_ends_access(world, admin):
    home, other = world.organisation("Home"), world.organisation("Other")
    person = world.person(Role.MEMBER, organisation_id=home)
    both = world.person(Role.MEMBER, Role.REPORTER, organisation_id=home)
    with world.at_work():
        for each in (person, both):
            query = sa.select(UserRole).where(UserRole.user_id == each.id, UserRole.role == Role.MEMBER)
            db.session.scalars(query).one().organisation_id = other
    last, left = world.browser(person), world.browser(both)
    last.get("/packs")
    left.get("/packs")
    end_organisation(world, admin, other)
    assert last.get("/", status=302).location.startswith("/sign-in?next=")
    assert left.get("/packs", status=302).location.startswith("/sign-in?next=")  # signed out at once too
    with world.at_work():
        assert not world.get(User, person.id).may_sign_in
        kept = service.actor_of(world.get(User, both.id))
        assert kept.roles == {Role.REPORTER}
        none = UserDetails(email=both.email, name="B", organisation_id=home, roles=frozenset())
        with pytest.raises(DomainError, match="Select at least one role"):
            service.change_user(admin.actor, world.get(User, both.id), none, active=True, version=None)


def test_n41_a_session_row_alone_opens_nothing(world, member):
    """Also where nobody ended the sessions: the account is asked at every request."""
    browser = world.browser(member)
    browser.get("/packs")
    with world.at_work():
        db.session.execute(
            sa.update(Organisation).where(Organisation.id == member.organisation_id).values(active=False)
        )
        assert db.session.scalars(sa.select(SignInSession).where(SignInSession.user_id == member.id)).one()
    browser.get("/packs", status=302)


def test_the_list_costs_the_same_for_three_and_for_thirty(world, lead, count_queries):
    counts = []
    for size in (3, 27):
        for _ in range(size):
            world.person(Role.MEMBER, Role.REPORTER)
        browser = world.browser(lead)
        browser.get("/help")
        with count_queries() as counted:
            browser.get("/people/access")
        counts.append(len(counted))
    assert counts[0] == counts[1]
    assert "Showing 1 to 25 of 31 people" in browser.text
