"""Conflicts of interest: declared by the person, or imposed on them; effective from the next request on.

Whoever calls these has loaded the case for the actor before: through the case file, or through an agenda.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from dard.accounts.models import User
from dard.accounts.service import people, user
from dard.audit import events
from dard.audit.service import record
from dard.cases.access.enums import RecusalGround
from dard.cases.access.models import CaseRecusal
from dard.cases.access.policy import check_standing_sight, person_at_work
from dard.cases.models import Case
from dard.core import clock
from dard.core.actor import Actor
from dard.core.database import db
from dard.core.errors import DomainError, ForbiddenError, NotFoundError
from dard.core.permissions import Permission

RECUSED_ALREADY = "This person is recused from the case already"


def load_recusal(_actor: Actor, recusal_id: uuid.UUID, parents: Mapping[str, Any]) -> CaseRecusal:
    """The recusal of an id in the URL. Raises NotFoundError for one from another case."""
    found = db.session.get(CaseRecusal, recusal_id)
    if found is None or found.case_id != parents["case"].id:
        raise NotFoundError
    return found


def declare(actor: Actor, case: Case, ground: RecusalGround, reason: str | None) -> CaseRecusal:
    """Let ``actor`` say that they have a conflict of interest in ``case``: they do not see it from now on."""
    reason = (reason or "").strip() or None
    made = _recuse(case, person_at_work(actor), person_at_work(actor), ground, reason)
    record(actor, events.InterestDeclared(object_id=made.id, case_id=case.id, ground=ground, reason=reason))
    return made


def impose(actor: Actor, case: Case, person_id: uuid.UUID, ground: RecusalGround, reason: str) -> CaseRecusal:
    """Recuse somebody else from ``case``. Raises DomainError for the actor, who declares instead."""
    actor.require(Permission.RECUSAL_IMPOSE)
    check_standing_sight(actor, case.id)
    if person_id == actor.user_id:
        raise DomainError("To recuse yourself, use “Declare a conflict of interest”", "person")
    if not reason.strip():
        raise DomainError("Say why this person must not see the case", "reason")
    reason = reason.strip()
    made = _recuse(case, user(person_id).id, person_at_work(actor), ground, reason)
    record(
        actor,
        events.RecusalImposed(object_id=made.id, case_id=case.id, person=person_id, ground=ground, reason=reason),
    )
    return made


def lift(actor: Actor, recusal: CaseRecusal, reason: str) -> None:
    """Let somebody see the case again who was recused from it. Never by themselves."""
    actor.require(Permission.RECUSAL_LIFT, "Only the chair can lift a recusal")
    if recusal.user_id == actor.user_id:
        raise ForbiddenError("Somebody else must decide whether you may see this case")
    check_standing_sight(actor, recusal.case_id)
    db.session.refresh(recusal, with_for_update=True)
    if recusal.lifted_at is not None:
        raise DomainError("This recusal has been lifted already")
    if not reason.strip():
        raise DomainError("Say why this person may see the case again", "reason")
    recusal.lifted_at, recusal.lifted_by_id = clock.now(), person_at_work(actor)
    recusal.lifting_reason = reason.strip()
    db.session.flush()
    record(
        actor,
        events.RecusalLifted(
            object_id=recusal.id, case_id=recusal.case_id, person=recusal.user_id, reason=reason.strip()
        ),
    )


def recusals_of(case: Case) -> Sequence[CaseRecusal]:
    """Who is or was recused from ``case``, the newest first."""
    query = sa.select(CaseRecusal).where(CaseRecusal.case_id == case.id).options(joinedload(CaseRecusal.user))
    return db.session.scalars(query.order_by(CaseRecusal.created_at.desc(), CaseRecusal.id)).all()


def may_be_recused(actor: Actor, case: Case) -> list[User]:
    """Active people who are not recused from ``case`` yet, without ``actor``, who declares."""
    recused = {each.user_id for each in recusals_of(case) if each.lifted_at is None}
    return [person for person in people() if person.id not in recused | {actor.user_id}]


def _recuse(case: Case, person_id: uuid.UUID, by: uuid.UUID, ground: RecusalGround, reason: str | None) -> CaseRecusal:
    db.session.refresh(case, with_for_update=True)  # of two at once the second sees what the first did
    there = sa.select(CaseRecusal.id).where(
        CaseRecusal.case_id == case.id, CaseRecusal.user_id == person_id, CaseRecusal.lifted_at.is_(None)
    )
    if db.session.scalar(there) is not None:
        raise DomainError(RECUSED_ALREADY, "person")
    made = CaseRecusal(case_id=case.id, user_id=person_id, ground=ground, made_by_id=by, reason=reason)
    db.session.add(made)
    db.session.flush()
    return made
