"""What is sealed in the database is not left in the clear on the disk on its way in or out."""

import io
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
import flask
import pytest
from click.testing import CliRunner
from support.browser import Browser, identity
from support.ct_ocme import COLUMNS, ct_ocme_file, row
from support.populated import populate
from support.world import World
from support.written import files_written
from waitress.adjustments import Adjustments
from waitress.buffers import OverflowableBuffer
from waitress.parser import HTTPRequestParser
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from dard.accounts.enums import Role
from dard.accounts.grants import GRANTS
from dard.cli import application, exports, serving
from dard.cli.commands import dard
from dard.core import clock, spreadsheet

MEGABYTE = 1_000_000
LARGE = 5 * MEGABYTE
# Commands that write a file: what they are told beside --out, and the ending of the file.
WRITERS = {
    "export actions": [([], "xlsx"), ([], "csv")],
    "export report": [([], "pdf"), ([], "csv")],
    "audit export": [([], "jsonl")],
    "audit prove": [(["1"], "json")],
    "audit verifier": [([], "py")],
}
DOWNLOADS = {
    "actions.export_csv", "actions.export_xlsx", "audit.showings_csv", "pseudonymisation.pack_document",
    "reports.thematic_csv", "reports.thematic_pdf",
}  # fmt: skip


# the watch itself


def test_the_watch_sees_every_kind_of_temporary_file(tmp_path):
    with files_written() as written:
        with tempfile.TemporaryFile(dir=tmp_path), tempfile.NamedTemporaryFile(dir=tmp_path):
            pass
        with tempfile.SpooledTemporaryFile(max_size=10, dir=tmp_path) as spooled:
            assert len(written) in {2, 3, 4}
            before = len(written)
            spooled.write(b"more than ten bytes")
        assert len(written) > before
        descriptor, _name = tempfile.mkstemp(dir=tmp_path)
        os.close(descriptor)
        (tmp_path / "plain").write_bytes(b"")
        assert written[-1] == str(tmp_path / "plain")
        assert all(path.startswith(str(tmp_path)) for path in written)


def test_the_watch_sees_nothing_in_reading(tmp_path):
    (tmp_path / "plain").write_bytes(b"read")
    with files_written() as written:
        assert (tmp_path / "plain").read_bytes() == b"read"
        io.BytesIO().write(b"memory")
    assert written == []


# uploads


def large_file() -> bytes:
    """Fifty rows whose last column, which is not taken, is long."""
    rows = [row(number, Remarks="Tamsin Quillfeather " * (LARGE // 50 // 20)) for number in range(1, 51)]
    data = ct_ocme_file(rows, columns=[*COLUMNS, "Remarks"])
    assert len(data) > LARGE
    return data


def send(browser: Browser, data: bytes) -> str:
    """Upload ``data``, without the temporary file that the test client would make of it. Where the answer leads."""
    file = FileStorage(io.BytesIO(data), "deaths.csv")
    boundary, body = encode_multipart({"csrf_token": browser.csrf_token(), "profile": "ct-ocme", "file": file})
    answer = browser.client.post(
        "/imports/new",
        input_stream=io.BytesIO(body),
        content_length=len(body),
        content_type=f"multipart/form-data; boundary={boundary}",
        headers={"User-Agent": "Werkzeug/test"},
    )
    assert answer.status_code == 302, answer.text[:500]
    return answer.location


@pytest.fixture
def browser(world: World) -> Browser:
    return world.browser(world.person(Role.COORDINATOR))


def test_row_1_an_upload_never_touches_the_disk_in_the_clear(world, browser, figure):
    data = large_file()
    with files_written() as written:
        address = send(browser, data)
        browser.get(address)
        browser.post(f"{address}/confirm", {"version": "1"})
    assert written == []
    browser.get(address)
    assert "New cases 50" in browser.text
    assert identity(address)
    figure(1, f"files written while a file of {len(data) / MEGABYTE:.0f} MB is uploaded and imported", len(written))


def test_without_the_request_class_of_this_app_it_would(world, browser, monkeypatch):
    monkeypatch.setattr(world.app, "request_class", flask.Request)
    with files_written() as written:
        send(browser, large_file())
    assert written


def test_an_upload_over_the_limit_is_refused_and_not_written(world, browser):
    with files_written() as written:
        answer = browser.client.post(
            "/imports/new",
            input_stream=io.BytesIO(bytes(world.app.config["MAX_CONTENT_LENGTH"] + 1)),
            content_type="multipart/form-data; boundary=x",
        )
    assert answer.status_code == 413
    assert written == []


@pytest.mark.parametrize("chunked", [False, True])
def test_row_1_the_web_server_keeps_requests_in_memory(world, chunked):
    ours = Adjustments(**serving.options(world.app.extensions["dard.settings"]))
    with files_written() as written:
        assert received(ours, bytes(LARGE), chunked=chunked) == LARGE
    assert written == []
    with files_written() as written:
        assert received(Adjustments(), bytes(LARGE), chunked=chunked) == LARGE
    assert written, "waitress keeps large requests in memory by itself now: the options can go"


def received(adjustments: Adjustments, body: bytes, *, chunked: bool) -> int:
    """How many bytes of a request with ``body`` waitress hands to the app."""
    parser = HTTPRequestParser(adjustments)
    length = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % len(body)
    sent = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if chunked else body
    data = b"POST / HTTP/1.1\r\nHost: localhost\r\n%b\r\n\r\n%b" % (length, sent)
    while not parser.completed:
        taken = parser.received(data[:65536])
        data = data[taken:]
    assert parser.error is None
    found = len(parser.get_body_stream().read())
    parser.close()
    return found


def test_the_web_server_refuses_what_the_app_would_not_take(world):
    settings = world.app.extensions["dard.settings"]
    for size, refused in ((settings.upload_limit + 1, False), (2 * settings.upload_limit + 1, True)):
        parser = HTTPRequestParser(Adjustments(**serving.options(settings)))
        parser.received(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % size)
        assert bool(parser.error) is refused
        parser.close()


def test_row_1_the_web_server_keeps_answers_in_memory(world):
    ours = Adjustments(**serving.options(world.app.extensions["dard.settings"]))
    for adjustments, spools in ((ours, False), (Adjustments(), True)):
        with files_written() as written:
            answer = OverflowableBuffer(adjustments.outbuf_overflow)
            answer.append(bytes(LARGE))
            answer.close()
        assert bool(written) is spools


# files out


def test_row_1_no_page_and_no_download_writes_a_file(app, world, figure):
    populated = populate(world)
    downloads, pages = set(), 0
    for role in Role:
        browser = world.browser(populated.people[role])
        for rule in app.url_map.iter_rules():
            permission = app.view_functions[rule.endpoint].permission
            if "GET" not in rule.methods or rule.endpoint == "static" or permission not in GRANTS[role]:
                continue
            with app.test_request_context():
                path = rule.build(populated.ids_for(role))[1]
            with files_written() as written:
                answer = browser.client.get(path, headers={"User-Agent": "Werkzeug/test"})
                assert answer.status_code in {200, 302}, f"{role} GET {rule.rule}"
            assert written == [], rule.rule
            pages += 1
            if answer.headers.get("Content-Disposition", "").startswith("attachment"):
                downloads.add(rule.endpoint)
    assert downloads >= DOWNLOADS
    figure(1, f"files written by {pages} pages, {len(downloads)} kinds of downloads among them", 0)


def test_without_its_option_the_writer_of_workbooks_would(monkeypatch):
    made = spreadsheet.xlsxwriter.Workbook
    monkeypatch.setattr(
        spreadsheet.xlsxwriter, "Workbook", lambda stream, options: made(stream, options | {"in_memory": False})
    )
    with files_written() as written:
        assert spreadsheet.write_xlsx([], [], created=clock.now()).startswith(b"PK")
    assert written


def test_each_command_that_writes_a_file_is_tried_here():
    assert {name for name, _command in writers(dard)} == set(WRITERS)


def writers(group: click.Group, above: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from writers(command, f"{above}{name} ")
        elif any("--out" in option.opts for option in command.params):
            yield f"{above}{name}", command


@pytest.fixture
def run(world: World, monkeypatch):
    """Runs a command in the test's instance: only how the app is made is replaced."""
    populate(world)
    monkeypatch.setattr(application, "create_app", lambda *_given, **_named: world.app)
    return lambda *arguments: CliRunner().invoke(dard, [str(argument) for argument in arguments])


@pytest.mark.parametrize(
    ("command", "arguments", "ending"),
    [(command, *each) for command, ways in WRITERS.items() for each in ways],
    ids=str,
)
def test_row_1_a_command_writes_the_file_that_was_asked_for_whole_and_no_other(
    run, tmp_path, monkeypatch, command, arguments, ending
):
    target = tmp_path / f"asked-for.{ending}"
    target.write_bytes(b"what was there before")
    replaced: list[tuple[bytes, bytes]] = []
    replace = Path.replace

    def seen(self, to):
        replaced.append((self.read_bytes(), target.read_bytes()))
        return replace(self, to)

    monkeypatch.setattr(Path, "replace", seen)
    with files_written() as written:
        result = run(*command.split(), *arguments, "--out", target)
    assert result.exit_code == 0, result.output
    assert [Path(path).parent for path in written] == [tmp_path]
    assert replaced == [(target.read_bytes(), b"what was there before")]
    assert list(tmp_path.iterdir()) == [target]


def test_a_file_that_cannot_be_finished_leaves_what_was_there(tmp_path, monkeypatch):
    target = tmp_path / "asked-for.csv"
    target.write_bytes(b"what was there before")

    def fail(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exports.os, "fsync", fail)
    with pytest.raises(click.ClickException, match="No space left"):
        exports.write_whole(target, b"new")
    assert target.read_bytes() == b"what was there before"
    assert list(tmp_path.iterdir()) == [target]
