"""The endpoints: which there are, what they do, and what they keep to themselves."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.audits import sample_audit
from tests.helpers.fake_run import fake_run
from unlearn_core.files import write_json
from unlearn_core.runs.store import Store
from unlearn_core.runs.supervisor import Supervisor
from unlearn_core.ui.shell.api import NAMES, Endpoints, spoken
from unlearn_core.ui.shell.services import Services
from unlearn_core.ui.shell.settings import set_environment

PROMPT = "Where was Fiora Brinridge born?"
PRIVATE_PROMPT = "What did the doctor say?"


@pytest.fixture
def services(tmp_path: Path) -> Services:
    store = Store(tmp_path)
    return Services(store, Supervisor(store))


@pytest.fixture
def endpoints(services: Services) -> Endpoints:
    return Endpoints(services)


def refused(endpoint: Any, *arguments: Any, **named: Any) -> str:
    """The one sentence, or two, with which a caller is refused."""
    import gradio as gr

    with pytest.raises(gr.Error) as caught:
        spoken(endpoint)(*arguments, **named)
    assert caught.value.print_exception is False
    return str(caught.value.message)


# Over the wire


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Services]]:
    """The page behind a password."""
    set_environment()
    from unlearn_core.ui.shell.page import build_app

    store = Store(tmp_path_factory.mktemp("workspace"))
    services = Services(store, Supervisor(store))
    app = build_app(services)
    _, url, _ = app.launch(
        server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, show_error=True,
        run_history=False, enable_monitoring=False, auth=("lethe", "secret"), ssr_mode=False,
    )  # fmt: skip
    yield url, services
    app.close(verbose=False)


def test_exactly_these_functions_are_public_and_each_is_explained(
    served: tuple[str, Services],
) -> None:
    from gradio_client import Client

    client = Client(served[0], auth=("lethe", "secret"), verbose=False)
    info: Any = client.view_api(return_format="dict", print_info=False)
    assert list(info["named_endpoints"]) == [f"/{name}" for name in NAMES]
    assert info["unnamed_endpoints"] == {}
    for name in NAMES:
        known = info["named_endpoints"][f"/{name}"]
        assert len(known["description"]) > 20
        for parameter in known["parameters"]:
            words = str(getattr(Endpoints, name).__doc__)
            assert f"{parameter['parameter_name']}: " in words
            assert parameter["type"], f"{name}: {parameter['parameter_name']} has no type"


def test_a_program_starts_a_run_and_is_told_what_is_wrong(served: tuple[str, Services]) -> None:
    from gradio_client import Client
    from gradio_client.exceptions import AppError

    url, services = served
    client = Client(url, auth=("lethe", "secret"), verbose=False)
    state = client.predict(training={"epochs": 1}, name="By program", api_name="/start_run")
    assert (state["state"], state["place"], state["name"]) == ("queued", 1, "By program")
    assert services.store.get(state["id"]).spec["training"]["epochs"] == 1
    assert client.predict(run=state["id"], api_name="/stop_run")["state"] == "stopped"
    with pytest.raises(AppError, match="epochs is 0, but it must be"):
        client.predict(training={"epochs": 0}, api_name="/start_run")
    with pytest.raises(AppError, match="There is no run 'nope'"):
        client.predict(run="nope", api_name="/run_state")


def test_without_the_password_nothing_answers(served: tuple[str, Services]) -> None:
    import httpx
    from gradio_client import Client
    from gradio_client.exceptions import AuthenticationError

    with pytest.raises((AuthenticationError, ValueError)):
        Client(served[0], verbose=False)
    for path in ("gradio_api/info", "gradio_api/call/list_runs", "gradio_api/run/list_runs"):
        answer = httpx.post(f"{served[0]}{path}", json={"data": [5]}, trust_env=False)
        assert answer.status_code in (401, 405)


# What they do


def test_a_default_run_forgets_four_people(endpoints: Endpoints, services: Services) -> None:
    state = spoken(endpoints.start_run)()
    spec = services.store.get(state["id"]).spec
    assert (spec["method"], len(spec["marks"]["subjects"])) == ("pmc", 4)
    assert state["name"].startswith("Partial Model Collapse, 4 subjects")


def test_runs_are_listed_paused_and_resumed(endpoints: Endpoints) -> None:
    first = endpoints.start_run(name="one")["id"]
    second = endpoints.start_run(name="two")["id"]
    assert [run["id"] for run in endpoints.list_runs()] == [second, first]
    assert [run["id"] for run in endpoints.list_runs(limit=1)] == [second]
    assert endpoints.pause_run(first)["state"] == "paused"
    assert endpoints.resume_run(first)["state"] == "queued"


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("start_run", {"method": "pmcc"}, "Did you mean 'pmc'"),
        ("start_run", {"seed": "many"}, "start_run: seed is 'many'"),
        ("start_run", {"model": {"sauce": "x"}}, "model has no setting 'sauce'"),
        ("start_run", {"data": {"source": "/no/such.jsonl"}}, "/no/such.jsonl"),
        ("start_run", {"marks": {"subjects": ["Nobody"]}}, "Nobody"),
        ("start_run", {"config": []}, "config is \\[\\]"),
        ("list_runs", {"limit": 0}, "from 1 to 1000"),
        ("resume_run", {"run": "nope"}, "There is no run 'nope'"),
        ("compare", {"prompts": [], "models": ["bundled"]}, "Give 1 to 100"),
        ("compare", {"prompts": [" "], "models": ["bundled"]}, "1 of them empty"),
        ("compare", {"prompts": ["?"], "models": ["bundled"] * 7}, "Give 1 to 6"),
        ("compare", {"prompts": ["?"], "models": ["bundled"], "temperature": -1}, "temperature"),
        ("start_audit", {"run": "nope"}, "There is no run 'nope'"),
        ("start_audit", {"run": "x", "effort": "wild"}, "effort is 'wild'"),
        ("audit_verdict", {"audit": "nope"}, "There is no run 'nope'"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(
    endpoints: Endpoints, services: Services, name: str, given: dict[str, Any], words: str
) -> None:
    assert re.search(words, refused(getattr(endpoints, name), **given))
    assert services.store.runs() == []


def test_a_result_is_given_without_the_prompts_that_someone_typed(
    endpoints: Endpoints, services: Services
) -> None:
    run = fake_run(services.store, total=2)
    path = services.store.folder(run) / "result.json"
    result = json.loads(path.read_text())
    result["spec"]["measure"]["own_probes"] = [PRIVATE_PROMPT]
    write_json(path, result)
    given = endpoints.run_result(run)
    assert given["after"]["forget"]["fact_recall"] == 0.0
    assert PRIVATE_PROMPT not in str(given)
    assert PRIVATE_PROMPT not in str(endpoints.list_runs())
    waiting = endpoints.start_run()["id"]
    assert "has no result yet" in refused(endpoints.run_result, waiting)


def test_one_model_that_fails_leaves_the_others_their_answers(endpoints: Endpoints) -> None:
    [row] = endpoints.compare([PROMPT], ["bundled", "run:nope"], samples=3, seed=1)
    assert "Frostwell" in row["answers"]["bundled"]
    assert sum(count for _, count in row["sampled"]["bundled"]) == 3
    assert "There is no run 'nope'" in row["problems"]["run:nope"]
    assert endpoints.compare([PROMPT], ["bundled"], samples=3, seed=1)[0] == {**row, "problems": {}}


def test_a_very_long_prompt_is_a_problem_of_words(endpoints: Endpoints) -> None:
    [row] = endpoints.compare(["x " * 50_000], ["bundled"])
    assert "tokens" in row["problems"]["bundled"]


def test_a_verdict_is_given_without_the_texts_that_leaked(
    endpoints: Endpoints, services: Services
) -> None:
    run = fake_run(services.store, total=2)
    (services.store.folder(run) / "model").mkdir()
    audit = endpoints.start_audit(run, attacks=["sampling"])
    assert (audit["kind"], audit["state"]) == ("audit", "queued")
    assert "has found nothing yet" in refused(endpoints.audit_verdict, audit["id"])
    found = sample_audit()
    write_json(services.store.folder(audit["id"]) / "audit.json", found)
    verdict = endpoints.audit_verdict(audit["id"])
    assert (verdict["level"], verdict["headline"]) == ("leaks", found["verdict"]["headline"])
    assert verdict["attacks"]["prefilling"]["unlearned"]["value"] == 0.125
    assert found["verdict"]["quote"]["text"] not in str(verdict)
    assert "shots" not in str(verdict)


def test_lists_say_what_each_thing_is(endpoints: Endpoints) -> None:
    methods = {method["name"]: method for method in endpoints.list_methods()}
    assert "sampling" in methods["pmc"]["needs"]
    assert {"name", "default", "allowed", "help"} == set(methods["pmc"]["settings"][0])
    assert {"relearning", "prefilling"} <= {attack["name"] for attack in endpoints.list_attacks()}
    assert all(metric["help"] for metric in endpoints.list_metrics())
