"""Loading rows and reading a sealed text of each, beside the encrypted types of SQLAlchemy-Utils.

All sides keep the same texts of 100 characters in rows of one SQLite database, with an id and one such column, and load
them through the ORM, a part of the rows in each turn. A plain column shows what loading costs by itself; what a side
takes beyond that is its opening. The sides take turns; for each part the best counts, and the parts are added up.

The limits count against AesGcmEngine, which uses the same cipher. The default, AesEngine, does not notice when a value
was altered, encrypts equal texts equally, and takes away asterisks at the end of a text.
"""

import uuid
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy_utils import StringEncryptedType
from sqlalchemy_utils.types.encrypted.encrypted_type import AesEngine, AesGcmEngine
from support.benchmarking import best_of

from dard.cli.bench import Metric
from dard.crypto.enums import EVERY_PURPOSE, Purpose
from dard.crypto.fields import sealed_text
from dard.crypto.keyring import new_keyring
from dard.crypto.padding import Padding

ROWS = 10_000
PART = 250  # rows: some milliseconds, so that some turns are not disturbed on a busy machine
TURNS = 15
LIMIT = 5.0
KEY = "a passphrase for SQLAlchemy-Utils, which hashes it for each value"


class Base(DeclarativeBase):
    """Of tables that no other part of the product knows."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)


class SealedRow(Base):
    """As the product seals an address."""

    __tablename__ = "sealed_row"

    text = sealed_text(Purpose.IDENTITY, Padding.ADDRESS)


class GcmRow(Base):
    """SQLAlchemy-Utils with AES-256-GCM."""

    __tablename__ = "gcm_row"

    text: Mapped[str] = mapped_column(StringEncryptedType(sa.Unicode, KEY, AesGcmEngine))


class CbcRow(Base):
    """SQLAlchemy-Utils as it comes: AES-256-CBC."""

    __tablename__ = "cbc_row"

    text: Mapped[str] = mapped_column(StringEncryptedType(sa.Unicode, KEY, AesEngine))


class PlainRow(Base):
    """Not encrypted."""

    __tablename__ = "plain_row"

    text: Mapped[str] = mapped_column(sa.Text)


MODELS = {"sealed": SealedRow, "gcm": GcmRow, "cbc": CbcRow, "plain": PlainRow}


def run() -> list[Metric]:
    """The metrics of many rows."""
    best = measure(ROWS, TURNS)
    extra = {name: seconds - best["plain"] for name, seconds in best.items()}
    times = ", ".join(f"{seconds * 1e3:.0f} ms {name}" for name, seconds in best.items())
    return [
        Metric(
            name=f"speed of loading and opening {ROWS:,} rows",
            ratio=best["gcm"] / best["sealed"],
            baseline="that of StringEncryptedType with AesGcmEngine",
            limit=LIMIT,
            measured=(
                f"{times}; {best['cbc'] / best['sealed']:.2f} of AesEngine; "
                f"plain text reaches {best['gcm'] / best['plain']:.2f} itself"
            ),
        ),
        Metric(
            name=f"speed of opening {ROWS:,} rows, loading not counted",
            ratio=extra["gcm"] / extra["sealed"],
            baseline="that of StringEncryptedType with AesGcmEngine",
            limit=LIMIT,
            measured=", ".join(f"{extra[name] * 1e3:.0f} ms more {name}" for name in ("sealed", "gcm", "cbc")),
        ),
    ]


def measure(rows: int, turns: int) -> dict[str, float]:
    """Seconds in which each side loads ``rows`` rows and reads the text of each, in the best of ``turns``."""
    with TemporaryDirectory(prefix="dard-bench-") as folder, new_keyring().open_for(EVERY_PURPOSE):
        engine = filled(Path(folder), rows)
        total = dict.fromkeys(MODELS, 0.0)
        for first in range(1, rows + 1, PART):
            sides = {name: partial(texts, engine, model, first) for name, model in MODELS.items()}
            for name, seconds in best_of(turns, **sides).items():
                total[name] += seconds
        engine.dispose()
    return total


def filled(folder: Path, rows: int) -> sa.Engine:
    """A database in ``folder`` with the same texts in the table of each side."""
    engine = sa.create_engine(f"sqlite:///{folder / 'rows.sqlite3'}")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        for model in MODELS.values():
            session.add_all([model(id=uuid.UUID(int=number), text=text_of(number)) for number in range(1, rows + 1)])
        session.commit()
    return engine


def text_of(number: int) -> str:
    """The 100 characters that row ``number`` holds."""
    return f"{number} Larkspur Rise, Bramblewick".ljust(100, ".")


def texts(engine: sa.Engine, model: type[Base], first: int) -> list[str]:
    """Load a part of the rows of a side, from number ``first`` on, and read what they hold."""
    wanted = sa.select(model).where(model.id >= uuid.UUID(int=first), model.id < uuid.UUID(int=first + PART))
    with Session(engine) as session:
        return [row.text for row in session.scalars(wanted.order_by(model.id))]
