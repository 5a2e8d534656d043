"""The web server of the embedded default: waitress, one process, nothing of requests and answers on the disk."""

import sys
from typing import Any

import waitress
from flask import Flask

from dard.core.settings import Settings

THREADS = 8
NEVER = sys.maxsize


def serve(app: Flask, host: str, port: int) -> None:
    """Serve ``app`` until it is stopped."""
    waitress.serve(app, host=host, port=port, **options(app.extensions["dard.settings"]))


def options(settings: Settings) -> dict[str, Any]:
    """How waitress is to serve.

    It would write requests over 512 KiB and answers over 1 MiB into temporary files, in the clear. What it holds in
    memory instead is bounded: it refuses requests of more than twice the limit for uploads, up to which the app says
    on a page of its own that a file is too large.
    """
    return {
        "threads": THREADS,
        "ident": "",
        "clear_untrusted_proxy_headers": True,
        "max_request_body_size": 2 * settings.upload_limit,
        "inbuf_overflow": NEVER,
        "outbuf_overflow": NEVER,
    }
