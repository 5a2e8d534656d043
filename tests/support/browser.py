"""A test client that behaves like a person: signs in, carries the CSRF token, and lints every page that it is shown."""

import re
import uuid
from collections.abc import Mapping
from typing import Any

from flask import Flask, current_app
from flask_login.utils import _create_identifier
from support.lint import lint
from werkzeug.test import TestResponse


class Browser:
    """One person at one browser."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()
        self.response: TestResponse | None = None

    def sign_in(self, token: str) -> "Browser":
        """Carry the session ``token``, as after a completed sign-in."""
        with self.app.test_request_context(
            headers={"User-Agent": "Werkzeug/test"}, environ_base={"REMOTE_ADDR": "127.0.0.1"}
        ):
            identifier = _create_identifier()
        with self.client.session_transaction() as session:
            session["_user_id"] = token
            session["_fresh"] = True
            session["_id"] = identifier
        return self

    def get(self, path: str, status: int = 200, **given: Any) -> TestResponse:
        """GET ``path``, expecting ``status``."""
        return self._keep(self.client.get(path, headers={"User-Agent": "Werkzeug/test"}, **given), status)

    def post(self, path: str, data: Mapping[str, Any] | None = None, status: int = 302, **given: Any) -> TestResponse:
        """POST ``data`` with the CSRF token, expecting ``status`` (a redirect unless said otherwise)."""
        sent = {**(data or {}), "csrf_token": self.csrf_token()}
        answer = self.client.post(path, data=sent, headers={"User-Agent": "Werkzeug/test"}, **given)
        return self._keep(answer, status)

    def csrf_token(self) -> str:
        """The token of this browser's session."""
        page = self.client.get("/help", headers={"User-Agent": "Werkzeug/test"}).text
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        if found is None:  # signed out: the help page has no form, the sign-in page has
            page = self.client.get("/sign-in", headers={"User-Agent": "Werkzeug/test"}).text
            found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert found is not None, "no page with a CSRF token"
        return found.group(1)

    @property
    def text(self) -> str:
        """What the newest page says, without markup."""
        assert self.response is not None
        body = re.sub(r"<(script|style)\b.*?</\1>", "", self.response.text, flags=re.S)
        return " ".join(re.sub(r"<[^>]+>", " ", body).split())

    def _keep(self, response: TestResponse, status: int) -> TestResponse:
        self.response = response
        shown = self.text[:1500] if response.mimetype == "text/html" else ""
        assert response.status_code == status, f"{response.request.path}: {response.status_code}, not {status}: {shown}"
        if response.mimetype == "text/html" and response.status_code not in {301, 302, 303, 308}:
            faults = lint(response.text)
            assert not faults, f"{response.request.path}: {faults}"
            assert "Content-Security-Policy" in response.headers
        return response


def identity(text: str) -> uuid.UUID:
    """The last id in an address."""
    return uuid.UUID(re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", text)[-1])


def keys_of(app: Flask):
    """The keyring of the app under test."""
    return (app or current_app).extensions["dard.keyring"]
