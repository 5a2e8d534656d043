"""Codes that carry their labels: a member must be as good as its slug everywhere a string is wanted."""

import copy
import json
import pickle

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from dard.core.database import enum_column
from dard.core.enums import LabelledEnum


class Fruit(LabelledEnum):
    APPLE = "apple", "Apple", "green"
    BLOOD_ORANGE = "blood_orange", "Blood orange"


def test_a_member_is_its_slug() -> None:
    assert Fruit.BLOOD_ORANGE.value == "blood_orange"
    assert Fruit.BLOOD_ORANGE == "blood_orange"
    assert str(Fruit.BLOOD_ORANGE) == f"{Fruit.BLOOD_ORANGE}" == "blood_orange"
    assert json.dumps({"fruit": Fruit.BLOOD_ORANGE}) == '{"fruit": "blood_orange"}'


def test_a_member_is_found_by_its_slug_and_not_by_its_label() -> None:
    assert Fruit("blood_orange") is Fruit.BLOOD_ORANGE
    with pytest.raises(ValueError, match="Blood orange"):
        Fruit("Blood orange")


def test_a_member_and_its_slug_are_the_same_key() -> None:
    assert hash(Fruit.APPLE) == hash("apple")
    assert {Fruit.APPLE: 1}["apple"] == 1
    assert {"apple": 1}[Fruit.APPLE] == 1


def test_label_and_colour_stand_beside_the_value() -> None:
    assert (Fruit.APPLE.label, Fruit.APPLE.colour) == ("Apple", "green")
    assert (Fruit.BLOOD_ORANGE.label, Fruit.BLOOD_ORANGE.colour) == ("Blood orange", "grey")


def test_choices_keep_the_order_in_which_the_codes_are_written() -> None:
    assert Fruit.choices() == [("apple", "Apple"), ("blood_orange", "Blood orange")]


def test_a_copy_of_a_member_is_the_member() -> None:
    assert pickle.loads(pickle.dumps(Fruit.APPLE)) is Fruit.APPLE  # noqa: S301 - our own bytes
    assert copy.deepcopy(Fruit.APPLE) is Fruit.APPLE


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()], ids=["sqlite", "postgresql"])
def test_a_column_stores_the_slug_and_gives_the_member_back(dialect: sa.Dialect) -> None:
    column = enum_column(Fruit, "fruit")
    assert column.enums == ["apple", "blood_orange"]
    store, load = column.bind_processor(dialect), column.result_processor(dialect, None)
    assert store is not None
    assert load is not None
    assert type(store(Fruit.BLOOD_ORANGE)) is str
    assert store(Fruit.BLOOD_ORANGE) == "blood_orange"
    assert load("blood_orange") is Fruit.BLOOD_ORANGE


def test_a_code_without_a_label_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a label"):

        class Bare(LabelledEnum):
            APPLE = "apple"


def test_a_colour_that_no_tag_has_is_refused() -> None:
    with pytest.raises(ValueError, match="a tag is not pink"):

        class Painted(LabelledEnum):
            APPLE = "apple", "Apple", "pink"
