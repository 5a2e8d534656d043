"""An owner from outside the panel sees the actions that name them, and nothing that lies behind these."""

import pytest
from support.world import SYSTEM

from dard.accounts import service as accounts
from dard.accounts.enums import Role
from dard.accounts.models import User
from dard.accounts.service import UserDetails
from dard.actions import policy, service
from dard.actions.enums import ActionStatus as S
from dard.actions.forms import Owner
from dard.actions.models import Action, ActionUpdate
from dard.core.database import db
from dard.core.errors import DomainError, ForbiddenError
from dard.core.permissions import Permission


@pytest.fixture
def outside(scene):
    housing = scene.world.organisation("Netherford Housing")
    return scene.world.person(Role.ACTION_OWNER, organisation_id=housing, name="Petra Ainscough")


@pytest.fixture
def action(scene, outside):
    return scene.assign(
        owner_organisation_id=outside.organisation_id,
        owner_id=outside.id,
        text="Tell hostel staff how to call for help",
    )


def test_their_pages_show_the_action_and_neither_case_nor_meeting(scene, outside, action):
    browser = scene.world.browser(outside)
    for path in ("/actions", f"/actions/{action}"):
        page = browser.get(path)
        assert "Tell hostel staff how to call for help" in browser.text
        for told in (
            "March panel",
            " 2026-0001",
            ">2026-0001",
            "/cases",
            "/meetings",
            "/packs",
            "Agreed at",
            "Bramblewick",
        ):
            assert told not in page.text, path
    browser.get("/")
    assert "My actions Action A-2026-0001" in browser.text
    for path in (
        "/cases",
        f"/cases/{scene.case_id}",
        "/meetings",
        f"/meetings/{scene.meeting_id}",
        "/packs",
        "/reports/thematic",
    ):
        browser.get(path, status=403)
    browser.get("/actions/export.csv", status=403)


def test_they_update_what_names_them(scene, outside, action):
    browser = scene.world.browser(outside)
    told = {"note": "The kits are there.", "status": "in_progress", "version": "1"}
    browser.post(f"/actions/{action}/update", told)
    with scene.world.at_work():
        assert scene.world.get(Action, action).status is S.IN_PROGRESS
        assert db.session.query(ActionUpdate).one().author_id == outside.id
    browser.post(f"/actions/{action}/decision", {"decision": "closed", "note": "x", "version": "2"}, status=403)
    browser.get(f"/actions/{action}/change", status=403)


def test_what_is_their_organisations_but_does_not_name_them_is_not_theirs(scene, outside, action):
    ours = scene.assign(owner_organisation_id=outside.organisation_id, text="Somebody else’s")
    browser = scene.world.browser(outside)
    browser.get("/actions")
    assert "Somebody else’s" not in browser.text
    browser.get(f"/actions/{ours}", status=404)
    browser.post(f"/actions/{ours}/update", {"note": "x", "status": "in_progress", "version": "1"}, status=404)
    with scene.world.at_work():
        with pytest.raises(ForbiddenError):
            service.note_progress(outside.actor, scene.world.get(Action, ours), "x", None, None)
        assert not policy.belongs_to(outside.actor, scene.world.get(Action, ours))


def test_who_moves_to_another_organisation_leaves_the_actions_that_name_them(scene, outside, action):
    scene.world.move(outside, scene.world.organisation("Elsewhere"))
    with scene.world.at_work():
        moved = accounts.actor_of(scene.world.get(User, outside.id))
        assert db.session.scalars(policy.visible_to(moved)).all() == []
        assert not policy.may_update(moved, scene.world.get(Action, action))


def test_who_is_a_member_for_another_organisation_has_its_actions_and_no_others(scene):
    """A member for the police who works for a housing association: the actions of the police are theirs."""
    housing = scene.world.organisation("Netherford Housing")
    person = scene.world.person(Role.MEMBER, organisation_id=housing, name="Ottoline Brisk")
    of_police, of_housing = scene.assign(), scene.assign(owner_organisation_id=housing)
    actor = scene.world.hold_for(person, Role.MEMBER, scene.owner.organisation_id)
    with scene.world.at_work():
        assert [each.id for each in db.session.scalars(policy.visible_to(actor))] == [of_police]
        assert policy.may_update(actor, scene.world.get(Action, of_police))
        assert not policy.may_update(actor, scene.world.get(Action, of_housing))
        named = scene.details(owner_organisation_id=housing, owner_id=person.id)
        with pytest.raises(DomainError, match="with the organisation that owns the action"):
            service.change(scene.chair.actor, scene.world.get(Action, of_housing), named, None)
    by_name = scene.assign(owner_id=person.id)
    with scene.world.at_work():
        assert policy.belongs_to(actor, scene.world.get(Action, by_name))


def test_the_chair_is_offered_each_person_under_the_organisations_for_which_they_act(app, scene):
    police, housing = scene.owner.organisation_id, scene.world.organisation("Netherford Housing")
    person = scene.world.person(Role.MEMBER, Role.ACTION_OWNER, organisation_id=housing, name="Ottoline Brisk")
    scene.world.hold_for(person, Role.MEMBER, police)
    browser = scene.world.browser(scene.chair)
    path = f"/meetings/{scene.meeting_id}/cases/{scene.case_id}/actions/new"
    page = browser.get(path)
    assert page.text.count("Ottoline Brisk</option>") == 2
    due = {"due_on-day": "31", "due_on-month": "5", "due_on-year": "2026", "priority": "high"}
    browser.post(path, {**due, "text": "For the police", "owner": f"person-{person.id}-{police}"})
    browser.post(path, {**due, "text": "For housing", "owner": f"person-{person.id}"})
    with scene.world.at_work():
        owners = {each.text: (each.owner_organisation_id, each.owner_id) for each in db.session.query(Action)}
    assert owners == {"For the police": (police, person.id), "For housing": (housing, person.id)}
    assert Owner(police, person.id) != Owner(housing, person.id)


def test_my_organisations_actions_are_those_of_whom_i_act_for(scene):
    person = scene.world.person(Role.COORDINATOR)
    scene.assign(text="Of the police")
    scene.world.hold_for(person, Role.COORDINATOR, scene.owner.organisation_id)
    again = scene.world.person(Role.COORDINATOR, organisation_id=scene.owner.organisation_id)
    browser = scene.world.browser(again)
    browser.get("/actions?whose=organisation")
    assert "Of the police" in browser.text
    stranger = scene.world.browser(scene.world.person(Role.COORDINATOR))
    stranger.get("/actions?whose=organisation")
    assert "Of the police" not in stranger.text


def test_without_a_role_that_is_in_force_nothing_is_owned(scene, outside, action):
    with scene.world.at_work():
        user = scene.world.get(User, outside.id)
        details = UserDetails(
            email=user.email, name=user.name, organisation_id=user.organisation_id, roles=frozenset({Role.PIN_MEMBER})
        )
        accounts.change_user(SYSTEM, user, details, active=True, version=None)
        actor = accounts.actor_of(user)
        assert actor.acts_for(Permission.ACTION_VIEW) == frozenset()
        assert db.session.scalars(policy.visible_to(actor)).all() == []
