"""Promise 30: a whole log that was written anew, with hashes and signatures that all hold, is found by an anchor."""

import sqlalchemy as sa
from support.tampering import lift_triggers

from dard.audit import verifier
from dard.audit.checkpoints import checkpoints, make_checkpoint
from dard.audit.models import AuditEvent
from dard.audit.rows import plain_values
from dard.cli.application import at_work, instance_app
from dard.core.database import db

LOG = AuditEvent.__table__


def write_anew(**other: object) -> None:
    """The whole log with other values in its second event, every hash made to fit, and every checkpoint signed anew."""
    with instance_app() as app, at_work(app):
        connection = db.session.connection()
        lift_triggers(connection)
        rows = [dict(row) for row in connection.execute(sa.select(LOG).order_by(LOG.c.position)).mappings()]
        rows[1] |= other
        previous = verifier.GENESIS
        for row in rows:
            row["previous_hash"] = previous
            previous = row["hash"] = verifier.event_hash(previous, verifier.body_of(plain_values(row)))
        for table in ("audit_anchor", "audit_checkpoint", "audit_event"):
            connection.execute(sa.text(f"DELETE FROM {table}"))
        connection.execute(sa.insert(LOG), rows)
        make_checkpoint()
        assert len(checkpoints()) == 1


def test_a_line_kept_elsewhere_finds_a_log_that_was_written_anew(run, tmp_path, figure):
    line = run("audit", "checkpoint").output
    minutes = tmp_path / "minutes.txt"
    minutes.write_text(f"Minutes of the panel.\n\nAudit log: {line}\nPage 3", encoding="utf-8")
    assert "1 anchor agree" in run("audit", "verify", "--against", minutes).output
    write_anew(actor_label="Somebody else")
    alone = run("audit", "verify")
    assert alone.exit_code == 0, "with every hash and signature anew, the database alone says nothing"
    found = run("audit", "verify", "--against", minutes)
    assert found.exit_code == 1
    assert "was signed over another log" in found.output
    figure(30, "anchors that find a whole log written and signed anew", "1 of 1")


def test_each_kind_of_anchor_finds_it(run, tmp_path, monkeypatch, figure):
    """The file of anchors, an export that a partner keeps, and a proof that an organisation was given."""
    anchor_file, exported, proof = tmp_path / "anchors.txt", tmp_path / "log.jsonl", tmp_path / "proof.json"
    monkeypatch.setenv("DARD_ANCHOR_FILE", str(anchor_file))
    assert "1 checkpoint line added" in run("jobs", "run").output
    run("audit", "export", "--out", exported)
    run("audit", "prove", 2, "--out", proof)
    kept = (anchor_file, exported, proof)
    for path in kept:
        assert run("audit", "verify", "--against", path).exit_code == 0, path
    write_anew(details="{}")
    for path in kept:
        found = run("audit", "verify", "--against", path)
        assert (found.exit_code, "anchored checkpoint" in found.output) == (1, True), path
    found = run("jobs", "run", "--all")
    assert found.exit_code == 1
    assert "was signed over another log" in found.output
    figure(30, "kinds of anchor that find it, of file of anchors, export and proof", f"{len(kept)} of {len(kept)}")


def test_a_log_that_was_cut_off_is_found_too(run, tmp_path):
    kept = tmp_path / "line.txt"
    kept.write_text(run("audit", "checkpoint").output, encoding="utf-8")
    with instance_app() as app, at_work(app):
        connection = db.session.connection()
        lift_triggers(connection)
        newest = connection.scalar(sa.select(sa.func.max(LOG.c.position)))
        connection.execute(sa.text("DELETE FROM audit_checkpoint"))
        connection.execute(sa.delete(LOG).where(LOG.c.position == newest))
    assert "cut off" in run("audit", "verify", "--against", kept).output
