"""The substance register."""

import re

import pytest

from dard.cases.substance_names import ALIASES
from dard.cases.substances import SUBSTANCES, SubstanceGroup, find, match_key

# The taxonomy that the register must cover, by the names that audits of drug-related deaths use.
NAMED_IN_AUDITS = """
heroin, morphine, methadone, buprenorphine, codeine, dihydrocodeine, tramadol, oxycodone, fentanyl, carfentanil,
tapentadol, pethidine, isotonitazene, metonitazene, protonitazene, etonitazene, etonitazepyne, N-piperidinyl
etonitazene, N-desethyl isotonitazene, etodesnitazene, brorphine, cychlorphine, diazepam, temazepam, lorazepam,
clonazepam, alprazolam, nitrazepam, bromazolam, etizolam, flubromazepam, flualprazolam, phenazepam, pyrazolam,
zopiclone, zolpidem, pregabalin, gabapentin, cocaine, crack, amphetamine, methamphetamine, MDMA, PMA, PMMA,
mephedrone, MDPV, 3-MMC, 3-FPM, ketamine, nitrous oxide, 25B-NBOMe, 25C-NBOMe, diphenidine, methoxphenidine, GHB, GBL,
butane, propane, citalopram, sertraline, fluoxetine, paroxetine, venlafaxine, amitriptyline, mirtazapine, quetiapine,
aripiprazole, clozapine, paracetamol, ibuprofen, propranolol, promethazine, insulin, ethanol, xylazine, medetomidine,
levamisole, benzocaine
"""


@pytest.mark.parametrize("name", [name.strip() for name in NAMED_IN_AUDITS.split(",")])
def test_every_substance_that_audits_name_is_in_the_register(name: str) -> None:
    assert find(name) is not None


@pytest.mark.parametrize("name", ["4,4'-DMAR", "5-EAPB"])
def test_names_with_figures_and_primes_are_found(name: str) -> None:
    assert find(name) is not None


def test_every_code_is_a_slug_and_is_the_key_of_its_entry() -> None:
    assert [code for code in SUBSTANCES if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)] == []
    assert all(code == substance.code for code, substance in SUBSTANCES.items())


def test_every_group_has_an_entry_and_every_name_is_used_once() -> None:
    assert {substance.group for substance in SUBSTANCES.values()} == set(SubstanceGroup)
    assert len({substance.name for substance in SUBSTANCES.values()}) == len(SUBSTANCES)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Heroin", "heroin"),
        ("n-desethyl-isotonitazene", "n-desethyl-isotonitazene"),
        ("Alcohol (ethanol)", "alcohol"),
        ("ETOH", "alcohol"),
        ("  Ethyl   alcohol ", "alcohol"),
        ("diacetylmorphine", "heroin"),
        ("6 mam", "heroin"),
        ("u47700", "u-47700"),
        ("Opiates", "opioid-unspecified"),
        ("acetaminophen", "paracetamol"),
        ("phencyclidine", "phencyclidine"),
        ("PCP", "phencyclidine"),
    ],
)
def test_a_substance_is_found_by_code_name_or_alias(text: str, code: str) -> None:
    found = find(text)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize("text", ["", " - ", "heroine", "heroin and cocaine", "no heroin", "morph", "MMC"])
def test_nothing_is_guessed(text: str) -> None:
    assert find(text) is None


def test_no_text_stands_for_two_substances() -> None:
    written = {(match_key(text), code) for code, entry in SUBSTANCES.items() for text in (code, entry.name)}
    written |= {(match_key(alias), code) for alias, code in ALIASES.items()}
    keys = [key for key, _code in written]
    assert [key for key in keys if keys.count(key) > 1] == []


def test_a_group_result_keeps_a_code_of_its_own() -> None:
    for code in ("opioid-unspecified", "benzodiazepine-unspecified", "fentanyl-analogue-unspecified"):
        assert code in SUBSTANCES
    assert SUBSTANCES["opioid-unspecified"].group is SubstanceGroup.OPIOID


def test_the_register_cannot_be_changed_while_the_program_runs() -> None:
    with pytest.raises(TypeError):
        SUBSTANCES["tea"] = SUBSTANCES["heroin"]  # type: ignore[index] - the refusal is what is tested
