"""Sharing a case with a guest, and what the guest reads."""

import datetime as dt
from typing import TYPE_CHECKING

from flask import Flask, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from dard.cases.access.queries import may_be_guests
from dard.core import clock
from dard.core.actor import Actor
from dard.core.formats import moment_text
from dard.core.forms import render_form
from dard.core.home import WorkItem, WorkList, WorkSource, register_work
from dard.core.permissions import Permission
from dard.core.routing import Pages, register_loader
from dard.pseudonymisation import guests
from dard.pseudonymisation.guest_forms import EndGuestForm, GuestForm

if TYPE_CHECKING:
    from dard.cases.access.models import CaseGuest
    from dard.cases.models import Case

pages = Pages("guests", __name__)


@pages.form("/cases/<uuid:case_id>/access/guests/new", permission=Permission.CASE_SHARE)
def give(actor: Actor, case: "Case") -> ResponseReturnValue:
    form = GuestForm(data={"last_day": clock.today() + dt.timedelta(days=14)})
    form.offer(may_be_guests())
    if form.validate_on_submit():
        day = form.last_day.data or clock.today()
        given = form.attempt(lambda: guests.give(actor, case, form.person.data, day, form.reason.data or ""))
        if given is not None:
            flash(f"Shared until {moment_text(given.until)}. This service sends no message: tell the guest.", "success")
            return redirect(url_for("access.of_case", case_id=case.id))
    return render_form("pseudonymisation/give.html", form, case=case, most_days=guests.MOST_DAYS)


@pages.form("/cases/<uuid:case_id>/access/guests/<uuid:guest_id>/end", permission=Permission.CASE_SHARE)
def end(actor: Actor, case: "Case", guest: "CaseGuest") -> ResponseReturnValue:
    form = EndGuestForm()
    if form.validate_on_submit():
        form.attempt(lambda: guests.end(actor, guest))
        if not form.errors:
            flash(f"{guest.user.name} no longer sees this case.", "success")
            return redirect(url_for("access.of_case", case_id=case.id))
    return render_form("pseudonymisation/end_guest.html", form, case=case, guest=guest)


@pages.get("/shared-cases/<uuid:share_id>", permission=Permission.CASE_READ_AS_GUEST, records=True)
def shared(actor: Actor, share: "CaseGuest") -> ResponseReturnValue:
    return render_template("pseudonymisation/shared.html", share=share, told=guests.read(actor, share))


def _work(actor: Actor) -> list[WorkList]:
    items = [
        WorkItem(each.pseudonym, url_for("guests.shared", share_id=each.id), f"Until {moment_text(each.until)}")
        for each in guests.shares(actor)
    ]
    return [WorkList("Shared with you", items)]


def register(app: Flask) -> None:
    """Add the pages to ``app``."""
    app.register_blueprint(pages.blueprint)
    register_loader("guest_id", guests.load_guest)
    register_loader("share_id", guests.load_share)
    register_work(app, WorkSource(Permission.CASE_READ_AS_GUEST, 32, _work))
