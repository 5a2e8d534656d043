"""Bar charts as vectors: inline SVG for pages and the same shapes for PDF, from one layout.

Conventions of the Government Analysis Function: bars start at zero, horizontal text only, no more than ten light grey
gridlines, values written beside the bars, nothing told by colour alone. A chart is drawn from published values only:
a hidden count (value None) is a dashed stub of one fixed length, so its true length is nowhere in the file. The
headline, the table behind the chart and its source line belong to the page, not to the picture.

The SVG has no style attribute, no script and no external reference, so it passes a strict Content-Security-Policy.
Its classes (``dard-chart``, ``dard-chart__bar``, ``dard-chart__hidden``, ``dard-chart__line``, ``dard-chart__text``)
let the site's style sheet limit its width and adapt it to print and forced colours.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, count, pairwise

from dard.core.shapes import LINE_HEIGHT, SECONDARY, Box, Chart, Line, Shape, Words, text_width, wrapped

PALETTE = ("#12436D", "#28A197", "#801650", "#F46A25", "#3D3D3D", "#A285D1")
"""The Analysis Function's categorical colours; neighbours in this order have a contrast of at least 3 to 1."""

HIDDEN_NOTE = "Dashed bars are hidden values, not drawn to length"

_GRID = "#D9D9D9"
_BAR = PALETTE[0]
_STUB = 14
_GAP = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, its published value (None if hidden) and the value as it is written, such as "c"."""

    label: str
    value: int | None
    shown: str


@dataclass(frozen=True, slots=True)
class _Plot:
    """The field between the axes, and the round numbers marked on its axis, from zero to at least every value."""

    left: float
    right: float
    top: float
    bottom: float
    ticks: Sequence[int]

    def share(self, value: int) -> float:
        return value / self.ticks[-1]

    def x(self, value: int) -> float:
        return self.left + (self.right - self.left) * self.share(value)

    def y(self, value: int) -> float:
        return self.bottom - (self.bottom - self.top) * self.share(value)


def hbar(
    prefix: str, title: str, description: str, rows: Sequence[Bar], *, unit: str = "", width: float = 480
) -> Chart:
    """Horizontal bars, first row on top: for categories, whose names are long.

    ``prefix`` makes the ids unique on the page; ``title`` and ``description`` are what a screen reader says, so the
    description gives the message and says where the table is. ``unit`` names the axis, such as "Number of deaths".
    Raises ValueError for a prefix that is not a plain id and for a value below zero.
    """
    _check(prefix, rows)
    labels = [wrapped(row.label, width * 0.38, lines=3) for row in rows]
    edges = list(accumulate((LINE_HEIGHT * max(1, len(label)) + 11 for label in labels), initial=0.0))
    ticks = _ticks(rows)
    left = _widest(line for label in labels for line in label) + _GAP
    right = width - max(_widest(row.shown for row in rows) + _GAP, _widest(map(_tick, ticks)) / 2)
    plot = _Plot(left, right, 0, edges[-1] + 3, ticks)
    shapes = [*_upright_grid(plot)]
    for row, label, (top, bottom) in zip(rows, labels, pairwise(edges), strict=True):
        shapes.extend(_row(row, label, (top + bottom) / 2, plot))
    shapes.append(Line(plot.left, 0, plot.left, plot.bottom, SECONDARY))
    foot = plot.bottom + LINE_HEIGHT + 4
    notes = _notes([unit], plot.left, foot, width)
    notes += _notes([_hidden_note(rows)], 0, foot + LINE_HEIGHT * len(notes), width)
    return Chart(prefix, title, description, width, foot + LINE_HEIGHT * len(notes) + 6, (*shapes, *notes))


def column_chart(
    prefix: str, title: str, description: str, columns: Sequence[Bar], *, unit: str = "", width: float = 480
) -> Chart:
    """Vertical bars in the order given: for quarters and other steps of time. Arguments as for :func:`hbar`.

    Where labels do not fit side by side every second, third or further one is written; values are written over the
    bars only where all of them fit.
    """
    _check(prefix, columns)
    head = _notes([unit], 0, -3, width)
    ticks = _ticks(columns)
    top = LINE_HEIGHT * (len(head) + 1) + 4
    plot = _Plot(_widest(map(_tick, ticks)) + _GAP, width - 2, top, top + width * 0.45, ticks)
    slot = (plot.right - plot.left) / max(1, len(columns))
    written = _widest(column.shown for column in columns) < slot
    shapes: list[Shape] = [*head, *_level_grid(plot)]
    for index, column in enumerate(columns):
        shapes.extend(_column(column, plot.left + slot * index, slot, plot, written=written))
    shapes.append(Line(plot.left, plot.bottom, plot.right, plot.bottom, SECONDARY))
    below = _below([column.label for column in columns], slot, plot, width)
    foot = max((words.y for words in below), default=plot.bottom) + 8
    notes = _notes([_hidden_note(columns)], plot.left, foot, width)
    return Chart(prefix, title, description, width, foot + LINE_HEIGHT * len(notes) + 6, (*shapes, *below, *notes))


def _check(prefix: str, bars: Sequence[Bar]) -> None:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", prefix):
        raise ValueError(f"{prefix!r} cannot be an id on a page")
    if any(bar.value is not None and bar.value < 0 for bar in bars):
        raise ValueError("A bar cannot be shorter than nothing")


def _widest(texts: Iterable[str]) -> float:
    return max(map(text_width, texts), default=0)


def _ticks(bars: Sequence[Bar]) -> range:
    """Zero and up to six round numbers, from published values alone so that no axis betrays a hidden one."""
    largest = max((bar.value for bar in bars if bar.value is not None), default=0) or 5
    steps = (digit * 10**zeros for zeros in count() for digit in (1, 2, 5))
    step = next(step for step in steps if step * 6 >= largest)
    return range(0, -(-largest // step) * step + 1, step)


def _tick(value: int) -> str:
    return f"{value:,}"


def _hidden_note(bars: Sequence[Bar]) -> str:
    return HIDDEN_NOTE if any(bar.value is None for bar in bars) else ""


def _notes(texts: Sequence[str], left: float, above: float, width: float) -> list[Words]:
    """Lines of text under the height ``above``, wrapped before the right edge."""
    lines = [line for text in texts for line in wrapped(text, width - left, lines=2)]
    return [Words(left, above + LINE_HEIGHT * (n + 1), line, fill=SECONDARY) for n, line in enumerate(lines)]


def _upright_grid(plot: _Plot) -> Iterator[Shape]:
    for tick in plot.ticks:
        yield Line(plot.x(tick), 0, plot.x(tick), plot.bottom, _GRID)
        yield Words(plot.x(tick), plot.bottom + LINE_HEIGHT, _tick(tick), "middle", SECONDARY)


def _level_grid(plot: _Plot) -> Iterator[Shape]:
    for tick in plot.ticks:
        yield Line(plot.left, plot.y(tick), plot.right, plot.y(tick), _GRID)
        yield Words(plot.left - _GAP, plot.y(tick) + 5, _tick(tick), "end", SECONDARY)


def _row(row: Bar, label: Sequence[str], middle: float, plot: _Plot) -> Iterator[Shape]:
    first = middle - LINE_HEIGHT * (len(label) - 1) / 2 + 5
    for number, line in enumerate(label):
        yield Words(plot.left - _GAP, first + LINE_HEIGHT * number, line, "end")
    length = _STUB if row.value is None else plot.x(row.value) - plot.left
    if length:
        yield Box(plot.left, middle - 9, max(1, length), 18, _BAR, dashed=row.value is None)
    yield Words(plot.left + length + 5, middle + 5, row.shown)


def _column(column: Bar, left: float, slot: float, plot: _Plot, *, written: bool) -> Iterator[Shape]:
    width = min(slot * 0.72, 48)
    height = _STUB if column.value is None else plot.bottom - plot.y(column.value)
    if height:
        x, y = left + (slot - width) / 2, plot.bottom - max(1, height)
        yield Box(x, y, width, max(1, height), _BAR, dashed=column.value is None)
    if written:
        yield Words(left + slot / 2, plot.bottom - height - 5, column.shown, "middle")


def _below(labels: Sequence[str], slot: float, plot: _Plot, width: float) -> list[Words]:
    """The labels under the columns, in one or two lines each; only every so many of them if they would touch."""
    # Words in one place need only a hair between them; labels far apart look joined without a clear gap.
    rooms = {every: slot * every - (3 if every == 1 else 12) for every in range(1, len(labels))}
    every = next((every for every, room in rooms.items() if _fit(labels[::every], room)), max(1, len(labels)))
    words = []
    for index in range(0, len(labels), every):
        lines = wrapped(labels[index], rooms.get(every, width), lines=2)
        half = _widest(lines) / 2
        middle = min(max(plot.left + slot * (index + 0.5), half), width - half)
        words += [Words(middle, plot.bottom + LINE_HEIGHT * (n + 1), line, "middle") for n, line in enumerate(lines)]
    return words


def _fit(labels: Sequence[str], width: float) -> bool:
    return all(" ".join(wrapped(label, width, lines=2)) == " ".join(label.split()) for label in labels)
