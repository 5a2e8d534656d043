"""Roles and kinds of organisation."""

from dard.core.enums import LabelledEnum


class Role(LabelledEnum):
    """What a person does in the partnership; a person may have several. What each may do stands in accounts.grants."""

    REPORTER = "reporter", "Reporter"
    COORDINATOR = "coordinator", "Panel coordinator"
    CHAIR = "chair", "Chair or deputy chair"
    MEMBER = "member", "Panel member"
    CONTRIBUTOR = "contributor", "Agency contributor"
    CASE_GUEST = "case_guest", "Case guest"
    ACTION_OWNER = "action_owner", "Action owner from outside the panel"
    OFFICER = "officer", "Reporting officer or analyst"
    INFORMATION_GOVERNANCE = "information_governance", "Information governance lead"
    ALERTS_COORDINATOR = "alerts_coordinator", "Alerts coordinator"
    PIN_MEMBER = "pin_member", "Professional information network member"
    SENIOR_OWNER = "senior_owner", "Senior responsible owner"
    ADMINISTRATOR = "administrator", "Administrator"

    @property
    def hint(self) -> str:
        """What the role is for and what it sees, for people; where its pages are still to come, what it will see."""
        return _HINTS[self]


_HINTS = {
    Role.REPORTER: "Notifies deaths and overdoses, and sees the state of their own notifications. Opens no case file.",
    Role.COORDINATOR: (
        "Runs the reviews: cases, agreements, meetings, summaries, packs. "
        "Sees who a case is about only after giving a purpose."
    ),
    Role.CHAIR: "Reads case files, approves summaries, assigns actions and closes them.",
    Role.MEMBER: "Reads the packs of their meetings, and updates the actions of their organisation.",
    Role.CONTRIBUTOR: "Will answer requests for information for their organisation. Sees no case file.",
    Role.CASE_GUEST: "Will see one case, for a limited time.",
    Role.ACTION_OWNER: "Sees and updates the actions that name them. Sees no case, no meeting and no pack.",
    Role.OFFICER: "Makes reports and exports the action tracker. Opens no case file.",
    Role.INFORMATION_GOVERNANCE: (
        "Sees agreements, and checks who has access and who was shown what. Opens no case file."
    ),
    Role.ALERTS_COORDINATOR: "Will grade drug reports and issue drug alerts. Sees no case.",
    Role.PIN_MEMBER: "Will receive drug alerts. Sees nothing else.",
    Role.SENIOR_OWNER: "Reads reports of numbers. Sees no case and no action.",
    Role.ADMINISTRATOR: "Keeps people and organisations. Sees no case at all.",
}


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


class ProposalStatus(LabelledEnum):
    """Where a proposed account stands."""

    PROPOSED = "proposed", "Waits for confirmation", "yellow"
    CONFIRMED = "confirmed", "Confirmed", "green"
    DECLINED = "declined", "Declined", "red"
    WITHDRAWN = "withdrawn", "Withdrawn", "grey"


class AccessState(LabelledEnum):
    """Where an account stands, as the review of access shows it: worked out from what it has, never stored."""

    OPEN = "open", "Can sign in", "green"
    SETTING_UP = "setting_up", "Has to set up an authenticator app", "yellow"
    INVITED = "invited", "Invited", "blue"
    INVITATION_OVER = "invitation_over", "Invitation ran out", "orange"
    NOT_INVITED = "not_invited", "Not invited yet", "grey"
    ENDED = "ended", "Ended", "red"
