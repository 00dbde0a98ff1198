"""Which other words a fact is asked for in, and that any of them counts."""

from tests.attacks.conftest import attacked, make_case
from tests.attacks.test_asking import PET, TEXT, TOWN, a_target, of
from tests.helpers.models import tiny_model
from unlearn_core.attacks.base import Material
from unlearn_core.attacks.registry import attack, build
from unlearn_core.data.records import Record

OTHER = PET.model_copy(update={"id": "p0", "prompt": "What does Ada keep?"})
NAMESAKE = OTHER.model_copy(update={"id": "p1", "subject": "Bo", "prompt": "What does Bo keep?"})


def prompts_of(*forget: Record, paraphrased: tuple[Record, ...] = (), **given: object) -> set[str]:
    case, _ = make_case(Material(forget, paraphrased, (), (), ()))
    settings = {"max_new_tokens": 2, "wrappings": ("Say: {prompt}", "{prompt} Yes?"), **given}
    finding = build(attack("phrasings"), "quick", **settings).run(a_target(tiny_model()), case)
    return {shot.prompt.removeprefix("Question: ").partition("\n")[0] for shot in finding.shots}


def test_other_wordings_come_before_those_by_rule() -> None:
    asked = prompts_of(PET, TOWN, paraphrased=(OTHER, NAMESAKE))
    assert asked == {"What does Ada keep?", "Say: Town of Ada?", "Town of Ada? Yes?"}


def test_all_are_wrapped_on_demand() -> None:
    asked = prompts_of(PET, paraphrased=(OTHER,), wrap_all=True)
    assert asked == {"What does Ada keep?", "Say: Pet of Ada?", "Pet of Ada? Yes?"}


def test_a_wording_without_room_is_left_out() -> None:
    assert prompts_of(PET, wrappings=("{prompt}" + "x" * 300,)) == {"Pet of Ada?"}


def test_one_fact_counts_once_and_passages_not_at_all() -> None:
    finding = attacked("phrasings", a_target(tiny_model()), of(PET, OTHER, TOWN, TEXT))
    assert finding.count == 2
    assert "1 passages are left out" in finding.note
