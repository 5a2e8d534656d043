"""The benchmark of importing compares what it says it compares."""

import sqlalchemy as sa
from support.world import SYSTEM, World

from dard.cli.bench import BENCHMARKS, FOLDER, load
from dard.core.clock import today
from dard.crypto.envelope import MAGIC
from dard.imports import service
from dard.imports.ct_ocme import PROFILE
from dard.imports.parsing import parse

benchmark = load(FOLDER / BENCHMARKS["import"][0])


def test_its_file_is_always_the_same_and_every_row_can_be_used() -> None:
    data = benchmark.synthetic_file(200)
    assert data == benchmark.synthetic_file(200)
    rows = parse(data, PROFILE, today=today()).rows
    assert len(rows) == 200
    assert not [row.problems for row in rows if row.problems]


def test_both_sides_take_their_time_for_all_rows() -> None:
    timing = benchmark.measure(benchmark.synthetic_file(20), runs=2)
    assert timing.rows == 20
    assert timing.sealed > 0
    assert timing.plain > 0


def test_the_baseline_gets_the_same_rows_unsealed_and_no_checks(world: World) -> None:
    with world.at_work():
        batch = service.upload(SYSTEM, "ct-ocme", benchmark.synthetic_file(20))
        service.confirm(SYSTEM, batch, batch.version)
    metadata = benchmark.plain_schema()
    rows = benchmark.plain_rows(world.app, metadata)
    numbers = {table: len(found) for table, found in rows.items()}
    assert numbers["dard_case"] == numbers["case_person"] == numbers["imported_row"] == 20
    assert numbers["audit_event"] == 22
    narratives = [row["narrative_sealed"] for row in rows["case_event"]]
    assert all(b"Cause of death" in text and text[0] != MAGIC for text in narratives)
    for table in metadata.sorted_tables:
        parts = [*table.constraints, *(each for column in table.columns for each in column.constraints)]
        assert not [each for each in parts if isinstance(each, sa.CheckConstraint)]


def test_a_file_of_ones_own_can_be_named(monkeypatch, tmp_path) -> None:
    path = tmp_path / "own.csv"
    path.write_bytes(benchmark.synthetic_file(3))
    monkeypatch.setenv("DARD_BENCH_FILE", str(path))
    assert benchmark.content() == path.read_bytes()
    monkeypatch.delenv("DARD_BENCH_FILE")
    assert benchmark.content().count(b"Accident") == benchmark.ROWS
