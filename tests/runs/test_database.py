"""Workspaces of earlier versions open, and those of later ones are refused in words."""

import json
import sqlite3
from pathlib import Path

import pytest

from unlearn_core.errors import InvalidInput
from unlearn_core.runs.database import FILE_NAME
from unlearn_core.runs.store import Store

VERSION_1 = """
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
PRAGMA user_version = 1;
"""


def of_version_1(workspace: Path) -> Path:
    """A workspace as 0.1.0 left it: one run done, two that wait, the later one made first."""
    workspace.mkdir()
    connection = sqlite3.connect(workspace / FILE_NAME)
    connection.executescript(VERSION_1)
    spec = json.dumps({"model": {"source": "bundled"}})
    rows = [
        ("late", "queued", 20.0, None, None),
        ("early", "queued", 10.0, None, None),
        ("done", "done", 5.0, 6.0, 9.5),
    ]
    connection.executemany(
        "INSERT INTO runs (id, kind, name, state, device, spec, created, queued, started, ended) "
        "VALUES (?, 'unlearn', 'a run', ?, 'cpu', ?, 1.0, ?, ?, ?)",
        [(name, state, spec, queued, begun, end) for name, state, queued, begun, end in rows],
    )
    connection.execute(
        "INSERT INTO events VALUES ('done', 1, 6.0, 0, 'status', '{\"state\": \"loading\"}')"
    )
    connection.commit()
    connection.close()
    return workspace


def test_a_workspace_of_0_1_0_opens_as_it_was(tmp_path: Path) -> None:
    store = Store(of_version_1(tmp_path / "workspace"))
    assert store.get("done").took == 3.5
    assert [event.kind for event in store.events("done")] == ["status"]
    assert store.claim(1) == "early"
    store.set_state("early", "done")
    assert store.claim(1) == "late"
    store.close()
    Store(tmp_path / "workspace").close()


def test_a_migration_that_fails_leaves_the_workspace_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = of_version_1(tmp_path / "workspace")
    with monkeypatch.context() as broken:
        broken.setattr("unlearn_core.runs.database._ADDED", ("boot TEXT", "no such type ("))
        with pytest.raises(sqlite3.OperationalError):
            Store(workspace)
    store = Store(workspace)
    assert store.get("done").state == "done"
    store.close()


def test_a_workspace_of_a_later_version_is_refused(tmp_path: Path) -> None:
    Store(tmp_path).close()
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(InvalidInput, match="newer Lethe .schema 99"):
        Store(tmp_path)
