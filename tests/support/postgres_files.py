"""Where a PostgreSQL server on this machine writes: one database, the write-ahead log, the log of the server."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa


class PostgresFiles:
    """The files of the database behind ``engine``, from now on; none, where it is not PostgreSQL.

    ``unreadable`` says why they cannot be read, if they cannot: the server is elsewhere, or another account's.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self.unreadable = ""
        self._engine = engine
        self._began = time.time()
        self._data: Path | None = None
        self._log: tuple[Path, int] | None = None
        if engine.dialect.name != "postgresql":
            return
        data = Path(self._ask("SHOW data_directory"))
        if os.access(data / "postmaster.pid", os.R_OK):
            self._data, self._log = data, _server_log(data)
        else:
            self.unreadable = f"the data directory of the PostgreSQL server, {data}, cannot be read from here"

    def __iter__(self) -> Iterator[tuple[Path, int]]:
        """Every file, once all that is in memory was written, with the byte from which on it is of interest."""
        if self._data is None:
            return
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("CHECKPOINT")
        number = self._ask("SELECT oid FROM pg_database WHERE datname = current_database()")
        base = self._data / "base"
        for folder in (base / number, base / "pgsql_tmp", self._data / "global", self._data / "pg_stat"):
            yield from ((path, 0) for path in sorted(folder.rglob("*")) if path.is_file())
        for path in sorted((self._data / "pg_wal").iterdir()):
            if path.is_file() and path.stat().st_mtime >= self._began - 1:
                yield path, 0
        if self._log is not None:
            yield self._log

    def _ask(self, question: str) -> str:
        with self._engine.connect() as connection:
            return str(connection.exec_driver_sql(question).scalar_one())


def _server_log(data: Path) -> tuple[Path, int] | None:
    """The file to which the server says what goes wrong, which is its second output, and how long it is now."""
    process = (data / "postmaster.pid").read_text(encoding="utf-8").partition("\n")[0]
    try:
        target = Path(f"/proc/{process}/fd/2").readlink()
    except OSError:
        return None
    return (target, target.stat().st_size) if target.is_file() else None
