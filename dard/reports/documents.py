"""The thematic report as a PDF: the figures of the page, no more."""

from collections.abc import Iterator

from dard.core import clock
from dard.core.actor import Actor
from dard.core.bands import Band
from dard.core.formats import date_text
from dard.core.pdf import Block, ChartBlock, Cover, Document, Heading, KeyValues, Paragraph, Table, build
from dard.reports.figures import headline, quarter_chart
from dard.reports.service import record_export
from dard.reports.tables import LEFT_OUT, NOTHING, TITLE, TOO_FEW, Section, ThematicReport

HANDLING = "For use inside the partnership, not for publication."


def export_pdf(actor: Actor, report: ThematicReport, partnership: str) -> bytes:
    """The report as a PDF. Recorded."""
    record_export(actor, "pdf")
    as_at = date_text(report.as_at)
    document = Document(
        title=TITLE,
        band=Band.AGGREGATE.label,
        handling=f"{Band.AGGREGATE.handling} {HANDLING}",
        footer=f"{partnership} · {TITLE} as at {as_at}",
        author=partnership,
        created=clock.now(),
    )
    return build(document, list(report_blocks(report, partnership)))


def report_blocks(report: ThematicReport, partnership: str) -> Iterator[Block]:
    """What the document is made of, in order."""
    as_at = f"As at {date_text(report.as_at)}"
    yield Cover([partnership, report.period, report.streams, as_at, report.rule.sentence])
    yield Heading(2, "About these figures")
    yield KeyValues(report.about)
    if report.is_empty or report.is_left_out:
        yield Paragraph(NOTHING if report.is_empty else TOO_FEW)
        return
    for section in report.sections:
        yield from _section(section, f"{report.streams}. {report.period}.")


def _section(section: Section, extent: str) -> Iterator[Block]:
    yield Heading(2, section.title)
    if section.table is None:
        yield Paragraph(LEFT_OUT)
        return
    chart = quarter_chart(section) if section.slug == "quarter" else None
    if chart is not None:
        yield ChartBlock(chart, caption=headline(section))
    rows = [(line.label, line.shown) for line in section.lines]
    yield Table(extent, (section.heading, "Cases"), rows, right=(1,), note=section.note)
