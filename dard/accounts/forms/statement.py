"""Accepting the confidentiality statement."""

from dard.core.forms import CheckboxField, Form, HiddenVersion, Required


class StatementForm(Form):
    """Accepting the statement as it is shown; ``version`` is its version."""

    accepted = CheckboxField(
        "I have read this statement and accept it",
        [Required("Tick the box to accept the statement. If you do not accept it, do not go on")],
    )
    version = HiddenVersion()
