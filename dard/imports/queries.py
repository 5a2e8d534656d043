"""Lists of imports, and what is known of rows that were imported before. Nothing sealed is opened here."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from dard.accounts.models import User
from dard.cases.models import Case
from dard.cases.policy import visible_to as visible_cases
from dard.core.actor import Actor
from dard.core.database import db
from dard.imports.enums import ImportStatus
from dard.imports.models import ImportBatch, ImportedRow
from dard.imports.policy import visible_to

AT_A_TIME = 1000  # keys in one statement: SQLite takes 32,766 parameters at most, PostgreSQL 65,535


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportLine:
    """One line of the list of imports. ``uploaded_by`` is None for a command; counts are None until confirmed."""

    id: uuid.UUID
    profile: str
    uploaded_at: dt.datetime
    uploaded_by: str | None
    status: ImportStatus
    rows: int
    created: int | None
    unchanged: int | None
    errors: int | None


@dataclass(frozen=True, slots=True)
class KnownRow:
    """A row that was imported before: what it said then, as a fingerprint.

    ``reference`` is that of the case it became, for those who may see it.
    """

    fingerprint: bytes
    reference: str | None


def imports(actor: Actor, *, limit: int, offset: int) -> tuple[list[ImportLine], int]:
    """The imports that ``actor`` may see, newest first, and how many in all."""
    seen = visible_to(actor)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(seen.subquery())) or 0
    return _lines(seen.limit(limit).offset(offset)), total


def waiting(actor: Actor, *, limit: int) -> list[ImportLine]:
    """The newest imports that nobody has confirmed or discarded yet."""
    return _lines(visible_to(actor).where(ImportBatch.status == ImportStatus.PREVIEWED).limit(limit))


def known_rows(actor: Actor, profile: str, keys: Sequence[bytes]) -> dict[bytes, KnownRow]:
    """Those of the row keys that have become cases before; the others are left out."""
    found: dict[bytes, KnownRow] = {}
    seen = visible_cases(actor).with_only_columns(Case.id, Case.reference).subquery()
    for start in range(0, len(keys), AT_A_TIME):
        rows = db.session.execute(
            sa.select(ImportedRow.row_key, ImportedRow.fingerprint, seen.c.reference)
            .outerjoin(seen, ImportedRow.case_id == seen.c.id)
            .where(ImportedRow.profile == profile, ImportedRow.row_key.in_(keys[start : start + AT_A_TIME]))
        )
        found.update((key, KnownRow(fingerprint, reference)) for key, fingerprint, reference in rows)
    return found


def _lines(query: sa.Select[ImportBatch]) -> list[ImportLine]:
    # Named columns only: the sealed content of a file may be megabytes long.
    rows = db.session.execute(
        query.outerjoin(User, ImportBatch.uploaded_by_id == User.id)
        .with_only_columns(
            ImportBatch.id,
            ImportBatch.profile,
            ImportBatch.created_at.label("uploaded_at"),
            User.name.label("uploaded_by"),
            ImportBatch.status,
            ImportBatch.rows,
            ImportBatch.created,
            ImportBatch.unchanged,
            ImportBatch.errors,
        )
        .order_by(ImportBatch.created_at.desc(), ImportBatch.id)
    )
    return [ImportLine(**row) for row in rows.mappings()]
