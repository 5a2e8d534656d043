"""Sizes, colours and spaces of the house style, in points; everything that a designer would want to change."""

from typing import Any

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle

from dard.core.bands import Band
from dard.core.pdf.typeface import BOLD, REGULAR
from dard.core.shapes import SECONDARY, TEXT

PAGE_WIDTH, PAGE_HEIGHT = A4
MARGIN = 57
FOOT = 64
FOOT_RULE = 46
FOOT_LINE = 31.5
NUMBER_ROOM = 90
HEAD_GAP = 26
COVER_GAP = 190
WIDTH = PAGE_WIDTH - 2 * MARGIN

INK = HexColor(TEXT)
QUIET = HexColor(SECONDARY)
RULE = HexColor("#B1B4B6")
BRAND = HexColor("#12436D")

CHART_SCALE = 0.75
HIGHEST_CHART = 560
TALLEST_HEAD = 180
TALLEST_CELL = 100
"""A row higher than this is divided, so that it always fits under its head and no page stays half empty for it."""

_BANDS = {
    Band.IDENTIFIABLE.label: ("#801650", "#FFFFFF"),
    Band.PSEUDONYMISED.label: ("#D2E2F1", "#0B2A45"),
    Band.AGGREGATE.label: ("#D5ECE9", "#08403A"),
}


def band_colours(band: str) -> tuple[Color, Color]:
    """Ground and ink of the band, as on the pages of the service; a quiet grey for any other wording."""
    ground, ink = _BANDS.get(band, ("#F3F3F3", TEXT))
    return HexColor(ground), HexColor(ink)


def _style(size: float, leading: float, **more: Any) -> ParagraphStyle:
    look: dict[str, Any] = {"fontName": REGULAR, "fontSize": size, "leading": leading, "textColor": INK}
    return ParagraphStyle("", **(look | more))


TITLE = _style(30, 36, fontName=BOLD, spaceBefore=18, spaceAfter=20)
LEAD = _style(13, 19, spaceAfter=5)
HEADINGS = (
    _style(20, 25, fontName=BOLD, spaceBefore=22, spaceAfter=9),
    _style(14.5, 19, fontName=BOLD, spaceBefore=18, spaceAfter=6),
    _style(11.5, 16, fontName=BOLD, spaceBefore=13, spaceAfter=4),
)
BODY = _style(10.5, 15, spaceAfter=8)
BULLET = _style(10.5, 15, leftIndent=16, bulletIndent=3, bulletFontName=REGULAR, spaceAfter=3)
NOTE = _style(9, 12.5, textColor=QUIET, spaceAfter=8)
CAPTION = _style(10.5, 14, fontName=BOLD, spaceBefore=12, spaceAfter=5)
CELL = _style(9, 12.5)
CELL_RIGHT = _style(9, 12.5, alignment=TA_RIGHT)
HEAD = _style(9, 12.5, fontName=BOLD)
HEAD_RIGHT = _style(9, 12.5, fontName=BOLD, alignment=TA_RIGHT)
FACT = _style(10, 14)
FACT_LABEL = _style(10, 14, fontName=BOLD)
ENTRIES = (_style(11, 16, fontName=BOLD), _style(10.5, 15, leftIndent=14))
ENTRY_PAGES = (_style(11, 16, fontName=BOLD, alignment=TA_RIGHT), _style(10.5, 15, alignment=TA_RIGHT))

SMALL = 8.5
SMALL_LEADING = 11.5
