"""A partnership at work, with a canary in every sealed field: all pages, files in and out, refusals and faults.

What happens here is what the canary scan looks for traces of. A field that is sealed newly is written here too.
"""

import datetime as dt
import io
import re
import urllib.parse
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pyotp
import sqlalchemy as sa
from support.browser import identity
from support.canaries import Canaries
from support.ct_ocme import COLUMNS, REFUSED, ROW_ERRORS, ct_ocme_file, ragged, row
from support.served import Served, ServedBrowser
from support.world import SYSTEM, Person, World

from dard.accounts.enums import Role
from dard.accounts.models import AccountProposal, UserRole
from dard.agreements.models import AgreementParty
from dard.cases import honeytokens
from dard.cases.models import Case
from dard.core import clock
from dard.core.database import db
from dard.panels.models import AgendaItem, Invitation
from dard.pseudonymisation.models import Pack

PASSWORD = "three random words"
CONTROL = "Wending"  # a district, which is stored plain: the search must find it
FILE_SIZE = 1_200_000  # more than web servers and frameworks hold in memory, left to themselves
AS_TESTS = {"User-Agent": "Werkzeug/test"}
WRONG_ROWS = [told for told, _column, _message in ROW_ERRORS]


@dataclass
class Driven:
    """The people, what was made, and the browsers, which all speak HTTP to the served instance."""

    world: World
    canaries: Canaries
    port: int
    people: dict[str, Person] = field(default_factory=dict)
    browsers: dict[str, ServedBrowser] = field(default_factory=dict)
    ids: dict[str, uuid.UUID] = field(default_factory=dict)

    def browser(self, name: str) -> ServedBrowser:
        """The browser of the person called ``name``."""
        if name not in self.browsers:
            self.browsers[name] = ServedBrowser(self.world.app, self.port).sign_in(self.people[name].token)
        return self.browsers[name]


def drive(world: World, canaries: Canaries, served: Served) -> Driven:
    """Everything, through the pages of ``served``, which may have just been begun; ``world`` is of its instance."""
    driven = Driven(world, canaries, served.port)
    _gather(driven)
    served.wait()
    _sign_in(driven)
    _propose(driven)
    _notify(driven)
    _correct(driven)
    _hold(driven)
    _import(driven)
    _summarise(driven)
    _issue(driven)
    _act(driven)
    _need_to_know(driven)
    _look_again(driven)
    _visit_every_page(driven)
    _be_refused(driven)
    return driven


def shown(browser: ServedBrowser, name: str) -> str:
    """The value of the hidden field ``name`` on the newest page."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', browser.response.text)
    assert found, f"no field {name}"
    return found.group(1)


def boxes(name: str, day: dt.date) -> dict[str, str]:
    """A date as its three boxes are sent."""
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


def _gather(driven: Driven) -> None:
    world, today = driven.world, clock.today()
    council, provider = world.organisation("Fernshire County Council"), world.organisation("Kestrel Recovery")
    roles = {
        "coordinator": Role.COORDINATOR, "second": Role.COORDINATOR, "chair": Role.CHAIR, "officer": Role.OFFICER,
        "governance": Role.INFORMATION_GOVERNANCE, "administrator": Role.ADMINISTRATOR,
        "reporter": Role.REPORTER,
    }  # fmt: skip
    driven.people = {
        name: world.person(role, organisation_id=council, name=f"A {name}") for name, role in roles.items()
    }
    driven.people["member"] = world.person(Role.MEMBER, organisation_id=provider, name="A member")
    days = [today + dt.timedelta(days=days) for days in (-60, 60, -30)]
    driven.ids["agreement_id"] = world.agreement(council, provider, first=days[0], last=days[1], signed_on=days[2])
    driven.ids |= {"organisation_id": provider, "user_id": driven.people["officer"].id}


def _sign_in(driven: Driven) -> None:
    """A new account, made by ``dard user create``, sets up its second factor."""
    browser = ServedBrowser(driven.world.app, driven.port)
    browser.post("/sign-in", {"email": "ada@example.org", "password": "three wrong words"}, status=422)
    browser.post("/sign-in", {"email": "ada@example.org", "password": PASSWORD})
    browser.get("/sign-in/set-up")
    secret = re.search(r'class="dard-secret">([A-Z2-7]+)<', browser.response.text).group(1)
    driven.canaries.note("app_user.totp_secret", secret)
    browser.post("/sign-in/set-up", {"code": "000000"}, status=422)
    browser.post("/sign-in/set-up", {"code": pyotp.TOTP(secret).now()})
    browser.post("/confidentiality", {"accepted": "yes", "version": "1"})
    browser.get("/people")
    browser.post("/sign-out")


def notification(canaries: Canaries) -> dict[str, Any]:
    """The form of a new notification, with a canary in each sealed field."""
    person, told = "case_person", "case_notification"
    return {
        "stream": "drug_related_death",
        **boxes("event_date", clock.today() - dt.timedelta(days=20)),
        "event_date_precision": "exact",
        "district": CONTROL,
        "place_of_event": "own_home",
        "substances": ["heroin"],
        "narrative": f"Found at home.\n{canaries.text('case_event.narrative')} was there.",
        "full_name": canaries.text(f"{person}.full_name"),
        "aliases": "\n".join(canaries.text(f"{person}.aliases").split()),
        **boxes("date_of_birth", canaries.date(f"{person}.date_of_birth")),
        "sex": "female",
        "nhs_number": canaries.nhs_number(f"{person}.nhs_number"),
        "address": canaries.text(f"{person}.address"),
        "postcode": canaries.postcode(f"{person}.postcode"),
        "source": "police",
        "notifier_name": canaries.text(f"{told}.notifier_name"),
        "notifier_contact": canaries.text(f"{told}.notifier_contact"),
        "source_reference": canaries.word(f"{told}.source_reference"),
    }


def _propose(driven: Driven) -> None:
    """An account that waits for its confirmation."""
    browser = driven.browser("coordinator")
    told = {"name": "A newcomer", "email": "newcomer@example.org", "roles": "member"}
    browser.post("/people/proposals/new", told, status=422)
    browser.post("/people/proposals/new", {**told, "organisation": str(driven.ids["organisation_id"])})
    with driven.world.at_work():
        driven.ids["proposal_id"] = _first(AccountProposal, AccountProposal.email == told["email"])


def _notify(driven: Driven) -> None:
    browser, told = driven.browser("coordinator"), notification(driven.canaries)
    browser.post("/cases/new", {**told, "stream": "", "postcode": f"{told['postcode']}Q"}, status=422)
    browser.post("/cases/new", {**told, "narrative": told["narrative"] * 400}, status=422)
    driven.ids["case_id"] = identity(browser.post("/cases/new", told).location)
    browser.post("/cases/new", told, status=422)  # somebody with this NHS number is known
    browser.post("/cases/new", {**told, "full_name": "\x00" + told["full_name"]}, status=422)
    other = {**notification(driven.canaries), "another_event": "yes"}
    driven.ids["other_case"] = identity(browser.post("/cases/new", other).location)
    for name in ("marked_case", "quiet_case", "twin_case", "shut_case"):
        driven.ids[name] = identity(browser.post("/cases/new", {**told, "another_event": "yes"}).location)


def _correct(driven: Driven) -> None:
    browser, case = driven.browser("coordinator"), f"/cases/{driven.ids['case_id']}"
    reason = driven.canaries.text("audit_event.reason")
    browser.post(f"{case}/identity", {"purpose": "duplicate_check", "reason": reason}, status=200)
    browser.get(f"{case}/change")
    told = {**notification(driven.canaries), "version": shown(browser, "version")}
    browser.post(f"{case}/change", {**told, "version": "9"}, status=409)
    browser.post(f"{case}/change", {**told, "nhs_number": f"{told['nhs_number']}1"}, status=422)
    browser.post(f"{case}/change", told)
    browser.post(f"{case}/change", told, status=409)


def _hold(driven: Driven) -> None:
    browser, reason = driven.browser("coordinator"), driven.canaries.text("audit_event.reason")
    for case in ("case_id", "other_case"):
        for status in ("on_hold", "open"):
            path = f"/cases/{driven.ids[case]}/status"
            browser.get(path)
            browser.post(path, {"status": status, "reason": reason, "version": shown(browser, "version")})


def _import(driven: Driven) -> None:
    browser, canaries = driven.browser("coordinator"), driven.canaries
    narrative, word = canaries.text("case_event.narrative"), canaries.word("sealed_chunk.chunk")
    good = [file_row(canaries, number, narrative, Race=word) for number in (1, 2)]
    for _name, data, _message in REFUSED:
        _upload(browser, data.replace(b"Intoxication", narrative.encode()), status=422)
    wrong = [{**told, "COD": told["COD"] or narrative, "OtherSignifican": narrative} for told in WRONG_ROWS]
    path = _upload(browser, ragged(ct_ocme_file([*good, *wrong]), 3))
    browser.get(path)
    seen = {"version": shown(browser, "version")}
    browser.post(f"{path}/confirm", {"version": "7"}, status=409)
    browser.post(f"{path}/confirm", seen)
    browser.post(f"{path}/confirm", seen, status=422)
    path = _upload(browser, ct_ocme_file(good))
    browser.get(path)
    browser.post(f"{path}/discard", {"version": shown(browser, "version")})
    size = canaries.size("sealed_document.size", least=FILE_SIZE)
    path = _upload(
        browser, _file_of(size, [file_row(canaries, 100 + each, narrative, Race=word) for each in range(20)])
    )
    browser.get(path)
    driven.ids["batch_id"] = identity(path)  # waits for its decision to the end


def file_row(canaries: Canaries, number: int, narrative: str, **cells: str) -> dict[str, str]:
    """A row of a file, of somebody that nobody else is."""
    home = {"ResidenceCity": canaries.word("case_person.address").upper(), "DeathCity": CONTROL.upper()}
    source = canaries.word("case_notification.source_reference")
    return row(number, **{"ID": source, **home, "COD": narrative, "Date": "06/28/2014 12:00:00 AM", **cells})


def _file_of(size: int, rows: list[dict[str, str]]) -> bytes:
    """A file of exactly ``size`` bytes: its last column, which is not taken, is filled up."""
    bare = len(ct_ocme_file(rows, columns=[*COLUMNS, "Remarks"]))
    each, rest = divmod(size - bare, len(rows))
    filled = [{**told, "Remarks": "x" * (each + rest * (place == 0))} for place, told in enumerate(rows)]
    data = ct_ocme_file(filled, columns=[*COLUMNS, "Remarks"])
    assert len(data) == size
    return data


def _upload(browser: ServedBrowser, data: bytes, status: int = 302) -> str:
    file = {"profile": "ct-ocme", "file": (io.BytesIO(data), "deaths.csv")}
    return browser.post("/imports/new", file, status=status).location or ""


def _summarise(driven: Driven) -> None:
    writer, second = driven.browser("coordinator"), driven.browser("second")
    text, note = driven.canaries.text("summary.text"), driven.canaries.text("summary.return_note")
    for case in ("case_id", "other_case"):
        path = f"/cases/{driven.ids[case]}/summary"
        writer.post(f"{path}/draft")
        told = {"text": f"[person] was found at home. {text}. [day -12] Left care."}
        _press(writer, path, "", **told)
        writer.post(path, {**told, "text": f"{text} and {text}", "version": "1"}, status=409)
        _press(writer, path, "", **told, then="submit")
        _press(second, path, "/return", reason=note)
        if case == "case_id":
            _press(writer, path, "", **told, then="submit")
            _press(second, path, "/approve")


def _press(browser: ServedBrowser, path: str, button: str, status: int = 302, **data: str) -> None:
    browser.get(path)
    browser.post(f"{path}{button}", {**data, "version": shown(browser, "version")}, status=status)


def _issue(driven: Driven) -> None:
    coordinator, member = driven.browser("coordinator"), driven.browser("member")
    starts = clock.now() + dt.timedelta(days=14)
    invited = [driven.people[name] for name in ("member", "chair")]
    meeting = driven.world.meeting(cases=[driven.ids["case_id"]], invited=invited, starts_at=starts)
    driven.ids["meeting_id"] = meeting
    coordinator.post(f"/meetings/{meeting}/packs")
    member.get("/packs")
    driven.ids["pack_id"] = identity(re.search(r'href="(/packs/[0-9a-f-]+)"', member.response.text).group(1))
    member.post(f"/packs/{driven.ids['pack_id']}/confidentiality", {"accepted": "yes", "version": "1"})
    member.get(f"/packs/{driven.ids['pack_id']}")
    assert member.get(f"/packs/{driven.ids['pack_id']}/pack.pdf").data.startswith(b"%PDF")
    with driven.world.at_work():
        driven.ids["item_id"] = _first(AgendaItem, AgendaItem.meeting_id == meeting)
        driven.ids["invitation_id"] = _first(Invitation, Invitation.meeting_id == meeting)
        driven.ids["held_id"] = _first(UserRole, UserRole.user_id == driven.people["officer"].id)
        driven.ids["party_id"] = _first(AgreementParty, AgreementParty.agreement_id == driven.ids["agreement_id"])
        content = db.session.get_one(Pack, driven.ids["pack_id"]).content.decode()
        driven.canaries.note("pack.content", content[:48], content[-48:])


def _first(model: type, condition: sa.ColumnElement[bool]) -> uuid.UUID:
    return db.session.scalars(sa.select(model.id).where(condition).order_by(model.id)).first()


def _act(driven: Driven) -> None:
    chair, member, canaries = driven.browser("chair"), driven.browser("member"), driven.canaries
    path = f"/meetings/{driven.ids['meeting_id']}/cases/{driven.ids['case_id']}/actions/new"
    wanted = {
        "text": f"Offer take-home naloxone: {canaries.text('action.text')}",
        "owner": f"organisation-{driven.ids['organisation_id']}",
        **boxes("due_on", clock.today() + dt.timedelta(days=30)),
        "priority": "high",
    }
    chair.post(path, {**wanted, "priority": ""}, status=422)
    chair.post(path, {**wanted, "text": canaries.nhs_number("case_person.nhs_number")}, status=422)
    chair.post(path, wanted)
    member.get("/actions")
    action = re.search(r'href="(/actions/[0-9a-f-]{36})"', member.response.text).group(1)
    driven.ids["action_id"] = identity(action)
    _press(chair, f"{action}/change", "", **{**wanted, "text": canaries.text("action.text")})
    note = canaries.text("action_update.text")
    member.post(f"{action}/update", {"note": note, "status": "in_progress", "version": "99"}, status=409)
    for status in ("in_progress", "blocked", "in_progress", "awaiting_sign_off"):
        member.get(f"{action}/update")
        member.post(f"{action}/update", {"note": note, "status": status, "version": shown(member, "version")})
    chair.get(f"{action}/decision")
    closing = {"decision": "closed", "note": canaries.text("action.outcome"), "version": shown(chair, "version")}
    chair.post(f"{action}/decision", closing)


def _need_to_know(driven: Driven) -> None:
    """Recused and let back, restricted and opened in an emergency, shared with a guest; and refused each time first."""
    chair, second, canaries = driven.browser("chair"), driven.browser("second"), driven.canaries
    case, member = f"/cases/{driven.ids['case_id']}/access", driven.people["member"].id
    told = {"person": str(member), "ground": "involved", "reason": canaries.text("case_recusal.reason")}
    chair.post(f"{case}/recuse", {**told, "ground": ""}, status=422)
    chair.post(f"{case}/recuse", told)
    chair.get(case)
    lifting = re.search(r'href="(/cases/[^"]+/lift)"', chair.response.text).group(1)
    driven.ids["recusal_id"] = identity(lifting)
    chair.post(lifting, {"reason": canaries.text("case_recusal.lifting_reason") * 300}, status=422)
    chair.post(lifting, {"reason": canaries.text("case_recusal.lifting_reason")})
    item = f"/meetings/{driven.ids['meeting_id']}/agenda/{driven.ids['item_id']}/declare"
    driven.browser("member").post(item, {"reason": canaries.text("case_recusal.reason")}, status=422)
    shut = f"/cases/{driven.ids['shut_case']}/access"
    second.get(shut)
    reference = re.search(r"[0-9]{4}-[0-9]{4}", second.text).group()
    people = {"people": [str(driven.people[name].id) for name in ("chair", "coordinator")]}
    chair.post(f"{shut}/restrict", {**people, "reason": canaries.text("case_restriction.reason")})
    wanted = {"ground": "safeguarding", "reason": canaries.text("case_break_glass.reason")}
    second.post("/cases/break-glass", {**wanted, "reference": "1999-0001"}, status=422)
    second.post("/cases/break-glass", {**wanted, "reference": reference})
    second.get(shut)
    _press(chair, f"{shut}/unrestrict", "", reason=canaries.text("case_restriction.lifting_reason"))
    guest = {"person": str(member), "reason": canaries.text("case_guest.reason")}
    day = boxes("last_day", clock.today() + dt.timedelta(days=7))
    sharing = driven.browser("coordinator")
    sharing.post(f"{case}/guests/new", {**guest, **boxes("last_day", dt.date(2020, 1, 1))}, status=422)
    sharing.post(f"{case}/guests/new", {**guest, **day})
    sharing.get(case)
    driven.ids["guest_id"] = identity(re.search(r'href="(/cases/[^"]+/end)"', sharing.response.text).group(1))
    driven.ids["share_id"] = driven.ids["guest_id"]
    driven.browser("member").get(f"/shared-cases/{driven.ids['share_id']}")


def _look_again(driven: Driven) -> None:
    """A case that nobody has work with is opened, which asks for a second look; another one is never opened."""
    with driven.world.at_work():
        for name in ("marked_case", "quiet_case"):
            honeytokens.mark(SYSTEM, db.session.get_one(Case, driven.ids[name]).reference)
    driven.browser("second").get(f"/cases/{driven.ids['marked_case']}")
    browser = driven.browser("governance")
    browser.get("/audit")
    path = re.search(r'href="(/audit/events/[0-9a-f-]+/review)"', browser.response.text).group(1)
    driven.ids["event_id"] = identity(path)
    note = driven.canaries.text("audit_review.note")
    browser.post(path, {"note": note * 200}, status=422)
    browser.post(path, {"note": note})


def _visit_every_page(driven: Driven) -> None:
    """GET of every page, by somebody who may see it."""
    app = driven.world.app
    words = {"token": driven.canaries.word("app_user.totp_secret"), "slug": "roles"}
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and rule.endpoint != "static":
            permission = app.view_functions[rule.endpoint].permission
            name = next(name for name, person in driven.people.items() if person.actor.may(permission))
            answer = driven.browser(name).client.get(_path(rule.rule, {**driven.ids, **words}), headers=AS_TESTS)
            assert answer.status_code < 500, rule.rule


def _path(rule: str, known: Mapping[str, Any]) -> str:
    names = re.findall(r"<(?:\w+:)?(\w+)>", rule)
    missing = [name for name in names if name not in known]
    assert not missing, f"teach tests/support/driven.py to make a thing for <{missing[0]}> in {rule}"
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(known[found.group(1)]), rule)


def _be_refused(driven: Driven) -> None:
    """Pages that are not there, are not theirs, are asked for wrongly, or carry what should never be in an address."""
    browser, member = driven.browser("coordinator"), driven.browser("member")
    person = urllib.parse.quote(driven.canaries.text("case_person.full_name"))
    member.get(f"/cases/{driven.ids['case_id']}", status=403)
    browser.get(f"/cases/{person}", status=404)
    browser.get(f"/cases?reference={person}")
    browser.get(f"/cases?district={person}")
    told = notification(driven.canaries)
    for path, status in (("/cases/new", 400), ("/cases", 405)):
        answer = browser.client.post(path, data=told, headers=AS_TESTS)  # without the token of a form
        assert answer.status_code == status
    browser.client.cookies["dard"] += person
    browser.get("/", status=302)


def fail_at_work(driven: Driven) -> None:
    """Unexpected faults in the middle of services, with canaries in memory: a table is not there."""
    del driven.browsers["coordinator"]
    browser, canaries = driven.browser("coordinator"), driven.canaries
    browser.get(f"/imports/{driven.ids['batch_id']}")
    confirmed = {"version": shown(browser, "version")}
    with _away(driven.world, "case_event"):
        browser.post("/cases/new", notification(canaries), status=500)
        browser.post(f"/imports/{driven.ids['batch_id']}/confirm", confirmed, status=500)
    with _away(driven.world, "sealed_chunk"):
        file = ct_ocme_file([file_row(canaries, 1, canaries.text("case_event.narrative"))])
        _upload(browser, file, status=500)


@contextmanager
def _away(world: World, table: str) -> Iterator[None]:
    def rename(before: str, after: str) -> None:
        with world.app.app_context(), db.engine.begin() as connection:
            connection.execute(sa.text(f"ALTER TABLE {before} RENAME TO {after}"))

    rename(table, f"{table}_away")
    try:
        yield
    finally:
        rename(f"{table}_away", table)
