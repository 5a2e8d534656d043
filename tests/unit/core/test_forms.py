"""Forms: what people type comes in safe, and what is wrong is said so that it can be mended."""

import datetime as dt
import io

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from dard.core import clock
from dard.core.enums import LabelledEnum
from dard.core.errors import DomainError, ForbiddenError
from dard.core.forms import (
    CheckboxesField,
    CheckboxField,
    Choice,
    DateField,
    EmailField,
    FileField,
    FilterForm,
    Form,
    HiddenField,
    HiddenVersion,
    LongTextField,
    MaxLength,
    NotInFuture,
    NumberField,
    PasswordField,
    RadiosField,
    Required,
    SelectField,
    TextField,
    TimeField,
    choices_of,
    render_form,
)
from dard.core.forms.dates import read_time


class Stream(LabelledEnum):
    DRUG = "drug_death", "Drug-related death"
    ALCOHOL = "alcohol_death", "Alcohol-related death"
    NEAR_FATAL = "near_fatal", "Near-fatal overdose"


class Notification(Form):
    version = HiddenVersion()
    stream = RadiosField("Stream", [Required("Select a stream")], choices=choices_of(Stream))
    died = DateField(
        "When did the person die?",
        [Required("Enter the date of death"), NotInFuture("Date of death must be today or in the past")],
        subject="Date of death",
    )
    name = TextField("Full name", [Required("Enter a name"), MaxLength(20, "Full name must be 20 characters or fewer")])
    what = LongTextField("What happened", max_length=50)


SENT = {
    "version": "3",
    "stream": "drug_death",
    "died-day": "3",
    "died-month": "3",
    "died-year": "2026",
    "name": "Robin Example",
    "what": "Found at home.",
}


@pytest.fixture
def app():
    app = Flask(__name__)
    app.secret_key = "test"
    app.config["WTF_CSRF_ENABLED"] = False
    clock.set_source(lambda: dt.datetime(2026, 3, 27, 12, tzinfo=dt.UTC))
    yield app
    clock.set_source(None)


@pytest.fixture
def fill(app):
    """A form of a class, filled with what was sent and validated."""

    def fill(form_class, sent, **stored):
        with app.test_request_context(method="POST", data=MultiDict(sent)):
            form = form_class(**stored)
            form.validate_on_submit()
            return form

    return fill


@pytest.fixture
def one(fill):
    """A form of one field named answer, validated."""

    def one(field, sent, **stored):
        return fill(type("OneField", (Form,), {"answer": field}), sent, **stored)

    return one


def test_good_answers_come_as_what_they_stand_for(fill):
    form = fill(Notification, SENT)
    assert form.errors == {}
    assert form.version.data == 3
    assert form.stream.data is Stream.DRUG
    assert form.died.data == dt.date(2026, 3, 3)
    assert form.name.data == "Robin Example"


def test_the_summary_lists_one_error_a_field_in_page_order_and_links_to_controls(fill):
    form = fill(Notification, {**SENT, "stream": "", "died-month": "", "name": " "})
    assert form.errors_for_summary() == [
        {"text": "Select a stream", "href": "#stream"},
        {"text": "Date of death must include a month", "href": "#died-month"},
        {"text": "Enter a name", "href": "#name"},
    ]


def test_a_page_that_is_only_looked_at_has_no_errors(app):
    with app.test_request_context():
        form = Notification()
        assert not form.validate_on_submit()
        assert form.errors == {}


def test_stored_answers_fill_the_form(app):
    with app.test_request_context():
        form = Notification(
            data={"version": 7, "stream": Stream.ALCOHOL, "died": dt.date(2025, 12, 9), "name": None, "what": "Text"}
        )
        assert form.version.value == "7"
        assert [option.chosen for option in form.stream.options()] == [False, True, False]
        assert form.died.value == {"day": "9", "month": "12", "year": "2025"}
        assert form.name.value == ""
        assert form.what.value == "Text"


# Text


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("  Robin\tExample ", "Robin Example"),
        ("Zoe\u0308", "Zo\u00eb"),
        ("Ro\u00adbin\u200b \ufeffExample\u2060", "Robin Example"),
        ("O\u2019Neill", "O\u2019Neill"),
        ("two\r\nlines", "two lines"),
    ],
)
def test_a_line_of_text_is_tidied(one, sent, kept):
    form = one(TextField("Name"), {"answer": sent})
    assert form.errors == {}
    assert form.answer.data == kept


@pytest.mark.parametrize("sent", ["a\x00b", "a\x1bb", "a\x7fb", "a\x9bb", "a\u202eb", "a\u2066b"])
@pytest.mark.parametrize("field_class", [TextField, LongTextField])
def test_control_characters_are_refused_and_shown(one, field_class, sent):
    form = one(field_class("Name"), {"answer": sent})
    assert form.errors["answer"] == ["Name has characters that cannot be stored, shown as \ufffd: delete them"]
    assert form.answer.value == "a\ufffdb"


def test_text_over_the_cap_is_refused_and_kept_whole(one):
    form = one(LongTextField("Minutes"), {"answer": "x" * 100_001})
    assert form.errors["answer"] == ["Minutes must be 100,000 characters or fewer"]
    assert len(form.answer.value) == 100_001


def test_text_at_the_cap_is_taken(one):
    assert one(LongTextField("Minutes"), {"answer": "x" * 100_000}).errors == {}


def test_line_breaks_of_any_program_become_one_kind_and_blanks_inside_stay(one):
    form = one(LongTextField("Minutes"), {"answer": "\r\none\r\ntwo\rthree\vfour\ffive\u2028six\n\n  seven\t8 "})
    assert form.answer.data == "one\ntwo\nthree\nfour\nfive\nsix\n\n  seven\t8"


def test_a_text_that_was_not_sent_is_empty_and_not_the_stored_one(one):
    assert one(TextField("Name"), {}, data={"answer": "stored"}).answer.data == ""


def test_max_length_is_counted_after_tidying(one):
    field = TextField("Name", [MaxLength(3, "Too long")])
    assert one(field, {"answer": " abc "}).errors == {}
    assert one(field, {"answer": "abcd"}).errors["answer"] == ["Too long"]


@pytest.mark.parametrize("address", ["a@b.org", "first.last+x@nhs.example.uk"])
def test_an_email_address_is_taken(one, address):
    assert one(EmailField("Email"), {"answer": address}).errors == {}


@pytest.mark.parametrize("address", ["a", "a@b", "a b@c.org", "@b.org", "a@b..org", "a@b.org.", "a@b@c.org"])
def test_what_cannot_be_an_email_address_is_refused(one, address):
    assert "like name@example.com" in one(EmailField("Email"), {"answer": address}).errors["answer"][0]


def test_a_password_is_taken_as_typed_and_never_shown_again(one):
    form = one(PasswordField("Password"), {"answer": "  two  blanks  "})
    assert form.answer.data == "  two  blanks  "
    assert form.answer.value == ""


def test_a_password_may_not_be_endless(one):
    assert one(PasswordField("Password", max_length=10), {"answer": "x" * 11}).errors["answer"]


# Numbers


@pytest.mark.parametrize(
    ("sent", "number"), [("12", 12), (" 1,204 ", 1204), ("-3", -3), ("−3", -3), ("0", 0), ("4.0", 4)]
)
def test_a_whole_number_is_read_as_people_write_it(one, sent, number):
    form = one(NumberField("Age", [Required("Enter an age")]), {"answer": sent})
    assert form.errors == {}
    assert form.answer.data == number
    assert isinstance(form.answer.data, int)


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ("x", "Age must be a number, like 12"),
        ("1e9", "Age must be a number, like 12"),
        ("١٢", "Age must be a number, like 12"),
        ("12.5", "Age must be a whole number, like 12"),
        ("-1", "Age must be 0 or more"),
        ("121", "Age must be 120 or fewer"),
    ],
)
def test_a_wrong_number_is_refused_and_kept_as_typed(one, sent, message):
    form = one(NumberField("Age (optional)", minimum=0, maximum=120), {"answer": sent})
    assert form.errors["answer"] == [message]
    assert form.answer.data is None
    assert form.answer.value == sent


def test_a_number_may_be_left_out(one):
    assert one(NumberField("Age"), {"answer": ""}).answer.data is None


# Dates and times


@pytest.mark.parametrize("month", ["3", "03", "Mar", "march", "MARCH", "Mar."])
def test_months_may_be_numbers_or_words(fill, month):
    assert fill(Notification, {**SENT, "died-month": month}).died.data == dt.date(2026, 3, 3)


@pytest.mark.parametrize(
    ("day", "month", "year", "message", "wrong"),
    [
        ("", "", "", "Enter the date of death", ("day", "month", "year")),
        ("", "3", "2026", "Date of death must include a day", ("day",)),
        ("3", "", "", "Date of death must include a month and year", ("month", "year")),
        ("31", "2", "2026", "Date of death must be a real date", ("day",)),
        ("29", "2", "2025", "Date of death must be a real date", ("day",)),
        ("3", "13", "2026", "Date of death must be a real date", ("month",)),
        ("3", "0", "2026", "Date of death must be a real date", ("month",)),
        ("3", "ma", "2026", "Date of death must be a real date", ("month",)),
        ("x", "y", "2026", "Date of death must be a real date", ("day", "month")),
        ("3", "3", "26", "Date of death must include a year with 4 numbers, like 2026", ("year",)),
        ("3", "3", "0206", "Date of death must be a real date", ("year",)),
        ("٣", "3", "2026", "Date of death must be a real date", ("day",)),
        ("28", "3", "2026", "Date of death must be today or in the past", ("day", "month", "year")),
    ],
)
def test_a_wrong_date_says_what_is_wrong_and_keeps_what_was_typed(fill, day, month, year, message, wrong):
    form = fill(Notification, {**SENT, "died-day": day, "died-month": month, "died-year": year})
    assert form.errors == {"died": [message]}
    assert form.died.wrong_parts == wrong
    assert form.died.error_target == f"died-{wrong[0]}"
    assert form.died.value == {"day": day, "month": month, "year": year}


def test_a_right_date_marks_no_box(fill):
    assert fill(Notification, SENT).died.wrong_parts == ()


def test_today_is_not_in_the_future(one):
    today = {"answer-day": "27", "answer-month": "3", "answer-year": "2026"}
    assert one(DateField("Due", [NotInFuture("Future")]), today).errors == {}


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2:30pm", dt.time(14, 30)),
        ("2.30 PM", dt.time(14, 30)),
        ("14:30", dt.time(14, 30)),
        ("0905", dt.time(9, 5)),
        ("9am", dt.time(9)),
        ("12am", dt.time(0)),
        ("12 p.m.", dt.time(12)),
        ("midday", dt.time(12)),
        ("Midnight", dt.time(0)),
        ("", None),
    ],
)
def test_times_are_read_as_people_write_them(text, time):
    assert read_time(text) == time


@pytest.mark.parametrize("text", ["9", "25:00", "14:60", "13pm", "0am", "soon", "2:3"])
def test_what_is_no_clear_time_is_refused_and_kept(one, text):
    form = one(TimeField("Start"), {"answer": text})
    assert form.errors["answer"] == ["Start must be a time, like 2:30pm or 14:30"]
    assert form.answer.value == text


def test_a_stored_time_is_shown_in_words(one, app):
    with app.test_request_context():
        form = type("F", (Form,), {"answer": TimeField("Start")})(data={"answer": dt.time(14, 5)})
        assert form.answer.value == "2:05pm"


# Choices


def test_a_choice_that_is_not_on_the_page_is_refused(fill):
    form = fill(Notification, {**SENT, "stream": "murder"})
    assert form.errors == {"stream": ["Stream: select from the choices on this page"]}
    assert form.stream.data is None


def test_choices_may_be_given_after_the_form_is_made(app):
    with app.test_request_context(method="POST", data={"lead": "7"}):
        form = type("F", (Form,), {"lead": SelectField("Lead", [Required("Select a lead")])})()
        form.lead.choices = [Choice("7", "Norfolk ambulance trust", data=7), Choice("8", "Police", data=8)]
        assert form.validate_on_submit()
        assert form.lead.data == 7
        assert [option.chosen for option in form.lead.options()] == [True, False]


def test_the_empty_option_of_a_select_is_no_answer(one):
    field = SelectField("Lead", [Required("Select a lead")], choices=[Choice("7", "Police")])
    assert one(field, {"answer": ""}).errors == {"answer": ["Select a lead"]}


def test_a_select_groups_its_options_under_headings(one):
    choices = [Choice("a", "A", group="One"), Choice("b", "B", group="Two"), Choice("c", "C", group="One")]
    grouped = one(SelectField("Lead", choices=choices), {"answer": "c"}).answer.grouped()
    assert [(group, [option.choice.value for option in options]) for group, options in grouped] == [
        ("One", ["a", "c"]),
        ("Two", ["b"]),
    ]


def test_the_first_option_has_the_id_of_the_field_and_the_others_their_own(fill):
    assert [option.id for option in fill(Notification, SENT).stream.options()] == ["stream", "stream-2", "stream-3"]


def test_ticked_boxes_come_as_a_list_without_repeats(one):
    field = CheckboxesField("Streams", choices=choices_of(Stream))
    form = one(field, [("answer", "near_fatal"), ("answer", "drug_death"), ("answer", "near_fatal")])
    assert form.answer.data == [Stream.NEAR_FATAL, Stream.DRUG]


def test_no_ticked_box_is_an_empty_list_even_if_some_were_stored(one):
    field = CheckboxesField("Streams", [Required("Select a stream")], choices=choices_of(Stream))
    form = one(field, {}, data={"answer": [Stream.DRUG]})
    assert form.answer.data == []
    assert form.errors == {"answer": ["Select a stream"]}


def test_one_unknown_box_among_known_ones_is_refused(one):
    form = one(CheckboxesField("Streams", choices=choices_of(Stream)), [("answer", "near_fatal"), ("answer", "x")])
    assert "answer" in form.errors


@pytest.mark.parametrize(("sent", "ticked"), [({"answer": "yes"}, True), ({}, False)])
def test_a_single_box_is_ticked_or_not(one, sent, ticked):
    assert one(CheckboxField("I agree"), sent, data={"answer": not ticked}).answer.data is ticked


def test_a_required_box_must_be_ticked(one):
    assert one(CheckboxField("I agree", [Required("Confirm")]), {}).errors == {"answer": ["Confirm"]}


# Files and hidden fields


def test_a_file_comes_as_a_file_and_an_empty_control_as_none(app):
    class Attach(Form):
        paper = FileField("Paper", [Required("Choose a file")])

    sent = {"paper": (io.BytesIO(b"x"), "a.pdf")}
    with app.test_request_context(method="POST", data=sent):
        form = Attach()
        assert form.validate_on_submit()
        assert form.has_files
        assert form.paper.data.filename == "a.pdf"
    with app.test_request_context(method="POST", data={"paper": (io.BytesIO(b""), "")}):
        form = Attach()
        assert not form.validate_on_submit()
        assert form.errors == {"paper": ["Choose a file"]}


def test_a_text_sent_where_a_file_belongs_is_no_file(one):
    form = one(FileField("Paper", [Required("Choose a file")]), {"answer": "a.pdf"})
    assert form.errors == {"answer": ["Choose a file"]}


@pytest.mark.parametrize("sent", [{}, {"answer": ""}, {"answer": "x"}, {"answer": "-1"}, {"answer": "9" * 10}])
def test_a_save_without_the_version_that_was_seen_is_refused(one, sent):
    form = one(HiddenVersion(), sent)
    assert form.errors_for_summary()[0]["text"].startswith("This page has lost track")
    assert form.errors_for_summary()[0]["href"] == ""


def test_a_hidden_text_comes_back(one):
    assert one(HiddenField(), {"answer": "token"}).answer.data == "token"


# The form as a whole


def test_what_the_domain_refuses_shows_beside_its_field(app, fill):
    form = fill(Notification, SENT)

    def refuse():
        raise DomainError("There is a case for this person", field="name")

    with app.app_context():
        assert form.attempt(refuse) is None
    assert form.errors_for_summary() == [{"text": "There is a case for this person", "href": "#name"}]


@pytest.mark.parametrize("field", [None, "no_such_field"])
def test_what_belongs_to_no_field_shows_on_the_form(fill, field):
    form = fill(Notification, SENT)
    form.add_problem(field, "The meeting has ended")
    assert form.errors
    assert form.errors_for_summary() == [{"text": "The meeting has ended", "href": ""}]


def test_an_operation_that_works_gives_its_result(fill):
    form = fill(Notification, SENT)
    assert form.attempt(lambda: "case") == "case"
    assert form.errors == {}


def test_what_no_other_answer_can_mend_goes_on_to_the_error_page(fill):
    form = fill(Notification, SENT)

    def forbid():
        raise ForbiddenError("Not yours")

    with pytest.raises(ForbiddenError):
        form.attempt(forbid)


def test_a_form_with_errors_is_answered_with_422(app, fill, tmp_path):
    app.template_folder = str(tmp_path)
    (tmp_path / "page.html").write_text("{{ form.errors | length }} {{ word }}", encoding="utf-8")
    with app.test_request_context():
        assert render_form("page.html", fill(Notification, {**SENT, "name": ""}), word="word") == ("1 word", 422)
        assert render_form("page.html", fill(Notification, SENT), word="word") == ("0 word", 200)


def test_a_forged_form_is_refused_with_words_that_help(app):
    app.config["WTF_CSRF_ENABLED"] = True
    with app.test_request_context(method="POST", data=SENT):
        form = Notification()
        assert not form.validate_on_submit()
        assert form.errors_for_summary() == [
            {"text": "This page was open for too long. Check your answers and send them again", "href": ""}
        ]


def test_filters_come_from_the_address_and_count_themselves(app):
    class CaseFilters(FilterForm):
        stream = SelectField("Stream", choices=choices_of(Stream))
        overdue = CheckboxField("Overdue")
        since = DateField("Since")

    app.config["WTF_CSRF_ENABLED"] = True
    with app.test_request_context("/?stream=near_fatal&since-day=1&since-month=2&since-year=2026&page=2"):
        filters = CaseFilters()
        assert filters.stream.data is Stream.NEAR_FATAL
        assert filters.since.data == dt.date(2026, 2, 1)
        assert filters.applied == 2
        assert "csrf_token" not in filters
    with app.test_request_context("/?stream=murder&since-day=1"):
        filters = CaseFilters()
        assert filters.applied == 0
        assert not filters.validate()
        assert filters.stream.errors == ["Stream: select from the choices on this page"]
        assert filters.since.errors == ["Since must include a month and year"]
