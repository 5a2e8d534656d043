"""Every page passes one guard: permission, parents of the URL loaded and matched, one unit of work.

A page is declared with ``permission=``; a page without cannot be written, and ``check_routes`` stops the start of an
app that has got one by another way. Ids in the URL (``<uuid:case_id>``) are swapped for the objects themselves by the
loaders that features register, so that a view never sees an object that its actor may not see.
"""

import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any, Protocol

from flask import Blueprint, Flask, Response, current_app, g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm.exc import StaleDataError

from dard.core.actor import Actor
from dard.core.database import db, intent
from dard.core.errors import ConflictError, DomainError, ForbiddenError
from dard.core.permissions import Permission

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
View = Callable[..., ResponseReturnValue]


class Loader(Protocol):
    """Loads what an id in the URL stands for, for this actor; raises NotFoundError without sight of it.

    ``parents`` holds what was loaded from the ids before it in the URL, by name: a child of another parent is not
    found.
    """

    def __call__(self, actor: Actor, identity: uuid.UUID, parents: Mapping[str, Any], /) -> object: ...


class Gate(Protocol):
    """What the guard needs to know of accounts, which stands on a floor above."""

    def actor(self) -> Actor:
        """Who sends this request."""

    def detour(self, page: str) -> str | None:
        """Where the person must go before they may open ``page`` (an endpoint); None if they may go on."""

    def keys(self, actor: Actor) -> AbstractContextManager[None]:
        """Open, for the time of this request, the keys that this actor may use."""

    def record(self, actor: Actor, event: object) -> None:
        """Keep the audit event of a refusal, in a transaction of its own."""

    def refusal(self, error: BaseException) -> DomainError | None:
        """What a person is told when a key or a sealed value cannot be used; None for any other error."""


_loaders: dict[str, Loader] = {}


def register_loader(argument: str, loader: Loader) -> None:
    """Let ``<uuid:argument>`` in any URL be loaded by ``loader`` and given to the view without its ``_id``."""
    _loaders[argument] = loader


class Pages:
    """The pages of one feature: a blueprint whose every route names its permission."""

    def __init__(self, name: str, import_name: str) -> None:
        self.blueprint = Blueprint(name, import_name)

    def get(self, rule: str, *, permission: Permission, records: bool = False) -> Callable[[View], View]:
        """A page that reads. ``records``: its reading is itself an audit event (identity shown, a download)."""
        return self._route(rule, ["GET"], permission, records=records)

    def post(self, rule: str, *, permission: Permission) -> Callable[[View], View]:
        """A page that changes something and has nothing of its own to show."""
        return self._route(rule, ["POST"], permission, records=False)

    def form(self, rule: str, *, permission: Permission, records: bool = False) -> Callable[[View], View]:
        """A page with a form: GET shows it, POST sends it. ``records`` as for ``get``."""
        return self._route(rule, ["GET", "POST"], permission, records=records)

    def _route(self, rule: str, methods: list[str], permission: Permission, *, records: bool) -> Callable[[View], View]:
        def decorate(view: View) -> View:
            guarded = _guard(view, permission, records=records)
            self.blueprint.add_url_rule(rule, view.__name__, guarded, methods=methods)
            return view

        return decorate


def _guard(view: View, permission: Permission, *, records: bool) -> View:
    @wraps(view)
    def guarded(**arguments: Any) -> ResponseReturnValue:
        writes = records or request.method not in SAFE_METHODS
        with intent(write=writes):
            return _answer(view, permission, arguments, writes=writes)

    guarded.permission = permission  # type: ignore[attr-defined] # read by check_routes and the generated matrices
    guarded.records = records  # type: ignore[attr-defined] # likewise
    return guarded


def _answer(view: View, permission: Permission, arguments: dict[str, Any], *, writes: bool) -> ResponseReturnValue:
    gate: Gate = current_app.extensions["dard.gate"]
    actor = gate.actor()
    g.actor = actor
    g.refusals = []
    if permission is not Permission.PUBLIC and actor.user_id is None:
        return _ask_to_sign_in()
    detour = None if permission is Permission.PUBLIC else gate.detour(request.endpoint or "")
    if detour is not None:
        db.session.rollback()
        return redirect(detour)
    holder = Actor.nobody() if permission is Permission.PUBLIC else actor
    try:
        with gate.keys(holder):
            if not actor.may(permission):
                raise ForbiddenError("You do not have access to this page")
            response = make_response(view(actor, **_load(actor, arguments)))
            if writes and response.status_code < 400:
                db.session.commit()  # with the keys still open: the audit log signs its checkpoints then
            else:
                db.session.rollback()
    except StaleDataError as error:
        db.session.rollback()
        raise ConflictError from error
    except BaseException as error:
        db.session.rollback()
        told = error if isinstance(error, DomainError) else gate.refusal(error)
        if told is None:
            raise
        if told.event is not None:
            g.refusals.append(told.event)
        _keep_refusals(gate, holder)
        raise told from error.__cause__
    _keep_refusals(gate, holder)
    return response


def _keep_refusals(gate: Gate, holder: Actor) -> None:
    if not g.refusals:
        return
    with intent(write=True), gate.keys(holder):
        for event in g.refusals:
            gate.record(g.actor, event)
        db.session.commit()


def _load(actor: Actor, arguments: Mapping[str, Any]) -> dict[str, Any]:
    loaded: dict[str, Any] = {}
    for name, value in arguments.items():
        if isinstance(value, uuid.UUID):
            loaded[name.removesuffix("_id")] = _loaders[name](actor, value, loaded)
        else:
            loaded[name] = value
    return loaded


def _ask_to_sign_in() -> Response:
    db.session.rollback()
    if request.method in SAFE_METHODS:
        wanted = request.full_path if request.query_string else request.path
        return make_response(redirect(url_for("accounts.sign_in", next=wanted)))
    return make_response(redirect(url_for("accounts.sign_in", ended="yes")))


def check_routes(app: Flask) -> None:
    """Raise RuntimeError if any rule of the URL map lacks a permission or a loader for an id in it."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if not isinstance(getattr(view, "permission", None), Permission):
            raise RuntimeError(f"{rule.rule} has no permission: declare it with dard.core.routing.Pages")
        for argument in rule.arguments:
            is_id = type(rule._converters[argument]).__name__ == "UUIDConverter"  # noqa: SLF001 - no public way
            if is_id and argument not in _loaders:
                raise RuntimeError(f"{rule.rule}: nothing is registered to load {argument}")
