"""Who is told of may be known already: the cases that are about the same person, as far as can be told.

The blind indexes find what may be the same; whether it is, is told by what stands in the file, opened here.
"""

import datetime as dt
import enum
from dataclasses import dataclass

import sqlalchemy as sa

from dard.cases.models import Case, CasePerson
from dard.cases.nicknames import nicknames_of
from dard.cases.policy import visible_to
from dard.cases.rules import Notification
from dard.core.actor import Actor
from dard.core.database import db
from dard.crypto import normalisation
from dard.crypto.phonetics import sound_of


class Likeness(enum.Enum):
    """What two persons have in common, the surest first: the form field that is meant, and the words for people."""

    NHS_NUMBER = "nhs_number", "this NHS number"
    NAME_AND_BIRTH = "full_name", "the same name and date of birth"
    SOUND_AND_YEAR = "full_name", "a name that sounds alike and the same year of birth"

    @property
    def field(self) -> str:
        """The field of Notification."""
        return self.value[0]

    @property
    def words(self) -> str:
        """What the case has, as the end of “There is a case with …”."""
        return self.value[1]


@dataclass(frozen=True, slots=True)
class _Who:
    """What is compared of a person; None is not recorded."""

    nhs_number: str | None
    full_name: str | None
    born: dt.date | None


def cases_alike(actor: Actor, notification: Notification) -> dict[Likeness, list[str]]:
    """The references of the cases whose person may be the notified one, each under the surest likeness.

    Of a case that ``actor`` may not see nothing is said, nor is anything of it opened.
    """
    told = _Who(
        normalisation.nhs_number(notification.nhs_number or ""), notification.full_name, notification.date_of_birth
    )
    may_be = sa.or_(
        CasePerson.nhs_number_index.matches(told.nhs_number),
        CasePerson.name_birth_index.matches(told.full_name, told.born),
        CasePerson.sound_birth_index.matches(told.full_name, told.born),
    )
    rows = db.session.execute(
        sa.select(Case.reference, CasePerson)
        .join(CasePerson, CasePerson.case_id == Case.id)
        .where(may_be, Case.id.in_(visible_to(actor).with_only_columns(Case.id)))
        .order_by(Case.year, Case.number)
    )
    found: dict[Likeness, list[str]] = {}
    for reference, person in rows:
        likeness = _likeness(told, _Who(person.nhs_number, person.full_name, person.date_of_birth))
        if likeness is not None:
            found.setdefault(likeness, []).append(reference)
    return dict(sorted(found.items(), key=lambda each: list(Likeness).index(each[0])))


def _likeness(one: _Who, other: _Who) -> Likeness | None:
    if one.nhs_number and one.nhs_number == other.nhs_number:
        return Likeness.NHS_NUMBER
    if one.full_name is None or other.full_name is None or one.born is None or other.born is None:
        return None
    mine, theirs = normalisation.name_parts(one.full_name), normalisation.name_parts(other.full_name)
    if one.born == other.born and sorted(mine) == sorted(theirs):
        return Likeness.NAME_AND_BIRTH
    if one.born.year == other.born.year and _sounds_alike(mine, theirs):
        return Likeness.SOUND_AND_YEAR
    return None


def _sounds_alike(mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """Whether the surnames sound alike, and one of the given names of each may stand for one of the other."""
    if not mine or not theirs or sound_of(mine[-1]) != sound_of(theirs[-1]):
        return False
    return any(_may_stand_for(a, b) for a in mine[:-1] for b in theirs[:-1])


def _may_stand_for(a: str, b: str) -> bool:
    """The same given name: written or pronounced alike, a short form, or an initial of it."""
    if len(a) == 1 or len(b) == 1:
        return a[0] == b[0]
    return a == b or b in nicknames_of(a) or (sound_of(a) is not None and sound_of(a) == sound_of(b))
