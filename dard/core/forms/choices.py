"""Fields with which people choose: radios, select, checkboxes.

WTForms has fields of its own for this; they coerce strings to strings and warn about tuples. Here a choice carries
what it stands for, so that a form answers with the enum member or the id itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from wtforms.form import BaseForm
from wtforms.validators import StopValidation

from dard.core.forms.field import PageField


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose. ``data`` is what the form answers if it is chosen (else the value itself).

    ``group`` puts it under a heading in a select.
    """

    value: str
    label: str
    hint: str = ""
    data: Any = None
    group: str = ""

    @property
    def answer(self) -> Any:
        """What the form answers with."""
        return self.value if self.data is None else self.data


@dataclass(frozen=True, slots=True)
class Option:
    """A choice as a page draws it. The first has the id of the field, so that the error summary can link to it."""

    id: str
    choice: Choice
    chosen: bool


class Labelled(Protocol):
    """A member of a LabelledEnum: a slug and its words."""

    @property
    def value(self) -> str:
        """The stable slug."""

    @property
    def label(self) -> str:
        """What people read."""


def choices_of(members: Iterable[Labelled]) -> list[Choice]:
    """Choices for a LabelledEnum, or for some of its members, in their order."""
    return [Choice(member.value, member.label, hint=getattr(member, "hint", ""), data=member) for member in members]


class _ChoiceField(PageField):
    """Choices may be given to the field, or set on the form before validating (``form.lead.choices = …``)."""

    def __init__(
        self, label: str, validators: list[Any] | None = None, *, choices: Iterable[Choice] = (), **given: Any
    ) -> None:
        super().__init__(label, validators, **given)
        self._sent: list[str] | None = None
        self._unknown = False
        self._choices = list(choices)

    @property
    def choices(self) -> list[Choice]:
        """What there is to choose from."""
        return self._choices

    @choices.setter
    def choices(self, choices: Iterable[Choice]) -> None:
        self._choices = list(choices)
        if self._sent is not None:
            self._read(self._sent)

    def options(self) -> list[Option]:
        """The choices as a page draws them."""
        return [
            Option(self.id if not number else f"{self.id}-{number + 1}", choice, self._is_chosen(choice))
            for number, choice in enumerate(self._choices)
        ]

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take what was sent; what is not among the choices is refused later, when all choices are known."""
        self._sent = [str(value) for value in valuelist if value != ""]
        self._read(self._sent)

    def pre_validate(self, form: BaseForm) -> None:
        """Raise StopValidation if something was sent that is not among the choices."""
        super().pre_validate(form)
        if self._unknown:
            raise StopValidation(f"{self.subject}: select from the choices on this page")

    def _answers(self, sent: list[str]) -> list[Any]:
        known = {choice.value: choice.answer for choice in self._choices}
        self._unknown = any(value not in known for value in sent)
        return [known[value] for value in dict.fromkeys(sent) if value in known]

    def _is_chosen(self, choice: Choice) -> bool:
        raise NotImplementedError

    def _read(self, sent: list[str]) -> None:
        raise NotImplementedError


class RadiosField(_ChoiceField):
    """One of a few. ``data`` is what the choice stands for, or None. ``inline`` only for two short answers."""

    component = "radios"

    def __init__(self, label: str, validators: list[Any] | None = None, *, inline: bool = False, **given: Any) -> None:
        super().__init__(label, validators, **given)
        self.inline = inline

    def _is_chosen(self, choice: Choice) -> bool:
        return self.data is not None and bool(self.data in (choice.answer, choice.value))

    def _read(self, sent: list[str]) -> None:
        answers = self._answers(sent[:1])
        self.data = answers[0] if answers else None


class SelectField(RadiosField):
    """One of many. ``blank`` is the text of the first, empty option (“Select an organisation”)."""

    component = "select"

    def __init__(self, label: str, validators: list[Any] | None = None, *, blank: str = "Select", **given: Any) -> None:
        super().__init__(label, validators, **given)
        self.blank = blank

    def grouped(self) -> list[tuple[str, list[Option]]]:
        """The options under their headings, in the order in which the headings first come."""
        groups: dict[str, list[Option]] = {}
        for option in self.options():
            groups.setdefault(option.choice.group, []).append(option)
        return list(groups.items())


class CheckboxesField(_ChoiceField):
    """Any of several. ``data`` is a list of what the ticked choices stand for."""

    component = "checkboxes"
    data: list[Any]

    def process_data(self, value: Any) -> None:
        """Take what is stored; nothing stored is nothing ticked."""
        self.data = [] if value is None else list(value)

    def _is_chosen(self, choice: Choice) -> bool:
        return choice.answer in self.data or choice.value in self.data

    def _read(self, sent: list[str]) -> None:
        self.data = self._answers(sent)


class CheckboxField(PageField):
    """One box to tick; ``data`` is a bool. With Required it must be ticked."""

    component = "checkbox"
    data: bool

    def process_data(self, value: Any) -> None:
        """Take what is stored."""
        self.data = bool(value)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Ticked, if anything was sent but “no”."""
        self.data = bool(valuelist) and valuelist[0] not in {"", "no", "false"}
