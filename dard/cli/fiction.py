"""An invented county and the people in it, for the demonstration. Nothing here is about anybody.

NHS numbers come from the range 999, which is never issued; telephone numbers from the ranges that Ofcom keeps for
drama; postcodes from an area (ZZ) that does not exist.
"""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass

from dard.accounts.enums import OrganisationKind, Role
from dard.cases.enums import DatePrecision, NotificationSource, PlaceOfEvent, Sex, Stream, SubstanceRole
from dard.cases.rules import Notification

PARTNERSHIP = "Fernshire drug and alcohol related death reviews"
DISTRICTS = ("Bramblewick", "Thornby", "Aldermere", "Castle Hollow", "Eastmarsh", "Netherford")

ORGANISATIONS: dict[str, OrganisationKind] = {
    "Fernshire County Council": OrganisationKind.COUNCIL,
    "Kestrel Recovery": OrganisationKind.TREATMENT_PROVIDER,
    "Fernshire Constabulary": OrganisationKind.POLICE,
    "Heart of Fernshire Ambulance Service": OrganisationKind.AMBULANCE,
    "Aldermere Hospitals Trust": OrganisationKind.ACUTE_TRUST,
    "Fernshire Mental Health Trust": OrganisationKind.MENTAL_HEALTH_TRUST,
    "Fernshire Integrated Care Board": OrganisationKind.INTEGRATED_CARE_BOARD,
    "Netherford Housing": OrganisationKind.HOUSING,
}
LAPSED = "Fernshire Mental Health Trust"


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody with an account in the demonstration."""

    name: str
    organisation: str
    roles: tuple[Role, ...]

    @property
    def email(self) -> str:
        """The address with which they sign in; example.org is kept for examples."""
        return f"{self.name.lower().replace(' ', '.')}@example.org"


COLLEAGUES = (
    Colleague("Morwenna Tate", "Fernshire County Council", (Role.COORDINATOR,)),
    Colleague("Idris Calloway", "Fernshire County Council", (Role.COORDINATOR,)),
    Colleague("Beatrix Oyelaran", "Fernshire County Council", (Role.CHAIR,)),
    Colleague("Rafe Pemberley", "Fernshire County Council", (Role.OFFICER,)),
    Colleague("Winifred Achebe", "Fernshire County Council", (Role.INFORMATION_GOVERNANCE,)),
    Colleague("Sunita Harcastle", "Fernshire County Council", (Role.ADMINISTRATOR,)),
    Colleague("Delphine Marsh", "Kestrel Recovery", (Role.MEMBER,)),
    Colleague("Osric Blythe", "Fernshire Constabulary", (Role.MEMBER,)),
    Colleague("Halima Stroud", "Heart of Fernshire Ambulance Service", (Role.MEMBER,)),
    Colleague("Tobias Renwick", "Aldermere Hospitals Trust", (Role.MEMBER,)),
    Colleague("Priya Loxley", "Fernshire Mental Health Trust", (Role.MEMBER,)),
    Colleague("Gwendal Fairweather", "Fernshire Integrated Care Board", (Role.MEMBER,)),
    Colleague("Ottoline Brisk", "Netherford Housing", (Role.MEMBER,)),
    Colleague("Ianto Fairlamb", "Heart of Fernshire Ambulance Service", (Role.REPORTER,)),
    Colleague("Petra Ainscough", "Netherford Housing", (Role.ACTION_OWNER,)),
    Colleague("Leonora Vane", "Fernshire County Council", (Role.SENIOR_OWNER,)),
)
LEADS = {"Kestrel Recovery": "Delphine Marsh", "Fernshire Constabulary": "Osric Blythe"}
NEWCOMER = Colleague("Cressida Holm", "Kestrel Recovery", (Role.MEMBER, Role.REPORTER))
LATECOMER = "Ottoline Brisk"  # has not accepted the confidentiality statement for the coming meeting

_FEMALE = ("Tamsin", "Jocasta", "Perpetua", "Elowen", "Sabra", "Marguerite", "Zenobia", "Ottilie", "Ludmila", "Farah")
_MALE = ("Jory", "Casimir", "Leopold", "Emrys", "Darragh", "Piotr", "Lucian", "Yusuf", "Barnaby", "Torquil")
_SURNAMES = (
    "Quillfeather", "Hawkridge", "Pennyfold", "Ashgrove-Lamb", "Trelissick", "Wolstencroft", "Okonjo-Vale",
    "Brackenbury", "Szczepanik", "Dunmallard", "Featherstonehaugh", "Vellacott", "Ironmonger", "Copplestone",
)  # fmt: skip
_STREETS = ("Larkspur Rise", "Tanner Row", "Orchard Wharf", "Quarry Steps", "Limekiln Lane", "Bellweather Close")
_SERVICES = ("Kestrel House", "the Willow ward", "Thornby hostel", "the Lantern project")
_KIN = ("brother", "sister", "mother", "partner", "flatmate")
_MIXES: tuple[tuple[Stream, tuple[str, ...]], ...] = (
    (Stream.DRUG_RELATED_DEATH, ("heroin", "diazepam", "alcohol")),
    (Stream.DRUG_RELATED_DEATH, ("heroin", "crack-cocaine")),
    (Stream.DRUG_RELATED_DEATH, ("protonitazene", "bromazolam")),
    (Stream.DRUG_RELATED_DEATH, ("methadone", "pregabalin", "mirtazapine")),
    (Stream.DRUG_RELATED_DEATH, ("cocaine", "alcohol")),
    (Stream.DRUG_RELATED_DEATH, ("heroin", "pregabalin")),
    (Stream.ALCOHOL_RELATED_DEATH, ("alcohol",)),
    (Stream.ALCOHOL_RELATED_DEATH, ("alcohol", "diazepam")),
    (Stream.NEAR_FATAL_OVERDOSE, ("heroin",)),
    (Stream.NEAR_FATAL_OVERDOSE, ("protonitazene", "heroin")),
    (Stream.NEAR_FATAL_OVERDOSE, ("ketamine",)),
    (Stream.DEATH_IN_TREATMENT, ("methadone",)),
)
ACTIONS = (
    "Agree a same-week appointment for people who leave hospital against advice after an overdose",
    "Offer take-home naloxone at every contact with the needle exchange",
    "Write a shared pathway between the drug service and the crisis team",
    "Review low doses of methadone with each prescriber",
    "Tell hostel staff how to call for help and stay with the person",
    "Ask GP practices to review gabapentinoid prescriptions with the drug service",
    "Make a plan for the first 14 days after release from prison",
    "Train outreach workers in recognising overdose with synthetic opioids",
    "Name one lead for bereavement support and publish the contact",
    "Check that welfare back payments are paid in parts where the person asks for it",
)
LEARNING = (
    "The letter was drafted and is with the clinical lead.",
    "Two of three teams have agreed; the third meets next week.",
    "The training has begun and is well attended.",
    "Waiting for the contract variation to be signed.",
)


def nhs_number(serial: int) -> str:
    """The ``serial``th valid NHS number of the range 999 (a serial whose check digit would be 10 is passed over)."""
    body, found = 999_100_000, -1
    while True:
        body += 1
        digits = str(body)
        remainder = 11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=True)) % 11
        if remainder != 10:
            found += 1
        if found == serial:
            return digits + str(remainder % 11)


def notifications(chance: random.Random, today: dt.date, count: int) -> Iterator[Notification]:
    """``count`` invented notifications over the two years before ``today``, in the order of their dates."""
    days = sorted(chance.randrange(6, 730) for _ in range(count - 4))
    recent = [2, 3, 3, 4]  # four overdoses in three days: what is noticed by chance today
    for serial, age in enumerate(sorted([*days, *recent], reverse=True)):
        yield _notification(chance, serial, today - dt.timedelta(days=age), cluster=age in recent)


def _notification(chance: random.Random, serial: int, day: dt.date, *, cluster: bool) -> Notification:
    sex = chance.choices((Sex.MALE, Sex.FEMALE, Sex.NOT_RECORDED), (65, 33, 2))[0]
    first = chance.choice(_FEMALE if sex is Sex.FEMALE else _MALE)
    name = f"{first} {chance.choice(_SURNAMES)}"
    born = dt.date(day.year - chance.randrange(21, 74), chance.randrange(1, 13), chance.randrange(1, 29))
    stream, codes = chance.choice(_MIXES)
    if cluster:
        stream, codes = Stream.NEAR_FATAL_OVERDOSE, ("protonitazene", "heroin")
    address = f"{chance.randrange(1, 90)} {chance.choice(_STREETS)}"
    role = SubstanceRole.SUSPECTED if cluster or chance.random() < 0.5 else SubstanceRole.CONFIRMED
    precision = DatePrecision.EXACT if chance.random() < 0.85 else DatePrecision.ESTIMATED
    return Notification(
        stream=stream,
        source=chance.choice(
            (
                NotificationSource.POLICE,
                NotificationSource.AMBULANCE,
                NotificationSource.CORONER,
                NotificationSource.TREATMENT_PROVIDER,
            )
        ),
        event_date=day,
        event_date_precision=precision,
        source_reference=f"FC-{chance.randrange(10_000, 99_999)}",
        notifier_name=f"{chance.choice(_FEMALE)} Underhay",
        notifier_contact=f"07700 900{chance.randrange(100, 999)}",
        full_name=name,
        aliases=first[:3] if chance.random() < 0.3 else None,
        date_of_birth=born,
        nhs_number=nhs_number(serial),
        address=address,
        postcode=f"ZZ{chance.randrange(1, 9)} {chance.randrange(1, 9)}QF",
        sex=sex,
        district="Bramblewick" if cluster else chance.choice(DISTRICTS),
        place_of_event=chance.choice((PlaceOfEvent.OWN_HOME, PlaceOfEvent.HOSTEL, PlaceOfEvent.OTHERS_HOME)),
        substances=tuple((code, role) for code in codes),
        narrative=_narrative(chance, name, day, address, stream, sex),
    )


def _narrative(chance: random.Random, name: str, day: dt.date, address: str, stream: Stream, sex: Sex) -> str:
    first, _, last = name.partition(" ")
    title = {Sex.MALE: "Mr", Sex.FEMALE: "Ms"}.get(sex, "Mx")
    possessive = {Sex.MALE: "his", Sex.FEMALE: "her"}.get(sex, "their")
    kin = chance.choice(_KIN)
    other = chance.choice(_MALE)
    before = day - dt.timedelta(days=chance.randrange(5, 28))
    earlier = before - dt.timedelta(days=chance.randrange(10, 40))
    outcome = (
        "Paramedics gave naloxone twice and the person was taken to hospital."
        if stream is Stream.NEAR_FATAL_OVERDOSE
        else "Paramedics confirmed that the person had died."
    )
    return (
        f"{name} was found at {address} by {possessive} {kin} {other} on {day.day} {day:%B} {day.year}. {outcome}\n"
        f"{title} {last} had left {chance.choice(_SERVICES)} on {before.day} {before:%B} {before.year} "
        f"and missed an appointment on {earlier:%d/%m/%Y}.\n"
        f"{first} had asked for help with sleep and with money. {possessive.capitalize()} {kin} can be reached on "
        f"07700 900{chance.randrange(100, 999)}. No naloxone was in the home."
    )
