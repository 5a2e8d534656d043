"""Row 6: one form for each identifier, and what indexes make of it, the same in every release: the vectors are golden.

They are what blind indexes in databases were built from. To change what is returned for one of them, write a new
version of the function, with vectors of its own, and bring it in as ``dard.crypto.index_rotation`` says.
"""

import datetime as dt
import hashlib
import json
from pathlib import Path

import pytest

from dard.cases.models import CasePerson
from dard.crypto import normalisation
from dard.crypto.blind_index import blind_indexes
from dard.crypto.enums import EVERY_PURPOSE, KeyState, Purpose
from dard.crypto.fingerprints import fingerprint
from dard.crypto.keyring import Key, Keyring
from dard.crypto.phonetics import sound_of

FOLDER = Path(__file__).parent / "vectors"
VECTORS = json.loads((FOLDER / "normalisation.json").read_text("utf-8"))
INDEX_VECTORS = json.loads((FOLDER / "blind_indexes.json").read_text("utf-8"))
PERSON = {"nhs_number": "9990000018", "full_name": "Tamsin Quillfeather", "date_of_birth": dt.date(1988, 7, 2)}
VERSIONS = {
    "nhs_number": normalisation.NHS_NUMBER_VERSION,
    "postcode": normalisation.POSTCODE_VERSION,
    "iso_date": normalisation.DATE_VERSION,
    "name_parts": normalisation.NAME_VERSION,
    "sound_of": normalisation.SOUND_AND_YEAR_VERSION,
    "name_and_birth": normalisation.NAME_AND_BIRTH_VERSION,
    "sound_and_year": normalisation.SOUND_AND_YEAR_VERSION,
}
# SHA-256 of the vectors of each released version: neither a vector nor its answer is ever edited.
RELEASED = {
    ("nhs_number", 1): "90845153a7120c5ebe9efd30ea2062c21600afdfb72c1d261729dcd19ff11571",
    ("postcode", 1): "900935d5d7369a3a3a333805bf13d8946ad9fe2165d1620ac205ed0eed19fe22",
    ("iso_date", 1): "ccdd0391166d226e0f7d6f55b40c3ab00f3b2c383d7580a22513f41b35651da7",
    ("name_parts", 1): "b43453731d8a01f5123e3fbf55342d7c40ce8d3000b4c6fe3f218b66c06b02d8",
    ("name_and_birth", 1): "13f4a1327a167dcd9e4898b5ec2169e93bf9badeef323c021a43b157b2bc778e",
    ("sound_and_year", 1): "6e693292228d8e928859316f6a7fb0ed0c38d187b7973160622f067bf9d3dc99",
    ("sound_of", 1): "6e500821ec98121e281ed87d4af7a4dc83415686f437d9637e20c6e770b60726",
}
CASES = [(name, given, wanted) for name, kept in VECTORS.items() for given, wanted in kept["vectors"]]


def answer(name: str, given):
    if name == "sound_of":
        return sound_of(given)
    if name in {"name_and_birth", "sound_and_year"}:
        text, born = given
        return getattr(normalisation, name)(text, dt.date.fromisoformat(born))
    found = getattr(normalisation, name)(given)
    return list(found) if isinstance(found, tuple) else found


@pytest.mark.parametrize(("name", "given", "wanted"), CASES)
def test_row_6_normalisation_returns_what_it_returned_when_it_was_released(name, given, wanted):
    assert answer(name, given) == wanted


@pytest.mark.parametrize("name", VERSIONS)
def test_row_6_changing_a_vector_means_a_new_version(name):
    kept = VECTORS[name]
    assert kept["version"] == VERSIONS[name], f"write vectors for version {VERSIONS[name]} of {name}"
    told = hashlib.sha256(json.dumps(kept["vectors"]).encode()).hexdigest()
    assert told == RELEASED[name, kept["version"]], (
        f"a vector of {name}, version {kept['version']}, is not what was released: make it version "
        f"{kept['version'] + 1}, and keep the function of version {kept['version']} for the rows indexed by it"
    )


def test_row_6_there_are_vectors_enough(figure):
    right = sum(answer(name, given) == wanted for name, given, wanted in CASES)
    figure(6, "golden vectors of normalisation that hold", f"{right} of {len(CASES)}")
    assert right == len(CASES) >= 60
    assert set(VECTORS) == set(VERSIONS)


def test_a_check_digit_of_ten_is_never_valid():
    assert not any(normalisation.nhs_number(f"999000014{last}") for last in range(10))


def test_row_6_indexes_of_this_version_stay_as_they_are(keyring, figure):
    keys = [Key(number, purpose, bytes([number]) * 32) for number, purpose in enumerate(Purpose, start=1)]
    with Keyring(keyring.environment, keys).open_for(EVERY_PURPOSE):
        now = {index.name: index.row(PERSON)[index.name].hex() for index in blind_indexes(CasePerson)}
    versions = {index.name: index.readings[-1].version for index in blind_indexes(CasePerson)}
    assert {"versions": versions, "indexes": now} == INDEX_VECTORS, "an index that changes is of a new version"
    figure(6, "golden vectors of blind indexes that hold", f"{len(now)} of {len(INDEX_VECTORS['indexes'])}")


def test_row_6_a_fingerprint_under_one_key_and_under_two_stays_as_it_is(keyring, figure):
    others = [key for key in keyring.keys if key.purpose is not Purpose.INDEX]
    first, later = bytes(range(32)), Key(92, Purpose.INDEX, bytes(range(1, 33)))
    with Keyring(keyring.environment, [Key(91, Purpose.INDEX, first), *others]).open_for(EVERY_PURPOSE):
        one = fingerprint("rows", b"14-0273")
    before = Key(91, Purpose.INDEX, first, KeyState.DECRYPT_ONLY)
    with Keyring(keyring.environment, [before, later, *others]).open_for(EVERY_PURPOSE):
        two = fingerprint("rows", b"14-0273")
    assert one.hex() == "85f996cd95d5adb48e2ad424f743d558306c358c5e084aa125d4c05305208531"
    assert two.hex() == "5d5fa364fdaa0dbc1b90865fda1b9b4e5ae0bccce4302ab1cb64dc7522fa6534"
    figure(6, "golden vectors of fingerprints that hold", "2 of 2")
