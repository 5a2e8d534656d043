"""The migrations make what the models say, one step up and down at a time, with data in the tables."""

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import Config, downgrade, upgrade

import dard.models
from dard.core.database import db
from dard.core.settings import ROOT
from dard.crypto.fields import sealed_fields


def script() -> ScriptDirectory:
    config = Config(str(ROOT / "migrations" / "alembic.ini"))
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return ScriptDirectory.from_config(config)


def checks_of(connection) -> dict[str, set[str]]:
    inspector = sa.inspect(connection)
    return {
        name: {str(check["name"]) for check in inspector.get_check_constraints(name)}
        for name in inspector.get_table_names()
        if name != "alembic_version"
    }


def test_there_is_one_head():
    assert len(script().get_heads()) == 1


def test_the_migrated_database_is_what_the_models_say(app):
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, dard.models.METADATA) == []


def test_the_checks_of_the_migrated_database_are_those_of_the_models(app):
    with app.app_context(), db.engine.connect() as connection:
        found = checks_of(connection)
    for table in dard.models.METADATA.tables.values():
        constraints = [*table.constraints, *(each for column in table.columns for each in column.constraints)]
        wanted = {str(check.name) for check in constraints if isinstance(check, sa.CheckConstraint)}
        wanted = {name if name.startswith("ck_") else f"ck_{table.name}_{name}" for name in wanted}
        assert found[table.name] == wanted, table.name


def test_each_step_goes_down_and_up_again_with_data_in_the_tables(app, world):
    world.agreement(world.organisation())
    world.case()
    revisions = [revision.revision for revision in script().walk_revisions()]
    with app.app_context():
        with db.engine.connect() as connection:
            before = checks_of(connection)
        for revision in revisions:
            down = script().get_revision(revision).down_revision or "base"
            downgrade(revision=down)
            upgrade(revision=revision)
            downgrade(revision=down)
        with db.engine.connect() as connection:
            assert set(sa.inspect(connection).get_table_names()) <= {"alembic_version"}
        upgrade()
        with db.engine.connect() as connection:
            assert checks_of(connection) == before


def test_what_is_sealed_in_the_models_is_sealed_in_the_migrations():
    text = "\n".join(path.read_text("utf-8") for path in (ROOT / "migrations" / "versions").glob("*.py"))
    for mapper in dard.models.Base.registry.mappers:
        for field in sealed_fields(mapper.class_).values():
            assert f'"{field.column}"' in text
