"""Logging notifications, and the file of a case."""

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import Flask, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dard.audit.queries import name_cases_by
from dard.cases import queries, service
from dard.cases.access.policy import sight_of
from dard.cases.enums import CaseStatus, DatePrecision, PlaceOfEvent, Sex
from dard.cases.forms import CaseFilterForm, CorrectionForm, NotificationForm, RevealForm, StatusForm
from dard.cases.honeytokens import opening_of
from dard.cases.rules import Notification, age_band
from dard.cases.states import steps_by_hand
from dard.core.actor import Actor
from dard.core.formats import count_text
from dard.core.forms import Choice, choices_of, render_form
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

if TYPE_CHECKING:
    from dard.cases.models import Case

pages = Pages("cases", __name__)
WAITING = (CaseStatus.NOTIFIED, CaseStatus.READY_FOR_TRIAGE)
HOME_LINES = 5


@pages.get("/cases", permission=Permission.CASE_VIEW)
def index(actor: Actor) -> ResponseReturnValue:
    form = CaseFilterForm()
    form.district.choices = [Choice(name, name, data=name) for name in queries.districts(actor)]
    form.validate()
    page = page_asked_for()
    lines, total = queries.cases(actor, form.chosen(), limit=page.size, offset=page.offset)
    return render_template("cases/index.html", form=form, lines=lines, page=page.of(total))


@pages.form("/cases/new", permission=Permission.CASE_NOTIFY)
def notify(actor: Actor) -> ResponseReturnValue:
    form = NotificationForm(
        data={
            "event_date_precision": DatePrecision.EXACT,
            "place_of_event": PlaceOfEvent.NOT_RECORDED,
            "sex": Sex.NOT_RECORDED,
        }
    )
    if form.validate_on_submit():
        case = form.attempt(lambda: service.notify(actor, form.notification(), another_event=form.another_event.data))
        if case is not None:
            flash(f"The notification is logged as case {case.reference}.", "success")
            opens = actor.may(Permission.CASE_VIEW)
            return redirect(url_for("cases.file", case_id=case.id) if opens else url_for("cases.own"))
    elif request.method == "POST":
        form.add_problems(service.problems_of(form.notification()))
    return render_form("cases/notify.html", form)


@pages.get("/notifications", permission=Permission.NOTIFICATION_VIEW_OWN)
def own(actor: Actor) -> ResponseReturnValue:
    page = page_asked_for()
    lines, total = queries.notified(actor, limit=page.size, offset=page.offset)
    return render_template("cases/own.html", lines=lines, page=page.of(total))


@pages.get("/cases/<uuid:case_id>", permission=Permission.CASE_VIEW, records=True)
def file(actor: Actor, case: "Case") -> ResponseReturnValue:
    service.open_file(actor, case)
    return _file_page(actor, case, identity=None)


@pages.form("/cases/<uuid:case_id>/identity", permission=Permission.IDENTITY_REVEAL)
def identity(actor: Actor, case: "Case") -> ResponseReturnValue:
    form = RevealForm()
    if form.validate_on_submit():
        shown = service.reveal(actor, case, form.purpose.data, form.reason.data)
        return _file_page(actor, case, identity=shown)
    return render_form("cases/identity.html", form, case=case)


@pages.form("/cases/<uuid:case_id>/change", permission=Permission.CASE_MANAGE, records=True)
def change(actor: Actor, case: "Case") -> ResponseReturnValue:
    told = service.recorded_notification(actor, case, shown=request.method == "GET")
    form = CorrectionForm(data=_answers(told, case.version))
    form.offer_recorded(told)
    if form.validate_on_submit():
        form.attempt(lambda: service.correct(actor, case, form.correction(told), form.version.data))
        if not form.errors:
            flash("The case file is saved.", "success")
            return redirect(url_for("cases.file", case_id=case.id))
    return render_form("cases/change.html", form, case=case)


@pages.form("/cases/<uuid:case_id>/status", permission=Permission.CASE_MANAGE)
def status(actor: Actor, case: "Case") -> ResponseReturnValue:
    form = StatusForm(data={"version": case.version})
    form.status.choices = choices_of(steps_by_hand(actor, case.status))
    if form.validate_on_submit():
        form.attempt(lambda: service.transition(actor, case, form.status.data, form.reason.data, form.version.data))
        if not form.errors:
            flash(f"The status is now “{case.status.label}”.", "success")
            return redirect(url_for("cases.file", case_id=case.id))
    return render_form("cases/status.html", form, case=case)


def _file_page(actor: Actor, case: "Case", identity: service.Identity | None) -> str:
    return render_template(
        "cases/file.html",
        case=case,
        identity=identity,
        same=service.likely_same(actor, case),
        recorded=service.recorded_fields(case),
        age_band=age_band(case.person.age),
        substances=queries.substances(case),
        next_states=steps_by_hand(actor, case.status),
    )


def _answers(told: Notification, version: int) -> dict[str, object]:
    answers: dict[str, object] = {
        name: getattr(told, name) for name in Notification.__dataclass_fields__ if name != "substances"
    }
    if told.date_of_birth is not None:
        answers["age_at_event"] = None  # worked out from the dates; kept, it would contradict a corrected one
    return {**answers, "substances": [code for code, _role in told.substances], "version": version}


def _load(actor: Actor, case_id: uuid.UUID, parents: Mapping[str, Any]) -> "Case":
    """The case of an id in the URL, on every page under it; opening one that nobody has work with is kept and told."""
    case = service.load_case(actor, case_id, parents)
    g.sight = sight_of(actor, case.id)
    opening = opening_of(case, request.endpoint or "")
    if opening is not None:
        g.refusals.append(opening)  # in a transaction of its own: pages that only read are rolled back
    return case


def _work(actor: Actor) -> list[WorkList]:
    titles = {CaseStatus.NOTIFIED: "New notifications", CaseStatus.READY_FOR_TRIAGE: "Cases ready for triage"}
    empty = {CaseStatus.NOTIFIED: "No new notifications.", CaseStatus.READY_FOR_TRIAGE: ""}
    counts = queries.counts_by_status(actor)
    lists = []
    for state in WAITING:
        items = [
            WorkItem(case.reference, url_for("cases.file", case_id=case.id), case.stream.label)
            for case in queries.with_status(actor, [state], limit=HOME_LINES)
        ]
        more = counts.get(state, 0) - len(items)
        if more > 0:
            items.append(WorkItem(f"{more:,} more", url_for("cases.index", status=state.value)))
        lists.append(WorkList(titles[state], items, empty[state]))
    return lists


def _own_work(actor: Actor) -> list[WorkList]:
    _lines, total = queries.notified(actor, limit=1, offset=0)
    items = [WorkItem("Log a notification", url_for("cases.notify"))]
    if total:
        items.append(WorkItem("See what you notified", url_for("cases.own"), count_text(total, "notification")))
    return [WorkList("My notifications", items)]


def register(app: Flask) -> None:
    """Add the pages to ``app``."""
    app.register_blueprint(pages.blueprint)
    register_loader("case_id", _load)
    name_cases_by(queries.references)
    register_navigation(
        app,
        NavigationItem("Cases", "cases.index", Permission.CASE_VIEW, order=10),
        NavigationItem("My notifications", "cases.own", Permission.NOTIFICATION_VIEW_OWN, order=11),
    )
    register_case_tab(app, CaseTab("File", "cases.file", Permission.CASE_VIEW, order=10))
    register_work(app, WorkSource(Permission.CASE_MANAGE, 10, _work))
    register_work(app, WorkSource(Permission.NOTIFICATION_VIEW_OWN, 11, _own_work))
    register_help_topic(
        app,
        HelpTopic("notifications", "Logging a notification", "What to write down, and what happens next.", 20),
        HelpTopic("case-file", "The case file", "Sections, status, history, and who can see who it is about.", 21),
    )
