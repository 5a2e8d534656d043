"""A real server and a real browser. Without Chromium these tests skip on a laptop, and fail where it is required."""

import os
import re
import shutil
import threading
from collections.abc import Iterator

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright
from support.world import Person, World
from werkzeug.serving import WSGIRequestHandler, make_server

from dard.accounts import service as accounts
from dard.accounts.models import User
from dard.core import clock

PASSWORD = "three random words"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}


def pytest_collection_modifyitems(items) -> None:
    for item in items:
        if "e2e" in item.path.parts:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if path is None:
        if os.environ.get("DARD_REQUIRE_BROWSER") or os.environ.get("CI"):
            pytest.fail("Chromium is not installed, and this machine must have it")
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        yield browser
        browser.close()


class QuietHandler(WSGIRequestHandler):
    """Answers without writing a line for each request."""

    def log_request(self, *_details: object) -> None:
        """Say nothing."""


@pytest.fixture
def address(app) -> Iterator[str]:
    """Where the app is served."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Reader:
    """A person at a page, who notices everything that is wrong with it."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.page: Page = context.new_page()
        self.address = address
        self.complaints: list[str] = []
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))

    def _note(self, message) -> None:
        expected = "Failed to load resource: the server responded with a status of 4"  # a form sent back is a 422
        if message.type == "error" and not message.text.startswith(expected):
            self.complaints.append(message.text)

    def go(self, path: str) -> "Reader":
        self.page.goto(self.address + path)
        return self.check()

    def press(self, name: str) -> "Reader":
        return self._leave_by(self.page.get_by_role("button", name=name, exact=True).first)

    def submit(self) -> "Reader":
        """Press the first button of the form on the page."""
        return self._leave_by(self.page.get_by_role("main").locator("form button[type=submit]").first)

    def follow(self, name: str | re.Pattern) -> "Reader":
        return self._leave_by(self.page.locator("a").filter(has_text=name).first)

    def _leave_by(self, way: Locator) -> "Reader":
        with self.page.expect_navigation():
            way.click()
        return self.check()

    def fill(self, **answers: str) -> "Reader":
        for name, answer in answers.items():
            self.page.locator(f'[name="{name.replace("__", "-")}"]').fill(answer)
        return self

    def choose(self, name: str, value: str) -> "Reader":
        self.page.locator(f'input[name="{name}"][value="{value}"]').check()
        return self

    def select(self, name: str, value: str) -> "Reader":
        self.page.locator(f'select[name="{name}"]').select_option(value)
        return self

    @property
    def text(self) -> str:
        return self.page.inner_text("body")

    def check(self) -> "Reader":
        """axe finds nothing, nothing sticks out sideways, the console is silent."""
        assert self.complaints == [], f"{self.page.url}: {self.complaints}"
        found = Axe().run(self.page, options=RULES).response["violations"]
        faults = [(fault["id"], fault["help"], [node["html"][:120] for node in fault["nodes"]][:2]) for fault in found]
        assert faults == [], f"{self.page.url}: {faults}"
        return self

    def check_narrow(self) -> "Reader":
        """The page fits a telephone and a window enlarged to 400 per cent."""
        for width in (375, 320):
            self.page.set_viewport_size({"width": width, "height": 800})
            over = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert over <= 0, f"{self.page.url} is {over} px too wide at {width} px"
        self.page.set_viewport_size({"width": 1280, "height": 900})
        return self


@pytest.fixture
def reader(chromium: Browser, address: str, world: World):
    """``reader(person)``: somebody signed in through the sign-in pages, with password and code."""
    contexts: list[BrowserContext] = []

    def open_for(person: Person | None = None, *, scripts: bool = True) -> Reader:
        context = chromium.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=scripts)
        context.set_default_timeout(30_000)
        contexts.append(context)
        made = Reader(context, address)
        if person is not None:
            _sign_in(made, person, world)
        return made

    yield open_for
    for context in contexts:
        context.close()


def _sign_in(reader: Reader, person: Person, world: World) -> None:
    with world.at_work():
        user = world.get(User, person.id)
        accounts.set_password(user, PASSWORD)
        user.last_totp_step = 0
        secret = user.totp_secret
    reader.page.goto(reader.address + "/sign-in")
    reader.fill(email=person.email, password=PASSWORD)
    reader.page.get_by_role("button", name="Continue").click()
    reader.fill(code=pyotp.TOTP(secret).at(int(clock.now().timestamp())))
    reader.page.get_by_role("main").get_by_role("button", name="Sign in").click()
    reader.page.wait_for_load_state()
    assert "Your work" in reader.text
