"""Fields that travel with a form unseen. Nothing in them is trusted."""

from typing import Any

from dard.core.forms.text import InputField, TextField

LOST_VERSION = "This page has lost track of what you were changing. Open it again and repeat your changes"


class _Unseen(InputField):
    component = "hidden"

    def __init__(self, validators: list[Any] | None = None, **given: Any) -> None:
        super().__init__("", validators, **given)

    @property
    def error_target(self) -> str:
        """None: there is nothing to see."""
        return ""


class HiddenField(_Unseen, TextField):
    """A short text that comes back with the form."""


class HiddenVersion(_Unseen):
    """The version of the row that the person saw, by which the service notices a stale save; ``data`` is an int."""

    data: int | None

    @property
    def value(self) -> str:
        """The version seen."""
        return "" if self.data is None else str(self.data)

    def process_data(self, value: Any) -> None:
        """Take the stored version."""
        self.data = value

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the version that was sent. Raises ValueError without one: a save must not overwrite unseen changes."""
        text = str(valuelist[0]) if valuelist else ""
        if not (text.isascii() and text.isdecimal() and len(text) < 10):
            self.data = None
            raise ValueError(LOST_VERSION)
        self.data = int(text)
