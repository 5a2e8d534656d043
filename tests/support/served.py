"""An instance that is really served, by waitress in a process of its own, and a browser that speaks HTTP to it."""

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

from flask import Flask
from flask_login.utils import _create_identifier
from support.browser import Browser
from werkzeug.test import EnvironBuilder, TestResponse
from werkzeug.wrappers import Request

from dard.core.settings import ROOT

HOST = "127.0.0.1"
SECONDS = 60  # until a process must have begun, or ended
# Put on the path of a process, this makes it leave behind each temporary file that it would delete or never name.
KEEPING = '''"""Keeps every temporary file, so that it can be searched."""
import functools
import tempfile

tempfile.TemporaryFile = functools.partial(tempfile.NamedTemporaryFile, delete=False)
'''


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def keep_temporary_files(folder: Path, temporary: Path) -> dict[str, str]:
    """The variables that make a process write its temporary files into ``temporary`` and leave them there."""
    (folder / "sitecustomize.py").write_text(KEEPING, encoding="utf-8")
    return {"TMPDIR": str(temporary), "SQLITE_TMPDIR": str(temporary), "PYTHONPATH": str(folder)}


class Served:
    """``python -m dard serve`` on a free port. ``said`` is the file of all that it writes to its two outputs."""

    def __init__(self, environ: Mapping[str, str], said: Path) -> None:
        self.port = free_port()
        self.said = said
        with said.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "dard", "serve", "--port", str(self.port)],
                cwd=ROOT,
                env={**os.environ, **environ},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def wait(self) -> None:
        """Until it answers. Raises RuntimeError if it ends instead."""
        for _attempt in range(SECONDS * 20):
            try:
                socket.create_connection((HOST, self.port), timeout=SECONDS).close()
            except ConnectionRefusedError:
                self._check()
            else:
                return
        raise RuntimeError("the instance does not answer")

    def _check(self) -> None:
        try:
            status = self.process.wait(timeout=0.05)
        except subprocess.TimeoutExpired:
            return
        raise RuntimeError(f"the instance ended with {status}: {self.said.read_text('utf-8', 'replace')}")

    def stop(self) -> None:
        """End it, as systemd does."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=SECONDS)


class ServedBrowser(Browser):
    """One person at one browser, over HTTP. ``app`` is an app of the same instance, which can sign its cookies."""

    def __init__(self, app: Flask, port: int) -> None:
        self.app = app
        self.client = HttpClient(port)
        self.response = None
        self._tokens: dict[str, str] = {}

    def sign_in(self, token: str) -> "ServedBrowser":
        """Carry the session ``token``, as after a completed sign-in."""
        with self.app.test_request_context(headers={"User-Agent": "Werkzeug/test"}, environ_base={"REMOTE_ADDR": HOST}):
            content = {"_user_id": token, "_fresh": True, "_id": _create_identifier()}
        signer = self.app.session_interface.get_signing_serializer(self.app)
        self.client.cookies[self.app.config["SESSION_COOKIE_NAME"]] = signer.dumps(content)
        return self

    def csrf_token(self) -> str:
        """The token of this browser's session, which is asked for once."""
        session = self.client.cookies.get(self.app.config["SESSION_COOKIE_NAME"], "")
        if session not in self._tokens:
            self._tokens[session] = super().csrf_token()
        return self._tokens[session]

    def _keep(self, response: TestResponse, status: int) -> TestResponse:
        """Without the check of the page, which is made wherever it is asked for without a server."""
        self.response = response
        shown = self.text[:1500] if response.mimetype == "text/html" else ""
        assert response.status_code == status, f"{response.request.path}: {response.status_code}, not {status}: {shown}"
        return response


class HttpClient:
    """A client that keeps cookies and follows no redirects."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}

    def get(self, path: str, **given: Any) -> TestResponse:
        """GET ``path``."""
        return self.open(path, method="GET", **given)

    def post(self, path: str, **given: Any) -> TestResponse:
        """POST to ``path``, as a form or, with a file in it, as multipart."""
        return self.open(path, method="POST", **given)

    def open(self, path: str, *, method: str, headers: Mapping[str, str], data: Any = None) -> TestResponse:
        """Send one request, on a connection of its own."""
        environ = EnvironBuilder(path=path, method=method, data=data).get_environ()
        with environ["wsgi.input"] as stream:  # a temporary file, if it is large
            body = stream.read()
        sent = {**headers, "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body:
            sent["Content-Type"] = environ["CONTENT_TYPE"]
        connection = http.client.HTTPConnection(HOST, self.port, timeout=SECONDS)
        try:
            connection.request(method, path, body or None, sent)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or ():
            self.cookies.update({name: morsel.value for name, morsel in SimpleCookie(line).items()})
        return TestResponse([content], f"{answer.status} {answer.reason}", answer.headers.items(), Request(environ))
