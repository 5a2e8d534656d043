"""The pages on which people are proposed and confirmed, and the lead of an organisation is named."""

from typing import TYPE_CHECKING

from flask import Flask, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from dard.accounts import joining
from dard.accounts.forms.joining import CONFIRM, DecisionForm, LeadForm, ProposalForm, WithdrawForm
from dard.accounts.views.pages import pages
from dard.core.actor import Actor
from dard.core.forms import render_form
from dard.core.home import WorkItem, WorkList, WorkSource, register_work
from dard.core.navigation import NavigationItem, register_navigation
from dard.core.paging import page_asked_for
from dard.core.permissions import Permission
from dard.core.routing import register_loader

if TYPE_CHECKING:
    from dard.accounts.models import AccountProposal, Organisation


@pages.get("/people/proposals", permission=Permission.ACCOUNT_PROPOSE)
def proposals(actor: Actor) -> ResponseReturnValue:
    page = page_asked_for()
    found, total = joining.proposals(actor, limit=page.size, offset=page.offset)
    return render_template(
        "accounts/proposals.html", proposals=found, page=page.of(total), deciding_lead=joining.deciding_lead
    )


@pages.form("/people/proposals/new", permission=Permission.ACCOUNT_PROPOSE)
def propose(actor: Actor) -> ResponseReturnValue:
    form = ProposalForm()
    form.offer_organisations()
    if form.validate_on_submit():
        made = form.attempt(lambda: joining.propose(actor, form.details()))
        if made is not None:
            lead = joining.deciding_lead(made)
            who = f"{lead.name}, who leads {made.organisation.name}," if lead else "An administrator"
            flash(f"{made.name} is proposed. {who} is asked to confirm.", "success")
            return redirect(url_for("accounts.proposals"))
    return render_form("accounts/propose.html", form)


@pages.form("/people/proposals/<uuid:proposal_id>/withdraw", permission=Permission.ACCOUNT_PROPOSE)
def withdraw_proposal(actor: Actor, proposal: "AccountProposal") -> ResponseReturnValue:
    form = WithdrawForm(data={"version": proposal.version})
    if form.validate_on_submit():
        form.attempt(lambda: joining.withdraw(actor, proposal, form.version.data))
        if not form.errors:
            flash(f"The proposal of {proposal.name} is withdrawn.", "success")
            return redirect(url_for("accounts.proposals"))
    return render_form("accounts/withdraw_proposal.html", form, proposal=proposal)


@pages.get("/people/confirmations", permission=Permission.ACCOUNT_CONFIRM)
def confirmations(actor: Actor) -> ResponseReturnValue:
    page = page_asked_for()
    found, total = joining.proposals(actor, limit=page.size, offset=page.offset)
    return render_template(
        "accounts/confirmations.html",
        waiting=joining.to_confirm(actor),
        proposals=found,
        page=page.of(total),
        deciding_lead=joining.deciding_lead,
    )


@pages.form("/people/confirmations/<uuid:proposal_id>", permission=Permission.ACCOUNT_CONFIRM)
def decide_proposal(actor: Actor, proposal: "AccountProposal") -> ResponseReturnValue:
    form = DecisionForm(data={"version": proposal.version})
    if form.validate_on_submit():
        version = form.version.data
        if form.decision.data == CONFIRM:
            token = form.attempt(lambda: joining.confirm(actor, proposal, version))
            if token is not None:
                return _link_page(proposal, token)
        else:
            form.attempt(lambda: joining.decline(actor, proposal, form.reason.data, version))
            if not form.errors:
                flash(f"The proposal of {proposal.name} is declined.", "success")
                return redirect(url_for("accounts.confirmations"))
    return render_form(
        "accounts/proposal.html",
        form,
        proposal=proposal,
        decides=joining.decides(actor, proposal),
        invites=joining.may_be_invited_again(actor, proposal),
    )


@pages.post("/people/confirmations/<uuid:proposal_id>/link", permission=Permission.ACCOUNT_CONFIRM)
def invite_again(actor: Actor, proposal: "AccountProposal") -> ResponseReturnValue:
    return _link_page(proposal, joining.invite_again(actor, proposal))


@pages.form("/organisations/<uuid:organisation_id>/lead", permission=Permission.ACCOUNT_MANAGE)
def name_lead(actor: Actor, organisation: "Organisation") -> ResponseReturnValue:
    form = LeadForm(data={"lead": organisation.lead_id, "version": organisation.version})
    form.offer(joining.who_may_lead(organisation))
    if form.validate_on_submit():
        form.attempt(lambda: joining.name_lead(actor, organisation, form.chosen(), form.version.data))
        if not form.errors:
            flash(f"The lead of {organisation.name} is saved.", "success")
            return redirect(url_for("accounts.change_organisation", organisation_id=organisation.id))
    return render_form("accounts/lead.html", form, organisation=organisation)


def _link_page(proposal: "AccountProposal", token: str) -> str:
    base = current_app.extensions["dard.settings"].base_url
    link = base + url_for("accounts.join", token=token)
    return render_template("accounts/proposal_confirmed.html", proposal=proposal, link=link)


def _work(actor: Actor) -> list[WorkList]:
    items = [
        WorkItem(
            f"{each.name}, {each.organisation.name}",
            url_for("accounts.decide_proposal", proposal_id=each.id),
            f"Proposed by {each.proposed_by.name}",
        )
        for each in joining.to_confirm(actor)
    ]
    return [WorkList("People to confirm", items)]


def register(app: Flask) -> None:
    """Add what the pages need to ``app``."""
    register_loader("proposal_id", joining.load_proposal)
    register_navigation(
        app,
        NavigationItem("Proposed people", "accounts.proposals", Permission.ACCOUNT_PROPOSE, order=79),
        NavigationItem("People to confirm", "accounts.confirmations", Permission.ACCOUNT_CONFIRM, order=83),
    )
    register_work(app, WorkSource(Permission.ACCOUNT_CONFIRM, 5, _work))
