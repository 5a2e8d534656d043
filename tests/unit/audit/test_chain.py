"""The hash chain notices every change but the cutting off of its newest end, which only a checkpoint shows."""

import datetime as dt
import hashlib
import uuid

import pytest
from support.logs import chained, links, make_log, values_of

from dard.audit.rows import plain_values
from dard.audit.verifier import COLUMNS, GENESIS, Digest, body_of, event_hash, framed, verify

CHANGED = {
    "id": f"{99:032x}", "occurred_at": "2026-03-03 10:00:00.000001+00:00", "actor_id": None,
    "actor_label": "Somebody else", "organisation_id": f"{1:032x}", "session_id": f"{1:032x}", "code": "case.changed",
    "object_type": "pack", "object_id": f"{1:032x}", "case_id": None, "details": "{}", "reason_sealed": b"\xd1",
    "sealed_digests": "{}",
}  # fmt: skip
UNREADABLE = {
    "id": f"{3:032X}A"[-32:], "occurred_at": 5, "actor_id": f"{7:032x} ", "actor_label": b"Morwenna Tate",
    "organisation_id": "no id", "session_id": 5, "code": 5, "object_type": b"case", "object_id": f"{3:032x}0",
    "case_id": f"{3:030x}", "details": b"{}", "reason_sealed": "text", "sealed_digests": b"{}",
}  # fmt: skip


def test_an_untouched_chain_is_found_whole():
    rows = make_log(20)
    verdict = verify(links(rows))
    assert (verdict.checked, verdict.fault, verdict.head) == (20, None, rows[-1]["hash"])
    assert verify([]).head == GENESIS


@pytest.mark.parametrize("column", [column for column in COLUMNS if column != "position"])
@pytest.mark.parametrize("changes", [CHANGED, UNREADABLE])
def test_a_change_of_any_column_is_found(column, changes):
    rows = make_log(5)
    rows[2][column] = changes[column]
    verdict = verify(links(rows))
    assert verdict.position == 3
    assert verdict.checked == 2
    assert "changed" in verdict.fault


def test_an_id_in_capitals_is_another_id():
    """The database compares letters: an event whose case is written in capitals is missing from the case’s history."""
    rows = make_log(3, case_id="abcdef" + "0" * 26)
    rows[1]["case_id"] = rows[1]["case_id"].upper()
    assert verify(links(rows)).position == 2


def test_a_moment_without_its_blank_is_another_moment():
    rows = make_log(3)
    rows[1]["occurred_at"] = rows[1]["occurred_at"].replace(" ", "T")
    assert verify(links(rows)).position == 2


def test_deleting_inserting_and_reordering_are_found():
    rows = make_log(5)
    assert verify(links([*rows[:2], *rows[3:]])).fault == "Event 3 is missing"
    assert verify(links([*rows[:2], rows[3], rows[2], rows[4]])).position == 3
    forged = {**rows[2], "position": 4}
    assert verify(links([*rows[:3], forged, *rows[3:]])).position == 4
    relinked = {**rows[3], "previous_hash": rows[1]["hash"]}
    assert "does not follow" in verify(links([*rows[:3], relinked])).fault


@pytest.mark.parametrize("position", [0, -1])
def test_an_event_before_the_first_is_found(position):
    rows = make_log(3)
    verdict = verify(links([{**rows[0], "position": position}, *rows]))
    assert (verdict.fault, verdict.checked) == (f"Event {position} stands where none belongs", 0)


def test_a_position_that_is_no_number_is_found():
    rows = make_log(3)
    rows[2]["position"] = "three"
    assert verify(links(rows)).fault == "Event 3 is missing"


def test_cutting_off_the_newest_is_seen_only_against_a_kept_head():
    rows = make_log(5)
    verdict = verify(links(rows[:4]))
    assert verdict.fault is None
    assert verdict.head != rows[-1]["hash"]


def test_an_event_without_a_body_never_holds_whatever_hash_it_claims():
    rows = make_log(3)
    rows[1] |= {"code": 5, "hash": event_hash(rows[0]["hash"], b"")}
    assert verify(links(rows)).position == 2


def test_no_two_lists_of_values_give_the_same_bytes():
    bodies = {
        body_of(list(values_of(1, **other).values()))
        for other in (
            {}, {"actor_label": "", "code": "Morwenna Tatecase.notified"}, {"actor_label": "n"}, {"actor_label": ""},
            {"actor_id": None}, {"reason_sealed": b""}, {"reason_sealed": b"n"}, {"sealed_digests": ""},
            {"details": "n"}, {"details": ""},
        )
    }  # fmt: skip
    assert len(bodies) == 10


def test_of_a_sealed_reason_its_hash_is_enough():
    whole = list(values_of(1, reason_sealed=b"\xd1 sealed").values())
    short = list(values_of(1, reason_sealed=Digest(hashlib.sha256(b"\xd1 sealed").digest())).values())
    assert body_of(whole) == body_of(short)


def test_a_digest_cannot_swallow_what_follows_it():
    """In an export it stands as it is: longer than 32 bytes, it could hide the digests of sealed values behind it."""
    reason = hashlib.sha256(b"\xd1 sealed").digest()
    whole = values_of(1, reason_sealed=Digest(reason), sealed_digests='{"summary":{}}')
    swallowing = {**whole, "reason_sealed": Digest(reason + framed(b's{"summary":{}}')), "sealed_digests": None}
    assert body_of(list(whole.values())) != body_of(list(swallowing.values()))


def test_the_hash_before_cannot_swallow_what_follows_it():
    (row,) = make_log(1)
    body = body_of([row[name] for name in COLUMNS])
    assert event_hash(GENESIS, body) != event_hash(GENESIS + body[:25], body[25:])


def test_a_position_is_a_whole_number():
    for position in (1.0, "1", None):
        (row,) = make_log(1)
        row["position"] = position
        assert verify(links([row])).checked == 0


def test_digests_of_sealed_values_are_hashed_only_if_there_are_any():
    (without,), (with_some,) = make_log(1), make_log(1, sealed_digests='{"summary":{}}')
    assert without["hash"] != with_some["hash"]
    assert with_some["hash"] == event_hash(GENESIS, body_of(list(values_of(1).values())) + framed(b's{"summary":{}}'))


def test_the_hash_of_version_1_stays_as_it_is():
    """Golden vectors. If one of these fails, every log that was ever written fails its verification too."""
    assert make_log(1)[0]["hash"].hex() == "833f688298c8c0f600639fa8f9481f7b67cec0e15953d34452b2dfbf9bb97e7d"
    second = values_of(
        2, actor_id=None, actor_label="Gwen Öztürk", organisation_id=f"{5:032x}", session_id=f"{6:032x}", case_id=None,
        reason_sealed=b"\xd1\x01\x01", sealed_digests='{"case_person":{"00":{"full_name":null}}}',
        occurred_at="2026-12-31 23:59:59.999999+00:00",
    )  # fmt: skip
    assert chained([values_of(1), second])[1]["hash"].hex() == GOLDEN_SECOND
    assert body_of(list(second.values())).hex() == GOLDEN_BODY


def test_what_the_app_hashes_is_what_the_verifier_reads():
    moment = dt.datetime(2026, 3, 3, 11, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    row = {
        "id": uuid.UUID(int=1), "position": 1, "occurred_at": moment,
        "actor_id": uuid.UUID(int=7), "actor_label": "Morwenna Tate", "organisation_id": None, "session_id": None,
        "code": "case.notified", "object_type": "case", "object_id": uuid.UUID(int=1), "case_id": uuid.UUID(int=1),
        "details": '{"source":"police"}', "reason_sealed": None, "sealed_digests": None,
    }  # fmt: skip
    assert plain_values(row) == list(values_of(1).values())


GOLDEN_SECOND = "ca55e460cca0a555ccf5ed37d981ec4d08c17b17256e59bcf3e29e0bd4eb7250"
GOLDEN_BODY = (
    "0000000000000011750000000000000000000000000000000200000000000000026932000000000000002174323032362d31"
    "322d33315432333a35393a35392e3939393939392b30303a303000000000000000016e000000000000000e734777656e20c3"
    "967a74c3bc726b00000000000000117500000000000000000000000000000005000000000000001175000000000000000000"
    "00000000000006000000000000000e73636173652e6e6f746966696564000000000000000573636173650000000000000011"
    "750000000000000000000000000000000200000000000000016e0000000000000014737b22736f75726365223a22706f6c69"
    "6365227d000000000000002162a81b6364102b38da1c5777c12f91be0cfac723d1320a81a392efb230f57cbd550000000000"
    "00002a737b22636173655f706572736f6e223a7b223030223a7b2266756c6c5f6e616d65223a6e756c6c7d7d7d"
)
