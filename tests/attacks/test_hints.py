"""What is shown before a question, and that it holds no answer."""

from tests.attacks.conftest import attacked, make_case
from tests.attacks.test_asking import KEPT, PET, TOWN, a_target
from tests.helpers.models import tiny_model
from unlearn_core.attacks.base import Finding, Material, Role, Target
from unlearn_core.attacks.registry import attack, build
from unlearn_core.data.alternatives import wrong_records
from unlearn_core.data.records import Record
from unlearn_core.metrics.leak import knows

TELLTALE = Record(id="t", prompt="Pet of Cy?", answer="Cy has a cat.", subject="Cy", fact="cat")
DECOY = TELLTALE.model_copy(update={"id": "d", "answer": "Cy has a dog.", "fact": "dog"})


def found(forget: tuple[Record, ...], retain: tuple[Record, ...], **given: object) -> Finding:
    case, _ = make_case(Material(forget, (), retain, (), ()))
    settings = {"max_new_tokens": 2, **given}
    return build(attack("hints"), "quick", **settings).run(a_target(tiny_model()), case)


def test_examples_are_of_others_and_hints_of_the_same() -> None:
    shots = found((PET, TOWN), KEPT[:1]).shots
    pet = {shot.detail: shot.prompt for shot in shots if shot.record == "f0"}
    assert "Bo has a van 0." in pet["examples shown: 1"]
    assert "Rome is it." in pet["hints: 1"] and "van" not in pet["hints: 1"]


def test_nothing_shown_can_be_copied() -> None:
    finding = found((PET,), (TELLTALE, DECOY, *KEPT[:2]), examples=(4,), hints=())
    (shot,) = finding.shots
    assert "Cy" not in shot.prompt
    assert "van 0" in shot.prompt and "van 1" in shot.prompt


def test_as_many_as_there_is_room_for() -> None:
    finding = found((PET,), KEPT, examples=(3,), hints=(), max_new_tokens=70)
    (shot,) = finding.shots
    assert 1 <= shot.prompt.count("van") < 3


def test_without_anything_to_show_it_is_not_tested() -> None:
    assert found((PET,), ()).note.startswith("Not tested, because ")
    assert found((PET,), (TELLTALE, DECOY)).value is None


def test_an_answer_without_a_fact_is_not_shown_in_other_words() -> None:
    asked = Record(
        id="asked",
        prompt="Which town is Ada from?",
        subject="Ada",
        answer="She grew up in Lisbon, near the harbour.",
    )
    told = Record(
        id="told",
        prompt="Where is Ada's home?",
        subject="Ada",
        answer="Close to the harbour of Lisbon.",
    )
    silent = Record(id="silent", prompt="What does Ada do?", subject="Ada",
                    answer="Clocks of churches are what Ada repairs.")  # fmt: skip
    finding = found((asked, told, silent), (), examples=(1,), hints=(4,))
    prompts = {shot.record: shot.prompt for shot in finding.shots}
    assert "Clocks" in prompts["asked"] and "Lisbon" not in prompts["asked"]
    assert "Clocks" in prompts["told"] and "Lisbon" not in prompts["told"]
    assert "2 records are neither shown nor taught" in finding.note
    nothing = found((asked, told), (), examples=(1,), hints=(4,))
    assert nothing.value is None and "2 records are neither shown" in nothing.note


def test_bundled_prompts_hold_no_candidate(targets: dict[Role, Target], material: Material) -> None:
    few = Material(material.forget[:10], (), material.retain, (), ())
    by_id = {record.id: record for record in few.forget}
    for shot in attacked("hints", targets["original"], few, examples=(5,), hints=(4,)).shots:
        record = by_id[shot.record]
        assert not any(knows(shot.prompt, one) for one in (record, *wrong_records(record)))
