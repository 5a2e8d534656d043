"""Opening a case in an emergency that is restricted to others. Never one from which the person is recused.

Whether a reference opened nothing because there is no such case, because it needs no emergency, or because it is none
of theirs, cannot be told: one question is asked of the database, and one answer is given.
"""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from dard.audit import events
from dard.audit.service import count_since, record
from dard.cases.access.enums import BreakGlassGround
from dard.cases.access.models import CaseBreakGlass
from dard.cases.access.policy import person_at_work
from dard.cases.models import Case
from dard.cases.policy import hidden_by_restriction
from dard.core import clock
from dard.core.actor import Actor
from dard.core.database import db
from dard.core.errors import DomainError
from dard.core.permissions import Permission

MINUTES = 60
ATTEMPTS = 5  # in ATTEMPT_WINDOW: references are counted up, so that whoever may try often finds what is restricted
ATTEMPT_WINDOW = dt.timedelta(minutes=60)
NOTHING_TO_OPEN = (
    "There is no case to open in an emergency under this reference. Check the reference, and whether you find the case "
    "in your list of cases"
)
TOO_MANY = "You have tried too many references in the last hour. Ask the chair or another coordinator"


def break_glass(actor: Actor, reference: str, ground: BreakGlassGround, reason: str) -> CaseBreakGlass:
    """Give ``actor`` sight of the case ``reference`` for MINUTES. Raises DomainError if it opens nothing."""
    actor.require(Permission.CASE_BREAK_GLASS)
    person, now = person_at_work(actor), clock.now()
    if not reason.strip():
        raise DomainError("Say what has happened, and why it cannot wait", "reason")
    refused = events.BreakGlassRefused(object_id=person, ground=ground, reason=reason.strip())
    if count_since(refused.code, person, now - ATTEMPT_WINDOW) >= ATTEMPTS:
        raise DomainError(TOO_MANY, "reference", event=refused)
    case = db.session.scalar(hidden_by_restriction(actor).where(Case.reference == reference.strip()))
    if case is None:
        raise DomainError(NOTHING_TO_OPEN, "reference", event=refused)
    made = CaseBreakGlass(
        case_id=case.id,
        user_id=person,
        ground=ground,
        until=now + dt.timedelta(minutes=MINUTES),
        reason=reason.strip(),
    )
    db.session.add(made)
    db.session.flush()
    record(
        actor,
        events.BreakGlassOpened(object_id=made.id, case_id=case.id, ground=ground, reason=reason.strip()),
    )
    return made


def openings_of(case: Case) -> Sequence[CaseBreakGlass]:
    """Every time that ``case`` was opened in an emergency, the newest first."""
    query = sa.select(CaseBreakGlass).where(CaseBreakGlass.case_id == case.id).options(joinedload(CaseBreakGlass.user))
    return db.session.scalars(query.order_by(CaseBreakGlass.created_at.desc(), CaseBreakGlass.id)).all()
