"""Forms of the review of access."""

from dard.accounts.access import UNUSED_DAYS, AccessFilter
from dard.accounts.enums import AccessState, Role
from dard.accounts.service import organisations
from dard.core.forms import (
    CheckboxField,
    Choice,
    FilterForm,
    Form,
    LongTextField,
    MaxLength,
    Required,
    SelectField,
    choices_of,
)

REASON_LENGTH = 2000


class AccessFilterForm(FilterForm):
    """Whose access is listed."""

    role = SelectField("Role", choices=[Choice(role.value, role.label, data=role) for role in Role], blank="Any role")
    organisation = SelectField("Organisation", blank="Any organisation")
    state = SelectField("State", choices=choices_of(AccessState), blank="All but ended")
    unused = CheckboxField(f"Not signed in for {UNUSED_DAYS} days")

    def offer_organisations(self) -> None:
        """Let every organisation be chosen, those that no longer take part among them."""
        self.organisation.choices = [Choice(str(body.id), body.name, data=body.id) for body in organisations()]

    def chosen(self) -> AccessFilter:
        """The answers, for the query."""
        return AccessFilter(
            role=self.role.data,
            organisation_id=self.organisation.data,
            state=self.state.data,
            unused=self.unused.data,
        )


class AccessReviewForm(Form):
    """That access was reviewed."""

    checked = CheckboxField(
        "I have looked at everybody who has access",
        [Required("Tick the box once you have looked at everybody who has access")],
    )
    note = LongTextField(
        "What did you find? (optional)",
        [MaxLength(REASON_LENGTH, f"What you found must be {REASON_LENGTH:,} characters or fewer")],
        description="Whose access is to end or change, and whom you asked. It cannot be changed later.",
        subject="What you found",
        rows=4,
    )


class EndAccessForm(Form):
    """Why somebody’s access ends."""

    reason = LongTextField(
        "Why does their access end?",
        [
            Required("Enter why their access ends"),
            MaxLength(REASON_LENGTH, f"The reason must be {REASON_LENGTH:,} characters or fewer"),
        ],
        description="Like “Left the organisation on 2 March”. It is kept in the audit log.",
        subject="The reason",
        rows=3,
    )
