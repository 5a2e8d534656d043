"""The user guide: one page a topic, each a template in templates/help/, written with the feature that it explains."""

from flask import Flask, render_template
from flask.typing import ResponseReturnValue

from dard.core.actor import Actor
from dard.core.errors import NotFoundError
from dard.core.navigation import help_topics
from dard.core.permissions import Permission
from dard.core.routing import Pages

pages = Pages("help", __name__)


@pages.get("/help", permission=Permission.PUBLIC)
def index(_actor: Actor) -> ResponseReturnValue:
    return render_template("help/index.html")


@pages.get("/help/<slug>", permission=Permission.PUBLIC)
def topic(_actor: Actor, slug: str) -> ResponseReturnValue:
    found = next((each for each in help_topics() if each.slug == slug), None)
    if found is None:
        raise NotFoundError
    return render_template(f"help/{found.slug}.html", topic=found)


def register(app: Flask) -> None:
    """Add the help to ``app``; features add their topics with ``register_help_topic``."""
    app.register_blueprint(pages.blueprint)
