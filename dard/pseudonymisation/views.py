"""The summary tab of a case, the packs of a meeting, and the reader’s own packs."""

from typing import TYPE_CHECKING

from flask import Flask, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from dard.accounts import statement
from dard.accounts.forms.statement import StatementForm
from dard.core import clock
from dard.core.actor import Actor
from dard.core.database import register_constraint
from dard.core.downloads import download
from dard.core.formats import count_text, date_text, moment_text
from dard.core.forms import Form, render_form
from dard.core.home import WorkItem, WorkList, WorkSource, register_work
from dard.core.navigation import (
    CaseTab,
    HelpTopic,
    NavigationItem,
    register_case_tab,
    register_help_topic,
    register_navigation,
)
from dard.core.permissions import Permission
from dard.core.routing import Pages, register_loader
from dard.panels.sections import MeetingSection, register_meeting_section
from dard.pseudonymisation import composing, queries, service
from dard.pseudonymisation.documents import Reader, pack_pdf
from dard.pseudonymisation.enums import SummaryStatus
from dard.pseudonymisation.forms import ApproveForm, ReopenForm, ReturnForm, SummaryForm
from dard.pseudonymisation.packs import ABOUT, LEAST_SHARING, TO_FOLLOW
from dard.pseudonymisation.policy import WROTE_IT_YOURSELF, is_second_person
from dard.pseudonymisation.settling import replacements
from dard.pseudonymisation.spans import Basis

if TYPE_CHECKING:
    from dard.cases.models import Case
    from dard.panels.models import Meeting
    from dard.pseudonymisation.models import Pack, Summary

pages = Pages("pseudonymisation", __name__)
HOME_LINES = 5
FORMS: dict[SummaryStatus, type[Form]] = {
    SummaryStatus.DRAFT: SummaryForm,
    SummaryStatus.SUBMITTED: ReturnForm,
    SummaryStatus.APPROVED: ReopenForm,
}


@pages.form("/cases/<uuid:case_id>/summary", permission=Permission.SUMMARY_VIEW, records=True)
def summary(actor: Actor, case: "Case") -> ResponseReturnValue:
    found, form = queries.summary_of(case), SummaryForm()
    if found is not None and form.validate_on_submit():
        submits = request.form.get("then") == "submit"
        save = service.save_and_submit if submits else service.save_summary
        form.attempt(lambda: save(actor, found, form.text.data, form.version.data))
        if not form.errors:
            flash("The summary awaits approval." if submits else "The draft is saved.", "success")
            return redirect(_summary_href(case))
    return _summary_page(actor, case, found, form)


@pages.post("/cases/<uuid:case_id>/summary/draft", permission=Permission.SUMMARY_WRITE)
def draft(actor: Actor, case: "Case") -> ResponseReturnValue:
    service.draft_summary(actor, case)
    flash("The first draft is written. Read it against the source, and settle what is marked.", "success")
    return redirect(_summary_href(case))


@pages.form("/cases/<uuid:case_id>/summary/approve", permission=Permission.SUMMARY_APPROVE)
def approve(actor: Actor, case: "Case") -> ResponseReturnValue:
    found, form = queries.summary_of(case), ApproveForm()
    if found is not None and form.validate_on_submit():
        form.attempt(lambda: service.approve(actor, found, form.version.data))
        if not form.errors:
            flash("The summary is approved. It goes into the next packs.", "success")
    return _decided(actor, case, found, form)


@pages.form("/cases/<uuid:case_id>/summary/return", permission=Permission.SUMMARY_APPROVE)
def return_to_writer(actor: Actor, case: "Case") -> ResponseReturnValue:
    found, form = queries.summary_of(case), ReturnForm()
    if found is not None and form.validate_on_submit():
        form.attempt(lambda: service.return_to_writer(actor, found, form.reason.data, form.version.data))
        if not form.errors:
            flash("The summary is back with its writer.", "success")
    return _decided(actor, case, found, form)


@pages.form("/cases/<uuid:case_id>/summary/reopen", permission=Permission.SUMMARY_WRITE)
def reopen(actor: Actor, case: "Case") -> ResponseReturnValue:
    found, form = queries.summary_of(case), ReopenForm()
    if found is not None and form.validate_on_submit():
        form.attempt(lambda: service.reopen(actor, found, form.reason.data, form.version.data))
        if not form.errors:
            flash("The summary is a draft again.", "success")
    return _decided(actor, case, found, form)


@pages.post("/meetings/<uuid:meeting_id>/packs", permission=Permission.PACK_ISSUE)
def issue(actor: Actor, meeting: "Meeting") -> ResponseReturnValue:
    result = service.issue_packs(actor, meeting)
    issued = count_text(len(result.issued), "pack is", "packs are") if result.issued else "No new pack is"
    said = [f"{issued} issued."]
    if result.unchanged:
        said.append(f"{count_text(result.unchanged, 'person has', 'people have')} the same pack already.")
    if result.refused:
        said.append(f"{count_text(len(result.refused), 'person was', 'people were')} refused: the list says why.")
    flash(" ".join(said), "success" if result.issued else "")
    return redirect(url_for("panels.show", meeting_id=meeting.id, _anchor="packs"))


@pages.get("/packs", permission=Permission.PACK_READ)
def own_packs(actor: Actor) -> ResponseReturnValue:
    return render_template("pseudonymisation/packs.html", papers=queries.own_papers(actor))


@pages.get("/packs/<uuid:pack_id>", permission=Permission.PACK_READ, records=True)
def pack(actor: Actor, pack: "Pack") -> ResponseReturnValue:
    try:
        content = service.open_pack(actor, pack)
    except service.AcceptanceOwedError:
        return redirect(url_for("pseudonymisation.confidentiality", pack_id=pack.id))
    return render_template("pseudonymisation/pack.html", pack=pack, content=content, about=ABOUT, to_follow=TO_FOLLOW)


@pages.get("/packs/<uuid:pack_id>/pack.pdf", permission=Permission.PACK_READ, records=True)
def pack_document(actor: Actor, pack: "Pack") -> ResponseReturnValue:
    try:
        content = service.download_pack(actor, pack)
    except service.AcceptanceOwedError:
        return redirect(url_for("pseudonymisation.confidentiality", pack_id=pack.id))
    reader = Reader(
        number=pack.number,
        name=pack.recipient.name,
        organisation=pack.organisation.name,
        issued_at=pack.issued_at,
        read_at=clock.now(),
        checkpoint=service.checkpoint_line(pack),
    )
    drawn = pack_pdf(reader, content, current_app.extensions["dard.settings"].partnership_name)
    return download(drawn, f"{pack.number}.pdf", "application/pdf")


@pages.form("/packs/<uuid:pack_id>/confidentiality", permission=Permission.PACK_READ)
def confidentiality(actor: Actor, pack: "Pack") -> ResponseReturnValue:
    service.check_admission(actor, pack)
    newest = statement.current()
    form = StatementForm(data={"version": newest.version})
    if form.validate_on_submit():
        form.attempt(lambda: service.accept_for_meeting(actor, pack, form.version.data))
        if not form.errors:
            return redirect(url_for("pseudonymisation.pack", pack_id=pack.id))
    accepted_at = queries.acceptances(pack.meeting).get(pack.recipient_id)
    return render_form(
        "pseudonymisation/confidentiality.html", form, pack=pack, statement=newest, accepted_at=accepted_at
    )


def _decided(actor: Actor, case: "Case", found: "Summary | None", form: Form) -> ResponseReturnValue:
    """Back to the summary: with the form if something is to mend, else by a redirect (so too when it was not sent)."""
    return _summary_page(actor, case, found, form) if form.errors else redirect(_summary_href(case))


def _summary_page(actor: Actor, case: "Case", found: "Summary | None", form: Form) -> ResponseReturnValue:
    source = service.read_source(actor, case)
    if form.errors:
        g.refusals.append(source.read)  # a page with errors is rolled back, but the narrative has been shown
    fitting = _fitting(found, form)
    text = fitting.text.data if isinstance(fitting, SummaryForm) else found.text if found else ""
    sharing = queries.sharing([case], among=actor)[case.id]
    return render_form(
        "pseudonymisation/summary.html",
        form,
        fitting=fitting,
        case=case,
        summary=found,
        passages=source.passages,
        replaced=replacements(source.passages),
        originals={passage.token: passage.text for passage in source.passages if passage.basis == Basis.REVIEW},
        left=composing.left_to_settle(case, text),
        others=sharing - 1,
        few=sharing < LEAST_SHARING,
        wrote_it_yourself=WROTE_IT_YOURSELF,
        second_person=found is not None and is_second_person(actor, found),
    )


def _fitting(found: "Summary | None", form: Form) -> Form | None:
    """The form that the state of a summary asks for: the one that was sent if it is of this kind, else one to begin."""
    if found is None:
        return None
    kind = FORMS[found.status]
    if isinstance(form, kind) and form.errors:
        return form
    return kind(formdata=None, data={"text": found.text, "version": found.version})


def _summary_href(case: "Case") -> str:
    return url_for("pseudonymisation.summary", case_id=case.id)


def _issuing_section(actor: Actor, meeting: "Meeting") -> str:
    papers = queries.papers(actor, meeting)
    return Markup(  # noqa: S704 - a template that escapes
        render_template(
            "pseudonymisation/meeting_packs.html",
            meeting=meeting,
            recipients=queries.recipients(meeting),
            missing=[paper for paper in papers if paper.status is not SummaryStatus.APPROVED],
            ready=any(paper.status is SummaryStatus.APPROVED for paper in papers),
        )
    )


def _own_section(actor: Actor, meeting: "Meeting") -> str:
    paper = queries.own_paper(actor, meeting)
    if paper is None:
        return ""
    return Markup(render_template("pseudonymisation/meeting_own_pack.html", paper=paper))  # noqa: S704 - likewise


def _approver_work(actor: Actor) -> list[WorkList]:
    waiting = queries.awaiting_approval(actor, limit=HOME_LINES)
    items = [
        WorkItem(each.case.reference, _summary_href(each.case), f"Written by {each.written_by.name}")
        for each in waiting
    ]
    return [WorkList("Summaries awaiting approval", items)]


def _reader_work(actor: Actor) -> list[WorkList]:
    items = []
    for paper in queries.coming_papers(actor)[:HOME_LINES]:
        meeting = f"{paper.meeting.title}, {date_text(paper.meeting.starts_at)}"
        if paper.pack and not paper.why_not:
            issued = f"Issued {moment_text(paper.pack.issued_at)}"
            items.append(WorkItem(meeting, url_for("pseudonymisation.pack", pack_id=paper.pack.id), issued))
        else:
            items.append(WorkItem(meeting, url_for("panels.show", meeting_id=paper.meeting.id), paper.why_not))
    return [WorkList("Your pack", items)]


def register(app: Flask) -> None:
    """Add the pages to ``app``."""
    app.register_blueprint(pages.blueprint)
    register_loader("pack_id", service.load_pack)
    register_constraint("ck_summary_second_person", "version", WROTE_IT_YOURSELF)
    register_case_tab(app, CaseTab("Summary", "pseudonymisation.summary", Permission.SUMMARY_VIEW, order=50))
    register_navigation(app, NavigationItem("My packs", "pseudonymisation.own_packs", Permission.PACK_READ, order=35))
    register_meeting_section(app, MeetingSection(10, Permission.PACK_READ, _own_section))
    register_meeting_section(app, MeetingSection(20, Permission.PACK_ISSUE, _issuing_section))
    register_work(app, WorkSource(Permission.SUMMARY_APPROVE, 30, _approver_work))
    register_work(app, WorkSource(Permission.PACK_READ, 31, _reader_work))
    register_help_topic(
        app,
        HelpTopic("summaries", "Summaries", "Writing a pseudonymised summary, and having it approved.", 40),
        HelpTopic("packs", "Packs", "Who gets a pack, what stands in it, and how to read yours.", 41),
    )
