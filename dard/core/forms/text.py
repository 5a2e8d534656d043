"""Fields for text and numbers."""

import re
import unicodedata
from decimal import Decimal
from typing import Any

from dard.core.forms.field import PageField

LONG_TEXT_LIMIT = 100_000
REPLACEMENT = "\ufffd"

# Word sends a vertical tab for a soft line break, PDF readers a form feed: both mean a new line to whoever pastes.
_LINE_BREAKS = re.compile("\r\n|[\r\v\f\u0085\u2028\u2029]")
# Soft hyphens, zero-width spaces and joiners hide inside names, where neither people nor the redaction would see them.
_INVISIBLE = re.compile("[\u00ad\u115f\u1160\u17b4\u17b5\u200b\u2060\u2800\u3164\ufeff\uffa0]")
# Control characters, and the marks that turn the reading order round.
_REFUSED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,10})?")


def tidy(text: str, *, lines: bool) -> str:
    """``text`` in NFC without invisible characters and outer blanks; what must be refused shows as U+FFFD.

    ``lines``: keep line breaks and tabs, else each run of blanks becomes one space.
    """
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", _LINE_BREAKS.sub("\n", text)))
    text = _REFUSED.sub(REPLACEMENT, text)
    return text.strip() if lines else " ".join(text.split())


class InputField(PageField):
    """A control in which people type, whatever their text stands for; ``max_length`` is in characters.

    ``width`` is a GOV.UK width in characters (2, 3, 4, 5, 10, 20, 30) or a word (``one-half``, ``two-thirds``).
    """

    component = "input"
    input_type = "text"

    def __init__(
        self,
        label: str,
        validators: list[Any] | None = None,
        *,
        max_length: int = 500,
        width: int | str = "",
        inputmode: str = "",
        spellcheck: bool = False,
        **given: Any,
    ) -> None:
        super().__init__(label, validators, **given)
        self.max_length = max_length
        self.width = width
        self.inputmode = inputmode
        self.spellcheck = spellcheck


class TextField(InputField):
    """One line of text; ``data`` is a string, empty if nothing was entered."""

    data: str
    _lines = False

    @property
    def value(self) -> str:
        """What the control shows, also after an error."""
        return self.data

    def process_data(self, value: Any) -> None:
        """Take what is stored; nothing stored is an empty answer."""
        self.data = "" if value is None else str(value)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take what was sent, tidied. Raises ValueError, keeping the text, if it may not be stored as it is."""
        given = str(valuelist[0]) if valuelist else ""
        self.data = tidy(given, lines=self._lines)
        if REPLACEMENT in self.data:
            raise ValueError(
                f"{self.subject} has characters that cannot be stored, shown as {REPLACEMENT}: delete them"
            )
        if len(self.data) > self.max_length:
            raise ValueError(f"{self.subject} must be {self.max_length:,} characters or fewer")


class EmailField(TextField):
    """An email address. Checked for its form only: whether it reaches anybody, only a message can tell."""

    input_type = "email"

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take what was sent. Raises ValueError if it cannot be an address."""
        super().process_formdata(valuelist)
        if self.data and not re.fullmatch(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+", self.data):
            raise ValueError("Enter an email address in the correct format, like name@example.com")


class PasswordField(TextField):
    """A password: never shown again, neither trimmed nor tidied beyond NFC (NIST SP 800-63B), pasting allowed."""

    component = "password-input"

    def __init__(self, label: str, validators: list[Any] | None = None, **given: Any) -> None:
        given.setdefault("autocomplete", "current-password")
        super().__init__(label, validators, **given)

    @property
    def value(self) -> str:
        """Nothing: a password is typed anew after an error."""
        return ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take what was sent. Raises ValueError if it is longer than anybody types."""
        self.data = unicodedata.normalize("NFC", str(valuelist[0])) if valuelist else ""
        if len(self.data) > self.max_length:
            raise ValueError(f"{self.subject} must be {self.max_length:,} characters or fewer")


class LongTextField(TextField):
    """Text of many lines. ``count`` shows how many characters are left while typing."""

    component = "textarea"
    _lines = True

    def __init__(
        self,
        label: str,
        validators: list[Any] | None = None,
        *,
        max_length: int = LONG_TEXT_LIMIT,
        rows: int = 5,
        count: bool = False,
        **given: Any,
    ) -> None:
        super().__init__(label, validators, max_length=max_length, **given)
        self.rows = rows
        self.count = count


class NumberField(InputField):
    """A whole number; ``data`` is an int, or None if nothing was entered.

    ``minimum`` and ``maximum`` are themselves allowed.
    """

    data: int | None

    def __init__(
        self,
        label: str,
        validators: list[Any] | None = None,
        *,
        minimum: int | None = None,
        maximum: int | None = None,
        **given: Any,
    ) -> None:
        given.setdefault("width", 5)
        given.setdefault("inputmode", "numeric")
        super().__init__(label, validators, **given)
        self.minimum = minimum
        self.maximum = maximum
        self._text = ""

    @property
    def value(self) -> str:
        """What the control shows: what was typed, else the number."""
        return self._text or ("" if self.data is None else str(self.data))

    def process_data(self, value: Any) -> None:
        """Take the stored number."""
        self.data = value

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take what was sent. Raises ValueError if it is no whole number, or out of bounds."""
        self._text = tidy(str(valuelist[0]) if valuelist else "", lines=False)
        self.data = None
        plain = self._text.replace(",", "").replace(" ", "").replace("−", "-")
        if not plain:
            return
        if not _NUMBER.fullmatch(plain):
            raise ValueError(f"{self.subject} must be a number, like 12")
        number = Decimal(plain)
        if number != number.to_integral_value():
            raise ValueError(f"{self.subject} must be a whole number, like 12")
        self._check_bounds(int(number))
        self.data = int(number)

    def _check_bounds(self, number: int) -> None:
        if self.minimum is not None and number < self.minimum:
            raise ValueError(f"{self.subject} must be {self.minimum:,} or more")
        if self.maximum is not None and number > self.maximum:
            raise ValueError(f"{self.subject} must be {self.maximum:,} or fewer")
