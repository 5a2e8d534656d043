"""What must hold for every text: nothing known is left, nothing moves, and no text costs more than its length."""

import random
import re
from collections.abc import Iterator
from datetime import date

import pytest

from dard.pseudonymisation.lexicon_names import FORENAMES, PLACES, SURNAMES, WORD_NAMES
from dard.pseudonymisation.normalised import folded
from dard.pseudonymisation.patterns import is_nhs_number
from dard.pseudonymisation.redaction import KnownIdentifiers, Redactor, redact, remaining_identifiers

EVENT = date(2026, 3, 1)
KNOWN = KnownIdentifiers(
    names=("John Michael Smith", "Jane O'Brien-Hopkins", "Grace May", "Will Young", "Wei He", "Siân ap Gwilym"),
    addresses=("Flat 3, 12 Earlham Road, Norwich, NR2 3ZZ", "Rose Cottage, The Green, Holt"),
    postcodes=("NR2 3ZZ",),
    nhs_numbers=("999 000 0018",),
    dates=(date(1980, 4, 3),),
    others=("Sparky", "37CA/1234/26", "01632 960001"),
)
FRAGMENTS_TEXT = (
    "John Smith|J. Smith|JS|Smith’s|Jonny|Jane|O’Brien|Grace|May|Will|Young|He|Sian|12 Earlham Road|Flat 3,|Norwich"
    "|NR2 3ZZ|NR2|999 000 0018|NHS number|9990000026|03/04/1980|3 April|3rd|and|to|5 March 2026|April 3|on 3/04|Sparky"
    "|37CA/1234/26|01632|960001|07700 900123|+44|(0)|a@b.co|www.x.com|@terry|Terry|Baker|Agnieszka|Kowalska|Mr|Mrs|Dr."
    "|St|HMP|her brother|his mother,|(sister|in|near|at|Road|Street|Close|Hospital|Ward|Team|.|,|:|;|-|(|)|\n|\n\n|- "
    "|\n- |'|\"|’s|van der|de|A|B|I|P.|MS|NHS|PATIENT|TERRY|KHAN|Naloxone|Buvidal|said|was|attended|period|as read"
    "|rose|92|aged|years old|AB12 CDE|car|ref|custody|12345|1/2|/|[person]|[name? 1]|[day -3]|[phone 2]|[John]|\u200b"
    "|é|\u0301|ß|ﬁ|Х|jonh|Smtih|Parkinson's|disease|JWH-018|no|20|2026|of|the|The|Then|terry|norwich"
)
FRAGMENTS = FRAGMENTS_TEXT.split("|")


def texts(seed: int, count: int) -> Iterator[str]:
    """Texts put together by chance from what the rules react to."""
    chance = random.Random(seed)
    names = [sorted(words) for words in (FORENAMES, SURNAMES, WORD_NAMES, PLACES)]
    for _ in range(count):
        words = []
        for _ in range(chance.randint(2, 14)):
            name = chance.choice(chance.choice(names))
            styled = chance.choice((name, name.capitalize(), name.upper()))
            words += [chance.choice((chance.choice(FRAGMENTS), chance.choice(FRAGMENTS), styled))]
            words += chance.choice((*[" "] * 12, "", ", ", ". ", "\n", "-"))
        yield "".join(words)


@pytest.mark.parametrize("seed", range(5))
def test_redacting_its_own_work_changes_nothing(seed: int) -> None:
    redactor = Redactor(KNOWN)
    for text in texts(seed, 120):
        for event in (None, EVENT):
            once = redactor.redact(text, event_date=event)
            again = redactor.redact(once.text, event_date=event)
            assert (again.text, again.spans) == (once.text, ()), text


@pytest.mark.parametrize("seed", range(8, 11))
def test_spans_are_ordered_cut_from_the_original_and_pass_the_gate(seed: int) -> None:
    redactor = Redactor(KNOWN)
    for text in texts(seed, 120):
        result = redactor.redact(text, event_date=EVENT)
        assert all(text[span.start : span.end] == span.text != "" for span in result.spans), text
        ends = [0, *(span.end for span in result.spans)]
        assert all(end <= span.start for end, span in zip(ends, result.spans, strict=False)), text
        assert redactor.remaining(result.text) == (), text


def test_no_generated_person_is_left_in_clear() -> None:
    chance = random.Random(1)
    for _ in range(120):
        given = chance.choice(sorted(FORENAMES))
        family = chance.choice(sorted(SURNAMES))
        known = KnownIdentifiers(names=(f"{given.title()} {family.title()}",))
        forms = (
            f"{given} {family}", f"{given.title()} {family.title()}", f"{family.upper()}, {given.title()}",
            f"{given.title()}’s", f"{given[0].upper()}. {family.title()}", f"Mr {family.title()}", given.title(),
        )  # fmt: skip
        for form in forms:
            left = folded(redact(f"Then staff told {form} about it.", known).text)
            assert family not in re.findall(r"\w+", left), (form, left)
            assert given not in re.findall(r"\w+", left), (form, left)


def nhs_numbers(count: int) -> Iterator[str]:
    """Valid numbers of the 999 range, which is kept for tests."""
    chance = random.Random(2)
    while count:
        digits = f"999{chance.randrange(10**7):07}"
        if is_nhs_number(digits):
            count -= 1
            yield digits


def test_every_valid_nhs_number_is_found_unknown_and_known() -> None:
    for digits in nhs_numbers(150):
        for written in (digits, f"{digits[:3]} {digits[3:6]} {digits[6:]}", f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"):
            assert redact(f"No {written}.", KnownIdentifiers()).text == "No [NHS number]."
        spaced = " ".join(digits)
        assert redact(f"No {spaced}.", KnownIdentifiers(nhs_numbers=(digits,))).text == "No [NHS number]."


def test_a_changed_digit_is_no_valid_nhs_number() -> None:
    for digits in nhs_numbers(100):
        assert not is_nhs_number(f"{digits[:9]}{(int(digits[9]) + 1) % 10}")


def test_the_gate_finds_every_known_date_in_every_dress() -> None:
    for ordinal in range(date(1940, 1, 1).toordinal(), date(2010, 1, 1).toordinal(), 53):
        day = date.fromordinal(ordinal)
        known = KnownIdentifiers(dates=(day,))
        for written in (f"{day:%d/%m/%Y}", f"{day:%d.%m.%y}", f"{day.day} {day:%b} {day:%y}.", f"{day:%d%m%Y}"):
            assert [span.text for span in remaining_identifiers(f"Born {written}", known)] == [written.rstrip(".")]


ADVERSARIAL = (
    "a", "(", "1", "0 ", " ", "\n", "-", "'", "@", "a@", "1-", "a-", "A b ", "Mr ", "her brother ", "+44 ", "nhs 1",
    "http://", "a.b", "12 aaaa bbbb cccc ", "Smith, ", "J. ", "1 May ", "1/1/", "\u0301", "\u200b", "ﬃ", "[person] ",
    "St ", "a b ", "a-\n", "reference number number ", "flat 3, ", "9990000018 ", "Jonh ", "\ud800", "aged ninety-",
)  # fmt: skip


@pytest.mark.parametrize("unit", ADVERSARIAL)
def test_a_hundred_kilobytes_of_anything_come_to_an_end(unit: str) -> None:
    text = (unit * (100_000 // len(unit) + 1))[:100_000]

    spans = redact(text, KNOWN, event_date=EVENT).spans
    assert all(text[span.start : span.end] == span.text for span in spans)
