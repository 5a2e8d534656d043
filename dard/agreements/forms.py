"""Forms of agreements and their parties."""

import uuid
from collections.abc import Collection

from wtforms.validators import ValidationError

from dard.accounts.forms.people import organisation_choices
from dard.agreements.enums import PartyState
from dard.agreements.service import AgreementDetails, Signature
from dard.core.forms import (
    CheckboxesField,
    DateField,
    Form,
    HiddenField,
    HiddenVersion,
    LongTextField,
    MaxLength,
    NotInFuture,
    Required,
    TextField,
)

TITLE_LENGTH = 200
NAME_LENGTH = 200
REASON_LENGTH = 2000
LOST = "This page has lost track of what you were recording. Open it again"


class AgreementForm(Form):
    """What is written down of an agreement."""

    title = TextField(
        "Title",
        [
            Required("Enter the title of the agreement"),
            MaxLength(TITLE_LENGTH, f"Title must be {TITLE_LENGTH} characters or fewer"),
        ],
        description="As it stands on the document, like “Information sharing agreement 2026 to 2028”",
    )
    purpose = LongTextField(
        "What information is shared, and what for",
        [
            Required("Enter what information is shared, and what for"),
            MaxLength(REASON_LENGTH, f"What is shared must be {REASON_LENGTH:,} characters or fewer"),
        ],
        subject="What is shared",
        rows=4,
    )
    effective_from = DateField(
        "First day",
        [Required("Enter the first day of the agreement, like 1 4 2026")],
        description="For example, 1 4 2026",
    )
    effective_to = DateField(
        "Last day",
        [Required("Enter the last day of the agreement, like 31 3 2028")],
        description="Information can still be shared on this day, and no longer on the next",
    )

    def details(self) -> AgreementDetails:
        """The answers, for the service, once the form is valid."""
        assert self.effective_from.data is not None  # noqa: S101 - Required saw to it; tells the type checker
        assert self.effective_to.data is not None  # noqa: S101 - likewise
        return AgreementDetails(
            title=self.title.data,
            purpose=self.purpose.data,
            effective_from=self.effective_from.data,
            effective_to=self.effective_to.data,
        )


class AgreementChangeForm(AgreementForm):
    """An agreement that is there already."""

    version = HiddenVersion()


class ForceForm(Form):
    """Putting an agreement in force."""

    version = HiddenVersion()


class EndForm(Form):
    """Ending an agreement."""

    reason = LongTextField(
        "Why does the agreement end?",
        [
            Required("Enter why the agreement ends"),
            MaxLength(REASON_LENGTH, f"The reason must be {REASON_LENGTH:,} characters or fewer"),
        ],
        subject="The reason",
        rows=3,
    )
    version = HiddenVersion()


class PartiesForm(Form):
    """The organisations to add to an agreement."""

    organisations = CheckboxesField("Organisations", [Required("Select at least one organisation")])

    def offer(self, parties: Collection[uuid.UUID]) -> None:
        """Let the organisations that take part and are not among ``parties`` be chosen."""
        self.organisations.choices = organisation_choices(without=frozenset(parties))


class SignForm(Form):
    """The signature of an organisation."""

    name = TextField(
        "Name of the person who signed",
        [
            Required("Enter the name of the person who signed"),
            MaxLength(NAME_LENGTH, f"Name must be {NAME_LENGTH} characters or fewer"),
        ],
        subject="Name",
    )
    office = TextField(
        "Their office",
        [
            Required("Enter the office of the person who signed, like Caldicott Guardian"),
            MaxLength(NAME_LENGTH, f"Office must be {NAME_LENGTH} characters or fewer"),
        ],
        description="For example, Caldicott Guardian or director of public health",
        subject="Office",
    )
    signed_on = DateField(
        "When did they sign?",
        [
            Required("Enter the date of signature, like 27 3 2026"),
            NotInFuture("The date of signature must be today or in the past"),
        ],
        description="For example, 27 3 2026",
        subject="Date of signature",
    )

    def signature(self) -> Signature:
        """The answers, for the service, once the form is valid."""
        assert self.signed_on.data is not None  # noqa: S101 - Required saw to it; tells the type checker
        return Signature(name=self.name.data, office=self.office.data, signed_on=self.signed_on.data)


class PartyStateForm(Form):
    """An answer of an organisation that is no signature. ``state`` is what the page offered when it was opened."""

    state = HiddenField()
    reason = LongTextField(
        "Why?",
        [MaxLength(REASON_LENGTH, f"The reason must be {REASON_LENGTH:,} characters or fewer")],
        description="It is kept in the record of changes",
        subject="The reason",
        rows=3,
    )

    def validate_state(self, field: HiddenField) -> None:
        """Raise ValidationError if what was sent is no state."""
        if field.data not in set(PartyState):
            raise ValidationError(LOST)

    def answer(self) -> PartyState:
        """What the organisation answered, once the form is valid."""
        return PartyState(self.state.data)
