"""Bringing in a file: uploaded, looked at row by row, then confirmed as one or discarded.

A row is known by what identifies it at its source, so that importing a file again changes nothing. A row that says
something else than it did is not taken over the case: the file of the case may have been worked on since.
"""

import io
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from dard.audit import events
from dard.audit.service import record
from dard.cases.rules import Notification
from dard.cases.service import REFERENCE_LOCK, notify_imported, problems_of
from dard.core import clock
from dard.core.actor import Actor
from dard.core.database import constraint_name, db, take_lock
from dard.core.errors import ConflictError, NotFoundError, TransitionError
from dard.crypto.blind_index import hold_index_keys
from dard.crypto.documents import drop_document, open_document, write_document
from dard.crypto.fingerprints import fingerprint
from dard.crypto.models import SealedDocument
from dard.imports.enums import ImportStatus
from dard.imports.models import ImportBatch, ImportedRow
from dard.imports.parsing import ParsedRow, Profile, RowProblem, parse, read_table
from dard.imports.policy import check_may_import, visible_to
from dard.imports.profiles import profile_named
from dard.imports.queries import KnownRow, known_rows
from dard.imports.states import IMPORT_WORKFLOW

IMPORT_LOCK = 0x494D5054  # "IMPT": one confirmation at a time, so that the later sees what the earlier imported
AT_A_TIME = 2000  # rows whose cases are held in memory at once
ROW_ONCE = "uq_imported_row_profile_row_key"

RowErrors = tuple[int, tuple[RowProblem, ...]]
Progress = Callable[[int], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What confirming a file would do. ``errors`` are (row number, problems) of the rows that would be left out."""

    rows: int
    new: int
    unchanged: int
    errors: Sequence[RowErrors]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What confirming a file did. ``errors`` as in Preview."""

    rows: int
    created: int
    unchanged: int
    errors: Sequence[RowErrors]


@dataclass(frozen=True, slots=True)
class _NewRow:
    number: int
    key: bytes
    content: bytes
    notification: Notification


@dataclass(slots=True)
class _Sorted:
    """The rows of a file by what becomes of them."""

    new: list[_NewRow]
    unchanged: int
    errors: list[RowErrors]

    @property
    def rows(self) -> int:
        return len(self.new) + self.unchanged + len(self.errors)


def load_batch(actor: Actor, batch_id: uuid.UUID, _parents: Mapping[str, Any]) -> ImportBatch:
    """The import of an id in the URL. Raises NotFoundError unless ``actor`` may see it."""
    found = db.session.scalar(visible_to(actor).where(ImportBatch.id == batch_id))
    if found is None:
        raise NotFoundError
    return found


def wait_for_turn() -> None:
    """Wait until nobody else is confirming an import, and let others wait until this transaction is over.

    Whoever uploads and confirms in one transaction calls it first. From then on this process knows the index keys as
    they are: rows that were imported before are told by them.
    """
    take_lock(IMPORT_LOCK)
    take_lock(REFERENCE_LOCK)
    hold_index_keys()


def upload(actor: Actor, profile_name: str, data: bytes) -> ImportBatch:
    """Keep a file until it is confirmed. Raises UnreadableFileError if nothing of it can be used."""
    check_may_import(actor)
    profile = profile_named(profile_name)
    rows = len(read_table(data, required=profile.required_columns).rows)
    batch = ImportBatch(
        profile=profile.name,
        uploaded_by_id=actor.user_id,
        status=ImportStatus.PREVIEWED,
        rows=rows,
    )
    batch.content = write_document(io.BytesIO(data), len(data), batch.id)
    db.session.add(batch)
    db.session.flush()
    record(actor, events.FileUploaded(object_id=batch.id, profile=profile.name, rows=rows))
    return batch


def preview(actor: Actor, batch: ImportBatch) -> Preview:
    """What confirming ``batch`` would do now. Recorded, because the errors show cells of the file."""
    db.session.refresh(batch, with_for_update={"read": True})  # who decides meanwhile waits with dropping the file
    _check_waiting(batch)
    found = rehearse(actor, batch.profile, _content(batch))
    record(actor, events.ImportPreviewed(object_id=batch.id))
    return found


def rehearse(actor: Actor, profile_name: str, data: bytes) -> Preview:
    """What importing a file would do now; nothing is kept of it. Raises UnreadableFileError."""
    check_may_import(actor)
    found = _sort(actor, profile_named(profile_name), data)
    return Preview(rows=found.rows, new=len(found.new), unchanged=found.unchanged, errors=found.errors)


def confirm(actor: Actor, batch: ImportBatch, version: int | None, progress: Progress = lambda _rows: None) -> Outcome:
    """Make a case of every good row that is new, all of them or none, and drop the content of the file.

    ``progress`` is told the number of rows done since it was last told. Raises TransitionError if ``batch`` was
    confirmed or discarded before, and ConflictError if another import brings in the same rows at this moment.
    """
    _take(actor, batch, ImportStatus.CONFIRMED, version)
    profile = profile_named(batch.profile)
    found = _sort(actor, profile, _content(batch))
    progress(found.unchanged + len(found.errors))
    try:
        for start in range(0, len(found.new), AT_A_TIME):
            rows = found.new[start : start + AT_A_TIME]
            _insert(actor, profile, rows, batch)
            progress(len(rows))
    except IntegrityError as error:
        if constraint_name(error) != ROW_ONCE:
            raise
        raise ConflictError(
            "Another import brought in some of these rows at the same moment, so nothing of this one was imported"
        ) from None
    created, unchanged, errors = len(found.new), found.unchanged, len(found.errors)
    batch.created, batch.unchanged, batch.errors, batch.confirmed_at = created, unchanged, errors, clock.now()
    _transition(batch, ImportStatus.CONFIRMED)
    record(actor, events.ImportConfirmed(object_id=batch.id, created=created, unchanged=unchanged, errors=errors))
    return Outcome(rows=found.rows, created=created, unchanged=unchanged, errors=found.errors)


def discard(actor: Actor, batch: ImportBatch, version: int | None) -> None:
    """Drop an uploaded file without importing anything of it. Raises TransitionError if it waits no more."""
    _take(actor, batch, ImportStatus.DISCARDED, version)
    _transition(batch, ImportStatus.DISCARDED)
    record(actor, events.ImportDiscarded(object_id=batch.id))


def _take(actor: Actor, batch: ImportBatch, to: ImportStatus, version: int | None) -> None:
    """Make sure that ``batch`` waits for a decision, and that nobody else decides until this transaction is over."""
    wait_for_turn()
    db.session.refresh(batch)
    _check_waiting(batch)
    IMPORT_WORKFLOW.check(actor, batch.status, to)
    batch.expect_version(version)


def _check_waiting(batch: ImportBatch) -> None:
    if batch.status is not ImportStatus.PREVIEWED:
        raise TransitionError(
            f"This import was {batch.status.label.lower()} already, and that stands. To import more, upload a file"
        )


def _transition(batch: ImportBatch, status: ImportStatus) -> None:
    content = _document(batch)
    batch.status, batch.content = status, None
    db.session.flush()
    drop_document(content)


def _content(batch: ImportBatch) -> bytes:
    return b"".join(open_document(_document(batch), batch.id))


def _document(batch: ImportBatch) -> SealedDocument:
    if batch.content is None:
        raise RuntimeError("an import that waits keeps its content, and the database says so too")
    return batch.content


def _sort(actor: Actor, profile: Profile, data: bytes) -> _Sorted:
    parsed = parse(data, profile, today=clock.today()).rows
    keys = {row.key: _row_key(profile, row.key) for row in parsed if row.key is not None}
    known = known_rows(actor, profile.name, list(keys.values()))
    found = _Sorted([], 0, [])
    met: set[str] = set()
    for row in parsed:
        if row.key is None or row.key in met:
            found.errors.append((row.number, row.problems))
            continue
        met.add(row.key)
        key, content = keys[row.key], _row_content(profile, row)
        before = known.get(key)
        if before is not None and before.fingerprint == content:
            found.unchanged += 1
            continue
        problems = _problems(profile, row, before)
        if problems or row.notification is None:
            found.errors.append((row.number, problems))
        else:
            found.new.append(_NewRow(row.number, key, content, row.notification))
    return found


def _problems(profile: Profile, row: ParsedRow, before: KnownRow | None) -> tuple[RowProblem, ...]:
    if row.notification is None:
        return row.problems
    if before is not None:
        message = (
            f"Case {before.reference} was made of an earlier version of this row. Correct that case in its file: an "
            "import does not change a case"
            if before.reference is not None
            else "An earlier version of this row was imported, and stands. An import does not change what was imported"
        )
        return (RowProblem(profile.columns.get("source_reference", ""), message),)
    return tuple(
        RowProblem(profile.columns.get(problem.field, ""), problem.message) for problem in problems_of(row.notification)
    )


def _row_key(profile: Profile, key: str) -> bytes:
    return fingerprint(f"imports/{profile.name}/row key", key.encode())


def _row_content(profile: Profile, row: ParsedRow) -> bytes:
    # JSON, because joined cells could be split in two ways and give the same text.
    cells = json.dumps(row.content, ensure_ascii=False, separators=(",", ":"))
    return fingerprint(f"imports/{profile.name}/row content", cells.encode())


def _insert(actor: Actor, profile: Profile, rows: Sequence[_NewRow], batch: ImportBatch) -> None:
    cases = notify_imported(actor, [row.notification for row in rows], [row.number for row in rows], batch.id)
    db.session.execute(
        sa.insert(ImportedRow.__table__),  # type: ignore[arg-type] # the table of a mapped class is a Table
        [
            {
                "id": uuid.uuid4(),
                "profile": profile.name,
                "row_key": row.key,
                "fingerprint": row.content,
                "case_id": case_id,
            }
            for row, case_id in zip(rows, cases, strict=True)
        ],
    )
