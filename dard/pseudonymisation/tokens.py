"""The marks that stand in a redacted text for what was taken out, and their numbering.

A mark with a question mark ("[name? 1]") is a proposal that a person must settle; the others stand.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date

from dard.pseudonymisation.spans import Basis, Found, Kind

LABELS: Mapping[Kind, str] = {
    Kind.PERSON: "person",
    Kind.RELATIVE_OR_OTHER_PERSON: "other person",
    Kind.ADDRESS: "address",
    Kind.POSTCODE: "postcode",
    Kind.NHS_NUMBER: "NHS number",
    Kind.NI_NUMBER: "NI number",
    Kind.PHONE: "phone",
    Kind.EMAIL: "email",
    Kind.URL: "web address",
    Kind.SOCIAL_HANDLE: "social media name",
    Kind.VEHICLE: "vehicle",
    Kind.REFERENCE: "reference",
    Kind.DATE: "date",
    Kind.AGE: "age 90 or over",
    Kind.PLACE: "place",
    Kind.OTHER: "identifier",
}
REVIEW_LABELS: Mapping[Kind, str] = {
    Kind.RELATIVE_OR_OTHER_PERSON: "name?",
    Kind.PLACE: "place?",
    Kind.POSTCODE: "postcode?",
}
_UNNUMBERED = (Kind.DATE, Kind.AGE)
_ALL_LABELS = "|".join(re.escape(label) for label in (*LABELS.values(), *REVIEW_LABELS.values()))

# Only our own marks: "[John Smith]" typed by somebody is text like any other.
TOKEN = re.compile(rf"\[(?:(?P<label>{_ALL_LABELS})(?: (?P<number>[1-9]\d{{0,5}}))?|day -?\d{{1,5}})\]")

# A day count over more than ten years says little about the death, and beside its date gives back the date of birth.
LONGEST_OFFSET_DAYS = 3653


def stands_for_person(token: str) -> bool:
    """Whether the mark stands for a person, settled or proposed."""
    return token.startswith(("[person", "[other person", "[name?"))


def tokens_for(
    finds: Iterable[Found], *, source: str, reserved: Mapping[Kind, int], event_date: date | None
) -> tuple[str, ...]:
    """One mark for each find, in order; the same thing gets the same mark.

    Things of the record are numbered by their place in it, so that all texts of a case agree. Everything else follows
    in order of appearance, after the `reserved` numbers of the record and after every number that already stands in
    `source`, so that an edited text can be redacted again.
    """
    highest = {LABELS[kind]: count for kind, count in reserved.items()}
    for token in TOKEN.finditer(source):
        label = token["label"]
        if label:
            highest[label] = max(highest.get(label, 0), int(token["number"] or 1))
    given: dict[tuple[str, str], int] = {}
    return tuple(_token(found, highest, given, event_date) for found in finds)


def _token(found: Found, highest: dict[str, int], given: dict[tuple[str, str], int], event_date: date | None) -> str:
    if found.kind is Kind.DATE:
        return _date_token(found.value, event_date)
    label = REVIEW_LABELS[found.kind] if found.basis is Basis.REVIEW else LABELS[found.kind]
    if found.kind in _UNNUMBERED:
        return f"[{label}]"
    if found.index is not None:
        number = found.index + 1
    else:
        key = (label, found.value)
        if key not in given:
            given[key] = highest[label] = highest.get(label, 0) + 1
        number = given[key]
    return f"[{label}]" if number == 1 and found.basis is not Basis.REVIEW else f"[{label} {number}]"


def _date_token(value: str, event_date: date | None) -> str:
    if event_date is None or not value:
        return "[date]"
    offset = (date.fromisoformat(value) - event_date).days
    return "[date]" if abs(offset) > LONGEST_OFFSET_DAYS else f"[day {offset}]"
