"""The code lists of a case."""

import re

import pytest

from dard.cases import enums
from dard.cases.enums import CaseStatus, PlaceOfEvent, RevealPurpose, Sex, Stream
from dard.cases.substances import SubstanceGroup
from dard.core.enums import LabelledEnum

CODE_LISTS = [
    *(item for item in vars(enums).values() if isinstance(item, type) and item.__module__ == enums.__name__),
    SubstanceGroup,
]


@pytest.mark.parametrize("codes", CODE_LISTS, ids=lambda codes: codes.__name__)
def test_every_value_is_a_slug_that_fits_its_column(codes: type[LabelledEnum]) -> None:
    assert [code.value for code in codes if not re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", code.value)] == []
    assert max(len(code.value) for code in codes) <= 40


@pytest.mark.parametrize("codes", CODE_LISTS, ids=lambda codes: codes.__name__)
def test_no_two_codes_share_a_value_or_a_label(codes: type[LabelledEnum]) -> None:
    # A value written twice would make the second name an alias of the first, without a word.
    assert list(codes.__members__) == [code.name for code in codes]
    assert len({code.label for code in codes}) == len(codes)


def test_the_streams_are_the_four_groups_of_the_guidance() -> None:
    assert [stream.value for stream in Stream] == [
        "drug_related_death",
        "alcohol_related_death",
        "near_fatal_overdose",
        "death_in_treatment",
    ]


@pytest.mark.parametrize("codes", [Sex, PlaceOfEvent])
def test_unknown_and_not_recorded_are_two_codes(codes: type[LabelledEnum]) -> None:
    assert {"unknown", "not_recorded"} <= set(codes)


def test_no_two_statuses_of_a_case_in_progress_look_alike() -> None:
    ended = {CaseStatus.CLOSED, CaseStatus.OUT_OF_SCOPE}
    colours = [status.colour for status in CaseStatus if status not in ended]
    assert len(set(colours)) == len(colours)


def test_identity_is_shown_for_six_coded_reasons() -> None:
    assert [purpose.value for purpose in RevealPurpose] == [
        "duplicate_check",
        "agency_request",
        "coroner_contact",
        "bereavement_support",
        "safeguarding",
        "record_correction",
    ]
