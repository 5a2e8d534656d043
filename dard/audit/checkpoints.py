"""Signed checkpoints over the log: made as it grows, at least once a day, and printed where others keep them."""

from collections.abc import Sequence

import sqlalchemy as sa

from dard.audit.enums import AnchorKind
from dard.audit.models import AuditAnchor, AuditCheckpoint, AuditEvent, moment_text
from dard.audit.verifier import Frontier, Instance, checkpoint_message, leaf_hash
from dard.core import clock
from dard.core.database import db, take_lock
from dard.crypto import signing
from dard.crypto.errors import KeyLockedError, KeyScopeError

APPEND_LOCK = 0x44415244  # "DARD": one writer at a time at the end of the chain
EVENTS_BETWEEN = 256


def newest_checkpoint() -> AuditCheckpoint | None:
    """The checkpoint over the most events."""
    return db.session.scalar(sa.select(AuditCheckpoint).order_by(AuditCheckpoint.size.desc()).limit(1))


def checkpoint_over(size: int) -> AuditCheckpoint:
    """The checkpoint over exactly ``size`` events, which must be there."""
    return db.session.scalars(sa.select(AuditCheckpoint).where(AuditCheckpoint.size == size)).one()


def checkpoints() -> Sequence[AuditCheckpoint]:
    """All checkpoints, the oldest first."""
    return db.session.scalars(sa.select(AuditCheckpoint).order_by(AuditCheckpoint.size)).all()


def make_checkpoint() -> AuditCheckpoint | None:
    """Sign the log as it stands. Returns the newest checkpoint, which covers all of it; None for an empty log.

    Raises KeyLockedError while what holds the key-encryption key does not answer.
    """
    take_lock(APPEND_LOCK)
    newest = newest_checkpoint()
    size = db.session.scalar(sa.select(sa.func.max(AuditEvent.position))) or 0
    return newest if newest and newest.size >= size else _sign(newest)


def checkpoint_if_due() -> AuditCheckpoint | None:
    """Sign the log if there are events since the newest checkpoint and that is of an earlier day (UTC).

    Returns the new checkpoint, None if none was due. Raises KeyLockedError. Two machines that ask at once make one.
    """
    take_lock(APPEND_LOCK)
    newest = newest_checkpoint()
    if newest is not None and newest.signed_at.date() >= clock.now().date():
        return None
    made = make_checkpoint()
    return None if made is newest else made


def checkpoint_after_append(position: int, newest_size: int) -> None:
    """Sign the log, which now ends at ``position``, if enough events were added to the ``newest_size`` signed ones.

    For whoever holds the lock. While the signing key cannot be used, the log grows without a checkpoint, and the next
    append tries again: a key service that is down must stop nobody's work.
    """
    if position - newest_size < EVENTS_BETWEEN:
        return
    try:
        _sign(newest_checkpoint())
    except (KeyLockedError, KeyScopeError):
        return


def _sign(newest: AuditCheckpoint | None) -> AuditCheckpoint | None:
    tree, head = _tree_from(newest)
    if head is None:
        return newest
    moment = clock.now().replace(microsecond=0)
    root = tree.root()
    with signing.allowed():
        message = checkpoint_message(signing.environment().bytes, tree.size, root, head, moment_text(moment))
        signature = signing.sign(message)
    made = AuditCheckpoint(
        size=tree.size,
        root=root,
        head=head,
        frontier=bytes(tree),
        signed_at=moment,
        key_number=signature.key_number,
        signature=signature.value,
    )
    db.session.add(made)
    db.session.flush()
    return made


def _tree_from(newest: AuditCheckpoint | None) -> tuple[Frontier, bytes | None]:
    """The tree over the whole log, and the hash of its newest event; None if it did not grow.

    It goes on from ``newest``, unless what that keeps of its tree is not what was signed: then from the first event.
    """
    tree, head = Frontier(), None
    if newest is not None and newest.statement().is_signed_by(signer()):
        tree = kept_tree(newest) or tree
    added = sa.select(AuditEvent.hash).where(AuditEvent.position > tree.size).order_by(AuditEvent.position)
    for head in db.session.scalars(added):
        tree.add(leaf_hash(head))
    return tree, head


def kept_tree(checkpoint: AuditCheckpoint) -> Frontier | None:
    """The tree that a checkpoint keeps; None if that is not the one whose root it states."""
    try:
        kept = Frontier.restored(checkpoint.size, checkpoint.frontier)
    except ValueError:
        return None
    return kept if kept.root() == checkpoint.root else None


def anchor(checkpoint: AuditCheckpoint, kind: AnchorKind, label: str) -> AuditAnchor:
    """Note that the line of ``checkpoint`` stands on a thing outside the database; ``label`` says on which."""
    made = AuditAnchor(checkpoint_id=checkpoint.id, kind=kind, label=label, made_at=clock.now())
    db.session.add(made)
    db.session.flush()
    return made


def anchored_checkpoints() -> Sequence[AuditCheckpoint]:
    """The checkpoints that stand somewhere outside, the oldest first."""
    anchored = sa.select(AuditAnchor.checkpoint_id)
    wanted = sa.select(AuditCheckpoint).where(AuditCheckpoint.id.in_(anchored)).order_by(AuditCheckpoint.size)
    return db.session.scalars(wanted).all()


def signer() -> Instance:
    """This instance as those who check its signatures need to know it."""
    return Instance(signing.environment().bytes, signing.public_keys())
