"""The explicit denials, which beat every role, and the two ways past a restriction.

Every select over something that belongs to a case passes ``is_open_to``, by way of its feature's ``visible_to``. The
system itself, at work without a person, has no conflicts, and nothing is hidden from it.
"""

import datetime as dt
import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from dard.cases.access.models import CaseBreakGlass, CaseGuest, CaseRecusal, CaseRestriction, RestrictionPerson
from dard.core import clock
from dard.core.actor import Actor
from dard.core.database import db
from dard.core.errors import ForbiddenError
from dard.core.permissions import Permission

CaseIds = sa.Select[uuid.UUID]


@dataclass(frozen=True, slots=True)
class Sight:
    """How somebody who sees a case comes to see it; ``emergency_until`` is None unless only by breaking the glass."""

    restricted: bool
    emergency_until: dt.datetime | None

    @property
    def minutes_left(self) -> int:
        """How many minutes of sight are left, at least one; 0 without an emergency."""
        if self.emergency_until is None:
            return 0
        return max(1, -(-int((self.emergency_until - clock.now()).total_seconds()) // 60))


def recused_cases(actor: Actor) -> CaseIds:
    """The cases in which ``actor`` has a conflict of interest."""
    return sa.select(CaseRecusal.case_id).where(CaseRecusal.user_id == actor.user_id, CaseRecusal.lifted_at.is_(None))


def restricted_cases(actor: Actor) -> CaseIds:
    """The cases that are restricted to others, but for those that ``actor`` has opened in an emergency."""
    named = sa.select(RestrictionPerson.restriction_id).where(RestrictionPerson.user_id == actor.user_id)
    return sa.select(CaseRestriction.case_id).where(
        CaseRestriction.lifted_at.is_(None),
        CaseRestriction.id.not_in(named),
        CaseRestriction.case_id.not_in(opened_in_emergency(actor)),
    )


def opened_in_emergency(actor: Actor) -> CaseIds:
    """The cases that ``actor`` broke the glass for, and still has sight of."""
    return sa.select(CaseBreakGlass.case_id).where(
        CaseBreakGlass.user_id == actor.user_id, CaseBreakGlass.until > clock.now()
    )


def is_open_to(actor: Actor, case_id: InstrumentedAttribute[uuid.UUID]) -> sa.ColumnElement[bool]:
    """Whether neither a recusal nor a restriction hides the case of the column ``case_id`` from ``actor``."""
    if actor.user_id is None:
        return sa.true()
    return sa.and_(case_id.not_in(recused_cases(actor)), case_id.not_in(restricted_cases(actor)))


def is_withheld_from(actor: Actor, case_id: InstrumentedAttribute[uuid.UUID]) -> sa.ColumnElement[bool]:
    """Whether the case is hidden for a conflict of interest only, of which the person may be told."""
    if actor.user_id is None:
        return sa.false()
    return sa.and_(case_id.in_(recused_cases(actor)), case_id.not_in(restricted_cases(actor)))


def shared_with(actor: Actor) -> sa.Select[CaseGuest]:
    """What ``actor`` sees as a guest now."""
    if not actor.may(Permission.CASE_READ_AS_GUEST) or actor.user_id is None:
        return sa.select(CaseGuest).where(sa.false())
    return sa.select(CaseGuest).where(
        CaseGuest.user_id == actor.user_id,
        CaseGuest.ended_at.is_(None),
        CaseGuest.until > clock.now(),
        is_open_to(actor, CaseGuest.case_id),
    )


def sight_of(actor: Actor, case_id: uuid.UUID) -> Sight:
    """How ``actor``, who sees the case, comes to see it. One statement."""
    restriction = sa.select(CaseRestriction.id).where(
        CaseRestriction.case_id == case_id, CaseRestriction.lifted_at.is_(None)
    )
    named = sa.select(RestrictionPerson.id).where(
        RestrictionPerson.user_id == actor.user_id, RestrictionPerson.restriction_id.in_(restriction)
    )
    window = sa.select(sa.func.max(CaseBreakGlass.until)).where(
        CaseBreakGlass.case_id == case_id,
        CaseBreakGlass.user_id == actor.user_id,
        CaseBreakGlass.until > clock.now(),
    )
    restricted, is_named, until = db.session.execute(
        sa.select(restriction.exists(), named.exists(), window.scalar_subquery())
    ).one()
    by_emergency = restricted and not is_named and actor.user_id is not None
    return Sight(restricted=bool(restricted), emergency_until=until if by_emergency else None)


def has_recusals(actor: Actor) -> bool:
    """Whether there is any case in which ``actor`` has a conflict of interest."""
    return actor.user_id is not None and db.session.scalar(recused_cases(actor).limit(1)) is not None


def check_standing_sight(actor: Actor, case_id: uuid.UUID) -> None:
    """Raise ForbiddenError for somebody who has sight of a case in an emergency only: sight does not make its own."""
    if sight_of(actor, case_id).emergency_until is not None:
        raise ForbiddenError("You opened this case in an emergency, so you cannot change who sees it")


def person_at_work(actor: Actor) -> uuid.UUID:
    """The id of the person that ``actor`` is. Raises ForbiddenError for the system: such decisions need a person."""
    if actor.user_id is None:
        raise ForbiddenError("A decision about who sees a case needs a person who takes it")
    return actor.user_id
