"""What is asked of the log from the command line, and what a timer does with it every day."""

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from support.tampering import lift_triggers, put_past_the_log

from dard.accounts.models import User
from dard.audit import verifier
from dard.audit.checkpoints import newest_checkpoint
from dard.audit.models import AuditAnchor, AuditEvent, AuditVerification
from dard.cli.application import at_work, instance_app
from dard.core import clock
from dard.core.database import db
from dard.crypto import signing
from dard.crypto.errors import KeyLockedError


def codes() -> list[str]:
    with instance_app() as app, at_work(app):
        return list(db.session.scalars(sa.select(AuditEvent.code).order_by(AuditEvent.position)))


def stored(wanted: sa.Select) -> list:
    with instance_app() as app, at_work(app):
        return [tuple(row) for row in db.session.execute(wanted)]


def touch_second_factor() -> None:
    """A sealed value that no event knows."""
    with instance_app() as app, at_work(app):
        put_past_the_log(db.session.scalars(sa.select(User)).one(), "totp_secret", "JBSWY3DPEHPK3PXP")


def test_verify_says_what_it_checked(run):
    count = len(codes())
    said = run("audit", "verify").output
    assert f"All {count} events are as they were written. Newest hash: " in said
    assert "0 checkpoints and 0 anchors agree with them, and 0 sealed values are the ones last recorded." in said
    run("audit", "checkpoint")
    assert "1 checkpoint and 0 anchors agree" in run("audit", "verify").output


def test_verify_names_every_fault_and_fails(run):
    touch_second_factor()
    with instance_app() as app, at_work(app):
        lift_triggers(db.session.connection())
        db.session.execute(sa.text("UPDATE audit_event SET actor_label = 'Eve' WHERE position = 2"))
    found = run("audit", "verify")
    assert found.exit_code == 1
    first, second, third = found.output.splitlines()
    assert first == "Event 2 was changed after it was written."
    assert second.startswith("The value of totp_secret in row ")
    assert second.endswith(" of app_user was never recorded in the log.")
    assert third == "The 1 event before event 2 are as they were written."


def test_verify_against_a_file_without_a_line_says_so(run, tmp_path):
    path = tmp_path / "minutes.txt"
    path.write_text("Nothing", encoding="utf-8")
    found = run("audit", "verify", "--against", path)
    assert (found.exit_code, found.output) == (1, f"Error: There is no checkpoint line in {path}\n")


def test_the_line_of_a_checkpoint_is_printed_and_stays_the_same_while_nothing_happens(run):
    line = run("audit", "checkpoint").output
    assert run("audit", "checkpoint").output == line
    (found,) = verifier.find_checkpoints(line)
    assert found.size == len(codes())


def test_an_export_is_recorded_and_anchored_and_can_be_checked_anywhere(run, tmp_path):
    path, program = tmp_path / "log.jsonl", tmp_path / "check.py"
    size = len(codes())
    assert run("audit", "export", "--out", path).output == f"{path} holds {size} events.\n"
    assert path.stat().st_mode & 0o077 == 0
    assert codes()[size:] == ["audit.exported"]
    assert stored(sa.select(AuditAnchor.kind, AuditAnchor.label)) == [("export", "log.jsonl")]
    assert f"python3 {program} FILE" in run("audit", "verifier", "--out", program).output
    answer = subprocess.run([sys.executable, "-I", program, path], capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert f"All {size} events are as they were written." in answer.stdout


def test_one_event_is_handed_out_with_its_proof(run, tmp_path):
    path = tmp_path / "proof.json"
    size = len(codes())
    assert run("audit", "prove", 2, "--out", path).output == f"{path} holds event 2 and its proof.\n"
    assert codes()[size:] == ["audit.event_proved"]
    assert verifier.check_file(path)[1] == []
    assert json.loads(path.read_text("utf-8"))["event"]["position"] == 2
    with pytest.raises(Exception, match="There is no event 99"):
        run("audit", "prove", 99, "--out", tmp_path / "none.json")
    assert not (tmp_path / "none.json").exists()


def test_a_file_where_there_is_no_folder_is_refused_before_anything_is_recorded(run, tmp_path):
    count = len(codes())
    for arguments in (("export",), ("prove", 1), ("verifier",)):
        found = run("audit", *arguments, "--out", tmp_path / "nowhere" / "file")
        assert (found.exit_code, "There is no folder" in found.output) == (1, True)
    assert len(codes()) == count


def test_an_empty_log_has_nothing_to_export(run, tmp_path):
    with instance_app() as app, at_work(app):
        lift_triggers(db.session.connection())
        db.session.execute(sa.text("DELETE FROM audit_event"))
    with pytest.raises(Exception, match="The audit log holds no event yet"):
        run("audit", "export", "--out", tmp_path / "log.jsonl")
    found = run("jobs", "run")
    assert (found.exit_code, "All 0 events" in found.output) == (0, True)


def test_the_daily_work_is_done_once_a_day(run):
    count = len(codes())
    first = run("jobs", "run")
    assert first.exit_code == 0
    assert f"Checkpoint over {count} events signed." in first.output
    assert f"All {count} events are as they were written." in first.output
    again = run("jobs", "run")
    assert (again.exit_code, again.output) == (0, "Nothing was due.\n")
    assert "are as they were written" in run("jobs", "run", "--all").output
    kept = stored(sa.select(AuditVerification.checked, AuditVerification.fault, AuditVerification.position))
    assert kept == [(count, None, None)] * 2
    clock.set_source(lambda: dt.datetime.now(dt.UTC) + dt.timedelta(days=1))
    tomorrow = run("jobs", "run").output
    assert "signed" not in tomorrow  # nothing happened since
    assert "are as they were written" in tomorrow


def test_a_fault_is_told_kept_and_makes_the_daily_work_fail(run):
    touch_second_factor()
    found = run("jobs", "run")
    assert found.exit_code == 1
    assert "was never recorded in the log." in found.output
    ((fault, cells, position),) = stored(
        sa.select(AuditVerification.fault, AuditVerification.cells, AuditVerification.position)
    )
    assert fault.startswith("The value of totp_secret in row ")
    assert (cells, position) == (1, None)
    assert run("jobs", "run").output == "Nothing was due.\n"


def test_new_checkpoint_lines_are_added_to_the_file_of_anchors(run, tmp_path, monkeypatch):
    path = tmp_path / "anchors.txt"
    monkeypatch.setenv("DARD_ANCHOR_FILE", str(path))
    assert f"1 checkpoint line added to {path}." in run("jobs", "run").output
    assert stored(sa.select(AuditAnchor.kind, AuditAnchor.label)) == [("anchor_file", str(path))]
    run("audit", "export", "--out", tmp_path / "log.jsonl")
    run("audit", "checkpoint")
    assert run("jobs", "run").output == f"1 checkpoint line added to {path}.\n"
    assert run("jobs", "run").output == "Nothing was due.\n"
    sizes = [each.size for each in verifier.find_checkpoints(path.read_text("utf-8"))]
    assert sizes == sorted(set(sizes))
    assert "1 checkpoint and 0 anchors" not in run("jobs", "run", "--all").output


def test_a_file_of_anchors_that_cannot_be_written_is_a_fault(run, tmp_path, monkeypatch):
    monkeypatch.setenv("DARD_ANCHOR_FILE", str(tmp_path / "nowhere" / "anchors.txt"))
    found = run("jobs", "run")
    assert found.exit_code == 1
    assert "anchors.txt cannot be written: No such file or directory." in found.output
    assert stored(sa.select(AuditAnchor.id)) == []


def test_without_the_key_the_daily_work_verifies_all_the_same_and_fails(run, monkeypatch):
    def refuse(_message: bytes) -> signing.Signature:
        raise KeyLockedError("the signing key is locked")

    with monkeypatch.context() as patched:
        patched.setattr(signing, "sign", refuse)
        found = run("jobs", "run")
    assert found.exit_code == 1
    assert "No checkpoint could be signed: the signing key is locked." in found.output
    assert "events are as they were written" in found.output
    run("jobs", "run")
    with instance_app() as app, at_work(app):
        assert newest_checkpoint() is not None


def test_two_machines_at_once_do_everything_once(run, tmp_path):
    path = tmp_path / "anchors.txt"
    program = "import sys; from dard.cli import commands; sys.argv = ['dard', 'jobs', 'run']; commands.main()"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**environment(), "DARD_ANCHOR_FILE": str(path)},
        )
        for _ in range(3)
    ]
    said = [process.communicate()[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], said
    assert sum("signed" in each for each in said) == 1
    assert sum("line added" in each for each in said) == 1
    assert len(verifier.find_checkpoints(path.read_text("utf-8"))) == 1


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(verifier.__file__).parents[2])}
