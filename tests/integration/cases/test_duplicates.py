"""Whoever logs a notification is told of the cases that may be about the same person, and of what is alike."""

import dataclasses
import datetime as dt

import pytest
from support.world import NOTIFICATION, SYSTEM, World, nhs_number

from dard.accounts.enums import Role
from dard.cases import service
from dard.cases.duplicates import Likeness, cases_alike
from dard.cases.models import Case
from dard.cases.rules import Notification
from dard.core.errors import InvalidError

BORN = dt.date(1988, 7, 2)


def of(name: str | None, born: dt.date | None = BORN, number: str | None = None) -> Notification:
    return dataclasses.replace(NOTIFICATION, full_name=name, date_of_birth=born, nhs_number=number)


def known(world: World, name: str | None, born: dt.date | None = BORN, number: str | None = None) -> str:
    """The reference of a new case."""
    case_id = world.case(full_name=name, date_of_birth=born, nhs_number=number)
    with world.at_work():
        return world.get(Case, case_id).reference


def alike(world: World, notification: Notification) -> dict[Likeness, list[str]]:
    with world.at_work():
        return cases_alike(SYSTEM, notification)


def problems(world: World, notification: Notification) -> list[tuple[str | None, str]]:
    with world.at_work(), pytest.raises(InvalidError) as refused:
        service.notify(SYSTEM, notification)
    return list(refused.value.problems)


@pytest.mark.parametrize(
    ("here", "there", "likeness"),
    [
        # names: as written, turned round, without accents, with and without hyphens
        ("Tamsin Quillfeather", "QUILLFEATHER, Tamsin", Likeness.NAME_AND_BIRTH),
        ("Seán Ó Súilleabháin", "Sean O’Suilleabhain", Likeness.NAME_AND_BIRTH),
        ("Łucja Szczepańska-Nowak", "Lucja Szczepanska Nowak", Likeness.NAME_AND_BIRTH),
        ("محمد علی", "محمد علی", Likeness.NAME_AND_BIRTH),
        ("Tamsin", "Tamsin", Likeness.NAME_AND_BIRTH),
        # names that sound alike, short forms, initials
        ("Tamsin Quillfeather", "Tamsin Quilfether", Likeness.SOUND_AND_YEAR),
        ("William Smith", "Bill Smyth", Likeness.SOUND_AND_YEAR),
        ("Bill Smyth", "William Smith", Likeness.SOUND_AND_YEAR),
        ("Muhammad Chaudhry", "Mohammed Chowdhury", Likeness.SOUND_AND_YEAR),
        ("T. Quillfeather", "Tamsin Quillfeather", Likeness.SOUND_AND_YEAR),
        ("Tamsin Jane Quillfeather", "Tamsin Quillfeather", Likeness.SOUND_AND_YEAR),
        ("Seán Ó Súilleabháin", "Sean O’Sullivan", Likeness.SOUND_AND_YEAR),
        # others
        ("Jory Quillfeather", "Tamsin Quillfeather", None),
        ("J Quillfeather", "Tamsin Quillfeather", None),
        ("Tamsin Underhay", "Tamsin Quillfeather", None),
        ("محمد Quillfeather", "Tamsin Quillfeather", None),
        ("Quillfeather", "Tamsin Quillfeather", None),
        ("Tamsin Quillfeather", "Quillfeather", None),
    ],
)
def test_two_names_with_one_date_of_birth(world, here, there, likeness):
    reference = known(world, here)
    assert alike(world, of(there)) == ({likeness: [reference]} if likeness else {})


@pytest.mark.parametrize(
    ("born", "likeness"),
    [
        (dt.date(1988, 7, 2), Likeness.NAME_AND_BIRTH),
        (dt.date(1988, 2, 7), Likeness.SOUND_AND_YEAR),
        (dt.date(1989, 7, 2), None),
        (None, None),
    ],
)
def test_one_name_with_two_dates_of_birth(world, born, likeness):
    reference = known(world, "Tamsin Quillfeather")
    assert alike(world, of("Tamsin Quillfeather", born)) == ({likeness: [reference]} if likeness else {})


def test_every_case_is_told_once_under_what_is_surest(world):
    first = known(world, "Tamsin Quillfeather", number=nhs_number(1))
    second = known(world, "Tamsin Quillfeather", number=nhs_number(2))
    third = known(world, "Tamsin Quilfether")
    fourth = known(world, "Jory Underhay", number=nhs_number(1))
    told = alike(world, of("Tamsin Quillfeather", number=nhs_number(1)))
    assert list(told.items()) == [
        (Likeness.NHS_NUMBER, [first, fourth]),
        (Likeness.NAME_AND_BIRTH, [second]),
        (Likeness.SOUND_AND_YEAR, [third]),
    ]


def test_the_notice_says_what_is_alike_and_in_which_cases(world):
    known(world, "Tamsin Quillfeather")
    known(world, "Tamsin Quilfether")
    known(world, None, number=nhs_number(1))
    again = "If this is another event{}, tick “Another event of the same person” and send it again"
    assert problems(world, of("Tamsin Quillfeather", number=nhs_number(1))) == [
        ("nhs_number", f"There is a case with this NHS number already: 2026-0003. {again.format('')}"),
        (
            "full_name",
            "There is a case with the same name and date of birth already: 2026-0001. "
            + again.format(", or another person"),
        ),
        (
            "full_name",
            "There is a case with a name that sounds alike and the same year of birth already: 2026-0002. "
            + again.format(", or another person"),
        ),
    ]


def test_several_cases_are_named_in_the_order_of_their_references(world):
    for _case in range(3):
        known(world, "Tamsin Quillfeather")
    ((_field, message),) = problems(world, of("Tamsin Quillfeather"))
    assert "already: 2026-0001, 2026-0002, 2026-0003." in message


def test_another_event_of_the_same_person_is_logged(world):
    known(world, "Tamsin Quillfeather", number=nhs_number(1))
    with world.at_work():
        made = service.notify(SYSTEM, of("Tamsin Quillfeather", number=nhs_number(1)), another_event=True)
        assert made.reference == "2026-0002"


def test_nobody_is_like_somebody_who_is_not_known(world):
    known(world, None, None)
    assert alike(world, of(None, None)) == {}
    assert alike(world, of("Tamsin Quillfeather")) == {}


def test_a_correction_moves_a_person_in_the_indexes(world):
    case_id = world.case(full_name="Tamsin Quillfeather", date_of_birth=BORN, nhs_number=nhs_number(1))
    with world.at_work():
        case = world.get(Case, case_id)
        before = service.recorded_notification(SYSTEM, case, shown=False)
        after = dataclasses.replace(before, full_name="Tamsin Underhay", nhs_number=nhs_number(2))
        service.correct(SYSTEM, case, after, None)
    assert alike(world, of("Tamsin Quillfeather", number=nhs_number(1))) == {}
    assert alike(world, of("Tamsin Underhay")) == {Likeness.NAME_AND_BIRTH: ["2026-0001"]}
    assert alike(world, of(None, number=nhs_number(2))) == {Likeness.NHS_NUMBER: ["2026-0001"]}
    with world.at_work():
        case = world.get(Case, case_id)
        stored = service.recorded_notification(SYSTEM, case, shown=False)
        service.correct(SYSTEM, case, dataclasses.replace(stored, date_of_birth=None, age_at_event=None), None)
    assert alike(world, of("Tamsin Underhay")) == {}


def test_a_correction_of_something_else_leaves_the_indexes_alone(world, count_queries):
    case_id = world.case()
    with world.at_work(), count_queries() as sent:
        case = world.get(Case, case_id)
        before = service.recorded_notification(SYSTEM, case, shown=False)
        service.correct(SYSTEM, case, dataclasses.replace(before, district="Thornby"), None)
    assert not any("name_birth_index=" in statement for statement in sent)


def test_the_page_shows_the_notice_at_the_name_and_lets_another_event_through(world):
    browser = world.browser(world.person(Role.COORDINATOR))
    known(world, "Tamsin Quillfeather")
    answers = {
        "stream": "drug_related_death", "source": "police", "event_date_precision": "unknown", "sex": "female",
        "place_of_event": "own_home", "full_name": "Quillfeather, Tamsin",
        "date_of_birth-day": "2", "date_of_birth-month": "7", "date_of_birth-year": "1988",
    }  # fmt: skip
    browser.post("/cases/new", answers, status=422)
    assert "There is a case with the same name and date of birth already: 2026-0001" in browser.text
    assert "Another event of the same person" in browser.text
    assert 'href="#full_name"' in browser.response.text
    browser.post("/cases/new", {**answers, "another_event": "yes"})
    assert problems(world, of("Tamsin Quillfeather"))[0][1].count("2026-0002") == 1
