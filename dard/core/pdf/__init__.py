"""Documents as PDF in the house style: build(document, story of blocks) -> bytes.

A4, band and handling line at the head of every page, page x of y at its foot, tables that repeat their heads, a list
of contents, charts as vectors, an outline, language, title and structure tags. The same input gives the same bytes.
"""

from dard.core.pdf.blocks import (
    Block,
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
)
from dard.core.pdf.build import build

__all__ = [
    "Block",
    "Bullets",
    "ChartBlock",
    "Contents",
    "Cover",
    "Document",
    "Heading",
    "KeyValues",
    "PageBreak",
    "Paragraph",
    "Table",
    "build",
]
