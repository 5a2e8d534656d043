"""Who sees a meeting. One select feeds lists, pages, the home page and counts alike."""

import sqlalchemy as sa

from dard.core.actor import Actor
from dard.core.errors import ForbiddenError
from dard.core.permissions import Permission
from dard.panels.models import Invitation, Meeting


def visible_to(actor: Actor) -> sa.Select[Meeting]:
    """The meetings that ``actor`` may see: every one, or those to which they are invited."""
    if actor.may(Permission.MEETING_VIEW_EVERY):
        return sa.select(Meeting)
    if actor.may(Permission.MEETING_VIEW) and actor.user_id is not None:
        invited = sa.select(Invitation.meeting_id).where(Invitation.user_id == actor.user_id)
        return sa.select(Meeting).where(Meeting.id.in_(invited))
    return sa.select(Meeting).where(sa.false())


def sees_cases(actor: Actor) -> bool:
    """Whether ``actor`` may know which case stands behind a pseudonym. Members never do."""
    return actor.may(Permission.CASE_VIEW)


def check_manages(actor: Actor) -> None:
    """Raise ForbiddenError unless ``actor`` may arrange meetings."""
    if not actor.may(Permission.MEETING_MANAGE):
        raise ForbiddenError("Only the panel’s coordinators can change a meeting")
