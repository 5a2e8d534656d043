"""What nobody has on record: proposals for a person to settle, and words that must survive. All people are invented."""

import pytest

from dard.pseudonymisation.redaction import Basis, Kind, KnownIdentifiers, redact

NOTHING = KnownIdentifiers()


def proposed(text: str, kind: Kind | None = None) -> list[str]:
    """The words proposed in a text, of one kind or of all."""
    spans = redact(text, NOTHING).spans
    return [span.text for span in spans if span.basis is Basis.REVIEW and (kind is None or span.kind is kind)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Seen by Dr Quillfeather today.", ["Quillfeather"]),
        ("Seen by Dr. Quillfeather today.", ["Quillfeather"]),
        ("Mrs Baker rang.", ["Baker"]),
        ("Mr May and Mr Will came.", ["May", "Will"]),
        ("mr quillfeather and mrs terry came", ["quillfeather", "terry"]),
        ("mr was here, mrs came", []),
        ("Ms A. Quillfeather rang.", ["A. Quillfeather"]),
        ("Nurse Grace and Sister Mary came, then PC Harris.", ["Grace", "Mary", "Harris"]),
        ("Nurse Practitioner and Sister Ward.", []),
        ("Told Sgt. Underhill so.", ["Underhill"]),
        ("Dr Who Then said.", []),
        ("MS Contin and MR scan and Dr GP.", []),
        ("MS QUILLFEATHER RANG.", ["QUILLFEATHER"]),
        ("Mr (the son) came.", []),
    ],
)
def test_a_title_gives_a_name_away(text: str, names: list[str]) -> None:
    assert proposed(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Her brother Zedekiah rang.", ["Zedekiah"]),
        ("Her brother, Grace, rang.", ["Grace"]),
        ("His partner (Grace) rang.", ["Grace"]),
        ("GP: Quillfeather", ["Quillfeather"]),
        ("Her friend called Hope rang.", ["Hope"]),
        ("His dealer, known as Sparky, rang.", ["Sparky"]),
        ("Her sister is Zedekiah.", ["Zedekiah"]),
        ("the brother terry said so", ["terry"]),
        ("his brother grace", []),
        ("Her brother's car.", []),
        ("Her mother Will attend.", []),
        ("His brother. Naloxone was given.", []),
        ("Her keyworker Naloxone kit.", []),
        ("His sister Norwich.", ["Norwich"]),
        ("Grace, his sister, rang.", ["Grace"]),
        ("Zedekiah (her older brother) rang.", ["Zedekiah"]),
        ("Grace, a good thing, came.", []),
        ('known as "Mad Dog" there', ["Mad Dog"]),
        ('bought from "Spud" and by "the lads" and "a Lad"', ["Spud"]),
        ('known as "Mad dog" there', ["Mad"]),
        ('so called "heroin", from "Agnieszka Kow" and as " Spud"', ["Agnieszka Kow", "Spud"]),
    ],
)
def test_kinship_gives_a_name_away(text: str, names: list[str]) -> None:
    assert proposed(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Then staff told Quillfeather to wait.", ["Quillfeather"]),
        ("Quillfeather said so.", ["Quillfeather"]),
        ("Quillfeathers are here.", []),
        ("Terry rang.", ["Terry"]),
        ("Quillfeather’s mother rang.", ["Quillfeather"]),
        ("Grace’s mother rang.", ["Grace"]),
        ("Grace said so. Staff met Grace.", ["Grace", "Grace"]),
        ("Unusual Quillfeather rang.", ["Quillfeather"]),
        ("Zedekiah Quillfeather rang.", ["Zedekiah Quillfeather"]),
        ("Zedekiah Smith-Jones rang.", ["Zedekiah Smith-Jones"]),
        ("He met Terry Baker.", ["Terry Baker"]),
        ("He met Terry Baker Quillfeather.", ["Terry Baker Quillfeather"]),
        ("He told Terry Naloxone was needed.", ["Terry"]),
        ("He told Terry That was it.", ["Terry"]),
        ("He met Ahmed bin Hassan.", ["Ahmed bin Hassan"]),
        ("He met Piet van der Quill.", ["Piet van der Quill"]),
        ("He met P. Quillfeather.", ["P. Quillfeather"]),
        ("He met P Quillfeather and J. T. Zed.", ["P Quillfeather", "J. T. Zed"]),
        ("He met Terry B. yesterday. Vitamin B was low.", ["Terry B"]),
        ("As Terry I came.", ["Terry"]),
        ("He met Terry and Zedekiah.", ["Terry", "Zedekiah"]),
        ("He met Terry’s Zedekiah.", ["Terry", "Zedekiah"]),
        ("Later terry came; charlie was used.", ["terry"]),
        ("He saw Quillfeather. Quillfeather, it seems, left.", ["Quillfeather", "Quillfeather"]),
        ("support-Terry came", ["Terry"]),
        ("“Zedekiah,” he said. “Yes.”", []),
        ("He met McKay and O’Dea.", ["McKay", "O’Dea"]),
        ("TERRY CAME WITH AGNIESZKA TO NORWICH.", ["TERRY", "AGNIESZKA", "NORWICH"]),
        ("He met QUILLFEATHER here.", ["QUILLFEATHER"]),
        ("HE MET QUILLFEATHER TODAY.", []),
        ("He met Zedekiah QUILL here.", ["Zedekiah QUILL"]),
        ("He met Amber at the time.", ["Amber"]),
        ("the Public Health Grant and Criminal Justice", []),
        ("He met Carer Grace.", ["Grace"]),
        ("Terry: came", ["Terry"]),
        ("He met Terry Date of birth", ["Terry"]),
        ("Terry Address: none", ["Terry"]),
        ("He met Terry Reported it", ["Terry"]),
        ("He met Danny Ro and Terry GP.", ["Danny Ro", "Terry"]),
        ("[name? 1] Baker came", ["Baker"]),
        ("Quillfeather [person] came", ["Quillfeather"]),
    ],
)
def test_a_capital_that_nothing_explains_is_proposed(text: str, names: list[str]) -> None:
    assert [name.replace("\n", " ") for name in proposed(text)] == names


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("He lived in Thetford.", ["Thetford"]),
        ("Thetford is far.", ["Thetford"]),
        ("he lived in thetford", ["thetford"]),
        ("He lived in Zedville.", ["Zedville"]),
        ("He lived in Terry’s flat.", []),
        ("He was in Reading and near Bath.", ["Reading", "Bath"]),
        ("Reading is hard. Bath daily.", []),
        ("At Quillfeather Hospital.", ["Quillfeather"]),
        ("On Station Road.", ["Station Road"]),
        ("Station Road was closed.", ["Station Road"]),
        ("Visited Station Road today.", ["Station Road"]),
        ("On St Stephen’s Street.", ["St Stephen’s Street"]),
        ("The Road was closed, GP Road too.", []),
        ("At Quillfeather Close, in Crown Court.", ["Quillfeather Close"]),
        ("From St Martins and St. Mary’s House.", ["St Martins", "St. Mary"]),
        ("From HMP Wayland to HMP The", ["Wayland"]),
        ("Saint And the Road", []),
        ("He was at St", []),
        ("on High St today", ["High St"]),
        ("from Northumberland St.", ["Northumberland St"]),
        ("On Rollesby Ward and in Heron Tower.", ["Rollesby", "Heron"]),
        ("GLASGOW COMA", ["GLASGOW"]),
    ],
)
def test_places_are_proposed_as_places(text: str, places: list[str]) -> None:
    assert proposed(text, Kind.PLACE) == places


@pytest.mark.parametrize(
    "text",
    [
        "A Grace period of two weeks. Grace period ends.",
        "Will attend on Monday. Mark as read. Hope to see him. Faith in recovery.",
        "Rose-coloured glasses. The dose Rose to 60 ml.",
        "May attend. In May 2025. By March. Until April.",
        "He takes Buvidal, Valium, Espranor, Prenoxad, Sertraline and Physeptone.",
        "Metonitazene, Bromazolam and Etonitazepyne were found by Toxicology.",
        "Then MDMB-4en-PINACA, JWH-018, U-47700 and 2C-B.",
        "Glasgow Coma Scale 3. Parkinson’s disease. Huntington’s Disease.",
        "Referred to the Crisis Team, Change Grow Live and Turning Point.",
        "A Macmillan nurse and Marie Curie came.",
        "Section 136 of the Mental Health Act. A Care Act Assessment.",
        "NHS, GP, CPN, MARAC, CAMHS, A&E, GPs, PhD and DNACPR.",
        "British Polish man; Muslim; speaks Urdu. From Norfolk, England.",
        "Didn’t attend. He’ll come. I’m told. Don’t ask.",
        "The Safeguarding Lead and Detoxification Nurse met on Monday.",
        "Background. Paramedics attended. Naloxone was given. Police said so.",
        "- Allergies: Penicillin\n- Plan: Refer\n1. Review",
        "A 34-year-old. X-ray. T-shirt. Ex-partner. Non-fatal. Cardiac-Arrest.",
        "PATIENT FOUND BY STAFF. CPR STARTED. NALOXONE GIVEN.",
        "I and A are letters. Vitamin B. Hepatitis C.",
        "Swabbed. Deteriorated. Presented. Reassessed. Stopped. Tries. Overprescribed.",
    ],
)
def test_the_learning_survives(text: str) -> None:
    assert redact(text, NOTHING).text == text


def test_the_first_words_of_list_items_and_fields_open_sentences() -> None:
    text = "Seen today (by staff)\n- Wibble: none\n2) Wobble\nWubble seen: none\n\nWabble"

    assert redact(text, NOTHING).text == text


def test_a_word_after_an_abbreviation_does_not_open_a_sentence() -> None:
    assert proposed("Told e.g. Quillfeather. Told approx. Zedekiah") == ["Quillfeather", "Zedekiah"]


def test_proposals_leave_alone_what_is_already_settled() -> None:
    known = KnownIdentifiers(names=("John Smith",))
    spans = redact("Terry Smith and John Baker came to P. Smith.", known).spans

    assert [(span.text, span.basis) for span in spans] == [
        ("Terry", Basis.REVIEW),
        ("Smith", Basis.KNOWN),
        ("John", Basis.KNOWN),
        ("Baker", Basis.REVIEW),
        ("P", Basis.REVIEW),
        ("Smith", Basis.KNOWN),
    ]
