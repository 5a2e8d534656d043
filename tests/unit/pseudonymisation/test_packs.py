"""What stands in a pack: months, districts, days, numbers, and that it is kept as it was."""

import datetime as dt
import json

import pytest

from dard.cases.enums import DatePrecision, Stream
from dard.pseudonymisation import packs
from dard.pseudonymisation.packs import PackCase, PackContent, TimelineEntry

DAY = dt.date(2026, 2, 14)
CASE = PackCase(
    pseudonym="Case K7RD",
    age_band="35 to 44",
    sex="Female",
    month="February 2026",
    district="Withheld",
    substances=("Diazepam", "Heroin"),
    summary="First line.\n\n Second line. \nThird line.",
    timeline=(TimelineEntry(-12, "They left a hostel on [day -12]."), TimelineEntry(0, "The death")),
)
CONTENT = PackContent(
    meeting="March panel", meeting_time="17 March 2026 at 2pm", cases=(CASE, PackCase(pseudonym="Case M4TX"))
)


def test_a_pack_is_kept_and_given_back_as_it_was():
    assert packs.decode(packs.encode(CONTENT)) == CONTENT


def test_equal_contents_are_kept_as_equal_bytes():
    again = packs.decode(packs.encode(CONTENT))
    assert packs.encode(again) == packs.encode(CONTENT)


@pytest.mark.parametrize("told", [{}, {"format": 2}])
def test_another_format_is_refused(told):
    with pytest.raises(ValueError, match="format"):
        packs.decode(json.dumps({"meeting": "", "meeting_time": "", "cases": [], **told}).encode())


@pytest.mark.parametrize(
    ("event_date", "precision", "shown"),
    [
        (DAY, DatePrecision.EXACT, "February 2026"),
        (DAY, DatePrecision.MONTH, "February 2026"),
        (DAY, DatePrecision.YEAR, "2026"),
        (None, DatePrecision.UNKNOWN, "Not recorded"),
    ],
)
def test_the_event_is_never_dated_more_exactly_than_its_month(event_date, precision, shown):
    assert packs.month_text(event_date, precision) == shown


@pytest.mark.parametrize("precision", list(DatePrecision))
def test_days_are_counted_only_from_a_day_that_is_known(precision):
    known = {DatePrecision.EXACT, DatePrecision.ESTIMATED, DatePrecision.FOUND, DatePrecision.REPORTED}
    assert packs.day_zero(DAY, precision) == (DAY if precision in known else None)


@pytest.mark.parametrize(
    ("district", "sharing", "shown"),
    [("Norwich", 5, "Norwich"), ("Norwich", 4, "Withheld"), ("", 9, "Not recorded"), (None, 9, "Not recorded")],
)
def test_the_district_is_withheld_below_five_cases(district, sharing, shown):
    assert packs.district_text(district, sharing) == shown


@pytest.mark.parametrize(
    ("stream", "precision", "said"),
    [
        (Stream.DRUG_RELATED_DEATH, DatePrecision.EXACT, "The death"),
        (Stream.NEAR_FATAL_OVERDOSE, DatePrecision.EXACT, "The overdose"),
        (Stream.ALCOHOL_RELATED_DEATH, DatePrecision.ESTIMATED, "The death (the day is estimated)"),
        (Stream.DEATH_IN_TREATMENT, DatePrecision.REPORTED, "The death was reported"),
        (Stream.NEAR_FATAL_OVERDOSE, DatePrecision.FOUND, "The person was found"),
    ],
)
def test_day_0_is_called_what_it_is(stream, precision, said):
    assert packs.day_zero_text(stream, precision) == said


def test_the_time_line_takes_each_day_with_its_sentence_in_the_order_of_days():
    text = (
        "On [day 1] a sister rang. They left prison on [day -12], and were seen on [day -3].\n"
        "Seen again on [day -3]! Nothing else is known"
    )
    assert packs.timeline(text, day_zero_is="The death", notified_after=17) == (
        TimelineEntry(-12, "They left prison on [day -12], and were seen on [day -3]."),
        TimelineEntry(-3, "They left prison on [day -12], and were seen on [day -3]."),
        TimelineEntry(-3, "Seen again on [day -3]!"),
        TimelineEntry(0, "The death"),
        TimelineEntry(1, "On [day 1] a sister rang."),
        TimelineEntry(17, "The partnership was notified"),
    )


def test_the_event_stands_first_on_its_day_and_nothing_stands_twice():
    entries = packs.timeline("Found on [day 0] and [day 0].", day_zero_is="The death", notified_after=0)
    assert [entry.text for entry in entries] == [
        "The death",
        "Found on [day 0] and [day 0].",
        "The partnership was notified",
    ]
    assert [entry.text for entry in packs.timeline("", day_zero_is="The death", notified_after=None)] == ["The death"]


@pytest.mark.parametrize(
    ("day", "shown"),
    [(-12, "12 days before"), (-1, "1 day before"), (0, "Day 0"), (1, "1 day after"), (1500, "1,500 days after")],
)
def test_days_are_said_in_words(day, shown):
    assert TimelineEntry(day, "").when == shown


def test_a_case_gives_its_facts_and_its_paragraphs():
    assert CASE.paragraphs == ["First line.", "Second line.", "Third line."]
    assert dict(CASE.facts) == {
        "Age": "35 to 44",
        "Sex": "Female",
        "When": "February 2026",
        "District": "Withheld",
        "Substances": "Diazepam, Heroin",
    }
    assert dict(PackCase(pseudonym="Case M4TX").facts)["Substances"] == "Not recorded"


def test_everything_that_is_read_goes_through_the_release_gate():
    texts = dict(packs.texts(CONTENT))
    assert texts["the meeting’s title"] == "March panel"
    for words in ("Case K7RD", "35 to 44", "Withheld", "Heroin", "Second line.", "They left a hostel on [day -12]."):
        assert words in texts["Case K7RD"]
    assert [case.pseudonym for case in packs.gaps(CONTENT)] == ["Case M4TX"]


@pytest.mark.parametrize(
    ("newest", "number"),
    [(None, "P-2026-0001"), ("P-2026-0006", "P-2026-0007"), ("P-2026-9999", "P-2026-10000")],
)
def test_packs_are_numbered_within_their_year(newest, number):
    assert packs.next_number(2026, newest) == number
