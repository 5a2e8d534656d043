"""Signing in and out, and the pages on which people and organisations are kept."""

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
from dard.accounts.forms import (
    CodeForm,
    JoinForm,
    OrganisationChangeForm,
    OrganisationForm,
    SignInForm,
    UserChangeForm,
    UserForm,
)
from dard.accounts.gate import SignedInUser
from dard.accounts.passwords import provisioning_uri
from dard.core import clock
from dard.core.actor import Actor
from dard.core.database import register_constraint
from dard.core.errors import NotFoundError
from dard.core.forms import render_form
from dard.core.navigation import HelpTopic, NavigationItem, register_help_topic, register_navigation
from dard.core.permissions import Permission
from dard.core.routing import Pages, register_loader

if TYPE_CHECKING:
    from dard.accounts.models import Organisation, User

pages = Pages("accounts", __name__)
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


@pages.get("/people", permission=Permission.ACCOUNT_MANAGE)
def users(_actor: Actor) -> ResponseReturnValue:
    return render_template("accounts/users.html", users=service.users())


@pages.form("/people/new", permission=Permission.ACCOUNT_MANAGE)
def add_user(actor: Actor) -> ResponseReturnValue:
    form = UserForm()
    form.offer_organisations()
    if form.validate_on_submit():
        added = form.attempt(lambda: service.add_user(actor, form.details()))
        if added is not None:
            return redirect(url_for("accounts.change_user", user_id=added.id))
    return render_form("accounts/user.html", form, user=None)


@pages.form("/people/<uuid:user_id>", permission=Permission.ACCOUNT_MANAGE)
def change_user(actor: Actor, user: "User") -> ResponseReturnValue:
    form = UserChangeForm(
        data={
            "name": user.name,
            "email": user.email,
            "organisation": user.organisation_id,
            "roles": user.roles,
            "active": user.active,
            "version": user.version,
        }
    )
    form.offer_organisations()
    if form.validate_on_submit():
        form.attempt(
            lambda: service.change_user(actor, user, form.details(), active=form.active.data, version=form.version.data)
        )
        if not form.errors:
            flash("The account is saved.", "success")
            return redirect(url_for("accounts.users"))
    return render_form("accounts/user.html", form, user=user)


@pages.post("/people/<uuid:user_id>/invite", permission=Permission.ACCOUNT_MANAGE)
def invite_user(actor: Actor, user: "User") -> ResponseReturnValue:
    token = service.invite(actor, user)
    base = current_app.extensions["dard.settings"].base_url
    return render_template("accounts/invitation.html", user=user, link=base + url_for("accounts.join", token=token))


@pages.get("/organisations", permission=Permission.ORGANISATION_MANAGE)
def organisations(_actor: Actor) -> ResponseReturnValue:
    return render_template("accounts/organisations.html", organisations=service.organisations())


@pages.form("/organisations/new", permission=Permission.ORGANISATION_MANAGE)
def add_organisation(actor: Actor) -> ResponseReturnValue:
    form = OrganisationForm()
    if form.validate_on_submit():
        form.attempt(lambda: service.add_organisation(actor, form.name.data or "", form.kind.data))
        if not form.errors:
            flash("The organisation is added.", "success")
            return redirect(url_for("accounts.organisations"))
    return render_form("accounts/organisation.html", form, organisation=None)


@pages.form("/organisations/<uuid:organisation_id>", permission=Permission.ORGANISATION_MANAGE)
def change_organisation(actor: Actor, organisation: "Organisation") -> ResponseReturnValue:
    form = OrganisationChangeForm(obj=organisation)
    if form.validate_on_submit():
        form.attempt(
            lambda: service.change_organisation(
                actor,
                organisation,
                name=form.name.data or "",
                kind=form.kind.data,
                active=form.active.data,
                version=form.version.data,
            )
        )
        if not form.errors:
            flash("The organisation is saved.", "success")
            return redirect(url_for("accounts.organisations"))
    return render_form("accounts/organisation.html", form, organisation=organisation)


def register(app: Flask) -> None:
    """Add the pages to ``app``."""
    app.register_blueprint(pages.blueprint)
    register_loader("user_id", lambda _actor, identity, _parents: service.user(identity))
    register_loader("organisation_id", lambda _actor, identity, _parents: service.organisation(identity))
    register_constraint("uq_app_user_email", "email", "Somebody has an account with this email address already")
    register_constraint("uq_organisation_name", "name", "There is an organisation of this name already")
    register_navigation(
        app,
        NavigationItem("People", "accounts.users", Permission.ACCOUNT_MANAGE, order=80),
        NavigationItem("Organisations", "accounts.organisations", Permission.ORGANISATION_MANAGE, order=81),
    )
    register_help_topic(
        app,
        HelpTopic("signing-in", "Signing in", "Your password, your authenticator app, and losing either.", 10),
        HelpTopic("roles", "Who does what", "What each role can see and do.", 11),
    )


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
