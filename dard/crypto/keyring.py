"""The keys of one instance, one per purpose, in a file outside the database, and which of them a piece of work may use.

A value's own key is derived from its purpose's key for its table and column (HKDF-SHA256, RFC 5869). Nothing derives
from the session secret: changing that signs people out and loses no data.
"""

import base64
import binascii
import enum
import json
import os
import secrets
import stat
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dard.crypto.envelope import header, length_prefixed
from dard.crypto.errors import KeyFileError, KeyScopeError, UnsealError

KEY_SIZE = 32
FORMAT = 1


class Purpose(enum.StrEnum):
    """What a key protects; a person's work is given only the keys that their roles need."""

    IDENTITY = "identity"
    NARRATIVE = "narrative"
    PACK = "pack"
    ACCOUNT = "account"
    AUDIT = "audit"
    INDEX = "index"


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """One 256-bit key. The newest key of a purpose seals; the older ones only open."""

    id: int
    purpose: Purpose
    secret: bytes


@dataclass(frozen=True, slots=True, repr=False)
class CellKey:
    """The key of one column, ready for use: cipher, header, and the part of the binding that all its rows share."""

    cipher: AESGCM
    head: bytes
    binding: bytes


class Keyring:
    """All keys of an instance. ``environment`` is the instance's random name, bound into every sealed value."""

    def __init__(self, environment: uuid.UUID, keys: tuple[Key, ...]) -> None:
        self.environment = environment
        self._keys = {key.id: key for key in keys}
        self._primary = {key.purpose: key for key in sorted(keys, key=lambda key: key.id)}
        self._cells: dict[tuple[int, str, str], CellKey] = {}
        missing = [purpose.value for purpose in Purpose if purpose not in self._primary]
        if missing:
            raise KeyFileError(f"The key file has no key for: {', '.join(missing)}")

    def sealing_key(self, purpose: Purpose, table: str, column: str) -> CellKey:
        """The key under which a new value of a column is sealed."""
        return self._cell(self._primary[purpose], table, column)

    def opening_key(self, key_id: int, purpose: Purpose, table: str, column: str) -> CellKey:
        """The key ``key_id`` for a column. Raises UnsealError if the key is unknown or of another purpose."""
        key = self._keys.get(key_id)
        if key is None or key.purpose is not purpose:
            raise UnsealError("a value is sealed under a key that this instance does not have")
        return self._cell(key, table, column)

    def derived(self, purpose: Purpose, *context: str) -> bytes:
        """A 256-bit key for one use of a purpose, named by ``context``."""
        return _derive(self._primary[purpose].secret, *context)

    def _cell(self, key: Key, table: str, column: str) -> CellKey:
        place = (key.id, table, column)
        cell = self._cells.get(place)
        if cell is None:
            head = header(key.id)
            binding = length_prefixed([head, self.environment.bytes, table.encode(), column.encode()], to_follow=2)
            cell = CellKey(AESGCM(_derive(key.secret, "dard/field/v1", table, column)), head, binding)
            self._cells[place] = cell
        return cell

    @contextmanager
    def open_for(self, purposes: frozenset[Purpose]) -> Iterator[None]:
        """Let the work inside use the keys of ``purposes`` and no others."""
        token = _open.set((self, purposes))
        try:
            yield
        finally:
            _open.reset(token)


_open: ContextVar[tuple[Keyring, frozenset[Purpose]] | None] = ContextVar("dard_open_keys", default=None)
EVERY_PURPOSE = frozenset(Purpose)


def keyring_for(purpose: Purpose) -> Keyring:
    """The keyring, if the work in hand may use ``purpose``. Raises KeyScopeError if it may not."""
    opened = _open.get()
    if opened is None or purpose not in opened[1]:
        raise KeyScopeError(f"the {purpose} key is not open for this piece of work")
    return opened[0]


def _derive(secret: bytes, *context: str) -> bytes:
    info = length_prefixed([part.encode() for part in context])
    return HKDF(algorithm=SHA256(), length=KEY_SIZE, salt=None, info=info).derive(secret)


def new_keyring() -> Keyring:
    """A keyring of fresh random keys for a new instance."""
    return Keyring(
        uuid.uuid4(),
        tuple(Key(number, purpose, secrets.token_bytes(KEY_SIZE)) for number, purpose in enumerate(Purpose, start=1)),
    )


def write_keyring(keyring: Keyring, path: Path) -> None:
    """Write ``keyring`` to a new file that only its owner can read.

    Raises KeyFileError if the file is there already.
    """
    content = {
        "format": FORMAT,
        "environment": str(keyring.environment),
        "keys": [
            {"id": key.id, "purpose": key.purpose.value, "secret": base64.b64encode(key.secret).decode()}
            for key in keyring._keys.values()  # noqa: SLF001 - reading and writing the file belong to the class
        ],
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise KeyFileError(f"The folder of the key file {path} could not be made: {error.strerror}") from None
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyFileError(
            f"{path} is there already: a key file is never overwritten, the data would be lost"
        ) from None
    except OSError as error:
        raise KeyFileError(f"The key file {path} could not be made: {error.strerror}") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())


def read_keyring(path: Path) -> Keyring:
    """The keyring in ``path``. Raises KeyFileError if it is missing, open to others than its owner, or malformed."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise KeyFileError(f"There is no key file at {path}: run “dard init”, or set DARD_KEY_FILE") from None
    except (OSError, UnicodeDecodeError):
        raise KeyFileError(f"The key file {path} could not be read") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO) and os.name == "posix":
        raise KeyFileError(f"The key file {path} can be read by others: run “chmod 600 {path}”")
    try:
        content = json.loads(text)
        if content["format"] != FORMAT:
            raise KeyFileError(f"The key file {path} is of a format that this version does not know")
        keys = tuple(
            Key(int(entry["id"]), Purpose(entry["purpose"]), base64.b64decode(entry["secret"], validate=True))
            for entry in content["keys"]
        )
        environment = uuid.UUID(content["environment"])
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise KeyFileError(f"The key file {path} is damaged: restore it from its backup") from None
    if any(len(key.secret) != KEY_SIZE for key in keys) or len({key.secret for key in keys}) != len(keys):
        raise KeyFileError(f"The key file {path} holds a key that is too short, or the same key twice")
    return Keyring(environment, keys)
