"""An account needs two people: one proposes, another confirms. Its link works once, for one address at one place."""

import json
import re

import pyotp
import pytest
import sqlalchemy as sa
from support.browser import Browser, identity

from dard.accounts import joining, service
from dard.accounts.enums import ProposalStatus, Role
from dard.accounts.joining import PROPOSABLE
from dard.accounts.models import AccountProposal, Organisation, User
from dard.accounts.service import UserDetails
from dard.audit.models import AuditEvent
from dard.core import clock
from dard.core.database import db
from dard.core.errors import ConflictError, DomainError, ForbiddenError, NotFoundError

PASSWORD = "four random words here"
CONFIRMED, DECLINED = {"decision": "confirm"}, {"decision": "decline"}


@pytest.fixture
def trust(world):
    return world.organisation("Kestrel Recovery")


@pytest.fixture
def people(world, trust):
    council = world.organisation("Fernshire County Council")
    found = {
        "coordinator": world.person(Role.COORDINATOR, organisation_id=council, name="Morwenna Tate"),
        "other": world.person(Role.COORDINATOR, organisation_id=council, name="Idris Calloway"),
        "administrator": world.person(Role.ADMINISTRATOR, organisation_id=council, name="Sunita Harcastle"),
        "lead": world.person(Role.MEMBER, organisation_id=trust, name="Delphine Marsh"),
        "colleague": world.person(Role.MEMBER, organisation_id=trust, name="Osric Blythe"),
    }
    lead_of(world, trust, found["lead"].id)
    return found


def lead_of(world, organisation_id, user_id) -> None:
    with world.at_work():
        world.get(Organisation, organisation_id).lead_id = user_id


def answers(trust, **other) -> dict:
    told = {"name": "New Colleague", "email": "New@Example.org", "organisation": str(trust), "roles": ["member"]}
    return {**told, **other}


def proposed(world, people, trust, by: str = "coordinator", **other) -> str:
    """The address at which the proposal is decided."""
    world.browser(people[by]).post("/people/proposals/new", answers(trust, **other))
    with world.at_work():
        newest = sa.select(AccountProposal).order_by(AccountProposal.created_at.desc(), AccountProposal.id)
        return f"/people/confirmations/{db.session.scalars(newest).first().id}"


def decide(browser: Browser, path: str, status: int = 302, **answer: str) -> Browser:
    browser.post(path, {"version": "1", **answer}, status=status)
    return browser


def link_on(browser: Browser) -> str:
    return re.search(r"http://localhost(/join/[\w-]+)", browser.response.text).group(1)


def events(world, code: str) -> list[AuditEvent]:
    with world.at_work():
        found = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.code == code)).all()
        db.session.expunge_all()
        return list(found)


def account(world, email: str = "new@example.org") -> User | None:
    with world.at_work():
        found = db.session.scalar(sa.select(User).where(User.email == email))
        db.session.expunge_all()
        return found


def test_from_the_proposal_to_the_first_page(world, people, trust, still):
    coordinator, lead = world.browser(people["coordinator"]), world.browser(people["lead"])
    answer = coordinator.post("/people/proposals/new", answers(trust))
    coordinator.get(answer.location)
    assert "Delphine Marsh, who leads Kestrel Recovery, is asked to confirm" in coordinator.text
    assert account(world) is None
    lead.get("/")
    assert "People to confirm New Colleague, Kestrel Recovery" in lead.text
    lead.get("/people/confirmations")
    path = re.search(r'href="(/people/confirmations/[0-9a-f-]+)"', lead.response.text).group(1)
    lead.get(path)
    assert "Panel member" in lead.text
    decide(lead, path, status=200, **CONFIRMED)
    assert "Send this link to new@example.org yourself" in lead.text
    link = link_on(lead)

    guest = world.browser()
    page = guest.get(link)
    for told in ("new@example.org", "New Colleague", "Kestrel Recovery", "Panel member"):
        assert told not in page.text
    guest.post(link, {"password": PASSWORD})
    guest.get(link, status=404)
    guest.post("/sign-in", {"email": "new@example.org", "password": PASSWORD})
    page = guest.get("/sign-in/set-up")
    for told in ("New Colleague", "Kestrel Recovery", "Panel member"):
        assert told not in page.text
    assert guest.get("/", status=302).location.startswith("/sign-in")
    with world.at_work():
        secret = db.session.scalars(sa.select(User).where(User.email == "new@example.org")).one().totp_secret
    guest.post("/sign-in/set-up", {"code": pyotp.TOTP(secret).at(int(clock.now().timestamp()))})
    assert guest.get("/", status=302).location == "/confidentiality"
    guest.post("/confidentiality", {"accepted": "yes", "version": "1"})
    guest.get("/packs")
    lead.get(path)
    assert "Make a new invitation link" not in lead.text
    assert [json.loads(each.details) for each in events(world, "account.proposal_status_changed")] == [
        {"before": "proposed", "after": "confirmed"}
    ]


def test_what_is_proposed_is_kept_with_who_did_it(world, people, trust):
    path = proposed(world, people, trust, roles=["member", "reporter"])
    decide(world.browser(people["lead"]), path, status=200, **CONFIRMED)
    with world.at_work():
        made = db.session.scalars(sa.select(User).where(User.email == "new@example.org")).one()
        assert made.assigned_roles == {Role.MEMBER, Role.REPORTER}
        assert {held.organisation_id for held in made.held_roles} == {trust}
        proposal = db.session.scalars(sa.select(AccountProposal)).one()
        assert (proposal.proposed_by_id, proposal.decided_by_id) == (people["coordinator"].id, people["lead"].id)
        assert proposal.user_id == made.id
    assert [each.actor_id for each in events(world, "account.created")][-1] == people["lead"].id
    assert json.loads(events(world, "account.proposed")[0].details) == {
        "organisation": str(trust), "roles": ["member", "reporter"],
    }  # fmt: skip


@pytest.mark.parametrize("who", ["coordinator", "other", "colleague"])
def test_whose_it_is_not_cannot_confirm(world, people, trust, who):
    path = proposed(world, people, trust)
    browser = world.browser(people[who])
    browser.get("/people/confirmations", status=403)
    browser.get(path, status=403)
    decide(browser, path, status=403, **CONFIRMED)
    browser.post(f"{path}/link", status=403)
    assert account(world) is None


def test_an_administrator_confirms_only_where_no_lead_can(world, people, trust):
    path = proposed(world, people, trust)
    admin = world.browser(people["administrator"])
    admin.get(path)
    assert "It is not for you to confirm this person" in admin.text
    decide(admin, path, status=403, **CONFIRMED)
    admin.get("/people/confirmations")
    assert "Nobody waits for you" in admin.text
    with world.at_work():
        lead = world.get(User, people["lead"].id)
        details = UserDetails(email=lead.email, name=lead.name, organisation_id=trust, roles=lead.assigned_roles)
        service.change_user(people["administrator"].actor, lead, details, active=False, version=None)
    decide(admin, path, status=200, **CONFIRMED)
    assert account(world) is not None


def test_nobody_confirms_their_own_proposal(world, people, trust):
    """A coordinator who leads the organisation that they propose for: an administrator confirms."""
    council = people["coordinator"].organisation_id
    lead_of(world, council, people["coordinator"].id)
    path = proposed(world, people, council)
    own = world.browser(people["coordinator"])
    own.get(path)
    assert "Nobody confirms their own proposal" in own.text
    decide(own, path, status=403, **CONFIRMED)
    assert "You proposed this person, so somebody else must confirm" in own.text
    decide(world.browser(people["administrator"]), path, status=200, **CONFIRMED)
    itself = sa.text("UPDATE account_proposal SET decided_by_id = proposed_by_id")
    refused = pytest.raises(sa.exc.IntegrityError, match="second_person")
    with world.app.app_context(), db.engine.connect() as connection, refused:
        connection.execute(itself)


def test_a_lead_sees_and_decides_for_their_organisation_only(world, people, trust):
    other = world.organisation("Netherford Housing")
    theirs = world.person(Role.ACTION_OWNER, organisation_id=other)
    lead_of(world, other, theirs.id)
    path = proposed(world, people, trust)
    browser = world.browser(theirs)
    browser.get("/people/confirmations")
    assert "New Colleague" not in browser.text
    browser.get(path, status=404)
    decide(browser, path, status=404, **CONFIRMED)
    browser.post(f"{path}/link", status=404)


def test_who_leads_no_longer_confirms_no_longer(world, people, trust):
    path = proposed(world, people, trust)
    lead = world.browser(people["lead"])
    lead.get(path)
    admin = world.browser(people["administrator"])
    admin.get(f"/organisations/{trust}/lead")
    admin.post(f"/organisations/{trust}/lead", {"lead": "", "version": "2"})
    lead.get(path, status=403)
    admin.get(f"/organisations/{trust}")
    assert "Nobody is named, so an administrator confirms" in admin.text
    assert [json.loads(each.details) for each in events(world, "organisation.lead_named")] == [{}]


def test_only_people_of_the_organisation_can_lead_it(world, people, trust):
    admin = world.browser(people["administrator"])
    path = f"/organisations/{trust}/lead"
    admin.post(path, {"lead": str(people["coordinator"].id), "version": "2"}, status=422)
    admin.post(path, {"lead": str(people["colleague"].id), "version": "1"}, status=409)
    admin.post(path, {"lead": str(people["colleague"].id), "version": "2"})
    world.browser(people["coordinator"]).get(path, status=403)
    with world.at_work(), pytest.raises(DomainError, match="Select somebody of this organisation"):
        joining.name_lead(people["administrator"].actor, world.get(Organisation, trust), people["coordinator"].id)
    with world.at_work(), pytest.raises(ForbiddenError):
        joining.name_lead(people["coordinator"].actor, world.get(Organisation, trust), None)


def test_declining_needs_a_reason_which_is_sealed(world, people, trust):
    path = proposed(world, people, trust)
    lead = world.browser(people["lead"])
    decide(lead, path, status=422, **DECLINED)
    assert "Say why this changes to “Declined”" in lead.text
    decide(lead, path, **DECLINED, reason="Left us in January")
    assert account(world) is None
    (event,) = events(world, "account.proposal_status_changed")
    assert "January" not in event.details
    with world.at_work():
        assert world.get(AuditEvent, event.id).reason == "Left us in January"
    decide(lead, path, status=409, **CONFIRMED)
    decide(lead, path, status=422, **CONFIRMED, version="2")
    assert "cannot go from" in lead.text


def test_a_proposal_can_be_withdrawn_until_it_is_decided(world, people, trust):
    number = identity(proposed(world, people, trust))
    other = world.browser(people["other"])
    path = f"/people/proposals/{number}/withdraw"
    other.get(path)
    other.post(path, {"version": "1"})
    other.get("/people/proposals")
    assert "Withdrawn" in other.text
    other.post(path, {"version": "2"}, status=422)
    decide(world.browser(people["lead"]), f"/people/confirmations/{number}", status=422, **CONFIRMED, version="2")
    world.browser(people["lead"]).post(path, {"version": "2"}, status=403)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.INFORMATION_GOVERNANCE])
def test_those_who_keep_accounts_and_check_others_cannot_be_proposed(world, people, trust, role):
    assert role not in PROPOSABLE
    browser = world.browser(people["coordinator"])
    page = browser.get("/people/proposals/new")
    assert f'value="{role.value}"' not in page.text
    browser.post("/people/proposals/new", answers(trust, roles=["member", role.value]), status=422)
    details = UserDetails(email="x@example.org", name="X", organisation_id=trust, roles=frozenset({role}))
    with world.at_work(), pytest.raises(DomainError, match="Ask an administrator"):
        joining.propose(people["coordinator"].actor, details)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"name": ""}, "Enter the person’s name"),
        ({"name": "x" * 201}, "Name must be 200 characters or fewer"),
        ({"name": "x" * 1_000_000}, "Full name must be 500 characters or fewer"),
        ({"email": "nobody"}, "Enter an email address in the correct format"),
        ({"email": "a@example.org\r\nBcc: b@example.org"}, "Enter an email address in the correct format"),
        ({"organisation": "00000000-0000-4000-8000-000000000000"}, "select from the choices on this page"),
        ({"roles": []}, "Select at least one role"),
        ({"roles": ["king"]}, "select from the choices on this page"),
    ],
)
def test_wrong_answers_say_what_to_do(world, people, trust, wrong, message):
    browser = world.browser(people["coordinator"])
    browser.post("/people/proposals/new", answers(trust, **wrong), status=422)
    assert message in browser.text
    with world.at_work():
        assert db.session.scalars(sa.select(AccountProposal)).all() == []


def test_an_address_is_proposed_once_and_never_beside_an_account(world, people, trust):
    proposed(world, people, trust)
    browser = world.browser(people["other"])
    browser.post("/people/proposals/new", answers(trust, email="NEW@example.org "), status=422)
    assert "has been proposed already" in browser.text
    browser.post("/people/proposals/new", answers(trust, email=people["lead"].email.upper()), status=422)
    assert "Somebody has an account with this email address already" in browser.text


def test_an_account_made_meanwhile_keeps_a_proposal_from_being_confirmed(world, people, trust):
    path = proposed(world, people, trust)
    with world.at_work():
        details = UserDetails(
            email="new@example.org", name="N", organisation_id=trust, roles=frozenset({Role.REPORTER})
        )
        service.add_user(people["administrator"].actor, details)
    lead = world.browser(people["lead"])
    decide(lead, path, status=422, **CONFIRMED)
    assert "Somebody has an account with this email address already" in lead.text


def test_two_decisions_at_once_make_one_account(world, people, trust):
    path = proposed(world, people, trust)
    first, second = (world.browser(people["lead"]) for _ in range(2))
    decide(first, path, status=200, **CONFIRMED)
    decide(second, path, status=409, **CONFIRMED)
    with world.at_work():
        proposal = world.get(AccountProposal, identity(path))
        with pytest.raises(ConflictError):
            joining.confirm(people["lead"].actor, proposal, 1)
        with pytest.raises(DomainError, match="cannot go from"):
            joining.confirm(people["lead"].actor, proposal)


def confirmed(world, people, trust) -> tuple[str, str]:
    """The address of the proposal, and the link that was shown."""
    path = proposed(world, people, trust)
    return path, link_on(decide(world.browser(people["lead"]), path, status=200, **CONFIRMED))


def test_a_new_link_ends_the_one_before_and_there_is_none_for_who_has_joined(world, people, trust):
    path, first = confirmed(world, people, trust)
    lead, guest = world.browser(people["lead"]), world.browser()
    lead.get(path)
    assert "Make a new invitation link" in lead.text
    lead.post(f"{path}/link", status=200)
    second = link_on(lead)
    guest.get(first, status=404)
    guest.post(first, {"password": PASSWORD}, status=404)
    guest.post(second, {"password": PASSWORD})
    lead.post(f"{path}/link", status=422)
    assert "has joined already" in lead.text


def test_before_it_is_confirmed_there_is_nothing_to_invite_to(world, people, trust):
    path = proposed(world, people, trust)
    world.browser(people["lead"]).post(f"{path}/link", status=422)


def test_a_link_is_over_after_72_hours(world, people, trust, still):
    _path, link = confirmed(world, people, trust)
    still.move(hours=71, minutes=59)
    world.browser().get(link)
    still.move(minutes=2)
    world.browser().get(link, status=404)
    world.browser().post(link, {"password": PASSWORD}, status=404)


def test_a_link_is_stored_as_its_hash_only(world, people, trust):
    _path, link = confirmed(world, people, trust)
    token = link.rpartition("/")[2]
    assert len(token) >= 43  # 256 bits
    with world.at_work():
        for table in db.metadata.sorted_tables:
            for row in db.session.execute(sa.select(table)):
                assert token not in str(tuple(row))


@pytest.mark.parametrize(
    "change",
    [{"email": "other@example.org"}, {"organisation": "council"}, {"active": ""}],
    ids=["another address", "another organisation", "ended"],
)
def test_a_link_is_bound_to_its_address_and_organisation(world, people, trust, change):
    _path, link = confirmed(world, people, trust)
    made, admin = account(world), world.browser(people["administrator"])
    told = {
        "name": "New Colleague", "email": made.email, "organisation": str(trust), "roles": ["member"], "active": "yes",
        "version": str(made.version),
    }  # fmt: skip
    if "organisation" in change:
        change = {"organisation": str(people["coordinator"].organisation_id)}
    admin.post(f"/people/{made.id}", {**told, **change})
    guest = world.browser()
    guest.get(link, status=404)
    guest.post(link, {"password": PASSWORD}, status=404)


def test_another_name_leaves_the_link_as_it_is(world, people, trust):
    _path, link = confirmed(world, people, trust)
    made = account(world)
    told = {"name": "Newer", "email": made.email, "organisation": str(trust), "roles": ["member"], "active": "yes"}
    world.browser(people["administrator"]).post(f"/people/{made.id}", {**told, "version": str(made.version)})
    world.browser().get(link)


def test_a_link_is_over_with_its_organisation(world, people, trust):
    _path, link = confirmed(world, people, trust)
    with world.at_work():
        world.get(Organisation, trust).active = False
    world.browser().get(link, status=404)


def test_a_proposal_for_an_organisation_that_ended_meanwhile_makes_no_account(world, people, trust):
    path = proposed(world, people, trust)
    with world.at_work():
        world.get(Organisation, trust).active = False
    admin = world.browser(people["administrator"])
    decide(admin, path, status=422, **CONFIRMED)
    assert "no longer takes part" in admin.text


def test_a_proposal_is_not_found_by_those_who_see_none(world, people, trust):
    number = identity(proposed(world, people, trust))
    with world.at_work():
        for who in ("colleague",):
            with pytest.raises(NotFoundError):
                joining.load_proposal(people[who].actor, number, {})
        assert joining.proposals(people["colleague"].actor, limit=5, offset=0) == ([], 0)
        assert db.session.scalars(sa.select(AccountProposal.status)).one() is ProposalStatus.PROPOSED


def test_lists_cost_the_same_for_three_and_for_thirty(world, people, trust, count_queries):
    counts = []
    for size in (3, 27):
        with world.at_work():
            for number in range(size):
                details = UserDetails(
                    email=f"n{size}-{number}@example.org",
                    name=f"N {number}",
                    organisation_id=trust,
                    roles=frozenset({Role.MEMBER, Role.REPORTER}),
                )
                made = joining.propose(people["coordinator"].actor, details)
                if number % 3 == 0:
                    joining.confirm(service.actor_of(world.get(User, people["lead"].id)), made)
        for who, path in (("coordinator", "/people/proposals"), ("lead", "/people/confirmations"), ("lead", "/")):
            browser = world.browser(people[who])
            browser.get("/help")
            with count_queries() as counted:
                browser.get(path)
            counts.append(len(counted))
    assert counts[:3] == counts[3:]
