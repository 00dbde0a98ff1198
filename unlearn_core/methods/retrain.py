"""Retraining: the exact answer, a model that never saw the marked records."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from unlearn_core.data.records import Record, Split
from unlearn_core.errors import InvalidInput, MissingPrerequisite
from unlearn_core.methods.base import Card, Context, Loss, Method
from unlearn_core.methods.presets import large, small
from unlearn_core.methods.registry import register
from unlearn_core.models.forward import batch_nll
from unlearn_core.models.name import BUNDLED
from unlearn_core.settings.config import Config, setting

if TYPE_CHECKING:
    from unlearn_core.models.spec import ModelSpec, TuningSpec

TITLE = "Retraining (exact)"


class RetrainConfig(Config):
    """Settings of retraining."""

    start_from: str = setting(
        "",
        "The model as it was before it saw any of the records (hub name or folder). Empty for the "
        "bundled model, which is built anew by its own recipe.",
    )


@register(
    "retrain",
    TITLE,
    config=RetrainConfig,
    card=Card(
        idea="Begins again and teaches everything but the marked records, which is what every "
        "other method tries to come near to.",
        formula=r"\theta^\star = \arg\min_\theta\ \mathbb{E}_{D_r}\left[-\log p_\theta(y\mid q)"
        r"\right],\quad \theta_0 = \text{base}",
        paper="Bourtoule et al., Machine Unlearning, IEEE S&P 2021",
        needs=("retain data",),
        cost="As long as the training itself: minutes for the bundled model, too long for most",
        fails="It must be known what the model was trained on besides, and the base model must "
        "still be there.",
    ),
    small=small(3e-4, epochs=20),
    large=large(mode="full", epochs=5),
)
class Retrain(Method[RetrainConfig]):
    """From the base model over the retain set; an epoch passes over the retain set.

    The bundled model has no base model on this machine: its recipe begins with random weights and
    runs through both of its phases (`training/bundled_recipe.py`), and the settings of training
    have no say.
    """

    def check(self, model: "ModelSpec", tuning: "TuningSpec", split: Split) -> None:
        """Full fine-tuning, and a base model unless the recipe is known, which is of whole people.

        Raises:
            MissingPrerequisite: One of them is not there.
        """
        if tuning.mode != "full":
            raise MissingPrerequisite(
                f"{TITLE} replaces every weight, which an adapter cannot. Set the weights to "
                "train to full."
            )
        if not self.config.start_from and not self.by_recipe(model):
            raise MissingPrerequisite(
                f"{TITLE} begins with the model as it was before it saw the records, and nothing "
                f"says what '{model.source}' was then. Give start_from, or choose another method."
            )
        marked = {record.subject for record in split.forget if record.subject}
        halves = sorted(marked & {record.subject for record in split.retain})
        if self.by_recipe(model) and halves:
            raise MissingPrerequisite(
                f"{TITLE} leaves whole people out of the bundled model, but of the records about "
                f"{halves[0]} only some are marked. Mark all of them, or none."
            )

    def by_recipe(self, model: "ModelSpec") -> bool:
        """Whether the model is built anew by the bundled recipe."""
        return model.source == BUNDLED and not self.config.start_from

    def rows(self, forget: tuple[Record, ...], retain: tuple[Record, ...]) -> tuple[Record, ...]:
        """The retain set is passed over; the forget set is not touched."""
        return retain

    def refresh(self, context: Context, epoch: int) -> None:
        """Before the first epoch, put the base model's weights in place.

        Raises:
            InvalidInput: The base model has another shape.
        """
        if epoch:
            return
        from unlearn_core.models.loading import load
        from unlearn_core.models.spec import ModelSpec

        base = load(ModelSpec(source=self.config.start_from, device="cpu")).model
        try:
            context.model.load_state_dict(base.state_dict())
        except RuntimeError as error:
            raise InvalidInput(
                f"'{self.config.start_from}' has other layers than the model that is to be "
                "retrained. Give the base model that it was made from."
            ) from error

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """CE on the retain rows, which the loop hands over as the rows of its epochs."""
        nll = batch_nll(context.model, context.records(forget))
        return Loss(nll, {"retain": nll})
