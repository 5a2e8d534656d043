"""Tables as XLSX and CSV files that cannot run anything on the reader's computer.

Text from people and from other systems is always written as text. In XLSX that is a property of the cell. CSV has no
such thing: a spreadsheet program takes a cell that begins like a formula for one, so such a cell gets an apostrophe
in front (OWASP, ASVS 5.0; Primero had to mend its own guard twice, for byte order marks and for control characters
before the sign). :func:`strip_guard` takes exactly that apostrophe away when a file comes back.
"""

import csv
import datetime as dt
import enum
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from dard.core.characters import printable
from dard.core.clock import local
from dard.core.errors import DomainError
from dard.core.formats import date_text

ABOUT = "About"
CUT = " [cut: Excel holds no more than 32,767 characters in a cell]"

_CELL_LIMIT = 32_767
_ROW_LIMIT = 1_048_576
_LINE = 15
_HIGHEST_ROW = 409
_TRIGGERS = frozenset("=+-@|%−")
_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
_FIRST_DAY = dt.date(1900, 1, 1)

Value = str | int | dt.date | dt.datetime | None


class Kind(enum.StrEnum):
    """What a column holds. Text may stand in any column, such as "c" among integers."""

    TEXT = "text"
    INTEGER = "integer"
    DATE = "date"
    DATETIME = "datetime"


@dataclass(frozen=True, slots=True)
class Column:
    """A column; ``width`` in characters."""

    heading: str
    kind: Kind = Kind.TEXT
    width: int = 20


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: each row has one value for each column; None is an empty cell."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]


@dataclass(frozen=True, slots=True)
class _Formats:
    heading: Format
    label: Format
    text: Format
    quoted: Format
    marked: Format
    by_kind: dict[Kind, Format]


def write_xlsx(sheets: Sequence[Sheet], about: Sequence[tuple[str, str]], *, created: dt.datetime) -> bytes:
    """A workbook with these sheets and a last one, "About", that says what the file holds.

    ``about`` has (label, text) pairs: the filters, the time and the rule that were used. The same arguments give the
    same bytes; ``created`` must be aware. Raises DomainError if a sheet has more rows than Excel can open.
    """
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(stream, options)
    book.set_properties(
        {"title": printable(sheets[0].title) if sheets else ABOUT, "created": created.astimezone(dt.UTC)}
    )
    formats = _formats(book)
    names: set[str] = {ABOUT.lower()}
    for sheet in sheets:
        if len(sheet.rows) >= _ROW_LIMIT:
            raise DomainError("There are too many rows for Excel. Choose fewer, or export them as CSV.")
        name = _sheet_name(sheet.title, names)
        names.add(name.lower())
        _fill(book.add_worksheet(name), sheet, formats)
    _fill_about(book.add_worksheet(ABOUT), about, formats)
    book.close()
    return stream.getvalue()


def write_csv(sheet: Sheet) -> bytes:
    """The sheet as CSV: UTF-8 with a byte order mark (Excel needs it), RFC 4180, dates as 2026-03-27.

    Moments are written as 2026-03-27 14:05:00 on a clock in England. Text that a spreadsheet program would run is
    guarded, headings too; numbers stay numbers.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow([guarded(column.heading) for column in sheet.columns])
    writer.writerows([_csv_value(value) for value in row] for row in sheet.rows)
    return b"\xef\xbb\xbf" + stream.getvalue().encode("utf-8", "replace")


def guarded(text: str) -> str:
    """``text`` with an apostrophe in front if a spreadsheet program could take it for a formula.

    Text that already has apostrophes before such a beginning gets one more, so that :func:`strip_guard` is exact.
    """
    return f"'{text}" if _looks_run(text.lstrip("'")) else text


def strip_guard(text: str) -> str:
    """The text that :func:`guarded` was given."""
    return text[1:] if text.startswith("'") and _looks_run(text.lstrip("'")) else text


def _looks_run(text: str) -> bool:
    """Whether it begins with an operator, wide or small forms included, or with something unseen before anything."""
    if text[:1] in {"\t", "\r", "\n", "\0"}:
        return True
    for letter in text:
        if unicodedata.category(letter) not in _UNSEEN:
            return unicodedata.normalize("NFKC", letter)[:1] in _TRIGGERS
    return False


def _csv_value(value: Value) -> str | int:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return local(value).replace(tzinfo=None).isoformat(" ", "seconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    return guarded(value) if isinstance(value, str) else value


def _formats(book: xlsxwriter.Workbook) -> _Formats:
    top = {"valign": "top"}
    wrapped = top | {"text_wrap": True}
    return _Formats(
        heading=book.add_format(wrapped | {"bold": True, "bg_color": "#F3F2F1", "bottom": 1}),
        label=book.add_format(wrapped | {"bold": True}),
        text=book.add_format(wrapped),
        # What looks like a formula stays text even after somebody has edited the cell.
        quoted=book.add_format(wrapped | {"quote_prefix": True}),
        marked=book.add_format(wrapped | {"align": "right"}),
        by_kind={
            Kind.INTEGER: book.add_format(top | {"num_format": "#,##0"}),
            Kind.DATE: book.add_format(top | {"num_format": "d mmmm yyyy", "align": "left", "indent": 1}),
            Kind.DATETIME: book.add_format(top | {"num_format": "d mmmm yyyy hh:mm", "align": "left", "indent": 1}),
        },
    )


def _fill(page: Worksheet, sheet: Sheet, formats: _Formats) -> None:
    widths = [column.width for column in sheet.columns]
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width)
        page.write_string(0, place, _xlsx_text(column.heading), formats.heading)
    # The filter's button takes some of the heading's width.
    _set_height(page, 0, [column.heading for column in sheet.columns], [width - 3 for width in widths])
    for line, row in enumerate(sheet.rows, start=1):
        _set_height(page, line, row, widths)
        for place, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
            _write(page, (line, place), column.kind, value, formats)
    page.freeze_panes(1, 0)
    if sheet.columns:
        page.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)
    page.repeat_rows(0)
    _set_paper(page)


def _fill_about(page: Worksheet, about: Iterable[tuple[str, str]], formats: _Formats) -> None:
    widths = (30, 90)
    for place, width in enumerate(widths):
        page.set_column(place, place, width, formats.text)
    for line, (label, text) in enumerate(about):
        _set_height(page, line, (label, text), widths)
        page.write_string(line, 0, _xlsx_text(label), formats.label)
        _write_text(page, (line, 1), text, formats.text, formats)
    _set_paper(page)


def _set_height(page: Worksheet, line: int, row: Sequence[Value], widths: Sequence[int]) -> None:
    """Make room for text that is wrapped; not every program does so by itself when it opens the file."""
    lines = max((_lines(value, width) for value, width in zip(row, widths, strict=True)), default=1)
    if lines > 1:
        page.set_row(line, min(_LINE * lines, _HIGHEST_ROW))


def _lines(value: Value, width: int) -> int:
    if not isinstance(value, str):
        return 1
    return sum(max(1, -(-len(part) // max(1, width))) for part in value.split("\n"))


def _set_paper(page: Worksheet) -> None:
    page.set_paper(9)  # A4
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.set_footer("&L&A&RPage &P of &N")


def _write(page: Worksheet, place: tuple[int, int], kind: Kind, value: Value, formats: _Formats) -> None:
    if value is None:
        return
    if isinstance(value, dt.date):
        _write_date(page, place, value, formats)
    elif isinstance(value, str):
        _write_text(page, place, value, formats.marked if kind is Kind.INTEGER else formats.text, formats)
    elif kind is Kind.INTEGER:
        page.write_number(*place, value, formats.by_kind[Kind.INTEGER])
    else:
        _write_text(page, place, str(value), formats.text, formats)


def _write_date(page: Worksheet, place: tuple[int, int], value: dt.date, formats: _Formats) -> None:
    """A real date; Excel's calendar begins in 1900, so what was before is written in words."""
    moment = local(value).replace(tzinfo=None) if isinstance(value, dt.datetime) else None
    day = moment.date() if moment else value
    if day < _FIRST_DAY:
        _write_text(page, place, date_text(day), formats.text, formats)
    elif moment:
        page.write_datetime(*place, moment, formats.by_kind[Kind.DATETIME])
    else:
        page.write_datetime(*place, day, formats.by_kind[Kind.DATE])


def _write_text(page: Worksheet, place: tuple[int, int], text: str, usual: Format, formats: _Formats) -> None:
    clean = _xlsx_text(text)
    page.write_string(*place, clean, formats.quoted if _looks_run(clean) else usual)


def _xlsx_text(text: str) -> str:
    """Text that a cell can hold: what XML forbids left out, and cut with a note where it is too long."""
    clean = printable(text).replace("\r\n", "\n").replace("\r", "\n")
    units = clean.encode("utf-16-le")
    if len(units) <= 2 * _CELL_LIMIT:
        return clean
    return units[: 2 * (_CELL_LIMIT - len(CUT))].decode("utf-16-le", "ignore") + CUT


def _sheet_name(title: str, taken: set[str]) -> str:
    """A name that Excel accepts and no other sheet has: 31 characters, none of []:*?/\\, no apostrophe at its ends."""
    plain = re.sub(r"[\[\]:*?/\\]", " ", printable(title))
    base = " ".join(plain.split()).strip("'")[:31].strip(" '") or "Sheet"
    # Excel keeps the name History to itself.
    names = [f"{base[: 31 - len(suffix)]}{suffix}" for suffix in ["", *(f" {n}" for n in range(2, len(taken) + 4))]]
    return next(name for name in names if name.lower() not in taken | {"history"})
