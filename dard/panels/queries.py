"""Lists of meetings, and what stands on an agenda. Nothing sealed is opened here."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from dard.accounts.models import User
from dard.agreements.rules import Position
from dard.agreements.service import positions
from dard.cases.models import Case
from dard.cases.policy import visible_to as visible_cases
from dard.core import clock
from dard.core.actor import Actor
from dard.core.database import db
from dard.panels.enums import MeetingStatus, Reply
from dard.panels.models import AgendaItem, Invitation, Meeting
from dard.panels.policy import sees_cases, visible_items, visible_to, withheld_items
from dard.panels.rules import papers_sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingLine:
    """One line of a list of meetings; ``reply`` is that of the person who reads it, None if they are not invited."""

    meeting: Meeting
    cases: int
    invited: int
    replies: dict[Reply, int]
    reply: Reply | None

    @property
    def day(self) -> dt.date:
        """The day of the meeting in England."""
        return day_of(self.meeting)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaLine:
    """One line of an agenda as one person may see it: ``case`` is None for those who know it by its pseudonym only."""

    id: uuid.UUID
    position: int
    pseudonym: str
    case: Case | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """An invited person, and where the organisation for which they sit there stands today and on the meeting’s day."""

    invitation: Invitation
    today: Position
    on_the_day: Position


def coming(actor: Actor) -> list[MeetingLine]:
    """The planned meetings, the next one first; one whose day has passed stays until its end has been recorded."""
    query = visible_to(actor).where(Meeting.status == MeetingStatus.PLANNED)
    return _lines(actor, db.session.scalars(query.order_by(Meeting.starts_at, Meeting.id)).all())


def past(actor: Actor, *, limit: int, offset: int) -> tuple[list[MeetingLine], int]:
    """The meetings that were held or cancelled, the newest first, and how many in all."""
    query = visible_to(actor).where(Meeting.status != MeetingStatus.PLANNED)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
    found = db.session.scalars(_newest_first(query).limit(limit).offset(offset)).all()
    return _lines(actor, found), total


def agenda(meeting: Meeting) -> list[AgendaItem]:
    """The whole agenda in its order, each item with its case loaded: for what is done to all cases, shown to nobody."""
    return _in_order(sa.select(AgendaItem), meeting)


def agenda_for(actor: Actor, meeting: Meeting) -> list[AgendaItem]:
    """What ``actor`` may see of the agenda, in its order, each item with its case loaded."""
    return _in_order(visible_items(actor), meeting)


def _in_order(query: sa.Select[AgendaItem], meeting: Meeting) -> list[AgendaItem]:
    chosen = query.where(AgendaItem.meeting_id == meeting.id).options(joinedload(AgendaItem.case, innerjoin=True))
    return list(db.session.scalars(chosen.order_by(AgendaItem.position, AgendaItem.id)))


def agenda_lines(actor: Actor, meeting: Meeting) -> list[AgendaLine]:
    """The agenda as ``actor`` may see it, counted without what they may not."""
    known = sees_cases(actor)
    return [
        AgendaLine(id=item.id, position=number, pseudonym=item.pseudonym, case=item.case if known else None)
        for number, item in enumerate(agenda_for(actor, meeting), start=1)
    ]


def withheld(actor: Actor, meeting: Meeting) -> int:
    """How many cases are left out of the agenda for ``actor``, because of a conflict of interest."""
    left_out = withheld_items(actor).where(AgendaItem.meeting_id == meeting.id)
    return db.session.scalar(sa.select(sa.func.count()).select_from(left_out.subquery())) or 0


def is_invited(meeting: Meeting, user_id: uuid.UUID) -> bool:
    """Whether a person is invited to ``meeting``."""
    return invitation_of(meeting, user_id) is not None


def invitation_of(meeting: Meeting, user_id: uuid.UUID | None) -> Invitation | None:
    """A person’s invitation to ``meeting``, if they have one."""
    query = sa.select(Invitation).where(Invitation.meeting_id == meeting.id, Invitation.user_id == user_id)
    return db.session.scalar(query)


def guests(meeting: Meeting) -> list[Guest]:
    """Everybody invited, by organisation and name, with the position of their organisation."""
    invitations = sorted(meeting.invitations, key=lambda each: (each.user.seat.name, each.user.name, str(each.user_id)))
    bodies = list({each.user.seat.id for each in invitations})
    now, then = positions(clock.today(), bodies), positions(day_of(meeting), bodies)
    return [
        Guest(
            invitation=each,
            today=now[each.user.seat.id],
            on_the_day=then[each.user.seat.id],
        )
        for each in invitations
    ]


def standing(meeting: Meeting, people: Sequence[User]) -> dict[str, str]:
    """For each organisation of ``people``, by name: whether it may be given the papers of ``meeting``, in words."""
    bodies = {person.seat.id: person.seat.name for person in people}
    now, then = positions(clock.today(), list(bodies)), positions(day_of(meeting), list(bodies))
    return {name: papers_sentence(now[body], then[body]) for body, name in bodies.items()}


def day_of(meeting: Meeting) -> dt.date:
    """The day on which ``meeting`` begins, in England."""
    return clock.local(meeting.starts_at).date()


def appearances(actor: Actor, case: Case) -> list[AgendaItem]:
    """Where ``case`` is or was on an agenda, the newest meeting first, among the meetings that ``actor`` may see."""
    query = (
        sa.select(AgendaItem)
        .join(AgendaItem.meeting)
        .options(contains_eager(AgendaItem.meeting))
        .where(AgendaItem.case_id == case.id, Meeting.id.in_(visible_to(actor).with_only_columns(Meeting.id)))
    )
    return list(db.session.scalars(query.order_by(Meeting.starts_at.desc(), Meeting.id)))


def meetings_of_case(actor: Actor, case: Case) -> list[Meeting]:
    """The meetings at which ``case`` is or was on the agenda, the newest first."""
    return [item.meeting for item in appearances(actor, case)]


def planned_without(actor: Actor, case: Case) -> Sequence[Meeting]:
    """The planned meetings whose agenda ``case`` is not on, the next one first."""
    there = sa.select(AgendaItem.meeting_id).where(AgendaItem.case_id == case.id)
    query = visible_to(actor).where(Meeting.status == MeetingStatus.PLANNED, Meeting.id.not_in(there))
    return db.session.scalars(query.order_by(Meeting.starts_at, Meeting.id)).all()


def on_another_planned_agenda(case: Case, meeting: Meeting) -> bool:
    """Whether ``case`` is on the agenda of a planned meeting other than ``meeting``."""
    query = (
        sa.select(AgendaItem.id)
        .join(AgendaItem.meeting)
        .where(
            AgendaItem.case_id == case.id,
            AgendaItem.meeting_id != meeting.id,
            Meeting.status == MeetingStatus.PLANNED,
        )
    )
    return db.session.scalar(query.limit(1)) is not None


def case_called(actor: Actor, reference: str) -> Case | None:
    """The case of a reference, if ``actor`` may see it."""
    return db.session.scalar(visible_cases(actor).where(Case.reference == reference.strip()))


def _newest_first(query: sa.Select[Meeting]) -> sa.Select[Meeting]:
    return query.order_by(Meeting.starts_at.desc(), Meeting.id)


def _lines(actor: Actor, found: Sequence[Meeting]) -> list[MeetingLine]:
    ids = [meeting.id for meeting in found]
    counted = visible_items(actor).with_only_columns(AgendaItem.meeting_id, sa.func.count())
    counted = counted.where(AgendaItem.meeting_id.in_(ids)).group_by(AgendaItem.meeting_id)
    cases = dict(db.session.execute(counted).all())
    answers: dict[uuid.UUID, list[tuple[uuid.UUID, Reply]]] = {each: [] for each in ids}
    invited = sa.select(Invitation.meeting_id, Invitation.user_id, Invitation.reply)
    for meeting_id, user_id, reply in db.session.execute(invited.where(Invitation.meeting_id.in_(ids))):
        answers[meeting_id].append((user_id, reply))
    return [
        MeetingLine(
            meeting=meeting,
            cases=cases.get(meeting.id, 0),
            invited=len(answers[meeting.id]),
            replies={each: sum(reply is each for _user, reply in answers[meeting.id]) for each in Reply},
            reply=dict(answers[meeting.id]).get(actor.user_id) if actor.user_id else None,
        )
        for meeting in found
    ]
