"""Looking into the layers: which fact is the model about to say, at each depth?"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from unlearn_core.attacks.base import (
    Attack,
    AttackCard,
    Case,
    Curve,
    Finding,
    Shot,
    Target,
    not_tested,
)
from unlearn_core.attacks.copies import NO_FORGET, NO_WEIGHTS, mean_curve
from unlearn_core.attacks.fact_tokens import FactRow, fact_row
from unlearn_core.attacks.guessing import Found, against_guessing
from unlearn_core.attacks.registry import register
from unlearn_core.data.alternatives import wrong_records
from unlearn_core.data.records import Record
from unlearn_core.settings.config import Config, setting

NO_NORM = (
    "Not tested, because no last normalisation or output layer was found in this kind of model; "
    "use another attack that needs the weights, such as relearning."
)
NO_DECOYS = (
    "Not tested, because no record has wrong answers to choose among; give some in the field "
    "`perturbed`."
)


class LogitLensConfig(Config):
    """How many rows go through the model at once."""

    rows: int = setting(
        64, "Batch size: rows in one forward pass.", ge=1, le=4096, unit="rows", advanced=True
    )


@register(
    "logit-lens",
    "Logit lens",
    config=LogitLensConfig,
    order=170,
    card=AttackCard(
        spoken=False,
        idea="Reads out what the model has in mind at every layer: a fact can be there in the "
        "middle and be turned away only at the end.",
        measure="share of facts that are likelier than all wrong ones at the best layer",
        kind="recovery",
        paper="nostalgebraist, interpreting GPT: the logit lens, 2020",
        cost="1 s",
        needs_weights=True,
    ),
)
class LogitLens(Attack[LogitLensConfig]):
    """Each layer's hidden states through the last normalisation and the output layer.

    The true answer and each wrong one are given word by word up to their fact. The likeliest fact
    at a layer is the one with the highest mean log-probability over its tokens there. Layer 0 is
    the embedding. Works for models whose last normalisation stands outside the layers, such as
    Llama, Qwen, Gemma, Phi, GPT-2 and GPT-NeoX.
    """

    def run(self, target: Target, case: Case) -> Finding:
        """Attack one model."""
        if target.fresh is None:
            return not_tested(NO_WEIGHTS)
        if not case.material.forget:
            return not_tested(NO_FORGET)
        records = [record for record in case.material.forget if wrong_records(record)]
        if not records:
            return not_tested(NO_DECOYS)
        copy = target.fresh()
        lens = lens_of(copy)
        if lens is None:
            return not_tested(NO_NORM)
        options = [(record, *wrong_records(record)) for record in records]
        rows = [fact_row(one, target.encoder) for group in options for one in group]
        by_row = iter(fact_log_probs(copy, lens, rows, self.config.rows))
        scores = [[next(by_row) for _ in group] for group in options]
        found = [top(torch.stack(group)) for group in scores]
        layers = len(scores[0][0])
        curve = mean_curve(found, range(layers), "layer", "true fact likeliest")
        best = max(range(layers), key=lambda layer: curve.y[layer])
        shots = _shots(options, scores, best)
        case.say(1.0, shots)
        return _finding(against_guessing(found, case.seed), curve, shots, case, len(records))


def lens_of(model: PreTrainedModel) -> tuple[nn.Module, nn.Module] | None:
    """Last normalisation and output layer; None where they are not found.

    The normalisation is the last module so named that stands outside the list of layers.
    """
    norms = [
        module
        for name, module in model.base_model.named_modules()
        if "norm" in type(module).__name__.lower()
        and not any(part.isdigit() for part in name.split("."))
    ]
    output = model.get_output_embeddings()  # type: ignore[no-untyped-call]
    return (norms[-1], output) if norms and isinstance(output, nn.Module) else None


@torch.no_grad()
def fact_log_probs(
    model: PreTrainedModel, lens: tuple[nn.Module, nn.Module], rows: Sequence[FactRow], most: int
) -> Iterator[Tensor]:
    """(layers + 1,) mean log-probability of each row's fact token, in nats, layer by layer."""
    model.train(False)
    norm, output = lens
    for start in range(0, len(rows), most):
        part = rows[start : start + most]
        ids = torch.nn.utils.rnn.pad_sequence(
            [torch.tensor(row.ids) for row in part], batch_first=True
        ).to(model.device)
        states = model.base_model(
            input_ids=ids, output_hidden_states=True, use_cache=False
        ).hidden_states
        places = [(i, at) for i, row in enumerate(part) for at in range(row.start, row.end)]
        i, at = (
            torch.tensor(list(axis), device=model.device) for axis in zip(*places, strict=True)
        )
        sizes = [row.end - row.start for row in part]
        # The library gives the last state normalised already.
        seen = [norm(state[i, at - 1]) for state in states[:-1]] + [states[-1][i, at - 1]]
        chosen = [
            output(state).float().log_softmax(-1).gather(-1, ids[i, at][:, None]).squeeze(-1)
            for state in seen
        ]
        for values in torch.split(torch.stack(chosen), sizes, dim=1):
            yield values.mean(dim=1).cpu()


def top(scores: Tensor) -> Found:
    """Which option is likeliest at each layer, the true one being the first; a tie is nobody's.

    Args:
        scores: (options, layers).
    """
    alone = (scores == scores.amax(dim=0)).sum(dim=0) == 1
    won = [
        tuple(((scores.argmax(dim=0) == option) & alone).float().tolist())
        for option in range(len(scores))
    ]
    return Found(won[0], tuple(won[1:]))


def _shots(
    options: Sequence[Sequence[Record]], scores: Sequence[Sequence[Tensor]], layer: int
) -> tuple[Shot, ...]:
    """The likeliest option of each record at one layer, true ones first."""
    shots = []
    for group, values in zip(options, scores, strict=True):
        at_layer = [float(value[layer]) for value in values]
        choice = max(range(len(group)), key=lambda option: at_layer[option])
        shots.append(
            Shot(
                group[0].id,
                group[0].prompt,
                group[choice].answer,
                leaked=choice == 0,
                detail=f"likeliest of {len(group)} at layer {layer} of {len(values[0]) - 1}",
            )
        )
    return tuple(sorted(shots, key=lambda shot: not shot.leaked))


def _finding(
    judged: Finding, curve: Curve, shots: tuple[Shot, ...], case: Case, used: int
) -> Finding:
    left_out = len(case.material.forget) - used
    note = f"{left_out} records without wrong answers were left out." if left_out else ""
    numbers = {f"layer {x:g}": y for x, y in zip(curve.x, curve.y, strict=True)}
    return replace(judged, shots=shots, curves=(curve,), numbers=numbers, note=note)
