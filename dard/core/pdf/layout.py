"""From blocks to the pieces that run over pages, in the house style."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from textwrap import shorten
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import Color
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import CondPageBreak, Flowable, Spacer
from reportlab.platypus import PageBreak as NewPage

from dard.core.pdf import blocks, style
from dard.core.pdf.canvas import Element, Place
from dard.core.pdf.flowables import Bar, EntryText, Figure, HeadingText, TaggedGrid, TaggedText, text
from dard.core.pdf.typeface import typeset
from dard.core.shapes import Chart

_LONGEST = 6_000
"""Longer paragraphs are divided: ReportLab breaks the whole rest of a paragraph into lines anew on every page."""


@dataclass(slots=True)
class Writer:
    """Turns blocks into pieces, one after another, and grows the structure under ``root`` as it goes.

    ``places`` are the headings and their pages as found by the last run, for the contents.
    """

    document: blocks.Document
    root: Element
    places: Sequence[Place]
    headings: int = 0

    def story(self, story: Sequence[blocks.Block]) -> Iterator[Flowable]:
        """The pieces of all blocks; a heading moves to the next page with what it belongs to."""
        for number, block in enumerate(story):
            if isinstance(block, blocks.Heading):
                yield CondPageBreak(_least_height(story[number:]))
            yield from self._pieces(block)

    def _pieces(self, block: blocks.Block) -> Iterable[Flowable]:
        """The pieces of one block."""
        match block:
            case blocks.Heading():
                return self._heading(block)
            case blocks.Paragraph():
                return _running(block.text, style.NOTE if block.note else style.BODY, self.root)
            case blocks.Bullets():
                return _bullets(block, self.root)
            case blocks.Table():
                return _table(block, self.root)
            case blocks.KeyValues():
                return _facts(block, self.root)
            case blocks.ChartBlock():
                return _chart(block, self.root)
            case blocks.Cover():
                return self._cover(block)
            case blocks.Contents():
                return self._contents(block)
            case blocks.PageBreak():
                return [NewPage()]

    def _heading(self, block: blocks.Heading) -> Iterator[Flowable]:
        title = typeset(block.text)
        made = text(HeadingText, escape(title), style.HEADINGS[block.level - 1], self.root.add(f"H{block.level}"))
        made.note = block.level, shorten(title, 200, placeholder=" …"), f"heading-{self.headings}"
        self.headings += 1
        yield made

    def _cover(self, block: blocks.Cover) -> Iterator[Flowable]:
        yield Spacer(0, style.COVER_GAP)
        yield Bar(style.BRAND, 64, 7)
        yield text(TaggedText, escape(typeset(self.document.title)), style.TITLE, self.root.add("H1"))
        for line in block.lines:
            yield from _running(line, style.LEAD, self.root)
        yield NewPage()

    def _contents(self, block: blocks.Contents) -> Iterator[Flowable]:
        listed = [place for place in self.places if place.level <= 2]
        yield text(TaggedText, escape(typeset(block.heading)), style.HEADINGS[0], self.root.add("H1"))
        toc = self.root.add("TOC")
        rows = [_entry(place, toc.add("TOCI")) for place in listed]
        if rows:
            grid = TaggedGrid(rows, [style.WIDTH - 40, 40])
            grid.setStyle([*_PADDING, ("LEFTPADDING", (0, 0), (-1, -1), 0), ("VALIGN", (1, 0), (1, -1), "BOTTOM")])
            yield grid


def _least_height(story: Sequence[blocks.Block]) -> float:
    """The room that the first block needs so as not to be cut off from what follows it."""
    match story[0]:
        case blocks.Heading(level=level):
            look = style.HEADINGS[level - 1]
            return look.spaceBefore + 2 * look.leading + (_least_height(story[1:]) if story[1:] else 0)
        case blocks.ChartBlock(chart=chart):
            return chart.height * _scale(chart) + 60
        case blocks.Table():
            return 110
        case _:
            return 50


def _scale(chart: Chart) -> float:
    """In print a chart's text is to be as large as the text around it, and the chart must fit on a page."""
    return min(style.CHART_SCALE, style.WIDTH / chart.width, style.HIGHEST_CHART / chart.height)


def _entry(place: Place, element: Element) -> list[Flowable]:
    row: list[Flowable] = []
    for words, look in ((place.title, style.ENTRIES), (str(place.page), style.ENTRY_PAGES)):
        made = text(EntryText, escape(words), look[place.level - 1], element)
        made.key = place.key
        row.append(made)
    return row


def _lines(words: str) -> Iterator[str]:
    """The lines of a text that say something, typeset and escaped, none longer than can be laid out quickly."""
    for line in words.splitlines():
        rest = typeset(line).strip()
        while rest:
            end = len(rest) if len(rest) <= _LONGEST else rest.rfind(" ", 0, _LONGEST) + 1 or _LONGEST
            yield escape(rest[:end])
            rest = rest[end:]


def _running(words: str, look: ParagraphStyle, parent: Element) -> Iterator[Flowable]:
    for line in _lines(words):
        yield text(TaggedText, line, look, parent.add("P"))


def _bullets(block: blocks.Bullets, parent: Element) -> Iterator[Flowable]:
    listing = parent.add("L")
    for item in block.items:
        body = listing.add("LI").add("LBody")
        for number, line in enumerate(_lines(item)):
            yield text(TaggedText, line, style.BULLET, body, bulletText=None if number else "•")
    yield Spacer(0, style.BODY.spaceAfter - style.BULLET.spaceAfter)


def _chart(block: blocks.ChartBlock, parent: Element) -> Iterator[Flowable]:
    chart = block.chart
    yield CondPageBreak(_least_height([block]))
    yield from _running(block.caption, style.CAPTION, parent)
    alt = typeset(f"{chart.title}. {chart.description}")
    yield Figure(chart, _scale(chart), parent.add("Figure", alt=alt))
    yield Spacer(0, 6)
    yield from _running(block.note, style.NOTE, parent)


def _facts(block: blocks.KeyValues, parent: Element) -> Iterator[Flowable]:
    grid = _Grid(parent.add("Table"), (style.WIDTH * 0.3, style.WIDTH * 0.7))
    for label, words in block.rows:
        grid.add([(label, style.FACT_LABEL, "TH"), (words, style.FACT, "TD")])
    yield from grid.pieces()


def _table(block: blocks.Table, parent: Element) -> Iterator[Flowable]:
    for row in block.rows:
        if len(row) != len(block.head):
            raise ValueError(f"A row of {len(row)} cells under a head of {len(block.head)}")
    yield CondPageBreak(_least_height([block]))
    yield from _running(block.caption, style.CAPTION, parent)
    grid = _Grid(parent.add("Table"), column_widths([block.head, *block.rows]))
    right = set(block.right)
    grid.add_head([(words, style.HEAD_RIGHT if n in right else style.HEAD) for n, words in enumerate(block.head)])
    for row in block.rows:
        grid.add([(words, style.CELL_RIGHT if n in right else style.CELL, "TD") for n, words in enumerate(row)])
    yield from grid.pieces()
    yield from _running("" if block.rows else block.empty, style.BODY, parent)
    yield from _running(block.note, style.NOTE, parent)


class _Grid:
    """The rows of a table, divided where they are too high for a page, and the lines between them."""

    def __init__(self, element: Element, widths: Sequence[float]) -> None:
        self.element = element
        self.widths = widths
        self.rows: list[Any] = []
        self.heads = 0
        self.commands: list[Any] = [*_PADDING]

    def add_head(self, cells: Sequence[tuple[str, ParagraphStyle]]) -> None:
        """The head, which is repeated; what does not fit into a third of a page is left out of it."""
        line = self.element.add("TR")
        row = []
        for (words, look), room in zip(cells, self._rooms(), strict=True):
            first = _divided(words, look, line.add("TH", scope="Column"), room, style.TALLEST_HEAD)[0]
            for piece in first:
                piece.repeats = True
            row.append(first)
        self.heads = 1
        self._finish([row], 1, style.INK)

    def add(self, cells: Sequence[tuple[str, ParagraphStyle, str]]) -> None:
        """A row; each cell with its text, its look and its role."""
        line = self.element.add("TR")
        columns = [
            _divided(words, look, line.add(role, scope="Row" if role == "TH" else ""), room, style.TALLEST_CELL)
            for (words, look, role), room in zip(cells, self._rooms(), strict=True)
        ]
        self._finish([*zip_longest(*columns, fillvalue=[])], 0.5, style.RULE)

    def pieces(self) -> Iterator[Flowable]:
        """The table, if it has rows and columns."""
        if self.rows and self.widths:
            made = TaggedGrid(self.rows, [*self.widths], repeatRows=self.heads)
            made.setStyle(self.commands)
            yield made
            yield Spacer(0, style.BODY.spaceAfter)

    def _rooms(self) -> list[float]:
        """What is left of each column between its paddings."""
        last = len(self.widths) - 1
        return [width - (0 if n == 0 else _SIDE) - (0 if n == last else _SIDE) for n, width in enumerate(self.widths)]

    def _finish(self, rows: Sequence[Sequence[list[TaggedText]]], weight: float, ink: Color) -> None:
        """Take up the parts of one row, close together, and draw the line under them."""
        start, end = len(self.rows), len(self.rows) + len(rows) - 1
        self.rows += rows
        self.commands.append(("LINEBELOW", (0, end), (-1, end), weight, ink))
        if start < end:
            self.commands.append(("BOTTOMPADDING", (0, start), (-1, end - 1), 0))
            self.commands.append(("TOPPADDING", (0, start + 1), (-1, end), 2))


def _divided(
    words: str, look: ParagraphStyle, element: Element, width: float, highest: float
) -> list[list[TaggedText]]:
    """The text of a cell in pieces of at most this height."""
    pieces: list[list[TaggedText]] = [[]]
    room = highest
    if len(words) * look.fontSize * look.leading < width * highest / 3 and len(words.splitlines()) < 2:
        # Short enough whatever its letters; measuring every cell of a long table would take as long as drawing it.
        return [[text(TaggedText, line, look, element) for line in _lines(words)]]
    for line in _lines(words):
        rest: Any = text(TaggedText, line, look, element)
        while (height := rest.wrap(width, highest)[1]) > room:
            *fitting, rest = rest.split(width, room) or [rest]
            pieces[-1] += fitting
            pieces.append([])
            room = highest
        pieces[-1].append(rest)
        room -= height
    return pieces


def column_widths(rows: Sequence[Sequence[str]], whole: float = style.WIDTH) -> list[float]:
    """How wide each column is to be: enough for its longest word or short phrase, and more for more text."""
    columns = [*zip(*rows, strict=True)]
    least = [min(max(map(_unbroken, column)), 110) + 2 * _SIDE for column in columns]
    wished = [max(least[n], min(max(map(_measure, column)), 420) + 2 * _SIDE) for n, column in enumerate(columns)]
    spare = whole - sum(least)
    if spare <= 0:
        return [width * whole / sum(least) for width in least]
    extra = [wish - width for wish, width in zip(wished, least, strict=True)]
    if sum(extra) <= spare:
        return [width * whole / sum(wished) for width in wished]
    return [width + spare * more / sum(extra) for width, more in zip(least, extra, strict=True)]


def _unbroken(cell: str) -> float:
    """The width that a cell needs at least: a date or a short name is not to be broken."""
    whole = _measure(cell)
    return whole if whole <= _PHRASE else max(map(_measure, cell.split()), default=0)


def _measure(words: str) -> float:
    """Its width in bold, as a head has it; what is beyond a few lines does not matter."""
    return float(stringWidth(typeset(words[:200]), style.HEAD.fontName, style.HEAD.fontSize))


_PHRASE = 84
_SIDE = 5
_PADDING = (
    ("FONTNAME", (0, 0), (-1, -1), style.CELL.fontName),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (0, -1), 0),
    ("LEFTPADDING", (1, 0), (-1, -1), _SIDE),
    ("RIGHTPADDING", (0, 0), (-1, -1), _SIDE),
    ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 4),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
)
