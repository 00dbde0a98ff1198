"""The trimmed forward pass against a full one."""

import pytest
import torch

from tests.helpers.jobs import FORGET, make_context
from tests.helpers.models import KINDS, Kind
from unlearn_core.data.batches import IGNORED
from unlearn_core.models.forward import answer_log_likelihoods, answer_logits


@pytest.mark.parametrize("kind", KINDS)
def test_answer_logits_equal_a_full_masked_pass(kind: Kind) -> None:
    context = make_context(kind=kind)
    pairs = [(r.prompt, r.answer * (i + 1)) for i, r in enumerate(FORGET)]
    batch = context.batch(pairs)
    full = context.model(input_ids=batch.input_ids, attention_mask=batch.attention_mask).logits
    out = answer_logits(context.model, batch)
    targets = batch.labels[:, 1:]
    wanted = targets != IGNORED
    torch.testing.assert_close(
        out.logits[out.labels != IGNORED], full[:, :-1][wanted], atol=1e-4, rtol=1e-4
    )
    assert torch.equal(out.labels[out.labels != IGNORED], targets[wanted])


def test_prompt_columns_are_left_out() -> None:
    context = make_context()
    batch = context.records(FORGET)
    answer_tokens = len(context.encoder.pair(FORGET[0].prompt, FORGET[0].answer).ids)
    prompt_tokens = len(context.encoder.prompt(FORGET[0].prompt))
    assert answer_logits(context.model, batch).logits.shape[1] == answer_tokens - prompt_tokens


def test_log_likelihoods_equal_token_by_token_sums() -> None:
    context = make_context()
    batch = context.records(FORGET[:2])
    totals, counts = answer_log_likelihoods(context.model, batch)
    for row in range(2):
        total, count = 0.0, 0
        for position in range(1, batch.input_ids.shape[1]):
            if batch.labels[row, position] == IGNORED:
                continue
            logits = context.model(batch.input_ids[row : row + 1, :position]).logits[0, -1]
            total += float(logits.log_softmax(-1)[batch.labels[row, position]])
            count += 1
        assert totals[row].item() == pytest.approx(total, abs=1e-3)
        assert counts[row].item() == count
