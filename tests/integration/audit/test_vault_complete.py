"""Promise 26: nothing changes without an event in the same transaction, whatever people do on the pages."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from flask import Flask
from support.canaries import Canaries
from support.driven import PASSWORD, drive
from support.world import SYSTEM, World
from werkzeug.serving import make_server

from dard.accounts import service as accounts
from dard.accounts.enums import Role
from dard.audit import service
from dard.audit.comparison import compare
from dard.audit.models import AuditEvent
from dard.audit.service import verify_log
from dard.cases.models import Case
from dard.core import clock
from dard.core.database import db

WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)')
NOTES_OF_READING = "UPDATE sign_in_session SET last_seen_at"  # that somebody is still there is no change


class Transactions:
    """The tables that each committed transaction wrote."""

    def __init__(self) -> None:
        self.committed: list[set[str]] = []

    def wrote(self, connection, _cursor, statement, *_rest) -> None:
        found = WRITES.match(statement)
        if found and not statement.startswith(NOTES_OF_READING):
            connection.info.setdefault("written", set()).add(found.group(1))

    def commit(self, connection) -> None:
        self.committed.append(connection.info.pop("written", set()))

    def rollback(self, connection) -> None:
        connection.info.pop("written", None)


@contextmanager
def watched(app: Flask) -> Iterator[Transactions]:
    with app.app_context():
        engine = db.engine
    seen = Transactions()
    listeners = {"before_cursor_execute": seen.wrote, "commit": seen.commit, "rollback": seen.rollback}
    for name, listener in listeners.items():
        sa.event.listen(engine, name, listener)
    try:
        yield seen
    finally:
        for name, listener in listeners.items():
            sa.event.remove(engine, name, listener)


class ServedHere:
    """The app of this process, whose transactions can be watched, on a port."""

    def __init__(self, app: Flask) -> None:
        self._server = make_server("127.0.0.1", 0, app, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self.port = self._server.port

    def wait(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()


def new_user(world: World) -> None:
    council = world.organisation()
    with world.at_work():
        wanted = accounts.UserDetails(
            email="ada@example.org", name="Ada", organisation_id=council, roles=frozenset({Role.ADMINISTRATOR})
        )
        accounts.set_password(accounts.add_user(SYSTEM, wanted), PASSWORD)


def test_every_transaction_of_a_whole_partnership_at_work_holds_its_events(app, world, figure):
    clock.set_source(None)  # one-time codes are made for the present moment
    new_user(world)
    served = ServedHere(app)
    with watched(app) as seen:
        try:
            drive(world, Canaries(), served)
        finally:
            served.stop()
    changing = [tables for tables in seen.committed if not all(name.startswith("audit_") for name in tables)]
    silent = [tables for tables in changing if "audit_event" not in tables]
    assert silent == []
    assert len(changing) > 40
    with world.at_work():
        verdict, found = verify_log(), compare()
    assert (verdict.fault, found.differences) == (None, [])
    figure(26, "transactions that changed data and held their events", f"{len(changing)} of {len(changing)}")
    figure(26, "sealed values written on the pages whose newest digest is in the log", f"all {found.cells}")


def test_a_change_whose_event_cannot_be_written_does_not_stand(world, monkeypatch):
    coordinator, case_id = world.person(Role.COORDINATOR), world.case()
    browser = world.browser(coordinator)
    page = f"/cases/{case_id}/status"
    browser.get(page)
    shown = {"status": "open", "reason": "", "version": "1", "csrf_token": browser.csrf_token()}
    with world.at_work():
        events, status = db.session.scalar(sa.select(sa.func.count(AuditEvent.id))), world.get(Case, case_id).status

    def fail(*_given: object) -> bytes:
        raise MemoryError

    monkeypatch.setattr(service, "event_hash", fail)
    answer = browser.client.post(page, data=shown, headers={"User-Agent": "Werkzeug/test"})
    assert answer.status_code == 500
    monkeypatch.undo()
    with world.at_work():
        assert world.get(Case, case_id).status is status
        assert db.session.scalar(sa.select(sa.func.count(AuditEvent.id))) == events
