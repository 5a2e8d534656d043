"""Checkpoints are signed as the log grows, under the same lock, whoever is at work, and never stop anybody’s work."""

import datetime as dt

import pytest
import sqlalchemy as sa
from support.tampering import lift_triggers
from support.world import SYSTEM

from dard.accounts.enums import Role
from dard.audit import checkpoints, events, verifier
from dard.audit.checkpoints import (
    EVENTS_BETWEEN,
    anchor,
    anchored_checkpoints,
    checkpoint_if_due,
    kept_tree,
    make_checkpoint,
    newest_checkpoint,
    signer,
)
from dard.audit.enums import AnchorKind
from dard.audit.models import AuditCheckpoint, AuditEvent
from dard.audit.rows import stored_links
from dard.audit.service import record_many
from dard.audit.verification import examine
from dard.core.database import db
from dard.crypto import signing
from dard.crypto.errors import KeyLockedError, KeyScopeError


def write(world, count: int) -> None:
    organisation = world.organisation()  # an event of its own
    with world.at_work():
        record_many(SYSTEM, [events.SignedOut(object_id=organisation) for _ in range(count - 1)])


def sizes() -> list[int]:
    return list(db.session.scalars(sa.select(AuditCheckpoint.size).order_by(AuditCheckpoint.size)))


def faults() -> list[str]:
    stored = [each.statement() for each in checkpoints.checkpoints()]
    return verifier.examine(stored_links(), signer(), stored, [])[1]


def test_one_is_signed_when_enough_events_were_added(world):
    write(world, EVENTS_BETWEEN - 1)
    with world.at_work():
        assert newest_checkpoint() is None
    world.organisation()
    with world.at_work():
        assert sizes() == [EVENTS_BETWEEN]
    write(world, 2 * EVENTS_BETWEEN + 5)
    world.organisation()
    with world.at_work():
        assert sizes() == [EVENTS_BETWEEN, 3 * EVENTS_BETWEEN + 5]
        assert faults() == []


def test_it_covers_the_log_as_it_stands_and_is_signed_by_this_instance(world):
    write(world, EVENTS_BETWEEN)
    with world.at_work():
        made = newest_checkpoint()
        hashes = list(db.session.scalars(sa.select(AuditEvent.hash).order_by(AuditEvent.position)))
        assert made.root == verifier.tree_root(verifier.leaf_hash(each) for each in hashes)
        assert made.head == hashes[-1]
        assert made.signed_at == dt.datetime(2026, 3, 3, 10, tzinfo=dt.UTC)
        assert kept_tree(made).root() == made.root
        assert made.statement().is_signed_by(signer())
        assert (
            made.statement().line().startswith(f"dard-checkpoint 256 {made.root.hex()} {made.head.hex()} 2026-03-03T")
        )


def test_one_is_signed_in_a_request_of_somebody_who_may_not_sign(world):
    member = world.person(Role.MEMBER)
    write(world, EVENTS_BETWEEN - 3)
    browser = world.browser(member)
    with world.at_work():
        before = db.session.scalar(sa.select(sa.func.max(AuditEvent.position)))
    browser.post("/sign-out")
    with world.at_work():
        assert (before, sizes()) == (EVENTS_BETWEEN - 1, [EVENTS_BETWEEN])


@pytest.mark.parametrize("error", [KeyLockedError("the key service is away"), KeyScopeError("signing")])
def test_without_the_key_the_log_grows_and_the_next_append_catches_up(world, monkeypatch, error):
    def refuse(_message: bytes) -> signing.Signature:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(signing, "sign", refuse)
        write(world, EVENTS_BETWEEN + 10)
        with world.at_work():
            assert sizes() == []
    world.organisation()
    with world.at_work():
        assert sizes() == [EVENTS_BETWEEN + 11]


def test_the_one_that_is_asked_for_covers_everything_and_is_not_made_twice(world):
    with world.at_work():
        assert make_checkpoint() is None
    write(world, 5)
    with world.at_work():
        assert make_checkpoint().size == 5
    with world.at_work():
        again = make_checkpoint()
        assert (again.size, sizes()) == (5, [5])


def test_one_is_due_once_a_day_if_something_happened(world, still):
    write(world, 3)
    with world.at_work():
        assert checkpoint_if_due().size == 3
    world.organisation()
    with world.at_work():
        assert checkpoint_if_due() is None
    still.move(hours=14)  # 00:00 of the next day, UTC
    with world.at_work():
        assert checkpoint_if_due().size == 4
    still.move(hours=24)
    with world.at_work():
        assert checkpoint_if_due() is None
        assert sizes() == [3, 4]


def test_a_tree_that_was_changed_is_not_built_on(world):
    """The next checkpoint is right all the same: it is made from the events, and only the one touched is at fault."""
    write(world, 7)
    with world.at_work():
        make_checkpoint()
    with world.at_work():
        lift_triggers(db.session.connection())
        forged = verifier.Frontier(7, [bytes(32)] * 3)
        written = {"frontier": bytes(forged), "root": forged.root()}
        db.session.execute(sa.update(AuditCheckpoint).values(written))
        assert kept_tree(newest_checkpoint()) is not None
    world.organisation()
    with world.at_work():
        assert make_checkpoint().size == 8
        assert faults() == ["Checkpoint 7 does not carry a signature of this instance"]


@pytest.mark.parametrize("frontier", [bytes(96), bytes(32), b""])
def test_a_tree_that_does_not_fit_its_root_is_not_built_on(world, frontier):
    write(world, 7)
    with world.at_work():
        make_checkpoint()
    with world.at_work():
        lift_triggers(db.session.connection())
        db.session.execute(sa.update(AuditCheckpoint).values(frontier=frontier))
        assert kept_tree(newest_checkpoint()) is None
        assert examine().faults == ["The tree that checkpoint 7 keeps is not the one that it states"]
    world.organisation()
    with world.at_work():
        assert kept_tree(make_checkpoint()).size == 8
        assert faults() == []


def test_where_a_checkpoint_stands_outside_is_noted(world):
    write(world, 3)
    with world.at_work():
        first = make_checkpoint().id
    write(world, 3)
    with world.at_work():
        make_checkpoint()
        noted = anchor(db.session.get(AuditCheckpoint, first), AnchorKind.PACK, "P-2026-0001")
        assert (noted.kind, noted.label) == (AnchorKind.PACK, "P-2026-0001")
        assert [each.size for each in anchored_checkpoints()] == [3]
