"""The application, put together from its floors."""

from flask import Flask

from dard.accounts import views as accounts
from dard.accounts.gate import init_gate
from dard.actions import views as actions
from dard.agreements import views as agreements
from dard.audit import views as audit
from dard.cases import views as cases
from dard.core import help as user_guide
from dard.core import home, templating
from dard.core.database import init_database
from dard.core.permissions import Permission
from dard.core.routing import check_routes
from dard.core.settings import ROOT, Settings
from dard.core.web import init_web
from dard.crypto.keyring import Keyring, read_keyring
from dard.imports import views as imports
from dard.panels import views as panels
from dard.pseudonymisation import views as pseudonymisation
from dard.reports import views as reports

FEATURES = (home, accounts, cases, imports, panels, pseudonymisation, actions, reports, agreements, audit, user_guide)


def create_app(settings: Settings | None = None, keyring: Keyring | None = None) -> Flask:
    """The WSGI application. Raises ConfigurationError or KeyFileError, which say why it must not start."""
    settings = settings or Settings.from_environment()
    settings.check()
    app = Flask("dard", static_folder=str(ROOT / "dard" / "static"), template_folder=str(ROOT / "templates"))
    app.extensions["dard.settings"] = settings
    app.extensions["dard.keyring"] = keyring or read_keyring(settings.key_file)
    app.url_map.strict_slashes = True
    init_database(app, settings)
    init_web(app, settings)
    templating.register_templating(app)
    init_gate(app, settings, app.extensions["dard.keyring"])
    for feature in FEATURES:
        feature.register(app)
    setattr(app.view_functions["static"], "permission", Permission.PUBLIC)  # noqa: B010 - a plain function; our own files
    check_routes(app)
    return app
