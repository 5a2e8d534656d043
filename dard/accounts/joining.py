"""Joining: a coordinator proposes an account, and somebody of its organisation confirms it, which makes it.

The lead of the organisation confirms; where no lead can, an administrator does. Nobody confirms their own proposal.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from dard.accounts.enums import ProposalStatus, Role
from dard.accounts.models import AccountProposal, AccountProposalRole, Organisation, User, UserRole
from dard.accounts.service import UserDetails, bodies_of, make_account, make_link, organisation, user
from dard.accounts.states import PROPOSAL_WORKFLOW
from dard.audit import events
from dard.audit.service import record
from dard.core.actor import Actor
from dard.core.database import db
from dard.core.errors import DomainError, ForbiddenError, NotFoundError
from dard.core.permissions import Permission

# Those who keep accounts, and those who check what coordinators do, are added by an administrator.
PROPOSABLE = tuple(role for role in Role if role not in {Role.ADMINISTRATOR, Role.INFORMATION_GOVERNANCE})
HAS_ACCOUNT = "Somebody has an account with this email address already"


def visible_to(actor: Actor) -> sa.Select[AccountProposal]:
    """The proposals that ``actor`` may see: coordinators and administrators all, a lead those of their organisation."""
    query = sa.select(AccountProposal)
    if actor.may(Permission.ACCOUNT_PROPOSE) or actor.may(Permission.ACCOUNT_MANAGE):
        return query
    led = sa.select(Organisation.id).where(Organisation.lead_id == actor.user_id)
    if actor.may(Permission.ACCOUNT_CONFIRM) and actor.user_id is not None:
        return query.where(AccountProposal.organisation_id.in_(led))
    return query.where(sa.false())


def load_proposal(actor: Actor, proposal_id: uuid.UUID, _parents: Mapping[str, Any]) -> AccountProposal:
    """The proposal of an id in the URL. Raises NotFoundError unless ``actor`` may see it."""
    found = db.session.scalar(visible_to(actor).where(AccountProposal.id == proposal_id))
    if found is None:
        raise NotFoundError
    return found


def proposals(actor: Actor, *, limit: int, offset: int) -> tuple[Sequence[AccountProposal], int]:
    """The proposals that ``actor`` may see, those that wait first, then the newest, and how many in all."""
    query = visible_to(actor)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
    ordered = query.order_by(
        AccountProposal.status != ProposalStatus.PROPOSED, AccountProposal.created_at.desc(), AccountProposal.id
    )
    return db.session.scalars(_with_people(ordered).limit(limit).offset(offset)).all(), total


def to_confirm(actor: Actor) -> list[AccountProposal]:
    """The proposals that wait for ``actor``, the one that has waited longest first."""
    waiting = visible_to(actor).where(AccountProposal.status == ProposalStatus.PROPOSED)
    ordered = waiting.order_by(AccountProposal.created_at, AccountProposal.id)
    return [each for each in db.session.scalars(_with_people(ordered)) if decides(actor, each)]


def _with_people(query: sa.Select[AccountProposal]) -> sa.Select[AccountProposal]:
    """``query`` with everybody whom a list names, so that its cost does not grow with its rows."""
    return query.options(
        sa.orm.selectinload(AccountProposal.proposed_by),
        sa.orm.selectinload(AccountProposal.decided_by),
        sa.orm.selectinload(AccountProposal.user),
        sa.orm.joinedload(AccountProposal.organisation).selectinload(Organisation.lead),
    )


def deciding_lead(proposal: AccountProposal) -> User | None:
    """The lead whose it is to confirm; None if the organisation has none who can, or the lead made the proposal."""
    lead = proposal.organisation.lead
    if lead is None or not lead.may_sign_in or lead.id == proposal.proposed_by_id:
        return None
    return lead


def decides(actor: Actor, proposal: AccountProposal) -> bool:
    """Whether it is for ``actor`` to confirm or decline."""
    if actor.user_id is None or actor.user_id == proposal.proposed_by_id:
        return False
    lead = deciding_lead(proposal)
    return actor.may(Permission.ACCOUNT_MANAGE) if lead is None else lead.id == actor.user_id


def propose(actor: Actor, details: UserDetails) -> AccountProposal:
    """Propose an account. Nothing of it exists until somebody else confirms."""
    actor.require(Permission.ACCOUNT_PROPOSE)
    if actor.user_id is None:
        raise ForbiddenError("A proposal needs a person who makes it")
    if not details.roles:
        raise DomainError("Select at least one role", "roles")
    if not details.roles <= set(PROPOSABLE):
        raise DomainError("Ask an administrator to add people with these roles", "roles")
    if not organisation(details.organisation_id).active:
        raise DomainError("Select an organisation that takes part in the partnership", "organisation")
    email = details.email.strip().lower()
    _check_address(email)
    made = AccountProposal(
        name=details.name.strip(),
        email=email,
        organisation_id=details.organisation_id,
        status=ProposalStatus.PROPOSED,
        proposed_by_id=actor.user_id,
    )
    made.proposed_roles = [AccountProposalRole(role=role) for role in sorted(details.roles)]
    db.session.add(made)
    db.session.flush()
    roles = tuple(sorted(details.roles))
    record(actor, events.AccountProposed(object_id=made.id, organisation=details.organisation_id, roles=roles))
    return made


def confirm(actor: Actor, proposal: AccountProposal, version: int | None = None) -> str:
    """Make the proposed account. Returns the token of its invitation, which is shown once and kept only as its hash."""
    _lock(proposal)
    _check_decides(actor, proposal)
    proposal.expect_version(version)
    PROPOSAL_WORKFLOW.check(actor, proposal.status, ProposalStatus.CONFIRMED, None)
    if not proposal.organisation.active:
        raise DomainError("This organisation no longer takes part in the partnership, so nobody can join for it")
    if _has_account(proposal.email):
        raise DomainError(HAS_ACCOUNT)
    details = UserDetails(
        email=proposal.email,
        name=proposal.name,
        organisation_id=proposal.organisation_id,
        roles=frozenset(proposal.roles),
    )
    made = make_account(actor, details)
    token = make_link(made)
    _transition(actor, proposal, ProposalStatus.CONFIRMED, made=made)
    return token


def decline(actor: Actor, proposal: AccountProposal, reason: str, version: int | None = None) -> None:
    """Say no to a proposal, and why."""
    _lock(proposal)
    _check_decides(actor, proposal)
    proposal.expect_version(version)
    _transition(actor, proposal, ProposalStatus.DECLINED, reason)


def withdraw(actor: Actor, proposal: AccountProposal, version: int | None = None) -> None:
    """Take a proposal back that nobody has decided on yet."""
    _lock(proposal)
    proposal.expect_version(version)
    _transition(actor, proposal, ProposalStatus.WITHDRAWN)


def invite_again(actor: Actor, proposal: AccountProposal) -> str:
    """A new token for somebody who has not joined yet; the one before works no longer."""
    _lock(proposal)
    _check_decides(actor, proposal)
    if proposal.user is None:
        raise DomainError("This person has not been confirmed, so there is nothing to invite them to")
    if proposal.user.password_hash is not None or not proposal.user.may_sign_in:
        raise DomainError("This person has joined already, or their access has ended. Ask an administrator")
    token = make_link(proposal.user)
    record(actor, events.UserChanged(object_id=proposal.user.id, changed=("invitation",)))
    return token


def may_be_invited_again(actor: Actor, proposal: AccountProposal) -> bool:
    """Whether ``actor`` can make a new link: the account is confirmed and open, and nobody has joined with it yet."""
    person = proposal.user
    return person is not None and person.password_hash is None and person.may_sign_in and decides(actor, proposal)


def who_may_lead(target: Organisation) -> Sequence[User]:
    """People who belong to an organisation and can sign in, by name."""
    acting = sa.select(UserRole.user_id).where(UserRole.organisation_id == target.id)
    belongs = sa.or_(User.organisation_id == target.id, User.id.in_(acting))
    found = db.session.scalars(sa.select(User).where(belongs).order_by(User.name, User.id))
    return [each for each in found if each.may_sign_in]


def name_lead(actor: Actor, target: Organisation, lead_id: uuid.UUID | None, version: int | None = None) -> None:
    """Say who confirms those who join for an organisation; None if an administrator is to."""
    actor.require(Permission.ACCOUNT_MANAGE)
    target.expect_version(version)
    if lead_id == target.lead_id:
        return
    if lead_id is not None:
        lead = user(lead_id)
        if target not in bodies_of(lead) or not lead.may_sign_in:
            raise DomainError("Select somebody of this organisation who can sign in", "lead")
    target.lead_id = lead_id
    db.session.flush()
    db.session.expire(target, ["lead"])
    record(actor, events.LeadNamed(object_id=target.id, lead=lead_id))


def _lock(proposal: AccountProposal) -> None:
    # Of two decisions at once the second sees the first.
    db.session.refresh(proposal, with_for_update=True)


def _check_decides(actor: Actor, proposal: AccountProposal) -> None:
    if actor.user_id is not None and actor.user_id == proposal.proposed_by_id:
        raise ForbiddenError("You proposed this person, so somebody else must confirm")
    if not decides(actor, proposal):
        raise ForbiddenError("The lead of the organisation confirms who joins for it")


def _transition(
    actor: Actor, proposal: AccountProposal, to: ProposalStatus, reason: str | None = None, made: User | None = None
) -> None:
    """The only writer of a proposal’s status."""
    before = proposal.status
    PROPOSAL_WORKFLOW.check(actor, before, to, reason)
    proposal.status, proposal.decided_by_id = to, actor.user_id
    proposal.user_id = made.id if made else None
    db.session.flush()
    db.session.expire(proposal, ["user", "decided_by"])
    changed = events.ProposalStatusChanged(object_id=proposal.id, before=before, after=to, reason=reason or None)
    record(actor, changed)


def _check_address(email: str) -> None:
    if _has_account(email):
        raise DomainError(HAS_ACCOUNT, "email")
    open_already = sa.select(AccountProposal.id).where(
        AccountProposal.email == email, AccountProposal.status == ProposalStatus.PROPOSED
    )
    if db.session.scalar(open_already.limit(1)) is not None:
        raise DomainError("Somebody with this email address has been proposed already", "email")


def _has_account(email: str) -> bool:
    return db.session.scalar(sa.select(User.id).where(User.email == email)) is not None
