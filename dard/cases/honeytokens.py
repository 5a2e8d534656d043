"""Honeytokens: cases that look like any other and that nobody has work with, so that opening one says something.

The coordinator logs an invented notification like any other; whoever runs the server then marks it. Which cases are
marked is sealed: a copy of the database does not tell. They are left out of every count that is reported.
"""

import uuid

import sqlalchemy as sa
import structlog

from dard.audit import events
from dard.audit.service import record
from dard.cases.models import Case, Honeytoken
from dard.core.actor import Actor
from dard.core.database import db
from dard.core.errors import DomainError, NotFoundError
from dard.core.permissions import Permission
from dard.crypto.enums import Purpose
from dard.crypto.keyring import also_open

log = structlog.get_logger(__name__)


def honeytoken_cases() -> frozenset[uuid.UUID]:
    """The ids of the cases that are marked."""
    with also_open(Purpose.AUDIT):
        return frozenset(uuid.UUID(bytes=each.case) for each in db.session.scalars(sa.select(Honeytoken)))


def opening_of(case: Case, page: str) -> events.HoneytokenOpened | None:
    """The event to keep if ``case``, which somebody opens on ``page``, is marked; it is written to the log file too."""
    if case.id not in honeytoken_cases():
        return None
    log.warning("honeytoken_opened", page=page)
    return events.HoneytokenOpened(object_id=case.id, case_id=case.id, page=page)


def mark(actor: Actor, reference: str) -> None:
    """Make the case ``reference`` a honeytoken. Raises NotFoundError, or DomainError if it is one already."""
    actor.require(Permission.HONEYTOKEN_MANAGE)
    case = _case(reference)
    if case.id in honeytoken_cases():
        raise DomainError(f"Case {reference} is a honeytoken already")
    made = Honeytoken(case=case.id.bytes)
    db.session.add(made)
    db.session.flush()
    record(actor, events.HoneytokenSet(object_id=made.id))


def unmark(actor: Actor, reference: str) -> None:
    """Make the case ``reference`` one like any other. Raises NotFoundError if it is no honeytoken."""
    actor.require(Permission.HONEYTOKEN_MANAGE)
    case = _case(reference)
    for each in db.session.scalars(sa.select(Honeytoken)):
        if each.case == case.id.bytes:
            db.session.delete(each)
            db.session.flush()
            record(actor, events.HoneytokenRemoved(object_id=each.id))
            return
    raise NotFoundError(f"Case {reference} is no honeytoken")


def marked_references() -> list[str]:
    """The references of the cases that are marked, in their order."""
    marked = honeytoken_cases()
    return list(db.session.scalars(sa.select(Case.reference).where(Case.id.in_(marked)).order_by(Case.reference)))


def _case(reference: str) -> Case:
    found = db.session.scalar(sa.select(Case).where(Case.reference == reference))
    if found is None:
        raise NotFoundError(f"There is no case {reference}")
    return found
