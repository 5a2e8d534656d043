"""Identifiers that give themselves away by their shape: NHS numbers, telephone numbers, postcodes and the like.

Every repetition is bounded, or cannot be read in two ways, so that no text, however made, costs more than its length.
"""

import re
from collections.abc import Callable, Iterator

from dard.pseudonymisation.addresses import POSTCODE, find_addresses
from dard.pseudonymisation.normalised import NormalisedText
from dard.pseudonymisation.spans import Basis, Found, Kind

# What may stand between a label and its number. A redacted stretch must not be skipped, so it is letters and marks
# only.
_GAP = r"[a-z :#.()=-]{0,25}?"
_NUMBER_WORD = r"(?P<word>(?: ?(?:number|num|no|id|ref|reference|record|code)\b){0,3}[ .:#=-]{0,3}(?:is |was )?)"

_NHS_PLAIN = re.compile(r"(?<![\d+])(?<!\d[.-])[1-9]\d\d[ .-]?\d{3}[ .-]?\d{4}(?!\d)")
_NHS_LABELLED = re.compile(
    rf"\b(?:nhs|chi)\b{_GAP}(?P<value>(?P<usual>\d{{3}}[ .-]{{0,3}}\d{{3}}[ .-]{{0,3}}\d{{4}})"
    r"|\d(?:[ .-]{0,2}\d){9})(?!\d)"
)
_NHS_LABEL_AFTER = re.compile(r"(?<!\d)(?P<value>\d{3}[ .-]?\d{3}[ .-]?\d{4})(?= ?\(?nhs\b)")
_NI_NUMBER = re.compile(r"\b(?!bg|gb|nk|kn|tn|nt|zz)[a-ceghj-pr-tw-z][a-ceghj-npr-tw-z](?:[ -]?\d\d){3}[ -]?[a-d]\b")
_NI_LABELLED = re.compile(
    rf"\b(?:ni|nino|national insurance)\b{_GAP}\b(?P<value>[a-z]{{2}}(?:[ -]?\d\d){{3}}(?:[ -]?[a-d]\b)?)(?!\d)"
)
_PHONE = re.compile(
    r"(?<![\w+])(?:(?:\+ ?44|0044|\(\+44\)|44(?= ?(?:\(0\) ?|0)?7))[ ().-]{0,2}(?:\(0\)[ .-]?|0)?(?=[1-9])"
    r"|\(?0\)?[ -]?(?=[1-35789]))\d(?:[ ().-]{0,2}\d){8,9}(?!\d| ?m(?:c?g|ls?)\b)"
)
_PHONE_ABROAD = re.compile(r"(?<![\w+])\+(?!44)\d{1,3}(?:[ ().-]{0,2}\d){7,12}(?!\d)")
_PHONE_LABELLED = re.compile(
    r"\b(?:telephone|tel|phone|mobile|mob|landline)\b(?: number| no)?[ .:-]{1,3}"
    r"(?P<value>\d{3,5}[ -]?\d{3,4})(?![\d/:])"
)
_BEGINS_AS_DATE = re.compile(r"\(?\d{1,2}([. -])\d{1,2}\1(?:(?:19|20)\d\d|\d\d)(?!\d)")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+'-]{1,64} ?(?:@|\(at\)|\[at\]) ?[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,5}")
_URL = re.compile(r"\b(?:https?://|www\.)[^\s<>\"\ufffc\ue000]{1,2000}")
_DOMAIN = re.compile(
    r"(?<![\w.@-])[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,3}\.(?:co\.uk|org\.uk|nhs\.uk|gov\.uk|ac\.uk|com|org|net)\b"
    r"(?:/[^\s<>\"\ufffc\ue000]{0,2000})?"
)
_HANDLE = re.compile(r"(?<![\w.@])@[a-z][\w.]{1,29}\w")
_HANDLE_LABELLED = re.compile(
    r"\b(?:instagram|insta|snapchat|snap|facebook|twitter|tiktok|telegram|username|user name|handle|gamertag)\b"
    r"[a-z :\"'()=-]{0,20}?\b(?P<value>(?=[a-z.]{0,30}[\d_])[a-z][\w.]{1,29}\w)"
)
_POSTCODE = re.compile(rf"\b{POSTCODE}\b")
_VEHICLE = re.compile(r"\b[a-hj-pr-y][a-hj-pr-y]\d\d ?[a-hj-pr-z]{3}\b")
_VEHICLE_LABELLED = re.compile(
    r"\b(?:vehicle|car|van|motorbike|moped|registration|reg|vrm|vrn|plate)\b[a-z :.,()=-]{0,30}?"
    r"\b(?P<value>[a-z]\d{1,3} ?[a-z]{3}|[a-z]{3} ?\d{1,3}[a-z]|(?P<current>[a-z]{2}\d\d ?[a-z]{3}))\b"
)
_REFERENCE_LABELLED = re.compile(
    r"\b(?:custody|crime|incident|cad|urn|reference|ref|log|hospital|mrn|rio|systmone|pnc|cro|nspis|prison|noms|nomis"
    r"|passport|licence|gmc|nmc|hcpc|collar|warrant|account|sort code|tenancy|patient|client|pc|dc|pin)\b"
    rf"{_NUMBER_WORD}\b(?P<value>[a-z]{{0,4}}[/-]?\d[a-z0-9]{{1,15}}(?:[/-][a-z0-9]{{1,12}}){{0,3}})(?![\w/])"
)
_YEARS = re.compile(r"(?:19|20)\d\d(?:[/-](?:19|20)?\d\d)?")
_REFERENCE = re.compile(
    r"(?<![\w/-])(?:\d{2,4}/\d{6,7}[a-z]|\d{1,2}[a-z]{2}/\d{2,7}/\d{2}|\d{2}/\d{4,7}/\d{2}|\d{4}(?:[ -]\d{4}){2,3}"
    r"|[a-z]\d{4}[a-z]{2}|[a-z9]{5}\d{6}[a-z9]{2}\d?[a-z]{2,3}|[a-z]{1,4}-?\d{6,12}[a-z]?)(?![\w/])"
)
_LONG_FIGURES = re.compile(r"(?<!\d)\d{7,}")
_WHAT_THREE_WORDS = re.compile(r"///[a-z]{2,30}\.[a-z]{2,30}\.[a-z]{2,30}")
_COORDINATES = re.compile(r"(?<![\d.])[4-6]\d\.\d{3,12},? ?-?\d\.\d{3,12}(?!\d)")
_AGE = re.compile(
    r"\b(?:aged?(?: of)?:? ?(?:9\d|1[0-2]\d)(?![\d/%+]|[.-]\d)(?! ?(?:or|and) (?:over|above|older))"
    r"(?:[ -]?years?(?:[ -]old)?)?|(?<=he was )9\d(?=[.,;])"
    r"|(?<=aged )ninety(?: ?-?(?:one|two|three|four|five|six|seven|eight|nine))?"
    r"|(?:9\d|1[0-2]\d)[ -]?(?:years?|yrs?|y)?[ -]?(?:olds?|of age|/?o)"
    r"|(?:ninety(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?|(?:a|one) hundred)[ -]years?[ -]old)\b"
)
_AREAS_TEXT = """
ab al b ba bb bd bf bh bl bn br bs bt bx ca cb cf ch cm co cr ct cv cw da dd de dg dh dl dn dt dy e ec eh en ex fa fk
fy g gir gl gu gy ha hd hg hp hr hs hu hx ig im ip iv je ka kt kw ky l la ld le ll ln ls lu m me mk ml n ne ng nn np
nr nw ol ox pa pe ph pl po pr rg rh rm s sa se sg sk sl sm sn so sp sr ss st sw sy ta td tf tn tq tr ts tw ub w wa wc
wd wf wn wr ws wv yo ze
"""
_AREAS = frozenset(_AREAS_TEXT.split())
# "B12 5mg" and "t4 2nd" look like postcodes; real ones never end in C, I, K, M, O or V (Royal Mail).
_UNITS = frozenset({"mg", "ml", "cm", "mm", "kg", "km", "im", "iv", "od"})
_NOT_INWARD = frozenset({"st", "nd", "rd", "th", "ug", "pt", "hr", "pg", "pd", "bd", "gp"})
_NEVER_INWARD = frozenset("cikmov")


def find_patterns(text: NormalisedText) -> Iterator[Found]:
    """Every identifier that shows by its shape, dates excepted; finds may overlap."""
    for kind, pattern, accepts in _SHAPES:
        for found in pattern.finditer(text.folded):
            group = "value" if "value" in pattern.groupindex else 0
            if accepts(text, found):
                yield _found(kind, found.start(group), found.end(group), found[group])
    for start, end in find_addresses(text):
        yield _found(Kind.ADDRESS, start, end, text.folded[start:end])


def phone_value(number: str) -> str:
    """One spelling for a telephone number, however it is spaced and its country code written."""
    digits = re.sub(r"\D", "", number)
    for prefix in ("00440", "0044", "440", "44"):
        if digits.startswith(prefix):
            return f"0{digits.removeprefix(prefix)}"
    return digits


def is_nhs_number(digits: str) -> bool:
    """Whether ten digits carry the right check digit (modulus 11; NHS Data Dictionary, NHS NUMBER)."""
    total = sum(int(digit) * weight for digit, weight in zip(digits[:9], range(10, 1, -1), strict=True))
    return (11 - total % 11) % 11 == int(digits[9])


def _found(kind: Kind, start: int, end: int, written: str) -> Found:
    if kind is Kind.URL:
        end -= len(written) - len(written.rstrip(".,;:!?)'"))
    value = phone_value(written) if kind is Kind.PHONE else re.sub(r"[\W_]", "", written)
    return Found(start, end, kind, Basis.PATTERN, value)


def _always(_text: NormalisedText, _found: re.Match[str]) -> bool:
    return True


def _has_check_digit(_text: NormalisedText, found: re.Match[str]) -> bool:
    return is_nhs_number(re.sub(r"\D", "", found[0]))


def _is_labelled_nhs_number(_text: NormalisedText, found: re.Match[str]) -> bool:
    # Next to its label the usual grouping is enough, right or wrong; other groupings may be dates and counts.
    return found["usual"] is not None or is_nhs_number(re.sub(r"\D", "", found["value"]))


def _is_no_date(_text: NormalisedText, found: re.Match[str]) -> bool:
    return not _BEGINS_AS_DATE.match(found[0])


def _is_postcode(text: NormalisedText, found: re.Match[str]) -> bool:
    """In capitals any area will do, since records hold invented ones; in small letters "b12 5ug" must not pass."""
    inward = found[0][-2:]
    if text.cased[found.start() : found.end()].isupper():
        return inward not in _UNITS
    area = re.sub(r"\d.*", "", found[0])
    return area in _AREAS and inward not in _NOT_INWARD and not _NEVER_INWARD.intersection(inward)


def _is_written_in_capitals(text: NormalisedText, found: re.Match[str]) -> bool:
    return text.cased[found.start() : found.end()].isupper()


def _is_plate(text: NormalisedText, found: re.Match[str]) -> bool:
    return found["current"] is not None or text.cased[found.start("value") : found.end("value")].isupper()


def _is_reference(_text: NormalisedText, found: re.Match[str]) -> bool:
    value = found["value"]
    figures = sum(character.isdigit() for character in value)
    return figures >= 4 and (bool(found["word"].strip()) or not _YEARS.fullmatch(value))


_SHAPES: tuple[tuple[Kind, re.Pattern[str], Callable[[NormalisedText, re.Match[str]], bool]], ...] = (
    (Kind.NHS_NUMBER, _NHS_PLAIN, _has_check_digit),
    (Kind.NHS_NUMBER, _NHS_LABELLED, _is_labelled_nhs_number),
    (Kind.NHS_NUMBER, _NHS_LABEL_AFTER, _always),
    (Kind.NI_NUMBER, _NI_NUMBER, _always),
    (Kind.NI_NUMBER, _NI_LABELLED, _always),
    (Kind.PHONE, _PHONE, _is_no_date),
    (Kind.PHONE, _PHONE_ABROAD, _always),
    (Kind.PHONE, _PHONE_LABELLED, _is_no_date),
    (Kind.EMAIL, _EMAIL, _always),
    (Kind.URL, _URL, _always),
    (Kind.URL, _DOMAIN, _always),
    (Kind.SOCIAL_HANDLE, _HANDLE, _always),
    (Kind.SOCIAL_HANDLE, _HANDLE_LABELLED, _always),
    (Kind.POSTCODE, _POSTCODE, _is_postcode),
    (Kind.VEHICLE, _VEHICLE, _is_written_in_capitals),
    (Kind.VEHICLE, _VEHICLE_LABELLED, _is_plate),
    (Kind.REFERENCE, _REFERENCE_LABELLED, _is_reference),
    (Kind.REFERENCE, _REFERENCE, _always),
    (Kind.REFERENCE, _LONG_FIGURES, _always),
    (Kind.ADDRESS, _WHAT_THREE_WORDS, _always),
    (Kind.ADDRESS, _COORDINATES, _always),
    (Kind.AGE, _AGE, _always),
)
