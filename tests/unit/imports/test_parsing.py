"""Reading a CSV file of another system: which files are refused, which rows, and in what words."""

import csv
import datetime as dt
import io
from types import MappingProxyType

import pytest

from dard.cases.enums import NotificationSource, Stream
from dard.cases.rules import Notification
from dard.imports.parsing import (
    DEFAULT_LIMITS,
    Limits,
    ParsedRow,
    Profile,
    Row,
    RowError,
    RowProblem,
    UnreadableFileError,
    check_size,
    parse,
    read_bytes,
    read_table,
)
from dard.imports.profiles import PROFILES

TODAY = dt.date(2026, 3, 3)
COLUMNS = ("Ref", "Name", "Date", "Age", "Notes")


def _key(row: Row) -> str:
    if not row["Ref"]:
        raise RowError(RowProblem("Ref", "Add a reference"))
    return row["Ref"]


def _notification(row: Row) -> Notification:
    try:
        day = dt.date.fromisoformat(row["Date"])
    except ValueError:
        raise RowError(RowProblem("Date", "Write the date like 2026-03-03")) from None
    return Notification(
        stream=Stream.DRUG_RELATED_DEATH,
        source=NotificationSource.POLICE,
        source_reference=row["Ref"],
        full_name=row["Name"],
        event_date=day,
        age_at_event=int(row["Age"]),
        narrative=row["Notes"] or None,
    )


POLICE = Profile(
    name="police",
    title="Police sudden death reports",
    required_columns=COLUMNS,
    row_key=_key,
    to_notification=_notification,
    columns=MappingProxyType(
        {"source_reference": "Ref", "full_name": "Name", "event_date": "Date", "age_at_event": "Age"}
    ),
)
ROBIN = ("P-1", "Robin Ashe", "2026-02-27", "41", "")
SAM = ("P-2", "Sam Linden", "2026-02-28", "58", "Found by\na friend, at home")


def csv_bytes(*rows: tuple[str, ...], header: tuple[str, ...] = COLUMNS, encoding: str = "utf-8") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode(encoding)


def refusal(data: bytes, limits: Limits = DEFAULT_LIMITS) -> str:
    with pytest.raises(UnreadableFileError) as raised:
        read_table(data, required=COLUMNS, limits=limits)
    assert raised.value.field == "file"
    return raised.value.message


def parsed(*rows: tuple[str, ...], header: tuple[str, ...] = COLUMNS) -> tuple[ParsedRow, ...]:
    return parse(csv_bytes(*rows, header=header), POLICE, today=TODAY).rows


def test_a_good_file_gives_a_notification_for_every_row() -> None:
    robin, sam = parsed(ROBIN, SAM)
    assert (robin.number, robin.key, robin.problems) == (2, "P-1", ())
    assert robin.notification is not None
    assert robin.notification.full_name == "Robin Ashe"
    assert sam.notification is not None
    assert sam.notification.narrative == "Found by\na friend, at home"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_utf_8_is_read_with_and_without_a_byte_order_mark(encoding: str) -> None:
    table = read_table(csv_bytes(("P-1", "Zoë Ångström", "", "", ""), encoding=encoding), required=COLUMNS)
    assert table.header == COLUMNS
    assert table.rows[0].cells[1] == "Zoë Ångström"


def test_two_byte_order_marks_are_read_as_none() -> None:
    data = b"\xef\xbb\xbf" + csv_bytes(ROBIN, encoding="utf-8-sig")
    assert read_table(data, required=COLUMNS).header == COLUMNS


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_way_to_end_a_line_is_read(newline: str) -> None:
    data = newline.join(["Ref,Name,Date,Age,Notes", ",".join(ROBIN), ",".join(ROBIN)]).encode()
    assert [row.cells for row in read_table(data, required=COLUMNS).rows] == [ROBIN, ROBIN]


@pytest.mark.parametrize("data", [b"", b"  \r\n\r\n"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    assert refusal(data) == "This file is empty"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_refused_with_what_to_do(encoding: str) -> None:
    told = refusal(csv_bytes(ROBIN, encoding=encoding))
    assert "UTF-16" in told or "not saved as UTF-8" in told
    assert "“CSV UTF-8”" in told


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_latin_1_is_refused_with_the_line_and_what_to_do(encoding: str) -> None:
    told = refusal(csv_bytes(ROBIN, ("P-2", "Zoë", "", "", ""), encoding=encoding))
    assert "not saved as UTF-8 text: line 3" in told
    assert "“CSV UTF-8”" in told


def test_a_refused_encoding_does_not_carry_the_file_in_the_error() -> None:
    with pytest.raises(UnreadableFileError) as raised:
        read_table(csv_bytes(("P-2", "Zoë", "", "", ""), encoding="latin-1"))
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None


def test_a_nul_character_is_refused() -> None:
    assert "NUL" in refusal(csv_bytes(ROBIN).replace(b"Robin", b"Ro\0bin"))


@pytest.mark.parametrize(
    ("data", "name"),
    [(b"PK\x03\x04\x14\0", "XLSX"), (b"\xd0\xcf\x11\xe0\xa1\xb1", "XLS"), (b"%PDF-1.7\n", "PDF")],
)
def test_another_format_is_named(data: bytes, name: str) -> None:
    assert name in refusal(data)


def test_a_file_over_the_limit_is_refused_by_its_declared_size_before_anything_is_read() -> None:
    class Unread(io.BytesIO):
        def read(self, *_size: object) -> bytes:
            raise AssertionError("the file was read")

    with pytest.raises(UnreadableFileError, match=r"This file is 100 MB\. The largest that can be imported is 20 MB"):
        read_bytes(Unread(), declared_length=100_000_000)


@pytest.mark.parametrize("declared", [None, 5])
def test_a_file_that_is_longer_than_it_declared_is_given_up_at_the_limit(declared: int | None) -> None:
    stream = io.BytesIO(b"x" * 1_000)
    with pytest.raises(UnreadableFileError, match="too large"):
        read_bytes(stream, declared_length=declared, limits=Limits(size=10))
    assert stream.tell() == 11


def test_a_file_is_read_whole_though_its_stream_gives_it_in_pieces() -> None:
    class Trickle(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 0, 3))

    assert read_bytes(Trickle(b"0123456789"), declared_length=10, limits=Limits(size=10)) == b"0123456789"


def test_a_file_may_be_as_large_as_the_limit_and_no_larger() -> None:
    check_size(20_000_000)
    with pytest.raises(UnreadableFileError):
        check_size(20_000_001)


def test_the_size_of_what_is_handed_in_is_checked_again() -> None:
    assert refusal(csv_bytes(ROBIN), Limits(size=20)).startswith("This file is too large")


def test_more_rows_than_the_limit_are_refused() -> None:
    assert len(read_table(csv_bytes(ROBIN, SAM), limits=Limits(rows=2)).rows) == 2
    assert "more than 2 rows" in refusal(csv_bytes(ROBIN, SAM, ROBIN), Limits(rows=2))


def test_more_columns_than_the_limit_are_refused() -> None:
    assert "5 columns" in refusal(csv_bytes(ROBIN), Limits(columns=4))


def test_missing_columns_are_named() -> None:
    told = refusal(csv_bytes(("P-1", "Robin"), header=("Ref", "Name")))
    assert "no column called “Date”, “Age”, “Notes”" in told


def test_many_missing_columns_are_counted() -> None:
    with pytest.raises(UnreadableFileError, match="“c9” and 2 more"):
        read_table(b"Ref\n1\n", required=[f"c{n}" for n in range(12)])


def test_a_file_separated_by_semicolons_is_refused_and_the_separator_is_named() -> None:
    assert "separated by commas" in refusal(csv_bytes(ROBIN).replace(b",", b";"))


def test_a_column_that_stands_twice_is_named() -> None:
    told = refusal(csv_bytes((*ROBIN, "x"), header=(*COLUMNS, " Name ")))
    assert told == "This file has more than one column called “Name”. Keep one of each"


def test_columns_without_a_heading_are_let_be() -> None:
    (row,) = parsed((*ROBIN, "", ""), header=(*COLUMNS, "", ""))
    assert row.problems == ()


def test_a_blank_first_row_is_refused() -> None:
    assert "first row of this file is blank" in refusal(b"\n" + csv_bytes(ROBIN))


def test_a_quotation_mark_that_is_never_closed_is_refused_because_it_would_swallow_rows() -> None:
    data = csv_bytes(ROBIN, SAM).replace(b"Robin", b'"Robin')
    assert "a quotation mark is not closed" in refusal(data)


def test_a_value_longer_than_a_csv_field_may_be_is_refused() -> None:
    assert "longer than 131,072 characters" in refusal(csv_bytes(("P-1", "x" * 131_073, "", "", "")))


def test_a_heading_without_rows_is_a_file_in_which_nothing_happened() -> None:
    assert parsed() == ()


def test_a_ragged_row_is_a_problem_of_that_row_alone() -> None:
    short, long, good = parsed(ROBIN[:4], (*ROBIN, "more"), SAM)
    assert short.problems[0].message.startswith("This row has 4 values and the heading has 5")
    assert long.problems[0].message.startswith("This row has 6 values and the heading has 5")
    assert (short.notification, short.key, short.content) == (None, None, ())
    assert good.notification is not None


def test_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    blank = ("", "", " ", "", "")
    rows = parsed(SAM, blank, ROBIN)  # the text of the first row has two lines and is one row all the same
    assert [row.number for row in rows] == [2, 4]


@pytest.mark.parametrize(
    "name",
    ['=HYPERLINK("http://example.test")', "+44", "-1+1", "@SUM(A1)", "|cmd", "%0A", "'=1+1", '=1+1","x', "＝1+1"],
)
def test_a_formula_in_a_name_is_kept_as_it_was_written(name: str) -> None:
    (row,) = parsed(("P-1", name, "2026-02-27", "41", ""))
    assert row.notification is not None
    assert row.notification.full_name == name


def test_the_spaces_round_a_value_are_not_part_of_it() -> None:
    (row,) = parsed((" P-1 ", "\tRobin Ashe ", " 2026-02-27", "41 ", ""))
    assert row.key == "P-1"
    assert row.notification is not None
    assert row.notification.full_name == "Robin Ashe"


def test_a_row_that_stands_twice_is_refused_with_the_row_that_had_it_first() -> None:
    first, second, third = parsed(ROBIN, SAM, ROBIN)
    assert first.notification is not None
    assert second.notification is not None
    assert third.notification is None
    assert third.problems == (RowProblem("Ref", "Row 2 is the same as this one. Delete one of them"),)


def test_a_key_that_stands_twice_with_other_content_is_refused_too() -> None:
    _, second = parsed(ROBIN, ("P-1", *SAM[1:]))
    assert second.notification is None
    assert second.key == "P-1"
    assert "Row 2 has the same reference but says something else" in second.problems[0].message


def test_a_repeated_key_points_to_its_first_row_though_that_row_is_faulty() -> None:
    first, second = parsed(("P-1", "Robin", "soon", "41", ""), ROBIN)
    assert first.notification is None
    assert "Row 2" in second.problems[0].message


def test_a_row_that_the_profile_refuses_keeps_its_key_and_tells_why() -> None:
    (row,) = parsed(("P-1", "Robin", "27/02/2026", "41", ""))
    assert row == ParsedRow(
        number=2,
        key="P-1",
        notification=None,
        problems=(RowProblem("Date", "Write the date like 2026-03-03"),),
        content=("P-1", "Robin", "27/02/2026", "41", ""),
    )


def test_a_row_without_a_key_is_refused() -> None:
    (row,) = parsed(("", *ROBIN[1:]))
    assert (row.key, row.problems) == (None, (RowProblem("Ref", "Add a reference"),))


def test_the_rules_of_a_notification_are_told_in_the_columns_of_the_file() -> None:
    (row,) = parsed(("P-1", "Robin", "2026-03-04", "121", "x" * 20_001))
    assert row.notification is None
    assert [problem.column for problem in row.problems] == ["Date", "Age", ""]


def test_a_child_is_out_of_scope() -> None:
    (row,) = parsed(("P-1", "Robin", "2026-02-27", "17", ""))
    assert [problem.column for problem in row.problems] == ["Age"]
    assert "child death overview panel" in row.problems[0].message


def test_the_content_of_a_row_does_not_depend_on_the_order_of_the_columns() -> None:
    (row,) = parsed(ROBIN)
    (turned,) = parsed((*ROBIN[::-1], "extra"), header=(*COLUMNS[::-1], "Extra"))
    assert row.content == turned.content == ROBIN


def test_the_error_of_a_row_does_not_carry_its_cells() -> None:
    assert "Robin" not in str(RowError(RowProblem("Name", "“Robin” is not a name")))


def test_profiles_are_found_by_their_names() -> None:
    assert all(name == profile.name for name, profile in PROFILES.items())
    assert "ct-ocme" in PROFILES
