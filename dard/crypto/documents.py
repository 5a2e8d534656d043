"""Documents as streams: sealed in chunks of 64 KiB, so that no more than a few of them are ever held in memory.

The seal of a chunk binds its document, its place and how many there are; that of the exact size binds the number of
chunks and the row that keeps the document. So nothing can be swapped, dropped, repeated, cut off, added, or taken from
another document without being noticed (the idea of STREAM: Hoang, Reyhanitabar, Rogaway and Vizár, CRYPTO 2015).

Before it is cut a document is padded to its Padmé class: the number and the lengths of its chunks tell that, and no
more. A document is written once and never changed; a new version is a new document.
"""

import uuid
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import load_only

from dard.core.database import db
from dard.crypto.errors import UnsealError
from dard.crypto.models import SealedChunk, SealedDocument
from dard.crypto.padding import MARKER, padme

CHUNK_SIZE = 64 * 1024 - len(MARKER)  # bytes of content: a full chunk is 64 KiB inside its seal, with no padding wasted
AT_A_TIME = 4  # chunks in one statement, and so in memory: 256 KiB


def write_document(stream: BinaryIO, size: int, owner: uuid.UUID) -> SealedDocument:
    """Seal the ``size`` bytes of ``stream`` for the row ``owner``, which is to keep the document. Flushes.

    Raises ValueError if the stream holds fewer or more bytes, and then nothing of it may be committed; KeyScopeError
    or KeyLockedError.
    """
    if size < 0:
        raise ValueError("a document cannot have fewer than 0 bytes")
    document = SealedDocument(owner_id=owner, chunks=_chunks_for(size), size=size)
    db.session.add(document)
    db.session.flush()
    contents = enumerate(_cut(stream, size))
    while rows := [_row(document, place, content) for place, content in islice(contents, AT_A_TIME)]:
        db.session.execute(sa.insert(SealedChunk.__table__), rows)  # type: ignore[arg-type] # a mapped class has a Table
    return document


def open_document(document: SealedDocument, owner: uuid.UUID) -> Iterator[bytes]:
    """The content, in chunks that were checked, for as long as the keys and the transaction are open.

    ``owner`` is the row through which the document was reached. Raises UnsealError if anything is missing, added, moved
    or of the wrong length, at once if that can be told from the numbers; KeyScopeError or KeyLockedError.
    """
    size = document.size
    if document.owner_id != owner:
        raise UnsealError("a document is kept by another row than the one that it was sealed for")
    there = db.session.scalar(sa.select(sa.func.count()).where(SealedChunk.document_id == document.id))
    if not there == document.chunks == _chunks_for(size):
        raise UnsealError("a document does not have the number of chunks that it was sealed in")
    return _joined(document, size)


def drop_document(document: SealedDocument) -> None:
    """Delete a document and its chunks. Flushes; nothing may refer to it any more."""
    # Through instances, which are never filled with content: the audit log notices what becomes of each sealed value.
    chunks = sa.select(SealedChunk).where(SealedChunk.document_id == document.id).options(load_only(SealedChunk.id))
    for chunk in db.session.scalars(chunks):
        db.session.delete(chunk)
    db.session.flush()
    db.session.delete(document)
    db.session.flush()


def _chunks_for(size: int) -> int:
    return -(-padme(size) // CHUNK_SIZE)


def _cut(stream: BinaryIO, size: int) -> Iterator[bytes]:
    """The content in chunks, filled up with zeros to the class of ``size``."""
    for start, length in _pieces(size):
        yield _read(stream, min(length, max(size - start, 0))).ljust(length, b"\x00")
    if stream.read(1):
        raise ValueError("a document is longer than it was said to be")


def _pieces(size: int) -> Iterator[tuple[int, int]]:
    """Where in the padded document each chunk begins, and its length."""
    padded = padme(size)
    return ((start, min(CHUNK_SIZE, padded - start)) for start in range(0, padded, CHUNK_SIZE))


def _read(stream: BinaryIO, wanted: int) -> bytes:
    """Exactly ``wanted`` bytes, from streams too that give fewer than they are asked for."""
    read = bytearray()
    while len(read) < wanted:
        more = stream.read(wanted - len(read))
        if not more:
            raise ValueError("a document is shorter than it was said to be")
        read += more
    return bytes(read)


def _row(document: SealedDocument, position: int, content: bytes) -> dict[str, Any]:
    identity = uuid.uuid4()
    bound = {"document_id": document.id, "position": position, "chunks": document.chunks}
    sealed = SealedChunk.chunk.seal(identity, content, *(bound[name] for name in SealedChunk.chunk.binds))
    return {"id": identity, SealedChunk.chunk.column: sealed, **bound}


def _joined(document: SealedDocument, size: int) -> Iterator[bytes]:
    rows: Iterator[sa.Row[Any]] = iter(())
    for position, (start, length) in enumerate(_pieces(size)):
        if position % AT_A_TIME == 0:
            rows = iter(_rows_from(document, position))
        content = _opened(next(rows, None), document, position)
        if len(content) != length:
            raise UnsealError("a chunk of a document has the wrong length")
        if start < size:
            yield content[: size - start]


def _rows_from(document: SealedDocument, position: int) -> Sequence[sa.Row[Any]]:
    field = SealedChunk.chunk
    columns = [getattr(SealedChunk, name) for name in ("id", field.column, *field.binds)]
    wanted = sa.select(*columns).where(SealedChunk.document_id == document.id, SealedChunk.position >= position)
    return db.session.execute(wanted.order_by(SealedChunk.position).limit(AT_A_TIME)).all()


def _opened(row: sa.Row[Any] | None, document: SealedDocument, position: int) -> bytes:
    if row is None or (row.position, row.chunks) != (position, document.chunks):
        raise UnsealError("a chunk of a document is missing, or stands in another place")
    field = SealedChunk.chunk
    return field.open(row.id, getattr(row, field.column), *field.bound_values(row))
