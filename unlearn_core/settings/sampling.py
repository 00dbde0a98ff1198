"""Settings of sampling."""

from unlearn_core.settings.config import Config, setting


class SamplingSpec(Config):
    """How an answer is drawn: temperature, then the k likeliest, then the top-p of those."""

    temperature: float = setting(
        1.25, "Sampling temperature: higher makes unlikely answers more common; 0 is greedy "
        "decoding.", ge=0.0, le=10.0,
    )  # fmt: skip
    top_k: int = setting(
        50, "Top-k sampling: only this many of the most likely tokens are drawn from; 0 turns it "
        "off.", ge=0,
    )  # fmt: skip
    top_p: float = setting(
        0.95, "Top-p (nucleus) sampling: only the most likely tokens that together have this "
        "probability are drawn from.", gt=0.0, le=1.0,
    )  # fmt: skip
    max_new_tokens: int = setting(
        48, "Maximum number of new tokens; an answer is cut there.", ge=1, le=4096, unit="tokens"
    )
