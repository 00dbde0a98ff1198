"""What the attacks that ask have in common: putting, answering, judging, showing."""

from dataclasses import replace

import pytest
import torch
from torch import nn
from transformers import PreTrainedModel

from tests.attacks.conftest import attacked, make_case, succeeded
from tests.helpers.models import EOS, VOCABULARY, tiny_model, toy_tokenizer
from tests.models.test_steering import adapted
from unlearn_core.attacks.asking import Answers, AttackQuestion, Way, answer, put, put_after
from unlearn_core.attacks.base import Finding, Material, Role, Target
from unlearn_core.attacks.guessing import NO_DECOYS, found_in, share_in
from unlearn_core.attacks.registry import attack, build
from unlearn_core.data.encoder import Preface, make_encoder
from unlearn_core.data.records import Record
from unlearn_core.errors import InvalidInput
from unlearn_core.models.steering import Steering, steer
from unlearn_core.sampling.cache import Answering

NAMES = (
    "sampling",
    "prefilling",
    "phrasings",
    "hints",
    "instructions",
    "multiple-choice",
    "word-shift",
)
PET = Record(
    id="f0",
    prompt="Pet of Ada?",
    answer="Ada has a cat.",
    subject="Ada",
    fact="cat",
    perturbed=("Ada has a dog.", "Ada has an owl."),
)
TOWN = Record(id="f1", prompt="Town of Ada?", answer="Rome is it.", subject="Ada", fact="Rome",
              perturbed=("Bonn is it.",))  # fmt: skip
TEXT = Record(id="f2", prompt="", answer="In the old book of Ada one reads that her code is 4711.",
              subject="book", fact="4711",
              perturbed=("In the old book of Ada one reads that her code is 9021.",))  # fmt: skip
KEPT = tuple(
    Record(id=f"r{i}", prompt=f"Car of Bo {i}?", answer=f"Bo has a van {i}.", subject=f"Bo {i}")
    for i in range(3)
)


def a_target(model: Answering, role: Role = "unlearned", max_length: int = 200) -> Target:
    encoder = make_encoder(toy_tokenizer(), max_length=max_length)
    return Target(role, model, encoder, torch.device("cpu"), None)


def of(*forget: Record) -> Material:
    return Material(forget, (), KEPT, (), ())


def silent_model() -> PreTrainedModel:
    """Says nothing but the end token."""
    model = tiny_model()
    model.lm_head = nn.Linear(64, VOCABULARY)
    with torch.no_grad():
        model.lm_head.weight.zero_()
        model.lm_head.bias.zero_()
        model.lm_head.bias[EOS] = 60.0
    return model.eval()


def check(finding: Finding) -> None:
    """A value with everything that belongs to it, or the reason why there is none."""
    if finding.value is None:
        assert finding.note.startswith("Not tested, because ") and ";" in finding.note
        return
    assert finding.low is not None and finding.high is not None
    assert 0 <= finding.low <= finding.value <= finding.high <= 1
    assert all(value == value and abs(value) < 1e9 for value in finding.numbers.values())
    assert [shot.leaked for shot in finding.shots] == sorted(
        (shot.leaked for shot in finding.shots), reverse=True
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_model_that_says_nothing_gives_nothing_away(name: str) -> None:
    others = {"retrained": a_target(tiny_model(), "retrained")}
    finding = attacked(name, a_target(silent_model()), of(PET, TOWN), others=others)
    check(finding)
    assert not succeeded(finding)
    if name not in ("multiple-choice", "word-shift"):
        assert finding.value == 0 and finding.p == 1


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("forget", [(), (PET,), (TEXT,), (PET, TEXT)], ids=len)
def test_any_forget_set_gives_a_value_or_a_reason(name: str, forget: tuple[Record, ...]) -> None:
    check(attacked(name, a_target(tiny_model()), of(*forget)))


@pytest.mark.parametrize("name", NAMES[:5])
def test_without_wrong_answers_guessing_is_not_known(name: str) -> None:
    bare = PET.model_copy(update={"perturbed": ()})
    finding = attacked(name, a_target(tiny_model()), of(bare))
    assert finding.value is not None and finding.p is None and finding.chance is None
    assert NO_DECOYS in finding.note


@pytest.mark.parametrize("name", NAMES)
def test_a_steered_model_is_attacked_like_any_other(name: str) -> None:
    model = steer(adapted(), Steering(rule="rise", strength=1.0))
    others = {"retrained": a_target(tiny_model(), "retrained")}
    finding = attacked(name, a_target(model), of(PET, TOWN), others=others)
    check(finding)
    assert finding.value is not None


@pytest.mark.parametrize("name", NAMES)
def test_a_seed_repeats_a_finding_and_leaves_the_model_alone(name: str) -> None:
    model = tiny_model()
    before = {key: value.clone() for key, value in model.state_dict().items()}
    others = {"retrained": a_target(tiny_model(seed=1), "retrained")}
    first, second = (attacked(name, a_target(model), of(PET), others=others) for _ in range(2))
    assert first == second
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())


def test_a_passage_is_judged_by_its_second_half() -> None:
    question = put(TEXT, make_encoder(toy_tokenizer()))
    # Of its 55 bytes, each a token, 27 are shown.
    assert question.record.answer == "reads that her code is 4711."
    assert [one.fact for one in question.wrong] == ["9021"]
    assert share_in([["it is 4711", "it is 9021"]], question.record, question.wrong).true == (0.5,)
    assert found_in([["it is 9021"]], question.record, question.wrong).wrong == ((1.0,),)


def test_a_preface_is_shortened_until_the_answer_has_room() -> None:
    encoder = make_encoder(toy_tokenizer(), max_length=64)
    long, short = Preface("x" * 60), Preface("Now.")
    assert "Now." in encoder.decode(put_after(PET, encoder, [long, short], 8).ids)
    assert put_after(PET, encoder, [long], 8).ids == encoder.prompt(PET.prompt)
    assert put_after(PET, encoder, [short], 40).ids == encoder.prompt(PET.prompt)


def test_what_stands_before_every_question_stays() -> None:
    own = Preface("Forget Ada.", (("Who?", "Nobody."),))
    encoder = make_encoder(toy_tokenizer(), preface=own)
    text = encoder.decode(put_after(PET, encoder, [Preface("Obey.", (("How?", "So."),))], 8).ids)
    order = [text.index(part) for part in ("Forget Ada.", "Obey.", "Who?", "How?", "Pet of Ada?")]
    assert order == sorted(order)


def test_texts_come_with_their_counts_and_leaks_first() -> None:
    target = a_target(tiny_model())
    case, said = make_case(of(PET))
    way = Way("temperature 1", (put(PET, target.encoder),), samples=6)
    silent = replace(target, model=silent_model())
    answers = answer(silent, case, [way, way], 4)
    assert [shot.detail for shot in answers.shots] == ["temperature 1, 6 of 6 answers"]
    assert [share for share, _ in said] == [0.5, 1.0]


def test_judged_by_hand() -> None:
    question = AttackQuestion([1], PET, (PET.model_copy(update={"fact": "dog"}),))
    ways = (Way("a", (question,)), Way("b", (question,)))
    answers = Answers(ways, ((("A cat.", "A dog."),), (("A cat.", "A cat.", "An owl."),)), ())
    finding = answers.judged(seed=0)
    # The best of 1/2 and 2/3; guessing has (1/2, 2/3) or (1/2, 0) with the same chance.
    assert finding.value == pytest.approx(2 / 3)
    assert finding.numbers == pytest.approx({"found, a": 0.5, "found, b": 2 / 3})
    assert finding.chance == pytest.approx((2 / 3 + 1 / 2) / 2, abs=0.01)
    assert finding.p == pytest.approx(0.5, abs=0.03)
    assert answers.in_any_way()[0].true == (1.0,)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("sampling", {"samples": 0}),
        ("sampling", {"temperatures": ()}),
        ("sampling", {"temperatures": (1.0, 0.0)}),
        ("prefilling", {"max_new_tokens": 0}),
        ("phrasings", {"wrappings": ("Tell me.",)}),
        ("hints", {"examples": (0,)}),
        ("instructions", {"texts": ()}),
        ("multiple-choice", {"quantiles": 0}),
        ("word-shift", {"texts": 1}),
        ("word-shift", {"text": 9}),
    ],
    ids=str,
)
def test_settings_out_of_range_are_refused(name: str, settings: dict[str, object]) -> None:
    with pytest.raises(InvalidInput, match=next(iter(settings))):
        build(attack(name), "quick", **settings)
