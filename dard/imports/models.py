"""Uploaded files, and which of their rows have become cases."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dard.core.database import Model, Versioned, enum_column
from dard.crypto.fingerprints import chained_fingerprints
from dard.crypto.models import SealedDocument
from dard.imports.enums import ImportStatus


class ImportBatch(Versioned, Model):
    """One file. Its content is kept, as a sealed document, until it is confirmed or discarded, and then dropped."""

    __tablename__ = "import_batch"
    __table_args__ = (sa.CheckConstraint("(status = 'previewed') = (content_id IS NOT NULL)", name="content_kept"),)

    profile: Mapped[str] = mapped_column(sa.String(40))
    uploaded_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id"))
    status: Mapped[ImportStatus] = mapped_column(enum_column(ImportStatus, "status"))
    rows: Mapped[int]
    created: Mapped[int | None]
    unchanged: Mapped[int | None]
    errors: Mapped[int | None]
    confirmed_at: Mapped[dt.datetime | None]
    content_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("sealed_document.id"), unique=True)

    content: Mapped[SealedDocument | None] = relationship()


class ImportedRow(Model):
    """A row of some file that has become a case: ``row_key`` and ``fingerprint`` are keyed hashes, not content."""

    __tablename__ = "imported_row"
    __table_args__ = (sa.UniqueConstraint("profile", "row_key"),)

    profile: Mapped[str] = mapped_column(sa.String(40))
    row_key: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    fingerprint: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("dard_case.id", ondelete="CASCADE"), index=True)


chained_fingerprints(ImportedRow, "row_key", "fingerprint")
