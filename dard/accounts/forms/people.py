"""Forms of people and organisations."""

import uuid

from dard.accounts.enums import OrganisationKind, Role
from dard.accounts.service import UserDetails, organisations
from dard.core.forms import (
    CheckboxesField,
    CheckboxField,
    Choice,
    EmailField,
    Form,
    HiddenVersion,
    MaxLength,
    Required,
    SelectField,
    TextField,
    choices_of,
)

NAME_LENGTH = 200


class OrganisationForm(Form):
    """An organisation of the partnership."""

    name = TextField(
        "Name",
        [Required("Enter the organisation’s name"), MaxLength(NAME_LENGTH, "Name must be 200 characters or fewer")],
    )
    kind = SelectField(
        "Kind of organisation", [Required("Select the kind of organisation")], choices=choices_of(OrganisationKind)
    )


class OrganisationChangeForm(OrganisationForm):
    """An organisation that is there already."""

    active = CheckboxField("Takes part in the partnership")
    version = HiddenVersion()


class UserForm(Form):
    """A person with an account."""

    name = TextField(
        "Full name",
        [Required("Enter the person’s name"), MaxLength(NAME_LENGTH, "Name must be 200 characters or fewer")],
    )
    email = EmailField("Work email address", [Required("Enter the person’s work email address")])
    organisation = SelectField("Organisation", [Required("Select the person’s organisation")])
    roles = CheckboxesField("Roles", [Required("Select at least one role")], choices=choices_of(Role))

    def offer_organisations(self) -> None:
        """Let the organisations that take part be chosen."""
        self.organisation.choices = organisation_choices()

    def details(self) -> UserDetails:
        """The answers, for the service."""
        return UserDetails(
            email=self.email.data or "",
            name=self.name.data or "",
            organisation_id=self.organisation.data,
            roles=frozenset(self.roles.data),
        )


class UserChangeForm(UserForm):
    """A person who has an account already."""

    active = CheckboxField("Can sign in")
    version = HiddenVersion()


class RoleOrganisationForm(Form):
    """For which organisation somebody has a role."""

    organisation = SelectField("Organisation", [Required("Select the organisation for which they have this role")])

    def offer_organisations(self) -> None:
        """Let the organisations that take part be chosen."""
        self.organisation.choices = organisation_choices()


def organisation_choices(*, without: frozenset[uuid.UUID] = frozenset()) -> list[Choice]:
    """The organisations that take part, by name, without those named."""
    return [
        Choice(str(body.id), body.name, data=body.id)
        for body in organisations(active_only=True)
        if body.id not in without
    ]
