"""Forms of joining: proposing somebody, deciding about it, naming who decides."""

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from dard.accounts.forms.people import NAME_LENGTH, organisation_choices
from dard.accounts.joining import PROPOSABLE
from dard.accounts.service import UserDetails
from dard.core.forms import (
    CheckboxesField,
    Choice,
    EmailField,
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

if TYPE_CHECKING:
    from dard.accounts.models import User

CONFIRM, DECLINE = "confirm", "decline"
REASON_LENGTH = 2000


class ProposalForm(Form):
    """A person who is to have an account."""

    name = TextField(
        "Full name",
        [Required("Enter the person’s name"), MaxLength(NAME_LENGTH, "Name must be 200 characters or fewer")],
    )
    email = EmailField(
        "Work email address",
        [Required("Enter the person’s work email address")],
        description="The invitation is bound to this address",
    )
    organisation = SelectField("Organisation", [Required("Select the organisation that the person works for")])
    roles = CheckboxesField("Roles", [Required("Select at least one role")], choices=choices_of(PROPOSABLE))

    def offer_organisations(self) -> None:
        """Let the organisations that take part be chosen."""
        self.organisation.choices = organisation_choices()

    def details(self) -> UserDetails:
        """The answers, for the service."""
        return UserDetails(
            email=self.email.data,
            name=self.name.data,
            organisation_id=self.organisation.data,
            roles=frozenset(self.roles.data),
        )


class WithdrawForm(Form):
    """Taking a proposal back: nothing to answer but yes."""

    version = HiddenVersion()


class DecisionForm(Form):
    """Whether somebody is to have the account that was proposed."""

    decision = RadiosField(
        "Do you confirm this person?",
        [Required("Select whether you confirm this person")],
        choices=[
            Choice(CONFIRM, "Yes, make the account", hint="You know who this is, and they need these roles"),
            Choice(DECLINE, "No, decline"),
        ],
    )
    reason = LongTextField(
        "If you decline, why?",
        [MaxLength(REASON_LENGTH, f"The reason must be {REASON_LENGTH:,} characters or fewer")],
        rows=3,
    )
    version = HiddenVersion()


class LeadForm(Form):
    """Who confirms those who join for an organisation."""

    lead = SelectField("Lead", blank="Nobody: an administrator confirms")
    version = HiddenVersion()

    def offer(self, people: "Sequence[User]") -> None:
        """Let ``people`` be chosen."""
        self.lead.choices = [Choice(str(person.id), person.name, data=person.id) for person in people]

    def chosen(self) -> uuid.UUID | None:
        """Who was chosen; None for nobody."""
        answer: uuid.UUID | None = self.lead.data
        return answer
