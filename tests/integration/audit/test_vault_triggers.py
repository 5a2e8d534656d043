"""Promise 27: the database refuses to change the audit tables; on PostgreSQL the app’s role may not even try."""

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.dialects import postgresql, sqlite
from support.populated import populate
from support.tampering import lift_triggers
from support.world import SYSTEM, World

from dard.app import create_app
from dard.audit import events
from dard.audit.checkpoints import anchor, make_checkpoint
from dard.audit.enums import AnchorKind
from dard.audit.models import AuditAnchor, AuditCheckpoint, AuditEvent, AuditVerification
from dard.audit.service import record
from dard.audit.verification import examine, verify_everything
from dard.core.database import db
from dard.core.settings import ROOT

TABLES = [model.__table__ for model in (AuditEvent, AuditCheckpoint, AuditAnchor, AuditVerification)]
ROLES = ROOT / "migrations" / "postgresql_roles.sql"
ONLY_ADDED_TO = "the audit log is only ever added to"


@pytest.fixture
def evidence(world: World) -> World:
    """A row in each table."""
    case_id = world.case()
    with world.at_work():
        record(SYSTEM, events.IdentityRevealed(object_id=case_id, case_id=case_id, purpose="x", reason="Why"))
    with world.at_work():
        anchor(make_checkpoint(), AnchorKind.PACK, "P-2026-0001")
        verify_everything()
    return world


def on_postgresql() -> bool:
    return "DARD_TEST_DATABASE_URL" in os.environ


def deeds(table: sa.Table, row: dict) -> dict[str, sa.Executable]:
    """Every way in which SQL changes or deletes a row that is there."""
    insert = (postgresql if on_postgresql() else sqlite).insert(table).values(row)
    found = {
        "UPDATE": sa.update(table).values(id=row["id"]),
        "DELETE": sa.delete(table),
        "ON CONFLICT DO UPDATE": insert.on_conflict_do_update(index_elements=["id"], set_={"id": row["id"]}),
    }
    if on_postgresql():
        return found | {"TRUNCATE": sa.text(f"TRUNCATE {table.name} CASCADE")}
    replacing = sa.insert(table).values(row)
    return found | {
        "INSERT OR REPLACE": replacing.prefix_with("OR REPLACE"),
        "UPDATE OR REPLACE": sa.update(table).values(id=row["id"]).prefix_with("OR REPLACE"),
    }


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_way_to_change_or_delete_a_row_is_refused(evidence, table, figure):
    with evidence.at_work():
        row = dict(db.session.execute(sa.select(table).limit(1)).mappings().one())
    tried = deeds(table, row)
    for name, deed in tried.items():
        with evidence.at_work(), pytest.raises(sa.exc.DBAPIError, match=ONLY_ADDED_TO):
            db.session.connection().execute(deed)
        with evidence.at_work():
            same = sa.select(table).where(table.c.id == row["id"])
            assert dict(db.session.execute(same).mappings().one()) == row, name
    figure(27, f"ways to change {table.name} that the database refuses", f"{len(tried)} of {len(tried)}")


def test_without_the_triggers_it_would_go_through(evidence):
    """So that the test above cannot pass for another reason."""
    with evidence.at_work():
        connection = db.session.connection()
        row = dict(connection.execute(sa.select(AuditAnchor.__table__)).mappings().one())
        lift_triggers(connection)
        for deed in deeds(AuditAnchor.__table__, row).values():
            connection.execute(deed)
        db.session.rollback()


postgresql_only = pytest.mark.skipif(not on_postgresql(), reason="what only PostgreSQL has")


@postgresql_only
def test_a_session_that_replicates_is_refused_too(evidence):
    with evidence.at_work():
        connection = db.session.connection()
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        with pytest.raises(sa.exc.DBAPIError, match=ONLY_ADDED_TO):
            connection.execute(sa.text("UPDATE audit_event SET position = position"))


@pytest.fixture
def app_role(app: Flask) -> Iterator[str]:
    """The role of the app as the script makes it, under a name of its own."""
    settings = app.extensions["dard.settings"]
    role = f"dard_app_{sa.make_url(settings.database_url).database}"
    with app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql(ROLES.read_text("utf-8").replace("dard_app", role).replace("%", "%%"))
    yield role
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text(f'DROP OWNED BY "{role}"'))
        connection.execute(sa.text(f'DROP ROLE "{role}"'))


@pytest.fixture
def world_of_role(app: Flask, app_role: str) -> Iterator[World]:
    """The same instance, with the app signed in as its role."""
    settings = app.extensions["dard.settings"]
    url = sa.make_url(settings.database_url).set(username=app_role).render_as_string(hide_password=False)
    made = create_app(replace(settings, database_url=url))
    yield World(made)
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


@postgresql_only
def test_the_app_works_in_its_role_and_can_rewrite_nothing(world_of_role, figure):
    populate(world_of_role)
    with world_of_role.at_work():
        anchor(make_checkpoint(), AnchorKind.PACK, "P-2026-0001")
        assert examine().faults == []
    refused = 0
    for table in TABLES[:3]:
        with world_of_role.at_work():
            row = dict(db.session.execute(sa.select(table).limit(1)).mappings().one())
        owners = [f"ALTER TABLE {table.name} DISABLE TRIGGER ALL", f"DROP TABLE {table.name} CASCADE"]
        for deed in (*deeds(table, row).values(), *map(sa.text, owners)):
            denied = pytest.raises(sa.exc.ProgrammingError, match=r"permission denied|must be owner")
            with world_of_role.at_work(), denied:
                db.session.connection().execute(deed)
            refused += 1
    for deed in ("SET session_replication_role = replica", "UPDATE alembic_version SET version_num = 'x'"):
        with world_of_role.at_work(), pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
            db.session.connection().execute(sa.text(deed))
        refused += 1
    figure(27, "deeds that PostgreSQL refuses to the role of the app", f"{refused} of {refused}")


@postgresql_only
def test_the_script_can_be_run_again(app, app_role):
    with app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql(ROLES.read_text("utf-8").replace("dard_app", app_role).replace("%", "%%"))
        privileges = connection.scalar(
            sa.text("SELECT has_table_privilege(:role, 'audit_event', 'UPDATE')"), {"role": app_role}
        )
    assert privileges is False
