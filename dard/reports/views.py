"""Pages of reports."""

from flask import Flask, Response, current_app, url_for
from flask.typing import ResponseReturnValue

from dard.core import clock
from dard.core.actor import Actor
from dard.core.downloads import download
from dard.core.errors import InvalidError
from dard.core.forms import render_form
from dard.core.home import WorkItem, WorkList, WorkSource, register_work
from dard.core.navigation import HelpTopic, NavigationItem, register_help_topic, register_navigation
from dard.core.permissions import Permission
from dard.core.routing import Pages
from dard.core.settings import Settings
from dard.reports import documents, export, service
from dard.reports.figures import headline, quarter_chart
from dard.reports.forms import ReportFilterForm
from dard.reports.tables import LEFT_OUT, NOTHING, RECUSED, TOO_FEW, ThematicReport

pages = Pages("reports", __name__)


@pages.get("/reports/thematic", permission=Permission.REPORT_VIEW)
def thematic(actor: Actor) -> ResponseReturnValue:
    form = ReportFilterForm()
    report = form.attempt(lambda: _counted(actor, form)) if form.validate() else None
    if report is None:
        return render_form("reports/thematic.html", form, report=None)
    quarters = report.section("quarter")
    chart = quarter_chart(quarters)
    return render_form(
        "reports/thematic.html",
        form,
        report=report,
        tables=[section for section in report.sections if section is not quarters or chart is None],
        quarters=quarters,
        quarter_rows=[(line.label, line.shown) for line in quarters.lines],
        chart=chart,
        headline=headline(quarters),
        nothing=NOTHING,
        recused=RECUSED,
        too_few=TOO_FEW,
        left_out=LEFT_OUT,
        asked=form.address(),
    )


@pages.get("/reports/thematic.csv", permission=Permission.REPORT_VIEW, records=True)
def thematic_csv(actor: Actor) -> ResponseReturnValue:
    report = _report_asked_for(actor)
    return _download(export.export_csv(actor, report, _settings().partnership_name), "text/csv; charset=utf-8", "csv")


@pages.get("/reports/thematic.pdf", permission=Permission.REPORT_VIEW, records=True)
def thematic_pdf(actor: Actor) -> ResponseReturnValue:
    report = _report_asked_for(actor)
    return _download(documents.export_pdf(actor, report, _settings().partnership_name), "application/pdf", "pdf")


def _settings() -> Settings:
    settings: Settings = current_app.extensions["dard.settings"]
    return settings


def _report_asked_for(actor: Actor) -> ThematicReport:
    """The report of the address. A filter that cannot be read must not quietly count everything."""
    form = ReportFilterForm()
    if not form.validate():
        raise InvalidError([(None, problem["text"]) for problem in form.errors_for_summary()])
    return _counted(actor, form)


def _counted(actor: Actor, form: ReportFilterForm) -> ThematicReport:
    return service.thematic_report(actor, form.chosen(), threshold=_settings().disclosure_threshold)


def _download(content: bytes, media_type: str, ending: str) -> Response:
    return download(content, f"thematic-report-{clock.today():%Y-%m-%d}.{ending}", media_type)


def _work(actor: Actor) -> list[WorkList]:
    items = [WorkItem("Thematic report", url_for("reports.thematic"), "Numbers of cases, with small ones hidden")]
    if actor.may(Permission.ACTION_EXPORT):
        items.append(WorkItem("Action tracker", url_for("actions.tracker"), "To filter and export"))
    return [WorkList("Reports and exports", items)]


def register(app: Flask) -> None:
    """Add the pages to ``app``."""
    app.register_blueprint(pages.blueprint)
    register_navigation(app, NavigationItem("Reports", "reports.thematic", Permission.REPORT_VIEW, order=50))
    register_work(app, WorkSource(Permission.REPORT_VIEW, 80, _work))
    register_help_topic(
        app, HelpTopic("reports", "Reports", "Counting cases, what the letter c means, and what to check first.", 70)
    )
