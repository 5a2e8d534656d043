"""The home page: each person's own work, gathered from the features, which register what they know of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Flask, current_app, render_template
from flask.typing import ResponseReturnValue

from dard.core.actor import Actor
from dard.core.permissions import Permission
from dard.core.routing import Pages

pages = Pages("home", __name__)


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One thing to do: where it is done, and what is worth knowing before."""

    text: str
    href: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class WorkList:
    """Things to do of one kind. ``empty`` is what is said when there are none; an empty list without it is left out."""

    title: str
    items: Sequence[WorkItem]
    empty: str = ""


@dataclass(frozen=True, slots=True)
class WorkSource:
    """A feature's part of the home page, for those who hold ``permission``. Lower ``order`` stands higher."""

    permission: Permission
    order: int
    find: Callable[[Actor], Sequence[WorkList]]


def register_work(app: Flask, source: WorkSource) -> None:
    """Add a feature's part to the home page."""
    app.extensions.setdefault("dard.work", []).append(source)


@pages.get("/", permission=Permission.SIGNED_IN)
def index(actor: Actor) -> ResponseReturnValue:
    sources: list[WorkSource] = sorted(current_app.extensions.get("dard.work", []), key=lambda source: source.order)
    found = [work for source in sources if actor.may(source.permission) for work in source.find(actor)]
    return render_template("home/index.html", lists=[work for work in found if work.items or work.empty])


def register(app: Flask) -> None:
    """Add the pages to ``app``."""
    app.register_blueprint(pages.blueprint)
