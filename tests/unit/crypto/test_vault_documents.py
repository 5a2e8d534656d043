"""How documents are cut, what their lengths tell, and that a chunk opens in its own place only."""

import io
import random
import uuid

import pytest

from dard.core.database import intent
from dard.crypto import documents
from dard.crypto.documents import CHUNK_SIZE, write_document
from dard.crypto.envelope import OVERHEAD
from dard.crypto.errors import KeyScopeError, UnsealError
from dard.crypto.models import SealedChunk, SealedDocument
from dard.crypto.padding import padme

ROW, DOCUMENT, OTHER = (uuid.UUID(int=number) for number in (11, 12, 13))
FULL = 64 * 1024
LARGEST = 20_000_000
SIZES = [0, 1, 255, 256, 257, CHUNK_SIZE - 1, CHUNK_SIZE, CHUNK_SIZE + 1, 10 * CHUNK_SIZE, 1_234_567]


class Trickle(io.BytesIO):
    """A stream that gives at most seven bytes at a time, as a socket may."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(7, size or 0))


def cut(data: bytes) -> list[bytes]:
    return list(documents._cut(io.BytesIO(data), len(data)))


def shape(size: int) -> tuple[int, ...]:
    """All that the lengths of the stored chunks tell of a document of ``size`` bytes: how many, and the last one."""
    pieces = list(documents._pieces(size))
    return len(pieces), pieces[-1][1]


@pytest.mark.parametrize("size", SIZES)
def test_a_document_is_cut_into_full_chunks_and_a_last_one(size):
    data = random.Random(size).randbytes(size)
    pieces = cut(data)
    assert len(pieces) == documents._chunks_for(size) >= 1
    assert [len(piece) for piece in pieces[:-1]] == [CHUNK_SIZE] * (len(pieces) - 1)
    joined = b"".join(pieces)
    assert joined == data + bytes(padme(size) - size)


def test_a_stream_that_gives_little_at_a_time_is_read_to_its_end():
    data = random.Random(1).randbytes(CHUNK_SIZE + 500)
    assert list(documents._cut(Trickle(data), len(data))) == cut(data)


@pytest.mark.parametrize(("said", "word"), [(9, "longer"), (11, "shorter"), (CHUNK_SIZE * 2, "shorter")])
def test_a_stream_of_another_length_than_was_said_is_refused(said, word):
    with pytest.raises(ValueError, match=word):
        list(documents._cut(io.BytesIO(b"ten bytes."), said))


def test_nothing_can_have_fewer_than_no_bytes():
    with pytest.raises(ValueError, match="fewer than 0"), intent(write=True):
        write_document(io.BytesIO(), -1, ROW)


def test_row_5_the_lengths_of_a_document_tell_its_class_alone(keys, figure):
    shapes = {shape(size) for size in range(LARGEST)[:: LARGEST // 200_000]}
    classes = {padme(size) for size in range(LARGEST)[:: LARGEST // 200_000]}
    assert len(shapes) == len(classes)
    assert {shape(size) for size in range(257)} == {(1, 256)}
    most = max(padme(size) / size for size in range(257, LARGEST, 97))
    assert most <= 1.12
    figure(5, "sizes of a document up to 20 MB that can be told apart from outside", len(classes))
    figure(5, "most that padding adds to a document of more than 256 bytes", f"{100 * (most - 1):.1f} %")


def test_a_full_chunk_wastes_nothing(keys):
    sealed = SealedChunk.chunk.seal(ROW, bytes(CHUNK_SIZE), DOCUMENT, 0, 2)
    assert len(sealed) == FULL + OVERHEAD


def test_row_2_a_chunk_opens_in_its_own_place_only(keys):
    sealed = SealedChunk.chunk.seal(ROW, b"Tamsin", DOCUMENT, 1, 3)
    assert SealedChunk.chunk.open(ROW, sealed, DOCUMENT, 1, 3) == b"Tamsin"
    for row, *bound in [
        (OTHER, DOCUMENT, 1, 3),
        (ROW, OTHER, 1, 3),
        (ROW, DOCUMENT, 0, 3),
        (ROW, DOCUMENT, 1, 4),
        (ROW, DOCUMENT, 3, 1),
        (ROW, DOCUMENT, 1),
        (ROW, DOCUMENT, 13),
        (ROW, DOCUMENT, 1, 3, ""),
        (ROW,),
    ]:
        with pytest.raises(UnsealError):
            SealedChunk.chunk.open(row, sealed, *bound)


def test_row_2_every_flipped_byte_and_every_truncation_of_a_chunk_is_refused(keys, figure):
    sealed = SealedChunk.chunk.seal(ROW, bytes(256), DOCUMENT, 0, 1)
    broken = [sealed[:place] for place in range(len(sealed))]
    broken += [sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :] for place in range(len(sealed))]
    refused = 0
    for each in broken:
        with pytest.raises(UnsealError):
            SealedChunk.chunk.open(ROW, each, DOCUMENT, 0, 1)
        refused += 1
    figure(2, "flipped bytes and truncations of a chunk refused", f"{refused} of {len(broken)}")


def test_row_2_the_size_opens_with_the_owner_and_the_number_of_chunks_only(keys):
    document = SealedDocument(owner_id=ROW, chunks=3, size=150_000)
    assert document.size == 150_000
    for name, value in [("owner_id", OTHER), ("chunks", 2), ("id", uuid.uuid4())]:
        changed = SealedDocument(id=document.id, owner_id=ROW, chunks=3)
        changed.size_sealed = document.size_sealed
        assert changed.size == 150_000
        setattr(changed, name, value)
        with pytest.raises(UnsealError):
            _ = changed.size


def test_sizes_all_take_the_same_room(keys):
    rooms = {len(SealedDocument(owner_id=ROW, chunks=1, size=size).size_sealed) for size in (0, 9, LARGEST)}
    assert len(rooms) == 1


def test_without_the_key_nothing_is_sealed(keyring):
    with keyring.open_for(frozenset()), pytest.raises(KeyScopeError):
        write_document(io.BytesIO(), 0, ROW)
