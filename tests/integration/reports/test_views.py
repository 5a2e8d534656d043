"""The report as an officer and others see it."""

import csv
import datetime as dt
import io
import json

import html5lib
import pypdf
import pytest

from dard.accounts.enums import Role
from dard.audit.models import AuditEvent
from dard.cases.enums import CaseStatus, DatePrecision, Sex, Stream, SubstanceRole
from dard.core.database import db

PAGE = "/reports/thematic"
FILES = (f"{PAGE}.csv", f"{PAGE}.pdf")
XHTML = "{http://www.w3.org/1999/xhtml}"


def case(world, *, stream=Stream.DRUG_RELATED_DEATH, sex=Sex.MALE, substances=("heroin",), **told):
    told.setdefault("event_date", dt.date(2026, 2, 14))
    named = tuple((code, SubstanceRole.SUSPECTED) for code in substances)
    return world.case(stream=stream, sex=sex, substances=named, date_of_birth=dt.date(1988, 7, 2), **told)


@pytest.fixture
def officer(world):
    return world.person(Role.OFFICER)


@pytest.fixture
def browser(world, officer):
    return world.browser(officer)


def tables(html):
    """Every table of a page by its caption: [(label, shown)]."""
    root = html5lib.parse(html)
    found = {}
    for table in root.iter(f"{XHTML}table"):
        caption = "".join(table.find(f"{XHTML}caption").itertext()).strip()
        rows = [tuple("".join(cell.itertext()).strip() for cell in row) for row in table.iter(f"{XHTML}tr")]
        found[caption] = rows[1:]
    return found


def csv_rows(content):
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


# --- what is counted ----------------------------------------------------------------------------------------------


def test_cases_are_counted_by_stream_sex_age_substance_and_quarter(world, browser):
    for number in range(12):
        case(world, sex=Sex.MALE if number < 7 else Sex.FEMALE, substances=("heroin", "morphine")[: 1 + number % 2])
    page = tables(browser.get(PAGE).text)
    assert ("Drug-related death", "12") in page["Cases by stream"]
    assert ("Near-fatal overdose", "0") in page["Cases by stream"]
    assert [row for row in page["Cases by sex"] if row[1] != "0"] == [
        ("Female", "5"),
        ("Male", "7"),
        ("All cases", "12"),
    ]
    assert ("35 to 44", "12") in page["Cases by age"]
    assert page["Cases by substance"] == [
        ("Heroin", "12"),
        ("Morphine", "6"),
        ("With any substance recorded", "12"),
        ("With none recorded", "0"),
        ("All cases", "12"),
    ]
    (quarters,) = (rows for caption, rows in page.items() if caption.startswith("Cases by quarter"))
    assert quarters == [("January to March 2026", "12"), ("Quarter not known", "0"), ("All cases", "12")]


def test_a_case_out_of_scope_is_not_counted(world, browser):
    for _ in range(6):
        case(world)
    case(world, status=CaseStatus.OUT_OF_SCOPE)
    assert ("All cases", "6") in tables(browser.get(PAGE).text)["Cases by stream"]


def test_the_period_includes_its_first_and_last_day(world, browser):
    for day in (31, 1, 2):
        for _ in range(5):
            case(world, event_date=dt.date(2025, 12 if day == 31 else 1, day))
    address = f"{PAGE}?period_from-day=2&period_from-month=1&period_from-year=2025"
    address += "&period_to-day=31&period_to-month=12&period_to-year=2025"
    page = browser.get(address).text
    assert ("All cases", "10") in tables(page)["Cases by stream"]
    assert "2 January 2025 to 31 December 2025" in page


def test_only_the_streams_asked_for_are_counted_and_shown(world, browser):
    for _ in range(5):
        case(world)
        case(world, stream=Stream.NEAR_FATAL_OVERDOSE)
    page = tables(browser.get(f"{PAGE}?stream=near_fatal_overdose").text)
    assert page["Cases by stream"] == [("Near-fatal overdose", "5"), ("All cases", "5")]


def test_cases_dated_to_the_year_or_not_at_all_have_a_row_of_their_own(world, browser):
    for _ in range(5):
        case(world)
        case(world, event_date=dt.date(2026, 1, 1), event_date_precision=DatePrecision.YEAR)
        case(world, event_date=None, event_date_precision=DatePrecision.UNKNOWN)
    page = tables(browser.get(PAGE).text)
    (quarters,) = (rows for caption, rows in page.items() if caption.startswith("Cases by quarter"))
    assert quarters == [("January to March 2026", "5"), ("Quarter not known", "10"), ("All cases", "15")]


# --- the page -----------------------------------------------------------------------------------------------------


def test_nothing_counted_yet_says_what_will_appear(browser):
    browser.get(PAGE)
    assert "No cases match" in browser.text
    assert "Download" not in browser.text


def test_too_few_cases_are_not_broken_down(world, browser):
    case(world)
    page = browser.get(PAGE).text
    assert "too few cases" in page
    assert tables(page) == {}


def test_a_breakdown_that_cannot_be_shown_is_said_to_be_left_out(world, browser):
    for quarter in range(7):
        case(world, event_date=dt.date(2024 + quarter // 4, 1 + 3 * (quarter % 4), 9))
    page = browser.get(PAGE).text
    assert "This breakdown is left out" in page
    assert "<svg" not in page


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("period_from-day=31&period_from-month=2&period_from-year=2026", "First day must be a real date"),
        ("period_from-day=1", "First day must include a month and year"),
        (
            "period_from-day=2&period_from-month=1&period_from-year=2026&period_to-day=1&period_to-month=1&period_to-year=2026",
            "Last day must be the same as or after the first day, 2 January 2026",
        ),
        ("period_from-day=1&period_from-month=1&period_from-year=1990", "First day must be within 20 years"),
        ("stream=every", "Streams: select from the choices on this page"),
    ],
)
def test_filters_that_cannot_be_used_are_refused_everywhere(world, browser, query, message):
    for _ in range(6):
        case(world)
    browser.get(f"{PAGE}?{query}", 422)
    assert message in browser.text
    assert "All cases" not in browser.text
    for file in FILES:
        browser.get(f"{file}?{query}", 422)
        assert message in browser.text


def test_the_downloads_have_the_filters_of_the_page(world, browser):
    for _ in range(6):
        case(world)
        case(world, stream=Stream.ALCOHOL_RELATED_DEATH)
    page = browser.get(
        f"{PAGE}?period_from-day=1&period_from-month=jan&period_from-year=2026&stream=drug_related_death"
    )
    links = [
        link.get("href")
        for link in html5lib.parse(page.text).iter(f"{XHTML}a")
        if "/reports/thematic." in (link.get("href") or "")
    ]
    assert links
    for link in links:
        assert "stream=drug_related_death" in link
        assert "period_from-month=jan" in link
        browser.get(link)


# --- who may ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.OFFICER, Role.CHAIR, Role.COORDINATOR])
def test_those_who_report_see_it_and_find_it_at_home(world, role):
    browser = world.browser(world.person(role))
    home = browser.get("/")
    assert f'href="{PAGE}"' in home.text
    assert "Action tracker" in browser.text
    browser.get(PAGE)
    browser.get("/help/reports")


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ADMINISTRATOR])
def test_others_are_refused(world, role):
    browser = world.browser(world.person(role))
    for path in (PAGE, *FILES):
        browser.get(path, 403)
    assert f'href="{PAGE}"' not in browser.get("/").text


def test_somebody_who_is_not_signed_in_is_asked_to(world):
    for path in (PAGE, *FILES):
        world.browser().get(path, 302)


# --- files --------------------------------------------------------------------------------------------------------


def test_the_csv_is_one_tidy_table(world, browser):
    for number in range(12):
        case(world, sex=Sex.MALE if number < 9 else Sex.FEMALE)
    answer = browser.get(f"{PAGE}.csv")
    assert answer.headers["Content-Disposition"] == "attachment; filename=thematic-report-2026-03-03.csv"
    rows = csv_rows(answer.data)
    assert list(rows[0]) == ["section", "category", "count", "note"]
    about = {row["category"]: row["note"] for row in rows if row["section"] == "About"}
    assert about["Period"] == "All dates"
    assert about["As at"] == "3 March 2026"
    assert about["Partnership"] == "Fernshire drug and alcohol related death reviews"
    assert about["Rule for small numbers"].startswith("Counts from 1 to 4 are shown as c.")
    assert "more than the cases" in about["Note on “Cases by substance”"]
    hidden = "Under 5, or hidden to protect a count that is"
    sexes = [(row["category"], row["count"], row["note"]) for row in rows if row["section"] == "Cases by sex"]
    assert sexes[:2] == [("Female", "c", hidden), ("Male", "c", hidden)]
    assert sexes[-1] == ("All cases", "12", "")


def test_a_breakdown_that_is_left_out_has_one_row_in_the_csv(world, browser):
    case(world)
    rows = csv_rows(browser.get(f"{PAGE}.csv").data)
    assert {row["count"] for row in rows} == {"", "c"}
    assert [row["category"] for row in rows if row["section"] == "Cases by sex"] == ["All cases"]


def pdf_pages(content):
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def test_the_pdf_says_on_every_page_what_it_is_and_whose(world, browser):
    for number in range(12):
        case(world, event_date=dt.date(2020 + number // 2, 1 + 5 * (number % 2), 9), sex=Sex.FEMALE)
    for _ in range(6):
        case(world)
    answer = browser.get(f"{PAGE}.pdf?period_to-day=1&period_to-month=3&period_to-year=2026")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == "attachment; filename=thematic-report-2026-03-03.pdf"
    pages = pdf_pages(answer.data)
    for words in ("Fernshire", "Up to 1 March 2026", "All streams", "As at 3 March 2026", "shown as c"):
        assert words in pages[0]
    assert all("Aggregate information" in page and "not for publication" in page for page in pages)
    assert all("Fernshire drug and alcohol related death reviews · Thematic report" in page for page in pages)
    assert "Cases by quarter No quarter with cases has a count that can be shown" in " ".join(pages)
    assert "/Subtype /Image" not in answer.data.decode("latin-1"), "the chart is a picture, not a vector"


def test_a_pdf_of_nothing_and_of_too_few_says_so(world, browser):
    assert "No cases match" in " ".join(pdf_pages(browser.get(f"{PAGE}.pdf").data))
    case(world)
    assert "too few cases" in " ".join(pdf_pages(browser.get(f"{PAGE}.pdf").data))


def test_a_pdf_says_which_breakdown_is_left_out(world, browser):
    for quarter in range(7):
        case(world, event_date=dt.date(2024 + quarter // 4, 1 + 3 * (quarter % 4), 9))
    assert "This breakdown is left out" in " ".join(pdf_pages(browser.get(f"{PAGE}.pdf").data))


def test_every_file_is_recorded_with_who_took_it_and_the_page_is_not(world, browser, officer):
    browser.get(PAGE)
    for file in FILES:
        browser.get(file)
    with world.at_work():
        found = db.session.query(AuditEvent).filter(AuditEvent.code == "report.exported").all()
        assert [json.loads(event.details)["form"] for event in found] == [path[-3:] for path in FILES]
        assert {event.object_id for event in found} == {officer.id}


def test_the_report_costs_the_same_for_three_cases_and_for_thirty(world, browser, count_queries):
    def cost():
        with count_queries() as sent:
            browser.get(PAGE)
        return len(sent)

    browser.get(PAGE)
    for number in range(3):
        case(world, event_date=dt.date(2025, 1 + number, 9))
    few = cost()
    for number in range(27):
        case(
            world,
            event_date=dt.date(2020 + number % 6, 1 + number % 12, 9),
            substances=("heroin", "alcohol", "diazepam"),
        )
    assert cost() == few
