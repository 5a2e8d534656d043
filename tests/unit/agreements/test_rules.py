"""Whether an organisation may share on a day, and why."""

import datetime as dt
from dataclasses import replace

import pytest

from dard.agreements.enums import AgreementStatus, PartyState, Term
from dard.agreements.rules import Membership, Position, consequence, is_current, position, term

FIRST, LAST, SIGNED = dt.date(2026, 1, 1), dt.date(2026, 12, 31), dt.date(2026, 1, 5)
DAY = dt.timedelta(days=1)
GOOD = Membership(
    agreement="Sharing 2026",
    status=AgreementStatus.IN_FORCE,
    effective_from=FIRST,
    effective_to=LAST,
    state=PartyState.SIGNED,
    signed_on=SIGNED,
)
MIDDLE = dt.date(2026, 6, 1)


def test_an_organisation_without_any_agreement_may_not_share() -> None:
    assert position([], MIDDLE) == Position(
        False, "The organisation is not a party to any information sharing agreement"
    )


@pytest.mark.parametrize(
    ("on", "may"),
    [(SIGNED - DAY, False), (SIGNED, True), (LAST, True), (LAST + DAY, False)],
    ids=["the day before signing", "the day of signing", "the last day", "the day after the last"],
)
def test_sharing_begins_with_the_signature_and_ends_after_the_last_day(on: dt.date, may: bool) -> None:
    assert position([GOOD], on).may_share is may


@pytest.mark.parametrize(("on", "may"), [(FIRST - DAY, False), (FIRST, True)])
def test_signing_early_does_not_begin_an_agreement_before_its_first_day(on: dt.date, may: bool) -> None:
    early = replace(GOOD, signed_on=dt.date(2025, 11, 1))
    assert position([early], on).may_share is may


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({}, "Signed the agreement “Sharing 2026”, in force until 31 December 2026"),
        (
            {"state": PartyState.INVITED, "signed_on": None},
            "The organisation has not signed the agreement “Sharing 2026”",
        ),
        ({"effective_to": dt.date(2026, 5, 31)}, "The agreement “Sharing 2026” lapsed on 31 May 2026"),
        ({"status": AgreementStatus.DRAFT}, "The agreement “Sharing 2026” is still a draft"),
        ({"effective_from": dt.date(2026, 7, 1)}, "The agreement “Sharing 2026” begins on 1 July 2026"),
        ({"state": PartyState.WITHDRAWN}, "The organisation has withdrawn from the agreement “Sharing 2026”"),
        (
            {"state": PartyState.DECLINED, "signed_on": None},
            "The organisation has declined to sign the agreement “Sharing 2026”",
        ),
        ({"status": AgreementStatus.TERMINATED}, "The agreement “Sharing 2026” has been ended"),
    ],
)
def test_the_reason_is_said_in_words(changed: dict, why: str) -> None:
    found = position([replace(GOOD, **changed)], MIDDLE)
    assert found == Position(not changed, why)


def test_a_signed_state_without_a_date_counts_as_not_signed() -> None:
    assert not position([replace(GOOD, signed_on=None)], MIDDLE).may_share


@pytest.mark.parametrize("state", [PartyState.WITHDRAWN, PartyState.DECLINED])
def test_one_good_agreement_is_enough_in_any_order(state: PartyState) -> None:
    bad = replace(GOOD, agreement="Other", state=state)
    assert position([bad, GOOD], MIDDLE).may_share
    assert position([GOOD, bad], MIDDLE).may_share


def test_the_agreement_that_comes_closest_gives_the_reason() -> None:
    unsigned = replace(GOOD, agreement="Unsigned", state=PartyState.INVITED, signed_on=None)
    lapsed = replace(GOOD, agreement="Lapsed", effective_to=dt.date(2026, 2, 1))
    ended = replace(GOOD, agreement="Ended", status=AgreementStatus.TERMINATED)
    assert "“Unsigned”" in position([ended, lapsed, unsigned], MIDDLE).why
    assert "“Lapsed”" in position([ended, lapsed], MIDDLE).why


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (FIRST - DAY, Term.NOT_BEGUN),
        (FIRST, Term.RUNNING),
        (LAST - 61 * DAY, Term.RUNNING),
        (LAST - 60 * DAY, Term.ENDING_SOON),
        (LAST, Term.ENDING_SOON),
        (LAST + DAY, Term.LAPSED),
    ],
)
def test_the_term_of_an_agreement_in_force_follows_its_dates(on: dt.date, expected: Term) -> None:
    assert term(AgreementStatus.IN_FORCE, FIRST, LAST, on) is expected


@pytest.mark.parametrize("status", [AgreementStatus.DRAFT, AgreementStatus.TERMINATED])
def test_only_an_agreement_in_force_has_a_term(status: AgreementStatus) -> None:
    assert term(status, FIRST, LAST, MIDDLE) is None


def test_an_agreement_stays_in_the_matrix_for_a_year_after_it_lapsed_unless_it_was_ended() -> None:
    assert is_current(AgreementStatus.IN_FORCE, LAST, LAST + 365 * DAY)
    assert not is_current(AgreementStatus.IN_FORCE, LAST, LAST + 366 * DAY)
    assert not is_current(AgreementStatus.TERMINATED, LAST, MIDDLE)
    assert is_current(AgreementStatus.DRAFT, dt.date.max, MIDDLE)


def test_what_an_organisation_cannot_do_is_said_with_what_it_still_can() -> None:
    assert consequence(Position(True, "")) == "Can receive packs."
    assert consequence(Position(False, "")).startswith("Cannot receive packs")
    assert "Can still be given actions" in consequence(Position(False, ""))
