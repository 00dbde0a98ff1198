"""Teachers' links: what they say, and what is wrong with those that cannot be followed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.fake_run import fake_run
from unlearn_core.errors import InvalidInput
from unlearn_core.runs.store import Store
from unlearn_core.runs.supervisor import Supervisor
from unlearn_core.ui.lessons.class_link import link_of
from unlearn_core.ui.lessons.link import Link, read_link
from unlearn_core.ui.shell.page import restored
from unlearn_core.ui.shell.services import Services
from unlearn_core.ui.unlearn.tab import with_fixed


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    store = Store(tmp_path)
    yield Services(store, Supervisor(store))
    store.close()


def test_an_address_without_a_link_changes_nothing() -> None:
    assert read_link({"run": "x"}) == Link()
    assert read_link({}).fixed == {}


def test_a_whole_link_is_read() -> None:
    link = read_link(
        {
            "lesson": "4",
            "hide": "model, runs,race",
            "fix": "method:pmc,seed:3,epochs:8,learning_rate:1e-4,samples:6,schedule:constant",
        }
    )
    assert (link.lesson, link.hide) == (4, ("model", "runs", "race"))
    assert link.fixed == {
        "method": "pmc",
        "seed": 3,
        "training": {"epochs": 8, "learning_rate": 1e-4, "schedule": "constant"},
        "method_config": {"samples": 6},
    }


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"lesson": "9"}, "no lesson '9'; lesson takes a number from 1 to 6"),
        ({"lesson": "two"}, "no lesson 'two'"),
        ({"hide": "modle"}, "hide does not know 'modle'; it takes model, forget"),
        ({"hide": "model,forget,unlearn,compare,gone,runs,learn"}, "nothing is left to see"),
        ({"lesson": "1", "hide": "learn"}, "opens lesson 1 and hides 'learn'"),
        ({"fix": "method"}, "does not understand 'method'; write name:value"),
        ({"fix": "seed:1,seed:2"}, "names 'seed' twice"),
        ({"fix": "seed:many"}, "seed is 'many', but it must be a whole number"),
        ({"fix": "epochs:0"}, "epochs is '0', but it must be a whole number from 1"),
        ({"fix": "method:pcm"}, "no unlearn method 'pcm'. Did you mean 'pmc'?"),
        ({"fix": "samples:4"}, "does not know 'samples'; without a method it takes"),
        ({"fix": "method:pmc,sample:4"}, "has no setting 'sample'"),
    ],
)
def test_what_is_wrong_is_named(query: dict[str, str], words: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_link(query)
    assert words in str(caught.value)
    assert link_of(query)[0] == Link()
    assert words in link_of(query)[1]


def test_a_link_opens_its_lesson_also_beside_a_run(services: Services) -> None:
    assert restored(services, {"lesson": "3"})[-1].selected == "learn"
    run_id = fake_run(services.store)
    assert restored(services, {"run": run_id})[-1].selected == "unlearn"
    assert restored(services, {"run": run_id, "lesson": "3"})[-1].selected == "learn"


def test_a_hidden_tab_never_opens(services: Services) -> None:
    assert restored(services, {"hide": "model,forget"})[-1].selected == "unlearn"
    run_id = fake_run(services.store)
    found = restored(services, {"run": run_id, "hide": "unlearn,model"})[-1]
    assert found.selected == "forget"


def test_fixed_settings_replace_what_a_form_says() -> None:
    groups = {"training": {"epochs": 24, "batch_size": 20}, "measure": {"every": 0}}
    assert with_fixed(groups, {"seed": 3, "training": {"epochs": 2}}) == {
        "training": {"epochs": 2, "batch_size": 20},
        "measure": {"every": 0},
    }
