"""Forms of the case file."""

from collections.abc import Iterable
from dataclasses import replace

from dard.cases.enums import (
    CaseStatus,
    DatePrecision,
    NotificationSource,
    PlaceOfEvent,
    RevealPurpose,
    Sex,
    Stream,
    SubstanceRole,
)
from dard.cases.queries import CaseFilter
from dard.cases.rules import TEXT_LIMITS, Notification, Problem
from dard.cases.substances import SUBSTANCES
from dard.core.forms import (
    CheckboxesField,
    CheckboxField,
    Choice,
    DateField,
    FilterForm,
    Form,
    HiddenVersion,
    LongTextField,
    MaxLength,
    NumberField,
    RadiosField,
    Required,
    SelectField,
    TextField,
    choices_of,
)

REASON_LENGTH = 2_000
COMMON_SUBSTANCES = (
    "heroin",
    "methadone",
    "nitazene-unspecified",
    "opioid-unspecified",
    "cocaine",
    "crack-cocaine",
    "benzodiazepine-unspecified",
    "diazepam",
    "bromazolam",
    "pregabalin",
    "gabapentin",
    "ketamine",
    "alcohol",
)


def substance_choices() -> list[Choice]:
    """Every substance of the register, under its group."""
    ordered = sorted(SUBSTANCES.values(), key=lambda substance: (substance.group.label, substance.name.casefold()))
    return [Choice(each.code, each.name, data=each.code, group=each.group.label) for each in ordered]


def _common_choices() -> list[Choice]:
    return [Choice(code, SUBSTANCES[code].name, data=code) for code in COMMON_SUBSTANCES]


def _short(name: str, label: str, hint: str = "") -> TextField:
    limit = TEXT_LIMITS[name]
    return TextField(
        f"{label} (optional)", [MaxLength(limit, f"{label} must be {limit} characters or fewer")], description=hint
    )


class NotificationForm(Form):
    """What a notifier tells: as much as they know."""

    stream = RadiosField(
        "What is being notified?", [Required("Select what is being notified")], choices=choices_of(Stream)
    )
    event_date = DateField("When did it happen?", subject="Date of the event", description="For example, 27 3 2026")
    event_date_precision = SelectField("How exact is this date?", choices=choices_of(DatePrecision))
    district = _short("district", "District or town where it happened", "Not an address")
    place_of_event = SelectField("Kind of place", choices=choices_of(PlaceOfEvent))

    full_name = _short("full_name", "Full name")
    aliases = LongTextField(
        "Other names (optional)",
        [MaxLength(TEXT_LIMITS["aliases"], "Other names must be 500 characters or fewer")],
        description="One a line",
        rows=2,
    )
    date_of_birth = DateField("Date of birth (optional)", description="For example, 2 7 1988")
    age_at_event = NumberField("Age in years, if the date of birth is not known (optional)")
    sex = RadiosField("Sex", choices=choices_of(Sex), inline=True)
    nhs_number = _short("nhs_number", "NHS number", "10 digits, like 999 000 0018")
    address = LongTextField(
        "Address (optional)",
        [MaxLength(TEXT_LIMITS["address"], "Address must be 500 characters or fewer")],
        rows=3,
    )
    postcode = _short("postcode", "Postcode")

    source = SelectField(
        "Who told the partnership?",
        [Required("Select who told the partnership")],
        choices=choices_of(NotificationSource),
    )
    notifier_name = _short("notifier_name", "Name of the person who told us")
    notifier_contact = _short("notifier_contact", "Their email address or telephone number")
    source_reference = _short("source_reference", "Their reference")

    substances = CheckboxesField("Substances suspected (optional)", choices=_common_choices())
    other_substance = SelectField(
        "Another substance (optional)", choices=substance_choices(), blank="Select another substance"
    )
    narrative = LongTextField(
        "What happened? (optional)",
        [MaxLength(TEXT_LIMITS["narrative"], "What happened must be 20,000 characters or fewer")],
        description="Names are replaced before anybody on the panel reads this.",
        rows=8,
    )
    another_event = CheckboxField("Another event of the same person")

    def add_problems(self, problems: Iterable[Problem]) -> None:
        """Show what the domain finds beside what the form found, so that a person mends everything in one go."""
        for problem in problems:
            if not self[problem.field].errors:
                self.add_problem(problem.field, problem.message)

    def notification(self, *, role: SubstanceRole = SubstanceRole.SUSPECTED) -> Notification:
        """The answers, for the service. Substances are taken as suspected unless said otherwise."""
        codes = [*self.substances.data, *([self.other_substance.data] if self.other_substance.data else [])]
        return Notification(
            stream=self.stream.data,
            source=self.source.data,
            event_date=self.event_date.data,
            event_date_precision=self.event_date_precision.data or DatePrecision.EXACT,
            source_reference=self.source_reference.data,
            notifier_name=self.notifier_name.data,
            notifier_contact=self.notifier_contact.data,
            full_name=self.full_name.data,
            aliases=self.aliases.data,
            date_of_birth=self.date_of_birth.data,
            nhs_number=self.nhs_number.data,
            address=self.address.data,
            postcode=self.postcode.data,
            sex=self.sex.data or Sex.NOT_RECORDED,
            age_at_event=self.age_at_event.data,
            district=self.district.data,
            place_of_event=self.place_of_event.data or PlaceOfEvent.NOT_RECORDED,
            substances=tuple((code, role) for code in dict.fromkeys(codes)),
            narrative=self.narrative.data,
        )


class CorrectionForm(NotificationForm):
    """The same answers of a case that is there already; substances keep the role that they have."""

    version = HiddenVersion()

    def offer_recorded(self, told: Notification) -> None:
        """Let the substances that the case has be chosen although they are not among the common ones."""
        known = {choice.value for choice in self.substances.choices}
        added = [Choice(code, SUBSTANCES[code].name, data=code) for code, _role in told.substances if code not in known]
        self.substances.choices = [*self.substances.choices, *added]

    def correction(self, told: Notification) -> Notification:
        """The answers, with the roles of the substances that were there before."""
        answered = self.notification()
        before = dict(told.substances)
        kept = tuple((code, before.get(code, role)) for code, role in answered.substances)
        return replace(answered, substances=kept)


class CaseFilterForm(FilterForm):
    """Filters above the list of cases."""

    reference = TextField("Reference", [MaxLength(20, "Reference must be 20 characters or fewer")])
    status = SelectField("Status", choices=choices_of(CaseStatus), blank="All")
    stream = SelectField("Stream", choices=choices_of(Stream), blank="All")
    source = SelectField("Notified by", choices=choices_of(NotificationSource), blank="All")
    substance = SelectField("Substance", choices=substance_choices(), blank="All")
    district = SelectField("District", blank="All")
    event_from = DateField("Events from")
    event_to = DateField("Events to")

    def chosen(self) -> CaseFilter:
        """The filters, for the query."""
        return CaseFilter(
            reference=self.reference.data or None,
            status=self.status.data,
            stream=self.stream.data,
            source=self.source.data,
            substance=self.substance.data,
            district=self.district.data,
            event_from=self.event_from.data,
            event_to=self.event_to.data,
        )


class RevealForm(Form):
    """Why the identity is to be shown."""

    purpose = RadiosField(
        "Why do you need to see who this is?",
        [Required("Select why you need to see who this is")],
        choices=choices_of(RevealPurpose),
    )
    reason = LongTextField(
        "Anything to add (optional)",
        [MaxLength(REASON_LENGTH, "Anything to add must be 2,000 characters or fewer")],
        description="Kept in the history of the case",
        rows=2,
    )


class StatusForm(Form):
    """Taking a case to another state."""

    status = RadiosField("New status", [Required("Select the new status")])
    reason = LongTextField(
        "Reason",
        [MaxLength(REASON_LENGTH, "Reason must be 2,000 characters or fewer")],
        description="Needed when a case goes back, on hold, out of scope or is closed. Kept in the history.",
        rows=3,
    )
    version = HiddenVersion()
