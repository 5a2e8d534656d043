"""The redactor as its callers see it: what comes out, how it is marked, what the gate says. All people are invented."""

from datetime import date

import pytest

from dard.pseudonymisation import redaction
from dard.pseudonymisation.redaction import (
    Basis,
    Kind,
    KnownIdentifiers,
    Redaction,
    Redactor,
    Span,
    redact,
    remaining_identifiers,
)

KNOWN = KnownIdentifiers(
    names=("John Michael Smith", "Jane O'Brien"),
    addresses=("Flat 3, 12 Earlham Road, Norwich, NR2 3ZZ",),
    postcodes=("NR2 3ZZ",),
    nhs_numbers=("999 000 0018",),
    dates=(date(1980, 4, 3), date(2026, 3, 1)),
    others=("Sparky", "37CA/1234/26"),
)
EVENT = date(2026, 3, 1)
NOTHING = KnownIdentifiers()
STORY = (
    "John Smith (DOB 03/04/1980, NHS 999-000-0018) of Flat 3, 12 Earlham Rd, Norwich NR23ZZ died on 1 March 2026. "
    "Jonny’s mum, Jane O’Brien, rang on 07700 900123. His brother Terry Baker saw Dr Patel on 17 Feb 2026."
)


def test_a_story_is_told_without_anybody_in_it() -> None:
    result = redact(STORY, KNOWN, event_date=EVENT)

    assert result.text == (
        "[person] (DOB [date], NHS [NHS number]) of [address], [place? 1] [postcode] died on [day 0]. "
        "[person]’s mum, [person 2], rang on [phone]. His brother [name? 1] saw Dr [name? 2] on [day -12]."
    )


def test_every_span_is_a_stretch_of_the_original_in_order() -> None:
    result = redact(STORY, KNOWN, event_date=EVENT)

    assert [STORY[span.start : span.end] for span in result.spans] == [span.text for span in result.spans]
    assert all(left.end <= right.start for left, right in zip(result.spans, result.spans[1:], strict=False))
    assert len(result.tokens) == len(result.spans)


def test_the_text_between_spans_is_untouched() -> None:
    result = redact(STORY, KNOWN, event_date=EVENT)

    rebuilt, position = [], 0
    for span, token in zip(result.spans, result.tokens, strict=True):
        rebuilt += [STORY[position : span.start], token]
        position = span.end
    assert "".join(rebuilt) + STORY[position:] == result.text


def test_each_span_says_what_it_is_and_why_it_was_taken_out() -> None:
    found = {span.text: (span.kind, span.basis) for span in redact(STORY, KNOWN, event_date=EVENT).spans}

    assert found["John Smith"] == (Kind.PERSON, Basis.KNOWN)
    assert found["03/04/1980"] == (Kind.DATE, Basis.KNOWN)
    assert found["Flat 3, 12 Earlham Rd"] == (Kind.ADDRESS, Basis.KNOWN)
    assert found["07700 900123"] == (Kind.PHONE, Basis.PATTERN)
    assert found["17 Feb 2026"] == (Kind.DATE, Basis.PATTERN)
    assert found["Norwich"] == (Kind.PLACE, Basis.REVIEW)
    assert found["Terry Baker"] == (Kind.RELATIVE_OR_OTHER_PERSON, Basis.REVIEW)


def test_the_values_of_the_enums_are_the_words_of_the_command_line() -> None:
    assert [basis.value for basis in Basis] == ["known", "pattern", "review"]
    assert Kind.NHS_NUMBER.value == "nhs_number"


def test_an_empty_text_stays_empty() -> None:
    assert redact("", KNOWN) == Redaction("", (), ())


def test_nothing_is_taken_out_where_nothing_is_known_and_nothing_shows() -> None:
    text = "The person attended on time and was given naloxone."

    assert redact(text, NOTHING) == Redaction(text, (), ())


def test_people_keep_the_number_of_the_record_in_every_text() -> None:
    assert redact("Jane O'Brien rang.", KNOWN).text == "[person 2] rang."
    assert redact("Jane rang, then John Smith.", KNOWN).text == "[person 2] rang, then [person]."


def test_the_same_thing_has_the_same_mark() -> None:
    text = "Ring 07700 900123 or 01632 960001, not +44 7700 900123."

    assert redact(text, NOTHING).text == "Ring [phone] or [phone 2], not [phone]."


def test_a_part_of_a_proposed_name_is_the_same_person() -> None:
    text = "He saw Terry Baker. Later that day Terry left, and a Sanjay arrived."

    assert redact(text, NOTHING).text == "He saw [name? 1]. Later that day [name? 1] left, and a [name? 2] arrived."


def test_numbers_go_on_after_the_marks_that_stand_in_an_edited_text() -> None:
    text = "[phone] and [phone 2] were rung; a neighbour gave 01632 960002. [name? 4] and Terry left."

    assert redact(text, NOTHING).text == (
        "[phone] and [phone 2] were rung; a neighbour gave [phone 3]. [name? 4] and [name? 5] left."
    )


def test_numbers_of_the_record_are_never_given_to_strangers() -> None:
    text = "He moved from 12 Earlham Road to 7 Willow Lane, NR9 9ZZ."

    assert redact(text, KNOWN).text == "He moved from [address] to [address 2], [postcode 2]."


def test_redacting_twice_changes_nothing() -> None:
    once = redact(STORY, KNOWN, event_date=EVENT).text

    again = redact(once, KNOWN, event_date=EVENT)
    assert again.text == once
    assert again.spans == ()


def test_brackets_that_are_not_marks_protect_nobody() -> None:
    assert redact("[John Smith] and [person 2]", KNOWN).text == "[[person]] and [person 2]"


def test_what_a_redaction_uncovers_is_found_in_the_same_call() -> None:
    # Beside the long number the date looks like part of a code; once the number is gone it is a date.
    assert redact("Seen 03/04/2025-9990000018.", KNOWN).text == "Seen [date]-[NHS number]."


def test_a_contrived_text_is_read_a_bounded_number_of_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_ROUNDS", 1)

    assert redact("Seen 03/04/2025-9990000018.", KNOWN).text == "Seen 03/04/2025-[NHS number]."


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (date(2026, 3, 1), "[day 1]"),
        (date(2026, 3, 2), "[day 0]"),
        (date(2026, 3, 14), "[day -12]"),
        (None, "[date]"),
        (date(1999, 1, 1), "[date]"),
    ],
)
def test_a_date_becomes_days_from_the_event_unless_they_would_tell_the_birthday(
    event: date | None, expected: str
) -> None:
    assert redact("On 2 March 2026.", NOTHING, event_date=event).text == f"On {expected}."


def test_one_redactor_serves_many_texts() -> None:
    redactor = Redactor(KNOWN)

    assert redactor.redact("John left.").text == "[person] left."
    assert redactor.redact("Sparky left.").text == "[identifier] left."
    assert redactor.remaining("Jonny left.") == (Span(0, 5, "Jonny", Kind.PERSON, Basis.KNOWN),)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("[person] rang [person 2] on [day -3] from [address] [postcode].", []),
        ("[name? 1] of [place? 2], [age 90 or over], [NHS number], [date].", []),
        ("Smith rang.", ["Smith"]),
        ("Jhon Smtih rang.", ["Jhon Smtih"]),
        ("He lived on Earlham Road.", ["Earlham Road"]),
        ("Call 07700 900123.", ["07700 900123"]),
        ("Write to someone@example.org.", ["someone@example.org"]),
        ("Seen on 3 April 2025.", ["3 April 2025"]),
        ("Postcode AB1 2CD.", ["AB1 2CD"]),
        ("NI number AB 12 34 56 C.", ["AB 12 34 56 C"]),
        ("NHS number 999 000 0026.", ["999 000 0026"]),
        ("She was aged 93 then.", ["aged 93"]),
        ("In a car, AB12 CDE.", ["AB12 CDE"]),
        ("See www.example.org for Terry in Norwich.", []),
    ],
)
def test_the_gate_names_what_is_left(text: str, left: list[str]) -> None:
    spans = remaining_identifiers(text, KNOWN)

    assert [span.text for span in spans] == left
    assert all(span.basis is not Basis.REVIEW for span in spans)


def test_the_gate_passes_what_the_redactor_made() -> None:
    assert remaining_identifiers(redact(STORY, KNOWN, event_date=EVENT).text, KNOWN) == ()
