"""Puts the pack of a meeting together from its agenda, and checks it at the release gate."""

from dard.cases.models import Case
from dard.cases.queries import substance_names
from dard.cases.rules import age_band
from dard.core import clock
from dard.core.actor import Actor
from dard.core.errors import DomainError
from dard.core.formats import moment_text
from dard.panels.enums import MeetingStatus
from dard.panels.models import Meeting
from dard.panels.queries import agenda, agenda_for
from dard.pseudonymisation import packs, queries, release_gate
from dard.pseudonymisation.settling import Leftover, leftovers
from dard.pseudonymisation.spans import KnownIdentifiers


def known_identifiers(case: Case) -> KnownIdentifiers:
    """What the record holds that could name the person or the notifier, for the redactor."""
    person, told = case.person, case.notification
    return KnownIdentifiers(
        names=_given(person.full_name, *(person.aliases or ()), told.notifier_name),
        addresses=_given(person.address),
        postcodes=_given(person.postcode),
        nhs_numbers=_given(person.nhs_number),
        dates=(person.date_of_birth,) if person.date_of_birth else (),
        others=_given(told.notifier_contact, told.source_reference, case.reference),
    )


def _given(*values: str | None) -> tuple[str, ...]:
    return tuple(value for value in values if value)


def left_to_settle(case: Case, text: str) -> list[Leftover]:
    """What must be changed in ``text`` before it can be submitted as the summary of ``case``."""
    return leftovers(text, known_identifiers(case))


def content_for(actor: Actor, meeting: Meeting) -> packs.PackContent:
    """What the packs of ``meeting`` would say today to somebody who may read of every case on its agenda.

    Raises DomainError if there is nothing to issue as far as ``actor`` can see, or nobody to issue it to.
    """
    if meeting.status is not MeetingStatus.PLANNED:
        raise DomainError(f"This meeting is “{meeting.status.label}”: packs are issued before a meeting")
    if not meeting.invitations:
        raise DomainError("Invite people to the meeting first: packs are issued to those who are invited")
    items = agenda(meeting)
    cases = [item.case for item in items]
    texts = queries.approved_texts(cases)
    if not any(item.case_id in texts for item in agenda_for(actor, meeting)):
        raise DomainError("No case on the agenda has an approved summary yet, so there is nothing to issue")
    sharing = queries.sharing(cases)
    return packs.PackContent(
        meeting=meeting.title,
        meeting_time=moment_text(meeting.starts_at),
        cases=tuple(
            pack_case(item.pseudonym, item.case, texts.get(item.case_id), sharing[item.case_id]) for item in items
        ),
    )


def pack_case(pseudonym: str, case: Case, text: str | None, sharing: int) -> packs.PackCase:
    """What a pack says of ``case`` under ``pseudonym``; ``text`` is its approved summary, None while there is none."""
    if text is None:
        return packs.PackCase(pseudonym=pseudonym)
    day_zero = packs.day_zero(case.event_date, case.event_date_precision)
    notified_after = (clock.local(case.notification.received_at).date() - day_zero).days if day_zero else None
    return packs.PackCase(
        pseudonym=pseudonym,
        age_band=age_band(case.person.age).label,
        sex=case.person.sex.label,
        month=packs.month_text(case.event_date, case.event_date_precision),
        district=packs.district_text(case.district, sharing),
        substances=tuple(substance_names(case)),
        summary=text,
        timeline=packs.timeline(
            text,
            day_zero_is=packs.day_zero_text(case.stream, case.event_date_precision),
            notified_after=notified_after,
        ),
    )


def refuse_identifiers(actor: Actor, meeting: Meeting, content: packs.PackContent) -> None:
    """The release gate: raise DomainError if an identifier stands anywhere in the pack’s text; it is not repeated.

    Where it stands is said by name only of cases that ``actor`` may see.
    """
    hits = []
    for item, shown in zip(agenda(meeting), content.cases, strict=True):
        if shown.summary is not None:
            hits += [
                release_gate.Hit(each.words[0], item.pseudonym) for each in left_to_settle(item.case, shown.summary)
            ]
    gate = release_gate.gate_of(queries.all_identifiers(), *queries.references_and_districts())
    beside = ("the meeting’s place", meeting.place)  # not in the pack, but read by the same people
    hits += release_gate.search(gate, [*packs.texts(content), beside])
    if hits:
        hidden = {item.pseudonym for item in agenda(meeting)} - {item.pseudonym for item in agenda_for(actor, meeting)}
        places = [(hit.kind, "the pack" if hit.where in hidden else hit.where) for hit in hits]
        found = "; ".join(f"{kind} in {where}" for kind, where in dict.fromkeys(places))
        raise DomainError(
            f"No pack was issued, because something that identifies a person would have gone out: {found}. "
            "Reopen the summary, take it out, and have it approved again"
        )
