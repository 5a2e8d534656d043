"""Pages on which a file is uploaded, looked at and confirmed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask import Flask, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from dard.core.actor import Actor
from dard.core.formats import count_text, moment_text
from dard.core.forms import render_form
from dard.core.home import WorkItem, WorkList, WorkSource, register_work
from dard.core.navigation import HelpTopic, NavigationItem, register_help_topic, register_navigation
from dard.core.paging import PAGE_SIZE, page_asked_for
from dard.core.permissions import Permission
from dard.core.routing import Pages, register_loader
from dard.imports import queries, service
from dard.imports.enums import ImportStatus
from dard.imports.forms import DecisionForm, UploadForm
from dard.imports.profiles import PROFILES

if TYPE_CHECKING:
    from dard.imports.models import ImportBatch

pages = Pages("imports", __name__)


@pages.get("/imports", permission=Permission.CASE_IMPORT)
def index(actor: Actor) -> ResponseReturnValue:
    page = page_asked_for()
    lines, total = queries.imports(actor, limit=page.size, offset=page.offset)
    return render_template("imports/index.html", lines=lines, page=page.of(total), profiles=PROFILES)


@pages.form("/imports/new", permission=Permission.CASE_IMPORT)
def upload(actor: Actor) -> ResponseReturnValue:
    form = UploadForm()
    if form.validate_on_submit():
        batch = form.attempt(lambda: service.upload(actor, form.profile.data, form.content()))
        if batch is not None:
            return redirect(url_for("imports.show", batch_id=batch.id))
    return render_form("imports/new.html", form)


@pages.get("/imports/<uuid:batch_id>", permission=Permission.CASE_IMPORT, records=True)
def show(actor: Actor, batch: "ImportBatch") -> ResponseReturnValue:
    profile = PROFILES.get(batch.profile)
    if batch.status is not ImportStatus.PREVIEWED:
        return render_template("imports/done.html", batch=batch, profile=profile)
    preview = service.preview(actor, batch)
    problems = [(number, problem) for number, found in preview.errors for problem in found]
    page = page_asked_for().of(len(problems))
    return render_template(
        "imports/preview.html",
        batch=batch,
        profile=profile,
        preview=preview,
        problems=problems[page.offset : page.offset + page.size],
        page=page,
    )


@pages.post("/imports/<uuid:batch_id>/confirm", permission=Permission.CASE_IMPORT)
def confirm(actor: Actor, batch: "ImportBatch") -> ResponseReturnValue:
    outcome = service.confirm(actor, batch, DecisionForm().seen())
    flash(f"{count_text(outcome.created, 'case')} made from the file.", "success")
    return redirect(url_for("imports.show", batch_id=batch.id))


@pages.post("/imports/<uuid:batch_id>/discard", permission=Permission.CASE_IMPORT)
def discard(actor: Actor, batch: "ImportBatch") -> ResponseReturnValue:
    service.discard(actor, batch, DecisionForm().seen())
    flash("The file is discarded. Nothing of it was imported.", "success")
    return redirect(url_for("imports.index"))


def register(app: Flask) -> None:
    """Add the pages to ``app``."""
    app.register_blueprint(pages.blueprint)
    register_loader("batch_id", service.load_batch)
    register_navigation(app, NavigationItem("Imports", "imports.index", Permission.CASE_IMPORT, order=60))
    register_help_topic(
        app,
        HelpTopic("imports", "Importing a file", "How the rows of another system’s file become cases.", order=60),
    )
    register_work(app, WorkSource(Permission.CASE_IMPORT, 60, _waiting))


def _waiting(actor: Actor) -> Sequence[WorkList]:
    items = [
        WorkItem(
            f"File of {count_text(line.rows, 'row')}, uploaded {moment_text(line.uploaded_at)}",
            url_for("imports.show", batch_id=line.id),
            "Check it, then confirm or discard it",
        )
        for line in queries.waiting(actor, limit=PAGE_SIZE)
    ]
    return [WorkList("Imports waiting to be confirmed", items)]
