"""What a document is made of. Whoever writes a document lists blocks; how they look is decided in layout alone.

All text is plain text: markup in it is printed as it stands.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from dard.core.shapes import Chart


@dataclass(frozen=True, slots=True)
class Document:
    """A document and what stands on each of its pages.

    ``band`` and ``handling`` say what kind of information it carries and how to treat it (core.bands); ``footer``
    stands left of the page number. ``created`` must be aware; without it the file bears no true date. The same
    document with the same story gives the same bytes.
    """

    title: str
    band: str
    handling: str
    language: str = "en-GB"
    footer: str = ""
    author: str = ""
    created: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 3; levels 1 and 2 are listed in the contents."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; every line of it is a paragraph. A ``note`` is set smaller: sources, rules, remarks."""

    text: str
    note: bool = False


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    items: Sequence[str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table that repeats its head on every page; ``right`` names the columns (from 0) set to the right."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: Sequence[int] = ()
    note: str = ""
    empty: str = "There is nothing to show."


@dataclass(frozen=True, slots=True)
class KeyValues:
    """Facts as label and text, one under the other."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ChartBlock:
    """A chart under its caption; a screen reader hears its title and description."""

    chart: Chart
    caption: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Cover:
    """A first page of its own: the title of the document and lines under it."""

    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class Contents:
    """The list of headings with their pages."""

    heading: str = "Contents"


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins on a new page."""


Block = Heading | Paragraph | Bullets | Table | KeyValues | ChartBlock | Cover | Contents | PageBreak
