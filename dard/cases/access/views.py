"""The tab on which it is said who sees a case, declaring a conflict of interest, and opening a case in an emergency."""

from typing import TYPE_CHECKING

from flask import Flask, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from dard.audit.queries import leave_out_by
from dard.cases.access import break_glass as emergencies
from dard.cases.access import queries, recusals, restrictions
from dard.cases.access.forms import (
    BreakGlassForm,
    DeclareForm,
    LiftForm,
    LiftRestrictionForm,
    RecuseForm,
    RestrictForm,
    RestrictionChangeForm,
)
from dard.cases.access.policy import recused_cases
from dard.core.actor import Actor
from dard.core.database import register_constraint
from dard.core.formats import moment_text
from dard.core.forms import render_form
from dard.core.navigation import CaseTab, HelpTopic, register_case_tab, register_help_topic
from dard.core.permissions import Permission
from dard.core.routing import Pages, register_loader

if TYPE_CHECKING:
    from dard.cases.access.models import CaseRecusal, CaseRestriction
    from dard.cases.models import Case

pages = Pages("access", __name__)
DECLARED = "Your conflict of interest is recorded. You no longer see the case, from now on and everywhere."


@pages.get("/cases/<uuid:case_id>/access", permission=Permission.HISTORY_VIEW)
def of_case(_actor: Actor, case: "Case") -> ResponseReturnValue:
    return render_template(
        "access/of_case.html",
        case=case,
        recusals=recusals.recusals_of(case),
        restrictions=restrictions.restrictions_of(case),
        guests=queries.guests_of(case),
        openings=emergencies.openings_of(case),
    )


@pages.form("/cases/<uuid:case_id>/access/declare", permission=Permission.CASE_VIEW)
def declare(actor: Actor, case: "Case") -> ResponseReturnValue:
    form = DeclareForm()
    if form.validate_on_submit():
        form.attempt(lambda: recusals.declare(actor, case, form.ground.data, form.reason.data))
        if not form.errors:
            flash(DECLARED, "success")
            return redirect(url_for("cases.index"))
    return render_form("access/declare.html", form, case=case)


@pages.form("/cases/<uuid:case_id>/access/recuse", permission=Permission.RECUSAL_IMPOSE)
def recuse(actor: Actor, case: "Case") -> ResponseReturnValue:
    form = RecuseForm()
    form.offer(recusals.may_be_recused(actor, case))
    if form.validate_on_submit():
        form.attempt(lambda: recusals.impose(actor, case, form.person.data, form.ground.data, form.reason.data or ""))
        if not form.errors:
            flash("The recusal is recorded. This person no longer sees the case.", "success")
            return redirect(url_for("access.of_case", case_id=case.id))
    return render_form("access/recuse.html", form, case=case)


@pages.form("/cases/<uuid:case_id>/access/recusals/<uuid:recusal_id>/lift", permission=Permission.RECUSAL_LIFT)
def lift_recusal(actor: Actor, case: "Case", recusal: "CaseRecusal") -> ResponseReturnValue:
    form = LiftForm()
    if form.validate_on_submit():
        form.attempt(lambda: recusals.lift(actor, recusal, form.reason.data or ""))
        if not form.errors:
            flash(f"{recusal.user.name} may see the case again, as their role allows.", "success")
            return redirect(url_for("access.of_case", case_id=case.id))
    return render_form("access/lift_recusal.html", form, case=case, recusal=recusal)


@pages.form("/cases/<uuid:case_id>/access/restrict", permission=Permission.CASE_RESTRICT)
def restrict(actor: Actor, case: "Case") -> ResponseReturnValue:
    there = restrictions.restriction_of(case)
    form = _restrict_form(there)
    form.offer(queries.may_be_named())
    if form.validate_on_submit():
        form.attempt(lambda: _send(actor, case, form))
        if not form.errors:
            flash("Only the people named know of the case now.", "success")
            sees = actor.user_id in form.people.data
            return redirect(url_for("access.of_case", case_id=case.id) if sees else url_for("cases.index"))
    return render_form("access/restrict.html", form, case=case, groups=form.grouped(), there=there)


@pages.form("/cases/<uuid:case_id>/access/unrestrict", permission=Permission.CASE_RESTRICT)
def unrestrict(actor: Actor, case: "Case") -> ResponseReturnValue:
    there = restrictions.restriction_of(case)
    form = LiftRestrictionForm(data={"version": there.version if there else 0})
    if form.validate_on_submit():
        form.attempt(lambda: restrictions.lift(actor, case, form.reason.data or "", form.version.data))
        if not form.errors:
            flash("The restriction is lifted. Everybody sees the case again, as their role allows.", "success")
            return redirect(url_for("access.of_case", case_id=case.id))
    return render_form("access/unrestrict.html", form, case=case, there=there)


@pages.form("/cases/break-glass", permission=Permission.CASE_BREAK_GLASS)
def break_glass(actor: Actor) -> ResponseReturnValue:
    form = BreakGlassForm()
    if form.validate_on_submit():
        opened = form.attempt(
            lambda: emergencies.break_glass(actor, form.reference.data, form.ground.data, form.reason.data or "")
        )
        if opened is not None:
            flash(f"You see this case until {moment_text(opened.until)}. The information governance lead is told.")
            return redirect(url_for("cases.file", case_id=opened.case_id))
    return render_form("access/break_glass.html", form, minutes=emergencies.MINUTES)


def _restrict_form(there: "CaseRestriction | None") -> RestrictForm:
    if there is None:
        return RestrictForm()
    return RestrictionChangeForm(data={"people": [each.user_id for each in there.named], "version": there.version})


def _send(actor: Actor, case: "Case", form: RestrictForm) -> "CaseRestriction":
    people, reason = form.people.data, form.reason.data or ""
    if isinstance(form, RestrictionChangeForm):
        return restrictions.rename(actor, case, people, reason, form.version.data)
    return restrictions.restrict(actor, case, people, reason)


def register(app: Flask) -> None:
    """Add the pages to ``app``."""
    app.register_blueprint(pages.blueprint)
    app.context_processor(lambda: {"sight": g.get("sight")})  # for the banner of an emergency, on all pages of a case
    register_loader("recusal_id", recusals.load_recusal)
    leave_out_by(recused_cases)
    register_constraint("uq_case_recusal_open", "person", recusals.RECUSED_ALREADY)
    register_constraint("uq_case_restriction_open", "people", "This case is restricted already. Open the page again")
    register_case_tab(app, CaseTab("Access", "access.of_case", Permission.HISTORY_VIEW, order=80))
    register_help_topic(
        app,
        HelpTopic(
            "need-to-know", "Who sees a case", "Conflicts of interest, restricted cases, guests, and emergencies.", 22
        ),
    )
