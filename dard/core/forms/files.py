"""The field to which a file is attached. What kinds and sizes are allowed, the service that keeps it decides."""

from typing import Any

from werkzeug.datastructures import FileStorage

from dard.core.forms.field import PageField


class FileField(PageField):
    """One file; ``data`` is it, or None. ``accept`` is what the browser offers, like ``.pdf,.docx``."""

    component = "file-upload"
    data: FileStorage | None

    def __init__(self, label: str, validators: list[Any] | None = None, *, accept: str = "", **given: Any) -> None:
        super().__init__(label, validators, **given)
        self.accept = accept

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the file that was sent; a control left alone sends one without a name."""
        named = (file for file in valuelist if isinstance(file, FileStorage) and file.filename)
        self.data = next(named, None)
