"""The substance register: every substance that a case may name, by a stable code.

A code is a slug of the generic name in common UK use. Heroin and morphine are separate: heroin becomes morphine in the
body, so that counts of heroin alone fall short.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from dard.cases.substance_names import ALIASES, NAMES
from dard.core.enums import LabelledEnum


class SubstanceGroup(LabelledEnum):
    """Groups for charts and tables, after the audits of drug-related deaths in England."""

    OPIOID = "opioid", "Opioids"
    NITAZENE = "nitazene", "Nitazenes"
    BENZODIAZEPINE = "benzodiazepine", "Benzodiazepines"
    Z_DRUG = "z_drug", "Z-drugs"
    BARBITURATE = "barbiturate", "Barbiturates"
    GABAPENTINOID = "gabapentinoid", "Gabapentinoids"
    STIMULANT = "stimulant", "Stimulants"
    DISSOCIATIVE = "dissociative", "Ketamine and other dissociatives"
    HALLUCINOGEN = "hallucinogen", "Hallucinogens"
    CANNABINOID = "cannabinoid", "Cannabinoids"
    DEPRESSANT = "depressant", "GHB and other depressants"
    VOLATILE = "volatile", "Volatile substances and gases"
    ALCOHOL = "alcohol", "Alcohol"
    ANTIDEPRESSANT = "antidepressant", "Antidepressants"
    ANTIPSYCHOTIC = "antipsychotic", "Antipsychotics"
    ANALGESIC = "analgesic", "Paracetamol and other non-opioid painkillers"
    OTHER_MEDICINE = "other_medicine", "Other medicines"
    ADULTERANT = "adulterant", "Adulterants"
    NOT_SPECIFIED = "not_specified", "Substance not specified"


@dataclass(frozen=True, slots=True)
class Substance:
    """One entry of the register: ``code`` is stored, ``name`` is shown."""

    code: str
    name: str
    group: SubstanceGroup


SUBSTANCES: Mapping[str, Substance] = MappingProxyType(
    {
        code: Substance(code, name, SubstanceGroup(group))
        for group, names in NAMES.items()
        for code, name in names.items()
    }
)


def match_key(text: str) -> str:
    """``text`` reduced to its letters and digits in one case: "U47700", "u-47700" and "U 47700" are the same."""
    return "".join(character for character in text.casefold() if character.isalnum())


_BY_KEY = {
    **{match_key(text): substance for substance in SUBSTANCES.values() for text in (substance.code, substance.name)},
    **{match_key(alias): SUBSTANCES[code] for alias, code in ALIASES.items()},
}


def find(text: str) -> Substance | None:
    """The substance of which ``text`` is the code, the name or an alias, whatever its case and hyphens; or None.

    Nothing is guessed: a misspelling, an abbreviation or a sentence that names a drug is not found.
    """
    return _BY_KEY.get(match_key(text))
