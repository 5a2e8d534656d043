"""The second look: an event that asks for it is looked at by somebody else than the one who did it."""

import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from dard.audit.events import EVENTS, EmergencyUsesExported, EventReviewed, ShowingsExported
from dard.audit.events.event import NOTHING
from dard.audit.models import AuditEvent, AuditReview
from dard.audit.queries import LoggedEvent, ShowingFilter, emergency_uses, logged, showings, visible_to
from dard.audit.service import record
from dard.core import clock
from dard.core.actor import Actor
from dard.core.database import db
from dard.core.errors import DomainError, ForbiddenError, NotFoundError
from dard.core.permissions import Permission
from dard.core.spreadsheet import Column, Kind, Sheet, write_csv

COLUMNS = (Column("Event"), Column("When (UTC)"), Column("Who"), Column("Case"), Column("What"), Column("Reason"))
USE_COLUMNS = (
    Column("Who"),
    Column("Cases opened in an emergency", Kind.INTEGER),
    Column("Not looked at yet", Kind.INTEGER),
    Column("References that opened nothing", Kind.INTEGER),
    Column("Newest (UTC)"),
)


def load_event(actor: Actor, event_id: uuid.UUID, _parents: Mapping[str, Any]) -> AuditEvent:
    """The event of an id in the URL. Raises NotFoundError unless it asks for a second look and ``actor`` may look."""
    found = db.session.scalar(visible_to(actor).where(AuditEvent.id == event_id))
    if not actor.may(Permission.AUDIT_VIEW):
        raise NotFoundError
    if found is None or not EVENTS[found.code].needs_review:
        raise NotFoundError
    return found


def told(event: AuditEvent) -> LoggedEvent:
    """``event`` for the page on which it is looked at."""
    return logged(event)


def review(actor: Actor, event: AuditEvent, note: str) -> AuditReview:
    """Note what ``actor`` found about ``event``.

    Raises ForbiddenError for an event of their own, DomainError if somebody has looked at it already.
    """
    actor.require(Permission.AUDIT_REVIEW)
    if event.actor_id is not None and event.actor_id == actor.user_id:
        raise ForbiddenError("Somebody else must look at what you did yourself")
    if db.session.scalar(sa.select(AuditReview.id).where(AuditReview.event_id == event.id)) is not None:
        raise DomainError("Somebody has looked at this already, and what they found is kept")
    made = AuditReview(
        event_id=event.id,
        reviewed_by_id=actor.user_id or NOTHING,
        reviewed_by_label=actor.label,
        reviewed_at=clock.now(),
        note=note,
    )
    db.session.add(made)
    db.session.flush()
    record(actor, EventReviewed(object_id=event.id, position=event.position))
    return made


def export_showings(actor: Actor, chosen: ShowingFilter) -> bytes:
    """Who was shown whom a case is about, as CSV: all that ``chosen`` asks for, newest first. Recorded."""
    actor.require(Permission.AUDIT_EXPORT)
    lines, total = showings(actor, chosen)
    rows = [
        (str(line.position), f"{line.occurred_at:%Y-%m-%d %H:%M:%S}", line.who, line.case, line.what, line.reason)
        for line in lines
    ]
    record(actor, ShowingsExported(object_id=actor.user_id or NOTHING, rows=total))
    return write_csv(Sheet("Showings", COLUMNS, rows))


def export_emergency_uses(actor: Actor) -> bytes:
    """How often people opened restricted cases in an emergency within a year, as CSV. Recorded."""
    actor.require(Permission.AUDIT_EXPORT)
    rows = [
        (each.who, each.opened, each.waiting, each.refused, f"{each.newest:%Y-%m-%d %H:%M:%S}")
        for each in emergency_uses(actor)
    ]
    record(actor, EmergencyUsesExported(object_id=actor.user_id or NOTHING, rows=len(rows)))
    return write_csv(Sheet("Emergencies", USE_COLUMNS, rows))
