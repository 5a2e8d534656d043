"""How somebody may stand to a case, its meeting and its papers, and what pages then answer.

A role that is new is tried in every relation as soon as it is in the grants: what it may is read from them.
"""

import datetime as dt
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import sqlalchemy as sa
from support.populated import Populated
from support.world import SYSTEM, Person, World
from werkzeug.routing import Rule

from dard.accounts import service as accounts
from dard.accounts.enums import Role
from dard.accounts.grants import GRANTS
from dard.accounts.models import SignInSession, User
from dard.accounts.service import UserDetails
from dard.accounts.sessions import _hash
from dard.agreements.models import Agreement
from dard.cases.access import break_glass, recusals, restrictions
from dard.cases.access.enums import BreakGlassGround, RecusalGround
from dard.cases.models import Case
from dard.core import clock
from dard.core.database import db
from dard.core.permissions import Permission
from dard.panels import service as panels
from dard.panels.models import Invitation, Meeting
from dard.pseudonymisation.models import Pack

OF_THE_CASE = frozenset({"case_id", "item_id", "action_id", "recusal_id", "guest_id", "share_id"})
NOBODY = frozenset[Role]()
EVERYBODY = frozenset(Role)
SIGN_IN_AGAIN = 302


def holders(permission: Permission) -> frozenset[Role]:
    """The roles that hold ``permission``."""
    return frozenset(role for role in Role if permission in GRANTS[role])


@dataclass(frozen=True, kw_only=True)
class Relation:
    """``arrange`` brings it about. The rest says for which roles what is hidden (404), and what is refused.

    ``packs`` and ``shares`` are what these answer, to everybody; ``refused`` are pages that refuse some roles (403).
    """

    name: str
    arrange: Callable[[World, Populated], None]
    no_case: frozenset[Role] = NOBODY
    no_meeting: frozenset[Role] = NOBODY
    no_action: frozenset[Role] = NOBODY
    packs: int = 0
    shares: int = 0
    signed_out: bool = False
    refused: Mapping[str, frozenset[Role]] = field(default_factory=dict)

    def answer(self, role: Role, rule: Rule) -> int:
        """What a page answers to somebody who holds its permission; 0 where it lets them in."""
        names = rule.arguments
        if self.signed_out:
            return SIGN_IN_AGAIN
        if "meeting_id" in names and role in self.no_meeting:
            return 404
        if names & OF_THE_CASE and role in self.no_case:
            return 404
        if "action_id" in names and role in self.no_action:
            return 404
        if "pack_id" in names and self.packs:
            return self.packs
        if role in self.refused.get(rule.endpoint, NOBODY):
            return 403
        return self.shares if "share_id" in names else 0


def _as_it_is(_world: World, _populated: Populated) -> None:
    """Nothing to do."""


def _another_meeting(world: World, populated: Populated) -> None:
    """Nobody is invited, and everybody asks for the pack of somebody else."""
    invited = world.person(Role.MEMBER, name="Somebody who is invited")
    with world.at_work():
        db.session.execute(sa.delete(Invitation))
        (made,) = panels.invite(SYSTEM, world.get(Meeting, populated.ids["meeting_id"]), [invited.id])
        populated.ids["invitation_id"] = made.id
        packs = {pack.recipient_id: pack.id for pack in db.session.scalars(sa.select(Pack))}
        for role, person in populated.people.items():
            populated.own[role]["pack_id"] = next(pack for owner, pack in packs.items() if owner != person.id)


def _lapsed(world: World, populated: Populated) -> None:
    with world.at_work():
        for agreement in db.session.scalars(sa.select(Agreement)):
            agreement.effective_from = dt.date(2025, 1, 1)
            agreement.effective_to = clock.today() - dt.timedelta(days=1)


def _left(world: World, populated: Populated) -> None:
    _change(world, populated, active=False)


def _moved(world: World, populated: Populated) -> None:
    """Everybody is with another organisation now, and signs in anew."""
    _change(world, populated, organisation_id=world.organisation("Another service"))
    _sign_in_again(world, populated)


def _change(world: World, populated: Populated, *, active: bool = True, organisation_id: object = None) -> None:
    with world.at_work():
        for person in populated.people.values():
            user = world.get(User, person.id)
            organisation = organisation_id or user.organisation_id
            details = UserDetails(email=user.email, name=user.name, organisation_id=organisation, roles=user.roles)
            accounts.change_user(SYSTEM, user, details, active=active, version=None)


def _expired(world: World, populated: Populated) -> None:
    """A little more than a week goes by, which ends everybody's session and every guest's sight."""
    before = clock.now()
    clock.set_source(lambda: before + dt.timedelta(days=8))
    _sign_in_again(world, populated)


def _sign_in_again(world: World, populated: Populated) -> None:
    with world.at_work():
        for role, person in populated.people.items():
            token = secrets.token_urlsafe(16)
            session = SignInSession(token_hash=_hash(token), user_id=person.id, last_seen_at=clock.now())
            db.session.add(session)
            db.session.flush()
            actor = accounts.actor_of(world.get(User, person.id), session.id)
            populated.people[role] = replace(person, actor=actor, token=token)


def recuse(world: World, populated: Populated) -> None:
    """Everybody is recused by a chair who is none of them."""
    keeper = world.person(Role.CHAIR, name="Another chair")
    with world.at_work():
        case = world.get(Case, populated.ids["case_id"])
        for person in populated.people.values():
            recusals.impose(keeper.actor, case, person.id, RecusalGround.OTHER, "For this test")


def restrict(world: World, populated: Populated) -> None:
    """The case is restricted to a coordinator who is none of them."""
    keeper = _keeper(world)
    with world.at_work():
        restrictions.restrict(keeper.actor, world.get(Case, populated.ids["case_id"]), [keeper.id], "For this test")


def _name_everybody(world: World, populated: Populated) -> None:
    keeper = _keeper(world)
    with world.at_work():
        everybody = [keeper.id, *(person.id for person in populated.people.values())]
        restrictions.restrict(keeper.actor, world.get(Case, populated.ids["case_id"]), everybody, "For this test")


def _break_glass(world: World, populated: Populated) -> None:
    restrict(world, populated)
    with world.at_work():
        reference = world.get(Case, populated.ids["case_id"]).reference
        for role in holders(Permission.CASE_BREAK_GLASS):
            actor = populated.people[role].actor
            break_glass.break_glass(actor, reference, BreakGlassGround.SAFEGUARDING, "For this test")


def _allowed_and_recused(world: World, populated: Populated) -> None:
    """Everything that lets somebody see the case at once, and a recusal."""
    _name_everybody(world, populated)
    recuse(world, populated)


def _opened_and_recused(world: World, populated: Populated) -> None:
    _break_glass(world, populated)
    recuser = world.person(Role.CHAIR, name="Another chair")
    with world.at_work():
        case = world.get(Case, populated.ids["case_id"])
        everybody = [recuser.id, *(named.user_id for named in restrictions.restriction_of(case).named)]
        keeper = accounts.actor_of(world.get(User, everybody[1]))
        restrictions.rename(keeper, case, everybody, "So that somebody can recuse", None)
        for person in populated.people.values():
            recusals.impose(recuser.actor, case, person.id, RecusalGround.OTHER, "For this test")


def _keeper(world: World) -> Person:
    return world.person(Role.COORDINATOR, name="The coordinator who is named")


_OWN_MEETINGS_ONLY = EVERYBODY - holders(Permission.MEETING_VIEW_EVERY)
_OWN_ACTIONS_ONLY = EVERYBODY - holders(Permission.ACTION_VIEW_EVERY)

RELATIONS = [
    Relation(name="own meeting", arrange=_as_it_is),
    Relation(
        name="other meeting",
        arrange=_another_meeting,
        no_meeting=_OWN_MEETINGS_ONLY,
        packs=404,
        refused={"panels.reply": EVERYBODY},
    ),
    Relation(name="recused", arrange=recuse, no_case=EVERYBODY),
    Relation(name="agreement lapsed", arrange=_lapsed, packs=403, shares=403),
    Relation(name="left the organisation", arrange=_left, signed_out=True),
    Relation(
        name="moved to another organisation",
        arrange=_moved,
        no_action=_OWN_ACTIONS_ONLY,
        packs=403,
        shares=403,
        refused={"actions.update": EVERYBODY - holders(Permission.CASE_MANAGE)},
    ),
    Relation(name="guest expired", arrange=_expired, shares=404),
    Relation(name="restricted to others", arrange=restrict, no_case=EVERYBODY),
    Relation(name="restricted and named", arrange=_name_everybody),
    Relation(name="break-glass open", arrange=_break_glass, no_case=EVERYBODY - holders(Permission.CASE_BREAK_GLASS)),
    Relation(name="named and recused", arrange=_allowed_and_recused, no_case=EVERYBODY),
    Relation(name="break-glass open and recused", arrange=_opened_and_recused, no_case=EVERYBODY),
]
