"""What a redaction replaced, and what is left to settle."""

import datetime as dt

import pytest

from dard.pseudonymisation.redaction import redact
from dard.pseudonymisation.settling import KIND_WORDS, counted, leftovers, passages, replacements
from dard.pseudonymisation.spans import Kind, KnownIdentifiers

KNOWN = KnownIdentifiers(names=("Tamsin Quillfeather",), postcodes=("ZZ1 4QF",))
NARRATIVE = "Tamsin was found by her brother Jory. Tamsin lived at ZZ1 4QF and rang 07700 900123 on 2 February 2026."


def test_the_passages_of_a_narrative_are_the_narrative():
    shown = passages(NARRATIVE, redact(NARRATIVE, KNOWN, event_date=dt.date(2026, 2, 14)))
    assert "".join(passage.text for passage in shown) == NARRATIVE
    marked = {passage.text: (passage.basis, passage.reason, passage.token) for passage in shown if passage.basis}
    assert marked["Tamsin"] == ("known", "Name, known from the record", "[person]")
    assert marked["ZZ1 4QF"] == ("known", "Postcode, known from the record", "[postcode]")
    assert marked["07700 900123"] == ("pattern", "Telephone number, found by its form", "[phone]")
    assert marked["2 February 2026"] == ("pattern", "Exact date, found by its form", "[day -12]")
    assert marked["Jory"] == ("review", "Other person’s name, to decide", "[name? 1]")


def test_a_text_without_identifiers_is_one_passage():
    assert [passage.text for passage in passages("They slept.", redact("They slept.", KNOWN))] == ["They slept."]
    assert passages("", redact("", KNOWN)) == []


def test_replacements_are_counted_in_the_order_of_their_first_appearance():
    shown = passages(NARRATIVE, redact(NARRATIVE, KNOWN))
    assert replacements(shown)[0] == ("[person]", "Name, known from the record", 2)
    assert [token for token, _reason, _number in replacements(shown)] == [
        "[person]",
        "[name? 1]",
        "[postcode]",
        "[phone]",
        "[date]",
    ]


def test_identifiers_and_open_marks_are_left_to_settle_and_settled_marks_are_not():
    text = "[person] met [name? 1] near ZZ1 4QF on [day -3]. Quillfeather left [place? 2]."
    left = leftovers(text, KNOWN)
    assert [(each.text, each.basis, each.reason) for each in left] == [
        ("[name? 1]", "review", "Mark to settle"),
        ("ZZ1 4QF", "known", "Postcode"),
        ("Quillfeather", "known", "Name"),
        ("[place? 2]", "review", "Mark to settle"),
    ]
    assert (left[0].before, left[0].after) == ("[person] met ", " near ZZ1 4QF on [day -3]. Quillfeather")
    assert (left[3].before, left[3].after) == ("ZZ1 4QF on [day -3]. Quillfeather left ", ".")
    assert counted(left) == "2 marks to settle, 1 postcode, 1 name"


def test_nothing_left_is_said_as_nothing():
    assert leftovers("[person] was found at [address] on [day 0].", KNOWN) == []
    assert counted([]) == ""


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_words_for_one_and_for_many(kind):
    one, many = KIND_WORDS[kind]
    assert one
    assert many
    assert one != many
