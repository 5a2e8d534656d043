"""The step to need to know: packs issued before it still open, and lose the cases that their reader must not see."""

import sqlalchemy as sa
from flask_migrate import downgrade, upgrade
from support.panel import make_panel
from support.world import SYSTEM

from dard.cases.access import recusals
from dard.cases.access.enums import RecusalGround
from dard.cases.models import Case
from dard.core.database import db
from dard.panels import service as panels
from dard.panels.models import AgendaItem

BEFORE = "0007"
TEXTS = ("[person] was at home. [day -3] All was well.", "[person] was outside. [day -3] All was well.")


def test_what_packs_of_before_speak_of_is_told_from_their_agenda(app, world):
    panel = make_panel(world)
    stays, leaves = world.case(), world.case()
    for case_id, text in zip((stays, leaves), TEXTS, strict=True):
        panel.summary(case_id, text=text)
    meeting = world.meeting(cases=[stays, leaves], invited=[panel.signed])
    (pack,) = panel.issue(meeting)
    with world.at_work():
        gone = db.session.scalars(sa.select(AgendaItem).where(AgendaItem.case_id == leaves)).one()
        panels.remove_case(SYSTEM, gone, "Another time")
    with app.app_context():
        downgrade(revision=BEFORE)
        with db.engine.begin() as connection:
            tables = set(sa.inspect(connection).get_table_names())
        assert not {"case_recusal", "case_restriction", "case_guest", "case_break_glass", "pack_case"} & tables
        upgrade()
    browser = world.browser(panel.signed)
    page = browser.get(f"/packs/{pack}").text
    assert "was at home" in page
    assert "was outside" not in page  # nobody can tell any more which case that is
    with world.at_work():
        case = world.get(Case, stays)
        recusals.impose(panel.chair.actor, case, panel.signed.id, RecusalGround.OTHER, "Kin")
    assert "was at home" not in browser.get(f"/packs/{pack}").text
