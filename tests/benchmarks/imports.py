"""How much of the speed of a plain insert is left when a file is read, checked, sealed, audited and inserted.

Both sides write the same rows into the same tables with the same indexes, unique constraints and foreign keys, on
SQLite with the settings of the product, in one transaction. The baseline is handed its rows ready made, unsealed and
unpadded, and inserts them with SQLAlchemy Core (executemany) into a schema without the CHECKs. The two take turns; the
best of each counts. DARD_BENCH_FILE names a file to take instead of the one made up here.
"""

import csv
import datetime as dt
import gc
import io
import os
import random
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa
from flask import Flask

from dard.app import create_app
from dard.cli.application import COMMAND_LINE, at_work
from dard.cli.bench import Metric
from dard.cli.instance import make_ready
from dard.core.database import _prepare_sqlite, db
from dard.core.settings import Environment, Settings
from dard.crypto.fields import Sealed, SealedBytes, sealed_fields
from dard.crypto.key_file import new_key_file, write_key_file
from dard.imports import service
from dard.imports.ct_ocme import PROFILE
from dard.imports.ct_ocme_codes import FLAGS
from dard.models import METADATA

ROWS = 5_000
RUNS = 3
LIMIT = 0.2
SEED = 20_260_303
TOWNS = ("HARTFORD", "NEW HAVEN", "BRIDGEPORT", "WATERBURY", "NORWALK", "NO HAVEN", "STAMFORD", "MERIDEN", "")
PLACES = ("Residence", "Hotel or Motel", "In Vehicle", "Street", "Other", "")
INJURIES = ("Substance abuse", "Ingestion", "Injection", "Inhalation", "Drug Use", "")
CAUSES = (
    "Acute Heroin Intoxication",
    "Acute Intoxication due to the Combined Effects of Fentanyl, Heroin and Ethanol",
    "Multiple Drug Toxicity (Cocaine, Methadone, Alprazolam)",
    "Acute Fentanyl Intoxication",
)
OTHERS = ("", "", "", "MORPH", "XYLAZINE", "GABAPENTIN, TRAZODONE", "PCP")


@dataclass(frozen=True)
class Timing:
    """Seconds of the best run of each side, and how many rows of the file went in."""

    rows: int
    sealed: float
    plain: float


def run() -> list[Metric]:
    """The import's metrics."""
    timing = measure(content(), runs=RUNS)
    sealed, plain = timing.rows / timing.sealed, timing.rows / timing.plain
    return [
        Metric(
            name="rows per second",
            ratio=sealed / plain,
            baseline="the same rows inserted unsealed with SQLAlchemy Core",
            limit=LIMIT,
            measured=f"{timing.rows:,} rows: {sealed:,.0f} rows a second imported, {plain:,.0f} inserted unsealed",
        )
    ]


def content() -> bytes:
    """The file to import: the one that DARD_BENCH_FILE names, or one that is made up and always the same."""
    named = os.environ.get("DARD_BENCH_FILE")
    return Path(named).read_bytes() if named else synthetic_file(ROWS)


def synthetic_file(rows: int) -> bytes:
    """A file like the medical examiner’s, with as many substances and as much text a row. Nobody in it ever lived."""
    chance = random.Random(SEED)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, (*PROFILE.required_columns, "Race", "DeathCityGeo"), restval="")
    writer.writeheader()
    writer.writerows(_synthetic_row(chance, number) for number in range(1, rows + 1))
    return text.getvalue().encode()


def measure(data: bytes, *, runs: int) -> Timing:
    """Import ``data`` and insert the same rows unsealed, by turns, each time into empty tables."""
    with TemporaryDirectory(prefix="dard-bench-") as folder, _scratch_app(Path(folder)) as app:
        database = Path(db.engine.url.database or "")
        template = database.with_suffix(".empty")
        _settle(database)
        shutil.copyfile(database, template)
        metadata = plain_schema()
        rows: dict[str, list[dict[str, Any]]] = {}
        sealed, plain = [], []
        for turn in range(runs):
            shutil.copyfile(template, database)
            sealed.append(_import(app, data))
            rows = rows or plain_rows(app, metadata)
            _settle(database)
            plain.append(_insert(Path(folder) / f"plain-{turn}.sqlite3", metadata, rows))
        return Timing(rows=_imported(rows), sealed=min(sealed), plain=min(plain))


def plain_schema() -> sa.MetaData:
    """The tables of the product without their CHECKs; sealed columns take any bytes."""
    metadata = sa.MetaData()
    for table in METADATA.sorted_tables:
        copy = table.to_metadata(metadata)
        copy.constraints -= {each for each in copy.constraints if isinstance(each, sa.CheckConstraint)}
        for column in copy.columns:
            column.constraints.clear()  # the CHECKs of sealed columns stand on the column
            if isinstance(column.type, SealedBytes):
                column.type = sa.LargeBinary()
    return metadata


def plain_rows(app: Flask, metadata: sa.MetaData) -> dict[str, list[dict[str, Any]]]:
    """Everything that the import wrote, by table in the order of foreign keys, with the sealed fields opened."""
    with at_work(app):
        return {
            table.name: found
            for table in metadata.sorted_tables
            if (found := [_opened(table.name, dict(row)) for row in _stored(METADATA.tables[table.name])])
        }


def _opened(table: str, row: dict[str, Any]) -> dict[str, Any]:
    for field in _sealed_columns().get(table, ()):
        sealed = row[field.column]
        row[field.column] = None if sealed is None else field.codec.encode(field.open(row["id"], sealed))
    return row


def _sealed_columns() -> dict[str, list[Sealed[Any]]]:
    return {
        mapper.local_table.name: list(sealed_fields(mapper.class_).values()) for mapper in db.Model.registry.mappers
    }


def _stored(table: sa.Table) -> sa.MappingResult:
    return db.session.execute(sa.select(table)).mappings()


def _imported(rows: dict[str, list[dict[str, Any]]]) -> int:
    (batch,) = rows["import_batch"]
    return int(batch["rows"])


@contextmanager
def _scratch_app(folder: Path) -> Iterator[Flask]:
    settings = Settings(
        environment=Environment.TEST,
        instance=folder,
        database_url=f"sqlite:///{folder / 'dard.sqlite3'}",
        key_file=folder / "keys" / "bench.keys",
        secret_key="a secret for a scratch instance, long enough to be taken",
    )
    write_key_file(new_key_file(), settings.key_file)
    app = create_app(settings)
    with app.app_context():
        make_ready(app)
        yield app
        db.engine.dispose()


def _settle(database: Path) -> None:
    """Close the database with everything in its one file, so that it can be copied."""
    db.engine.dispose()  # the last connection to a database in WAL mode brings its log into the file
    for suffix in ("-wal", "-shm"):
        Path(f"{database}{suffix}").unlink(missing_ok=True)


def _import(app: Flask, data: bytes) -> float:
    with _timed() as took, at_work(app):
        service.wait_for_turn()
        batch = service.upload(COMMAND_LINE, PROFILE.name, data)
        service.confirm(COMMAND_LINE, batch, batch.version)
    return took[0]


def _insert(path: Path, metadata: sa.MetaData, rows: dict[str, list[dict[str, Any]]]) -> float:
    engine = sa.create_engine(f"sqlite:///{path}", hide_parameters=True)
    _prepare_sqlite(engine)
    metadata.create_all(engine)
    with _timed() as took, engine.begin() as connection:
        for table, values in rows.items():
            connection.execute(sa.insert(metadata.tables[table]), values)
    engine.dispose()
    return took[0]


@contextmanager
def _timed() -> Iterator[list[float]]:
    took: list[float] = []
    gc.collect()
    started = time.perf_counter()
    yield took
    took.append(time.perf_counter() - started)


def _synthetic_row(chance: random.Random, number: int) -> dict[str, str]:
    day = dt.date(2012, 1, 1) + dt.timedelta(days=chance.randrange(2500))
    flags = {name: "Y" if chance.random() < 0.14 else "" for name in FLAGS}
    return {
        "ID": f"{day:%y}-{number:05d}",
        "Date": f"{day:%m/%d/%Y} 12:00:00 AM",
        "DateType": chance.choice(("DateofDeath", "DateReported")),
        "Age": str(chance.randrange(18, 80)),
        "Sex": chance.choice(("Male", "Male", "Female")),
        "Race": "White",
        "ResidenceCity": chance.choice(TOWNS),
        "ResidenceState": "CT",
        "DeathCity": chance.choice(TOWNS),
        "Location": chance.choice(("Residence", "Hospital", "Other")),
        "DescriptionofInjury": chance.choice(INJURIES),
        "InjuryPlace": chance.choice(PLACES),
        "InjuryCity": chance.choice(TOWNS),
        "COD": chance.choice(CAUSES),
        "Other": chance.choice(OTHERS),
        "MannerofDeath": "Accident",
        "DeathCityGeo": "CT\n(41.57, -72.73)",
        **flags,
    }
