"""Blind indexes of a person: what they are built of, under which key, and in which column they stand."""

import datetime as dt
import hmac
import time

import pytest
import sqlalchemy as sa
from support.world import nhs_number

from dard.cases.models import CasePerson
from dard.crypto import normalisation
from dard.crypto.blind_index import INDEX_SIZE, Reading, blind_index, blind_indexes
from dard.crypto.enums import EVERY_PURPOSE, KeyState, Purpose
from dard.crypto.errors import KeyLockedError, KeyScopeError
from dard.crypto.keyring import FRESH_SECONDS, Key, Keyring

BORN = dt.date(1988, 7, 2)
PERSON = {"nhs_number": "9990000018", "full_name": "Tamsin Quillfeather", "date_of_birth": BORN}
NEW = Key(90, Purpose.INDEX, bytes(range(32)), KeyState.STAGED)
OTHER_READING = Reading(2, lambda name, _born: name.lower())


def fixed_keyring(keyring: Keyring, *more: Key) -> Keyring:
    keys = [Key(number, purpose, bytes([number]) * 32) for number, purpose in enumerate(Purpose, start=1)]
    return Keyring(keyring.environment, (*keys, *more))


def stored(**changes) -> dict[str, bytes | None]:
    told = {**PERSON, **changes}
    return {name: value for index in blind_indexes(CasePerson) for name, value in index.row(told).items()}


def wanted_by(condition: sa.ColumnElement[bool]) -> list[bytes]:
    """The values that a condition looks for in the first column."""
    found = condition.compile(compile_kwargs={"render_postcompile": True}).params
    return [value for name, value in found.items() if "next" not in name]


def test_a_person_has_three_indexes_of_16_bytes_in_two_columns_each(keys):
    now = stored()
    assert list(now) == [
        "nhs_number_index", "nhs_number_index_next",
        "name_birth_index", "name_birth_index_next",
        "sound_birth_index", "sound_birth_index_next",
    ]  # fmt: skip
    for name, value in now.items():
        assert (value is None) if name.endswith("_next") else (len(value) == INDEX_SIZE)
    assert set(now) <= {column.name for column in CasePerson.__table__.columns if column.nullable and column.index}


@pytest.mark.parametrize(
    ("changes", "absent"),
    [
        ({"nhs_number": None}, {"nhs_number_index"}),
        ({"nhs_number": "nonsense"}, {"nhs_number_index"}),
        ({"full_name": None}, {"name_birth_index", "sound_birth_index"}),
        ({"date_of_birth": None}, {"name_birth_index", "sound_birth_index"}),
        ({"full_name": "Tamsin"}, {"sound_birth_index"}),
        ({"full_name": "…"}, {"name_birth_index", "sound_birth_index"}),
    ],
)
def test_an_index_lacks_when_a_part_of_it_lacks(keys, changes, absent):
    assert {name for name, value in stored(**changes).items() if value is None and not name.endswith("_next")} == absent


def test_nothing_is_indexed_that_anybody_could_guess_by_itself():
    fields = [set(index.fields) for index in blind_indexes(CasePerson)]
    assert {frozenset(each) for each in fields} == {
        frozenset({"nhs_number"}), frozenset({"full_name", "date_of_birth"}),
    }  # fmt: skip
    assert all(index.hardened == (index.fields == ("nhs_number",)) for index in blind_indexes(CasePerson))


def test_the_way_something_is_written_makes_no_difference(keys):
    told = stored()
    assert stored(nhs_number="999 000 0018", full_name="QUILLFEATHER, Tamsin") == told
    assert stored(full_name="Tamsin Quilfether")["sound_birth_index"] == told["sound_birth_index"]
    assert stored(full_name="Tamsin Quilfether")["name_birth_index"] != told["name_birth_index"]
    assert stored(date_of_birth=dt.date(1988, 12, 31))["sound_birth_index"] == told["sound_birth_index"]
    assert stored(date_of_birth=dt.date(1989, 7, 2))["sound_birth_index"] != told["sound_birth_index"]
    assert stored(nhs_number=nhs_number(6))["nhs_number_index"] != told["nhs_number_index"]


def test_the_key_of_an_index_is_of_its_table_its_name_its_fields_and_its_version(keys):
    reading = Reading(1, lambda name: name)

    class One:
        __tablename__ = "one"
        by_name = blind_index("name", of=reading)
        by_name_again = blind_index("name", of=reading)
        by_alias = blind_index("alias", of=reading)
        by_name_anew = blind_index("name", of=Reading(2, reading.text))
        by_name_dearly = blind_index("name", of=reading, hardened=True)

    class Two:
        __tablename__ = "two"
        by_name = blind_index("name", of=reading)

    told = {"name": "Tamsin", "alias": "Tamsin"}
    values = [index.row(told)[index.name] for model in (One, Two) for index in blind_indexes(model)]
    assert len(set(values)) == len(values) == 6


def test_an_index_says_nothing_without_the_key(keyring, keys):
    mine = stored()["name_birth_index"]
    text = normalisation.name_and_birth(PERSON["full_name"], BORN).encode()
    assert hmac.digest(b"", text, "sha256")[:INDEX_SIZE] != mine
    with fixed_keyring(keyring).open_for(EVERY_PURPOSE):
        assert stored()["name_birth_index"] != mine
    with keyring.open_for(EVERY_PURPOSE - {Purpose.INDEX}), pytest.raises(KeyScopeError):
        stored()


def test_a_locked_key_makes_no_index(keyring):
    locked = [Key(key.number, key.purpose, None) for key in keyring.keys]
    with Keyring(keyring.environment, locked).open_for(EVERY_PURPOSE), pytest.raises(KeyLockedError):
        stored()


def test_while_a_key_is_staged_the_second_column_is_filled_under_it(keyring):
    with fixed_keyring(keyring).open_for(EVERY_PURPOSE):
        before = stored()
    with fixed_keyring(keyring, NEW).open_for(EVERY_PURPOSE):
        during = stored()
        assert stored(full_name=None)["name_birth_index_next"] is None
    others = [key for key in fixed_keyring(keyring).keys if key.purpose is not Purpose.INDEX]
    with Keyring(keyring.environment, [*others, Key(NEW.number, NEW.purpose, NEW.secret)]).open_for(EVERY_PURPOSE):
        after = stored()
    for index in blind_indexes(CasePerson):
        now, coming = index.columns
        assert during[now] == before[now]
        assert during[coming] == after[now] != before[now]
        assert before[coming] is after[coming] is None


def test_only_the_columns_that_are_asked_for_are_computed(keyring):
    index = CasePerson.name_birth_index
    with fixed_keyring(keyring, NEW).open_for(EVERY_PURPOSE):
        both = index.row(PERSON)
        for column in index.columns:
            assert index.row(PERSON, only=[column]) == {column: both[column]}
        assert index.row({**PERSON, "full_name": None}, only=[index.columns[1]]) == {index.columns[1]: None}


def test_a_new_reading_fills_the_second_column_under_the_same_key(keys, monkeypatch):
    index = CasePerson.name_birth_index
    before = index.row(PERSON)
    old = index.readings[0]
    monkeypatch.setattr(index, "readings", (old, OTHER_READING))
    during = index.row(PERSON)
    assert index.doubled
    monkeypatch.setattr(index, "readings", (OTHER_READING,))
    after = index.row(PERSON)
    assert during == {index.columns[0]: before[index.columns[0]], index.columns[1]: after[index.columns[0]]}
    assert not index.doubled


def test_a_former_reading_comes_first():
    index = blind_index("full_name", of=OTHER_READING, former=Reading(1, str))
    assert [reading.version for reading in index.readings] == [1, 2]


def test_what_is_looked_for_are_all_keys_and_readings_in_both_columns(keyring, monkeypatch):
    index = CasePerson.name_birth_index
    told = (PERSON["full_name"], BORN)
    old = Key(80, Purpose.INDEX, bytes(32), KeyState.DECRYPT_ONLY)
    with fixed_keyring(keyring, old, NEW).open_for(EVERY_PURPOSE):
        now = index.row(PERSON)
        condition = index.matches(*told)
        assert len(wanted_by(condition)) == 3
        assert set(now.values()) <= set(wanted_by(condition))
        text = str(condition)
        assert "case_person.name_birth_index IN" in text
        assert "case_person.name_birth_index_next IN" in text
        monkeypatch.setattr(index, "readings", (*index.readings, OTHER_READING))
        assert len(wanted_by(index.matches(*told))) == 6


def test_nothing_is_looked_for_when_a_part_lacks(keys):
    for told in ((None, BORN), ("Tamsin Quillfeather", None), ("", BORN)):
        assert str(CasePerson.name_birth_index.matches(*told)) == "false"


def test_a_look_up_reads_keys_again_that_are_no_longer_fresh(keyring, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    kept = [fixed_keyring(keyring).keys]
    growing = Keyring(keyring.environment, source=lambda: kept[0])
    with growing.open_for(EVERY_PURPOSE):
        kept[0] = fixed_keyring(keyring, NEW).keys
        now[0] += FRESH_SECONDS
        assert len(wanted_by(CasePerson.name_birth_index.matches(PERSON["full_name"], BORN))) == 1
        now[0] += 0.1
        assert len(wanted_by(CasePerson.name_birth_index.matches(PERSON["full_name"], BORN))) == 2


def test_a_person_reads_and_writes_its_indexes(keyring):
    with fixed_keyring(keyring, NEW).open_for(EVERY_PURPOSE):
        person = CasePerson(**PERSON)
        assert person.name_birth_index is None
        CasePerson.name_birth_index.write(person)
        assert person.name_birth_index == stored()["name_birth_index"]
        person.full_name = None
        CasePerson.name_birth_index.write(person)
    assert person.name_birth_index is None
