"""The data keys of one instance, unwrapped in the memory of this process, and which of them a piece of work may use.

A value's own key is derived from its purpose's key for its table and column (HKDF-SHA256, RFC 5869). Nothing derives
from the session secret: changing that signs people out and loses no data.
"""

import secrets
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dard.crypto.enums import KeyState, Purpose
from dard.crypto.envelope import HEADER_SIZE, Cipher, header, key_id_of, length_prefixed, prefixed
from dard.crypto.errors import KeyFileError, KeyLockedError, KeyScopeError, UnsealError
from dard.crypto.wrapping import KEY_SIZE

FRESH_SECONDS = 2.0  # so soon does every process know that keys were rotated
UNKNOWN_SECONDS = 0.1  # so often at most does a value under an unknown key make it look


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """One 256-bit key. ``secret`` is None while what holds the key-encryption key does not answer."""

    number: int
    purpose: Purpose
    secret: bytes | None
    state: KeyState = KeyState.PRIMARY


@dataclass(frozen=True, slots=True, repr=False)
class CellKey:
    """The key of one column, ready for use: both ways of its cipher, header, and what the binding of all rows shares.

    The binding ends with the length of what comes next, the 16 bytes of the row's id.
    """

    encrypt: Cipher
    decrypt: Cipher
    head: bytes
    binding: bytes


class Scope:
    """The keys that one piece of work may use: ``opens`` what it may read, ``seals`` what it may write.

    Keys of columns are kept once they are derived, by column, and by column and header of the sealed value. All keys
    that were there at its beginning open to its end: what it has read stays readable when a key is retired meanwhile.
    """

    def __init__(self, keyring: "Keyring", opens: frozenset[Purpose], seals: frozenset[Purpose]) -> None:
        self.keyring = keyring
        self._known = keyring.by_number
        self.opens = opens
        self.seals = seals
        self.sealing: dict[Any, CellKey] = {}
        self.opening: dict[Any, dict[bytes, CellKey]] = {}

    def sealing_key(self, field: Any, purpose: Purpose, table: str, column: str) -> CellKey:
        """The key for a new value of ``field``. Raises KeyScopeError or KeyLockedError."""
        if purpose not in self.seals:
            raise KeyScopeError(purpose)
        made = self.sealing[field] = self.keyring.cell(self.keyring.primary(purpose), table, column)
        return made

    def opening_key(self, field: Any, sealed: bytes, purpose: Purpose, table: str, column: str) -> CellKey:
        """The key that opens ``sealed``. Raises KeyScopeError, KeyLockedError, or UnsealError for an unknown key."""
        if purpose not in self.opens:
            raise KeyScopeError(purpose)
        made = self.keyring.cell(self._key(key_id_of(sealed), purpose), table, column)
        self.opening.setdefault(field, {})[sealed[:HEADER_SIZE]] = made
        return made

    def _key(self, number: int, purpose: Purpose) -> Key:
        try:
            return self.keyring.key(number, purpose)
        except UnsealError:
            if number in self._known and self._known[number].purpose is purpose:
                return self._known[number]
            raise


KeySource = Callable[[], tuple[Key, ...]]


class Keyring:
    """All keys of an instance. ``environment`` is the instance's random name, bound into every sealed value.

    ``source`` reads the keys again, from where all processes share them; without one they are as they were given.
    """

    def __init__(self, environment: uuid.UUID, keys: Iterable[Key] = (), source: KeySource | None = None) -> None:
        self.environment = environment
        self._source = source
        self._read_at = float("-inf")
        self._take(tuple(keys))
        if source is None:
            self._check()

    def refresh(self, *, age: float = 0.0) -> None:
        """Read the keys again if they were read more than ``age`` seconds ago. Raises KeyFileError if some lack."""
        if self._source is None or time.monotonic() - self._read_at <= age:
            return
        began = time.monotonic()  # as old as this is what is read, however long unwrapping takes
        keys = self._source()
        self._read_at = began
        if keys != self.keys:
            self._take(keys)
        self._check()

    def _take(self, keys: tuple[Key, ...]) -> None:
        self.keys = keys
        self.by_number = {key.number: key for key in keys}
        self._primary = {key.purpose: key for key in keys if key.state is KeyState.PRIMARY}
        self._cells: dict[tuple[int, str, str], CellKey] = {}
        self._derived: dict[tuple[int, tuple[str, ...]], bytes] = {}
        self._scopes: dict[tuple[frozenset[Purpose], frozenset[Purpose]], Scope] = {}

    def _check(self) -> None:
        missing = [purpose.value for purpose in Purpose if purpose not in self._primary]
        if missing:
            raise KeyFileError(f"This instance has no key for: {', '.join(missing)}. Run “dard init”")

    def primary(self, purpose: Purpose) -> Key:
        """The key that seals for ``purpose``."""
        return self._primary[purpose]

    def staged(self, purpose: Purpose) -> Key | None:
        """The key that is to become primary for ``purpose``, if one is waiting."""
        found = (key for key in self.keys if key.purpose is purpose and key.state is KeyState.STAGED)
        return next(found, None)

    def of_purpose(self, purpose: Purpose) -> tuple[Key, ...]:
        """The keys of ``purpose`` that the app has loaded, oldest first."""
        return tuple(sorted((key for key in self.keys if key.purpose is purpose), key=lambda key: key.number))

    def key(self, number: int, purpose: Purpose) -> Key:
        """The key ``number``. Raises UnsealError if it is unknown, even after looking again, or of another purpose."""
        if number not in self.by_number:
            self.refresh(age=UNKNOWN_SECONDS)
        found = self.by_number.get(number)
        if found is None or found.purpose is not purpose:
            raise UnsealError("a value is sealed under a key that this instance does not have")
        return found

    def cell(self, key: Key, table: str, column: str) -> CellKey:
        """``key`` for one column."""
        place = (key.number, table, column)
        cell = self._cells.get(place)
        if cell is None:
            head = header(key.number)
            shared = [head, self.environment.bytes, table.encode(), column.encode()]
            binding = length_prefixed(shared, to_follow=2) + prefixed(bytes(16))[:-16]
            cipher = AESGCM(derived(key, "dard/field/v1", table, column))
            cell = self._cells[place] = CellKey(cipher.encrypt, cipher.decrypt, head, binding)
        return cell

    def derived(self, key: Key, *context: str) -> bytes:
        """As the function ``derived``, kept until the keys change."""
        place = (key.number, context)
        made = self._derived.get(place)
        if made is None:
            made = self._derived[place] = derived(key, *context)
        return made

    @contextmanager
    def open_for(self, opens: frozenset[Purpose], seals: frozenset[Purpose] | None = None) -> Iterator[None]:
        """Let the work inside use the keys of ``opens`` and, to seal with, of ``seals`` (the same if left out)."""
        self.refresh(age=FRESH_SECONDS)
        with self.scoped(opens, opens if seals is None else seals):
            yield

    @contextmanager
    def scoped(self, opens: frozenset[Purpose], seals: frozenset[Purpose]) -> Iterator[None]:
        """As ``open_for``, with the keys as they were last read: nothing here waits for the database."""
        wanted = (opens, seals)
        scope = self._scopes.get(wanted)
        if scope is None:
            scope = self._scopes[wanted] = Scope(self, *wanted)
        token = _open.set(scope)
        try:
            yield
        finally:
            _open.reset(token)


_open: ContextVar[Scope | None] = ContextVar("dard_open_keys", default=None)
current_scope = _open.get


def scope_for(purpose: Purpose) -> Scope:
    """The scope of the work in hand. Raises KeyScopeError if no keys are open; ``purpose`` is what was wanted."""
    scope = _open.get()
    if scope is None:
        raise KeyScopeError(purpose)
    return scope


def keys_for(purpose: Purpose) -> Keyring:
    """The keyring, if the work in hand may open with ``purpose``. Raises KeyScopeError if it may not."""
    scope = scope_for(purpose)
    if purpose not in scope.opens:
        raise KeyScopeError(purpose)
    return scope.keyring


def keys_to_seal(purpose: Purpose) -> Keyring:
    """The keyring, if the work in hand may seal with ``purpose``. Raises KeyScopeError if it may not."""
    scope = scope_for(purpose)
    if purpose not in scope.seals:
        raise KeyScopeError(purpose)
    return scope.keyring


@contextmanager
def also_open(*purposes: Purpose) -> Iterator[None]:
    """Let the work inside use ``purposes`` too: for what the system does by itself, whoever the request is from.

    Raises KeyScopeError if no keys are open at all.
    """
    scope = scope_for(purposes[0])
    with scope.keyring.scoped(scope.opens | set(purposes), scope.seals | set(purposes)):
        yield


def derived(key: Key, *context: str) -> bytes:
    """A 256-bit key for one use of ``key``, named by ``context``. Raises KeyLockedError while ``key`` is locked."""
    if key.secret is None:
        raise KeyLockedError(f"the {key.purpose} key is locked: what holds the key-encryption key does not answer")
    info = length_prefixed([part.encode() for part in context])
    return HKDF(algorithm=SHA256(), length=KEY_SIZE, salt=None, info=info).derive(key.secret)


def new_keyring() -> Keyring:
    """A keyring of fresh random keys, in memory only."""
    keys = [Key(number, purpose, secrets.token_bytes(KEY_SIZE)) for number, purpose in enumerate(Purpose, start=1)]
    return Keyring(uuid.uuid4(), keys)
