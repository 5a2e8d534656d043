"""The benchmark of the list of cases compares the same page, with sealing and without."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from support.benchmarking import scratch_app, scratch_settings

from dard.cases.models import CasePerson
from dard.cli.application import at_work
from dard.cli.bench import FOLDER, load
from dard.core.database import db
from dard.crypto.errors import UnsealError

benchmark = load(FOLDER / "case_list.py")


def test_both_sides_take_their_time_and_the_list_opens_nothing() -> None:
    timing = benchmark.measure(2, 1, 1)
    assert timing.sealed > 0
    assert timing.plain > 0
    assert timing.opened == 0


def test_both_databases_give_the_same_page_and_only_the_baseline_can_be_read_as_it_is(tmp_path: Path) -> None:
    copy = tmp_path / "plain.copy"
    with scratch_app(scratch_settings(tmp_path)) as app:
        client = benchmark.filled(app, 3)
        page = benchmark.ask(client)
        benchmark.copy_unsealed(app, copy)
        benchmark.put(app, copy)
        with benchmark.unsealed():
            assert _still(benchmark.ask(client)) == _still(page)
        assert (
            page.count('href="/cases/') - page.count('href="/cases/new"') - page.count('href="/cases/break-glass"') == 3
        )
        with app.app_context(), at_work(app):
            stored = db.session.scalars(sa.select(CasePerson.full_name_sealed)).all()
            person = db.session.scalars(sa.select(CasePerson).limit(1)).one()
            with benchmark.unsealed():
                assert person.full_name == "Tamsin Quillfeather"
                person.full_name = "Somebody else"
            assert person.full_name_sealed == b"Somebody else"
            with pytest.raises(UnsealError):
                _ = person.address
            db.session.rollback()
    assert stored == [b"Tamsin Quillfeather"] * 3


def _still(page: str) -> str:
    """A page without what differs each time."""
    return re.sub(r'(nonce|value)="[^"]{20,}"', "", page)


def test_a_value_that_is_opened_for_the_page_is_counted(keys, monkeypatch) -> None:
    person = CasePerson(address="14 Larkspur Rise", postcode="ZZ1 4QF")
    monkeypatch.setattr(benchmark, "ask", lambda _client: (person.address, person.postcode))
    assert benchmark.opened(None) == 2


def test_a_page_that_is_refused_is_not_measured(world) -> None:
    with pytest.raises(RuntimeError, match="302"):
        benchmark.quickest(world.browser().client, 1)


def test_the_metric_is_what_was_measured(monkeypatch) -> None:
    timing = benchmark.Timing(sealed=0.0115, plain=0.0100, opened=3)
    monkeypatch.setattr(benchmark, "measure", lambda *_sizes: timing)
    (metric,) = benchmark.run()
    assert metric.ratio == pytest.approx(1.15)
    assert metric.at_most
    assert metric.measured == "11.5 ms sealed, 10.0 ms plain; sealed values opened for the page: 3"
