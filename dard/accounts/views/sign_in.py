"""Signing in and out, and joining."""

import datetime as dt
import uuid
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import segno
from flask import Flask, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_user
from markupsafe import Markup

from dard.accounts import service, sessions
from dard.accounts.forms.sign_in import CodeForm, JoinForm, SignInForm
from dard.accounts.gate import SignedInUser
from dard.accounts.passwords import provisioning_uri
from dard.accounts.views.pages import pages
from dard.core import clock
from dard.core.actor import Actor
from dard.core.errors import NotFoundError
from dard.core.forms import render_form
from dard.core.navigation import HelpTopic, register_help_topic
from dard.core.permissions import Permission

if TYPE_CHECKING:
    from dard.accounts.models import User

HALF_WAY = dt.timedelta(minutes=10)


@pages.form("/sign-in", permission=Permission.PUBLIC)
def sign_in(actor: Actor) -> ResponseReturnValue:
    if actor.user_id is not None:
        return redirect(url_for("home.index"))
    form = SignInForm()
    if form.validate_on_submit():
        user = form.attempt(lambda: sessions.check_password(form.email.data or "", form.password.data or ""))
        if user is not None:
            session.clear()
            session["half_way"] = {
                "user": str(user.id),
                "at": clock.now().isoformat(),
                "proof": sessions.password_proof(user),
                "next": _safe_next(),
            }
            known = user.second_factor_confirmed_at is not None
            return redirect(url_for("accounts.sign_in_code" if known else "accounts.set_up_second_factor"))
    return render_form("accounts/sign_in.html", form, ended=request.args.get("ended") == "yes")


@pages.form("/sign-in/code", permission=Permission.PUBLIC)
def sign_in_code(_actor: Actor) -> ResponseReturnValue:
    user = _half_way_user()
    if user is None:
        return redirect(url_for("accounts.sign_in"))
    form = CodeForm()
    if form.validate_on_submit():
        token = form.attempt(lambda: sessions.complete_sign_in(user, form.code.data or ""))
        if token is not None:
            return _begin(user, token)
    return render_form("accounts/sign_in_code.html", form)


@pages.form("/sign-in/set-up", permission=Permission.PUBLIC)
def set_up_second_factor(_actor: Actor) -> ResponseReturnValue:
    user = _half_way_user()
    if user is None:
        return redirect(url_for("accounts.sign_in"))
    enrolment = sessions.enrolment(user)
    form = CodeForm()
    if form.validate_on_submit():
        token = form.attempt(lambda: sessions.complete_sign_in(user, form.code.data or ""))
        if token is not None:
            return _begin(user, token)
    issuer = current_app.extensions["dard.settings"].partnership_name
    code = segno.make(provisioning_uri(enrolment.secret, enrolment.email, issuer), error="m")
    picture = Markup(code.svg_inline(scale=5, border=2, omitsize=True, svgclass="dard-qr", lineclass=None))  # noqa: S704 - made by segno of our own text, which it draws as squares
    return render_form("accounts/set_up.html", form, secret=enrolment.secret, picture=picture)


@pages.post("/sign-out", permission=Permission.SIGNED_IN)
def sign_out(actor: Actor) -> ResponseReturnValue:
    sessions.sign_out(actor)
    session.clear()
    response = redirect(url_for("accounts.sign_in"))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@pages.form("/join/<token>", permission=Permission.PUBLIC)
def join(_actor: Actor, token: str) -> ResponseReturnValue:
    try:
        user = service.invited_user(token)
    except NotFoundError:
        return render_template("accounts/invitation_over.html"), 404
    form = JoinForm()
    if form.validate_on_submit():
        form.attempt(lambda: service.join(user, form.password.data or ""))
        if not form.errors:
            flash("Your password is set. Sign in with it to set up your authenticator app.", "success")
            return redirect(url_for("accounts.sign_in"))
    return render_form("accounts/join.html", form)


def _begin(user: "User", token: str) -> ResponseReturnValue:
    wanted = session.get("half_way", {}).get("next")
    session.clear()  # nothing that was there before signing in survives it
    login_user(SignedInUser(token, service.actor_of(user)))
    return redirect(wanted or url_for("home.index"))


def _half_way_user() -> "User | None":
    half_way = session.get("half_way")
    if half_way is None or clock.now() - dt.datetime.fromisoformat(half_way["at"]) > HALF_WAY:
        return None
    try:
        user = service.user(uuid.UUID(half_way["user"]))
    except NotFoundError:
        return None
    return user if sessions.password_proof(user) == half_way["proof"] else None


def _safe_next() -> str | None:
    """Where to go after signing in: only a path of this service, never another host."""
    wanted = request.args.get("next", "")
    parts = urlsplit(wanted)
    plain = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return wanted if plain and wanted.isprintable() and "\\" not in wanted else None


def register(app: Flask) -> None:
    """Add what the pages need to ``app``."""
    register_help_topic(
        app, HelpTopic("signing-in", "Signing in", "Your password, your authenticator app, and losing either.", 10)
    )
