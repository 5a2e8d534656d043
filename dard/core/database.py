"""The database: typed base, times in UTC, named constraints, and one unit of work for a change and its audit event.

The same code runs on SQLite and PostgreSQL. On SQLite a transaction that means to write takes the write lock when it
begins (BEGIN IMMEDIATE): a read that turns into a write half-way fails at once under concurrent writers.
"""

import datetime as dt
import enum
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, ClassVar

import sqlalchemy as sa
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event, orm
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from dard.core import clock
from dard.core.errors import ConflictError
from dard.core.settings import ROOT, Settings

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

_writing: ContextVar[bool] = ContextVar("dard_writing", default=True)


class UTCDateTime(sa.types.TypeDecorator[dt.datetime]):
    """A moment in time: refuses naive datetimes, stores UTC, gives back aware datetimes in UTC."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        moment = value.astimezone(dt.UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if dialect.name == "sqlite" else value.astimezone(dt.UTC)


def enum_column(values: type[enum.StrEnum], name: str) -> sa.Enum:
    """A column ``name`` of a StrEnum: a VARCHAR of slugs with a named CHECK, so that raw SQL writes no other value."""
    return sa.Enum(
        values,
        name=name,
        native_enum=False,
        create_constraint=True,
        validate_strings=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )


class Base(DeclarativeBase):
    """Base of every table. Ids are random UUIDs made by the application before anything is sealed under them."""

    registry = orm.registry(
        metadata=sa.MetaData(naming_convention=NAMES),
        type_annotation_map={
            dt.datetime: UTCDateTime(),
            uuid.UUID: sa.Uuid(),
            dict[str, Any]: sa.JSON(),
        },
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4, sort_order=-100)

    def __init__(self, **values: Any) -> None:
        self.id = values.pop("id", None) or uuid.uuid4()
        for name, value in values.items():
            if not hasattr(type(self), name):
                raise TypeError(f"{type(self).__name__} has no field {name}")
            setattr(self, name, value)


db = SQLAlchemy(model_class=Base, disable_autonaming=True)
migrate = Migrate(directory=str(ROOT / "migrations"), render_as_batch=True, compare_type=True)

if TYPE_CHECKING:

    class Model(Base):
        """What feature models inherit."""

        __abstract__ = True
else:
    Model = db.Model


class Recorded:
    """When a row was made and last changed, in UTC."""

    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now, sort_order=90)
    updated_at: Mapped[dt.datetime] = mapped_column(default=clock.now, onupdate=clock.now, sort_order=91)


class Versioned(Recorded):
    """A row that people edit: ``version`` counts its saves, and a save from an older version is refused."""

    version: Mapped[int] = mapped_column(sort_order=92)

    @orm.declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy hands in the class
        return {"version_id_col": cls.version}

    def expect_version(
        self,
        version: int | None,
        *,
        ours: Sequence[tuple[str, str]] = (),
        theirs: Sequence[tuple[str, str]] = (),
        event: object | None = None,
    ) -> None:
        """Raise ConflictError, with what the person sent and what stands now, if they were shown another version.

        ``event`` is kept with the refusal, where showing what stands now is itself something to record.
        """
        if version is not None and version != self.version:
            raise ConflictError(ours=ours, theirs=theirs, event=event)


class Dialects:
    """Names of the two databases that the product runs on."""

    SQLITE: ClassVar[str] = "sqlite"
    POSTGRESQL: ClassVar[str] = "postgresql"


def init_database(app: Flask, settings: Settings) -> None:
    """Bind the database of ``settings`` to ``app``."""
    options: dict[str, Any] = {"hide_parameters": True}
    if settings.database_url.startswith("sqlite"):
        options["connect_args"] = {"timeout": 30}
    else:
        options["pool_pre_ping"] = True
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    migrate.init_app(app, db)
    with app.app_context():
        if not db.engine.hide_parameters:
            raise RuntimeError("the engine must hide parameters, or exceptions print what was to be sealed")
        if db.engine.dialect.name == Dialects.SQLITE:
            _prepare_sqlite(db.engine)


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # SQLAlchemy sends BEGIN itself, below
        for pragma in (
            "journal_mode=WAL",
            "foreign_keys=ON",
            "synchronous=FULL",
            "secure_delete=ON",
            "recursive_triggers=ON",  # INSERT OR REPLACE deletes, and the audit log refuses that
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


def may_write() -> bool:
    """Whether the work in hand said at its beginning that it writes (a page that only reads may not)."""
    return _writing.get()


@contextmanager
def intent(*, write: bool) -> Iterator[None]:
    """Say, before its first query, whether the work inside writes."""
    token = _writing.set(write)
    try:
        yield
    finally:
        _writing.reset(token)


def take_lock(number: int, *, shared: bool = False) -> None:
    """Wait until nobody else holds the advisory lock ``number``, and hold it until the transaction is over.

    It may be ``shared`` with others who take it so. Whoever takes several takes them in the order imports, case
    references, index keys, pack numbers or action numbers, keys, audit log. On SQLite a transaction that writes is
    alone already.
    """
    if db.session.get_bind().dialect.name == Dialects.POSTGRESQL:
        lock = sa.func.pg_advisory_xact_lock_shared if shared else sa.func.pg_advisory_xact_lock
        db.session.execute(sa.select(lock(number)))


def running_elsewhere() -> frozenset[str]:
    """Names of the transactions that others have open in this database now; a name never comes back.

    Always empty on SQLite, where nobody else writes while a transaction that writes is open.
    """
    if db.session.get_bind().dialect.name != Dialects.POSTGRESQL:
        return frozenset()
    db.session.execute(sa.select(sa.func.pg_stat_clear_snapshot()))  # or what was seen before in this transaction stays
    return frozenset(db.session.scalars(sa.text(_RUNNING)))


_RUNNING = """
    SELECT held.virtualtransaction FROM pg_locks held JOIN pg_stat_activity client USING (pid)
    WHERE held.locktype = 'virtualxid' AND held.granted AND held.mode = 'ExclusiveLock' AND held.pid <> pg_backend_pid()
    AND client.datname = current_database() AND coalesce(client.backend_type, 'client backend') = 'client backend'
"""


@contextmanager
def unit_of_work() -> Iterator[None]:
    """Commit the work inside as one, or none of it. For commands and jobs; pages have the route guard."""
    with intent(write=True):
        try:
            yield
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise
        finally:
            db.session.remove()


def constraint_name(error: sa.exc.IntegrityError) -> str | None:
    """The name of the constraint that refused a row, on either database; None if it cannot be told."""
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is not None:
        name: str | None = diagnosis.constraint_name
        return name
    kind, _, detail = str(error.orig).partition(" constraint failed: ")
    if kind == "CHECK":
        return detail
    columns = {part.strip() for part in detail.split(",")}
    for table in Base.metadata.tables.values():
        for constraint in table.constraints:
            if isinstance(constraint, sa.UniqueConstraint) and columns == {
                f"{table.name}.{column.name}" for column in constraint.columns
            }:
                return str(constraint.name)
    return None


_constraint_messages: dict[str, tuple[str, str]] = {}


def register_constraint(name: str, field: str, message: str) -> None:
    """Say what a person is told, at which form field, when the database refuses a row for constraint ``name``."""
    _constraint_messages[name] = (field, message)


def constraint_message(error: sa.exc.IntegrityError) -> tuple[str, str] | None:
    """The (field, message) registered for the constraint behind ``error``, if any."""
    return _constraint_messages.get(constraint_name(error) or "")
