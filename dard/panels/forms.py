"""Forms of meetings."""

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from dard.core.clock import UK
from dard.core.formats import moment_text
from dard.core.forms import (
    CheckboxesField,
    Choice,
    DateField,
    Form,
    HiddenVersion,
    LongTextField,
    MaxLength,
    RadiosField,
    Required,
    SelectField,
    TextField,
    TimeField,
)
from dard.core.forms.choices import Option
from dard.panels.enums import Reply
from dard.panels.service import MeetingDetails

if TYPE_CHECKING:
    from dard.accounts.models import User
    from dard.panels.models import Meeting

TITLE_LENGTH = 200
PLACE_LENGTH = 500
REASON_LENGTH = 2000
_TOO_LONG = f"The reason must be {REASON_LENGTH:,} characters or fewer"


class MeetingForm(Form):
    """What is written down of a meeting."""

    title = TextField(
        "Title",
        [
            Required("Enter a title for the meeting, like Panel meeting March 2026"),
            MaxLength(TITLE_LENGTH, f"Title must be {TITLE_LENGTH} characters or fewer"),
        ],
        description="Like “Panel meeting March 2026”. Never anything about a case.",
    )
    on = DateField(
        "Date",
        [Required("Enter the date of the meeting, like 27 3 2026")],
        description="For example, 27 3 2026",
        subject="Date of the meeting",
    )
    starts = TimeField(
        "Start time",
        [Required("Enter the time at which the meeting starts, like 2pm")],
        description="On a clock in the UK. For example, 2pm or 14:30",
    )
    place = LongTextField(
        "Place",
        [
            Required("Enter where the meeting is, or how to join it"),
            MaxLength(PLACE_LENGTH, f"Place must be {PLACE_LENGTH} characters or fewer"),
        ],
        description="A room, or how to join",
        rows=2,
    )

    def details(self) -> MeetingDetails:
        """The answers, for the service, once the form is valid."""
        day, time = self.on.data or dt.date.min, self.starts.data or dt.time.min  # Required saw to both
        return MeetingDetails(
            title=self.title.data,
            starts_at=dt.datetime.combine(day, time, tzinfo=UK),
            place=self.place.data,
        )


class MeetingChangeForm(MeetingForm):
    """A meeting that is there already."""

    version = HiddenVersion()


class HeldForm(Form):
    """Saying that a meeting was held."""

    version = HiddenVersion()


class CancelForm(Form):
    """Cancelling a meeting."""

    reason = LongTextField(
        "Why is the meeting cancelled?",
        [Required("Enter why the meeting is cancelled"), MaxLength(REASON_LENGTH, _TOO_LONG)],
        description="It is kept in the history of the cases on the agenda",
        rows=3,
    )
    version = HiddenVersion()


class AgendaForm(Form):
    """A case to put on an agenda."""

    reference = TextField(
        "Case reference",
        [Required("Enter the reference of the case, like 2026-0042")],
        description="For example, 2026-0042",
        max_length=20,
        width=10,
    )
    reason = LongTextField(
        "Why it comes back (only for a case that has been reviewed before)",
        [MaxLength(REASON_LENGTH, _TOO_LONG)],
        rows=2,
    )


class RemoveForm(Form):
    """Taking a case off an agenda."""

    reason = LongTextField(
        "Why is the case taken off the agenda?",
        [Required("Enter why the case is taken off the agenda"), MaxLength(REASON_LENGTH, _TOO_LONG)],
        description="It is kept in the history of the case",
        rows=3,
    )


class InviteForm(Form):
    """The people to invite."""

    people = CheckboxesField("People", [Required("Select at least one person")])

    def offer(self, people: "Iterable[User]") -> None:
        """Let ``people`` be chosen, under the names of their organisations."""
        self.people.choices = [
            Choice(str(person.id), person.name, group=person.seat.name, data=person.id) for person in people
        ]

    def grouped(self) -> dict[str, list[Option]]:
        """The choices as the page draws them, by organisation."""
        groups: dict[str, list[Option]] = {}
        for option in self.people.options():
            groups.setdefault(option.choice.group, []).append(option)
        return groups


class WithdrawForm(Form):
    """Taking an invitation back: nothing to answer but yes."""


class ReplyForm(Form):
    """The answer of an invited person."""

    reply = RadiosField(
        "Will you attend?",
        [Required("Select whether you will attend")],
        choices=[
            Choice(Reply.ACCEPTED.value, "Yes, I will attend", data=Reply.ACCEPTED),
            Choice(Reply.DECLINED.value, "No, I cannot attend", data=Reply.DECLINED),
        ],
    )


class ScheduleForm(Form):
    """The meeting at which a case is to be spoken of."""

    meeting = SelectField("Meeting", [Required("Select a meeting")], blank="Select a meeting")
    reason = LongTextField("Why it comes back", [MaxLength(REASON_LENGTH, _TOO_LONG)], rows=2)

    def offer(self, meetings: "Iterable[Meeting]") -> None:
        """Let ``meetings`` be chosen."""
        self.meeting.choices = [
            Choice(str(each.id), f"{each.title}, {moment_text(each.starts_at)}", data=each) for each in meetings
        ]
