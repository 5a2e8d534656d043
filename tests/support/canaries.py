"""Canaries: texts that stand nowhere but where a test wrote them, and the search for them in every byte of a place."""

import base64
import datetime as dt
import html
import json
import re
import secrets
import string
import urllib.parse
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import ahocorasick
from support.world import nhs_number

_LETTERS = string.ascii_lowercase + string.digits
_DEPTH = 5  # archives inside archives
_LARGEST = 64 * 1024 * 1024  # bytes that are inflated from one stream
_AT_A_TIME = 16 * 1024
_UNMISTAKABLE = 10  # so many digits stand in no id by chance
_IDS = re.compile(r"[0-9a-f]{16,}")  # ids and hashes as text: digits stand in them by chance


class Canaries:
    """What a test plants, by sealed field ("case_person.full_name"): for each, every way in which it could be spelt."""

    def __init__(self) -> None:
        self.mark = f"q{_random(5)}7"  # not a word, and new in each run: another run's leak is not this one's
        self.planted: dict[str, set[str]] = {}

    def text(self, field: str) -> str:
        """Words for ``field`` that are nowhere else: one of letters and digits, one with other letters."""
        plain, other = f"{self.mark}{_random(4)}", f"{self.mark}ž{_random(3)}œł"
        self.note(field, plain)
        self.note(field, other)
        return f"{plain} {other}"

    def word(self, field: str, *, length: int = 12) -> str:
        """One word of letters and digits for ``field``."""
        made = f"{self.mark}{_random(length - len(self.mark))}"
        self.note(field, made)
        return made

    def date(self, field: str) -> dt.date:
        """A day long ago, as which nothing else is dated."""
        day = dt.date(1931, 1, 1) + dt.timedelta(days=secrets.randbelow(365 * 15))
        plain = f"{day.day} {day:%B %Y}"
        self.note(field, day.isoformat(), f"{day:%Y%m%d}", f"{day:%d/%m/%Y}", f"{day:%m/%d/%Y}", plain)
        return day

    def nhs_number(self, field: str) -> str:
        """A valid NHS number that is never issued."""
        digits = nhs_number(secrets.randbelow(900_000))
        spaced = f"{digits[:3]} {digits[3:6]} {digits[6:]}"
        self.note(field, digits, spaced, spaced.replace(" ", "-"))
        return spaced

    def postcode(self, field: str) -> str:
        """A postcode of the right shape."""
        letters = [secrets.choice("ABDEFGHJLNPQRSTUWXYZ") for _ in range(4)]
        made = f"{letters[0]}{letters[1]}{secrets.randbelow(90) + 10} {secrets.randbelow(10)}{letters[2]}{letters[3]}"
        self.note(field, made, made.replace(" ", ""))
        return made

    def size(self, field: str, *, least: int) -> int:
        """A number of seven digits, from ``least`` on."""
        made = least + secrets.randbelow(100_000)
        self.note(field, str(made), f"{made:,}")
        return made

    def note(self, field: str, *forms: str) -> None:
        """``forms`` were written into ``field``, or stand for what was."""
        self.planted.setdefault(field, set()).update(forms)

    def is_in(self, field: str, value: object) -> bool:
        """Whether a canary of ``field`` stands in ``value``, as it was opened."""
        shown = bytes(value).decode(errors="replace") if isinstance(value, bytes) else str(value)
        return any(form in shown for form in self.planted.get(field, ()))


def _random(count: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(count))


# How a text could be written down. Each gives every form of it, of which one is enough to give it away.
Encoding = Callable[[str], Iterable[bytes]]


def _base64(alphabet: Callable[[bytes], bytes]) -> Encoding:
    """The part that is the same whatever stands before and after the text, at each of the three alignments."""

    def encode(text: str) -> Iterator[bytes]:
        raw = text.encode()
        for before in range(3):
            yield alphabet(bytes(before) + raw)[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]

    return encode


def _each_byte(form: str) -> Encoding:
    return lambda text: ["".join(form.format(byte) for byte in text.encode()).encode()]


def _percent(text: str) -> Iterator[bytes]:
    yield from (urllib.parse.quote(text, safe="").encode(), urllib.parse.quote_plus(text).encode())
    yield from (*_each_byte("%{:02X}")(text), *_each_byte("%{:02x}")(text))


def _json(text: str) -> Iterator[bytes]:
    yield json.dumps(text)[1:-1].encode()
    units = [int.from_bytes(pair, "big") for pair in _pairs(text.encode("utf-16-be"))]
    yield from ("".join(form.format(unit) for unit in units).encode() for form in ("\\u{:04x}", "\\u{:04X}"))


def _pairs(raw: bytes) -> Iterator[bytes]:
    return (raw[start : start + 2] for start in range(0, len(raw), 2))


def _quoted_printable(text: str) -> Iterator[bytes]:
    yield "".join(chr(byte) if byte < 128 else f"={byte:02X}" for byte in text.encode()).encode()
    yield from _each_byte("={:02X}")(text)


def _references(text: str) -> Iterator[bytes]:
    yield "".join(character if character.isascii() else f"&#{ord(character)};" for character in text).encode()
    yield from ("".join(form.format(ord(each)) for each in text).encode() for form in ("&#{};", "&#x{:x};", "&#x{:X};"))
    yield html.escape(text).encode()


ENCODINGS: Mapping[str, Encoding] = MappingProxyType(
    {
        "UTF-8": lambda text: [text.encode()],
        "UTF-16LE": lambda text: [text.encode("utf-16-le")],
        "UTF-16BE": lambda text: [text.encode("utf-16-be")],
        "base64": _base64(base64.standard_b64encode),
        "base64url": _base64(base64.urlsafe_b64encode),
        "hexadecimal": _each_byte("{:02x}"),
        "hexadecimal in capitals": _each_byte("{:02X}"),
        "percent-encoded": _percent,
        "JSON escapes": _json,
        "quoted-printable": _quoted_printable,
        "HTML references": _references,
        "reversed": lambda text: [text[::-1].encode(), text.encode()[::-1]],
    }
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A canary that was found: of which field, how it was written, and where."""

    field: str
    encoding: str
    place: str


class Search:
    """Finds canaries in bytes, and in what is packed in them: gzip, ZIP, zlib, ASCII85 as in PDFs, and these in others.

    ``read`` and ``inflated`` count the bytes that were looked at, in ``files``.
    """

    def __init__(self, canaries: Canaries) -> None:
        self.files = self.read = self.inflated = 0
        self._automaton = ahocorasick.Automaton()
        for field, forms in canaries.planted.items():
            for form in forms:
                for spelt in {form, form.lower(), form.upper(), form.capitalize()}:
                    self._add(field, spelt)
        self._automaton.make_automaton()

    def _add(self, field: str, text: str) -> None:
        for name, encoding in ENCODINGS.items():
            for pattern in encoding(text):
                word = pattern.decode("latin-1")
                if word not in self._automaton:
                    self._automaton.add_word(word, (field, name, word))

    def folder(self, folder: Path) -> list[Hit]:
        """What is found in any file below ``folder``."""
        paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
        return [hit for path in paths for hit in self.file(path)]

    def file(self, path: Path, start: int = 0) -> list[Hit]:
        """What is found in the file ``path``, from byte ``start`` on."""
        try:
            with path.open("rb") as stream:
                stream.seek(start)
                data = stream.read()
        except FileNotFoundError:  # a database at work removes files of its own
            return []
        self.files += 1
        self.read += len(data)
        return self.data(data, str(path))

    def data(self, data: bytes, place: str, depth: int = 0) -> list[Hit]:
        """What is found in ``data``, which is called ``place`` in the hits."""
        text = data.decode("latin-1")
        found = [
            Hit(field, encoding, place)
            for end, (field, encoding, word) in self._automaton.iter(text)
            if not _by_chance(text, end - len(word) + 1, word)
        ]
        if depth < _DEPTH:
            for kind, inner in unpacked(data):
                self.inflated += len(inner)
                found += self.data(inner, f"{place} > {kind}", depth + 1)
        return list(dict.fromkeys(found))


def _by_chance(text: str, start: int, word: str) -> bool:
    """Whether ``word`` is a few digits in the middle of an id."""
    if not word.isdigit() or len(word) >= _UNMISTAKABLE:
        return False
    around = max(0, start - 64)
    return any(
        around + run.start() <= start < around + run.end()
        for run in _IDS.finditer(text[around : start + len(word) + 64])
    )


_GZIP, _ZIP = b"\x1f\x8b\x08", b"PK\x03\x04"
_BEGINNING = re.compile(re.escape(_GZIP) + b"|" + re.escape(_ZIP) + rb"|x[\x01\x5e\x9c\xda]")
_ASCII85 = re.compile(rb"stream\r?\n([!-uz\s]+)~>")


def unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    """What can be unpacked from ``data``, wherever in it something packed begins: its kind, and the content."""
    view = memoryview(data)
    for found in _BEGINNING.finditer(data):
        start, mark = found.start(), found.group()
        if mark == _GZIP:
            yield from _inflated("gzip", view[start:], 31)
        elif mark == _ZIP:
            yield from _zip_member(view[start:])
        else:
            yield from _inflated("zlib", view[start:], 15)
    for found in _ASCII85.finditer(data):
        with suppress(ValueError):
            yield "ASCII85", base64.a85decode(found.group(1))


def _zip_member(view: memoryview) -> Iterator[tuple[str, bytes]]:
    """One file of a ZIP, read from its own header: the directory at the end may be cut off."""
    method = int.from_bytes(view[8:10], "little")
    start = 30 + int.from_bytes(view[26:28], "little") + int.from_bytes(view[28:30], "little")
    if method == zlib.DEFLATED:
        yield from _inflated("ZIP", view[start:], -15)


def _inflated(kind: str, view: memoryview, window: int) -> Iterator[tuple[str, bytes]]:
    """The content as far as it can be read: what was cut off or damaged is read up to there."""
    inflater, content, at = zlib.decompressobj(window), bytearray(), 0
    with suppress(zlib.error):
        while at < len(view) and not inflater.eof and len(content) < _LARGEST:
            content += inflater.decompress(view[at : at + _AT_A_TIME], _LARGEST)
            at += _AT_A_TIME
    if content:
        yield kind, bytes(content)
