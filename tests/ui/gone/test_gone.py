"""The step Is it gone?: what can be attacked, what is shown of it, what it is compared with."""

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from tests.helpers.audits import HOSTILE, sample_audit
from tests.helpers.fake_run import fake_run
from unlearn_core.audits.spec import audit_of_run, queue_audit
from unlearn_core.data.marks import Marks
from unlearn_core.demo.corpus import default_forget_subjects
from unlearn_core.errors import InvalidInput, MissingPrerequisite
from unlearn_core.files import write_json
from unlearn_core.models.spec import ModelSpec
from unlearn_core.runs.events import Event, EventKind
from unlearn_core.runs.spec import RunSpec
from unlearn_core.runs.store import Store
from unlearn_core.ui.gone.export import FORMS, exported
from unlearn_core.ui.gone.retrain import missing_html, missing_retrained, queue_retraining
from unlearn_core.ui.gone.run import (
    attack_choices,
    attack_texts,
    attackable,
    audit_label,
    begin,
    first_choice,
    has_verdict,
    known_attacks,
    look,
    past_audits,
)
from unlearn_core.ui.gone.view import phase_words
from unlearn_core.ui.shell.services import ASSETS, Services
from unlearn_core.ui.shell.settings import AppSettings

FINDING = {"value": 0.3, "low": 0.2, "high": 0.4, "chance": 0.1, "p": 0.0002, "note": ""}


@pytest.fixture
def services(tmp_path: Path) -> Services:
    return Services(Store(tmp_path), cast(Any, None), AppSettings(threads=1))


def made(services: Services, marks: Marks | None = None, **options: Any) -> str:
    """A finished run with a model; about one whole person unless told otherwise."""
    spec = RunSpec(marks=marks or Marks(subjects=("Fiora Brinridge",)), **options)
    kind = "teach" if options.get("kind") == "teach" else "unlearn"
    name = f"{spec.method} run"
    run = services.store.create(spec.model_dump(mode="json"), kind=kind, name=name, device="fake")
    (services.store.folder(run) / "model").mkdir()
    services.store.set_state(run, "done")
    return run


def audited(services: Services, run: str, state: str = "running", **options: Any) -> str:
    audit = queue_audit(services.store, audit_of_run(services.store, run, **options))
    for one in ("loading", "running", state):
        services.store.set_state(audit, cast(Any, one))
    return audit


def say(services: Services, audit: str, kind: EventKind, **payload: Any) -> None:
    services.store.append(audit, [Event(kind, 1, payload)])


def shot(text: str, **changes: Any) -> Mapping[str, Any]:
    return {"attack": "sampling", "role": "unlearned", "record": "a", "prompt": "Who?",
            "text": text, "leaked": False, "detail": "temperature 1.5", **changes}  # fmt: skip


def shown(services: Services, audit: str) -> str:
    return str(look(services, audit, "")["html"])


def test_only_finished_runs_with_an_unlearned_model_can_be_attacked(services: Services) -> None:
    first, second = made(services), made(services)
    made(services, kind="teach", method="teach")
    fake_run(services.store, name="without a model")
    fake_run(services.store, name="going on", state="running")
    assert [run.id for run in attackable(services)] == [second, first]


def test_watched_run_comes_first_and_a_retrained_one_only_when_asked_for(
    services: Services,
) -> None:
    assert first_choice([], "") is None
    old, new = made(services), made(services)
    retrained = made(services, method="retrain")
    runs = attackable(services)
    assert first_choice(runs, "") == new
    assert first_choice(runs, old) == old
    assert first_choice(runs, "deleted") == new
    assert first_choice([run for run in runs if run.id == retrained], "") == retrained


def test_every_attack_is_offered_with_its_idea() -> None:
    known = known_attacks()
    choices = attack_choices(known)
    assert [name for _, name in choices] == list(known)
    assert {"sampling", "relearning", "logit-lens"} <= set(known)
    assert all(known[name].card.idea in label for label, name in choices)


def test_start_queues_what_was_chosen(services: Services) -> None:
    run = made(services)
    some = services.store.get(begin(services, run, "thorough", ["hints", "noise"], 3)).spec
    assert (some["effort"], some["attacks"], some["seed"]) == ("thorough", ["hints", "noise"], 3)
    assert some["model"]["source"] == f"run:{run}"
    every = services.store.get(begin(services, run, "quick", list(known_attacks()), None)).spec
    assert (every["attacks"], every["seed"]) == ([], 0)


@pytest.mark.parametrize(("has_run", "chosen"), [(False, ["hints"]), (True, [])])
def test_without_run_or_attack_nothing_starts(
    services: Services, has_run: bool, chosen: list[str]
) -> None:
    run = made(services)
    with pytest.raises(InvalidInput, match="is chosen. Choose"):
        begin(services, run if has_run else None, "quick", chosen, 0)
    assert services.store.runs(("audit",)) == []


def test_earlier_audits_are_those_of_the_run_newest_first(services: Services) -> None:
    run, other = made(services), made(services)
    first = audited(services, run, "done", attacks=("hints", "noise"), seed=3)
    second = audited(services, run)
    audited(services, other)
    assert [audit for _, audit in past_audits(services, run)] == [second, first]
    assert past_audits(services, None) == []
    assert audit_label(services.store.get(first)).endswith("quick · 2 attacks · seed 3")
    assert audit_label(services.store.get(second)).endswith("all attacks · seed 0 · Running")


def test_a_running_audit_is_told_in_words(services: Services) -> None:
    audit = audited(services, made(services), attacks=("sampling", "hints"))
    progress = {"step": 4, "total": 8, "seconds_left": 9.0, "phase": "attack sampling, unlearned"}
    say(services, audit, "progress", **progress)
    html = shown(services, audit)
    assert "Repeated sampling: attacking the unlearned model" in html
    assert "Examples and hints" in html
    assert "Logit lens" not in html  # not chosen
    assert "The texts that the models give appear here" in html


def test_queue_state_and_readings_are_told_too(services: Services) -> None:
    run = made(services)
    waiting = queue_audit(services.store, audit_of_run(services.store, run))
    assert "Starting" in shown(services, waiting)
    second = queue_audit(services.store, audit_of_run(services.store, run))
    assert "Waiting, place 2 in the queue" in shown(services, second)
    assert phase_words("reading answers, original", {}) == "Reading answers, original"
    assert phase_words("attack gone, original", {}) == "gone: attacking the original model"


def test_findings_are_judged_by_guessing(services: Services) -> None:
    audit = audited(services, made(services), attacks=("sampling", "hints", "depth"))
    for name, role, change in (
        ("sampling", "unlearned", {}),
        ("hints", "unlearned", {"p": 0.2}),
        ("hints", "original", {"value": None, "note": "Not tested, because <b>."}),
        ("depth", "unlearned", {"value": 0.5, "chance": None, "p": None}),
    ):
        say(services, audit, "finding", attack=name, role=role, **{**FINDING, **change})
    html = shown(services, audit)
    assert html.count("▲ found") == 1
    assert html.count("as guessing") == 1
    assert "not tested" in html and "because &lt;b&gt;" in html
    assert '<strong title="">0.50</strong> </td>' in html  # a trace is not judged


def test_an_attack_is_judged_among_those_to_come(services: Services) -> None:
    audit = audited(services, made(services), attacks=("sampling", "hints", "noise", "phrasings"))
    say(services, audit, "finding", attack="sampling", role="unlearned", **{**FINDING, "p": 0.02})
    assert "as guessing" in shown(services, audit)  # beyond 0.05 / 4
    say(services, audit, "finding", attack="noise", role="unlearned", **{**FINDING, "p": 0.012})
    assert shown(services, audit).count("▲ found") == 1
    say(services, audit, "finding", attack="hints", role="unlearned", **{**FINDING, "p": 0.001})
    # 0.001, 0.012 and 0.02 against 0.05 / 4, 0.05 / 3 and 0.05 / 2.
    assert shown(services, audit).count("▲ found") == 3


def test_newest_texts_come_first_few_and_escaped(services: Services) -> None:
    audit = audited(services, made(services))
    for i in range(9):
        say(services, audit, "shot", **shot(f"answer {i}"))
    say(services, audit, "shot", **shot(HOSTILE, prompt=HOSTILE, leaked=True, detail=HOSTILE))
    html = shown(services, audit)
    assert "<script" not in html and "&lt;script&gt;" in html
    assert html.index("▲ gives it away") < html.index("answer 8") < html.index("answer 7")
    assert "answer 3" not in html


def test_only_news_is_sent(services: Services) -> None:
    audit = audited(services, made(services))
    first = look(services, audit, "")
    assert first["html"] and not first["ended"]
    again = look(services, audit, first["cursor"])
    assert again["html"] is None and again["cursor"] == first["cursor"]
    say(services, audit, "shot", **shot("something new"))
    assert "something new" in look(services, audit, first["cursor"])["html"]


def test_retrained_has_a_column_only_where_there_is_one(services: Services) -> None:
    alone = audited(services, made(services))
    beside = audited(services, made(services, Marks(subjects=default_forget_subjects())))
    assert "Retrained" not in shown(services, alone)
    assert "Retrained" in shown(services, beside)


def test_a_finished_audit_is_a_report_whose_texts_come_when_asked_for(services: Services) -> None:
    audit = audited(services, made(services))
    found = sample_audit()
    write_json(services.store.folder(audit) / "audit.json", found)
    services.store.set_state(audit, "done")
    news = look(services, audit, "")
    html = news["html"]
    assert news["ended"] and has_verdict(services, audit)
    assert found["verdict"]["headline"] in html
    assert html.count('<details class="gone-attack"') == len(found["findings"])
    assert "<script" not in html
    assert "No details are available" not in html
    texts = attack_texts(services, audit, "sampling")
    assert "No details are available" in texts and "<script" not in texts
    assert "nothing about this attack" in attack_texts(services, audit, "<b>")
    assert "lethe-problem" in attack_texts(services, "no-audit", "sampling")


def test_audit_stopped_before_anything_else_was_measured_is_a_report(services: Services) -> None:
    audit = audited(services, made(services))
    found = sample_audit(findings={}, side_effects={}, metrics={})
    write_json(services.store.folder(audit) / "audit.json", found)
    services.store.set_state(audit, "stopped")
    assert found["verdict"]["headline"] in shown(services, audit)


def test_a_failed_audit_says_why_and_what_it_had_found(services: Services) -> None:
    audit = audited(services, made(services))
    say(services, audit, "finding", attack="sampling", role="unlearned", **FINDING)
    say(services, audit, "error", title="Out of memory", message="7 <GB>", advice="Use less")
    services.store.set_state(audit, "failed", "Out of memory. 7 <GB>")
    news = look(services, audit, "")
    assert "Out of memory. 7 &lt;GB&gt;. Use less. There is no verdict." in news["html"]
    assert "▲ found" in news["html"]
    assert news["ended"] and not has_verdict(services, audit)


def test_an_audit_that_is_not_there_is_said_to_be_so(services: Services) -> None:
    news = look(services, "no-<audit>", "")
    assert news["ended"] and "lethe-problem" in news["html"] and "<audit>" not in news["html"]


def test_bundled_twin_is_not_missed_for_the_default_people(services: Services) -> None:
    run = made(services, Marks(subjects=default_forget_subjects()))
    assert missing_retrained(services, run) is None
    assert missing_html(None) == ""
    with pytest.raises(InvalidInput, match="there already"):
        queue_retraining(services, run)


def test_missing_retrained_model_can_be_made_once(services: Services) -> None:
    run = made(services)
    missing = missing_retrained(services, run)
    assert missing is not None and "“pmc run”" in missing_html(missing)
    made_one = services.store.get(queue_retraining(services, run))
    old = services.store.get(run).spec
    assert made_one.spec["method"] == "retrain" and made_one.state == "queued"
    assert all(made_one.spec[part] == old[part] for part in ("data", "marks", "model"))
    waiting = missing_retrained(services, run)
    assert waiting is not None and waiting.spec is None
    assert f"in the queue as “{made_one.name}”" in waiting.why
    with pytest.raises(MissingPrerequisite, match="in the queue"):
        queue_retraining(services, run)


def test_what_cannot_be_retrained_says_why(services: Services) -> None:
    run = made(services, Marks(search="Where was Fiora Brinridge born"))
    missing = missing_retrained(services, run)
    assert missing is not None and missing.spec is None
    assert "only some are marked" in missing.why


def test_taught_model_is_retrained_from_what_it_was_before(services: Services) -> None:
    taught = made(services, kind="teach", method="teach")
    model = services.store.folder(taught) / "model"
    model.rmdir()
    model.symlink_to(ASSETS / "bundled" / "model", target_is_directory=True)
    run = made(services, model=ModelSpec(source=f"run:{taught}"))
    missing = missing_retrained(services, run)
    assert missing is not None and missing.spec is not None
    assert missing.spec.method_config["start_from"] == "bundled"


def test_downloads_hold_everything(services: Services, tmp_path: Path) -> None:
    run = made(services)
    audit = audited(services, run, "done")
    with pytest.raises(MissingPrerequisite, match="found nothing"):
        exported(services, audit, "json", tmp_path)
    found = sample_audit(run=run)
    write_json(services.store.folder(audit) / "audit.json", found)
    files = {form: exported(services, audit, form, tmp_path) for form in FORMS}
    assert json.loads(files["json"].read_text(encoding="utf-8")) == found
    page = files["html"].read_text(encoding="utf-8")
    assert found["verdict"]["headline"] in page and "<script>document" not in page
    with files["attacks"].open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == sum(len(by_role) for by_role in found["findings"].values())
    assert "privleak" in files["measures"].read_text(encoding="utf-8")
