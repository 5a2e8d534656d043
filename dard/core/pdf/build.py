"""Building a document: its pages with band, handling line and page number, run until the contents are right."""

import io
from collections.abc import Sequence
from typing import Any

from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Spacer

from dard.core.pdf import style
from dard.core.pdf.blocks import Block, Contents, Document
from dard.core.pdf.canvas import Element, Place, TaggedCanvas
from dard.core.pdf.layout import Writer
from dard.core.pdf.typeface import BOLD, REGULAR, register, typeset

_RUNS = 4


def build(document: Document, story: Sequence[Block]) -> bytes:
    """The document as PDF. One with a list of contents is run again until the pages in it are right.

    Raises ValueError for a table row that does not fit its head.
    """
    register()
    content, places = _run(document, story, [])
    for _ in range(_RUNS if any(isinstance(block, Contents) for block in story) else 0):
        before = places
        content, places = _run(document, story, before)
        if places == before:
            break
    return content


class _HouseCanvas(TaggedCanvas):
    """A canvas that writes "Page x of y" when it knows y: the pages refer to forms that are drawn last."""

    def save(self) -> None:
        """Number the pages, then write the file."""
        pages = self.getPageNumber() - 1
        for page in range(1, pages + 1):
            self.beginForm(_foot(page), 0, 0, style.PAGE_WIDTH, style.PAGE_HEIGHT)
            self.setFillColor(style.QUIET)
            self.setFont(REGULAR, style.SMALL)
            self.drawRightString(style.PAGE_WIDTH - style.MARGIN, style.FOOT_LINE, f"Page {page} of {pages}")
            self.endForm()
        super().save()


def _foot(page: int) -> str:
    return f"foot-{page}"


def _run(document: Document, story: Sequence[Block], places: Sequence[Place]) -> tuple[bytes, list[Place]]:
    root = Element("Document")
    strip = _Strip(document, root.add("P"))
    pieces = [*Writer(document, root, places).story(story)]
    canvases: list[TaggedCanvas] = []

    def canvas(*args: Any, **options: Any) -> TaggedCanvas:
        made = _HouseCanvas(*args, **options)
        made.root = root
        if document.created:
            made.set_time(document.created)
        canvases.append(made)
        return made

    def dress(page: Any, _: object) -> None:
        strip.draw(page)
        _draw_foot(page, document.footer)

    stream = io.BytesIO()
    template = _template(stream, document)
    height = style.PAGE_HEIGHT - style.FOOT - strip.height - style.HEAD_GAP
    frame = Frame(style.MARGIN, style.FOOT, style.WIDTH, height, 0, 0, 0, 0)
    template.addPageTemplates(PageTemplate(frames=[frame], onPage=dress))
    template.build(pieces or [Spacer(0, 1)], canvasmaker=canvas)
    return stream.getvalue(), canvases[-1].places


def _template(stream: io.BytesIO, document: Document) -> BaseDocTemplate:
    return BaseDocTemplate(
        stream,
        pagesize=(style.PAGE_WIDTH, style.PAGE_HEIGHT),
        title=typeset(document.title),
        author=typeset(document.author),
        subject=typeset(document.band),
        creator="dard",
        lang=document.language,
        displayDocTitle=True,
        initialFontName=REGULAR,
        invariant=1,
        pageCompression=1,
    )


class _Strip:
    """The band across the head of each page: what kind of information this is and how to handle it.

    Both stand on one line where they fit, else the handling begins below.
    """

    def __init__(self, document: Document, element: Element) -> None:
        self.element = element
        self.ground, self.ink = style.band_colours(document.band)
        self.label = typeset(document.band)
        beside = stringWidth(f"{self.label}   ", BOLD, style.SMALL)
        lines = _split(document.handling, style.WIDTH - beside)
        below = len(lines) > 1
        self.lines = _split(document.handling, style.WIDTH) if below else lines
        self.left = style.MARGIN + (0 if below else beside)
        self.height = 14 + style.SMALL_LEADING * (len(self.lines) + 1 if below else 1)
        self.top = style.PAGE_HEIGHT - 7 - style.SMALL

    def draw(self, page: TaggedCanvas) -> None:
        """Draw it; a screen reader hears it once, on the first page."""
        page.saveState()
        with page.artifact():
            page.setFillColor(self.ground)
            page.rect(0, style.PAGE_HEIGHT - self.height, style.PAGE_WIDTH, self.height, stroke=0, fill=1)
        with page.tagged_once(self.element):
            page.setFillColor(self.ink)
            page.setFont(BOLD, style.SMALL)
            page.drawString(style.MARGIN, self.top, f"{self.label} ")
            page.setFont(REGULAR, style.SMALL)
            first = self.top - (style.SMALL_LEADING if self.left == style.MARGIN else 0)
            for number, line in enumerate(self.lines):
                page.drawString(self.left, first - number * style.SMALL_LEADING, f"{line} ")
        page.restoreState()


def _draw_foot(page: TaggedCanvas, footer: str) -> None:
    right = style.PAGE_WIDTH - style.MARGIN
    page.saveState()
    with page.artifact():
        page.setStrokeColor(style.RULE)
        page.setLineWidth(0.5)
        page.line(style.MARGIN, style.FOOT_RULE, right, style.FOOT_RULE)
        page.setFillColor(style.QUIET)
        page.setFont(REGULAR, style.SMALL)
        for line, words in enumerate(_split(footer, style.WIDTH - style.NUMBER_ROOM)[:2]):
            page.drawString(style.MARGIN, style.FOOT_LINE - line * style.SMALL_LEADING, words)
        page.doForm(_foot(page.getPageNumber()))
    page.restoreState()


def _split(words: str, width: float) -> list[str]:
    """The text in lines, at most three: more would leave no room for the page."""
    return list(simpleSplit(typeset(words), REGULAR, style.SMALL, width))[:3]
