"""Who writes, who approves, and who reads which pack."""

import uuid

import sqlalchemy as sa

from dard.accounts.grants import permissions_of
from dard.accounts.models import User
from dard.audit import events
from dard.audit.service import has_done
from dard.core.actor import Actor
from dard.core.errors import ForbiddenError
from dard.core.permissions import Permission
from dard.pseudonymisation.models import Pack, Summary

WROTE_IT_YOURSELF = "You wrote in this summary, so somebody else must approve it"
WRITING = (events.SummaryDrafted.code, events.SummarySaved.code)


def visible_to(actor: Actor) -> sa.Select[Pack]:
    """The packs that ``actor`` may know of: those issued to them. Nobody else opens a pack, not even who issued it."""
    if actor.may(Permission.PACK_READ) and actor.user_id is not None:
        return sa.select(Pack).where(Pack.recipient_id == actor.user_id)
    return sa.select(Pack).where(sa.false())


def writer(actor: Actor) -> uuid.UUID:
    """The id under which ``actor`` writes summaries. Raises ForbiddenError for those who may not, and for no person."""
    if not actor.may(Permission.SUMMARY_WRITE) or actor.user_id is None:
        raise ForbiddenError("Your role does not let you write summaries")
    return actor.user_id


def is_second_person(actor: Actor, summary: Summary) -> bool:
    """Whether ``actor`` has written no word of ``summary``, as its approval needs."""
    if actor.user_id is None or actor.user_id == summary.written_by_id:
        return False
    return not has_done(actor, WRITING, summary.id)


def check_second_person(actor: Actor, summary: Summary) -> None:
    """Raise ForbiddenError for the writer of ``summary``: a second pair of eyes is the point of the approval."""
    if not is_second_person(actor, summary):
        raise ForbiddenError(WROTE_IT_YOURSELF)


def account_problem(person: User) -> str:
    """Why ``person`` gets no pack whatever their organisation signed; empty if nothing is in the way."""
    if not person.active:
        return "The account is closed"
    if Permission.PACK_READ not in permissions_of(person.roles):
        return "This person’s role does not let them read packs"
    return ""


def issuer(actor: Actor) -> uuid.UUID:
    """The id under which ``actor`` issues packs. Raises ForbiddenError for those who may not, and for no person."""
    if not actor.may(Permission.PACK_ISSUE) or actor.user_id is None:
        raise ForbiddenError("Only the panel’s coordinators can issue packs")
    return actor.user_id
