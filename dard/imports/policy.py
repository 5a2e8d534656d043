"""Who sees an import, and who may make one. One select feeds the list, the pages and the counts alike."""

import sqlalchemy as sa

from dard.core.actor import Actor
from dard.core.errors import ForbiddenError
from dard.core.permissions import Permission
from dard.imports.models import ImportBatch


def visible_to(actor: Actor) -> sa.Select[ImportBatch]:
    """The imports that ``actor`` may see: those who may import see each other’s, as they see each other’s cases."""
    if actor.may(Permission.CASE_IMPORT):
        return sa.select(ImportBatch)
    return sa.select(ImportBatch).where(sa.false())


def check_may_import(actor: Actor) -> None:
    """Raise ForbiddenError unless ``actor`` may bring in files."""
    if not actor.may(Permission.CASE_IMPORT):
        raise ForbiddenError("Your role does not let you import files")
