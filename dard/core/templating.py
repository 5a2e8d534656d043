"""The template environment: GOV.UK templates, filters, what every page knows, and no missing name left unseen."""

import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, url_for
from flask_wtf.csrf import generate_csrf
from jinja2 import ChainableUndefined, ChoiceLoader, PackageLoader, PrefixLoader
from jinja2.runtime import Undefined
from jinja2.utils import missing

from dard.core import formats, navigation
from dard.core.bands import Band
from dard.core.errors import ConfigurationError
from dard.core.permissions import Permission
from dard.core.routing import Pages
from dard.core.settings import Settings
from dard.core.web import csp_nonce

LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3: white text stands on the brand colour

appearance = Pages("appearance", __name__)


class StrictOutsideMappings(ChainableUndefined):
    """A name that is not there.

    The GOV.UK templates ask their parameters, which are dictionaries, for keys that need not be there, and test the
    names of optional blocks; both are allowed. Everything else, such as a misspelt attribute or variable, raises
    UndefinedError instead of leaving a hole in the page.
    """

    @property
    def _is_optional_key(self) -> bool:
        return isinstance(self._undefined_obj, (dict, Undefined))

    def __str__(self) -> str:
        if self._is_optional_key:
            return ""
        raise self._undefined_exception(self._undefined_message)

    def __html__(self) -> str:
        return str(self)

    def __bool__(self) -> bool:
        if self._is_optional_key or self._undefined_obj is missing:
            return False
        raise self._undefined_exception(self._undefined_message)

    def __iter__(self) -> Iterator[Any]:
        if self._is_optional_key:
            return iter(())
        raise self._undefined_exception(self._undefined_message)


def register_templating(app: Flask) -> None:
    """Set up the template environment of ``app``. Raises ConfigurationError for a brand colour too light to read on."""
    settings: Settings = app.extensions["dard.settings"]
    environment = app.jinja_env
    own_loader = app.jinja_loader
    govuk = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    environment.loader = ChoiceLoader([govuk] if own_loader is None else [own_loader, govuk])
    environment.undefined = StrictOutsideMappings
    environment.trim_blocks = True
    environment.lstrip_blocks = True
    environment.filters.update(
        date=formats.date_text,
        datetime=formats.moment_text,
        time=formats.time_text,
        age_of=formats.relative_text,
        nhs_number=formats.nhs_number_text,
        label=label_of,
    )
    environment.globals.update(
        band_of=Band,
        case_tabs=navigation.case_tabs,
        count_text=formats.count_text,
        csp_nonce=csp_nonce,
        csrf_token=generate_csrf,
        help_href=navigation.help_href,
        help_topics=navigation.help_topics,
        static_url=static_url,
    )
    app.extensions["dard.brand"] = brand_stylesheet(settings.brand_colour)
    app.register_blueprint(appearance.blueprint)
    app.context_processor(lambda: _page_context(settings))


def _page_context(settings: Settings) -> dict[str, Any]:
    return {
        "account_links": navigation.account_links(),
        "actor": g.get("actor"),
        "brand_is_own": settings.brand_colour != Settings.__dataclass_fields__["brand_colour"].default,
        "navigation": navigation.navigation(),
        "settings": settings,
    }


def label_of(code: Any) -> str:
    """The words for a coded value; “Not recorded” for none."""
    return "Not recorded" if code is None else str(code.label)


def static_url(filename: str) -> str:
    """The address of a static file, which changes with its content so that no browser shows an old one."""
    return url_for("static", filename=filename, v=_content_mark(filename))


@lru_cache(maxsize=64)
def _content_mark(filename: str) -> str:
    path = Path(__file__).parents[1] / "static" / filename
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def brand_stylesheet(colour: str) -> str:
    """CSS that makes ``colour`` (``#12436D``) the one of the header. Raises ConfigurationError if it is too light."""
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", colour):
        raise ConfigurationError("DARD_BRAND_COLOUR must be a colour like #12436D")
    if _contrast_with_white(colour) < LEAST_CONTRAST:
        raise ConfigurationError(f"DARD_BRAND_COLOUR {colour} is too light for white text: choose a darker one")
    return f":root {{ --govuk-brand-colour: {colour}; --dard-brand-colour: {colour}; }}\n"


def _contrast_with_white(colour: str) -> float:
    """The contrast ratio of WCAG 2.2 (1 to 21)."""
    luminance = 0.0
    for position, weight in ((1, 0.2126), (3, 0.7152), (5, 0.0722)):
        part = int(colour[position : position + 2], 16) / 255
        luminance += weight * (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
    return 1.05 / (luminance + 0.05)


@appearance.get("/brand.css", permission=Permission.PUBLIC)
def brand(_actor: Any) -> Response:
    """The brand colour of this partnership; asked for only where it is not the one in dard.css."""
    return Response(current_app.extensions["dard.brand"], mimetype="text/css")
