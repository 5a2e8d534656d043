"""States of an agreement and of its parties, and what sharing is for."""

from dard.core.enums import LabelledEnum


class AgreementStatus(LabelledEnum):
    """Where an agreement stands. That it has expired is a matter of its dates, not a status."""

    DRAFT = "draft", "Draft", "grey"
    IN_FORCE = "in_force", "In force", "green"
    TERMINATED = "terminated", "Terminated", "red"


class Term(LabelledEnum):
    """What the dates of an agreement that has been put in force mean on one day."""

    NOT_BEGUN = "not_begun", "Not begun", "blue"
    RUNNING = "running", "In force", "green"
    ENDING_SOON = "ending_soon", "Ends soon", "orange"
    LAPSED = "lapsed", "Lapsed", "red"


class PartyState(LabelledEnum):
    """Where one organisation stands with an agreement."""

    INVITED = "invited", "Invited to sign", "yellow"
    SIGNED = "signed", "Signed", "green"
    DECLINED = "declined", "Declined", "red"
    WITHDRAWN = "withdrawn", "Withdrawn", "red"


class SharingPurpose(LabelledEnum):
    """Why case information would go to an organisation."""

    PACK = "pack", "receive a pack"
