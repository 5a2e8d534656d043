"""Filling an empty instance with the invented partnership: two years of work, done through the services.

Everything happens in one unit of work, with the clock walking from the past to the present: an interrupted seeding
leaves nothing behind. The same day gives the same partnership, but for the random ids, keys and pseudonyms.
"""

import base64
import datetime as dt
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from dard.accounts import access, joining, statement
from dard.accounts import service as accounts
from dard.accounts.enums import Role
from dard.accounts.models import User
from dard.actions import service as actions
from dard.actions.enums import ActionStatus, Priority
from dard.actions.models import Action
from dard.agreements import service as agreements
from dard.agreements.enums import AgreementStatus
from dard.agreements.models import Agreement
from dard.audit import events
from dard.audit.service import record
from dard.cases import honeytokens
from dard.cases import service as cases
from dard.cases.enums import CaseStatus, NotificationSource, RevealPurpose
from dard.cases.models import Case
from dard.cli import fiction
from dard.core import clock
from dard.core.actor import Actor
from dard.core.database import db
from dard.panels import service as panels
from dard.panels.enums import MeetingStatus, Reply
from dard.panels.models import Meeting
from dard.panels.queries import agenda
from dard.pseudonymisation import service as pseudonymisation
from dard.pseudonymisation.queries import newest_packs

SEED = 20_240_926  # the day of the guidance
CASES = 60
ACTIONS = 40
OUTSIDE = 7  # of 13 actions, the one that somebody from outside the panel owns
SYSTEM = Actor.system("demonstration")
_WORDS = (
    "amber",
    "badger",
    "copper",
    "dapple",
    "ember",
    "fathom",
    "granite",
    "harvest",
    "indigo",
    "juniper",
    "kestrel",
)
_OPEN_MARK = re.compile(r"\[[a-z ]+\?[^\]]*\](?P<service> (?:ward|hostel|project|House))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAccount:
    """With what somebody of the demonstration signs in."""

    name: str
    email: str
    password: str
    totp_secret: str
    roles: tuple[str, ...]
    organisation: str


def demo_accounts() -> list[DemoAccount]:
    """The same accounts every time: the demonstration holds nothing that would need protecting."""
    chance = random.Random(SEED)  # noqa: S311 - invented, printed for everybody
    return [
        DemoAccount(
            name=colleague.name,
            email=colleague.email,
            password="-".join(chance.sample(_WORDS, 3)),
            totp_secret=base64.b32encode(chance.randbytes(20)).decode(),
            roles=tuple(role.value for role in colleague.roles),
            organisation=colleague.organisation,
        )
        for colleague in fiction.COLLEAGUES
    ]


def seed(today: dt.date, say: Callable[[str], None]) -> None:
    """Make the partnership as it would stand on ``today``, inside the caller's unit of work."""
    Seeding(today, say).run()


def _settle(mark: re.Match[str]) -> str:
    """What a coordinator would write in place of a proposal: a kind of service, or that there was another person."""
    return "[a service]" if mark["service"] else "[another person]"


class Seeding:
    """The partnership while it is made."""

    def __init__(self, today: dt.date, say: Callable[[str], None]) -> None:
        self.today = today
        self.say = say
        self.chance = random.Random(SEED + 1)  # noqa: S311 - invented
        self.people: dict[str, User] = {}
        self.cases: list[Case] = []

    def run(self) -> None:
        """Do everything in the order of its time, and set the clock right again."""
        try:
            self.say("Organisations, people and agreements …")
            self._found()
            self.say(f"{CASES} cases over two years …")
            self._log_cases()
            self.say("Meetings, summaries and packs …")
            past = self._past_meeting()
            self.say(f"{ACTIONS} actions …")
            self._actions(past)
            self._coming_meetings()
            self._showings()
            self._access()
        finally:
            clock.set_source(None)

    def _at(self, days_ago: int, hour: int = 9, minute: int = 30) -> None:
        day = self.today - dt.timedelta(days=days_ago)
        moment = dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=clock.UK).astimezone(dt.UTC)
        clock.set_source(lambda: moment)

    def _actor(self, role: Role, number: int = 0) -> Actor:
        holders = [user for user in self.people.values() if role in user.roles]
        return accounts.actor_of(holders[number])

    def _found(self) -> None:
        self._at(760)
        bodies = {name: accounts.add_organisation(SYSTEM, name, kind) for name, kind in fiction.ORGANISATIONS.items()}
        for account in demo_accounts():
            details = accounts.UserDetails(
                email=account.email,
                name=account.name,
                organisation_id=bodies[account.organisation].id,
                roles=frozenset(Role(role) for role in account.roles),
            )
            user = accounts.add_user(SYSTEM, details)
            accounts.set_password(user, account.password)
            user.totp_secret = account.totp_secret
            user.second_factor_confirmed_at = clock.now()
            statement.accept(accounts.actor_of(user))
            self.people[account.name] = user
        db.session.flush()
        for name, lead in fiction.LEADS.items():
            joining.name_lead(self._actor(Role.ADMINISTRATOR), bodies[name], self.people[lead].id)
        first = self._agreement("Information sharing agreement, first edition", 755, 190, list(bodies))
        self._at(195)
        second = self._agreement(
            "Information sharing agreement, second edition",
            189,
            -176,
            [name for name in bodies if name != fiction.LAPSED],
        )
        for agreement in (first, second):
            agreements.transition(self._actor(Role.COORDINATOR), agreement, AgreementStatus.IN_FORCE)

    def _agreement(self, title: str, first: int, last: int, names: Sequence[str]) -> Agreement:
        coordinator = self._actor(Role.COORDINATOR)
        bodies = {body.name: body for body in accounts.organisations()}
        made = agreements.draw_up(
            coordinator,
            agreements.AgreementDetails(
                title=title,
                purpose="Reviewing drug and alcohol related deaths and near-fatal overdoses to prevent others.",
                effective_from=self.today - dt.timedelta(days=first),
                effective_to=self.today - dt.timedelta(days=last),
            ),
        )
        for name in names:
            party = agreements.add_party(coordinator, made, bodies[name].id)
            signature = agreements.Signature(
                name=f"{self.chance.choice(('Ines', 'Rupert', 'Amara'))} Goldspink",
                office=self.chance.choice(("Caldicott Guardian", "Director", "Chief executive")),
                signed_on=clock.today(),
            )
            agreements.sign(coordinator, party, signature)
        return made

    def _log_cases(self) -> None:
        coordinator, reporter = self._actor(Role.COORDINATOR), self._actor(Role.REPORTER)
        for told in fiction.notifications(self.chance, self.today, CASES):
            age = (self.today - (told.event_date or self.today)).days
            self._at(max(0, age - self.chance.randrange(1, 4)), 8, self.chance.randrange(60))
            logs = reporter if told.source is NotificationSource.AMBULANCE else coordinator
            self.cases.append(cases.notify(logs, told, another_event=True))
        for case in self.cases:
            self._walk(case, (self.today - (case.event_date or self.today)).days)

    def _walk(self, case: Case, age: int) -> None:
        """Take a case as far as one of its age has usually come."""
        steps: list[tuple[CaseStatus, str | None]] = []
        if age > 14:
            steps.append((CaseStatus.OPEN, None))
        if age > 30:
            steps.append((CaseStatus.INFORMATION_GATHERING, None))
        if age > 55:
            steps.append((CaseStatus.READY_FOR_TRIAGE, None))
        if age > 330:
            steps += [
                (CaseStatus.SCHEDULED, None),
                (CaseStatus.REVIEWED, None),
                (CaseStatus.CLOSED, "Reviewed, and the learning was shared"),
            ]
        for number, (to, reason) in enumerate(steps):
            self._at(max(0, age - 10 - number * 12), 14)
            cases.transition(self._actor(Role.COORDINATOR), case, to, reason)

    def _waiting(self, count: int) -> Iterator[Case]:
        waiting = [case for case in self.cases if case.status is CaseStatus.READY_FOR_TRIAGE]
        yield from waiting[:count]

    def _meeting(self, day: dt.date, count: int) -> Meeting:
        coordinator = self._actor(Role.COORDINATOR)
        starts_at = dt.datetime(day.year, day.month, day.day, 10, 0, tzinfo=clock.UK).astimezone(dt.UTC)
        details = panels.MeetingDetails(
            title=f"Review panel, {day:%B %Y}", starts_at=starts_at, place="Moorland Room, County Hall, Aldermere"
        )
        made = panels.arrange(coordinator, details)
        for case in list(self._waiting(count)):
            panels.add_case(coordinator, made, case)
        invited = [user.id for user in self.people.values() if user.roles & {Role.MEMBER, Role.CHAIR, Role.COORDINATOR}]
        panels.invite(coordinator, made, invited)
        return made

    def _summaries(self, meeting: Meeting, *, left_over: int = 0) -> None:
        """Write and approve the summaries; the last ``left_over`` only as far as a draft or their submission."""
        writer, approver = self._actor(Role.COORDINATOR), self._actor(Role.COORDINATOR, 1)
        items = agenda(meeting)
        for number, item in enumerate(items):
            summary = pseudonymisation.draft_summary(writer, item.case)
            if len(items) - number == 1 and left_over:
                continue
            settled = _OPEN_MARK.sub(_settle, summary.text)
            pseudonymisation.save_summary(writer, summary, settled, summary.version)
            pseudonymisation.submit(writer, summary)
            if len(items) - number > left_over:
                pseudonymisation.approve(approver, summary)

    def _replies(self, meeting: Meeting) -> None:
        for user in self.people.values():
            if Role.MEMBER in user.roles and self.chance.random() < 0.8:
                answer = Reply.ACCEPTED if self.chance.random() < 0.85 else Reply.DECLINED
                panels.reply(accounts.actor_of(user), meeting, answer)

    def _accept(self, meeting: Meeting, without: str = "") -> None:
        """Who has a pack accepts the confidentiality statement for its meeting, but for one."""
        for pack in newest_packs([meeting.id]):
            if pack.recipient.name != without:
                pseudonymisation.accept_for_meeting(accounts.actor_of(pack.recipient), pack)

    def _past_meeting(self) -> Meeting:
        self._at(110)
        meeting = self._meeting(self.today - dt.timedelta(days=75), 14)
        self._at(92)
        self._summaries(meeting)
        self._at(82)
        self._replies(meeting)
        pseudonymisation.issue_packs(self._actor(Role.COORDINATOR), meeting)
        self._at(80)
        self._accept(meeting)
        self._at(75, 13)
        panels.transition(self._actor(Role.COORDINATOR), meeting, MeetingStatus.HELD)
        return meeting

    def _coming_meetings(self) -> None:
        self._at(30)
        current = self._meeting(self.today + dt.timedelta(days=3), 6)
        self._at(9)
        self._summaries(current, left_over=2)
        self._at(6)
        self._replies(current)
        pseudonymisation.issue_packs(self._actor(Role.COORDINATOR), current)
        self._at(4)
        self._accept(current, without=fiction.LATECOMER)
        self._at(2)
        self._meeting(self.today + dt.timedelta(days=60), 3)

    def _showings(self) -> None:
        """Identities shown with their purposes, and a honeytoken that somebody looked into."""
        shown = [case for case in self.cases if case.status is not CaseStatus.CLOSED][:8]
        for number, case in enumerate(shown):
            self._at(40 - number * 3, 10 + number % 6)
            purpose = tuple(RevealPurpose)[number % len(RevealPurpose)]
            cases.reveal(self._actor(Role.COORDINATOR, number % 2), case, purpose, None)
        trap = next(case for case in self.cases if case.status is CaseStatus.NOTIFIED)
        self._at(5)
        honeytokens.mark(SYSTEM, trap.reference)
        self._at(1, 19, 12)
        opening = events.HoneytokenOpened(object_id=trap.id, case_id=trap.id, page="cases.file")
        record(self._actor(Role.CHAIR), opening)

    def _access(self) -> None:
        """When people were last here, a review of who has access, and somebody who waits to be confirmed."""
        for number, user in enumerate(self.people.values()):
            self._at(124 if user.organisation.name == fiction.LAPSED else number % 9, 9 + number % 8)
            user.last_signed_in_at = clock.now()
        self._at(35, 15)
        access.review(self._actor(Role.INFORMATION_GOVERNANCE), "Everybody still needs their access.")
        self._at(1, 16)
        newcomer = fiction.NEWCOMER
        body = next(each for each in accounts.organisations() if each.name == newcomer.organisation)
        details = accounts.UserDetails(
            email=newcomer.email, name=newcomer.name, organisation_id=body.id, roles=frozenset(newcomer.roles)
        )
        joining.propose(self._actor(Role.COORDINATOR), details)

    def _actions(self, meeting: Meeting) -> None:
        chair = self._actor(Role.CHAIR)
        owners = [user for user in self.people.values() if Role.MEMBER in user.roles]
        (outside,) = (user for user in self.people.values() if Role.ACTION_OWNER in user.roles)
        items = agenda(meeting)
        for number in range(ACTIONS):
            self._at(75, 11, number)
            owner = outside if number % 13 == OUTSIDE else owners[number % len(owners)]
            made = actions.assign(
                chair,
                items[number % len(items)].case,
                meeting,
                actions.ActionDetails(
                    text=fiction.ACTIONS[number % len(fiction.ACTIONS)],
                    owner_organisation_id=owner.organisation_id,
                    owner_id=owner.id if number % 3 or owner is outside else None,
                    due_on=self.today + dt.timedelta(days=self.chance.randrange(-40, 60)),
                    priority=self.chance.choice(tuple(Priority)),
                ),
            )
            self._progress(made, owner, number)

    def _progress(self, action: Action, owner: User, number: int) -> None:
        chair, by = self._actor(Role.CHAIR), accounts.actor_of(owner)
        note = fiction.LEARNING[number % len(fiction.LEARNING)]
        wanted = tuple(ActionStatus)[number % len(ActionStatus)]
        if wanted is ActionStatus.REJECTED:
            self._at(60)
            actions.transition(chair, action, wanted, "The same action was agreed at an earlier meeting.")
            return
        path = {
            ActionStatus.AGREED: (),
            ActionStatus.IN_PROGRESS: (ActionStatus.IN_PROGRESS,),
            ActionStatus.BLOCKED: (ActionStatus.IN_PROGRESS, ActionStatus.BLOCKED),
            ActionStatus.AWAITING_SIGN_OFF: (ActionStatus.IN_PROGRESS, ActionStatus.AWAITING_SIGN_OFF),
            ActionStatus.CLOSED: (ActionStatus.IN_PROGRESS, ActionStatus.AWAITING_SIGN_OFF),
        }[wanted]
        for step, to in enumerate(path):
            self._at(60 - step * 20)
            actions.transition(by, action, to, note)
        if wanted is ActionStatus.CLOSED:
            self._at(10)
            actions.transition(chair, action, wanted, "Done. The change is in place and was seen to work.")
