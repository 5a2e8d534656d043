"""Documents in the database: what was written is read, and whatever is done to their rows is refused."""

import contextlib
import io
import random
import tracemalloc
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from flask import Flask
from support.ct_ocme import GOOD, usual_file
from support.world import SYSTEM, World

from dard.audit.comparison import Comparison, compare
from dard.core.database import db, intent
from dard.crypto.data_keys import new_key, promote
from dard.crypto.documents import AT_A_TIME, CHUNK_SIZE, drop_document, open_document, write_document
from dard.crypto.enums import EVERY_PURPOSE, KeyState, Purpose
from dard.crypto.envelope import key_id_of
from dard.crypto.errors import KeyScopeError, UnsealError
from dard.crypto.models import SealedChunk, SealedDocument
from dard.crypto.resealing import reseal_batch
from dard.imports import service as imports
from dard.imports.enums import ImportStatus
from dard.imports.models import ImportBatch

CHUNKS: sa.Table = SealedChunk.__table__
DOCUMENTS: sa.Table = SealedDocument.__table__
OWNER, OTHER_OWNER = uuid.uuid4(), uuid.uuid4()
LET_GO = {"status": ImportStatus.DISCARDED, "content_id": None}
SIZE = 5 * CHUNK_SIZE + 4000  # six chunks: more than are read in one statement
MEGABYTE = 1_000_000


@pytest.fixture
def vault(app: Flask) -> Iterator[None]:
    """A transaction with all keys open, of which nothing is kept."""
    keyring = app.extensions["dard.keyring"]
    with app.app_context(), keyring.open_for(EVERY_PURPOSE), intent(write=True):
        yield
        db.session.rollback()
        db.session.remove()


def content(seed: int, size: int = SIZE) -> bytes:
    return random.Random(seed).randbytes(size)


def written(data: bytes, owner: uuid.UUID = OWNER) -> SealedDocument:
    return write_document(io.BytesIO(data), len(data), owner)


def read(document_id: uuid.UUID, owner: uuid.UUID = OWNER) -> bytes:
    """The document as it stands in the database now."""
    db.session.expire_all()
    return b"".join(open_document(db.session.get_one(SealedDocument, document_id), owner))


def chunks_of(document_id: uuid.UUID) -> list[sa.Row]:
    return list(run(sa.select(CHUNKS).where(CHUNKS.c.document_id == document_id).order_by(CHUNKS.c.position)))


def run(statement: sa.Executable) -> sa.CursorResult:
    """Somebody at the database, not the app."""
    return db.session.connection().execute(statement)


def edit(row: sa.Row, **values: object) -> None:
    run(sa.update(CHUNKS).where(CHUNKS.c.id == row.id).values(values))


def edit_document(document_id: uuid.UUID, **values: object) -> None:
    run(sa.update(DOCUMENTS).where(DOCUMENTS.c.id == document_id).values(values))


def delete(row: sa.Row) -> None:
    run(sa.delete(CHUNKS).where(CHUNKS.c.id == row.id))


def insert(row: sa.Row, **values: object) -> None:
    run(sa.insert(CHUNKS).values({**row._asdict(), **values}))


# what was written is read


@pytest.mark.parametrize("size", [0, 1, 256, CHUNK_SIZE, CHUNK_SIZE + 1, AT_A_TIME * CHUNK_SIZE, 1_234_567])
def test_what_was_written_is_read_again_and_is_nowhere_in_the_clear(vault, size):
    data = content(size, size)
    document = written(data)
    assert read(document.id) == data
    stored = chunks_of(document.id)
    assert [row.position for row in stored] == list(range(document.chunks))
    assert size < 32 or not any(data[:32] in row.chunk_sealed for row in stored)


def test_a_document_is_given_out_chunk_by_chunk(vault):
    data = content(1)
    pieces = list(open_document(written(data), OWNER))
    assert [len(piece) for piece in pieces] == [CHUNK_SIZE] * 5 + [4000]
    assert b"".join(pieces) == data


def test_a_dropped_document_leaves_nothing(vault):
    kept, dropped = written(content(1)), written(content(2))
    drop_document(dropped)
    assert read(kept.id) == content(1)
    assert run(sa.select(DOCUMENTS.c.id)).scalars().all() == [kept.id]
    assert len(chunks_of(dropped.id)) == 0


def test_row_2_the_audit_log_knows_every_value_written_and_dropped(world: World) -> None:
    with world.at_work():
        batch_id = imports.upload(SYSTEM, "ct-ocme", usual_file(3000)).id
    with world.at_work():
        found = compare()
        assert (found.cells, list(found.differences)) == (1 + len(run(sa.select(CHUNKS.c.id)).all()), [])
        assert found.cells > AT_A_TIME
    with world.at_work():
        imports.discard(SYSTEM, db.session.get_one(ImportBatch, batch_id), None)
    with world.at_work():
        assert compare() == Comparison(0, [])


def test_row_2_a_document_taken_away_behind_the_back_of_the_log_is_missed(world: World) -> None:
    with world.at_work():
        batch_id = imports.upload(SYSTEM, "ct-ocme", GOOD).id
    with world.at_work():
        run(sa.update(ImportBatch.__table__).where(ImportBatch.id == batch_id).values(LET_GO))
        run(sa.delete(DOCUMENTS))
        assert sorted(each.rpartition(" of ")[2] for each in compare().differences) == [
            "sealed_chunk is missing",
            "sealed_document is missing",
        ]
        db.session.rollback()


@pytest.mark.parametrize("said", [SIZE - 1, SIZE + 1])
def test_a_stream_of_another_length_is_refused(vault, said):
    with pytest.raises(ValueError, match="than it was said to be"):
        write_document(io.BytesIO(content(1)), said, OWNER)


def test_row_4_a_document_is_read_while_its_chunks_are_sealed_anew(app: Flask, world: World) -> None:
    """By what rotates every sealed field: chunks are none of its special cases."""
    keyring = app.extensions["dard.keyring"]
    with world.at_work():
        batch_id = imports.upload(SYSTEM, "ct-ocme", usual_file(3000)).id
        made = new_key(app.extensions["dard.key_store"], Purpose.NARRATIVE, KeyState.STAGED)
        promote(SYSTEM, made)
        number = made.number
    with app.app_context():
        keyring.refresh()
    with world.at_work():
        document_id = db.session.get_one(ImportBatch, batch_id).content_id
        resealed = 0
        for field in (SealedChunk.chunk, SealedDocument.size):
            last = None
            while (batch := reseal_batch(field, keyring, 2, last)).last is not None:
                last = batch.last
                resealed += len(batch.resealed)
                assert read(document_id, batch_id) == usual_file(3000)
        assert {key_id_of(row.chunk_sealed) for row in chunks_of(document_id)} == {number}
        assert resealed == len(chunks_of(document_id)) + 1
        db.session.rollback()


def test_row_9_a_document_needs_the_key_of_its_purpose(app, vault):
    document = written(content(1))
    with app.extensions["dard.keyring"].open_for(EVERY_PURPOSE - {Purpose.NARRATIVE}):
        with pytest.raises(KeyScopeError):
            open_document(document, OWNER)
        with pytest.raises(KeyScopeError):
            written(content(1))


def test_little_memory_is_taken_by_a_large_document(vault, figure):
    size, limit = 20 * MEGABYTE, 10 * MEGABYTE
    warm = written(content(1))
    assert read(warm.id) == content(1)
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        document = write_document(Zeros(size), size, OWNER)
        writing = tracemalloc.get_traced_memory()[1] - before
        tracemalloc.reset_peak()
        assert sum(len(piece) for piece in open_document(document, OWNER)) == size
        reading = tracemalloc.get_traced_memory()[1] - before
        tracemalloc.reset_peak()
        drop_document(document)
        dropping = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    figure(2, "memory above the start to write a document of 20 MB", f"{writing / MEGABYTE:.1f} MB")
    figure(2, "memory above the start to read a document of 20 MB", f"{reading / MEGABYTE:.1f} MB")
    figure(2, "memory above the start to drop a document of 20 MB", f"{dropping / MEGABYTE:.1f} MB")
    assert max(writing, reading, dropping) < limit


class Zeros(io.RawIOBase):
    """A stream of ``size`` zeros, which takes no memory."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int = -1) -> bytes:
        given = min(size, self.left)
        self.left -= given
        return bytes(given)


# what is done to its rows is refused


@dataclass(frozen=True)
class Scene:
    """A document, and another one of the same owner and the same number of chunks."""

    id: uuid.UUID
    other_id: uuid.UUID

    @property
    def chunks(self) -> list[sa.Row]:
        return chunks_of(self.id)

    @property
    def others(self) -> list[sa.Row]:
        return chunks_of(self.other_id)


Attack = Callable[[Scene], object]


@pytest.fixture
def scene(vault) -> Scene:
    return Scene(written(content(1)).id, written(content(2)).id)


def swap_contents(scene: Scene) -> None:
    first, second, *_ = scene.chunks
    edit(first, chunk_sealed=second.chunk_sealed)
    edit(second, chunk_sealed=first.chunk_sealed)


def swap_places(scene: Scene) -> None:
    first, second, *_ = scene.chunks
    edit(first, position=99)
    edit(second, position=0)
    edit(first, position=1)


def swap_rows_with_another_document(scene: Scene) -> None:
    mine, theirs = scene.chunks[2], scene.others[2]
    edit(mine, position=99)
    edit(theirs, document_id=scene.id)
    edit(mine, document_id=scene.other_id, position=2)


def swap_whole_documents(scene: Scene) -> None:
    for mine, theirs in zip(scene.chunks, scene.others, strict=True):
        edit(mine, chunk_sealed=theirs.chunk_sealed)
        edit(theirs, chunk_sealed=mine.chunk_sealed)


def move_every_chunk_of_the_other_over(scene: Scene) -> None:
    theirs = scene.others
    run(sa.delete(CHUNKS).where(CHUNKS.c.document_id == scene.id))
    for row in theirs:
        edit(row, document_id=scene.id)


def replace_everything_but_the_row_of_the_document(scene: Scene) -> None:
    move_every_chunk_of_the_other_over(scene)
    size = run(sa.select(DOCUMENTS.c.size_sealed).where(DOCUMENTS.c.id == scene.other_id)).scalar_one()
    edit_document(scene.id, size_sealed=size)


def drop(place: int) -> Attack:
    return lambda scene: delete(scene.chunks[place])


def drop_the_last_and_say_so(scene: Scene) -> None:
    delete(scene.chunks[-1])
    edit_document(scene.id, chunks=5)


def drop_the_last_and_say_so_everywhere(scene: Scene) -> None:
    drop_the_last_and_say_so(scene)
    for row in scene.chunks:
        edit(row, chunks=5)


def repeat_at_the_end(scene: Scene) -> None:
    insert(scene.chunks[0], id=uuid.uuid4(), position=6)


def repeat_at_the_end_and_say_so(scene: Scene) -> None:
    repeat_at_the_end(scene)
    edit_document(scene.id, chunks=7)


def repeat_in_place_of_the_next(scene: Scene) -> None:
    first, second, *_ = scene.chunks
    delete(second)
    insert(first, id=uuid.uuid4(), position=1)


def repeat_in_the_row_of_the_next(scene: Scene) -> None:
    first, second, *_ = scene.chunks
    edit(second, chunk_sealed=first.chunk_sealed)


def repeat_before_the_beginning(scene: Scene) -> None:
    insert(scene.chunks[0], id=uuid.uuid4(), position=-1)


def shift_to_make_room(scene: Scene) -> None:
    for row in reversed(scene.chunks):
        edit(row, position=row.position + 1)


def put_in_a_new_row(scene: Scene) -> None:
    edit(scene.chunks[3], id=uuid.uuid4())


def edit_the_count_of(chunks: int) -> Attack:
    return lambda scene: edit_document(scene.id, chunks=chunks)


def edit_the_count_of_a_chunk(scene: Scene) -> None:
    edit(scene.chunks[4], chunks=7)


def edit_the_document_of_a_chunk(scene: Scene) -> None:
    edit(scene.chunks[5], document_id=scene.other_id, position=6)


def edit_the_size(scene: Scene) -> None:
    sealed = run(sa.select(DOCUMENTS.c.size_sealed).where(DOCUMENTS.c.id == scene.id)).scalar_one()
    edit_document(scene.id, size_sealed=sealed[:-1] + bytes([sealed[-1] ^ 1]))


def take_the_size_of_the_other(scene: Scene) -> None:
    sealed = run(sa.select(DOCUMENTS.c.size_sealed).where(DOCUMENTS.c.id == scene.other_id)).scalar_one()
    edit_document(scene.id, size_sealed=sealed)


def put_a_chunk_in_place_of_the_size(scene: Scene) -> None:
    edit_document(scene.id, size_sealed=scene.chunks[-1].chunk_sealed)


def edit_the_owner(scene: Scene) -> None:
    edit_document(scene.id, owner_id=OTHER_OWNER)


def put_an_earlier_version_of_a_chunk(scene: Scene) -> None:
    earlier = written(content(3))
    edit(scene.chunks[1], chunk_sealed=chunks_of(earlier.id)[1].chunk_sealed)


def cut_a_chunk_short(scene: Scene) -> None:
    row = scene.chunks[1]
    edit(row, chunk_sealed=row.chunk_sealed[:-2048])


def empty_a_chunk(scene: Scene) -> None:
    edit(scene.chunks[1], chunk_sealed=scene.chunks[1].chunk_sealed[:35])


ATTACKS: dict[str, Attack] = {
    each.__name__: each
    for each in (
        swap_contents, swap_places, swap_rows_with_another_document, swap_whole_documents,
        move_every_chunk_of_the_other_over, replace_everything_but_the_row_of_the_document, drop_the_last_and_say_so,
        drop_the_last_and_say_so_everywhere, repeat_at_the_end, repeat_at_the_end_and_say_so,
        repeat_in_place_of_the_next, repeat_in_the_row_of_the_next, repeat_before_the_beginning, shift_to_make_room,
        put_in_a_new_row, edit_the_count_of_a_chunk, edit_the_document_of_a_chunk, edit_the_size,
        take_the_size_of_the_other, put_a_chunk_in_place_of_the_size, edit_the_owner,
        put_an_earlier_version_of_a_chunk, cut_a_chunk_short, empty_a_chunk,
    )
}  # fmt: skip
ATTACKS |= {f"drop chunk {place}": drop(place) for place in range(6)}
ATTACKS |= {f"say that there are {count}": edit_the_count_of(count) for count in (1, 5, 7, 600)}


def test_the_scene_is_sound(scene):
    assert (read(scene.id), read(scene.other_id)) == (content(1), content(2))
    assert len(scene.chunks) == len(scene.others) == 6 > AT_A_TIME


def test_row_2_a_document_that_was_meddled_with_is_refused(scene, figure):
    taken = []
    for name, attack in ATTACKS.items():
        savepoint = db.session.begin_nested()
        attack(scene)
        with contextlib.suppress(UnsealError):
            read(scene.id)
            taken.append(name)
        savepoint.rollback()
    assert read(scene.id) == content(1)
    figure(2, "ways to meddle with a document refused", f"{len(ATTACKS) - len(taken)} of {len(ATTACKS)}")
    assert taken == []


def test_row_2_flipped_bytes_anywhere_in_a_document_are_refused(vault, figure):
    data = content(1, 1000)
    document = written(data)
    (row,) = chunks_of(document.id)
    places = [*range(40), *range(40, len(row.chunk_sealed), 7)]
    for place in places[1:]:  # the first byte is the mark, which the database itself refuses to change
        sealed = bytearray(row.chunk_sealed)
        sealed[place] ^= 0x10
        edit(row, chunk_sealed=bytes(sealed))
        with pytest.raises(UnsealError):
            read(document.id)
    edit(row, chunk_sealed=row.chunk_sealed)
    assert read(document.id) == data
    figure(2, "flipped bytes of a stored document refused", f"{len(places) - 1} of {len(places) - 1}")


def test_nothing_is_given_out_of_a_document_with_another_number_of_chunks(scene):
    delete(scene.chunks[-1])
    db.session.expire_all()
    with pytest.raises(UnsealError):
        open_document(db.session.get_one(SealedDocument, scene.id), OWNER)


def test_no_more_is_given_out_than_was_checked(scene):
    edit(scene.chunks[3], chunk_sealed=scene.others[3].chunk_sealed)
    db.session.expire_all()
    given = []
    with pytest.raises(UnsealError):
        given.extend(open_document(db.session.get_one(SealedDocument, scene.id), OWNER))
    assert b"".join(given) == content(1)[: 3 * CHUNK_SIZE]


@pytest.mark.parametrize("gone", [[0, 1, 2, 3, 4, 5], [AT_A_TIME]], ids=["all", "the next"])
def test_a_document_that_goes_away_while_it_is_read_is_noticed(scene, gone):
    opened = open_document(db.session.get_one(SealedDocument, scene.id), OWNER)
    given = [next(opened) for _ in range(AT_A_TIME)]
    run(sa.delete(CHUNKS).where(CHUNKS.c.document_id == scene.id, CHUNKS.c.position.in_(gone)))
    with pytest.raises(UnsealError, match="missing, or stands in another place"):
        next(opened)
    assert len(given) == AT_A_TIME


def test_a_chunk_of_another_number_of_chunks_is_refused_though_it_was_sealed_with_the_key(scene):
    row = scene.chunks[1]
    edit(row, chunks=7, chunk_sealed=SealedChunk.chunk.seal(row.id, bytes(CHUNK_SIZE), scene.id, 1, 7))
    with pytest.raises(UnsealError, match="missing, or stands in another place"):
        read(scene.id)


def test_a_chunk_of_the_wrong_length_is_refused_though_it_was_sealed_with_the_key(scene):
    row = scene.chunks[1]
    edit(row, chunk_sealed=SealedChunk.chunk.seal(row.id, bytes(CHUNK_SIZE - 1), scene.id, 1, 6))
    with pytest.raises(UnsealError, match="wrong length"):
        read(scene.id)


def test_a_size_that_does_not_fit_the_chunks_is_refused_though_it_was_sealed_with_the_key(scene):
    sealed = SealedDocument.size.seal(scene.id, SIZE * 2, OWNER, 6)
    edit_document(scene.id, size_sealed=sealed)
    with pytest.raises(UnsealError, match="number of chunks"):
        read(scene.id)


def test_a_document_reached_through_another_row_is_refused(scene):
    with pytest.raises(UnsealError, match="another row"):
        read(scene.id, OTHER_OWNER)


def test_row_2_the_file_of_one_import_is_not_taken_for_that_of_another(world: World) -> None:
    with world.at_work():
        mine, theirs = (imports.upload(SYSTEM, "ct-ocme", GOOD) for _ in range(2))
        taken = theirs.content_id
        run(sa.update(ImportBatch.__table__).where(ImportBatch.id == theirs.id).values(LET_GO))
        run(sa.update(ImportBatch.__table__).where(ImportBatch.id == mine.id).values(content_id=taken))
        with pytest.raises(UnsealError, match="another row"):
            imports.preview(SYSTEM, mine)
        db.session.rollback()
