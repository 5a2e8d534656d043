"""Files of other systems."""

from dataclasses import dataclass

from dard.audit.events.event import Event


@dataclass(frozen=True, kw_only=True)
class FileUploaded(Event):
    code = "import.uploaded"
    object_type = "import"
    sentence = "File uploaded with {rows} rows"

    profile: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class ImportPreviewed(Event):
    code = "import.previewed"
    object_type = "import"
    sentence = "Import looked at before it was confirmed"


@dataclass(frozen=True, kw_only=True)
class ImportConfirmed(Event):
    code = "import.confirmed"
    object_type = "import"
    sentence = "Import confirmed: {created} created, {unchanged} unchanged, {errors} with errors"

    created: int
    unchanged: int
    errors: int


@dataclass(frozen=True, kw_only=True)
class ImportDiscarded(Event):
    code = "import.discarded"
    object_type = "import"
    sentence = "Import discarded"
