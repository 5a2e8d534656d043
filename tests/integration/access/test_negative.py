"""Classes of faults that hit comparable systems (security.md, section 6), each tried on what stands here."""

import datetime as dt
import re
import uuid

import pytest
import sqlalchemy as sa
from support.readable import readable
from support.world import SYSTEM

from dard.accounts import service as accounts
from dard.accounts.enums import Role
from dard.accounts.models import User
from dard.actions import service as actions
from dard.actions.enums import ActionStatus, Priority
from dard.actions.models import Action
from dard.agreements.models import Agreement
from dard.audit.models import AuditEvent
from dard.cases import service as cases
from dard.cases.access import break_glass, recusals, restrictions
from dard.cases.access.enums import BreakGlassGround, RecusalGround
from dard.cases.access.models import CaseGuest, CaseRecusal, CaseRestriction
from dard.cases.enums import CaseStatus
from dard.cases.models import Case
from dard.cases.queries import CaseFilter
from dard.cases.queries import cases as listed
from dard.core import clock
from dard.core.database import db
from dard.core.errors import ConflictError, DomainError, TransitionError
from dard.crypto.errors import UnsealError
from dard.panels import service as panels
from dard.panels.enums import MeetingStatus
from dard.panels.models import Invitation, Meeting
from dard.pseudonymisation import guests
from dard.pseudonymisation import service as pseudonymisation
from dard.pseudonymisation.models import Pack, Summary

AS_TESTS = {"User-Agent": "Werkzeug/test"}
SECRETS = ("Quillfeather", "Tamsin", "Larkspur", "ZZ1 4QF", "Fennimore", "Jory", "Kestrel House", "NC-14022026")


@pytest.fixture
def open_case(panel) -> uuid.UUID:
    made = panel.world.case()
    panel.summary(made)
    return made


@pytest.fixture
def hidden_case(panel) -> uuid.UUID:
    """A case of which only the chair knows."""
    made = panel.world.case(district="Hidden district")
    panel.summary(made)
    with panel.world.at_work():
        restrictions.restrict(panel.chair.actor, panel.world.get(Case, made), [panel.chair.id], "A colleague")
    return made


def assign(panel, meeting_id: uuid.UUID, case_id: uuid.UUID, text: str) -> uuid.UUID:
    details = actions.ActionDetails(
        text=text,
        owner_organisation_id=panel.signed.organisation_id,
        owner_id=None,
        due_on=dt.date(2026, 5, 1),
        priority=Priority.HIGH,
    )
    with panel.world.at_work():
        world = panel.world
        return actions.assign(panel.chair.actor, world.get(Case, case_id), world.get(Meeting, meeting_id), details).id


def snapshot(panel) -> list:
    """What stands in the tables that somebody could change through a foreign id."""
    with panel.world.at_work():
        tables = [
            model.__table__ for model in (Case, CaseRecusal, CaseRestriction, CaseGuest, Action, Summary, Invitation)
        ]
        return [db.session.execute(sa.select(table).order_by(table.c.id)).all() for table in tables]


def test_n01_the_history_of_a_hidden_case_is_not_found_on_any_page(panel, open_case, hidden_case):
    with panel.world.at_work():
        case = panel.world.get(Case, open_case)
        recusals.impose(panel.chair.actor, case, panel.writer.id, RecusalGround.OTHER, "Knows them")
    browser = panel.world.browser(panel.writer)
    for case_id in (open_case, hidden_case):
        for tab in ("history", "history?page=1", "access", "summary", "meetings", "actions"):
            browser.get(f"/cases/{case_id}/{tab}", status=404)
    for role in (Role.MEMBER, Role.OFFICER, Role.ADMINISTRATOR):
        panel.world.browser(panel.world.person(role)).get(f"/cases/{hidden_case}/history", status=403)


def test_n02_the_id_of_another_child_changes_nothing(panel, open_case, hidden_case):
    """A recusal and a guest of one case under the address of another: the parent that was let in is not theirs."""
    with panel.world.at_work():
        case = panel.world.get(Case, hidden_case)
        recusal = recusals.impose(panel.chair.actor, case, panel.unsigned.id, RecusalGround.OTHER, "Kin").id
        restrictions.rename(panel.chair.actor, case, [panel.chair.id, panel.writer.id, panel.signed.id], "Writer", None)
        guest = guests.give(panel.writer.actor, case, panel.signed.id, clock.today(), "Knew them").id
        restrictions.rename(panel.chair.actor, case, [panel.chair.id], "No more", None)
    before = snapshot(panel)
    chair, writer = panel.world.browser(panel.chair), panel.world.browser(panel.writer)
    chair.post(f"/cases/{open_case}/access/recusals/{recusal}/lift", {"reason": "Mine now"}, status=404)
    writer.post(f"/cases/{open_case}/access/guests/{guest}/end", {}, status=404)
    writer.post(f"/cases/{hidden_case}/access/guests/{guest}/end", {}, status=404)
    sent = {"case_id": str(hidden_case), "recusal_id": str(recusal), "user_id": str(panel.chair.id), "reason": ""}
    writer.post(f"/cases/{open_case}/access/restrict", sent, status=422)
    assert snapshot(panel) == before


def test_n03_an_export_holds_only_what_its_maker_may_see_at_the_moment_of_making(panel, open_case, hidden_case):
    meeting = panel.world.meeting(cases=[open_case], invited=[panel.signed])
    with panel.world.at_work():
        item = panels.add_case(SYSTEM, panel.world.get(Meeting, meeting), _opened(panel, hidden_case))
        assert item.case_id == hidden_case
    assign(panel, meeting, open_case, "Offer kits")
    assign(panel, meeting, hidden_case, "Train the night staff")
    browser = panel.world.browser(panel.writer)
    for path in ("/actions/export.csv", "/actions/export.xlsx", f"/actions/export.csv?meeting={meeting}"):
        text = readable(browser.client.get(path, headers=AS_TESTS))
        assert "Offer kits" in text
        assert "Train the night staff" not in text
    panel.issue(meeting)
    with panel.world.at_work():
        theirs = db.session.scalars(sa.select(Pack.id).where(Pack.recipient_id == panel.signed.id)).one()
    for path in (f"/packs/{theirs}", f"/packs/{theirs}/pack.pdf"):
        browser.get(path, status=404)
    with panel.world.at_work():
        case = panel.world.get(Case, open_case)
        recusals.impose(panel.chair.actor, case, panel.writer.id, RecusalGround.OTHER, "Kin")
    assert "Offer kits" not in browser.get("/actions/export.csv").text


def _opened(panel, case_id: uuid.UUID) -> Case:
    case = panel.world.get(Case, case_id)
    cases.transition(SYSTEM, case, CaseStatus.OPEN)
    return case


def test_n04_one_forbidden_id_among_many_changes_none(panel, open_case):
    meeting, admin = panel.world.meeting(), panel.world.person(Role.ADMINISTRATOR)
    before, browser = snapshot(panel), panel.world.browser(panel.writer)
    ids = [str(panel.signed.id), str(admin.id)]
    browser.post(f"/meetings/{meeting}/invitations/add", {"people": ids}, status=422)
    named = {"people": [str(panel.writer.id), str(admin.id)], "reason": "Why"}  # an administrator comes across no case
    browser.post(f"/cases/{open_case}/access/restrict", named, status=422)
    browser.post(f"/cases/{open_case}/access/restrict", {**named, "people": [ids[0], str(uuid.uuid4())]}, status=422)
    assert snapshot(panel) == before
    with panel.world.at_work(), pytest.raises(DomainError):
        panels.invite(panel.writer.actor, panel.world.get(Meeting, meeting), [panel.signed.id, admin.id])
    assert snapshot(panel) == before


def test_n05_nothing_is_tied_to_a_case_that_is_not_seen(panel, hidden_case):
    meeting = panel.world.meeting(invited=[panel.signed])
    both = panel.world.person(Role.COORDINATOR, Role.CHAIR, organisation_id=panel.chair.organisation_id)
    browser, before = panel.world.browser(both), snapshot(panel)
    browser.post(f"/meetings/{meeting}/cases/{hidden_case}/actions/new", {"text": "x"}, status=404)
    browser.post(f"/cases/{hidden_case}/meetings", {"meeting": str(meeting)}, status=404)
    browser.post(f"/cases/{hidden_case}/access/guests/new", {"person": str(panel.signed.id)}, status=404)
    browser.post(f"/cases/{hidden_case}/summary/reopen", {"reason": "x"}, status=404)
    with panel.world.at_work():
        reference = panel.world.get(Case, hidden_case).reference
    browser.post(f"/meetings/{meeting}/agenda/add", {"reference": reference}, status=422)
    assert snapshot(panel) == before


def spaced(number: str) -> str:
    """An NHS number as it is shown."""
    return f"{number[:3]} {number[3:6]} {number[6:]}"


def test_n08_no_answer_holds_a_field_that_its_reader_may_not_see(app, panel, open_case):
    """Everything without an id in its address, and what guests and members open, for everybody without a case file."""
    meeting = panel.world.meeting(cases=[open_case], invited=[panel.signed])
    panel.issue(meeting)
    with panel.world.at_work():
        case = panel.world.get(Case, open_case)
        share = guests.give(panel.writer.actor, case, panel.signed.id, clock.today(), "Knew them").id
        pack, reference, number = db.session.scalars(sa.select(Pack.id)).one(), case.reference, case.person.nhs_number
    own = [f"/meetings/{meeting}", f"/packs/{pack}", f"/packs/{pack}/pack.pdf", f"/shared-cases/{share}"]
    open_to_all = [rule.rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and not rule.arguments]
    for role in set(Role) - {Role.COORDINATOR, Role.CHAIR}:
        person = panel.signed if role is Role.MEMBER else panel.world.person(role)
        browser = panel.world.browser(person)
        for path in [*open_to_all, *(own if role is Role.MEMBER else [])]:
            answer = browser.client.get(path, headers=AS_TESTS)
            shown = readable(answer) + answer.data.decode(errors="replace")
            found = [secret for secret in (*SECRETS, number, spaced(number)) if secret in shown]
            assert not found, f"{path} for a {role}"
            if path in own:
                assert not re.search(rf"(?<![\w-]){reference}", shown)


def test_n10_a_denial_beats_every_reason_to_be_let_in(panel, open_case):
    """Every role at once, named in a restriction, a guest, with the glass broken: recused all the same."""
    everything = panel.world.person(
        Role.COORDINATOR, Role.CHAIR, Role.MEMBER, Role.OFFICER, organisation_id=panel.signed.organisation_id
    )
    with panel.world.at_work():
        case = panel.world.get(Case, open_case)
        restrictions.restrict(panel.chair.actor, case, [panel.chair.id], "A colleague")
        break_glass.break_glass(everything.actor, case.reference, BreakGlassGround.OTHER, "Now")
    browser = panel.world.browser(everything)
    browser.get(f"/cases/{open_case}")
    with panel.world.at_work():
        case = panel.world.get(Case, open_case)
        restrictions.rename(panel.chair.actor, case, [panel.chair.id, everything.id], "May see it", None)
        guest = CaseGuest(
            case_id=case.id,
            user_id=everything.id,
            pseudonym="Case CCCC",
            until=clock.now() + dt.timedelta(days=2),
            given_by_id=panel.chair.id,
        )
        guest.reason = "By hand"
        db.session.add(guest)
        recusals.impose(panel.chair.actor, case, everything.id, RecusalGround.OTHER, "Kin")
        share = guest.id
    for path in (f"/cases/{open_case}", f"/shared-cases/{share}", f"/cases/{open_case}/history"):
        browser.get(path, status=404)
    with panel.world.at_work():
        assert listed(everything.actor, CaseFilter(), limit=5, offset=0) == ([], 0)


def test_n31_what_is_closed_changes_by_its_own_way_back_only(panel, open_case):
    meeting = panel.world.meeting(cases=[open_case], invited=[panel.signed], starts_at=clock.now())
    action = assign(panel, meeting, open_case, "Offer kits")
    world, writer, chair = panel.world, panel.writer.actor, panel.chair.actor
    with world.at_work():
        done = world.get(Action, action)
        actions.transition(panel.signed.actor, done, ActionStatus.AWAITING_SIGN_OFF, "Done")
        actions.transition(chair, done, ActionStatus.CLOSED, "Seen")
        case, here = world.get(Case, open_case), world.get(Meeting, meeting)
        panels.transition(writer, here, MeetingStatus.HELD)
        cases.transition(writer, case, CaseStatus.CLOSED, "All is said")
        told = cases.recorded_notification(writer, case, shown=False)
        summary = db.session.scalars(sa.select(Summary)).one()
        for deed, error in (
            (lambda: cases.correct(writer, case, told, case.version), DomainError),
            (lambda: pseudonymisation.save_summary(writer, summary, "Other words", summary.version), ConflictError),
            (lambda: actions.change(chair, done, actions.details_of(done), done.version), TransitionError),
            (lambda: actions.note_progress(panel.signed.actor, done, "More", None, done.version), TransitionError),
            (lambda: panels.add_case(writer, here, case, "Again"), DomainError),
            (lambda: panels.invite(writer, here, [panel.chair.id]), DomainError),
        ):
            with pytest.raises(error):
                deed()
        cases.transition(writer, case, CaseStatus.OPEN, "The coroner wrote")
        cases.correct(writer, case, told, case.version)


def test_n37_a_reason_put_into_another_row_is_not_opened(panel, open_case):
    """Sealed reasons of recusals, restrictions and guests are bound to their rows: what is moved does not open."""
    with panel.world.at_work():
        case = panel.world.get(Case, open_case)
        one = recusals.impose(panel.chair.actor, case, panel.signed.id, RecusalGround.OTHER, "The first reason").id
        two = recusals.impose(panel.chair.actor, case, panel.unsigned.id, RecusalGround.OTHER, "The second reason").id
    table = CaseRecusal.__table__
    with panel.world.app.app_context(), db.engine.begin() as connection:
        moved = sa.select(table.c.reason_sealed).where(table.c.id == one).scalar_subquery()
        connection.execute(sa.update(table).where(table.c.id == two).values(reason_sealed=moved))
    with panel.world.at_work():
        assert panel.world.get(CaseRecusal, one).reason == "The first reason"
        with pytest.raises(UnsealError):
            _ = panel.world.get(CaseRecusal, two).reason
    browser = panel.world.browser(panel.chair)
    page = browser.get(f"/cases/{open_case}/access", status=500).text
    assert "altered outside this service" in page
    assert "The first reason" not in page
    with panel.world.at_work():
        assert db.session.scalar(sa.select(sa.func.count()).where(AuditEvent.code == "key.seal_broken")) == 1


def test_n41_row_14_an_agreement_that_ends_gives_no_byte_after_midnight(panel, open_case, still, figure):
    meeting = panel.world.meeting(cases=[open_case], invited=[panel.signed])
    (pack,) = panel.issue(meeting)
    with panel.world.at_work():
        case = panel.world.get(Case, open_case)
        share = guests.give(panel.writer.actor, case, panel.signed.id, dt.date(2026, 3, 30), "Knew them").id
        for agreement in db.session.scalars(sa.select(Agreement)):
            agreement.effective_to = dt.date(2026, 3, 29)
    still.moment = dt.datetime(2026, 3, 29, 22, 59, 59, tzinfo=dt.UTC)  # in summer time: a second before midnight
    reader = panel.world.person(Role.MEMBER, organisation_id=panel.signed.organisation_id)
    with panel.world.at_work():
        panel.world.get(Pack, pack).recipient_id = reader.id
        panel.world.get(CaseGuest, share).user_id = reader.id
        db.session.scalars(sa.select(Invitation)).one().user_id = reader.id
    panel.world.accept(meeting, reader.id)
    browser, paths = (
        panel.world.browser(reader),
        (f"/packs/{pack}", f"/packs/{pack}/pack.pdf", f"/shared-cases/{share}"),
    )
    for path in paths:
        assert "naloxone" in readable(browser.client.get(path, headers=AS_TESTS))
    still.move(seconds=1)
    after = 0
    for path in paths:
        answer = browser.client.get(path, headers=AS_TESTS)
        assert answer.status_code == 403
        after += "naloxone" in answer.text
        assert "lapsed on 29 March 2026" in answer.text
    figure(
        14,
        "packs and shares that said anything on the first request after midnight UK time",
        f"{after} of {len(paths)}",
    )


def test_n41_who_leaves_the_organisation_is_out_with_the_next_request(panel, open_case):
    meeting = panel.world.meeting(cases=[open_case], invited=[panel.signed])
    (pack,) = panel.issue(meeting)
    browser = panel.world.browser(panel.signed)
    browser.get(f"/packs/{pack}")
    with panel.world.at_work():
        user = panel.world.get(User, panel.signed.id)
        details = accounts.UserDetails(
            email=user.email, name=user.name, organisation_id=user.organisation_id, roles=user.roles
        )
        accounts.change_user(SYSTEM, user, details, active=False, version=None)
    for path in (f"/packs/{pack}", f"/packs/{pack}/pack.pdf", f"/meetings/{meeting}", "/actions", "/"):
        assert browser.get(path, status=302).location.startswith("/sign-in?")
