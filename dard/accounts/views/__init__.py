"""The pages of accounts, by what people do on them."""

from flask import Flask

from dard.accounts.views import access, joining, people, sign_in, statement
from dard.accounts.views.pages import pages


def register(app: Flask) -> None:
    """Add the pages to ``app``."""
    for part in (sign_in, people, joining, access, statement):
        part.register(app)
    app.register_blueprint(pages.blueprint)
