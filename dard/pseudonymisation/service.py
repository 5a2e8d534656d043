"""Writing summaries and having them approved; issuing packs and opening them."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dard.accounts import statement
from dard.accounts.models import User
from dard.agreements.enums import SharingPurpose
from dard.agreements.service import assert_may_share
from dard.audit import events
from dard.audit.checkpoints import anchor, checkpoint_over, make_checkpoint, newest_checkpoint
from dard.audit.enums import AnchorKind
from dard.audit.service import record, record_many
from dard.cases.access.restrictions import named_people
from dard.cases.models import Case
from dard.core import clock
from dard.core.actor import Actor
from dard.core.database import db, take_lock
from dard.core.errors import ConflictError, DomainError, ForbiddenError, InvalidError, NotFoundError
from dard.panels.models import Meeting
from dard.panels.queries import agenda, is_invited
from dard.pseudonymisation import packs, policy, queries
from dard.pseudonymisation.composing import content_for, known_identifiers, left_to_settle, refuse_identifiers
from dard.pseudonymisation.enums import SummaryStatus
from dard.pseudonymisation.models import MeetingAcceptance, Pack, PackedCase, Summary
from dard.pseudonymisation.queries import summary_of
from dard.pseudonymisation.redaction import redact
from dard.pseudonymisation.settling import Passage, counted, passages
from dard.pseudonymisation.spans import Redaction
from dard.pseudonymisation.states import SUMMARY_WORKFLOW

NUMBER_LOCK = 0x5041434B  # "PACK": one giver of numbers at a time
THERE_ALREADY = "Somebody has begun this summary already. Open the page again to see it"


class AcceptanceOwedError(ForbiddenError):
    """The reader has not accepted the newest confidentiality statement for the meeting of a pack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The narrative as it is shown beside a summary; ``read`` is the event of its showing."""

    passages: Sequence[Passage]
    read: events.SummarySourceRead


@dataclass(frozen=True, slots=True)
class Refusal:
    """An invited person who got no pack, and why."""

    person: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueResult:
    """What issuing did: the new packs, how many people have the same content already, and who got none."""

    issued: tuple[Pack, ...]
    unchanged: int
    refused: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A pack to be issued: ``told`` is what it says to ``person``."""

    person: User
    edition: int
    told: packs.PackContent


def read_source(actor: Actor, case: Case) -> Source:
    """The narrative of ``case`` with what the redactor replaces in it. Each showing is recorded."""
    narrative = case.event.narrative or ""
    read = events.SummarySourceRead(object_id=case.id, case_id=case.id)
    record(actor, read)
    return Source(passages=passages(narrative, _redacted(case, narrative)), read=read)


def draft_summary(actor: Actor, case: Case) -> Summary:
    """Write the first draft: the narrative with the identifiers of the case, and what looks like one, replaced."""
    written_by = policy.writer(actor)
    if summary_of(case) is not None:
        raise DomainError(THERE_ALREADY)
    redaction = _redacted(case, case.event.narrative or "")
    made = Summary(case_id=case.id, status=SummaryStatus.DRAFT, written_by_id=written_by, text=redaction.text)
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except sa.exc.IntegrityError as error:  # two writers at once
        raise DomainError(THERE_ALREADY) from error
    record(actor, events.SummaryDrafted(object_id=made.id, case_id=case.id, replaced=len(redaction.spans)))
    return made


def _redacted(case: Case, text: str) -> Redaction:
    day_zero = packs.day_zero(case.event_date, case.event_date_precision)
    return redact(text, known_identifiers(case), event_date=day_zero)


def save_summary(actor: Actor, summary: Summary, text: str, version: int | None) -> None:
    """Replace the text of a draft; whoever saves is its writer. Raises ConflictError with both texts."""
    written_by = policy.writer(actor)
    ours, theirs = [("Summary", text)], [("Summary", summary.text)]
    if summary.status is not SummaryStatus.DRAFT:
        raise ConflictError(_WHY_NOT_CHANGED[summary.status], ours, theirs)
    summary.expect_version(version, ours=ours, theirs=theirs)
    if text == summary.text:
        return
    summary.text = text
    summary.written_by_id = written_by
    db.session.flush()
    record(actor, events.SummarySaved(object_id=summary.id, case_id=summary.case_id))


_WHY_NOT_CHANGED = {
    SummaryStatus.SUBMITTED: "This summary awaits approval. It can be changed when it has been returned to its writer",
    SummaryStatus.APPROVED: "This summary is approved. Reopen it first, and say why",
}


def save_and_submit(actor: Actor, summary: Summary, text: str, version: int | None) -> None:
    """Save a draft and send it for approval; if it may not be sent, it is not saved either."""
    save_summary(actor, summary, text, version)
    submit(actor, summary)


def submit(actor: Actor, summary: Summary, version: int | None = None) -> None:
    """Send a draft for approval. Raises InvalidError while an identifier or an open mark is left in it."""
    _refuse_leftovers(summary)
    _transition(actor, summary, SummaryStatus.SUBMITTED, version=version)


def approve(actor: Actor, summary: Summary, version: int | None = None) -> None:
    """Approve a submitted summary, so that it goes into packs. Never by the one who wrote it."""
    policy.check_second_person(actor, summary)
    _refuse_leftovers(summary)
    summary.return_note = None
    _transition(actor, summary, SummaryStatus.APPROVED, version=version)


def return_to_writer(actor: Actor, summary: Summary, note: str, version: int | None = None) -> None:
    """Send a submitted summary back with a note that says what to change."""
    summary.return_note = note.strip() or None
    _transition(actor, summary, SummaryStatus.DRAFT, reason=note, version=version)


def reopen(actor: Actor, summary: Summary, reason: str, version: int | None = None) -> None:
    """Take an approved summary back to change it; packs that were issued with it stay as they are."""
    if summary.status is not SummaryStatus.APPROVED:
        raise DomainError("Only an approved summary can be reopened")
    _transition(actor, summary, SummaryStatus.DRAFT, reason=reason, version=version)


def _transition(
    actor: Actor, summary: Summary, to: SummaryStatus, *, reason: str | None = None, version: int | None
) -> None:
    """The only writer of a summary’s status."""
    summary.expect_version(version)
    before = summary.status
    SUMMARY_WORKFLOW.check(actor, before, to, reason)
    approved = to is SummaryStatus.APPROVED
    summary.status = to
    summary.approved_by_id = actor.user_id if approved else None
    summary.approved_at = clock.now() if approved else None
    db.session.flush()
    record(
        actor,
        events.SummaryStatusChanged(
            object_id=summary.id, case_id=summary.case_id, before=before, after=to, reason=reason or None
        ),
    )


def _refuse_leftovers(summary: Summary) -> None:
    if not summary.text.strip():
        raise DomainError("Write the summary first: it is empty", "text")
    found = left_to_settle(summary.case, summary.text)
    if found:
        raise InvalidError([("text", f"Settle what is left in the summary first: {counted(found)}")])


def load_pack(actor: Actor, pack_id: uuid.UUID, _parents: Mapping[str, Any]) -> Pack:
    """The pack of an id in the URL. Raises NotFoundError for everybody but its recipient."""
    found = queries.own_pack(actor, pack_id)
    if found is None:
        raise NotFoundError
    return found


def issue_packs(actor: Actor, meeting: Meeting) -> IssueResult:
    """Give every invited person whose organisation may receive it today the pack of ``meeting``.

    A person whose newest pack says the same keeps that one. Refusals are recorded, and keep nobody else from a pack.
    Raises DomainError if there is nothing to issue, or if the release gate finds an identifier of any case.
    """
    issued_by = policy.issuer(actor)
    db.session.refresh(meeting, with_for_update=True)
    content = content_for(actor, meeting)
    refuse_identifiers(actor, meeting, content)
    case_ids = {item.pseudonym: item.case_id for item in agenda(meeting)}
    named = named_people(case_ids.values())
    newest = {pack.recipient_id: pack for pack in queries.newest_packs([meeting.id])}
    refused: list[Refusal] = []
    wanted: list[_Wanted] = []
    unchanged = 0
    for person in sorted((each.user for each in meeting.invitations), key=lambda user: (user.name, str(user.id))):
        seen = [name for name, case in case_ids.items() if person.id in named.get(case, {person.id})]
        told, held = packs.only(content, seen), newest.get(person.id)
        reason = _reason_against(actor, person)
        if reason:
            refused.append(Refusal(person.name, reason))
        elif _has_it(person, held, told):
            unchanged += 1
        elif packs.has_summaries(told):  # else all that is approved is restricted to others
            wanted.append(_Wanted(person, held.edition + 1 if held else 1, told))
    issued = _insert(meeting, wanted, case_ids, issued_by)
    record_many(
        actor,
        [
            events.PackIssued(
                object_id=pack.id,
                meeting=meeting.id,
                recipient=pack.recipient_id,
                cases=len(each.told.cases) - len(packs.gaps(each.told)),
            )
            for pack, each in zip(issued, wanted, strict=True)
        ],
    )
    return IssueResult(issued=tuple(issued), unchanged=unchanged, refused=tuple(refused))


def _has_it(person: User, held: Pack | None, told: packs.PackContent) -> bool:
    """Whether the newest pack of ``person`` says what it would say now, to the organisation that they are with now."""
    return held is not None and held.organisation_id == person.seat.id and held.content == packs.encode(told)


def checkpoint_line(pack: Pack) -> str:
    """The line of the audit checkpoint that stands on ``pack``; empty if none had been signed when it was issued."""
    return "" if pack.checkpoint_size is None else checkpoint_over(pack.checkpoint_size).statement().line()


def _insert(
    meeting: Meeting, wanted: Sequence[_Wanted], case_ids: Mapping[str, uuid.UUID], issued_by: uuid.UUID
) -> list[Pack]:
    checkpoint = newest_checkpoint() or make_checkpoint()
    take_lock(NUMBER_LOCK)
    year = clock.today().year
    number = queries.newest_number(year)
    made = []
    for each in wanted:
        number = packs.next_number(year, number)
        made.append(
            Pack(
                number=number,
                meeting_id=meeting.id,
                recipient_id=each.person.id,
                organisation_id=each.person.seat.id,
                edition=each.edition,
                checkpoint_size=checkpoint.size if checkpoint else None,
                issued_at=clock.now(),
                issued_by_id=issued_by,
                content=packs.encode(each.told),
            )
        )
    db.session.add_all(made)
    db.session.flush()
    for pack, each in zip(made, wanted, strict=True):
        names = [case.pseudonym for case in each.told.cases]
        db.session.add_all(PackedCase(pack_id=pack.id, case_id=case_ids[name], pseudonym=name) for name in names)
        if checkpoint is not None:
            anchor(checkpoint, AnchorKind.PACK, pack.number)
    db.session.flush()
    return made


def _reason_against(actor: Actor, person: User) -> str:
    """Why ``person`` gets no pack today; empty if they do. A refusal for the organisation’s sake is recorded."""
    problem = policy.account_problem(person)
    if problem:
        return problem
    try:
        assert_may_share(person.seat.id, SharingPurpose.PACK, clock.today())
    except ForbiddenError as error:
        if isinstance(error.event, events.SharingRefused):
            record(actor, error.event)
        return error.message
    return ""


def check_admission(actor: Actor, pack: Pack) -> None:
    """Raise ForbiddenError, whose event is kept, unless everything allows ``actor`` to read ``pack`` today."""
    if queries.own_pack(actor, pack.id) is None:
        raise NotFoundError
    if not pack.recipient.active:
        raise _refused(pack, "Your account is closed")
    if actor.seat_id != pack.organisation_id:
        raise _refused(pack, queries.ISSUED_ELSEWHERE)
    assert_may_share(pack.organisation_id, SharingPurpose.PACK, clock.today())
    if not is_invited(pack.meeting, pack.recipient_id):
        raise _refused(pack, "Your invitation to this meeting has been withdrawn")
    if not queries.is_newest(pack):
        raise ForbiddenError("A newer pack has taken the place of this one. Open it from “My packs”")


def accept_for_meeting(actor: Actor, pack: Pack, version: int | None = None) -> None:
    """Note that ``actor`` accepts the confidentiality statement for the meeting of ``pack``, as they were shown it."""
    check_admission(actor, pack)
    statement.check_shown(version)
    if pack.recipient_id in queries.acceptances(pack.meeting):
        return
    newest = statement.current().version
    made = MeetingAcceptance(
        meeting_id=pack.meeting_id, user_id=pack.recipient_id, version=newest, accepted_at=clock.now()
    )
    db.session.add(made)
    db.session.flush()
    record(actor, events.MeetingStatementAccepted(object_id=pack.meeting_id, version=newest))


def open_pack(actor: Actor, pack: Pack) -> packs.Reading:
    """What ``pack`` says, for its recipient, if everything still allows it today. Each opening is recorded.

    Raises AcceptanceOwedError until they have accepted the confidentiality statement for its meeting. A
    case from which the reader is recused by now, or that is restricted to others by now, is left out.
    """
    content = _admit(actor, pack)
    record(actor, events.PackOpened(object_id=pack.id))
    return content


def download_pack(actor: Actor, pack: Pack) -> packs.Reading:
    """As ``open_pack``, for the PDF."""
    content = _admit(actor, pack)
    record(actor, events.PackDownloaded(object_id=pack.id))
    return content


def _admit(actor: Actor, pack: Pack) -> packs.Reading:
    check_admission(actor, pack)
    if pack.recipient_id not in queries.acceptances(pack.meeting):
        raise AcceptanceOwedError("Accept the confidentiality statement for this meeting first")
    return packs.reading(packs.decode(pack.content), *queries.packed_for(actor, pack))


def _refused(pack: Pack, why: str) -> ForbiddenError:
    return ForbiddenError(
        why, event=events.SharingRefused(object_id=pack.organisation_id, purpose=SharingPurpose.PACK, why=why)
    )
