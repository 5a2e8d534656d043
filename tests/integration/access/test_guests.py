"""Guests: one case, pseudonymised, read-only, until a moment at which it ends by itself."""

import datetime as dt
import re
import uuid

import pytest
import sqlalchemy as sa
from support.panel import CLEAN
from support.world import NOTIFICATION, Person

from dard.accounts import grants
from dard.accounts.enums import Role
from dard.accounts.models import User
from dard.audit.models import AuditEvent
from dard.cases.access import recusals, restrictions
from dard.cases.access.enums import RecusalGround
from dard.cases.access.models import CaseGuest
from dard.cases.models import Case
from dard.core.database import db
from dard.core.errors import DomainError, ForbiddenError
from dard.pseudonymisation import guests

TODAY = dt.date(2026, 3, 3)
REASON = "Their service knew the person"


@pytest.fixture
def case_id(panel) -> uuid.UUID:
    made = panel.world.case()
    panel.summary(made)
    return made


def give(panel, case_id: uuid.UUID, person: Person | None = None, *, days: int = 7) -> uuid.UUID:
    with panel.world.at_work():
        case, guest = panel.world.get(Case, case_id), person or panel.signed
        return guests.give(panel.writer.actor, case, guest.id, TODAY + dt.timedelta(days=days), REASON).id


def test_a_guest_reads_what_a_pack_would_say_and_nothing_that_identifies(panel, case_id):
    share = give(panel, case_id)
    browser = panel.world.browser(panel.signed)
    name = re.search(r"Case [A-Z0-9]{4}", browser.get("/").text).group()
    assert f'href="/shared-cases/{share}"' in browser.response.text
    page = browser.get(f"/shared-cases/{share}").text
    assert f'<h1 class="govuk-heading-l">{name}</h1>' in page
    assert CLEAN.split("\n\n")[1] in page
    assert "Pseudonymised information" in browser.text
    with panel.world.at_work():
        reference = panel.world.get(Case, case_id).reference
    for secret in (reference, str(case_id), "Quillfeather", "Larkspur", "14 February", NOTIFICATION.source_reference):
        assert secret not in page
    browser.get(f"/cases/{case_id}", status=403)
    with panel.world.at_work():
        codes = db.session.scalars(sa.select(AuditEvent.code).where(AuditEvent.code == "case.guest_read")).all()
        assert len(codes) == 1


def test_without_an_approved_summary_a_guest_is_told_so(panel):
    made = panel.world.case()
    panel.summary(made, approved=False)
    share = give(panel, made)
    page = panel.world.browser(panel.signed).get(f"/shared-cases/{share}").text
    assert "has not been approved yet" in page
    assert "naloxone" not in page


def test_it_ends_by_itself_at_midnight_uk_time_at_the_end_of_the_last_day(panel, case_id, still):
    share = give(panel, case_id, days=28)  # 31 March: clocks have gone forward by then
    with panel.world.at_work():
        until = panel.world.get(CaseGuest, share).until
        assert until == dt.datetime(2026, 3, 31, 23, 0, tzinfo=dt.UTC)
    still.moment = until - dt.timedelta(seconds=1)
    guest = panel.world.person(Role.MEMBER, organisation_id=panel.signed.organisation_id)
    with panel.world.at_work():
        panel.world.get(CaseGuest, share).user_id = guest.id
    browser = panel.world.browser(guest)
    browser.get(f"/shared-cases/{share}")
    still.move(seconds=1)
    browser.get(f"/shared-cases/{share}", status=404)
    assert "Shared with you" not in browser.get("/").text


def test_no_more_than_thirty_days_and_no_day_that_has_passed(panel, case_id):
    for days, message in ((-1, "must be today or in the future"), (31, "within 30 days")):
        with pytest.raises(DomainError, match=message):
            give(panel, case_id, days=days)
    give(panel, case_id, days=30)
    with pytest.raises(DomainError, match="shared with this person already"):
        give(panel, case_id, days=0)


def test_it_is_given_and_ended_on_its_pages_by_a_coordinator_only(panel, case_id):
    coordinator, path = panel.world.browser(panel.writer), f"/cases/{case_id}/access/guests/new"
    day = {"last_day-day": "10", "last_day-month": "3", "last_day-year": "2026"}
    assert "Mel Member" in coordinator.get(path).text
    assert "Cleo Chair" not in coordinator.response.text  # she opens case files anyway
    coordinator.post(path, {"person": str(panel.signed.id), **day, "reason": ""}, status=422)
    coordinator.post(path, {"person": str(panel.chair.id), **day, "reason": REASON}, status=422)
    coordinator.post(path, {"person": str(panel.signed.id), **day, "reason": REASON})
    page = coordinator.get(f"/cases/{case_id}/access").text
    assert REASON in page
    ending = re.search(r'href="(/cases/[^"]+/end)"', page).group(1)
    panel.world.browser(panel.chair).get(path, status=403)
    guest = panel.world.browser(panel.signed)
    share = re.search(r'href="(/shared-cases/[^"]+)"', guest.get("/").text).group(1)
    guest.get(share)
    coordinator.get(ending)
    coordinator.post(ending)
    guest.get(share, status=404)
    coordinator.post(ending, status=422)
    assert "Ended on 3 March 2026 at 10am" in re.sub(r"\s+", " ", coordinator.get(f"/cases/{case_id}/access").text)


def test_a_share_is_found_by_nobody_but_its_guest(panel, case_id):
    share = give(panel, case_id)
    other = panel.world.person(Role.MEMBER, organisation_id=panel.signed.organisation_id)
    panel.world.browser(other).get(f"/shared-cases/{share}", status=404)
    panel.world.browser(panel.writer).get(f"/shared-cases/{share}", status=403)


def test_a_guest_of_an_organisation_that_may_receive_nothing_gets_nothing(panel, case_id, still):
    with pytest.raises(DomainError, match="has not signed the agreement") as raised:
        give(panel, case_id, panel.unsigned)
    assert raised.value.event is not None
    share = give(panel, case_id)
    trust = panel.signed.organisation_id
    with panel.world.at_work():
        db.session.execute(sa.text("UPDATE agreement SET effective_to = '2026-03-02'"))
        db.session.expire_all()
    with panel.world.at_work(), pytest.raises(ForbiddenError, match="lapsed") as raised:
        guests.read(panel.signed.actor, panel.world.get(CaseGuest, share))
    assert raised.value.event.object_id == trust


def test_denials_beat_it(panel, case_id):
    share = give(panel, case_id)
    browser = panel.world.browser(panel.signed)
    with panel.world.at_work():
        case = panel.world.get(Case, case_id)
        restrictions.restrict(panel.chair.actor, case, [panel.chair.id, panel.writer.id], "A colleague")
    browser.get(f"/shared-cases/{share}", status=404)
    other = panel.world.person(Role.MEMBER, organisation_id=panel.signed.organisation_id)
    with pytest.raises(DomainError, match="Name the person in the restriction first"):
        give(panel, case_id, other)
    with panel.world.at_work():
        case = panel.world.get(Case, case_id)
        named = [panel.chair.id, panel.writer.id, panel.signed.id]
        restrictions.rename(panel.chair.actor, case, named, "They may", None)
    browser.get(f"/shared-cases/{share}")
    with panel.world.at_work():
        recusals.impose(panel.chair.actor, panel.world.get(Case, case_id), panel.signed.id, RecusalGround.OTHER, "Kin")
    browser.get(f"/shared-cases/{share}", status=404)
    with pytest.raises(DomainError, match="is recused from the case"):
        give(panel, case_id, panel.signed)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.CHAIR, Role.ADMINISTRATOR, Role.INFORMATION_GOVERNANCE])
def test_who_opens_case_files_anyway_or_may_see_none_is_no_guest(panel, case_id, role):
    person = panel.world.person(role, organisation_id=panel.signed.organisation_id)
    with pytest.raises(DomainError, match="cannot be a guest"):
        give(panel, case_id, person)


def test_a_guest_reads_whatever_keys_their_role_holds(panel, case_id, monkeypatch):
    """Guests come with roles that other people think of: reading opens the key of packs for itself, and no other."""
    monkeypatch.setitem(grants.KEYS, Role.OFFICER, frozenset())
    officer = panel.world.person(Role.OFFICER, organisation_id=panel.signed.organisation_id)
    share = give(panel, case_id, officer)
    assert "naloxone" in panel.world.browser(officer).get(f"/shared-cases/{share}").text


def test_an_account_that_is_closed_reads_no_more(panel, case_id):
    share = give(panel, case_id)
    with panel.world.at_work():
        panel.world.get(User, panel.signed.id).active = False
    assert panel.world.browser(panel.signed).get(f"/shared-cases/{share}", status=302).location.startswith("/sign-in?")


def test_a_chair_shares_nothing(panel, case_id):
    with panel.world.at_work(), pytest.raises(ForbiddenError):
        guests.give(panel.chair.actor, panel.world.get(Case, case_id), panel.signed.id, TODAY, REASON)
