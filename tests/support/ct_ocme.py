"""Files like the Connecticut medical examiner’s, of made-up people."""

import csv
import io
from collections.abc import Sequence

from dard.imports.ct_ocme import PROFILE

COLUMNS = (*PROFILE.required_columns, "Race", "Town Index")
USUAL = {
    "Date": "06/28/2014 12:00:00 AM",
    "DateType": "DateofDeath",
    "Age": "48",
    "Sex": "Male",
    "ResidenceCity": "SANDY HOOK",
    "ResidenceState": "CT",
    "DeathCity": "NORWALK",
    "Location": "Hospital",
    "InjuryPlace": "Residence",
    "COD": "Acute Heroin Intoxication",
    "Heroin": "Y",
    "MannerofDeath": "Accident",
}


def row(number: int, **cells: str) -> dict[str, str]:
    """The row ``number`` of the usual kind, with ``cells`` otherwise."""
    return {"ID": f"99-{number:04d}", **USUAL, **cells}


def ct_ocme_file(rows: Sequence[dict[str, str]], *, columns: Sequence[str] = COLUMNS, encoding: str = "utf-8") -> bytes:
    """The file with ``rows``; cells of columns that it does not have are left out."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def usual_file(count: int) -> bytes:
    """A file of ``count`` good rows."""
    return ct_ocme_file([row(number) for number in range(1, count + 1)])


def ragged(data: bytes, line: int) -> bytes:
    """``data`` with one value too many in a line, counted from 1 for the heading."""
    lines = data.split(b"\r\n")
    lines[line - 1] += b",surplus"
    return b"\r\n".join(lines)


GOOD = usual_file(3)
# What is wrong, the file, and a part of what people are told.
REFUSED: tuple[tuple[str, bytes, str], ...] = (
    ("empty", b"", "This file is empty"),
    ("blank", b" \r\n\r\n", "This file is empty"),
    (
        "latin 1",
        ct_ocme_file([row(1, COD="Café")], encoding="latin-1"),
        "line 2 has a character in another",
    ),
    ("utf 16", ct_ocme_file([row(1)], encoding="utf-16"), "UTF-16"),
    ("nul", GOOD.replace(b"Male", b"Ma\0le", 1), "NUL"),
    ("workbook", b"PK\x03\x04" + GOOD, "workbook"),
    ("pdf", b"%PDF-1.7\n", "PDF"),
    ("one column missing", ct_ocme_file([row(1)], columns=[each for each in COLUMNS if each != "Age"]), "“Age”"),
    ("no heading", GOOD.partition(b"\r\n")[2], "no column called “ID”"),
    ("semicolons", GOOD.replace(b",", b";"), "separated by commas"),
    ("a heading twice", GOOD.replace(b"Town Index", b"Race", 1), "more than one column called “Race”"),
    ("an open quotation mark", GOOD + b'"99-0004,', "quotation mark is not closed"),
    ("too large", GOOD + b"x" * 20_000_000, "largest that can be imported is 20 MB"),
)
# The row, and a part of what people are told of it.
ROW_ERRORS: tuple[tuple[dict[str, str], str, str], ...] = (
    (row(11, Date="31/02/2018"), "Date", "“31/02/2018” has 31 for the month"),
    (row(12, Date="02/31/2018 12:00:00 AM"), "Date", "not in the calendar"),
    (row(13, Date=""), "Date", "no date"),
    (row(14, Date="06/28/2031 12:00:00 AM"), "Date", "today or in the past"),
    (row(15, Age="17"), "Age", "The person was 17"),
    (row(16, Age="=1+1"), "Age", "“=1+1” is not an age"),
    (row(17, Sex="Q"), "Sex", "“Q” is not a sex"),
    (row(18, ID=""), "ID", "no ID"),
    (row(19, COD="x" * 20_001), "COD", "20,000 characters"),
)
