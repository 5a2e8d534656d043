"""Coded values: each a stable slug in the database, with its label and tag colour beside it."""

import enum
from typing import Literal, Self, get_args

TagColour = Literal["grey", "green", "teal", "blue", "purple", "magenta", "red", "orange", "yellow"]
TAG_COLOURS: tuple[str, ...] = get_args(TagColour)


class LabelledEnum(enum.StrEnum):
    """A code: ``NAME = "slug", "Label for people"``, with a tag colour as third element where it is shown as a tag.

    A member is its slug wherever a string is wanted (columns, URLs, JSON, dictionary keys). The label is for people
    and may change without a migration. Raises ValueError, when the class is made, for a code without a label or with
    a colour that no GOV.UK tag has.
    """

    _value_: str
    label: str
    colour: TagColour

    def __new__(cls, value: str, label: str = "", colour: TagColour = "grey") -> Self:
        if not label:
            raise ValueError(f"{value}: a code needs a label for people")
        if colour not in TAG_COLOURS:
            raise ValueError(f"{value}: a tag is not {colour}; it is one of {', '.join(TAG_COLOURS)}")
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.colour = colour
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """(slug, label) pairs in the order in which the codes are written, for radios and selects."""
        return [(member.value, member.label) for member in cls]
