"""The tracker, the page of an action, and what others show of actions: the case file, the meeting, the home page."""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from dard.actions import export, policy, queries, service
from dard.actions.export import ExportForm
from dard.actions.forms import ActionChangeForm, ActionForm, DecisionForm, TrackerFilterForm, UpdateForm
from dard.actions.queries import ActionLine
from dard.core import clock
from dard.core.actor import Actor
from dard.core.downloads import download
from dard.core.formats import relative_text
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
from dard.panels.enums import MeetingStatus
from dard.panels.queries import agenda_lines
from dard.panels.sections import MeetingSection, register_meeting_section

if TYPE_CHECKING:
    from dard.actions.models import Action
    from dard.cases.models import Case
    from dard.panels.models import Meeting

pages = Pages("actions", __name__)
HOME_LINES = 8


@pages.get("/actions", permission=Permission.ACTION_VIEW)
def tracker(actor: Actor) -> ResponseReturnValue:
    form = TrackerFilterForm()
    form.offer(actor)
    form.validate()
    page = page_asked_for()
    lines, total = queries.tracker(actor, form.chosen(), limit=page.size, offset=page.offset)
    filters = _filters_asked_for()
    return render_template("actions/tracker.html", form=form, lines=lines, page=page.of(total), filters=filters)


@pages.get("/actions/export.xlsx", permission=Permission.ACTION_EXPORT, records=True)
def export_xlsx(actor: Actor) -> ResponseReturnValue:
    return _export(actor, ExportForm.XLSX)


@pages.get("/actions/export.csv", permission=Permission.ACTION_EXPORT, records=True)
def export_csv(actor: Actor) -> ResponseReturnValue:
    return _export(actor, ExportForm.CSV)


@pages.get("/actions/<uuid:action_id>", permission=Permission.ACTION_VIEW)
def action(actor: Actor, action: "Action") -> ResponseReturnValue:
    return _action_page(actor, action, _update_form(actor, action))


@pages.form("/actions/<uuid:action_id>/update", permission=Permission.ACTION_UPDATE)
def update(actor: Actor, action: "Action") -> ResponseReturnValue:
    service.check_may_update(actor, action)
    form = _update_form(actor, action)
    if form.validate_on_submit():
        form.attempt(lambda: service.note_progress(actor, action, form.note.data, form.status.data, form.version.data))
        if not form.errors:
            flash("The update is saved.", "success")
            return redirect(url_for("actions.action", action_id=action.id))
    return _action_page(actor, action, form)


@pages.form("/actions/<uuid:action_id>/decision", permission=Permission.ACTION_CLOSE)
def decide(actor: Actor, action: "Action") -> ResponseReturnValue:
    form = DecisionForm(data={"version": action.version})
    if request.method == "POST":  # before the choices are narrowed: what has changed meanwhile may have taken one away
        service.check_version(action, form.version.data, form.note.data, form.decision.data or action.status)
    steps = policy.steps_open_to(actor, action, Permission.ACTION_CLOSE)
    if not steps:
        return redirect(url_for("actions.action", action_id=action.id))
    form.offer(action.status, steps)
    if form.validate_on_submit():
        form.attempt(lambda: service.transition(actor, action, form.decision.data, form.note.data, form.version.data))
        if not form.errors:
            flash(f"Action {action.reference} is now “{action.status.label}”.", "success")
            return redirect(url_for("actions.action", action_id=action.id))
    return render_form("actions/decision.html", form, action=action)


@pages.form("/actions/<uuid:action_id>/change", permission=Permission.ACTION_ASSIGN)
def change(actor: Actor, action: "Action") -> ResponseReturnValue:
    form = ActionChangeForm.of(service.details_of(action), action.version)
    form.offer_owners()
    if form.validate_on_submit():
        form.attempt(lambda: service.change(actor, action, form.details(), form.version.data))
        if not form.errors:
            flash("The action is saved.", "success")
            return redirect(url_for("actions.action", action_id=action.id))
    return render_form("actions/change.html", form, action=action)


@pages.form("/meetings/<uuid:meeting_id>/cases/<uuid:case_id>/actions/new", permission=Permission.ACTION_ASSIGN)
def assign(actor: Actor, meeting: "Meeting", case: "Case") -> ResponseReturnValue:
    service.check_on_agenda(meeting, case)
    form = ActionForm()
    form.offer_owners()
    if form.validate_on_submit():
        assigned = form.attempt(lambda: service.assign(actor, case, meeting, form.details()))
        if assigned is not None:
            flash(f"Action {assigned.reference} is assigned.", "success")
            return redirect(url_for("actions.of_case", case_id=case.id))
    return render_form("actions/assign.html", form, meeting=meeting, case=case)


@pages.get("/cases/<uuid:case_id>/actions", permission=Permission.CASE_VIEW)
def of_case(actor: Actor, case: "Case") -> ResponseReturnValue:
    lines = queries.of_case(actor, case.id)
    meetings = queries.open_meetings_of(actor, case) if actor.may(Permission.ACTION_ASSIGN) else []
    return render_template("actions/of_case.html", case=case, lines=lines, meetings=meetings)


def _update_form(actor: Actor, action: "Action") -> UpdateForm:
    form = UpdateForm(data={"status": action.status, "version": action.version})
    if request.method == "POST":  # before the choices are narrowed: what has changed meanwhile may have taken one away
        service.check_version(action, form.version.data, form.note.data, form.status.data or action.status)
    form.offer(action.status, policy.steps_open_to(actor, action, Permission.ACTION_UPDATE))
    return form


def _action_page(actor: Actor, action: "Action", form: UpdateForm) -> ResponseReturnValue:
    return render_form(
        "actions/action.html",
        form,
        action=action,
        case=queries.case_link(actor, action),
        days_overdue=queries.days_overdue(action, clock.today()),
        updates=queries.history(action),
        sees_meetings=policy.sees_meetings(actor),
        may_update=service.takes_updates(actor, action),
        may_decide=bool(policy.steps_open_to(actor, action, Permission.ACTION_CLOSE)),
        may_change=actor.may(Permission.ACTION_ASSIGN) and queries.is_open(action),
    )


def _filters_asked_for() -> str:
    """The filters of this address, to be carried on to the export; empty without any."""
    return urlencode([(name, value) for name, value in request.args.items(multi=True) if name != "page" and value])


def _export(actor: Actor, kind: ExportForm) -> ResponseReturnValue:
    form = TrackerFilterForm()
    form.offer(actor)
    if not form.validate():  # a filter that cannot be read must not quietly export everything
        return redirect(f"{url_for('actions.tracker')}?{_filters_asked_for()}")
    made = export.export_tracker(actor, form.chosen(), form.in_words(), kind)
    return download(made.content, f"action-tracker-{clock.today():%Y-%m-%d}.{kind.value}", kind.media_type)


def _meeting_section(actor: Actor, meeting: "Meeting") -> str:
    may_assign = actor.may(Permission.ACTION_ASSIGN) and meeting.status is not MeetingStatus.CANCELLED
    agenda = agenda_lines(actor, meeting) if may_assign else []
    lines = queries.of_meeting(actor, meeting.id)
    if not lines and not agenda:
        return ""
    return Markup(render_template("actions/of_meeting.html", meeting=meeting, lines=lines, agenda=agenda))  # noqa: S704 - our own template


def _to_sign_off(actor: Actor) -> list[WorkList]:
    lines = queries.to_sign_off(actor, limit=HOME_LINES)
    return [WorkList("Actions to sign off", [_work_item(line, line.owner_organisation) for line in lines])]


def _with_owner(actor: Actor) -> list[WorkList]:
    mine, ours = queries.with_owner(actor, limit=HOME_LINES)
    return [
        WorkList("My actions", [_work_item(line) for line in mine]),
        WorkList("My organisation’s actions", [_work_item(line, line.owner or "nobody named") for line in ours]),
    ]


def _work_item(line: ActionLine, owner: str = "") -> WorkItem:
    """The home page says that it holds no case information, so it names an action and does not quote it."""
    known = (relative_text(line.due_on, due=True), f"{line.priority.label.lower()} priority", owner)
    href = url_for("actions.action", action_id=line.id)
    return WorkItem(f"Action {line.reference}", href, ", ".join(part for part in known if part))


def register(app: Flask) -> None:
    """Add the pages to ``app``."""
    app.register_blueprint(pages.blueprint)
    register_loader("action_id", service.load_action)
    register_navigation(app, NavigationItem("Actions", "actions.tracker", Permission.ACTION_VIEW, order=40))
    register_case_tab(app, CaseTab("Learning and actions", "actions.of_case", Permission.CASE_VIEW, order=70))
    register_meeting_section(app, MeetingSection(40, Permission.ACTION_VIEW, _meeting_section))
    register_work(app, WorkSource(Permission.ACTION_CLOSE, 25, _to_sign_off))
    register_work(app, WorkSource(Permission.ACTION_VIEW, 60, _with_owner))
    register_help_topic(
        app, HelpTopic("actions", "Actions", "Assigning actions, saying how they go, closing and exporting them.", 60)
    )
