"""A panel with a writer, an approver, and members whose organisations have and have not signed."""

import uuid
from dataclasses import dataclass

from support.world import Person, World

from dard.accounts.enums import Role
from dard.cases.models import Case
from dard.panels.models import Meeting
from dard.pseudonymisation import service
from dard.pseudonymisation.models import Summary
from dard.pseudonymisation.queries import acceptances, summary_of

CLEAN = (
    "[person] was found at home by a brother on [day 0]. They had left a hostel on [day -12].\n\n"
    "A nurse offered naloxone on [day -12]. They had asked for help twice."
)


@dataclass(frozen=True)
class Panel:
    """People of one partnership; only ``signed`` belongs to an organisation that may receive packs."""

    world: World
    writer: Person
    chair: Person
    signed: Person
    unsigned: Person

    def summary(self, case_id: uuid.UUID, *, text: str = CLEAN, approved: bool = True) -> uuid.UUID:
        """A summary of the case, written by the writer; approved by the chair unless told otherwise."""
        with self.world.at_work():
            case = self.world.get(Case, case_id)
            made = service.draft_summary(self.writer.actor, case)
            service.save_summary(self.writer.actor, made, text, None)
            service.submit(self.writer.actor, made)
            if approved:
                service.approve(self.chair.actor, made)
            return made.id

    def draft(self, case_id: uuid.UUID, *, text: str = CLEAN) -> uuid.UUID:
        """A draft by the writer with this text."""
        with self.world.at_work():
            made = service.draft_summary(self.writer.actor, self.world.get(Case, case_id))
            service.save_summary(self.writer.actor, made, text, None)
            return made.id

    def issue(self, meeting_id: uuid.UUID, *, accepted: bool = True) -> list[uuid.UUID]:
        """Issue the packs of the meeting; the ids of the new ones. Who gets one has ``accepted`` confidentiality."""
        with self.world.at_work():
            meeting = self.world.get(Meeting, meeting_id)
            issued = service.issue_packs(self.writer.actor, meeting).issued
            made, readers = [pack.id for pack in issued], {pack.recipient_id for pack in issued}
            readers -= set(acceptances(meeting))
        if accepted:
            self.world.accept(meeting_id, *readers)
        return made

    def text_of(self, case_id: uuid.UUID) -> str:
        """What the summary of a case says now."""
        with self.world.at_work():
            found = summary_of(self.world.get(Case, case_id))
            assert isinstance(found, Summary)
            return found.text


def make_panel(world: World) -> Panel:
    """The panel, in ``world``."""
    trust = world.organisation("Wrenfield Treatment Trust")
    council = world.organisation("Fernshire Council")
    late = world.organisation("Larchford Housing")
    world.agreement(trust, council)
    world.agreement(late, signed_on=None)
    return Panel(
        world=world,
        writer=world.person(Role.COORDINATOR, organisation_id=council, name="Wren Writer"),
        chair=world.person(Role.CHAIR, organisation_id=council, name="Cleo Chair"),
        signed=world.person(Role.MEMBER, organisation_id=trust, name="Mel Member"),
        unsigned=world.person(Role.MEMBER, organisation_id=late, name="Una Unsigned"),
    )
