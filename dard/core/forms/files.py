"""Fields to which files are attached. What kinds and sizes are allowed, the service that keeps them decides."""

from typing import Any

from werkzeug.datastructures import FileStorage

from dard.core.forms.field import PageField


class FilesField(PageField):
    """Files; ``data`` is a list of them. ``accept`` is what the browser offers, like ``.pdf,.docx``."""

    component = "file-upload"
    multiple = True
    data: Any

    def __init__(self, label: str, validators: list[Any] | None = None, *, accept: str = "", **given: Any) -> None:
        super().__init__(label, validators, **given)
        self.accept = accept

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the files that were sent."""
        self.data = _named(valuelist)


class FileField(FilesField):
    """One file; ``data`` is it, or None."""

    multiple = False
    data: FileStorage | None

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the file that was sent."""
        self.data = next(iter(_named(valuelist)), None)


def _named(sent: list[Any]) -> list[FileStorage]:
    # A control left alone sends one file without a name.
    return [file for file in sent if isinstance(file, FileStorage) and file.filename]
