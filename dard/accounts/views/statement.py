"""The page of the confidentiality statement."""

from typing import Any

from flask import Flask, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from dard.accounts import service, statement
from dard.accounts.forms.statement import StatementForm
from dard.accounts.views.pages import pages
from dard.core.actor import Actor
from dard.core.forms import render_form
from dard.core.navigation import HelpTopic, register_help_topic
from dard.core.permissions import Permission


@pages.form("/confidentiality", permission=Permission.SIGNED_IN)
def confidentiality(actor: Actor) -> ResponseReturnValue:
    newest = statement.current()
    person = service.person_of(actor)
    form = StatementForm(data={"version": newest.version})
    if form.validate_on_submit():
        form.attempt(lambda: statement.accept(actor, form.version.data))
        if not form.errors:
            flash("You have accepted the confidentiality statement.", "success")
            return redirect(url_for("home.index"))
    owes = statement.owes_acceptance(person)
    # Nothing else can be opened before, so no other place is offered.
    places: dict[str, Any] = {"navigation": []} if owes else {}
    return render_form(
        "accounts/confidentiality.html",
        form,
        statement=newest,
        owes=owes,
        accepted_at=person.statement_accepted_at,
        **places,
    )


def register(app: Flask) -> None:
    """Add what the page needs to ``app``."""
    register_help_topic(
        app, HelpTopic("joining", "Joining and leaving", "How people get an account, and how access ends.", 12)
    )
