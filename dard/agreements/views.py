"""Pages of agreements: who has signed what, and what each organisation can do because of it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask import Flask, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from dard.agreements import service
from dard.agreements.enums import AgreementStatus, PartyState, Term
from dard.agreements.forms import (
    AgreementChangeForm,
    AgreementForm,
    EndForm,
    ForceForm,
    PartiesForm,
    PartyStateForm,
    SignForm,
)
from dard.agreements.rules import consequence
from dard.agreements.states import AGREEMENT_WORKFLOW, PARTY_WORKFLOW
from dard.core import clock
from dard.core.actor import Actor
from dard.core.database import register_constraint
from dard.core.formats import count_text, date_text, relative_text
from dard.core.forms import render_form
from dard.core.home import WorkItem, WorkList, WorkSource, register_work
from dard.core.navigation import HelpTopic, NavigationItem, register_help_topic, register_navigation
from dard.core.permissions import Permission
from dard.core.routing import Pages, register_loader

if TYPE_CHECKING:
    from dard.agreements.models import Agreement, AgreementParty

pages = Pages("agreements", __name__)


@pages.get("/agreements", permission=Permission.AGREEMENT_VIEW)
def index(_actor: Actor) -> ResponseReturnValue:
    today = clock.today()
    lines = service.lines(today)
    columns = [line for line in lines if line.current]
    return render_template(
        "agreements/index.html",
        lines=lines,
        columns=columns,
        rows=service.matrix(today, columns),
        consequence=consequence,
    )


@pages.form("/agreements/new", permission=Permission.AGREEMENT_MANAGE)
def new(actor: Actor) -> ResponseReturnValue:
    form = AgreementForm()
    if form.validate_on_submit():
        made = form.attempt(lambda: service.draw_up(actor, form.details()))
        if made is not None:
            flash("The agreement is drawn up as a draft. Next, add the organisations that are to sign it.", "success")
            return redirect(url_for("agreements.show", agreement_id=made.id))
    return render_form("agreements/edit.html", form, agreement=None)


@pages.get("/agreements/<uuid:agreement_id>", permission=Permission.AGREEMENT_VIEW)
def show(actor: Actor, agreement: "Agreement") -> ResponseReturnValue:
    return render_template(
        "agreements/show.html",
        line=service.line(agreement, clock.today()),
        parties=service.parties_by_name(agreement),
        steps=AGREEMENT_WORKFLOW.choices(actor, agreement.status),
        party_steps={state: PARTY_WORKFLOW.choices(actor, state) for state in PartyState},
        positions=service.positions(clock.today(), [party.organisation_id for party in agreement.parties]),
    )


@pages.form("/agreements/<uuid:agreement_id>/change", permission=Permission.AGREEMENT_MANAGE)
def change(actor: Actor, agreement: "Agreement") -> ResponseReturnValue:
    form = AgreementChangeForm(obj=agreement)
    if form.validate_on_submit():
        form.attempt(lambda: service.change(actor, agreement, form.details(), form.version.data))
        if not form.errors:
            flash("The agreement is saved.", "success")
            return redirect(url_for("agreements.show", agreement_id=agreement.id))
    return render_form("agreements/edit.html", form, agreement=agreement)


@pages.form("/agreements/<uuid:agreement_id>/in-force", permission=Permission.AGREEMENT_MANAGE)
def put_in_force(actor: Actor, agreement: "Agreement") -> ResponseReturnValue:
    form = ForceForm(obj=agreement)
    if form.validate_on_submit():
        status = AgreementStatus.IN_FORCE
        form.attempt(lambda: service.transition(actor, agreement, status, version=form.version.data))
        if not form.errors:
            flash("The agreement is in force.", "success")
            return redirect(url_for("agreements.show", agreement_id=agreement.id))
    return render_form("agreements/in_force.html", form, line=service.line(agreement, clock.today()))


@pages.form("/agreements/<uuid:agreement_id>/end", permission=Permission.AGREEMENT_MANAGE)
def end(actor: Actor, agreement: "Agreement") -> ResponseReturnValue:
    form = EndForm(data={"version": agreement.version})
    if form.validate_on_submit():
        status = AgreementStatus.TERMINATED
        form.attempt(lambda: service.transition(actor, agreement, status, form.reason.data, form.version.data))
        if not form.errors:
            flash("The agreement is ended.", "success")
            return redirect(url_for("agreements.show", agreement_id=agreement.id))
    return render_form("agreements/end.html", form, line=service.line(agreement, clock.today()))


@pages.form("/agreements/<uuid:agreement_id>/parties/add", permission=Permission.AGREEMENT_MANAGE)
def add_parties(actor: Actor, agreement: "Agreement") -> ResponseReturnValue:
    form = PartiesForm()
    form.offer([party.organisation_id for party in agreement.parties])
    if form.validate_on_submit():
        form.attempt(lambda: [service.add_party(actor, agreement, body) for body in form.organisations.data])
        if not form.errors:
            added = count_text(len(form.organisations.data), "organisation is", "organisations are")
            flash(f"{added} invited to sign.", "success")
            return redirect(url_for("agreements.show", agreement_id=agreement.id))
    return render_form("agreements/add_parties.html", form, agreement=agreement)


@pages.form("/agreements/<uuid:agreement_id>/parties/<uuid:party_id>/sign", permission=Permission.AGREEMENT_MANAGE)
def sign(actor: Actor, agreement: "Agreement", party: "AgreementParty") -> ResponseReturnValue:
    form = SignForm()
    if form.validate_on_submit():
        form.attempt(lambda: service.sign(actor, party, form.signature()))
        if not form.errors:
            flash(f"The signature of {party.organisation.name} is recorded.", "success")
            return redirect(url_for("agreements.show", agreement_id=agreement.id))
    return render_form("agreements/sign.html", form, agreement=agreement, party=party)


@pages.form("/agreements/<uuid:agreement_id>/parties/<uuid:party_id>/state", permission=Permission.AGREEMENT_MANAGE)
def party_state(actor: Actor, agreement: "Agreement", party: "AgreementParty") -> ResponseReturnValue:
    step = next((state for state in PARTY_WORKFLOW.choices(actor, party.state) if state is not PartyState.SIGNED), None)
    if step is None:
        return redirect(url_for("agreements.sign", agreement_id=agreement.id, party_id=party.id))
    form = PartyStateForm(data={"state": step.value})
    if form.validate_on_submit():
        form.attempt(lambda: service.end_party(actor, party, form.answer(), form.reason.data))
        if not form.errors:
            flash(f"The answer of {party.organisation.name} is recorded.", "success")
            return redirect(url_for("agreements.show", agreement_id=agreement.id))
    return render_form("agreements/party_state.html", form, agreement=agreement, party=party, step=step)


def register(app: Flask) -> None:
    """Add the pages to ``app``."""
    app.register_blueprint(pages.blueprint)
    register_loader("agreement_id", service.load_agreement)
    register_loader("party_id", service.load_party)
    register_constraint("uq_agreement_title", "title", "There is an agreement of this title already")
    register_constraint(
        "uq_agreement_party_agreement_id_organisation_id",
        "organisations",
        "Somebody else has just added one of these organisations. Open the page again",
    )
    register_navigation(app, NavigationItem("Agreements", "agreements.index", Permission.AGREEMENT_VIEW, order=70))
    register_work(app, WorkSource(Permission.AGREEMENT_MANAGE, 60, _work))
    register_help_topic(
        app,
        HelpTopic("agreements", "Agreements", "Who has signed, and what an organisation can do because of it.", 60),
    )


def _work(_actor: Actor) -> list[WorkList]:
    items = [item for line in service.lines(clock.today()) if line.current for item in _work_of(line)]
    return [WorkList("Agreements", items)]


def _work_of(line: service.AgreementLine) -> Sequence[WorkItem]:
    agreement = line.agreement
    href = url_for("agreements.show", agreement_id=agreement.id)
    last = date_text(agreement.effective_to)
    if line.term is Term.LAPSED:
        text = f"“{agreement.title}” lapsed on {last}"
        return [WorkItem(text, href, "Draw up a new one, then end this one")]
    items = []
    if line.term is Term.ENDING_SOON:
        text = f"“{agreement.title}” ends {relative_text(agreement.effective_to)}"
        items.append(WorkItem(text, href, f"Its last day is {last}"))
    if line.unsigned:
        waiting = count_text(len(line.unsigned), "organisation has", "organisations have")
        names = ", ".join(party.organisation.name for party in line.unsigned)
        items.append(WorkItem(f"{waiting} not signed “{agreement.title}”", href, names))
    return items
