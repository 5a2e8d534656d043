"""What features put into the frame of every page: places in the header, tabs of the case file, topics of the help.

A feature registers its own when the app starts; the frame shows a person only what they may open. Which place is the
current one follows from the address, so that no page has to say it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, current_app, g, request, url_for

from dard.core.actor import Actor
from dard.core.permissions import Permission

EXTENSION = "dard.navigation"


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """A place in the header. Lower ``order`` comes first; equal ones in the order of registering."""

    text: str
    endpoint: str
    permission: Permission
    order: int = 100


@dataclass(frozen=True, slots=True)
class CaseTab:
    """A tab of the case file. Its endpoint takes ``case_id``."""

    text: str
    endpoint: str
    permission: Permission
    order: int = 100


@dataclass(frozen=True, slots=True)
class HelpTopic:
    """A page of the help, ``templates/help/<slug>.html``; ``summary`` is one sentence for the list of topics."""

    slug: str
    title: str
    summary: str
    order: int = 100


@dataclass(slots=True)
class Registry:
    """All that was registered with one app."""

    items: list[NavigationItem] = field(default_factory=list)
    case_tabs: list[CaseTab] = field(default_factory=list)
    help_topics: list[HelpTopic] = field(default_factory=list)


def register_navigation(app: Flask, *items: NavigationItem) -> None:
    """Put places into the header."""
    registry = _registry(app)
    registry.items = sorted([*registry.items, *items], key=lambda item: item.order)


def register_case_tab(app: Flask, *tabs: CaseTab) -> None:
    """Put tabs on the case file."""
    registry = _registry(app)
    registry.case_tabs = sorted([*registry.case_tabs, *tabs], key=lambda tab: tab.order)


def register_help_topic(app: Flask, *topics: HelpTopic) -> None:
    """Put topics into the help."""
    registry = _registry(app)
    registry.help_topics = sorted([*registry.help_topics, *topics], key=lambda topic: topic.order)


def navigation() -> list[dict[str, Any]]:
    """The header's places that the actor may open: ``text``, ``href``, ``active``."""
    return _mark_current(_links(_registry(current_app).items))


def case_tabs(case_id: object) -> list[dict[str, Any]]:
    """The tabs of one case that the actor may open: ``text``, ``href``, ``active``."""
    return _mark_current(_links(_registry(current_app).case_tabs, case_id=case_id))


def help_topics() -> list[HelpTopic]:
    """All topics of the help, in their order."""
    return _registry(current_app).help_topics


def help_href(topic: str = "") -> str:
    """The address of the help about ``topic``; of the list of topics if there is no such page."""
    known = any(topic == each.slug for each in help_topics())
    return f"{request.script_root}/help/{topic}" if known else f"{request.script_root}/help"


def account_links() -> dict[str, str]:
    """Addresses of ``sign_in``, ``sign_out`` and ``account`` as far as the app has them and they fit the actor.

    Empty where it is not known who asks (an address that leads nowhere passes no guard).
    """
    actor: Actor | None = g.get("actor")
    if actor is None:
        return {}
    names = ("account", "sign_out") if actor.user_id else ("sign_in",)
    return {name: url_for(f"accounts.{name}") for name in names if f"accounts.{name}" in current_app.view_functions}


def _registry(app: Flask) -> Registry:
    registry: Registry = app.extensions.setdefault(EXTENSION, Registry())
    return registry


def _links(entries: Iterable[NavigationItem | CaseTab], **arguments: object) -> list[dict[str, Any]]:
    actor: Actor | None = g.get("actor")
    if actor is None:
        return []
    return [
        {"text": entry.text, "href": url_for(entry.endpoint, **arguments), "active": False}  # type: ignore[arg-type] # ids
        for entry in entries
        if actor.may(entry.permission)
    ]


def _mark_current(links: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Mark the link whose address is the longest beginning of the address asked for."""
    path = request.script_root + request.path
    leading = [link for link in links if path == link["href"] or path.startswith(link["href"].rstrip("/") + "/")]
    current = max(leading, key=lambda link: len(link["href"]), default=None)
    if current is not None and (current["href"].rstrip("/") != request.script_root or path == current["href"]):
        current["active"] = True
    return links
