"""Who is doing it: handed to every service function, so that the domain never reads a request."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from dard.core.errors import ForbiddenError
from dard.core.permissions import Permission


@dataclass(frozen=True, slots=True)
class Actor:
    """A person at work, or the system itself.

    ``user_id`` and ``organisation_id`` are None for the system. ``label`` is what the audit log keeps of the name.
    ``permissions`` are those of the actor's roles, worked out once for a request; ``represents`` says for which
    organisations they hold each, and ``seat_id`` for which one they sit at meetings and get packs. Both may be others
    than the one that they work for, which is ``organisation_id``.
    """

    label: str
    user_id: uuid.UUID | None = None
    organisation_id: uuid.UUID | None = None
    roles: frozenset[str] = frozenset()
    permissions: frozenset[Permission] = field(default_factory=frozenset)
    session_id: uuid.UUID | None = None
    seat_id: uuid.UUID | None = None
    represents: Mapping[Permission, frozenset[uuid.UUID]] = field(default_factory=dict, compare=False)

    def may(self, permission: Permission) -> bool:
        """Whether the actor holds ``permission``; everybody holds PUBLIC, and SIGNED_IN goes with having an account."""
        if permission is Permission.PUBLIC:
            return True
        if permission is Permission.SIGNED_IN:
            return self.user_id is not None
        return permission in self.permissions

    def require(self, permission: Permission, message: str = "Your role does not let you do this") -> None:
        """Raise ForbiddenError with ``message`` unless the actor holds ``permission``."""
        if not self.may(permission):
            raise ForbiddenError(message)

    def acts_for(self, permission: Permission) -> frozenset[uuid.UUID]:
        """The organisations for which the actor holds ``permission``; the system acts for none."""
        return self.represents.get(permission, frozenset())

    @classmethod
    def system(cls, label: str) -> "Actor":
        """The system at work without a person (an import by command, the demonstration): may do everything."""
        return cls(label=label, permissions=frozenset(Permission))

    @classmethod
    def nobody(cls) -> "Actor":
        """Somebody who has not signed in."""
        return cls(label="not signed in")
