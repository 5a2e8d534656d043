"""The whole job in Chromium, as each role, by pressing what is on the pages; axe looks at every page on the way."""

import re

from support.world import nhs_number

from dard.accounts.enums import Role


def people_of(world):
    council, provider = world.organisation("Fernshire County Council"), world.organisation("Kestrel Recovery")
    trust = world.organisation("Aldermere Hospitals Trust")
    world.agreement(council, provider)
    return {
        "coordinator": world.person(Role.COORDINATOR, organisation_id=council, name="Morwenna Tate"),
        "second": world.person(Role.COORDINATOR, organisation_id=council, name="Idris Calloway"),
        "chair": world.person(Role.CHAIR, organisation_id=council, name="Beatrix Oyelaran"),
        "officer": world.person(Role.OFFICER, organisation_id=council, name="Rafe Pemberley"),
        "administrator": world.person(Role.ADMINISTRATOR, organisation_id=council, name="Sunita Harcastle"),
        "signed": world.person(Role.MEMBER, organisation_id=provider, name="Delphine Marsh"),
        "unsigned": world.person(Role.MEMBER, organisation_id=trust, name="Tobias Renwick"),
    }


def log_notification(coordinator) -> None:
    coordinator.follow("Cases").follow("Log a notification").press("Log the notification")
    assert "There is a problem" in coordinator.text
    coordinator.page.get_by_role("link", name="Select what is being notified").click()
    assert coordinator.page.evaluate("document.activeElement.name") == "stream"
    coordinator.choose("stream", "drug_related_death")
    coordinator.fill(event_date__day="14", event_date__month="2", event_date__year="2026", district="Bramblewick")
    coordinator.fill(full_name="Tamsin Quillfeather", nhs_number=nhs_number(1), address="14 Larkspur Rise")
    coordinator.fill(narrative="Tamsin Quillfeather was found by her brother Jory on 14 February 2026.")
    coordinator.choose("substances", "heroin").choose("sex", "female").select("source", "police")
    coordinator.press("Log the notification")
    assert "The notification is logged as case 2026-0001" in coordinator.text
    coordinator.follow("Change the status").choose("status", "open").press("Change the status")
    coordinator.follow("Show identity").choose("purpose", "coroner_contact").press("Show identity")
    assert "14 Larkspur Rise" in coordinator.text


def write_summary(coordinator, second) -> None:
    coordinator.follow("Cases").follow("2026-0001").follow("Summary")
    coordinator.press("Write the first draft")
    text = coordinator.page.locator('[name="text"]').input_value()
    assert "Quillfeather" not in text
    coordinator.fill(text=re.sub(r"\[[a-z ]+\?[^\]]*\]", "[brother]", text))
    coordinator.press("Save and submit for approval")
    second.follow("Cases").follow("2026-0001").follow("Summary").press("Approve")
    assert "Approved" in second.text


def meet(coordinator, people) -> None:
    coordinator.follow("Meetings").follow("Arrange a meeting")
    coordinator.fill(
        title="Review panel", on__day="3", on__month="3", on__year="2026", starts="4pm", place="County Hall"
    )
    coordinator.submit().follow("Add a case").fill(reference="2026-0001")
    coordinator.submit().follow("Invite people")
    for name in ("chair", "signed", "unsigned"):
        coordinator.choose("people", str(people[name].id))
    coordinator.submit().press("Issue packs")
    assert "not a party to any" in coordinator.text


def test_the_whole_job_in_a_browser(world, reader):
    people = people_of(world)
    coordinator, second = reader(people["coordinator"]), reader(people["second"])
    log_notification(coordinator)
    write_summary(coordinator, second)
    meet(coordinator, people)

    member = reader(people["signed"])
    member.follow("My packs").follow(re.compile("Review panel|P-2026"))
    assert "Accept this statement for the meeting before you open its pack" in member.text
    member.page.get_by_label("I have read this statement").check()
    member.press("Accept and open the pack")
    assert "Quillfeather" not in member.text
    assert "Pseudonymised information" in member.text
    other = reader(people["unsigned"]).follow("My packs")
    assert "not a party to any" in other.text

    coordinator.follow("Record as held")
    coordinator.submit()
    chair = reader(people["chair"])
    chair.follow("Meetings").follow("Review panel").follow("Assign an action")
    chair.fill(text="Offer take-home naloxone", due_on__day="31", due_on__month="5", due_on__year="2026")
    chair.select("owner", f"person-{people['signed'].id}").choose("priority", "high")
    chair.submit()
    member.follow("Actions").follow("A-2026-0001")
    member.choose("status", "awaiting_sign_off").fill(note="The kits are at every desk.")
    member.submit()
    chair.follow("Actions").follow("A-2026-0001").follow("Close or send back")
    chair.choose("decision", "closed").fill(note="Seen to work.")
    assert "Closed" in chair.submit().text

    officer = reader(people["officer"]).follow("Actions")
    with officer.page.expect_download() as download:
        officer.page.get_by_role("link", name=re.compile("XLSX|Excel")).first.click()
    assert download.value.suggested_filename.endswith(".xlsx")
    officer.follow("Reports")
    administrator = reader(people["administrator"]).follow("People")
    assert "Morwenna Tate" in administrator.text
    administrator.press("Sign out")
    assert "Sign in" in administrator.text


def test_a_notification_can_be_logged_without_javascript(world, reader):
    coordinator = reader(world.person(Role.COORDINATOR), scripts=False)
    page = coordinator.page
    page.goto(coordinator.address + "/cases/new")
    coordinator.choose("stream", "near_fatal_overdose").select("source", "ambulance")
    coordinator.fill(event_date__day="1", event_date__month="3", event_date__year="2026")
    page.get_by_role("button", name="Log the notification").click()
    assert "The notification is logged as case 2026-0001" in coordinator.text
