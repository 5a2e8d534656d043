"""The pure rules of a case: what a notification needs, and the sums about ages and dates."""

import datetime as dt
from dataclasses import replace

import pytest

from dard.cases.enums import AgeBand, DatePrecision, NotificationSource, Stream, SubstanceRole
from dard.cases.rules import (
    TEXT_LIMITS,
    Notification,
    age_band,
    age_on,
    case_reference,
    check_notification,
    check_scope,
    quarter,
)

TODAY = dt.date(2026, 3, 3)
GOOD = Notification(
    stream=Stream.DRUG_RELATED_DEATH,
    source=NotificationSource.POLICE,
    event_date=dt.date(2026, 3, 1),
    full_name="Morgan Vale",
    date_of_birth=dt.date(1984, 3, 2),
    age_at_event=41,
    substances=(("heroin", SubstanceRole.SUSPECTED), ("alcohol", SubstanceRole.CONFIRMED)),
)


def fields(notification: Notification) -> list[str]:
    return [problem.field for problem in check_notification(notification, today=TODAY)]


def message(notification: Notification) -> str:
    (problem,) = check_notification(notification, today=TODAY)
    return problem.message


def test_a_good_notification_has_no_problems() -> None:
    assert check_notification(GOOD, today=TODAY) == ()


def test_stream_source_and_date_are_enough() -> None:
    assert fields(Notification(stream=GOOD.stream, source=GOOD.source, event_date=GOOD.event_date)) == []


def test_all_problems_are_told_and_not_the_first() -> None:
    notification = Notification(
        stream=None,
        source=None,
        event_date=dt.date(2026, 3, 4),
        date_of_birth=dt.date(2026, 3, 5),
        age_at_event=121,
        substances=(("tea", SubstanceRole.SUSPECTED),),
        narrative="x" * 20_001,
    )
    assert fields(notification) == [
        "stream",
        "source",
        "event_date",
        "date_of_birth",
        "age_at_event",
        "substances",
        "narrative",
    ]


@pytest.mark.parametrize(
    ("stream", "words"),
    [
        (Stream.ALCOHOL_RELATED_DEATH, "the date of the death"),
        (Stream.NEAR_FATAL_OVERDOSE, "the date of the overdose"),
    ],
)
def test_a_missing_date_is_asked_for_in_the_words_of_the_stream(stream: Stream, words: str) -> None:
    notification = replace(GOOD, stream=stream, event_date=None)
    assert message(notification) == f"Enter {words}, like 27 3 2026, or say that it is not known"


def test_a_date_may_be_missing_if_it_is_said_to_be_unknown() -> None:
    assert fields(replace(GOOD, event_date=None, event_date_precision=DatePrecision.UNKNOWN)) == []
    assert fields(replace(GOOD, event_date=None, event_date_precision=DatePrecision.REPORTED)) == ["event_date"]


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (dt.date(2026, 3, 4), "must be today or in the past"),
        (dt.date(1899, 12, 31), "must be in 1900 or later"),
    ],
)
def test_an_event_is_neither_in_the_future_nor_before_1900(day: dt.date, words: str) -> None:
    assert words in message(replace(GOOD, event_date=day, date_of_birth=None, age_at_event=None))


@pytest.mark.parametrize("day", [TODAY, dt.date(1900, 1, 1)])
def test_an_event_may_be_today_or_on_the_first_day_of_1900(day: dt.date) -> None:
    assert fields(replace(GOOD, event_date=day, date_of_birth=None, age_at_event=None)) == []


def test_nobody_dies_before_they_are_born() -> None:
    assert fields(replace(GOOD, date_of_birth=dt.date(2026, 3, 2), age_at_event=None)) == ["date_of_birth"]
    assert fields(replace(GOOD, date_of_birth=dt.date(2026, 3, 1), age_at_event=None)) == []


def test_a_birth_more_than_120_years_before_the_event_is_a_mistake() -> None:
    assert fields(replace(GOOD, date_of_birth=dt.date(1905, 3, 1), age_at_event=None)) == ["date_of_birth"]
    assert fields(replace(GOOD, date_of_birth=dt.date(1905, 3, 2), age_at_event=None)) == []


@pytest.mark.parametrize("age", [-1, 121])
def test_an_age_is_between_0_and_120(age: int) -> None:
    assert fields(replace(GOOD, date_of_birth=None, age_at_event=age)) == ["age_at_event"]


@pytest.mark.parametrize("age", [0, 120])
def test_the_ends_of_the_range_are_ages(age: int) -> None:
    assert fields(replace(GOOD, date_of_birth=None, age_at_event=age)) == []


def test_an_age_that_contradicts_the_date_of_birth_is_told_with_the_age_that_it_should_be() -> None:
    assert "which make it 41" in message(replace(GOOD, age_at_event=42))


@pytest.mark.parametrize("precision", [p for p in DatePrecision if p is not DatePrecision.EXACT])
def test_an_age_may_be_a_year_out_if_the_day_of_the_event_is_not_certain(precision: DatePrecision) -> None:
    assert fields(replace(GOOD, event_date_precision=precision, age_at_event=42)) == []
    assert fields(replace(GOOD, event_date_precision=precision, age_at_event=43)) == ["age_at_event"]


def test_an_unknown_substance_code_is_told_once_however_often_it_stands_there() -> None:
    codes = tuple((code, SubstanceRole.SUSPECTED) for code in ("tea", "heroin", "tea"))
    assert "“tea”" in message(replace(GOOD, substances=codes))


@pytest.mark.parametrize(("field", "limit"), TEXT_LIMITS.items())
def test_a_text_may_be_as_long_as_its_limit_and_no_longer(field: str, limit: int) -> None:
    assert fields(replace(GOOD, **{field: "é" * limit})) == []
    too_long = replace(GOOD, **{field: "é" * (limit + 1)})
    assert fields(too_long) == [field]
    assert message(too_long).endswith(f"must be {limit:,} characters or fewer")


def test_the_review_is_for_adults() -> None:
    (problem,) = check_scope(replace(GOOD, date_of_birth=None, age_at_event=17))
    assert problem.field == "age_at_event"
    assert "child death overview panel" in problem.message
    assert check_scope(replace(GOOD, date_of_birth=None, age_at_event=18)) == ()


def test_scope_goes_by_the_date_of_birth_where_there_is_one() -> None:
    assert check_scope(replace(GOOD, date_of_birth=dt.date(2008, 3, 1), age_at_event=None)) == ()
    assert check_scope(replace(GOOD, date_of_birth=dt.date(2008, 3, 2), age_at_event=None)) != ()


def test_a_person_whose_age_nobody_knows_is_in_scope() -> None:
    assert check_scope(replace(GOOD, date_of_birth=None, age_at_event=None)) == ()


def test_a_childs_near_fatal_overdose_goes_to_safeguarding() -> None:
    child = replace(GOOD, stream=Stream.NEAR_FATAL_OVERDOSE, date_of_birth=None, age_at_event=16)
    (problem,) = check_scope(child)
    assert "safeguarding" in problem.message


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        (dt.date(1984, 3, 2), dt.date(2026, 3, 1), 41),
        (dt.date(1984, 3, 2), dt.date(2026, 3, 2), 42),
        (dt.date(2000, 2, 29), dt.date(2018, 2, 28), 17),
        (dt.date(2000, 2, 29), dt.date(2018, 3, 1), 18),
        (dt.date(2000, 2, 29), dt.date(2020, 2, 29), 20),
        (dt.date(2026, 3, 1), dt.date(2026, 3, 1), 0),
    ],
)
def test_an_age_is_in_completed_years(born: dt.date, on: dt.date, age: int) -> None:
    assert age_on(born, on) == age


def test_there_is_no_age_before_birth() -> None:
    with pytest.raises(ValueError, match="before birth"):
        age_on(dt.date(2026, 3, 2), dt.date(2026, 3, 1))


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (None, AgeBand.NOT_RECORDED),
        (0, AgeBand.UNDER_18),
        (17, AgeBand.UNDER_18),
        (18, AgeBand.AGE_18_TO_24),
        (24, AgeBand.AGE_18_TO_24),
        (25, AgeBand.AGE_25_TO_34),
        (34, AgeBand.AGE_25_TO_34),
        (35, AgeBand.AGE_35_TO_44),
        (44, AgeBand.AGE_35_TO_44),
        (45, AgeBand.AGE_45_TO_54),
        (54, AgeBand.AGE_45_TO_54),
        (55, AgeBand.AGE_55_TO_64),
        (64, AgeBand.AGE_55_TO_64),
        (65, AgeBand.AGE_65_TO_74),
        (74, AgeBand.AGE_65_TO_74),
        (75, AgeBand.AGE_75_AND_OVER),
        (120, AgeBand.AGE_75_AND_OVER),
    ],
)
def test_every_age_has_one_band(age: int | None, band: AgeBand) -> None:
    assert age_band(age) is band


def test_a_negative_age_has_no_band() -> None:
    with pytest.raises(ValueError, match="not negative"):
        age_band(-1)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (dt.date(2026, 1, 1), "2026-Q1"),
        (dt.date(2026, 3, 31), "2026-Q1"),
        (dt.date(2026, 4, 1), "2026-Q2"),
        (dt.date(2026, 9, 30), "2026-Q3"),
        (dt.date(2026, 12, 31), "2026-Q4"),
    ],
)
def test_a_quarter_is_a_calendar_quarter(day: dt.date, name: str) -> None:
    assert quarter(day) == name


@pytest.mark.parametrize(("number", "reference"), [(1, "2026-0001"), (42, "2026-0042"), (12_345, "2026-12345")])
def test_a_case_reference_is_the_year_and_the_number(number: int, reference: str) -> None:
    assert case_reference(2026, number) == reference


@pytest.mark.parametrize(("year", "number"), [(2026, 0), (2026, -1), (26, 1), (20_260, 1)])
def test_a_case_reference_needs_a_full_year_and_a_counted_number(year: int, number: int) -> None:
    with pytest.raises(ValueError, match="four digits"):
        case_reference(year, number)
