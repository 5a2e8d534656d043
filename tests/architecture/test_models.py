"""What every table must have."""

import datetime as dt
import enum
import importlib
import pkgutil
import uuid

import pytest
import sqlalchemy as sa
from support.populated import populate
from support.tampering import lift_triggers

import dard
import dard.models
from dard.core.database import Base, UTCDateTime, db
from dard.core.enums import LabelledEnum
from dard.crypto.enums import Purpose
from dard.crypto.fields import SealedBytes, sealed_fields

TABLES = sorted(dard.models.METADATA.tables.values(), key=lambda table: table.name)
MODELS = sorted((mapper.class_ for mapper in Base.registry.mappers), key=lambda model: model.__name__)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_constraint_has_a_name_and_every_key_is_a_uuid(table):
    assert all(constraint.name for constraint in table.constraints)
    (key,) = table.primary_key.columns
    assert key.type.python_type is uuid.UUID


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_moments_are_stored_in_utc_and_codes_have_checks(table):
    for column in table.columns:
        if isinstance(column.type, sa.DateTime):
            assert isinstance(column.type, UTCDateTime), column
        if isinstance(column.type, sa.Enum):
            assert column.type.create_constraint, column


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_sealed_column_belongs_to_a_sealed_field_with_a_check(model):
    columns = {column.name for column in model.__table__.columns if isinstance(column.type, SealedBytes)}
    assert columns == {field.column for field in sealed_fields(model).values()}
    checks = {str(check.name) for column in model.__table__.columns for check in column.constraints}
    for field in sealed_fields(model).values():
        assert f"ck_{model.__tablename__}_{field.column}" in checks
        assert field.purpose in Purpose


def test_the_database_itself_refuses_an_unsealed_value(app, world):
    populate(world)
    columns = [(model.__tablename__, field.column) for model in MODELS for field in sealed_fields(model).values()]
    without_rows = []
    for table, column in columns:
        with app.app_context(), db.engine.connect() as connection:
            if not connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar():
                without_rows.append(table)
                continue
            if table == "audit_event":
                lift_triggers(connection)  # they refuse any change, before the CHECK is asked
            # Where there is a value: another check may say when there is none.
            there = f"{column} IS NOT NULL OR NOT EXISTS (SELECT 1 FROM {table} WHERE {column} IS NOT NULL)"
            statement = sa.text(f"UPDATE {table} SET {column} = :plain WHERE {there}")
            with pytest.raises(sa.exc.IntegrityError) as caught:
                connection.execute(statement, {"plain": b"plain bytes that are long enough to be a value"})
            assert f"ck_{table}_{column}" in str(caught.value)
            assert "plain bytes" not in str(caught.value)
    assert columns
    assert without_rows == [], "teach tests/support/populated.py to fill these tables"


def test_the_database_refuses_a_code_that_is_not_in_the_list(app, world):
    world.case()
    with app.app_context(), db.engine.connect() as connection, pytest.raises(sa.exc.IntegrityError):
        connection.execute(sa.text("UPDATE dard_case SET status = 'lost'"))


def labelled_enums() -> list[type[LabelledEnum]]:
    found = []
    for module in pkgutil.walk_packages(dard.__path__, "dard."):
        if module.name.endswith((".enums", ".substances")):
            found += [
                value
                for value in vars(importlib.import_module(module.name)).values()
                if isinstance(value, type) and issubclass(value, LabelledEnum) and value is not LabelledEnum
            ]
    return sorted(set(found), key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", labelled_enums(), ids=lambda kind: kind.__name__)
def test_every_code_is_a_slug_with_a_label_in_sentence_case(kind):
    assert issubclass(kind, enum.StrEnum)
    for member in kind:
        assert member.value == member.value.lower()
        assert " " not in member.value
        assert not member.label[0].islower() or kind.__name__ == "SharingPurpose"
        assert "'" not in member.label


def test_a_naive_moment_is_refused(app):
    with pytest.raises(ValueError, match="time zone"):
        UTCDateTime().process_bind_param(dt.datetime(2026, 1, 1), None)  # noqa: DTZ001 - the point of the test
