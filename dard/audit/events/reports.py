"""Reports that left the building."""

from dataclasses import dataclass

from dard.audit.events.event import Event


@dataclass(frozen=True, kw_only=True)
class ReportExported(Event):
    code = "report.exported"
    object_type = "report"
    sentence = "Thematic report exported as {form}"

    form: str
