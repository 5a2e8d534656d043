import csv
import datetime as dt
import io
import zipfile

import openpyxl
import pytest

from dard.core.errors import DomainError
from dard.core.spreadsheet import CUT, Column, Kind, Sheet, guarded, strip_guard, write_csv, write_xlsx

CREATED = dt.datetime(2026, 3, 3, 14, 5, tzinfo=dt.UTC)
SUMMER = dt.datetime(2026, 7, 1, 9, 30, tzinfo=dt.UTC)


def naive(*parts):
    return dt.datetime(*parts)  # noqa: DTZ001 - Excel knows no time zones


ATTACKS = [
    "=1+1",
    "+44 7700 900123",
    "-5",
    "@SUM(A1)",
    "|calc",
    "%PATH%",
    "\ttabbed",
    "\r=1",
    "\nnext line",
    "\0=1",
    "\ufeff=1+1",
    "   =1+1",
    "\u00a0=1",
    "\u200b=1",
    "\x01\x02=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM",
    "﹦1",
    "−1",
    "'=1+1",
    "''@x",
]
HARMLESS = ["", "Kidderminster", "'quoted'", "O’Neill", "3 = 4", " ", "'", "''", "a\n=b", "c", "a,b", 'say "no"', "ż"]

COLUMNS = [
    Column("Reference", width=12),
    Column("Deaths", Kind.INTEGER, 10),
    Column("Died", Kind.DATE, 18),
    Column("Received", Kind.DATETIME, 24),
]


def sheet(*rows, title="Cases", columns=COLUMNS):
    return Sheet(title, columns, rows)


def reopened(*sheets, about=()):
    return openpyxl.load_workbook(io.BytesIO(write_xlsx(sheets, about, created=CREATED)))


def values(page):
    return [[cell.value for cell in row] for row in page.iter_rows()]


def column_of_texts(*texts):
    return Sheet("Texts", [Column("Text")], [[text] for text in texts])


def read(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


# --- XLSX -----------------------------------------------------------------------------------------------------------


def test_every_value_comes_back_from_the_workbook_as_what_it_is():
    rows = [
        ["2026-0001", 12, dt.date(2026, 3, 27), dt.datetime(2026, 3, 3, 14, 5, tzinfo=dt.UTC)],
        ["2026-0002", "c", "March 2026", SUMMER],
        [None, 0, None, None],
        ["0042", 10**6, dt.date(1900, 1, 1), "not known"],
    ]
    assert values(reopened(sheet(*rows))["Cases"]) == [
        ["Reference", "Deaths", "Died", "Received"],
        ["2026-0001", 12, naive(2026, 3, 27), naive(2026, 3, 3, 14, 5)],
        ["2026-0002", "c", "March 2026", naive(2026, 7, 1, 10, 30)],
        [None, 0, None, None],
        ["0042", 10**6, naive(1900, 1, 1), "not known"],
    ]


def test_dates_are_real_dates_in_words_and_numbers_have_thousands():
    page = reopened(sheet(["2026-0001", 1204, dt.date(2026, 3, 27), SUMMER]))["Cases"]
    assert [cell.number_format for cell in page[2]][1:] == ["#,##0", "d mmmm yyyy", "d mmmm yyyy hh:mm"]
    assert [cell.is_date for cell in page[2]] == [False, False, True, True]


def test_a_date_before_excels_calendar_is_written_in_words():
    page = reopened(sheet(["a", 1, dt.date(1899, 12, 31), None]))["Cases"]
    assert page["C2"].value == "31 December 1899"


def test_a_moment_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        write_xlsx([sheet(["a", 1, None, naive(2026, 1, 1)])], [], created=CREATED)


def test_an_integer_in_a_text_column_stays_text():
    assert reopened(column_of_texts(42))["Texts"]["A2"].value == "42"


def test_the_head_is_frozen_and_filtered_and_columns_have_their_widths():
    page = reopened(sheet(["a", 1, None, None], ["b", 2, None, None]))["Cases"]
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:D3"
    assert page.column_dimensions["A"].width == pytest.approx(12, abs=1)
    assert page.column_dimensions["D"].width == pytest.approx(24, abs=1)
    assert page.print_title_rows == "$1:$1"


def test_rows_are_high_enough_for_wrapped_text():
    page = reopened(column_of_texts("short", "x" * 50, "one\ntwo\nthree", "y" * 30_000))["Texts"]
    heights = [page.row_dimensions[row].height for row in range(1, 6)]
    assert heights == [None, None, 45, 45, 408.75]


def test_a_heading_leaves_room_for_the_button_of_its_filter():
    page = reopened(Sheet("Heads", [Column("Days overdue", Kind.INTEGER, 10)], []))["Heads"]
    assert page.row_dimensions[1].height == 30


def test_the_about_sheet_says_what_the_file_holds():
    about = [("Filters", "Status: open"), ("Made", "3 March 2026 at 2:05pm"), ("Rule", "=SUM")]
    book = reopened(sheet(), about=about)
    assert book.sheetnames == ["Cases", "About"]
    assert values(book["About"]) == [list(pair) for pair in about]


def test_a_workbook_without_sheets_has_its_about_sheet():
    assert reopened(about=[("Filters", "none")]).sheetnames == ["About"]


def test_a_sheet_without_columns_is_no_error():
    assert values(reopened(Sheet("Empty", [], []))["Empty"]) == []


@pytest.mark.parametrize("text", ATTACKS + HARMLESS)
def test_no_text_becomes_a_formula_or_a_link(text):
    content = write_xlsx([column_of_texts(text, "https://example.org")], [("x", text)], created=CREATED)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert not [name for name in parts if "externalLink" in name or "vba" in name.lower()]
    assert not [name for name, part in parts.items() if "<f>" in part or "<hyperlink" in part]


@pytest.mark.parametrize("text", [text for text in ATTACKS + HARMLESS if text])
def test_text_comes_back_from_the_workbook_unchanged(text):
    page = reopened(column_of_texts(text))["Texts"]
    legal = "".join(letter for letter in text if letter not in "\0\x01\x02").replace("\r", "\n")
    assert page["A2"].value == legal
    assert page["A2"].data_type == "s"


def test_text_that_looks_like_a_formula_keeps_its_quote_in_excel():
    page = reopened(column_of_texts("=1+1", "plain"))["Texts"]
    assert [page["A2"].quotePrefix, page["A3"].quotePrefix] == [True, False]


def test_text_too_long_for_a_cell_is_cut_and_says_so():
    page = reopened(column_of_texts("a" * 32_767, "a" * 32_768, "😀" * 20_000))["Texts"]
    assert page["A2"].value == "a" * 32_767
    assert page["A3"].value == "a" * (32_767 - len(CUT)) + CUT
    emoji = page["A4"].value
    assert emoji.endswith("😀" + CUT)
    assert len(emoji.encode("utf-16-le")) // 2 <= 32_767


def test_characters_that_xml_forbids_are_left_out():
    page = reopened(Sheet("a\x00b", [Column("h\x1b")], [["\ud800x\ufffe\x08_x0041_"]]))["ab"]
    assert values(page) == [["h"], ["x_x0041_"]]


@pytest.mark.parametrize(
    ("titles", "names"),
    [
        (["A/B: c?*[d]\\e"], ["A B c d e"]),
        (["x" * 40, "X" * 40], ["x" * 31, "X" * 29 + " 2"]),
        (["Same", "same", "SAME"], ["Same", "same 2", "SAME 3"]),
        (["", "'", "???"], ["Sheet", "Sheet 2", "Sheet 3"]),
        (["About", "History"], ["About 2", "History 2"]),
        (["'Quoted'"], ["Quoted"]),
    ],
)
def test_sheets_get_names_that_excel_accepts(titles, names):
    assert reopened(*(Sheet(title, [Column("h")], []) for title in titles)).sheetnames == [*names, "About"]


def test_the_same_arguments_give_the_same_bytes():
    first, second = (write_xlsx([sheet(["a", 1, None, None])], [("a", "b")], created=CREATED) for _ in range(2))
    assert first == second


def test_the_file_says_when_it_was_made_and_what_it_is():
    content = write_xlsx([sheet(title="Deaths & actions")], [], created=SUMMER)
    properties = openpyxl.load_workbook(io.BytesIO(content)).properties
    assert properties.created.replace(tzinfo=dt.UTC) == SUMMER
    assert properties.title == "Deaths & actions"


def test_more_rows_than_excel_opens_are_refused_rather_than_lost():
    class Many(list):
        def __len__(self):
            return 1_048_576

    with pytest.raises(DomainError, match="export them as CSV"):
        write_xlsx([Sheet("Many", [Column("h")], Many())], [], created=CREATED)


def test_a_row_of_the_wrong_length_is_refused():
    with pytest.raises(ValueError, match="argument 2"):
        write_xlsx([sheet(["a", 1])], [], created=CREATED)


# --- CSV ------------------------------------------------------------------------------------------------------------


def test_csv_has_a_byte_order_mark_and_crlf_and_quotes_where_needed():
    content = write_csv(column_of_texts('say "no"', "a,b", "two\nlines", "plain"))
    assert content == b'\xef\xbb\xbfText\r\n"say ""no"""\r\n"a,b"\r\n"two\nlines"\r\nplain\r\n'


def test_numbers_stay_numbers_and_dates_are_iso_in_csv():
    content = write_csv(sheet(["2026-0001", -12, dt.date(2026, 3, 27), SUMMER], ["x", "c", None, None]))
    assert read(content)[1:] == [
        ["2026-0001", "-12", "2026-03-27", "2026-07-01 10:30:00"],
        ["x", "c", "", ""],
    ]


@pytest.mark.parametrize("text", ATTACKS)
def test_what_a_spreadsheet_would_run_is_guarded_in_cells_and_headings(text):
    rows = read(write_csv(Sheet("t", [Column(text)], [[text]])))
    assert rows == [["'" + text], ["'" + text]]


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_is_not_touched(text):
    assert guarded(text) == text
    assert strip_guard(text) == text


@pytest.mark.parametrize("text", ATTACKS + HARMLESS)
def test_an_export_comes_back_as_it_was(text):
    ((cell,),) = read(write_csv(column_of_texts(text)))[1:] or [[""]]
    assert strip_guard(cell) == text


@pytest.mark.parametrize("text", ATTACKS)
def test_guards_can_be_nested(text):
    assert strip_guard(strip_guard(guarded(guarded(text)))) == text


def test_half_a_character_does_not_stop_the_export():
    assert read(write_csv(column_of_texts("a\ud800b")))[1] == ["a?b"]
