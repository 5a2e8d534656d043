"""The key file: made once, for its owner only, refused if anything about it is wrong."""

import json
import uuid

import pytest

from dard.crypto import key_file
from dard.crypto.enums import Purpose
from dard.crypto.errors import KeyFileError
from dard.crypto.key_file import (
    KeyFile,
    WatchedKeyFile,
    new_key_file,
    no_passphrase,
    passphrase_in,
    read_key_file,
    write_key_file,
)
from dard.crypto.wrapping import KEY_SIZE, LocalWrapper, PassphraseCost, Use

USE = Use(uuid.UUID("5f0f7a86-9a52-4a2f-8a4e-000000000001"), 3, Purpose.IDENTITY)
SECRET = bytes(range(32))
CHEAP = PassphraseCost(time_cost=1, memory_kib=64, lanes=1)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "keys" / "dard.keys"


def rewrite(path, change):
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def with_passphrase() -> KeyFile:
    made = new_key_file("passphrase")
    object.__setattr__(made.keys[0], "cost", CHEAP)
    return made


@pytest.mark.parametrize("made", [new_key_file(), with_passphrase(), new_key_file().with_key("file")])
def test_a_key_file_comes_back_as_it_was_written(path, made):
    write_key_file(made, path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_key_file(path) == made
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_key_file_is_never_overwritten_unless_that_is_what_was_asked_for(path):
    first, second = new_key_file(), new_key_file()
    write_key_file(first, path)
    with pytest.raises(KeyFileError, match="never overwritten"):
        write_key_file(second, path)
    assert read_key_file(path) == first
    write_key_file(second, path, replacing=True)
    assert read_key_file(path) == second


def test_a_key_file_that_another_process_made_meanwhile_stays(path, monkeypatch):
    first = new_key_file()
    write_key_file(first, path)
    monkeypatch.setattr(type(path), "exists", lambda _path: False)
    with pytest.raises(KeyFileError, match="could not be written"):
        write_key_file(new_key_file(), path)
    assert read_key_file(path) == first
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_key_file_that_cannot_be_made_is_said_so(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(KeyFileError, match="could not be made"):
        write_key_file(new_key_file(), tmp_path / "file" / "keys")
    with pytest.raises(KeyFileError, match="could not be written"):
        write_key_file(new_key_file(), tmp_path / ("k" * 250))


def test_a_missing_key_file_says_what_to_do(path):
    with pytest.raises(KeyFileError, match="dard init"):
        read_key_file(path)


def test_a_key_file_that_others_can_read_is_refused(path):
    write_key_file(new_key_file(), path)
    path.chmod(0o640)
    with pytest.raises(KeyFileError, match="chmod 600"):
        read_key_file(path)


def test_a_folder_or_noise_in_place_of_a_key_file_is_refused(path, tmp_path):
    with pytest.raises(KeyFileError, match="could not be read"):
        read_key_file(tmp_path)
    path.parent.mkdir()
    path.write_bytes(b"\xff\xfe\x00")
    path.chmod(0o600)
    with pytest.raises(KeyFileError, match="could not be read"):
        read_key_file(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda content: content.update(format=99), "does not know"),
        (lambda content: content.pop("keys"), "damaged"),
        (lambda content: content.update(keys=[]), "damaged"),
        (lambda content: content.update(environment="x"), "damaged"),
        (lambda content: content["keys"][0].update(provider="a friend"), "damaged"),
        (lambda content: content["keys"][0].update(secret="not base 64!"), "damaged"),
        (lambda content: content["keys"][0].update(number=0), "damaged"),
        (lambda content: content["keys"].append(content["keys"][0]), "damaged"),
        (lambda content: content["keys"][0].update(secret="c2hvcnQ="), "too short"),
        (lambda content: content.update(carried=[{"id": 1, "purpose": "identity", "secret": "c2hvcnQ="}]), "too short"),
        (lambda content: content.update(carried=[{"id": 1, "purpose": "spying", "secret": "c2hvcnQ="}]), "damaged"),
    ],
)
def test_a_damaged_key_file_is_refused(path, change, message):
    write_key_file(new_key_file(), path)
    rewrite(path, change)
    with pytest.raises(KeyFileError, match=message):
        read_key_file(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda content: content["keys"][0].update(salt="c2hvcnQ="), "too short"),
        (lambda content: content["keys"][0]["cost"].update(time_cost="many"), "damaged"),
        (lambda content: content["keys"][0]["cost"].update(colour=1), "damaged"),
    ],
)
def test_a_damaged_key_file_of_a_passphrase_is_refused(path, change, message):
    write_key_file(with_passphrase(), path)
    rewrite(path, change)
    with pytest.raises(KeyFileError, match=message):
        read_key_file(path)


def test_the_keys_of_the_first_format_are_carried_over(path):
    path.parent.mkdir()
    old = {
        "format": 1,
        "environment": str(USE.environment),
        "keys": [{"id": 4, "purpose": "identity", "secret": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}],
    }
    path.write_text(json.dumps(old))
    path.chmod(0o600)
    found = read_key_file(path)
    (carried,) = found.carried
    assert (carried.number, carried.purpose, carried.secret) == (4, Purpose.IDENTITY, SECRET)
    assert found.environment == USE.environment
    write_key_file(found, path, replacing=True)
    assert read_key_file(path) == found
    assert read_key_file(path).with_newest_only().carried == ()


def test_what_one_key_wraps_is_opened_by_it_alone_and_for_the_same_use_alone():
    made = new_key_file()
    wrapped = made.wrapper(no_passphrase).wrap(SECRET, USE)
    assert SECRET not in wrapped
    assert made.wrapper(no_passphrase).unwrap(wrapped, USE) == SECRET
    for other in (
        Use(USE.environment, 4, USE.purpose),
        Use(USE.environment, 3, Purpose.PACK),
        Use(uuid.UUID(int=1), 3, USE.purpose),
    ):
        with pytest.raises(KeyFileError, match="another instance"):
            made.wrapper(no_passphrase).unwrap(wrapped, other)
    with pytest.raises(KeyFileError, match="another instance"):
        new_key_file().wrapper(no_passphrase).unwrap(wrapped, USE)


def test_every_flipped_byte_and_every_truncation_of_a_wrapped_key_is_noticed():
    wrapper = new_key_file().wrapper(no_passphrase)
    wrapped = wrapper.wrap(SECRET, USE)
    for place in range(len(wrapped)):
        broken = bytearray(wrapped)
        broken[place] ^= 1
        for tampered in (bytes(broken), wrapped[:place]):
            with pytest.raises(KeyFileError):
                wrapper.unwrap(tampered, USE)


def test_the_newest_key_wraps_and_the_older_still_unwraps():
    first = new_key_file()
    second = first.with_key("file")
    old = first.wrapper(no_passphrase).wrap(SECRET, USE)
    new = second.wrapper(no_passphrase).wrap(SECRET, USE)
    assert (LocalWrapper.wrapped_by(old), LocalWrapper.wrapped_by(new)) == (1, 2)
    assert second.wrapper(no_passphrase).unwrap(old, USE) == SECRET
    with pytest.raises(KeyFileError, match="does not hold"):
        first.wrapper(no_passphrase).unwrap(new, USE)
    with pytest.raises(KeyFileError, match="does not hold"):
        second.with_newest_only().wrapper(no_passphrase).unwrap(old, USE)


def test_a_passphrase_opens_what_it_wrapped_and_is_asked_for_once():
    made, asked = with_passphrase(), []

    def ask(answer: str):
        return lambda: asked.append(answer) or answer

    wrapper = made.wrapper(ask("three random words"))
    wrapped = [wrapper.wrap(SECRET, USE) for _ in range(3)]
    assert [wrapper.unwrap(each, USE) for each in wrapped] == [SECRET] * 3
    assert asked == ["three random words"]
    with pytest.raises(KeyFileError, match="passphrase"):
        made.wrapper(ask("three wrong words")).unwrap(wrapped[0], USE)


def test_a_key_file_of_a_passphrase_holds_no_key(path):
    made = with_passphrase()
    write_key_file(made, path)
    key = made.newest.open(lambda: "three random words")
    assert len(key) == KEY_SIZE
    assert "secret" not in path.read_text()
    assert made.needs_passphrase
    assert not new_key_file().needs_passphrase


def test_a_passphrase_comes_from_the_first_line_of_a_file(tmp_path):
    (tmp_path / "passphrase").write_text("three random words\nand nothing else\n", encoding="utf-8")
    assert passphrase_in(tmp_path / "passphrase")() == "three random words"
    with pytest.raises(KeyFileError, match="DARD_KEY_PASSPHRASE_FILE"):
        passphrase_in(tmp_path / "nowhere")()
    with pytest.raises(KeyFileError, match="DARD_KEY_PASSPHRASE_FILE"):
        no_passphrase()


def test_a_key_file_that_was_changed_meanwhile_unwraps_and_wraps_as_it_stands_now(path):
    first = new_key_file()
    write_key_file(first, path)
    watched = WatchedKeyFile(path, no_passphrase, no_passphrase)
    assert watched.environment == first.environment
    assert watched.unwrap(watched.wrap(SECRET, USE), USE) == SECRET
    second = first.with_key("file")
    write_key_file(second, path, replacing=True)
    assert LocalWrapper.wrapped_by(watched.wrap(SECRET, USE)) == 2
    third = second.with_key("file").with_newest_only()
    write_key_file(third, path, replacing=True)
    wrapped = third.wrapper(no_passphrase).wrap(SECRET, USE)
    assert watched.unwrap(wrapped, USE) == SECRET
    assert watched.unwrap(wrapped, USE) == SECRET
    with pytest.raises(KeyFileError, match="does not hold"):
        watched.unwrap(first.wrapper(no_passphrase).wrap(SECRET, USE), USE)


def test_what_opens_does_not_have_the_key_file_read_again(path):
    made = new_key_file()
    write_key_file(made, path)
    watched = WatchedKeyFile(path, no_passphrase, no_passphrase)
    wrapped = watched.wrap(SECRET, USE)
    path.unlink()
    assert watched.unwrap(wrapped, USE) == SECRET
    with pytest.raises(KeyFileError, match="no key file"):
        watched.unwrap(wrapped[:-1], USE)


def test_a_key_file_that_was_changed_for_another_instance_s_is_refused(path):
    made = new_key_file()
    write_key_file(made, path)
    watched = WatchedKeyFile(path, no_passphrase, no_passphrase)
    wrapped = watched.wrap(SECRET, USE)
    other = new_key_file()
    write_key_file(other, path, replacing=True)
    with pytest.raises(KeyFileError, match="another instance now"):
        watched.wrap(SECRET, USE)
    with pytest.raises(KeyFileError, match="another instance now"):
        watched.unwrap(other.wrapper(no_passphrase).wrap(SECRET, USE), USE)
    assert watched.unwrap(wrapped, USE) == SECRET


def test_a_passphrase_that_was_changed_is_read_once_for_each_that_is_tried(path):
    made, answers, asked = with_passphrase(), ["three wrong words"], []
    write_key_file(made, path)

    def ask_again():
        asked.append(answers[-1])
        return answers[-1]

    watched = WatchedKeyFile(path, lambda: "three random words", ask_again)
    assert watched.unwrap(watched.wrap(SECRET, USE), USE) == SECRET
    assert asked == []
    newer = made.with_key("passphrase")
    object.__setattr__(newer.newest, "cost", CHEAP)
    write_key_file(newer, path, replacing=True)
    wrapped = newer.wrapper(lambda: "four other random words").wrap(SECRET, USE)
    for _ in range(2):
        with pytest.raises(KeyFileError):
            watched.unwrap(wrapped, USE)
    answers.append("four other random words")
    assert watched.unwrap(wrapped, USE) == SECRET
    assert asked == ["three wrong words", "three wrong words", "four other random words"]


def test_keys_do_not_show_themselves():
    made = new_key_file()
    assert made.newest.secret.hex() not in repr(made)
    assert repr(made.newest.secret) not in repr(made)


def test_where_files_have_no_modes_and_folders_cannot_be_synced_it_is_written_all_the_same(path, monkeypatch):
    monkeypatch.setattr(key_file, "_POSIX", False)
    made = new_key_file()
    write_key_file(made, path)
    path.chmod(0o644)
    assert read_key_file(path) == made
