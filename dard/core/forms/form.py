"""The form itself, and how a page with a form is answered."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from flask import g, render_template, request
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import CombinedMultiDict
from wtforms import Field

from dard.core.database import constraint_message, db
from dard.core.errors import DomainError
from dard.core.forms.field import PageField
from dard.core.forms.files import FileField
from dard.core.forms.validators import is_empty

if TYPE_CHECKING:
    # Flask-WTF has no types. A FlaskForm is a Form of WTForms that finds the request's data and adds the CSRF token.
    from wtforms import Form as FlaskForm
else:
    from flask_wtf import FlaskForm

Result = TypeVar("Result")
OPEN_TOO_LONG = "This page was open for too long. Check your answers and send them again"


class Form(FlaskForm):
    """A form that people send. Errors come back as one list for the summary and beside each field."""

    def __init__(self, **given: Any) -> None:
        """``data`` or ``obj`` fill the form when it is first shown; a POST, even an empty one, overrules them whole."""
        sent: Any = CombinedMultiDict[str, Any]((request.files, request.form)) if request.method == "POST" else None
        super().__init__(**{"formdata": sent, **given})

    def validate_on_submit(self) -> bool:
        """Whether the form was sent and every answer can be used."""
        return request.method == "POST" and self.validate()

    @property
    def has_files(self) -> bool:
        """Whether the form must be sent as multipart."""
        return any(isinstance(field, FileField) for field in self)

    def errors_for_summary(self) -> list[dict[str, str]]:
        """The first error of each field in the order of the page, then those of the whole form: ``text`` and ``href``.

        ``href`` is empty where there is no control to go to.
        """
        summary = []
        for field in self:
            if not field.errors:
                continue
            if isinstance(field, PageField):
                target = field.error_target
                summary.append({"text": str(field.errors[0]), "href": f"#{target}" if target else ""})
            else:  # the only other field is the token
                summary.append({"text": OPEN_TOO_LONG, "href": ""})
        return summary + [{"text": str(message), "href": ""} for message in self.form_errors]

    def add_problem(self, field_name: str | None, message: str) -> None:
        """Put a problem found after validating beside its field, or on the form as a whole."""
        field: Field | None = self._fields.get(field_name) if field_name else None
        if field is None:
            self.form_errors.append(message)
        else:
            field.errors = [*field.errors, message]

    def attempt(self, operation: Callable[[], Result]) -> Result | None:
        """Do ``operation``; if the domain refuses something that can be mended here, show it and return None.

        What no new answer can mend (not found, forbidden, a stale version) goes on to the error page. The event of a
        refusal is kept by the route guard; whatever else the operation changed is rolled back here.
        """
        try:
            return operation()
        except DomainError as error:
            if error.status != DomainError.status:
                raise
            if error.event is not None:
                g.refusals.append(error.event)
            problems = error.problems
        except IntegrityError as error:
            known = constraint_message(error)
            if known is None:
                raise
            problems = (known,)
        db.session.rollback()
        for field, message in problems:
            self.add_problem(field, message)
        return None


class FilterForm(Form):
    """The filters above a list, sent by GET so that an address can be kept. Nothing here may identify a person.

    A page validates them like any form: what cannot be read, or is no choice, is said and not silently left out.
    """

    class Meta:
        """A filter changes nothing, so it needs no token, which would otherwise stand in the address."""

        csrf = False

    def __init__(self, **given: Any) -> None:
        super().__init__(formdata=request.args, **given)

    @property
    def applied(self) -> int:
        """How many filters are set."""
        return sum(1 for field in self if not is_empty(field.data))


def render_form(template: str, form: Form, **context: Any) -> tuple[str, int]:
    """The page with the form and its status: 422 if there is something to mend, else 200."""
    return render_template(template, form=form, **context), 422 if form.errors else 200
