"""Coded values of a case.

"Unknown" (asked, and nobody knows) and "not recorded" (nobody has asked yet) are different values everywhere: audits of
drug-related deaths lost whole questions, such as naloxone and ethnicity, because the two were one.
"""

from dard.core.enums import LabelledEnum


class Stream(LabelledEnum):
    """The four groups that a partnership reviews (OHID, Preventing drug and alcohol deaths, 2024)."""

    DRUG_RELATED_DEATH = "drug_related_death", "Drug-related death"
    ALCOHOL_RELATED_DEATH = "alcohol_related_death", "Alcohol-related death"
    NEAR_FATAL_OVERDOSE = "near_fatal_overdose", "Near-fatal overdose"
    DEATH_IN_TREATMENT = "death_in_treatment", "Death in treatment or within 6 months of leaving it"


class CaseStatus(LabelledEnum):
    """Where a case stands between its notification and its closure."""

    NOTIFIED = "notified", "Notified", "blue"
    OPEN = "open", "Open", "teal"
    INFORMATION_GATHERING = "information_gathering", "Information gathering", "yellow"
    READY_FOR_TRIAGE = "ready_for_triage", "Ready for triage", "orange"
    SCHEDULED = "scheduled", "Scheduled", "purple"
    REVIEWED = "reviewed", "Reviewed", "green"
    ACTIONS_OPEN = "actions_open", "Actions open", "magenta"
    CLOSED = "closed", "Closed", "grey"
    OUT_OF_SCOPE = "out_of_scope", "Out of scope", "grey"
    ON_HOLD = "on_hold", "On hold", "red"


class NotificationSource(LabelledEnum):
    """Who told the partnership. There is no "not recorded": a notification always comes from somebody."""

    TREATMENT_PROVIDER = "treatment_provider", "Drug and alcohol treatment provider"
    POLICE = "police", "Police"
    CORONER = "coroner", "Coroner"
    AMBULANCE = "ambulance", "Ambulance service"
    HOSPITAL = "hospital", "Hospital or emergency department"
    MEDICAL_EXAMINER = "medical_examiner", "Medical examiner"
    GP = "gp", "GP practice"
    PRISON = "prison", "Prison"
    PROBATION = "probation", "Probation"
    HOUSING = "housing", "Housing or hostel provider"
    ADULT_SOCIAL_CARE = "adult_social_care", "Adult social care"
    FAMILY_OR_PUBLIC = "family_or_public", "Family or member of the public"
    PATIENT_SAFETY = "patient_safety", "Patient safety report"
    OTHER_AREA = "other_area", "Another area’s partnership"
    OTHER = "other", "Other"


class DatePrecision(LabelledEnum):
    """What an event date means: statistics by day may use only the dates that are known to the day."""

    EXACT = "exact", "Exact date"
    ESTIMATED = "estimated", "Estimated date"
    FOUND = "found", "Date the person was found, event on or before it"
    REPORTED = "reported", "Date the death was reported, event date not known"
    MONTH = "month", "Month and year only"
    YEAR = "year", "Year only"
    UNKNOWN = "unknown", "Date not known"


class Sex(LabelledEnum):
    """Sex as the source records it."""

    FEMALE = "female", "Female"
    MALE = "male", "Male"
    OTHER = "other", "Other"
    UNKNOWN = "unknown", "Unknown"
    NOT_RECORDED = "not_recorded", "Not recorded"


class AgeBand(LabelledEnum):
    """Ages in completed years at the event, in the bands that statistics use; dard.cases.rules.age_band picks one."""

    UNDER_18 = "under_18", "Under 18"
    AGE_18_TO_24 = "18_to_24", "18 to 24"
    AGE_25_TO_34 = "25_to_34", "25 to 34"
    AGE_35_TO_44 = "35_to_44", "35 to 44"
    AGE_45_TO_54 = "45_to_54", "45 to 54"
    AGE_55_TO_64 = "55_to_64", "55 to 64"
    AGE_65_TO_74 = "65_to_74", "65 to 74"
    AGE_75_AND_OVER = "75_and_over", "75 and over"
    NOT_RECORDED = "not_recorded", "Not recorded"


class PlaceOfEvent(LabelledEnum):
    """Where the death or the overdose happened: for a death in hospital, where the person was taken ill."""

    OWN_HOME = "own_home", "Own home"
    OTHERS_HOME = "others_home", "Somebody else’s home"
    PRIVATE_HOME = "private_home", "A private home, not recorded whose"
    HOSTEL = "hostel", "Hostel or supported accommodation"
    CARE_HOME = "care_home", "Care home"
    HOTEL = "hotel", "Hotel or bed and breakfast"
    STREET = "street", "Street"
    PUBLIC_SPACE = "public_space", "Park or other public open space"
    PUBLIC_TOILET = "public_toilet", "Public toilet"
    PUBLIC_BUILDING = "public_building", "Shop, restaurant, station or other public building"
    VENUE = "venue", "Festival, club or licensed premises"
    VEHICLE = "vehicle", "Vehicle"
    WORKPLACE = "workplace", "Workplace or business premises"
    HOSPITAL = "hospital", "Hospital or other health care premises"
    TREATMENT_SERVICE = "treatment_service", "Detoxification or rehabilitation service"
    PRISON = "prison", "Prison"
    CUSTODY = "custody", "Police or court custody"
    OTHER = "other", "Other"
    UNKNOWN = "unknown", "Unknown"
    NOT_RECORDED = "not_recorded", "Not recorded"


class SubstanceRole(LabelledEnum):
    """How sure it is that a substance was there."""

    SUSPECTED = "suspected", "Suspected", "yellow"
    CONFIRMED = "confirmed", "Confirmed by toxicology", "green"


class RevealPurpose(LabelledEnum):
    """The reasons for which a person’s identity may be shown; the one that was given is recorded each time."""

    DUPLICATE_CHECK = "duplicate_check", "Checking for a duplicate notification"
    AGENCY_REQUEST = "agency_request", "Asking an agency for information"
    CORONER_CONTACT = "coroner_contact", "Contact with the coroner"
    BEREAVEMENT_SUPPORT = "bereavement_support", "Bereavement support for the family"
    SAFEGUARDING = "safeguarding", "Safeguarding an adult or a child"
    RECORD_CORRECTION = "record_correction", "Correcting the record"
