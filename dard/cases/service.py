"""Opening and keeping the file of a case."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa

from dard.audit import events
from dard.audit.service import record, record_many
from dard.cases.duplicates import Likeness, cases_alike
from dard.cases.enums import CaseStatus, DatePrecision, RevealPurpose, SubstanceRole
from dard.cases.models import Case, CaseEvent, CaseNotification, CasePerson, CaseSubstance
from dard.cases.policy import visible_to
from dard.cases.queries import seen_among
from dard.cases.rules import Notification, Problem, age_on, case_reference, check_notification
from dard.cases.states import CASE_WORKFLOW
from dard.cases.substances import SUBSTANCES
from dard.core import clock
from dard.core.actor import Actor
from dard.core.database import db, take_lock
from dard.core.errors import DomainError, InvalidError, NotFoundError
from dard.core.formats import date_text
from dard.core.permissions import Permission
from dard.crypto import normalisation
from dard.crypto.blind_index import blind_indexes, hold_index_keys
from dard.crypto.errors import KeyLockedError, UnsealError
from dard.crypto.fields import sealed_fields

REFERENCE_LOCK = 0x52454653  # one giver of references at a time
IDENTITY_FIELDS = ("full_name", "aliases", "date_of_birth", "nhs_number", "address", "postcode")
INDEXES = blind_indexes(CasePerson)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the person is, as far as it is recorded; only ``reveal`` and ``recorded_notification`` give it out."""

    full_name: str | None
    aliases: tuple[str, ...] | None
    date_of_birth: dt.date | None
    nhs_number: str | None
    address: str | None
    postcode: str | None
    source_reference: str | None
    notifier_name: str | None
    notifier_contact: str | None
    narrative: str | None


def load_case(actor: Actor, case_id: uuid.UUID, _parents: Mapping[str, Any]) -> Case:
    """The case of an id in the URL. Raises NotFoundError unless ``actor`` may see it."""
    found = db.session.scalar(visible_to(actor).where(Case.id == case_id))
    if found is None:
        raise NotFoundError
    return found


def problems_of(notification: Notification) -> list[Problem]:
    """Everything that keeps ``notification`` from being taken today."""
    found = list(check_notification(notification, today=clock.today()))
    if notification.event_date is not None and notification.event_date_precision is DatePrecision.UNKNOWN:
        found.append(Problem("event_date", "Leave the date empty, or say how exact it is"))
    if notification.nhs_number and normalisation.nhs_number(notification.nhs_number) is None:
        found.append(Problem("nhs_number", "Enter an NHS number of 10 digits, like 999 000 0018: this one is mistyped"))
    if notification.postcode and normalisation.postcode(notification.postcode) is None:
        found.append(Problem("postcode", "Enter a full UK postcode, like AA1 1AA"))
    return found


def notify(actor: Actor, notification: Notification, *, another_event: bool = False) -> Case:
    """Log a notification as a new case.

    Raises InvalidError with all problems; so too if there are cases that may be about the same person, and nobody has
    said that this is another event. Who opens no case file is not told that there is one: for them nothing is looked
    up, and the coordinator who opens the file sees the likeness (``likely_same``).
    """
    actor.require(Permission.CASE_NOTIFY)
    _refuse_problems(notification)
    take_lock(REFERENCE_LOCK)
    hold_index_keys()
    if not another_event and actor.may(Permission.CASE_VIEW):
        _refuse_known(actor, notification)
    (case_id,) = _insert([notification], actor.user_id)
    record(actor, events.CaseNotified(object_id=case_id, case_id=case_id, source=str(notification.source)))
    return db.session.get_one(Case, case_id)


def notify_imported(
    actor: Actor, notifications: Sequence[Notification], rows: Sequence[int], batch: uuid.UUID
) -> list[uuid.UUID]:
    """Log the rows of a file as new cases, in their order; ``rows`` are the line numbers that people see.

    The notifications must have been checked with ``problems_of``.
    """
    hold_index_keys()
    made = _insert(notifications, actor.user_id)
    record_many(
        actor,
        [
            events.CaseImported(object_id=case_id, case_id=case_id, row=row, batch=batch)
            for case_id, row in zip(made, rows, strict=True)
        ],
    )
    return made


def open_file(actor: Actor, case: Case) -> None:
    """Note that ``actor`` opened the file of ``case``."""
    record(actor, events.CaseFileOpened(object_id=case.id, case_id=case.id))


def reveal(actor: Actor, case: Case, purpose: RevealPurpose, reason: str | None) -> Identity:
    """Who the person is. Every showing is recorded with its purpose."""
    actor.require(Permission.IDENTITY_REVEAL)
    record(actor, events.IdentityRevealed(object_id=case.id, case_id=case.id, purpose=purpose, reason=reason or None))
    return _identity(case)


def likely_same(actor: Actor, case: Case) -> list[tuple[str, list[tuple[uuid.UUID, str]]]]:
    """While a case is only notified, which others may be about its person: what is alike, and their ids and references.

    Compares what is sealed and shows nothing of it. Empty for those who cannot look a person up. What cannot be opened
    is left out: a hint must not close the file, and whoever shows the identity is told.
    """
    if case.status is not CaseStatus.NOTIFIED or not actor.may(Permission.CASE_MANAGE):
        return []
    try:
        alike = cases_alike(actor, _notification_of(case))
    except (KeyLockedError, UnsealError):
        return []
    found = []
    for likeness, references in alike.items():
        others = seen_among(actor, [each for each in references if each != case.reference])
        if others:
            found.append((likeness.words, others))
    return found


def recorded_fields(case: Case) -> dict[str, bool]:
    """Which identifying fields hold something, without opening any of them."""
    sections = (case.person, case.notification, case.event)
    return {
        name: getattr(section, field.column) is not None
        for section in sections
        for name, field in sealed_fields(type(section)).items()
    }


def recorded_notification(actor: Actor, case: Case, *, shown: bool) -> Notification:
    """All that is recorded of a case, to be corrected. If it is ``shown``, that is a showing of identity."""
    actor.require(Permission.IDENTITY_REVEAL)
    if shown:
        reveal(actor, case, RevealPurpose.RECORD_CORRECTION, None)
    return _notification_of(case)


def correct(actor: Actor, case: Case, notification: Notification, version: int | None) -> None:
    """Replace what is recorded of a case. Only what differs is written and named in the history."""
    actor.require(Permission.CASE_MANAGE)
    if case.status is CaseStatus.CLOSED:
        raise DomainError("This case is closed, so its record stands. Open the case again first, and say why")
    before, after = _stored(_notification_of(case)), _stored(notification)
    both_shown = events.IdentityRevealed(object_id=case.id, case_id=case.id, purpose=RevealPurpose.RECORD_CORRECTION)
    case.expect_version(version, ours=_in_words(after, before), theirs=_in_words(before, after), event=both_shown)
    _refuse_problems(notification)
    changed = tuple(name for name in before if before[name] != after[name])
    if not changed:
        return
    _write(case, after, changed)
    case.updated_at = clock.now()
    db.session.flush()
    record(actor, events.CaseChanged(object_id=case.id, case_id=case.id, changed=changed))


def transition(actor: Actor, case: Case, to: CaseStatus, reason: str | None = None, version: int | None = None) -> None:
    """Take a case to another state: the only writer of its status."""
    case.expect_version(version)
    before = case.status
    CASE_WORKFLOW.check(actor, before, to, reason)
    case.status = to
    db.session.flush()
    record(
        actor,
        events.CaseStatusChanged(object_id=case.id, case_id=case.id, before=before, after=to, reason=reason or None),
    )


def _refuse_problems(notification: Notification) -> None:
    problems = problems_of(notification)
    if problems:
        raise InvalidError([(problem.field, problem.message) for problem in problems])


def _refuse_known(actor: Actor, notification: Notification) -> None:
    """Raise InvalidError if the person may be known already, saying what is alike and in which cases."""
    known = [
        (likeness.field, _known_words(likeness, references))
        for likeness, references in cases_alike(actor, notification).items()
    ]
    if known:
        raise InvalidError(known)


def _known_words(likeness: Likeness, references: Sequence[str]) -> str:
    other = "" if likeness is Likeness.NHS_NUMBER else ", or another person"
    return (
        f"There is a case with {likeness.words} already: {', '.join(references)}. If this is another event{other}, "
        "tick “Another event of the same person” and send it again"
    )


def _identity(case: Case) -> Identity:
    person, told = case.person, case.notification
    return Identity(
        **{name: getattr(person, name) for name in IDENTITY_FIELDS},
        source_reference=told.source_reference,
        notifier_name=told.notifier_name,
        notifier_contact=told.notifier_contact,
        narrative=case.event.narrative,
    )


def _insert(notifications: Sequence[Notification], logged_by: uuid.UUID | None) -> list[uuid.UUID]:
    """Make the cases. The caller holds the index keys."""
    now = clock.now()
    year = clock.today().year
    number = _last_number(year)
    tables: tuple[type, ...] = (Case, CaseNotification, CasePerson, CaseEvent, CaseSubstance)
    rows: dict[type, list[dict[str, Any]]] = {model: [] for model in tables}
    made = []
    for offset, notification in enumerate(notifications, start=1):
        case_id = uuid.uuid4()
        made.append(case_id)
        stored = _stored(notification)
        rows[Case].append(_case_row(case_id, year, number + offset, stored, now))
        rows[CaseNotification].append(_notification_row(case_id, stored, now) | {"logged_by_id": logged_by})
        rows[CasePerson].append(_person_row(case_id, stored, now))
        rows[CaseEvent].append(_event_row(case_id, stored, now))
        rows[CaseSubstance] += [
            {"id": uuid.uuid4(), "case_id": case_id, "code": code, "role": role} for code, role in stored["substances"]
        ]
    for model, values in rows.items():
        if values:
            db.session.execute(sa.insert(model.__table__), values)  # type: ignore[attr-defined] # every Model has one
    return made


def _last_number(year: int) -> int:
    take_lock(REFERENCE_LOCK)
    return db.session.scalar(sa.select(sa.func.max(Case.number)).where(Case.year == year)) or 0


def _in_words(stored: Mapping[str, Any], other: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The answers that differ from ``other``, named and written for people."""
    return [
        (name.replace("_", " ").capitalize(), _word(value)) for name, value in stored.items() if value != other[name]
    ]


def _word(value: Any) -> str:
    if value is None:
        return "Not recorded"
    if isinstance(value, dt.date):
        return date_text(value)
    if isinstance(value, tuple):
        return ", ".join(each if isinstance(each, str) else SUBSTANCES[each[0]].name for each in value)
    return str(getattr(value, "label", value))


def _stored(notification: Notification) -> dict[str, Any]:
    """The answers as they are stored: trimmed, normalised, empty ones None, the age worked out if it can be."""
    told = {field.name: getattr(notification, field.name) for field in fields(notification)}
    for name, value in told.items():
        if isinstance(value, str) and type(value) is str:
            told[name] = value.strip() or None
    told["aliases"] = tuple(line.strip() for line in (told["aliases"] or "").splitlines() if line.strip()) or None
    told["nhs_number"] = normalisation.nhs_number(told["nhs_number"] or "")
    told["postcode"] = normalisation.postcode(told["postcode"] or "")
    roles: dict[str, SubstanceRole] = {}
    for code, role in notification.substances:
        roles[code] = SubstanceRole.CONFIRMED if SubstanceRole.CONFIRMED in {role, roles.get(code)} else role
    told["substances"] = tuple(sorted(roles.items()))
    born, day = told["date_of_birth"], told["event_date"]
    if born is not None and day is not None:
        told["age_at_event"] = age_on(born, day)
    return told


def _notification_of(case: Case) -> Notification:
    shown = _identity(case)
    return Notification(
        stream=case.stream,
        source=case.notification.source,
        event_date=case.event_date,
        event_date_precision=case.event_date_precision,
        source_reference=shown.source_reference,
        notifier_name=shown.notifier_name,
        notifier_contact=shown.notifier_contact,
        full_name=shown.full_name,
        aliases="\n".join(shown.aliases or ()) or None,
        date_of_birth=shown.date_of_birth,
        nhs_number=shown.nhs_number,
        address=shown.address,
        postcode=shown.postcode,
        sex=case.person.sex,
        age_at_event=case.person.age,
        district=case.district,
        place_of_event=case.event.place,
        substances=tuple((substance.code, substance.role) for substance in case.substances),
        narrative=shown.narrative,
    )


def _sealed(model: type, row: uuid.UUID, stored: Mapping[str, Any]) -> dict[str, bytes | None]:
    return {
        field.column: None if stored[name] is None else field.seal(row, stored[name])
        for name, field in sealed_fields(model).items()
    }


def _times(now: dt.datetime) -> dict[str, Any]:
    return {"created_at": now, "updated_at": now}


def _case_row(
    case_id: uuid.UUID, year: int, number: int, stored: Mapping[str, Any], now: dt.datetime
) -> dict[str, Any]:
    return {
        "id": case_id,
        "reference": case_reference(year, number),
        "year": year,
        "number": number,
        "status": CaseStatus.NOTIFIED,
        **{name: stored[name] for name in ("stream", "event_date", "event_date_precision", "district")},
        **_times(now),
        "version": 1,
    }


def _notification_row(case_id: uuid.UUID, stored: Mapping[str, Any], now: dt.datetime) -> dict[str, Any]:
    row = uuid.uuid4()
    sealed = _sealed(CaseNotification, row, stored)
    return {"id": row, "case_id": case_id, "source": stored["source"], "received_at": now, **sealed, **_times(now)}


def _person_row(case_id: uuid.UUID, stored: Mapping[str, Any], now: dt.datetime) -> dict[str, Any]:
    row = uuid.uuid4()
    return {
        "id": row,
        "case_id": case_id,
        "sex": stored["sex"],
        "age": stored["age_at_event"],
        **_sealed(CasePerson, row, stored),
        **{column: value for index in INDEXES for column, value in index.row(stored).items()},
        **_times(now),
        "version": 1,
    }


def _event_row(case_id: uuid.UUID, stored: Mapping[str, Any], now: dt.datetime) -> dict[str, Any]:
    row = uuid.uuid4()
    sealed = _sealed(CaseEvent, row, stored)
    return {"id": row, "case_id": case_id, "place": stored["place_of_event"], **sealed, **_times(now), "version": 1}


def _write(case: Case, stored: Mapping[str, Any], changed: Sequence[str]) -> None:
    indexes = [index for index in INDEXES if set(index.fields) & set(changed)]
    if indexes:
        hold_index_keys()
    places: dict[str, tuple[object, str]] = {
        "sex": (case.person, "sex"),
        "age_at_event": (case.person, "age"),
        "place_of_event": (case.event, "place"),
        "source": (case.notification, "source"),
    }
    for name in changed:
        if name == "substances":
            _write_substances(case, dict(stored[name]))
            continue
        owner, attribute = places.get(name) or (_owner(case, name), name)
        setattr(owner, attribute, stored[name])
    for index in indexes:
        index.write(case.person)


def _owner(case: Case, name: str) -> object:
    for section in (case.person, case.notification, case.event):
        if name in sealed_fields(type(section)):
            return section
    return case


def _write_substances(case: Case, roles: Mapping[str, SubstanceRole]) -> None:
    kept = {substance.code: substance for substance in case.substances if substance.code in roles}
    for code, substance in kept.items():
        substance.role = roles[code]
    new = [CaseSubstance(code=code, role=role) for code, role in roles.items() if code not in kept]
    case.substances = [*kept.values(), *new]
