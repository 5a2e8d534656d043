"""What blind indexes are worth to somebody who can write to the database, and how old rows get theirs."""

import dataclasses
import datetime as dt

import sqlalchemy as sa
from flask_migrate import downgrade, upgrade
from support.rotated import found_by, keyring_of, stored_indexes
from support.world import NOTIFICATION, SYSTEM, nhs_number

from dard.cases.duplicates import Likeness, cases_alike
from dard.cases.models import CasePerson
from dard.cli.instance import make_ready
from dard.core.database import db
from dard.crypto.blind_index import blind_indexes
from dard.crypto.enums import EVERY_PURPOSE

TABLE = CasePerson.__table__
INDEXES = [index.name for index in blind_indexes(CasePerson)]
OTHERS = (
    ("Jory Underhay", dt.date(1951, 1, 9)),
    ("Jory Underhay", dt.date(1988, 7, 2)),
    ("…", dt.date(1988, 7, 2)),
    ("Tamsin Quillfeather", None),
    (None, None),
)


def test_row_2_an_index_copied_to_another_row_makes_nobody_the_same(world, figure):
    """Whoever can write to the database can copy an index; what it finds is believed only once it is opened."""
    mine = world.case(nhs_number=nhs_number(1))
    for name, born in OTHERS:
        world.case(full_name=name, date_of_birth=born, nhs_number=nhs_number(2))
    with world.at_work():
        first = db.session.execute(sa.select(*(TABLE.c[name] for name in INDEXES)).where(TABLE.c.case_id == mine)).one()
        changed = sa.update(TABLE).values({**dict(first._mapping), "updated_at": TABLE.c.updated_at})
        db.session.connection().execute(changed)
    with world.at_work():
        told = cases_alike(SYSTEM, dataclasses.replace(NOTIFICATION, nhs_number=nhs_number(1)))
    assert told == {Likeness.NHS_NUMBER: ["2026-0001"]}
    figure(2, "cases told as alike because an index was copied to their row", f"0 of {len(OTHERS) * len(INDEXES)}")


def test_row_2_every_byte_of_an_index_counts(world, figure):
    """An index that was altered finds nobody, and what is stored for the person is not touched by it."""
    case_id = world.case(nhs_number=nhs_number(1))
    with world.app.app_context():
        before = stored_indexes()[case_id]
    flipped = missed = 0
    with world.app.app_context(), keyring_of(world.app).open_for(EVERY_PURPOSE):
        told = (nhs_number(1), NOTIFICATION.full_name, NOTIFICATION.date_of_birth)
        for place in range(16):
            altered = {name: bytes(b ^ (at == place) for at, b in enumerate(before[name])) for name in INDEXES}
            db.session.connection().execute(sa.update(TABLE).values({**altered, "updated_at": TABLE.c.updated_at}))
            db.session.commit()
            found = found_by(told)
            flipped += len(found)
            missed += sum(not cases for cases in found.values())
    assert flipped == missed == 16 * len(INDEXES)
    figure(2, "flipped bytes of blind indexes that still find a person", f"{flipped - missed} of {flipped}")


# rows from before there were these indexes


def test_cases_of_the_version_before_are_found_once_the_instance_is_made_ready(app, world):
    known = [world.case(nhs_number=nhs_number(number)) for number in range(3)]
    without = world.case(nhs_number=None, full_name=None, date_of_birth=None)
    told = (nhs_number(0), NOTIFICATION.full_name, NOTIFICATION.date_of_birth)
    with app.app_context():
        wanted = stored_indexes()
        downgrade(revision="0003")
        upgrade()
        assert all(value is None for columns in stored_indexes().values() for value in columns.values())
    for _again in range(2):
        make_ready(app)
        with app.app_context(), keyring_of(app).open_for(EVERY_PURPOSE):
            assert stored_indexes() == wanted
            assert found_by(told) == {
                "nhs_number_index": {known[0]}, "name_birth_index": set(known), "sound_birth_index": set(known),
            }  # fmt: skip
    assert set(wanted[without].values()) == {None}
