"""The typeface of all documents: Liberation Sans, embedded.

It has the widths of Arial and Helvetica and the letters of every European language. The fonts that come with ReportLab
do not: they lack ż, ś and ę, the Welsh ŵ and ŷ, and Greek and Cyrillic, so that names would be printed wrong.
Embedding also makes a document look the same everywhere and lets a reader copy names out of it.
"""

import unicodedata
from functools import cache
from pathlib import Path

from reportlab.pdfbase.pdfmetrics import registerFont, registerFontFamily
from reportlab.pdfbase.ttfonts import TTFont

from dard.core.characters import printable

REGULAR = "LiberationSans"
BOLD = "LiberationSans-Bold"

_FOLDER = Path(__file__).parent / "fonts"


@cache
def register() -> frozenset[int]:
    """Make the typeface known to ReportLab, once a process; returns the code points that both weights have."""
    regular = TTFont(REGULAR, _FOLDER / "LiberationSans-Regular.ttf")
    bold = TTFont(BOLD, _FOLDER / "LiberationSans-Bold.ttf")
    for font in (regular, bold):
        registerFont(font)
    registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)
    return frozenset(regular.face.charToGlyph) & frozenset(bold.face.charToGlyph)


def typeset(text: str) -> str:
    """``text`` in letters that the typeface has, on one line.

    A letter that it lacks loses its marks (ṩ becomes s) and is "?" if that does not help, never an empty box. Marks
    that cannot be seen, such as the byte order mark, are left out.
    """
    if text.isascii() and text.isprintable():
        return text
    known = register()
    composed = unicodedata.normalize("NFC", printable(text))
    return "".join(_letter(letter, known) for letter in composed)


def _letter(letter: str, known: frozenset[int]) -> str:
    if letter.isspace() and letter != "\u00a0":
        return " "
    if unicodedata.category(letter) in {"Cc", "Cf", "Mn"}:
        return ""
    if ord(letter) in known:
        return letter
    plain = "".join(part for part in unicodedata.normalize("NFKD", letter) if ord(part) in known)
    return plain or "?"
