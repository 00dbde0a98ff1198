"""The SQLite file under a workspace: its tables, its transactions, its failures in words."""

import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from unlearn_core.errors import InvalidInput

SCHEMA_VERSION = 2
FILE_NAME = "runs.sqlite"
BUSY_SECONDS = 30.0
"""How long a transaction waits for another process's one."""

_TABLES = """
CREATE TABLE runs (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL,
    device TEXT NOT NULL, spec TEXT NOT NULL, message TEXT NOT NULL DEFAULT '',
    created REAL NOT NULL, queued REAL NOT NULL, started REAL, ended REAL,
    owner INTEGER, owner_born REAL,
    pid INTEGER, born REAL, host TEXT, heartbeat REAL, free_memory REAL,
    command TEXT, commanded REAL,
    step INTEGER NOT NULL DEFAULT 0, total INTEGER NOT NULL DEFAULT 0, seconds_left REAL
);
CREATE TABLE events (
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL, time REAL NOT NULL, step INTEGER NOT NULL,
    kind TEXT NOT NULL, payload TEXT NOT NULL,
    PRIMARY KEY (run_id, seq)
) WITHOUT ROWID;
CREATE INDEX events_by_kind ON events (run_id, kind, seq);
"""

_ADDED = (
    "boot TEXT NOT NULL DEFAULT ''",  # the boot in which the worker began
    "owner_boot TEXT NOT NULL DEFAULT ''",
    "claim INTEGER NOT NULL DEFAULT 0",  # how often a process took the run: only the last writes
    "beats INTEGER NOT NULL DEFAULT 0",  # signs of life so far
    "asked INTEGER NOT NULL DEFAULT 0",  # commands so far
    "turn INTEGER NOT NULL DEFAULT 0",  # order in the queue
    "memory_kills INTEGER",
    "worked REAL NOT NULL DEFAULT 0",  # seconds that processes have worked on it
)
"""Columns that version 2 added to `runs`."""

_UNUSABLE = {
    "SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_PERM",
    "SQLITE_NOTADB", "SQLITE_CORRUPT", "SQLITE_BUSY", "SQLITE_PROTOCOL",
}  # fmt: skip


class Database:
    """One connection, shared by this process's threads; other processes have their own."""

    def __init__(self, workspace: Path) -> None:
        self._workspace = workspace
        self._lock = threading.RLock()
        with self._explained():
            workspace.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(
                workspace / FILE_NAME,
                timeout=BUSY_SECONDS,
                isolation_level=None,
                check_same_thread=False,
            )
            self._connection.row_factory = sqlite3.Row
            self._connection.execute("PRAGMA foreign_keys = ON")
            self._use_write_ahead_log()
            self._make_tables()

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._connection.close()

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """All rows of a query."""
        with self._lock, self._explained():
            return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Row | None:
        """The first row of a query."""
        with self._lock, self._explained():
            found: sqlite3.Row | None = self._connection.execute(sql, values).fetchone()
            return found

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction that holds the write lock from its first statement on, or a part of one."""
        with self._lock, self._explained():
            if self._connection.in_transaction:
                yield self._connection
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.rollback()
                raise
            self._connection.commit()

    def _use_write_ahead_log(self) -> None:
        """Readers never wait then. The switch itself does not heed the busy timeout."""
        deadline = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                self._connection.execute("PRAGMA journal_mode = WAL")
                self._connection.execute("PRAGMA synchronous = NORMAL")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorname != "SQLITE_BUSY" or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)

    def _make_tables(self) -> None:
        with self.write() as connection:
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            if version > SCHEMA_VERSION:
                raise InvalidInput(
                    f"The workspace {self._workspace} was written by a newer Lethe (schema "
                    f"{version}, this one knows {SCHEMA_VERSION}). Update Lethe, or choose another "
                    "folder with --workspace or LETHE_WORKSPACE."
                )
            if version == 0:
                for statement in _TABLES.split(";"):
                    connection.execute(statement)
            if version < SCHEMA_VERSION:
                for column in _ADDED:
                    connection.execute(f"ALTER TABLE runs ADD COLUMN {column}")
                connection.execute(
                    "UPDATE runs SET turn = (SELECT count(*) FROM runs AS earlier WHERE "
                    "earlier.queued < runs.queued)"
                )
                connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise unusable(self._workspace, error.strerror or str(error)) from error
        except sqlite3.DatabaseError as error:
            # A programming error has no error name, or one that no folder causes.
            name = getattr(error, "sqlite_errorname", "")
            if not any(name.startswith(cause) for cause in _UNUSABLE):
                raise
            raise unusable(self._workspace, str(error)) from error


def unusable(workspace: Path, cause: str) -> InvalidInput:
    """The error of a workspace that cannot be written."""
    return InvalidInput(
        f"The workspace folder {workspace} cannot be used ({cause}). Make room or make it "
        "writable, or choose another folder with --workspace or LETHE_WORKSPACE."
    )
