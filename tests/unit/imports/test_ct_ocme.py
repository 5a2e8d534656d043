"""The file of the Connecticut medical examiner. All rows here are made up."""

import csv
import datetime as dt
import io

import pytest

from dard.cases.enums import DatePrecision, NotificationSource, PlaceOfEvent, Sex, Stream, SubstanceRole
from dard.cases.rules import Notification
from dard.cases.substances import SUBSTANCES, find
from dard.imports.ct_ocme import PROFILE, read_date, town
from dard.imports.ct_ocme_codes import FLAGS, SHORTHAND
from dard.imports.parsing import ParsedRow, parse

TODAY = dt.date(2026, 3, 3)
# The columns as published, with those that are not taken.
COLUMNS = [
    *("ID", "Date", "DateType", "Age", "Sex", "Race", "ResidenceCity", "ResidenceCounty", "ResidenceState"),
    *("DeathCity", "DeathCounty", "Location", "LocationifOther", "DescriptionofInjury", "InjuryPlace", "InjuryCity"),
    *("InjuryCounty", "InjuryState", "COD", "OtherSignifican", "Heroin", "Cocaine", "Fentanyl", "FentanylAnalogue"),
    *("Oxycodone", "Oxymorphone", "Ethanol", "Hydrocodone", "Benzodiazepine", "Methadone", "Amphet", "Tramad"),
    *("Morphine_NotHeroin", "Hydromorphone", "Other", "OpiateNOS", "AnyOpioid", "MannerofDeath", "DeathCityGeo"),
    *("ResidenceCityGeo", "InjuryCityGeo", "Town Index"),
]
USUAL = {
    "ID": "99-0001",
    "Date": "06/28/2014 12:00:00 AM",
    "DateType": "DateofDeath",
    "Age": "48",
    "Sex": "Male",
    "Race": "White",
    "ResidenceCity": "SANDY HOOK",
    "ResidenceState": "CT",
    "DeathCity": "NORWALK",
    "Location": "Hospital",
    "InjuryPlace": "Residence",
    "COD": "Acute Heroin Intoxication",
    "Heroin": "Y",
    "MannerofDeath": "Accident",
    "DeathCityGeo": "Norwalk, CT\n(41.1, -73.4)",
}


def row(**cells: str) -> ParsedRow:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, restval="")
    writer.writeheader()
    writer.writerow(USUAL | cells)
    (only,) = parse(text.getvalue().encode("utf-8-sig"), PROFILE, today=TODAY).rows
    return only


def notification(**cells: str) -> Notification:
    made = row(**cells)
    assert made.notification is not None, made.problems
    return made.notification


def codes(**cells: str) -> list[str]:
    return [code for code, _role in notification(**cells).substances]


def problems(**cells: str) -> list[tuple[str, str]]:
    made = row(**cells)
    assert made.notification is None
    return [(problem.column, problem.message) for problem in made.problems]


def test_a_row_becomes_a_notification() -> None:
    assert row().key == "99-0001"
    assert notification(OtherSignifican="Asthma", DescriptionofInjury="Substance Abuse") == Notification(
        stream=Stream.DRUG_RELATED_DEATH,
        source=NotificationSource.MEDICAL_EXAMINER,
        source_reference="99-0001",
        event_date=dt.date(2014, 6, 28),
        event_date_precision=DatePrecision.EXACT,
        address="Sandy Hook, CT",
        sex=Sex.MALE,
        age_at_event=48,
        district="Norwalk",
        place_of_event=PlaceOfEvent.PRIVATE_HOME,
        substances=(("heroin", SubstanceRole.CONFIRMED),),
        narrative="Description of injury: Substance Abuse\n"
        "Cause of death: Acute Heroin Intoxication\n"
        "Other significant conditions: Asthma",
    )


def test_a_date_on_which_the_death_was_reported_says_so() -> None:
    assert notification(DateType="DateReported").event_date_precision is DatePrecision.REPORTED


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("06/07/2014 12:00:00 AM", dt.date(2014, 6, 7)),
        ("06/07/2014", dt.date(2014, 6, 7)),
        ("2/29/2016 12:00:00 AM", dt.date(2016, 2, 29)),
    ],
)
def test_dates_are_month_first(text: str, day: dt.date) -> None:
    assert read_date(text) == day


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("31/02/2018", "has 31 for the month"),
        ("00/02/2018", "has 0 for the month"),
        ("02/31/2018 12:00:00 AM", "that month has no day 31"),
        ("02/29/2018", "that month has no day 29"),
        ("06/28/14", "is not a date as this file writes them"),
        ("2014-06-28", "is not a date as this file writes them"),
        ("06/07/2014 00:00", "is not a date as this file writes them"),
        ("41818", "is not a date as this file writes them"),
        ("06/28/0014", "is not a date as this file writes them"),
        ("٠٦/28/2014", "is not a date as this file writes them"),
        ("=TODAY()", "is not a date as this file writes them"),
    ],
)
def test_any_other_date_is_a_problem_that_says_what_is_wrong(text: str, words: str) -> None:
    ((column, message),) = problems(Date=text)
    assert column == "Date"
    assert f"“{text}”" in message
    assert words in message
    assert "like 06/28/2014" in message


def test_a_row_without_a_date_is_a_problem_once() -> None:
    ((column, message),) = problems(Date="", DateType="")
    assert column == "Date"
    assert message.startswith("This row has no date")


@pytest.mark.parametrize("kind", ["", "DateOfBirth"])
def test_a_date_of_which_nobody_says_what_it_is_is_a_problem(kind: str) -> None:
    ((column, message),) = problems(DateType=kind)
    assert column == "DateType"
    assert "DateofDeath or DateReported" in message


def test_a_date_in_the_future_is_a_problem() -> None:
    assert [column for column, _ in problems(Date="03/04/2026 12:00:00 AM")] == ["Date"]


def test_all_problems_of_a_row_are_told() -> None:
    told = problems(Date="31/02/2018", DateType="?", Age="old", Sex="M")
    assert [column for column, _ in told] == ["Date", "DateType", "Age", "Sex"]


@pytest.mark.parametrize("age", ["-4", "4.5", "4²", "٤٢", "4000000000"])
def test_an_age_is_a_whole_number(age: str) -> None:
    assert [column for column, _ in problems(Age=age)] == ["Age"]


def test_an_age_may_be_missing() -> None:
    assert notification(Age="").age_at_event is None


@pytest.mark.parametrize("age", ["15", "17"])
def test_a_child_is_left_to_the_child_death_overview_panel(age: str) -> None:
    ((column, message),) = problems(Age=age)
    assert column == "Age"
    assert "child death overview panel" in message


@pytest.mark.parametrize(
    ("text", "sex"), [("", Sex.NOT_RECORDED), ("Unknown", Sex.UNKNOWN), ("female", Sex.FEMALE), ("Male", Sex.MALE)]
)
def test_a_blank_sex_and_an_unknown_one_are_two_things(text: str, sex: Sex) -> None:
    assert notification(Sex=text).sex is sex


def test_a_row_without_an_id_is_a_problem() -> None:
    assert [column for column, _ in problems(ID=" ")] == ["ID"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("NEW HAVEN", "New Haven"),
        ("WEST  HAVEN", "West Haven"),
        ("NO HAVEN", "North Haven"),
        ("N. STONINGTON", "North Stonington"),
        ("W HAVEN", "West Haven"),
        ("STAFFORD SPGS", "Stafford Springs"),
        ("HARTFORD, CT", "Hartford"),
        ("EAST HARTFORD,", "East Hartford"),
        ("HTFD", "Hartford"),
        ("WEST HARTFRD", "West Hartford"),
        ("VERNON-ROCKVILLE", "Vernon-Rockville"),
        ("HASTINGS-ON-HUDSON", "Hastings-on-Hudson"),
        ("NORWALK", "Norwalk"),
        ("", None),
        ("UNKNOWN", None),
        ("06340", None),
    ],
)
def test_towns_are_written_one_way(text: str, name: str | None) -> None:
    assert town(text) == name


@pytest.mark.parametrize(
    ("death", "injury", "district"),
    [
        ("NORWALK", "BRISTOL", "Norwalk"),
        ("", "BRISTOL", "Bristol"),
        ("06340", "GROTON", "Groton"),
        ("", "UNKNOWN", None),
    ],
)
def test_the_district_is_the_town_of_death_or_else_of_injury(death: str, injury: str, district: str | None) -> None:
    assert notification(DeathCity=death, InjuryCity=injury).district == district


@pytest.mark.parametrize(
    ("city", "state", "address"),
    [("UNKNOWN", "", None), ("", "NY", "NY"), ("RYE", "NY", "Rye, NY"), ("RYE", "", "Rye")],
)
def test_the_address_is_what_is_known_of_the_residence(city: str, state: str, address: str | None) -> None:
    assert notification(ResidenceCity=city, ResidenceState=state).address == address


@pytest.mark.parametrize(
    ("injury_place", "location", "other", "place"),
    [
        ("Residence", "Residence", "", PlaceOfEvent.OWN_HOME),
        ("Residential building", "Residence", "", PlaceOfEvent.OWN_HOME),
        ("", "Residence", "", PlaceOfEvent.OWN_HOME),
        ("Residence", "Hospital", "", PlaceOfEvent.PRIVATE_HOME),
        ("Residence", "Other", "Girlfriend's apt.", PlaceOfEvent.OTHERS_HOME),
        ("Other", "Other", "FRIEND HOME", PlaceOfEvent.OTHERS_HOME),
        ("Other", "Residence", "Basement", PlaceOfEvent.OTHER),
        ("Hotel or Motel", "Residence", "", PlaceOfEvent.HOTEL),
        ("In Vehicle", "Other", "In car of a friend", PlaceOfEvent.VEHICLE),
        ("Unknown", "Residence", "", PlaceOfEvent.UNKNOWN),
        ("", "Hospital", "", PlaceOfEvent.NOT_RECORDED),
        ("", "", "", PlaceOfEvent.NOT_RECORDED),
        ("Halfway House", "Hospital", "", PlaceOfEvent.HOSTEL),
        ("Moon base", "Other", "", PlaceOfEvent.OTHER),
    ],
)
def test_the_place_is_where_it_happened(injury_place: str, location: str, other: str, place: PlaceOfEvent) -> None:
    made = notification(InjuryPlace=injury_place, Location=location, LocationifOther=other)
    assert made.place_of_event is place


def test_a_place_that_has_no_code_is_kept_in_the_narrative() -> None:
    narrative = notification(InjuryPlace="Moon base", LocationifOther="Crater 7").narrative
    assert narrative is not None
    assert "Place of injury: Moon base" in narrative
    assert "Place of death: Crater 7" in narrative


@pytest.mark.parametrize(("column", "code"), [(column, code) for column, (code, _word) in FLAGS.items()])
def test_every_flag_is_a_finding(column: str, code: str) -> None:
    assert code in SUBSTANCES
    blank = {"Heroin": "", "COD": "Multiple Drug Toxicity"}
    assert codes(**(blank | {column: "Y"})) == [code]
    assert codes(**(blank | {column: "y"})) == [code]
    assert codes(**(blank | {column: "N"})) == []
    assert codes(**(blank | {column: ""})) == []


@pytest.mark.parametrize("flag", ["Y POPS", "Y (PTCH)", "Y-A"])
def test_a_flag_with_a_remark_is_a_finding_and_the_remark_is_kept(flag: str) -> None:
    made = notification(Fentanyl=flag)
    assert ("fentanyl", SubstanceRole.CONFIRMED) in made.substances
    assert made.narrative is not None
    assert f"Fentanyl: {flag}" in made.narrative


def test_a_remark_alone_is_a_finding_only_if_the_cause_of_death_names_the_substance() -> None:
    assert codes(Heroin="", Morphine_NotHeroin="STOLE MEDS", COD="Acute Morphine Intoxication") == ["morphine"]
    assert codes(Heroin="", Morphine_NotHeroin="STOLE MEDS", COD="Multiple Drug Toxicity") == []
    narrative = notification(Morphine_NotHeroin="STOLE MEDS").narrative
    assert narrative is not None
    assert "Morphine_NotHeroin: STOLE MEDS" in narrative


def test_a_flag_that_says_no_is_no_finding_whatever_the_cause_of_death_names() -> None:
    made = notification(Heroin="n")
    assert made.substances == ()
    assert made.narrative == "Cause of death: Acute Heroin Intoxication"


def test_a_plain_finding_leaves_nothing_in_the_narrative() -> None:
    assert notification(Morphine_NotHeroin="YES", Other="carfentanil").narrative == (
        "Cause of death: Acute Heroin Intoxication"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("carfentanil", ["carfentanil"]),
        ("U-47700, carfentanil", ["u-47700", "carfentanil"]),
        ("PCP", ["phencyclidine"]),
        ("HYDR-MOR", ["hydromorphone"]),
        ("MORPH/COD", ["morphine", "codeine"]),
        ("pcp. Bupren", ["phencyclidine", "buprenorphine"]),
        ("morphine, no rx in pmp", ["morphine"]),
        ("opiates", ["opioid-unspecified"]),
        ("OPIATE IN HOSP?", []),
        ("others", []),
        ("heroin", ["heroin"]),
    ],
)
def test_other_substances_are_coded_where_nothing_need_be_guessed(text: str, expected: list[str]) -> None:
    assert codes(Heroin="", Other=text) == expected


@pytest.mark.parametrize("text", ["HYDR-MOR", "morphine, no rx in pmp", "others"])
def test_other_text_that_is_not_a_plain_name_is_kept_in_the_narrative(text: str) -> None:
    narrative = notification(Other=text).narrative
    assert narrative is not None
    assert f"Other substances: {text}" in narrative


def test_a_substance_found_twice_is_there_once() -> None:
    assert codes(Heroin="Y", Hydromorphone="Y", Other="HYDROMORPH, heroin") == ["heroin", "hydromorphone"]


@pytest.mark.parametrize(("text", "code"), SHORTHAND.items())
def test_shorthand_means_an_entry_of_the_register_and_hides_none(text: str, code: str) -> None:
    assert code in SUBSTANCES
    assert find(text) is None


def test_the_derived_flag_for_any_opioid_is_not_a_finding() -> None:
    assert codes(Heroin="", AnyOpioid="Y") == []


def test_a_manner_of_death_other_than_accident_is_kept_in_the_narrative() -> None:
    narrative = notification(MannerofDeath="Pending").narrative
    assert narrative is not None
    assert narrative.endswith("Manner of death: Pending")


def test_a_formula_in_a_text_is_data() -> None:
    narrative = notification(COD='=cmd|"/c calc"!A1').narrative
    assert narrative == 'Cause of death: =cmd|"/c calc"!A1'


def test_a_row_that_says_nothing_of_what_happened_has_no_narrative() -> None:
    assert notification(COD="", Heroin="").narrative is None
