"""The step to documents: files that wait to be confirmed are let go in either direction, all else stays as it was."""

import uuid

import pytest
import sqlalchemy as sa
from flask_migrate import downgrade, upgrade
from support.ct_ocme import GOOD, usual_file
from support.world import SYSTEM, World

from dard.core.database import db
from dard.imports import service

BEFORE = "0004"
COLUMNS = "id, profile, status, rows, created, unchanged, errors, confirmed_at, created_at, updated_at"


@pytest.fixture
def waiting(world: World) -> uuid.UUID:
    """A file that waits, beside one that was confirmed and one that was discarded."""
    with world.at_work():
        waiting = service.upload(SYSTEM, "ct-ocme", usual_file(7)).id
        service.confirm(SYSTEM, service.upload(SYSTEM, "ct-ocme", GOOD), None)
        service.discard(SYSTEM, service.upload(SYSTEM, "ct-ocme", GOOD), None)
    return waiting


def rows(condition: str = "true") -> list[dict]:
    with db.engine.begin() as connection:
        found = connection.execute(sa.text(f"SELECT * FROM import_batch WHERE {condition} ORDER BY id"))
        return [dict(row) for row in found.mappings()]


def kept(row: dict) -> dict:
    return {name: row[name] for name in COLUMNS.split(", ")}


def test_going_back_lets_go_of_files_that_wait(app, waiting):
    with app.app_context():
        before = {str(row["id"]): row for row in rows()}
        downgrade(revision=BEFORE)
        after = {str(row["id"]): row for row in rows()}
        with db.engine.begin() as connection:
            assert not sa.inspect(connection).has_table("sealed_document")
            assert not sa.inspect(connection).has_table("sealed_chunk")
        for identity, row in after.items():
            was = before[identity]
            if was["status"] == "previewed":
                assert (row["status"], row["version"]) == ("discarded", was["version"] + 1)
                assert kept(row) == kept(was) | {"status": "discarded"}
            else:
                assert (kept(row), row["version"]) == (kept(was), was["version"])
            assert row["content_sealed"] is None
        assert sorted(row["status"] for row in after.values()) == ["confirmed", "discarded", "discarded"]
        upgrade()


def test_going_on_lets_go_of_files_that_wait(app, waiting):
    with app.app_context():
        downgrade(revision=BEFORE)
        with db.engine.begin() as connection:
            wait = sa.text("UPDATE import_batch SET status = 'previewed', content_sealed = :sealed WHERE rows = 7")
            connection.execute(wait, {"sealed": b"\xd1" + bytes(99)})
        (was,) = rows("rows = 7")
        others = [(kept(row), row["version"]) for row in rows("rows <> 7")]
        upgrade()
        (row,) = rows("rows = 7")
        assert kept(row) == kept(was) | {"status": "discarded"}
        assert (row["version"], row["content_id"]) == (was["version"] + 1, None)
        assert "content_sealed" not in row
        assert [(kept(row), row["version"]) for row in rows("rows <> 7")] == others
        for unsound in ("SET status = 'previewed'", "SET status = 'lost'", "SET content_id = id"):
            with pytest.raises(sa.exc.IntegrityError), db.engine.begin() as connection:
                connection.execute(sa.text(f"UPDATE import_batch {unsound}"))


def test_after_going_on_files_are_uploaded_and_imported_as_before(app, world, waiting):
    with app.app_context():
        downgrade(revision=BEFORE)
        upgrade()
    with world.at_work():
        batch = service.upload(SYSTEM, "ct-ocme", usual_file(7))
        assert service.preview(SYSTEM, batch).unchanged == 3
        assert service.confirm(SYSTEM, batch, None).created == 4
