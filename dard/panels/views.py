"""Pages of meetings: the list, the meeting with its agenda and the people invited, and the meetings of a case."""

from typing import TYPE_CHECKING

from flask import Flask, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from dard.cases.access.forms import DeclareForm
from dard.cases.access.views import DECLARED
from dard.cases.enums import CaseStatus
from dard.cases.queries import CaseFilter
from dard.cases.queries import cases as case_lines
from dard.cases.states import CASE_WORKFLOW, MAY_BE_SCHEDULED
from dard.core import clock
from dard.core.actor import Actor
from dard.core.database import register_constraint
from dard.core.formats import count_text, moment_text, relative_text
from dard.core.forms import render_form
from dard.core.home import WorkItem, WorkList, WorkSource, register_work
from dard.core.navigation import (
    CaseTab,
    HelpTopic,
    NavigationItem,
    register_case_tab,
    register_help_topic,
    register_navigation,
)
from dard.core.paging import page_asked_for
from dard.core.permissions import Permission
from dard.core.routing import Pages, register_loader
from dard.panels import queries, service
from dard.panels.enums import MeetingStatus, Reply
from dard.panels.forms import (
    AgendaForm,
    CancelForm,
    HeldForm,
    InviteForm,
    MeetingChangeForm,
    MeetingForm,
    RemoveForm,
    ReplyForm,
    ScheduleForm,
    WithdrawForm,
)
from dard.panels.rules import gaps, papers_sentence
from dard.panels.sections import rendered_sections

if TYPE_CHECKING:
    from dard.cases.models import Case
    from dard.panels.models import AgendaItem, Invitation, Meeting

pages = Pages("panels", __name__)


@pages.get("/meetings", permission=Permission.MEETING_VIEW)
def index(actor: Actor) -> ResponseReturnValue:
    page = page_asked_for()
    past, total = queries.past(actor, limit=page.size, offset=page.offset)
    return render_template(
        "panels/index.html", coming=queries.coming(actor), past=past, page=page.of(total), today=clock.today()
    )


@pages.form("/meetings/new", permission=Permission.MEETING_MANAGE)
def new(actor: Actor) -> ResponseReturnValue:
    form = MeetingForm()
    if form.validate_on_submit():
        made = service.arrange(actor, form.details())
        flash("The meeting is arranged. Next, put cases on its agenda and invite people.", "success")
        return redirect(url_for("panels.show", meeting_id=made.id))
    return render_form("panels/edit.html", form, meeting=None)


@pages.get("/meetings/<uuid:meeting_id>", permission=Permission.MEETING_VIEW)
def show(actor: Actor, meeting: "Meeting") -> ResponseReturnValue:
    return render_template(
        "panels/show.html",
        meeting=meeting,
        agenda=queries.agenda_lines(actor, meeting),
        withheld=queries.withheld(actor, meeting),
        guests=queries.guests(meeting),
        own=queries.invitation_of(meeting, actor.user_id),
        passed=queries.day_of(meeting) < clock.today(),
        papers_sentence=papers_sentence,
        sections=rendered_sections(actor, meeting),
    )


@pages.form("/meetings/<uuid:meeting_id>/change", permission=Permission.MEETING_MANAGE)
def change(actor: Actor, meeting: "Meeting") -> ResponseReturnValue:
    starts = clock.local(meeting.starts_at)
    form = MeetingChangeForm(obj=meeting, data={"on": starts.date(), "starts": starts.time()})
    if form.validate_on_submit():
        form.attempt(lambda: service.change(actor, meeting, form.details(), form.version.data))
        if not form.errors:
            flash("The meeting is saved.", "success")
            return redirect(url_for("panels.show", meeting_id=meeting.id))
    return render_form("panels/edit.html", form, meeting=meeting)


@pages.form("/meetings/<uuid:meeting_id>/held", permission=Permission.MEETING_MANAGE)
def held(actor: Actor, meeting: "Meeting") -> ResponseReturnValue:
    form = HeldForm(obj=meeting)
    if form.validate_on_submit():
        form.attempt(lambda: service.transition(actor, meeting, MeetingStatus.HELD, version=form.version.data))
        if not form.errors:
            flash("The meeting is recorded as held.", "success")
            return redirect(url_for("panels.show", meeting_id=meeting.id))
    return render_form("panels/held.html", form, meeting=meeting, agenda=queries.agenda_for(actor, meeting))


@pages.form("/meetings/<uuid:meeting_id>/cancel", permission=Permission.MEETING_MANAGE)
def cancel(actor: Actor, meeting: "Meeting") -> ResponseReturnValue:
    form = CancelForm(data={"version": meeting.version})
    if form.validate_on_submit():
        status, version = MeetingStatus.CANCELLED, form.version.data
        form.attempt(lambda: service.transition(actor, meeting, status, form.reason.data, version))
        if not form.errors:
            flash("The meeting is cancelled. This service has told nobody: tell the people you invited.", "success")
            return redirect(url_for("panels.show", meeting_id=meeting.id))
    return render_form("panels/cancel.html", form, meeting=meeting, agenda=queries.agenda_for(actor, meeting))


@pages.form("/meetings/<uuid:meeting_id>/agenda/add", permission=Permission.MEETING_MANAGE)
def add_case(actor: Actor, meeting: "Meeting") -> ResponseReturnValue:
    form = AgendaForm()
    if form.validate_on_submit():
        form.attempt(lambda: service.add_case_called(actor, meeting, form.reference.data, form.reason.data))
        if not form.errors:
            flash("The case is on the agenda.", "success")
            return redirect(url_for("panels.show", meeting_id=meeting.id))
    page = page_asked_for()
    waiting = CaseFilter(status=CaseStatus.READY_FOR_TRIAGE)
    ready, total = case_lines(actor, waiting, limit=page.size, offset=page.offset)
    return render_form("panels/add_case.html", form, meeting=meeting, ready=ready, page=page.of(total))


@pages.form("/meetings/<uuid:meeting_id>/agenda/<uuid:item_id>/remove", permission=Permission.MEETING_MANAGE)
def remove_case(actor: Actor, meeting: "Meeting", item: "AgendaItem") -> ResponseReturnValue:
    form = RemoveForm()
    if form.validate_on_submit():
        form.attempt(lambda: service.remove_case(actor, item, form.reason.data))
        if not form.errors:
            flash("The case is off the agenda.", "success")
            return redirect(url_for("panels.show", meeting_id=meeting.id))
    return render_form("panels/remove_case.html", form, meeting=meeting, item=item)


@pages.post("/meetings/<uuid:meeting_id>/agenda/<uuid:item_id>/up", permission=Permission.MEETING_MANAGE)
def move_up(actor: Actor, meeting: "Meeting", item: "AgendaItem") -> ResponseReturnValue:
    service.move(actor, item, -1)
    return redirect(url_for("panels.show", meeting_id=meeting.id, _anchor="agenda"))


@pages.post("/meetings/<uuid:meeting_id>/agenda/<uuid:item_id>/down", permission=Permission.MEETING_MANAGE)
def move_down(actor: Actor, meeting: "Meeting", item: "AgendaItem") -> ResponseReturnValue:
    service.move(actor, item, 1)
    return redirect(url_for("panels.show", meeting_id=meeting.id, _anchor="agenda"))


@pages.form("/meetings/<uuid:meeting_id>/agenda/<uuid:item_id>/declare", permission=Permission.MEETING_VIEW)
def declare(actor: Actor, meeting: "Meeting", item: "AgendaItem") -> ResponseReturnValue:
    form = DeclareForm()
    if form.validate_on_submit():
        form.attempt(lambda: service.declare_interest(actor, item, form.ground.data, form.reason.data))
        if not form.errors:
            flash(DECLARED, "success")
            return redirect(url_for("panels.show", meeting_id=meeting.id))
    return render_form("panels/declare.html", form, meeting=meeting, item=item)


@pages.form("/meetings/<uuid:meeting_id>/invitations/add", permission=Permission.MEETING_MANAGE)
def invite(actor: Actor, meeting: "Meeting") -> ResponseReturnValue:
    form = InviteForm()
    people = service.who_may_be_invited(meeting)
    form.offer(people)
    if form.validate_on_submit():
        form.attempt(lambda: service.invite(actor, meeting, form.people.data))
        if not form.errors:
            invited = count_text(len(form.people.data), "person is", "people are")
            flash(f"{invited} invited and will see the meeting here. This service sends no message.", "success")
            return redirect(url_for("panels.show", meeting_id=meeting.id))
    standing = queries.standing(meeting, people)
    return render_form("panels/invite.html", form, meeting=meeting, groups=form.grouped(), standing=standing)


@pages.form(
    "/meetings/<uuid:meeting_id>/invitations/<uuid:invitation_id>/withdraw", permission=Permission.MEETING_MANAGE
)
def withdraw(actor: Actor, meeting: "Meeting", invitation: "Invitation") -> ResponseReturnValue:
    form = WithdrawForm()
    if form.validate_on_submit():
        form.attempt(lambda: service.withdraw(actor, invitation))
        if not form.errors:
            flash("The invitation is withdrawn. This service sends no message.", "success")
            return redirect(url_for("panels.show", meeting_id=meeting.id))
    return render_form("panels/withdraw.html", form, meeting=meeting, invitation=invitation)


@pages.form("/meetings/<uuid:meeting_id>/reply", permission=Permission.MEETING_VIEW)
def reply(actor: Actor, meeting: "Meeting") -> ResponseReturnValue:
    form = ReplyForm(obj=service.invitation_for(actor, meeting))
    if form.validate_on_submit():
        form.attempt(lambda: service.reply(actor, meeting, form.reply.data))
        if not form.errors:
            flash("Your reply is recorded. You can change it until the meeting.", "success")
            return redirect(url_for("panels.show", meeting_id=meeting.id))
    return render_form("panels/reply.html", form, meeting=meeting)


@pages.form("/cases/<uuid:case_id>/meetings", permission=Permission.CASE_VIEW)
def of_case(actor: Actor, case: "Case") -> ResponseReturnValue:
    form = ScheduleForm()
    form.offer(queries.planned_without(actor, case))
    step = CASE_WORKFLOW.steps.get((case.status, CaseStatus.SCHEDULED))
    if form.validate_on_submit():
        form.attempt(lambda: service.add_case(actor, form.meeting.data, case, form.reason.data))
        if not form.errors:
            flash("The case is on the agenda.", "success")
            return redirect(url_for("panels.of_case", case_id=case.id))
    return render_form(
        "panels/of_case.html",
        form,
        case=case,
        appearances=queries.appearances(actor, case),
        may_be_scheduled=case.status in MAY_BE_SCHEDULED,
        needs_reason=step is not None and step.needs_reason,
    )


def register(app: Flask) -> None:
    """Add the pages to ``app``."""
    app.register_blueprint(pages.blueprint)
    register_loader("meeting_id", service.load_meeting)
    register_loader("item_id", service.load_item)
    register_loader("invitation_id", service.load_invitation)
    again = "Somebody else has just done this. Open the page again"
    register_constraint("uq_agenda_item_meeting_id_case_id", "reference", again)
    register_constraint("uq_invitation_meeting_id_user_id", "people", again)
    register_navigation(app, NavigationItem("Meetings", "panels.index", Permission.MEETING_VIEW, order=30))
    register_case_tab(app, CaseTab("Meetings", "panels.of_case", Permission.CASE_VIEW, order=60))
    register_work(app, WorkSource(Permission.MEETING_VIEW, 20, _work))
    register_help_topic(
        app,
        HelpTopic("meetings", "Meetings", "Arranging a meeting, its agenda, invitations, and what members see.", 30),
    )


def _work(actor: Actor) -> list[WorkList]:
    lines, today = queries.coming(actor), clock.today()
    ahead = [line for line in lines if line.day >= today]
    invited = [line for line in ahead if line.reply is not None]
    if not actor.may(Permission.MEETING_VIEW_EVERY):
        own = [line for place, line in enumerate(invited) if place == 0 or line.reply is Reply.AWAITED]
        return [WorkList("Your next meeting", [_own_item(line) for line in own], "You are not invited to a meeting.")]
    late = [
        WorkItem(_headline(line.meeting), _href(line.meeting), "Record that it was held, or cancel it")
        for line in lines
        if line.day < today and actor.may(Permission.MEETING_MANAGE)
    ]
    following = WorkList("Next meeting", [_next_item(line) for line in ahead[:1]], "No meeting is planned.")
    waiting = [line for line in invited if line.reply is Reply.AWAITED]
    return [
        WorkList("Meetings whose day has passed", late),
        following,
        WorkList("Meetings that await your reply", [_own_item(line) for line in waiting]),
    ]


def _next_item(line: queries.MeetingLine) -> WorkItem:
    lacks = gaps(
        cases=line.cases,
        invited=line.invited,
        awaited=line.replies[Reply.AWAITED],
        without_papers=sum(not guest.on_the_day.may_share for guest in queries.guests(line.meeting)),
    )
    detail = f"{moment_text(line.meeting.starts_at)}. {'. '.join(lacks) or 'Nothing is missing'}."
    return WorkItem(_headline(line.meeting), _href(line.meeting), detail)


def _own_item(line: queries.MeetingLine) -> WorkItem:
    said = {
        Reply.AWAITED: "Say whether you will attend.",
        Reply.ACCEPTED: "You will attend.",
        Reply.DECLINED: "You said that you cannot attend.",
    }
    meeting = line.meeting
    detail = f"{moment_text(meeting.starts_at)}, {meeting.place}. {said[line.reply or Reply.AWAITED]}"
    return WorkItem(_headline(meeting), _href(meeting), detail)


def _headline(meeting: "Meeting") -> str:
    return f"{meeting.title}, {relative_text(meeting.starts_at)}"


def _href(meeting: "Meeting") -> str:
    return url_for("panels.show", meeting_id=meeting.id)
