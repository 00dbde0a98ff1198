"""The app's functions for programs: endpoints with names, types and a page of documentation.

Each public method of `Endpoints` is one, also as a tool of the MCP server. Their docstrings are
what people and language models read about them, so each argument has one line. What other visitors
typed is not given out: no probe prompts, and no texts that attacks got out of a model.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from inspect import signature
from typing import Any, Literal

import gradio as gr
from gradio.events import api
from pydantic import ValidationError, validate_call

from unlearn_core.audits.result import read_audit
from unlearn_core.comparison.samples import Answers, samples_of
from unlearn_core.errors import InvalidInput, LetheError, MissingPrerequisite
from unlearn_core.methods.registry import methods
from unlearn_core.runs.checks import place_of
from unlearn_core.runs.info import RunInfo
from unlearn_core.runs.result import read_result
from unlearn_core.settings.config import Config, settings_of
from unlearn_core.settings.sampling import SamplingSpec
from unlearn_core.ui.compare.questions import template
from unlearn_core.ui.compare.sources import leading_run
from unlearn_core.ui.gone.run import require_model
from unlearn_core.ui.shell.services import Services

MOST_PROMPTS, MOST_MODELS, MOST_SAMPLES, MOST_RUNS = 100, 6, 100, 1000
NAMES = (
    "start_run",
    "run_state",
    "list_runs",
    "stop_run",
    "pause_run",
    "resume_run",
    "run_result",
    "compare",
    "start_audit",
    "audit_verdict",
    "list_methods",
    "list_metrics",
    "list_attacks",
)
"""Every endpoint, in the order of the documentation."""
ANSWERING = "answers"
"""What answers prompts, on the page and here, takes turns."""

Json = dict[str, Any]


def offer(services: Services) -> None:
    """Add the endpoints to the page that is being built."""
    endpoints = Endpoints(services)
    for name in NAMES:
        turns = {"concurrency_id": ANSWERING} if name == "compare" else {}
        api(spoken(getattr(endpoints, name)), api_name=name, **turns)


def spoken(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """An endpoint whose every refusal is a sentence that the caller gets."""
    checked = validate_call(endpoint)

    @wraps(endpoint)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return checked(*args, **kwargs)
        except ValidationError as error:
            raise gr.Error(_explain(endpoint, error), print_exception=False) from error
        except LetheError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return call


@dataclass(frozen=True)
class Endpoints:
    """What programs can ask of the app."""

    services: Services

    def start_run(
        self,
        method: str = "pmc",
        model: Json | None = None,
        data: Json | None = None,
        marks: Json | None = None,
        config: Json | None = None,
        training: Json | None = None,
        tuning: Json | None = None,
        measure: Json | None = None,
        seed: int = 0,
        name: str = "",
    ) -> Json:
        """Make a model forget: put a run in the queue and return at once with its id.

        Without any argument the bundled model forgets four invented people by Partial Model
        Collapse. Ask run_state until its state is done, then run_result.

        Args:
            method: How to unlearn; list_methods has the names.
            model: Settings of the model, such as {"source": "bundled"}; a hub name or a folder too.
            data: Settings of the data, such as {"source": "bundled:people"} or a file's path.
            marks: What to forget, such as {"subjects": ["Ada Example"]} or {"ids": ["q1"]}.
            config: The method's own settings; list_methods has their names and ranges.
            training: Settings of training, such as {"epochs": 8}.
            tuning: Which weights are trained, such as {"mode": "lora", "rank": 16}.
            measure: What is measured, such as {"leak_samples": 0}.
            seed: The same seed and settings give the same run on the same machine.
            name: A name to find the run by; made from method and marks when empty.

        Returns:
            id, state, place in the queue and everything else that run_state tells.
        """
        groups = {"model": model, "data": data, "marks": marks, "method_config": config,
                  "training": training, "tuning": tuning, "measure": measure}  # fmt: skip
        given = {group: values for group, values in groups.items() if values}
        launcher = self.services.launcher
        run_id = launcher.start(launcher.spec(method, given, name=name, seed=seed))
        self.services.visited.set()  # the workers are not kept waiting for a browser
        return self.run_state(run_id)

    def run_state(self, run: str) -> Json:
        """Tell how far a run, or an audit, is.

        Args:
            run: The id that start_run, start_audit or list_runs gave.

        Returns:
            id, name, kind, method, state, message, step, total, seconds_left, place and created.
        """
        return _state(self.services.store.get(run))

    def list_runs(self, limit: int = 50) -> list[Json]:
        """List the runs of this app, the newest first.

        Args:
            limit: Most runs to list, from 1 to 1000.

        Returns:
            What run_state tells of each.
        """
        _within("limit", limit, 1, MOST_RUNS)
        return [_state(run) for run in self.services.store.runs()[:limit]]

    def stop_run(self, run: str) -> Json:
        """Stop a run, or an audit, after its present step; what it has learnt is kept.

        Args:
            run: Its id.

        Returns:
            What run_state tells now.
        """
        self.services.store.send(run, "stop")
        return self.run_state(run)

    def pause_run(self, run: str) -> Json:
        """Pause a run after its present step; resume_run goes on from there.

        Args:
            run: Its id.

        Returns:
            What run_state tells now.
        """
        self.services.store.send(run, "pause")
        return self.run_state(run)

    def resume_run(self, run: str) -> Json:
        """Put a paused run back in the queue.

        Args:
            run: Its id.

        Returns:
            What run_state tells now.
        """
        self.services.store.resume(run)
        return self.run_state(run)

    def run_result(self, run: str) -> Json:
        """Give what a finished run measured before and after.

        Fact recall is the share of questions whose answer holds the fact: it should fall for the
        group forget and stay for retain and world.

        Args:
            run: Its id.

        Returns:
            before and after by group, seconds, steps, device, data_hash and the whole spec.
        """
        result = read_result(self.services.store.folder(run))
        if result is None:
            state = self.services.store.get(run).state
            raise MissingPrerequisite(
                f"Run {run} ({state}) has no result yet. Ask run_state until it is done."
            )
        return {**result.as_json(), "spec": _shown_spec(result.spec)}

    def compare(
        self,
        prompts: list[str],
        models: list[str],
        samples: int = 0,
        temperature: float = 1.0,
        seed: int = 0,
    ) -> list[Json]:
        """Ask several models the same prompts, with the same seed.

        Args:
            prompts: Up to 100 prompts.
            models: Up to 6 of: bundled, bundled:retrained, run:ID, a hub name, a folder.
            samples: Sampled answers to each prompt besides the most likely one, up to 100.
            temperature: Spread of the sampled answers, above 0 to 10.
            seed: Of the sampled answers.

        Returns:
            For each prompt: answers by model, sampled answers with counts, and problems by model.
        """
        from unlearn_core.settings.config import parse

        _counted("prompts", prompts, MOST_PROMPTS)
        _counted("models", models, MOST_MODELS)
        _within("samples", samples, 0, MOST_SAMPLES)
        spec = parse(SamplingSpec, {"temperature": temperature}, "sampling")
        rows: list[Json] = [
            {"prompt": prompt, "answers": {}, "sampled": {}, "problems": {}} for prompt in prompts
        ]
        for model in dict.fromkeys(models):
            try:
                self._answer(rows, model, spec, samples, seed)
            except LetheError as error:  # the other models answer all the same
                for row in rows:
                    row["problems"][model] = str(error)
        return rows

    def _answer(
        self, rows: Sequence[Json], model: str, spec: SamplingSpec, samples: int, seed: int
    ) -> None:
        from unlearn_core.metrics.differences import answer_histogram

        sources = [place_of(model, self.services.store)]
        prompts, how = (
            [row["prompt"] for row in rows],
            template(self.services, leading_run([model]), {}),
        )

        pool = self.services.pool
        greedy = pool.answers_of(sources, prompts, spec=None, n=1, seed=seed, template=how)
        for row, answers in zip(rows, _only(greedy), strict=True):
            row["answers"][model] = answers[0]
        if samples:
            drawn = samples_of(
                pool, sources, prompts, spec=spec, n=samples, seed=seed, template=how
            )
            for row, answers in zip(rows, _only(drawn), strict=True):
                row["sampled"][model] = [list(pair) for pair in answer_histogram(answers)]

    def start_audit(
        self,
        run: str,
        effort: Literal["quick", "thorough"] = "quick",
        attacks: list[str] | None = None,
        seed: int = 0,
        retrained: str = "",
        settings: dict[str, dict[str, Any]] | None = None,
    ) -> Json:
        """Attack the model of a finished run: is the knowledge gone, or only hidden?

        Args:
            run: The id of a run that unlearned.
            effort: quick takes some 20 seconds on the bundled model, thorough several minutes.
            attacks: Names, as list_attacks has them; all when left out.
            seed: Of every random choice.
            retrained: A model that never saw the forget set; found by itself when empty.
            settings: By attack and name, as list_attacks has them; the effort gives the others.

        Returns:
            id, state and everything else that run_state tells of the audit.
        """
        from unlearn_core.ui.shell.libraries import audit_of_run, queue_audit

        require_model(retrained.strip())
        store = self.services.store
        spec = audit_of_run(
            store, run, effort=effort, attacks=attacks or (), attack_configs=settings, seed=seed,
            retrained=retrained.strip(),
        )  # fmt: skip
        return self.run_state(queue_audit(store, spec))

    def audit_verdict(self, audit: str) -> Json:
        """Give the verdict of a finished audit, by the rules that it names.

        Args:
            audit: The id that start_audit gave.

        Returns:
            level, headline, lines, rules, and what each attack found beside guessing.
        """
        store = self.services.store
        found = read_audit(store.folder(audit))
        if found is None:
            raise MissingPrerequisite(
                f"Audit {audit} ({store.get(audit).state}) has found nothing yet. Ask run_state "
                "until it is done."
            )
        numbers = ("value", "low", "high", "chance", "p", "note")
        told = found.as_json()["verdict"]
        return {
            **{key: told[key] for key in ("level", "headline", "lines", "rules")},
            "attacks": {
                name: {role: {k: getattr(one, k) for k in numbers} for role, one in roles.items()}
                for name, roles in found.findings.items()
            },
        }

    def list_methods(self) -> list[Json]:
        """List the methods of unlearning, with what each does, needs and lets be set.

        Returns:
            name, title, idea, needs, cost, fails and settings of each.
        """
        shown = ("idea", "needs", "cost", "fails", "paper")
        return [
            {"name": info.name, "title": info.title,
             **{key: _plain(getattr(info.card, key)) for key in shown},
             "settings": _settings(info.config)}
            for info in methods().values()
        ]  # fmt: skip

    def list_metrics(self) -> list[Json]:
        """List what is measured on a model, and which way is better after unlearning.

        Returns:
            name, title, help, better, lowest, highest and unit of each.
        """
        from unlearn_core.ui.shell.libraries import metrics

        shown = ("name", "title", "family", "help", "better", "lowest", "highest", "unit")
        return [{key: getattr(info, key) for key in shown} for info in metrics().values()]

    def list_attacks(self) -> list[Json]:
        """List the attacks that look for what is left of forgotten knowledge.

        Returns:
            name, title, idea, kind, measure, needs_weights and settings of each.
        """
        from unlearn_core.ui.shell.libraries import attacks

        shown = ("idea", "kind", "measure", "needs_weights", "cost")
        return [
            {"name": info.name, "title": info.title,
             **{key: getattr(info.card, key) for key in shown},
             "settings": _settings(info.config)}
            for info in attacks().values()
        ]  # fmt: skip


def _only(found: Sequence[Answers | str]) -> Answers:
    """The answers of the one model that was asked."""
    (answers,) = found
    if isinstance(answers, str):
        raise InvalidInput(answers)
    return answers


def _state(info: RunInfo) -> Json:
    shown = ("id", "name", "kind", "state", "message", "step", "total", "seconds_left", "place",
             "created")  # fmt: skip
    return {
        **{key: getattr(info, key) for key in shown},
        "method": info.spec.get("method", info.kind),
    }


def _shown_spec(spec: Mapping[str, Any]) -> Json:
    """A run's spec without the probe prompts that a visitor typed."""
    return {**spec, "measure": {**spec.get("measure", {}), "own_probes": []}}


def _settings(config: type[Config]) -> list[Json]:
    return [
        {"name": s.name, "default": _plain(s.default), "allowed": s.allowed, "help": s.help}
        for s in settings_of(config)
    ]


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _counted(what: str, values: Sequence[str], most: int) -> None:
    filled = [value for value in values if value.strip()]
    if not values or len(values) > most or len(filled) < len(values):
        raise InvalidInput(
            f"There are {len(values)} {what}, {len(values) - len(filled)} of them empty. Give 1 to "
            f"{most} that are not."
        )


def _within(what: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise InvalidInput(
            f"{what} is {value}, but it must be a whole number from {low} to {high}."
        )


def _explain(endpoint: Callable[..., Any], error: ValidationError) -> str:
    """What is wrong with an argument; gradio hands them over by their places."""
    first = error.errors()[0]
    place, *within = first["loc"]
    named = list(signature(endpoint).parameters)[place] if isinstance(place, int) else place
    where = ".".join(str(part) for part in (named, *within))
    seen = repr(first["input"])
    seen = seen if len(seen) <= 100 else f"{seen[:100]} ..."
    return f"{endpoint.__name__}: {where} is {seen}, which cannot be used: {first['msg']}."
