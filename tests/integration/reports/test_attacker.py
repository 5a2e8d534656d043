"""A reader who takes everything that a report emits and tries to work out what it hides."""

import csv
import datetime as dt
import io
import re

import html5lib
import pypdf
import pytest

from dard.accounts.enums import Role
from dard.cases.enums import Sex, Stream, SubstanceRole

THRESHOLD = 5
SVG = "{http://www.w3.org/2000/svg}"
XHTML = "{http://www.w3.org/1999/xhtml}"
CLOSED = ("Cases by stream", "Cases by sex", "Cases by age", "Cases by quarter")
TOTALS = ("All cases", "With any substance recorded", "With none recorded")

# (how many, stream, sex, year of birth, day of the event, substances)
SEEDED = (
    (9, Stream.DRUG_RELATED_DEATH, Sex.MALE, 1988, dt.date(2025, 5, 9), ("heroin", "alcohol")),
    (6, Stream.DRUG_RELATED_DEATH, Sex.FEMALE, 1988, dt.date(2025, 8, 9), ("heroin",)),
    (5, Stream.NEAR_FATAL_OVERDOSE, Sex.MALE, 1975, dt.date(2025, 8, 9), ("heroin", "diazepam")),
    (3, Stream.ALCOHOL_RELATED_DEATH, Sex.MALE, 1955, dt.date(2025, 11, 9), ("heroin", "alcohol")),
    (2, Stream.DEATH_IN_TREATMENT, Sex.UNKNOWN, 1999, dt.date(2026, 1, 9), ()),
    (1, Stream.DRUG_RELATED_DEATH, Sex.NOT_RECORDED, 1942, dt.date(2026, 1, 9), ("ketamine",)),
)
TRUE = {
    "Cases by stream": {
        "Drug-related death": 16,
        "Near-fatal overdose": 5,
        "Alcohol-related death": 3,
        "Death in treatment or within 6 months of leaving it": 2,
    },
    "Cases by sex": {"Male": 17, "Female": 6, "Unknown": 2, "Not recorded": 1},
    "Cases by age": {"35 to 44": 15, "45 to 54": 5, "65 to 74": 3, "25 to 34": 2, "75 and over": 1},
    "Cases by quarter": {
        "April to June 2025": 9,
        "July to September 2025": 11,
        "October to December 2025": 3,
        "January to March 2026": 3,
    },
    "Cases by substance": {"Heroin": 23, "Alcohol (ethanol)": 12, "Diazepam": 5, "Ketamine": 1},
}
CASES, WITH_ANY = 26, 24


@pytest.fixture
def browser(world):
    for count, stream, sex, born, day, substances in SEEDED:
        for _ in range(count):
            world.case(
                stream=stream,
                sex=sex,
                date_of_birth=dt.date(born, 1, 2),
                event_date=day,
                substances=tuple((code, SubstanceRole.SUSPECTED) for code in substances),
            )
    return world.browser(world.person(Role.OFFICER))


def page_tables(html):
    """The tables of the page, those behind a figure too: title -> {label: shown}."""
    found = {}
    for table in html5lib.parse(html).iter(f"{XHTML}table"):
        title = text_of(table.find(f"{XHTML}caption")).split(" of the event")[0]
        rows = [[text_of(cell) for cell in row] for row in table.iter(f"{XHTML}tr")]
        found[title] = dict(rows[1:])
    return found


def csv_tables(content):
    found = {}
    for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"))):
        if row["section"] != "About":
            found.setdefault(row["section"], {})[row["category"]] = row["count"]
    return found


def pdf_lines(content):
    return [
        line.strip() for page in pypdf.PdfReader(io.BytesIO(content)).pages for line in page.extract_text().splitlines()
    ]


def pdf_tables(content):
    """The tables of a PDF: under each title a head that ends in “Cases”, then label and figure in turn."""
    found, rows, title, label = {}, None, None, None
    for line in pdf_lines(content):
        if line in TRUE:
            rows, title = None, line
        elif line == "Cases" and title:
            rows = found.setdefault(title, {})
        elif rows is not None and re.fullmatch(r"c|\d+", line):
            rows[label] = line
        label = line
    return found


def text_of(element):
    return " ".join("".join(element.itertext()).split())


def attack(tables):
    """Fail for every small count that a table shows, or lets a reader confine to fewer than four values."""
    for title, true in TRUE.items():
        rows = tables[title]
        for label, count in true.items():
            assert rows[label] in {str(count), "c"}
            assert rows[label] == "c" or count >= THRESHOLD, f"{title}: {label} is shown"
        assert all(rows[label] == "0" for label in rows if label not in {*true, *TOTALS})
    for title in CLOSED:
        attack_parts(title, tables[title])
    attack_substances(tables["Cases by substance"])


def attack_parts(title, rows):
    """Hidden parts are at least 1 and together what the shown ones leave of all cases."""
    assert rows["All cases"] == str(CASES)
    parts = {label: shown for label, shown in rows.items() if label not in TOTALS}
    hidden = [label for label, shown in parts.items() if shown == "c"]
    left = CASES - sum(int(shown) for shown in parts.values() if shown != "c")
    assert len(hidden) != 1, f"{title}: {hidden} follows from the total"
    assert not hidden or left - len(hidden) >= THRESHOLD - 1, f"{title}: {hidden} are all close to 1"


def attack_substances(rows):
    """Any count is at most the cases with any, and all together at least that."""
    assert rows["All cases"] == str(CASES)
    # 2 of 26 cases have no substance: neither they nor the 24 may be shown, and nothing that bounds them closely.
    assert rows["With any substance recorded"] == rows["With none recorded"] == "c"
    counts = {label: shown for label, shown in rows.items() if label not in TOTALS}
    shown = [int(count) for count in counts.values() if count != "c"]
    assert max(shown) <= CASES - THRESHOLD, "a substance in nearly all cases says how few have none"
    assert len(shown) < len(counts), "with all counts known their sum says how many have none at least"
    hidden = [label for label, count in counts.items() if count == "c"]
    assert list(counts)[-len(hidden) :] == sorted(hidden), "the place of a hidden row tells its rank"
    assert len(hidden) >= 2, "the only hidden count is at least what the shown ones leave of the cases with any"


def test_the_page_gives_no_small_count_away(browser):
    attack(page_tables(browser.get("/reports/thematic").text))


def test_the_csv_gives_no_small_count_away(browser):
    attack(csv_tables(browser.get("/reports/thematic.csv").data))


def test_the_pdf_gives_no_small_count_away(browser):
    attack(pdf_tables(browser.get("/reports/thematic.pdf").data))


def test_no_other_word_of_the_pdf_says_a_small_number(browser):
    content = browser.get("/reports/thematic.pdf").data
    spoken = " ".join([*pdf_lines(content), *map(str, pypdf.PdfReader(io.BytesIO(content)).metadata.values())])
    axis = "Number of cases 0 2 4 6 8 10 12"
    for harmless in ("Counts from 1 to 4 are", "3 March 2026", axis):
        spoken = spoken.replace(harmless, "")
    spoken = re.sub(r"Page \d of \d", "", spoken)
    assert not re.search(r"\b[1-4]\b", spoken)


def test_page_and_files_hide_the_same(browser):
    page = page_tables(browser.get("/reports/thematic").text)
    assert csv_tables(browser.get("/reports/thematic.csv").data) == page
    assert pdf_tables(browser.get("/reports/thematic.pdf").data) == page


def test_the_chart_gives_no_small_count_away(browser):
    (chart,) = html5lib.parse(browser.get("/reports/thematic").text).iter(f"{SVG}svg")
    bars = list(chart.iter(f"{SVG}rect"))
    dashed = {bar.get("height") for bar in bars if "hidden" in bar.get("class")}
    assert len(bars) == 4
    assert len(dashed) == 1, "a hidden column is drawn to its length"
    # The numbers along the axis are round steps up to the largest shown; all others stand over a column.
    written = [text_of(words) for words in chart.iter(f"{SVG}text") if words.get("text-anchor") == "middle"]
    assert [each for each in written if not each.endswith(("2025", "2026"))] == ["9", "11", "c", "c"]
    for name in ("title", "desc"):
        assert not re.search(r"\b[1-4]\b", text_of(chart.find(f"{SVG}{name}")))


def test_no_other_word_of_the_page_says_a_small_number(browser):
    root = html5lib.parse(browser.get("/reports/thematic").text)
    spoken = text_of(root.find(f"{XHTML}body"))
    for chart in root.iter(f"{SVG}svg"):
        spoken = spoken.replace(text_of(chart), "")
    for harmless in ("Counts from 1 to 4 are", "3 March 2026", "Figure 1:", "example, 1 4 2025", "example, 31 3 2026"):
        spoken = spoken.replace(harmless, "")
    assert not re.search(r"\b[1-4]\b", spoken)
