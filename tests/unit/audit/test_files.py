"""The files that partners get, and what the verifier says of them: one sentence for each fault, and nothing else."""

import json
import runpy
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from support.logs import INSTANCE, checkpoint, make_log, told, write_export, write_proof

from dard.audit import verifier
from dard.audit.verifier import check_file, main


@pytest.fixture
def lines(tmp_path):
    """Writes checkpoints into a file, as minutes would hold them."""

    def write(*kept):
        path = tmp_path / "minutes.txt"
        path.write_text("".join(f"Item 4: {each.line()}.\n" for each in kept), encoding="utf-8")
        return path

    return write


def test_an_export_that_is_whole(tmp_path, lines, capsys):
    rows = make_log(12, reason_sealed=b"\xd1 sealed", sealed_digests="{}")
    path = write_export(tmp_path / "log.jsonl", rows, [checkpoint(rows[:5]), checkpoint(rows)])
    assert main([str(path)]) == 0
    head = rows[-1]["hash"].hex()
    whole = f"All 12 events are as they were written. Checkpoints that hold: 2. Newest hash: {head}."
    assert capsys.readouterr().out == f"{whole}\n"
    assert main([str(path), "--against", str(lines(checkpoint(rows[:3]), checkpoint(rows[:5])))]) == 0
    assert capsys.readouterr().out == f"{whole} Anchors that agree: 2.\n"


def test_an_export_that_was_cut_off_or_is_of_another_log(tmp_path, lines):
    rows, others = make_log(12), make_log(12, actor_label="Somebody else")
    cut = write_export(tmp_path / "cut.jsonl", rows[:11], [], events=12)
    assert check_file(cut)[1] == ["The file was made of 12 events and holds 11"]
    path = write_export(tmp_path / "log.jsonl", others, [checkpoint(others)])
    assert check_file(path)[1] == []
    assert check_file(path, lines(checkpoint(rows)))[1] == [
        "The anchored checkpoint 12 was signed over another log: the 12 events before it were rewritten"
    ]


def test_every_fault_is_told(tmp_path, lines, capsys):
    rows = make_log(12)
    forged = checkpoint(rows[:4], Ed25519PrivateKey.generate())
    path = write_export(tmp_path / "log.jsonl", make_log(12, code="x"), [forged, checkpoint(rows)])
    assert main([str(path)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "Checkpoint 4 does not carry a signature of this instance",
        "Checkpoint 12 was signed over another log: the 12 events before it were rewritten",
    ]


def test_a_file_of_anchors_without_a_line_is_a_fault(tmp_path):
    rows = make_log(3)
    nothing = tmp_path / "minutes.txt"
    nothing.write_text("Nothing was noted.", encoding="utf-8")
    assert check_file(write_export(tmp_path / "log.jsonl", rows, []), nothing)[1] == [
        f"There is no checkpoint line in {nothing}"
    ]


def test_a_proof_that_holds(tmp_path, lines, capsys):
    rows = make_log(12)
    path = write_proof(tmp_path / "proof.json", rows, 7, earlier=[3])
    assert main([str(path), "--against", str(lines(checkpoint(rows[:3]), checkpoint(rows)))]) == 0
    said = "Event 7 is as it was written, and is in the log of checkpoint 12. Anchors that agree: 2."
    assert capsys.readouterr().out == f"{said}\n"


def test_a_proof_shows_one_event_and_only_hashes_of_the_others(tmp_path):
    rows = make_log(12)
    text = write_proof(tmp_path / "proof.json", rows, 7).read_text("utf-8")
    assert rows[6]["object_id"] in text
    assert not any(row["object_id"] in text for row in rows if row["position"] != 7)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"event": "another"}, "Event 7 was changed after it was written"),
        ({"event": "unreadable"}, "Event 7 was changed after it was written"),
        ({"inclusion": []}, "Event 7 is not proved to be in the log of checkpoint 12"),
        ({"environment": bytes(16).hex()}, "The checkpoint of the proof over 12 events does not carry a signature"),
    ],
)
def test_a_proof_that_was_touched(tmp_path, change, said):
    rows = make_log(12)
    if "event" in change:
        code = {"another": "case.changed", "unreadable": 5}[change["event"]]
        change = {"event": {**told(rows[6]), "code": code}}
    assert check_file(write_proof(tmp_path / "proof.json", rows, 7, **change))[1][0].startswith(said)


def test_a_proof_against_anchors_that_it_cannot_or_does_not_agree_with(tmp_path, lines):
    rows, others = make_log(12), make_log(12, actor_label="Somebody else")
    path = write_proof(tmp_path / "proof.json", rows, 7, earlier=[3])
    assert check_file(path, lines(checkpoint(rows[:5])))[1] == [
        "An anchor over 5 events cannot be compared with this proof: ask for a new proof"
    ]
    assert check_file(path, lines(checkpoint(others[:3]), checkpoint(others)))[1] == [
        "An anchor over 3 events was signed over another log than this event is in",
        "An anchor over 12 events was signed over another log than this event is in",
    ]
    assert check_file(path, lines(checkpoint(rows, Ed25519PrivateKey.generate())))[1] == [
        "An anchor over 12 events does not carry a signature of this instance"
    ]


@pytest.mark.parametrize(
    "content",
    ["", "no JSON", "[]", '{"format":"something-else"}', '{"format":"dard-audit-export-v1"}',
     '{"format":"dard-audit-proof-v1","event":{}}'],
)  # fmt: skip
def test_what_is_no_file_of_ours_is_said_so(tmp_path, capsys, content):
    path = tmp_path / "file"
    path.write_text(content, encoding="utf-8")
    assert main([str(path)]) == 2
    assert capsys.readouterr().err.startswith(f"This version can read no export and no proof in {path}: ")


@pytest.mark.parametrize("arguments", [[], ["a", "b"], ["a", "--against"], ["--against", "a", "b"], ["a", "b", "c"]])
def test_how_it_is_run_is_said_to_those_who_run_it_otherwise(capsys, arguments):
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith(verifier.__doc__)


def test_it_is_a_program(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", [verifier.__file__])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(verifier.__file__, run_name="__main__")
    assert ended.value.code == 2
    assert "python3 verifier.py FILE" in capsys.readouterr().err


def test_it_runs_as_a_program_by_itself(tmp_path):
    rows = make_log(3)
    path = write_export(tmp_path / "log.jsonl", rows, [checkpoint(rows)])
    answer = subprocess.run(
        [sys.executable, "-I", "-S", verifier.__file__, path], capture_output=True, text=True, check=False
    )
    assert (answer.returncode, answer.stderr) == (0, "")
    assert INSTANCE.environment.hex() in json.loads(path.read_text("utf-8").splitlines()[0])["environment"]
