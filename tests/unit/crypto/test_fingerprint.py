"""Keyed fingerprints of rows and the like."""

import hashlib

import pytest

from dard.crypto.blind_index import fingerprint
from dard.crypto.enums import EVERY_PURPOSE, Purpose
from dard.crypto.errors import KeyScopeError
from dard.crypto.keyring import Keyring, new_keyring


def test_the_same_data_gives_the_same_32_bytes(keys: Keyring) -> None:
    assert fingerprint("rows", b"14-0273") == fingerprint("rows", b"14-0273")
    assert len(fingerprint("rows", b"")) == 32


def test_other_data_or_another_use_gives_other_bytes(keys: Keyring) -> None:
    given = {fingerprint("rows", b"14-0273"), fingerprint("rows", b"14-0274"), fingerprint("keys", b"14-0273")}
    assert len(given) == 3


def test_nobody_without_the_key_can_test_a_guess(keys: Keyring) -> None:
    mine = fingerprint("rows", b"14-0273")
    with new_keyring().open_for(EVERY_PURPOSE):
        assert fingerprint("rows", b"14-0273") != mine
    assert hashlib.sha256(b"14-0273").digest() != mine


def test_it_needs_the_index_key(keyring: Keyring) -> None:
    with keyring.open_for(EVERY_PURPOSE - {Purpose.INDEX}), pytest.raises(KeyScopeError):
        fingerprint("rows", b"14-0273")
