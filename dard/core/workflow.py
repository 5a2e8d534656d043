"""Workflows: which state may follow which, who may make the step, and whether they must say why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from dard.core.actor import Actor
from dard.core.enums import LabelledEnum
from dard.core.errors import ForbiddenError, TransitionError
from dard.core.permissions import Permission

State = TypeVar("State", bound=LabelledEnum)


@dataclass(frozen=True, slots=True)
class Step:
    """What it takes to go from one state to another."""

    permission: Permission
    needs_reason: bool = False


@dataclass(frozen=True, slots=True)
class Workflow(Generic[State]):
    """The steps of one kind of thing: (from, to) -> what it takes. A pair that is not there is not allowed."""

    steps: Mapping[tuple[State, State], Step]

    def check(self, actor: Actor, before: State, after: State, reason: str | None = None) -> None:
        """Raise TransitionError or ForbiddenError unless ``actor`` may go from ``before`` to ``after`` now."""
        step = self.steps.get((before, after))
        if step is None:
            raise TransitionError(f"This cannot go from “{before.label}” to “{after.label}”", "status")
        if not actor.may(step.permission):
            raise ForbiddenError(f"Your role does not let you change this to “{after.label}”")
        if step.needs_reason and not (reason and reason.strip()):
            raise TransitionError(f"Say why this changes to “{after.label}”", "reason")

    def choices(self, actor: Actor, before: State) -> list[State]:
        """The states to which ``actor`` may go from ``before``, in the order of the table."""
        return [after for (start, after), step in self.steps.items() if start == before and actor.may(step.permission)]
