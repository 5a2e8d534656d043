"""Arranging meetings: their day and place, the agenda of cases, the people invited."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dard.accounts.models import User
from dard.accounts.service import people
from dard.audit import events
from dard.audit.service import record, record_many
from dard.cases import service as cases
from dard.cases.access import recusals
from dard.cases.access.enums import RecusalGround
from dard.cases.enums import CaseStatus
from dard.cases.models import Case
from dard.cases.states import CASE_WORKFLOW, MAY_BE_SCHEDULED
from dard.core import clock
from dard.core.actor import Actor
from dard.core.database import db
from dard.core.errors import DomainError, ForbiddenError, NotFoundError
from dard.core.formats import date_text, moment_text
from dard.core.permissions import Permission
from dard.panels.enums import MeetingStatus, Reply
from dard.panels.models import AgendaItem, Invitation, Meeting
from dard.panels.policy import check_manages, visible_items, visible_to
from dard.panels.queries import (
    agenda,
    agenda_for,
    case_called,
    day_of,
    invitation_of,
    on_another_planned_agenda,
)
from dard.panels.rules import new_pseudonym
from dard.panels.states import MEETING_WORKFLOW


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingDetails:
    """What is written down of a meeting; ``place`` is a room or how to join, and holds no case information."""

    title: str
    starts_at: dt.datetime
    place: str


def load_meeting(actor: Actor, meeting_id: uuid.UUID, _parents: Mapping[str, Any]) -> Meeting:
    """The meeting of an id in the URL. Raises NotFoundError unless ``actor`` may see it."""
    found = db.session.scalar(visible_to(actor).where(Meeting.id == meeting_id))
    if found is None:
        raise NotFoundError
    return found


def load_item(actor: Actor, item_id: uuid.UUID, parents: Mapping[str, Any]) -> AgendaItem:
    """The agenda item of an id in the URL. Raises NotFoundError for one of another meeting, or of a hidden case."""
    found = db.session.scalar(visible_items(actor).where(AgendaItem.id == item_id))
    if found is None or found.meeting_id != parents["meeting"].id:
        raise NotFoundError
    return found


def load_invitation(_actor: Actor, invitation_id: uuid.UUID, parents: Mapping[str, Any]) -> Invitation:
    """The invitation of an id in the URL. Raises NotFoundError for one to another meeting."""
    found = db.session.get(Invitation, invitation_id)
    if found is None or found.meeting_id != parents["meeting"].id:
        raise NotFoundError
    return found


def arrange(actor: Actor, details: MeetingDetails) -> Meeting:
    """Plan a meeting."""
    check_manages(actor)
    made = Meeting(**_columns(details), status=MeetingStatus.PLANNED)
    db.session.add(made)
    db.session.flush()
    record(actor, events.MeetingArranged(object_id=made.id))
    return made


def change(actor: Actor, meeting: Meeting, details: MeetingDetails, version: int | None) -> None:
    """Change title, time or place of a planned meeting. Raises ConflictError with both texts for an old ``version``."""
    check_manages(actor)
    _lock(meeting)
    after = _columns(details)
    meeting.expect_version(version, ours=_shown(details), theirs=_shown(meeting))
    _expect_planned(meeting)
    changed = tuple(name for name, value in after.items() if getattr(meeting, name) != value)
    for name in changed:
        setattr(meeting, name, after[name])
    if changed:
        db.session.flush()
        record(actor, events.MeetingChanged(object_id=meeting.id, changed=changed))


def transition(
    actor: Actor, meeting: Meeting, to: MeetingStatus, reason: str | None = None, version: int | None = None
) -> None:
    """Say that a meeting was held, or cancel it: the only writer of its status.

    The cases that were scheduled for a held meeting become reviewed; those of a cancelled one wait for another meeting,
    unless they are on another planned agenda already.
    """
    _lock(meeting)
    meeting.expect_version(version)
    before = meeting.status
    MEETING_WORKFLOW.check(actor, before, to, reason)
    if to is MeetingStatus.HELD and day_of(meeting) > clock.today():
        raise DomainError(f"This meeting is on {date_text(day_of(meeting))}. Record it as held on that day or later")
    meeting.status = to
    db.session.flush()
    record(
        actor,
        events.MeetingStatusChanged(object_id=meeting.id, before=before, after=to, reason=reason or None),
    )
    for item in agenda(meeting):
        if to is MeetingStatus.CANCELLED:
            _send_back(actor, item, f"The meeting was cancelled: {reason}")
        elif item.case.status is CaseStatus.SCHEDULED:
            cases.transition(actor, item.case, CaseStatus.REVIEWED)


def add_case(actor: Actor, meeting: Meeting, case: Case, reason: str | None = None) -> AgendaItem:
    """Put a case last on the agenda, under a pseudonym that it has at this meeting only.

    The case becomes scheduled; one that was reviewed before needs a ``reason`` to come back.
    """
    check_manages(actor)
    _lock(meeting)
    _expect_planned(meeting)
    if case.status not in MAY_BE_SCHEDULED:
        raise DomainError(
            f"A case that is “{case.status.label}” cannot be put on an agenda. Open the case first", "reference"
        )
    items = agenda(meeting)
    if any(item.case_id == case.id for item in items):
        raise DomainError("This case is on the agenda already", "reference")
    step = CASE_WORKFLOW.steps.get((case.status, CaseStatus.SCHEDULED))
    if step is not None:
        if step.needs_reason and not (reason and reason.strip()):
            raise DomainError("This case has been reviewed before. Enter why it comes back", "reason")
        cases.transition(actor, case, CaseStatus.SCHEDULED, reason)
    added = AgendaItem(
        meeting_id=meeting.id,
        case_id=case.id,
        position=len(items) + 1,
        pseudonym=new_pseudonym({item.pseudonym for item in items}),
    )
    db.session.add(added)
    db.session.flush()
    record(actor, events.AgendaItemAdded(object_id=meeting.id, case_id=case.id, reason=reason or None))
    return added


def add_case_called(actor: Actor, meeting: Meeting, reference: str, reason: str | None = None) -> AgendaItem:
    """Put the case of a reference last on the agenda, as ``add_case`` does."""
    case = case_called(actor, reference)
    if case is None:
        raise DomainError("There is no case with this reference. Check it in the list of cases", "reference")
    return add_case(actor, meeting, case, reason)


def remove_case(actor: Actor, item: AgendaItem, reason: str) -> None:
    """Take a case off the agenda; unless another planned meeting has it, it is ready for triage again."""
    check_manages(actor)
    meeting = item.meeting
    _lock(meeting)
    _expect_planned(meeting)
    if not reason.strip():
        raise DomainError("Say why the case is taken off the agenda", "reason")
    _send_back(actor, item, reason)
    case_id = item.case_id
    db.session.delete(item)
    db.session.flush()
    _number(agenda(meeting))
    record(actor, events.AgendaItemRemoved(object_id=meeting.id, case_id=case_id, reason=reason))


def move(actor: Actor, item: AgendaItem, steps: int) -> None:
    """Move a case up (-1) or down (+1) the agenda, past the next one that ``actor`` sees there."""
    check_manages(actor)
    meeting = item.meeting
    _lock(meeting)
    _expect_planned(meeting)
    seen = agenda_for(actor, meeting)
    if item not in seen:
        raise NotFoundError
    target = seen.index(item) + steps
    if not 0 <= target < len(seen):
        raise DomainError("This case is at the end of the agenda already")
    items = agenda(meeting)
    beside = items.index(seen[target])
    items.remove(item)
    items.insert(beside, item)
    _number(items)
    record(actor, events.AgendaItemMoved(object_id=meeting.id, case_id=item.case_id, position=target + 1))


def declare_interest(actor: Actor, item: AgendaItem, ground: RecusalGround, reason: str | None) -> None:
    """Let ``actor`` say that they have a conflict of interest in a case that they know from an agenda."""
    if item not in agenda_for(actor, item.meeting):
        raise NotFoundError
    recusals.declare(actor, item.case, ground, reason)


def who_may_be_invited(meeting: Meeting) -> list[User]:
    """Active people who may read papers and are not invited yet, by organisation and name."""
    invited = {invitation.user_id for invitation in meeting.invitations}
    found = [person for person in people(permission=Permission.PACK_READ) if person.id not in invited]
    return sorted(found, key=lambda person: (person.seat.name, person.name, str(person.id)))


def invite(actor: Actor, meeting: Meeting, user_ids: Sequence[uuid.UUID]) -> list[Invitation]:
    """Invite several people at once."""
    check_manages(actor)
    _lock(meeting)
    _expect_planned(meeting)
    if not user_ids:
        raise DomainError("Select at least one person", "people")
    eligible = {person.id for person in who_may_be_invited(meeting)}
    if not set(user_ids) <= eligible:
        raise DomainError("Somebody you selected is invited already, or can no longer be invited", "people")
    added = [Invitation(meeting=meeting, user_id=user_id, reply=Reply.AWAITED) for user_id in dict.fromkeys(user_ids)]
    db.session.add_all(added)
    db.session.flush()
    record_many(actor, [events.MemberInvited(object_id=meeting.id, member=each.user_id) for each in added])
    return added


def withdraw(actor: Actor, invitation: Invitation) -> None:
    """Take an invitation back: the person sees the meeting no longer."""
    check_manages(actor)
    meeting, member = invitation.meeting, invitation.user_id
    _lock(meeting)
    _expect_planned(meeting)
    db.session.delete(invitation)
    db.session.flush()
    record(actor, events.InvitationWithdrawn(object_id=meeting.id, member=member))


def invitation_for(actor: Actor, meeting: Meeting) -> Invitation:
    """The actor’s own invitation. Raises ForbiddenError if they see the meeting without being invited to it."""
    found = invitation_of(meeting, actor.user_id)
    if found is None:
        raise ForbiddenError("You are not invited to this meeting")
    return found


def reply(actor: Actor, meeting: Meeting, answer: Reply) -> None:
    """Accept or decline one’s own invitation; it may be changed until the meeting has been held."""
    _lock(meeting)
    invitation = invitation_for(actor, meeting)
    _expect_planned(meeting)
    if answer is Reply.AWAITED:
        raise DomainError("Select whether you will attend", "reply")
    invitation.reply = answer
    db.session.flush()
    record(actor, events.InvitationAnswered(object_id=meeting.id, reply=answer))


def _columns(details: MeetingDetails) -> dict[str, Any]:
    return {
        "title": details.title.strip(),
        "starts_at": details.starts_at.astimezone(dt.UTC),
        "place": details.place.strip(),
    }


def _shown(source: MeetingDetails | Meeting) -> list[tuple[str, str]]:
    return [("Title", source.title), ("Time", moment_text(source.starts_at)), ("Place", source.place)]


def _lock(meeting: Meeting) -> None:
    # Two coordinators at one agenda wait for each other, and the second sees what the first did.
    db.session.refresh(meeting, with_for_update=True)


def _expect_planned(meeting: Meeting) -> None:
    if meeting.status is not MeetingStatus.PLANNED:
        raise DomainError(f"This meeting is “{meeting.status.label}” and cannot be changed any more")


def _send_back(actor: Actor, item: AgendaItem, reason: str) -> None:
    if item.case.status is CaseStatus.SCHEDULED and not on_another_planned_agenda(item.case, item.meeting):
        cases.transition(actor, item.case, CaseStatus.READY_FOR_TRIAGE, reason)


def _number(items: Sequence[AgendaItem]) -> None:
    for position, item in enumerate(items, start=1):
        item.position = position
    db.session.flush()
