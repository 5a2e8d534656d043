"""Forms: fields that know how GOV.UK draws them, text made safe on the way in, errors that say what to do.

Every form of the app is a ``Form`` (or a ``FilterForm`` above a list) made of the fields here, drawn by
``templates/components/field.html``. A view reads: make the form, ``validate_on_submit``, ``attempt`` the service,
redirect; else ``render_form``.
"""

from dard.core.forms.choices import (
    CheckboxesField,
    CheckboxField,
    Choice,
    RadiosField,
    SelectField,
    choices_of,
)
from dard.core.forms.dates import DateField, TimeField
from dard.core.forms.files import FileField
from dard.core.forms.form import FilterForm, Form, render_form
from dard.core.forms.hidden import HiddenField, HiddenVersion
from dard.core.forms.text import EmailField, LongTextField, NumberField, PasswordField, TextField
from dard.core.forms.validators import MaxLength, NotInFuture, Required

__all__ = [
    "CheckboxField",
    "CheckboxesField",
    "Choice",
    "DateField",
    "EmailField",
    "FileField",
    "FilterForm",
    "Form",
    "HiddenField",
    "HiddenVersion",
    "LongTextField",
    "MaxLength",
    "NotInFuture",
    "NumberField",
    "PasswordField",
    "RadiosField",
    "Required",
    "SelectField",
    "TextField",
    "TimeField",
    "choices_of",
    "render_form",
]
