"""The shapes that a chart is made of, and their two ways out: inline SVG here, PDF in core.pdf.

Text is measured in Helvetica, whose widths Arial and Liberation Sans share, with a margin for other fonts, so that
labels can be wrapped before they are drawn: nothing in an SVG wraps by itself.
"""

from dataclasses import dataclass

from markupsafe import Markup
from reportlab.pdfbase.pdfmetrics import stringWidth

from dard.core.characters import printable

SIZE = 14
"""The height of all text, in the units of the sheet."""

LINE_HEIGHT = 17

TEXT = "#0B0C0C"
SECONDARY = "#505A5F"

_MARGIN = 1.06
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Box:
    """A bar; a ``dashed`` one is outlined only, in the colour of its ``fill``."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A gridline or an axis."""

    x1: float
    y1: float
    x2: float
    y2: float
    stroke: str


@dataclass(frozen=True, slots=True)
class Words:
    """One line of text; ``y`` is its baseline, ``anchor`` start, middle or end."""

    x: float
    y: float
    text: str
    anchor: str = "start"
    fill: str = TEXT


Shape = Box | Line | Words


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart laid out: shapes on a sheet of ``width`` by ``height`` units, y downwards."""

    prefix: str
    title: str
    description: str
    width: float
    height: float
    shapes: tuple[Shape, ...]

    @property
    def svg(self) -> Markup:
        """The chart as inline SVG: to a screen reader one image, named by its title and description."""
        head = Markup(
            '<svg class="dard-chart" viewBox="0 0 {width} {height}" role="img" focusable="false"'
            ' aria-labelledby="{id}-title {id}-desc" xmlns="http://www.w3.org/2000/svg"'
            ' font-family="Arial, Helvetica, sans-serif" font-size="{size}">'
            '<title id="{id}-title">{title}</title><desc id="{id}-desc">{description}</desc>'
        ).format(
            id=self.prefix,
            width=_number(self.width),
            height=_number(self.height),
            size=SIZE,
            title=printable(self.title),
            description=printable(self.description),
        )
        return head + Markup("").join(_element(shape) for shape in self.shapes) + Markup("</svg>")


def text_width(text: str) -> float:
    """The width of one line of text in units of the sheet, with a margin for fonts wider than Arial."""
    western = text.encode("cp1252", "ignore").decode("cp1252")
    # An ideograph is as wide as it is high; all other letters that Helvetica lacks are narrower.
    return float(stringWidth(western, "Helvetica", SIZE)) * _MARGIN + SIZE * (len(text) - len(western))


def wrapped(text: str, width: float, lines: int) -> list[str]:
    """``text`` in at most ``lines`` lines no wider than ``width``, broken between words, cut with an ellipsis."""
    result: list[str] = []
    words = printable(text).split()
    while words and len(result) < lines:
        line = words.pop(0)
        while words and text_width(f"{line} {words[0]}") <= width:
            line = f"{line} {words.pop(0)}"
        if words and len(result) == lines - 1:
            line = f"{line} {words.pop(0)}{_ELLIPSIS}"
        result.append(_cut(line, width))
    return result


def _cut(line: str, width: float) -> str:
    if text_width(line) <= width:
        return line
    while line and text_width(line + _ELLIPSIS) > width:
        line = line[:-1]
    return line.rstrip(f" {_ELLIPSIS}") + _ELLIPSIS


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _element(shape: Shape) -> Markup:
    if isinstance(shape, Box):
        return _box(shape)
    if isinstance(shape, Line):
        return _line(shape)
    return _words(shape)


def _box(box: Box) -> Markup:
    kind, paint = "bar", Markup('fill="{0}" stroke="{0}"').format(box.fill)
    if box.dashed:
        kind, paint = "hidden", Markup('fill="none" stroke="{}" stroke-dasharray="3 2"').format(box.fill)
    return Markup('<rect class="dard-chart__{}" x="{}" y="{}" width="{}" height="{}" {}/>').format(
        kind, _number(box.x), _number(box.y), _number(box.width), _number(box.height), paint
    )


def _line(line: Line) -> Markup:
    ends = (_number(end) for end in (line.x1, line.y1, line.x2, line.y2))
    return Markup('<line class="dard-chart__line" x1="{}" y1="{}" x2="{}" y2="{}" stroke="{}"/>').format(
        *ends, line.stroke
    )


def _words(words: Words) -> Markup:
    return Markup('<text class="dard-chart__text" x="{}" y="{}" text-anchor="{}" fill="{}">{}</text>').format(
        _number(words.x), _number(words.y), words.anchor, words.fill, printable(words.text)
    )
