"""Before the pack of a meeting is opened, its reader accepts the confidentiality statement for that meeting."""

import datetime as dt

import pytest
import sqlalchemy as sa

from dard.accounts import statement
from dard.accounts.statement import STATEMENTS, Statement
from dard.audit.models import AuditEvent
from dard.core.database import db
from dard.core.errors import NotFoundError
from dard.panels import service as panels
from dard.panels.models import Meeting
from dard.pseudonymisation import service
from dard.pseudonymisation.models import MeetingAcceptance, Pack

ACCEPTED = {"accepted": "yes", "version": "1"}


@pytest.fixture
def meeting(panel):
    case = panel.world.case()
    panel.summary(case)
    return panel.world.meeting(cases=[case], invited=[panel.signed, panel.chair])


@pytest.fixture
def pack(panel, meeting) -> str:
    """The address of the member’s pack, which nobody has accepted anything for."""
    panel.issue(meeting, accepted=False)
    with panel.world.at_work():
        return f"/packs/{own_pack(panel)}"


def own_pack(panel):
    return db.session.scalars(sa.select(Pack.id).where(Pack.recipient_id == panel.signed.id)).one()


def codes(panel) -> list[str]:
    with panel.world.at_work():
        return list(db.session.scalars(sa.select(AuditEvent.code).order_by(AuditEvent.position)))


def test_the_pack_and_its_pdf_open_after_accepting(panel, pack):
    member = panel.world.browser(panel.signed)
    for path in (pack, f"{pack}/pack.pdf"):
        answer = member.get(path, status=302)
        assert answer.location == f"{pack}/confidentiality"
        assert "naloxone" not in answer.text
    assert not {"pack.opened", "pack.downloaded"} & set(codes(panel))
    member.get(f"{pack}/confidentiality")
    assert "Accept this statement for the meeting before you open its pack" in member.text
    assert "naloxone" not in member.text
    member.post(f"{pack}/confidentiality", {"version": "1"}, status=422)
    assert member.post(f"{pack}/confidentiality", ACCEPTED).location == pack
    member.get(pack)
    assert "naloxone" in member.text
    assert member.get(f"{pack}/pack.pdf").data.startswith(b"%PDF")
    assert codes(panel)[-3:] == ["meeting.statement_accepted", "pack.opened", "pack.downloaded"]
    member.get(f"{pack}/confidentiality")
    assert "You accepted this version for this meeting" in member.text


def test_going_back_without_accepting_leads_to_the_meeting_and_keeps_nothing(panel, pack, meeting):
    member = panel.world.browser(panel.signed)
    page = member.get(f"{pack}/confidentiality")
    assert f'href="/meetings/{meeting}"' in page.text
    assert "Go back without accepting" in member.text
    with panel.world.at_work():
        assert db.session.scalars(sa.select(MeetingAcceptance)).all() == []


def test_the_coordinator_sees_who_has_accepted(panel, pack, meeting):
    coordinator = panel.world.browser(panel.writer)
    coordinator.get(f"/meetings/{meeting}")
    assert coordinator.text.count("Not accepted yet") == 2
    panel.world.browser(panel.signed).post(f"{pack}/confidentiality", ACCEPTED)
    coordinator.get(f"/meetings/{meeting}")
    assert coordinator.text.count("Not accepted yet") == 1
    assert "Accepted 3 March 2026" in coordinator.text


def test_every_meeting_asks_anew_and_a_new_edition_does_not(panel, pack, meeting):
    member = panel.world.browser(panel.signed)
    member.post(f"{pack}/confidentiality", ACCEPTED)
    with panel.world.at_work():
        panel.world.get(Meeting, meeting).title = "April panel"
    panel.issue(meeting, accepted=False)
    with panel.world.at_work():
        query = sa.select(Pack.id).where(Pack.recipient_id == panel.signed.id, Pack.edition == 2)
        newer = db.session.scalars(query).one()
    member.get(f"/packs/{newer}")
    case = panel.world.case()
    panel.summary(case)
    later = panel.world.meeting(cases=[case], invited=[panel.signed])
    (other,) = panel.issue(later, accepted=False)
    assert member.get(f"/packs/{other}", status=302).location == f"/packs/{other}/confidentiality"


def test_accepting_twice_is_accepting_once(panel, pack):
    member = panel.world.browser(panel.signed)
    for _ in range(2):
        member.post(f"{pack}/confidentiality", ACCEPTED)
    assert codes(panel).count("meeting.statement_accepted") == 1


def test_a_new_version_asks_again_for_the_meeting(panel, pack, monkeypatch):
    member = panel.world.browser(panel.signed)
    member.post(f"{pack}/confidentiality", ACCEPTED)
    monkeypatch.setattr(statement, "STATEMENTS", (*STATEMENTS, Statement(2, dt.date(2026, 3, 3))))
    monkeypatch.setattr(Statement, "template", "accounts/statements/1.html")
    member.post("/confidentiality", {**ACCEPTED, "version": "2"})
    assert member.get(pack, status=302).location == f"{pack}/confidentiality"
    member.post(f"{pack}/confidentiality", ACCEPTED, status=409)
    member.post(f"{pack}/confidentiality", {**ACCEPTED, "version": "2"})
    member.get(pack)


def test_who_may_not_have_the_pack_is_told_why_and_not_asked(panel, pack, meeting):
    with panel.world.at_work():
        found = panel.world.get(Meeting, meeting)
        invitation = next(each for each in found.invitations if each.user_id == panel.signed.id)
        panels.withdraw(panel.writer.actor, invitation)
    member = panel.world.browser(panel.signed)
    for method in (member.get, member.post):
        method(f"{pack}/confidentiality", status=403)
        assert "Your invitation to this meeting has been withdrawn" in member.text
    panel.world.browser(panel.chair).get(f"{pack}/confidentiality", status=404)
    panel.world.browser(panel.writer).get(f"{pack}/confidentiality", status=404)


def test_the_service_itself_opens_nothing_before(panel, pack):
    with panel.world.at_work():
        found = panel.world.get(Pack, own_pack(panel))
        for read in (service.open_pack, service.download_pack):
            with pytest.raises(service.AcceptanceOwedError):
                read(panel.signed.actor, found)
        with pytest.raises(NotFoundError):
            service.accept_for_meeting(panel.chair.actor, found)
