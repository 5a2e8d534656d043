"""Checks of one answer. The message is what the person reads, so whoever writes the form writes it."""

import datetime as dt
from typing import Any

from wtforms import Field
from wtforms.form import BaseForm
from wtforms.validators import StopValidation, ValidationError

from dard.core.clock import today


def is_empty(answer: Any) -> bool:
    """Whether nothing was answered. The number 0 is an answer; a box left unticked is not."""
    return answer is None or answer is False or (isinstance(answer, (str, list, tuple)) and not answer)


class Required:
    """There must be an answer; ``message`` says what to do: “Enter …”, “Select …”."""

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, _form: BaseForm, field: Field) -> None:
        """Raise StopValidation if the field was left empty."""
        if is_empty(field.data):
            raise StopValidation(self.message)


class MaxLength:
    """Text of at most ``limit`` characters."""

    def __init__(self, limit: int, message: str) -> None:
        self.limit = limit
        self.message = message

    def __call__(self, _form: BaseForm, field: Field) -> None:
        """Raise ValidationError if the text is longer; the text is kept for the person to shorten."""
        if len(field.data or "") > self.limit:
            raise ValidationError(self.message)


class NotInFuture:
    """A date that is today at the latest."""

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, _form: BaseForm, field: Field) -> None:
        """Raise ValidationError if the date is still to come in England."""
        if isinstance(field.data, dt.date) and field.data > today():
            raise ValidationError(self.message)
