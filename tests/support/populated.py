"""One of everything, for tests that are generated over all pages."""

import datetime as dt
import uuid
from dataclasses import dataclass, field

import sqlalchemy as sa
from support.ct_ocme import usual_file
from support.need_to_know import make_exceptions
from support.world import SYSTEM, Person, World

from dard.accounts import joining
from dard.accounts.enums import Role
from dard.accounts.models import UserRole
from dard.accounts.service import UserDetails
from dard.actions import service as actions
from dard.actions.enums import Priority
from dard.actions.models import Action
from dard.agreements.models import AgreementParty
from dard.audit import events, reviews
from dard.audit.models import AuditEvent
from dard.audit.service import record
from dard.cases import honeytokens
from dard.cases.models import Case
from dard.core.database import db
from dard.imports import service as imports
from dard.panels.models import AgendaItem, Invitation, Meeting
from dard.pseudonymisation import service as pseudonymisation
from dard.pseudonymisation.models import Pack, Summary


@dataclass
class Populated:
    """Ids by the name that they have in URLs; ``own`` holds what only one person may see."""

    people: dict[Role, Person]
    ids: dict[str, uuid.UUID] = field(default_factory=dict)
    foreign: dict[str, uuid.UUID] = field(default_factory=dict)
    own: dict[Role, dict[str, uuid.UUID]] = field(default_factory=dict)

    def ids_for(self, role: Role | None) -> dict[str, uuid.UUID]:
        """What stands for each argument of a URL when somebody with ``role`` asks."""
        return {**self.ids, **(self.own.get(role, {}) if role else {})}


def populate(world: World) -> Populated:
    """A partnership with one of everything; and a second of everything that has a parent."""
    council, provider = world.organisation("Fernshire County Council"), world.organisation("Kestrel Recovery")
    people = {
        role: world.person(role, organisation_id=provider if role is Role.MEMBER else council, name=f"A {role.label}")
        for role in Role
    }
    writer = world.person(Role.COORDINATOR, organisation_id=council, name="Another coordinator")
    made = Populated(people)
    agreement, other_agreement = world.agreement(council, provider), world.agreement(provider)
    case, other_case = world.case(), world.case()
    invited = [people[Role.MEMBER], people[Role.COORDINATOR], people[Role.CHAIR]]
    meeting = world.meeting(cases=[case], invited=invited)
    other_meeting = world.meeting(cases=[other_case], invited=invited)
    with world.at_work():
        _approved_summary(world.get(Case, case), writer, people[Role.COORDINATOR])
    with world.at_work():
        pseudonymisation.issue_packs(people[Role.COORDINATOR].actor, world.get(Meeting, meeting))
        packs = {pack.recipient_id: pack.id for pack in db.session.scalars(sa.select(Pack))}
        for pack in db.session.scalars(sa.select(Pack)):
            pseudonymisation.accept_for_meeting(next(p for p in invited if p.id == pack.recipient_id).actor, pack)
        action, action_of_council, action_of_owner = (
            actions.assign(
                people[Role.CHAIR].actor,
                world.get(Case, case),
                world.get(Meeting, meeting),
                actions.ActionDetails(
                    text="Agree a pathway",
                    owner_organisation_id=owner,
                    owner_id=named,
                    due_on=dt.date(2026, 5, 1),
                    priority=Priority.HIGH,
                ),
            ).id
            for owner, named in ((provider, None), (council, None), (council, people[Role.ACTION_OWNER].id))
        )
        actions.note_progress(
            people[Role.MEMBER].actor, world.get(Action, action), "The pathway has been drafted.", None, None
        )
        proposed = UserDetails(
            email="new@example.org", name="New Colleague", organisation_id=provider, roles=frozenset({Role.MEMBER})
        )
        proposal = joining.propose(writer.actor, proposed).id
        batch = imports.upload(people[Role.COORDINATOR].actor, "ct-ocme", usual_file(3)).id
    with world.at_work():
        honeytokens.mark(SYSTEM, world.get(Case, world.case()).reference)
        for page in ("cases.file", "cases.index"):
            record(SYSTEM, events.SealBroken(object_id=events.NOTHING, page=page))
    with world.at_work():
        waiting, looked_at = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.code == events.SealBroken.code))
        reviews.review(people[Role.INFORMATION_GOVERNANCE].actor, looked_at, "A backup was put back by hand.")
        event = waiting.id
    made.ids = {
        "event_id": event,
        "user_id": people[Role.OFFICER].id,
        "organisation_id": provider,
        "agreement_id": agreement,
        "case_id": case,
        "meeting_id": meeting,
        "action_id": action,
        "batch_id": batch,
        "proposal_id": proposal,
    }
    with world.at_work():
        made.ids["held_id"] = _first(UserRole, UserRole.user_id == people[Role.OFFICER].id)
        made.ids["party_id"] = _first(AgreementParty, AgreementParty.agreement_id == agreement)
        made.ids["item_id"] = _first(AgendaItem, AgendaItem.meeting_id == meeting)
        of_member = sa.and_(Invitation.meeting_id == meeting, Invitation.user_id == people[Role.MEMBER].id)
        made.ids["invitation_id"] = _first(Invitation, of_member)
        made.foreign = {
            "party_id": _first(AgreementParty, AgreementParty.agreement_id == other_agreement),
            "item_id": _first(AgendaItem, AgendaItem.meeting_id == other_meeting),
            "invitation_id": _first(Invitation, Invitation.meeting_id == other_meeting),
            "case_id": other_case,
            "held_id": _first(UserRole, UserRole.user_id == people[Role.MEMBER].id),
        }
    exceptions = make_exceptions(world, people, case, other_case)
    made.ids |= exceptions.ids
    made.foreign |= exceptions.foreign
    for role in Role:  # an action is updated by the people of its owner; a pack is read by its recipient
        made.own[role] = {
            "pack_id": packs.get(people[role].id, next(iter(packs.values()))),
            "action_id": action_of_council,
            "share_id": exceptions.shares.get(role, exceptions.ids["share_id"]),
        }
    made.own[Role.MEMBER]["action_id"] = action
    made.own[Role.ACTION_OWNER]["action_id"] = action_of_owner
    return made


def _approved_summary(case: Case, writer: Person, approver: Person) -> Summary:
    summary = pseudonymisation.draft_summary(writer.actor, case)
    pseudonymisation.save_summary(writer.actor, summary, "[person] was found at home. [day -12] Left care.", None)
    pseudonymisation.submit(writer.actor, summary)
    pseudonymisation.approve(approver.actor, summary)
    return summary


def _first(model: type, condition: object) -> uuid.UUID:
    return db.session.scalars(sa.select(model.id).where(condition).order_by(model.id)).first()


__all__ = ["SYSTEM", "Populated", "populate"]
