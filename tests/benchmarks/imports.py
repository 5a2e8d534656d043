"""How much of the speed of a plain insert is left when a file is read, checked, sealed, audited and inserted.

Both sides write the same rows into the same tables with the same indexes, unique constraints and foreign keys, on
SQLite with the settings of the product, in one transaction. The baseline is handed its rows ready made, unsealed and
unpadded, and inserts them with SQLAlchemy Core (executemany) into a schema without the CHECKs. The two take turns; the
best of each counts. DARD_BENCH_FILE names a file to take instead of the one made up here.
"""

import csv
import datetime as dt
import io
import os
import random
import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from support.benchmarking import Rows, insert_plain, plain_rows, plain_schema, scratch_app, scratch_settings, timed

from dard.cli.application import COMMAND_LINE, at_work
from dard.cli.bench import Metric
from dard.core.database import db
from dard.imports import service
from dard.imports.ct_ocme import PROFILE
from dard.imports.ct_ocme_codes import FLAGS

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
    with (
        TemporaryDirectory(prefix="dard-bench-") as folder,
        scratch_app(scratch_settings(Path(folder))) as app,
        app.app_context(),
    ):
        database = Path(db.engine.url.database or "")
        template = database.with_suffix(".empty")
        _settle(database)
        shutil.copyfile(database, template)
        metadata = plain_schema()
        rows: Rows = {}
        sealed, plain = [], []
        for turn in range(runs):
            shutil.copyfile(template, database)
            sealed.append(_import(app, data))
            rows = rows or plain_rows(app, metadata)
            _settle(database)
            plain.append(insert_plain(Path(folder) / f"plain-{turn}.sqlite3", metadata, rows))
        return Timing(rows=_imported(rows), sealed=min(sealed), plain=min(plain))


def _imported(rows: Rows) -> int:
    (batch,) = rows["import_batch"]
    return int(batch["rows"])


def _settle(database: Path) -> None:
    """Close the database with everything in its one file, so that it can be copied."""
    db.engine.dispose()  # the last connection to a database in WAL mode brings its log into the file
    for suffix in ("-wal", "-shm"):
        Path(f"{database}{suffix}").unlink(missing_ok=True)


def _import(app: Flask, data: bytes) -> float:
    with timed() as took, at_work(app):
        service.wait_for_turn()
        batch = service.upload(COMMAND_LINE, PROFILE.name, data)
        service.confirm(COMMAND_LINE, batch, batch.version)
    return took[0]


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
