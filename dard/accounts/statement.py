"""The confidentiality statement: its versions, and who has accepted the newest.

It is accepted before anything else at the first sign-in, and again when there is a new version. The text of a version
stands in ``templates/accounts/statements/<version>.html`` and is never changed later: people accepted what it said.
"""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from dard.accounts.models import User
from dard.audit import events
from dard.audit.service import record
from dard.core import clock
from dard.core.actor import Actor
from dard.core.database import db
from dard.core.errors import ConflictError, ForbiddenError


@dataclass(frozen=True, slots=True)
class Statement:
    """One version of the statement, and the day on which it was agreed."""

    version: int
    dated: dt.date

    @property
    def template(self) -> str:
        """Where its text stands."""
        return f"accounts/statements/{self.version}.html"


STATEMENTS: tuple[Statement, ...] = (Statement(1, dt.date(2026, 3, 2)),)


def current() -> Statement:
    """The version that people accept today."""
    return STATEMENTS[-1]


def owes_acceptance(person: User) -> bool:
    """Whether ``person`` has not accepted the newest version."""
    return person.statement_version != current().version


def accept(actor: Actor, version: int | None = None) -> None:
    """Note that ``actor`` accepts the newest version; ``version`` is the one that they were shown.

    Not through the row's version: accepting is no change that an administrator's form would have to know of.
    """
    if actor.user_id is None:
        raise ForbiddenError("Only a person can accept the statement")
    check_shown(version)
    newest = current().version
    accepted = sa.update(User).where(User.id == actor.user_id)
    db.session.execute(accepted.values(statement_version=newest, statement_accepted_at=clock.now()))
    record(actor, events.StatementAccepted(object_id=actor.user_id, version=newest))


def check_shown(version: int | None) -> None:
    """Raise ConflictError if ``version`` is not the newest any more: nobody accepts what they did not see."""
    if version is not None and version != current().version:
        raise ConflictError("There is a newer version of the confidentiality statement. Read it before you accept it")
