"""Names of models are taken apart and put together again."""

import pytest

from unlearn_core.models.name import ModelName, name_of_run, run_of

NAMES = {
    "bundled": ModelName("bundled", ""),
    "bundled:retrained": ModelName("bundled", "retrained"),
    "run:20260101-pmc-ab12": ModelName("run", "20260101-pmc-ab12"),
    "run:20260101-pmc-ab12/teacher": ModelName("run", "20260101-pmc-ab12", "teacher"),
    "run:20260101-pmc-ab12/steps/40": ModelName("run", "20260101-pmc-ab12", "steps/40"),
    "run:recorded:pmc": ModelName("run", "recorded:pmc"),
    "recorded:pmc": ModelName("recorded", "pmc"),
    "owner/model": ModelName("elsewhere", "owner/model"),
    "gpt2": ModelName("elsewhere", "gpt2"),
    "run": ModelName("elsewhere", "run"),
    "/home/anna/run:1/model": ModelName("elsewhere", "/home/anna/run:1/model"),
    "C:\\models\\one": ModelName("elsewhere", "C:\\models\\one"),
    "": ModelName("elsewhere", ""),
}


@pytest.mark.parametrize("text", NAMES)
def test_a_name_is_taken_apart_and_put_together_again(text: str) -> None:
    assert ModelName.parse(text) == NAMES[text]
    assert str(NAMES[text]) == text


def test_the_run_of_a_name() -> None:
    assert run_of(name_of_run("r1", "steps/40")) == run_of("run:r1") == "r1"
    assert run_of("bundled") == run_of("recorded:pmc") == run_of("owner/model") == ""
