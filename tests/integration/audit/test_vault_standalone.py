"""Promise 29: a partner checks an export, or one event, with one file and Python’s own library, and nothing of ours."""

import ast
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.populated import populate
from support.world import SYSTEM, World

from dard.audit import events, verifier
from dard.audit.checkpoints import anchor, checkpoint_over, make_checkpoint
from dard.audit.enums import AnchorKind
from dard.audit.export import VERIFIER, log_lines, proof_of, signed_log
from dard.audit.service import record_many

EVENTS = 3_000


@pytest.fixture
def alone(tmp_path: Path) -> Path:
    """The verifier where a partner would put it, far from everything else."""
    path = tmp_path / "alone" / "verifier.py"
    path.parent.mkdir()
    path.write_bytes(Path(VERIFIER).read_bytes())
    return path


def check(verifier_file: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """``-I``: no environment variable, no folder of ours on the path. ``-S``: no installed package either."""
    command = [sys.executable, "-I", "-S", verifier_file, *arguments]
    return subprocess.run(
        [str(each) for each in command], capture_output=True, text=True, check=False, cwd=verifier_file.parent
    )


def export(world: World, path: Path) -> Path:
    with world.at_work():
        size = signed_log().size
        path.write_text("".join(f"{line}\n" for line in log_lines(size)), encoding="utf-8")
    return path


def change(path: Path, number: int, **other: object) -> None:
    """Change line ``number`` of an export."""
    lines = path.read_text("utf-8").splitlines()
    lines[number] = json.dumps({**json.loads(lines[number]), **other})
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def test_the_verifier_imports_nothing_but_pythons_own_library():
    tree = ast.parse(Path(VERIFIER).read_text("utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


def test_an_export_of_everything_holds(world, alone, tmp_path):
    populate(world)
    answer = check(alone, export(world, tmp_path / "log.jsonl"))
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "events are as they were written. Checkpoints that hold: 2. Newest hash: " in answer.stdout


def test_an_export_gives_no_reason_away(world, tmp_path):
    case_id = world.case()
    with world.at_work():
        shown = events.IdentityRevealed(object_id=case_id, case_id=case_id, purpose="x", reason="Children at home")
        record_many(SYSTEM, [shown])
    text = export(world, tmp_path / "log.jsonl").read_text("utf-8")
    assert "reason_sha256" in text
    assert "reason_sealed" not in text
    assert "0QEB" not in text  # how a sealed value begins in base64


@pytest.mark.parametrize(
    ("change_of", "said"),
    [
        ({"actor_label": "Somebody else"}, "Event 5 was changed after it was written"),
        ({"hash": "AAAA"}, "Event 5 was changed after it was written"),
        ({"reason_sha256": "AAAA"}, "Event 5 was changed after it was written"),
        ({"position": 6}, "Event 5 is missing"),
    ],
)
def test_an_export_that_was_touched_does_not_hold(world, alone, tmp_path, change_of, said):
    populate(world)
    path = export(world, tmp_path / "log.jsonl")
    change(path, 5, **change_of)
    answer = check(alone, path)
    assert (answer.returncode, answer.stdout) == (1, f"{said}\n")


def test_one_event_is_proved_without_the_others(world, alone, tmp_path):
    populate(world)
    with world.at_work():
        first = make_checkpoint()
        anchor(first, AnchorKind.PACK, "P-2026-0001")
        line, size = first.statement().line(), first.size
    minutes = tmp_path / "minutes.txt"
    minutes.write_text(f"The panel noted: {line}\n", encoding="utf-8")
    populate_more = world.case()
    with world.at_work():
        later = signed_log().size
        proof = proof_of(7, later)
    assert later > size
    path = tmp_path / "proof.json"
    path.write_text(proof, encoding="utf-8")
    answer = check(alone, path, "--against", minutes)
    assert f"Event 7 is as it was written, and is in the log of checkpoint {later}." in answer.stdout
    assert "Anchors that agree: 1." in answer.stdout
    assert answer.returncode == 0
    assert str(populate_more) not in proof
    path.write_text(proof.replace('"position":7', '"position":8'), encoding="utf-8")
    assert check(alone, path).returncode == 1


def test_a_proof_of_an_event_that_is_not_there_is_refused(world):
    world.case()
    with world.at_work():
        size = signed_log().size
        for position in (0, size + 1):
            with pytest.raises(Exception, match=f"There is no event {position}"):
                proof_of(position, size)
        assert checkpoint_over(size).size == size


def test_a_long_export_is_checked_by_the_partners_own_python(world, alone, tmp_path, figure):
    organisation = world.organisation()
    with world.at_work():
        record_many(SYSTEM, [events.SignedOut(object_id=organisation) for _ in range(EVENTS)])
    path = export(world, tmp_path / "log.jsonl")
    started = time.perf_counter()
    answer = check(alone, path)
    took = time.perf_counter() - started
    assert answer.returncode == 0
    assert f"All {EVENTS + 1} events are as they were written" in answer.stdout
    figure(29, f"seconds in which a partner’s Python checks {EVENTS + 1:,} events", f"{took:.2f}")


def test_help_is_given_for_anything_else(alone, tmp_path):
    answer = check(alone)
    assert answer.returncode == 2
    assert answer.stderr.startswith("Checks an audit log of DARD")
    answer = check(alone, tmp_path / "nothing.jsonl")
    assert answer.returncode == 2
    assert "can read no export and no proof" in answer.stderr
    assert verifier.main(["--against", "x"]) == 2
