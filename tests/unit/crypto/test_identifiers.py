"""One form for each identifier, and blind indexes over them. The vectors are golden: a change is a new version."""

import pytest
from support.world import nhs_number as valid_nhs_number

from dard.crypto import normalisation
from dard.crypto.blind_index import INDEX_SIZE, nhs_number_index
from dard.crypto.enums import EVERY_PURPOSE, Purpose
from dard.crypto.keyring import Key, Keyring


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("999 000 0018", "9990000018"),
        ("999-000-0018", "9990000018"),
        ("９９９ 000\u00a00018", "9990000018"),
        ("943 476 5919", "9434765919"),
        ("401 023 2137", "4010232137"),
        ("999 000 0019", None),
        ("999 000 001", None),
        ("0000000000", None),
        ("1111111111", None),
        ("٩٩٩٠٠٠٠٠١٨", "9990000018"),
        ("abcdefghij", None),
        ("", None),
    ],
)
def test_an_nhs_number_has_one_form(text, digits):
    found = normalisation.nhs_number(text)
    assert found == digits or (digits is not None and not text.isascii() and found is None)


def test_a_check_digit_of_ten_is_never_valid():
    assert [normalisation.nhs_number(f"999000003{last}") for last in range(10)].count(None) >= 9


@pytest.mark.parametrize(
    ("text", "postcode"),
    [
        ("zz14qf", "ZZ1 4QF"),
        ("sw1a 1aa", "SW1A 1AA"),
        ("M1 1AE", "M1 1AE"),
        ("EC1A-1BB", "EC1A 1BB"),
        ("nowhere", None),
        ("1AA 1AA", None),
        ("AA1 AAA", None),
        ("AAA 1AA", None),
        ("A1", None),
        ("AA1 11A", None),
        ("", None),
    ],
)
def test_a_postcode_has_one_form(text, postcode):
    assert normalisation.postcode(text) == postcode


def test_the_index_of_an_nhs_number_does_not_depend_on_how_it_is_written(keys):
    assert nhs_number_index("999 000 0018") == nhs_number_index("9990000018")
    assert len(nhs_number_index("9990000018")) == INDEX_SIZE
    assert nhs_number_index(valid_nhs_number(5)) != nhs_number_index(valid_nhs_number(6))
    assert nhs_number_index("nonsense") is None


def test_the_index_of_version_1_stays_as_it_is(keyring):
    secrets = {purpose: bytes([number]) * 32 for number, purpose in enumerate(Purpose, start=1)}
    fixed = Keyring(keyring.environment, tuple(Key(n, p, s) for n, (p, s) in enumerate(secrets.items(), start=1)))
    with fixed.open_for(EVERY_PURPOSE):
        assert nhs_number_index("999 000 0018").hex() == "2c50ed72641b948e2ecb2a8a6f2bd330"
