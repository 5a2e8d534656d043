"""A CSV file in; notifications and, for each row that cannot become one, the reasons out.

Two kinds of trouble are kept apart. A file that cannot be read at all raises UnreadableFileError and nothing of it is
used. A row that cannot be used is a ParsedRow with problems, and the other rows stand. Cells are data: one that begins
with "=", "+", "-" or "@" is kept as it was written, and is made harmless where it leaves in a spreadsheet.
"""

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO

from dard.cases.rules import Notification, check_notification, check_scope
from dard.core.errors import DomainError

Row = Mapping[str, str]

_MEGABYTE = 1_000_000
_SAVE_AS_UTF8 = "In the spreadsheet, choose Save as and “CSV UTF-8”, then import that file"
_OTHER_FORMATS = (
    (b"PK\x03\x04", f"This is a workbook (XLSX or similar), not a CSV file. {_SAVE_AS_UTF8}"),
    (b"\xd0\xcf\x11\xe0", f"This is an old workbook (XLS), not a CSV file. {_SAVE_AS_UTF8}"),
    (b"%PDF", "This is a PDF, not a CSV file. Ask whoever sent it for the data as CSV"),
    (b"\xff\xfe", f"This file is saved as UTF-16 text. {_SAVE_AS_UTF8}"),
    (b"\xfe\xff", f"This file is saved as UTF-16 text. {_SAVE_AS_UTF8}"),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest file that is read: ``size`` in bytes, ``rows`` below the heading, ``columns`` of the heading."""

    size: int = 20 * _MEGABYTE
    rows: int = 100_000
    columns: int = 200


DEFAULT_LIMITS = Limits()


class UnreadableFileError(DomainError):
    """Nothing of the file can be used; the message says why and what to do about it."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="file")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row cannot be used. ``column`` is a heading of the file, or empty where the whole row is meant."""

    column: str
    message: str


class RowError(Exception):
    """A profile cannot make a notification of a row; ``problems`` are all the reasons, not the first."""

    def __init__(self, *problems: RowProblem) -> None:
        super().__init__(f"{len(problems)} problems")  # never the cells: an exception may end up in a log
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Profile:
    """How the files of one source are read.

    ``row_key`` gives what identifies a row at its source for ever, so that a second import of it changes nothing.
    ``to_notification`` makes the notification. Both get the cells by heading, without spaces round them, and raise
    RowError. ``columns`` says, for a field of Notification, which column of the file it comes from, so that problems
    are told in the words of the file.
    """

    name: str
    title: str
    required_columns: tuple[str, ...]
    row_key: Callable[[Row], str]
    to_notification: Callable[[Row], Notification]
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row as it stands in the file; ``number`` is what a spreadsheet shows beside it (the heading is row 1)."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file: its heading and the rows below that are not blank. A row may be longer or shorter than it."""

    header: tuple[str, ...]
    rows: tuple[TableRow, ...]


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """What became of one row: a notification, or problems. ``key`` is None if the row does not say what it is.

    ``content`` holds the cells of the profile's required columns, in its order and not the file's, so that a later file
    can be compared with this one; it is empty if cells and heading do not match.
    """

    number: int
    key: str | None
    notification: Notification | None
    problems: tuple[RowProblem, ...]
    content: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """What became of every row of a file, in its order."""

    rows: tuple[ParsedRow, ...]


def check_size(length: int, limits: Limits = DEFAULT_LIMITS) -> None:
    """Raise UnreadableFileError if a file of ``length`` bytes is larger than may be read."""
    if length > limits.size:
        size, most = (f"{count / _MEGABYTE:,.0f} MB" for count in (length, limits.size))
        told = f"This file is {size}" if size != most else "This file is too large"
        raise UnreadableFileError(f"{told}. The largest that can be imported is {most}. Split it and import the parts")


def read_bytes(stream: IO[bytes], *, declared_length: int | None, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """The content of an upload or a file, of which never more than the limit is held in memory.

    ``declared_length`` (bytes, if known) is refused before anything is read; a stream that is longer than it
    declared is refused as soon as the limit is passed. Raises UnreadableFileError.
    """
    check_size(declared_length or 0, limits)
    data = bytearray()
    while chunk := stream.read(limits.size + 1 - len(data)):
        data += chunk
    check_size(len(data), limits)
    return bytes(data)


def read_table(data: bytes, *, required: Sequence[str] = (), limits: Limits = DEFAULT_LIMITS) -> Table:
    """The CSV file ``data``, in UTF-8 with or without a byte order mark, with all columns of ``required``.

    A heading with no rows below it is a file like any other: nothing happened in that week.
    Raises UnreadableFileError if the file is empty, too large, another format or encoding, has a faulty heading, or is
    not well-formed CSV. A quotation mark that is never closed is such a fault: read on, it would swallow rows unseen.
    """
    check_size(len(data), limits)
    reader = csv.reader(io.StringIO(_decode(data), newline=""), strict=True)
    try:
        header = _read_header(next(reader, []), required, limits)
        rows = tuple(_read_rows(reader, limits))
    except csv.Error as error:
        raise UnreadableFileError(_csv_message(error, reader.line_num)) from error
    return Table(header, rows)


def parse(data: bytes, profile: Profile, *, today: dt.date, limits: Limits = DEFAULT_LIMITS) -> ParsedFile:
    """Every row of ``data`` as ``profile`` reads it, checked as notifications are on the day ``today``.

    Raises UnreadableFileError if the file as a whole cannot be used. A row that repeats the key of an earlier one is a
    problem whatever the rest of it says: which of the two is right is for a person to decide.
    """
    table = read_table(data, required=profile.required_columns, limits=limits)
    first: dict[str, TableRow] = {}
    return ParsedFile(tuple(_parse_row(row, table.header, profile, today, first) for row in table.rows))


def _decode(data: bytes) -> str:
    if not data.strip():
        raise UnreadableFileError("This file is empty")
    for signature, message in _OTHER_FORMATS:
        if data.startswith(signature):
            raise UnreadableFileError(message)
    if b"\0" in data:
        raise UnreadableFileError(
            f"This file holds NUL characters, so it is damaged or is not saved as UTF-8 text. {_SAVE_AS_UTF8}"
        )
    try:
        return data.decode("utf-8").lstrip("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    # Raised out here because a UnicodeDecodeError carries the whole file, and would go wherever this one is logged.
    raise UnreadableFileError(
        f"This file is not saved as UTF-8 text: line {line:,} has a character in another encoding. {_SAVE_AS_UTF8}"
    )


def _read_header(cells: list[str], required: Sequence[str], limits: Limits) -> tuple[str, ...]:
    header = tuple(cell.strip() for cell in cells)
    if not any(header):
        raise UnreadableFileError("The first row of this file is blank. It must hold the column headings")
    if len(header) > limits.columns:
        raise UnreadableFileError(
            f"This file has {len(header):,} columns. The most that can be read is {limits.columns}"
        )
    named = [name for name in header if name]
    repeated = [name[:40] for name in dict.fromkeys(named) if named.count(name) > 1]
    if repeated:
        raise UnreadableFileError(f"This file has more than one column called {_listed(repeated)}. Keep one of each")
    missing = [name for name in required if name not in named]
    if missing:
        raise UnreadableFileError(
            f"This file has no column called {_listed(missing)}. Check that it is the right file, that its values are "
            "separated by commas, and that the headings are in its first row"
        )
    return header


def _read_rows(reader: Iterator[list[str]], limits: Limits) -> Iterator[TableRow]:
    count = 0
    for number, cells in enumerate(reader, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > limits.rows:
            raise UnreadableFileError(
                f"This file has more than {limits.rows:,} rows. Split it into smaller files and import each"
            )
        yield TableRow(number, tuple(cells))


def _csv_message(error: csv.Error, line: int) -> str:
    if "field larger" in str(error):
        return f"Near line {line:,} this file has a value longer than {csv.field_size_limit():,} characters"
    return (
        f"Near line {line:,} this file is not well-formed CSV: a quotation mark is not closed, or is followed by more "
        "text. Export the file again, or mend that line"
    )


def _listed(names: Sequence[str]) -> str:
    shown = [f"“{name}”" for name in names[:10]]
    return ", ".join(shown) + (f" and {len(names) - 10:,} more" if len(names) > 10 else "")


def _parse_row(
    row: TableRow, header: tuple[str, ...], profile: Profile, today: dt.date, first: dict[str, TableRow]
) -> ParsedRow:
    if len(row.cells) != len(header):
        message = (
            f"This row has {len(row.cells)} values and the heading has {len(header)}, so they cannot be matched. "
            "Look for a missing or an extra comma"
        )
        return ParsedRow(row.number, None, None, (RowProblem("", message),))
    values = {name: cell.strip() for name, cell in zip(header, row.cells, strict=True)}
    content = tuple(values[column] for column in profile.required_columns)
    key: str | None = None
    try:
        key = profile.row_key(values)
        _refuse_repeated(row, first.setdefault(key, row), profile)
        notification = profile.to_notification(values)
    except RowError as error:
        return ParsedRow(row.number, key, None, error.problems, content)
    problems = _check(notification, profile, today)
    return ParsedRow(row.number, key, None if problems else notification, problems, content)


def _refuse_repeated(row: TableRow, earlier: TableRow, profile: Profile) -> None:
    if earlier is row:
        return
    column = profile.columns.get("source_reference", "")
    if earlier.cells == row.cells:
        raise RowError(RowProblem(column, f"Row {earlier.number} is the same as this one. Delete one of them"))
    message = f"Row {earlier.number} has the same reference but says something else. Keep the one that is right"
    raise RowError(RowProblem(column, message))


def _check(notification: Notification, profile: Profile, today: dt.date) -> tuple[RowProblem, ...]:
    problems = (*check_notification(notification, today=today), *check_scope(notification))
    return tuple(RowProblem(profile.columns.get(problem.field, ""), problem.message) for problem in problems)
