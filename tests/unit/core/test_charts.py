import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from dard.core.charts import HIDDEN_NOTE, PALETTE, Bar, column_chart, hbar
from dard.core.shapes import Box, Line, Words, text_width, wrapped

SVG = "{http://www.w3.org/2000/svg}"
KINDS = pytest.mark.parametrize("chart_of", [hbar, column_chart])


def bars(*values):
    return [Bar(f"Bar {n}", value, "c" if value is None else str(value)) for n, value in enumerate(values)]


def draw(chart_of, rows, **more):
    return chart_of("fig-1", "Deaths by substance", "Opioids first. The table below has the numbers.", rows, **more)


def parsed(chart):
    return ET.fromstring(str(chart.svg))  # noqa: S314 - our own output


def boxes(chart):
    return [shape for shape in chart.shapes if isinstance(shape, Box)]


def texts(chart):
    return [shape.text for shape in chart.shapes if isinstance(shape, Words)]


def span(words):
    """Left and right edge of a line of text."""
    width = text_width(words.text)
    left = {"start": words.x, "middle": words.x - width / 2, "end": words.x - width}[words.anchor]
    return left, left + width


def length(box, chart_of):
    return box.width if chart_of is hbar else box.height


LONG = "Benzodiazepines, whether prescribed to the person or bought, taken together with anything else at all"
HARD = [
    [],
    bars(0),
    bars(None),
    bars(0, 0, 0),
    bars(None, None, 0),
    bars(1),
    bars(1_204_000, 3),
    bars(*range(120)),
    [Bar(LONG, 12, "12"), Bar("x" * 400, 7, "7"), Bar("", 1, "1"), Bar("药物相关死亡" * 9, None, "c")],
    [Bar(f"Q{q} {year}", 10 * q, str(10 * q)) for year in (2023, 2024, 2025) for q in (1, 2, 3, 4)],
    [Bar(f"Week {n} of the year", n, str(n)) for n in range(53)],
]


@KINDS
@pytest.mark.parametrize("rows", HARD)
def test_everything_lies_inside_the_sheet(chart_of, rows):
    chart = draw(chart_of, rows, unit="Number of deaths registered in the county and the districts around it, a year")
    for shape in chart.shapes:
        if isinstance(shape, Box):
            assert shape.width > 0
            assert shape.height > 0
            assert shape.x >= 0
            assert shape.y >= 0
            assert shape.x + shape.width <= chart.width
            assert shape.y + shape.height <= chart.height
        elif isinstance(shape, Line):
            assert 0 <= shape.x1 <= shape.x2 <= chart.width
            assert 0 <= shape.y1 <= shape.y2 <= chart.height
        else:
            left, right = span(shape)
            assert left >= -0.01
            assert right <= chart.width + 0.01
            assert 0 < shape.y < chart.height


@KINDS
@pytest.mark.parametrize("rows", HARD)
def test_no_two_texts_on_one_line_touch(chart_of, rows):
    lines = {}
    for words in (shape for shape in draw(chart_of, rows).shapes if isinstance(shape, Words)):
        lines.setdefault(round(words.y, 2), []).append(span(words))
    for spans in lines.values():
        spans.sort()
        for (_, right), (left, _) in pairwise(spans):
            assert right <= left + 0.01


@KINDS
@pytest.mark.parametrize("rows", HARD)
def test_the_svg_is_xml_that_a_strict_policy_allows(chart_of, rows):
    chart = draw(chart_of, rows)
    root = parsed(chart)
    assert root.get("role") == "img"
    assert root.get("viewBox")
    assert root.get("width") is None
    for element in root.iter():
        assert element.tag in {SVG + tag for tag in ("svg", "title", "desc", "rect", "line", "text")}
        assert not [name for name in element.attrib if name == "style" or name.startswith("on") or "href" in name]


@KINDS
def test_the_name_of_the_image_is_its_title_and_description(chart_of):
    root = parsed(draw(chart_of, bars(3, 9)))
    named = [root.find(f"*[@id='{name}']").text for name in root.get("aria-labelledby").split()]
    assert named == ["Deaths by substance", "Opioids first. The table below has the numbers."]


@KINDS
def test_ids_begin_with_the_prefix_of_the_caller(chart_of):
    first, second = (chart_of(prefix, "T", "D", bars(1)) for prefix in ("fig-1", "fig-2"))
    ids = re.findall(r' id="([^"]+)"', first.svg + second.svg)
    assert ids == ["fig-1-title", "fig-1-desc", "fig-2-title", "fig-2-desc"]


@KINDS
@pytest.mark.parametrize("prefix", ["", "1st", 'a" onload="x', "a b"])
def test_a_prefix_that_is_no_id_is_refused(chart_of, prefix):
    with pytest.raises(ValueError, match="cannot be an id"):
        chart_of(prefix, "T", "D", bars(1))


@KINDS
def test_a_negative_value_is_refused(chart_of):
    with pytest.raises(ValueError, match="shorter than nothing"):
        draw(chart_of, bars(4, -1))


@KINDS
def test_markup_in_a_label_stays_text(chart_of):
    chart = chart_of("f", "<script>", "\x00&", [Bar("<b>&\x1b", 3, '"3"')], unit="<i>")
    assert "<script>" not in chart.svg
    assert [element.text for element in parsed(chart).iter(SVG + "text")].count("<b>&") == 1


@KINDS
def test_bars_start_at_zero_and_are_as_long_as_their_values(chart_of):
    first, second, third = boxes(draw(chart_of, bars(40, 20, 10)))
    assert length(first, chart_of) == pytest.approx(2 * length(second, chart_of))
    assert length(second, chart_of) == pytest.approx(2 * length(third, chart_of))
    ends = {box.x for box in boxes(draw(chart_of, bars(9, 3)))} if chart_of is hbar else None
    assert ends is None or len(ends) == 1


@KINDS
def test_zero_has_no_bar_but_its_number(chart_of):
    chart = draw(chart_of, bars(0, 9))
    assert len(boxes(chart)) == 1
    assert "0" in texts(chart)


@KINDS
def test_the_smallest_count_beside_a_huge_one_can_still_be_seen(chart_of):
    assert min(length(box, chart_of) for box in boxes(draw(chart_of, bars(1_000_000, 1)))) >= 1


@KINDS
def test_a_hidden_value_is_a_dashed_stub_of_one_length_whatever_the_scale(chart_of):
    lengths = set()
    for others in ((9,), (900,), (0,), ()):
        chart = draw(chart_of, bars(*others, None))
        hidden = [box for box in boxes(chart) if box.dashed]
        assert len(hidden) == 1
        assert "c" in texts(chart)
        lengths.add(length(hidden[0], chart_of))
    assert len(lengths) == 1


@KINDS
def test_dashed_bars_are_explained_only_where_there_are_some(chart_of):
    assert HIDDEN_NOTE in " ".join(texts(draw(chart_of, bars(3, None))))
    assert HIDDEN_NOTE not in " ".join(texts(draw(chart_of, bars(3, 4))))


@KINDS
def test_hidden_values_do_not_stretch_the_axis(chart_of):
    axis = [text for text in texts(draw(chart_of, bars(9, None))) if text.isdecimal()]
    assert set(axis) == {"0", "2", "4", "6", "8", "10", "9"}


@KINDS
@pytest.mark.parametrize("largest", [1, 5, 6, 7, 12, 13, 60, 99, 250, 1204, 99_999])
def test_there_are_at_most_seven_gridlines_at_round_numbers(chart_of, largest):
    chart = draw(chart_of, bars(largest))
    ticks = [int(text.replace(",", "")) for text in texts(chart)[:-1] if text.replace(",", "").isdecimal()]
    lines = [shape for shape in chart.shapes if isinstance(shape, Line)]
    assert len(lines) - 1 <= 7
    assert max(ticks) >= largest
    assert 0 in ticks


@KINDS
def test_values_are_written_and_colours_are_the_palettes(chart_of):
    chart = draw(chart_of, bars(12, 30))
    assert {"12", "30"} <= set(texts(chart))
    assert {box.fill for box in boxes(chart)} == {PALETTE[0]}


def test_every_quarter_of_three_years_has_its_label():
    rows = HARD[9]
    written = texts(draw(column_chart, rows))
    assert [text for text in written if text.startswith("Q")] == [row.label.split()[0] for row in rows]


def test_values_that_would_touch_are_left_to_the_table():
    chart = draw(column_chart, [Bar(str(n), 1234, "1,234") for n in range(60)])
    assert "1,234" not in texts(chart)


def test_neighbours_in_the_palette_differ_by_three_to_one():
    def luminance(colour):
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for first, second in pairwise(PALETTE):
        dark, light = sorted((luminance(first), luminance(second)))
        assert (light + 0.05) / (dark + 0.05) >= 3


@pytest.mark.parametrize(
    ("text", "lines", "expected"),
    [
        ("", 2, []),
        ("  one  ", 2, ["one"]),
        ("one two three", 3, ["one two", "three"]),
        ("one two three four five", 2, ["one two", "three f…"]),
        ("supercalifragilistic", 2, ["super…"]),
        ("i" * 18 + " x", 2, ["i" * 18, "x"]),
    ],
)
def test_text_is_broken_between_words_and_cut_with_an_ellipsis(text, lines, expected):
    assert wrapped(text, text_width("i" * 18), lines) == expected
