"""The log in the database, in the form in which the verifier reads it: strings, numbers and bytes, never objects.

The database itself brings ids and moments into that form, which is the same on SQLite and PostgreSQL: making objects of
them only to take them apart again would take most of the time of a verification.
"""

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any

import sqlalchemy as sa

from dard.audit import verifier
from dard.audit.models import AuditEvent
from dard.core.database import Base, Dialects, UTCDateTime, db

BATCH = 1000
TABLE = Base.metadata.tables[AuditEvent.__tablename__]
_AS_IT_IS = sa.types.NullType()


def stored_rows(*conditions: sa.ColumnElement[bool]) -> Iterator[Sequence[Any]]:
    """Events in order, each the verifier's COLUMNS and LINKS: those that meet ``conditions``, BATCH held at a time."""
    columns = [plain_column(TABLE.c[name]) for name in (*verifier.COLUMNS, *verifier.LINKS)]
    wanted = sa.select(*columns).where(*conditions).order_by(TABLE.c.position)
    with closing(db.session.execute(wanted.execution_options(yield_per=BATCH))) as found:  # also if it ends half-way
        for batch in found.partitions():
            yield from batch


def stored_links() -> Iterator[verifier.Link]:
    """The whole log, for ``verifier.verify``."""
    return map(verifier.link_of, stored_rows())


def plain_values(row: Mapping[str, Any]) -> list[Any]:
    """The verifier's COLUMNS of an event that is about to be stored."""
    return [_plain(row[name]) for name in verifier.COLUMNS]


def _plain(value: Any) -> Any:
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(" ", "microseconds")
    return value


def plain_column(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """``column`` as a string, number or bytes: ids as 32 hexadecimal digits, moments as COLUMNS wants them."""
    dialect = db.session.get_bind().dialect.name
    if isinstance(column.type, UTCDateTime):
        if dialect == Dialects.SQLITE:
            return sa.type_coerce(column, _AS_IT_IS).op("||")(sa.literal("+00:00", sa.Text))
        at_utc = sa.func.timezone("UTC", column)
        return sa.func.to_char(at_utc, 'YYYY-MM-DD HH24:MI:SS.US"+00:00"', type_=_AS_IT_IS)
    if isinstance(column.type, sa.Uuid) and dialect == Dialects.POSTGRESQL:
        return sa.func.encode(sa.func.uuid_send(column), "hex", type_=_AS_IT_IS)
    return sa.type_coerce(column, _AS_IT_IS)
