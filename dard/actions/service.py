"""Assigning actions, noting how they go, and closing them."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import flag_modified

from dard.accounts import service as accounts
from dard.actions.enums import ActionStatus, Priority
from dard.actions.models import Action, ActionUpdate
from dard.actions.policy import may_update, visible_to
from dard.actions.queries import history
from dard.actions.states import ACTION_WORKFLOW, OPEN
from dard.audit import events
from dard.audit.service import record
from dard.cases import service as cases
from dard.cases.enums import CaseStatus
from dard.cases.models import Case
from dard.core import clock
from dard.core.actor import Actor
from dard.core.database import db, take_lock
from dard.core.errors import ConflictError, DomainError, ForbiddenError, NotFoundError, TransitionError
from dard.core.formats import date_text
from dard.core.permissions import Permission
from dard.panels.enums import MeetingStatus
from dard.panels.models import AgendaItem, Meeting
from dard.pseudonymisation.composing import known_identifiers
from dard.pseudonymisation.redaction import KnownIdentifiers, remaining_identifiers
from dard.pseudonymisation.spans import Basis, Kind

REFERENCE_LOCK = 0x41435453  # one giver of references of actions at a time
PERSONAL_NUMBERS = frozenset({Kind.NHS_NUMBER, Kind.NI_NUMBER})
MISSING_NOTE = {
    ActionStatus.BLOCKED: "Say what is in the way",
    ActionStatus.CLOSED: "Enter the outcome: what was done, and what changed because of it",
    ActionStatus.REJECTED: "Say why this will not be done",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionDetails:
    """What the chair decides. ``owner_id`` is a person of the owning organisation, or None. ``due_on`` is a UK date."""

    text: str
    owner_organisation_id: uuid.UUID
    owner_id: uuid.UUID | None
    due_on: dt.date
    priority: Priority


def load_action(actor: Actor, action_id: uuid.UUID, _parents: Mapping[str, Any]) -> Action:
    """The action of an id in the URL. Raises NotFoundError unless ``actor`` may see it."""
    found = db.session.scalar(visible_to(actor).where(Action.id == action_id))
    if found is None:
        raise NotFoundError
    return found


def check_on_agenda(meeting: Meeting, case: Case) -> None:
    """Raise NotFoundError unless ``case`` stands on the agenda of ``meeting``."""
    query = sa.select(AgendaItem.id).where(AgendaItem.meeting_id == meeting.id, AgendaItem.case_id == case.id)
    if db.session.scalar(query) is None:
        raise NotFoundError


def assign(actor: Actor, case: Case, meeting: Meeting, details: ActionDetails) -> Action:
    """Agree an action at a meeting. A case that has been reviewed then has actions open.

    Raises DomainError if the text names the person: its owner may come from outside the panel.
    """
    _require(actor, Permission.ACTION_ASSIGN)
    check_on_agenda(meeting, case)
    if meeting.status is MeetingStatus.CANCELLED:
        raise DomainError("This meeting was cancelled, so nothing can be agreed at it")
    _check_text(details.text)
    _check_due(details.due_on)
    _check_owner(details)
    _refuse_identifiers(actor, case, details.text, "text")
    year = clock.today().year
    number = _next_number(year)
    action = Action(
        reference=f"A-{year}-{number:04d}",
        year=year,
        number=number,
        case_id=case.id,
        meeting_id=meeting.id,
        owner_organisation_id=details.owner_organisation_id,
        owner_id=details.owner_id,
        due_on=details.due_on,
        priority=details.priority,
        status=ActionStatus.AGREED,
        assigned_by_id=_person(actor),
        text=details.text.strip(),
    )
    db.session.add(action)
    db.session.flush()
    record(
        actor,
        events.ActionAssigned(object_id=action.id, case_id=case.id, owner_organisation=details.owner_organisation_id),
    )
    if case.status is CaseStatus.REVIEWED:
        cases.transition(actor, case, CaseStatus.ACTIONS_OPEN)
    return action


def change(actor: Actor, action: Action, details: ActionDetails, version: int | None) -> None:
    """Change what was agreed, while it is still to be done. Only what differs is checked, written and recorded."""
    _require(actor, Permission.ACTION_ASSIGN)
    action.expect_version(version, ours=_in_words(details), theirs=_in_words(details_of(action)))
    if action.status not in OPEN:
        raise TransitionError(f"This action is {action.status.label.lower()}: it cannot be changed any more")
    before = details_of(action)
    after = _tidied(details)
    changed = tuple(name for name in _DETAILS if getattr(before, name) != getattr(after, name))
    if not changed:
        return
    if "text" in changed:
        _check_text(after.text)
        _refuse_identifiers(actor, action.case, after.text, "text")
    if "due_on" in changed:
        _check_due(after.due_on)
    if {"owner_organisation_id", "owner_id"} & set(changed):
        _check_owner(after)
    for name in changed:
        setattr(action, name, getattr(after, name))
    db.session.flush()
    db.session.expire(action, ["owner", "owner_organisation"])
    record(actor, events.ActionChanged(object_id=action.id, case_id=action.case_id, changed=_named(changed)))


def takes_updates(actor: Actor, action: Action) -> bool:
    """Whether ``actor`` may note progress on ``action`` as it stands."""
    return action.status in OPEN and may_update(actor, action)


def check_may_update(actor: Actor, action: Action) -> None:
    """Raise ForbiddenError unless ``actor`` may note progress on ``action``."""
    if not may_update(actor, action):
        raise ForbiddenError("Only the organisation that owns this action, or a coordinator, can update it")


def check_version(action: Action, version: int | None, note: str, to: ActionStatus) -> None:
    """Raise ConflictError, with what was sent and what stands now, unless ``version`` is the one that stands."""
    if version is None or version == action.version:
        return
    newest = next(iter(history(action)), None)
    raise ConflictError(
        ours=(("Update", note), ("Status", to.label)),
        theirs=(
            ("Update", f"{newest.text}\n({newest.author.name})" if newest else "No update"),
            ("Status", action.status.label),
        ),
    )


def note_progress(
    actor: Actor, action: Action, text: str, to_status: ActionStatus | None, version: int | None
) -> ActionUpdate:
    """Write down how an action goes and, if ``to_status`` is another than its own, take it there."""
    check_may_update(actor, action)
    if to_status is not None and to_status is not action.status:
        return transition(actor, action, to_status, text, version)
    check_version(action, version, text, action.status)
    if action.status not in OPEN:
        raise TransitionError(f"This action is {action.status.label.lower()}: nothing can be added to it")
    if not text.strip():
        raise DomainError("Say what has happened since the last update", "note")
    _refuse_identifiers(actor, action.case, text, "note")
    update = _add_update(actor, action, text)
    record(actor, events.ActionProgressNoted(object_id=action.id, case_id=action.case_id))
    return update


def transition(actor: Actor, action: Action, to: ActionStatus, note: str, version: int | None = None) -> ActionUpdate:
    """Take an action to another state: the only writer of its status.

    ``note`` is kept in its history: the progress, the reason or, when it closes, the outcome.
    """
    check_version(action, version, note, to)
    before = action.status
    if not note.strip() and (before, to) in ACTION_WORKFLOW.steps:
        raise DomainError(MISSING_NOTE.get(to, "Say what has happened since the last update"), "note")
    ACTION_WORKFLOW.check(actor, before, to, note)
    if ACTION_WORKFLOW.steps[before, to].permission is Permission.ACTION_UPDATE:
        check_may_update(actor, action)
    _refuse_identifiers(actor, action.case, note, "note")
    action.status = to
    ended = to not in OPEN
    action.ended_at = clock.now() if ended else None
    action.ended_by_id = _person(actor) if ended else None
    action.outcome = note.strip() if to is ActionStatus.CLOSED else None
    update = _add_update(actor, action, note)
    record(
        actor,
        events.ActionStatusChanged(
            object_id=action.id,
            case_id=action.case_id,
            before=before,
            after=to,
            reason=note.strip() if ACTION_WORKFLOW.steps[before, to].needs_reason else None,
        ),
    )
    return update


def details_of(action: Action) -> ActionDetails:
    """What stands now of what the chair decided."""
    return ActionDetails(
        text=action.text,
        owner_organisation_id=action.owner_organisation_id,
        owner_id=action.owner_id,
        due_on=action.due_on,
        priority=action.priority,
    )


def owner_name(details: ActionDetails) -> str:
    """Who owns the action, in words: the person and their organisation, or the organisation alone."""
    organisation = accounts.organisation(details.owner_organisation_id).name
    return f"{accounts.user(details.owner_id).name}, {organisation}" if details.owner_id else organisation


_DETAILS = ("text", "owner_organisation_id", "owner_id", "due_on", "priority")


def _tidied(details: ActionDetails) -> ActionDetails:
    return replace(details, text=details.text.strip())


def _named(changed: tuple[str, ...]) -> tuple[str, ...]:
    """The changed fields as the history of a case names them."""
    return tuple(name.removesuffix("_id").removesuffix("_on") for name in changed)


def _require(actor: Actor, permission: Permission) -> None:
    if not actor.may(permission):
        raise ForbiddenError("Only the chair assigns actions and changes what was agreed")


def _person(actor: Actor) -> uuid.UUID:
    if actor.user_id is None:
        raise ForbiddenError("A decision about an action needs a person who takes it")
    return actor.user_id


def _check_text(text: str) -> None:
    if not text.strip():
        raise DomainError("Enter what is to be done", "text")


def _check_due(due_on: dt.date) -> None:
    if due_on < clock.today():
        raise DomainError("The due date must be today or in the future", "due_on")


def _check_owner(details: ActionDetails) -> None:
    if not accounts.organisation(details.owner_organisation_id).active:
        raise DomainError("Select an organisation that takes part in the partnership", "owner")
    if details.owner_id is None:
        return
    people = accounts.people(permission=Permission.ACTION_UPDATE, organisation_id=details.owner_organisation_id)
    if details.owner_id not in {person.id for person in people}:
        raise DomainError("Select somebody who has an account with the organisation that owns the action", "owner")


def _refuse_identifiers(actor: Actor, case: Case, text: str, field: str) -> None:
    """Raise DomainError if the text names the person, as far as the actor may know, or holds a number of anybody.

    Only those who may open the case know what identifies the person, and only they hold the keys to compare.

    Dates and the telephone numbers of services belong into actions, so of what only looks like an identifier, nothing
    counts but the numbers that stand for one person. The day of the event counts as known.
    """
    known = KnownIdentifiers()
    if actor.may(Permission.CASE_VIEW):
        known = known_identifiers(case)
        if case.event_date is not None:
            known = replace(known, dates=(*known.dates, case.event_date))
    found = [
        span.text
        for span in remaining_identifiers(text, known)
        if span.basis is Basis.KNOWN or span.kind in PERSONAL_NUMBERS
    ]
    if found:
        shown = ", ".join(f"“{part}”" for part in dict.fromkeys(found))
        raise DomainError(
            f"Take out what could identify the person: {shown}. Owners of actions must not learn it", field
        )


def _next_number(year: int) -> int:
    take_lock(REFERENCE_LOCK)
    return (db.session.scalar(sa.select(sa.func.max(Action.number)).where(Action.year == year)) or 0) + 1


def _add_update(actor: Actor, action: Action, text: str) -> ActionUpdate:
    update = ActionUpdate(action=action, author_id=_person(actor), status=action.status, text=text.strip())
    db.session.add(update)
    action.updated_at = clock.now()
    flag_modified(action, "updated_at")  # a note alone also makes a new version: whoever writes next must have read it
    db.session.flush()
    return update


def _in_words(details: ActionDetails) -> tuple[tuple[str, str], ...]:
    return (
        ("Action", details.text),
        ("Owner", owner_name(details)),
        ("Due date", date_text(details.due_on)),
        ("Priority", details.priority.label),
    )
