"""Places on the page of a meeting for the features on the floors above, such as packs and actions.

A feature registers its section when the app starts; the page shows a person those that they hold the permission for::

    register_meeting_section(app, MeetingSection(20, Permission.PACK_ISSUE, packs_section))

    def packs_section(actor: Actor, meeting: Meeting) -> str:
        return Markup(render_template("pseudonymisation/meeting_packs.html", meeting=meeting, …))

A template of a section is a piece of a page: it begins with its own ``<h2 class="govuk-heading-m">`` and has ids of its
own. A section with nothing to say returns an empty string.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Flask, current_app

from dard.core.actor import Actor
from dard.core.permissions import Permission

if TYPE_CHECKING:
    from dard.panels.models import Meeting

EXTENSION = "dard.meeting_sections"


@dataclass(frozen=True, slots=True)
class MeetingSection:
    """One feature's part of the page. Lower ``order`` stands higher; ``render`` gives HTML (Markup)."""

    order: int
    permission: Permission
    render: "Callable[[Actor, Meeting], str]"


def register_meeting_section(app: Flask, section: MeetingSection) -> None:
    """Put a section on the page of every meeting."""
    app.extensions.setdefault(EXTENSION, []).append(section)


def rendered_sections(actor: Actor, meeting: "Meeting") -> list[str]:
    """The sections of ``meeting`` that ``actor`` may see, drawn, in their order."""
    registered: list[MeetingSection] = current_app.extensions.get(EXTENSION, [])
    chosen = [section for section in sorted(registered, key=lambda each: each.order) if actor.may(section.permission)]
    return [html for html in (section.render(actor, meeting) for section in chosen) if html]
