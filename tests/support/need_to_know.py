"""One of every exception to what roles let people see: recusals, restrictions, guests, an emergency."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from support.world import Person, World

from dard.accounts.enums import Role
from dard.accounts.grants import GRANTS
from dard.cases.access import break_glass, recusals, restrictions
from dard.cases.access.enums import BreakGlassGround, RecusalGround
from dard.cases.models import Case
from dard.core import clock
from dard.core.permissions import Permission
from dard.pseudonymisation import guests


@dataclass
class Exceptions:
    """Ids of what was made, by the name that they have in URLs; ``shares`` by role, ``foreign`` of the other case."""

    ids: dict[str, uuid.UUID] = field(default_factory=dict)
    foreign: dict[str, uuid.UUID] = field(default_factory=dict)
    shares: dict[Role, uuid.UUID] = field(default_factory=dict)


def make_exceptions(world: World, people: Mapping[Role, Person], case_id: uuid.UUID, other_id: uuid.UUID) -> Exceptions:
    """All of them; nothing of it changes what ``people``, one of each role, see of the two cases."""
    council, provider = people[Role.CHAIR].organisation_id, people[Role.MEMBER].organisation_id
    recused = world.person(Role.MEMBER, organisation_id=provider, name="A recused member")
    outside = world.person(Role.COORDINATOR, organisation_id=council, name="A coordinator who is not named")
    chair, coordinator = people[Role.CHAIR], people[Role.COORDINATOR]
    closed = world.case()
    made = Exceptions()
    with world.at_work():
        case, other = world.get(Case, case_id), world.get(Case, other_id)
        imposed = recusals.impose(chair.actor, case, recused.id, RecusalGround.INVOLVED, "They were on duty that night")
        lifted = recusals.declare(recused.actor, other, RecusalGround.KNEW_THE_PERSON, "A neighbour")
        recusals.lift(chair.actor, lifted, "It was another person of that name")
        restrictions.restrict(chair.actor, other, [chair.id, coordinator.id], "It names a colleague")
        restrictions.lift(chair.actor, other, "The colleague has left")
        shut = world.get(Case, closed)
        restrictions.restrict(chair.actor, shut, [chair.id], "It is about somebody whom the panel knows")
        made.ids["recusal_id"], made.foreign["recusal_id"] = imposed.id, lifted.id
    with world.at_work():
        reference = world.get(Case, closed).reference
        break_glass.break_glass(outside.actor, reference, BreakGlassGround.SAFEGUARDING, "A child is at risk")
        for role, person in people.items():
            if Permission.CASE_READ_AS_GUEST in GRANTS[role]:
                made.shares[role] = share(coordinator, world.get(Case, case_id), person)
        of_other = share(coordinator, world.get(Case, other_id), people[Role.MEMBER])
        made.ids["guest_id"] = made.shares[Role.MEMBER]
        made.ids["share_id"], made.foreign["guest_id"] = of_other, of_other
    return made


def share(coordinator: Person, case: Case, person: Person) -> uuid.UUID:
    """Let ``person`` read of ``case`` for a week."""
    last_day = clock.today() + dt.timedelta(days=7)
    return guests.give(coordinator.actor, case, person.id, last_day, "Their service knew the person").id
