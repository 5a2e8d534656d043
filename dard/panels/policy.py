"""Who sees a meeting, and what of its agenda. One select each feeds lists, pages, the home page and counts alike."""

import sqlalchemy as sa

from dard.cases.access.policy import is_open_to, is_withheld_from
from dard.core.actor import Actor
from dard.core.errors import ForbiddenError
from dard.core.permissions import Permission
from dard.panels.models import AgendaItem, Invitation, Meeting


def visible_to(actor: Actor) -> sa.Select[Meeting]:
    """The meetings that ``actor`` may see: every one, or those to which they are invited."""
    if actor.may(Permission.MEETING_VIEW_EVERY):
        return sa.select(Meeting)
    if actor.may(Permission.MEETING_VIEW) and actor.user_id is not None:
        invited = sa.select(Invitation.meeting_id).where(Invitation.user_id == actor.user_id)
        return sa.select(Meeting).where(Meeting.id.in_(invited))
    return sa.select(Meeting).where(sa.false())


def visible_items(actor: Actor) -> sa.Select[AgendaItem]:
    """What ``actor`` may see of the agendas of the meetings that they may see, be it by its pseudonym only."""
    return sa.select(AgendaItem).where(_at_a_visible_meeting(actor), is_open_to(actor, AgendaItem.case_id))


def withheld_items(actor: Actor) -> sa.Select[AgendaItem]:
    """What is left out of these agendas because ``actor`` has a conflict of interest in the case."""
    return sa.select(AgendaItem).where(_at_a_visible_meeting(actor), is_withheld_from(actor, AgendaItem.case_id))


def _at_a_visible_meeting(actor: Actor) -> sa.ColumnElement[bool]:
    return AgendaItem.meeting_id.in_(visible_to(actor).with_only_columns(Meeting.id))


def sees_cases(actor: Actor) -> bool:
    """Whether ``actor`` may know which case stands behind a pseudonym. Members never do."""
    return actor.may(Permission.CASE_VIEW)


def check_manages(actor: Actor) -> None:
    """Raise ForbiddenError unless ``actor`` may arrange meetings."""
    if not actor.may(Permission.MEETING_MANAGE):
        raise ForbiddenError("Only the panel’s coordinators can change a meeting")
