"""Who is asked and who is offered: people who could see something of a case, and its guests."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from dard.accounts.grants import permissions_of
from dard.accounts.models import User
from dard.accounts.service import people
from dard.cases.access.models import CaseGuest
from dard.cases.models import Case
from dard.core import clock
from dard.core.database import db
from dard.core.permissions import Permission

# Whoever holds none of these comes across no case, so that naming them in a restriction would change nothing.
COMES_ACROSS_CASES = frozenset(
    {
        Permission.CASE_VIEW,
        Permission.CASE_READ_AS_GUEST,
        Permission.MEETING_VIEW,
        Permission.ACTION_VIEW,
        Permission.REPORT_VIEW,
    }
)


@dataclass(frozen=True, slots=True)
class GuestLine:
    """Somebody who has or had sight of a case as a guest."""

    guest: CaseGuest
    running: bool


def may_be_named() -> list[User]:
    """Active people who could come across a case at all."""
    return [person for person in people() if permissions_of(person.roles) & COMES_ACROSS_CASES]


def may_be_guests() -> list[User]:
    """Active people with whom a case can be shared: those who may be guests, and open no case file anyway."""
    return [
        person
        for person in people(permission=Permission.CASE_READ_AS_GUEST)
        if Permission.CASE_VIEW not in permissions_of(person.roles)
    ]


def guests_of(case: Case) -> Sequence[GuestLine]:
    """The guests of ``case``, the newest first."""
    query = sa.select(CaseGuest).where(CaseGuest.case_id == case.id)
    found = db.session.scalars(
        query.options(joinedload(CaseGuest.user), joinedload(CaseGuest.given_by)).order_by(
            CaseGuest.created_at.desc(), CaseGuest.id
        )
    )
    now = clock.now()
    return [GuestLine(each, running=each.ended_at is None and each.until > now) for each in found]
