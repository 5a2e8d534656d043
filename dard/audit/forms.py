"""The filters of the list of showings, and the second look at an event."""

from dard.audit.queries import ShowingFilter, who_was_shown
from dard.core.actor import Actor
from dard.core.forms import (
    Choice,
    DateField,
    FilterForm,
    Form,
    LongTextField,
    MaxLength,
    Required,
    SelectField,
)

NOTE_LENGTH = 2000


class ShowingFilterForm(FilterForm):
    """Which showings are listed."""

    person = SelectField("Shown to", blank="Anybody")
    first_day = DateField("On or after")
    last_day = DateField("On or before")

    def offer(self, actor: Actor) -> None:
        """Let everybody be chosen who was ever shown an identity."""
        self.person.choices = [Choice(str(identity), name, data=identity) for identity, name in who_was_shown(actor)]

    def chosen(self) -> ShowingFilter:
        """The answers, for the query."""
        return ShowingFilter(actor_id=self.person.data, first_day=self.first_day.data, last_day=self.last_day.data)


class ReviewForm(Form):
    """What somebody found who looked at an event."""

    note = LongTextField(
        "What did you find?",
        [
            Required("Enter what you found"),
            MaxLength(NOTE_LENGTH, f"What you found must be {NOTE_LENGTH:,} characters or fewer"),
        ],
        description="Whom you asked, what they said, and what follows from it. It cannot be changed later.",
        subject="What you found",
        rows=5,
    )
