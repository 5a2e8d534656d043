"""The release gate: what stops a pack, and what does not although thousands of people are on record."""

import pytest

from dard.pseudonymisation.release_gate import Hit, gate_of, search
from dard.pseudonymisation.spans import KnownIdentifiers

PEOPLE = (
    KnownIdentifiers(
        names=("Ottoline Brackenbury", "Otty B"),
        addresses=("Flat 2, 7 Foxglove Lane, Fernbridge",),
        postcodes=("XX9 9XX",),
        nhs_numbers=("9990000018",),
    ),
    KnownIdentifiers(names=("Mark May", "Jordan Smith"), addresses=("Kestrel House, 12 High Street, Norwich",)),
    KnownIdentifiers(names=("Thetford",), addresses=("No fixed abode",)),
    KnownIdentifiers(names=("Grace Turner",), addresses=("YMCA, Norwich",)),
    KnownIdentifiers(),
)
GATE = gate_of(PEOPLE, ["2026-0042"], ["Thetford", "Norwich"])


def kinds(text):
    return [hit.kind for hit in search(GATE, [("Case K7RD", text)])]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Ottoline Brackenbury was found.", "name"),
        ("It was BRACKENBURY, Ottoline.", "name"),
        ("the brackenbury family", "name"),
        ("Ottoline's sister rang", "name"),
        ("Found with Mark May.", "name"),
        ("jordan smith came", "name"),
        ("Smith, Jordan came", "name"),
        ("Jordan\nSmith came", "name"),
        ("Found at 7 Foxglove Lane", "address"),
        ("Found at 7 foxglove ln.", "address"),
        ("Stayed at Kestrel House", "address"),
        ("Near xx99xx now", "postcode"),
        ("Number 999 000 0018 or so", "NHS number"),
        ("Linked to 2026-0042.", "case reference"),
    ],
)
def test_an_identifier_of_anybody_is_found_however_it_is_written(text, kind):
    assert kinds(text) == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "Jordan rang the hostel.",
        "A nurse from Turner Ward may mark the chart.",
        "They will mark may as read",
        "They walked along Foxglove Lane and High Street.",
        "They lived in Thetford and Norwich.",
        "They had no fixed abode and slept at the YMCA.",
        "[person] was seen on [day -12] near [postcode].",
        "In 2026-0043 and 2026-00421 nothing was said of 42.",
        "They had a grace period.",
        "",
    ],
)
def test_common_words_and_the_places_of_everybody_do_not_stop_a_pack(text):
    assert kinds(text) == []


def test_each_kind_is_named_once_for_each_place_and_never_the_identifier():
    texts = [
        ("the meeting’s title", "Panel"),
        ("Case K7RD", "Ottoline Brackenbury and Brackenbury at XX9 9XX"),
        ("Case M4TX", "Brackenbury"),
    ]
    assert set(search(GATE, texts)) == {
        Hit("postcode", "Case K7RD"),
        Hit("name", "Case K7RD"),
        Hit("name", "Case M4TX"),
    }
    assert len(search(GATE, texts)) == 3


def test_a_register_without_people_lets_everything_through():
    assert search(gate_of([], [], []), [("Case K7RD", "Ottoline Brackenbury, XX9 9XX")]) == []


def test_a_register_of_thousands_is_searched_for_a_name_in_the_middle():
    people = [
        KnownIdentifiers(names=(f"Jordan Veldt{'abcdefghij'[n % 10]}{'klmnopqrst'[n // 10 % 10]}",))
        for n in range(1000)
    ]
    gate = gate_of([*people[:500], *PEOPLE, *people[500:]], [], [])
    assert [hit.kind for hit in search(gate, [("Case K7RD", "They knew Ottoline Brackenbury well. " * 50)])] == ["name"]
