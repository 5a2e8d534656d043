"""What every answer carries, and what people see when something goes wrong: headers, hosts, error pages."""

import io
import secrets
import sys
from typing import IO, Any
from urllib.parse import urlsplit

import structlog
from flask import Flask, Request, Response, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException, SecurityError

from dard.core.database import db, intent
from dard.core.errors import ConflictError, DomainError
from dard.core.settings import Settings

structlog.configure(logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr))  # what commands print stays apart
log = structlog.get_logger(__name__)
csrf = CSRFProtect()

WORDS = {
    400: "The request was not understood",
    403: "You do not have access to this page",
    404: "Page not found",
    405: "That cannot be done from here",
    409: "Somebody else changed this while you were working on it",
    413: "That file is too large",
    422: "That could not be done",
    500: "Sorry, there is a problem with the service",
    503: "The records are locked",
}


class UnspooledRequest(Request):
    """A request whose files stay in memory: Werkzeug would write those over 500 KB to the disk, in the clear.

    MAX_CONTENT_LENGTH bounds what they take.
    """

    def _get_file_stream(self, *_given: Any, **_named: Any) -> IO[bytes]:
        return io.BytesIO()


def init_web(app: Flask, settings: Settings) -> None:
    """Put headers on every answer of ``app``, check the host it is asked under, and give it error pages."""
    app.request_class = UnspooledRequest
    host = urlsplit(settings.base_url).hostname or ""
    app.config["TRUSTED_HOSTS"] = [host] if settings.production else [host, "localhost", "127.0.0.1"]
    app.config["MAX_CONTENT_LENGTH"] = settings.upload_limit
    app.config["MAX_FORM_MEMORY_SIZE"] = 2 * 1024 * 1024
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # as long as the session, which ends by itself
    app.config["WTF_CSRF_SSL_STRICT"] = (
        False  # it wants a Referer, which our own Referrer-Policy keeps browsers from sending
    )
    csrf.init_app(app)
    app.after_request(lambda response: _headers(response, settings))
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected_error)


def csp_nonce() -> str:
    """The nonce of this answer's Content-Security-Policy; the same for every call during one request."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def _headers(response: Response, settings: Settings) -> Response:
    policy = (
        f"default-src 'none'; script-src 'self' 'nonce-{csp_nonce()}'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; "
        "frame-ancestors 'none'"
    )
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
    response.headers["X-Frame-Options"] = "DENY"
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
        response.headers["Vary"] = "Cookie"
    if settings.production:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return response


def _page(status: int, message: str | None = None, **context: object) -> tuple[str, int]:
    if "actor" not in g:  # no page was found, so that no guard has asked who it is
        with intent(write=False):
            g.actor = current_app.extensions["dard.gate"].actor()
            db.session.rollback()
    template = f"errors/{status if status in WORDS else 500}.html"
    return render_template(template, message=message, heading=WORDS.get(status, WORDS[500]), **context), status


def _domain_error(error: DomainError) -> ResponseReturnValue:
    if isinstance(error, ConflictError):
        return _page(409, error.message, ours=error.ours, theirs=error.theirs)
    return _page(error.status, None if error.status == 404 else error.message)


def _csrf_error(_error: CSRFError) -> ResponseReturnValue:
    return _page(
        400, "This page was open for too long, or you signed out in another window. Go back, reload it and try again."
    )


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if isinstance(error, SecurityError):  # asked under another host's name: no address can be made for a page
        return Response("This service does not answer under this name.\n", 400, mimetype="text/plain")
    if error.response is not None:
        return error.response  # a redirect, such as the one for a missing slash
    return _page(error.code or 500)


def _unexpected_error(error: Exception) -> ResponseReturnValue:
    # The message of an exception may hold what was to be sealed: its kind and place are enough to find the fault.
    places = []
    trace = error.__traceback__
    while trace is not None:
        places.append(f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}")
        trace = trace.tb_next
    log.error("unexpected_error", kind=type(error).__name__, endpoint=request.endpoint, places=places[-6:])
    return _page(500)
