"""The hash chain notices every change but the cutting off of its newest end, which only a copy of the head shows."""

import datetime as dt
import uuid

import pytest

from dard.audit.chain import COLUMNS, GENESIS, canonical, event_hash, verify
from dard.audit.events import EVENTS, Event, UserCreated

MOMENT = dt.datetime(2026, 3, 3, 10, tzinfo=dt.UTC)


def make(count: int) -> list[dict]:
    rows, previous = [], GENESIS
    for position in range(1, count + 1):
        row = {
            "id": uuid.UUID(int=position), "position": position, "occurred_at": MOMENT, "actor_id": uuid.UUID(int=7),
            "actor_label": "Morwenna Tate", "organisation_id": None, "session_id": None, "code": "case.notified",
            "object_type": "case", "object_id": uuid.UUID(int=position), "case_id": uuid.UUID(int=position),
            "details": '{"source":"police"}', "reason_sealed": None,
        }  # fmt: skip
        row["previous_hash"] = previous
        previous = row["hash"] = event_hash(row, previous)
        rows.append(row)
    return rows


def test_an_untouched_chain_is_found_whole():
    rows = make(20)
    verdict = verify(rows)
    assert (verdict.checked, verdict.fault, verdict.head) == (20, None, rows[-1]["hash"])
    assert verify([]).head == GENESIS


@pytest.mark.parametrize("column", [column for column in COLUMNS if column != "position"])
def test_a_change_of_any_column_is_found(column):
    changed = {
        "id": uuid.UUID(int=99), "occurred_at": MOMENT + dt.timedelta(microseconds=1), "actor_id": None,
        "actor_label": "Somebody else", "organisation_id": uuid.UUID(int=1), "session_id": uuid.UUID(int=1),
        "code": "case.changed", "object_type": "pack", "object_id": uuid.UUID(int=1), "case_id": None,
        "details": "{}", "reason_sealed": b"\xd1",
    }  # fmt: skip
    rows = make(5)
    rows[2][column] = changed[column]
    verdict = verify(rows)
    assert verdict.position == 3
    assert verdict.checked == 2
    assert "changed" in verdict.fault


def test_deleting_inserting_and_reordering_are_found():
    rows = make(5)
    assert verify([*rows[:2], *rows[3:]]).fault == "Event 3 is missing"
    assert verify([*rows[:2], rows[3], rows[2], rows[4]]).position == 3
    forged = {**rows[2], "position": 4}
    assert verify([*rows[:3], forged, *rows[3:]]).position == 4
    relinked = {**rows[3], "previous_hash": rows[1]["hash"]}
    assert "does not follow" in verify([*rows[:3], relinked]).fault


def test_cutting_off_the_newest_is_seen_only_against_a_kept_head():
    rows = make(5)
    verdict = verify(rows[:4])
    assert verdict.fault is None
    assert verdict.head != rows[-1]["hash"]


def test_kinds_of_values_are_never_confused():
    values = [None, "", "0", 0, b"", b"0", uuid.UUID(int=0), MOMENT]
    assert len({canonical(value) for value in values}) == len(values)


def test_the_hash_of_version_1_stays_as_it_is():
    assert make(1)[0]["hash"].hex() == "833f688298c8c0f600639fa8f9481f7b67cec0e15953d34452b2dfbf9bb97e7d"


def test_every_event_has_a_code_of_its_own_and_a_sentence_that_its_fields_fill():
    kinds = Event.__subclasses__()
    assert len(EVENTS) == len({kind.code for kind in kinds})
    for kind in EVENTS.values():
        own = [name for name in kind.__dataclass_fields__ if name not in Event.__dataclass_fields__]
        assert kind.sentence.format_map(dict.fromkeys(own, "x"))
        assert kind.object_type


def test_details_hold_slugs_numbers_and_lists():
    event = UserCreated(object_id=uuid.UUID(int=1), roles=("member", "chair"), reason="never in the details")
    assert event.details() == {"roles": ["member", "chair"]}
