"""Case files, and who was shown whom they are about."""

import uuid
from dataclasses import dataclass

from dard.audit.events.event import Event


@dataclass(frozen=True, kw_only=True)
class CaseNotified(Event):
    code = "case.notified"
    object_type = "case"
    sentence = "Notified by {source}"

    source: str


@dataclass(frozen=True, kw_only=True)
class CaseImported(Event):
    code = "case.imported"
    object_type = "case"
    sentence = "Imported from a file, row {row}"

    row: int
    batch: uuid.UUID


@dataclass(frozen=True, kw_only=True)
class CaseFileOpened(Event):
    code = "case.file_opened"
    object_type = "case"
    sentence = "Case file opened"


@dataclass(frozen=True, kw_only=True)
class IdentityRevealed(Event):
    code = "case.identity_revealed"
    object_type = "case"
    sentence = "Identity shown for: {purpose}"
    shows_identity = True

    purpose: str


@dataclass(frozen=True, kw_only=True)
class HoneytokenSet(Event):
    code = "case.honeytoken_set"
    object_type = "honeytoken"
    sentence = "A case was made a honeytoken"


@dataclass(frozen=True, kw_only=True)
class HoneytokenRemoved(Event):
    code = "case.honeytoken_removed"
    object_type = "honeytoken"
    sentence = "A case is no honeytoken any more"


@dataclass(frozen=True, kw_only=True)
class HoneytokenOpened(Event):
    code = "case.honeytoken_opened"
    object_type = "case"
    sentence = "Opened a case that nobody has work with (a honeytoken)"
    needs_review = True
    in_history = False

    page: str


@dataclass(frozen=True, kw_only=True)
class CaseChanged(Event):
    code = "case.changed"
    object_type = "case"
    sentence = "Changed: {changed}"

    changed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CaseStatusChanged(Event):
    code = "case.status_changed"
    object_type = "case"
    sentence = "Status changed from {before} to {after}"

    before: str
    after: str
