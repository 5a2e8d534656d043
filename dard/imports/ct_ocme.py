"""Accidental drug-related deaths published by the Office of the Chief Medical Examiner of Connecticut (2012 to 2018).

What the file means, and what is made of it:

- One row is one death that was ruled accidental; the stream is drug-related death. A manner of death that is not
  "Accident" (some are pending, one says natural) goes into the narrative for the person who opens the case.
- Dates are written month first ("06/28/2014 12:00:00 AM") and in no other way. A file that was saved again by a
  spreadsheet is refused row by row, because a spreadsheet may have turned 7 June into 6 July without a trace.
- DateReported is the day on which the death was reported, not the day of death: the precision is "reported".
- There are no names. The town of residence is the address. The district is the town of death, which nearly every row
  has; the town of injury is blank in a third of them and is used only where the town of death is missing.
- A flag column says that toxicology found the substance. "Y" and anything that begins with it ("Y POPS", "Y (PTCH)")
  is a finding, "N" and blank are none. Any other remark ("STOLE MEDS") counts only if the cause of death names the
  substance. What is not a plain Y is kept in the narrative too.
- Amphet is set for amphetamine, methamphetamine and MDMA alike, so its code is the group's. AnyOpioid is not used: it
  is derived, and is set on deaths of which nothing else in the row names an opioid.
- Other is free text in the office's shorthand. What can be read without guessing is coded; the text is kept in the
  narrative unless every part of it was a plain name. Race, counties and map positions are not taken.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from types import MappingProxyType
from typing import TypeVar

from dard.cases.enums import DatePrecision, NotificationSource, PlaceOfEvent, Sex, Stream, SubstanceRole
from dard.cases.rules import Notification
from dard.cases.substances import find, match_key
from dard.imports.ct_ocme_codes import (
    FLAGS,
    OTHER_PEOPLE,
    PLACES,
    PRECISIONS,
    SEXES,
    SHORTHAND,
    TOWN_WORDS,
    TOWNS,
)
from dard.imports.parsing import Profile, Row, RowError, RowProblem

_Value = TypeVar("_Value")

_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/([12]\d{3})(?: 12:00:00 AM)?", re.ASCII)
_DATE_ADVICE = "Dates in this file are month/day/year, like 06/28/2014"
_OTHER_SEPARATORS = re.compile(r"[,/;]|\.\s")
_FINDING = ("Y", "YES")
_NARRATIVE = (
    ("Description of injury", "DescriptionofInjury"),
    ("Cause of death", "COD"),
    ("Other significant conditions", "OtherSignifican"),
    ("Place of death", "LocationifOther"),
)


def town(text: str) -> str | None:
    """A town as people write it ("NO HAVEN" is "North Haven"); None for blank, "UNKNOWN" and what is not a town."""
    return _town(" ".join(text.upper().split()))


def read_date(text: str) -> dt.date:
    """The day of a date as this file writes it. Raises ValueError with a message for people."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError(f"“{text[:40]}” is not a date as this file writes them. {_DATE_ADVICE} 12:00:00 AM")
    month, day, year = (int(part) for part in match.groups())
    if not 1 <= month <= 12:
        raise ValueError(f"“{text[:40]}” has {month} for the month. {_DATE_ADVICE}")
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise ValueError(f"“{text[:40]}” is not in the calendar: that month has no day {day}. {_DATE_ADVICE}") from None


def row_key(row: Row) -> str:
    """The office's case number, which identifies a death for ever. Raises RowError if it is blank."""
    if not row["ID"]:
        raise RowError(RowProblem("ID", "This row has no ID, so it could not be recognised in a later file. Add it"))
    return row["ID"]


def to_notification(row: Row) -> Notification:
    """What the medical examiner tells about one death. Raises RowError with everything that is wrong with the row."""
    problems: list[RowProblem] = []
    event_date = _read(_event_date, "Date", row, problems)
    precision = _read(_precision, "DateType", row, problems) if row["Date"] else None
    age = _read(_age, "Age", row, problems)
    sex = _read(_sex, "Sex", row, problems)
    if problems:
        raise RowError(*problems)
    codes, remarks = _substances(row)
    return Notification(
        stream=Stream.DRUG_RELATED_DEATH,
        source=NotificationSource.MEDICAL_EXAMINER,
        source_reference=row["ID"],
        event_date=event_date,
        event_date_precision=precision or DatePrecision.UNKNOWN,
        address=", ".join(part for part in (town(row["ResidenceCity"]), row["ResidenceState"]) if part) or None,
        sex=sex or Sex.NOT_RECORDED,
        age_at_event=age,
        district=town(row["DeathCity"]) or town(row["InjuryCity"]),
        place_of_event=_place(row),
        substances=tuple((code, SubstanceRole.CONFIRMED) for code in codes),
        narrative="\n".join((*_narrative(row), *remarks)) or None,
    )


def _read(reader: Callable[[str], _Value], column: str, row: Row, problems: list[RowProblem]) -> _Value | None:
    try:
        return reader(row[column])
    except ValueError as error:
        problems.append(RowProblem(column, str(error)))
        return None


@lru_cache(maxsize=8192)
def _event_date(text: str) -> dt.date:
    if not text:
        raise ValueError("This row has no date, so nobody could say when the death was. Add the date of death")
    return read_date(text)


def _precision(text: str) -> DatePrecision:
    if text.casefold() not in PRECISIONS:
        raise ValueError(f"“{text[:40]}” does not say what the date is. Use DateofDeath or DateReported")
    return PRECISIONS[text.casefold()]


def _age(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 3):
        raise ValueError(f"“{text[:40]}” is not an age. Use a whole number of years, like 42")
    return int(text)


def _sex(text: str) -> Sex:
    if text.casefold() not in SEXES:
        raise ValueError(f"“{text[:40]}” is not a sex that this file has. Use Female, Male or Unknown")
    return SEXES[text.casefold()]


@lru_cache(maxsize=8192)
def _town(text: str) -> str | None:
    text = text.removesuffix(" CT").rstrip(",")
    text = TOWNS.get(text, text)
    if text == "UNKNOWN" or not any(character.isalpha() for character in text):
        return None
    words = [TOWN_WORDS.get(word.rstrip("."), word) for word in text.split(" ")]
    words = ["-".join(part.capitalize() for part in word.split("-")) for word in words]
    return " ".join(words).replace("-On-", "-on-")


def _place(row: Row) -> PlaceOfEvent:
    # InjuryPlace says where it happened, Location where the person died. "Residence" in Location is the person's own.
    stated, died_at = row["InjuryPlace"].casefold(), row["Location"].casefold()
    place = PLACES.get(stated, PlaceOfEvent.OTHER)
    at_home = place is PlaceOfEvent.PRIVATE_HOME
    if at_home or stated in ("", "other"):
        if any(word in row["LocationifOther"].casefold() for word in OTHER_PEOPLE):
            return PlaceOfEvent.OTHERS_HOME
        if died_at == "residence" and stated != "other":
            return PlaceOfEvent.OWN_HOME
    return place


def _substances(row: Row) -> tuple[list[str], list[str]]:
    """The codes of what was found, each once, and lines for the narrative about what the codes leave out."""
    codes: dict[str, None] = {}
    remarks: list[str] = []
    for column, (code, word) in FLAGS.items():
        flag = row[column]
        if not flag or flag.upper() == "N":
            continue
        if flag[0] in "Yy" or word in row["COD"].casefold():
            codes[code] = None
        if flag.upper() not in _FINDING:
            remarks.append(f"{column}: {flag}")
    others, plain = _other_substances(row["Other"])
    codes.update(dict.fromkeys(others))
    if not plain:
        remarks.append(f"Other substances: {row['Other']}")
    return list(codes), remarks


@lru_cache(maxsize=8192)
def _other_substances(text: str) -> tuple[tuple[str, ...], bool]:
    """The codes in ``text``, and whether every part of it was a name of the register."""
    codes: list[str] = []
    plain = True
    for part in _OTHER_SEPARATORS.split(text):
        key = match_key(part)
        substance = find(part)
        if substance is not None:
            codes.append(substance.code)
        elif key:
            plain = False
            codes += [SHORTHAND[key]] if key in SHORTHAND else []
    return tuple(codes), plain


def _narrative(row: Row) -> Iterator[str]:
    for label, column in _NARRATIVE:
        if row[column]:
            yield f"{label}: {row[column]}"
    if row["InjuryPlace"] and row["InjuryPlace"].casefold() not in PLACES:
        yield f"Place of injury: {row['InjuryPlace']}"
    if row["MannerofDeath"] and row["MannerofDeath"].casefold() != "accident":
        yield f"Manner of death: {row['MannerofDeath']}"


PROFILE = Profile(
    name="ct-ocme",
    title="Connecticut medical examiner: accidental drug-related deaths",
    required_columns=(
        "ID",
        "Date",
        "DateType",
        "Age",
        "Sex",
        "ResidenceCity",
        "ResidenceState",
        "DeathCity",
        "Location",
        "LocationifOther",
        "DescriptionofInjury",
        "InjuryPlace",
        "InjuryCity",
        "COD",
        "OtherSignifican",
        *FLAGS,
        "Other",
        "MannerofDeath",
    ),
    row_key=row_key,
    to_notification=to_notification,
    columns=MappingProxyType(
        {
            "source_reference": "ID",
            "event_date": "Date",
            "event_date_precision": "DateType",
            "age_at_event": "Age",
            "sex": "Sex",
            "address": "ResidenceCity",
            "district": "DeathCity",
            "place_of_event": "InjuryPlace",
            "substances": "Other",
            "narrative": "COD",
        }
    ),
)
