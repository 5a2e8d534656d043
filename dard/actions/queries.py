"""The tracker and its parts. What a page shows and what an export holds come from the same select."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload, load_only

from dard.accounts.models import Organisation, User
from dard.actions.enums import ActionStatus, Priority
from dard.actions.models import Action, ActionUpdate
from dard.actions.policy import sees_meetings, visible_to
from dard.actions.states import WITH_OWNER
from dard.cases.models import Case
from dard.core import clock
from dard.core.actor import Actor
from dard.core.database import db
from dard.core.permissions import Permission
from dard.panels.enums import MeetingStatus
from dard.panels.models import Meeting
from dard.panels.queries import day_of, meetings_of_case


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionFilter:
    """Which actions a list shows; None or False means all. Due dates are UK dates, both included."""

    mine: bool = False
    my_organisation: bool = False
    overdue: bool = False
    statuses: frozenset[ActionStatus] | None = None
    organisation_id: uuid.UUID | None = None
    meeting_id: uuid.UUID | None = None
    case_id: uuid.UUID | None = None
    priority: Priority | None = None
    due_from: dt.date | None = None
    due_to: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLink:
    """The case behind an action, for those who may open its file."""

    id: uuid.UUID
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionLine:
    """One action as lists and exports show it. ``days_overdue`` is None unless its due date has passed undone."""

    id: uuid.UUID
    reference: str
    text: str
    owner_organisation: str
    owner: str | None
    priority: Priority
    due_on: dt.date
    status: ActionStatus
    days_overdue: int | None
    latest_update: str | None
    latest_update_on: dt.date | None
    assigned_on: dt.date
    meeting: str
    meeting_on: dt.date
    outcome: str | None
    closed_on: dt.date | None
    case: CaseLink | None


def days_overdue(action: Action, today: dt.date) -> int | None:
    """How many days ago an action that has not ended was due; None if it is not overdue on the UK date ``today``."""
    if action.ended_at is not None or action.due_on >= today:
        return None
    return (today - action.due_on).days


def is_open(action: Action) -> bool:
    """Whether there is still something to do or to decide."""
    return action.ended_at is None


def tracker(
    actor: Actor, chosen: ActionFilter, *, limit: int | None = None, offset: int = 0
) -> tuple[list[ActionLine], int]:
    """The actions that ``actor`` may see and ``chosen`` asks for, and how many in all.

    Those still to be done come first, by due date. Costs three queries, however many rows there are.
    """
    query = _narrowed(visible_to(actor), actor, chosen)
    total = (
        db.session.scalar(sa.select(sa.func.count()).select_from(query.with_only_columns(Action.id).subquery())) or 0
    )
    ordered = query.order_by(Action.ended_at.is_not(None), Action.due_on, Action.year, Action.number, Action.id)
    if limit is not None:
        ordered = ordered.limit(limit).offset(offset)
    found = db.session.scalars(
        ordered.options(
            joinedload(Action.owner).options(
                load_only(User.name), lazyload(User.organisation), lazyload(User.held_roles)
            ),
            joinedload(Action.meeting, innerjoin=True),
            joinedload(Action.case, innerjoin=True).load_only(Case.reference),
        )
    ).all()
    latest = _latest_updates(ordered.with_only_columns(Action.id))
    return [_line(actor, action, latest.get(action.id)) for action in found], total


def of_case(actor: Actor, case_id: uuid.UUID) -> list[ActionLine]:
    """The actions of one case that ``actor`` may see."""
    return tracker(actor, ActionFilter(case_id=case_id))[0]


def of_meeting(actor: Actor, meeting_id: uuid.UUID) -> list[ActionLine]:
    """The actions agreed at one meeting that ``actor`` may see."""
    return tracker(actor, ActionFilter(meeting_id=meeting_id))[0]


def with_owner(actor: Actor, *, limit: int) -> tuple[list[ActionLine], list[ActionLine]]:
    """What waits for ``actor`` by name, and for the others of their organisation; the most overdue first."""
    mine, _ = tracker(actor, ActionFilter(mine=True, statuses=WITH_OWNER), limit=limit)
    known = {line.id for line in mine}
    ours, _ = tracker(actor, ActionFilter(my_organisation=True, statuses=WITH_OWNER), limit=limit + len(mine))
    return mine, [line for line in ours if line.id not in known][:limit]


def to_sign_off(actor: Actor, *, limit: int) -> list[ActionLine]:
    """What owners have reported as done, for the chair to close."""
    return tracker(actor, ActionFilter(statuses=frozenset({ActionStatus.AWAITING_SIGN_OFF})), limit=limit)[0]


def history(action: Action) -> Sequence[ActionUpdate]:
    """The notes about one action, the newest first."""
    query = sa.select(ActionUpdate).where(ActionUpdate.action_id == action.id)
    return db.session.scalars(query.order_by(ActionUpdate.created_at.desc(), ActionUpdate.id.desc())).all()


def case_link(actor: Actor, action: Action) -> CaseLink | None:
    """The case behind ``action``, if ``actor`` may open case files."""
    if not actor.may(Permission.CASE_VIEW):
        return None
    return CaseLink(id=action.case_id, reference=action.case.reference)


def owning_organisations(actor: Actor) -> list[tuple[uuid.UUID, str]]:
    """The organisations that own actions which ``actor`` may see, by name."""
    owners = visible_to(actor).with_only_columns(Action.owner_organisation_id)
    query = sa.select(Organisation.id, Organisation.name).where(Organisation.id.in_(owners))
    return [
        (identity, name) for identity, name in db.session.execute(query.order_by(Organisation.name, Organisation.id))
    ]


def deciding_meetings(actor: Actor) -> list[Meeting]:
    """The meetings at which actions that ``actor`` may see were agreed, the latest first, if they may know of them."""
    if not sees_meetings(actor):
        return []
    meetings = visible_to(actor).with_only_columns(Action.meeting_id)
    query = sa.select(Meeting).where(Meeting.id.in_(meetings)).order_by(Meeting.starts_at.desc(), Meeting.id)
    return list(db.session.scalars(query))


def open_meetings_of(actor: Actor, case: Case) -> list[Meeting]:
    """The meetings at which an action can be agreed for ``case``, the newest first: not those that were cancelled."""
    return [meeting for meeting in meetings_of_case(actor, case) if meeting.status is not MeetingStatus.CANCELLED]


def _narrowed(query: sa.Select[Action], actor: Actor, chosen: ActionFilter) -> sa.Select[Action]:
    if chosen.mine:
        query = query.where(sa.false() if actor.user_id is None else Action.owner_id == actor.user_id)
    if chosen.my_organisation:
        query = query.where(Action.owner_organisation_id.in_(actor.acts_for(Permission.ACTION_VIEW)))
    if chosen.overdue:
        query = query.where(Action.ended_at.is_(None), Action.due_on < clock.today())
    if chosen.statuses is not None:
        query = query.where(Action.status.in_(chosen.statuses))
    plain = {
        Action.owner_organisation_id: chosen.organisation_id,
        Action.meeting_id: chosen.meeting_id,
        Action.case_id: chosen.case_id,
        Action.priority: chosen.priority,
    }
    for column, value in plain.items():
        if value is not None:
            query = query.where(column == value)
    if chosen.due_from is not None:
        query = query.where(Action.due_on >= chosen.due_from)
    if chosen.due_to is not None:
        query = query.where(Action.due_on <= chosen.due_to)
    return query


def _latest_updates(action_ids: sa.Select[uuid.UUID]) -> dict[uuid.UUID, ActionUpdate]:
    place = sa.func.row_number().over(
        partition_by=ActionUpdate.action_id, order_by=(ActionUpdate.created_at.desc(), ActionUpdate.id.desc())
    )
    ranked = sa.select(ActionUpdate.id, place.label("place")).where(ActionUpdate.action_id.in_(action_ids)).subquery()
    newest = sa.select(ranked.c.id).where(ranked.c.place == 1)
    query = sa.select(ActionUpdate).where(ActionUpdate.id.in_(newest)).options(lazyload(ActionUpdate.author))
    updates = db.session.scalars(query)
    return {update.action_id: update for update in updates}


def _line(actor: Actor, action: Action, update: ActionUpdate | None) -> ActionLine:
    return ActionLine(
        id=action.id,
        reference=action.reference,
        text=action.text,
        owner_organisation=action.owner_organisation.name,
        owner=action.owner.name if action.owner else None,
        priority=action.priority,
        due_on=action.due_on,
        status=action.status,
        days_overdue=days_overdue(action, clock.today()),
        latest_update=update.text if update else None,
        latest_update_on=_day(update.created_at) if update else None,
        assigned_on=_day(action.created_at),
        meeting=action.meeting.title,
        meeting_on=day_of(action.meeting),
        outcome=action.outcome,
        closed_on=_day(action.ended_at) if action.ended_at and action.status is ActionStatus.CLOSED else None,
        case=case_link(actor, action),
    )


def _day(moment: dt.datetime) -> dt.date:
    return clock.local(moment).date()
