"""The pages of agreements, as people in each role meet them."""

import datetime as dt
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
import sqlalchemy as sa
from support.browser import Browser, identity
from support.world import SYSTEM, World

from dard.accounts.enums import Role
from dard.agreements import service
from dard.agreements.enums import AgreementStatus, PartyState
from dard.agreements.models import Agreement
from dard.audit.models import AuditEvent
from dard.core.database import db

ANSWERS = {
    "title": "Sharing 2026",
    "purpose": "Reviewing deaths",
    "effective_from-day": "1",
    "effective_from-month": "1",
    "effective_from-year": "2026",
    "effective_to-day": "31",
    "effective_to-month": "12",
    "effective_to-year": "2026",
}
SIGNED = {
    "name": "Ada Signatory",
    "office": "Caldicott Guardian",
    "signed_on-day": "2",
    "signed_on-month": "3",
    "signed_on-year": "2026",
}


@pytest.fixture
def coordinator(world: World) -> Browser:
    return world.browser(world.person(Role.COORDINATOR))


def party_of(world: World, agreement_id: uuid.UUID) -> uuid.UUID:
    with world.at_work():
        return world.get(Agreement, agreement_id).parties[0].id


def newest_code(world: World) -> str:
    with world.at_work():
        return db.session.scalars(sa.select(AuditEvent.code).order_by(AuditEvent.position.desc())).first() or ""


def test_a_coordinator_takes_an_agreement_from_draft_to_signed(world: World, coordinator: Browser) -> None:
    body = world.organisation("Fernshire Police")
    answer = coordinator.post("/agreements/new", ANSWERS)
    page = answer.headers["Location"]
    agreement_id = identity(page)
    assert "drawn up as a draft" in coordinator.get(page).text
    coordinator.post(f"{page}/parties/add", {"organisations": [str(body)]})
    assert "1 organisation is invited to sign" in coordinator.get(page).text
    coordinator.get(f"{page}/in-force")
    coordinator.post(f"{page}/in-force", {"version": "1"})
    assert newest_code(world) == "agreement.status_changed"
    coordinator.get("/agreements")
    assert "The organisation has not signed the agreement “Sharing 2026”." in coordinator.text
    coordinator.post(f"{page}/parties/{party_of(world, agreement_id)}/sign", SIGNED)
    assert newest_code(world) == "agreement.party_state_changed"
    coordinator.get(page)
    assert "Ada Signatory, Caldicott Guardian, 2 March 2026" in coordinator.text
    assert "What has been signed cannot be changed" in coordinator.text
    coordinator.get("/agreements")
    assert "Can receive packs." in coordinator.text


def test_the_matrix_says_of_each_organisation_what_it_cannot_do_and_why(world: World, coordinator: Browser) -> None:
    silent, partner = world.organisation("Silent Housing"), world.organisation("Partner Trust")
    world.agreement(partner, title="Sharing 2026")
    world.agreement(partner, title="Sharing 2025", first=dt.date(2025, 1, 1), last=dt.date(2026, 3, 2))
    coordinator.get("/agreements")
    assert "Silent Housing Not allowed Cannot receive packs." in coordinator.text
    assert "The organisation is not a party to any information sharing agreement." in coordinator.text
    assert "Lapsed" in coordinator.text
    assert str(silent) not in coordinator.response.text  # it is no party, so there is nothing to open


def test_lapsed_and_ending_agreements_say_so(world: World, coordinator: Browser) -> None:
    lapsed = world.agreement(world.organisation(), last=dt.date(2026, 3, 2))
    ending = world.agreement(world.organisation(), last=dt.date(2026, 3, 3))
    assert "lapsed on 2 March 2026. It no longer allows" in coordinator.get(f"/agreements/{lapsed}").text
    assert "This agreement ends today. Its last day is 3 March 2026." in coordinator.get(f"/agreements/{ending}").text


@pytest.mark.parametrize("role", [Role.CHAIR, Role.ADMINISTRATOR])
def test_those_who_only_look_see_no_buttons_and_cannot_change(world: World, role: Role) -> None:
    agreement_id = world.agreement(world.organisation(), signed_on=None)
    browser = world.browser(world.person(role))
    browser.get("/agreements")
    assert "Draw up an agreement" not in browser.text
    browser.get(f"/agreements/{agreement_id}")
    assert "Record signature" not in browser.text
    for path in ("new", f"{agreement_id}/change", f"{agreement_id}/end", f"{agreement_id}/in-force"):
        browser.get(f"/agreements/{path}", status=403)
    browser.post(f"/agreements/{agreement_id}/end", {"reason": "x", "version": "2"}, status=403)
    with world.at_work():
        assert world.get(Agreement, agreement_id).status is AgreementStatus.IN_FORCE


@pytest.mark.parametrize("role", [Role.MEMBER, Role.OFFICER])
def test_members_and_officers_do_not_see_agreements(world: World, role: Role) -> None:
    agreement_id = world.agreement()
    browser = world.browser(world.person(role))
    browser.get("/agreements", status=403)
    browser.get(f"/agreements/{agreement_id}", status=403)


def test_nobody_signed_in_is_asked_to_sign_in(world: World) -> None:
    assert "/sign-in" in world.browser().get("/agreements", status=302).headers["Location"]


def test_what_is_not_there_is_not_found(world: World, coordinator: Browser) -> None:
    body = world.organisation()
    one, other = world.agreement(body, signed_on=None), world.agreement(body, signed_on=None)
    coordinator.get(f"/agreements/{uuid.uuid4()}", status=404)
    coordinator.get(f"/agreements/{other}/parties/{party_of(world, one)}/sign", status=404)
    coordinator.post(
        f"/agreements/{other}/parties/{party_of(world, one)}/state", {"state": "declined", "reason": "x"}, status=404
    )


def test_bad_answers_come_back_with_what_was_typed(world: World, coordinator: Browser) -> None:
    coordinator.post(
        "/agreements/new", {**ANSWERS, "title": "", "effective_to-day": "31", "effective_to-month": "2"}, status=422
    )
    assert "Enter the title of the agreement" in coordinator.text
    assert "Last day must be a real date" in coordinator.text
    assert "Reviewing deaths" in coordinator.response.text
    coordinator.post("/agreements/new", {**ANSWERS, "effective_to-year": "2025"}, status=422)
    assert "The last day must be on or after the first day" in coordinator.text


def test_a_title_stands_once(world: World, coordinator: Browser) -> None:
    world.agreement(title="Sharing 2026")
    coordinator.post("/agreements/new", ANSWERS, status=422)
    assert "There is an agreement of this title already" in coordinator.text
    assert 'href="#title"' in coordinator.response.text


def test_a_draft_is_changed_and_a_stale_change_shows_both(world: World, coordinator: Browser) -> None:
    agreement_id = world.agreement(in_force=False, title="Old title")
    page = f"/agreements/{agreement_id}"
    assert "Old title" in coordinator.get(f"{page}/change").text
    coordinator.post(f"{page}/change", {**ANSWERS, "version": "1"})
    assert "Sharing 2026" in coordinator.get(page).text
    coordinator.post(f"{page}/change", {**ANSWERS, "title": "Mine", "version": "1"}, status=409)
    assert "Mine" in coordinator.text
    assert "Sharing 2026" in coordinator.text


def test_a_signed_agreement_offers_no_change_and_refuses_one(world: World, coordinator: Browser) -> None:
    page = f"/agreements/{world.agreement(world.organisation())}"
    coordinator.get(page)
    assert f'{page}/change"' not in coordinator.response.text
    coordinator.post(f"{page}/change", {**ANSWERS, "version": "2"}, status=422)
    assert "This agreement has been signed" in coordinator.text


def test_ending_needs_a_reason_and_the_version_seen(world: World, coordinator: Browser) -> None:
    page = f"/agreements/{world.agreement(world.organisation())}"
    assert "Of the 1 organisation that signed it" in coordinator.get(f"{page}/end").text
    coordinator.post(f"{page}/end", {"reason": " ", "version": "2"}, status=422)
    coordinator.post(f"{page}/end", {"reason": "Replaced", "version": "1"}, status=409)
    coordinator.post(f"{page}/end", {"reason": "Replaced", "version": "2"})
    assert newest_code(world) == "agreement.status_changed"
    coordinator.get(page)
    assert "Record signature" not in coordinator.text
    coordinator.post(f"{page}/end", {"reason": "Replaced", "version": "3"}, status=422)
    assert "This cannot go from “Terminated” to “Terminated”" in coordinator.text


def test_putting_in_force_twice_is_refused(world: World, coordinator: Browser) -> None:
    page = f"/agreements/{world.agreement()}"
    coordinator.post(f"{page}/in-force", {"version": "2"}, status=422)
    assert "This cannot go from “In force” to “In force”" in coordinator.text


def test_a_party_declines_withdraws_and_is_invited_again(world: World, coordinator: Browser) -> None:
    agreement_id = world.agreement(world.organisation(), signed_on=None)
    party = f"/agreements/{agreement_id}/parties/{party_of(world, agreement_id)}"
    coordinator.get(f"{party}/state")
    coordinator.post(f"{party}/state", {}, status=422)
    assert "This page has lost track of what you were recording" in coordinator.text
    coordinator.post(f"{party}/state", {"state": "declined"}, status=422)
    assert "Say why this changes to “Declined”" in coordinator.text
    coordinator.post(f"{party}/state", {"state": "withdrawn", "reason": "x"}, status=422)
    coordinator.post(f"{party}/state", {"state": "declined", "reason": "No lawful basis"})
    assert "Invite again" in coordinator.get(f"/agreements/{agreement_id}").text
    coordinator.post(f"{party}/state", {"state": "invited"})
    coordinator.get(f"{party}/sign")
    coordinator.post(f"{party}/sign", {**SIGNED, "signed_on-year": "2027"}, status=422)
    assert "The date of signature must be today or in the past" in coordinator.text
    assert "Ada Signatory" in coordinator.response.text
    coordinator.post(f"{party}/sign", SIGNED)
    coordinator.post(f"{party}/state", {"state": "withdrawn", "reason": "Advice"})
    assert newest_code(world) == "agreement.party_state_changed"
    assert coordinator.get(f"{party}/state", status=302).headers["Location"].endswith("/sign")
    coordinator.post(f"{party}/sign", SIGNED)
    with world.at_work():
        assert world.get(Agreement, agreement_id).parties[0].state is PartyState.SIGNED


def test_organisations_are_added_once_and_several_at_a_time(world: World) -> None:
    own = world.organisation()
    coordinator = world.browser(world.person(Role.COORDINATOR, organisation_id=own))
    bodies = [own, *(world.organisation() for _ in range(2))]
    page = f"/agreements/{world.agreement(signed_on=None)}"
    coordinator.get(f"{page}/parties/add")
    coordinator.post(f"{page}/parties/add", {}, status=422)
    assert "Select at least one organisation" in coordinator.text
    coordinator.post(f"{page}/parties/add", {"organisations": [str(body) for body in bodies]})
    assert "3 organisations are invited" in coordinator.get(page).text
    coordinator.post(f"{page}/parties/add", {"organisations": [str(bodies[0])]}, status=422)
    assert "Every organisation that takes part" in coordinator.get(f"{page}/parties/add").text


def test_an_ended_agreement_takes_no_organisation_and_no_signature(world: World, coordinator: Browser) -> None:
    body, other = world.organisation(), world.organisation()
    agreement_id = world.agreement(body, signed_on=None)
    page = f"/agreements/{agreement_id}"
    coordinator.post(f"{page}/end", {"reason": "Replaced", "version": "2"})
    coordinator.post(f"{page}/parties/add", {"organisations": [str(other)]}, status=422)
    assert "This agreement has been ended. Draw up a new one" in coordinator.text
    coordinator.post(f"{page}/parties/{party_of(world, agreement_id)}/sign", SIGNED, status=422)
    assert "This agreement has been ended. Draw up a new one" in coordinator.text


def test_the_home_page_chases_lapsing_and_unsigned_agreements(world: World, coordinator: Browser) -> None:
    world.agreement(world.organisation(), title="Lapsed one", last=dt.date(2026, 3, 2))
    world.agreement(world.organisation(), title="Ending one", last=dt.date(2026, 5, 2))
    world.agreement(world.organisation(), title="Running one", last=dt.date(2026, 5, 3))
    world.agreement(world.organisation("Slow Trust"), title="Unsigned one", signed_on=None)
    coordinator.get("/")
    assert "“Lapsed one” lapsed on 2 March 2026 Draw up a new one, then end this one" in coordinator.text
    assert "“Ending one” ends in 60 days Its last day is 2 May 2026" in coordinator.text
    assert "Running one" not in coordinator.text
    assert "1 organisation has not signed “Unsigned one” Slow Trust" in coordinator.text
    chair = world.browser(world.person(Role.CHAIR))
    assert "Lapsed one" not in chair.get("/").text


def test_the_help_page_is_there(world: World) -> None:
    assert "The last day still counts" in world.browser().get("/help/agreements").text


def test_the_matrix_costs_the_same_for_3_organisations_and_30(
    world: World, coordinator: Browser, count_queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    def counts() -> list[int]:
        found = []
        for path in ("/agreements", f"/agreements/{agreement_id}", "/"):
            with count_queries() as statements:
                coordinator.get(path)
            found.append(len(statements))
        return found

    agreement_id = world.agreement(*(world.organisation() for _ in range(3)))
    before = counts()
    more = [world.organisation() for _ in range(27)]
    for _ in range(3):
        world.agreement(*more)
    with world.at_work():
        for body in more:
            service.add_party(SYSTEM, world.get(Agreement, agreement_id), body)
    assert counts() == before
