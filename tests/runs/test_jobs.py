"""What does a job is found by its kind."""

import pytest

from tests.helpers.orders import Orders
from unlearn_core.runs import jobs
from unlearn_core.runs.store import Store


@pytest.mark.parametrize(
    ("kind", "done_as"),
    [("unlearn", "unlearn"), ("audit", "audit"), ("somebody's secret", "unlearn")],
)
def test_a_job_is_done_by_what_registered_its_kind(
    store: Store, monkeypatch: pytest.MonkeyPatch, kind: str, done_as: str
) -> None:
    jobs.import_jobs()
    assert {"unlearn", "teach", "audit"} <= jobs._REGISTERED.keys()
    done: list[str] = []
    for name in jobs._REGISTERED:
        monkeypatch.setitem(jobs._REGISTERED, name, lambda *_, name=name: done.append(name))
    jobs.execute(store, store.create({}, kind=kind, name="", device="cpu"), Orders())
    assert done == [done_as]
