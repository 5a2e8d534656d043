"""Who sees an action, and who may say how it goes. One select feeds the tracker, its export, pages and home alike."""

import sqlalchemy as sa

from dard.actions.enums import ActionStatus
from dard.actions.models import Action
from dard.actions.states import ACTION_WORKFLOW
from dard.cases.access.policy import is_open_to
from dard.core.actor import Actor
from dard.core.permissions import Permission


def visible_to(actor: Actor) -> sa.Select[Action]:
    """The actions that ``actor`` may see: every one, those of the organisations for which they act, or their own.

    Those of a case that is hidden from them are left out always.
    """
    if actor.may(Permission.ACTION_VIEW_EVERY):
        return sa.select(Action).where(is_open_to(actor, Action.case_id))
    if not actor.may(Permission.ACTION_VIEW) or actor.user_id is None:
        return sa.select(Action).where(sa.false())
    theirs = Action.owner_organisation_id.in_(actor.acts_for(Permission.ACTION_VIEW_ORGANISATION))
    named = sa.and_(
        Action.owner_id == actor.user_id, Action.owner_organisation_id.in_(actor.acts_for(Permission.ACTION_VIEW))
    )
    return sa.select(Action).where(sa.or_(theirs, named), is_open_to(actor, Action.case_id))


def belongs_to(actor: Actor, action: Action) -> bool:
    """Whether ``action`` is for the actor to do, by name or for their organisation.

    Whoever leaves an organisation leaves its actions, also those that name them.
    """
    body = action.owner_organisation_id
    if actor.user_id is None or body not in actor.acts_for(Permission.ACTION_UPDATE):
        return False
    return action.owner_id == actor.user_id or body in actor.acts_for(Permission.ACTION_VIEW_ORGANISATION)


def sees_meetings(actor: Actor) -> bool:
    """Whether ``actor`` may know at which meeting an action was agreed; owners from outside the panel do not."""
    return actor.may(Permission.MEETING_VIEW) or actor.may(Permission.ACTION_VIEW_EVERY)


def may_update(actor: Actor, action: Action) -> bool:
    """Whether ``actor`` may note progress: its owners may, and coordinators, who write down what owners tell them."""
    if not actor.may(Permission.ACTION_UPDATE):
        return False
    return belongs_to(actor, action) or actor.may(Permission.CASE_MANAGE)


def may_step(actor: Actor, action: Action, to: ActionStatus) -> bool:
    """Whether ``actor`` is one of those who take this action, as it stands, to ``to``."""
    step = ACTION_WORKFLOW.steps.get((action.status, to))
    if step is None or not actor.may(step.permission):
        return False
    return step.permission is not Permission.ACTION_UPDATE or may_update(actor, action)


def steps_open_to(actor: Actor, action: Action, permission: Permission) -> list[ActionStatus]:
    """The states to which ``actor`` may take ``action`` now by holding ``permission``, in the order of the workflow."""
    return [
        to
        for (before, to), step in ACTION_WORKFLOW.steps.items()
        if before is action.status and step.permission is permission and may_step(actor, action, to)
    ]
