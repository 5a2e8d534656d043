"""Dates, times and numbers are written for people in England."""

import datetime as dt

import pytest

from dard.core import clock, formats


@pytest.fixture
def noon():
    clock.set_source(lambda: dt.datetime(2026, 3, 27, 12, tzinfo=dt.UTC))
    yield
    clock.set_source(None)


def test_dates_and_times_are_those_of_england():
    summer = dt.datetime(2026, 7, 3, 23, 5, tzinfo=dt.UTC)
    assert formats.date_text(summer) == "4 July 2026"
    assert formats.moment_text(summer) == "4 July 2026 at 12:05am"
    assert formats.date_text(dt.date(2026, 3, 3)) == "3 March 2026"
    assert formats.moment_text(dt.datetime(2026, 3, 3, 14, 5, tzinfo=dt.UTC)) == "3 March 2026 at 2:05pm"
    assert formats.time_text(dt.time(9)) == "9am"
    assert formats.time_text(dt.time(12)) == "midday"
    assert formats.time_text(dt.time(0)) == "midnight"


def test_nothing_is_written_for_nothing():
    for words in (formats.date_text, formats.moment_text, formats.time_text, formats.relative_text):
        assert words(None) == ""


def test_a_moment_without_a_zone_is_an_error():
    with pytest.raises(ValueError, match="time zone"):
        formats.moment_text(dt.datetime(2026, 3, 3))  # noqa: DTZ001 - the point


@pytest.mark.usefixtures("noon")
@pytest.mark.parametrize(
    ("days", "age", "due"),
    [
        (0, "today", "due today"),
        (1, "tomorrow", "due tomorrow"),
        (-1, "yesterday", "1 day overdue"),
        (-4, "4 days ago", "4 days overdue"),
        (60, "in 60 days", "due in 60 days"),
        (-61, "2 months ago", "2 months overdue"),
        (-364, "11 months ago", "11 months overdue"),
        (-731, "2 years ago", "2 years overdue"),
    ],
)
def test_distances_in_time_are_words(days, age, due):
    day = dt.date(2026, 3, 27) + dt.timedelta(days=days)
    assert formats.relative_text(day) == age
    assert formats.relative_text(day, due=True) == due


@pytest.mark.usefixtures("noon")
def test_a_moment_is_as_far_as_its_day_in_england():
    assert formats.relative_text(dt.datetime(2026, 3, 26, 23, tzinfo=dt.UTC)) == "yesterday"


@pytest.mark.parametrize(("number", "shown"), [("9990000000", "999 000 0000"), ("12345", "12345"), (None, "")])
def test_nhs_numbers_are_printed_in_three_groups(number, shown):
    assert formats.nhs_number_text(number) == shown


def test_counts_agree_with_their_noun():
    assert [formats.count_text(n, "case") for n in (0, 1, 1204)] == ["0 cases", "1 case", "1,204 cases"]
    assert formats.count_text(2, "person", "people") == "2 people"
