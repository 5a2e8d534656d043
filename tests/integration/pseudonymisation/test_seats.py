"""A pack goes by the organisation for which somebody sits at the meeting, which need not be the one they work for."""

import pytest
import sqlalchemy as sa

from dard.accounts import service as accounts
from dard.accounts.enums import Role
from dard.accounts.models import Organisation, User, UserRole
from dard.core.database import db
from dard.core.errors import ForbiddenError
from dard.panels.models import Meeting
from dard.panels.queries import guests
from dard.pseudonymisation import service
from dard.pseudonymisation.models import Pack
from dard.pseudonymisation.queries import own_paper, recipients


@pytest.fixture
def case(panel):
    made = panel.world.case()
    panel.summary(made)
    return made


def packs(panel) -> dict:
    with panel.world.at_work():
        return {pack.recipient_id: (pack.id, pack.organisation_id) for pack in db.session.scalars(sa.select(Pack))}


def test_a_member_for_another_organisation_gets_its_pack(panel, case):
    """Works for one that has not signed, sits for one that has."""
    actor = panel.world.hold_for(panel.unsigned, Role.MEMBER, panel.signed.organisation_id)
    meeting = panel.world.meeting(cases=[case], invited=[panel.unsigned])
    panel.issue(meeting)
    pack_id, body = packs(panel)[panel.unsigned.id]
    assert body == panel.signed.organisation_id
    with panel.world.at_work():
        assert service.open_pack(actor, panel.world.get(Pack, pack_id)).cases
        (guest,) = guests(panel.world.get(Meeting, meeting))
        assert guest.today.may_share
        assert guest.invitation.user.seat.name == "Wrenfield Treatment Trust"
    coordinator = panel.world.browser(panel.writer)
    coordinator.get(f"/meetings/{meeting}")
    assert "Una Unsigned Wrenfield Treatment Trust" in coordinator.text


def test_a_member_for_an_organisation_that_has_not_signed_gets_none(panel, case):
    """Works for one that has signed, sits for one that has not."""
    panel.world.hold_for(panel.signed, Role.MEMBER, panel.unsigned.organisation_id)
    meeting = panel.world.meeting(cases=[case], invited=[panel.signed])
    panel.issue(meeting)
    assert packs(panel) == {}
    with panel.world.at_work():
        (line,) = recipients(panel.world.get(Meeting, meeting))
        assert "has not signed" in line.why_not


def test_a_pack_closes_at_once_when_its_reader_sits_for_another(panel, case):
    meeting = panel.world.meeting(cases=[case], invited=[panel.signed])
    panel.issue(meeting)
    pack_id, _body = packs(panel)[panel.signed.id]
    actor = panel.world.hold_for(panel.signed, Role.MEMBER, panel.writer.organisation_id)
    with panel.world.at_work():
        with pytest.raises(ForbiddenError, match="issued to you at another organisation"):
            service.open_pack(actor, panel.world.get(Pack, pack_id))
        assert own_paper(actor, panel.world.get(Meeting, meeting)).why_not.startswith("This pack was issued to you at")
    (again,) = panel.issue(meeting)
    with panel.world.at_work():
        assert panel.world.get(Pack, again).organisation_id == panel.writer.organisation_id


def test_the_member_role_decides_before_the_others(panel, case):
    """A coordinator of the council who sits as a member for the trust gets the pack of the trust."""
    council, trust = panel.writer.organisation_id, panel.signed.organisation_id
    person = panel.world.person(Role.COORDINATOR, Role.MEMBER, organisation_id=council)
    actor = panel.world.hold_for(person, Role.MEMBER, trust)
    assert actor.seat_id == trust
    meeting = panel.world.meeting(cases=[case], invited=[person])
    panel.issue(meeting)
    assert packs(panel)[person.id][1] == trust
    with panel.world.at_work():
        user = panel.world.get(User, person.id)
        user.held_roles = [held for held in user.held_roles if held.role is not Role.MEMBER]
        db.session.flush()
        assert accounts.actor_of(user).seat_id == council


def test_whoever_has_no_seat_is_counted_with_their_employer(panel):
    officer = panel.world.person(Role.OFFICER, organisation_id=panel.writer.organisation_id)
    assert officer.actor.seat_id == panel.writer.organisation_id


def test_n41_a_seat_ends_with_its_organisation(panel, case):
    panel.world.hold_for(panel.unsigned, Role.MEMBER, panel.signed.organisation_id)
    meeting = panel.world.meeting(cases=[case], invited=[panel.unsigned])
    panel.issue(meeting)
    pack_id, _body = packs(panel)[panel.unsigned.id]
    with panel.world.at_work():
        db.session.execute(
            sa.update(Organisation).where(Organisation.id == panel.signed.organisation_id).values(active=False)
        )
        ended = accounts.actor_of(panel.world.get(User, panel.unsigned.id))
        assert ended.permissions == frozenset()
        with pytest.raises(service.NotFoundError):
            service.open_pack(ended, panel.world.get(Pack, pack_id))
        assert db.session.scalars(sa.select(UserRole).where(UserRole.user_id == panel.unsigned.id)).one()


def test_people_are_invited_under_the_organisation_for_which_they_sit(panel):
    panel.world.hold_for(panel.unsigned, Role.MEMBER, panel.signed.organisation_id)
    meeting = panel.world.meeting()
    browser = panel.world.browser(panel.writer)
    page = browser.get(f"/meetings/{meeting}/invitations/add")
    trust = page.text.partition("Wrenfield Treatment Trust")[2].partition("</fieldset>")[0]
    assert "Una Unsigned" in trust
    assert "Larchford Housing" not in page.text
