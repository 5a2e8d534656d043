"""The review of who has access, and the page on which it ends."""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dard.accounts import access, service, words
from dard.accounts.forms.access import AccessFilterForm, AccessReviewForm, EndAccessForm
from dard.accounts.views.pages import pages
from dard.core import clock
from dard.core.actor import Actor
from dard.core.downloads import download
from dard.core.formats import date_text
from dard.core.forms import render_form
from dard.core.home import WorkItem, WorkList, WorkSource, register_work
from dard.core.navigation import HelpTopic, NavigationItem, register_help_topic, register_navigation
from dard.core.paging import page_asked_for
from dard.core.permissions import Permission

if TYPE_CHECKING:
    from dard.accounts.models import User


@pages.get("/people/access", permission=Permission.ACCESS_VIEW)
def review_access(_actor: Actor) -> ResponseReturnValue:
    form = AccessFilterForm()
    form.offer_organisations()
    form.validate()
    page = page_asked_for()
    found = access.lines(form.chosen())
    return render_template(
        "accounts/access.html",
        form=form,
        lines=found[page.offset : page.offset + page.size],
        page=page.of(len(found)),
        review=access.last_review(),
        filters=_filters_asked_for(),
    )


@pages.get("/people/access.csv", permission=Permission.ACCESS_VIEW, records=True)
def access_csv(actor: Actor) -> ResponseReturnValue:
    form = AccessFilterForm()
    form.offer_organisations()
    if not form.validate():  # a filter that cannot be read must not quietly export everything
        return redirect(f"{url_for('accounts.review_access')}?{_filters_asked_for()}")
    made = access.export(actor, form.chosen())
    return download(made, f"access-{clock.today():%Y-%m-%d}.csv", "text/csv; charset=utf-8")


@pages.form("/people/access/review", permission=Permission.ACCESS_REVIEW)
def note_access_review(actor: Actor) -> ResponseReturnValue:
    form = AccessReviewForm()
    if form.validate_on_submit():
        form.attempt(lambda: access.review(actor, form.note.data))
        if not form.errors:
            flash("The review is noted.", "success")
            return redirect(url_for("accounts.review_access"))
    return render_form("accounts/access_review.html", form, review=access.last_review())


@pages.form("/people/<uuid:user_id>/end", permission=Permission.ACCOUNT_MANAGE)
def end_access(actor: Actor, user: "User") -> ResponseReturnValue:
    form = EndAccessForm()
    if form.validate_on_submit():
        form.attempt(lambda: service.end_access(actor, user, form.reason.data))
        if not form.errors:
            flash(f"The access of {user.name} has ended.", "success")
            return redirect(url_for("accounts.review_access"))
    return render_form("accounts/end_access.html", form, user=user)


@pages.get("/help/who-can-see-what", permission=Permission.PUBLIC)
def who_can_see_what(_actor: Actor) -> ResponseReturnValue:
    return render_template(
        "help/who-can-see-what.html",
        topic=WHO_CAN_SEE_WHAT,
        classes=[purpose.words for purpose in words.CLASSES],
        roles=words.every_role(),
        leading=words.leading(),
        permissions=words.by_permission(),
    )


WHO_CAN_SEE_WHAT = HelpTopic(
    "who-can-see-what",
    "Who can see what",
    "What each role can do, and what it can open, as the service itself has it.",
    13,
)


def _filters_asked_for() -> str:
    """The filters of this address, to be carried on to the export; empty without any."""
    return urlencode([(name, value) for name, value in request.args.items(multi=True) if name != "page" and value])


def _work(_actor: Actor) -> list[WorkList]:
    if not access.is_review_due():
        return []
    newest = access.last_review()
    said = f"Last reviewed on {date_text(newest.at)}" if newest else "Nobody has reviewed it yet"
    return [WorkList("Access", [WorkItem("Review who has access", url_for("accounts.review_access"), said)])]


def register(app: Flask) -> None:
    """Add what the pages need to ``app``."""
    register_navigation(app, NavigationItem("Access", "accounts.review_access", Permission.ACCESS_VIEW, order=84))
    register_work(app, WorkSource(Permission.ACCESS_REVIEW, 20, _work))
    register_help_topic(app, WHO_CAN_SEE_WHAT)
