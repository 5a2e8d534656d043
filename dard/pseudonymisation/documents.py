"""The pack as a PDF: the same words as on the screen, with its reader’s name on every page."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from dard.core.bands import Band
from dard.core.formats import count_text, moment_text
from dard.core.pdf import (
    Block,
    Bullets,
    Contents,
    Cover,
    Document,
    Heading,
    KeyValues,
    PageBreak,
    Paragraph,
    Table,
    build,
)
from dard.pseudonymisation.packs import ABOUT, TO_FOLLOW, PackCase, PackContent, Reading, gaps

ROOT_SHOWN = 32  # hexadecimal digits, 128 bits: enough to recognise one root among all
ABOUT_CHECKPOINT = (
    "This is a signed fingerprint of the partnership’s audit log on the day that the pack was issued. It says nothing "
    "about any case. Keep it: with it anybody can find out whether the log was rewritten later."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Whose copy of a pack it is, and when it was issued and read; moments are aware.

    ``checkpoint`` is the line of the audit checkpoint that it carries out of the house; empty without one.
    """

    number: str
    name: str
    organisation: str
    issued_at: dt.datetime
    read_at: dt.datetime
    checkpoint: str = ""

    @property
    def footer(self) -> str:
        """Whose copy it is and when it was read, with the beginning of the checkpoint: how far, and its root."""
        parts = [f"Pack {self.number}", f"for {self.name}, {self.organisation}", moment_text(self.read_at)]
        if self.checkpoint:
            _mark, size, root, *_rest = self.checkpoint.split()
            parts.append(f"audit checkpoint {size} {root[:ROOT_SHOWN]}")
        return " · ".join(parts)


def pack_pdf(reader: Reader, content: PackContent, partnership: str) -> bytes:
    """The pack of one reader, made at the moment of reading. Nothing in it, nor its metadata, names a case’s person."""
    document = Document(
        title=f"Pack {reader.number}",
        band=Band.PSEUDONYMISED.label,
        handling=f"{Band.PSEUDONYMISED.handling} Do not pass it on.",
        footer=reader.footer,
        author=partnership,
        created=reader.read_at,
    )
    return build(document, list(pack_blocks(reader, content, partnership)))


def pack_blocks(reader: Reader, content: PackContent, partnership: str) -> Iterator[Block]:
    """What the document is made of, in order."""
    yield Cover(
        [
            partnership,
            content.meeting,
            content.meeting_time,
            _extent(content),
            f"For {reader.name}, {reader.organisation}",
            f"Issued {moment_text(reader.issued_at)}",
            f"Downloaded {moment_text(reader.read_at)}",
        ]
    )
    yield Contents()
    yield PageBreak()
    yield Heading(1, "Cases")
    if isinstance(content, Reading) and content.sentence:
        yield Paragraph(content.sentence)
    for number, case in enumerate(content.cases):
        if number and case.summary is not None:
            yield PageBreak()
        yield from _case(case)
    yield PageBreak()
    yield Heading(1, "About this pack")
    yield Bullets(ABOUT)
    if reader.checkpoint:
        yield Heading(2, "Audit checkpoint")
        yield Paragraph(ABOUT_CHECKPOINT)
        yield Paragraph(reader.checkpoint)


def _extent(content: PackContent) -> str:
    missing = len(gaps(content))
    cases = count_text(len(content.cases), "case")
    return f"{cases}, {count_text(missing, 'summary', 'summaries')} to follow" if missing else cases


def _case(case: PackCase) -> Iterator[Block]:
    yield Heading(2, case.pseudonym)
    if case.summary is None:
        yield Paragraph(TO_FOLLOW)
        return
    yield KeyValues(case.facts)
    yield Heading(3, "What happened")
    for paragraph in case.paragraphs:
        yield Paragraph(paragraph)
    yield Table("Days before and after", ("When", "What"), [(entry.when, entry.text) for entry in case.timeline])
