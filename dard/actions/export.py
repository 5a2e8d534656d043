"""The action tracker as a file: exactly the rows that the filters show, on all pages. It never names a case."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from dard.actions.queries import ActionFilter, ActionLine, tracker
from dard.audit import events
from dard.audit.service import record
from dard.core import clock
from dard.core.actor import Actor
from dard.core.bands import Band
from dard.core.errors import ForbiddenError
from dard.core.formats import count_text, date_text, moment_text
from dard.core.permissions import Permission
from dard.core.spreadsheet import Column, Kind, Sheet, Value, write_csv, write_xlsx

BAND = Band.PSEUDONYMISED
COLUMNS = (
    Column("Reference", width=14),
    Column("Action", width=60),
    Column("Owner organisation", width=28),
    Column("Owner", width=22),
    Column("Priority", width=10),
    Column("Due", Kind.DATE, 18),
    Column("Status", width=22),
    Column("Days overdue", Kind.INTEGER, 15),
    Column("Latest update", width=50),
    Column("Latest update on", Kind.DATE, 18),
    Column("Assigned on", Kind.DATE, 18),
    Column("Meeting", width=34),
    Column("Outcome", width=50),
    Column("Closed on", Kind.DATE, 18),
)


class ExportForm(enum.StrEnum):
    """The kinds of file; the value is the ending of its name."""

    XLSX = "xlsx"
    CSV = "csv"

    @property
    def media_type(self) -> str:
        """What a browser is told that the file is."""
        if self is ExportForm.CSV:
            return "text/csv; charset=utf-8"
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Export:
    """A file, and how many actions it holds."""

    content: bytes
    rows: int


def export_tracker(actor: Actor, chosen: ActionFilter, filters: Sequence[tuple[str, str]], form: ExportForm) -> Export:
    """The actions that ``actor`` may see and ``chosen`` asks for; ``filters`` says the same in words. Recorded."""
    if not actor.may(Permission.ACTION_EXPORT):
        raise ForbiddenError("Your role does not let you export the action tracker")
    lines, total = tracker(actor, chosen)
    sheet = Sheet("Actions", COLUMNS, [_row(line) for line in lines])
    if form is ExportForm.XLSX:
        content = write_xlsx([sheet], _about(actor, filters, total), created=clock.now())
    else:
        content = write_csv(sheet)
    record(actor, events.TrackerExported(object_id=actor.user_id or events.NOTHING, form=form.value, rows=total))
    return Export(content, total)


def _row(line: ActionLine) -> tuple[Value, ...]:
    return (
        line.reference,
        line.text,
        line.owner_organisation,
        line.owner,
        line.priority.label,
        line.due_on,
        line.status.label,
        line.days_overdue,
        line.latest_update,
        line.latest_update_on,
        line.assigned_on,
        f"{line.meeting}, {date_text(line.meeting_on)}",
        line.outcome,
        line.closed_on,
    )


def _about(actor: Actor, filters: Sequence[tuple[str, str]], rows: int) -> list[tuple[str, str]]:
    return [
        ("What this is", f"Action tracker, {count_text(rows, 'action')}"),
        ("Handling", f"{BAND.label}. {BAND.handling}"),
        *([(f"Filter: {question}", answer) for question, answer in filters] or [("Filters", "None: all actions")]),
        (
            "Days overdue",
            "Days since the due date of an action that is neither closed nor rejected, on the day of export",
        ),
        ("Exported at", moment_text(clock.now())),
        ("Exported by", actor.label),
    ]
