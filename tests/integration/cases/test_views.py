"""The pages of the case file, as a coordinator and others see them."""

import pytest
from support.browser import identity

from dard.accounts.enums import Role
from dard.audit.models import AuditEvent
from dard.cases.enums import CaseStatus
from dard.cases.models import Case
from dard.core.database import db

ANSWERS = {
    "stream": "drug_related_death",
    "event_date-day": "14",
    "event_date-month": "2",
    "event_date-year": "2026",
    "event_date_precision": "exact",
    "district": "Bramblewick",
    "place_of_event": "own_home",
    "substances": ["heroin", "alcohol"],
    "narrative": "Found by her brother.",
    "full_name": "Tamsin Quillfeather",
    "aliases": "Tam\nTQ",
    "date_of_birth-day": "2",
    "date_of_birth-month": "7",
    "date_of_birth-year": "1988",
    "sex": "female",
    "nhs_number": "999 000 0018",
    "address": "14 Larkspur Rise",
    "postcode": "zz14qf",
    "source": "police",
    "notifier_name": "Sergeant Orla Fennimore",
}


@pytest.fixture
def coordinator(world):
    return world.person(Role.COORDINATOR)


@pytest.fixture
def browser(world, coordinator):
    return world.browser(coordinator)


def codes(world) -> list[str]:
    with world.at_work():
        return [event.code for event in db.session.query(AuditEvent).order_by(AuditEvent.position)]


def test_a_notification_is_logged_and_its_file_hides_who_it_is(world, browser):
    answer = browser.post("/cases/new", ANSWERS)
    page = browser.get(answer.location)
    assert "2026-0001" in browser.text
    for secret in ("Quillfeather", "999 000 0018", "Larkspur", "Fennimore", "ZZ1 4QF"):
        assert secret not in page.text
    assert "35 to 44" in browser.text
    assert "Heroin" in browser.text
    assert codes(world)[-2:] == ["case.notified", "case.file_opened"]


def test_identity_is_shown_only_for_a_purpose_and_the_history_says_so(world, browser, coordinator):
    case_id = world.case()
    browser.post(f"/cases/{case_id}/identity", {}, status=422)
    assert "Select why you need to see who this is" in browser.text
    browser.post(f"/cases/{case_id}/identity", {"purpose": "safeguarding", "reason": "Children at home"}, status=200)
    assert "Tamsin Quillfeather" in browser.text
    browser.get(f"/cases/{case_id}/history")
    assert "Identity shown for: safeguarding" in browser.text
    assert "Children at home" in browser.text
    assert coordinator.name in browser.text


def test_wrong_answers_are_named_and_kept(browser):
    wrong = {**ANSWERS, "stream": "", "event_date-month": "13", "nhs_number": "999 000 0019", "postcode": "nowhere"}
    browser.post("/cases/new", wrong, status=422)
    assert "Select what is being notified" in browser.text
    assert "Date of the event must be a real date" in browser.text
    page = browser.response.text
    assert 'value="Tamsin Quillfeather"' in page
    assert 'value="13"' in page


def test_every_problem_that_the_domain_finds_is_shown_at_its_field(browser):
    browser.post("/cases/new", {**ANSWERS, "nhs_number": "999 000 0019", "postcode": "nowhere"}, status=422)
    assert "Enter an NHS number of 10 digits" in browser.text
    assert "Enter a full UK postcode" in browser.text


def test_the_same_nhs_number_is_noticed_before_saving(world, browser):
    browser.post("/cases/new", ANSWERS)
    browser.post("/cases/new", ANSWERS, status=422)
    assert "There is a case with this NHS number already: 2026-0001" in browser.text
    browser.post("/cases/new", {**ANSWERS, "another_event": "yes"})
    with world.at_work():
        assert db.session.query(Case).count() == 2


def test_a_case_can_be_corrected_and_only_the_changed_fields_are_named(world, browser):
    case_id = identity(browser.post("/cases/new", ANSWERS).location)
    browser.get(f"/cases/{case_id}/change")
    assert 'value="Tamsin Quillfeather"' in browser.response.text
    changed = {**ANSWERS, "full_name": "Tamsin Quillfether", "substances": ["heroin", "cocaine"], "version": "1"}
    browser.post(f"/cases/{case_id}/change", changed)
    browser.get(f"/cases/{case_id}/history")
    assert "Changed: full name, substances" in browser.text.replace("_", " ")
    browser.get(f"/cases/{case_id}")
    assert "Cocaine" in browser.text
    assert "Alcohol" not in browser.text


def test_a_correction_from_an_older_version_is_refused(world, browser):
    case_id = identity(browser.post("/cases/new", ANSWERS).location)
    browser.post(f"/cases/{case_id}/change", {**ANSWERS, "district": "Thornby", "version": "1"})
    browser.post(f"/cases/{case_id}/change", {**ANSWERS, "district": "Elsewhere", "version": "1"}, status=409)
    with world.at_work():
        assert world.get(Case, case_id).district == "Thornby"
    assert "Thornby" in browser.text
    assert "Elsewhere" in browser.text
    assert codes(world)[-1] == "case.identity_revealed"  # the page shows what stands now


def test_a_status_goes_only_where_the_workflow_lets_it_and_says_why(world, browser):
    case_id = world.case()
    browser.post(f"/cases/{case_id}/status", {"status": "open", "version": "1"})
    browser.post(f"/cases/{case_id}/status", {"status": "closed", "version": "2"}, status=422)
    browser.post(f"/cases/{case_id}/status", {"status": "on_hold", "version": "2"}, status=422)
    assert "Say why this changes to “On hold”" in browser.text
    browser.post(f"/cases/{case_id}/status", {"status": "on_hold", "reason": "Inquest", "version": "2"})
    with world.at_work():
        assert world.get(Case, case_id).status is CaseStatus.ON_HOLD


def test_filters_narrow_the_list_and_stay_in_the_address(world, browser):
    world.case(district="Bramblewick")
    world.case(district="Thornby", substances=())
    browser.get("/cases?district=Thornby")
    assert "Showing 1 to 1 of 1 case" in browser.text or "1 case" in browser.text
    assert "2026-0001" not in browser.text
    browser.get("/cases?substance=heroin")
    assert "2026-0002" not in browser.text
    browser.get("/cases?event_from-day=1&event_from-month=1&event_from-year=2030&status=nonsense")


@pytest.mark.parametrize("role", [Role.MEMBER, Role.OFFICER, Role.ADMINISTRATOR])
def test_others_see_no_case_file(world, role):
    case_id = world.case()
    browser = world.browser(world.person(role))
    for path in ("/cases", f"/cases/{case_id}", f"/cases/{case_id}/identity", f"/cases/{case_id}/history"):
        browser.get(path, status=403)
        assert "Bramblewick" not in browser.text


def test_the_chair_reads_the_file_but_not_the_narrative_until_identity_is_shown(world):
    case_id = world.case()
    browser = world.browser(world.person(Role.CHAIR))
    page = browser.get(f"/cases/{case_id}")
    assert "Jory" not in page.text
    browser.get(f"/cases/{case_id}/change", status=403)
    browser.post(f"/cases/{case_id}/identity", {"purpose": "safeguarding"}, status=200)
    assert "Jory" in browser.text


def test_an_unknown_case_is_not_found(browser):
    browser.get("/cases/00000000-0000-4000-8000-000000000000", status=404)


def test_a_list_costs_the_same_for_few_and_for_many_cases(world, browser, count_queries):
    for _ in range(3):
        world.case()
    with count_queries() as few:
        browser.get("/cases")
    for _ in range(20):
        world.case()
    with count_queries() as many:
        browser.get("/cases")
    assert len(few) == len(many) <= 12


def test_a_case_without_a_date_is_taken_when_the_date_is_not_known(browser):
    answers = {name: value for name, value in ANSWERS.items() if not name.startswith("event_date-")}
    browser.post("/cases/new", {**answers, "event_date_precision": "unknown"})
    browser.post("/cases/new", {**ANSWERS, "nhs_number": "", "event_date_precision": "unknown"}, status=422)
    assert "Leave the date empty, or say how exact it is" in browser.text
