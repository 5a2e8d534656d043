"""What all fields have in common."""

from typing import Any, ClassVar

from wtforms import Field
from wtforms.form import BaseForm
from wtforms.validators import StopValidation


class PageField(Field):
    """A field that ``components/field.html`` can draw.

    ``component`` chooses the GOV.UK component; ``subject`` names the answer in error messages where the label is a
    question (“Date of death” for “When did the person die?”). ``autocomplete`` is off unless asked for: the answers
    are about somebody else, and browsers on shared desks remember them.
    """

    component: ClassVar[str]

    def __init__(
        self,
        label: str,
        validators: list[Any] | None = None,
        *,
        subject: str = "",
        autocomplete: str = "off",
        **given: Any,
    ) -> None:
        super().__init__(label, validators, **given)
        self.subject = subject or label.removesuffix(" (optional)")
        self.autocomplete = autocomplete

    @property
    def error_target(self) -> str:
        """The id of the control that a link from the error summary moves to; empty if there is none to see."""
        return self.id

    def pre_validate(self, _form: BaseForm) -> None:
        """Leave it at the first fault: an answer that could not be read needs no further complaint."""
        if self.process_errors:
            raise StopValidation
