"""Forms of actions, and the filters of the tracker."""

import uuid
from dataclasses import dataclass
from typing import Any

from dard.accounts.service import acting_for, organisations, people
from dard.actions.enums import ActionStatus, Priority
from dard.actions.queries import ActionFilter, deciding_meetings, owning_organisations
from dard.actions.service import ActionDetails
from dard.actions.states import OPEN
from dard.core.actor import Actor
from dard.core.formats import date_text
from dard.core.forms import (
    CheckboxField,
    Choice,
    DateField,
    FilterForm,
    Form,
    HiddenVersion,
    LongTextField,
    RadiosField,
    Required,
    SelectField,
    choices_of,
)
from dard.core.permissions import Permission

TEXT_LENGTH = 2000
NOTE_LENGTH = 5000
MINE, MY_ORGANISATION = "mine", "organisation"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who is to do an action."""

    organisation_id: uuid.UUID
    user_id: uuid.UUID | None


class TrackerFilterForm(FilterForm):
    """What the tracker shows."""

    whose = SelectField(
        "Whose",
        blank="Anybody’s",
        choices=[Choice(MINE, "Mine"), Choice(MY_ORGANISATION, "My organisation’s")],
    )
    status = SelectField(
        "Status",
        blank="Any status",
        choices=[
            Choice("open", "All that are open", data=OPEN),
            *(Choice(status.value, status.label, data=frozenset({status})) for status in ActionStatus),
        ],
    )
    priority = SelectField("Priority", blank="Any priority", choices=choices_of(Priority))
    organisation = SelectField("Owner organisation", blank="Any organisation")
    meeting = SelectField("Agreed at", blank="Any meeting")
    due_from = DateField("Due on or after")
    due_to = DateField("Due on or before")
    overdue = CheckboxField("Overdue only")

    def offer(self, actor: Actor) -> None:
        """Let the organisations and meetings of the actions that ``actor`` may see be chosen."""
        self.organisation.choices = [
            Choice(str(identity), name, data=identity) for identity, name in owning_organisations(actor)
        ]
        self.meeting.choices = [
            Choice(str(meeting.id), f"{meeting.title}, {date_text(meeting.starts_at)}", data=meeting.id)
            for meeting in deciding_meetings(actor)
        ]

    def chosen(self) -> ActionFilter:
        """The answers, for the query."""
        return ActionFilter(
            mine=self.whose.data == MINE,
            my_organisation=self.whose.data == MY_ORGANISATION,
            overdue=self.overdue.data,
            statuses=self.status.data,
            organisation_id=self.organisation.data,
            meeting_id=self.meeting.data,
            priority=self.priority.data,
            due_from=self.due_from.data,
            due_to=self.due_to.data,
        )

    def in_words(self) -> list[tuple[str, str]]:
        """The filters that are set, as (question, answer) pairs for the heading of an export."""
        words = []
        for field in self:
            if isinstance(field, RadiosField):
                words += [(field.label.text, option.choice.label) for option in field.options() if option.chosen]
            elif isinstance(field, DateField) and field.data is not None:
                words.append((field.label.text, date_text(field.data)))
            elif isinstance(field, CheckboxField) and field.data:
                words.append((field.label.text, "Yes"))
        return words


class ActionForm(Form):
    """An action that the chair assigns."""

    text = LongTextField(
        "What is to be done",
        [Required("Enter what is to be done")],
        description=(
            "One thing that one organisation can do, and how you will know that it is done. "
            "Its owner reads this without the case: leave out everything that could identify the person."
        ),
        max_length=TEXT_LENGTH,
        count=True,
        spellcheck=True,
    )
    owner = SelectField(
        "Owner",
        [Required("Select who is to do it")],
        blank="Select an organisation or a person",
        description="A person, or an organisation if it is to decide who does it",
    )
    due_on = DateField(
        "Due date", [Required("Enter the due date, like 31 5 2026")], description="For example, 31 5 2026"
    )
    priority = RadiosField("Priority", [Required("Select the priority")], choices=choices_of(Priority))

    def offer_owners(self) -> None:
        """Let organisations that take part and their people be chosen, in one list grouped by organisation."""
        members: dict[uuid.UUID, list[Choice]] = {}
        for person in people(permission=Permission.ACTION_UPDATE):
            for body in acting_for(person, Permission.ACTION_UPDATE):
                own = body.id == person.organisation_id
                value = f"person-{person.id}" if own else f"person-{person.id}-{body.id}"
                choice = Choice(value, person.name, data=Owner(body.id, person.id), group=body.name)
                members.setdefault(body.id, []).append(choice)
        self.owner.choices = [
            choice
            for body in organisations(active_only=True)
            for choice in (
                Choice(
                    f"organisation-{body.id}",
                    f"Organisation only: {body.name}",
                    data=Owner(body.id, None),
                    group=body.name,
                ),
                *members.get(body.id, []),
            )
        ]

    def details(self) -> ActionDetails:
        """The answers, for the service."""
        due_on, owner = self.due_on.data, self.owner.data
        if due_on is None:
            raise ValueError("the details of a form that was not validated")
        return ActionDetails(
            text=self.text.data,
            owner_organisation_id=owner.organisation_id,
            owner_id=owner.user_id,
            due_on=due_on,
            priority=self.priority.data,
        )


class ActionChangeForm(ActionForm):
    """An action that is agreed already."""

    version = HiddenVersion()

    @classmethod
    def of(cls, details: ActionDetails, version: int) -> "ActionChangeForm":
        """The form with what stands now."""
        stored: dict[str, Any] = {
            "text": details.text,
            "owner": Owner(details.owner_organisation_id, details.owner_id),
            "due_on": details.due_on,
            "priority": details.priority,
            "version": version,
        }
        return cls(data=stored)


class UpdateForm(Form):
    """How an action goes."""

    status = RadiosField("Where it stands now", choices=choices_of(ActionStatus))
    note = LongTextField(
        "Update",
        [Required("Say what has happened since the last update")],
        description=(
            "A sentence or two: what has been done, what is in the way, what changed. "
            "Leave out everything that could identify a person."
        ),
        max_length=NOTE_LENGTH,
        rows=3,
        spellcheck=True,
    )
    version = HiddenVersion()

    def offer(self, present: ActionStatus, steps: list[ActionStatus]) -> None:
        """Let the present status and the steps from it be chosen."""
        self.status.choices = choices_of([present, *steps])


DECISIONS = {
    ActionStatus.CLOSED: ("Close it", "The work is done"),
    ActionStatus.IN_PROGRESS: ("Send it back to its owner", "More is to be done"),
    ActionStatus.REJECTED: ("Reject it", "It will not be done. This cannot be undone"),
}
REOPEN = ("Reopen it", "It goes back to its owner as “In progress”")


class DecisionForm(Form):
    """What the chair decides about an action."""

    decision = RadiosField(
        "What do you decide?",
        [Required("Select what you decide")],
        subject="Decision",
        choices=choices_of(ActionStatus),
    )
    note = LongTextField(
        "Outcome or reason",
        [Required("Enter the outcome or the reason")],
        description=(
            "If you close it: what was done, and what changed because of it. Otherwise: why. Its owner reads this."
        ),
        max_length=NOTE_LENGTH,
        rows=4,
        spellcheck=True,
    )
    version = HiddenVersion()

    def offer(self, present: ActionStatus, steps: list[ActionStatus]) -> None:
        """Let the steps from ``present`` be chosen, called by what they mean there."""
        words = {**DECISIONS, **({ActionStatus.IN_PROGRESS: REOPEN} if present is ActionStatus.CLOSED else {})}
        self.decision.choices = [Choice(to.value, words[to][0], hint=words[to][1], data=to) for to in steps]
