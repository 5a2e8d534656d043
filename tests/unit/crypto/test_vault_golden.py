"""What was sealed, wrapped, signed and indexed by the first released format opens with the code of today, for ever.

``golden/sealed-v1.json`` was written once, by ``make`` below, and is never written again. A test that fails here means
that data of somebody, or their backups, could not be read any more: it is the code that must change, not the file.
A later format gets a file of its own beside it. A field that was moved, with its values sealed anew by a migration, is
named in MOVED.
"""

import base64
import datetime as dt
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

import dard.models
from dard.core.database import Base
from dard.crypto import signing
from dard.crypto.blind_index import Reading, blind_index
from dard.crypto.enums import EVERY_PURPOSE, KeyState, Purpose
from dard.crypto.fields import BYTES, DATE, NUMBER, STRINGS, TEXT, Codec, Sealed, sealed_fields
from dard.crypto.fingerprints import fingerprint
from dard.crypto.key_file import KeyFile, no_passphrase, read_key_file
from dard.crypto.keyring import Key, Keyring, new_keyring
from dard.crypto.padding import Padding
from dard.crypto.wrapping import LocalWrapper, PassphraseCost, Use, key_from_passphrase

FILE = Path(__file__).parent / "golden" / "sealed-v1.json"
MOVED: Mapping[str, str] = {}  # "table.field" of then: what became of it, in words
ENVIRONMENT = uuid.UUID("5f0f7a86-9a52-4a2f-8a4e-0000000000e0")
ROW = uuid.UUID("5f0f7a86-9a52-4a2f-8a4e-000000000001")
PURPOSES = ("identity", "narrative", "pack", "account", "audit", "index", "signing")
KEYS = tuple(Key(number, Purpose(name), bytes([number]) * 32) for number, name in enumerate(PURPOSES, start=1))
OLDER = Key(40, Purpose.IDENTITY, bytes([40]) * 32, KeyState.DECRYPT_ONLY)
KEY_ENCRYPTION_KEY, SALT, PASSPHRASE = bytes([0xEE]) * 32, bytes(range(16)), "drei zufällige Wörter"
USE = Use(ENVIRONMENT, 3, Purpose.PACK)
BOUND = (ROW, 3, 7)
VALUES: Mapping[Codec[Any], Any] = {
    TEXT: "Zoë Quillfeather, 14 Larkspur Rise 🇬🇧",
    DATE: dt.date(1988, 7, 2),
    STRINGS: ("Zoë", "Łucja", "محمد"),
    BYTES: bytes(range(256)),
    NUMBER: 1_234_567,
}


class Golden:
    """A table of its own, so that what happens to those of the product changes nothing here."""

    __tablename__ = "golden"

    code = Sealed[str](TEXT, Purpose.IDENTITY, Padding.CODE, nullable=True)
    name = Sealed[str](TEXT, Purpose.IDENTITY, Padding.NAME, nullable=True)
    address = Sealed[str](TEXT, Purpose.IDENTITY, Padding.ADDRESS, nullable=True)
    narrative = Sealed[str](TEXT, Purpose.NARRATIVE, Padding.NARRATIVE, nullable=True)
    date = Sealed[dt.date](DATE, Purpose.IDENTITY, Padding.CODE, nullable=True)
    strings = Sealed[tuple[str, ...]](STRINGS, Purpose.IDENTITY, Padding.ADDRESS, nullable=True)
    content = Sealed[bytes](BYTES, Purpose.PACK, Padding.NARRATIVE, nullable=True)
    number = Sealed[int](NUMBER, Purpose.ACCOUNT, Padding.CODE, nullable=True)
    piece = Sealed[bytes](BYTES, Purpose.NARRATIVE, Padding.NARRATIVE, nullable=True, binds=("a", "b", "c"))
    plain_index = blind_index("name", of=Reading(1, str.lower))
    hardened_index = blind_index("code", of=Reading(1, str.lower), hardened=True)


def fields() -> dict[str, Sealed[Any]]:
    """The fields above and those of the models, by table and name."""
    assert dard.models.ALL  # every table is known
    models = [Golden, *(mapper.class_ for mapper in Base.registry.mappers)]
    return {f"{field.table}.{name}": field for model in models for name, field in sealed_fields(model).items()}


def make() -> None:
    """Write the file: called by hand, once, before the first release.

    ``PYTHONPATH=tests/unit/crypto .venv/bin/python -c "import test_vault_golden as golden; golden.make()"``
    """
    with Keyring(ENVIRONMENT, KEYS).open_for(EVERY_PURPOSE):
        made = {
            "environment": str(ENVIRONMENT),
            "row": str(ROW),
            "keys": {str(key.number): {"purpose": key.purpose.value, "secret": _text(key.secret)} for key in KEYS},
            "cells": {name: _cell(field) for name, field in sorted(fields().items())},
            "indexes": {name: _text(value) for name, value in _indexes().items()},
            "signature": _text(signing.sign(b"golden").value),
            "public_key": _text(signing.public_key_of(_key(Purpose.SIGNING))),
        }
    others = [key for key in KEYS if key.purpose is not OLDER.purpose]
    with Keyring(ENVIRONMENT, [replace(OLDER, state=KeyState.PRIMARY), *others]).open_for(EVERY_PURPOSE):
        made["under_an_older_key"] = _text(Golden.name.seal(ROW, VALUES[TEXT]))
    wrapped = LocalWrapper({5: lambda: KEY_ENCRYPTION_KEY}).wrap(_key(Purpose.PACK).secret, USE)
    derived = key_from_passphrase(PASSPHRASE, SALT, PassphraseCost())
    made |= {"wrapped": _text(wrapped), "derived": _text(derived), "key_files": _key_files()}
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _cell(field: Sealed[Any]) -> dict[str, str]:
    bound = BOUND[: len(field.binds)]
    return {"codec": field.codec.tag.decode(), "sealed": _text(field.seal(ROW, VALUES[field.codec], *bound))}


def _key(purpose: Purpose) -> Key:
    return next(key for key in KEYS if key.purpose is purpose)


def _indexes() -> dict[str, bytes]:
    told = {"name": VALUES[TEXT], "code": "999 000 0018"}
    found = {"plain": Golden.plain_index, "hardened": Golden.hardened_index}
    indexes = {name: index.row(told, {index.name})[index.name] or b"" for name, index in found.items()}
    return {**indexes, "fingerprint": fingerprint("golden", b"row")}


def _key_files() -> dict[str, Any]:
    """What key files say: of format 1, and of format 2 with each provider, and while keys are carried over."""
    carried = [{"id": key.number, "purpose": key.purpose.value, "secret": _text(key.secret)} for key in KEYS]
    held = {"number": 5, "provider": "file", "secret": _text(KEY_ENCRYPTION_KEY)}
    cost = {"time_cost": 3, "memory_kib": 65536, "lanes": 4}
    said = {"number": 6, "provider": "passphrase", "salt": _text(SALT), "cost": cost}
    second: dict[str, Any] = {"format": 2, "environment": str(ENVIRONMENT)}
    return {
        "format 1": {"format": 1, "environment": str(ENVIRONMENT), "keys": carried},
        "format 2": {**second, "keys": [held]},
        "format 2, passphrase": {**second, "keys": [said]},
        "format 2, two keys": {**second, "keys": [held, said]},
        "format 2, carrying": {**second, "keys": [held], "carried": carried},
    }


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


# what was written then opens now

GOLDEN: Mapping[str, Any] = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {"cells": {}, "key_files": {}}


@pytest.fixture
def keys_of_then() -> Iterator[Keyring]:
    keys = [Key(int(number), Purpose(each["purpose"]), _raw(each["secret"])) for number, each in GOLDEN["keys"].items()]
    later = [key for key in new_keyring().keys if key.purpose.value not in PURPOSES]
    ring = Keyring(uuid.UUID(GOLDEN["environment"]), [*keys, OLDER, *later])
    with ring.open_for(EVERY_PURPOSE):
        yield ring


def _raw(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


@pytest.mark.parametrize("name", GOLDEN["cells"])
def test_row_6_what_was_sealed_opens(keys_of_then, name):
    if name in MOVED:
        assert name not in fields()
        return
    field, cell = fields().get(name), GOLDEN["cells"][name]
    assert field is not None, (
        f"{name} is gone or has another name: seal its values anew in a migration and say so in MOVED, "
        "or those of every instance are lost"
    )
    codec, value = next((codec, value) for codec, value in VALUES.items() if codec.tag == cell["codec"].encode())
    assert field.codec is codec
    assert field.open(uuid.UUID(GOLDEN["row"]), _raw(cell["sealed"]), *BOUND[: len(field.binds)]) == value


def test_row_6_every_codec_padding_and_purpose_of_a_value_is_there():
    there = [field for name, field in fields().items() if name in GOLDEN["cells"]]
    assert {field.codec.tag for field in there} == {codec.tag for codec in (TEXT, DATE, STRINGS, BYTES, NUMBER)}
    assert {field.padding for field in there} == set(Padding)
    assert {field.purpose.value for field in there} == {*PURPOSES} - {"index", "signing"}


def test_row_6_what_was_sealed_under_a_key_that_only_opens_now_opens(keys_of_then):
    assert Golden.name.open(ROW, _raw(GOLDEN["under_an_older_key"])) == VALUES[TEXT]


def test_row_6_indexes_and_fingerprints_are_what_they_were(keys_of_then):
    assert {name: _text(value) for name, value in _indexes().items()} == GOLDEN["indexes"]


def test_row_6_a_signature_is_what_it_was(keys_of_then):
    Ed25519PublicKey.from_public_bytes(_raw(GOLDEN["public_key"])).verify(_raw(GOLDEN["signature"]), b"golden")
    assert signing.sign(b"golden").value == _raw(GOLDEN["signature"])
    assert signing.public_key_of(_key(Purpose.SIGNING)) == _raw(GOLDEN["public_key"])


def test_row_6_a_wrapped_key_is_unwrapped():
    wrapper = LocalWrapper({5: lambda: KEY_ENCRYPTION_KEY})
    assert wrapper.unwrap(_raw(GOLDEN["wrapped"]), USE) == _key(Purpose.PACK).secret
    assert LocalWrapper.wrapped_by(_raw(GOLDEN["wrapped"])) == 5


def test_row_6_a_passphrase_gives_the_key_that_it_gave():
    assert key_from_passphrase(PASSPHRASE, SALT, PassphraseCost()) == _raw(GOLDEN["derived"])


@pytest.mark.parametrize("name", GOLDEN["key_files"])
def test_row_6_a_key_file_says_what_it_said(tmp_path, name):
    path = tmp_path / "dard.keys"
    path.write_text(json.dumps(GOLDEN["key_files"][name]), encoding="utf-8")
    path.chmod(0o600)
    found: KeyFile = read_key_file(path)
    assert found.environment == ENVIRONMENT
    carries = name in {"format 1", "format 2, carrying"}
    assert {(key.number, key.purpose, key.secret) for key in found.carried} == (
        {(key.number, key.purpose, key.secret) for key in KEYS} if carries else set()
    )
    if name == "format 1":
        assert [key.provider for key in found.keys] == ["file"]
        return
    opened = {key.number: key.open(partial(str, PASSPHRASE)) for key in found.keys}
    assert {5: KEY_ENCRYPTION_KEY, 6: _raw(GOLDEN["derived"])}.items() >= opened.items()
    if 5 in opened:
        assert found.wrapper(no_passphrase).unwrap(_raw(GOLDEN["wrapped"]), USE) == _key(Purpose.PACK).secret


def test_row_6_all_of_it_is_counted(keys_of_then, figure):
    opened = 0
    for name, cell in GOLDEN["cells"].items():
        field = fields()[name]
        opened += field.open(ROW, _raw(cell["sealed"]), *BOUND[: len(field.binds)]) == VALUES[field.codec]
    figure(6, "values of the first format that open", f"{opened} of {len(GOLDEN['cells'])}")
    assert opened == len(GOLDEN["cells"]) > 9
