"""Writing a summary, submitting it, and the second person who approves it."""

import datetime as dt
import json
from dataclasses import replace

import pytest
import sqlalchemy as sa
from support.tampering import put_past_the_log

from dard.audit.models import AuditEvent
from dard.cases.enums import DatePrecision
from dard.cases.models import Case
from dard.core.actor import Actor
from dard.core.database import db
from dard.core.errors import ConflictError, DomainError, ForbiddenError, InvalidError, TransitionError
from dard.pseudonymisation import composing, service
from dard.pseudonymisation.enums import SummaryStatus
from dard.pseudonymisation.models import Summary
from dard.pseudonymisation.queries import awaiting_approval, sharing


def _events(code):
    return db.session.scalars(sa.select(AuditEvent).where(AuditEvent.code == code).order_by(AuditEvent.position)).all()


def test_the_first_draft_has_marks_in_place_of_what_the_record_knows(panel):
    case_id = panel.world.case()
    with panel.world.at_work():
        made = service.draft_summary(panel.writer.actor, panel.world.get(Case, case_id))
        assert made.status is SummaryStatus.DRAFT
        assert made.written_by_id == panel.writer.id
        for identifier in ("Tamsin", "Quillfeather", "Larkspur", "February", "0018"):
            assert identifier not in made.text
        for mark in ("[person]", "[address]", "[day 0]", "[day -12]"):
            assert mark in made.text
        (event,) = _events("summary.drafted")
        assert event.case_id == case_id
        assert json.loads(event.details)["replaced"] >= 5


def test_the_record_of_a_case_gives_its_known_identifiers(panel):
    case_id = panel.world.case(nhs_number="999 000 0018")
    with panel.world.at_work():
        known = composing.known_identifiers(panel.world.get(Case, case_id))
        assert known.names == ("Tamsin Quillfeather", "Tam Quill", "Sergeant Orla Fennimore")
        assert known.addresses == ("14 Larkspur Rise, Bramblewick",)
        assert known.postcodes == ("ZZ1 4QF",)
        assert known.nhs_numbers == ("9990000018",)
        assert known.dates == (dt.date(1988, 7, 2),)
        assert known.others[:2] == ("orla.fennimore@example.org", "NC-14022026-77")


def test_a_case_about_which_little_is_known_can_be_summarised_too(panel):
    case_id = panel.world.case(
        full_name=None, aliases=None, date_of_birth=None, nhs_number=None, address=None, postcode=None, narrative=None,
        notifier_name=None, notifier_contact=None, source_reference=None,
        event_date=None, event_date_precision=DatePrecision.UNKNOWN,
    )  # fmt: skip
    with panel.world.at_work():
        case = panel.world.get(Case, case_id)
        made = service.draft_summary(panel.writer.actor, case)
        assert made.text == ""
        with pytest.raises(DomainError, match="it is empty"):
            service.submit(panel.writer.actor, made)
        assert service.read_source(panel.writer.actor, case).passages == []


def test_days_are_not_counted_from_an_event_that_is_known_by_its_month_only(panel):
    case_id = panel.world.case(event_date_precision=DatePrecision.MONTH)
    with panel.world.at_work():
        made = service.draft_summary(panel.writer.actor, panel.world.get(Case, case_id))
        assert "[date]" in made.text
        assert "[day" not in made.text


def test_a_case_has_one_summary(panel):
    case_id = panel.world.case()
    panel.draft(case_id)
    with panel.world.at_work(), pytest.raises(DomainError, match="begun this summary already"):
        service.draft_summary(panel.writer.actor, panel.world.get(Case, case_id))


def test_two_people_who_begin_at_once_make_one_summary(panel, monkeypatch):
    case_id = panel.world.case()
    panel.draft(case_id)
    monkeypatch.setattr(service, "summary_of", lambda _case: None)  # as the second saw it before the first had written
    with panel.world.at_work(), pytest.raises(DomainError, match="begun this summary already"):
        service.draft_summary(panel.writer.actor, panel.world.get(Case, case_id))


def test_whoever_saves_last_is_the_writer(panel):
    summary_id = panel.draft(panel.world.case())
    other = replace(panel.writer.actor, user_id=panel.chair.id)
    with panel.world.at_work():
        summary = panel.world.get(Summary, summary_id)
        service.save_summary(other, summary, summary.text, summary.version)
        assert summary.written_by_id == panel.writer.id, "nothing was changed"
        service.save_summary(other, summary, "Another text.", summary.version)
        assert summary.written_by_id == panel.chair.id
        assert len(_events("summary.saved")) == 2


def test_a_stale_save_shows_both_texts_and_changes_nothing(panel):
    summary_id = panel.draft(panel.world.case())
    with panel.world.at_work():
        summary = panel.world.get(Summary, summary_id)
        with pytest.raises(ConflictError) as raised:
            service.save_summary(panel.writer.actor, summary, "Mine.", summary.version - 1)
        assert raised.value.ours == (("Summary", "Mine."),)
        assert raised.value.theirs == (("Summary", summary.text),)


@pytest.mark.parametrize(("approved", "said"), [(False, "awaits approval"), (True, "Reopen it first")])
def test_only_a_draft_can_be_edited(panel, approved, said):
    summary_id = panel.summary(panel.world.case(), approved=approved)
    with panel.world.at_work():
        summary = panel.world.get(Summary, summary_id)
        with pytest.raises(ConflictError, match=said) as raised:
            service.save_summary(panel.writer.actor, summary, "Mine.", summary.version)
        assert raised.value.ours == (("Summary", "Mine."),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Tamsin Quillfeather was found.", "1 name"),
        ("Found by [name? 1] and [name? 2] at [place? 1].", "3 marks to settle"),
        ("Seen on 3 March 2025 and rang 07700 900123.", "1 exact date, 1 telephone number"),
        ("Lived at ZZ1 4QF, NHS number 999 000 0018.", "1 postcode, 1 NHS number"),
    ],
)
def test_what_is_left_to_settle_keeps_a_draft_from_being_submitted(panel, text, said):
    summary_id = panel.draft(panel.world.case(), text=text)
    with panel.world.at_work():
        summary = panel.world.get(Summary, summary_id)
        with pytest.raises(InvalidError) as raised:
            service.submit(panel.writer.actor, summary)
        assert raised.value.message == f"Settle what is left in the summary first: {said}"
        assert raised.value.field == "text"
        assert summary.status is SummaryStatus.DRAFT


def test_a_draft_is_not_saved_if_it_may_not_be_submitted(panel):
    case_id = panel.world.case()
    summary_id = panel.draft(case_id)
    with pytest.raises(InvalidError), panel.world.at_work():
        service.save_and_submit(panel.writer.actor, panel.world.get(Summary, summary_id), "Tamsin was found.", None)
    assert "Tamsin" not in panel.text_of(case_id)
    with panel.world.at_work():
        summary = panel.world.get(Summary, summary_id)
        service.save_and_submit(panel.writer.actor, summary, "[person] was found.", None)
        assert summary.status is SummaryStatus.SUBMITTED


def test_a_second_person_approves(panel, still):
    summary_id = panel.summary(panel.world.case(), approved=False)
    with panel.world.at_work():
        summary = panel.world.get(Summary, summary_id)
        service.approve(panel.chair.actor, summary, summary.version)
        assert summary.status is SummaryStatus.APPROVED
        assert summary.approved_by_id == panel.chair.id
        assert summary.approved_at == still()
        last = _events("summary.status_changed")[-1]
        assert json.loads(last.details) == {"after": "approved", "before": "submitted"}
        assert (last.object_id, last.case_id) == (summary.id, summary.case_id)


def test_the_writer_cannot_approve(panel):
    summary_id = panel.summary(panel.world.case(), approved=False)
    with panel.world.at_work():
        summary = panel.world.get(Summary, summary_id)
        with pytest.raises(ForbiddenError, match="You wrote in this summary, so somebody else must approve it"):
            service.approve(panel.writer.actor, summary)
        assert summary.status is SummaryStatus.SUBMITTED


def test_the_database_refuses_the_writer_too(panel):
    summary_id = panel.summary(panel.world.case(), approved=False)
    with panel.world.at_work(), pytest.raises(sa.exc.IntegrityError, match="second_person"), db.session.begin_nested():
        db.session.execute(
            sa.text("UPDATE summary SET status = 'approved', approved_at = updated_at, approved_by_id = written_by_id")
        )
    with panel.world.at_work():
        assert panel.world.get(Summary, summary_id).status is SummaryStatus.SUBMITTED


def test_the_system_itself_neither_writes_nor_approves(panel):
    case_id = panel.world.case()
    system = Actor.system("tests")
    with panel.world.at_work(), pytest.raises(ForbiddenError):
        service.draft_summary(system, panel.world.get(Case, case_id))
    summary_id = panel.summary(case_id, approved=False)
    with panel.world.at_work(), pytest.raises(ForbiddenError):
        service.approve(system, panel.world.get(Summary, summary_id))


def test_roles_without_the_permission_neither_write_nor_decide(panel):
    case_id = panel.world.case()
    with panel.world.at_work(), pytest.raises(ForbiddenError):
        service.draft_summary(panel.chair.actor, panel.world.get(Case, case_id))
    summary_id = panel.summary(case_id, approved=False)
    with panel.world.at_work():
        summary = panel.world.get(Summary, summary_id)
        for deed in (
            lambda: service.save_summary(panel.chair.actor, summary, "x", None),
            lambda: service.approve(panel.signed.actor, summary),
            lambda: service.return_to_writer(panel.signed.actor, summary, "No"),
        ):
            with pytest.raises(ForbiddenError):
                deed()
            db.session.rollback()


def test_approval_looks_at_the_text_again(panel):
    case_id = panel.world.case()
    summary_id = panel.summary(case_id, text="Linnet was found.", approved=False)
    with panel.world.at_work():
        person = panel.world.get(Case, case_id).person
        put_past_the_log(person, "aliases", ("Linnet",))  # learnt after it was submitted
    with panel.world.at_work(), pytest.raises(InvalidError, match="1 name"):
        service.approve(panel.chair.actor, panel.world.get(Summary, summary_id))


def test_an_approval_of_a_text_that_has_changed_since_is_refused(panel):
    summary_id = panel.summary(panel.world.case(), approved=False)
    with panel.world.at_work():
        summary = panel.world.get(Summary, summary_id)
        with pytest.raises(ConflictError):
            service.approve(panel.chair.actor, summary, summary.version - 1)


def test_a_summary_goes_back_with_a_note(panel):
    summary_id = panel.summary(panel.world.case(), approved=False)
    with panel.world.at_work():
        summary = panel.world.get(Summary, summary_id)
        service.return_to_writer(panel.chair.actor, summary, "Shorten the second part.", summary.version)
        assert summary.status is SummaryStatus.DRAFT
        assert summary.return_note == "Shorten the second part."
        assert _events("summary.status_changed")[-1].reason == "Shorten the second part."
        service.submit(panel.writer.actor, summary)
        service.approve(panel.chair.actor, summary)
        assert summary.return_note is None


def test_a_summary_goes_back_only_with_a_note(panel):
    summary_id = panel.summary(panel.world.case(), approved=False)
    with panel.world.at_work(), pytest.raises(TransitionError, match="Say why"):
        service.return_to_writer(panel.chair.actor, panel.world.get(Summary, summary_id), "  ")


def test_an_approved_summary_is_reopened_with_a_reason_and_loses_its_approval(panel):
    summary_id = panel.summary(panel.world.case())
    with panel.world.at_work():
        summary = panel.world.get(Summary, summary_id)
        with pytest.raises(TransitionError):
            service.reopen(panel.writer.actor, summary, "")
        db.session.rollback()
        service.reopen(panel.writer.actor, summary, "A date was wrong")
        assert summary.status is SummaryStatus.DRAFT
        assert summary.approved_by_id is None
        assert summary.approved_at is None


def test_only_an_approved_summary_is_reopened(panel):
    summary_id = panel.summary(panel.world.case(), approved=False)
    with panel.world.at_work(), pytest.raises(DomainError, match="Only an approved summary"):
        service.reopen(panel.writer.actor, panel.world.get(Summary, summary_id), "Why not")


def test_a_step_out_of_turn_is_refused(panel):
    summary_id = panel.draft(panel.world.case())
    with panel.world.at_work(), pytest.raises(TransitionError):
        service.approve(panel.chair.actor, panel.world.get(Summary, summary_id))


def test_approvers_see_what_awaits_them_and_never_their_own(panel):
    case_id = panel.world.case()
    summary_id = panel.summary(case_id, approved=False)
    panel.summary(panel.world.case(), approved=True)
    panel.draft(panel.world.case())
    with panel.world.at_work():
        assert [each.id for each in awaiting_approval(panel.chair.actor, limit=5)] == [summary_id]
        assert awaiting_approval(panel.writer.actor, limit=5) == []
        assert awaiting_approval(panel.signed.actor, limit=5) == []


def test_cases_that_share_band_sex_district_and_month_are_counted(panel):
    alike = [panel.world.case() for _ in range(3)]
    panel.world.case(district="Elsewhere")
    panel.world.case(event_date=dt.date(2026, 1, 31))
    panel.world.case(date_of_birth=dt.date(1960, 1, 1))
    nowhere = panel.world.case(district=None)
    with panel.world.at_work():
        cases = [panel.world.get(Case, case_id) for case_id in (*alike, nowhere)]
        assert sharing(cases) == {alike[0]: 3, alike[1]: 3, alike[2]: 3, nowhere: 1}
