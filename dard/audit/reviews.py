"""The second look: an event that asks for it is looked at by somebody else than the one who did it."""

import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from dard.audit.events import EVENTS, EventReviewed, ShowingsExported
from dard.audit.events.event import NOTHING
from dard.audit.models import AuditEvent, AuditReview
from dard.audit.queries import LoggedEvent, ShowingFilter, logged, showings
from dard.audit.service import record
from dard.core import clock
from dard.core.actor import Actor
from dard.core.database import db
from dard.core.errors import DomainError, ForbiddenError, NotFoundError
from dard.core.permissions import Permission
from dard.core.spreadsheet import Column, Sheet, write_csv

COLUMNS = (Column("Event"), Column("When (UTC)"), Column("Who"), Column("Case"), Column("What"), Column("Reason"))


def load_event(actor: Actor, event_id: uuid.UUID, _parents: Mapping[str, Any]) -> AuditEvent:
    """The event of an id in the URL. Raises NotFoundError unless it asks for a second look and ``actor`` may look."""
    found = db.session.get(AuditEvent, event_id) if actor.may(Permission.AUDIT_VIEW) else None
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
    lines, total = showings(chosen)
    rows = [
        (str(line.position), f"{line.occurred_at:%Y-%m-%d %H:%M:%S}", line.who, line.case, line.what, line.reason)
        for line in lines
    ]
    record(actor, ShowingsExported(object_id=actor.user_id or NOTHING, rows=total))
    return write_csv(Sheet("Showings", COLUMNS, rows))
