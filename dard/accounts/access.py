"""Who has access: everybody with an account, what they can do and when they last signed in; and its reviews.

The information governance lead reviews, an administrator ends. That a review took place stands in the audit log, which
keeps who noted it, when, and what they found.
"""

import datetime as dt
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from dard.accounts import words
from dard.accounts.enums import AccessState, Role
from dard.accounts.models import User
from dard.audit import events
from dard.audit.models import AuditEvent
from dard.audit.service import record
from dard.core import clock
from dard.core.actor import Actor
from dard.core.database import db
from dard.core.formats import date_text
from dard.core.permissions import Permission
from dard.core.spreadsheet import Column, Kind, Sheet, write_csv

UNUSED_DAYS = 90  # house rule: a panel meets at least every quarter, so that whoever did not sign in missed a meeting
REVIEW_DAYS = 90
NO_FACTORS = "None yet"
COLUMNS = (
    Column("Name"),
    Column("Email address"),
    Column("Organisation"),
    Column("Roles"),
    Column("Can open"),
    Column("Last signed in", Kind.DATETIME),
    Column("Days since", Kind.INTEGER),
    Column("Signs in with"),
    Column("State"),
    Column("Confidentiality statement"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessFilter:
    """Whose access is listed; None means all, without a state all but those whose access has ended."""

    role: Role | None = None
    organisation_id: uuid.UUID | None = None
    state: AccessState | None = None
    unused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessLine:
    """One person’s access. ``days_since`` they last signed in; None if they never did."""

    person: User
    roles: list[str]
    does: list[str]
    opens: list[str]
    days_since: int | None
    factors: str
    state: AccessState


@dataclass(frozen=True, slots=True)
class Review:
    """That somebody looked through everybody’s access, and how many people had it."""

    by: str
    at: dt.datetime
    people: int


def state_of(person: User) -> AccessState:
    """Where the account of ``person`` stands now."""
    if not person.may_sign_in:
        return AccessState.ENDED
    if person.second_factor_confirmed_at is not None and person.password_hash is not None:
        return AccessState.OPEN
    if person.password_hash is not None:
        return AccessState.SETTING_UP
    if person.joining_expires_at is None:
        return AccessState.NOT_INVITED
    return AccessState.INVITED if person.joining_expires_at >= clock.now() else AccessState.INVITATION_OVER


def factors_of(person: User) -> str:
    """With what ``person`` signs in."""
    factors = [
        name
        for name, there in (
            ("password", person.password_hash is not None),
            ("authenticator app", person.second_factor_confirmed_at is not None),
        )
        if there
    ]
    return " and ".join(factors).capitalize() or NO_FACTORS


def lines(chosen: AccessFilter) -> list[AccessLine]:
    """Everybody that ``chosen`` asks for, by name. A partnership has tens of people, so that all are read at once."""
    everybody = db.session.scalars(sa.select(User).order_by(User.name, User.id))
    return [line for line in map(_line, everybody) if _is_chosen(line, chosen)]


def last_review() -> Review | None:
    """The newest review that was noted."""
    newest = sa.select(AuditEvent).where(AuditEvent.code == events.AccessReviewed.code)
    found = db.session.scalar(newest.order_by(AuditEvent.position.desc()).limit(1))
    if found is None:
        return None
    return Review(found.actor_label, found.occurred_at, json.loads(found.details)["people"])


def is_review_due() -> bool:
    """Whether nobody has reviewed access for so long that it should be done."""
    newest = last_review()
    return newest is None or clock.now() - newest.at > dt.timedelta(days=REVIEW_DAYS)


def review(actor: Actor, note: str) -> None:
    """Note that ``actor`` looked through everybody’s access; ``note`` is what they found, sealed with the event."""
    actor.require(Permission.ACCESS_REVIEW)
    people = len(lines(AccessFilter()))
    record(actor, events.AccessReviewed(object_id=events.NOTHING, people=people, reason=note.strip() or None))


def export(actor: Actor, chosen: AccessFilter) -> bytes:
    """What the page shows, as CSV. Recorded."""
    actor.require(Permission.ACCESS_VIEW)
    found = lines(chosen)
    record(actor, events.AccessExported(object_id=actor.user_id or events.NOTHING, rows=len(found)))
    return write_csv(Sheet("Access", COLUMNS, [_row(line) for line in found]))


def _line(person: User) -> AccessLine:
    seen = person.last_signed_in_at
    return AccessLine(
        person=person,
        roles=[
            held.role.label
            + ("" if held.organisation_id == person.organisation_id else f" for {held.organisation.name}")
            for held in person.held_roles
        ],
        does=words.does(person.roles),
        opens=words.opens(person.roles),
        days_since=None if seen is None else (clock.today() - clock.local(seen).date()).days,
        factors=factors_of(person),
        state=state_of(person),
    )


def _is_chosen(line: AccessLine, chosen: AccessFilter) -> bool:
    person = line.person
    bodies = {person.organisation_id, *(held.organisation_id for held in person.held_roles)}
    return (
        (line.state is chosen.state if chosen.state else line.state is not AccessState.ENDED)
        and (chosen.role is None or chosen.role in person.assigned_roles)
        and (chosen.organisation_id is None or chosen.organisation_id in bodies)
        and not (chosen.unused and line.days_since is not None and line.days_since < UNUSED_DAYS)
    )


def _row(line: AccessLine) -> Sequence[str | int | dt.datetime | None]:
    person = line.person
    accepted = f"Version {person.statement_version}, {date_text(person.statement_accepted_at)}"
    return (
        person.name,
        person.email,
        person.organisation.name,
        "; ".join(line.roles),
        "; ".join(line.opens) or "Nothing that is sealed",
        person.last_signed_in_at,
        line.days_since,
        line.factors,
        line.state.label,
        accepted if person.statement_version else "Not accepted yet",
    )
