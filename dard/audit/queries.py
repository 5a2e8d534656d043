"""What the information governance lead looks at: who was shown identities and why, and what waits for a second look."""

import datetime as dt
import json
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from dard.audit.enums import AnchorKind
from dard.audit.events import EVENTS, BreakGlassOpened, BreakGlassRefused, describe
from dard.audit.models import AuditAnchor, AuditCheckpoint, AuditEvent, AuditReview, AuditVerification
from dard.core import clock
from dard.core.actor import Actor
from dard.core.clock import UK
from dard.core.database import db

SHOWINGS = tuple(code for code, kind in EVENTS.items() if kind.shows_identity)
FOR_REVIEW = tuple(code for code, kind in EVENTS.items() if kind.needs_review)
REVIEW_DAYS = 5  # within which somebody is to have looked
REVIEW_TIME = dt.timedelta(days=REVIEW_DAYS)
YEAR = dt.timedelta(days=365)

_references: list[Callable[[Collection[uuid.UUID]], Mapping[uuid.UUID, str]]] = []
_left_out: list[Callable[[Actor], sa.Select[uuid.UUID]]] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowingFilter:
    """Which showings are listed: by whom, and on which days (UK), both included; None is open."""

    actor_id: uuid.UUID | None = None
    first_day: dt.date | None = None
    last_day: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedEvent:
    """One event as the log tells it. ``case`` is the reference of its case; ``reason`` is in the person's own words."""

    id: uuid.UUID
    position: int
    occurred_at: dt.datetime
    who: str
    what: str
    case: str
    reason: str
    actor_id: uuid.UUID | None
    age: dt.timedelta

    @property
    def overdue(self) -> bool:
        """Whether it has waited longer for a second look than it should, if it still waits."""
        return self.age > REVIEW_TIME


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyUse:
    """How often somebody opened restricted cases in an emergency within a year.

    ``waiting`` of them have not been looked at; ``refused`` counts references that opened nothing.
    """

    who: str
    opened: int
    waiting: int
    refused: int
    newest: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """An event that somebody looked at, and what they found."""

    event: LoggedEvent
    by: str
    at: dt.datetime
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchoredCheckpoint:
    """A checkpoint, and the places outside the database where it stands, in words. ``root`` is hexadecimal."""

    size: int
    root: str
    signed_at: dt.datetime
    places: Sequence[str]


def name_cases_by(find: Callable[[Collection[uuid.UUID]], Mapping[uuid.UUID, str]]) -> None:
    """Let ``find`` give the references of cases, which are kept on a floor above."""
    _references[:] = [find]


def leave_out_by(find: Callable[[Actor], sa.Select[uuid.UUID]]) -> None:
    """Let ``find`` say of which cases somebody must see no event, although they check the log.

    Those are the cases in which they have a conflict of interest. A restriction hides nothing from them: somebody must
    look at what was done under it.
    """
    _left_out[:] = [find]


def visible_to(actor: Actor) -> sa.Select[AuditEvent]:
    """The events that ``actor`` may be shown while they check the log."""
    query = sa.select(AuditEvent)
    if actor.user_id is None or not _left_out:
        return query
    hidden = _left_out[0](actor)
    return query.where(sa.or_(AuditEvent.case_id.is_(None), AuditEvent.case_id.not_in(hidden)))


def showings(
    actor: Actor, chosen: ShowingFilter, *, limit: int | None = None, offset: int = 0
) -> tuple[list[LoggedEvent], int]:
    """Who was shown whom a case is about, newest first, and how often in all."""
    query = visible_to(actor).where(AuditEvent.code.in_(SHOWINGS))
    if chosen.actor_id is not None:
        query = query.where(AuditEvent.actor_id == chosen.actor_id)
    if chosen.first_day is not None:
        query = query.where(AuditEvent.occurred_at >= _midnight(chosen.first_day))
    if chosen.last_day is not None:
        query = query.where(AuditEvent.occurred_at < _midnight(chosen.last_day + dt.timedelta(days=1)))
    total = db.session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
    return _told(query.order_by(AuditEvent.position.desc()).limit(limit).offset(offset)), total


def who_was_shown(actor: Actor) -> list[tuple[uuid.UUID, str]]:
    """Everybody who was ever shown an identity, by name."""
    newest = sa.func.max(AuditEvent.actor_label)
    query = (
        visible_to(actor)
        .with_only_columns(AuditEvent.actor_id, newest)
        .where(AuditEvent.code.in_(SHOWINGS), AuditEvent.actor_id.is_not(None))
        .group_by(AuditEvent.actor_id)
        .order_by(newest, AuditEvent.actor_id)
    )
    return [(actor_id, name) for actor_id, name in db.session.execute(query) if actor_id is not None]


def waiting_for_review(actor: Actor, *, limit: int | None = None) -> tuple[list[LoggedEvent], int]:
    """What asks for a second look and has had none, oldest first, and how many there are in all."""
    query = _waiting(actor)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
    return _told(query.order_by(AuditEvent.position).limit(limit)), total


def overdue_reviews(actor: Actor) -> int:
    """How many events have waited for a second look for more than REVIEW_DAYS."""
    query = _waiting(actor).where(AuditEvent.occurred_at < clock.now() - REVIEW_TIME)
    return db.session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0


def _waiting(actor: Actor) -> sa.Select[AuditEvent]:
    seen = sa.select(AuditReview.event_id)
    return visible_to(actor).where(AuditEvent.code.in_(FOR_REVIEW), AuditEvent.id.not_in(seen))


def emergency_uses(actor: Actor) -> list[EmergencyUse]:
    """Who opened restricted cases in an emergency within the last year, or tried to; the most frequent first."""
    opened, looked_at = AuditEvent.code == BreakGlassOpened.code, AuditEvent.id.in_(sa.select(AuditReview.event_id))
    times = sa.func.sum(sa.case((opened, 1), else_=0))
    rows = db.session.execute(
        visible_to(actor)
        .with_only_columns(
            sa.func.max(AuditEvent.actor_label),
            times,
            sa.func.sum(sa.case((sa.and_(opened, sa.not_(looked_at)), 1), else_=0)),
            sa.func.sum(sa.case((opened, 0), else_=1)),
            sa.func.max(AuditEvent.occurred_at),
        )
        .where(
            AuditEvent.code.in_((BreakGlassOpened.code, BreakGlassRefused.code)),
            AuditEvent.occurred_at > clock.now() - YEAR,
        )
        .group_by(AuditEvent.actor_id)
        .order_by(times.desc(), sa.func.max(AuditEvent.actor_label), AuditEvent.actor_id)
    )
    return [
        EmergencyUse(who=who, opened=opened, waiting=waiting, refused=refused, newest=newest)
        for who, opened, waiting, refused, newest in rows
    ]


def reviewed(actor: Actor, *, limit: int) -> list[Reviewed]:
    """What was looked at, newest review first."""
    shown = visible_to(actor).with_only_columns(AuditEvent.id)
    query = sa.select(AuditReview).where(AuditReview.event_id.in_(shown))
    found = db.session.scalars(query.order_by(AuditReview.reviewed_at.desc(), AuditReview.id).limit(limit)).all()
    told = {
        each.id: each for each in _told(sa.select(AuditEvent).where(AuditEvent.id.in_([r.event_id for r in found])))
    }
    return [
        Reviewed(event=told[each.event_id], by=each.reviewed_by_label, at=each.reviewed_at, note=each.note)
        for each in found
    ]


def logged(event: AuditEvent) -> LoggedEvent:
    """``event`` as the log tells it."""
    return _shown(event, _names({event.case_id} if event.case_id else set()))


def newest_verifications(*, limit: int) -> Sequence[AuditVerification]:
    """What the newest checks of the whole log found, newest first."""
    newest = sa.select(AuditVerification).order_by(AuditVerification.verified_at.desc(), AuditVerification.id)
    return db.session.scalars(newest.limit(limit)).all()


def newest_checkpoints(*, limit: int) -> list[AnchoredCheckpoint]:
    """The newest checkpoints, newest first, with where each stands."""
    found = db.session.scalars(sa.select(AuditCheckpoint).order_by(AuditCheckpoint.size.desc()).limit(limit)).all()
    anchors = db.session.scalars(
        sa.select(AuditAnchor)
        .where(AuditAnchor.checkpoint_id.in_([each.id for each in found]))
        .order_by(AuditAnchor.made_at, AuditAnchor.id)
    ).all()
    places: dict[uuid.UUID, dict[AnchorKind, list[str]]] = {each.id: {} for each in found}
    for each in anchors:
        places[each.checkpoint_id].setdefault(each.kind, []).append(each.label)
    return [
        AnchoredCheckpoint(
            size=each.size,
            root=each.root.hex(),
            signed_at=each.signed_at,
            places=[_place(kind, sorted(labels)) for kind, labels in sorted(places[each.id].items())],
        )
        for each in found
    ]


def _place(kind: AnchorKind, labels: Sequence[str]) -> str:
    if len(labels) == 1:
        return f"{kind.label} {labels[0]}"
    return f"{kind.label}: {len(labels):,}, from {labels[0]} to {labels[-1]}"


def _told(query: sa.Select[AuditEvent]) -> list[LoggedEvent]:
    events = db.session.scalars(query).all()
    names = _names({event.case_id for event in events if event.case_id is not None})
    return [_shown(event, names) for event in events]


def _shown(event: AuditEvent, names: Mapping[uuid.UUID, str]) -> LoggedEvent:
    return LoggedEvent(
        id=event.id,
        position=event.position,
        occurred_at=event.occurred_at,
        who=event.actor_label,
        what=describe(event.code, json.loads(event.details)),
        case=names.get(event.case_id, "") if event.case_id else "",
        reason=event.reason or "",
        actor_id=event.actor_id,
        age=clock.now() - event.occurred_at,
    )


def _names(case_ids: set[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    return _references[0](case_ids) if case_ids and _references else {}


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=UK).astimezone(dt.UTC)
