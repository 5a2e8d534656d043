"""dard export report."""

import pytest
from click.testing import CliRunner

from dard.audit.models import AuditEvent
from dard.cli import application
from dard.cli.commands import dard
from dard.core.database import db
from dard.core.errors import DomainError


@pytest.fixture
def run(world, monkeypatch):
    """Runs the command in the test's instance: only how the app is made is replaced."""
    monkeypatch.setattr(application, "create_app", lambda *_given, **_named: world.app)
    return lambda *arguments: CliRunner().invoke(dard, ["export", "report", *map(str, arguments)])


def test_the_report_is_written_and_recorded(world, run, tmp_path):
    for _ in range(6):
        world.case()
    for ending, beginning in (("csv", b"\xef\xbb\xbfsection,category"), ("pdf", b"%PDF")):
        path = tmp_path / f"report.{ending}"
        result = run("--out", path, "--from", "2026-01-01", "--to", "2026-02-28")
        assert result.exit_code == 0, result.output
        assert path.read_bytes().startswith(beginning)
    assert b"1 January 2026 to 28 February 2026" in (tmp_path / "report.csv").read_bytes()
    with world.at_work():
        found = db.session.query(AuditEvent).filter(AuditEvent.code == "report.exported").all()
        assert [(event.actor_label, event.actor_id) for event in found] == [("command line", None)] * 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--out", "report.docx"), "ends in .csv or .pdf"),
        (("--out", "nowhere/report.csv"), "There is no folder"),
        (("--out", "report.csv", "--from", "1 April"), "does not match the format"),
    ],
)
def test_what_cannot_be_written_is_refused(run, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)
    assert result.exit_code != 0
    assert message in result.output
    assert list(tmp_path.iterdir()) == []


def test_a_period_that_ends_before_it_begins_is_refused(run, tmp_path):
    result = run("--out", tmp_path / "report.csv", "--from", "2026-02-01", "--to", "2026-01-01")
    assert isinstance(result.exception, DomainError)
    assert "Last day must be" in str(result.exception)
    assert list(tmp_path.iterdir()) == []
