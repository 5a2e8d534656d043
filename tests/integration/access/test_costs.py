"""What need to know costs: the same number of statements for three rows and for thirty, denials or not."""

import re
import uuid

import pytest
import sqlalchemy as sa

from dard.cases.access import recusals, restrictions
from dard.cases.access.enums import RecusalGround
from dard.cases.models import Case
from dard.core.database import db
from dard.panels.models import AgendaItem
from dard.pseudonymisation.models import PackedCase

FEW, MANY = 3, 30


def arrange(panel, number: int) -> dict[str, uuid.UUID]:
    """A meeting of ``number`` cases with its packs, some of them hidden from the member and the coordinator."""
    cases = [panel.world.case() for _ in range(number)]
    for case_id in cases:
        panel.summary(case_id, text="[person] was at home. [day -3] All was well.")
    meeting = panel.world.meeting(cases=cases, invited=[panel.signed, panel.writer, panel.chair])
    packs = panel.issue(meeting)
    with panel.world.at_work():
        for case_id in cases[: number // 3]:
            case = panel.world.get(Case, case_id)
            for person in (panel.signed, panel.writer):
                recusals.impose(panel.chair.actor, case, person.id, RecusalGround.OTHER, "Kin")
        for case_id in cases[number // 3 : number // 3 + number // 6]:
            restrictions.restrict(panel.chair.actor, panel.world.get(Case, case_id), [panel.chair.id], "Colleague")
    return {"meeting": meeting, "pack": packs[1], "case": cases[-1]}


def paths_for(who: str, ids: dict[str, uuid.UUID]) -> list[str]:
    if who == "signed":
        return [f"/packs/{ids['pack']}", f"/packs/{ids['pack']}/pack.pdf", f"/meetings/{ids['meeting']}", "/packs", "/"]
    case = f"/cases/{ids['case']}"
    return [f"/meetings/{ids['meeting']}", "/cases", "/meetings", case, f"{case}/access", f"{case}/summary"]


@pytest.mark.parametrize("who", ["signed", "writer"])
def test_every_page_costs_the_same_however_many_cases_are_hidden(panel, count_queries, who):
    costs: dict[str, list[int]] = {}
    for number in (FEW, MANY):
        ids = arrange(panel, number)
        browser = panel.world.browser(getattr(panel, who))
        for path in paths_for(who, ids):
            browser.get(path)  # what is read once for the process is read
            with count_queries() as counted:
                browser.get(path)
            costs.setdefault(re.sub(r"[0-9a-f-]{36}", "…", path), []).append(len(counted))
    assert {path: few for path, (few, _many) in costs.items()} == {path: many for path, (_few, many) in costs.items()}


def test_a_pack_shows_what_is_left_and_counts_what_is_withheld(panel):
    ids = arrange(panel, MANY)
    browser = panel.world.browser(panel.signed)
    page = browser.get(f"/packs/{ids['pack']}").text
    assert len(re.findall(r'id="case-\d+"', page)) == MANY - MANY // 3 - MANY // 6
    assert f"{MANY // 3} cases are withheld from you" in browser.text


def test_what_cannot_be_told_any_more_is_left_out_of_a_pack(panel):
    """A pack issued before this service kept which case a name stands for, of a case that left its agenda since."""
    case_id = panel.world.case()
    panel.summary(case_id)
    meeting = panel.world.meeting(cases=[case_id], invited=[panel.signed])
    (pack,) = panel.issue(meeting)
    with panel.world.at_work():
        name = db.session.scalars(sa.select(AgendaItem.pseudonym)).one()
        db.session.execute(sa.delete(PackedCase))
    page = panel.world.browser(panel.signed).get(f"/packs/{pack}").text
    assert name not in page
    assert "naloxone" not in page
