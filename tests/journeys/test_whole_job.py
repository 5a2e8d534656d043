"""The whole way of a case through the pages, as its people walk it: from the notification to the exported tracker."""

import io
import re

import openpyxl
import pypdf
import pytest
from support.browser import Browser, identity

from dard.accounts.enums import Role

SECRETS = ("Quillfeather", "Tamsin", "Larkspur", "ZZ1 4QF", "999 000 0018", "9990000018", "Jory", "Fennimore", "07700")
NARRATIVE = (
    "Tamsin Quillfeather was found at 14 Larkspur Rise by her brother Jory on 14 February 2026. "
    "Ms Quillfeather had left Kestrel House on 2 February 2026. Her mother is on 07700 900123. "
    "No naloxone was in the home."
)
NOTIFICATION = {
    "stream": "drug_related_death",
    "event_date-day": "14",
    "event_date-month": "Feb",
    "event_date-year": "2026",
    "event_date_precision": "exact",
    "district": "Bramblewick",
    "place_of_event": "own_home",
    "substances": ["heroin"],
    "narrative": NARRATIVE,
    "full_name": "Tamsin Quillfeather",
    "date_of_birth-day": "2",
    "date_of_birth-month": "7",
    "date_of_birth-year": "1988",
    "sex": "female",
    "nhs_number": "999 000 0018",
    "address": "14 Larkspur Rise",
    "postcode": "ZZ1 4QF",
    "source": "police",
    "notifier_name": "Orla Fennimore",
}


def shown(browser: Browser, name: str) -> str:
    """The value of a field on the page that the browser shows."""
    text = browser.response.text
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', text) or re.search(
        rf'<textarea[^>]*name="{name}"[^>]*>(.*?)</textarea>', text, re.S
    )
    assert found, f"no field {name}"
    return found.group(1).strip()


def link(browser: Browser, pattern: str) -> str:
    """The first address on the page that matches ``pattern``."""
    found = re.search(rf'(?:href|action)="({pattern})"', browser.response.text)
    assert found, f"no link {pattern}"
    return found.group(1)


@pytest.fixture
def people(world):
    council = world.organisation("Fernshire County Council")
    provider = world.organisation("Kestrel Recovery")
    trust = world.organisation("Aldermere Hospitals Trust")
    return {
        "coordinator": world.person(Role.COORDINATOR, organisation_id=council, name="Morwenna Tate"),
        "second": world.person(Role.COORDINATOR, organisation_id=council, name="Idris Calloway"),
        "chair": world.person(Role.CHAIR, organisation_id=council, name="Beatrix Oyelaran"),
        "officer": world.person(Role.OFFICER, organisation_id=council, name="Rafe Pemberley"),
        "signed": world.person(Role.MEMBER, organisation_id=provider, name="Delphine Marsh"),
        "unsigned": world.person(Role.MEMBER, organisation_id=trust, name="Tobias Renwick"),
    }


def log_notification(coordinator: Browser) -> str:
    path = coordinator.post("/cases/new", NOTIFICATION).location
    coordinator.get(f"{path}/status")
    coordinator.post(f"{path}/status", {"status": "open", "version": shown(coordinator, "version")})
    return path


def sign_agreement(coordinator: Browser, people) -> None:
    path = coordinator.post(
        "/agreements/new",
        {
            "title": "Information sharing agreement",
            "purpose": "Reviewing deaths",
            "effective_from-day": "1",
            "effective_from-month": "1",
            "effective_from-year": "2026",
            "effective_to-day": "31",
            "effective_to-month": "12",
            "effective_to-year": "2026",
        },
    ).location
    organisations = {str(people[name].organisation_id) for name in ("coordinator", "signed", "unsigned")}
    coordinator.post(f"{path}/parties/add", {"organisations": sorted(organisations)})
    coordinator.get(path)
    parties = re.findall(rf"{path}/parties/([0-9a-f-]+)/sign", coordinator.response.text)
    signed = 0
    for party in dict.fromkeys(parties):
        coordinator.get(f"{path}/parties/{party}/sign")
        if "Aldermere" in coordinator.text:
            continue
        coordinator.post(
            f"{path}/parties/{party}/sign",
            {
                "name": "Ines Goldspink",
                "office": "Caldicott Guardian",
                "signed_on-day": "5",
                "signed_on-month": "1",
                "signed_on-year": "2026",
            },
        )
        signed += 1
    assert signed == 2
    coordinator.get(f"{path}/in-force")
    coordinator.post(f"{path}/in-force", {"version": shown(coordinator, "version")})


def arrange_meeting(coordinator: Browser, people) -> str:
    path = coordinator.post(
        "/meetings/new",
        {
            "title": "Review panel",
            "on-day": "3",
            "on-month": "3",
            "on-year": "2026",
            "starts": "4pm",
            "place": "County Hall",
        },
    ).location
    coordinator.post(f"{path}/agenda/add", {"reference": "2026-0001"})
    coordinator.post(
        f"{path}/invitations/add", {"people": [str(people[name].id) for name in ("chair", "signed", "unsigned")]}
    )
    return path


def write_summary(coordinator: Browser, second: Browser, case: str) -> None:
    coordinator.get(f"{case}/summary")
    coordinator.post(f"{case}/summary/draft")
    coordinator.get(f"{case}/summary")
    draft = shown(coordinator, "text")
    for secret in SECRETS:
        assert secret not in draft
    coordinator.post(
        f"{case}/summary", {"text": draft, "version": shown(coordinator, "version"), "then": "submit"}, status=422
    )
    assert "Settle what is left" in coordinator.text
    settled = re.sub(r"\[[a-z ]+\?[^\]]*\]", "[another person]", draft)
    coordinator.post(f"{case}/summary", {"text": settled, "version": shown(coordinator, "version"), "then": "submit"})
    coordinator.post(f"{case}/summary/approve", {"version": "3"}, status=403)
    assert "/summary/approve" not in coordinator.get(f"{case}/summary").text
    second.get(f"{case}/summary")
    second.post(f"{case}/summary/approve", {"version": shown(second, "version")})


def test_the_whole_job(world, people):
    coordinator, second, chair, officer, signed, unsigned = (
        world.browser(people[name]) for name in ("coordinator", "second", "chair", "officer", "signed", "unsigned")
    )
    case = log_notification(coordinator)
    sign_agreement(coordinator, people)
    meeting = arrange_meeting(coordinator, people)
    write_summary(coordinator, second, case)

    coordinator.post(f"{meeting}/packs")
    coordinator.get(meeting)
    assert "has not signed the agreement" in coordinator.text

    # The pack goes to the member whose organisation signed, and to no one else.
    signed.get("/packs")
    pack = link(signed, r"/packs/[0-9a-f-]+")
    assert signed.get(pack, status=302).location == f"{pack}/confidentiality"
    signed.get(f"{pack}/confidentiality")
    signed.post(f"{pack}/confidentiality", {"accepted": "yes", "version": "1"})
    on_screen = signed.get(pack).text
    assert "[day -12]" in signed.text
    assert "Bramblewick" not in signed.text  # one case alone is in that district: the place is withheld
    document = signed.get(f"{pack}/pack.pdf")
    printed = (page.extract_text() for page in pypdf.PdfReader(io.BytesIO(document.data)).pages)
    text = " ".join(" ".join(printed).split())
    assert "Delphine Marsh" in text
    for secret in SECRETS:
        assert secret not in on_screen
        assert secret not in text
    unsigned.get("/packs")
    assert "has not signed" in unsigned.text
    unsigned.get(pack, status=404)
    for path in (case, f"{case}/summary", f"{case}/history"):
        signed.get(path, status=403)

    # The meeting is held; the chair assigns an action, its owner works on it, the chair closes it.
    coordinator.get(f"{meeting}/held")
    coordinator.post(f"{meeting}/held", {"version": shown(coordinator, "version")})
    chair.get(meeting)
    assign = link(chair, rf"{meeting}/cases/[0-9a-f-]+/actions/new")
    wanted = {
        "owner": f"organisation-{people['signed'].organisation_id}",
        "due_on-day": "31",
        "due_on-month": "5",
        "due_on-year": "2026",
        "priority": "high",
    }
    chair.post(assign, {**wanted, "text": "Ring Tamsin Quillfeather’s mother"}, status=422)
    chair.post(assign, {**wanted, "text": "=Offer take-home naloxone at every contact"})
    signed.get("/actions")
    assert "Offer take-home naloxone" in signed.text
    action = link(signed, r"/actions/[0-9a-f-]{36}")
    unsigned.get(action, status=404)
    for status in ("in_progress", "awaiting_sign_off"):
        signed.get(f"{action}/update")
        update = {"status": status, "note": "The kits are at every desk.", "version": shown(signed, "version")}
        signed.post(f"{action}/update", update)
    chair.get(f"{action}/decision")
    decision = {"decision": "closed", "note": "Seen to work.", "version": shown(chair, "version")}
    chair.post(f"{action}/decision", decision)

    # The officer exports the tracker, exactly what is filtered.
    exported = officer.get("/actions/export.xlsx?status=closed")
    book = openpyxl.load_workbook(io.BytesIO(exported.data))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert len(rows) == 2
    assert "=Offer take-home naloxone at every contact" in rows[1]
    assert "Kestrel Recovery" in rows[1]
    nothing = officer.get("/actions/export.csv?status=agreed").data.decode("utf-8-sig")
    assert len(nothing.strip().splitlines()) == 1

    coordinator.get(f"{case}/history")
    for line in (
        "Notified by police",
        "Summary changed from draft to submitted",
        "Put on the agenda",
        "Action assigned",
    ):
        assert line in coordinator.text
    assert identity(case)
