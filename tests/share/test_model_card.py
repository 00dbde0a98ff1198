"""The card of an exported model: what the hub reads, what people read, and what neither may."""

from dataclasses import replace
from typing import Any

import pytest
import yaml

from tests.helpers.audits import sample_audit
from tests.helpers.fake_run import fake_result, fake_run
from unlearn_core.audits.result import AuditResult
from unlearn_core.runs.command_line import command_line
from unlearn_core.runs.result import RunResult
from unlearn_core.runs.store import Store
from unlearn_core.share.hub import strangers_spec
from unlearn_core.share.model_card import CardFacts, escaped, model_card

HOSTILE = "*Mara*\n# <script>alert(1)</script> | [x](http://evil) `code`"


def facts(store: Store, audit: dict[str, Any] | None = None, **changes: Any) -> CardFacts:
    run_id = fake_run(store, name=str(changes.pop("name", "Four people")))
    info = replace(store.get(run_id), device="cpu")
    info.spec["model"]["source"] = changes.pop("source", "bundled")
    told = {"adapter": True, "command": command_line(info.spec), **changes}
    environment = {"lethe": "0.1.0", "packages": {"torch": "2.13.0"}}
    return CardFacts(
        info,
        RunResult.of(fake_result(run_id)),
        environment,
        AuditResult.of(audit) if audit else None,
        **told,
    )


def metadata(card: str) -> dict[str, Any]:
    _, front, _ = card.split("---\n", 2)
    return dict(yaml.safe_load(front))


def test_the_hub_reads_base_library_and_tags(store: Store) -> None:
    known = metadata(model_card(facts(store, source="meta-llama/Llama-3.2-1B-Instruct")))
    assert known["base_model"] == "meta-llama/Llama-3.2-1B-Instruct"
    assert (known["base_model_relation"], known["library_name"]) == ("adapter", "peft")
    assert {"machine-unlearning", "pmc"} <= set(known["tags"])
    assert "license" not in known  # the person's choice
    merged = metadata(model_card(facts(store, source="a/b", adapter=False)))
    assert (merged["base_model_relation"], merged["library_name"]) == ("finetune", "transformers")


@pytest.mark.parametrize("source", ["bundled", "/home/anna/secret/model", "run:abc"])
def test_a_base_that_is_not_on_the_hub_is_not_claimed_to_be(store: Store, source: str) -> None:
    card = model_card(facts(store, source=source, command=""))
    assert "base_model" not in metadata(card)
    assert "/home/anna" not in card


def test_people_read_results_limits_and_the_command(store: Store) -> None:
    card = model_card(facts(store))
    assert "| to forget | 40 | 100.0% | 0.0% | 100.0% | 0.0% |" in card
    assert "86.0% gave the true one away" in card
    assert "python -m unlearn_core run --method pmc" in card
    assert "not known whether the knowledge is gone" in card
    assert "## What this does not show" in card
    assert "torch 2.13.0" in card


def test_the_verdict_is_told_without_the_leaked_text(store: Store) -> None:
    quote = {"attack": "prefilling", "record": "r", "prompt": "Where was she born?", "true": "",
             "text": "Mara Velden was born in Lindenau.", "detail": ""}  # fmt: skip
    verdict = {
        "level": "leaks",
        "headline": "It is hidden, not gone: prefilling brings the facts back.",
        "lines": [{"kind": "leak", "text": "Prefilling: 40 % of the facts."}],
        "quote": quote,
        "rules": [],
    }
    card = model_card(facts(store, sample_audit(verdict=verdict)))
    assert "**It is hidden, not gone: prefilling brings the facts back.**" in card
    assert "- Prefilling: 40 % of the facts." in card
    assert "Lindenau" not in card


def test_a_name_cannot_break_out_of_its_place(store: Store) -> None:
    card = model_card(facts(store, name=HOSTILE, command="run ```\n# heading"))
    assert "<script>" not in card
    assert [line for line in card.splitlines() if line.startswith("# ")] == [
        "# The license is yours to choose; that of the base model binds.",
        "# license: ...",
        f"# {escaped(HOSTILE)}",
        "# heading",
    ]
    assert "````bash\nrun ```\n# heading\n````" in card
    assert "[x](" not in card


def test_strangers_are_not_told_who_was_forgotten(store: Store) -> None:
    whole = facts(store, name="PMC · Fiora Brinridge")
    assert "Fiora Brinridge" in model_card(whole)
    command = command_line(strangers_spec(whole.info.spec))
    card = model_card(facts(store, name="PMC · Fiora Brinridge", command=command, public=True))
    assert "Fiora" not in card
    assert "The marks are left out" in card
