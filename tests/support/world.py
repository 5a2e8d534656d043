"""Makes organisations, people, cases and the rest through the services, with sensible defaults, for tests."""

import datetime as dt
import secrets
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask
from support.browser import Browser

from dard.accounts import service as accounts
from dard.accounts import statement
from dard.accounts.enums import OrganisationKind, Role
from dard.accounts.models import Organisation, SignInSession, User
from dard.accounts.passwords import new_totp_secret
from dard.accounts.service import UserDetails
from dard.accounts.sessions import _hash
from dard.agreements import service as agreements
from dard.agreements.enums import AgreementStatus
from dard.agreements.service import AgreementDetails, Signature
from dard.audit import events
from dard.audit.service import record
from dard.cases import service as case_service
from dard.cases.enums import CaseStatus, NotificationSource, PlaceOfEvent, Sex, Stream, SubstanceRole
from dard.cases.models import Case
from dard.cases.rules import Notification
from dard.core import clock
from dard.core.actor import Actor
from dard.core.database import db, unit_of_work
from dard.crypto.enums import EVERY_PURPOSE
from dard.panels import service as panels
from dard.panels.service import MeetingDetails
from dard.pseudonymisation.models import MeetingAcceptance

SYSTEM = Actor.system("tests")
NOTIFICATION = Notification(
    stream=Stream.DRUG_RELATED_DEATH,
    source=NotificationSource.POLICE,
    event_date=dt.date(2026, 2, 14),
    source_reference="NC-14022026-77",
    notifier_name="Sergeant Orla Fennimore",
    notifier_contact="orla.fennimore@example.org",
    full_name="Tamsin Quillfeather",
    aliases="Tam Quill",
    date_of_birth=dt.date(1988, 7, 2),
    nhs_number="999 000 0018",
    address="14 Larkspur Rise, Bramblewick",
    postcode="ZZ1 4QF",
    sex=Sex.FEMALE,
    district="Bramblewick",
    place_of_event=PlaceOfEvent.OWN_HOME,
    substances=(("heroin", SubstanceRole.SUSPECTED), ("diazepam", SubstanceRole.SUSPECTED)),
    narrative=(
        "Tamsin Quillfeather was found at 14 Larkspur Rise by her brother Jory on 14 February 2026. "
        "She had left Kestrel House on 2 February 2026. NHS number 999 000 0018."
    ),
)


@dataclass(frozen=True)
class Person:
    """A person with an account, as tests need them."""

    id: uuid.UUID
    organisation_id: uuid.UUID
    name: str
    email: str
    actor: Actor
    token: str


class World:
    """What there is in a test's partnership. Set-up happens in units of work of its own, as commands do."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._count = 0

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """One unit of work with all keys open, in the app's context: for calling services."""
        with self.app.app_context(), self.app.extensions["dard.keyring"].open_for(EVERY_PURPOSE), unit_of_work():
            yield

    def organisation(self, name: str = "", kind: OrganisationKind = OrganisationKind.COUNCIL) -> uuid.UUID:
        """An organisation that takes part."""
        with self.at_work():
            return accounts.add_organisation(SYSTEM, name or f"Organisation {self._next()}", kind).id

    def person(self, *roles: Role, organisation_id: uuid.UUID | None = None, name: str = "") -> Person:
        """Somebody with ``roles`` and a running session."""
        organisation_id = organisation_id or self.organisation()
        number = self._next()
        email = f"person{number}@example.org"
        with self.at_work():
            details = UserDetails(
                email=email,
                name=name or f"Person {number}",
                organisation_id=organisation_id,
                roles=frozenset(roles),
            )
            user = accounts.add_user(SYSTEM, details)
            user.totp_secret = new_totp_secret()
            user.second_factor_confirmed_at = clock.now()
            user.statement_version, user.statement_accepted_at = statement.current().version, clock.now()
            token = secrets.token_urlsafe(16)
            session = SignInSession(token_hash=_hash(token), user_id=user.id, last_seen_at=clock.now())
            db.session.add(session)
            db.session.flush()
            return Person(user.id, organisation_id, user.name, email, accounts.actor_of(user, session.id), token)

    def move(self, person: Person, organisation_id: uuid.UUID) -> None:
        """Let ``person`` work for another organisation, and have their roles for it."""
        with self.at_work():
            user = self.get(User, person.id)
            details = UserDetails(
                email=user.email, name=user.name, organisation_id=organisation_id, roles=user.assigned_roles
            )
            accounts.change_user(SYSTEM, user, details, active=True, version=None)

    def hold_for(self, person: Person, role: Role, organisation_id: uuid.UUID) -> Actor:
        """Let ``person`` have a role for another organisation than their own; they as they are then."""
        with self.at_work():
            user = self.get(User, person.id)
            held = next(each for each in user.held_roles if each.role is role)
            accounts.hold_role_for(SYSTEM, user, held, organisation_id)
            return accounts.actor_of(user)

    def browser(self, person: Person | None = None) -> Browser:
        """A browser, signed in as ``person`` if one is given."""
        browser = Browser(self.app)
        return browser.sign_in(person.token) if person else browser

    def agreement(
        self,
        *organisation_ids: uuid.UUID,
        title: str = "",
        first: dt.date = dt.date(2026, 1, 1),
        last: dt.date = dt.date(2026, 12, 31),
        signed_on: dt.date | None = dt.date(2026, 1, 5),
        in_force: bool = True,
    ) -> uuid.UUID:
        """An agreement that the organisations have signed (invited only, if ``signed_on`` is None)."""
        with self.at_work():
            details = AgreementDetails(
                title=title or f"Information sharing agreement {self._next()}",
                purpose="Reviewing deaths",
                effective_from=first,
                effective_to=last,
            )
            made = agreements.draw_up(SYSTEM, details)
            for organisation_id in organisation_ids:
                party = agreements.add_party(SYSTEM, made, organisation_id)
                if signed_on is not None:
                    signature = Signature(name="Ada Signatory", office="Caldicott Guardian", signed_on=signed_on)
                    agreements.sign(SYSTEM, party, signature)
            if in_force:
                agreements.transition(SYSTEM, made, AgreementStatus.IN_FORCE)
            return made.id

    def case(self, *, status: CaseStatus = CaseStatus.NOTIFIED, **told: Any) -> uuid.UUID:
        """A case of the standard notification, with what is ``told`` otherwise; another NHS number each time."""
        if "nhs_number" not in told:
            told["nhs_number"] = nhs_number(self._next())
        with self.at_work():
            made = case_service.notify(SYSTEM, replace(NOTIFICATION, **told), another_event=True)
            if status is CaseStatus.OPEN:
                case_service.transition(SYSTEM, made, CaseStatus.OPEN)
            elif status is not CaseStatus.NOTIFIED:
                made.status = status
            return made.id

    def meeting(
        self,
        *,
        cases: Iterable[uuid.UUID] = (),
        invited: Iterable[Person] = (),
        starts_at: dt.datetime = dt.datetime(2026, 3, 17, 14, 0, tzinfo=dt.UTC),
        title: str = "",
    ) -> uuid.UUID:
        """A planned meeting with these cases on its agenda (opened first, if they are only notified)."""
        with self.at_work():
            details = MeetingDetails(
                title=title or f"Panel meeting {self._next()}", starts_at=starts_at, place="Council Chamber"
            )
            made = panels.arrange(SYSTEM, details)
            for case_id in cases:
                case = db.session.get_one(Case, case_id)
                if case.status is CaseStatus.NOTIFIED:
                    case_service.transition(SYSTEM, case, CaseStatus.OPEN)
                panels.add_case(SYSTEM, made, case, "For this test")
            people = [person.id for person in invited]
            if people:
                panels.invite(SYSTEM, made, people)
            return made.id

    def accept(self, meeting_id: uuid.UUID, *user_ids: uuid.UUID) -> None:
        """Let people have accepted the confidentiality statement for a meeting."""
        with self.at_work():
            for user_id in user_ids:
                accepted = {"meeting_id": meeting_id, "user_id": user_id, "accepted_at": clock.now()}
                db.session.add(MeetingAcceptance(version=statement.current().version, **accepted))
            record(SYSTEM, events.MeetingStatementAccepted(object_id=meeting_id, version=statement.current().version))

    def get(self, model: type, identity: uuid.UUID) -> Any:
        """A row, inside ``at_work``."""
        return db.session.get_one(model, identity)

    def _next(self) -> int:
        self._count += 1
        return self._count


def nhs_number(seed: int) -> str:
    """A valid NHS number from the range 999, which is never issued."""
    body = 999_000_000 + seed
    while True:
        digits = str(body)
        remainder = 11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=True)) % 11
        if remainder != 10:
            return digits + str(remainder % 11)
        body += 100_000


__all__ = ["NOTIFICATION", "SYSTEM", "Case", "Organisation", "Person", "User", "World", "nhs_number"]
