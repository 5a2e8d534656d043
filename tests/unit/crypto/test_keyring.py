"""The key file: made once, for its owner only, refused if anything about it is wrong."""

import json

import pytest

from dard.cases.models import CasePerson
from dard.crypto.errors import KeyFileError, UnsealError
from dard.crypto.keyring import Key, Keyring, Purpose, new_keyring, read_keyring, write_keyring


@pytest.fixture
def path(tmp_path):
    return tmp_path / "keys" / "dard.keys"


def rewrite(path, change):
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def test_a_key_file_comes_back_as_it_was_written(path, keyring):
    write_keyring(keyring, path)
    assert path.stat().st_mode & 0o777 == 0o600
    again = read_keyring(path)
    assert again.environment == keyring.environment
    for purpose in Purpose:
        assert again.derived(purpose, "x") == keyring.derived(purpose, "x")


def test_a_key_file_is_never_overwritten(path, keyring):
    write_keyring(keyring, path)
    with pytest.raises(KeyFileError, match="never overwritten"):
        write_keyring(new_keyring(), path)


def test_a_key_file_that_cannot_be_made_is_said_so(tmp_path, keyring):
    (tmp_path / "file").write_text("")
    with pytest.raises(KeyFileError, match="could not be made"):
        write_keyring(keyring, tmp_path / "file" / "keys")


def test_a_name_that_no_file_can_have_is_said_so(tmp_path, keyring):
    with pytest.raises(KeyFileError, match="could not be made"):
        write_keyring(keyring, tmp_path / ("k" * 300))


def test_a_missing_key_file_says_what_to_do(path):
    with pytest.raises(KeyFileError, match="dard init"):
        read_keyring(path)


def test_a_key_file_that_others_can_read_is_refused(path, keyring):
    write_keyring(keyring, path)
    path.chmod(0o640)
    with pytest.raises(KeyFileError, match="chmod 600"):
        read_keyring(path)


def test_a_folder_or_noise_in_place_of_a_key_file_is_refused(path, tmp_path):
    with pytest.raises(KeyFileError, match="could not be read"):
        read_keyring(tmp_path)
    path.parent.mkdir()
    path.write_bytes(b"\xff\xfe\x00")
    path.chmod(0o600)
    with pytest.raises(KeyFileError, match="could not be read"):
        read_keyring(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda content: content.update(format=2), "does not know"),
        (lambda content: content.pop("keys"), "damaged"),
        (lambda content: content.update(environment="x"), "damaged"),
        (lambda content: content["keys"][0].update(purpose="spying"), "damaged"),
        (lambda content: content["keys"][0].update(secret="not base 64!"), "damaged"),
        (lambda content: content["keys"][0].update(secret="c2hvcnQ="), "too short"),
        (lambda content: content["keys"][0].update(secret=content["keys"][1]["secret"]), "same key twice"),
        (lambda content: content["keys"].pop(), "has no key for: index"),
    ],
)
def test_a_damaged_key_file_is_refused(path, keyring, change, message):
    write_keyring(keyring, path)
    rewrite(path, change)
    with pytest.raises(KeyFileError, match=message):
        read_keyring(path)


def test_the_newest_key_of_a_purpose_seals_and_the_older_still_open(keyring, keys):
    row = keyring.environment
    old = CasePerson.full_name.seal(row, "Tamsin")
    newer = Key(99, Purpose.IDENTITY, bytes(range(32)))
    grown = Keyring(keyring.environment, (*keyring._keys.values(), newer))
    with grown.open_for(frozenset(Purpose)):
        assert CasePerson.full_name.open(row, old) == "Tamsin"
        new = CasePerson.full_name.seal(row, "Tamsin")
    with pytest.raises(UnsealError, match="does not have"):
        CasePerson.full_name.open(row, new)


def test_keys_of_different_columns_and_purposes_differ(keyring):
    derived = {keyring.derived(purpose, place) for purpose in Purpose for place in ("a", "b")}
    assert len(derived) == 2 * len(Purpose)


def test_keys_do_not_show_themselves(keyring):
    key = next(iter(keyring._keys.values()))
    assert key.secret.hex() not in repr(key)
    assert repr(key.secret) not in repr(keyring)
