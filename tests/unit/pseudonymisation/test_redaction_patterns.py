"""Identifiers that show by their shape, and what looks like them and is not. Numbers are from ranges kept for tests."""

import pytest

from dard.pseudonymisation.patterns import is_nhs_number, phone_value
from dard.pseudonymisation.redaction import Basis, Kind, KnownIdentifiers, redact

NOTHING = KnownIdentifiers()


def patterns_in(text: str, kind: Kind) -> list[str]:
    """What of one kind is found in a text by its shape."""
    spans = redact(text, NOTHING).spans
    assert all(text[span.start : span.end] == span.text for span in spans)
    return [span.text for span in spans if span.kind is kind and span.basis is Basis.PATTERN]


FOUND = {
    Kind.NHS_NUMBER: [
        ("Number 999 000 0018 here", "999 000 0018"),
        ("9990000018", "9990000018"),
        ("999-000-0018,", "999-000-0018"),
        ("999.000.0018", "999.000.0018"),
        ("999\n000 0018", "999\n000 0018"),
        ("NHS number: 123 456 7890", "123 456 7890"),
        ("NHS No. 1234567890", "1234567890"),
        ("(NHS 123-456-7890)", "123-456-7890"),
        ("his NHS number is 99 90 00 00 18", "99 90 00 00 18"),
        ("123 456 7890 (NHS)", "123 456 7890"),
        ("CHI 101 170 1234", "101 170 1234"),
    ],
    Kind.NI_NUMBER: [
        ("AB 12 34 56 C", "AB 12 34 56 C"),
        ("ab123456c", "ab123456c"),
        ("NI: QQ 12 34 56 C", "QQ 12 34 56 C"),
        ("national insurance number JG 10 37 59", "JG 10 37 59"),
    ],
    Kind.PHONE: [
        ("07700 900123", "07700 900123"),
        ("07700900123", "07700900123"),
        ("07700-900-123", "07700-900-123"),
        ("+44 7700 900123", "+44 7700 900123"),
        ("+44 (0)7700 900123", "+44 (0)7700 900123"),
        ("0044 7700 900123", "0044 7700 900123"),
        ("447700900123", "447700900123"),
        ("(01632) 960001", "(01632) 960001"),
        ("01632 960 001", "01632 960 001"),
        ("020 7946 0018", "020 7946 0018"),
        ("0300 123 4567", "0300 123 4567"),
        ("016977 2345", "016977 2345"),
        ("+353 1 234 5678", "+353 1 234 5678"),
        ("tel: 960001", "960001"),
        ("mobile 900 1234", "900 1234"),
    ],
    Kind.EMAIL: [
        ("to a.b-c+d@mail.example.co.uk.", "a.b-c+d@mail.example.co.uk"),
        ("o'dea@example.org", "o'dea@example.org"),
        ("dot (at) example.org", "dot (at) example.org"),
        ("dot@EXAMPLE.org", "dot@EXAMPLE.org"),
    ],
    Kind.URL: [
        ("see https://example.org/a?b=c.", "https://example.org/a?b=c"),
        ("(www.example.org)", "www.example.org"),
        ("example.co.uk/people/1", "example.co.uk/people/1"),
    ],
    Kind.SOCIAL_HANDLE: [
        ("on @spark_y today", "@spark_y"),
        ("Snapchat: sparky_92.", "sparky_92"),
        ("instagram name was spark92", "spark92"),
    ],
    Kind.POSTCODE: [
        ("AB1 2CD", "AB1 2CD"),
        ("at nr2 3zz then", "nr2 3zz"),
        ("SW1A 1AA", "SW1A 1AA"),
        ("ZZ99 3VZ", "ZZ99 3VZ"),
        ("M11AE", "M11AE"),
        ("GIR 0AA", "GIR 0AA"),
    ],
    Kind.VEHICLE: [
        ("AB12 CDE", "AB12 CDE"),
        ("AB12CDE", "AB12CDE"),
        ("car, ab12 cde", "ab12 cde"),
        ("reg A123 BCD", "A123 BCD"),
        ("a van (ABC 123D)", "ABC 123D"),
    ],
    Kind.REFERENCE: [
        ("custody record 37CA/1234/26", "37CA/1234/26"),
        ("custody 37CA/1234/26", "37CA/1234/26"),
        ("crime number 36/12345/26", "36/12345/26"),
        ("36/12345/26", "36/12345/26"),
        ("CAD 1234", "1234"),
        ("PC 2241", "2241"),
        ("ref no. 2025", "2025"),
        ("PNC ID 2012/0123456X", "2012/0123456X"),
        ("prisoner A1234BC", "A1234BC"),
        ("RM1234567", "RM1234567"),
        ("MORGA657054SM9IJ", "MORGA657054SM9IJ"),
        ("card 4000 1234 5678 9010", "4000 1234 5678 9010"),
        ("pass 6335 9711 2345", "6335 9711 2345"),
        ("account 12345678", "12345678"),
        ("1234567890123", "1234567890123"),
    ],
    Kind.ADDRESS: [
        ("at 12 Zennor Road now", "12 Zennor Road"),
        ("Flat 3, 12a Zennor St.", "Flat 3, 12a Zennor St"),
        ("at 12 station road", "12 station road"),
        ("7 zennor lane", "7 zennor lane"),
        ("9 The Close", "9 The Close"),
        ("Flat 12, Zennor Court", "Flat 12, Zennor Court"),
        ("1 Isle of Dogs Way", "1 Isle of Dogs Way"),
        ("///filled.count.soap", "///filled.count.soap"),
        ("52.6309, -1.2974", "52.6309, -1.2974"),
    ],
    Kind.AGE: [
        ("aged 92.", "aged 92"),
        ("Age: 101", "Age: 101"),
        ("a 90-year-old man", "90-year-old"),
        ("95yo", "95yo"),
        ("91 y/o", "91 y/o"),
        ("93 years of age", "93 years of age"),
        ("ninety-two years old", "ninety-two years old"),
        ("a hundred years old", "a hundred years old"),
        ("aged ninety", "ninety"),
        ("She was 94, frail", "94"),
    ],
}

NOT_FOUND = {
    Kind.NHS_NUMBER: ["999 000 0019", "NHS 111 on 12 10 2020 and 30 12", "an NHS trust with 10 beds", "0990000018"],
    Kind.NI_NUMBER: ["BG123456A", "AB 12 34 56 Z", "AB 12 34"],
    Kind.PHONE: [
        "999", "111", "03-04-1980 10:30", "Times 0930 1000 10mg", "0.21 mg/L", "telephone 12", "tel: 0930:15",
        "mobile 12.03.2025",
    ],
    Kind.EMAIL: ["at @ 10:30", "a@b", "@@@@"],
    Kind.URL: ["e.g. this", "1.5 mg", "end.Then"],
    Kind.SOCIAL_HANDLE: ["facebook messages to staff", "10 mg @ 14:30"],
    Kind.POSTCODE: ["b12 5mg", "vitamin b12 5ug", "B12 5MG", "e10 2nd", "qq1 2ab", "F11.2", "T40.1"],
    Kind.VEHICLE: ["S136 MHA", "ab12 cde", "a car on the a11 and back", "U47700", "A11 the"],
    Kind.REFERENCE: [
        "hospital 2019", "prison 2019-2020", "log 12", "JWH-018", "AH-7921", "1,000,000", "hospital in 2019",
        "custody at 1430", "F11.2",
    ],
    Kind.ADDRESS: [
        "2 minutes down the road", "3 previous road deaths", "14:30 Zennor Road", "ROLE AT 0702 BY DR KHAN",
        "1 way", "2 of the close", "5 close friends",
    ],
    Kind.AGE: [
        "aged 45", "89 years old", "age 120/80", "aged 90 or over", "90 years ago", "age 90+", "aged 95%", "sats 92",
        "90mg",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "found"), [(kind, *case) for kind, cases in FOUND.items() for case in cases])
def test_a_shape_is_found(kind: Kind, text: str, found: str) -> None:
    assert patterns_in(text, kind) == [found]


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in NOT_FOUND.items() for text in texts])
def test_what_only_resembles_a_shape_is_left(kind: Kind, text: str) -> None:
    assert patterns_in(text, kind) == []


def test_an_email_address_is_one_thing_though_a_name_stands_in_it() -> None:
    known = KnownIdentifiers(names=("John Smith",))

    assert redact("Write to john.smith@example.org.", known).text == "Write to [email]."


def test_part_of_a_find_that_the_winner_does_not_cover_is_taken_out_too() -> None:
    known = KnownIdentifiers(others=("lane 555",))

    assert redact("At 12 Zennor Lane 555.", known).text == "At [address] [identifier]."


def test_the_stop_of_a_sentence_stays_behind_a_web_address() -> None:
    assert redact("See www.example.org/a.", NOTHING).text == "See [web address]."


@pytest.mark.parametrize(
    ("digits", "valid"),
    [("9990000018", True), ("9990000019", False), ("9434765919", True), ("1111111111", True), ("9876543210", True),
     ("1234567890", False), ("0000000000", True), ("4000000000", False)],
)  # fmt: skip
def test_the_check_digit_is_modulus_eleven(digits: str, valid: bool) -> None:
    assert is_nhs_number(digits) is valid


@pytest.mark.parametrize(
    "written", ["07700 900123", "+44 7700 900123", "+44 (0)7700 900123", "0044 7700 900123", "447700900123"]
)
def test_one_telephone_number_has_one_value(written: str) -> None:
    assert phone_value(written) == "07700900123"
