"""What pages and the release gate need to know: who shares what, who gets which pack, what awaits approval."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from dard.accounts import statement
from dard.accounts.models import User
from dard.agreements.rules import Position
from dard.agreements.service import positions
from dard.audit.events import PackOpened
from dard.audit.service import moments
from dard.cases.access.policy import is_open_to, is_withheld_from
from dard.cases.enums import AgeBand, DatePrecision, Sex
from dard.cases.models import Case, CasePerson
from dard.cases.policy import visible_to as visible_cases
from dard.cases.rules import age_band
from dard.core import clock
from dard.core.actor import Actor
from dard.core.database import db
from dard.core.permissions import Permission
from dard.panels.enums import MeetingStatus
from dard.panels.models import AgendaItem, Invitation, Meeting
from dard.panels.queries import agenda_for, day_of, guests
from dard.pseudonymisation.enums import SummaryStatus
from dard.pseudonymisation.models import MeetingAcceptance, Pack, PackedCase, Summary
from dard.pseudonymisation.packs import month_text
from dard.pseudonymisation.policy import account_problem, visible_to
from dard.pseudonymisation.spans import KnownIdentifiers

NOT_ISSUED = "The pack has not been issued yet"
ISSUED_ELSEWHERE = "This pack was issued to you at another organisation. Ask your coordinator to issue it again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """An invited person, where their organisation stands today, and their newest pack if they have one.

    ``accepted_at``: when they accepted the newest confidentiality statement for this meeting.
    """

    person: User
    position: Position
    pack: Pack | None
    first_opened_at: dt.datetime | None
    accepted_at: dt.datetime | None

    @property
    def why_not(self) -> str:
        """Why they would get no pack today; empty if they would."""
        return account_problem(self.person) or ("" if self.position.may_share else self.position.why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One case on an agenda, and how far its summary is; None if it has not been begun."""

    item: AgendaItem
    status: SummaryStatus | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPaper:
    """A reader’s own pack for a meeting; ``why_not`` says why there is none, or why it cannot be opened today."""

    meeting: Meeting
    pack: Pack | None
    why_not: str


Shared = tuple[AgeBand, Sex, str | None, str]


def summary_of(case: Case) -> Summary | None:
    """The summary of ``case``, if it has been begun."""
    return db.session.scalar(sa.select(Summary).where(Summary.case_id == case.id))


def awaiting_approval(actor: Actor, *, limit: int) -> list[Summary]:
    """Summaries that ``actor`` could approve, the one that has waited longest first; never their own."""
    query = (
        sa.select(Summary)
        .join(Summary.case)
        .where(
            Summary.status == SummaryStatus.SUBMITTED,
            Summary.written_by_id != actor.user_id,
            Summary.case_id.in_(visible_cases(actor).with_only_columns(Case.id)),
        )
        .options(joinedload(Summary.case, innerjoin=True), joinedload(Summary.written_by, innerjoin=True))
    )
    return list(db.session.scalars(query.order_by(Summary.updated_at, Summary.id).limit(limit)))


def sharing(cases: Sequence[Case], among: Actor | None = None) -> dict[uuid.UUID, int]:
    """For each of ``cases``, how many in the register, itself included, share age band, sex, district and month.

    What somebody is shown of it counts ``among`` the cases that they may see; what packs withhold depends on nobody.
    """
    query = sa.select(CasePerson.age, CasePerson.sex, Case.district, Case.event_date, Case.event_date_precision).join(
        Case, CasePerson.case_id == Case.id
    )
    if among is not None:
        query = query.where(Case.id.in_(visible_cases(among).with_only_columns(Case.id)))
    named = {case.district for case in cases if case.district}
    everyone = db.session.execute(query.where(sa.or_(Case.district.in_(named), Case.district.is_(None))))
    counted = Counter(_shared(*row) for row in everyone)
    return {
        case.id: counted[
            _shared(case.person.age, case.person.sex, case.district, case.event_date, case.event_date_precision)
        ]
        for case in cases
    }


def _shared(
    age: int | None, sex: Sex, district: str | None, event_date: dt.date | None, precision: DatePrecision
) -> Shared:
    return age_band(age), sex, district, month_text(event_date, precision)


def all_identifiers() -> Iterator[KnownIdentifiers]:
    """Who the people of all cases are, for the release gate: names, addresses, postcodes and NHS numbers only."""
    rows = db.session.execute(
        sa.select(
            CasePerson.id,
            CasePerson.full_name_sealed,  # type: ignore[attr-defined] # columns that the sealed fields make
            CasePerson.aliases_sealed,  # type: ignore[attr-defined] # likewise
            CasePerson.address_sealed,  # type: ignore[attr-defined] # likewise
            CasePerson.postcode_sealed,  # type: ignore[attr-defined] # likewise
            CasePerson.nhs_number_sealed,  # type: ignore[attr-defined] # likewise
        ).order_by(CasePerson.id)
    )
    for row, name, aliases, address, postcode, number in rows:
        names = [CasePerson.full_name.open(row, name)] if name else []
        yield KnownIdentifiers(
            names=tuple(_given([*names, *(CasePerson.aliases.open(row, aliases) or () if aliases else ())])),
            addresses=tuple(_given([CasePerson.address.open(row, address)] if address else [])),
            postcodes=tuple(_given([CasePerson.postcode.open(row, postcode)] if postcode else [])),
            nhs_numbers=tuple(_given([CasePerson.nhs_number.open(row, number)] if number else [])),
        )


def _given(values: Iterable[str | None]) -> Iterator[str]:
    return (value for value in values if value)


def references_and_districts() -> tuple[list[str], list[str]]:
    """The references of all cases, and the districts in use."""
    references = db.session.scalars(sa.select(Case.reference).order_by(Case.reference)).all()
    districts = db.session.scalars(sa.select(Case.district).where(Case.district.is_not(None)).distinct()).all()
    return list(references), sorted(district for district in districts if district)


def papers(actor: Actor, meeting: Meeting) -> list[Paper]:
    """What ``actor`` may see of the agenda, with the state of each case’s summary. For those who may see cases."""
    items = agenda_for(actor, meeting)
    statuses = dict(
        db.session.execute(
            sa.select(Summary.case_id, Summary.status).where(Summary.case_id.in_([item.case_id for item in items]))
        ).all()
    )
    return [Paper(item=item, status=statuses.get(item.case_id)) for item in items]


def approved_texts(cases: Sequence[Case]) -> dict[uuid.UUID, str]:
    """The approved summaries of ``cases``, by case."""
    query = sa.select(Summary).where(
        Summary.case_id.in_([case.id for case in cases]), Summary.status == SummaryStatus.APPROVED
    )
    return {summary.case_id: summary.text for summary in db.session.scalars(query)}


def newest_packs(meeting_ids: Sequence[uuid.UUID], recipient_id: uuid.UUID | None = None) -> list[Pack]:
    """The newest edition of each pack of some meetings: of everybody, or of one recipient."""
    newest = sa.select(Pack.meeting_id, Pack.recipient_id, sa.func.max(Pack.edition).label("edition")).group_by(
        Pack.meeting_id, Pack.recipient_id
    )
    latest = newest.where(Pack.meeting_id.in_(meeting_ids)).subquery()
    query = sa.select(Pack).join(
        latest,
        sa.and_(
            Pack.meeting_id == latest.c.meeting_id,
            Pack.recipient_id == latest.c.recipient_id,
            Pack.edition == latest.c.edition,
        ),
    )
    if recipient_id is not None:
        query = query.where(Pack.recipient_id == recipient_id)
    return list(db.session.scalars(query.order_by(Pack.number, Pack.id)))


def recipients(meeting: Meeting) -> list[Recipient]:
    """Everybody invited, by organisation and name: what they got, and why not."""
    given = {pack.recipient_id: pack for pack in newest_packs([meeting.id])}
    opened = moments(PackOpened.code, [pack.id for pack in given.values()])
    accepted = acceptances(meeting)
    found = []
    for guest in guests(meeting):
        pack = given.get(guest.invitation.user_id)
        found.append(
            Recipient(
                person=guest.invitation.user,
                position=guest.today,
                pack=pack,
                first_opened_at=opened.get(pack.id) if pack else None,
                accepted_at=accepted.get(guest.invitation.user_id),
            )
        )
    return found


def acceptances(meeting: Meeting) -> dict[uuid.UUID, dt.datetime]:
    """When each person accepted the newest confidentiality statement for ``meeting``; without those who did not."""
    query = sa.select(MeetingAcceptance.user_id, MeetingAcceptance.accepted_at).where(
        MeetingAcceptance.meeting_id == meeting.id, MeetingAcceptance.version == statement.current().version
    )
    return dict(db.session.execute(query).all())


def own_papers(actor: Actor) -> list[OwnPaper]:
    """The packs of a reader, and the coming meetings they are invited to without one, the latest meeting first."""
    if not actor.may(Permission.PACK_READ) or actor.user_id is None or actor.seat_id is None:
        return []
    invited = sa.select(Meeting).join(Meeting.invitations).where(Invitation.user_id == actor.user_id)
    meetings = db.session.scalars(
        invited.where(Meeting.status != MeetingStatus.CANCELLED).order_by(Meeting.starts_at.desc(), Meeting.id)
    ).all()
    packs = {pack.meeting_id: pack for pack in newest_packs([each.id for each in meetings], actor.user_id)}
    position = positions(clock.today(), [actor.seat_id])[actor.seat_id]
    return [
        OwnPaper(meeting=meeting, pack=packs.get(meeting.id), why_not=_why_not(actor, position, packs.get(meeting.id)))
        for meeting in meetings
        if meeting.id in packs or meeting.status is MeetingStatus.PLANNED
    ]


def coming_papers(actor: Actor) -> list[OwnPaper]:
    """A reader’s own packs for the meetings of today and later, the next one first."""
    coming = [
        paper
        for paper in own_papers(actor)
        if paper.meeting.status is MeetingStatus.PLANNED and day_of(paper.meeting) >= clock.today()
    ]
    return coming[::-1]


def own_paper(actor: Actor, meeting: Meeting) -> OwnPaper | None:
    """A reader’s own pack for one meeting; None if they are not invited to it."""
    return next((paper for paper in own_papers(actor) if paper.meeting.id == meeting.id), None)


def is_newest(pack: Pack) -> bool:
    """Whether no later edition has taken the place of ``pack``."""
    later = sa.select(Pack.id).where(
        Pack.meeting_id == pack.meeting_id, Pack.recipient_id == pack.recipient_id, Pack.edition > pack.edition
    )
    return db.session.scalar(later.limit(1)) is None


def own_pack(actor: Actor, pack_id: uuid.UUID) -> Pack | None:
    """One pack, if it was issued to ``actor``."""
    return db.session.scalar(visible_to(actor).where(Pack.id == pack_id))


def packed_for(actor: Actor, pack: Pack) -> tuple[frozenset[str], frozenset[str]]:
    """The names in ``pack`` of cases that ``actor`` may read, and of those withheld for a conflict of interest.

    A case whose name is in neither is restricted to others, or cannot be told any more: nothing is said of it.
    """
    seen, withheld = is_open_to(actor, PackedCase.case_id), is_withheld_from(actor, PackedCase.case_id)
    rows = db.session.execute(
        sa.select(PackedCase.pseudonym, seen, withheld).where(PackedCase.pack_id == pack.id)
    ).all()
    return frozenset(name for name, may, _ in rows if may), frozenset(name for name, _, hidden in rows if hidden)


def newest_number(year: int) -> str | None:
    """The highest number among the packs of ``year``."""
    query = sa.select(Pack.number).where(Pack.number.startswith(f"P-{year}-"))
    return db.session.scalar(query.order_by(sa.func.length(Pack.number).desc(), Pack.number.desc()).limit(1))


def _why_not(actor: Actor, position: Position, pack: Pack | None) -> str:
    if pack and pack.organisation_id != actor.seat_id:
        return ISSUED_ELSEWHERE
    if not position.may_share:
        return position.why.replace("The organisation", "Your organisation", 1)
    return "" if pack else NOT_ISSUED
