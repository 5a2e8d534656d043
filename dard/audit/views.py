"""The history tab of a case file, and the pages on which the use of the service is checked."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dard.audit import figures, queries, reviews, service
from dard.audit.forms import ReviewForm, ShowingFilterForm
from dard.core import clock
from dard.core.actor import Actor
from dard.core.database import register_constraint
from dard.core.downloads import download
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

if TYPE_CHECKING:
    from dard.audit.models import AuditEvent

pages = Pages("audit", __name__)
LINES = 10
HOME_LINES = 5


@pages.get("/cases/<uuid:case_id>/history", permission=Permission.HISTORY_VIEW)
def case_history(_actor: Actor, case: Any) -> ResponseReturnValue:
    page = page_asked_for()
    entries, total = service.case_history(case.id, limit=page.size, offset=page.offset)
    return render_template("audit/history.html", case=case, entries=entries, page=page.of(total))


@pages.get("/audit", permission=Permission.AUDIT_VIEW)
def index(actor: Actor) -> ResponseReturnValue:
    waiting, total = queries.waiting_for_review(actor, limit=LINES)
    uses = queries.emergency_uses(actor)
    return render_template(
        "audit/index.html",
        waiting=waiting,
        waiting_total=total,
        overdue=queries.overdue_reviews(actor),
        review_days=queries.REVIEW_DAYS,
        reviewed=queries.reviewed(actor, limit=LINES),
        uses=uses,
        uses_chart=figures.emergency_chart(uses),
        uses_headline=figures.emergency_headline(uses),
        verifications=queries.newest_verifications(limit=LINES),
        checkpoints=queries.newest_checkpoints(limit=LINES),
    )


@pages.get("/audit/showings", permission=Permission.AUDIT_VIEW)
def showings(actor: Actor) -> ResponseReturnValue:
    form = ShowingFilterForm()
    form.offer(actor)
    form.validate()
    page = page_asked_for()
    lines, total = queries.showings(actor, form.chosen(), limit=page.size, offset=page.offset)
    return render_template(
        "audit/showings.html", form=form, lines=lines, page=page.of(total), filters=_filters_asked_for()
    )


@pages.get("/audit/showings.csv", permission=Permission.AUDIT_EXPORT, records=True)
def showings_csv(actor: Actor) -> ResponseReturnValue:
    form = ShowingFilterForm()
    form.offer(actor)
    if not form.validate():  # a filter that cannot be read must not quietly export everything
        return redirect(f"{url_for('audit.showings')}?{_filters_asked_for()}")
    made = reviews.export_showings(actor, form.chosen())
    return download(made, f"identities-shown-{clock.today():%Y-%m-%d}.csv", "text/csv; charset=utf-8")


@pages.get("/audit/emergencies.csv", permission=Permission.AUDIT_EXPORT, records=True)
def emergencies_csv(actor: Actor) -> ResponseReturnValue:
    made = reviews.export_emergency_uses(actor)
    return download(made, f"emergencies-{clock.today():%Y-%m-%d}.csv", "text/csv; charset=utf-8")


@pages.form("/audit/events/<uuid:event_id>/review", permission=Permission.AUDIT_REVIEW)
def review(actor: Actor, event: "AuditEvent") -> ResponseReturnValue:
    form = ReviewForm()
    if form.validate_on_submit():
        form.attempt(lambda: reviews.review(actor, event, form.note.data or ""))
        if not form.errors:
            flash(f"What you found about event {event.position:,} is kept.", "success")
            return redirect(url_for("audit.index"))
    return render_form("audit/review.html", form, event=reviews.told(event))


def _filters_asked_for() -> str:
    """The filters of this address, to be carried on to the export; empty without any."""
    return urlencode([(name, value) for name, value in request.args.items(multi=True) if name != "page" and value])


def _work(actor: Actor) -> list[WorkList]:
    waiting, total = queries.waiting_for_review(actor, limit=HOME_LINES)
    items = [WorkItem(each.what, url_for("audit.review", event_id=each.id), _told(each)) for each in waiting]
    if total > len(items):
        items.append(WorkItem(f"{total - len(items):,} more", url_for("audit.index")))
    return [WorkList("To be looked at", items, "Nothing waits for a second look.")]


def _told(each: queries.LoggedEvent) -> str:
    """Who did it, and whether it has waited too long. Never in which case: the home page says that it holds none."""
    return f"{each.who}. Overdue: has waited for {each.age.days} days" if each.overdue else each.who


def register(app: Flask) -> None:
    """Add the pages to ``app``."""
    app.register_blueprint(pages.blueprint)
    register_loader("event_id", reviews.load_event)
    register_constraint("uq_audit_review_event_id", "note", "Somebody has looked at this already")
    register_case_tab(app, CaseTab("History", "audit.case_history", Permission.HISTORY_VIEW, order=90))
    register_navigation(app, NavigationItem("Audit", "audit.index", Permission.AUDIT_VIEW, order=85))
    register_work(app, WorkSource(Permission.AUDIT_REVIEW, 15, _work))
    register_help_topic(
        app, HelpTopic("audit", "Checking the audit log", "Who was shown what and why, and how the log is checked.", 85)
    )
