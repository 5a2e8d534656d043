"""A role is held for an organisation: by default for the one that somebody works for."""

import json

import pytest
import sqlalchemy as sa
from support.world import SYSTEM

from dard.accounts import service
from dard.accounts.enums import Role
from dard.accounts.models import Organisation, SignInSession, User, UserRole
from dard.accounts.service import UserDetails, people
from dard.audit.models import AuditEvent
from dard.core.database import db
from dard.core.errors import DomainError, NotFoundError
from dard.core.permissions import Permission


@pytest.fixture
def admin(world):
    return world.person(Role.ADMINISTRATOR)


@pytest.fixture
def trust(world):
    return world.organisation("Kestrel Recovery")


@pytest.fixture
def person(world):
    return world.person(Role.MEMBER, Role.REPORTER, name="Ottoline Brisk")


def held(world, person) -> dict:
    with world.at_work():
        query = sa.select(UserRole.role, UserRole.organisation_id, UserRole.id).where(UserRole.user_id == person.id)
        return {role: (body, identity) for role, body, identity in db.session.execute(query)}


def test_a_role_is_held_for_ones_own_organisation_until_somebody_says_otherwise(world, admin, person, trust):
    before = held(world, person)
    assert {body for body, _id in before.values()} == {person.organisation_id}
    own, browser = world.browser(person), world.browser(admin)
    own.get("/packs")
    browser.get(f"/people/{person.id}")
    path = f"/people/{person.id}/roles/{before[Role.MEMBER][1]}"
    assert f'href="{path}"' in browser.response.text
    browser.get(path)
    browser.post(path, {"organisation": ""}, status=422)
    answer = browser.post(path, {"organisation": str(trust)})
    browser.get(answer.location)
    assert "Ottoline Brisk has the role “Panel member” for Kestrel Recovery" in browser.text
    after = held(world, person)
    assert (after[Role.MEMBER][0], after[Role.REPORTER][0]) == (trust, person.organisation_id)
    own.get("/packs", status=302)  # signed out at once: for whom they act has changed
    with world.at_work():
        event = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.code.like("access.role%"))).one()
        assert json.loads(event.details) == {"role": "member", "organisation": str(trust)}
    browser.get("/people")
    assert "Panel member for Kestrel Recovery" in browser.text


def test_nobody_changes_for_whom_they_have_a_role_themselves(world, admin, trust):
    path = f"/people/{admin.id}/roles/{held(world, admin)[Role.ADMINISTRATOR][1]}"
    browser = world.browser(admin)
    browser.post(path, {"organisation": str(trust)}, status=422)
    assert "You cannot change your own access" in browser.text


def test_the_role_of_somebody_else_is_not_found_under_a_person(world, admin, person, trust):
    other = held(world, world.person(Role.MEMBER))[Role.MEMBER][1]
    browser = world.browser(admin)
    browser.get(f"/people/{person.id}/roles/{other}", status=404)
    browser.post(f"/people/{person.id}/roles/{other}", {"organisation": str(trust)}, status=404)
    with world.at_work(), pytest.raises(NotFoundError):
        service.load_held_role(admin.actor, other, {"user": world.get(User, person.id)})


def test_no_role_is_held_for_an_organisation_that_takes_no_part(world, admin, person, trust):
    with world.at_work():
        world.get(Organisation, trust).active = False
    with world.at_work():
        role = world.get(UserRole, held(world, person)[Role.MEMBER][1])
        with pytest.raises(DomainError, match="takes part in the partnership"):
            service.hold_role_for(admin.actor, world.get(User, person.id), role, trust)
        with pytest.raises(NotFoundError):
            service.hold_role_for(admin.actor, world.get(User, person.id), role, person.id)


def test_moving_takes_along_the_roles_held_for_the_old_organisation_only(world, person, trust):
    elsewhere = world.organisation("Elsewhere")
    world.hold_for(person, Role.REPORTER, elsewhere)
    world.move(person, trust)
    found = held(world, person)
    assert (found[Role.MEMBER][0], found[Role.REPORTER][0]) == (trust, elsewhere)


def test_a_role_given_later_is_held_for_ones_own_organisation(world, person, trust):
    world.hold_for(person, Role.MEMBER, trust)
    with world.at_work():
        user = world.get(User, person.id)
        roles = frozenset({Role.MEMBER, Role.ACTION_OWNER})
        details = UserDetails(email=user.email, name=user.name, organisation_id=user.organisation_id, roles=roles)
        service.change_user(SYSTEM, user, details, active=True, version=None)
    found = held(world, person)
    assert {role: body for role, (body, _id) in found.items()} == {
        Role.MEMBER: trust,
        Role.ACTION_OWNER: person.organisation_id,
    }


def test_people_are_found_by_whom_they_act_for(world, person, trust):
    world.hold_for(person, Role.MEMBER, trust)
    with world.at_work():
        for permission, body, there in (
            (Permission.PACK_READ, trust, True),
            (Permission.PACK_READ, person.organisation_id, False),
            (Permission.CASE_NOTIFY, person.organisation_id, True),
            (None, trust, True),
        ):
            found = people(permission=permission, organisation_id=body)
            assert (person.id in {each.id for each in found}) == there
        user = world.get(User, person.id)
        assert [body.name for body in service.acting_for(user, Permission.PACK_READ)] == ["Kestrel Recovery"]


def test_what_a_role_allows_it_allows_for_its_organisation(world, person, trust):
    actor = world.hold_for(person, Role.MEMBER, trust)
    assert actor.acts_for(Permission.ACTION_UPDATE) == {trust}
    assert actor.acts_for(Permission.CASE_NOTIFY) == {person.organisation_id}
    assert actor.acts_for(Permission.CASE_VIEW) == frozenset()
    assert SYSTEM.acts_for(Permission.CASE_VIEW) == frozenset()
    assert set(actor.represents) == actor.permissions


@pytest.mark.parametrize("role", [role for role in Role if role in service.NEVER_WITH_ADMINISTRATOR])
def test_an_administrator_gets_no_role_that_opens_case_content_or_checks_them(world, admin, role):
    browser = world.browser(admin)
    told = {"name": "Both", "email": "both@example.org", "organisation": str(admin.organisation_id)}
    browser.post("/people/new", {**told, "roles": ["administrator", role.value]}, status=422)
    assert (
        f"An administrator cannot also have a role that opens case content or checks access: take away “{role.label}”"
        in (browser.text)
    )
    other = world.person(role)
    with world.at_work():
        user = world.get(User, other.id)
        roles = frozenset({Role.ADMINISTRATOR, role})
        details = UserDetails(email=user.email, name=user.name, organisation_id=user.organisation_id, roles=roles)
        with pytest.raises(DomainError):
            service.change_user(admin.actor, user, details, active=True, version=None)


def test_row_18_a_change_of_roles_ends_every_session(world, admin, person):
    browser = world.browser(person)
    browser.get("/packs")
    with world.at_work():
        user = world.get(User, person.id)
        details = UserDetails(
            email=user.email, name=user.name, organisation_id=user.organisation_id, roles=frozenset({Role.MEMBER})
        )
        service.change_user(admin.actor, user, details, active=True, version=None)
        assert db.session.scalars(sa.select(SignInSession).where(SignInSession.user_id == person.id)).all() == []
    assert browser.get("/packs", status=302).location.startswith("/sign-in?next=")
