"""The application, put together from its floors."""

from contextlib import suppress

from flask import Flask
from sqlalchemy.exc import OperationalError

from dard.accounts import views as accounts
from dard.accounts.gate import init_gate
from dard.actions import views as actions
from dard.agreements import views as agreements
from dard.audit import views as audit
from dard.cases import views as cases
from dard.cases.access import views as access
from dard.core import help as user_guide
from dard.core import home, templating
from dard.core.database import db, init_database
from dard.core.permissions import Permission
from dard.core.routing import check_routes
from dard.core.settings import ROOT, Settings
from dard.core.web import init_web
from dard.crypto.data_keys import DatabaseKeys, keys_are_made
from dard.crypto.key_file import AskPassphrase, WatchedKeyFile, no_passphrase, passphrase_in
from dard.crypto.keyring import Keyring
from dard.imports import views as imports
from dard.panels import views as panels
from dard.pseudonymisation import guest_views as guests
from dard.pseudonymisation import views as pseudonymisation
from dard.reports import views as reports

FEATURES = (
    home,
    accounts,
    cases,
    access,
    imports,
    panels,
    pseudonymisation,
    guests,
    actions,
    reports,
    agreements,
    audit,
    user_guide,
)


def create_app(
    settings: Settings | None = None, keyring: Keyring | None = None, ask_passphrase: AskPassphrase | None = None
) -> Flask:
    """The WSGI application. Raises ConfigurationError or KeyFileError, which say why it must not start.

    ``ask_passphrase`` asks whoever is there, where the settings name no file with the passphrase.
    """
    settings = settings or Settings.from_environment()
    settings.check()
    app = Flask("dard", static_folder=str(ROOT / "dard" / "static"), template_folder=str(ROOT / "templates"))
    app.extensions["dard.settings"] = settings
    app.extensions["dard.keyring"] = keyring or _keyring(app, settings, ask_passphrase)
    app.url_map.strict_slashes = True
    init_database(app, settings)
    _check_keys(app)
    init_web(app, settings)
    templating.register_templating(app)
    init_gate(app, settings, app.extensions["dard.keyring"])
    for feature in FEATURES:
        feature.register(app)
    setattr(app.view_functions["static"], "permission", Permission.PUBLIC)  # noqa: B010 - a plain function; our own files
    check_routes(app)
    return app


def _keyring(app: Flask, settings: Settings, ask_passphrase: AskPassphrase | None) -> Keyring:
    file = settings.key_passphrase_file
    ask_again = passphrase_in(file) if file else no_passphrase
    wrapper = WatchedKeyFile(settings.key_file, ask_again if file else ask_passphrase or no_passphrase, ask_again)
    store = DatabaseKeys(wrapper.environment, wrapper)
    app.extensions["dard.key_store"] = store
    return Keyring(wrapper.environment, source=store)


def _check_keys(app: Flask) -> None:
    """Raise KeyFileError at the start if the key file is not that of the database, once there are keys in it."""
    with app.app_context(), suppress(OperationalError):  # a database that is down is no reason not to start
        try:
            if keys_are_made():
                keyring: Keyring = app.extensions["dard.keyring"]
                keyring.refresh()
        finally:
            db.engine.dispose()  # a server that forks now must not share a connection with its children
