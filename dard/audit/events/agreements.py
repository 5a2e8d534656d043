"""Agreements, their parties, and sharing that was refused."""

import uuid
from dataclasses import dataclass

from dard.audit.events.event import Event


@dataclass(frozen=True, kw_only=True)
class AgreementMade(Event):
    code = "agreement.made"
    object_type = "agreement"
    sentence = "Agreement drawn up"


@dataclass(frozen=True, kw_only=True)
class AgreementChanged(Event):
    code = "agreement.changed"
    object_type = "agreement"
    sentence = "Agreement changed: {changed}"

    changed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AgreementStatusChanged(Event):
    code = "agreement.status_changed"
    object_type = "agreement"
    sentence = "Agreement changed from {before} to {after}"

    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class PartyAdded(Event):
    code = "agreement.party_added"
    object_type = "agreement"
    sentence = "Organisation added to the agreement"

    organisation: uuid.UUID


@dataclass(frozen=True, kw_only=True)
class PartyStateChanged(Event):
    code = "agreement.party_state_changed"
    object_type = "agreement"
    sentence = "Party changed from {before} to {after}"

    organisation: uuid.UUID
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class SharingRefused(Event):
    code = "agreement.sharing_refused"
    object_type = "organisation"
    sentence = "Sharing refused ({purpose}): {why}"

    purpose: str
    why: str
