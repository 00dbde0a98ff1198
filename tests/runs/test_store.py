"""The store: queue, states, events, folders, failures."""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.runs.conftest import Create
from unlearn_core.errors import InvalidInput, MissingPrerequisite
from unlearn_core.runs.database import FILE_NAME, Database
from unlearn_core.runs.events import Event
from unlearn_core.runs.store import Store, default_workspace


def scalars(step: int, **values: float) -> Event:
    return Event("scalars", step, values)


def test_a_new_run_is_queued_with_its_folder_and_spec(store: Store, create: Create) -> None:
    run_id = create()
    info = store.get(run_id)
    assert (info.state, info.place, info.started, info.active) == ("queued", 1, None, False)
    assert json.loads((store.folder(run_id) / "spec.json").read_text()) == info.spec


def test_runs_are_listed_newest_first(store: Store, create: Create) -> None:
    ids = [create() for _ in range(3)]
    assert [run.id for run in store.runs()] == ids[::-1]


def test_events_are_numbered_by_run_and_read_after_a_cursor(store: Store, create: Create) -> None:
    one, other = create(), create()
    start = len(store.events(one))
    assert store.append(one, [scalars(1, a=1.0), scalars(2, a=2.0)]) == start + 2
    store.append(other, [scalars(1, a=9.0)])
    events = store.events(one, after=start)
    assert [(e.seq, e.step, e.payload["a"]) for e in events] == [
        (start + 1, 1, 1.0),
        (start + 2, 2, 2.0),
    ]
    assert store.events(one, after=start + 2) == []


def test_events_can_be_narrowed_to_kinds_and_limited(store: Store, create: Create) -> None:
    run_id = create()
    log = Event("log", 1, {"message": "m", "level": "info"})
    store.append(run_id, [scalars(1, a=1.0), log, scalars(2, a=2.0), scalars(3, a=3.0)])
    assert [e.step for e in store.events(run_id, kinds=("scalars",), limit=2)] == [1, 2]
    assert {e.kind for e in store.events(run_id, kinds=("log", "status"))} == {"log", "status"}


def test_last_is_the_newest_of_its_kind(store: Store, create: Create) -> None:
    run_id = create()
    store.append(run_id, [scalars(1, a=1.0), scalars(2, a=2.0)])
    newest = store.last(run_id, "scalars")
    assert newest is not None and newest.payload == {"a": 2.0}
    assert store.last(run_id, "probe") is None


def test_numbers_that_json_lacks_become_null(store: Store, create: Create) -> None:
    run_id = create()
    store.append(run_id, [Event("scalars", 1, {"a": float("nan"), "b": [float("inf"), 2]})])
    newest = store.last(run_id, "scalars")
    assert newest is not None and newest.payload == {"a": None, "b": [None, 2]}


def test_progress_shows_on_the_run(store: Store, create: Create) -> None:
    run_id = create()
    payload = {"step": 4, "total": 9, "seconds_left": 2.5, "phase": "train"}
    store.append(run_id, [Event("progress", 4, payload), scalars(4, a=1.0)])
    info = store.get(run_id)
    assert (info.step, info.total, info.seconds_left) == (4, 9, 2.5)


def test_fifty_thousand_events_are_read_in_pieces_quickly(store: Store, create: Create) -> None:
    run_id = create()
    first = len(store.events(run_id))
    store.append(run_id, [scalars(i, a=float(i)) for i in range(50_000)])
    begun = time.perf_counter()
    cursor, seen = first, 0
    while events := store.events(run_id, after=cursor, limit=1000):
        assert events[0].seq == cursor + 1
        cursor, seen = events[-1].seq, seen + len(events)
    assert seen == 50_000
    assert time.perf_counter() - begun < 10.0
    begun = time.perf_counter()
    assert len(store.events(run_id, after=cursor - 5, kinds=("scalars",))) == 5
    assert time.perf_counter() - begun < 0.1


def test_threads_append_without_losing_or_repeating_a_number(store: Store, create: Create) -> None:
    run_id = create()
    first = len(store.events(run_id))

    def write() -> None:
        for step in range(50):
            store.append(run_id, [scalars(step, a=1.0)])

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [e.seq for e in store.events(run_id, after=first)] == list(range(first + 1, first + 201))


def test_of_two_processes_exactly_one_claims_a_run(store: Store, create: Create) -> None:
    for _ in range(3):
        create(device=f"cuda:{_}")
    program = (
        "import os, sys\nfrom pathlib import Path\nfrom unlearn_core.runs.store import Store\n"
        "store = Store(Path(sys.argv[1]))\nprint('ready', flush=True)\nsys.stdin.readline()\n"
        "while (run := store.claim(os.getpid())): print(run, flush=True)\n"
        "sys.stdin.readline()"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(store.workspace)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(3)
    ]  # fmt: skip
    for process in processes:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    claimed = [line for process in processes for line in process.communicate("\n")[0].split()]
    assert sorted(claimed) == sorted(run.id for run in store.runs())


def test_one_run_at_a_time_on_a_device_in_order(store: Store, create: Create) -> None:
    first, second, third = create(), create(), create(device="cuda")
    assert [store.get(run).place for run in (first, second, third)] == [1, 2, 1]
    assert store.claim(os.getpid()) == first
    assert store.claim(os.getpid()) == third
    assert store.claim(os.getpid()) is None
    assert store.get(second).place == 1
    store.set_state(first, "done")
    assert store.claim(os.getpid(), device="cuda:0") is None
    assert store.claim(os.getpid()) == second


def test_a_run_with_an_owner_is_left_to_it_and_goes_first(store: Store, create: Create) -> None:
    waiting, own = create(), create(owner=os.getppid())
    assert (store.get(own).place, store.get(waiting).place) == (1, 2)
    assert store.claim(os.getpid()) is None
    assert not store.work_waits()
    assert store.claim(os.getppid(), own) == own


def test_a_queued_run_whose_owner_died_frees_the_queue(store: Store, create: Create) -> None:
    owner = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    own, waiting = create(owner=owner.pid), create()
    owner.communicate(b"\n")
    assert store.recover() == [own]
    assert store.get(own).state == "stopped"
    assert store.claim(os.getpid()) == waiting


def test_states_are_written_as_events_with_their_message(store: Store, create: Create) -> None:
    run_id = create()
    store.claim(os.getpid())
    store.set_state(run_id, "running")
    store.set_state(run_id, "done", "Finished.")
    states = [event.payload for event in store.events(run_id, kinds=("status",))]
    assert [payload["state"] for payload in states] == ["queued", "loading", "running", "done"]
    assert states[-1]["message"] == "Finished."
    info = store.get(run_id)
    assert info.finished and info.ended is not None and info.pid is None


def test_an_ended_run_stays_ended(store: Store, create: Create) -> None:
    run_id = create()
    store.set_state(run_id, "failed", "why")
    store.set_state(run_id, "done")
    assert (store.get(run_id).state, store.get(run_id).message) == ("failed", "why")


def test_stop_reaches_a_worker_once_and_shows_at_once(store: Store, create: Create) -> None:
    run_id = create()
    store.claim(os.getpid())
    store.send(run_id, "stop")
    assert store.get(run_id).state == "stopping"
    store.set_state(run_id, "running")
    assert store.get(run_id).state == "stopping"
    assert [store.take_command(run_id) for _ in range(2)] == ["stop", None]


@pytest.mark.parametrize(
    ("command", "state"), [("stop", "stopped"), ("pause", "paused"), ("discard", "discarded")]
)
def test_a_waiting_run_obeys_at_once(
    store: Store, create: Create, command: str, state: str
) -> None:
    run_id = create()
    store.send(run_id, command)  # type: ignore[arg-type]
    assert store.get(run_id).state == state
    assert store.claim(os.getpid()) is None


def test_stop_sends_a_paused_run_with_a_checkpoint_to_a_worker(
    store: Store, create: Create
) -> None:
    run_id = create()
    store.claim(os.getpid())
    store.set_state(run_id, "paused")
    store.send(run_id, "stop")
    assert store.claim(os.getpid()) == run_id
    assert store.take_command(run_id) == "stop"


def test_a_paused_run_can_be_resumed_and_others_cannot(store: Store, create: Create) -> None:
    run_id = create()
    store.claim(os.getpid())
    with pytest.raises(InvalidInput, match="is loading; only a paused run"):
        store.resume(run_id)
    store.set_state(run_id, "paused")
    store.resume(run_id)
    assert store.get(run_id).state == "queued"


def test_an_ended_run_takes_no_command(store: Store, create: Create) -> None:
    run_id = create()
    store.set_state(run_id, "done")
    with pytest.raises(InvalidInput, match="is done and cannot be asked to pause"):
        store.send(run_id, "pause")


def test_an_active_run_is_not_deleted(store: Store, create: Create) -> None:
    run_id = create()
    store.claim(os.getpid())
    with pytest.raises(InvalidInput, match="Stop or discard it first"):
        store.delete(run_id)
    assert store.folder(run_id).is_dir()


def test_deleting_removes_events_and_folder(store: Store, create: Create) -> None:
    run_id, other = create(), create()
    folder = store.folder(run_id)
    store.delete(run_id)
    assert not folder.exists()
    assert store.events(run_id) == []
    assert [run.id for run in store.runs()] == [other]


@pytest.mark.parametrize("run_id", ["nobody", "../..", "..", "", "/etc", "a/b"])
def test_only_ids_in_the_store_have_a_folder(store: Store, run_id: str) -> None:
    with pytest.raises(InvalidInput, match="There is no run"):
        store.folder(run_id)


@pytest.mark.parametrize("method", ["../../x", "a b/c", "ÄÖ", "", "x" * 300])
def test_ids_are_safe_folder_names_whatever_the_method(store: Store, method: str) -> None:
    run_id = store.create({"method": method}, kind="unlearn", name="", device="cpu")
    assert set(run_id) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert len(run_id) < 64
    assert store.folder(run_id).parent == store.workspace / "runs"


def test_renaming(store: Store, create: Create) -> None:
    run_id = create()
    store.rename(run_id, "  Four people ")
    assert store.get(run_id).name == "Four people"


def test_a_run_without_a_model_says_so(store: Store, create: Create) -> None:
    with pytest.raises(MissingPrerequisite, match=r"\(queued\) has left no model"):
        store.model_folder(create())


def test_a_second_process_finds_everything_again(store: Store, create: Create) -> None:
    run_id = create()
    store.append(run_id, [scalars(1, a=1.0)])
    again = Store(store.workspace)
    assert again.runs() == store.runs()
    assert again.events(run_id) == store.events(run_id)
    again.close()


def test_a_workspace_under_a_file_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidInput, match=r"file/here cannot be used .* LETHE_WORKSPACE"):
        Store(tmp_path / "file" / "here")


def test_a_file_that_is_no_store_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("not a database, but long enough to be looked at" * 20)
    with pytest.raises(InvalidInput, match="cannot be used"):
        Store(tmp_path)


def test_a_full_workspace_is_named_and_keeps_what_it_had(tmp_path: Path) -> None:
    store = Store(tmp_path)
    run_id = store.create({"method": "pmc"}, kind="unlearn", name="", device="cpu")
    before = store.events(run_id)
    database: Database = store._database
    pages = database.rows("PRAGMA page_count")[0][0]
    database.rows(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(InvalidInput, match=f"{tmp_path} cannot be used .*full"):
        store.append(run_id, [Event("log", 1, {"message": "x" * 100_000, "level": "info"})])
    with pytest.raises(InvalidInput, match="full"):
        store.create({"method": "pmc", "x": "x" * 9999}, kind="unlearn", name="", device="cpu")
    assert [path.name for path in (tmp_path / "runs").iterdir()] == [run_id]
    assert store.events(run_id) == before
    store.close()


def test_a_newer_workspace_is_refused(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store._database.rows("PRAGMA user_version = 99")
    store.close()
    with pytest.raises(InvalidInput, match="newer Lethe"):
        Store(tmp_path)


def test_the_workspace_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LETHE_WORKSPACE", "/some/where")
    assert default_workspace() == Path("/some/where")
    monkeypatch.delenv("LETHE_WORKSPACE")
    assert default_workspace().name == "lethe"


def test_the_store_needs_no_heavy_library() -> None:
    program = (
        "import sys, unlearn_core.runs.store\n"
        "print({'torch', 'transformers', 'gradio', 'datasets'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "set()\n"
