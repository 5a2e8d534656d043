"""Roles and kinds of organisation."""

from dard.core.enums import LabelledEnum


class Role(LabelledEnum):
    """What a person does in the partnership; a person may have several. What each may do stands in accounts.grants."""

    COORDINATOR = "coordinator", "Panel coordinator"
    CHAIR = "chair", "Chair"
    MEMBER = "member", "Panel member"
    OFFICER = "officer", "Reporting officer"
    INFORMATION_GOVERNANCE = "information_governance", "Information governance lead"
    ADMINISTRATOR = "administrator", "Administrator"


class OrganisationKind(LabelledEnum):
    """What kind of body an organisation is (OHID partnership review process: core membership of a panel)."""

    COUNCIL = "council", "Council"
    TREATMENT_PROVIDER = "treatment_provider", "Drug and alcohol treatment provider"
    POLICE = "police", "Police"
    AMBULANCE = "ambulance", "Ambulance service"
    ACUTE_TRUST = "acute_trust", "Acute hospital trust"
    MENTAL_HEALTH_TRUST = "mental_health_trust", "Mental health trust"
    INTEGRATED_CARE_BOARD = "integrated_care_board", "Integrated care board"
    CORONER = "coroner", "Coroner’s office"
    PRISON_PROBATION = "prison_probation", "Prison or probation"
    HOUSING = "housing", "Housing or homelessness service"
    PRIMARY_CARE = "primary_care", "Primary care"
    VOLUNTARY = "voluntary", "Voluntary or lived-experience organisation"
    OTHER = "other", "Other"
