"""The command line: its flags, its refusals, and a run from a terminal."""

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.models import tiny_model, toy_tokenizer
from unlearn_core.cli.flags import gather
from unlearn_core.cli.main import main
from unlearn_core.errors import InvalidInput
from unlearn_core.methods.registry import methods
from unlearn_core.runs.command_line import GROUPS, command_line, method_flags, run_flags
from unlearn_core.runs.store import Store
from unlearn_core.settings.config import settings_of
from unlearn_core.settings.flags import Flag

PEOPLE = ("Ada", "Bo", "Cy", "Di")
FACTS = {"pet": "cat", "town": "Oslo", "job": "baker"}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny random model."""
    folder = tmp_path_factory.mktemp("model")
    tiny_model("llama").save_pretrained(folder)
    toy_tokenizer().save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve questions about four people."""
    path = tmp_path_factory.mktemp("data") / "people.jsonl"
    rows = [
        {"q": f"{who}'s {what}?", "a": f"A {fact}.", "who": who, "key": fact}
        for who in PEOPLE
        for what, fact in FACTS.items()
    ]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


@pytest.fixture
def flags(model: Path, data: Path, tmp_path: Path) -> list[str]:
    """Flags of a run that takes a second."""
    fields = {"prompt": "q", "answer": "a", "subject": "who", "fact": "key"}
    words = [word for name, field in fields.items() for word in (f"--{name}-field", field)]
    words += ["--model", str(model), "--data", str(data), "--workspace", str(tmp_path / "runs")]
    words += ["--device", "cpu", "--epochs", "1", "--measure-samples", "2"]
    words += ["--measure-leak-samples", "2", "--measure-max-new-tokens", "4"]
    return words


def refused(capfd: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one sentence, on standard error only, with which a command is refused."""
    assert main(arguments) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) == 1
    return err


# Flags


@pytest.mark.parametrize("kind", ["unlearn", "teach"])
def test_no_two_settings_share_a_flag(kind: Any) -> None:
    options = [flag.option for flag in run_flags(kind)]
    fixed = ["--method", "--name", "--seed", "--workspace", "--json"]
    assert len({*options, *fixed}) == len(options) + len(fixed)


def test_every_setting_of_every_method_has_a_flag() -> None:
    options = {flag.option for flag in run_flags("unlearn")}
    for info in methods().values():
        names = {"--" + s.name.replace("_", "-") for s in settings_of(info.config)}
        assert names <= options


def test_the_flags_that_scripts_rely_on_are_there() -> None:
    options = {flag.option for flag in run_flags("unlearn")}
    assert {
        "--model", "--data", "--prompt-field", "--answer-field", "--subject-field", "--fact-field",
        "--world-data", "--forget-subject", "--forget-ids", "--epochs", "--learning-rate",
        "--batch-size", "--device", "--dtype", "--tuning-mode", "--tuning-rank",
    } <= options  # fmt: skip


def test_a_flag_of_another_method_is_refused_with_those_that_have_it() -> None:
    with pytest.raises(InvalidInput, match="npo has no setting --tau; it belongs to pmc"):
        gather(run_flags("unlearn"), {"tau": "0.1"}, "npo")


def test_ids_may_be_given_with_commas_and_repeatedly() -> None:
    given = gather(run_flags("unlearn"), {"forget_ids": ["a, b", "c"]}, "pmc")
    assert given == {"marks": {"ids": ["a", "b", "c"]}}


def test_the_word_none_turns_an_optional_setting_off() -> None:
    given = gather(run_flags("unlearn"), {"stop_retain_recall": "none"}, "pmc")
    assert given == {"training": {"stop_retain_recall": None}}


def test_help_lists_the_flags_with_their_range(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--help"]) == 0
    words = capfd.readouterr().out
    assert "--learning-rate" in words
    assert "--retain-weight" in words


def test_the_list_of_commands_needs_no_torch() -> None:
    code = (
        "import sys; from unlearn_core.cli.main import main; main(['--help']); "
        "sys.exit('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0
    for name in ("app", "run", "teach", "compare", "methods", "runs", "show", "export", "demo"):
        assert name in done.stdout


# Bad input


def test_an_unknown_flag_is_refused(capfd: pytest.CaptureFixture[str]) -> None:
    assert "--learning-rat" in refused(capfd, "run", "--learning-rat", "1")


def test_an_unknown_command_is_refused(capfd: pytest.CaptureFixture[str]) -> None:
    assert "unlearm" in refused(capfd, "unlearm")


@pytest.mark.parametrize(
    ("flag", "value", "words"),
    [
        ("--method", "pmcc", "Did you mean 'pmc'?"),
        ("--learning-rate", "1e9", "a number above 0 to 1"),
        ("--samples", "0", "a whole number from 1 to 1000"),
        ("--epochs", "0", "a whole number from 1 to 10000"),
        ("--epochs", "many", "'many'"),
        ("--tuning-mode", "half", "one of full, lora"),
        ("--forget-subject", "Eve", "Eve"),
        ("--forget-ids", "nothing-like-it", "nothing-like-it"),
        ("--data", "/no/such/file.jsonl", "/no/such/file.jsonl"),
        ("--model", "/no/such/folder", "/no/such/folder"),
        ("--device", "cuda:99", "cuda:99"),
        ("--seed", "-1", "-1"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_and_leaves_no_run(
    capfd: pytest.CaptureFixture[str], flags: list[str], flag: str, value: str, words: str
) -> None:
    given = ["run", *flags, "--forget-subject", "Ada", flag, value]
    if flag.startswith("--forget"):
        given = ["run", *flags, flag, value]
    assert words in refused(capfd, *given)
    assert Store(Path(flags[flags.index("--workspace") + 1])).runs() == []


def test_a_run_without_marks_is_refused(
    capfd: pytest.CaptureFixture[str], flags: list[str]
) -> None:
    assert "Nothing is marked" in refused(capfd, "run", *flags)


def test_a_method_that_retains_is_refused_when_everything_is_marked(
    capfd: pytest.CaptureFixture[str], flags: list[str]
) -> None:
    marks = [word for who in PEOPLE for word in ("--forget-subject", who)]
    assert "records to retain" in refused(capfd, "run", *flags, *marks)


def test_a_workspace_that_is_a_file_is_refused(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert "file" in refused(capfd, "runs", "--workspace", str(tmp_path / "file"))


def test_an_unknown_run_is_refused(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for command in (["show", "nope"], ["export", "nope", "--out", str(tmp_path / "out")]):
        assert "nope" in refused(capfd, *command, "--workspace", str(tmp_path / "runs"))
    assert not (tmp_path / "out").exists()


def test_a_comparison_without_prompts_is_refused(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = refused(capfd, "compare", "bundled", "--workspace", str(tmp_path))
    assert "--prompt" in words


@pytest.mark.parametrize("models", [["original"], [f"folder-{i}" for i in range(7)]])
def test_too_few_or_too_many_models_are_refused(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, models: list[str]
) -> None:
    words = refused(capfd, "compare", *models, "--prompt", "x", "--workspace", str(tmp_path))
    assert "2 to 6" in words


# Runs


def test_a_run_is_made_listed_shown_exported_and_compared(
    capfd: pytest.CaptureFixture[str], flags: list[str], tmp_path: Path
) -> None:
    workspace = flags[flags.index("--workspace") : flags.index("--workspace") + 2]
    run = ["run", *flags, "--forget-subject", "Ada", "--samples", "2", "--max-new-tokens", "4"]
    assert main([*run, "--json"]) == 0
    out, err = capfd.readouterr()
    result = json.loads(out)
    assert err == ""
    for side in ("before", "after"):
        assert set(result[side]["forget"]) >= {"fact_recall", "rouge_l_recall", "log_likelihood"}
        assert 0 <= result[side]["leak_share"] <= 1
    assert result["before"]["forget"]["records"] == 3
    assert result["before"]["retain"]["records"] == 9
    assert Path(result["folder"], "result.json").exists()

    assert main(["runs", *workspace, "--json"]) == 0
    listed = json.loads(capfd.readouterr().out)
    assert [(row["id"], row["state"]) for row in listed] == [(result["run"], "done")]

    assert main(["show", result["run"], *workspace, "--json"]) == 0
    shown = json.loads(capfd.readouterr().out)
    assert shown["result"]["after"] == result["after"]
    assert "--forget-subject Ada" in shown["command"]

    assert main(["export", result["run"], "--out", str(tmp_path / "out"), *workspace]) == 0
    assert list((tmp_path / "out").rglob("*.safetensors"))
    capfd.readouterr()

    gone = str(tmp_path / "gone")
    sides = ["compare", result["run"], "original", gone, "--prompt", "Ada's pet?"]
    assert main([*sides, "--group", "forget", "--samples", "3", *workspace, "--json"]) == 0
    compared = json.loads(capfd.readouterr().out)
    prompts = compared["prompts"]
    assert compared["models"] == [result["run"], "original", gone]
    assert len(prompts) == 1 + 3
    assert set(prompts[0]["greedy"]) == {"original", result["run"]}
    assert sum(count for _, count in prompts[0]["sampled"]["original"]) == 3
    assert gone in prompts[0]["problems"][gone]
    assert main(["compare", result["run"], "--prompt", "Ada's pet?", *workspace]) == 0
    assert "original" in capfd.readouterr().out


def test_a_race_compares_methods_over_seeds(
    capfd: pytest.CaptureFixture[str], flags: list[str]
) -> None:
    race = ["race", *flags, "--methods", "npo, gradient-ascent", "--seeds", "0,1"]
    assert main([*race, "--forget-subject", "Ada", "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert [(run["method"], run["seed"]) for run in found["runs"]] == [
        ("npo", 0), ("npo", 1), ("gradient-ascent", 0), ("gradient-ascent", 1)
    ]  # fmt: skip
    assert set(found["means"]) == {"npo", "gradient-ascent"}
    assert found["means"]["npo"]["forget"]["runs"] == 2


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["--methods", "npo,pcm"], "Did you mean 'pmc'"),
        (["--methods", ","], "No method is named"),
        (["--seeds", "0,x"], "The seeds are '0,x'"),
    ],
)
def test_a_race_that_cannot_be_run_is_refused(
    capfd: pytest.CaptureFixture[str], flags: list[str], given: list[str], words: str
) -> None:
    assert main(["race", *flags, *given, "--forget-subject", "Ada"]) == 2
    assert words in capfd.readouterr().err


def test_the_repeating_command_gives_the_same_spec(
    capfd: pytest.CaptureFixture[str], flags: list[str]
) -> None:
    marks = ["--forget-ids", "r0001,r0002", "--stop-retain-recall", "0.5", "--tuning-mode", "lora"]
    first = repeat_spec(capfd, ["run", *flags, *marks, "--method", "gradient-ascent"])
    workspace = ["--workspace", flags[flags.index("--workspace") + 1]]
    again = repeat_spec(capfd, [*shlex.split(command_line(first))[3:], *workspace])
    assert again == first


def repeat_spec(capfd: pytest.CaptureFixture[str], arguments: list[str]) -> dict[str, Any]:
    assert main([*arguments, "--json"]) == 0
    return dict(json.loads(capfd.readouterr().out)["spec"])


def test_teaching_learns_every_record_when_nothing_is_marked(
    capfd: pytest.CaptureFixture[str], flags: list[str]
) -> None:
    spec = repeat_spec(capfd, ["teach", *flags, "--target-recall", "1"])
    assert spec["kind"] == "teach"
    assert len(spec["marks"]["ids"]) == 12
    assert spec["training"]["target_recall"] == 1


def test_a_person_gets_a_table(capfd: pytest.CaptureFixture[str], flags: list[str]) -> None:
    assert main(["run", *flags, "--forget-subject", "Bo", "--method", "gradient-ascent"]) == 0
    out, _ = capfd.readouterr()
    assert "fact recall" in out
    assert "leak share" in out


def test_methods_are_listed_with_their_needs(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["methods", "--json"]) == 0
    listed = {row["name"]: row for row in json.loads(capfd.readouterr().out)}
    assert set(listed["pmc"]["needs"]) == {"retain data", "sampling"}


def test_flags_of_one_name_keep_one_range_for_each_method() -> None:
    shared = {flag.option: flag for flag in method_flags(methods().values())}["--retain-weight"]
    assert isinstance(shared, Flag)
    assert {"pmc", "npo"} <= set(shared.methods)


def test_groups_cover_every_group_of_a_spec() -> None:
    assert {group.name for group in GROUPS} == {
        "model", "data", "marks", "training", "tuning", "measure"
    }  # fmt: skip
