"""Characters that SVG, XLSX and PDF cannot carry, whatever a person pasted or a file brought in."""

import re

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def printable(text: str) -> str:
    """``text`` without the characters that XML 1.0 forbids: most control characters, lone surrogates, U+FFFE."""
    return _FORBIDDEN.sub("", text)
