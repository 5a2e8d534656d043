"""Summaries and packs."""

import uuid
from dataclasses import dataclass

from dard.audit.events.event import Event


@dataclass(frozen=True, kw_only=True)
class SummaryDrafted(Event):
    code = "summary.drafted"
    object_type = "summary"
    sentence = "Summary drafted, {replaced} passages replaced"

    replaced: int


@dataclass(frozen=True, kw_only=True)
class SummarySourceRead(Event):
    code = "summary.source_read"
    object_type = "case"
    sentence = "Narrative read beside the summary"
    shows_identity = True


@dataclass(frozen=True, kw_only=True)
class SummarySaved(Event):
    code = "summary.saved"
    object_type = "summary"
    sentence = "Summary edited"


@dataclass(frozen=True, kw_only=True)
class SummaryStatusChanged(Event):
    code = "summary.status_changed"
    object_type = "summary"
    sentence = "Summary changed from {before} to {after}"

    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class PackIssued(Event):
    code = "pack.issued"
    object_type = "pack"
    sentence = "Pack issued"

    meeting: uuid.UUID
    recipient: uuid.UUID
    cases: int


@dataclass(frozen=True, kw_only=True)
class PackOpened(Event):
    code = "pack.opened"
    object_type = "pack"
    sentence = "Pack opened on screen"


@dataclass(frozen=True, kw_only=True)
class PackDownloaded(Event):
    code = "pack.downloaded"
    object_type = "pack"
    sentence = "Pack downloaded"
