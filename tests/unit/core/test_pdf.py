import datetime as dt
import io
import re

import pypdf
import pytest
from pypdf.generic import ContentStream

from dard.core.bands import Band
from dard.core.charts import Bar, column_chart, hbar
from dard.core.pdf import (
    Bullets,
    ChartBlock,
    Contents,
    Cover,
    Document,
    Heading,
    KeyValues,
    PageBreak,
    Paragraph,
    Table,
    build,
)
from dard.core.pdf.layout import column_widths
from dard.core.pdf.typeface import typeset

BAND = Band.PSEUDONYMISED
DOCUMENT = Document(
    "Panel pack",
    BAND.label,
    BAND.handling,
    footer="Norfolk DARD review",
    author="Norfolk DARD",
    created=dt.datetime(2026, 7, 1, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=1))),
)
SENTENCE = "The person was last seen by the treatment service on 12 February. "


BARS = (Bar("Opioids", 41, "41"), Bar("Nitazenes", None, "c"))


def chart(chart_of=hbar, rows=BARS):
    return chart_of("fig", "Substances", "Opioids were implicated in 41 deaths.", rows, unit="Number of deaths")


def opened(*story, document=DOCUMENT):
    return pypdf.PdfReader(io.BytesIO(build(document, story)))


def plain(text):
    return " ".join(text.split())


def texts(reader):
    return [plain(page.extract_text()) for page in reader.pages]


def whole(reader):
    return plain(" ".join(texts(reader)))


def body(text):
    """The text of a page without its band and foot."""
    return re.sub(r"Norfolk DARD review Page \d+ of \d+|Page \d+ of \d+", "", text.split(BAND.handling)[1])


def elements(reader):
    """The structure as (role, element) in reading order."""

    def walk(element):
        yield element["/S"], element
        for kid in element.get("/K", []):
            kid = kid.get_object()
            if "/S" in kid:
                yield from walk(kid)

    root = reader.trailer["/Root"]["/StructTreeRoot"]
    return [pair for kid in root["/K"] for pair in walk(kid.get_object())]


def roles(reader):
    return [role for role, _ in elements(reader)]


# --- each page ------------------------------------------------------------------------------------------------------


def test_every_page_has_band_handling_footer_and_its_number():
    pages = texts(opened(*[Paragraph(SENTENCE * 200)] * 2, PageBreak(), Heading(1, "End")))
    assert len(pages) > 3
    for number, page in enumerate(pages, start=1):
        assert page.startswith(f"{BAND.label} {BAND.handling}")
        assert "Norfolk DARD review" in page
        assert f"Page {number} of {len(pages)}" in page


def test_a_long_handling_line_stands_under_the_band_whole():
    handling = "Do not copy it into email or notes, and do not print it. " * 4
    page = texts(opened(document=Document("T", Band.IDENTIFIABLE.label, handling)))[0]
    assert plain(f"{Band.IDENTIFIABLE.label} {handling}") in page


def test_handling_and_footer_without_end_leave_room_for_the_page():
    document = Document("T", "B" * 30, "handle " * 2000, footer="foot " * 2000)
    reader = opened(Paragraph("The text."), document=document)
    assert len(reader.pages) == 1
    assert "The text." in texts(reader)[0]


def test_a_story_without_blocks_is_one_page():
    assert len(opened().pages) == 1


def test_pages_are_a4():
    assert [round(float(side)) for side in opened().pages[0].mediabox[2:]] == [595, 842]


# --- the file -------------------------------------------------------------------------------------------------------


def test_title_author_language_and_time_are_set():
    reader = opened()
    assert reader.metadata.title == "Panel pack"
    assert reader.metadata.author == "Norfolk DARD"
    assert reader.metadata.creation_date == DOCUMENT.created
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == "true" or root["/ViewerPreferences"]["/DisplayDocTitle"]


def test_the_same_document_gives_the_same_bytes():
    story = [Contents(), Heading(1, "A"), Table("T", ["a"], [["b"]]), ChartBlock(chart())]
    assert build(DOCUMENT, story) == build(DOCUMENT, story)
    timeless = Document("T", BAND.label, BAND.handling)
    assert build(timeless, story) == build(timeless, story)


def test_every_font_is_embedded():
    reader = opened(
        Cover(["Line"]),
        Contents(),
        Heading(1, "H"),
        Bullets(["b"]),
        KeyValues([("k", "v")]),
        ChartBlock(chart()),
        Table("T", ["a", "b"], [["c", "1"]], right=[1]),
        Paragraph("Source", note=True),
    )
    fonts = {}
    for page in reader.pages:
        resources = [page["/Resources"], *(form["/Resources"] for form in forms(page))]
        used = [font.get_object() for resource in resources for font in resource["/Font"].values()]
        fonts |= {font["/BaseFont"]: font for font in used}
    assert {name.split("+")[1] for name in fonts} == {"LiberationSans", "LiberationSans-Bold"}
    assert all("/FontFile2" in font["/FontDescriptor"] for font in fonts.values())


def forms(page):
    return [form.get_object() for form in page["/Resources"].get("/XObject", {}).values()]


# --- text -----------------------------------------------------------------------------------------------------------


def test_markup_in_text_is_printed_as_it_stands():
    evil = "<b>&amp; <img src='file:///etc/passwd'/></para>"
    reader = opened(
        Heading(1, evil),
        Paragraph(evil),
        Bullets([evil]),
        Table(evil, [evil], [[evil]], note=evil),
        KeyValues([(evil, evil)]),
        Cover([evil]),
        Contents(),
        document=Document(evil, evil, evil, footer=evil),
    )
    # Long words are broken over lines, so the blanks in between do not count.
    assert whole(reader).replace(" ", "").count(evil.replace(" ", "")) >= 11


@pytest.mark.parametrize(
    "name",
    ["Łucja Żółkiewska", "Siân Ŵyn-ŷ", "Jiří Dvořák", "Gökçe Işık", "Ștefan Țîru", "Ελένη", "Жуков", "O’Neill – €"],
)
def test_names_of_europe_are_printed_right(name):
    reader = opened(Heading(2, name), Paragraph(name), Table("", [name], [[name]]))
    assert whole(reader).count(name) == 4


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("plain", "plain"),
        ("a\x00b\ud800\ufeff\u200b", "ab"),
        ("a\tb", "a b"),
        ("z\u0307", "ż"),
        ("ṩ", "ṩ"),
        ("𝐀²", "A²"),
        ("日本😀", "???"),
        ("no\u00a0break", "no\u00a0break"),
    ],
)
def test_what_the_typeface_lacks_is_replaced_not_boxed(text, printed):
    assert typeset(text) == printed


def test_each_line_of_a_text_is_a_paragraph_and_empty_lines_are_none():
    assert roles(opened(Paragraph("one\n\n \r\ntwo"))) == ["/Document", "/P", "/P", "/P"]


@pytest.mark.parametrize(
    "block",
    [
        Paragraph("lorem ipsum " * 17_000),
        Paragraph("x" * 20_000),
        Bullets(["lorem ipsum " * 1_500]),
        KeyValues([("k" * 900, "lorem ipsum " * 1_500)]),
        Table("c" * 2_000, ["head " * 900, "h" * 900], [["lorem ipsum " * 1_000, "y" * 2_000]]),
        Table("wide", ["column"] * 40, [["some words"] * 40]),
        Heading(1, "lorem ipsum " * 2_000),
        ChartBlock(chart(rows=[Bar(str(n), n, str(n)) for n in range(150)])),
        ChartBlock(hbar("f", "t", "d", [Bar("a", 1, "1")], width=2000)),
    ],
)
def test_nothing_is_too_long_for_a_page(block):
    assert len(opened(Contents(), block).pages) >= 1


@pytest.mark.parametrize(
    "story",
    [
        [Paragraph("alpha " * 3_000)],
        [Table("", ["a", "b"], [["x", "alpha " * 1_000], ["alpha", "alpha\nalpha"]])],
        [KeyValues([("alpha", "alpha " * 1_000)])],
    ],
)
def test_no_word_is_lost_where_a_text_is_divided(story):
    given = sum(repr(block).count("alpha") for block in story)
    assert whole(opened(*story)).count("alpha") == given


# --- headings and contents ------------------------------------------------------------------------------------------


def test_the_contents_name_the_pages_on_which_the_headings_stand():
    story = [Contents()]
    for number in range(30):
        story += [Heading(1 + number % 3, f"Title{number}x"), Paragraph(SENTENCE * (number * 7 % 40))]
    reader = opened(*story)
    pages = texts(reader)
    listed = dict(re.findall(r"(Title\d+x) (\d+)", " ".join(pages[:2])))
    assert len(listed) == 20
    for title, page in listed.items():
        assert title in pages[int(page) - 1]
        assert int(page) > 1 or pages[0].count(title) == 2


def test_a_line_of_the_contents_leads_to_its_heading():
    reader = opened(Contents(), PageBreak(), Heading(1, "There"))
    (link, *_) = (annotation.get_object() for annotation in reader.pages[0]["/Annots"])
    assert link["/Subtype"] == "/Link"
    assert link["/Dest"].get_object()[0] == reader.pages[1].indirect_reference


def test_the_outline_follows_the_headings_even_where_levels_are_skipped():
    reader = opened(Heading(1, "A"), Heading(3, "B"), Heading(2, "C"), Heading(1, "D"))

    def names(items):
        return [names(item) if isinstance(item, list) else item.title for item in items]

    assert names(reader.outline) == ["A", ["B", "C"], "D"]


def test_contents_without_headings_are_only_their_title():
    assert body(texts(opened(Contents("What is in it")))[0]).split() == ["What", "is", "in", "it"]


def test_a_heading_is_not_left_alone_at_the_foot_of_a_page():
    for lines in range(20, 32):
        lead = [Paragraph("line")] * lines
        pages = texts(opened(*lead, Heading(1, "Figures"), Heading(2, "Deaths"), ChartBlock(chart(), "Figure 1")))
        places = [
            number for number, page in enumerate(pages) for word in ("Figures", "Deaths", "Opioids") if word in page
        ]
        assert len(places) == 3
        assert len(set(places)) == 1


def test_the_cover_is_a_page_of_its_own():
    cover, after = texts(opened(Cover(["Meeting of 3 March 2026"]), Heading(1, "Begin")))
    assert "Panel pack Meeting of 3 March 2026" in cover
    assert "Begin" in after


# --- tables ---------------------------------------------------------------------------------------------------------


def rows(count):
    return [[f"row{number}", SENTENCE, str(number)] for number in range(count)]


def test_a_table_repeats_its_head_on_every_page_and_has_every_row_once():
    reader = opened(Table("Contacts", ["Reference", "What", "Days"], rows(90), right=[2], note="The source."))
    pages = texts(reader)
    assert len(pages) > 2
    assert all("Reference What Days" in page for page in pages)
    assert re.findall(r"row\d+", whole(reader)) == [f"row{number}" for number in range(90)]
    assert "The source." in pages[-1]


def test_a_table_without_rows_says_so():
    assert "Reference There is nothing to show." in whole(opened(Table("Contacts", ["Reference"], [])))
    assert "No contact." in whole(opened(Table("Contacts", ["Reference"], [], empty="No contact.")))
    assert "No head" in whole(opened(Table("No head", [], [])))


def test_a_row_that_does_not_fit_its_head_is_refused():
    with pytest.raises(ValueError, match="2 cells under a head of 1"):
        build(DOCUMENT, [Table("", ["a"], [["b", "c"]])])


def test_facts_are_printed_as_pairs():
    assert "Chair Dr Hughes Cases 6" in whole(opened(KeyValues([("Chair", "Dr Hughes"), ("Cases", "6")])))


@pytest.mark.parametrize(
    "table",
    [
        [["Date", "What"], ["3 March 2026", SENTENCE * 30]],
        [["a"] * 40],
        [["", ""], ["", ""]],
        [["x" * 900, "y"], ["1", "2"]],
        [["Pneumonoultramicroscopicsilicovolcanoconiosis"] * 9],
    ],
)
def test_columns_fill_the_page_exactly(table):
    widths = column_widths(table, whole=480)
    assert sum(widths) == pytest.approx(480)
    assert min(widths) > 0


def test_a_date_is_not_broken_for_the_sake_of_a_long_text():
    reader = opened(Table("", ["Date", "What", "Where"], [["27 September 2026", SENTENCE * 9, SENTENCE * 9]]))
    assert "27 September 2026" in reader.pages[0].extract_text()


# --- charts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chart_of", [hbar, column_chart])
def test_a_chart_is_drawn_as_vectors_with_its_words_as_text(chart_of):
    reader = opened(ChartBlock(chart(chart_of), "Figure 1: opioids", "Source: the register."))
    page = reader.pages[0]
    assert not [form for form in forms(page) if form["/Subtype"] == "/Image"]
    operators = [operator for _, operator in ContentStream(page.get_contents(), reader).operations]
    # The band, the bar and the stub.
    assert operators.count(b"re") == 3
    assert "Figure 1: opioids" in whole(reader)
    assert {"Opioids", "41", "c"} <= set(whole(reader).split())


# --- structure for screen readers -----------------------------------------------------------------------------------


def test_blocks_are_tagged_as_what_they_are_in_reading_order():
    reader = opened(
        Cover(["Line"]),
        Contents(),
        Heading(1, "H"),
        Paragraph("p"),
        Bullets(["b"]),
        KeyValues([("k", "v")]),
        Table("t", ["a", "b"], [["c", ""]]),
        ChartBlock(chart()),
        Heading(2, "I"),
    )
    assert [role[1:] for role in roles(reader)] == [
        "Document", "P", "H1", "P", "H1", "TOC", "TOCI", "TOCI", "H1", "P", "L", "LI", "LBody",
        "Table", "TR", "TH", "TD", "P", "Table", "TR", "TH", "TH", "TR", "TD", "TD", "Figure", "H2",
    ]  # fmt: skip


def test_heads_say_what_they_are_the_head_of_and_figures_have_words():
    found = elements(opened(KeyValues([("k", "v")]), Table("t", ["a"], [["c"]]), ChartBlock(chart())))
    assert [element["/A"]["/Scope"] for role, element in found if role == "/TH"] == ["/Row", "/Column"]
    (figure,) = (element for role, element in found if role == "/Figure")
    assert figure["/Alt"] == "Substances. Opioids were implicated in 41 deaths."


def test_every_text_on_a_page_is_marked_and_every_mark_has_its_element():
    reader = opened(
        Contents(),
        Heading(1, "H"),
        Paragraph(SENTENCE * 99),
        Bullets([SENTENCE * 60]),
        ChartBlock(chart()),
        Table("t", ["a", "b"], [["c", SENTENCE * 60], ["d", "e"]] * 9),
    )
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    nums = reader.trailer["/Root"]["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    parents = dict(zip(nums[::2], nums[1::2], strict=True))
    for page in reader.pages:
        ids = marks(page, reader)
        assert ids == list(range(len(parents[page["/StructParents"]].get_object())))
        for number in ids:
            element = parents[page["/StructParents"]].get_object()[number].get_object()
            pages = [kid.get_object()["/Pg"] for kid in element["/K"] if kid.get_object().get("/MCID") == number]
            assert page.indirect_reference in {one.indirect_reference for one in pages}


def marks(page, reader):
    """The marks of a page in order; fails if a text stands outside them or a mark inside another."""
    ids, depth = [], 0
    for operands, operator in ContentStream(page.get_contents(), reader).operations:
        if operator in {b"BDC", b"BMC"}:
            depth += 1
            assert depth == 1
            ids += [operands[1]["/MCID"]] if operator == b"BDC" else []
        elif operator == b"EMC":
            depth -= 1
        elif operator in {b"Tj", b"TJ", b"f", b"S", b"B", b"Do"}:
            assert depth == 1
    assert depth == 0
    return ids


def test_the_repeated_head_of_a_table_is_read_once():
    reader = opened(Table("Contacts", ["Reference", "What", "Days"], rows(90)))
    heads = [element for role, element in elements(reader) if role == "/TH"]
    assert [len(head["/K"]) for head in heads] == [1, 1, 1]


def test_a_paragraph_over_two_pages_is_one_element():
    reader = opened(Paragraph(SENTENCE * 85))
    assert len(reader.pages) == 2
    assert [len(element["/K"]) for role, element in elements(reader) if role == "/P"] == [1, 2]


def test_words_are_not_joined_across_lines():
    page = opened(Paragraph(SENTENCE * 9)).pages[0]
    operations = ContentStream(page.get_contents(), None).operations
    lines = [operands[0] for operands, operator in operations if operator == b"Tj"]
    assert all(bytes(line.original_bytes).endswith(b" ") for line in lines[3:])
