"""Who has access: for whom, ended, looked through, handed out."""

import uuid
from dataclasses import dataclass

from dard.audit.events.event import Event


@dataclass(frozen=True, kw_only=True)
class RoleOrganisationChanged(Event):
    code = "access.role_organisation_changed"
    object_type = "user"
    sentence = "Role {role} is held for another organisation"

    role: str
    organisation: uuid.UUID


@dataclass(frozen=True, kw_only=True)
class AccessEnded(Event):
    code = "access.ended"
    object_type = "user"
    sentence = "Access ended"


@dataclass(frozen=True, kw_only=True)
class AccessReviewed(Event):
    code = "access.reviewed"
    object_type = "access"
    sentence = "Access of {people} people reviewed"

    people: int


@dataclass(frozen=True, kw_only=True)
class AccessExported(Event):
    code = "access.exported"
    object_type = "access"
    sentence = "List of who has access exported, {rows} rows"

    rows: int
