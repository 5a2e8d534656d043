"""The pages on which people and organisations are kept."""

from typing import TYPE_CHECKING

from flask import Flask, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from dard.accounts import service
from dard.accounts.enums import Role
from dard.accounts.forms.people import (
    OrganisationChangeForm,
    OrganisationForm,
    RoleOrganisationForm,
    UserChangeForm,
    UserForm,
)
from dard.accounts.views.pages import pages
from dard.core.actor import Actor
from dard.core.database import register_constraint
from dard.core.forms import render_form
from dard.core.navigation import HelpTopic, NavigationItem, register_help_topic, register_navigation
from dard.core.permissions import Permission
from dard.core.routing import register_loader

if TYPE_CHECKING:
    from dard.accounts.models import Organisation, User, UserRole


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
            "roles": user.assigned_roles,
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


@pages.form("/people/<uuid:user_id>/roles/<uuid:held_id>", permission=Permission.ACCOUNT_MANAGE)
def role_organisation(actor: Actor, user: "User", held: "UserRole") -> ResponseReturnValue:
    form = RoleOrganisationForm(data={"organisation": held.organisation_id})
    form.offer_organisations()
    if form.validate_on_submit():
        form.attempt(lambda: service.hold_role_for(actor, user, held, form.organisation.data))
        if not form.errors:
            flash(f"{user.name} has the role “{held.role.label}” for {held.organisation.name}.", "success")
            return redirect(url_for("accounts.change_user", user_id=user.id))
    return render_form("accounts/role_organisation.html", form, user=user, held=held)


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
    """Add what the pages need to ``app``."""
    register_loader("user_id", lambda _actor, identity, _parents: service.user(identity))
    register_loader("held_id", service.load_held_role)
    register_loader("organisation_id", lambda _actor, identity, _parents: service.organisation(identity))
    register_constraint("uq_app_user_email", "email", "Somebody has an account with this email address already")
    register_constraint("uq_organisation_name", "name", "There is an organisation of this name already")
    register_navigation(
        app,
        NavigationItem("People", "accounts.users", Permission.ACCOUNT_MANAGE, order=80),
        NavigationItem("Organisations", "accounts.organisations", Permission.ORGANISATION_MANAGE, order=81),
    )
    app.jinja_env.globals["every_role"] = list(Role)
    register_help_topic(app, HelpTopic("roles", "Who does what", "What each role can see and do.", 11))
