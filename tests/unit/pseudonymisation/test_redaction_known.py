"""Identifiers of the record in all the forms in which people write them. All people are invented."""

import pytest

from dard.cases.nicknames import nicknames_of
from dard.pseudonymisation.addresses import parts_of
from dard.pseudonymisation.redaction import Basis, Kind, KnownIdentifiers, redact, remaining_identifiers
from dard.pseudonymisation.variants import parse_name, people_of


def known_left(text: str, *names: str, **others: tuple[str, ...]) -> str:
    """The text with only what is known from the record marked; proposals are put back."""
    result = redact(text, KnownIdentifiers(names=names, **others))
    pieces, position = [], 0
    for span, token in zip(result.spans, result.tokens, strict=True):
        pieces += [text[position : span.start], token if span.basis is Basis.KNOWN else span.text]
        position = span.end
    return "".join(pieces) + text[position:]


@pytest.mark.parametrize(
    "mention",
    [
        "John Smith", "john smith", "JOHN SMITH", "Smith, John", "SMITH John", "Smith John", "John", "Smith",
        "smith", "J. Smith", "J Smith", "J.Smith", "J. M. Smith", "JM Smith", "J M Smith", "J.M. Smith", "JS", "J.S.",
        "J S", "JMS", "John M. Smith", "John M Smith", "John Michael Smith", "Michael", "John-Smith", "John S",
        "Smith J", "Smith, J", "Jonny", "Johnny", "Jack", "Jack Smith", "Mike", "Jon Smith", "Jhon Smith", "Smtih",
        "Smiht", "Smyth", "Smithh", "Jonh Smith", "Ｊｏｈｎ Ｓｍｉｔｈ", "Jοhn Ѕmith", "J\u200bohn Smi\u00adth",
        "Jóhn Smíth",
        "John\nSmith", "John  \t Smith", "Smi-\nth", "SMI-\nTH", "S m i t h", "𝐉𝐨𝐡𝐧 𝐒𝐦𝐢𝐭𝐡", "johnsmith", "jsmith",
    ],
)  # fmt: skip
def test_a_person_is_found_however_the_name_is_written(mention: str) -> None:
    text = f"Then staff told {mention} about it."

    assert known_left(text, "John Michael Smith") == "Then staff told [person] about it."


@pytest.mark.parametrize(
    ("name", "mention"),
    [
        ("Jane O'Brien", "O’Brien"),
        ("Jane O'Brien", "OBrien"),
        ("Jane O'Brien", "O Brien"),
        ("Jane O’Brien", "Jane O'Brien"),
        ("Ann Smith-Jones", "Smith Jones"),
        ("Ann Smith-Jones", "SmithJones"),
        ("Ann Smith-Jones", "Smith-\nJones"),
        ("Ann Smith-Jones", "Jones"),
        ("Anne-Marie Dale", "Anne Marie"),
        ("Anne-Marie Dale", "Anne–Marie"),
        ("Ian McDonald", "Macdonald"),
        ("Ian MacDonald", "Mc Donald"),
        ("Łukasz Wójcik", "Lukasz Wojcik"),
        ("Lukasz Wojcik", "Łukasz Wójcik"),
        ("Siân ap Gwilym", "Sian ap Gwilym"),
        ("Siân ap Gwilym", "Gwilym"),
        ("Piet van der Berg", "van der Berg"),
        ("Piet van der Berg", "Vanderberg"),
        ("Piet van der Berg", "Piet Berg"),
        ("Mohammed Khan", "Muhammad"),
        ("Elizabeth Frost", "Betty Frost"),
        ("Mr William Harker", "Bill Harker"),
        ("Bill Harker", "William Harker"),
        ("Jürgen Groß", "Jurgen Gross"),
        ("Oluwaseun Adeyemi", "Oluwaseum Adeyimi"),
        ("Bronwen Llewellyn", "Llewelyn"),
        ("Christopher Featherstonehaugh", "Fetherstonhaugh"),
        ("SMITH, John", "John Smith"),
        ('Robert "Sparks" Dunmore', "Sparks"),
        ("Anna Kowal (née Nowak)", "Anna Nowak"),
        ("Иван Петров", "Иван Петров"),
        ("Æthel Ørsted", "Aethel Orsted"),
    ],
)
def test_names_of_many_origins_are_found_in_many_spellings(name: str, mention: str) -> None:
    assert known_left(f"Then staff told {mention} about it.", name) == "Then staff told [person] about it."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Smith's mother", "[person]'s mother"),
        ("the Smiths’ house", "the [person]’ house"),
        ("Smith’s, John’s", "[person]’s, [person]’s"),
        ("Johns mother", "[person] mother"),
        ("smith1980 and john_smith", "[person]1980 and [person]_[person]"),
        ("a smithy, a blacksmith and Smithson", "a smithy, a blacksmith and Smithson"),
        ("Smith, Jhon", "[person], [person]"),
        ("John met Smith\n\nJohn left", "[person] met [person]\n\n[person] left"),
        ("John, who was Smith's", "[person], who was [person]'s"),
    ],
)
def test_only_whole_names_count_and_what_hangs_on_them_stays(text: str, expected: str) -> None:
    assert known_left(text, "John Smith") == expected


@pytest.mark.parametrize(
    "text",
    [
        "A Grace period of two weeks.",
        "Will attend on Monday. Will he come? Will not attend.",
        "Mark as read. Mark up the chart.",
        "May attend. May be late. In May he came. May 2025. Until May.",
        "Rose to 60 ml. Rose-coloured glasses.",
        "rose early, will come, may come, a mark, grace",
        "Young people are at risk.",
        "Best practice is to ask.",
        "Hope for the future. Faith in recovery.",
    ],
)
def test_words_that_are_also_names_survive_where_they_are_words(text: str) -> None:
    names = ("Grace Hope", "Will Young", "Mark Rose", "May Best", "Faith Grace")

    assert redact(text, KnownIdentifiers(names=names, dates=())).text == text


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("Grace Hope", "Staff told Grace.", "Staff told [person]."),
        ("Grace Hope", "GRACE was told.", "[person] was told."),
        ("Grace Hope", "Grace was told that Hope left.", "[person] was told that [person] left."),
        ("Will Young", "Will attended. Will’s dose.", "[person] attended. [person]’s dose."),
        ("Will Young", "will young people come", "will young people come"),
        ("Will Young", "Will Young came; Young came.", "[person] came; [person] came."),
        ("Will Harker", "will harker came", "[person] came"),
        ("Mark Rose", "Mark said so. He met Rose.", "[person] said so. He met [person]."),
        ("Wei He", "He came. Staff told He. Wei came.", "He came. Staff told [person]. [person] came."),
        ("Bo Li", "Bo and Li, not bo or li", "[person] and [person], not bo or li"),
        ("Al Dean", "Al came", "[person] came"),
        ("George Pratt", "GP rang GP; G. Pratt", "GP rang GP; [person]"),
        ("Ian Burns", "Smith I told Burns I would", "Smith I told [person] I would"),
        ("Tom Case", "Case conference; Case came", "Case conference; [person] came"),
        ("Carl Harm", "no charm", "no charm"),
        ("Ben Rown", "brown paper, browns", "brown paper, browns"),
        ("Jo Spicer", "spice was found", "spice was found"),
        ("Ann Jones", "bones, jokes and Jonas", "bones, jokes and [person]"),
        ("Ann Brown", "drown, Browne, brow", "drown, [person], brow"),
        ("Lee", "Lee came", "[person] came"),
        ("J Smith", "J Smith; J. Smith; Smith; J", "[person]; [person]; [person]; J"),
    ],
)
def test_names_that_are_words_need_a_capital_and_the_right_company(name: str, text: str, expected: str) -> None:
    assert known_left(text, name) == expected


def test_two_people_are_told_apart() -> None:
    text = "Jane Smith and John Smith; Jane, Smith; Jack Smith; Jack, Doe."

    assert known_left(text, "John Smith", "Jane Smith", "Jack Doe") == (
        "[person 2] and [person]; [person 2], [person]; [person]; [person 3], [person 3]."
    )


def test_aliases_of_one_person_share_a_number() -> None:
    names = ("John Smith", "Johnny", "Smith", "Jane Doe", "", "Mr")

    assert [index for index, _ in people_of(names)] == [0, 0, 0, 1, 2]
    assert known_left("Johnny met Jane Doe.", *names) == "[person] met [person 2]."


@pytest.mark.parametrize(
    ("raw", "given", "family"),
    [
        ("Dr Jane Doe", ("jane",), "doe"),
        ("DOE, Jane Ann", ("jane", "ann"), "doe"),
        ("Doe,", ("doe",), ""),
        ("Piet van der Berg", ("piet",), "van der berg"),
        ("J.M. Smith", ("j", "m"), "smith"),
        ("John Smith a.k.a. Jonno", ("john", "smith"), "jonno"),
        ("", (), ""),
    ],
)
def test_names_are_taken_apart(raw: str, given: tuple[str, ...], family: str) -> None:
    name = parse_name(raw)

    assert (name.given, name.family) == (given, family)


def test_pet_forms_go_both_ways() -> None:
    assert "bill" in nicknames_of("william")
    assert "william" in nicknames_of("bill")
    assert nicknames_of("zzz") == frozenset()


@pytest.mark.parametrize(
    "mention",
    [
        "12 Earlham Road", "12 Earlham Rd", "12 earlham rd.", "12, Earlham Road", "No. 12 Earlham Road", "Earlham Road",
        "Flat 3, 12 Earlham Road", "flat 3 12 Earlham Road", "12a Earlham Road", "12-14 Earlham Road",
        "12 EARLHAM ROAD", "number 12 Earlham Road", "12\nEarlham Road",
    ],
)  # fmt: skip
def test_an_address_is_found_by_house_and_street(mention: str) -> None:
    text = f"He was at {mention} then"

    expected = "He was at [address] then" if not mention.endswith(".") else "He was at [address]. then"
    assert known_left(text, addresses=("Flat 3, 12 Earlham Road, Norwich, NR2 3ZZ",)) == expected


@pytest.mark.parametrize(
    ("address", "text", "expected"),
    [
        ("Rose Cottage, The Green, Holt", "At Rose Cottage on The Green", "At [address] on [address]"),
        ("Rose Cottage, The Green, Holt", "a rose cottage, the green one", "a rose cottage, the green one"),
        ("4 Zennor Place, Leeds", "at zennor place", "at [address]"),
        ("4 St Stephen's Street", "in Saint Stephens Street", "in [address]"),
        ("4 St. Stephen's Street", "in St Stephen’s St", "in [address]"),
        ("3 Broadway, Leeds", "on Broadway and a broadway", "on [address] and a [address]"),
        ("Flat 2 Mill Court 9 Kelling Lane Holt", "Mill Court, Kelling Lane", "[address], [address]"),
        ("12\nKelling Lane\nHolt", "12 Kelling Lane", "[address]"),
        ("No fixed abode", "of no fixed abode", "of no fixed abode"),
        ("Norfolk", "in Norfolk", "in Norfolk"),
    ],
)
def test_addresses_of_all_shapes_are_taken_apart(address: str, text: str, expected: str) -> None:
    assert known_left(text, addresses=(address,)) == expected


def test_two_addresses_keep_their_numbers() -> None:
    addresses = ("1 Kelling Lane, Holt", "2 Zennor Street, Holt")

    assert known_left("2 Zennor Street, then Kelling Lane", addresses=addresses) == "[address 2], then [address]"


def test_the_town_of_an_address_is_proposed_and_does_not_stop_an_approval() -> None:
    known = KnownIdentifiers(addresses=("12 Earlham Road, Zedton",))

    assert redact("Seen in Zedton.", known).text == "Seen in [place? 1]."
    assert remaining_identifiers("Seen in Zedton.", known) == ()


def test_an_address_is_sorted_into_streets_houses_and_towns() -> None:
    parts = parts_of("Room 4, St Martins House, 35 Bishopgate, Norwich, NR1 1ZZ")

    assert (parts.streets, parts.houses, parts.towns) == ([], ["st martins house", "bishopgate"], ["norwich"])


@pytest.mark.parametrize("mention", ["NR2 3ZZ", "nr2 3zz", "NR23ZZ", "nr23zz", "NR2-3ZZ", "NR2  3ZZ"])
def test_a_postcode_is_found_with_and_without_its_blank(mention: str) -> None:
    assert known_left(f"At {mention}.", postcodes=("NR2 3ZZ",)) == "At [postcode]."


def test_half_a_postcode_is_only_proposed() -> None:
    known = KnownIdentifiers(postcodes=("NR2 3ZZ", "B1 2ZZ", "?"))

    assert redact("In NR2 and B1, nr2.", known).text == "In [postcode? 1] and B1, nr2."


@pytest.mark.parametrize(
    "mention",
    [
        "9990000018", "999 000 0018", "999-000-0018", "999.000.0018", "999 0000 018", "99 90 00 00 18",
        "９９９０００００１８", "9 9 9 0 0 0 0 0 1 8", "999\u00a0000\u00a00018", "٩٩٩٠٠٠٠٠١٨",
    ],
)  # fmt: skip
def test_a_known_nhs_number_is_found_whatever_parts_its_digits(mention: str) -> None:
    assert known_left(f"No {mention}.", nhs_numbers=("999 000 0018",)) == "No [NHS number]."


def test_a_known_number_is_found_inside_a_row_of_figures() -> None:
    assert known_left("12 999 000 0018 3", nhs_numbers=("9990000018",)) == "12 [NHS number] 3"


def test_an_nhs_number_of_the_record_that_is_no_number_is_left_alone() -> None:
    assert known_left("unknown to us", nhs_numbers=("unknown",)) == "unknown to us"


@pytest.mark.parametrize(
    ("other", "text", "expected"),
    [
        ("Sparky", "sparky came", "[identifier] came"),
        ("Red Lion", "At the Red Lion, a red lion", "At the [identifier], a red lion"),
        ("37CA/1234/26", "ref 37ca/1234/26 or 37CA123426", "ref [identifier] or [identifier]"),
        ("01632 960001", "on 01632-960-001 or +44 1632 960001", "on [phone] or [phone]"),
        ("+44 7700 900123", "on 07700900123", "on [phone]"),
        ("123456", "on 123 456", "on [identifier]"),
        ("dot@example.org", "DOT@example.org", "[email]"),
        ("x", "x came", "x came"),
    ],
)
def test_other_identifiers_are_found_by_their_own_shape(other: str, text: str, expected: str) -> None:
    assert known_left(text, others=(other,)) == expected


def test_known_beats_pattern_and_pattern_beats_review_on_the_same_stretch() -> None:
    known = KnownIdentifiers(nhs_numbers=("999 000 0018",))
    spans = redact("999 000 0018, 999 000 0026", known).spans

    assert [(span.kind, span.basis) for span in spans] == [
        (Kind.NHS_NUMBER, Basis.KNOWN),
        (Kind.NHS_NUMBER, Basis.PATTERN),
    ]
