"""What is learnt of a row, where the answer begins, and how rows are cut and padded."""

import pytest
import torch
from tokenizers import Tokenizer, decoders, pre_tokenizers, processors
from tokenizers.models import BPE
from transformers import PreTrainedTokenizerFast

from tests.helpers.models import BOS, EOS, KINDS, tiny_model, toy_tokenizer
from unlearn_core.data.batches import IGNORED
from unlearn_core.data.encoder import count_truncated, make_encoder
from unlearn_core.data.records import Record
from unlearn_core.errors import InvalidInput

CHAT = (
    "{% for turn in messages %}<s>{{ turn.role }}\n{{ turn.content }}<turn>\n{% endfor %}"
    "{% if add_generation_prompt %}<s>assistant\n{% endif %}"
)


def chat_tokenizer() -> PreTrainedTokenizerFast:
    tokenizer = toy_tokenizer()
    tokenizer.add_special_tokens({"additional_special_tokens": ["<turn>"]})
    tokenizer.chat_template = CHAT
    return tokenizer


def text_of(tokenizer, ids) -> str:
    return tokenizer.decode(list(ids))


def test_tofu_form_without_a_chat_template(tokenizer):
    encoder = make_encoder(tokenizer)
    row = encoder.pair("Who?", "Ann")
    assert text_of(tokenizer, row.ids[: row.n_prompt]) == "Question: Who?\nAnswer:"
    assert text_of(tokenizer, row.ids[row.n_prompt :]) == " Ann</s>"


def test_prompt_is_what_the_pair_begins_with(tokenizer):
    encoder = make_encoder(tokenizer)
    row = encoder.pair("Who?", "Ann")
    assert encoder.prompt("Who?") == list(row.ids[: row.n_prompt])


def test_start_token_where_the_tokenizer_adds_one():
    encoder = make_encoder(toy_tokenizer(adds_bos=True))
    row = encoder.pair("Who?", "Ann")
    assert row.ids[0] == BOS and row.ids.count(BOS) == 1
    assert encoder.prompt("Who?")[0] == BOS


def test_an_end_token_that_the_tokenizer_appends_is_learnt_once_and_ends_no_prompt():
    tokenizer = toy_tokenizer()
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", BOS), ("</s>", EOS)]
    )
    encoder = make_encoder(tokenizer)
    row = encoder.pair("Who?", "Ann")
    assert EOS not in encoder.prompt("Who?")
    assert row.ids.count(EOS) == 1 and row.ids[-1] == EOS
    assert encoder.pair("", "A text.").ids.count(EOS) == 1


def test_a_token_across_the_boundary_is_split_there():
    """With one token for ': ' the whole text does not begin with the prompt's tokens."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: i for i, token in enumerate(["<pad>", "<s>", "</s>", *alphabet, ":Ġ"])}
    inner = Tokenizer(BPE(vocab=vocabulary, merges=[(":", "Ġ")]))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    inner.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner, eos_token="</s>")
    row = make_encoder(tokenizer).pair("Who?", "Ann")
    assert text_of(tokenizer, row.ids[: row.n_prompt]) == "Question: Who?\nAnswer:"
    assert text_of(tokenizer, row.ids[row.n_prompt :]) == " Ann</s>"


def test_chat_template_is_used_and_its_turn_end_is_learnt():
    tokenizer = chat_tokenizer()
    encoder = make_encoder(tokenizer)
    turn = tokenizer.convert_tokens_to_ids("<turn>")
    row = encoder.pair("Who?", "Ann")
    assert text_of(tokenizer, row.ids) == "<s>user\nWho?<turn>\n<s>assistant\nAnn<turn>"
    assert text_of(tokenizer, row.ids[row.n_prompt :]) == "Ann<turn>"
    assert encoder.eos_ids == (turn, EOS)


def test_a_template_of_ones_own_goes_before_the_chat_template():
    tokenizer = chat_tokenizer()
    encoder = make_encoder(tokenizer, "Q {prompt}\\nA {answer} .")
    row = encoder.pair("{answer}?", "Ann {prompt}")
    assert text_of(tokenizer, row.ids[: row.n_prompt]) == "Q {answer}?\nA"
    assert text_of(tokenizer, row.ids[row.n_prompt :]) == " Ann {prompt} .</s>"


@pytest.mark.parametrize(
    "template", ["{prompt}", "{answer}", "{answer} {prompt}", "{prompt} {answer} {answer}"]
)
def test_unusable_templates_are_refused(tokenizer, template):
    with pytest.raises(InvalidInput, match="must contain {prompt} once"):
        make_encoder(tokenizer, template)


@pytest.mark.parametrize("pads", [True, False], ids=["pad token", "end token as padding"])
def test_only_answers_and_end_tokens_have_labels(tokenizer, pads):
    if not pads:
        tokenizer.pad_token = None
    encoder = make_encoder(tokenizer)
    pairs = [("Who?", "Ann"), ("Where was she born, and when?", "In a small town"), ("", "Text")]
    batch = encoder.batch(pairs, ["a", "b", "c"])
    for row, (prompt, answer) in enumerate(pairs):
        encoded = encoder.pair(prompt, answer)
        start, stop = encoded.n_prompt, len(encoded.ids)
        learnt = batch.labels[row] != IGNORED
        assert learnt.nonzero().flatten().tolist() == list(range(start, stop))
        assert batch.labels[row, start:stop].tolist() == list(encoded.ids[start:])
        assert batch.labels[row, start:stop].tolist().count(EOS) == 1
        assert batch.attention_mask[row].tolist() == [1] * stop + [0] * (len(learnt) - stop)
        assert set(batch.input_ids[row, stop:].tolist()) <= {encoder.pad_id}
    assert encoder.pad_id == (0 if pads else EOS)
    assert batch.record_ids == ("a", "b", "c")


def test_padding_goes_to_the_longest_row_of_the_batch(tokenizer):
    encoder = make_encoder(tokenizer)
    pairs = [("Who?", "Ann"), ("Who?", "Ann Bell")]
    longest = max(len(encoder.pair(*pair).ids) for pair in pairs)
    assert encoder.batch(pairs).input_ids.shape == (2, longest)


@pytest.mark.parametrize("kind", KINDS)
def test_padding_does_not_change_a_row_s_loss(kind, tokenizer):
    model, encoder = tiny_model(kind), make_encoder(tokenizer)
    pairs = [("Who?", "Ann"), ("Where was she born?", "In a small town by the sea")]

    def losses(batch) -> list[float]:
        logits = model(input_ids=batch.input_ids, attention_mask=batch.attention_mask).logits
        each = torch.nn.functional.cross_entropy(
            logits[:, :-1].transpose(1, 2), batch.labels[:, 1:], reduction="none"
        )
        return each.sum(dim=1).tolist()

    alone = [losses(encoder.batch([pair]))[0] for pair in pairs]
    assert losses(encoder.batch(pairs)) == pytest.approx(alone, rel=1e-5)


def test_all_of_a_passage_but_its_first_token_is_learnt(tokenizer):
    row = make_encoder(tokenizer).pair("", "Dear Ann")
    assert text_of(tokenizer, row.ids) == "Dear Ann</s>"
    assert row.n_prompt == 1


def test_an_empty_prompt_starts_a_text(tokenizer):
    assert make_encoder(tokenizer).prompt("") == [BOS]


def test_a_long_answer_loses_its_tail_and_is_counted(tokenizer):
    encoder = make_encoder(tokenizer, max_length=40)
    records = [
        Record(id="short", prompt="Who?", answer="Ann"),
        Record(id="long", prompt="Who?", answer="A" * 50),
    ]
    row = encoder.pair("Who?", "A" * 50)
    assert len(row.ids) == 40 and row.truncated
    assert text_of(tokenizer, row.ids[: row.n_prompt]) == "Question: Who?\nAnswer:"
    assert EOS not in row.ids
    assert count_truncated(encoder, records) == 1


def test_a_row_that_just_fits_is_not_cut(tokenizer):
    length = len(make_encoder(tokenizer).pair("Who?", "Ann").ids)
    row = make_encoder(tokenizer, max_length=length).pair("Who?", "Ann")
    assert row.ids[-1] == EOS and not row.truncated


def test_a_prompt_that_fills_the_row_is_refused_with_its_record(tokenizer):
    encoder = make_encoder(tokenizer, max_length=30)
    record = Record(id="r7", prompt="Why " * 20, answer="Ann")
    with pytest.raises(InvalidInput, match=r"Record r7: .* has 9\d tokens, .* at most 30"):
        count_truncated(encoder, [record])
    with pytest.raises(InvalidInput, match="at most 30"):
        encoder.prompt(record.prompt)


def test_decode_gives_the_bare_answer(tokenizer):
    encoder = make_encoder(tokenizer)
    row = encoder.pair("Who?", "Zoë of Łódź")
    assert encoder.decode(row.ids[row.n_prompt :]) == "Zoë of Łódź"


def test_a_tokenizer_without_an_end_token_is_refused(tokenizer):
    tokenizer.eos_token = None
    with pytest.raises(InvalidInput, match="no end token"):
        make_encoder(tokenizer)


def test_encodings_are_kept(tokenizer):
    encoder = make_encoder(tokenizer)
    assert encoder.pair("Who?", "Ann") is encoder.pair("Who?", "Ann")


@pytest.mark.parametrize("template", ["", "Q: {prompt} A: {answer}", "<{prompt}>{answer}\n### End"])
@pytest.mark.parametrize("chat", [False, True])
def test_a_begun_answer_goes_on_to_the_whole_pair(template: str, chat: bool) -> None:
    encoder = make_encoder(chat_tokenizer() if chat else toy_tokenizer(), template)
    begun = encoder.begun("Who?", "Her name is ")
    assert begun == list(encoder.pair("Who?", "Her name is Ann").ids[: len(begun)])
    assert text_of(encoder.tokenizer, begun).endswith("Her name is")
    assert encoder.begun("Who?", " ") == encoder.prompt("Who?")


def test_a_begun_passage_is_its_text():
    encoder = make_encoder(toy_tokenizer(adds_bos=True), max_length=16)
    assert encoder.begun("", "Once") == encoder.text("Once")
    with pytest.raises(InvalidInput, match="16"):
        encoder.begun("", "Once upon a time there was")
