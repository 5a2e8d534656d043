"""Keeping agreements, and the gate through which case information is shared."""

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa
from support.world import SYSTEM, World

from dard.accounts import service as accounts
from dard.accounts.models import Organisation
from dard.agreements import service
from dard.agreements.enums import AgreementStatus, PartyState, SharingPurpose, Term
from dard.agreements.models import Agreement, AgreementParty
from dard.agreements.service import AgreementDetails, Signature
from dard.audit.events import SharingRefused
from dard.audit.models import AuditEvent
from dard.core import clock
from dard.core.database import db
from dard.core.errors import ConflictError, DomainError, ForbiddenError, NotFoundError, TransitionError

DETAILS = AgreementDetails(
    title=" Sharing 2026 ",
    purpose="Reviewing deaths",
    effective_from=dt.date(2026, 1, 1),
    effective_to=dt.date(2026, 12, 31),
)
SIGNATURE = Signature(name="Ada Signatory", office="Caldicott Guardian", signed_on=dt.date(2026, 3, 3))


def codes() -> list[str]:
    return list(db.session.scalars(sa.select(AuditEvent.code).order_by(AuditEvent.position)))


def test_an_agreement_begins_as_a_draft_and_is_recorded(world: World) -> None:
    with world.at_work():
        made = service.draw_up(SYSTEM, DETAILS)
        assert (made.title, made.status) == ("Sharing 2026", AgreementStatus.DRAFT)
        assert codes()[-1] == "agreement.made"


def test_the_last_day_may_be_the_first_and_not_before_it(world: World) -> None:
    day = DETAILS.effective_from
    with world.at_work():
        service.draw_up(SYSTEM, AgreementDetails(title="A", purpose="p", effective_from=day, effective_to=day))
        early = day - dt.timedelta(days=1)
        backwards = AgreementDetails(title="B", purpose="p", effective_from=day, effective_to=early)
        with pytest.raises(DomainError, match="on or after the first day") as refused:
            service.draw_up(SYSTEM, backwards)
        assert refused.value.field == "effective_to"


def test_changing_records_which_fields_changed_and_nothing_if_none_did(world: World) -> None:
    with world.at_work():
        made = service.draw_up(SYSTEM, DETAILS)
        service.change(SYSTEM, made, DETAILS, made.version)
        assert codes()[-1] == "agreement.made"
        longer = AgreementDetails(
            title="Sharing 2026",
            purpose="Reviewing deaths",
            effective_from=dt.date(2026, 1, 1),
            effective_to=dt.date(2027, 6, 30),
        )
        service.change(SYSTEM, made, longer, None)
        newest = db.session.scalars(sa.select(AuditEvent).order_by(AuditEvent.position.desc())).first()
        assert newest is not None
        assert (newest.code, newest.details) == ("agreement.changed", '{"changed":["effective_to"]}')


def test_a_stale_change_shows_both_versions(world: World) -> None:
    with world.at_work():
        made = service.draw_up(SYSTEM, DETAILS)
        with pytest.raises(ConflictError) as refused:
            service.change(SYSTEM, made, DETAILS, made.version - 1)
        assert dict(refused.value.ours)["Last day"] == "31 December 2026"
        assert dict(refused.value.theirs)["Title"] == "Sharing 2026"


def test_what_was_signed_cannot_be_changed(world: World) -> None:
    agreement_id = world.agreement(world.organisation())
    with world.at_work():
        made = world.get(Agreement, agreement_id)
        with pytest.raises(DomainError, match="has been signed"):
            service.change(SYSTEM, made, DETAILS, made.version)


def test_an_agreement_is_put_in_force_and_ended_with_a_reason_that_is_kept_sealed(world: World) -> None:
    agreement_id = world.agreement(in_force=False)
    with world.at_work():
        made = world.get(Agreement, agreement_id)
        service.transition(SYSTEM, made, AgreementStatus.IN_FORCE, version=made.version)
        with pytest.raises(ConflictError):
            service.transition(SYSTEM, made, AgreementStatus.TERMINATED, "Replaced", version=made.version - 1)
        with pytest.raises(TransitionError):
            service.transition(SYSTEM, made, AgreementStatus.TERMINATED)
        service.transition(SYSTEM, made, AgreementStatus.TERMINATED, "Replaced", version=made.version)
        newest = db.session.scalars(sa.select(AuditEvent).order_by(AuditEvent.position.desc())).first()
        assert newest is not None
        assert (newest.code, newest.reason) == ("agreement.status_changed", "Replaced")


def test_an_ended_agreement_takes_no_party_no_signature_and_no_change(world: World) -> None:
    body, other = world.organisation(), world.organisation()
    agreement_id = world.agreement(body, signed_on=None)
    with world.at_work():
        made = world.get(Agreement, agreement_id)
        service.transition(SYSTEM, made, AgreementStatus.TERMINATED, "Replaced")
        for verb in (
            lambda: service.add_party(SYSTEM, made, other),
            lambda: service.sign(SYSTEM, made.parties[0], SIGNATURE),
            lambda: service.change(SYSTEM, made, DETAILS, None),
        ):
            with pytest.raises(DomainError, match="has been ended"):
                verb()


def test_an_organisation_is_a_party_once(world: World) -> None:
    body = world.organisation("Fernshire Police")
    agreement_id = world.agreement(body, signed_on=None)
    with world.at_work():
        made = world.get(Agreement, agreement_id)
        with pytest.raises(DomainError, match="Fernshire Police is a party to this agreement already"):
            service.add_party(SYSTEM, made, body)
        with pytest.raises(NotFoundError):
            service.add_party(SYSTEM, made, uuid.uuid4())


def test_a_party_signs_withdraws_and_signs_again(world: World) -> None:
    agreement_id = world.agreement(world.organisation(), signed_on=None)
    with world.at_work():
        party = world.get(Agreement, agreement_id).parties[0]
        service.sign(SYSTEM, party, SIGNATURE)
        assert (party.state, party.signatory_name, party.signed_on) == (
            PartyState.SIGNED,
            "Ada Signatory",
            SIGNATURE.signed_on,
        )
        with pytest.raises(TransitionError):
            service.sign(SYSTEM, party, SIGNATURE)
        service.end_party(SYSTEM, party, PartyState.WITHDRAWN, "New counsel’s advice")
        assert party.signed_on == SIGNATURE.signed_on  # what was signed, was signed
        service.sign(SYSTEM, party, SIGNATURE)
        assert party.state is PartyState.SIGNED
        assert codes()[-3:] == ["agreement.party_state_changed"] * 3


def test_a_party_declines_with_a_reason_and_is_invited_again(world: World) -> None:
    agreement_id = world.agreement(world.organisation(), signed_on=None)
    with world.at_work():
        party = world.get(Agreement, agreement_id).parties[0]
        with pytest.raises(TransitionError):
            service.end_party(SYSTEM, party, PartyState.DECLINED, None)
        service.end_party(SYSTEM, party, PartyState.DECLINED, "No lawful basis")
        service.end_party(SYSTEM, party, PartyState.INVITED, None)
        assert party.state is PartyState.INVITED
        with pytest.raises(DomainError, match="needs its signatory"):
            service.end_party(SYSTEM, party, PartyState.SIGNED, None)


def test_nobody_signs_tomorrow(world: World) -> None:
    agreement_id = world.agreement(world.organisation(), signed_on=None)
    with world.at_work():
        party = world.get(Agreement, agreement_id).parties[0]
        tomorrow = Signature(name="A", office="B", signed_on=dt.date(2026, 3, 4))
        with pytest.raises(DomainError, match="today or in the past") as refused:
            service.sign(SYSTEM, party, tomorrow)
        assert refused.value.field == "signed_on"
        assert party.state is PartyState.INVITED


@pytest.mark.parametrize(
    ("moment", "may"),
    [
        (dt.datetime(2026, 8, 31, 22, 59, tzinfo=dt.UTC), True),
        (dt.datetime(2026, 8, 31, 23, 0, tzinfo=dt.UTC), False),
    ],
    ids=["a minute before midnight in summer time", "midnight in summer time"],
)
def test_an_agreement_lapses_at_midnight_in_england(world: World, still, moment: dt.datetime, may: bool) -> None:
    body = world.organisation()
    world.agreement(body, last=dt.date(2026, 8, 31))
    still.moment = moment
    with world.at_work():
        assert service.positions(clock.today())[body].may_share is may


def test_an_organisation_that_left_may_not_share_whatever_it_signed(world: World) -> None:
    body = world.organisation()
    world.agreement(body)
    with world.at_work():
        left = world.get(Organisation, body)
        accounts.change_organisation(SYSTEM, left, name=left.name, kind=left.kind, active=False, version=None)
        assert "no longer takes part" in service.positions(clock.today(), [body])[body].why


def test_positions_are_of_the_organisations_asked_for(world: World) -> None:
    one, other = world.organisation(), world.organisation()
    world.agreement(one, other)
    with world.at_work():
        assert set(service.positions(clock.today(), [one])) == {one}
        assert set(service.positions(clock.today())) == {one, other}
        assert service.positions(clock.today(), []) == {}


def test_the_gate_opens_only_for_a_signed_agreement_in_force(world: World) -> None:
    signed, unsigned = world.organisation(), world.organisation()
    world.agreement(signed)
    with world.at_work():
        assert service.assert_may_share(signed, SharingPurpose.PACK, clock.today()).may_share
        for body in (unsigned, uuid.uuid4()):
            with pytest.raises(ForbiddenError) as refused:
                service.assert_may_share(body, SharingPurpose.PACK, clock.today())
            event = refused.value.event
            assert isinstance(event, SharingRefused)
            assert (event.object_id, event.purpose, event.why) == (body, "pack", refused.value.message)


def test_the_matrix_has_every_active_organisation_and_its_places(world: World) -> None:
    first, second = world.organisation("Ambulance"), world.organisation("Borough")
    one = world.agreement(first, title="One", last=dt.date(2026, 12, 31))
    world.agreement(second, title="Two", last=dt.date(2026, 4, 1), signed_on=None)
    with world.at_work():
        lines = service.lines(clock.today())
        assert [(line.agreement.title, line.term) for line in lines] == [
            ("One", Term.RUNNING),
            ("Two", Term.ENDING_SOON),
        ]
        assert [(line.signed, len(line.unsigned)) for line in lines] == [(1, 0), (0, 1)]
        rows = service.matrix(clock.today(), lines)
        assert [row.organisation.name for row in rows] == ["Ambulance", "Borough"]
        assert [row.position.may_share for row in rows] == [True, False]
        (place, nowhere) = rows[0].places
        assert (place is not None and place.agreement_id, nowhere) == (one, None)


def test_a_party_of_another_agreement_is_not_found(world: World) -> None:
    body = world.organisation()
    one, other = world.agreement(body), world.agreement(body)
    with world.at_work():
        party = world.get(Agreement, one).parties[0]
        found = service.load_party(SYSTEM, party.id, {"agreement": world.get(Agreement, one)})
        assert isinstance(found, AgreementParty)
        for identity, parent in ((party.id, other), (uuid.uuid4(), one)):
            with pytest.raises(NotFoundError):
                service.load_party(SYSTEM, identity, {"agreement": world.get(Agreement, parent)})
        with pytest.raises(NotFoundError):
            service.load_agreement(SYSTEM, uuid.uuid4(), {})
