"""The report from true counts, without a database."""

import datetime as dt
import random
from collections import Counter

import pytest

from dard.cases.enums import AgeBand, Sex, Stream
from dard.disclosure.suppression import MARK, Cell, Rule, suppress
from dard.reports.figures import headline, quarter_chart
from dard.reports.measures import Measures, ReportFilter
from dard.reports.rules import NOT_KNOWN
from dard.reports.service import compose
from dard.reports.tables import ALL_CASES, LEFT_OUT, Section

TODAY = dt.date(2026, 3, 3)
EVERYTHING = ReportFilter()


def report(chosen=EVERYTHING, threshold=5, **counts):
    cases = counts.pop("cases", 40)
    measures = {
        "streams": {Stream.DRUG_RELATED_DEATH: cases},
        "sexes": {Sex.MALE: cases},
        "age_bands": {AgeBand.AGE_35_TO_44: cases},
        "quarters": {"2026-Q1": cases},
        "substances": {},
        "with_substances": 0,
        **counts,
    }
    return compose(Measures(**measures), chosen, rule=Rule(threshold=threshold), as_at=TODAY)


def shown(made, slug):
    return {line.label: line.shown for line in made.section(slug).lines}


def test_rows_stand_in_the_order_of_their_codes_and_zeros_are_shown():
    made = report(sexes={Sex.MALE: 30, Sex.FEMALE: 10})
    assert shown(made, "sex") == {
        "Female": "10",
        "Male": "30",
        "Other": "0",
        "Unknown": "0",
        "Not recorded": "0",
        ALL_CASES: "40",
    }
    assert [line.label for line in made.section("age_band").rows] == [band.label for band in AgeBand]


def test_a_small_count_is_hidden_with_another_that_would_give_it_away():
    made = report(sexes={Sex.MALE: 32, Sex.FEMALE: 6, Sex.UNKNOWN: 2})
    assert shown(made, "sex") == {
        "Female": MARK,
        "Male": "32",
        "Other": "0",
        "Unknown": MARK,
        "Not recorded": "0",
        ALL_CASES: "40",
    }


def test_the_threshold_is_the_one_that_was_handed_in():
    assert shown(report(sexes={Sex.MALE: 33, Sex.FEMALE: 7}, threshold=8), "sex")["Male"] == MARK
    assert shown(report(sexes={Sex.MALE: 33, Sex.FEMALE: 7}, threshold=5), "sex")["Male"] == "33"


def test_only_the_streams_that_were_chosen_have_rows():
    made = report(ReportFilter(streams=frozenset({Stream.DRUG_RELATED_DEATH})))
    assert shown(made, "stream") == {"Drug-related death": "40", ALL_CASES: "40"}
    assert made.streams == "Drug-related death"


def test_a_breakdown_is_left_out_where_the_total_of_another_table_would_solve_it():
    # Seven quarters of one case each, all of them drug-related deaths: 7 hidden parts of a total of 7 are all 1.
    made = report(cases=7, quarters={f"{year}-Q{number}": 1 for year in (2024, 2025) for number in range(1, 5)})
    assert made.cases == "7"
    assert shown(made, "stream")["Drug-related death"] == "7"
    assert made.section("quarter").table is None
    assert made.section("quarter").lines == []
    assert not made.is_left_out


def test_fewer_cases_than_the_threshold_are_not_broken_down_at_all():
    made = report(cases=4, substances={"heroin": 3}, with_substances=3)
    assert made.cases == MARK
    assert made.is_left_out
    assert all(section.lines == [] for section in made.sections)


def test_a_report_on_nothing_is_empty():
    made = report(cases=0, quarters={})
    assert made.is_empty
    assert made.cases == "0"


def test_substances_stand_by_count_then_name_and_hidden_ones_behind_by_name():
    counts = {"morphine": 12, "heroin": 12, "alcohol": 20, "zopiclone": 4, "cocaine": 2, "ketamine": 1}
    made = report(substances=counts, with_substances=30)
    rows = made.section("substance").rows
    assert [(line.label, line.shown) for line in rows] == [
        ("Alcohol (ethanol)", "20"),
        ("Heroin", "12"),
        ("Morphine", "12"),
        ("Cocaine", MARK),
        ("Ketamine", MARK),
        ("Zopiclone", MARK),
    ]


def test_the_last_rows_of_substances_count_cases_and_not_mentions():
    made = report(substances={"heroin": 20, "alcohol": 18}, with_substances=28)
    assert [(line.label, line.shown) for line in made.section("substance").totals] == [
        ("With any substance recorded", "28"),
        ("With none recorded", "12"),
        (ALL_CASES, "40"),
    ]


def test_a_substance_in_all_but_two_cases_is_hidden():
    made = report(substances={"heroin": 28, "alcohol": 18}, with_substances=30)
    assert shown(made, "substance")["Heroin"] == MARK


def test_the_few_cases_without_any_substance_are_hidden():
    made = report(substances={"heroin": 20, "alcohol": 18}, with_substances=38)
    rows = shown(made, "substance")
    assert rows["With any substance recorded"] == rows["With none recorded"] == MARK
    assert rows[ALL_CASES] == "40"


def test_counts_of_substances_are_left_out_of_the_coverage_where_it_would_give_the_total_away():
    made = report(cases=5, substances={"heroin": 1}, with_substances=1)
    assert made.section("substance").totals == []
    assert shown(made, "substance") == {"Heroin": MARK}


@pytest.mark.parametrize(
    ("chosen", "quarters", "first", "last"),
    [
        (EVERYTHING, {"2025-Q2": 20, "2025-Q4": 20}, "April to June 2025", "October to December 2025"),
        (ReportFilter(first_day=dt.date(2025, 1, 9)), {"2025-Q2": 40}, "January to March 2025", "April to June 2025"),
        (
            ReportFilter(last_day=dt.date(2025, 12, 31)),
            {"2025-Q2": 40},
            "April to June 2025",
            "October to December 2025",
        ),
        # Quarters to come are not shown as quarters without cases.
        (
            ReportFilter(last_day=dt.date(2031, 1, 1)),
            {"2025-Q4": 40},
            "October to December 2025",
            "January to March 2026",
        ),
    ],
)
def test_every_quarter_of_the_period_has_a_row(chosen, quarters, first, last):
    rows = report(chosen, quarters=quarters).section("quarter").rows
    assert (rows[0].label, rows[-2].label, rows[-1].label) == (first, last, "Quarter not known")


def test_cases_whose_quarter_is_not_known_have_their_row():
    made = report(quarters={"2026-Q1": 30, NOT_KNOWN: 10})
    assert shown(made, "quarter") == {"January to March 2026": "30", "Quarter not known": "10", ALL_CASES: "40"}
    assert shown(report(quarters={NOT_KNOWN: 40}), "quarter") == {"Quarter not known": "40", ALL_CASES: "40"}


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (None, None, "All dates"),
        (dt.date(2025, 4, 1), None, "From 1 April 2025"),
        (None, dt.date(2026, 3, 31), "Up to 31 March 2026"),
        (dt.date(2025, 4, 1), dt.date(2026, 3, 31), "1 April 2025 to 31 March 2026"),
    ],
)
def test_the_period_is_said_in_words(first, last, words):
    assert report(ReportFilter(first_day=first, last_day=last)).period == words


def test_a_section_takes_suppressed_tables_only():
    true = [Cell(("Male",), 3)]
    with pytest.raises(TypeError, match="suppressed tables only"):
        Section(slug="sex", title="", heading="", labels={}, table=true)
    with pytest.raises(TypeError, match="suppressed tables only"):
        Section(slug="sex", title="", heading="", labels={}, table=suppress(["sex"], true, Rule()), coverage=true)


def test_a_section_that_is_not_there_is_asked_for_in_vain():
    with pytest.raises(KeyError):
        report().section("district")


def test_what_is_said_of_a_breakdown_that_is_left_out_names_no_number():
    assert not any(letter.isdigit() for letter in LEFT_OUT)


# --- the chart ----------------------------------------------------------------------------------------------------


def quarters(**counts):
    named = {name.replace("_", "-"): count for name, count in counts.items()}
    return report(cases=sum(named.values()), quarters=named).section("quarter")


def test_the_chart_draws_hidden_quarters_to_one_length():
    for counts in ({"2025_Q1": 2, "2025_Q2": 4, "2025_Q3": 9}, {"2025_Q1": 4, "2025_Q2": 2, "2025_Q3": 9}):
        chart = quarter_chart(quarters(**counts))
        assert [shape.height for shape in chart.shapes if getattr(shape, "dashed", False)] == [14, 14]


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"2025_Q1": 9, "2025_Q2": 7}, "January to March 2025 had the most cases (9)"),
        ({"2025_Q1": 9, "2025_Q2": 9}, "January to March 2025 and April to June 2025 had the most cases (9 each)"),
        ({"2025_Q1": 9, "2025_Q2": 9, "2025_Q3": 9}, "Several quarters had the most cases (9 each)"),
        (
            {"2025_Q1": 9, "2025_Q2": 3, "2025_Q3": 4},
            "Of the quarters whose counts can be shown, January to March 2025 had the most cases (9)",
        ),
        (
            {"2025_Q1": 9, "2025_Q2": 3, "2025_Q3": 9, "2025_Q4": 9, "2026_Q1": 4},
            "Of the quarters whose counts can be shown, several quarters had the most cases (9 each)",
        ),
        ({"2025_Q1": 4, "2025_Q2": 4}, "No quarter with cases has a count that can be shown"),
    ],
)
def test_the_headline_knows_the_published_counts_only(counts, words):
    assert headline(quarters(**counts)) == words


def test_the_description_of_the_chart_knows_the_published_counts_only():
    assert quarter_chart(quarters(**{"2025_Q1": 9, "2025_Q2": 3, "2025_Q3": 4, "2025_Q4": 7})).description == (
        "One column for each quarter from January to March 2025 to October to December 2025. "
        "The counts shown go from 7 to 9. "
        "Some counts are hidden (c) and their columns are not drawn to length. "
        "The same figures are in the table by quarter."
    )
    assert "The counts shown are all 9." in quarter_chart(quarters(**{"2025_Q1": 9})).description
    assert "The counts shown" not in quarter_chart(quarters(**{"2025_Q1": 4, "2025_Q2": 4})).description


def test_there_is_no_chart_without_quarters():
    assert quarter_chart(report(quarters={NOT_KNOWN: 40}).section("quarter")) is None
    assert quarter_chart(quarters(**{f"{year}_Q{n}": 1 for year in (2024, 2025) for n in range(1, 5)})) is None


# --- an attacker over all tables of a report ------------------------------------------------------------------------


def random_measures(source):
    """A partnership of 5 to 60 cases, each with its own stream, sex, age band and quarter, at random."""
    size = source.randint(5, 60)
    streams, sexes, bands = (source.sample(list(codes), source.randint(1, 4)) for codes in (Stream, Sex, AgeBand))
    names = [f"{year}-Q{number}" for year in (2023, 2024, 2025) for number in range(1, 5)][: source.randint(1, 12)]
    counts = [Counter(source.choices(each, k=size)) for each in (streams, sexes, bands, names)]
    return Measures(
        streams=counts[0],
        sexes=counts[1],
        age_bands=counts[2],
        quarters=counts[3],
        substances={},
        with_substances=0,
    )


def test_no_small_count_follows_from_the_number_of_all_cases_that_another_table_shows():
    source = random.Random(5)
    attacked = left_out = 0
    for _ in range(800):
        measures = random_measures(source)
        made = compose(measures, EVERYTHING, rule=Rule(5), as_at=TODAY)
        for slug, true in (
            ("stream", measures.streams),
            ("sex", measures.sexes),
            ("age_band", measures.age_bands),
            ("quarter", measures.quarters),
        ):
            rows = made.section(slug).rows
            left_out += not rows
            unknown = [line for line in rows if line.value is None]
            left = measures.cases - sum(line.value or 0 for line in rows)
            for line in rows:
                count = true.get(line.key, 0)
                assert line.value in {None, count}
                if 1 <= count <= 4:
                    attacked += 1
                    # All other hidden counts are at least 1; together they are what is left of all cases.
                    assert line.value is None
                    assert left - (len(unknown) - 1) - 1 >= 4, (measures, slug)
    assert attacked > 500
    assert left_out > 20
