"""What keys are for, and the states of their life."""

import enum

from dard.core.enums import LabelledEnum


class Purpose(enum.StrEnum):
    """What a key protects; a person's work is given only the keys that their roles need."""

    IDENTITY = "identity"
    NARRATIVE = "narrative"
    PACK = "pack"
    ACCOUNT = "account"
    AUDIT = "audit"
    INDEX = "index"
    SIGNING = "signing"

    @property
    def words(self) -> str:
        """What is sealed under it, for people."""
        return _WORDS[self]


_WORDS = {
    Purpose.IDENTITY: "Who a case is about, and who notified it",
    Purpose.NARRATIVE: "What happened, and uploaded files",
    Purpose.PACK: "Summaries, packs and actions",
    Purpose.ACCOUNT: "Second factors of accounts",
    Purpose.AUDIT: "Reasons that people gave",
    Purpose.INDEX: "Finding a person again",
    Purpose.SIGNING: "Signatures of the audit log",
}


class KeyState(LabelledEnum):
    """Where a data key stands. One key of each purpose is primary; the app loads the first three states only."""

    STAGED = "staged", "Staged: opens, so that every process knows it before it seals", "blue"
    PRIMARY = "primary", "Primary: seals and opens", "green"
    DECRYPT_ONLY = "decrypt_only", "Opens only: values are being sealed anew, or old backups need it", "yellow"
    RETIRED = "retired", "Retired: nothing is sealed under it, kept for old backups", "grey"
    DESTROYED = "destroyed", "Destroyed: what old backups hold under it is lost", "red"


EVERY_PURPOSE = frozenset(Purpose)
LOADED = (KeyState.STAGED, KeyState.PRIMARY, KeyState.DECRYPT_ONLY)
