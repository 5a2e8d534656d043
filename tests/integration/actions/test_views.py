import datetime as dt
import re

import pytest
import sqlalchemy as sa
from support.world import SYSTEM

from dard.accounts.enums import Role
from dard.actions.enums import ActionStatus as S
from dard.actions.enums import Priority
from dard.actions.models import Action
from dard.audit.models import AuditEvent
from dard.core.database import db
from dard.panels import service as panels
from dard.panels.enums import MeetingStatus
from dard.panels.models import Meeting

REFERENCE = re.compile(r"A-2026-\d{4}(?=</a>)")


def shown(browser, query=""):
    """The references on the tracker, in their order."""
    return REFERENCE.findall(browser.get(f"/actions{query}").text)


def version_on(page):
    return re.search(r'name="version"[^>]*value="(\d+)"', page.text).group(1)


def answers(scene, **told):
    usual = {
        "text": "Train custody officers to give out naloxone",
        "owner": f"organisation-{scene.owner.organisation_id}",
        "due_on-day": "31",
        "due_on-month": "3",
        "due_on-year": "2026",
        "priority": "high",
    }
    return {**usual, **told}


def new_page(scene):
    return f"/meetings/{scene.meeting_id}/cases/{scene.case_id}/actions/new"


def test_the_chair_assigns_an_action_to_a_person(scene):
    chair = scene.world.browser(scene.chair)
    page = chair.get(new_page(scene))
    assert "Agreed at March panel, 17 March 2026" in chair.text
    assert '<optgroup label="Fernshire Police">' in page.text
    assert "Organisation only: Fernshire Police" in page.text
    chair.post(new_page(scene), answers(scene, owner=f"person-{scene.owner.id}"))
    chair.get(f"/cases/{scene.case_id}/actions")
    assert "Action A-2026-0001 is assigned." in chair.text
    assert "Olu Owner Fernshire Police" in chair.text


def test_what_is_missing_is_said_and_what_was_entered_is_kept(scene):
    chair = scene.world.browser(scene.chair)
    page = chair.post(new_page(scene), {"text": "Meet Tamsin", "due_on-day": "31"}, status=422)
    for message in ("Select who is to do it", "Due date must include a month and year", "Select the priority"):
        assert message in chair.text
    assert "Meet Tamsin</textarea>" in page.text
    chair.post(new_page(scene), answers(scene, text="Meet Tamsin"), status=422)
    assert "Take out what could identify the person: “Tamsin”" in chair.text
    chair.post(new_page(scene), answers(scene, **{"due_on-year": "2025"}), status=422)
    assert "The due date must be today or in the future" in chair.text
    with scene.world.at_work():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Action)) == 0


def test_only_the_chair_sees_the_page_that_assigns_and_only_for_a_case_on_the_agenda(scene):
    for role in (Role.COORDINATOR, Role.MEMBER, Role.OFFICER, Role.ADMINISTRATOR):
        scene.world.browser(scene.world.person(role)).get(new_page(scene), status=403)
    chair = scene.world.browser(scene.chair)
    other_case, other_meeting = scene.world.case(), scene.world.meeting()
    chair.get(f"/meetings/{scene.meeting_id}/cases/{other_case}/actions/new", status=404)
    chair.get(f"/meetings/{other_meeting}/cases/{scene.case_id}/actions/new", status=404)
    chair.post(f"/meetings/{other_meeting}/cases/{scene.case_id}/actions/new", answers(scene), status=404)


def test_a_member_sees_the_action_and_never_the_case(scene):
    action_id = scene.assign(due_on=dt.date(2026, 2, 27))
    member = scene.world.browser(scene.owner)
    member.get("/actions")
    assert "Train custody officers to give out naloxone" in member.text
    assert "4 days overdue" in member.text
    page = member.get(f"/actions/{action_id}")
    assert "Fernshire Police" in member.text
    assert "27 February 2026 4 days overdue" in member.text
    for secret in ("2026-0001</a>", str(scene.case_id), "Change the action", "Reject"):
        assert secret not in page.text.replace("A-2026-0001", "")
    member.get(f"/cases/{scene.case_id}/actions", status=403)
    member.get(f"/actions/{action_id}/change", status=403)
    member.get(f"/actions/{action_id}/decision", status=403)


def test_chair_and_coordinator_reach_the_case_from_the_action(scene):
    action_id = scene.assign()
    for person in (scene.chair, scene.world.person(Role.COORDINATOR)):
        browser = scene.world.browser(person)
        assert f'href="/cases/{scene.case_id}/actions"' in browser.get(f"/actions/{action_id}").text
        assert f'href="/cases/{scene.case_id}/actions"' in browser.get("/actions").text
    officer = scene.world.browser(scene.world.person(Role.OFFICER))
    assert "/cases/" not in officer.get(f"/actions/{action_id}").text
    assert "/cases/" not in officer.get("/actions").text


def test_another_organisations_action_is_not_there(scene):
    action_id = scene.assign()
    stranger = scene.world.browser(scene.world.person(Role.MEMBER))
    assert shown(stranger) == []
    assert "There are no actions yet" in stranger.text
    for page in ("", "/update"):
        stranger.get(f"/actions/{action_id}{page}", status=404)
    stranger.post(f"/actions/{action_id}/update", {"note": "Done", "version": "1"}, status=404)
    scene.world.browser(scene.world.person(Role.ADMINISTRATOR)).get("/actions", status=403)


def test_an_owner_updates_in_one_line_and_the_chair_closes(scene):
    action_id = scene.assign()
    owner, chair = scene.world.browser(scene.owner), scene.world.browser(scene.chair)
    page = owner.get(f"/actions/{action_id}")
    assert "No updates yet" in owner.text
    owner.post(
        f"/actions/{action_id}/update",
        {"note": "All officers trained", "status": "awaiting_sign_off", "version": version_on(page)},
    )
    page = owner.get(f"/actions/{action_id}")
    assert "The update is saved." in owner.text
    assert "All officers trained" in owner.text
    assert "by Olu Owner, Fernshire Police" in owner.text
    assert 'name="status"' not in page.text
    page = chair.get(f"/actions/{action_id}/decision")
    assert "Close it" in chair.text
    assert "Send it back to its owner" in chair.text
    chair.post(f"/actions/{action_id}/decision", {"decision": "closed", "version": version_on(page)}, status=422)
    assert "Enter the outcome or the reason" in chair.text
    sent = {"decision": "closed", "note": "40 officers carry naloxone", "version": version_on(page)}
    chair.post(f"/actions/{action_id}/decision", sent)
    page = chair.get(f"/actions/{action_id}")
    assert "Outcome 40 officers carry naloxone Closed on 3 March 2026" in chair.text
    assert "Reopen" in chair.text
    assert "Change the action" not in chair.text
    chair.get(f"/actions/{action_id}/decision")
    assert "It goes back to its owner as “In progress”" in chair.text
    page = owner.get(f"/actions/{action_id}")
    assert "Say how it is going" not in owner.text


def test_an_action_that_was_rejected_has_nothing_left_to_decide(scene):
    action_id = scene.assign()
    scene.take(action_id, S.REJECTED)
    chair = scene.world.browser(scene.chair)
    assert "/decision" not in chair.get(f"/actions/{action_id}").text
    chair.get(f"/actions/{action_id}/decision", status=302)


@pytest.mark.parametrize("to", [S.REJECTED, S.AWAITING_SIGN_OFF])
def test_a_decision_about_what_has_moved_on_meanwhile_shows_both_versions(scene, to):
    action_id = scene.assign()
    chair = scene.world.browser(scene.chair)
    seen = version_on(chair.get(f"/actions/{action_id}/decision"))
    scene.take(action_id, to)
    sent = {"decision": "rejected", "note": "Our reason", "version": seen}
    chair.post(f"/actions/{action_id}/decision", sent, status=409)
    assert "Our reason" in chair.text
    assert to.label in chair.text


def test_an_update_needs_words_and_blocked_needs_a_reason(scene):
    action_id = scene.assign()
    owner = scene.world.browser(scene.owner)
    page = owner.post(f"/actions/{action_id}/update", {"note": " ", "status": "blocked", "version": "1"}, status=422)
    assert "Say what has happened since the last update" in owner.text
    assert re.search(r'value="blocked" checked', page.text)
    owner.post(f"/actions/{action_id}/update", {"note": "Done", "status": "closed", "version": "1"}, status=422)
    assert "select from the choices on this page" in owner.text


def test_only_owners_and_coordinators_may_send_an_update(scene):
    action_id = scene.assign()
    scene.world.browser(scene.chair).get(f"/actions/{action_id}/update", status=403)
    officer = scene.world.browser(scene.world.person(Role.OFFICER))
    officer.post(f"/actions/{action_id}/update", {"note": "Done", "version": "1"}, status=403)
    coordinator = scene.world.browser(scene.world.person(Role.COORDINATOR))
    page = coordinator.get(f"/actions/{action_id}/update")
    coordinator.post(f"/actions/{action_id}/update", {"note": "They told the meeting", "version": version_on(page)})
    coordinator.post(
        f"/actions/{action_id}/update",
        {"note": "Tamsin told us", "version": str(int(version_on(page)) + 1)},
        status=422,
    )
    assert "Take out what could identify the person: “Tamsin”" in coordinator.text


def test_a_stale_update_shows_both_versions(scene):
    action_id = scene.assign()
    first, second = scene.world.browser(scene.owner), scene.world.browser(scene.world.person(Role.COORDINATOR))
    seen = version_on(first.get(f"/actions/{action_id}"))
    second.post(f"/actions/{action_id}/update", {"note": "Their words", "status": "in_progress", "version": seen})
    first.post(f"/actions/{action_id}/update", {"note": "My words", "status": "blocked", "version": seen}, status=409)
    for words in ("My words", "Their words", "Blocked", "In progress"):
        assert words in first.text
    first.get(f"/actions/{action_id}/update")
    scene.take(action_id, S.AWAITING_SIGN_OFF)
    first.post(f"/actions/{action_id}/update", {"note": "Mine", "status": "blocked", "version": seen}, status=409)


def test_the_chair_changes_an_action_and_a_stale_change_shows_both_versions(scene):
    action_id = scene.assign(owner_id=scene.owner.id)
    chair = scene.world.browser(scene.chair)
    page = chair.get(f"/actions/{action_id}/change")
    assert f'value="person-{scene.owner.id}" selected' in page.text
    sent = answers(scene, text="Train all officers", priority="low", version=version_on(page))
    chair.post(f"/actions/{action_id}/change", sent)
    chair.get(f"/actions/{action_id}")
    assert "Train all officers" in chair.text
    chair.post(f"/actions/{action_id}/change", {**sent, "text": "Train nobody"}, status=409)
    assert "Train nobody" in chair.text
    assert "Train all officers" in chair.text
    chair.post(f"/actions/{action_id}/change", answers(scene, text="Train all officers", version=""), status=422)


def test_the_tracker_is_filtered_by_its_address(scene):
    ambulance = scene.world.organisation("Fernshire Ambulance")
    later = scene.world.meeting(cases=[scene.case_id], title="April panel")
    mine = scene.assign(owner_id=scene.owner.id, due_on=dt.date(2026, 2, 1))
    scene.assign(priority=Priority.LOW, due_on=dt.date(2026, 5, 1))
    theirs = scene.assign(owner_organisation_id=ambulance, due_on=dt.date(2026, 1, 1))
    scene.take(mine, S.IN_PROGRESS)
    scene.take(theirs, S.REJECTED)
    scene.meeting_id = later
    scene.assign(owner_organisation_id=ambulance, priority=Priority.MEDIUM)
    first, second, third, fourth = (f"A-2026-000{number}" for number in (1, 2, 3, 4))
    coordinator = scene.world.person(Role.COORDINATOR, organisation_id=ambulance)
    browser = scene.world.browser(coordinator)
    assert shown(browser) == [first, fourth, second, third]
    for query, expected in {
        "?status=open": [first, fourth, second],
        "?status=in_progress": [first],
        "?status=rejected": [third],
        "?status=nonsense": [first, fourth, second, third],
        "?priority=low": [second],
        f"?organisation={ambulance}": [fourth, third],
        f"?organisation={ambulance}&status=open": [fourth],
        f"?meeting={later}": [fourth],
        "?overdue=yes": [first],
        "?whose=organisation": [fourth, third],
        "?whose=mine": [],
        "?due_from-day=1&due_from-month=3&due_from-year=2026": [fourth, second],
        "?due_to-day=31&due_to-month=3&due_to-year=2026&status=open": [first, fourth],
        "?due_from-day=1&due_from-month=2&due_from-year=2026&overdue=yes&priority=high": [first],
        f"?whose=organisation&priority=medium&meeting={later}": [fourth],
    }.items():
        assert shown(browser, query) == expected, query
    assert shown(scene.world.browser(scene.owner), "?whose=mine") == [first]
    browser.get("/actions?due_from-day=31&due_from-month=2&due_from-year=2026")
    assert "Due on or after must be a real date" in browser.text
    browser.get("/actions?whose=mine")
    assert "No actions match" in browser.text


def test_a_member_is_offered_only_organisations_and_meetings_of_what_they_see(scene):
    ambulance = scene.world.organisation("Fernshire Ambulance")
    scene.assign()
    scene.meeting_id = scene.world.meeting(cases=[scene.case_id], title="April panel")
    scene.assign(owner_organisation_id=ambulance)
    page = scene.world.browser(scene.owner).get("/actions").text
    assert "Fernshire Police" in page
    assert "March panel" in page
    assert "Fernshire Ambulance" not in page
    assert "April panel" not in page


def test_the_tracker_turns_pages_and_keeps_the_filters(scene):
    for _ in range(26):
        scene.assign()
    browser = scene.world.browser(scene.owner)
    assert len(shown(browser, "?priority=high")) == 25
    assert 'href="/actions?priority=high&amp;page=2"' in browser.response.text
    assert shown(browser, "?priority=high&page=2") == ["A-2026-0026"]


@pytest.mark.parametrize("page", ["/actions", "/cases/{case}/actions", "/meetings/{meeting}", "/"])
def test_a_list_costs_the_same_queries_for_3_rows_and_for_20(scene, count_queries, page):
    address = page.format(case=scene.case_id, meeting=scene.meeting_id)
    browser = scene.world.browser(scene.chair)
    costs = []
    for more in (3, 17):
        for number in range(more):
            owner = scene.world.person(Role.MEMBER)
            action = scene.assign(owner_organisation_id=owner.organisation_id, owner_id=owner.id)
            scene.take(action, *([S.REJECTED] if number % 2 else []))
        browser.get(address)
        with count_queries() as counted:
            browser.get(address)
        costs.append(len(counted))
    assert costs[0] == costs[1]


def test_the_case_file_shows_its_actions_and_where_to_assign_more(scene):
    chair, coordinator = scene.world.browser(scene.chair), scene.world.browser(scene.world.person(Role.COORDINATOR))
    page = chair.get(f"/cases/{scene.case_id}/actions")
    assert f'href="{new_page(scene)}"' in page.text
    assert "No actions yet" in chair.text
    scene.assign()
    assert REFERENCE.findall(coordinator.get(f"/cases/{scene.case_id}/actions").text) == ["A-2026-0001"]
    assert "actions/new" not in coordinator.response.text
    chair.get(f"/cases/{scene.world.case()}/actions")
    assert "Actions are agreed at a meeting" in chair.text
    with scene.world.at_work():
        panels.transition(SYSTEM, scene.world.get(Meeting, scene.meeting_id), MeetingStatus.CANCELLED, "No quorum")
    assert "actions/new" not in chair.get(f"/cases/{scene.case_id}/actions").text


def test_the_meeting_shows_what_was_agreed_and_the_chair_assigns_from_there(scene):
    with scene.world.at_work():
        panels.invite(SYSTEM, scene.world.get(Meeting, scene.meeting_id), [scene.owner.id])
    chair, member = scene.world.browser(scene.chair), scene.world.browser(scene.owner)
    assert f'href="{new_page(scene)}"' in chair.get(f"/meetings/{scene.meeting_id}").text
    assert "Actions agreed at this meeting" not in member.get(f"/meetings/{scene.meeting_id}").text
    scene.assign()
    assert REFERENCE.findall(member.get(f"/meetings/{scene.meeting_id}").text) == ["A-2026-0001"]
    assert "actions/new" not in member.response.text
    with scene.world.at_work():
        panels.transition(SYSTEM, scene.world.get(Meeting, scene.meeting_id), MeetingStatus.CANCELLED, "No quorum")
    assert "actions/new" not in chair.get(f"/meetings/{scene.meeting_id}").text


def test_the_home_page_shows_each_their_own_overdue_first(scene):
    scene.assign()
    scene.assign(owner_id=scene.owner.id, due_on=dt.date(2026, 3, 20))
    scene.assign(due_on=dt.date(2026, 2, 27))
    done = scene.assign()
    scene.take(done, S.AWAITING_SIGN_OFF)
    owner = scene.world.browser(scene.owner)
    owner.get("/")
    mine, ours = owner.text.split("My actions")[1].split("My organisation’s actions")
    assert re.findall(r"A-2026-\d{4}", mine) == ["A-2026-0002"]
    assert re.findall(r"A-2026-\d{4}", ours) == ["A-2026-0003", "A-2026-0001"]
    assert "4 days overdue, high priority, nobody named" in ours
    assert "naloxone" not in owner.text
    chair = scene.world.browser(scene.chair)
    chair.get("/")
    assert "Actions to sign off Action A-2026-0004" in chair.text
    assert "My actions" not in chair.text


def test_the_help_explains_actions(scene):
    scene.world.browser(scene.owner).get("/help/actions")


def test_reading_writes_no_event(scene):
    action_id = scene.assign()
    with scene.world.at_work():
        before = db.session.scalar(sa.select(sa.func.count()).select_from(AuditEvent))
    browser = scene.world.browser(scene.chair)
    for page in ("/actions", f"/actions/{action_id}", f"/cases/{scene.case_id}/actions"):
        browser.get(page)
    with scene.world.at_work():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditEvent)) == before
