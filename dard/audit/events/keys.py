"""The life of the keys, and attempts to use one without holding it."""

from dataclasses import dataclass

from dard.audit.events.event import Event


@dataclass(frozen=True, kw_only=True)
class KeyMade(Event):
    code = "key.made"
    object_type = "data_key"
    sentence = "Key {number} made for {purpose}"

    number: int
    purpose: str


@dataclass(frozen=True, kw_only=True)
class KeyStateChanged(Event):
    code = "key.state_changed"
    object_type = "data_key"
    sentence = "Key {number} changed from {before} to {after}"

    number: int
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class KeysWrappedAnew(Event):
    code = "key.wrapped_anew"
    object_type = "data_key"
    sentence = "{keys} keys wrapped anew by key-encryption key {wrapped_by}"

    keys: int
    wrapped_by: int


@dataclass(frozen=True, kw_only=True)
class ValuesResealed(Event):
    code = "key.values_resealed"
    object_type = "data_key"
    sentence = "{values} values of {table} sealed anew under key {number}"

    table: str
    values: int
    number: int


@dataclass(frozen=True, kw_only=True)
class KeyScopeRefused(Event):
    code = "key.scope_refused"
    object_type = "page"
    sentence = "Tried to use the {purpose} key without holding it, on {page}"
    needs_review = True

    purpose: str
    page: str


@dataclass(frozen=True, kw_only=True)
class SealBroken(Event):
    code = "key.seal_broken"
    object_type = "page"
    sentence = "A sealed value was found altered, on {page}"
    needs_review = True

    page: str
