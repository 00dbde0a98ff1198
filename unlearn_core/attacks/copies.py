"""Copies of a model with changed weights, and how well they answer."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from torch import Tensor, nn
from transformers import PreTrainedModel

from unlearn_core.attacks.asking import Answers, AttackQuestion, Way, answer, leaks_first
from unlearn_core.attacks.base import Case, Curve, Target
from unlearn_core.attacks.guessing import Found
from unlearn_core.models.trainable import linear_layers

NO_WEIGHTS = (
    "Not tested, because this model forgets only while it answers: whoever has its weights has "
    "the original."
)
NO_FORGET = "Not tested, because there are no marked records; mark some."


def linear_weights(model: PreTrainedModel) -> dict[str, nn.Parameter]:
    """The weights of every linear layer by name, those that embeddings share left out.

    Embeddings and the output layer stay as they are, as in common quantised models.
    """
    embeddings = {id(one) for one in model.get_input_embeddings().parameters()}
    return {
        name: layer.weight
        for name, layer in linear_layers(model).items()
        if isinstance(layer.weight, nn.Parameter) and id(layer.weight) not in embeddings
    }


def kept(weights: dict[str, nn.Parameter]) -> dict[str, Tensor]:
    """The weights as they are now, to go back to."""
    return {name: weight.detach().clone() for name, weight in weights.items()}


def answer_greedily(
    target: Target,
    copy: PreTrainedModel,
    case: Case,
    questions: tuple[AttackQuestion, ...],
    name: str,
    new_tokens: int,
    done: float,
) -> Answers:
    """The copy's most likely answer to each question.

    Args:
        target: Whose copy it is.
        copy: Left as it is.
        case: Told the texts.
        questions: At least one.
        name: What was done to the copy, for people.
        new_tokens: Longest answer.
        done: Share of the attack that is done then.
    """
    way = Way(name, questions)
    return answer(replace(target, model=copy), case, [way], new_tokens, done)


def in_turn(parts: Sequence[Answers]) -> Answers:
    """Answers to the same questions at several doses, each a setting of its own."""
    return Answers(
        tuple(way for part in parts for way in part.ways),
        tuple(rows for part in parts for rows in part.texts),
        leaks_first(shot for part in parts for shot in part.shots),
    )


def merged(parts: Sequence[Answers]) -> Answers:
    """Several rounds of answers to the same questions at the same doses, as one."""
    texts = [
        tuple(
            tuple(text for one in answers for text in one) for answers in zip(*rounds, strict=True)
        )
        for rounds in zip(*(part.texts for part in parts), strict=True)
    ]
    shots = leaks_first(shot for part in parts for shot in part.shots)
    return Answers(parts[0].ways, tuple(texts), shots)


def mean_curve(
    found: Sequence[Found], x: Iterable[float], x_label: str, y_label: str = "facts found"
) -> Curve:
    """Mean over records at each setting."""
    means = (sum(values) / len(found) for values in zip(*(o.true for o in found), strict=True))
    return Curve(y_label, x_label, y_label, tuple(x), tuple(means))
