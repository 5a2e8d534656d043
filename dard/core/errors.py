"""What can go wrong in the domain, said in words for the person at the screen."""

from collections.abc import Sequence


class DomainError(Exception):
    """Something that a person asked for cannot be done.

    ``message`` is shown to them as it stands; ``field`` names the form field that it belongs to, if any;
    ``event`` is an audit event to be kept although the change is rolled back (a refusal is a fact).
    """

    status = 422

    def __init__(self, message: str, field: str | None = None, event: object | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.event = event
        self.problems: tuple[tuple[str | None, str], ...] = ((field, message),)


class InvalidError(DomainError):
    """Several things to mend at once: ``problems`` are (field, message) pairs in the order of the form."""

    def __init__(self, problems: Sequence[tuple[str | None, str]]) -> None:
        super().__init__(problems[0][1], problems[0][0])
        self.problems = tuple(problems)


class NotFoundError(DomainError):
    """The thing is not there, or this actor may not know that it is."""

    status = 404

    def __init__(self, message: str = "Not found", event: object | None = None) -> None:
        super().__init__(message, event=event)


class ForbiddenError(DomainError):
    """The actor may see the thing but may not do this with it."""

    status = 403


class ConflictError(DomainError):
    """Somebody else changed the thing since the actor loaded it.

    ``ours`` and ``theirs`` are (label, value) pairs of what the actor sent and what stands now, so that nothing is
    lost.
    """

    status = 409

    def __init__(
        self,
        message: str = "Somebody else changed this while you were working on it",
        ours: Sequence[tuple[str, str]] = (),
        theirs: Sequence[tuple[str, str]] = (),
        event: object | None = None,
    ) -> None:
        super().__init__(message, event=event)
        self.ours = tuple(ours)
        self.theirs = tuple(theirs)


class LockedError(DomainError):
    """The keys are not at hand now: what is sealed can be neither read nor written until they are."""

    status = 503

    def __init__(self) -> None:
        super().__init__("The records are locked, because the service that holds their keys does not answer")


class AlteredError(DomainError):
    """Something stored is not what was sealed there: it was altered, or moved, outside this service."""

    status = 500

    def __init__(self, event: object | None = None) -> None:
        super().__init__("Something on this page was altered outside this service, so it is not shown", event=event)


class TransitionError(DomainError):
    """A workflow does not allow this step from the state in which the thing is."""


class ConfigurationError(Exception):
    """The settings are missing, contradictory or unsafe; the process refuses to start and says why."""
