"""Wrapping the keys anew: no moment at which they could be lost, and nobody who is at work has to stop."""

import uuid
from dataclasses import replace

import pytest
import sqlalchemy as sa
from support.world import SYSTEM

from dard.app import create_app
from dard.audit.models import AuditEvent
from dard.audit.verification import examine
from dard.cases.models import Case
from dard.cli import rewrapping
from dard.cli.application import at_work, reading
from dard.cli.rewrapping import Rewrapped, rewrap
from dard.core.database import db
from dard.core.errors import ConfigurationError, ConflictError
from dard.crypto import key_file as key_files
from dard.crypto.data_keys import DatabaseKeys, new_key, promote, stored_keys
from dard.crypto.enums import EVERY_PURPOSE, KeyState, Purpose
from dard.crypto.errors import KeyFileError, KeyLockedError, KeyServiceError
from dard.crypto.key_file import CarriedKey, no_passphrase, read_key_file, write_key_file
from dard.crypto.wrapping import LocalWrapper, PassphraseCost

OLD, NEW = "three random words", "four more random words"


class Cut(BaseException):
    """Stands for the end of a process."""


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    """Passphrases that are tried quickly."""
    made = key_files.new_key
    cost = PassphraseCost(time_cost=1, memory_kib=64, lanes=1)

    def new_key(number, provider):
        return replace(made(number, provider), **({"cost": cost} if provider == "passphrase" else {}))

    monkeypatch.setattr(key_files, "new_key", new_key)


@pytest.fixture
def settings(app):
    """The settings of the app under test; its key file is put back afterwards."""
    found = app.extensions["dard.settings"]
    content = found.key_file.read_bytes()
    yield found
    found.key_file.write_bytes(content)


@pytest.fixture
def process(app, monkeypatch):
    """``process(settings)`` is another process that starts now, as far as keys go."""
    begun = []

    def begin(*given, **named):
        begun.append(create_app(*given, **named))
        return begun[-1]

    monkeypatch.setattr(rewrapping, "create_app", begin)
    yield begin
    for each in begun:
        with each.app_context():
            db.session.remove()
            db.engine.dispose()


def anew(settings, provider=None, old: str | None = None, new: str | None = None) -> Rewrapped:
    return rewrap(settings, provider, says(old), says(new))


def says(passphrase: str | None):
    """Whoever is asked for a passphrase, and may not know one."""
    return no_passphrase if passphrase is None else lambda: passphrase


def wrapped_by(app) -> set[int]:
    with app.app_context(), reading(app):
        return {LocalWrapper.wrapped_by(bytes(key.wrapped)) for key in stored_keys()}


def name_in(app, case_id: uuid.UUID) -> str:
    """The name in a case, as ``app`` reads it with keys that it has just read again."""
    with app.app_context():
        app.extensions["dard.keyring"].refresh()
        with app.extensions["dard.keyring"].open_for(EVERY_PURPOSE), reading(app):
            pass
        with at_work(app):
            return db.session.get_one(Case, case_id).person.full_name


def turn(app, purpose: Purpose) -> int:
    """Put a new key into the place of the one that seals, with the hands of ``app``."""
    with app.app_context(), at_work(app):
        made = new_key(app.extensions["dard.key_store"], purpose, KeyState.STAGED)
        promote(SYSTEM, made)
        return made.number


def test_all_keys_are_wrapped_by_a_new_key_which_alone_stays_in_the_file(app, world, settings, process):
    case_id = world.case(full_name="Tamsin Quillfeather")
    before = read_key_file(settings.key_file)
    assert anew(settings) == Rewrapped(2, "file", resumed=False)
    after = read_key_file(settings.key_file)
    assert after.environment == before.environment
    assert [key.number for key in after.keys] == [2]
    assert after.newest.secret != before.newest.secret
    assert settings.key_file.stat().st_mode & 0o777 == 0o600
    assert wrapped_by(app) == {2}
    assert name_in(process(settings), case_id) == "Tamsin Quillfeather"
    with app.app_context(), reading(app):
        event = db.session.scalar(sa.select(AuditEvent).where(AuditEvent.code == "key.wrapped_anew"))
        assert event.details == '{"keys":7,"wrapped_by":2}'
        assert examine().faults == []
    assert anew(settings).number == 3
    assert wrapped_by(app) == {3}


def test_the_key_file_of_old_opens_the_keys_no_more(app, world, settings, process, tmp_path):
    kept = tmp_path / "kept.keys"
    kept.write_bytes(settings.key_file.read_bytes())
    kept.chmod(0o600)
    anew(settings)
    with pytest.raises(KeyFileError, match="key-encryption key 2, which the key file does not hold"):
        process(replace(settings, key_file=kept))


def test_a_process_that_runs_goes_on_with_the_keys_it_has_and_those_made_since(app, world, settings, process):
    case_id = world.case(full_name="Tamsin Quillfeather")
    anew(settings)
    assert name_in(app, case_id) == "Tamsin Quillfeather"
    world.case(full_name="Somebody Else")
    other = process(settings)
    turn(other, Purpose.IDENTITY)
    assert name_in(app, case_id) == "Tamsin Quillfeather"
    later = world.case(full_name="Under the new key")
    assert name_in(other, later) == "Under the new key"
    turn(app, Purpose.PACK)
    assert wrapped_by(app) == {2}


def test_a_process_on_a_machine_with_the_key_file_of_old_goes_on_with_the_keys_it_has(
    app, world, settings, process, tmp_path
):
    case_id = world.case(full_name="Tamsin Quillfeather")
    here = tmp_path / "here.keys"
    here.write_bytes(settings.key_file.read_bytes())
    here.chmod(0o600)
    far = process(replace(settings, key_file=here))
    name_in(far, case_id)
    anew(settings)
    assert name_in(far, case_id) == "Tamsin Quillfeather"
    with pytest.raises(KeyFileError, match="key-encryption key 2"):
        turn(far, Purpose.PACK)  # or its key would be wrapped by what nobody keeps any more
    turn(process(settings), Purpose.IDENTITY)
    assert name_in(far, case_id) == "Tamsin Quillfeather"
    with far.app_context(), at_work(far), pytest.raises(KeyLockedError):
        db.session.get_one(Case, case_id).person.full_name = "Cannot be sealed"
    here.write_bytes(settings.key_file.read_bytes())
    with far.app_context():
        far.extensions["dard.keyring"].refresh()
    with far.app_context(), at_work(far):
        assert db.session.get_one(Case, case_id).person.full_name == "Tamsin Quillfeather"
        assert far.extensions["dard.keyring"].primary(Purpose.IDENTITY).secret


CUTS = {
    "before the file is written": ("write_key_file", 1, False, 1),
    "after the file was written": ("write_key_file", 1, True, 1),
    "before the keys are wrapped": ("wrap_anew", 1, False, 1),
    "before that is committed": ("record", 1, True, 1),
    "after it was committed": ("_drop_older", 1, False, 2),
    "before the old key leaves the file": ("write_key_file", 2, False, 2),
    "after the old key left the file": ("write_key_file", 2, True, 2),
}


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("provider", ["file", "passphrase"])
def test_wherever_it_is_cut_off_everything_opens_and_the_next_run_finishes(
    app, world, settings, process, monkeypatch, cut, provider
):
    case_id = world.case(full_name="Tamsin Quillfeather")
    name, call, after, wrapped = CUTS[cut]
    original, calls = getattr(rewrapping, name), []

    def cutting(*given, **named):
        calls.append(name)
        if len(calls) < call:
            return original(*given, **named)
        if after:
            original(*given, **named)
        raise Cut

    monkeypatch.setattr(rewrapping, name, cutting)
    with pytest.raises(Cut):
        anew(settings, provider, new=NEW)
    monkeypatch.setattr(rewrapping, name, original)
    assert wrapped_by(app) == {wrapped}
    assert name_in(process(settings, ask_passphrase=lambda: NEW), case_id) == "Tamsin Quillfeather"
    assert name_in(app, case_id) == "Tamsin Quillfeather"
    held = [key.number for key in read_key_file(settings.key_file).keys]
    assert wrapped in held

    done = anew(settings, provider, old=NEW, new=NEW)
    assert done.resumed == (len(held) > 1)
    assert [key.number for key in read_key_file(settings.key_file).keys] == [done.number]
    assert wrapped_by(app) == {done.number}
    assert name_in(process(settings, ask_passphrase=lambda: NEW), case_id) == "Tamsin Quillfeather"
    with app.app_context(), reading(app):
        told = db.session.scalar(sa.select(sa.func.count()).where(AuditEvent.code == "key.wrapped_anew"))
        assert told == (2 if held == [2] else 1)


def test_from_file_to_passphrase_to_another_and_back(app, world, settings, process):
    case_id = world.case(full_name="Tamsin Quillfeather")
    for provider, old, new in (
        ("passphrase", None, OLD),
        (None, OLD, NEW),
        ("passphrase", NEW, NEW),
        ("file", NEW, None),
        (None, None, None),
    ):
        salts = read_key_file(settings.key_file).newest.salt
        done = anew(settings, provider, old, new)
        assert done.provider == ("passphrase" if new else "file")
        assert (read_key_file(settings.key_file).newest.salt != salts) == bool(new or salts)
        fresh = process(settings, ask_passphrase=lambda new=new: new or "")
        assert name_in(fresh, case_id) == "Tamsin Quillfeather"


def test_a_wrong_passphrase_changes_nothing(app, world, settings, process):
    anew(settings, "passphrase", new=OLD)
    before = settings.key_file.read_bytes()
    with pytest.raises(KeyFileError, match="passphrase is that of another instance"):
        anew(settings, None, "three wrong words", NEW)
    assert settings.key_file.read_bytes() == before
    assert wrapped_by(app) == {2}


@pytest.mark.parametrize("moment", ["while it asks", "before it locks"])
def test_two_at_once_lose_no_key(app, world, settings, process, monkeypatch, moment):
    """The second begins and ends while the first is not done."""
    case_id = world.case(full_name="Tamsin Quillfeather")

    def another() -> str:
        monkeypatch.setattr(rewrapping, "check_migrated", check)
        anew(settings, "file")
        return NEW

    check = rewrapping.check_migrated
    if moment == "before it locks":
        monkeypatch.setattr(rewrapping, "check_migrated", another)
    ask_new = another if moment == "while it asks" else says(NEW)
    with pytest.raises(ConflictError, match="changed by somebody else meanwhile"):
        rewrap(settings, "passphrase", no_passphrase, ask_new)
    assert [key.provider for key in read_key_file(settings.key_file).keys] == ["file"]
    assert name_in(process(settings), case_id) == "Tamsin Quillfeather"


def test_a_key_that_the_new_one_does_not_open_keeps_the_old_one_in_the_file(app, world, settings, process, monkeypatch):
    def damaging(*given):
        wrap(*given)
        with app.app_context(), at_work(app):
            key = stored_keys()[2]
            key.wrapped = bytes(key.wrapped[:-1]) + bytes([key.wrapped[-1] ^ 1])

    wrap = rewrapping._wrap
    monkeypatch.setattr(rewrapping, "_wrap", damaging)
    with pytest.raises(KeyFileError, match="cannot be unwrapped"):
        anew(settings)
    assert [key.number for key in read_key_file(settings.key_file).keys] == [1, 2]


def test_keys_that_were_destroyed_are_left_out(app, world, settings, process):
    turn(app, Purpose.PACK)
    with app.app_context(), at_work(app):
        old = stored_keys()[2]
        old.state, old.wrapped = KeyState.DESTROYED, None
    anew(settings)
    with app.app_context(), reading(app):
        assert [key.number for key in stored_keys() if key.wrapped is None] == [3]
        event = db.session.scalar(sa.select(AuditEvent).where(AuditEvent.code == "key.wrapped_anew"))
        assert event.details == '{"keys":7,"wrapped_by":2}'


def test_a_key_file_of_the_first_format_is_brought_up_to_date_first(app, settings, process):
    content = read_key_file(settings.key_file)
    carried = replace(content, carried=(CarriedKey(1, Purpose.IDENTITY, bytes(range(32))),))
    write_key_file(carried, settings.key_file, replacing=True)
    with pytest.raises(ConfigurationError, match="run “dard init”"):
        anew(settings)
    assert read_key_file(settings.key_file) == carried


def test_before_all_keys_could_be_read_once_one_that_does_not_open_is_an_error_and_later_it_is_locked(app, settings):
    class Moody(LocalWrapper):
        failing: dict[int, Exception] = {}  # noqa: RUF012 - one for this test

        def unwrap(self, wrapped, use):
            if use.number in self.failing:
                raise self.failing[use.number]
            return super().unwrap(wrapped, use)

    content = read_key_file(settings.key_file)
    store = DatabaseKeys(content.environment, Moody({1: lambda: content.newest.secret}))
    with app.app_context():
        Moody.failing = {3: KeyFileError("altered")}
        with pytest.raises(KeyFileError, match="altered"):
            store()
        Moody.failing = {3: KeyServiceError("does not answer")}
        assert [key.number for key in store() if key.secret is None] == [3]
        Moody.failing = {}
        assert all(key.secret for key in store())
    turn(app, Purpose.PACK)
    with app.app_context(), at_work(app):
        for key in stored_keys():  # all are wrapped anew, so that none is known by its wrapping
            secret = app.extensions["dard.key_store"].wrapper.unwrap(
                bytes(key.wrapped), store.use(key.number, key.purpose)
            )
            key.wrapped = app.extensions["dard.key_store"].wrapper.wrap(secret, store.use(key.number, key.purpose))
    with app.app_context():
        for failure in (KeyFileError("altered"), KeyServiceError("does not answer")):
            Moody.failing = dict.fromkeys(range(1, 9), failure)
            assert [key.number for key in store() if key.secret is None] == [8]
