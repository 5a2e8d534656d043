"""Exact dates in the many ways of writing them, and figures that are no dates."""

from datetime import date

import pytest

from dard.pseudonymisation.dates import Calendar, find_dates
from dard.pseudonymisation.normalised import normalise
from dard.pseudonymisation.redaction import Basis, Kind, KnownIdentifiers, redact

BIRTH = date(1980, 4, 3)
EVENT = date(2026, 3, 1)


def dates_in(text: str, *known: date, event: date | None = None) -> list[tuple[str, date | None]]:
    """The longest dates of a text with their readings, in order."""
    normalised = normalise(text)
    found = sorted(find_dates(normalised, Calendar(frozenset(known), event)), key=lambda one: one.start - one.end)
    longest = [one for place, one in enumerate(found) if not any(_inside(one, other) for other in found[:place])]
    return [(text[one.start : one.end], one.when) for one in sorted(longest, key=lambda one: one.start)]


def _inside(one: object, other: object) -> bool:
    return other.start <= one.start and one.end <= other.end  # type: ignore[attr-defined]  # two finds


@pytest.mark.parametrize(
    "written",
    [
        "03/04/1980", "3/4/1980", "03.04.1980", "3.4.1980", "03-04-1980", "3-4-1980", "03 / 04 / 1980", "03 04 1980",
        "03/04/80", "3/4/80", "03.04.80", "03-04-80", "1980-04-03", "1980/04/03", "1980.04.03", "3 April 1980",
        "3rd April 1980", "3 rd April 1980", "3rd of April 1980", "3rd day of April 1980", "third of April 1980",
        "the third April 1980", "3 Apr 1980", "3 Apr. 1980", "3-Apr-1980", "3-Apr-80", "3/Apr/80", "3Apr1980",
        "3rd Apr 80", "3 April '80", "3 APRIL 1980", "3 april 1980", "3 April, 1980", "April 3, 1980", "April 3 1980",
        "April 3rd, 1980", "April the 3rd, 1980", "Thursday 3 April 1980", "Thurs, 3 April 1980",
        "Thursday the 3rd of April 1980", "Thu 03/04/1980", "03041980", "030480", "19800403", "３／４／１９８０",
    ],
)  # fmt: skip
def test_a_known_birthday_is_found_in_any_dress(written: str) -> None:
    result = redact(f"Born {written}, lived here.", KnownIdentifiers(dates=(BIRTH,)))

    expected = "Born the [date], lived here." if written.startswith("the ") else "Born [date], lived here."
    assert result.text == expected
    assert [(span.kind, span.basis) for span in result.spans] == [(Kind.DATE, Basis.KNOWN)]


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("on 3 March 2026 at noon", [("3 March 2026", date(2026, 3, 3))]),
        ("04/13/2025", [("04/13/2025", date(2025, 4, 13))]),
        ("31/02/2025", [("31/02/2025", None)]),
        ("DOB 3.4.80", [("3.4.80", date(1980, 4, 3))]),
        ("3 March 2025 and 04/03/2025", [("3 March 2025", date(2025, 3, 3)), ("04/03/2025", date(2025, 3, 4))]),
        ("3 March 26.", [("3 March 26", date(2026, 3, 3))]),
        ("3 March 26 and", [("3 March 26", date(2026, 3, 3))]),
        ("3 March 20 tablets", [("3 March", None)]),
        ("3 March 14:30", [("3 March", None)]),
        ("3 March 1430 hours", [("3 March", None)]),
        ("3 March 2015hrs", [("3 March", None)]),
        ("2 May he came; 2 may be", [("2 May", None)]),
        ("2nd may", [("2nd may", None)]),
        ("March 3rd he came", [("March 3rd", None)]),
        ("March 3, then", [("March 3", None)]),
        ("March 3 he came", [("March 3", None)]),
        ("March 2031", []),
        ("March 3 tablets, march 3, then", []),
        ("March 30, 1066", [("March 30", None)]),
        ("31 February", []),
        ("February 30, 1999", []),
        ("30 April 1066 wars", [("30 April", None)]),
        ("on 03/04 she", [("03/04", None)]),
        ("on 45/04 she, on 120/80", []),
        ("2026-03-01T10:30", [("2026-03-01", date(2026, 3, 1))]),
    ],
)
def test_dates_are_read_as_they_are_meant(text: str, readings: list[tuple[str, date | None]]) -> None:
    assert dates_in(text) == readings


@pytest.mark.parametrize(
    "text",
    [
        "BP 120/80", "3/4 tablet", "2025/26", "10-15-20 mg", "v2.5.10", "1.2.3.4", "03041980", "April 1980", "in May",
        "May 2025", "3 may have", "1/2/3/4", "45/45/2025", "3 marches", "5 5 2020", "10 12 20", "3/4/1066", "1-2-20",
        "99/99/99", "the second may be", "0.21",
    ],
)  # fmt: skip
def test_figures_that_are_no_exact_date_stay(text: str) -> None:
    assert dates_in(text) == []


@pytest.mark.parametrize(
    ("text", "event", "expected"),
    [
        ("17 Feb 2026", EVENT, "[day -12]"),
        ("1 March 2026", EVENT, "[day 0]"),
        ("28 February", EVENT, "[day -1]"),
        ("20 December", EVENT, "[day -71]"),
        ("29 February", date(2026, 3, 1), "[date]"),
        ("29 February", date(2025, 3, 1), "[day -366]"),
        ("02/03/26", EVENT, "[day 1]"),
        ("02/03/28", EVENT, "[date]"),
        ("02/03/17", EVENT, "[day -3286]"),
        ("3 April 1980", EVENT, "[date]"),
        ("3 to 5 March 2026", EVENT, "[day 2] to [day 4]"),
        ("3rd and 5th March", EVENT, "[day 2] and [day 4]"),
        ("3-5 March", None, "[date]-[date]"),
        ("5 and 3 March 2026", EVENT, "5 and [day 2]"),
        ("Sunday 1 March 2026", EVENT, "[day 0]"),
        ("on 28/02", EVENT, "on [day -1]"),
    ],
)
def test_dates_become_days_from_the_event(text: str, event: date | None, expected: str) -> None:
    assert redact(text, KnownIdentifiers(), event_date=event).text == expected


def test_a_date_of_the_record_settles_the_century() -> None:
    assert dates_in("03/04/80, 05/06/30", BIRTH, date(1930, 6, 5)) == [
        ("03/04/80", BIRTH),
        ("05/06/30", date(1930, 6, 5)),
    ]


def test_every_day_of_three_years_comes_out_as_its_distance() -> None:
    for ordinal in range(date(2025, 1, 1).toordinal(), date(2027, 12, 31).toordinal(), 7):
        day = date.fromordinal(ordinal)
        offset = (day - EVENT).days
        american = f"{day:%B} {day.day}, {day:%Y}"
        for written in (f"{day:%d/%m/%Y}", f"{day.day} {day:%B %Y}", f"{day:%Y-%m-%d}", american):
            assert redact(written, KnownIdentifiers(), event_date=EVENT).text == f"[day {offset}]", written
