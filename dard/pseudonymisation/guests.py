"""Sharing one case with somebody from outside: what a pack would say of it, under a name of its own, for some days."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from dard.accounts.models import User
from dard.accounts.service import user
from dard.agreements.enums import SharingPurpose
from dard.agreements.service import assert_may_share
from dard.audit import events
from dard.audit.service import record
from dard.cases.access.models import CaseGuest, CaseRecusal
from dard.cases.access.policy import check_standing_sight, person_at_work, shared_with
from dard.cases.access.queries import may_be_guests
from dard.cases.access.restrictions import named_people
from dard.cases.models import Case
from dard.core import clock
from dard.core.actor import Actor
from dard.core.database import db
from dard.core.errors import DomainError, ForbiddenError, NotFoundError
from dard.core.permissions import Permission
from dard.crypto.enums import Purpose
from dard.crypto.keyring import also_open
from dard.panels.rules import new_pseudonym
from dard.pseudonymisation import packs, queries
from dard.pseudonymisation.composing import pack_case

MOST_DAYS = 30


def load_guest(_actor: Actor, guest_id: uuid.UUID, parents: Mapping[str, Any]) -> CaseGuest:
    """The guest of an id in the URL of a case. Raises NotFoundError for one of another case."""
    found = db.session.get(CaseGuest, guest_id)
    if found is None or found.case_id != parents["case"].id:
        raise NotFoundError
    return found


def load_share(actor: Actor, share_id: uuid.UUID, _parents: Mapping[str, Any]) -> CaseGuest:
    """What is shared with ``actor``, of an id in the URL. Raises NotFoundError from the moment at which it ends."""
    found = db.session.scalar(shared_with(actor).where(CaseGuest.id == share_id))
    if found is None:
        raise NotFoundError
    return found


def give(actor: Actor, case: Case, person_id: uuid.UUID, last_day: dt.date, reason: str) -> CaseGuest:
    """Share ``case`` with somebody up to the end of ``last_day`` (UK date), MOST_DAYS from today at most."""
    actor.require(Permission.CASE_SHARE)
    check_standing_sight(actor, case.id)
    if not reason.strip():
        raise DomainError("Say why this person needs to read of the case", "reason")
    _check_last_day(last_day)
    db.session.refresh(case, with_for_update=True)  # of two at once the second sees what the first did
    person = user(person_id)
    _check_person(case, person)
    made = CaseGuest(
        case_id=case.id,
        user_id=person.id,
        pseudonym=new_pseudonym(_names_of(person)),
        until=_end_of(last_day),
        given_by_id=person_at_work(actor),
        reason=reason.strip(),
    )
    db.session.add(made)
    db.session.flush()
    record(
        actor,
        events.GuestGiven(
            object_id=made.id, case_id=case.id, person=person.id, last_day=last_day.isoformat(), reason=reason.strip()
        ),
    )
    return made


def end(actor: Actor, guest: CaseGuest) -> None:
    """End a guest’s sight before its time, at once."""
    actor.require(Permission.CASE_SHARE)
    db.session.refresh(guest, with_for_update=True)
    if guest.ended_at is not None or guest.until <= clock.now():
        raise DomainError("This person’s sight of the case has ended already")
    guest.ended_at, guest.ended_by_id = clock.now(), person_at_work(actor)
    db.session.flush()
    record(actor, events.GuestEnded(object_id=guest.id, case_id=guest.case_id, person=guest.user_id))


def shares(actor: Actor) -> Sequence[CaseGuest]:
    """What is shared with ``actor`` now, what ends first coming first."""
    return db.session.scalars(shared_with(actor).order_by(CaseGuest.until, CaseGuest.id)).all()


def read(actor: Actor, share: CaseGuest) -> packs.PackCase:
    """What a guest may read of a case: what its pack would say. Each reading is recorded.

    Raises ForbiddenError if the guest’s organisation may not receive packs today. The key of packs is opened for this
    one reading, because guests come with any role.
    """
    if db.session.scalar(shared_with(actor).where(CaseGuest.id == share.id)) is None:
        raise NotFoundError
    if actor.organisation_id is None:
        raise ForbiddenError("Only a person with an account can be a guest")
    assert_may_share(actor.organisation_id, SharingPurpose.PACK, clock.today())
    case = share.case
    with also_open(Purpose.PACK):
        text = queries.approved_texts([case]).get(case.id)
        told = pack_case(share.pseudonym, case, text, queries.sharing([case])[case.id])
    record(actor, events.GuestRead(object_id=share.id, case_id=case.id))
    return told


def _check_last_day(last_day: dt.date) -> None:
    today = clock.today()
    if last_day < today:
        raise DomainError("Last day must be today or in the future", "last_day")
    if last_day > today + dt.timedelta(days=MOST_DAYS):
        raise DomainError(f"Last day must be within {MOST_DAYS} days from today", "last_day")


def _check_person(case: Case, person: User) -> None:
    """Raise DomainError if ``person`` cannot be a guest, or would see nothing as one."""
    if person.id not in {each.id for each in may_be_guests()}:
        raise DomainError("This person cannot be a guest: they open case files anyway, or may see no case", "person")
    recused = sa.select(CaseRecusal.id).where(
        CaseRecusal.case_id == case.id, CaseRecusal.user_id == person.id, CaseRecusal.lifted_at.is_(None)
    )
    if db.session.scalar(recused) is not None:
        raise DomainError("This person is recused from the case", "person")
    if person.id not in named_people([case.id]).get(case.id, {person.id}):
        raise DomainError("This case is restricted. Name the person in the restriction first", "person")
    running = sa.select(CaseGuest.id).where(
        CaseGuest.case_id == case.id,
        CaseGuest.user_id == person.id,
        CaseGuest.ended_at.is_(None),
        CaseGuest.until > clock.now(),
    )
    if db.session.scalar(running) is not None:
        raise DomainError("This case is shared with this person already. End it first to choose another day", "person")
    try:
        assert_may_share(person.organisation_id, SharingPurpose.PACK, clock.today())
    except ForbiddenError as error:
        raise DomainError(f"{error.message}. It cannot be shared with this person", "person", error.event) from error


def _names_of(person: User) -> frozenset[str]:
    """What cases are or were called for ``person``: a new one must not be taken for one of them."""
    return frozenset(db.session.scalars(sa.select(CaseGuest.pseudonym).where(CaseGuest.user_id == person.id)))


def _end_of(day: dt.date) -> dt.datetime:
    """Midnight in England at the end of ``day``, in UTC."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=clock.UK).astimezone(dt.UTC)
