"""A partnership in which a chair has a meeting with a reviewed case on its agenda, and a police force owns actions."""

import datetime as dt
import uuid
from dataclasses import dataclass

import pytest
from support.world import Person, World

from dard.accounts.enums import OrganisationKind, Role
from dard.actions import service
from dard.actions.enums import ActionStatus, Priority
from dard.actions.models import Action
from dard.actions.service import ActionDetails
from dard.cases.enums import CaseStatus
from dard.cases.models import Case
from dard.panels.models import Meeting


@dataclass
class Scene:
    """Who and what the tests of actions need."""

    world: World
    chair: Person
    owner: Person
    case_id: uuid.UUID
    meeting_id: uuid.UUID

    def details(self, **told) -> ActionDetails:
        """An action for the owner’s organisation, due on 31 March 2026."""
        usual = {
            "text": "Train custody officers to give out naloxone",
            "owner_organisation_id": self.owner.organisation_id,
            "owner_id": None,
            "due_on": dt.date(2026, 3, 31),
            "priority": Priority.HIGH,
        }
        return ActionDetails(**{**usual, **told})

    def assign(self, *, due_on: dt.date = dt.date(2026, 3, 31), **told) -> uuid.UUID:
        """An action as the chair assigned it; a due date in the past is put there afterwards."""
        with self.world.at_work():
            case, meeting = self.world.get(Case, self.case_id), self.world.get(Meeting, self.meeting_id)
            action = service.assign(self.chair.actor, case, meeting, self.details(**told))
            action.due_on = due_on
            return action.id

    def take(self, action_id: uuid.UUID, *steps: ActionStatus) -> None:
        """Take an action through ``steps``: by its owner, or by the chair where the owner may not."""
        with self.world.at_work():
            action = self.world.get(Action, action_id)
            for to in steps:
                reopens = to is ActionStatus.IN_PROGRESS and action.status in {
                    ActionStatus.AWAITING_SIGN_OFF,
                    ActionStatus.CLOSED,
                }
                chairs = reopens or to in {ActionStatus.CLOSED, ActionStatus.REJECTED}
                service.transition((self.chair if chairs else self.owner).actor, action, to, f"Now {to.label.lower()}")


@pytest.fixture
def scene(world):
    chair = world.person(Role.CHAIR, name="Ada Chair")
    police = world.organisation("Fernshire Police", OrganisationKind.POLICE)
    owner = world.person(Role.MEMBER, organisation_id=police, name="Olu Owner")
    case_id = world.case()
    meeting_id = world.meeting(cases=[case_id], title="March panel")
    with world.at_work():
        world.get(Case, case_id).status = CaseStatus.REVIEWED
    return Scene(world, chair, owner, case_id, meeting_id)
