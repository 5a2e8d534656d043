"""Cases of which only the people named know. What has been said of one is kept when it is lifted."""

import uuid
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import flag_modified

from dard.accounts.grants import permissions_of
from dard.accounts.models import User
from dard.accounts.service import people
from dard.audit import events
from dard.audit.service import record
from dard.cases.access.models import CaseRecusal, CaseRestriction, RestrictionPerson
from dard.cases.access.policy import person_at_work, sight_of
from dard.cases.models import Case
from dard.core import clock
from dard.core.actor import Actor
from dard.core.database import db
from dard.core.errors import DomainError, ForbiddenError, NotFoundError
from dard.core.permissions import Permission


def restriction_of(case: Case) -> CaseRestriction | None:
    """The restriction that ``case`` is under, if any."""
    query = sa.select(CaseRestriction).where(CaseRestriction.case_id == case.id, CaseRestriction.lifted_at.is_(None))
    return db.session.scalar(query.options(selectinload(CaseRestriction.named).joinedload(RestrictionPerson.user)))


def restrict(actor: Actor, case: Case, person_ids: Collection[uuid.UUID], reason: str) -> CaseRestriction:
    """Let nobody but the people named know of ``case``. One of them must be able to lift it again."""
    made_by = _check_may_restrict(actor, case)
    if restriction_of(case) is not None:
        raise DomainError("This case is restricted already. Open the page again to change who is named")
    if not reason.strip():
        raise DomainError("Say why the case is restricted", "reason")
    named = _check_named(case, person_ids)
    made = CaseRestriction(case_id=case.id, made_by_id=made_by, reason=reason.strip())
    made.named = [RestrictionPerson(user_id=person_id) for person_id in named]
    db.session.add(made)
    db.session.flush()
    record(
        actor,
        events.CaseRestricted(object_id=made.id, case_id=case.id, people=tuple(named), reason=reason.strip()),
    )
    return made


def rename(
    actor: Actor, case: Case, person_ids: Collection[uuid.UUID], reason: str, version: int | None
) -> CaseRestriction:
    """Name other people in the restriction of ``case``. Raises NotFoundError if it is under none."""
    _check_may_restrict(actor, case)
    found = restriction_of(case)
    if found is None:
        raise NotFoundError
    found.expect_version(version, ours=_in_words(person_ids), theirs=_in_words(_named_in(found)))
    if not reason.strip():
        raise DomainError("Say why other people are named", "reason")
    named = _check_named(case, person_ids)
    before = _named_in(found)
    added = tuple(each for each in named if each not in before)
    removed = tuple(sorted(before - set(named), key=str))
    if not added and not removed:
        return found
    kept = [each for each in found.named if each.user_id in named]
    found.named = kept + [RestrictionPerson(user_id=person_id) for person_id in added]
    found.updated_at = clock.now()
    flag_modified(found, "updated_at")  # other rows change, and still whoever changes it next must have seen it
    db.session.flush()
    record(
        actor,
        events.RestrictionChanged(
            object_id=found.id, case_id=case.id, added=added, removed=removed, reason=reason.strip()
        ),
    )
    return found


def lift(actor: Actor, case: Case, reason: str, version: int | None = None) -> None:
    """End the restriction of ``case``. Raises NotFoundError if it is under none."""
    _check_may_restrict(actor, case)
    found = restriction_of(case)
    if found is None:
        raise NotFoundError
    found.expect_version(version)
    if not reason.strip():
        raise DomainError("Say why the restriction is lifted", "reason")
    found.lifted_at, found.lifted_by_id = clock.now(), person_at_work(actor)
    found.lifting_reason = reason.strip()
    db.session.flush()
    record(actor, events.RestrictionLifted(object_id=found.id, case_id=case.id, reason=reason.strip()))


def restrictions_of(case: Case) -> Sequence[CaseRestriction]:
    """Every restriction that ``case`` is or was under, the newest first, with the people named last."""
    query = (
        sa.select(CaseRestriction)
        .where(CaseRestriction.case_id == case.id)
        .options(
            selectinload(CaseRestriction.named).joinedload(RestrictionPerson.user),
            joinedload(CaseRestriction.made_by),
            joinedload(CaseRestriction.lifted_by),
        )
    )
    return db.session.scalars(query.order_by(CaseRestriction.created_at.desc(), CaseRestriction.id)).all()


def named_people(case_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, frozenset[uuid.UUID]]:
    """For those of the cases that are restricted: who is named. The others are left out."""
    query = (
        sa.select(CaseRestriction.case_id, RestrictionPerson.user_id)
        .outerjoin(RestrictionPerson, RestrictionPerson.restriction_id == CaseRestriction.id)
        .where(CaseRestriction.lifted_at.is_(None), CaseRestriction.case_id.in_(case_ids))
    )
    found: dict[uuid.UUID, set[uuid.UUID | None]] = {}
    for case_id, user_id in db.session.execute(query):
        found.setdefault(case_id, set()).add(user_id)
    return {case_id: frozenset(each for each in users if each) for case_id, users in found.items()}


def _check_may_restrict(actor: Actor, case: Case) -> uuid.UUID:
    """The person that ``actor`` is. Whoever sees the case in an emergency only may not, unless nobody else could."""
    actor.require(Permission.CASE_RESTRICT)
    person = person_at_work(actor)
    db.session.refresh(case, with_for_update=True)  # of two at once the second sees what the first did
    if sight_of(actor, case.id).emergency_until is not None:
        found = restriction_of(case)
        if found is None or _could_lift(case, _named_in(found)):
            raise ForbiddenError("You opened this case in an emergency, so you cannot change who sees it")
    return person


def _check_named(case: Case, person_ids: Collection[uuid.UUID]) -> list[uuid.UUID]:
    """The people to name, in a fixed order. Raises DomainError if one is unknown, or if nobody could lift it again."""
    known = {person.id for person in people()}
    if not set(person_ids) <= known:
        raise DomainError("Somebody you selected has no account any more. Open the page again", "people")
    if not _could_lift(case, frozenset(person_ids)):
        raise DomainError("Select a coordinator or a chair too, so that somebody can lift the restriction", "people")
    return sorted(set(person_ids), key=str)


def _could_lift(case: Case, person_ids: frozenset[uuid.UUID]) -> bool:
    """Whether somebody among ``person_ids`` may lift a restriction, has an account, and is not recused from it."""
    recused = sa.select(CaseRecusal.user_id).where(CaseRecusal.case_id == case.id, CaseRecusal.lifted_at.is_(None))
    able = db.session.scalars(sa.select(User).where(User.id.in_(person_ids), User.active, User.id.not_in(recused)))
    needed = {Permission.CASE_RESTRICT, Permission.CASE_VIEW}
    return any(person.organisation.active and needed <= permissions_of(person.roles) for person in able)


def _named_in(restriction: CaseRestriction) -> frozenset[uuid.UUID]:
    return frozenset(each.user_id for each in restriction.named)


def _in_words(person_ids: Collection[uuid.UUID]) -> list[tuple[str, str]]:
    names = db.session.scalars(sa.select(User.name).where(User.id.in_(person_ids)).order_by(User.name, User.id))
    return [("People named", ", ".join(names))]
