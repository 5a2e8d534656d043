"""The pieces that ReportLab lays out on pages, each marked for screen readers as it is drawn."""

from typing import Any, TypeVar

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable
from reportlab.platypus import Paragraph as Text
from reportlab.platypus import Table as Grid

from dard.core.pdf.canvas import Element, TaggedCanvas
from dard.core.pdf.typeface import REGULAR, typeset
from dard.core.shapes import SIZE, Box, Chart, Line, Shape

T = TypeVar("T", bound="TaggedText")


class TaggedText(Text):
    """A paragraph that belongs to an element of the structure, on every page that it runs over.

    ``repeats`` is set for the head of a table: where it is drawn again it is an artifact.
    """

    canv: TaggedCanvas
    blPara: Any  # noqa: N815 - ReportLab’s name
    element: Element
    repeats = False

    def split(self, availWidth: float, availHeight: float) -> list[Any]:  # noqa: N803 - ReportLab's names
        """The parts on this page and on the next, both of the same element."""
        parts: list[Any] = super().split(availWidth, availHeight)
        for part in parts:
            part.element = self.element
        return parts

    def draw(self) -> None:
        """Draw and mark it."""
        mark = self.canv.tagged_once if self.repeats else self.canv.tagged
        with mark(self.element):
            self._draw_spaced()

    def _draw_spaced(self) -> None:
        """Draw it with a space at the end of each line; without it a screen reader joins words across lines."""
        kept = self.blPara.lines
        if self.blPara.kind == 0:
            self.blPara.lines = [(room, [*words, ""]) for room, words in kept]
        super().draw()
        self.blPara.lines = kept


class HeadingText(TaggedText):
    """A heading: a target for links, an entry of the outline, and a line of the contents once its page is known."""

    note: tuple[int, str, str] | None = None
    """Level, title and key; the second part of a heading that runs over two pages has none."""

    def split(self, availWidth: float, availHeight: float) -> list[Any]:  # noqa: N803 - ReportLab's names
        """The parts on this page and on the next; the heading stands where the first part does."""
        parts = super().split(availWidth, availHeight)
        for first in parts[:1]:
            first.note = self.note
        return parts

    def draw(self) -> None:
        """Draw it and tell the canvas where it stands."""
        if self.note:
            self.canv.note_heading(*self.note, self.height)
        super().draw()


class EntryText(TaggedText):
    """A line of the contents, which leads to its heading."""

    key: str

    def draw(self) -> None:
        """Draw it and lay the link over it."""
        self.canv.linkRect("", self.key, (0, 0, self.width, self.height), relative=1)
        super().draw()


class TaggedGrid(Grid):
    """A table whose lines and grounds are artifacts; its cells are marked by the texts in them."""

    canv: TaggedCanvas

    def _drawBkgrnd(self) -> None:  # noqa: N802 - ReportLab's name
        with self.canv.artifact():
            super()._drawBkgrnd()  # type: ignore[misc] # the stubs leave it out

    def _drawLines(self) -> None:  # noqa: N802 - ReportLab's name
        with self.canv.artifact():
            super()._drawLines()  # type: ignore[misc] # the stubs leave it out


class Bar(Flowable):
    """A plain bar of colour, which means nothing."""

    canv: TaggedCanvas

    def __init__(self, ink: Color, width: float, height: float) -> None:
        super().__init__()
        self.ink = ink
        self.width, self.height = width, height

    def draw(self) -> None:
        """Draw it."""
        with self.canv.artifact():
            self.canv.setFillColor(self.ink)
            self.canv.rect(0, 0, self.width, self.height, stroke=0, fill=1)


class Figure(Flowable):
    """A chart as vectors, from the same shapes as its SVG, at ``scale`` of its own size."""

    canv: TaggedCanvas

    def __init__(self, chart: Chart, scale: float, element: Element) -> None:
        super().__init__()
        self.chart = chart
        self.scale = scale
        self.width, self.height = chart.width * scale, chart.height * scale
        self.element = element

    def draw(self) -> None:
        """Draw and mark it."""
        page = self.canv
        with page.tagged(self.element):
            page.scale(self.scale, self.scale)
            page.translate(0, self.chart.height)
            page.setLineWidth(1)
            for shape in self.chart.shapes:
                _draw(page, shape)


def text(kind: type[T], words: str, look: ParagraphStyle, element: Element, **options: Any) -> T:
    """A text of this kind; ``words`` are typeset and escaped already."""
    made = kind(words, look, **options)
    made.element = element
    return made


def _draw(page: TaggedCanvas, shape: Shape) -> None:
    """One shape, turned over: ReportLab counts upwards."""
    if isinstance(shape, Box):
        page.setStrokeColor(HexColor(shape.fill))
        page.setFillColor(HexColor(shape.fill))
        page.setDash([3, 2] if shape.dashed else [])
        page.rect(shape.x, -shape.y - shape.height, shape.width, shape.height, fill=int(not shape.dashed))
    elif isinstance(shape, Line):
        page.setStrokeColor(HexColor(shape.stroke))
        page.setDash([])
        page.line(shape.x1, -shape.y1, shape.x2, -shape.y2)
    else:
        page.setFillColor(HexColor(shape.fill))
        page.setFont(REGULAR, SIZE)
        put = {"start": page.drawString, "middle": page.drawCentredString, "end": page.drawRightString}[shape.anchor]
        put(shape.x, -shape.y, typeset(shape.text))
