"""The pages of meetings, as people in each role meet them."""

import datetime as dt
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
import sqlalchemy as sa
from flask import Flask
from markupsafe import Markup
from support.browser import Browser, identity
from support.world import SYSTEM, World

from dard.accounts.enums import Role
from dard.audit.models import AuditEvent
from dard.cases.enums import CaseStatus, Stream
from dard.cases.models import Case
from dard.core.database import db
from dard.core.permissions import Permission
from dard.panels import queries, service
from dard.panels.enums import MeetingStatus, Reply
from dard.panels.models import Meeting
from dard.panels.sections import EXTENSION, MeetingSection, register_meeting_section

ANSWERS = {
    "title": "Panel meeting July 2026",
    "on-day": "9",
    "on-month": "7",
    "on-year": "2026",
    "starts": "2pm",
    "place": "Council Chamber",
}


@pytest.fixture
def coordinator(world: World) -> Browser:
    return world.browser(world.person(Role.COORDINATOR, name="Cora Coordinator"))


@pytest.fixture
def sections(app: Flask) -> Iterator[Flask]:
    """The app, whose registry of sections is as it was afterwards."""
    before = list(app.extensions.get(EXTENSION, []))
    yield app
    app.extensions[EXTENSION] = before


def newest_code(world: World) -> str:
    with world.at_work():
        return db.session.scalars(sa.select(AuditEvent.code).order_by(AuditEvent.position.desc())).first() or ""


def status_of(world: World, case_id: uuid.UUID) -> CaseStatus:
    with world.at_work():
        return world.get(Case, case_id).status


def item_ids(world: World, meeting_id: uuid.UUID) -> list[uuid.UUID]:
    with world.at_work():
        return [item.id for item in queries.agenda(world.get(Meeting, meeting_id))]


def invitation_id(world: World, meeting_id: uuid.UUID) -> uuid.UUID:
    with world.at_work():
        return world.get(Meeting, meeting_id).invitations[0].id


def test_a_coordinator_arranges_a_meeting_from_start_to_end(world: World, coordinator: Browser) -> None:
    member = world.person(Role.MEMBER, name="Mo Member")
    world.agreement(member.organisation_id)
    case_id = world.case(status=CaseStatus.READY_FOR_TRIAGE)
    page = coordinator.post("/meetings/new", ANSWERS).headers["Location"]
    coordinator.get(page)
    assert "9 July 2026 at 2pm" in coordinator.text
    assert "No case is on the agenda yet." in coordinator.text
    coordinator.get(f"{page}/agenda/add")
    reference = re.search(r"2026-\d{4}", coordinator.text)
    assert reference is not None
    coordinator.post(f"{page}/agenda/add", {"reference": reference.group()})
    assert status_of(world, case_id) is CaseStatus.SCHEDULED
    coordinator.post(f"{page}/invitations/add", {"people": [str(member.id)]})
    assert newest_code(world) == "meeting.member_invited"
    coordinator.get(page)
    assert reference.group() in coordinator.text
    assert "Mo Member" in coordinator.text
    assert "No reply yet May receive papers." in coordinator.text
    coordinator.get(f"{page}/held")
    coordinator.post(f"{page}/held", {"version": "1"}, status=422)
    assert "Record it as held on that day or later" in coordinator.text
    with world.at_work():
        world.get(Meeting, identity(page)).starts_at = dt.datetime(2026, 3, 3, 9, 0, tzinfo=dt.UTC)
    coordinator.post(f"{page}/held", {"version": "2"})
    assert status_of(world, case_id) is CaseStatus.REVIEWED
    coordinator.get(page)
    assert "Move up" not in coordinator.text
    assert "Withdraw" not in coordinator.text
    coordinator.get("/meetings")
    assert "Panel meeting July 2026 3 March 2026 at 9am Held 1 0 of 1 accepted" in coordinator.text


def test_times_are_on_a_clock_in_england(world: World, coordinator: Browser) -> None:
    page = coordinator.post("/meetings/new", ANSWERS).headers["Location"]
    with world.at_work():
        assert world.get(Meeting, identity(page)).starts_at == dt.datetime(2026, 7, 9, 13, 0, tzinfo=dt.UTC)
    coordinator.get(f"{page}/change")
    assert 'value="2pm"' in coordinator.response.text


def test_a_member_sees_pseudonyms_and_nothing_else_of_a_case(world: World) -> None:
    member = world.person(Role.MEMBER)
    case_id = world.case(stream=Stream.ALCOHOL_RELATED_DEATH)
    meeting_id = world.meeting(cases=[case_id], invited=[member])
    with world.at_work():
        item = queries.agenda(world.get(Meeting, meeting_id))[0]
        reference, pseudonym = item.case.reference, item.pseudonym
    browser = world.browser(member)
    browser.get(f"/meetings/{meeting_id}")
    assert pseudonym in browser.text
    told = browser.response.text
    assert not [word for word in (reference, str(case_id), "lcohol-related", "14 February") if word in told]
    assert "Papers" not in browser.text
    chair = world.browser(world.person(Role.CHAIR))
    chair.get(f"/meetings/{meeting_id}")
    assert f'/cases/{case_id}"' in chair.response.text
    assert reference in chair.text
    assert "Move up" not in chair.text


def test_a_member_replies_and_changes_the_reply(world: World) -> None:
    member = world.person(Role.MEMBER)
    meeting_id = world.meeting(invited=[member])
    browser, page = world.browser(member), f"/meetings/{meeting_id}"
    assert "You have not replied yet" in browser.get(page).text
    browser.post(f"{page}/reply", {"reply": "accepted"})
    assert newest_code(world) == "meeting.invitation_answered"
    browser.get(page)
    assert "Your reply: Will attend" in browser.text
    browser.get(f"{page}/reply")
    browser.post(f"{page}/reply", {"reply": "declined"})
    browser.post(f"{page}/reply", {}, status=422)
    assert "Select whether you will attend" in browser.text
    browser.post(f"{page}/reply", {"reply": "awaited"}, status=422)
    with world.at_work():
        assert world.get(Meeting, meeting_id).invitations[0].reply is Reply.DECLINED


def test_somebody_who_is_not_invited_cannot_reply(world: World, coordinator: Browser) -> None:
    page = f"/meetings/{world.meeting()}"
    assert "Will you attend" not in coordinator.get(page).text
    coordinator.get(f"{page}/reply", status=403)
    coordinator.post(f"{page}/reply", {"reply": "accepted"}, status=403)


def test_a_meeting_to_which_one_is_not_invited_is_not_there(world: World) -> None:
    meeting_id = world.meeting(title="Secret meeting")
    browser = world.browser(world.person(Role.MEMBER))
    browser.get(f"/meetings/{meeting_id}", status=404)
    browser.post(f"/meetings/{meeting_id}/reply", {"reply": "accepted"}, status=404)
    assert "Secret meeting" not in browser.get("/meetings").text


@pytest.mark.parametrize("role", [Role.OFFICER, Role.ADMINISTRATOR])
def test_roles_without_meetings_see_none(world: World, role: Role) -> None:
    meeting_id = world.meeting()
    browser = world.browser(world.person(role))
    browser.get("/meetings", status=403)
    browser.get(f"/meetings/{meeting_id}", status=403)


@pytest.mark.parametrize("role", [Role.CHAIR, Role.MEMBER])
def test_only_coordinators_change_meetings(world: World, role: Role) -> None:
    person = world.person(role)
    meeting_id = world.meeting(cases=[world.case(), world.case()], invited=[person])
    page, browser = f"/meetings/{meeting_id}", world.browser(person)
    item, invitation = item_ids(world, meeting_id)[0], invitation_id(world, meeting_id)
    for path in ("/meetings/new", f"{page}/change", f"{page}/held", f"{page}/cancel", f"{page}/agenda/add"):
        browser.get(path, status=403)
    for path in (
        "agenda/add",
        f"agenda/{item}/remove",
        f"agenda/{item}/down",
        f"agenda/{item}/up",
        "invitations/add",
        f"invitations/{invitation}/withdraw",
        "held",
        "cancel",
    ):
        browser.post(f"{page}/{path}", {}, status=403)
    with world.at_work():
        assert world.get(Meeting, meeting_id).status is MeetingStatus.PLANNED


def test_children_of_another_meeting_are_not_found(world: World, coordinator: Browser) -> None:
    member = world.person(Role.MEMBER)
    one, other = world.meeting(cases=[world.case(), world.case()], invited=[member]), world.meeting()
    item, invitation = item_ids(world, one)[0], invitation_id(world, one)
    coordinator.get(f"/meetings/{other}/agenda/{item}/remove", status=404)
    coordinator.post(f"/meetings/{other}/agenda/{item}/down", {}, status=404)
    coordinator.post(f"/meetings/{other}/invitations/{invitation}/withdraw", {}, status=404)
    coordinator.get(f"/meetings/{uuid.uuid4()}", status=404)


def test_bad_answers_come_back_with_what_was_typed(coordinator: Browser) -> None:
    coordinator.post("/meetings/new", {**ANSWERS, "title": "", "starts": "2", "on-month": "13"}, status=422)
    assert "Enter a title for the meeting" in coordinator.text
    assert "Start time must be a time, like 2:30pm or 14:30" in coordinator.text
    assert "Date of the meeting must be a real date" in coordinator.text
    assert "Council Chamber" in coordinator.response.text


def test_a_stale_change_shows_both_versions(world: World, coordinator: Browser) -> None:
    page = f"/meetings/{world.meeting(title='First title')}"
    coordinator.post(f"{page}/change", {**ANSWERS, "version": "1"})
    assert "Panel meeting July 2026" in coordinator.get(page).text
    coordinator.post(f"{page}/change", {**ANSWERS, "title": "My title", "version": "1"}, status=409)
    assert "My title" in coordinator.text
    assert "Panel meeting July 2026" in coordinator.text


def test_an_ended_meeting_cannot_be_changed_held_or_cancelled(world: World, coordinator: Browser) -> None:
    page = f"/meetings/{world.meeting(starts_at=dt.datetime(2026, 3, 3, 9, 0, tzinfo=dt.UTC))}"
    assert "No case is on the agenda." in coordinator.get(f"{page}/held").text
    coordinator.post(f"{page}/held", {"version": "1"})
    coordinator.post(f"{page}/change", {**ANSWERS, "version": "2"}, status=422)
    assert "This meeting is “Held” and cannot be changed any more" in coordinator.text
    coordinator.post(f"{page}/held", {"version": "2"}, status=422)
    coordinator.post(f"{page}/cancel", {"reason": "x", "version": "2"}, status=422)
    coordinator.post(f"{page}/held", {"version": "1"}, status=409)


def test_cancelling_says_what_becomes_of_the_cases(world: World, coordinator: Browser) -> None:
    case_id = world.case()
    page = f"/meetings/{world.meeting(cases=[case_id])}"
    assert "1 case on the agenda goes back to “Ready for triage”" in coordinator.get(f"{page}/cancel").text
    coordinator.post(f"{page}/cancel", {"reason": "", "version": "1"}, status=422)
    assert "Enter why the meeting is cancelled" in coordinator.text
    coordinator.post(f"{page}/cancel", {"reason": "No quorum", "version": "1"})
    assert status_of(world, case_id) is CaseStatus.READY_FOR_TRIAGE
    assert "Cancelled" in coordinator.get(page).text


def test_the_agenda_is_put_in_order_and_shortened(world: World, coordinator: Browser) -> None:
    meeting_id = world.meeting(cases=[world.case(), world.case()])
    page, (first, second) = f"/meetings/{meeting_id}", item_ids(world, meeting_id)
    assert coordinator.post(f"{page}/agenda/{second}/up", {}).headers["Location"].endswith("#agenda")
    assert item_ids(world, meeting_id) == [second, first]
    coordinator.post(f"{page}/agenda/{second}/down", {})
    coordinator.post(f"{page}/agenda/{first}/up", {}, status=422)
    assert "at the end of the agenda already" in coordinator.text
    assert newest_code(world) == "meeting.agenda_item_moved"
    coordinator.get(f"{page}/agenda/{first}/remove")
    coordinator.post(f"{page}/agenda/{first}/remove", {"reason": ""}, status=422)
    coordinator.post(f"{page}/agenda/{first}/remove", {"reason": "Inquest first"})
    assert newest_code(world) == "meeting.agenda_item_removed"
    coordinator.post(f"{page}/agenda/{first}/remove", {"reason": "Again"}, status=404)
    assert item_ids(world, meeting_id) == [second]


def test_a_case_that_cannot_be_added_is_refused_beside_its_field(world: World, coordinator: Browser) -> None:
    page = f"/meetings/{world.meeting()}/agenda/add"
    reviewed, notified = world.case(status=CaseStatus.REVIEWED), world.case()
    with world.at_work():
        references = [world.get(Case, each).reference for each in (reviewed, notified)]
    for reference, field, message in (
        ("1999-0001", "reference", "There is no case with this reference"),
        (references[0], "reason", "This case has been reviewed before. Enter why it comes back"),
        (references[1], "reference", "A case that is “Notified” cannot be put on an agenda"),
        ("", "reference", "Enter the reference of the case, like 2026-0042"),
    ):
        coordinator.post(page, {"reference": reference}, status=422)
        assert message in coordinator.text
        assert f'href="#{field}"' in coordinator.response.text
    coordinator.post(page, {"reference": references[0], "reason": "New toxicology"})
    coordinator.post(page, {"reference": references[0], "reason": "Again"}, status=422)
    assert "This case is on the agenda already" in coordinator.text


def test_people_are_offered_by_organisation_with_its_position(world: World, coordinator: Browser) -> None:
    trust = world.organisation("Fern Trust")
    member = world.person(Role.MEMBER, organisation_id=trust, name="Mo Member")
    officer = world.person(Role.OFFICER, organisation_id=trust, name="Olu Officer")
    meeting_id = world.meeting()
    page = f"/meetings/{meeting_id}/invitations/add"
    coordinator.get(page)
    assert "Fern Trust May not receive papers. The organisation is not a party" in coordinator.text
    assert "Olu Officer" not in coordinator.text
    coordinator.post(page, {}, status=422)
    assert "Select at least one person" in coordinator.text
    coordinator.post(page, {"people": [str(officer.id)]}, status=422)
    with world.at_work():
        everybody = [str(user.id) for user in service.who_may_be_invited(world.get(Meeting, meeting_id))]
    assert str(member.id) in everybody
    coordinator.post(page, {"people": everybody})
    assert "2 people are invited" in coordinator.get(f"/meetings/{meeting_id}").text
    assert "Everybody who can be invited is invited already." in coordinator.get(page).text


def test_an_invitation_is_withdrawn(world: World, coordinator: Browser) -> None:
    member = world.person(Role.MEMBER, name="Mo Member")
    meeting_id = world.meeting(invited=[member])
    page = f"/meetings/{meeting_id}/invitations/{invitation_id(world, meeting_id)}/withdraw"
    assert "Mo Member" in coordinator.get(page).text
    coordinator.post(page, {})
    assert newest_code(world) == "meeting.invitation_withdrawn"
    coordinator.post(page, {}, status=404)
    world.browser(member).get(f"/meetings/{meeting_id}", status=404)


@pytest.mark.parametrize("verb", ["agenda/add", "invitations/add", "remove", "withdraw", "reply"])
def test_forms_of_an_ended_meeting_say_why_they_do_nothing(world: World, verb: str) -> None:
    person, other = world.person(Role.COORDINATOR), world.person(Role.MEMBER)
    case_id, more = world.case(), world.case(status=CaseStatus.OPEN)
    meeting_id = world.meeting(cases=[case_id], invited=[person])
    page, item, invitation = f"/meetings/{meeting_id}", item_ids(world, meeting_id)[0], invitation_id(world, meeting_id)
    with world.at_work():
        service.transition(SYSTEM, world.get(Meeting, meeting_id), MeetingStatus.CANCELLED, "No quorum")
        reference = world.get(Case, more).reference
    path, answers = {
        "agenda/add": ("agenda/add", {"reference": reference}),
        "invitations/add": ("invitations/add", {"people": [str(other.id)]}),
        "remove": (f"agenda/{item}/remove", {"reason": "x"}),
        "withdraw": (f"invitations/{invitation}/withdraw", {}),
        "reply": ("reply", {"reply": "accepted"}),
    }[verb]
    browser = world.browser(person)
    browser.post(f"{page}/{path}", answers, status=422)
    assert "This meeting is “Cancelled” and cannot be changed any more" in browser.text


def test_a_case_shows_its_meetings_and_is_put_on_another(world: World, coordinator: Browser) -> None:
    case_id = world.case()
    first = world.meeting(title="Spring panel", cases=[case_id])
    second = world.meeting(title="Summer panel")
    page = f"/cases/{case_id}/meetings"
    coordinator.get(page)
    with world.at_work():
        pseudonym = queries.agenda(world.get(Meeting, first))[0].pseudonym
    assert f"Spring panel 17 March 2026 at 2pm Planned {pseudonym}" in coordinator.text
    coordinator.post(page, {}, status=422)
    assert "Select a meeting" in coordinator.text
    coordinator.post(page, {"meeting": str(first)}, status=422)  # it is there already, so it is not offered
    coordinator.post(page, {"meeting": str(second)})
    assert newest_code(world) == "meeting.agenda_item_added"
    assert "No other meeting is planned." in coordinator.get(page).text


def test_a_case_that_is_not_open_yet_offers_no_meeting_and_a_reviewed_one_asks_why(
    world: World, coordinator: Browser
) -> None:
    notified, reviewed = world.case(), world.case(status=CaseStatus.REVIEWED)
    meeting_id = world.meeting()
    coordinator.get(f"/cases/{notified}/meetings")
    assert "A case that is “Notified” cannot be put on an agenda. Open the case first." in coordinator.text
    page = f"/cases/{reviewed}/meetings"
    assert "This case has been reviewed before." in coordinator.get(page).text
    coordinator.post(page, {"meeting": str(meeting_id)}, status=422)
    assert "Enter why it comes back" in coordinator.text
    coordinator.post(page, {"meeting": str(meeting_id), "reason": "New toxicology"})
    assert status_of(world, reviewed) is CaseStatus.SCHEDULED


def test_a_chair_sees_the_meetings_of_a_case_and_cannot_add_one(world: World) -> None:
    case_id, meeting_id = world.case(status=CaseStatus.OPEN), world.meeting(title="Spring panel")
    browser = world.browser(world.person(Role.CHAIR))
    browser.get(f"/cases/{case_id}/meetings")
    assert "Put it on an agenda" not in browser.text
    browser.post(f"/cases/{case_id}/meetings", {"meeting": str(meeting_id)}, status=403)
    world.browser(world.person(Role.MEMBER)).get(f"/cases/{case_id}/meetings", status=403)
    assert status_of(world, case_id) is CaseStatus.OPEN


def test_sections_of_other_features_stand_on_the_page_for_those_who_may_see_them(world: World, sections: Flask) -> None:
    def says(text: str) -> Callable[..., str]:
        return lambda actor, meeting: Markup("<p>{} of {} for {}</p>").format(text, meeting.title, actor.label)

    register_meeting_section(sections, MeetingSection(92, Permission.MEETING_VIEW, says("Second")))
    register_meeting_section(sections, MeetingSection(91, Permission.MEETING_VIEW, says("First")))
    register_meeting_section(sections, MeetingSection(93, Permission.MEETING_MANAGE, says("Third")))
    register_meeting_section(sections, MeetingSection(94, Permission.MEETING_VIEW, lambda _actor, _meeting: ""))
    member = world.person(Role.MEMBER, name="Mo Member")
    meeting_id = world.meeting(title="Spring <panel>", invited=[member])
    text = world.browser(member).get(f"/meetings/{meeting_id}").text
    first, second = (f"<p>{word} of Spring &lt;panel&gt; for Mo Member</p>" for word in ("First", "Second"))
    assert text.index(first) < text.index(second)
    assert "Third of" not in text


def test_the_home_page_counts_down_to_the_next_meeting_and_names_its_gaps(world: World, coordinator: Browser) -> None:
    assert "No meeting is planned." in coordinator.get("/").text
    coordinator.get("/")
    member = world.person(Role.MEMBER)
    world.meeting(title="Spring panel", invited=[member])
    world.meeting(title="Forgotten panel", starts_at=dt.datetime(2026, 3, 2, 14, 0, tzinfo=dt.UTC))
    coordinator.get("/")
    assert (
        "Spring panel, in 14 days 17 March 2026 at 2pm. No case is on the agenda yet. 1 reply is awaited. "
        "1 invited person may not receive papers." in coordinator.text
    )
    assert "Forgotten panel, yesterday Record that it was held, or cancel it" in coordinator.text
    assert "Forgotten panel" not in world.browser(world.person(Role.CHAIR)).get("/").text


def test_a_meeting_without_gaps_says_so(world: World, coordinator: Browser) -> None:
    member = world.person(Role.MEMBER)
    world.agreement(member.organisation_id)
    meeting_id = world.meeting(title="Spring panel", cases=[world.case()], invited=[member])
    world.browser(member).post(f"/meetings/{meeting_id}/reply", {"reply": "accepted"})
    assert "Nothing is missing." in coordinator.get("/").text


def test_a_member_sees_their_next_meeting_and_their_reply_on_the_home_page(world: World) -> None:
    member = world.person(Role.MEMBER)
    browser = world.browser(member)
    assert "You are not invited to a meeting." in browser.get("/").text
    browser.get("/")
    later = dt.datetime(2026, 5, 5, 13, 0, tzinfo=dt.UTC)
    world.meeting(title="Summer panel", invited=[member], starts_at=later)
    meeting_id = world.meeting(title="Spring panel", invited=[member])
    browser.get("/")
    assert (
        "Spring panel, in 14 days 17 March 2026 at 2pm, Council Chamber. Say whether you will attend." in browser.text
    )
    assert "Summer panel, in 2 months" in browser.text  # it awaits a reply too
    browser.post(f"/meetings/{meeting_id}/reply", {"reply": "declined"})
    assert "You said that you cannot attend." in browser.get("/").text


def test_an_invited_chair_is_asked_to_reply(world: World) -> None:
    chair = world.person(Role.CHAIR)
    meeting_id = world.meeting(title="Spring panel", invited=[chair])
    browser = world.browser(chair)
    browser.get("/")
    assert "Meetings that await your reply" in browser.text
    browser.post(f"/meetings/{meeting_id}/reply", {"reply": "accepted"})
    browser.get("/")
    assert "Meetings that await your reply" not in browser.text


def test_today_and_a_passed_day_are_marked_in_the_list(world: World, coordinator: Browser) -> None:
    today = world.meeting(title="Today panel", starts_at=dt.datetime(2026, 3, 3, 8, 0, tzinfo=dt.UTC))
    passed = world.meeting(title="Forgotten panel", starts_at=dt.datetime(2026, 3, 2, 23, 59, tzinfo=dt.UTC))
    coordinator.get("/meetings")
    assert re.search(r"Forgotten panel .{0,60}Its day has passed.*Today panel .{0,60}Today", coordinator.text)
    assert "(" not in coordinator.text  # neither is still to come
    assert "The day of this meeting has passed" in coordinator.get(f"/meetings/{passed}").text
    coordinator.get(f"/meetings/{today}")
    assert "The day of this meeting has passed" not in coordinator.text


def test_past_meetings_are_shown_a_page_at_a_time(world: World, coordinator: Browser) -> None:
    for number in range(26):
        meeting_id = world.meeting(
            title=f"Panel {number:02}", starts_at=dt.datetime(2025, 1, 1 + number, tzinfo=dt.UTC)
        )
        with world.at_work():
            service.transition(SYSTEM, world.get(Meeting, meeting_id), MeetingStatus.HELD)
    coordinator.get("/meetings")
    assert "Panel 25" in coordinator.text
    assert "Panel 00" not in coordinator.text
    assert "Showing 1 to 25 of 26 past meetings" in coordinator.text
    assert "Panel 00" in coordinator.get("/meetings?page=2").text


def test_the_help_page_is_there(world: World) -> None:
    assert "drawn at random for that meeting" in world.browser().get("/help/meetings").text


def test_pages_cost_the_same_for_3_and_30(
    world: World, count_queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    person = world.person(Role.COORDINATOR)
    browser = world.browser(person)
    case_id = world.case()

    def fill(number: int) -> uuid.UUID:
        for _ in range(number):
            world.meeting(cases=[case_id], invited=[person])
        cases = [world.case() for _ in range(number)]
        return world.meeting(cases=cases, invited=[world.person(Role.MEMBER) for _ in range(number)])

    def counts(meeting_id: uuid.UUID) -> list[int]:
        page, found = f"/meetings/{meeting_id}", []
        for path in (
            "/meetings",
            page,
            f"{page}/invitations/add",
            f"{page}/agenda/add",
            f"/cases/{case_id}/meetings",
            "/",
        ):
            with count_queries() as statements:
                browser.get(path)
            found.append(len(statements))
        return found

    before = counts(fill(3))
    assert counts(fill(30)) == before
