"""The frame and the components: each page says what it carries, is valid, and shows only what one may open."""

import dataclasses
import re
import uuid
from pathlib import Path

import pytest
from flask import Flask, flash, g, render_template
from jinja2 import ChoiceLoader, DictLoader, UndefinedError
from support.lint import lint

from dard.core.actor import Actor
from dard.core.bands import Band
from dard.core.enums import LabelledEnum
from dard.core.errors import ConfigurationError, ConflictError
from dard.core.forms import (
    CheckboxesField,
    CheckboxField,
    Choice,
    DateField,
    EmailField,
    FileField,
    FilterForm,
    Form,
    HiddenVersion,
    LongTextField,
    NumberField,
    PasswordField,
    RadiosField,
    Required,
    SelectField,
    TextField,
    choices_of,
    render_form,
)
from dard.core.navigation import (
    CaseTab,
    HelpTopic,
    NavigationItem,
    case_tabs,
    help_href,
    navigation,
    register_case_tab,
    register_help_topic,
    register_navigation,
)
from dard.core.paging import Page
from dard.core.permissions import Permission
from dard.core.settings import ROOT, Environment, Settings
from dard.core.templating import brand_stylesheet, label_of, register_templating
from dard.core.web import WORDS, init_web

TEMPLATES = ROOT / "templates"
STATIC = ROOT / "dard" / "static"


class Status(LabelledEnum):
    OPEN = "open", "Open", "blue"
    DONE = "done", "Completed"


class Everything(Form):
    """One field of every kind."""

    version = HiddenVersion()
    status = RadiosField("Status", [Required("Select a status")], choices=choices_of(Status))
    reason = LongTextField("Reason")
    died = DateField("Date of death", [Required("Enter the date of death")], description="For example, 27 3 2026")
    name = TextField("Name", [Required("Enter a name")], description="As far as known")
    email = EmailField("Email", autocomplete="email")
    password = PasswordField("Password", [Required("Enter your password")])
    age = NumberField("Age")
    lead = SelectField("Lead", [Required("Select a lead")], choices=[Choice("7", "Police", group="Justice")])
    streams = CheckboxesField(
        "Streams", [Required("Select a stream")], choices=[Choice("a", "A"), Choice("b", "B", "B2")]
    )
    what = LongTextField("What happened", [Required("Enter what happened")], max_length=2000, count=True)
    paper = FileField("Paper", [Required("Choose a file")], accept=".pdf")
    agree = CheckboxField("I agree", [Required("Confirm that you agree")])


class Filters(FilterForm):
    status = SelectField("Status", choices=choices_of(Status), blank="Any")


FORM_PAGE = """{% extends "layouts/form.html" %}
{% from "components/field.html" import field %}
{% set title = "Log a notification" %}
{% set information = "identifiable" %}
{% set cancel_href = "/cases" %}
{% block fields %}
{% set reason %}{{ field(form.reason) }}{% endset %}
{{ field(form.status, conditional={"done": reason}) }}
{{ field(form.died) }}{{ field(form.name) }}{{ field(form.email) }}{{ field(form.password) }}{{ field(form.age) }}
{{ field(form.lead) }}{{ field(form.streams) }}{{ field(form.what) }}{{ field(form.paper) }}{{ field(form.agree) }}
{% endblock %}"""

EVERY_COMPONENT = """{% extends "layouts/case.html" %}
{% from "components/button.html" import button, link_button, post_button %}
{% from "components/field.html" import field %}
{% from "components/figure.html" import figure %}
{% from "components/filters.html" import filters %}
{% from "components/masked.html" import identity, masked %}
{% from "components/notice.html" import details, inset, warning %}
{% from "components/pagination.html" import page_position, pagination %}
{% from "components/redaction.html" import redacted, redaction_key %}
{% from "components/side_by_side.html" import side_by_side %}
{% from "components/summary_list.html" import summary_list %}
{% from "components/table.html" import table %}
{% from "components/tag.html" import tag, tag_text %}
{% from "components/timeline.html" import timeline, timeline_item %}
{% set title = "File" %}
{% set information = "identifiable" %}
{% set back_href = "/cases" %}
{% block body %}
{{ identity([{"key": "Name", "value": "Robin Example"}], false, show_href="/show") }}
{{ redaction_key() }}{{ redacted("Robin", "known", "Name from the record") }}
{{ side_by_side("Source", "left", "Summary", "right") }}
{{ warning("Two people must read it.") }}{{ inset("Inset") }}{% call details("More") %}Text{% endcall %}
{{ link_button("Add", "/add") }}{{ post_button("Withdraw", "/withdraw", "warning", "2026-0042", {"id": "7"}) }}
<form action="/x" method="get">{{ button("Go") }}</form>
{{ summary_list([{"key": "Where", "value": none, "href": "/x"}, {"key": "What", "value": "<b>"}], title="Event") }}
{% call timeline("History") %}{{ timeline_item("Opened", "3 March 2026", by="A Reed", text="Text") }}{% endcall %}
{% call filters(filters_form, "/cases") %}{{ field(filters_form.status, size="") }}{% endcall %}
{{ page_position(page, "case") }}
{% call table("Cases", ["Reference", {"text": "Age", "numeric": true, "href": "?s", "sorted": "ascending"}], 1) %}
<tr><th scope="row">{{ masked("Name") }}</th><td>{{ tag(status) }}{{ tag_text("Overdue", "red") }}</td></tr>
{% endcall %}
{% call table("Nothing", ["Reference"], 0, empty="No cases match.") %}{% endcall %}
{{ pagination(page) }}
{% call figure(1, "Deaths rose", "By month", ["Month", "Deaths"], [["January", 6]], csv_href="/csv", source="Us") %}
<svg role="img" aria-label="Bars"></svg>
{% endcall %}
{% endblock %}"""

PLAIN = """{% extends "layouts/page.html" %}{% set title = "Plain" %}{% set information = "none" %}"""


RULES = {
    "home": "/",
    "cases": "/cases",
    "file": "/cases/<case_id>",
    "history": "/cases/<case_id>/history",
    "people": "/people",
}


@dataclasses.dataclass(frozen=True)
class Case:
    id: str
    reference: str
    status: Status
    stream: Status


@pytest.fixture
def settings(tmp_path):
    return Settings(
        environment=Environment.TEST,
        instance=tmp_path,
        database_url="",
        key_file=tmp_path / "key",
        secret_key="x" * 40,
        partnership_name="Norfolk & Waveney reviews",
    )


@pytest.fixture
def app(settings):
    app = Flask("dard", static_folder=str(STATIC), template_folder=str(TEMPLATES))
    app.secret_key = settings.secret_key
    app.extensions["dard.settings"] = settings
    init_web(app, settings)
    register_templating(app)
    pages = {"form.html": FORM_PAGE, "everything.html": EVERY_COMPONENT, "plain.html": PLAIN}
    app.jinja_env.loader = ChoiceLoader([DictLoader(pages), app.jinja_env.loader])
    for endpoint, rule in RULES.items():
        app.add_url_rule(rule, endpoint, lambda **_: "")
    register_navigation(
        app,
        NavigationItem("People", "people", Permission.ACCOUNT_MANAGE, 9),
        NavigationItem("Cases", "cases", Permission.CASE_VIEW, 2),
    )
    register_navigation(app, NavigationItem("Home", "home", Permission.SIGNED_IN, 1))
    register_case_tab(app, CaseTab("History", "history", Permission.HISTORY_VIEW, 2))
    register_case_tab(app, CaseTab("File", "file", Permission.CASE_VIEW, 1))
    register_help_topic(app, HelpTopic("packs", "Reading a pack", "Where the papers are."))
    return app


def actor(*permissions: Permission) -> Actor:
    return Actor("A Reed", uuid.uuid4(), permissions=frozenset(permissions))


def page(app, template, path="/cases", who=None, **context) -> str:
    with app.test_request_context(path):
        g.actor = who
        return render_template(template, **context)


def everything_context() -> dict:
    return {
        "case": Case("7", "2026-0042", Status.OPEN, Status.DONE),
        "status": Status.OPEN,
        "done": Status.DONE,
        "filters_form": Filters(),
        "page": Page(3, 25, 213),
    }


# The frame


def test_every_component_makes_valid_html(app):
    with app.test_request_context("/cases/7?status=open"):
        g.actor = actor(*Permission)
        flash("Saved", "success")
        html = render_template("everything.html", **everything_context())
    assert lint(html) == []
    assert "Saved" in html
    assert "Robin Example" not in html
    assert "&lt;b&gt;" in html


def test_a_form_with_every_kind_of_field_is_valid_before_and_after_errors(app):
    with app.test_request_context("/notify"):
        assert lint(render_template("form.html", form=Everything())) == []
    with app.test_request_context("/notify?next=1", method="POST", data={"status": "done", "died-day": "3"}):
        form = Everything()
        form.validate_on_submit()
        html, status = render_form("form.html", form)
    assert status == 422
    assert lint(html) == []
    assert "<title>Error: Log a notification – Norfolk &amp; Waveney reviews</title>" in html
    assert 'action="/notify?next=1"' in html
    assert 'enctype="multipart/form-data"' in html


def test_every_link_of_the_error_summary_leads_to_a_control(app):
    with app.test_request_context("/notify", method="POST", data={"died-day": "3", "died-year": "2026"}):
        form = Everything()
        form.validate_on_submit()
        html, _ = render_form("form.html", form)
    summary = html.partition("govuk-error-summary__list")[2].partition("</ul>")[0]
    targets = re.findall(r'href="#([^"]+)"', summary)
    assert targets == ["status", "died-month", "name", "password", "lead", "streams", "what", "paper", "agree"]
    for target in targets:
        assert re.search(rf'<(input|select|textarea)[^>]* id="{target}"', html), target


def test_each_error_is_tied_to_its_control(app):
    with app.test_request_context("/notify", method="POST", data={}):
        form = Everything()
        form.validate_on_submit()
        html, _ = render_form("form.html", form)
    assert re.search(r'id="name"[^>]*aria-describedby="name-hint name-error"', html)
    assert re.search(r'<fieldset[^>]*aria-describedby="died-hint died-error"', html)
    assert re.search(r'id="what"[^>]*aria-describedby="what-info what-error"', html)


@pytest.mark.parametrize("text", ["one\ntwo\n  three", "</textarea><script>", "& “quotes”"])
def test_a_text_comes_back_as_it_was_typed_wherever_it_stands(app, text):
    with app.test_request_context("/notify", method="POST", data={"reason": text, "status": "done"}):
        form = Everything()
        form.validate_on_submit()
        html, _ = render_form("form.html", form)
    assert "<script>" not in html.partition("</head>")[2].replace("<script ", "")
    inside = re.search(r'<textarea[^>]*id="reason"[^>]*>\n(.*?)</textarea>', html, re.S)
    assert inside[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


def test_a_password_is_never_written_into_a_page(app):
    with app.test_request_context("/notify", method="POST", data={"password": "secret-words"}):
        form = Everything()
        form.validate_on_submit()
        assert "secret-words" not in render_form("form.html", form)[0]


def test_a_page_must_say_what_information_it_carries(app):
    app.jinja_env.loader.loaders[0].mapping["silent.html"] = '{% extends "layouts/page.html" %}{% set title = "T" %}'
    with pytest.raises(ValueError, match="not a valid Band"):
        page(app, "silent.html")


@pytest.mark.parametrize("band", Band)
def test_the_band_says_in_words_what_the_page_carries(app, band):
    source = PLAIN.replace('"none"', f'"{band}"')
    app.jinja_env.loader.loaders[0].mapping["banded.html"] = source
    assert band.label in page(app, "banded.html")


@pytest.mark.parametrize(
    "source",
    [
        "{{ missing }}",
        "{{ case.refrence }}",
        "{% if case.refrence %}{% endif %}",
        "{% for x in missing %}{% endfor %}",
    ],
)
def test_a_misspelt_name_in_a_template_is_an_error(app, source):
    with app.app_context(), pytest.raises(UndefinedError):
        app.jinja_env.from_string(source).render(case=Case("7", "2026-0042", Status.OPEN, Status.OPEN))


def test_a_key_that_need_not_be_there_and_an_optional_block_are_no_errors(app):
    with app.app_context():
        source = "{{ row.hint }}{% if row.hint or optional %}x{% endif %}{% for x in row.items_given %}x{% endfor %}"
        assert app.jinja_env.from_string(source).render(row={}) == ""


def test_text_is_escaped(app):
    app.jinja_env.loader.loaders[0].mapping["x.html"] = "{{ x }}"
    assert page(app, "x.html", x="<b>") == "&lt;b&gt;"


def test_scripts_carry_the_nonce_of_the_answer(app):
    app.add_url_rule("/plain", "plain", lambda: render_template("plain.html"))
    answer = app.test_client().get("/plain")
    nonce = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])[1]
    scripts = re.findall(r"<script[^>]*>", answer.text)
    assert len(scripts) == 2
    assert all(f'nonce="{nonce}"' in script for script in scripts)


def test_the_demonstration_says_so_on_every_page(app, settings):
    assert "Demonstration" not in page(app, "plain.html")
    demo = dataclasses.replace(settings, environment=Environment.DEMONSTRATION)
    other = Flask("dard", static_folder=str(STATIC), template_folder=str(TEMPLATES))
    other.secret_key = "x"
    other.extensions["dard.settings"] = demo
    register_templating(other)
    with other.test_request_context("/"):
        assert "Everything here is invented" in render_template("errors/404.html", heading="Page not found")


def test_no_crown_no_other_brand_on_any_page(app):
    html = page(app, "plain.html", who=actor())
    assert "GOV.UK" not in html.replace("govuk", "")
    assert "crown" not in html.lower()


@pytest.mark.parametrize("status", WORDS)
def test_error_pages_are_valid_and_show_nothing_of_a_case(app, status):
    html = page(app, f"errors/{status}.html", heading=WORDS[status], message=None)
    assert lint(html) == []
    assert "No case information on this page" in html


def test_a_stale_save_shows_both_versions(app):
    error = ConflictError(ours=[("Where", "Kitchen"), ("Who", "A")], theirs=[("Where", "Hall"), ("Who", "A")])
    html = page(app, "errors/409.html", heading=WORDS[409], message=error.message, ours=error.ours, theirs=error.theirs)
    assert lint(html) == []
    assert html.count("dard-differs__mark") == 1
    assert "Kitchen" in html
    assert "Hall" in html
    assert "Identifiable information" in html
    assert html.count(error.message) == 2  # title and h1


# Navigation


def texts(links) -> list[str]:
    return [("*" if link["active"] else "") + link["text"] for link in links]


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/", ["*Home", "Cases"]),
        ("/cases", ["Home", "*Cases"]),
        ("/cases/7/history", ["Home", "*Cases"]),
        ("/casesx", ["Home", "Cases"]),
        ("/help", ["Home", "Cases"]),
    ],
)
def test_the_header_shows_what_one_may_open_and_where_one_is(app, path, shown):
    with app.test_request_context(path):
        g.actor = actor(Permission.CASE_VIEW)
        assert texts(navigation()) == shown


@pytest.mark.parametrize(
    ("path", "shown"), [("/cases/7", ["*File", "History"]), ("/cases/7/history/1", ["File", "*History"])]
)
def test_the_tabs_of_a_case_mark_the_nearest(app, path, shown):
    with app.test_request_context(path):
        g.actor = actor(Permission.CASE_VIEW, Permission.HISTORY_VIEW)
        assert texts(case_tabs("7")) == shown


def test_a_tab_that_one_may_not_open_is_not_shown(app):
    with app.test_request_context("/cases/7"):
        g.actor = actor(Permission.CASE_VIEW)
        assert texts(case_tabs("7")) == ["*File"]


def test_signing_out_is_a_button_that_posts(app):
    app.add_url_rule("/sign-out", "accounts.sign_out", lambda: "", methods=["POST"])
    app.add_url_rule("/sign-in", "accounts.sign_in", lambda: "")
    signed_in = page(app, "plain.html", who=actor())
    assert re.search(r'<form method="post" action="/sign-out"[^>]*>\s*<input [^>]*name="csrf_token"', signed_in)
    assert "Sign in" not in signed_in
    signed_out = page(app, "plain.html", who=Actor.nobody())
    assert "Sign in" in signed_out
    assert "Sign out" not in signed_out
    nobody_knows = page(app, "plain.html")
    assert "Sign in" not in nobody_knows
    assert "Sign out" not in nobody_knows


def test_help_leads_to_the_page_about_it_if_there_is_one(app):
    with app.test_request_context("/"):
        assert help_href("packs") == "/help/packs"
        assert help_href("unknown") == "/help"
    assert "Reading a pack" in page(app, "help/index.html")


# Look


def test_a_code_is_shown_by_its_label():
    assert label_of(Status.DONE) == "Completed"
    assert label_of(None) == "Not recorded"


@pytest.mark.parametrize("colour", ["red", "#fff", "#12436D; }", "#FFDD00"])
def test_a_brand_colour_that_is_none_or_cannot_be_read_on_is_refused(colour):
    with pytest.raises(ConfigurationError):
        brand_stylesheet(colour)


def test_a_brand_of_ones_own_is_served_as_a_stylesheet(settings):
    assert "--govuk-brand-colour: #801650" in brand_stylesheet("#801650")


def test_static_files_take_nothing_from_elsewhere():
    for path in STATIC.rglob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert "@font-face" not in text
        assert "GDS Transport" not in text
        assert "@import" not in text
        assert re.findall(r"url\((?!data:)[^)]*\)", text) == []
    assert "HM Government (Government Digital Service)" in (STATIC / "govuk" / "NOTICE").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("components/*.html")), ids=lambda path: path.name)
def test_components_tell_how_they_are_called_and_trust_no_text(path: Path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith("{#")
    comment = text.partition("#}")[0]
    for macro in re.findall(r"{%-? macro ([a-z]\w*)\(", text):
        assert f"{macro}(" in comment, macro
    assert not re.search(r"\|\s*safe|style=", text)
