"""Keyed fingerprints: what stands for data that are not kept, so that the same data are known when they come again.

    chained_fingerprints(ImportedRow, "row_key", "fingerprint")

As the data are not kept, a fingerprint cannot be made anew when the index key is replaced. So it is chained: what is
stored becomes the HMAC, under the new key, of what was stored before, and a fingerprint is made under the oldest index
key first and then under each later one in turn. The index keys of the chain therefore stay loaded (decrypt_only):
none of them is retired while a fingerprint is stored, and a retired one never comes back.
"""

import hmac
from functools import reduce

import sqlalchemy as sa

from dard.core.database import Base, db
from dard.core.errors import TransitionError
from dard.crypto.enums import KeyState, Purpose
from dard.crypto.keyring import Key, keys_for

_FIRST = "dard/fingerprint/v1"
_LATER = "dard/fingerprint/chain/v1"
_AT_A_TIME = 2000


_stored: dict[str, tuple[str, ...]] = {}  # columns by table


def fingerprint(context: str, data: bytes) -> bytes:
    """32 bytes that stand for ``data`` on this instance; ``context`` names the use, and each use has its own.

    HMAC-SHA256: quick, so that a file of thousands of rows can be compared with what was imported before. Whoever lacks
    the index keys can neither read ``data`` from it nor test a guess. Raises KeyScopeError without those keys. Whoever
    stores one has called ``dard.crypto.blind_index.hold_index_keys`` before.
    """
    keyring = keys_for(Purpose.INDEX)
    first, *later = [key for key in keyring.of_purpose(Purpose.INDEX) if key.state is not KeyState.STAGED]
    return reduce(chained, later, hmac.digest(keyring.derived(first, _FIRST, context), data, "sha256"))


def chained(fingerprint: bytes, key: Key) -> bytes:
    """The next link: what stands for ``fingerprint`` once ``key`` has joined the chain."""
    return hmac.digest(keys_for(Purpose.INDEX).derived(key, _LATER), fingerprint, "sha256")


def chained_fingerprints(model: type[Base], *columns: str) -> None:
    """Say that these columns of ``model`` hold fingerprints, so that a new index key takes them along."""
    _stored[model.__tablename__] = columns


def fingerprints_are_stored() -> bool:
    """Whether any table holds a fingerprint now."""
    return any(db.session.execute(sa.select(_bare(table).c.id).limit(1)).first() for table in _stored)


def add_to_chain(key: Key) -> int:
    """Put every stored fingerprint under ``key``; returns the number of rows. For who has the index keys alone."""
    return sum(_add_to(table, key) for table in _stored)


def _add_to(name: str, key: Key) -> int:
    table, connection = _bare(name), db.session.connection()
    page = sa.select(table).order_by(table.c.id).limit(_AT_A_TIME)
    change = sa.update(table).where(table.c.id == sa.bindparam("row"))
    change = change.values({column: sa.bindparam(f"new_{column}") for column in _stored[name]})
    rows, done = connection.execute(page).all(), 0
    while rows:
        links = [
            {"row": row.id, **{f"new_{column}": chained(getattr(row, column), key) for column in _stored[name]}}
            for row in rows
        ]
        connection.execute(change, links)
        done += len(rows)
        rows = connection.execute(page.where(table.c.id > rows[-1].id)).all()
    return done


def _bare(table: str) -> sa.TableClause:
    """The table without what its model does at an update: this is no edit."""
    return sa.table(
        table, sa.column("id", sa.Uuid()), *(sa.column(column, sa.LargeBinary()) for column in _stored[table])
    )


def check_chain(purpose: Purpose, before: KeyState, after: KeyState) -> None:
    """Raise TransitionError if the step of a key would make stored fingerprints, or indexes, unknown."""
    if purpose is not Purpose.INDEX:
        return
    if before is KeyState.RETIRED and after is KeyState.DECRYPT_ONLY:
        raise TransitionError("A retired index key never comes back: nothing is stored under it", "status")
    if after is KeyState.RETIRED and fingerprints_are_stored():
        raise TransitionError(
            "This index key is part of the fingerprints of imported rows: without it they would be imported again",
            "status",
        )
