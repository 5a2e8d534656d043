"""Keeping agreements, and the one gate through which case information is shared."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from dard.accounts.models import Organisation
from dard.accounts.service import organisation, organisations
from dard.agreements.enums import AgreementStatus, PartyState, SharingPurpose, Term
from dard.agreements.models import Agreement, AgreementParty
from dard.agreements.rules import Membership, Position, is_current, position, term
from dard.agreements.states import AGREEMENT_WORKFLOW, PARTY_WORKFLOW
from dard.audit import events
from dard.audit.service import record
from dard.core import clock
from dard.core.actor import Actor
from dard.core.database import db
from dard.core.errors import DomainError, ForbiddenError, NotFoundError
from dard.core.formats import date_text
from dard.core.permissions import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementDetails:
    """What is written down of an agreement; both days are included."""

    title: str
    purpose: str
    effective_from: dt.date
    effective_to: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who signed for an organisation, in which office, on which day."""

    name: str
    office: str
    signed_on: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementLine:
    """An agreement on one day: ``term`` is what its dates mean then, None for a draft and for one that was ended."""

    agreement: Agreement
    term: Term | None
    current: bool

    @property
    def unsigned(self) -> list[AgreementParty]:
        """The organisations that have been invited and have not answered, by name."""
        return [party for party in parties_by_name(self.agreement) if party.state is PartyState.INVITED]

    @property
    def signed(self) -> int:
        """How many organisations have signed."""
        return sum(party.state is PartyState.SIGNED for party in self.agreement.parties)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationLine:
    """An organisation on one day: its position, and its place in each of the current agreements."""

    organisation: Organisation
    position: Position
    places: tuple[AgreementParty | None, ...]


def lines(on: dt.date) -> list[AgreementLine]:
    """All agreements as they stand on a day (UK date), the one that ends last first."""
    return [line(each, on) for each in agreements()]


def line(agreement: Agreement, on: dt.date) -> AgreementLine:
    """One agreement as it stands on a day (UK date)."""
    return AgreementLine(
        agreement=agreement,
        term=term(agreement.status, agreement.effective_from, agreement.effective_to, on),
        current=is_current(agreement.status, agreement.effective_to, on),
    )


def parties_by_name(agreement: Agreement) -> list[AgreementParty]:
    """The parties of an agreement in the order of their organisations’ names."""
    return sorted(agreement.parties, key=lambda party: (party.organisation.name, str(party.id)))


def matrix(on: dt.date, columns: Sequence[AgreementLine]) -> list[OrganisationLine]:
    """Every organisation that takes part, by name, with its place in each of ``columns``. Costs three queries."""
    stand = positions(on)
    places = {
        (party.organisation_id, party.agreement_id): party for each in columns for party in each.agreement.parties
    }
    return [
        OrganisationLine(
            organisation=body,
            position=stand[body.id],
            places=tuple(places.get((body.id, each.agreement.id)) for each in columns),
        )
        for body in organisations(active_only=True)
    ]


def agreements() -> Sequence[Agreement]:
    """All agreements with their parties, the one that ends last first."""
    query = sa.select(Agreement).options(selectinload(Agreement.parties))
    return db.session.scalars(query.order_by(Agreement.effective_to.desc(), Agreement.title, Agreement.id)).all()


def load_agreement(_actor: Actor, agreement_id: uuid.UUID, _parents: Mapping[str, Any]) -> Agreement:
    """The agreement of an id in the URL. Raises NotFoundError."""
    found = db.session.get(Agreement, agreement_id)
    if found is None:
        raise NotFoundError
    return found


def load_party(_actor: Actor, party_id: uuid.UUID, parents: Mapping[str, Any]) -> AgreementParty:
    """The party of an id in the URL, below its agreement. Raises NotFoundError for a party of another agreement."""
    found = db.session.get(AgreementParty, party_id)
    if found is None or found.agreement_id != parents["agreement"].id:
        raise NotFoundError
    return found


def draw_up(actor: Actor, details: AgreementDetails) -> Agreement:
    """Begin an agreement as a draft."""
    actor.require(Permission.AGREEMENT_MANAGE)
    _check_dates(details)
    made = Agreement(
        title=details.title.strip(),
        purpose=details.purpose.strip(),
        effective_from=details.effective_from,
        effective_to=details.effective_to,
        status=AgreementStatus.DRAFT,
    )
    db.session.add(made)
    db.session.flush()
    record(actor, events.AgreementMade(object_id=made.id))
    return made


def change(actor: Actor, agreement: Agreement, details: AgreementDetails, version: int | None) -> None:
    """Change title, purpose or dates of an agreement that nobody has signed yet."""
    actor.require(Permission.AGREEMENT_MANAGE)
    agreement.expect_version(version, ours=_shown(details), theirs=_shown(agreement))
    _check_dates(details)
    _expect_not_ended(agreement)
    if any(party.signed_on for party in agreement.parties):
        raise DomainError("This agreement has been signed: what was signed cannot be changed. Draw up a new one")
    after = {
        "title": details.title.strip(),
        "purpose": details.purpose.strip(),
        "effective_from": details.effective_from,
        "effective_to": details.effective_to,
    }
    changed = tuple(name for name, value in after.items() if getattr(agreement, name) != value)
    for name in changed:
        setattr(agreement, name, after[name])
    if changed:
        db.session.flush()
        record(actor, events.AgreementChanged(object_id=agreement.id, changed=changed))


def transition(
    actor: Actor, agreement: Agreement, to: AgreementStatus, reason: str | None = None, version: int | None = None
) -> None:
    """Put an agreement in force, or end it: the only writer of its status."""
    agreement.expect_version(version)
    before = agreement.status
    AGREEMENT_WORKFLOW.check(actor, before, to, reason)
    agreement.status = to
    db.session.flush()
    record(
        actor,
        events.AgreementStatusChanged(object_id=agreement.id, before=before, after=to, reason=reason or None),
    )


def add_party(actor: Actor, agreement: Agreement, organisation_id: uuid.UUID) -> AgreementParty:
    """Invite an organisation to sign."""
    actor.require(Permission.AGREEMENT_MANAGE)
    _expect_not_ended(agreement)
    body = organisation(organisation_id)
    if any(party.organisation_id == body.id for party in agreement.parties):
        raise DomainError(f"{body.name} is a party to this agreement already", "organisation")
    added = AgreementParty(agreement=agreement, organisation_id=body.id, state=PartyState.INVITED)
    db.session.add(added)
    db.session.flush()
    record(actor, events.PartyAdded(object_id=agreement.id, organisation=body.id))
    return added


def sign(actor: Actor, party: AgreementParty, signature: Signature) -> None:
    """Record the signature of an organisation."""
    actor.require(Permission.AGREEMENT_MANAGE)
    _expect_not_ended(party.agreement)
    if signature.signed_on > clock.today():
        raise DomainError("The date of signature must be today or in the past", "signed_on")
    _transition_party(actor, party, PartyState.SIGNED, None, signature)


def end_party(actor: Actor, party: AgreementParty, to: PartyState, reason: str | None) -> None:
    """Record that an organisation declined, withdrew, or is invited again."""
    actor.require(Permission.AGREEMENT_MANAGE)
    if to is PartyState.SIGNED:
        raise DomainError("A signature needs its signatory and its date")
    _transition_party(actor, party, to, reason)


def _transition_party(
    actor: Actor, party: AgreementParty, to: PartyState, reason: str | None, signature: Signature | None = None
) -> None:
    """The only writer of a party’s state; the row is locked, so that of two steps at once the second is refused."""
    db.session.refresh(party, with_for_update=True)
    before = party.state
    PARTY_WORKFLOW.check(actor, before, to, reason)
    party.state = to
    if signature is not None:
        party.signatory_name, party.signatory_office = signature.name.strip(), signature.office.strip()
        party.signed_on = signature.signed_on
    elif to is not PartyState.WITHDRAWN:
        party.signatory_name = party.signatory_office = party.signed_on = None
    db.session.flush()
    record(
        actor,
        events.PartyStateChanged(
            object_id=party.agreement_id,
            organisation=party.organisation_id,
            before=before,
            after=to,
            reason=reason or None,
        ),
    )


def _expect_not_ended(agreement: Agreement) -> None:
    if agreement.status is AgreementStatus.TERMINATED:
        raise DomainError("This agreement has been ended. Draw up a new one")


def _shown(source: AgreementDetails | Agreement) -> list[tuple[str, str]]:
    return [
        ("Title", source.title),
        ("Purpose", source.purpose),
        ("First day", date_text(source.effective_from)),
        ("Last day", date_text(source.effective_to)),
    ]


def _check_dates(details: AgreementDetails) -> None:
    if details.effective_to < details.effective_from:
        raise DomainError("The last day must be on or after the first day", "effective_to")


def positions(on: dt.date, organisation_ids: Sequence[uuid.UUID] | None = None) -> dict[uuid.UUID, Position]:
    """Where organisations stand on a day (UK date); all of them, or those named. Costs two queries."""
    bodies = sa.select(Organisation.id, Organisation.active)
    if organisation_ids is not None:
        bodies = bodies.where(Organisation.id.in_(organisation_ids))
    active: dict[uuid.UUID, bool] = dict(db.session.execute(bodies).all())
    memberships: dict[uuid.UUID, list[Membership]] = {body: [] for body in active}
    rows = db.session.execute(
        sa.select(
            AgreementParty.organisation_id,
            Agreement.title,
            Agreement.status,
            Agreement.effective_from,
            Agreement.effective_to,
            AgreementParty.state,
            AgreementParty.signed_on,
        )
        .join(Agreement, AgreementParty.agreement_id == Agreement.id)
        .where(AgreementParty.organisation_id.in_(active))
    )
    for body, title, status, first, last, state, signed_on in rows:
        if body in memberships:
            memberships[body].append(
                Membership(
                    agreement=title,
                    status=status,
                    effective_from=first,
                    effective_to=last,
                    state=state,
                    signed_on=signed_on,
                )
            )
    gone = Position(may_share=False, why="The organisation no longer takes part in the partnership")
    return {body: position(memberships[body], on) if active[body] else gone for body in active}


def assert_may_share(organisation_id: uuid.UUID, purpose: SharingPurpose, on: dt.date) -> Position:
    """The one gate: no agreement in force and signed, no case information.

    Returns the organisation's position. Raises ForbiddenError with the reason, whose event keeps the refusal in the log
    although nothing else of the request is kept (OHID partnership review process: agreements before data).
    """
    unknown = Position(may_share=False, why="The organisation is not known")
    found = positions(on, [organisation_id]).get(organisation_id, unknown)
    if not found.may_share:
        raise ForbiddenError(
            found.why,
            event=events.SharingRefused(object_id=organisation_id, purpose=purpose, why=found.why),
        )
    return found
