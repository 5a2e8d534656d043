"""Who sees a case. One select feeds lists, pages, exports, counts and charts alike."""

import sqlalchemy as sa

from dard.cases.access.policy import is_open_to, recused_cases, restricted_cases
from dard.cases.models import Case, CaseNotification
from dard.core.actor import Actor
from dard.core.permissions import Permission


def visible_to(actor: Actor) -> sa.Select[Case]:
    """The cases whose file ``actor`` may see."""
    if actor.may(Permission.CASE_VIEW):
        return sa.select(Case).where(is_open_to(actor, Case.id))
    return sa.select(Case).where(sa.false())


def hidden_by_restriction(actor: Actor) -> sa.Select[Case]:
    """The cases whose file ``actor`` would see, were they not restricted to others."""
    if actor.may(Permission.CASE_VIEW) and actor.user_id is not None:
        return sa.select(Case).where(Case.id.in_(restricted_cases(actor)), Case.id.not_in(recused_cases(actor)))
    return sa.select(Case).where(sa.false())


def notified_by(actor: Actor) -> sa.Select[Case]:
    """The cases whose notification ``actor`` logged: of these they may know reference, date and state."""
    if actor.may(Permission.NOTIFICATION_VIEW_OWN) and actor.user_id is not None:
        logged = sa.select(CaseNotification.case_id).where(CaseNotification.logged_by_id == actor.user_id)
        return sa.select(Case).where(Case.id.in_(logged), is_open_to(actor, Case.id))
    return sa.select(Case).where(sa.false())


def counted_for(actor: Actor) -> sa.Select[Case]:
    """The cases that reports made by ``actor`` count; what is shown of them passes disclosure control."""
    if actor.may(Permission.REPORT_VIEW):
        return sa.select(Case).where(is_open_to(actor, Case.id))
    return sa.select(Case).where(sa.false())
