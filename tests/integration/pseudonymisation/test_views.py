"""The summary tab, the packs of a meeting, and the reader’s own packs, as people see them."""

import uuid

import pytest
import sqlalchemy as sa
from support.tampering import put_past_the_log

from dard.accounts.enums import Role
from dard.accounts.models import SignInSession
from dard.audit.models import AuditEvent
from dard.cases.models import Case
from dard.core import clock
from dard.core.database import db
from dard.panels.models import AgendaItem
from dard.pseudonymisation.models import Pack, Summary
from dard.pseudonymisation.queries import summary_of

NAMES = ("Tamsin", "Quillfeather", "Tam Quill", "Larkspur", "ZZ1 4QF", "Fennimore", "14 February")


def _events(world, code):
    with world.at_work():
        wanted = sa.select(AuditEvent.object_id).where(AuditEvent.code == code).order_by(AuditEvent.position)
        return db.session.scalars(wanted).all()


def _summary(world, case_id):
    with world.at_work():
        found = summary_of(world.get(Case, case_id))
        return None if found is None else (found.status.value, found.text, found.version)


def _back_at_work(world, person):
    """A browser of somebody who has just signed in: sessions end while the clock is moved on."""
    with world.at_work():
        times = {"created_at": clock.now(), "last_seen_at": clock.now()}
        db.session.execute(sa.update(SignInSession).where(SignInSession.user_id == person.id).values(**times))
    return world.browser(person)


@pytest.fixture
def case_id(world):
    return world.case()


@pytest.fixture
def page(case_id):
    return f"/cases/{case_id}/summary"


def test_the_source_stands_marked_beside_the_way_to_a_first_draft(panel, case_id, page):
    browser = panel.world.browser(panel.writer)
    browser.get(page)
    assert "Name, known from the record: [person]" in browser.text
    assert "Write the first draft" in browser.text
    assert "No other case shares the age band, sex, district and month of this one" in browser.text
    assert _events(panel.world, "summary.source_read") == [case_id]


def test_a_writer_drafts_saves_and_submits_and_the_chair_approves(panel, case_id, page):
    writer, chair = panel.world.browser(panel.writer), panel.world.browser(panel.chair)
    writer.post(f"{page}/draft")
    status, text, version = _summary(panel.world, case_id)
    assert (status, version) == ("draft", 1)
    writer.get(page)
    assert "Mark to settle" in writer.text
    assert "It stands for “Jory”." in writer.text
    assert text.splitlines()[0] in writer.response.text

    writer.post(page, {"text": "[person] was found by [name? 1].", "version": version, "then": "save"})
    writer.get(page)
    assert "Left to settle (1)" in writer.text

    writer.post(page, {"text": "[person] was found by [name? 1].", "version": 2, "then": "submit"}, status=422)
    assert "Settle what is left in the summary first: 1 mark to settle" in writer.text
    assert 'href="#text"' in writer.response.text

    writer.post(page, {"text": "[person] was found by a brother.", "version": 2, "then": "submit"})
    chair.get("/")
    assert "Summaries awaiting approval" in chair.text
    assert "Written by Wren Writer" in chair.text
    writer.get("/")
    assert "Summaries awaiting approval" not in writer.text

    writer.get(page)
    assert "You wrote in this summary, so somebody else must approve it." in writer.text
    assert "/summary/approve" not in writer.response.text
    writer.post(f"{page}/approve", {"version": _summary(panel.world, case_id)[2]}, status=403)
    assert "You wrote in this summary, so somebody else must approve it" in writer.text

    chair.get(page)
    assert "[person] was found by a brother." in chair.text
    assert "<textarea" in chair.response.text, "the note"
    assert 'name="text"' not in chair.response.text
    chair.post(f"{page}/approve", {"version": _summary(panel.world, case_id)[2]})
    assert _summary(panel.world, case_id)[0] == "approved"
    chair.get(page)
    assert "Approved by Cleo Chair" in chair.text
    assert "Reopen the summary" not in chair.text


def test_a_page_with_errors_keeps_what_was_typed_and_the_record_that_the_source_was_shown(panel, case_id, page):
    panel.draft(case_id)
    browser = panel.world.browser(panel.writer)
    browser.post(page, {"text": "Quillfeather, typed", "version": 2, "then": "submit"}, status=422)
    assert "Quillfeather, typed</textarea>" in browser.response.text
    assert "Left to settle (1)" in browser.text
    assert _events(panel.world, "summary.source_read") == [case_id]
    browser.post(page, {"text": "", "version": 2}, status=422)
    assert "Write the summary" in browser.text
    browser.post(page, {"text": "x" * 20_001, "version": 2}, status=422)
    assert "Summary must be 20,000 characters or fewer" in browser.text
    browser.post(page, {"text": "Something"}, status=422)
    assert "lost track of what you were changing" in browser.text
    assert "Quillfeather, typed" not in _summary(panel.world, case_id)[1]


def test_a_stale_save_and_a_save_after_submitting_show_both_texts(panel, case_id, page):
    panel.draft(case_id, text="Theirs.")
    browser = panel.world.browser(panel.writer)
    browser.post(page, {"text": "Mine.", "version": 1}, status=409)
    assert "Mine." in browser.text
    assert "Theirs." in browser.text
    browser.post(page, {"text": "Theirs.", "version": 2, "then": "submit"})
    browser.post(page, {"text": "Mine.", "version": 3}, status=409)
    assert "awaits approval" in browser.text
    assert "Mine." in browser.text


def test_a_summary_is_returned_with_a_note_and_reopened_with_a_reason(panel, case_id, page):
    panel.summary(case_id, approved=False)
    writer, chair = panel.world.browser(panel.writer), panel.world.browser(panel.chair)
    version = _summary(panel.world, case_id)[2]
    chair.post(f"{page}/return", {"reason": "", "version": version}, status=422)
    assert "Say what the writer should change" in chair.text
    chair.post(f"{page}/return", {"reason": "Say less of the hostel", "version": version})
    writer.get(page)
    assert "Returned with a note: Say less of the hostel" in writer.text
    text, version = _summary(panel.world, case_id)[1:]
    writer.post(page, {"text": text, "version": version, "then": "submit"})
    chair.post(f"{page}/approve", {"version": version + 1})
    writer.get(page)
    assert "Reopen the summary" in writer.text
    version = _summary(panel.world, case_id)[2]
    writer.post(f"{page}/reopen", {"reason": "", "version": version}, status=422)
    writer.post(f"{page}/reopen", {"reason": "A day was wrong", "version": version})
    assert _summary(panel.world, case_id)[0] == "draft"
    chair.get(page)
    assert 'name="text"' not in chair.response.text


def test_decisions_out_of_turn_are_explained_and_change_nothing(panel, case_id, page):
    panel.draft(case_id)
    chair, writer = panel.world.browser(panel.chair), panel.world.browser(panel.writer)
    chair.post(f"{page}/approve", {"version": 2}, status=422)
    assert "This cannot go from “Draft” to “Approved”" in chair.text
    chair.post(f"{page}/return", {"reason": "No", "version": 2}, status=422)
    writer.post(f"{page}/reopen", {"reason": "No", "version": 2}, status=422)
    assert "Only an approved summary can be reopened" in writer.text
    writer.post(f"{page}/draft", status=422)
    assert "begun this summary already" in writer.text
    chair.post(f"{page}/approve", {"version": 1}, status=409)
    assert _summary(panel.world, case_id)[0] == "draft"


def test_what_is_left_keeps_an_approver_from_approving(panel, case_id, page):
    summary_id = panel.summary(case_id, approved=False)
    with panel.world.at_work():
        put_past_the_log(panel.world.get(Summary, summary_id), "text", "Quillfeather was found.")
    chair = panel.world.browser(panel.chair)
    chair.get(page)
    assert "what is left to settle must go first" in chair.text
    assert "/summary/approve" not in chair.response.text
    chair.post(f"{page}/approve", {"version": _summary(panel.world, case_id)[2]}, status=422)
    assert "Settle what is left in the summary first: 1 name" in chair.text


@pytest.mark.parametrize("deed", ["approve", "return", "reopen"])
def test_asking_for_a_decision_without_sending_one_leads_back_to_the_summary(panel, case_id, page, deed):
    browser = panel.world.browser(panel.writer)
    assert browser.get(f"{page}/{deed}", status=302).location == page
    browser.post(f"{page}/{deed}", {"reason": "x", "version": 1})
    assert browser.response.location == page
    browser.post(page, {"text": "x", "version": 1}, status=200)
    assert _summary(panel.world, case_id) is None


def test_who_may_not_write_sees_no_way_to_begin(panel, page):
    chair = panel.world.browser(panel.chair)
    chair.get(page)
    assert "No summary has been begun." in chair.text
    assert "Write the first draft" not in chair.text
    chair.post(f"{page}/draft", status=403)


@pytest.mark.parametrize("role", [Role.MEMBER, Role.OFFICER, Role.ADMINISTRATOR])
def test_other_roles_do_not_see_summaries(panel, case_id, page, role):
    panel.draft(case_id)
    browser = panel.world.browser(panel.world.person(role))
    browser.get(page, status=403)
    for address in (page, f"{page}/draft", f"{page}/approve", f"{page}/return", f"{page}/reopen"):
        browser.post(address, {"text": "x", "reason": "x", "version": 2}, status=403)
    assert _summary(panel.world, case_id)[0] == "draft"


def test_a_case_that_is_not_there_has_no_summary(panel):
    panel.world.browser(panel.writer).get(f"/cases/{uuid.uuid4()}/summary", status=404)


def test_how_many_cases_are_alike_is_said_and_few_are_a_warning(panel, page):
    panel.world.case()
    browser = panel.world.browser(panel.writer)
    browser.get(page)
    assert "Only 1 other case shares the age band" in browser.text
    for _ in range(3):
        panel.world.case()
    browser.get(page)
    assert "4 other cases share the age band, sex, district and month of this one." in browser.text
    assert "Only" not in browser.text


def test_a_case_without_an_account_says_so(panel):
    bare = panel.world.case(narrative=None)
    browser = panel.world.browser(panel.writer)
    browser.get(f"/cases/{bare}/summary")
    assert "No account of what happened is recorded" in browser.text


# packs


@pytest.fixture
def meeting(panel, case_id):
    """A meeting with one approved and one unwritten summary; everybody is invited, and so is the chair."""
    panel.summary(case_id)
    people = [panel.signed, panel.unsigned, panel.chair]
    return panel.world.meeting(cases=[case_id, panel.world.case()], invited=people, title="March panel")


def _pack_of(world, person):
    with world.at_work():
        return db.session.scalar(sa.select(Pack.id).where(Pack.recipient_id == person.id))


def test_a_coordinator_issues_packs_and_sees_who_gets_what(panel, meeting):
    browser = panel.world.browser(panel.writer)
    browser.get(f"/meetings/{meeting}")
    assert "1 case has no approved summary" in browser.text
    assert "Not begun" in browser.text
    assert "Will get a pack when you issue them." in browser.text
    assert "No pack The organisation has not signed" in browser.text
    browser.post(f"/meetings/{meeting}/packs")
    assert browser.response.location == f"/meetings/{meeting}#packs"
    browser.get(f"/meetings/{meeting}")
    assert "2 packs are issued. 1 person was refused: the list says why." in browser.text
    assert "P-2026-0001, issued 3 March 2026 at 10am." in browser.text
    assert "Not opened" in browser.text
    assert "Summary of pack" not in browser.text
    browser.post(f"/meetings/{meeting}/packs")
    browser.get(f"/meetings/{meeting}")
    assert "No new pack is issued. 2 people have the same pack already. 1 person was refused" in browser.text


def test_issuing_where_nobody_is_refused_says_no_more_than_that(panel, case_id):
    panel.summary(case_id)
    alone = panel.world.meeting(cases=[case_id], invited=[panel.signed])
    browser = panel.world.browser(panel.writer)
    browser.post(f"/meetings/{alone}/packs")
    browser.get(f"/meetings/{alone}")
    assert "1 pack is issued." in browser.text
    assert "refused" not in browser.text


def test_a_meeting_without_approved_summaries_has_no_packs_to_issue(panel):
    empty = panel.world.meeting(cases=[panel.world.case()], invited=[panel.signed])
    browser = panel.world.browser(panel.writer)
    browser.get(f"/meetings/{empty}")
    assert "Packs can be issued once a case on the agenda has an approved summary." in browser.text
    assert "Issue packs" not in browser.text
    browser.post(f"/meetings/{empty}/packs", status=422)
    assert "No case on the agenda has an approved summary yet" in browser.text


def test_an_identifier_in_a_summary_stops_the_packs_and_is_not_repeated(panel, meeting, case_id):
    with panel.world.at_work():
        put_past_the_log(summary_of(panel.world.get(Case, case_id)), "text", "Quillfeather was found.")
    browser = panel.world.browser(panel.writer)
    browser.post(f"/meetings/{meeting}/packs", status=422)
    assert "No pack was issued" in browser.text
    assert "name in Case " in browser.text
    assert "Quillfeather" not in browser.text


def test_a_member_reads_their_pack(panel, meeting, case_id, still):
    panel.issue(meeting)
    pack_id = _pack_of(panel.world, panel.signed)
    member = panel.world.browser(panel.signed)
    for place in ("/", "/packs", f"/meetings/{meeting}"):
        member.get(place)
        assert f"/packs/{pack_id}" in member.response.text
    still.move(hours=2)
    member = _back_at_work(panel.world, panel.signed)
    member.get(f"/packs/{pack_id}")
    assert "For Mel Member, Wrenfield Treatment Trust." in member.text
    assert "They had asked for help twice." in member.text
    assert "12 days before" in member.text
    assert "17 days after The partnership was notified" in member.text
    assert "Summary to follow. It will be in a later edition of this pack." in member.text
    assert "The district is withheld where fewer than 5 cases share" in member.text
    with panel.world.at_work():
        first, second = db.session.scalars(sa.select(AgendaItem.pseudonym).order_by(AgendaItem.position))
        reference = panel.world.get(Case, case_id).reference
    assert first in member.text
    assert f"{second} : summary to follow" in member.text
    for secret in (*NAMES, reference, str(case_id)):
        assert secret not in member.response.text
    assert _events(panel.world, "pack.opened") == [pack_id]
    coordinator = _back_at_work(panel.world, panel.writer)
    coordinator.get(f"/meetings/{meeting}")
    assert "3 March 2026 at midday" in coordinator.text


def test_a_member_without_an_agreement_is_told_why(panel, meeting):
    panel.issue(meeting)
    member = panel.world.browser(panel.unsigned)
    for place in ("/", "/packs", f"/meetings/{meeting}"):
        member.get(place)
        assert "Your organisation has not signed the agreement" in member.text
        assert "/packs/" not in member.response.text.replace('href="/packs"', "")


def test_a_member_sees_that_the_pack_is_still_to_come(panel, meeting):
    member = panel.world.browser(panel.signed)
    for place in ("/", "/packs", f"/meetings/{meeting}"):
        member.get(place)
        assert "The pack has not been issued yet" in member.text


def test_who_is_not_invited_has_no_packs(panel, meeting):
    panel.issue(meeting)
    browser = panel.world.browser(panel.writer)
    browser.get("/packs")
    assert "its pack will be here as soon as it is issued" in browser.text
    browser.get(f"/meetings/{meeting}")
    assert "Your pack" not in browser.text


def test_the_pack_of_somebody_else_is_not_there(panel, meeting):
    panel.issue(meeting)
    pack_id = _pack_of(panel.world, panel.signed)
    for person in (panel.writer, panel.chair, panel.unsigned):
        browser = panel.world.browser(person)
        browser.get(f"/packs/{pack_id}", status=404)
        browser.get(f"/packs/{pack_id}/pack.pdf", status=404)
    browser.get(f"/packs/{uuid.uuid4()}", status=404)
    for role in (Role.OFFICER, Role.ADMINISTRATOR):
        browser = panel.world.browser(panel.world.person(role))
        browser.get("/packs", status=403)
        browser.get(f"/packs/{pack_id}", status=403)
    assert _events(panel.world, "pack.opened") == []


def test_members_do_not_issue_packs(panel, meeting):
    panel.world.browser(panel.signed).post(f"/meetings/{meeting}/packs", status=403)
    panel.world.browser(panel.chair).post(f"/meetings/{meeting}/packs", status=403)
    chair = panel.world.browser(panel.chair)
    chair.get(f"/meetings/{meeting}")
    assert "Who gets a pack" not in chair.text


def test_an_agreement_that_lapses_overnight_shuts_the_pack_and_the_refusal_is_kept(panel, meeting, still):
    panel.issue(meeting)
    pack_id = _pack_of(panel.world, panel.signed)
    still.move(days=303, hours=13, minutes=59)  # the last minute of 31 December 2026
    member = _back_at_work(panel.world, panel.signed)
    member.get(f"/packs/{pack_id}")
    still.move(minutes=2)
    member.get(f"/packs/{pack_id}", status=403)
    assert "lapsed on 31 December 2026" in member.text
    member.get(f"/packs/{pack_id}/pack.pdf", status=403)
    assert _events(panel.world, "agreement.sharing_refused")[-2:] == [panel.signed.organisation_id] * 2
    assert _events(panel.world, "pack.opened") == [pack_id]
    assert _events(panel.world, "pack.downloaded") == []


def test_an_agreement_that_is_signed_later_opens_the_way(panel, meeting):
    panel.issue(meeting)
    assert _pack_of(panel.world, panel.unsigned) is None
    panel.world.agreement(panel.unsigned.organisation_id)
    panel.issue(meeting)
    pack_id = _pack_of(panel.world, panel.unsigned)
    answer = panel.world.browser(panel.unsigned).get(f"/packs/{pack_id}/pack.pdf")
    assert answer.data.startswith(b"%PDF-")


def test_a_pack_downloads_under_its_number_alone(panel, meeting):
    panel.issue(meeting)
    pack_id = _pack_of(panel.world, panel.signed)
    answer = panel.world.browser(panel.signed).get(f"/packs/{pack_id}/pack.pdf")
    assert answer.mimetype == "application/pdf"
    with panel.world.at_work():
        number = panel.world.get(Pack, pack_id).number
    assert answer.headers["Content-Disposition"] == f"attachment; filename={number}.pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert _events(panel.world, "pack.downloaded") == [pack_id]


def test_lists_cost_the_same_however_long_they_are(panel, count_queries):
    people = [panel.world.person(Role.MEMBER, organisation_id=panel.signed.organisation_id) for _ in range(8)]
    cases = [panel.world.case() for _ in range(8)]
    for case_id in cases:
        panel.summary(case_id)
    small = panel.world.meeting(cases=cases[:1], invited=[panel.chair, people[0]])
    panel.issue(small)
    chair, coordinator = panel.world.browser(panel.chair), panel.world.browser(panel.writer)
    pages = (chair, "/packs"), (coordinator, "/meetings/{}"), (chair, "/")

    def cost(meeting_id):
        found = []
        for browser, address in pages:
            with count_queries() as counted:
                browser.get(address.format(meeting_id))
            found.append(len(counted))
        return found

    before = cost(small)
    large = panel.world.meeting(cases=cases, invited=[panel.chair, *people])
    panel.issue(large)
    panel.issue(panel.world.meeting(cases=cases, invited=[panel.chair, *people]))
    after = cost(large)
    assert after[0] == before[0]
    assert after[1] == before[1]


def test_the_help_explains_summaries_and_packs(panel):
    browser = panel.world.browser(panel.signed)
    browser.get("/help/summaries")
    assert "Nobody can approve their own summary" in browser.text
    browser.get("/help/packs")
    assert "Do not pass a pack on" in browser.text
