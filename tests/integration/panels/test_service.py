"""Arranging meetings, their agenda and invitations."""

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa
from support.world import SYSTEM, World

from dard.accounts import service as accounts
from dard.accounts.enums import Role
from dard.audit.models import AuditEvent
from dard.cases.enums import CaseStatus
from dard.cases.models import Case
from dard.cases.states import MAY_BE_SCHEDULED
from dard.core.actor import Actor
from dard.core.database import db
from dard.core.errors import ConflictError, DomainError, ForbiddenError, NotFoundError, TransitionError
from dard.panels import queries, service
from dard.panels.enums import MeetingStatus, Reply
from dard.panels.models import Meeting
from dard.panels.policy import visible_to
from dard.panels.service import MeetingDetails

TODAY = dt.datetime(2026, 3, 3, 14, 0, tzinfo=dt.UTC)
DETAILS = MeetingDetails(
    title=" Panel meeting ", starts_at=dt.datetime(2026, 4, 1, 13, 0, tzinfo=dt.UTC), place=" Room 2 "
)


def newest(count: int = 1) -> list[AuditEvent]:
    return list(db.session.scalars(sa.select(AuditEvent).order_by(AuditEvent.position.desc()).limit(count)))


def order(meeting: Meeting) -> list[uuid.UUID]:
    return [item.case_id for item in queries.agenda(meeting)]


def test_a_meeting_is_arranged_trimmed_and_recorded(world: World) -> None:
    with world.at_work():
        made = service.arrange(SYSTEM, DETAILS)
        assert (made.title, made.place, made.status) == ("Panel meeting", "Room 2", MeetingStatus.PLANNED)
        assert newest()[0].code == "meeting.arranged"


def test_changing_names_what_changed_and_says_nothing_if_nothing_did(world: World) -> None:
    with world.at_work():
        made = service.arrange(SYSTEM, DETAILS)
        service.change(SYSTEM, made, DETAILS, made.version)
        assert newest()[0].code == "meeting.arranged"
        later = MeetingDetails(
            title="Panel meeting", starts_at=dt.datetime(2026, 4, 2, 13, 0, tzinfo=dt.UTC), place="Room 2"
        )
        service.change(SYSTEM, made, later, None)
        assert (newest()[0].code, newest()[0].details) == ("meeting.changed", '{"changed":["starts_at"]}')


def test_a_stale_change_shows_both_versions(world: World) -> None:
    with world.at_work():
        made = service.arrange(SYSTEM, DETAILS)
        with pytest.raises(ConflictError) as refused:
            service.change(SYSTEM, made, DETAILS, made.version + 1)
        assert dict(refused.value.ours)["Time"] == "1 April 2026 at 2pm"
        assert dict(refused.value.theirs)["Title"] == "Panel meeting"


@pytest.mark.parametrize("status", [status for status in CaseStatus if status in MAY_BE_SCHEDULED])
def test_a_case_that_may_be_scheduled_becomes_so_under_a_pseudonym(world: World, status: CaseStatus) -> None:
    case_id, meeting_id = world.case(status=status), world.meeting()
    with world.at_work():
        case, meeting = world.get(Case, case_id), world.get(Meeting, meeting_id)
        added = service.add_case(SYSTEM, meeting, case, "New toxicology")
        assert case.status is CaseStatus.SCHEDULED
        assert added.pseudonym.startswith("Case ")
        assert case.reference not in added.pseudonym
        assert (newest()[0].code, newest()[0].case_id) == ("meeting.agenda_item_added", case_id)


@pytest.mark.parametrize("status", [status for status in CaseStatus if status not in MAY_BE_SCHEDULED])
def test_any_other_case_is_kept_off_the_agenda(world: World, status: CaseStatus) -> None:
    case_id, meeting_id = world.case(status=status), world.meeting()
    with world.at_work():
        case, meeting = world.get(Case, case_id), world.get(Meeting, meeting_id)
        with pytest.raises(DomainError, match="cannot be put on an agenda"):
            service.add_case(SYSTEM, meeting, case)
        assert (case.status, order(meeting)) == (status, [])


@pytest.mark.parametrize("status", [CaseStatus.REVIEWED, CaseStatus.ACTIONS_OPEN])
def test_a_reviewed_case_comes_back_only_with_a_reason(world: World, status: CaseStatus) -> None:
    case_id, meeting_id = world.case(status=status), world.meeting()
    with world.at_work():
        case, meeting = world.get(Case, case_id), world.get(Meeting, meeting_id)
        with pytest.raises(DomainError, match="reviewed before") as refused:
            service.add_case(SYSTEM, meeting, case, "  ")
        assert refused.value.field == "reason"


def test_a_case_stands_once_on_an_agenda_and_may_stand_on_two_under_two_names(world: World) -> None:
    case_id = world.case()
    first, second = world.meeting(cases=[case_id]), world.meeting(cases=[case_id])
    with world.at_work():
        one, two = world.get(Meeting, first), world.get(Meeting, second)
        with pytest.raises(DomainError, match="on the agenda already"):
            service.add_case(SYSTEM, one, world.get(Case, case_id))
        assert queries.agenda(one)[0].pseudonym != queries.agenda(two)[0].pseudonym
        assert queries.meetings_of_case(SYSTEM, world.get(Case, case_id)) == sorted(
            [one, two], key=lambda each: each.id
        )


def test_a_case_is_found_by_its_reference_and_an_unknown_one_is_not(world: World) -> None:
    case_id, meeting_id = world.case(status=CaseStatus.OPEN), world.meeting()
    with world.at_work():
        meeting, reference = world.get(Meeting, meeting_id), world.get(Case, case_id).reference
        service.add_case_called(SYSTEM, meeting, f" {reference} ")
        assert order(meeting) == [case_id]
        with pytest.raises(DomainError, match="no case with this reference"):
            service.add_case_called(SYSTEM, meeting, "1999-0001")


def test_taking_a_case_off_sends_it_back_and_closes_the_gap(world: World) -> None:
    cases = [world.case() for _ in range(3)]
    meeting_id = world.meeting(cases=cases)
    with world.at_work():
        meeting = world.get(Meeting, meeting_id)
        with pytest.raises(DomainError, match="Say why"):
            service.remove_case(SYSTEM, queries.agenda(meeting)[0], " ")
        service.remove_case(SYSTEM, queries.agenda(meeting)[0], "Inquest first")
        assert world.get(Case, cases[0]).status is CaseStatus.READY_FOR_TRIAGE
        assert [(item.case_id, item.position) for item in queries.agenda(meeting)] == [(cases[1], 1), (cases[2], 2)]
        removed, sent_back = newest(2)
        assert (removed.code, removed.case_id) == ("meeting.agenda_item_removed", cases[0])
        assert (sent_back.code, sent_back.reason) == ("case.status_changed", "Inquest first")


def test_a_case_on_another_planned_agenda_stays_scheduled(world: World) -> None:
    case_id = world.case()
    first = world.meeting(cases=[case_id])
    world.meeting(cases=[case_id])
    with world.at_work():
        service.remove_case(SYSTEM, queries.agenda(world.get(Meeting, first))[0], "Twice")
        assert world.get(Case, case_id).status is CaseStatus.SCHEDULED


def test_cases_move_up_and_down_and_not_over_the_end(world: World) -> None:
    a, b, c = (world.case() for _ in range(3))
    meeting_id = world.meeting(cases=[a, b, c])
    with world.at_work():
        meeting = world.get(Meeting, meeting_id)
        service.move(SYSTEM, queries.agenda(meeting)[2], -1)
        assert order(meeting) == [a, c, b]
        service.move(SYSTEM, queries.agenda(meeting)[0], 1)
        assert order(meeting) == [c, a, b]
        assert (newest()[0].code, newest()[0].details) == ("meeting.agenda_item_moved", '{"position":2}')
        for item, steps in ((queries.agenda(meeting)[0], -1), (queries.agenda(meeting)[2], 1)):
            with pytest.raises(DomainError, match="end of the agenda"):
                service.move(SYSTEM, item, steps)
        assert [item.position for item in queries.agenda(meeting)] == [1, 2, 3]


def test_holding_a_meeting_reviews_the_scheduled_cases_and_no_others(world: World) -> None:
    scheduled, on_hold = world.case(), world.case()
    meeting_id = world.meeting(cases=[scheduled, on_hold], starts_at=TODAY)
    with world.at_work():
        world.get(Case, on_hold).status = CaseStatus.ON_HOLD
        meeting = world.get(Meeting, meeting_id)
        service.transition(SYSTEM, meeting, MeetingStatus.HELD, version=meeting.version)
        assert meeting.status is MeetingStatus.HELD
        assert world.get(Case, scheduled).status is CaseStatus.REVIEWED
        assert world.get(Case, on_hold).status is CaseStatus.ON_HOLD
        assert {event.code for event in newest(2)} == {"meeting.status_changed", "case.status_changed"}


def test_a_meeting_is_not_held_before_its_day(world: World) -> None:
    meeting_id = world.meeting(starts_at=TODAY + dt.timedelta(days=1))
    with world.at_work(), pytest.raises(DomainError, match="on that day or later"):
        service.transition(SYSTEM, world.get(Meeting, meeting_id), MeetingStatus.HELD)


def test_cancelling_needs_a_reason_and_sends_the_cases_back(world: World) -> None:
    only_here, elsewhere = world.case(), world.case()
    meeting_id = world.meeting(cases=[only_here, elsewhere])
    world.meeting(cases=[elsewhere])
    with world.at_work():
        meeting = world.get(Meeting, meeting_id)
        with pytest.raises(TransitionError):
            service.transition(SYSTEM, meeting, MeetingStatus.CANCELLED)
        service.transition(SYSTEM, meeting, MeetingStatus.CANCELLED, "No quorum")
        assert world.get(Case, only_here).status is CaseStatus.READY_FOR_TRIAGE
        assert world.get(Case, elsewhere).status is CaseStatus.SCHEDULED
        assert newest()[0].reason == "The meeting was cancelled: No quorum"
        assert order(meeting) == [only_here, elsewhere]  # what was planned stays on record


def test_a_stale_end_of_a_meeting_is_refused(world: World) -> None:
    meeting_id = world.meeting()
    with world.at_work():
        meeting = world.get(Meeting, meeting_id)
        with pytest.raises(ConflictError):
            service.transition(SYSTEM, meeting, MeetingStatus.HELD, version=meeting.version + 1)


@pytest.mark.parametrize("status", [MeetingStatus.HELD, MeetingStatus.CANCELLED])
def test_nothing_changes_after_the_end(world: World, status: MeetingStatus) -> None:
    member, other, case_id = world.person(Role.MEMBER), world.person(Role.MEMBER), world.case()
    more = world.case(status=CaseStatus.OPEN)
    meeting_id = world.meeting(cases=[case_id, world.case()], invited=[member], starts_at=TODAY)
    with world.at_work():
        meeting = world.get(Meeting, meeting_id)
        service.transition(SYSTEM, meeting, status, "Done")
        first, invitation = queries.agenda(meeting)[0], meeting.invitations[0]
        for verb in (
            lambda: service.change(SYSTEM, meeting, DETAILS, None),
            lambda: service.add_case(SYSTEM, meeting, world.get(Case, more)),
            lambda: service.remove_case(SYSTEM, first, "why"),
            lambda: service.move(SYSTEM, first, 1),
            lambda: service.invite(SYSTEM, meeting, [other.id]),
            lambda: service.withdraw(SYSTEM, invitation),
            lambda: service.reply(member.actor, meeting, Reply.ACCEPTED),
        ):
            with pytest.raises(DomainError, match="cannot be changed any more"):
                verb()


@pytest.mark.parametrize("role", [Role.CHAIR, Role.MEMBER])
def test_only_those_who_manage_meetings_change_them(world: World, role: Role) -> None:
    person, case_id = world.person(role), world.case()
    meeting_id = world.meeting(cases=[case_id, world.case()], invited=[person])
    with world.at_work():
        meeting = world.get(Meeting, meeting_id)
        item, invitation = queries.agenda(meeting)[0], meeting.invitations[0]
        for verb in (
            lambda: service.arrange(person.actor, DETAILS),
            lambda: service.change(person.actor, meeting, DETAILS, None),
            lambda: service.transition(person.actor, meeting, MeetingStatus.HELD),
            lambda: service.add_case(person.actor, meeting, world.get(Case, case_id)),
            lambda: service.remove_case(person.actor, item, "why"),
            lambda: service.move(person.actor, item, 1),
            lambda: service.invite(person.actor, meeting, [person.id]),
            lambda: service.withdraw(person.actor, invitation),
        ):
            with pytest.raises(ForbiddenError):
                verb()


def test_several_people_are_invited_at_once_and_each_is_recorded(world: World) -> None:
    people = [world.person(role) for role in (Role.MEMBER, Role.CHAIR, Role.COORDINATOR)]
    meeting_id = world.meeting()
    with world.at_work():
        meeting = world.get(Meeting, meeting_id)
        assert {user.id for user in service.who_may_be_invited(meeting)} == {person.id for person in people}
        added = service.invite(SYSTEM, meeting, [*(person.id for person in people), people[0].id])
        assert [invitation.reply for invitation in added] == [Reply.AWAITED] * 3
        assert [event.code for event in newest(3)] == ["meeting.member_invited"] * 3
        assert service.who_may_be_invited(meeting) == []
        assert all(queries.is_invited(meeting, person.id) for person in people)


def test_nobody_is_invited_twice_or_without_papers_or_after_leaving(world: World) -> None:
    member, officer, left = world.person(Role.MEMBER), world.person(Role.OFFICER), world.person(Role.MEMBER)
    meeting_id = world.meeting(invited=[member])
    with world.at_work():
        gone = accounts.user(left.id)
        details = accounts.UserDetails(
            email=gone.email, name=gone.name, organisation_id=gone.organisation_id, roles=gone.roles
        )
        accounts.change_user(SYSTEM, gone, details, active=False, version=None)
        meeting = world.get(Meeting, meeting_id)
        for person in (member.id, officer.id, left.id, uuid.uuid4()):
            with pytest.raises(DomainError) as refused:
                service.invite(SYSTEM, meeting, [person])
            assert refused.value.field == "people"
        with pytest.raises(DomainError, match="at least one"):
            service.invite(SYSTEM, meeting, [])


def test_a_withdrawn_invitation_ends_the_sight_of_the_meeting(world: World) -> None:
    member = world.person(Role.MEMBER)
    meeting_id = world.meeting(invited=[member])
    with world.at_work():
        meeting = service.load_meeting(member.actor, meeting_id, {})
        service.withdraw(SYSTEM, meeting.invitations[0])
        assert newest()[0].code == "meeting.invitation_withdrawn"
        assert not queries.is_invited(meeting, member.id)
        with pytest.raises(NotFoundError):
            service.load_meeting(member.actor, meeting_id, {})


def test_an_invited_person_replies_and_may_think_again(world: World) -> None:
    member, chair = world.person(Role.MEMBER), world.person(Role.CHAIR)
    meeting_id = world.meeting(invited=[member])
    with world.at_work():
        meeting = world.get(Meeting, meeting_id)
        service.reply(member.actor, meeting, Reply.ACCEPTED)
        service.reply(member.actor, meeting, Reply.DECLINED)
        assert meeting.invitations[0].reply is Reply.DECLINED
        assert (newest()[0].code, newest()[0].actor_id) == ("meeting.invitation_answered", member.id)
        with pytest.raises(DomainError, match="Select whether"):
            service.reply(member.actor, meeting, Reply.AWAITED)
        with pytest.raises(ForbiddenError):
            service.reply(chair.actor, meeting, Reply.ACCEPTED)


def test_sight_of_a_meeting(world: World) -> None:
    invited, stranger = world.person(Role.MEMBER), world.person(Role.MEMBER)
    chair, officer = world.person(Role.CHAIR), world.person(Role.OFFICER)
    meeting_id = world.meeting(invited=[invited])
    world.meeting()
    with world.at_work():

        def seen(actor: Actor) -> int:
            return len(queries.coming(actor))

        assert [seen(person.actor) for person in (invited, stranger, chair, officer)] == [1, 0, 2, 0]
        assert seen(SYSTEM) == 2
        nobody = Actor(label="x", permissions=invited.actor.permissions)  # holds the permission, is no person
        assert db.session.scalars(visible_to(nobody)).all() == []
        for actor in (stranger.actor, officer.actor):
            with pytest.raises(NotFoundError):
                service.load_meeting(actor, meeting_id, {})


def test_a_child_of_another_meeting_is_not_found(world: World) -> None:
    member = world.person(Role.MEMBER)
    one, other = world.meeting(cases=[world.case()], invited=[member]), world.meeting()
    with world.at_work():
        meeting, wrong = world.get(Meeting, one), {"meeting": world.get(Meeting, other)}
        item, invitation = queries.agenda(meeting)[0], meeting.invitations[0]
        assert service.load_item(SYSTEM, item.id, {"meeting": meeting}) is item
        assert service.load_invitation(SYSTEM, invitation.id, {"meeting": meeting}) is invitation
        for load, identity in ((service.load_item, item.id), (service.load_invitation, invitation.id)):
            for asked, parents in ((identity, wrong), (uuid.uuid4(), {"meeting": meeting})):
                with pytest.raises(NotFoundError):
                    load(SYSTEM, asked, parents)


def test_members_never_get_the_case_behind_a_pseudonym(world: World) -> None:
    member, chair = world.person(Role.MEMBER), world.person(Role.CHAIR)
    meeting_id = world.meeting(cases=[world.case()], invited=[member])
    with world.at_work():
        meeting = world.get(Meeting, meeting_id)
        assert [line.case for line in queries.agenda_lines(member.actor, meeting)] == [None]
        assert queries.agenda_lines(chair.actor, meeting)[0].case is not None


def test_the_guests_say_where_their_organisations_stand_today_and_on_the_day(world: World) -> None:
    lapsing, late = world.person(Role.MEMBER, name="Lapsing"), world.person(Role.MEMBER, name="Late")
    world.agreement(lapsing.organisation_id, last=dt.date(2026, 3, 16))
    world.agreement(late.organisation_id, first=dt.date(2026, 3, 17))
    meeting_id = world.meeting(invited=[lapsing, late])
    with world.at_work():
        guests = queries.guests(world.get(Meeting, meeting_id))
        found = {guest.invitation.user.name: (guest.today.may_share, guest.on_the_day.may_share) for guest in guests}
        assert found == {"Lapsing": (True, False), "Late": (False, True)}


def test_the_day_of_a_meeting_is_that_of_england(world: World) -> None:
    meeting_id = world.meeting(starts_at=dt.datetime(2026, 7, 1, 23, 30, tzinfo=dt.UTC))
    with world.at_work():
        assert queries.day_of(world.get(Meeting, meeting_id)) == dt.date(2026, 7, 2)


def test_coming_meetings_stand_before_past_ones_and_keep_those_whose_end_is_not_recorded(world: World) -> None:
    march, january, april = (
        world.meeting(title=title, starts_at=dt.datetime(2026, month, 10, 14, 0, tzinfo=dt.UTC))
        for title, month in (("March", 3), ("January", 1), ("April", 4))
    )
    with world.at_work():
        service.transition(SYSTEM, world.get(Meeting, march), MeetingStatus.CANCELLED, "No quorum")
        assert [line.meeting.id for line in queries.coming(SYSTEM)] == [january, april]
        past, total = queries.past(SYSTEM, limit=10, offset=0)
        assert ([line.meeting.id for line in past], total) == ([march], 1)
