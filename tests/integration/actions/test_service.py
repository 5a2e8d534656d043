import datetime as dt
import json
import uuid

import pytest
import sqlalchemy as sa
from support.tampering import put_past_the_log
from support.world import SYSTEM

from dard.accounts.enums import Role
from dard.accounts.models import Organisation, User
from dard.actions import policy, queries, service
from dard.actions.enums import ActionStatus as S
from dard.actions.enums import Priority
from dard.actions.models import Action, ActionUpdate
from dard.audit.models import AuditEvent
from dard.cases.enums import CaseStatus
from dard.cases.models import Case
from dard.core.actor import Actor
from dard.core.database import db
from dard.core.errors import ConflictError, DomainError, ForbiddenError, NotFoundError, TransitionError
from dard.core.permissions import Permission
from dard.panels import service as panels
from dard.panels.enums import MeetingStatus
from dard.panels.models import Meeting


def events_of(code):
    return db.session.scalars(sa.select(AuditEvent).where(AuditEvent.code == code).order_by(AuditEvent.position)).all()


def attempt_to_assign(scene, actor=None, **told):
    with scene.world.at_work():
        case, meeting = scene.world.get(Case, scene.case_id), scene.world.get(Meeting, scene.meeting_id)
        return service.assign(actor or scene.chair.actor, case, meeting, scene.details(**told))


def test_an_action_gets_a_reference_and_opens_the_actions_of_a_reviewed_case(scene):
    first, second = scene.assign(), scene.assign(owner_id=scene.owner.id)
    with scene.world.at_work():
        assert scene.world.get(Action, first).reference == "A-2026-0001"
        action = scene.world.get(Action, second)
        assert (action.reference, action.status, action.owner.name) == ("A-2026-0002", S.AGREED, "Olu Owner")
        assert action.assigned_by_id == scene.chair.id
        assert scene.world.get(Case, scene.case_id).status is CaseStatus.ACTIONS_OPEN
        assigned = events_of("action.assigned")
        assert [event.case_id for event in assigned] == [scene.case_id] * 2
        assert json.loads(assigned[0].details) == {"owner_organisation": str(scene.owner.organisation_id)}
        moves = [json.loads(event.details)["after"] for event in events_of("case.status_changed")]
        assert moves[-1] == "actions_open"


def test_references_begin_again_each_year(scene, still):
    scene.assign()
    still.moment = dt.datetime(2027, 1, 1, 9, 0, tzinfo=dt.UTC)
    with scene.world.at_work():
        case, meeting = scene.world.get(Case, scene.case_id), scene.world.get(Meeting, scene.meeting_id)
        later = service.assign(scene.chair.actor, case, meeting, scene.details(due_on=dt.date(2027, 2, 1)))
        assert later.reference == "A-2027-0001"


def test_a_case_that_waits_for_its_meeting_stays_scheduled(scene):
    with scene.world.at_work():
        scene.world.get(Case, scene.case_id).status = CaseStatus.SCHEDULED
    scene.assign()
    with scene.world.at_work():
        assert scene.world.get(Case, scene.case_id).status is CaseStatus.SCHEDULED


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Ask the friends of Tamsin Quillfeather what helped", "Tamsin Quillfeather"),
        ("Visit 14 Larkspur Rise with the landlord", "14 Larkspur Rise"),
        ("Check the record of 999 000 0018", "999 000 0018"),
        ("Review the calls of 14 February 2026", "14 February 2026"),
    ],
)
def test_a_text_that_names_the_person_is_refused_and_says_what_to_take_out(scene, text, named):
    with scene.world.at_work():
        put_past_the_log(scene.world.get(Case, scene.case_id).person, "nhs_number", "9990000018")
    with pytest.raises(DomainError, match=f"Take out what could identify the person: .*{named}") as refused:
        attempt_to_assign(scene, text=text)
    assert refused.value.field == "text"


def test_a_text_with_other_dates_and_telephone_numbers_is_taken(scene):
    assert attempt_to_assign(scene, text="Open the service line 01632 960001 by 1 May 2026")


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"text": "  "}, "text"),
        ({"due_on": dt.date(2026, 3, 2)}, "due_on"),
    ],
)
def test_an_action_needs_a_text_and_a_day_that_is_to_come(scene, told, field):
    with pytest.raises(DomainError) as refused:
        attempt_to_assign(scene, **told)
    assert refused.value.field == field


def test_an_owner_is_active_and_belongs_to_the_organisation(scene):
    with pytest.raises(DomainError, match="Select somebody") as refused:
        attempt_to_assign(scene, owner_id=scene.chair.id)
    assert refused.value.field == "owner"
    with scene.world.at_work():
        scene.world.get(Organisation, scene.owner.organisation_id).active = False
    with pytest.raises(DomainError, match="takes part in the partnership"):
        attempt_to_assign(scene)
    with pytest.raises(NotFoundError):
        attempt_to_assign(scene, owner_organisation_id=uuid.uuid4())


def test_only_the_chair_assigns_and_the_system_cannot_decide(scene):
    coordinator = scene.world.person(Role.COORDINATOR)
    for actor in (coordinator.actor, scene.owner.actor, SYSTEM):
        with pytest.raises(ForbiddenError):
            attempt_to_assign(scene, actor)


def test_a_case_that_is_not_on_the_agenda_is_not_found_and_a_cancelled_meeting_agrees_nothing(scene):
    other = scene.world.meeting(title="Another panel")
    with scene.world.at_work(), pytest.raises(NotFoundError):
        service.assign(
            scene.chair.actor,
            scene.world.get(Case, scene.case_id),
            scene.world.get(Meeting, other),
            scene.details(),
        )
    with scene.world.at_work():
        meeting = scene.world.get(Meeting, scene.meeting_id)
        panels.transition(SYSTEM, meeting, MeetingStatus.CANCELLED, "No quorum")
    with pytest.raises(DomainError, match="cancelled"):
        attempt_to_assign(scene)


def test_the_whole_way_of_an_action_is_written_down(scene, still):
    action_id = scene.assign()
    with scene.world.at_work():
        action = scene.world.get(Action, action_id)
        service.note_progress(scene.owner.actor, action, "Started", S.IN_PROGRESS, action.version)
        still.move(hours=1)
        service.note_progress(scene.owner.actor, action, "All trained", S.AWAITING_SIGN_OFF, action.version)
        still.move(hours=1)
        service.transition(scene.chair.actor, action, S.IN_PROGRESS, "Nights are missing", action.version)
        still.move(hours=1)
        service.note_progress(scene.owner.actor, action, "Nights too", S.AWAITING_SIGN_OFF, action.version)
        still.move(hours=1)
        service.transition(scene.chair.actor, action, S.CLOSED, "40 officers carry naloxone", action.version)
    with scene.world.at_work():
        action = scene.world.get(Action, action_id)
        assert action.outcome == "40 officers carry naloxone"
        assert (action.ended_at, action.ended_by_id) == (still.moment, scene.chair.id)
        assert [(note.text, note.status, note.author.name) for note in queries.history(action)] == [
            ("40 officers carry naloxone", S.CLOSED, "Ada Chair"),
            ("Nights too", S.AWAITING_SIGN_OFF, "Olu Owner"),
            ("Nights are missing", S.IN_PROGRESS, "Ada Chair"),
            ("All trained", S.AWAITING_SIGN_OFF, "Olu Owner"),
            ("Started", S.IN_PROGRESS, "Olu Owner"),
        ]
        changes = events_of("action.status_changed")
        assert [(event.case_id, event.reason) for event in changes] == [
            (scene.case_id, None),
            (scene.case_id, None),
            (scene.case_id, "Nights are missing"),
            (scene.case_id, None),
            (scene.case_id, "40 officers carry naloxone"),
        ]
        assert json.loads(changes[0].details) == {"before": "agreed", "after": "in_progress"}


def test_a_reopened_action_has_no_outcome_and_no_end(scene):
    action_id = scene.assign()
    scene.take(action_id, S.AWAITING_SIGN_OFF, S.CLOSED, S.IN_PROGRESS)
    with scene.world.at_work():
        action = scene.world.get(Action, action_id)
        assert (action.status, action.outcome, action.ended_at, action.ended_by_id) == (S.IN_PROGRESS, None, None, None)


def test_a_rejected_action_stays_rejected(scene):
    action_id = scene.assign()
    scene.take(action_id, S.REJECTED)
    with scene.world.at_work():
        action = scene.world.get(Action, action_id)
        assert action.ended_at is not None
        assert action.outcome is None
        with pytest.raises(TransitionError):
            service.transition(scene.chair.actor, action, S.IN_PROGRESS, "Changed our minds")
        with pytest.raises(TransitionError, match="nothing can be added"):
            service.note_progress(scene.owner.actor, action, "Done after all", None, None)
        with pytest.raises(TransitionError, match="cannot be changed"):
            service.change(scene.chair.actor, action, scene.details(), None)


@pytest.mark.parametrize(
    ("to", "said"),
    [
        (S.BLOCKED, "Say what is in the way"),
        (S.IN_PROGRESS, "Say what has happened since the last update"),
        (None, "Say what has happened since the last update"),
    ],
)
def test_an_update_without_words_is_refused(scene, to, said):
    action_id = scene.assign()
    with scene.world.at_work(), pytest.raises(DomainError, match=said) as refused:
        service.note_progress(scene.owner.actor, scene.world.get(Action, action_id), " ", to, None)
    assert refused.value.field == "note"


@pytest.mark.parametrize(("to", "said"), [(S.CLOSED, "Enter the outcome"), (S.REJECTED, "Say why")])
def test_the_chair_must_give_the_outcome_or_the_reason(scene, to, said):
    action_id = scene.assign()
    scene.take(action_id, S.AWAITING_SIGN_OFF)
    with scene.world.at_work(), pytest.raises(DomainError, match=said):
        service.transition(scene.chair.actor, scene.world.get(Action, action_id), to, "")


def test_those_who_know_the_case_cannot_name_the_person_in_a_note_either(scene):
    action_id = scene.assign()
    coordinator = scene.world.person(Role.COORDINATOR)
    with scene.world.at_work():
        action = scene.world.get(Action, action_id)
        with pytest.raises(DomainError, match="Tamsin") as refused:
            service.note_progress(coordinator.actor, action, "The brother of Tamsin rang", None, None)
        assert refused.value.field == "note"
        with pytest.raises(DomainError, match="Quillfeather"):
            service.transition(scene.chair.actor, action, S.REJECTED, "Ms Quillfeather was never in custody")


def test_a_note_alone_keeps_the_status_and_makes_a_new_version(scene):
    action_id = scene.assign()
    coordinator = scene.world.person(Role.COORDINATOR)
    with scene.world.at_work():
        action = scene.world.get(Action, action_id)
        seen = action.version
        service.note_progress(coordinator.actor, action, "They told the meeting that it goes well", S.AGREED, seen)
        assert (action.status, action.version) == (S.AGREED, seen + 1)
        (noted,) = events_of("action.progress_noted")
        assert (noted.object_id, noted.case_id) == (action_id, scene.case_id)


def test_a_stale_update_is_refused_with_both_versions(scene):
    action_id = scene.assign()
    with scene.world.at_work():
        action = scene.world.get(Action, action_id)
        seen = action.version
        with pytest.raises(ConflictError) as refused:
            service.note_progress(scene.owner.actor, action, "Mine", None, seen - 1)
        assert dict(refused.value.theirs) == {"Update": "No update", "Status": "Agreed"}
        service.note_progress(scene.owner.actor, action, "Theirs", S.IN_PROGRESS, seen)
        with pytest.raises(ConflictError) as refused:
            service.note_progress(scene.owner.actor, action, "Mine", S.AWAITING_SIGN_OFF, seen)
        assert dict(refused.value.ours) == {"Update": "Mine", "Status": "Done, awaiting sign-off"}
        assert dict(refused.value.theirs) == {"Update": "Theirs\n(Olu Owner)", "Status": "In progress"}


def test_only_owners_and_coordinators_note_progress(scene):
    action_id = scene.assign()
    stranger = scene.world.person(Role.MEMBER)
    officer = scene.world.person(Role.OFFICER, organisation_id=scene.owner.organisation_id)
    with scene.world.at_work():
        action = scene.world.get(Action, action_id)
        for actor in (stranger.actor, officer.actor, scene.chair.actor):
            with pytest.raises(ForbiddenError):
                service.note_progress(actor, action, "Done", None, None)
        with pytest.raises(ForbiddenError, match="Only the organisation that owns"):
            service.transition(stranger.actor, action, S.IN_PROGRESS, "Done")
        with pytest.raises(ForbiddenError):
            service.note_progress(scene.owner.actor, action, "We will not do it", S.REJECTED, None)


def test_the_system_has_no_hand_in_the_work_of_people(scene):
    action_id = scene.assign()
    with scene.world.at_work(), pytest.raises(ForbiddenError, match="needs a person"):
        service.note_progress(SYSTEM, scene.world.get(Action, action_id), "Done", None, None)


def test_the_chair_changes_only_what_differs(scene):
    action_id = scene.assign(owner_id=scene.owner.id)
    with scene.world.at_work():
        action = scene.world.get(Action, action_id)
        service.change(scene.chair.actor, action, scene.details(owner_id=scene.owner.id, text="  " + action.text), None)
        assert not events_of("action.changed")
        service.change(
            scene.chair.actor,
            action,
            scene.details(text="Train all officers", due_on=dt.date(2026, 4, 30), priority=Priority.LOW),
            action.version,
        )
        assert (action.text, action.owner, action.due_on) == ("Train all officers", None, dt.date(2026, 4, 30))
        (changed,) = events_of("action.changed")
        assert json.loads(changed.details) == {"changed": ["text", "owner", "due", "priority"]}


def test_what_was_overdue_or_whose_owner_left_can_still_be_changed_otherwise(scene):
    action_id = scene.assign(owner_id=scene.owner.id, due_on=dt.date(2026, 2, 1))
    with scene.world.at_work():
        scene.world.get(User, scene.owner.id).active = False
    with scene.world.at_work():
        action = scene.world.get(Action, action_id)
        kept = scene.details(owner_id=scene.owner.id, due_on=dt.date(2026, 2, 1), priority=Priority.LOW)
        service.change(scene.chair.actor, action, kept, None)
        assert action.priority is Priority.LOW


@pytest.mark.parametrize(
    ("told", "field"),
    [({"text": ""}, "text"), ({"text": "Find Tamsin"}, "text"), ({"due_on": dt.date(2026, 1, 1)}, "due_on")],
)
def test_a_change_is_checked_like_a_new_action(scene, told, field):
    action_id = scene.assign()
    with scene.world.at_work(), pytest.raises(DomainError) as refused:
        service.change(scene.chair.actor, scene.world.get(Action, action_id), scene.details(**told), None)
    assert refused.value.field == field


def test_a_change_of_owner_is_checked_and_a_coordinator_changes_nothing(scene):
    action_id = scene.assign()
    coordinator = scene.world.person(Role.COORDINATOR)
    with scene.world.at_work():
        action = scene.world.get(Action, action_id)
        with pytest.raises(DomainError, match="Select somebody"):
            service.change(scene.chair.actor, action, scene.details(owner_id=coordinator.id), None)
        with pytest.raises(ForbiddenError):
            service.change(coordinator.actor, action, scene.details(), None)


def test_a_stale_change_is_refused_with_both_versions(scene):
    action_id = scene.assign()
    with scene.world.at_work():
        action = scene.world.get(Action, action_id)
        ours = scene.details(text="Ours", owner_id=scene.owner.id)
        with pytest.raises(ConflictError) as refused:
            service.change(scene.chair.actor, action, ours, action.version + 1)
        assert dict(refused.value.ours)["Owner"] == "Olu Owner, Fernshire Police"
        assert dict(refused.value.theirs) == {
            "Action": "Train custody officers to give out naloxone",
            "Owner": "Fernshire Police",
            "Due date": "31 March 2026",
            "Priority": "High",
        }


def test_people_see_the_actions_of_the_organisation_that_they_belong_to_now(scene):
    elsewhere = scene.world.person(Role.MEMBER)
    ours = scene.assign()
    theirs = scene.assign(owner_organisation_id=elsewhere.organisation_id, owner_id=elsewhere.id)
    mover = scene.world.person(Role.MEMBER, organisation_id=scene.owner.organisation_id)
    own = scene.assign(owner_id=mover.id)
    new_home = scene.world.organisation("Fernshire Ambulance")
    moved = Actor(label=mover.name, user_id=mover.id, organisation_id=new_home, permissions=mover.actor.permissions)
    with scene.world.at_work():

        def seen_by(actor):
            return set(db.session.scalars(policy.visible_to(actor).with_only_columns(Action.id)))

        assert seen_by(scene.owner.actor) == {ours, own}
        assert seen_by(elsewhere.actor) == {theirs}
        assert seen_by(moved) == set()
        assert not policy.may_update(moved, scene.world.get(Action, own))
        administrator = Actor(label="Administrator", user_id=uuid.uuid4(), organisation_id=elsewhere.organisation_id)
        assert seen_by(administrator) == set()
        nobody = Actor(label="A process", permissions=frozenset({Permission.ACTION_VIEW}))
        assert seen_by(nobody) == set()
        assert seen_by(SYSTEM) == {ours, theirs, own}
        with pytest.raises(NotFoundError):
            service.load_action(elsewhere.actor, ours, {})
        assert service.load_action(elsewhere.actor, theirs, {}).id == theirs


@pytest.mark.parametrize("role", [Role.CHAIR, Role.COORDINATOR, Role.OFFICER])
def test_chair_coordinator_and_officer_see_every_action(scene, role):
    action_id = scene.assign()
    person = scene.world.person(role)
    with scene.world.at_work():
        assert service.load_action(person.actor, action_id, {}).id == action_id


def test_the_steps_that_a_page_offers_are_those_that_the_service_takes(scene):
    action_id = scene.assign()
    stranger = scene.world.person(Role.MEMBER)
    with scene.world.at_work():
        action = scene.world.get(Action, action_id)
        update, close = Permission.ACTION_UPDATE, Permission.ACTION_CLOSE
        assert policy.steps_open_to(scene.owner.actor, action, update) == [
            S.IN_PROGRESS,
            S.BLOCKED,
            S.AWAITING_SIGN_OFF,
        ]
        assert policy.steps_open_to(stranger.actor, action, update) == []
        assert policy.steps_open_to(scene.chair.actor, action, close) == [S.REJECTED]
        assert policy.steps_open_to(scene.owner.actor, action, close) == []
        assert not policy.may_step(scene.chair.actor, action, S.CLOSED)


def test_updates_go_with_their_action(scene):
    action_id = scene.assign()
    scene.take(action_id, S.IN_PROGRESS)
    with scene.world.at_work():
        action = scene.world.get(Action, action_id)
        assert [update.text for update in action.updates] == ["Now in progress"]
        assert db.session.scalar(sa.select(sa.func.count()).select_from(ActionUpdate)) == 1
