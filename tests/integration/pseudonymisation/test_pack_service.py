"""Issuing packs through the gate of agreements and the release gate, and opening them."""

import datetime as dt
import json
from dataclasses import replace

import pytest
import sqlalchemy as sa
from support.tampering import put_past_the_log
from support.world import SYSTEM, nhs_number

from dard.accounts import service as accounts
from dard.accounts.enums import Role
from dard.accounts.models import Organisation, User
from dard.accounts.service import UserDetails
from dard.audit.models import AuditEvent
from dard.cases.enums import CaseStatus, DatePrecision
from dard.cases.models import Case
from dard.core.database import db
from dard.core.errors import DomainError, ForbiddenError, NotFoundError
from dard.panels import service as panels
from dard.panels.enums import MeetingStatus
from dard.panels.models import AgendaItem, Meeting
from dard.pseudonymisation import packs, service
from dard.pseudonymisation.models import Pack, Summary
from dard.pseudonymisation.queries import own_paper, own_papers, recipients

OTHER_NUMBER = nhs_number(777)


def _events(code):
    return db.session.scalars(sa.select(AuditEvent).where(AuditEvent.code == code).order_by(AuditEvent.position)).all()


@pytest.fixture
def arranged(panel):
    """A meeting with two cases, one of them summarised, and both members invited."""
    done, waiting = panel.world.case(), panel.world.case()
    panel.summary(done)
    return panel.world.meeting(cases=[done, waiting], invited=[panel.signed, panel.unsigned], title="March panel")


def _content(world, pack_id):
    return packs.decode(world.get(Pack, pack_id).content)


def test_packs_go_to_those_whose_organisation_signed_and_the_others_are_refused_with_the_reason(panel, arranged):
    with panel.world.at_work():
        result = service.issue_packs(panel.writer.actor, panel.world.get(Meeting, arranged))
        (pack,) = result.issued
        assert (pack.number, pack.edition, pack.recipient_id) == ("P-2026-0001", 1, panel.signed.id)
        assert pack.organisation_id == panel.signed.organisation_id
        (refusal,) = result.refused
        assert refusal.person == "Una Unsigned"
        assert "has not signed" in refusal.reason
        assert result.unchanged == 0
    with panel.world.at_work():
        (kept,) = _events("agreement.sharing_refused")
        assert kept.object_id == panel.unsigned.organisation_id
        assert json.loads(kept.details) == {"purpose": "pack", "why": refusal.reason}
        (issued,) = _events("pack.issued")
        assert json.loads(issued.details) == {
            "meeting": str(arranged), "recipient": str(panel.signed.id), "cases": 1,
        }  # fmt: skip


def test_a_pack_says_what_happened_and_not_to_whom(panel, arranged):
    (pack_id,) = panel.issue(arranged)
    with panel.world.at_work():
        content = _content(panel.world, pack_id)
        first, second = content.cases
        assert content.meeting == "March panel"
        assert first.pseudonym.startswith("Case ")
        assert (first.age_band, first.sex, first.month) == ("35 to 44", "Female", "February 2026")
        assert first.district == "Withheld"
        assert first.substances == ("Diazepam", "Heroin")
        assert first.summary.startswith("[person] was found")
        assert [(entry.day, entry.text) for entry in first.timeline] == [
            (-12, "They had left a hostel on [day -12]."),
            (-12, "A nurse offered naloxone on [day -12]."),
            (0, "The death"),
            (0, "[person] was found at home by a brother on [day 0]."),
            (17, "The partnership was notified"),
        ]
        assert second == packs.PackCase(pseudonym=second.pseudonym)
        everything = panel.world.get(Pack, pack_id).content.decode()
        for secret in ("Tamsin", "Quillfeather", "Larkspur", "ZZ1", "2026-000", "14 February", "Fennimore"):
            assert secret not in everything


def test_the_district_is_said_where_five_cases_share_it(panel):
    alike = [panel.world.case() for _ in range(5)]
    panel.summary(alike[0])
    meeting = panel.world.meeting(cases=alike[:1], invited=[panel.signed])
    (pack_id,) = panel.issue(meeting)
    with panel.world.at_work():
        assert _content(panel.world, pack_id).cases[0].district == "Bramblewick"


def test_the_day_of_the_notification_is_not_counted_from_a_month(panel):
    case_id = panel.world.case(event_date_precision=DatePrecision.MONTH)
    panel.summary(case_id, text="[person] was found at home.")
    (pack_id,) = panel.issue(panel.world.meeting(cases=[case_id], invited=[panel.signed]))
    with panel.world.at_work():
        assert [entry.text for entry in _content(panel.world, pack_id).cases[0].timeline] == ["The death"]


def test_issuing_again_makes_a_new_edition_only_where_something_changed(panel, arranged):
    panel.issue(arranged)
    with panel.world.at_work():
        again = service.issue_packs(panel.writer.actor, panel.world.get(Meeting, arranged))
        assert (again.issued, again.unchanged) == ((), 1)
    waiting = panel.world.case(status=CaseStatus.OPEN)
    panel.summary(waiting, text="[person] was found in a hostel.")
    with panel.world.at_work():
        meeting = panel.world.get(Meeting, arranged)
        panels.add_case(SYSTEM, meeting, panel.world.get(Case, waiting), "For this test")
    (newer,) = panel.issue(arranged)
    with panel.world.at_work():
        pack = panel.world.get(Pack, newer)
        assert (pack.number, pack.edition) == ("P-2026-0002", 2)


def test_a_person_who_changed_organisation_gets_an_edition_for_the_new_one(panel, arranged):
    panel.issue(arranged)
    panel.world.move(panel.signed, panel.writer.organisation_id)
    (newer,) = panel.issue(arranged)
    with panel.world.at_work():
        assert panel.world.get(Pack, newer).organisation_id == panel.writer.organisation_id


def test_numbers_go_on_through_the_year_and_begin_anew_with_the_next(panel, arranged, still):
    panel.issue(arranged)
    with panel.world.at_work():
        db.session.execute(sa.update(Pack).values(number="P-2026-9999"))
    case_id = panel.world.case()
    panel.summary(case_id, text="[person] was found in a hostel.")
    (second,) = panel.issue(panel.world.meeting(cases=[case_id], invited=[panel.signed]))
    (third,) = panel.issue(panel.world.meeting(cases=[case_id], invited=[panel.signed]))
    with panel.world.at_work():
        assert panel.world.get(Pack, second).number == "P-2026-10000"
        assert panel.world.get(Pack, third).number == "P-2026-10001"
    still.move(days=304)  # 1 January 2027
    panel.world.agreement(panel.signed.organisation_id, first=dt.date(2027, 1, 1), last=dt.date(2027, 12, 31))
    later = dt.datetime(2027, 2, 1, 14, tzinfo=dt.UTC)
    (fourth,) = panel.issue(panel.world.meeting(cases=[case_id], invited=[panel.signed], starts_at=later))
    with panel.world.at_work():
        assert panel.world.get(Pack, fourth).number == "P-2027-0001"


def test_nothing_to_issue_is_said_in_words(panel):
    case_id = panel.world.case()
    alone = panel.world.meeting(cases=[case_id])
    unready = panel.world.meeting(cases=[panel.world.case()], invited=[panel.signed])
    panel.summary(case_id, approved=False)
    over = panel.world.meeting(cases=[case_id], invited=[panel.signed])
    with panel.world.at_work():
        panel.world.get(Meeting, over).status = MeetingStatus.HELD
    for meeting, said in ((alone, "Invite people"), (unready, "nothing to issue"), (over, "before a meeting")):
        with pytest.raises(DomainError, match=said):
            panel.issue(meeting)


def test_only_coordinators_issue(panel, arranged):
    with panel.world.at_work(), pytest.raises(ForbiddenError):
        service.issue_packs(panel.chair.actor, panel.world.get(Meeting, arranged))


def test_closed_accounts_and_roles_that_read_no_packs_get_none(panel):
    case_id = panel.world.case()
    panel.summary(case_id)
    gone = panel.world.person(Role.MEMBER, organisation_id=panel.signed.organisation_id, name="Gil Gone")
    moved = panel.world.person(Role.MEMBER, organisation_id=panel.signed.organisation_id, name="Odo Officer")
    meeting = panel.world.meeting(cases=[case_id], invited=[gone, moved])
    with panel.world.at_work():
        panel.world.get(User, gone.id).active = False
        officer = UserDetails(
            email=moved.email, name=moved.name, organisation_id=moved.organisation_id, roles=frozenset({Role.OFFICER})
        )
        accounts.change_user(SYSTEM, panel.world.get(User, moved.id), officer, active=True, version=None)
    with panel.world.at_work():
        result = service.issue_packs(panel.writer.actor, panel.world.get(Meeting, meeting))
        assert result.issued == ()
        assert [(refusal.person, refusal.reason) for refusal in result.refused] == [
            ("Gil Gone", "The account is closed"),
            ("Odo Officer", "This person’s role does not let them read packs"),
        ]
        assert {each.why_not for each in recipients(panel.world.get(Meeting, meeting))} == {
            "The account is closed",
            "This person’s role does not let them read packs",
        }


def _tamper(panel, summary_id, text):
    """What no page allows: another text under an approval."""
    with panel.world.at_work():
        put_past_the_log(panel.world.get(Summary, summary_id), "text", text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Tamsin Quillfeather was found.", "name"),
        ("Quillfeather was found.", "name"),
        ("Found at 14 Larkspur Rise.", "address"),
        ("Found near ZZ1 4QF.", "postcode"),
        ("Found on 14 February 2026.", "exact date"),
        ("Found by [name? 1].", "mark to settle"),
    ],
)
def test_an_identifier_of_the_case_itself_stops_the_packs(panel, text, kind):
    case_id = panel.world.case()
    summary_id = panel.summary(case_id)
    meeting = panel.world.meeting(cases=[case_id], invited=[panel.signed])
    _tamper(panel, summary_id, text)
    with pytest.raises(DomainError) as raised:
        panel.issue(meeting)
    with panel.world.at_work():
        pseudonym = db.session.scalar(sa.select(AgendaItem.pseudonym))
        assert f"{kind} in {pseudonym}" in raised.value.message
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Pack)) == 0
    assert not any(word in raised.value.message for word in ("Tamsin", "Larkspur", "ZZ1", "14 February"))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("They lived with Ottoline Brackenbury.", "name"),
        ("They lived with brackenbury, who rang.", "name"),
        ("They were found at 7 Foxglove Lane.", "address"),
        ("They were found near XX9 9XX.", "postcode"),
        (f"Number {OTHER_NUMBER[:3]} {OTHER_NUMBER[3:6]} {OTHER_NUMBER[6:]} was given.", "NHS number"),
    ],
)
def test_an_identifier_of_any_other_case_stops_them_too(panel, text, kind):
    panel.world.case(
        full_name="Ottoline Brackenbury", aliases=None, address="7 Foxglove Lane, Fernbridge", postcode="XX9 9XX",
        nhs_number=OTHER_NUMBER,
    )  # fmt: skip
    case_id = panel.world.case()
    summary_id = panel.summary(case_id)
    meeting = panel.world.meeting(cases=[case_id], invited=[panel.signed])
    _tamper(panel, summary_id, text)
    with pytest.raises(DomainError, match=f"{kind} in Case "):
        panel.issue(meeting)


def test_a_name_in_the_place_of_the_meeting_stops_them_too(panel, arranged):
    with panel.world.at_work():
        panel.world.get(Meeting, arranged).place = "The Quillfeather room"
    with pytest.raises(DomainError, match="name in the meeting’s place"):
        panel.issue(arranged)


def test_a_case_reference_and_a_name_in_the_title_of_the_meeting_stop_them(panel):
    case_id = panel.world.case()
    panel.summary(case_id, text="[person] was known since case 2026-0002.")
    panel.world.case()
    meeting = panel.world.meeting(cases=[case_id], invited=[panel.signed], title="Quillfeather review")
    with pytest.raises(DomainError) as raised:
        panel.issue(meeting)
    assert "case reference in Case " in raised.value.message
    assert "name in the meeting’s title" in raised.value.message


def test_a_pack_opens_for_its_recipient_and_the_opening_is_recorded(panel, arranged, still):
    (pack_id,) = panel.issue(arranged)
    still.move(hours=1)
    with panel.world.at_work():
        content = service.open_pack(panel.signed.actor, service.load_pack(panel.signed.actor, pack_id, {}))
        assert content.meeting == "March panel"
        service.download_pack(panel.signed.actor, panel.world.get(Pack, pack_id))
    with panel.world.at_work():
        assert [event.object_id for event in _events("pack.opened")] == [pack_id]
        assert [event.object_id for event in _events("pack.downloaded")] == [pack_id]
        first = next(each for each in recipients(panel.world.get(Meeting, arranged)) if each.pack)
        assert first.first_opened_at == still()


@pytest.mark.parametrize("who", ["writer", "chair", "unsigned"])
def test_nobody_else_finds_a_pack_not_even_who_issued_it(panel, arranged, who):
    (pack_id,) = panel.issue(arranged)
    actor = getattr(panel, who).actor
    with panel.world.at_work():
        with pytest.raises(NotFoundError):
            service.load_pack(actor, pack_id, {})
        with pytest.raises(NotFoundError):
            service.open_pack(actor, panel.world.get(Pack, pack_id))


def test_a_recipient_whose_role_no_longer_reads_packs_does_not_find_theirs(panel, arranged):
    (pack_id,) = panel.issue(arranged)
    without = replace(panel.signed.actor, permissions=frozenset())
    with panel.world.at_work(), pytest.raises(NotFoundError):
        service.load_pack(without, pack_id, {})


def test_a_pack_of_an_agreement_that_has_lapsed_since_does_not_open(panel, arranged, still):
    (pack_id,) = panel.issue(arranged)
    still.move(days=304)
    with panel.world.at_work(), pytest.raises(ForbiddenError, match="lapsed on 31 December 2026") as raised:
        service.open_pack(panel.signed.actor, panel.world.get(Pack, pack_id))
    assert raised.value.event.object_id == panel.signed.organisation_id


def test_a_pack_does_not_open_after_the_invitation_was_withdrawn(panel, arranged):
    (pack_id,) = panel.issue(arranged)
    with panel.world.at_work():
        meeting = panel.world.get(Meeting, arranged)
        panels.withdraw(SYSTEM, next(each for each in meeting.invitations if each.user_id == panel.signed.id))
    with panel.world.at_work(), pytest.raises(ForbiddenError, match="withdrawn") as raised:
        service.open_pack(panel.signed.actor, panel.world.get(Pack, pack_id))
    assert raised.value.event.why == "Your invitation to this meeting has been withdrawn"


def test_a_pack_does_not_open_for_a_closed_account_or_at_another_organisation(panel, arranged):
    (pack_id,) = panel.issue(arranged)
    panel.world.move(panel.signed, panel.writer.organisation_id)
    with panel.world.at_work():
        moved = accounts.actor_of(panel.world.get(User, panel.signed.id))
        with pytest.raises(ForbiddenError, match="another organisation"):
            service.open_pack(moved, panel.world.get(Pack, pack_id))
        assert own_paper(moved, panel.world.get(Meeting, arranged)).why_not.startswith("This pack was issued to you at")
    with panel.world.at_work():
        panel.world.get(User, panel.signed.id).active = False
    with panel.world.at_work(), pytest.raises(ForbiddenError, match="closed"):
        service.open_pack(panel.signed.actor, panel.world.get(Pack, pack_id))


def test_a_newer_edition_takes_the_place_of_the_older(panel, arranged):
    (older,) = panel.issue(arranged)
    with panel.world.at_work():
        panel.world.get(Meeting, arranged).title = "April panel"
    (newer,) = panel.issue(arranged)
    with panel.world.at_work():
        assert service.open_pack(panel.signed.actor, panel.world.get(Pack, newer)).meeting == "April panel"
        with pytest.raises(ForbiddenError, match="newer pack"):
            service.open_pack(panel.signed.actor, panel.world.get(Pack, older))
        assert [paper.pack.id for paper in own_papers(panel.signed.actor)] == [newer]


def test_a_reader_without_a_pack_is_told_why(panel, arranged):
    with panel.world.at_work():
        meeting = panel.world.get(Meeting, arranged)
        assert own_paper(panel.signed.actor, meeting).why_not == "The pack has not been issued yet"
        assert own_paper(panel.unsigned.actor, meeting).why_not.startswith(
            "Your organisation has not signed the agreement"
        )
        assert own_paper(panel.chair.actor, meeting) is None
        assert own_papers(SYSTEM) == []
        panel.world.get(Organisation, panel.signed.organisation_id).active = False
        assert "no longer takes part" in own_paper(panel.signed.actor, meeting).why_not
