"""Rotating keys, step by step: what is done and said, and what if it is cut off or somebody else does it too."""

import threading
from collections import Counter
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from itertools import count

import pytest
import sqlalchemy as sa
from support.populated import populate
from support.world import NOTIFICATION, SYSTEM

from dard.audit.models import AuditEvent
from dard.audit.verification import examine
from dard.cases.enums import RevealPurpose
from dard.cases.models import Case, CasePerson
from dard.cases.service import notify, reveal
from dard.cli import rotating, sweeping
from dard.cli.application import at_work, reading
from dard.cli.rotating import INDEX, ROTATED, Rotation
from dard.core.database import Dialects, db, running_elsewhere
from dard.core.errors import DomainError, NotFoundError
from dard.crypto.data_keys import key_numbered, new_key, stored_keys, transition
from dard.crypto.enums import KeyState, Purpose
from dard.crypto.errors import KeyServiceError
from dard.crypto.keyring import FRESH_SECONDS, Keyring
from dard.crypto.resealing import APPEND_ONLY, Batch, count_by_key

ONLY = (Purpose.IDENTITY,)
TABLE = CasePerson.__table__
ONLY_A_NAME = dict.fromkeys(
    ("address", "postcode", "aliases", "nhs_number", "date_of_birth", "source_reference", "notifier_name",
     "notifier_contact"), None
)  # fmt: skip


class Cut(BaseException):
    """Stands for the end of a process."""


class Told:
    """What a rotation said, and how long it waited; time passes meanwhile, and ``meanwhile`` may happen."""

    def __init__(self, still, meanwhile=None) -> None:
        self.still = still
        self.meanwhile = meanwhile
        self.said: list[str] = []
        self.waits: list[float] = []

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.still.move(seconds=seconds)
        if self.meanwhile:
            self.meanwhile(self)


def rotation_of(app, told: Told) -> Rotation:
    return Rotation(app, told.said.append, lambda _values: nullcontext(lambda _more: None), told.wait)


@pytest.fixture
def rotate(app, still):
    """``rotate(purposes)`` gives (whether all was done, what was told)."""

    def rotated(purposes=ROTATED, meanwhile=None) -> tuple[bool, Told]:
        told = Told(still, meanwhile)
        with app.app_context():
            return rotation_of(app, told).run(purposes), told

    return rotated


@pytest.fixture
def rotation(app, still):
    with app.app_context():
        yield rotation_of(app, Told(still))


@pytest.fixture
def look(app):
    """``with look():`` to see the database as it is."""

    @contextmanager
    def looking():
        with app.app_context(), reading(app):
            yield

    return looking


def states(purpose: Purpose) -> list[KeyState]:
    return [key.state for key in stored_keys() if key.purpose is purpose]


def numbers_in_use(purpose: Purpose) -> set[int]:
    found = (counts for field, counts in count_by_key().items() if field.purpose is purpose)
    return {number for counts in found for number in counts}


def primary(purpose: Purpose) -> int:
    return next(key.number for key in stored_keys() if key.purpose is purpose and key.state is KeyState.PRIMARY)


def test_a_rotation_replaces_every_key_and_seals_everything_anew(world, rotate, look):
    populate(world)
    with look():
        before = count_by_key()
        events_before = dict(db.session.execute(events_by_code()).all())
    done, told = rotate()
    assert done
    with look():
        after = count_by_key()
        rewritten = [field for field in after if field.table not in APPEND_ONLY]
        for field in rewritten:
            assert sum(after[field].values()) == sum(before[field].values())
            assert after[field].keys() <= {primary(field.purpose)}
        for purpose in ROTATED:
            old = KeyState.DECRYPT_ONLY if purpose is Purpose.AUDIT else KeyState.RETIRED
            assert states(purpose) == [old, KeyState.PRIMARY]
        assert states(INDEX) == [KeyState.PRIMARY]
        report = examine()
        assert report.faults == []
        assert report.cells == sum(sum(after[field].values()) for field in after if field.table != "audit_event")
        events = Counter(dict(db.session.execute(events_by_code()).all())) - Counter(events_before)
    values = {purpose: sum(sum(after[f].values()) for f in rewritten if f.purpose is purpose) for purpose in ROTATED}
    assert f"identity: {values[Purpose.IDENTITY]} values sealed anew" in told.said
    assert f"pack: {values[Purpose.PACK]} values sealed anew" in told.said
    assert told.said[-1] == "signing: key 7 is retired"
    assert told.waits.count(FRESH_SECONDS) == 2
    assert (events["key.made"], events["key.state_changed"]) == (6, 6 + 6 + 5)
    assert events["key.values_resealed"] == len([field for field in rewritten if after[field]])


def events_by_code():
    return sa.select(AuditEvent.code, sa.func.count()).group_by(AuditEvent.code)


def test_the_log_says_how_many_values_of_which_table_are_under_which_key(world, rotate, look, monkeypatch):
    monkeypatch.setattr(sweeping, "BATCH", 2)
    for _ in range(3):
        world.case(**ONLY_A_NAME)
    rotate(ONLY)
    with look():
        stored = db.session.scalars(
            sa.select(AuditEvent).where(AuditEvent.code == "key.values_resealed").order_by(AuditEvent.position)
        ).all()
        told = [event.details for event in stored if '"case_person"' in event.details]
        key = key_numbered(8)
        assert told == [f'{{"number":8,"table":"case_person","values":{values}}}' for values in (2, 1)]
        assert len(stored) == 2
        assert {event.object_id for event in stored} == {key.id}
        assert all(event.sealed_digests for event in stored)


def test_a_second_rotation_makes_new_keys_again(world, rotate, look):
    world.case()
    rotate(ONLY)
    done, told = rotate(ONLY)
    assert done
    with look():
        assert states(Purpose.IDENTITY) == [KeyState.RETIRED, KeyState.RETIRED, KeyState.PRIMARY]
        assert states(Purpose.PACK) == [KeyState.PRIMARY]
        assert numbers_in_use(Purpose.IDENTITY) == {9}
    assert told.said[0] == "identity: key 9 made"


def test_a_rotation_that_is_cut_off_at_any_wait_is_finished_by_the_next_without_another_key(
    world, rotate, look, monkeypatch
):
    monkeypatch.setattr(sweeping, "BATCH", 1)
    for _ in range(2):
        world.case(**ONLY_A_NAME)
    for at in count(1):
        try:
            rotate(ONLY, cut_at(at))
            break
        except Cut:
            done, told = rotate(ONLY)
        assert done
        assert told.said[-1] == "identity: an earlier rotation had been cut off, and is finished"
        with look():
            assert states(Purpose.IDENTITY) == [*[KeyState.RETIRED] * at, KeyState.PRIMARY]
            assert numbers_in_use(Purpose.IDENTITY) == {primary(Purpose.IDENTITY)}
    assert at == 5
    with look():
        assert examine().faults == []


def cut_at(at: int):
    """Ends the process in its wait number ``at``."""

    def cut(told: Told) -> None:
        if len(told.waits) == at:
            raise Cut

    return cut


@pytest.mark.parametrize("at", [1, 2, 3, 4, 5])
def test_two_at_once_do_no_harm(world, rotate, look, monkeypatch, at):
    """The second rotates from beginning to end while the first waits."""
    monkeypatch.setattr(sweeping, "BATCH", 1)
    for _ in range(3):
        world.case(**ONLY_A_NAME)
    others = []

    def another(told: Told) -> None:
        if len(told.waits) == at:
            others.append(rotate(ONLY))

    done, told = rotate(ONLY, another)
    (other_done, _told) = others[0]
    assert done
    assert other_done
    assert len(told.waits) >= at
    with look():
        assert states(Purpose.IDENTITY) == [KeyState.RETIRED, KeyState.PRIMARY]
        assert numbers_in_use(Purpose.IDENTITY) == {8}
        assert examine().faults == []


@pytest.mark.parametrize("how_far", ["staged", "promoted"])
def test_a_key_that_somebody_else_makes_at_the_same_moment_is_the_only_one(
    world, rotate, look, still, monkeypatch, how_far
):
    world.case()
    finish = Rotation._finish

    def then_another(self, purposes):
        moved = finish(self, purposes)
        monkeypatch.setattr(Rotation, "_finish", finish)
        if how_far == "promoted":
            rotate(ONLY)
        else:
            with pytest.raises(Cut):
                rotate(ONLY, cut_at(1))
        return moved

    monkeypatch.setattr(Rotation, "_finish", then_another)
    done, _told = rotate(ONLY)
    assert done
    with look():
        assert states(Purpose.IDENTITY) == [KeyState.RETIRED, KeyState.PRIMARY]


def test_what_was_sealed_under_the_old_key_at_the_last_moment_is_sealed_anew_before_it_retires(
    app, world, rotate, look
):
    case_id = world.case(full_name="Tamsin Quillfeather")
    with look():
        old = db.session.scalar(sa.select(TABLE.c.full_name_sealed).where(TABLE.c.case_id == case_id))

    def late(told: Told) -> None:
        if told.waits.count(FRESH_SECONDS) == 2 and told.waits[-1] == FRESH_SECONDS:
            put_back(app, case_id, old)

    done, told = rotate(ONLY, late)
    assert done
    assert told.waits.count(FRESH_SECONDS) == 3
    assert told.said.index("identity: 1 value sealed anew") < told.said.index("identity: key 1 is retired")
    with look():
        assert numbers_in_use(Purpose.IDENTITY) == {8}


def test_what_somebody_sealed_before_and_commits_only_after_everything_seems_done_is_sealed_anew_too(app, rotate, look):
    """On PostgreSQL. On SQLite the rotation waits for its turn until whoever writes has committed."""
    sealed, may_commit = threading.Event(), threading.Event()
    with app.app_context():
        invisible = db.engine.dialect.name == Dialects.POSTGRESQL

    def work() -> None:
        with app.app_context(), at_work(app):
            notify(SYSTEM, NOTIFICATION)
            sealed.set()
            may_commit.wait(20)

    def meanwhile(told: Told) -> None:
        if len(told.waits) == 1:  # the new key is there, and seals nothing yet
            writer.start()
            assert sealed.wait(20)
        if not invisible or told.waits[-1] == rotating.POLL:
            may_commit.set()
            writer.join(20)

    writer = threading.Thread(target=work)
    done, told = rotate(ONLY, meanwhile)
    assert done
    assert told.waits.count(rotating.POLL) == int(invisible)
    with look():
        assert states(Purpose.IDENTITY) == [KeyState.RETIRED, KeyState.PRIMARY]
        assert numbers_in_use(Purpose.IDENTITY) == {8}
        assert examine().faults == []


def put_back(app, case_id, sealed: bytes) -> None:
    """Put a sealed value into the cell for a name, as nobody does through the services."""
    with app.app_context(), at_work(app):
        changed = sa.update(TABLE).where(TABLE.c.case_id == case_id)
        db.session.connection().execute(changed.values(full_name_sealed=sealed, updated_at=TABLE.c.updated_at))


def test_values_under_a_retired_key_are_sealed_anew_by_the_next_rotation(app, world, rotate, look):
    case_id = world.case(full_name="Tamsin Quillfeather")
    with look():
        old = db.session.scalar(sa.select(TABLE.c.full_name_sealed).where(TABLE.c.case_id == case_id))
    rotate(ONLY)
    put_back(app, case_id, old)
    done, told = rotate(ONLY)
    assert done
    assert told.said[:2] == [
        "identity: there are values under key 1, so it opens again",
        "identity: 1 value sealed anew",
    ]
    with look():
        assert states(Purpose.IDENTITY) == [KeyState.RETIRED, KeyState.PRIMARY]
        assert numbers_in_use(Purpose.IDENTITY) == {8}
    with world.at_work():
        assert db.session.scalar(sa.select(CasePerson).where(CasePerson.case_id == case_id)).full_name


def test_a_value_that_does_not_open_keeps_its_key_and_is_named_and_stops_nothing(app, world, rotate, look):
    case_id, other = world.case(), world.case()
    with look():
        found = db.session.execute(sa.select(TABLE.c.case_id, TABLE.c.full_name_sealed)).all()
        sealed = dict(found)
    put_back(app, case_id, sealed[other])
    for newer in (8, 9):
        done, told = rotate(ONLY)
        assert not done
        assert "identity: 1 value of case_person.full_name cannot be opened and kept the old key" in told.said
        assert f"identity: key {newer} made" in told.said
        with look():
            assert numbers_in_use(Purpose.IDENTITY) == {1, newer}
            assert states(Purpose.IDENTITY)[0] is KeyState.DECRYPT_ONLY


def test_a_key_does_not_retire_while_others_who_began_earlier_are_at_work(world, rotate, rotation, look, monkeypatch):
    world.case()
    monkeypatch.setattr(rotating, "running_elsewhere", lambda: frozenset({"3/14"}))
    monkeypatch.setattr(rotating, "PATIENCE", 1.0)
    done, told = rotate(ONLY)
    assert not done
    assert told.said[-1].startswith("identity: others are still at work that began earlier")
    assert told.waits.count(rotating.POLL) == 5
    with look():
        assert states(Purpose.IDENTITY) == [KeyState.DECRYPT_ONLY, KeyState.PRIMARY]
        assert numbers_in_use(Purpose.IDENTITY) == {8}
    with pytest.raises(DomainError, match="Other work is still going on"):
        rotation.retire(1)
    done, told = rotate(ONLY)
    assert not done
    assert not any("made" in sentence for sentence in told.said)
    monkeypatch.undo()
    done, told = rotate(ONLY)
    assert done
    with look():
        assert states(Purpose.IDENTITY) == [KeyState.RETIRED, KeyState.PRIMARY]


def test_others_that_end_are_waited_for_and_later_ones_are_not(world, rotate, monkeypatch):
    world.case()
    running = [frozenset({"1/1", "1/2"}), frozenset({"1/2", "5/5"}), frozenset({"5/5"})]
    monkeypatch.setattr(rotating, "running_elsewhere", lambda: running.pop(0))
    done, told = rotate(ONLY)
    assert done
    assert told.waits.count(rotating.POLL) == 2
    assert running == []


def test_transactions_of_others_are_seen_until_they_end(app, world):
    with world.at_work():
        before = running_elsewhere()
        with db.engine.connect() as other:
            if db.engine.dialect.name == Dialects.SQLITE:
                assert before == frozenset()
            else:
                other.execute(sa.select(1))
                begun = running_elsewhere() - before
                assert len(begun) == 1
                other.commit()
                assert not begun & running_elsewhere()


def test_work_reads_its_keys_when_its_turn_has_come(app, monkeypatch):
    """On SQLite a writer may wait half a minute for its turn: keys that it had read before might be retired by then."""
    open_for, begun = Keyring.open_for, []

    def noting(keyring, *purposes):
        begun.append(db.session().in_transaction())
        return open_for(keyring, *purposes)

    monkeypatch.setattr(Keyring, "open_for", noting)
    with app.app_context(), at_work(app):
        pass
    assert begun == [True]


def test_rows_that_others_keep_locked_are_left_to_the_next_rotation(world, rotate, look, monkeypatch):
    world.case()
    monkeypatch.setattr(sweeping, "reseal_batch", lambda *_given: Batch())
    monkeypatch.setattr(sweeping, "PATIENCE", 2 * sweeping.POLL)
    done, told = rotate(ONLY)
    assert not done
    assert told.waits.count(sweeping.POLL) == 3
    with look():
        assert states(Purpose.IDENTITY) == [KeyState.DECRYPT_ONLY, KeyState.PRIMARY]
    monkeypatch.undo()
    done, told = rotate(ONLY)
    assert done
    assert not any("made" in sentence for sentence in told.said)


def test_a_key_that_does_not_open_is_not_put_to_use(app, world, rotate, look, monkeypatch):
    world.case()
    store = app.extensions["dard.key_store"]

    class Silent:
        def wrap(self, secret, use):
            return store_wrapper.wrap(secret, use)

        def unwrap(self, wrapped, use):
            if use.number == 8:
                raise KeyServiceError("the key service does not answer")
            return store_wrapper.unwrap(wrapped, use)

    store_wrapper = store.wrapper
    monkeypatch.setattr(store, "wrapper", Silent())
    with pytest.raises(KeyServiceError):
        rotate(ONLY)
    with look():
        assert states(Purpose.IDENTITY) == [KeyState.PRIMARY, KeyState.STAGED]
    monkeypatch.undo()
    done, _told = rotate(ONLY)
    assert done
    with look():
        assert states(Purpose.IDENTITY) == [KeyState.RETIRED, KeyState.PRIMARY]


def test_the_index_key_is_replaced_in_its_own_way(world, rotate, look):
    number = "9990000018"
    world.case(nhs_number=number)
    done, told = rotate((INDEX,))
    assert done
    with look():
        assert states(INDEX)[-1] is KeyState.PRIMARY
        assert len(states(INDEX)) == 2
        assert states(Purpose.IDENTITY) == [KeyState.PRIMARY]
        assert examine().faults == []
    assert told.said[0] == "index: key 8 made"
    assert told.said[-1] == "index: key 6 is retired"
    with world.at_work(), pytest.raises(DomainError, match="There is a case with this NHS number already"):
        notify(SYSTEM, replace(NOTIFICATION, nhs_number=number))


def test_a_key_is_retired_by_hand_when_nothing_is_under_it(app, world, rotation, look):
    with world.at_work():
        made = new_key(app.extensions["dard.key_store"], Purpose.PACK, KeyState.STAGED)
        transition(SYSTEM, key_numbered(3), KeyState.DECRYPT_ONLY)
        transition(SYSTEM, made, KeyState.PRIMARY)
    rotation.retire(3)
    with look():
        assert states(Purpose.PACK) == [KeyState.RETIRED, KeyState.PRIMARY]


def test_keys_in_use_are_neither_retired_nor_destroyed(world, rotate, rotation):
    world.case()
    with pytest.raises(DomainError, match="Key 1 is primary: only a key that opens and does not seal can be retired"):
        rotation.retire(1)
    with pytest.raises(DomainError, match="Key 1 is primary: only a retired key can be destroyed"):
        rotation.destroy(1, 0)
    for refused in (rotation.retire, lambda number: rotation.destroy(number, 0)):
        with pytest.raises(NotFoundError, match="There is no key 99"):
            refused(99)


def test_an_audit_key_stays_as_long_as_there_are_reasons_under_it(world, rotate, rotation, look):
    case_id = world.case()
    for _ in range(2):
        with world.at_work():
            reveal(SYSTEM, world.get(Case, case_id), RevealPurpose.SAFEGUARDING, "Children at home")
    done, _told = rotate((Purpose.AUDIT,))
    assert done
    with pytest.raises(DomainError, match="There are 2 values under key 5, so it has to stay"):
        rotation.retire(5)
    with look():
        assert states(Purpose.AUDIT) == [KeyState.DECRYPT_ONLY, KeyState.PRIMARY]
    with world.at_work():
        newest = sa.select(AuditEvent).where(AuditEvent.reason_sealed.is_not(None))
        assert [event.reason for event in db.session.scalars(newest)] == ["Children at home"] * 2


def test_an_audit_key_without_reasons_can_be_retired_by_hand(rotate, rotation, look):
    rotate((Purpose.AUDIT,))
    rotation.retire(5)
    with look():
        assert states(Purpose.AUDIT) == [KeyState.RETIRED, KeyState.PRIMARY]


def test_index_keys_are_retired_by_their_own_rotation_alone(world, rotation):
    with world.at_work():
        transition(SYSTEM, key_numbered(6), KeyState.DECRYPT_ONLY)
    with pytest.raises(DomainError, match="Key 6 is an index key"):
        rotation.retire(6)


def test_a_key_is_destroyed_when_it_has_been_retired_for_long_and_nothing_is_under_it(
    app, world, rotate, rotation, look, still
):
    case_id = world.case()
    with look():
        old = db.session.scalar(sa.select(TABLE.c.full_name_sealed).where(TABLE.c.case_id == case_id))
    rotate(ONLY)
    still.move(days=29, hours=23)
    with pytest.raises(DomainError, match="Key 1 has been retired for 29 days: it can be destroyed after 30 days"):
        rotation.destroy(1, 30)
    still.move(hours=1)
    with look():
        new = db.session.scalar(sa.select(TABLE.c.full_name_sealed).where(TABLE.c.case_id == case_id))
    put_back(app, case_id, old)
    with pytest.raises(DomainError, match="There is 1 value under key 1, so it has to stay"):
        rotation.destroy(1, 30)
    put_back(app, case_id, new)
    rotation.destroy(1, 30)
    with look():
        assert states(Purpose.IDENTITY) == [KeyState.DESTROYED, KeyState.PRIMARY]
        assert key_numbered(1).wrapped is None
        codes = dict(db.session.execute(events_by_code()).all())
        assert codes["key.state_changed"] == 4
    with pytest.raises(DomainError, match="Key 1 is destroyed: only a retired key can be destroyed"):
        rotation.destroy(1, 0)
    done, _told = rotate(ONLY)
    assert done
