"""The benchmarks of sealing compare what they say they compare."""

import itertools
import os

import pytest
import sqlalchemy as sa

from dard.cases.models import CasePerson
from dard.cli.bench import FOLDER, load
from dard.crypto.envelope import NONCE_SIZE
from dard.crypto.keyring import CellKey, current_scope
from dard.crypto.padding import pad

field = load(FOLDER / "sealing.py")
rows = load(FOLDER / "sealed_rows.py")


def test_each_side_of_one_field_takes_its_time() -> None:
    spent = field.measure(3, 1)
    assert set(spent) == set(field.SIDES)
    assert all(microseconds > 0 for microseconds in spent.values())


def test_the_baseline_handles_100_bytes_and_the_bound_call_what_the_field_hands_to_the_cipher(keys) -> None:
    handed: list[tuple[bytes, bytes]] = []

    def encrypt(_nonce: bytes, plaintext: bytes, bound: bytes) -> bytes:
        handed.append((plaintext, bound))
        return b""

    person = CasePerson()
    person.address = field.TEXT
    scope = current_scope()
    cell = scope.sealing[field.FIELD]
    scope.sealing[field.FIELD] = CellKey(encrypt, cell.decrypt, cell.head, cell.binding)
    person.address = field.TEXT
    del scope.sealing[field.FIELD]  # the keyring lives as long as the test run
    ((plaintext, bound),) = handed
    assert len(field.TEXT.encode()) == 100
    assert plaintext == pad(field.TEXT.encode(), field.FIELD.padding.value)
    assert len(bound) == len(field.associated_data(person.id))
    assert bound.endswith(field.associated_data(person.id)[-44:])  # row and kind of value, each with its length


def test_a_nonce_that_comes_again_is_counted(monkeypatch) -> None:
    few = itertools.cycle([bytes(12), b"\x01" + bytes(11), bytes(11) + b"\x01"])
    real = os.urandom
    monkeypatch.setattr("os.urandom", lambda size: next(few) if size == NONCE_SIZE else real(size))
    assert field.repeated_nonces(3) == 0
    assert field.repeated_nonces(8) == 5


def test_the_metrics_of_one_field_are_what_was_measured(monkeypatch) -> None:
    spent = {"seal": 6.0, "open": 3.0, "encrypt": 2.0, "decrypt": 2.0, "nonce": 1.25, "attribute": 0.5}
    bound = {"encrypt_bound": 2.5, "decrypt_bound": 2.5}
    monkeypatch.setattr(field, "measure", lambda _calls, _turns: {**spent, **bound})
    monkeypatch.setattr(field, "SEALS", 4)
    seal, open_, nonces = field.run()
    assert (seal.ratio, seal.holds, open_.ratio, open_.holds) == (3.0, True, 1.5, True)
    assert "1.25 os.urandom(12), 0.50 the ORM’s own attribute" in seal.measured
    assert (nonces.ratio, nonces.holds) == (0.0, True)
    assert "4 seals" in nonces.name
    monkeypatch.setattr(field, "repeated_nonces", lambda _seals: 1)
    assert not field.run()[2].holds


def test_all_sides_keep_the_same_texts_and_only_the_plain_one_shows_them(keys, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(rows, "PART", 3)
    engine = rows.filled(tmp_path, 4)
    expected = [rows.text_of(number) for number in (1, 2, 3)]
    assert {len(text) for text in expected} == {100}
    for name, model in rows.MODELS.items():
        assert rows.texts(engine, model, 1) == expected
        assert rows.texts(engine, model, 4) == [rows.text_of(4)]
        with engine.connect() as connection:
            stored = [
                bytes(row)
                for row in connection.scalars(
                    sa.text(f"SELECT CAST({_column(model)} AS BLOB) FROM {model.__tablename__}")
                )
            ]
        assert len(stored) == 4
        assert all((b"Larkspur" in value) is (name == "plain") for value in stored)
    engine.dispose()


def _column(model: type) -> str:
    (column,) = (column.name for column in model.__table__.columns if column.name != "id")
    return column


def test_each_side_takes_its_time_for_all_parts_of_the_rows(monkeypatch) -> None:
    monkeypatch.setattr(rows, "PART", 2)
    loaded: list[int] = []
    texts = rows.texts

    def noting(*arguments) -> list[str]:
        found = texts(*arguments)
        loaded.append(len(found))
        return found

    monkeypatch.setattr(rows, "texts", noting)
    best = rows.measure(5, 1)
    assert set(best) == set(rows.MODELS)
    assert all(seconds > 0 for seconds in best.values())
    assert loaded == [2] * 8 + [1] * 4


@pytest.mark.parametrize(("gcm", "holds"), [(2.0, True), (0.9, False)])
def test_the_metrics_of_many_rows_are_what_was_measured(monkeypatch, gcm, holds) -> None:
    best = {"sealed": 0.375, "gcm": gcm, "cbc": 0.75, "plain": 0.25}
    monkeypatch.setattr(rows, "measure", lambda _rows, _turns: best)
    whole, added = rows.run()
    assert (whole.ratio, whole.holds) == (gcm / 0.375, holds)
    assert added.ratio == (gcm - 0.25) / 0.125
    assert "375 ms sealed" in whole.measured
    assert "2.00 of AesEngine" in whole.measured
    assert "125 ms more sealed" in added.measured
