"""Keyed fingerprints of rows and the like, and the chain of keys that they are made under."""

import hashlib
import hmac

import pytest

from dard.core.errors import TransitionError
from dard.crypto import fingerprints
from dard.crypto.enums import EVERY_PURPOSE, KeyState, Purpose
from dard.crypto.errors import KeyScopeError
from dard.crypto.fingerprints import chained, check_chain, fingerprint
from dard.crypto.keyring import Key, Keyring, derived, new_keyring

SECOND = Key(91, Purpose.INDEX, bytes(range(32)))
THIRD = Key(92, Purpose.INDEX, bytes(range(1, 33)))


def with_index_keys(keyring: Keyring, *keys: Key) -> Keyring:
    others = [key for key in keyring.keys if key.purpose is not Purpose.INDEX]
    return Keyring(keyring.environment, (*keys, *others))


def in_state(key: Key, state: KeyState) -> Key:
    return Key(key.number, key.purpose, key.secret, state)


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


def test_a_later_key_is_laid_over_what_was_there(keyring):
    first = in_state(SECOND, KeyState.DECRYPT_ONLY)
    with with_index_keys(keyring, SECOND).open_for(EVERY_PURPOSE):
        before = fingerprint("rows", b"14-0273")
    with with_index_keys(keyring, THIRD, first).open_for(EVERY_PURPOSE):  # in the order of their numbers
        after = fingerprint("rows", b"14-0273")
        assert after == chained(before, THIRD)
    assert after == hmac.digest(derived(THIRD, "dard/fingerprint/chain/v1"), before, "sha256")


def test_a_key_that_waits_is_no_part_of_the_chain_yet(keyring):
    with with_index_keys(keyring, SECOND).open_for(EVERY_PURPOSE):
        before = fingerprint("rows", b"14-0273")
    with with_index_keys(keyring, SECOND, in_state(THIRD, KeyState.STAGED)).open_for(EVERY_PURPOSE):
        assert fingerprint("rows", b"14-0273") == before


@pytest.mark.parametrize("stored", [True, False])
def test_a_key_of_the_chain_is_retired_only_when_nothing_hangs_on_it(monkeypatch, stored):
    monkeypatch.setattr(fingerprints, "fingerprints_are_stored", lambda: stored)
    check_chain(Purpose.IDENTITY, KeyState.DECRYPT_ONLY, KeyState.RETIRED)
    check_chain(Purpose.INDEX, KeyState.STAGED, KeyState.PRIMARY)
    check_chain(Purpose.INDEX, KeyState.RETIRED, KeyState.DESTROYED)
    if not stored:
        check_chain(Purpose.INDEX, KeyState.DECRYPT_ONLY, KeyState.RETIRED)
        return
    with pytest.raises(TransitionError, match="fingerprints of imported rows"):
        check_chain(Purpose.INDEX, KeyState.DECRYPT_ONLY, KeyState.RETIRED)


def test_a_retired_index_key_never_comes_back():
    check_chain(Purpose.IDENTITY, KeyState.RETIRED, KeyState.DECRYPT_ONLY)
    with pytest.raises(TransitionError, match="never comes back"):
        check_chain(Purpose.INDEX, KeyState.RETIRED, KeyState.DECRYPT_ONLY)
