"""Files that leave the service: always as an attachment, never shown inside a page."""

from flask import Response


def download(content: bytes, filename: str, media_type: str) -> Response:
    """``content`` as a file to keep. ``filename`` must say nothing about a person."""
    response = Response(content, content_type=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    return response
