"""The history tab of a case file."""

from typing import Any

from flask import Flask, render_template
from flask.typing import ResponseReturnValue

from dard.audit import service
from dard.core.actor import Actor
from dard.core.navigation import CaseTab, register_case_tab
from dard.core.paging import page_asked_for
from dard.core.permissions import Permission
from dard.core.routing import Pages

pages = Pages("audit", __name__)


@pages.get("/cases/<uuid:case_id>/history", permission=Permission.HISTORY_VIEW)
def case_history(_actor: Actor, case: Any) -> ResponseReturnValue:
    page = page_asked_for()
    entries, total = service.case_history(case.id, limit=page.size, offset=page.offset)
    return render_template("audit/history.html", case=case, entries=entries, page=page.of(total))


def register(app: Flask) -> None:
    """Add the pages to ``app``."""
    app.register_blueprint(pages.blueprint)
    register_case_tab(app, CaseTab("History", "audit.case_history", Permission.HISTORY_VIEW, order=90))
