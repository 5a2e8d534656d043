"""The pages on which a file is uploaded, looked at and confirmed."""

import io
import re
import uuid

import pytest
import sqlalchemy as sa
from flask import Flask
from support.browser import Browser, identity
from support.ct_ocme import GOOD, REFUSED, ct_ocme_file, ragged, row, usual_file
from support.lint import lint
from support.world import SYSTEM, World

from dard.accounts.enums import Role
from dard.audit.models import AuditEvent
from dard.cases.models import Case
from dard.core.database import db
from dard.imports import service
from dard.imports.models import ImportBatch

NOWHERE = uuid.UUID(int=7)


@pytest.fixture
def browser(world: World) -> Browser:
    return world.browser(world.person(Role.COORDINATOR, name="Ingrid Alder"))


def upload(browser: Browser, data: bytes, status: int = 302) -> str:
    """Send ``data``; the address of its preview, if it was taken."""
    response = browser.post(
        "/imports/new", {"profile": "ct-ocme", "file": (io.BytesIO(data), "deaths.csv")}, status=status
    )
    response.request.input_stream.close()  # the test client leaves the temporary file of a large upload open
    return response.location or ""


def press(browser: Browser, address: str, button: str, status: int = 302) -> None:
    """Send the form of ``button`` on the newest page, as the browser would."""
    page = browser.response.text if browser.response else ""
    version = re.search(r'name="version" value="(\d+)"', page)
    browser.post(f"{address}/{button}", {"version": version.group(1) if version else ""}, status=status)


def cases(world: World) -> int:
    with world.at_work():
        return db.session.scalar(sa.select(sa.func.count()).select_from(Case))


def codes(world: World) -> list[str]:
    with world.at_work():
        return list(db.session.scalars(sa.select(AuditEvent.code).order_by(AuditEvent.position)))


def test_a_file_is_uploaded_looked_at_and_confirmed(world: World, browser: Browser) -> None:
    browser.get("/imports/new")
    address = upload(browser, ct_ocme_file([row(1), row(2, Date="31/02/2018"), row(3)]))
    browser.get(address)
    for shown in (
        "Rows in the file 3",
        "New cases 2",
        "Rows with errors, left out 1",
        "3 Date “31/02/2018” has 31 for",
    ):
        assert shown in browser.text
    assert "Identifiable information" in browser.text
    assert cases(world) == 0
    press(browser, address, "confirm")
    browser.get(address)
    assert "2 cases made from the file" in browser.text
    assert "New cases 2" in browser.text
    assert "To see the row errors again" in browser.text
    assert cases(world) == 2
    assert codes(world)[-5:] == [
        "import.uploaded",
        "import.previewed",
        "case.imported",
        "case.imported",
        "import.confirmed",
    ]


def test_the_same_file_again_changes_nothing(world: World, browser: Browser) -> None:
    for new in (3, 0):
        address = upload(browser, GOOD)
        browser.get(address)
        assert f"New cases {new} Imported before, unchanged {3 - new}" in browser.text
        press(browser, address, "confirm")
    assert cases(world) == 3
    browser.get("/imports")
    assert re.findall(r"Confirmed|Ingrid Alder", browser.text) == ["Ingrid Alder", "Confirmed"] * 2


def test_a_changed_row_names_the_case_that_must_be_corrected(world: World, browser: Browser) -> None:
    address = upload(browser, GOOD)
    browser.get(address)
    press(browser, address, "confirm")
    browser.get(upload(browser, ct_ocme_file([row(2, COD="Acute Fentanyl Intoxication")])))
    assert "Case 2026-0002 was made of an earlier version of this row" in browser.text
    assert "There is nothing new in this file" in browser.text


@pytest.mark.parametrize(("data", "message"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_a_file_that_cannot_be_read_is_refused_on_the_form(
    world: World, browser: Browser, data: bytes, message: str
) -> None:
    upload(browser, data, status=422)
    assert browser.text.count(message) == 2  # in the summary and at the field
    assert "Connecticut" in browser.text
    with world.at_work():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(ImportBatch)) == 0


def test_the_form_asks_for_what_is_missing(browser: Browser) -> None:
    browser.post("/imports/new", {}, status=422)
    assert "Select where the file comes from" in browser.text
    assert "Select the file to import" in browser.text
    browser.post("/imports/new", {"profile": "police", "file": (io.BytesIO(GOOD), "a.csv")}, status=422)
    assert "select from the choices on this page" in browser.text


class Unread(io.RawIOBase):
    """A body that must not be read."""

    def readable(self) -> bool:
        return True

    def readinto(self, _buffer: object) -> int:
        raise AssertionError("the body was read")


def test_a_file_of_100_mb_is_refused_before_it_is_read(browser: Browser) -> None:
    sent = {
        "CONTENT_LENGTH": "100000000",
        "CONTENT_TYPE": "multipart/form-data; boundary=x",
        "wsgi.input": Unread(),
    }
    response = browser.client.post("/imports/new", environ_overrides=sent)
    assert response.status_code == 413
    assert not lint(response.text)
    assert "That file is too large" in response.text
    assert "Files can be up to 20 MB" in response.text


def test_cells_of_the_file_are_shown_as_text(browser: Browser) -> None:
    browser.get(upload(browser, ct_ocme_file([row(1, Age="<script>alert(1)</script>"), row(2, Age="=1+1")])))
    assert browser.response is not None
    assert "“&lt;script&gt;alert(1)&lt;/script&gt;” is not an age" in browser.response.text
    assert "“=1+1” is not an age" in browser.text


def test_row_errors_are_shown_a_page_at_a_time(browser: Browser) -> None:
    address = upload(browser, ct_ocme_file([row(number, Age="old", Sex="Q") for number in range(1, 41)]))
    browser.get(address)
    assert "Showing 1 to 25 of 80 row errors" in browser.text
    assert "Rows with errors, left out 40" in browser.text
    browser.get(f"{address}?page=4")
    assert "41 Sex “Q” is not a sex" in browser.text
    browser.get(f"{address}?page=9")
    assert "There are no row errors on this page" in browser.text


def test_a_ragged_row_is_told_for_the_whole_row(browser: Browser) -> None:
    browser.get(upload(browser, ragged(GOOD, 2)))
    assert "2 Whole row This row has" in browser.text


def test_a_file_without_errors_says_so(browser: Browser) -> None:
    browser.get(upload(browser, GOOD))
    assert "Every row can be used" in browser.text


def test_a_file_is_discarded(world: World, browser: Browser) -> None:
    address = upload(browser, GOOD)
    browser.get(address)
    press(browser, address, "discard")
    browser.get("/imports")
    assert "Nothing of it was imported" in browser.text
    assert "Discarded" in browser.text
    browser.get(address)
    assert "The service has deleted its copy" in browser.text
    assert cases(world) == 0
    assert codes(world)[-1] == "import.discarded"


def test_a_second_confirmation_is_told_that_the_first_stands(world: World, browser: Browser) -> None:
    address = upload(browser, GOOD)
    for status in (302, 422):
        browser.post(f"{address}/confirm", {"version": "1"}, status=status)
    assert "This import was confirmed already" in browser.text
    browser.post(f"{address}/discard", {"version": "1"}, status=422)
    assert cases(world) == 3


def test_a_page_that_was_overtaken_or_lost_its_version_confirms_nothing(world: World, browser: Browser) -> None:
    address = upload(browser, GOOD)
    for version, status in (("7", 409), ("", 422), ("one", 422)):
        browser.post(f"{address}/confirm", {"version": version}, status=status)
        browser.post(f"{address}/discard", {"version": version}, status=status)
    assert cases(world) == 0
    browser.get(address)
    assert "New cases 3" in browser.text


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.COORDINATOR])
def test_nobody_else_imports(world: World, browser: Browser, role: Role) -> None:
    address = upload(browser, GOOD)
    other = world.browser(world.person(role))
    for path in ("/imports", "/imports/new"):
        other.get(path, status=403)
    other.get(address, status=403)
    for path in ("/imports/new", f"{address}/confirm", f"{address}/discard"):
        other.post(path, {"version": "1"}, status=403)
    assert cases(world) == 0


def test_who_is_not_signed_in_is_asked_to(world: World, browser: Browser) -> None:
    address = upload(browser, GOOD)
    stranger = world.browser()
    for path in ("/imports", "/imports/new", address):
        assert "/sign-in" in stranger.get(path, status=302).location
    assert "/sign-in" in stranger.post(f"{address}/confirm", {"version": "1"}).location
    assert cases(world) == 0


def test_an_import_that_is_not_there_is_not_found(browser: Browser) -> None:
    browser.get(f"/imports/{NOWHERE}", status=404)
    for button in ("confirm", "discard"):
        browser.post(f"/imports/{NOWHERE}/{button}", {"version": "1"}, status=404)


def test_the_empty_list_says_what_will_be_there(browser: Browser) -> None:
    browser.get("/imports")
    assert "Each file that is uploaded will be listed here" in browser.text


def test_the_list_costs_the_same_for_3_imports_and_for_30(world: World, browser: Browser, count_queries) -> None:
    numbers = []
    for more in (3, 27):
        with world.at_work():
            for _ in range(more):
                service.upload(SYSTEM, "ct-ocme", GOOD)
        with count_queries() as statements:
            browser.get("/imports")
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]
    assert "Showing 1 to 25 of 30 imports" in browser.text
    assert "Command line" in browser.text


def test_a_preview_costs_the_same_for_3_rows_and_for_300(world: World, browser: Browser, count_queries) -> None:
    numbers = []
    for rows in (3, 300):
        address = upload(browser, usual_file(rows))
        with count_queries() as statements:
            browser.get(address)
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]


def test_imports_that_wait_are_on_the_home_page(world: World, browser: Browser) -> None:
    address = upload(browser, GOOD)
    browser.get("/")
    assert "Imports waiting to be confirmed" in browser.text
    assert f'href="{address}"' in (browser.response.text if browser.response else "")
    browser.post(f"{address}/discard", {"version": "1"})
    browser.get("/")
    assert "Imports waiting to be confirmed" not in browser.text


def test_the_help_is_there(app: Flask) -> None:
    browser = Browser(app)
    browser.get("/help/imports")
    assert "Importing the same file again" in browser.text


def test_an_import_of_a_profile_that_is_gone_can_still_be_looked_up(world: World, browser: Browser) -> None:
    address = upload(browser, GOOD)
    browser.post(f"{address}/discard", {"version": "1"})
    with world.at_work():
        world.get(ImportBatch, identity(address)).profile = "an-old-one"
    browser.get(address)
    assert "an-old-one" in browser.text
    browser.get("/imports")
    assert "an-old-one" in browser.text
