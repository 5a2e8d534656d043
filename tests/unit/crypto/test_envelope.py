"""A sealed value opens in its own cell and nowhere else."""

import datetime as dt
import uuid

import pytest
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable

from dard.audit.models import AuditEvent
from dard.cases.models import CaseEvent, CaseNotification, CasePerson
from dard.crypto.envelope import OVERHEAD, header, key_id_of, length_prefixed, prefixed
from dard.crypto.errors import KeyScopeError, UnsealError
from dard.crypto.fields import SealedBytes, sealed_fields
from dard.crypto.keyring import Purpose, new_keyring
from dard.crypto.padding import Padding, pad, unpad

ROW = uuid.UUID("5f0f7a86-9a52-4a2f-8a4e-000000000001")
OTHER_ROW = uuid.UUID("5f0f7a86-9a52-4a2f-8a4e-000000000002")


def test_what_was_sealed_is_opened_again(keys):
    sealed = CasePerson.full_name.seal(ROW, "Tamsin Quillfeather")
    assert b"Quillfeather" not in sealed
    assert sealed[0] == 0xD1
    assert CasePerson.full_name.open(ROW, sealed) == "Tamsin Quillfeather"


def test_the_same_value_is_never_sealed_to_the_same_bytes(keys):
    assert CasePerson.full_name.seal(ROW, "same") != CasePerson.full_name.seal(ROW, "same")


def test_a_value_moved_to_another_row_does_not_open(keys):
    sealed = CasePerson.full_name.seal(ROW, "Tamsin")
    with pytest.raises(UnsealError):
        CasePerson.full_name.open(OTHER_ROW, sealed)


def test_a_value_moved_to_another_column_or_table_does_not_open(keys):
    sealed = CasePerson.full_name.seal(ROW, "Tamsin")
    with pytest.raises(UnsealError):
        CasePerson.address.open(ROW, sealed)
    with pytest.raises(UnsealError):
        CaseNotification.notifier_name.open(ROW, sealed)


def test_a_value_of_another_instance_does_not_open(keys):
    sealed = CasePerson.full_name.seal(ROW, "Tamsin")
    with new_keyring().open_for(frozenset(Purpose)), pytest.raises(UnsealError):
        CasePerson.full_name.open(ROW, sealed)


def test_every_flipped_byte_is_noticed(keys):
    sealed = CasePerson.nhs_number.seal(ROW, "9990000018")
    for place in range(len(sealed)):
        broken = bytearray(sealed)
        broken[place] ^= 1
        with pytest.raises(UnsealError):
            CasePerson.nhs_number.open(ROW, bytes(broken))


def test_every_truncation_is_noticed(keys):
    sealed = CasePerson.nhs_number.seal(ROW, "9990000018")
    for size in range(len(sealed)):
        with pytest.raises(UnsealError):
            CasePerson.nhs_number.open(ROW, sealed[:size])


def test_a_key_that_is_not_open_opens_nothing_and_seals_nothing(keyring):
    with keyring.open_for(frozenset({Purpose.IDENTITY})):
        sealed = CasePerson.full_name.seal(ROW, "Tamsin")
    with keyring.open_for(frozenset({Purpose.PACK})):
        with pytest.raises(KeyScopeError):
            CasePerson.full_name.open(ROW, sealed)
        with pytest.raises(KeyScopeError):
            CasePerson.full_name.seal(ROW, "Tamsin")
    with pytest.raises(KeyScopeError):
        CasePerson.full_name.open(ROW, sealed)


def test_keys_close_again_when_the_work_is_done(keyring):
    with keyring.open_for(frozenset(Purpose)):
        with keyring.open_for(frozenset()), pytest.raises(KeyScopeError):
            CaseEvent.narrative.seal(ROW, "x")
        assert CaseEvent.narrative.seal(ROW, "x")


def test_nothing_stays_nothing_and_an_empty_text_is_sealed(keys):
    person = CasePerson(full_name=None, address="")
    assert person.full_name is None
    assert person.full_name_sealed is None
    assert person.address == ""
    assert len(person.address_sealed) >= OVERHEAD


def test_dates_lists_and_texts_of_any_script_come_back(keys):
    person = CasePerson(
        date_of_birth=dt.date(1988, 7, 2), aliases=("Zoë", "Łucja", "محمد"), full_name="🇬🇧 Ó\u200bBriain"
    )
    assert person.date_of_birth == dt.date(1988, 7, 2)
    assert person.aliases == ("Zoë", "Łucja", "محمد")
    assert person.full_name == "🇬🇧 Ó\u200bBriain"


def test_names_of_different_lengths_take_the_same_room(keys):
    sizes = {len(CasePerson.full_name.seal(ROW, name)) for name in ("Al", "Tamsin Quillfeather", "x" * 63)}
    assert len(sizes) == 1
    assert len({len(CasePerson.nhs_number.seal(ROW, number)) for number in ("", "9990000018", "1" * 31)}) == 1


def test_long_texts_grow_by_at_most_an_eighth():
    for size in range(300, 60_000, 97):
        padded = len(pad(bytes(size), Padding.NARRATIVE.value))
        assert size < padded <= size * 1.12 + 64


@pytest.mark.parametrize("padding", list(Padding))
@pytest.mark.parametrize("size", [0, 1, 31, 32, 63, 64, 127, 128, 255, 256, 1000, 4097])
def test_padding_is_taken_off_exactly(padding, size):
    for plain in (b"a" * size, b"\x80" * size, b"\x00" * size):
        assert unpad(pad(plain, padding.value)) == plain


def test_what_has_no_padding_marker_is_refused():
    with pytest.raises(UnsealError):
        unpad(b"abc\x00")


def test_a_column_refuses_what_is_not_sealed():
    column = SealedBytes()
    with pytest.raises(ValueError, match="unsealed"):
        column.process_bind_param(b"Tamsin Quillfeather, plain and long enough to pass", None)
    with pytest.raises(ValueError, match="unsealed"):
        column.process_bind_param(b"\xd1short", None)
    assert column.process_bind_param(None, None) is None


def test_lists_of_parts_are_never_ambiguous():
    assert length_prefixed([b"ab", b"c"]) != length_prefixed([b"a", b"bc"])
    assert length_prefixed([b"a"], to_follow=1) + prefixed(b"b") == length_prefixed([b"a", b"b"])


def test_a_key_id_stands_in_the_clear():
    assert key_id_of(header(7) + bytes(28)) == 7
    for wrong in (0, 2**32):
        with pytest.raises(ValueError, match="key id"):
            header(wrong)


@pytest.mark.parametrize(
    ("dialect", "mark"), [(sqlite.dialect(), "substr(reason_sealed, 1, 1) = x'D1'"), (postgresql.dialect(), "get_byte")]
)
def test_the_check_of_a_sealed_column_is_written_for_either_database(dialect, mark):
    written = str(CreateTable(AuditEvent.__table__).compile(dialect=dialect))
    assert "CONSTRAINT ck_audit_event_reason_sealed CHECK" in written
    assert mark in written
    assert f"length(reason_sealed) >= {OVERHEAD}" in written


def test_sealed_fields_of_a_model_are_known():
    assert set(sealed_fields(CasePerson)) == {
        "full_name", "aliases", "date_of_birth", "nhs_number", "address", "postcode",
    }  # fmt: skip
