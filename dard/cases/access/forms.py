"""Forms about who sees a case."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from dard.cases.access.enums import BreakGlassGround, RecusalGround
from dard.core.forms import (
    CheckboxesField,
    Choice,
    Form,
    HiddenVersion,
    LongTextField,
    MaxLength,
    RadiosField,
    Required,
    SelectField,
    TextField,
    choices_of,
)
from dard.core.forms.choices import Option

if TYPE_CHECKING:
    from dard.accounts.models import User

REASON_LENGTH = 2000
TOO_LONG = MaxLength(REASON_LENGTH, "Reason must be 2,000 characters or fewer")
KEPT = "Kept sealed. Coordinators, chairs and the information governance lead can read it."


class DeclareForm(Form):
    """A conflict of interest of the person who sends it."""

    ground = RadiosField(
        "What is your conflict of interest?",
        [Required("Select what your conflict of interest is")],
        choices=choices_of(RecusalGround),
    )
    reason = LongTextField("Anything to add (optional)", [TOO_LONG], subject="Reason", description=KEPT, rows=3)


class RecuseForm(Form):
    """A conflict of interest of somebody else."""

    person = SelectField("Who", [Required("Select the person")], blank="Select a person")
    ground = RadiosField(
        "What is their conflict of interest?",
        [Required("Select what the conflict of interest is")],
        choices=choices_of(RecusalGround),
    )
    reason = LongTextField(
        "Why must this person not see the case?",
        [Required("Enter why this person must not see the case"), TOO_LONG],
        subject="Reason",
        description=KEPT,
        rows=3,
    )

    def offer(self, people: "Iterable[User]") -> None:
        """Let ``people`` be chosen, under the names of their organisations."""
        self.person.choices = choices_by_organisation(people)


class LiftForm(Form):
    """Ending a recusal."""

    reason = LongTextField(
        "Why may this person see the case again?",
        [Required("Enter why this person may see the case again"), TOO_LONG],
        subject="Reason",
        description=KEPT,
        rows=3,
    )


class RestrictForm(Form):
    """Who alone is to know of a case."""

    people = CheckboxesField("Who may know of the case", [Required("Select at least one person")])
    reason = LongTextField(
        "Why is the case restricted to them?",
        [Required("Enter why the case is restricted"), TOO_LONG],
        subject="Reason",
        description=KEPT,
        rows=3,
    )

    def offer(self, people: "Iterable[User]") -> None:
        """Let ``people`` be chosen, under the names of their organisations."""
        self.people.choices = choices_by_organisation(people)

    def grouped(self) -> dict[str, list[Option]]:
        """The choices as the page draws them, by organisation."""
        groups: dict[str, list[Option]] = {}
        for option in self.people.options():
            groups.setdefault(option.choice.group, []).append(option)
        return groups


class RestrictionChangeForm(RestrictForm):
    """Who else is to know of a case that is restricted."""

    reason = LongTextField(
        "Why are other people named?",
        [Required("Enter why other people are named"), TOO_LONG],
        subject="Reason",
        description=KEPT,
        rows=3,
    )
    version = HiddenVersion()


class LiftRestrictionForm(Form):
    """Ending a restriction."""

    reason = LongTextField(
        "Why is the restriction lifted?",
        [Required("Enter why the restriction is lifted"), TOO_LONG],
        subject="Reason",
        description=KEPT,
        rows=3,
    )
    version = HiddenVersion()


class BreakGlassForm(Form):
    """What makes somebody open a case that is restricted to others."""

    reference = TextField(
        "Case reference",
        [Required("Enter the reference of the case, like 2026-0042")],
        description="For example, 2026-0042",
        max_length=20,
        width=10,
    )
    ground = RadiosField(
        "What is the emergency?",
        [Required("Select what the emergency is")],
        choices=choices_of(BreakGlassGround),
    )
    reason = LongTextField(
        "What has happened, and why can it not wait?",
        [Required("Enter what has happened, and why it cannot wait"), TOO_LONG],
        subject="Reason",
        description="Kept sealed. The information governance lead reads it, and will ask you about it.",
        rows=4,
    )


def choices_by_organisation(people: "Iterable[User]") -> list[Choice]:
    """People to choose from, by organisation and name."""
    ordered = sorted(people, key=lambda person: (person.organisation.name, person.name, str(person.id)))
    return [Choice(str(each.id), each.name, group=each.organisation.name, data=each.id) for each in ordered]
