"""The keys in memory: which seals, which open, who may use them, and what happens when they are not at hand."""

import uuid

import pytest

from dard.cases.models import CaseEvent, CasePerson
from dard.crypto import signing
from dard.crypto.enums import EVERY_PURPOSE, KeyState, Purpose
from dard.crypto.errors import KeyFileError, KeyLockedError, KeyScopeError, UnsealError
from dard.crypto.keyring import FRESH_SECONDS, Key, Keyring, also_open, derived, keys_for, new_keyring

ROW = uuid.UUID("5f0f7a86-9a52-4a2f-8a4e-000000000001")
NEWER = Key(99, Purpose.IDENTITY, bytes(range(32)))


class Source:
    """Keys that a test can change, and how often they were read."""

    def __init__(self, keys) -> None:
        self.keys = tuple(keys)
        self.reads = 0

    def __call__(self):
        self.reads += 1
        return self.keys


def rotated(keyring: Keyring) -> tuple[Key, ...]:
    """The keys once NEWER seals for identity."""
    old = keyring.primary(Purpose.IDENTITY)
    demoted = Key(old.number, old.purpose, old.secret, KeyState.DECRYPT_ONLY)
    return (*(demoted if key == old else key for key in keyring.keys), NEWER)


@pytest.fixture
def seconds(monkeypatch):
    """A monotonic clock that moves when told: ``seconds[0] += 1``."""
    now = [1000.0]
    monkeypatch.setattr("dard.crypto.keyring.time.monotonic", lambda: now[0])
    return now


def test_the_primary_key_seals_and_the_older_still_open(keyring, keys):
    old = CasePerson.full_name.seal(ROW, "Tamsin")
    grown = Keyring(keyring.environment, rotated(keyring))
    with grown.open_for(EVERY_PURPOSE):
        assert CasePerson.full_name.open(ROW, old) == "Tamsin"
        new = CasePerson.full_name.seal(ROW, "Tamsin")
        assert grown.of_purpose(Purpose.IDENTITY)[-1] == NEWER
    with pytest.raises(UnsealError, match="does not have"):
        CasePerson.full_name.open(ROW, new)


def test_a_staged_key_opens_and_does_not_seal(keyring):
    staged = Key(NEWER.number, NEWER.purpose, NEWER.secret, KeyState.STAGED)
    with Keyring(keyring.environment, rotated(keyring)).open_for(EVERY_PURPOSE):
        ahead = CasePerson.full_name.seal(ROW, "Tamsin")
    waiting = Keyring(keyring.environment, (*keyring.keys, staged))
    assert waiting.staged(Purpose.IDENTITY) == staged
    assert waiting.staged(Purpose.PACK) is None
    with waiting.open_for(EVERY_PURPOSE):
        assert CasePerson.full_name.open(ROW, ahead) == "Tamsin"
        sealed = CasePerson.full_name.seal(ROW, "Tamsin")
    with keyring.open_for(EVERY_PURPOSE):
        assert CasePerson.full_name.open(ROW, sealed) == "Tamsin"


def test_an_instance_without_a_key_for_every_purpose_is_refused(keyring):
    with pytest.raises(KeyFileError, match="no key for: signing"):
        Keyring(keyring.environment, [key for key in keyring.keys if key.purpose is not Purpose.SIGNING])
    empty = Keyring(keyring.environment, source=Source(()))
    with pytest.raises(KeyFileError, match="dard init"), empty.open_for(EVERY_PURPOSE):
        pass


def test_keys_are_read_again_when_they_are_old_and_a_rotation_is_seen(keyring, seconds):
    source = Source(keyring.keys)
    ring = Keyring(keyring.environment, source=source)
    with ring.open_for(EVERY_PURPOSE):
        pass
    source.keys = rotated(keyring)
    with ring.open_for(EVERY_PURPOSE):
        assert source.reads == 1
        assert CasePerson.full_name.seal(ROW, "x")[6] != NEWER.number
    seconds[0] += FRESH_SECONDS + 0.1
    with ring.open_for(EVERY_PURPOSE):
        assert source.reads == 2
        assert CasePerson.full_name.seal(ROW, "x")[6] == NEWER.number


def test_a_value_under_a_key_that_another_process_has_just_made_opens_at_once(keyring, seconds):
    source = Source(keyring.keys)
    ring = Keyring(keyring.environment, source=source)
    with Keyring(keyring.environment, rotated(keyring)).open_for(EVERY_PURPOSE):
        ahead = CasePerson.full_name.seal(ROW, "Tamsin")
    with ring.open_for(EVERY_PURPOSE):
        source.keys = rotated(keyring)
        with pytest.raises(UnsealError):
            CasePerson.full_name.open(ROW, ahead)
        seconds[0] += 0.2
        assert CasePerson.full_name.open(ROW, ahead) == "Tamsin"


def test_what_work_has_read_stays_readable_to_its_end_when_the_key_is_retired_meanwhile(keyring, seconds):
    with keyring.open_for(EVERY_PURPOSE):
        read = CasePerson.full_name.seal(ROW, "Tamsin")
        other = CaseEvent.narrative.seal(ROW, "Found at home")
    source = Source(rotated(keyring))
    ring = Keyring(keyring.environment, source=source)
    with ring.open_for(EVERY_PURPOSE):
        source.keys = tuple(key for key in rotated(keyring) if key.state is KeyState.PRIMARY)
        seconds[0] += 0.2
        ring.refresh()
        assert CasePerson.full_name.open(ROW, read) == "Tamsin"
        with pytest.raises(UnsealError, match="does not have"):
            CaseEvent.narrative.open(ROW, other[:3] + read[3:7] + other[7:])  # under a key of another purpose
    with ring.open_for(EVERY_PURPOSE), pytest.raises(UnsealError, match="does not have"):
        CasePerson.full_name.open(ROW, read)


def test_keys_are_as_old_as_the_moment_at_which_reading_them_began(keyring, seconds):
    source = Source(keyring.keys)

    def slow():
        seconds[0] += FRESH_SECONDS
        return source()

    ring = Keyring(keyring.environment, source=slow)
    with ring.open_for(EVERY_PURPOSE):
        seconds[0] += 0.1
    with ring.open_for(EVERY_PURPOSE):
        assert source.reads == 2


def test_a_locked_key_neither_seals_nor_opens_and_the_others_work_on(keyring, seconds):
    with keyring.open_for(EVERY_PURPOSE):
        sealed = CasePerson.full_name.seal(ROW, "Tamsin")
    locked = tuple(
        Key(key.number, key.purpose, None if key.purpose is Purpose.IDENTITY else key.secret) for key in keyring.keys
    )
    source = Source(locked)
    ring = Keyring(keyring.environment, source=source)
    with ring.open_for(EVERY_PURPOSE):
        with pytest.raises(KeyLockedError):
            CasePerson.full_name.open(ROW, sealed)
        with pytest.raises(KeyLockedError):
            CasePerson.full_name.seal(ROW, "Tamsin")
        assert CaseEvent.narrative.seal(ROW, "Found at home")
    source.keys = keyring.keys
    seconds[0] += FRESH_SECONDS + 0.1
    with ring.open_for(EVERY_PURPOSE):
        assert CasePerson.full_name.open(ROW, sealed) == "Tamsin"


def test_whoever_may_seal_may_not_therefore_open(keyring):
    with keyring.open_for(frozenset(), frozenset({Purpose.IDENTITY})):
        sealed = CasePerson.full_name.seal(ROW, "Tamsin")
        with pytest.raises(KeyScopeError) as refused:
            CasePerson.full_name.open(ROW, sealed)
    assert refused.value.purpose is Purpose.IDENTITY
    with keyring.open_for(frozenset({Purpose.IDENTITY}), frozenset()):
        assert CasePerson.full_name.open(ROW, sealed) == "Tamsin"
        with pytest.raises(KeyScopeError):
            CasePerson.full_name.seal(ROW, "Tamsin")
        assert keys_for(Purpose.IDENTITY) is keyring
        with pytest.raises(KeyScopeError):
            keys_for(Purpose.INDEX)


def test_what_the_system_does_by_itself_gets_one_key_more_and_loses_it_again(keyring):
    with keyring.open_for(frozenset({Purpose.PACK})):
        with also_open(Purpose.NARRATIVE):
            sealed = CaseEvent.narrative.seal(ROW, "Found at home")
        with pytest.raises(KeyScopeError):
            CaseEvent.narrative.open(ROW, sealed)
    with pytest.raises(KeyScopeError), also_open(Purpose.NARRATIVE):
        pass


def test_signatures_are_made_by_those_who_may_and_checked_by_anybody(keyring):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    public = Ed25519PublicKey.from_public_bytes(signing.public_key_of(keyring.primary(Purpose.SIGNING)))
    with keyring.open_for(frozenset({Purpose.PACK})):
        with pytest.raises(KeyScopeError):
            signing.sign(b"checkpoint")
        with signing.allowed():
            made = signing.sign(b"checkpoint")
        assert signing.environment() == keyring.environment
    assert made.key_number == keyring.primary(Purpose.SIGNING).number
    public.verify(made.value, b"checkpoint")


def test_keys_of_different_uses_and_purposes_differ(keyring):
    made = {derived(key, place) for key in keyring.keys for place in ("a", "b")}
    assert len(made) == 2 * len(Purpose)


def test_keys_do_not_show_themselves():
    keyring = new_keyring()
    key = keyring.primary(Purpose.IDENTITY)
    assert key.secret.hex() not in repr(key)
    assert repr(key.secret) not in repr(keyring)
