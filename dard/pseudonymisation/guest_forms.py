"""Forms for sharing a case with a guest."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from dard.cases.access.forms import KEPT, TOO_LONG, choices_by_organisation
from dard.core.forms import DateField, Form, LongTextField, Required, SelectField

if TYPE_CHECKING:
    from dard.accounts.models import User


class GuestForm(Form):
    """Who is to read of a case, and how long."""

    person = SelectField("Guest", [Required("Select the guest")], blank="Select a person")
    last_day = DateField(
        "Last day",
        [Required("Enter the last day on which the guest may read, like 27 3 2026")],
        description="The guest can read until the end of this day, at most 30 days from today. For example, 27 3 2026",
    )
    reason = LongTextField(
        "Why does this person need to read of the case?",
        [Required("Enter why this person needs to read of the case"), TOO_LONG],
        subject="Reason",
        description=KEPT,
        rows=3,
    )

    def offer(self, people: "Iterable[User]") -> None:
        """Let ``people`` be chosen, under the names of their organisations."""
        self.person.choices = choices_by_organisation(people)


class EndGuestForm(Form):
    """Ending a guest’s sight: nothing to answer but yes."""
