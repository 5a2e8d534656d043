"""The key file: outside the database, it holds what unwraps the keys in it, or says how that is derived.

Format 2: the instance's random name (``environment``, bound into every sealed value) and a list of key-encryption keys,
each of one provider. ``file``: a random 256-bit secret. ``passphrase``: salt and cost of Argon2id, no secret at all.
Two entries stand in it only while keys are being wrapped anew. Format 1 held the data keys themselves; they are
``carried`` over until they have been wrapped into the database.
"""

import base64
import binascii
import json
import os
import secrets
import stat
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

from dard.crypto.enums import Purpose
from dard.crypto.errors import KeyFileError
from dard.crypto.wrapping import KEY_SIZE, SALT_SIZE, LocalWrapper, PassphraseCost, Use, key_from_passphrase

FORMAT = 2
FORMER_FORMAT = 1
_POSIX = os.name == "posix"  # elsewhere files have no such modes, and folders cannot be synced
Provider = Literal["file", "passphrase"]
AskPassphrase = Callable[[], str]


@dataclass(frozen=True, slots=True, repr=False)
class KeyEncryptionKey:
    """One key-encryption key: ``secret`` of provider file, ``salt`` and ``cost`` of provider passphrase."""

    number: int
    provider: Provider
    secret: bytes = b""
    salt: bytes = b""
    cost: PassphraseCost = PassphraseCost()  # noqa: RUF009 - frozen

    def open(self, ask: AskPassphrase) -> bytes:
        """The 256-bit key itself; ``ask`` is called for a passphrase."""
        return self.secret if self.provider == "file" else key_from_passphrase(ask(), self.salt, self.cost)


@dataclass(frozen=True, slots=True, repr=False)
class CarriedKey:
    """A data key that a key file of format 1 held, to be wrapped into the database."""

    number: int
    purpose: Purpose
    secret: bytes


@dataclass(frozen=True, slots=True, repr=False)
class KeyFile:
    """What a key file says."""

    environment: uuid.UUID
    keys: tuple[KeyEncryptionKey, ...]
    carried: tuple[CarriedKey, ...] = ()

    @property
    def newest(self) -> KeyEncryptionKey:
        """The key that wraps; the others only unwrap."""
        return max(self.keys, key=lambda key: key.number)

    @property
    def needs_passphrase(self) -> bool:
        """Whether somebody has to be asked."""
        return any(key.provider == "passphrase" for key in self.keys)

    def wrapper(self, ask: AskPassphrase) -> LocalWrapper:
        """What wraps and unwraps with these keys; ``ask`` is called when a passphrase is first needed."""
        return LocalWrapper({key.number: partial(key.open, ask) for key in self.keys})

    def with_key(self, provider: Provider) -> "KeyFile":
        """This file with one more key, which from then on wraps."""
        return replace(self, keys=(*self.keys, new_key(self.newest.number + 1, provider)))

    def with_newest_only(self) -> "KeyFile":
        """This file without the keys that wrap nothing any more, and without what was carried over."""
        return replace(self, keys=(self.newest,), carried=())


class WatchedKeyFile:
    """The key-encryption keys of the file at ``path``, which is read again before it wraps and when it does not unwrap.

    So a process that runs goes on when the keys are wrapped anew by another. ``ask`` is called when a passphrase is
    first needed, ``ask_again`` each time that the file was read again: it must not need anybody at a terminal.
    """

    def __init__(self, path: Path, ask: AskPassphrase, ask_again: AskPassphrase) -> None:
        self._path = path
        self._ask_again = ask_again
        self._content = read_key_file(path)
        self._tried = (self._content, "")
        self._wrapper = self._content.wrapper(ask)

    @property
    def environment(self) -> uuid.UUID:
        """The name of the instance."""
        return self._content.environment

    def wrap(self, secret: bytes, use: Use) -> bytes:
        """``secret`` under the newest key of the file as it stands. Raises KeyFileError if it is another instance's."""
        content = self._read()
        if content != self._content:
            self._content, self._wrapper = content, content.wrapper(self._ask_again)
        return self._wrapper.wrap(secret, use)

    def unwrap(self, wrapped: bytes, use: Use) -> bytes:
        """The secret again. Raises KeyFileError if the file as it stands now does not open it either."""
        try:
            return self._wrapper.unwrap(wrapped, use)
        except KeyFileError:
            content = self._read()
            passphrase = self._ask_again() if content.needs_passphrase else ""
            if (content, passphrase) == self._tried:
                raise
            self._tried = (content, passphrase)
            newer = content.wrapper(lambda: passphrase)
            secret = newer.unwrap(wrapped, use)
            self._content, self._wrapper = content, newer
            return secret

    def _read(self) -> KeyFile:
        content = read_key_file(self._path)
        if content.environment != self.environment:
            raise KeyFileError(f"The key file {self._path} is that of another instance now: put the right one back")
        return content


def passphrase_in(path: Path, named_by: str = "DARD_KEY_PASSPHRASE_FILE") -> AskPassphrase:
    """Reads the passphrase from the first line of a file, such as a systemd credential; ``named_by`` is where it is."""

    def read() -> str:
        try:
            return path.read_text(encoding="utf-8").partition("\n")[0]
        except (OSError, UnicodeDecodeError):
            raise KeyFileError(f"The passphrase could not be read from {path} ({named_by})") from None

    return read


def no_passphrase() -> str:
    """Raises KeyFileError: there is nobody to be asked for the passphrase."""
    raise KeyFileError(
        "The keys of this instance are wrapped by a passphrase: set DARD_KEY_PASSPHRASE_FILE to a file that holds it, "
        "or start “dard serve” in a terminal, which asks for it"
    )


def new_key(number: int, provider: Provider) -> KeyEncryptionKey:
    """A fresh key-encryption key, or a fresh salt for one."""
    if provider == "file":
        return KeyEncryptionKey(number, provider, secret=secrets.token_bytes(KEY_SIZE))
    return KeyEncryptionKey(number, provider, salt=secrets.token_bytes(SALT_SIZE))


def new_key_file(provider: Provider = "file") -> KeyFile:
    """The key file of a new instance."""
    return KeyFile(uuid.uuid4(), (new_key(1, provider),))


def write_key_file(content: KeyFile, path: Path, *, replacing: bool = False) -> None:
    """Write a file that only its owner can read, whole or not at all.

    Raises KeyFileError if it is there already, unless ``replacing`` says that it is to be replaced.
    """
    if path.exists() and not replacing:
        raise KeyFileError(f"{path} is there already: a key file is never overwritten, the data would be lost")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise KeyFileError(f"The folder of the key file {path} could not be made: {error.strerror}") from None
    new = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    try:
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(_as_json(content), file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        _put_in_place(new, path, replacing=replacing)
    except OSError as error:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise KeyFileError(f"The key file {path} could not be written: {error.strerror}") from None


def _put_in_place(new: Path, path: Path, *, replacing: bool) -> None:
    if replacing:
        new.replace(path)
    else:
        os.link(new, path)  # fails if somebody else has made it meanwhile
        new.unlink()
    if _POSIX:
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


def read_key_file(path: Path) -> KeyFile:
    """What ``path`` says. Raises KeyFileError if it is missing, open to others than its owner, or malformed."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise KeyFileError(f"There is no key file at {path}: run “dard init”, or set DARD_KEY_FILE") from None
    except (OSError, UnicodeDecodeError):
        raise KeyFileError(f"The key file {path} could not be read") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO) and _POSIX:
        raise KeyFileError(f"The key file {path} can be read by others: run “chmod 600 {path}”")
    try:
        content = json.loads(text)
        if content["format"] not in {FORMAT, FORMER_FORMAT}:
            raise KeyFileError(f"The key file {path} is of a format that this version does not know")
        found = _former(content) if content["format"] == FORMER_FORMAT else _current(content)
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise KeyFileError(f"The key file {path} is damaged: restore it from its backup") from None
    _check(found, path)
    return found


def _check(found: KeyFile, path: Path) -> None:
    numbers = [key.number for key in found.keys]
    sizes = [len(key.secret) for key in found.keys if key.provider == "file"]
    sizes += [len(key.secret) for key in found.carried]
    salts = [len(key.salt) for key in found.keys if key.provider == "passphrase"]
    if not numbers or len(set(numbers)) != len(numbers) or min(numbers) < 1:
        raise KeyFileError(f"The key file {path} is damaged: restore it from its backup")
    if set(sizes) - {KEY_SIZE} or any(size < SALT_SIZE for size in salts):
        raise KeyFileError(f"The key file {path} holds a key that is too short")


def _current(content: Mapping[str, Any]) -> KeyFile:
    return KeyFile(
        uuid.UUID(content["environment"]),
        tuple(_key(entry) for entry in content["keys"]),
        tuple(_carried(entry) for entry in content.get("carried", [])),
    )


def _former(content: Mapping[str, Any]) -> KeyFile:
    carried = tuple(_carried(entry) for entry in content["keys"])
    return KeyFile(uuid.UUID(content["environment"]), (new_key(1, "file"),), carried)


def _key(entry: Mapping[str, Any]) -> KeyEncryptionKey:
    number, provider = int(entry["number"]), entry["provider"]
    if provider == "file":
        return KeyEncryptionKey(number, "file", secret=_bytes(entry["secret"]))
    if provider == "passphrase":
        cost = PassphraseCost(**{name: int(value) for name, value in entry["cost"].items()})
        return KeyEncryptionKey(number, "passphrase", salt=_bytes(entry["salt"]), cost=cost)
    raise ValueError(provider)


def _carried(entry: Mapping[str, Any]) -> CarriedKey:
    return CarriedKey(int(entry["id"]), Purpose(entry["purpose"]), _bytes(entry["secret"]))


def _as_json(content: KeyFile) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "format": FORMAT,
        "environment": str(content.environment),
        "keys": [_key_as_json(key) for key in content.keys],
    }
    if content.carried:
        shown["carried"] = [
            {"id": key.number, "purpose": key.purpose.value, "secret": _text(key.secret)} for key in content.carried
        ]
    return shown


def _key_as_json(key: KeyEncryptionKey) -> dict[str, Any]:
    named: dict[str, Any] = {"number": key.number, "provider": key.provider}
    if key.provider == "file":
        return {**named, "secret": _text(key.secret)}
    return {**named, "salt": _text(key.salt), "cost": asdict(key.cost)}


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
