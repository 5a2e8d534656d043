"""The data keys in the database: made, read, taken through their states, wrapped anew. Callers commit and record."""

import datetime as dt
import secrets
import uuid
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
import structlog

from dard.core import clock
from dard.core.actor import Actor
from dard.core.database import db, intent, take_lock
from dard.core.errors import NotFoundError
from dard.crypto.enums import LOADED, KeyState, Purpose
from dard.crypto.errors import KeyFileError, KeyServiceError
from dard.crypto.fingerprints import check_chain
from dard.crypto.key_file import CarriedKey
from dard.crypto.keyring import Key
from dard.crypto.models import DataKey
from dard.crypto.signing import public_key_of
from dard.crypto.states import KEY_WORKFLOW
from dard.crypto.wrapping import KEY_SIZE, KeyWrapper, Use

log = structlog.get_logger(__name__)
KEY_LOCK = 0x4B455953  # "KEYS": one maker of keys at a time


class DatabaseKeys:
    """The data keys of the instance ``environment`` as the database holds them, wrapped by ``wrapper``.

    What was unwrapped once stays known, by number too: a number never stands for another key.
    """

    def __init__(self, environment: uuid.UUID, wrapper: KeyWrapper) -> None:
        self.environment = environment
        self.wrapper = wrapper
        self._unwrapped: dict[bytes, bytes] = {}
        self._by_number: dict[int, bytes] = {}
        self._were_whole = False

    def __call__(self) -> tuple[Key, ...]:
        """The keys that the app may use. A key whose wrapper does not answer comes without its secret.

        Raises KeyFileError if a key was wrapped by something else than ``wrapper``. Once they could all be read, such a
        key comes without its secret as well: those that are known go on opening what they sealed.
        """
        columns = (DataKey.number, DataKey.purpose, DataKey.state, DataKey.wrapped)
        wanted = sa.select(*columns).where(DataKey.state.in_(LOADED)).order_by(DataKey.number)
        with intent(write=False), db.engine.connect() as connection:
            rows = connection.execute(wanted).all()
        keys = tuple(
            Key(number, purpose, self._secret(self.use(number, purpose), bytes(wrapped or b"")), state)
            for number, purpose, state, wrapped in rows
        )
        self._were_whole = self._were_whole or bool(keys)
        return keys

    def use(self, number: int, purpose: Purpose) -> Use:
        """What a key of this instance is bound to."""
        return Use(self.environment, number, purpose)

    def _secret(self, use: Use, wrapped: bytes) -> bytes | None:
        if wrapped not in self._unwrapped:
            try:
                self._unwrapped[wrapped] = self._by_number[use.number] = self.wrapper.unwrap(wrapped, use)
            except KeyServiceError:
                return self._by_number.get(use.number)
            except KeyFileError:
                if not self._were_whole:
                    raise
                log.warning("key_not_unwrapped", number=use.number)
                return self._by_number.get(use.number)
        return self._unwrapped[wrapped]


def keys_are_made() -> bool:
    """Whether this database holds any data keys yet: it does not before ``dard init``."""
    with intent(write=False), db.engine.connect() as connection:
        if not sa.inspect(connection).has_table(DataKey.__tablename__):
            return False
        return connection.execute(sa.select(DataKey.id).limit(1)).first() is not None


def make_missing_keys(store: DatabaseKeys, carried: Iterable[CarriedKey] = ()) -> list[DataKey]:
    """A primary key for every purpose that has none; ``carried`` keys of an older key file come first."""
    take_lock(KEY_LOCK)
    there = set(db.session.scalars(sa.select(DataKey.purpose).where(DataKey.state == KeyState.PRIMARY)))
    made = [
        _add(store, key.number, key.purpose, key.secret, KeyState.PRIMARY)
        for key in carried
        if key.purpose not in there
    ]
    there |= {key.purpose for key in made}
    made += [new_key(store, purpose, KeyState.PRIMARY) for purpose in Purpose if purpose not in there]
    return made


def new_key(store: DatabaseKeys, purpose: Purpose, state: KeyState) -> DataKey:
    """A fresh random key for ``purpose``."""
    take_lock(KEY_LOCK)
    number = (db.session.scalar(sa.select(sa.func.max(DataKey.number))) or 0) + 1
    return _add(store, number, purpose, secrets.token_bytes(KEY_SIZE), state)


def _add(store: DatabaseKeys, number: int, purpose: Purpose, secret: bytes, state: KeyState) -> DataKey:
    _check_wrapper(store)
    now = clock.now()
    made = DataKey(
        number=number,
        purpose=purpose,
        state=state,
        wrapped=store.wrapper.wrap(secret, store.use(number, purpose)),
        public_key=public_key_of(Key(number, purpose, secret)) if purpose is Purpose.SIGNING else None,
        created_at=now,
        primary_from=now if state is KeyState.PRIMARY else None,
        changed_at=now,
    )
    db.session.add(made)
    db.session.flush()
    return made


def _check_wrapper(store: DatabaseKeys) -> None:
    """Raise KeyFileError if the keys were wrapped anew by what ``store`` does not have: what it wraps would be lost."""
    there = sa.select(DataKey).where(DataKey.wrapped.is_not(None)).order_by(DataKey.number.desc()).limit(1)
    for key in db.session.scalars(there):
        check_opens(store, key)


def stored_keys() -> Sequence[DataKey]:
    """Every key that there ever was, oldest first."""
    return db.session.scalars(sa.select(DataKey).order_by(DataKey.number)).all()


def key_numbered(number: int) -> DataKey:
    """The key ``number``. Raises NotFoundError, in words for the command line."""
    found = db.session.scalar(sa.select(DataKey).where(DataKey.number == number))
    if found is None:
        raise NotFoundError(f"There is no key {number}: “dard keys status” lists them")
    return found


def promote(actor: Actor, staged: DataKey) -> DataKey:
    """Make ``staged`` the key that seals for its purpose. Returns the one that did until now, which only opens."""
    take_lock(KEY_LOCK)
    before = db.session.scalars(
        sa.select(DataKey).where(DataKey.purpose == staged.purpose, DataKey.state == KeyState.PRIMARY)
    ).one()
    transition(actor, before, KeyState.DECRYPT_ONLY)
    transition(actor, staged, KeyState.PRIMARY)
    return before


def transition(actor: Actor, key: DataKey, to: KeyState) -> None:
    """Take a key to another state: the only writer of it. Destroying forgets the key for good."""
    KEY_WORKFLOW.check(actor, key.state, to)
    check_chain(key.purpose, key.state, to)
    now = clock.now()
    key.state, key.changed_at = to, now
    if to is KeyState.PRIMARY:
        key.primary_from = now
    if to is KeyState.DESTROYED:
        key.wrapped = None
    db.session.flush()


def wrap_anew(store: DatabaseKeys) -> int:
    """Wrap every key again, under the newest key-encryption key. Returns how many there were.

    Raises KeyServiceError, and nothing is changed, if one of them cannot be unwrapped now.
    """
    take_lock(KEY_LOCK)
    kept = [key for key in stored_keys() if key.wrapped is not None]
    for key in kept:
        use = store.use(key.number, key.purpose)
        key.wrapped = store.wrapper.wrap(store.wrapper.unwrap(bytes(key.wrapped or b""), use), use)
    db.session.flush()
    return len(kept)


def check_opens(store: DatabaseKeys, key: DataKey) -> None:
    """Raise KeyFileError or KeyServiceError unless ``store`` unwraps ``key``, which was not destroyed."""
    store.wrapper.unwrap(bytes(key.wrapped or b""), store.use(key.number, key.purpose))


def age_of(key: DataKey) -> dt.timedelta:
    """How long ``key`` has been in its state."""
    return clock.now() - key.changed_at
