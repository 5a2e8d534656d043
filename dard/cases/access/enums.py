"""Why somebody does not see a case, and why somebody else had to in an emergency."""

from dard.core.enums import LabelledEnum


class RecusalGround(LabelledEnum):
    """What the conflict of interest is."""

    KNEW_THE_PERSON = "knew_the_person", "Knew the person, or their family or friends"
    TREATED_THE_PERSON = "treated_the_person", "Treated or supported the person, or managed those who did"
    INVOLVED = "involved", "Was involved in what happened, or in its investigation"
    COMPLAINT = "complaint", "Is the subject of a complaint or an inquiry about the case"
    INTEREST = "interest", "Has a financial or organisational interest in the outcome"
    OTHER = "other", "Another conflict of interest"


class BreakGlassGround(LabelledEnum):
    """What makes it an emergency."""

    RISK_TO_LIFE = "risk_to_life", "Somebody’s life or safety is at risk now"
    SAFEGUARDING = "safeguarding", "An adult or a child must be safeguarded now"
    LEGAL_DEADLINE = "legal_deadline", "A court or the coroner needs an answer today"
    NOBODY_REACHABLE = "nobody_reachable", "It cannot wait, and nobody who may see the case can be reached"
    OTHER = "other", "Another emergency"
