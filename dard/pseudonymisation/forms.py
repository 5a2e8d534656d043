"""Forms of the summary: its text, and the decisions about it."""

from dard.core.forms import Form, HiddenVersion, LongTextField, MaxLength, Required

TEXT_LENGTH = 20_000
REASON_LENGTH = 2_000
TOO_LONG = "Use 2,000 characters or fewer"


class SummaryForm(Form):
    """The draft, as its writer changes it."""

    text = LongTextField(
        "Text of the summary",
        [Required("Write the summary"), MaxLength(TEXT_LENGTH, "Summary must be 20,000 characters or fewer")],
        subject="Summary",
        rows=24,
        spellcheck=True,
    )
    version = HiddenVersion()


class ApproveForm(Form):
    """The approval of the text that the approver has read."""

    version = HiddenVersion()


class ReturnForm(Form):
    """What a second person wants changed."""

    reason = LongTextField(
        "What should the writer change?",
        [
            Required("Say what the writer should change"),
            MaxLength(REASON_LENGTH, TOO_LONG),
        ],
        subject="Note",
        description="Do not write names or other identifiers here either.",
        rows=4,
        spellcheck=True,
    )
    version = HiddenVersion()


class ReopenForm(Form):
    """Why an approved summary has to change."""

    reason = LongTextField(
        "Why does it need to change?",
        [
            Required("Say why the summary needs to change"),
            MaxLength(REASON_LENGTH, TOO_LONG),
        ],
        subject="Reason",
        description="The approval ends. A second person must approve it again.",
        rows=4,
        spellcheck=True,
    )
    version = HiddenVersion()
