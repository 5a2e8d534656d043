"""Whether an organisation may share on a day, and if not, why not, in words. Pure."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from dard.agreements.enums import AgreementStatus, PartyState, Term
from dard.core.formats import date_text

ENDING_SOON = dt.timedelta(days=60)  # about two panel meetings: time to draw up the next one and have it signed
SHOWN_AFTERWARDS = dt.timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """One organisation's place in one agreement. The agreement's dates are both included."""

    agreement: str
    status: AgreementStatus
    effective_from: dt.date
    effective_to: dt.date
    state: PartyState
    signed_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Position:
    """Whether sharing is allowed, and the sentence that says why or why not."""

    may_share: bool
    why: str


def position(memberships: Sequence[Membership], on: dt.date) -> Position:
    """Where an organisation with ``memberships`` stands on the day ``on`` (a UK date).

    Sharing needs one agreement that is in force on that day and that the organisation had signed by then. Otherwise the
    agreement that comes closest gives the reason.
    """
    if not memberships:
        return Position(may_share=False, why="The organisation is not a party to any information sharing agreement")
    judged = sorted((_judge(membership, on) for membership in memberships), key=lambda judgement: judgement[0])
    rank, why = judged[0]
    return Position(may_share=rank == 0, why=why)


def term(status: AgreementStatus, effective_from: dt.date, effective_to: dt.date, on: dt.date) -> Term | None:
    """What the dates of an agreement mean on the day ``on``; None for a draft and for one that was ended."""
    if status is not AgreementStatus.IN_FORCE:
        return None
    if on > effective_to:
        return Term.LAPSED
    if on < effective_from:
        return Term.NOT_BEGUN
    return Term.ENDING_SOON if effective_to - on <= ENDING_SOON else Term.RUNNING


def is_current(status: AgreementStatus, effective_to: dt.date, on: dt.date) -> bool:
    """Whether people still need to see an agreement beside the others: neither ended nor lapsed for over a year."""
    return status is not AgreementStatus.TERMINATED and on - SHOWN_AFTERWARDS <= effective_to


def consequence(found: Position) -> str:
    """What an organisation can and cannot do because of its position, in a sentence."""
    if found.may_share:
        return "Can receive packs."
    return "Cannot receive packs. Can still be given actions and report on them."


def _judge(membership: Membership, on: dt.date) -> tuple[int, str]:
    name = f"“{membership.agreement}”"
    if membership.state is PartyState.WITHDRAWN:
        return 4, f"The organisation has withdrawn from the agreement {name}"
    if membership.state is PartyState.DECLINED:
        return 5, f"The organisation has declined to sign the agreement {name}"
    if membership.status is AgreementStatus.TERMINATED:
        return 6, f"The agreement {name} has been ended"
    if on > membership.effective_to:
        return 2, f"The agreement {name} lapsed on {date_text(membership.effective_to)}"
    if membership.state is PartyState.INVITED or membership.signed_on is None or membership.signed_on > on:
        return 1, f"The organisation has not signed the agreement {name}"
    if membership.status is AgreementStatus.DRAFT:
        return 3, f"The agreement {name} is still a draft"
    if on < membership.effective_from:
        return 3, f"The agreement {name} begins on {date_text(membership.effective_from)}"
    return 0, f"Signed the agreement {name}, in force until {date_text(membership.effective_to)}"
