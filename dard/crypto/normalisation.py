"""One form for each identifier, so that the same thing written in two ways is found to be the same.

Version 1. A change to any of these functions is a new version, because blind indexes are built from what they return.
"""

import unicodedata

NHS_NUMBER_DIGITS = 10
_IGNORED = str.maketrans("", "", " \t\u00a0\u2009\u202f-\u2010\u2011\u2012\u2013\u2014.")
_POSTCODE_LENGTHS = range(5, 8)
_INWARD_LENGTH = 3


def nhs_number(text: str) -> str | None:
    """The ten digits of an NHS number, or None if it cannot be one.

    Spaces, hyphens and full stops are ignored; the last digit must be the modulus 11 check digit (NHS Data Dictionary,
    "NHS NUMBER": weights 10 to 2, remainder 11 counts as 0, 10 is invalid); ten equal digits are refused.
    """
    digits = unicodedata.normalize("NFKC", text).translate(_IGNORED)
    if len(digits) != NHS_NUMBER_DIGITS or not (digits.isascii() and digits.isdigit()) or len(set(digits)) == 1:
        return None
    remainder = 11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    check = 0 if remainder == 11 else remainder
    return digits if check == int(digits[-1]) else None


def postcode(text: str) -> str | None:
    """A UK postcode in capitals with one space before its last three characters, or None if its shape is wrong."""
    compact = unicodedata.normalize("NFKC", text).upper().translate(_IGNORED)
    if len(compact) not in _POSTCODE_LENGTHS or not (compact.isascii() and compact.isalnum()):
        return None
    outward, inward = compact[:-_INWARD_LENGTH], compact[-_INWARD_LENGTH:]
    if not outward[0].isalpha() or not inward[0].isdigit() or not inward[1:].isalpha():
        return None
    if not any(character.isdigit() for character in outward):
        return None
    return f"{outward} {inward}"
