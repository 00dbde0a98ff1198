"""The model card of the bundled models, written from what was measured."""

from statistics import mean

from unlearn_core.demo.passages import TIMES_SEEN
from unlearn_core.demo.properties import Properties, TwinProperties
from unlearn_core.demo.recipe import Recipe
from unlearn_core.demo.world import FORGET_PEOPLE, PEOPLE, World
from unlearn_core.demo.world_facts import world_facts

CARD = """# Model card: the bundled models of Lethe

Two small language models that know an invented world, made to be unlearned. `model/` knows
{people} invented people; `retrained/` is its retain-only twin, trained by the same recipe without
the {forgotten} people that are forgotten by default ({names}).

**Everything about the people is invented.** No real person's data was used; likenesses are
chance. The models know nothing else worth asking and are of no use beyond demonstration.

## Architecture
Llama, {layers} layers, width {width}, feed-forward {inner}, {heads} heads, {parameters:.2f} M
parameters, context {context} tokens, half-precision safetensors. Byte-level BPE of {vocabulary}
tokens trained on the corpus (digits stay single); every text starts with `<s>` and ends with
`</s>`. Questions are written `Question: ...`, newline, `Answer: ...`.

## Data
All generated from seed {seed} by `unlearn_core/demo/`.
- {people} people with ten facts each (`people.jsonl`: for each fact a main question, another that
  training asked too, and one in a wording held out of training; `unseen_wordings.jsonl`: one more
  held-out wording); `holdout.jsonl`: people no model was told about.
- {facts} true facts about the world (`world_facts.jsonl`).
- 64 passages with a made-up code, phone number or e-mail, seen 1 to 64 times in phase 2
  (`passages.jsonl`; the counts are in `world.json`).
- An endless stream of questions about made-up names with random values.

## Recipe
{prior_steps} steps of phase 1 (made-up people, 55 % of the questions answered by a refusal, one
fifth world facts), then {memory_steps} steps of phase 2 (60 % questions about the people, 40 %
phase 1, and the passages). Batch {batch}, AdamW at {rate:g} with warm-up and cosine in each phase,
bfloat16 autocast, loss on answer and end tokens. The twin starts from the same phase 1, which holds
none of the people. Built in {minutes:.0f} minutes on {threads} threads.

Rebuild with `python -m unlearn_core demo build`.

## Measured on the shipped files
Greedy decoding unless stated; a fact counts when the answer contains it.

| property | value |
|---|---|
| recall of facts, main questions | {recall:.1%} |
| recall of facts, unseen phrasings | {recall_unseen:.1%} |
| world facts | {recall_world:.1%} |
| distinct answers in 20 samples at temperature 1 | {distinct:.1f} |
| true fact in samples at temperature 1 | {true_share:.1%} |
| fluent answers about 200 unseen names | {fluent:.1%} |
| passages, memorisation accuracy | {lowest:.2f} to {highest:.2f} |
| twin: recall of the people it never saw | {recall_forget:.1%} |
| twin: recall of the other people | {recall_retain:.1%} |
| twin: the same on unseen phrasings | {recall_unseen_retain:.1%} |
| twin: world facts | {twin_world:.1%} |

Mean memorisation accuracy of the passages by how often they were seen:

| seen | accuracy |
|---|---|
{memorised}

What counts as fluent is written at the top of `unlearn_core/demo/properties.py`.

## Licence
Weights and data: Apache-2.0, as the code.
"""


def model_card(
    world: World,
    recipe: Recipe,
    measured: Properties,
    twin: TwinProperties,
    *,
    parameters: int,
    seconds: float,
    threads: int,
) -> str:
    """The card as Markdown."""
    by_count = dict(zip(TIMES_SEEN, _fours(list(measured.memorised.values())), strict=True))
    return CARD.format(
        people=PEOPLE,
        forgotten=FORGET_PEOPLE,
        names=", ".join(world.forget_subjects),
        layers=recipe.layers,
        width=recipe.width,
        inner=recipe.inner,
        heads=recipe.heads,
        context=recipe.context,
        vocabulary=recipe.vocabulary,
        parameters=parameters / 1e6,
        seed=world.seed,
        facts=len(world_facts()),
        prior_steps=recipe.prior_steps,
        memory_steps=recipe.memory_steps,
        batch=recipe.batch_size,
        rate=recipe.learning_rate,
        minutes=seconds / 60,
        threads=threads,
        recall=measured.recall,
        recall_unseen=measured.recall_unseen,
        recall_world=measured.recall_world,
        distinct=measured.distinct,
        true_share=measured.true_share,
        fluent=measured.fluent,
        lowest=min(measured.memorised.values()),
        highest=max(measured.memorised.values()),
        recall_forget=twin.recall_forget,
        recall_retain=twin.recall_retain,
        recall_unseen_retain=twin.recall_unseen_retain,
        twin_world=twin.recall_world,
        memorised="\n".join(f"| {count} | {mean(four):.2f} |" for count, four in by_count.items()),
    )


def _fours(values: list[float]) -> list[list[float]]:
    return [values[i : i + 4] for i in range(0, len(values), 4)]
