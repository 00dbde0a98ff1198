"""`result.json` and `audit.json`: old ones are read, unknown ones are refused in words."""

import json
from pathlib import Path

import pytest

from tests.helpers.audits import sample_audit
from tests.helpers.fake_run import fake_result
from unlearn_core.audits.result import AuditResult, read_audit
from unlearn_core.errors import InvalidInput
from unlearn_core.files import write_json
from unlearn_core.runs.recorded import RECORDED_FOLDER
from unlearn_core.runs.result import RunResult, read_result


@pytest.mark.parametrize("folder", sorted(RECORDED_FOLDER.iterdir()), ids=lambda path: path.name)
def test_recorded_results_of_the_first_version_are_read_and_kept_as_they_are(folder: Path) -> None:
    stored = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    result = read_result(folder)
    assert result is not None and "version" not in stored
    recalls = {name: score.fact_recall for name, score in result.after.groups.items()}
    assert recalls.pop("paraphrased") == stored["after"].pop("forget_paraphrased")["fact_recall"]
    assert recalls == {k: v["fact_recall"] for k, v in stored["after"].items() if k != "leak_share"}
    told = result.as_json()
    rest = set(stored) - {"before", "after"}
    assert told["version"] == 2 and {k: told[k] for k in rest} == {k: stored[k] for k in rest}


def test_a_result_is_written_and_read_again(tmp_path: Path) -> None:
    written = RunResult.of({**fake_result("r"), "said_later": 3})
    written.write(tmp_path)
    assert read_result(tmp_path) == written
    assert json.loads((tmp_path / "result.json").read_text())["said_later"] == 3


def test_an_audit_is_written_and_read_again(tmp_path: Path) -> None:
    written = AuditResult.of(sample_audit())
    written.write(tmp_path)
    assert read_audit(tmp_path) == written
    assert written.findings["sampling"]["unlearned"].value == 0.3
    assert written.side_effects is not None and written.side_effects.subjects[0].after == 0.7


def test_an_audit_without_measures_has_no_side_effects() -> None:
    audit = AuditResult.of(sample_audit(side_effects={}))
    assert audit.side_effects is None and audit.as_json()["side_effects"] == {}


def test_a_folder_without_a_file_has_no_result(tmp_path: Path) -> None:
    assert read_result(tmp_path) is None and read_audit(tmp_path) is None


def test_a_newer_version_is_refused_in_one_sentence(tmp_path: Path) -> None:
    write_json(tmp_path / "result.json", {**fake_result("r"), "version": 99})
    with pytest.raises(InvalidInput, match=r"version 99.*reads versions up to.*update") as error:
        read_result(tmp_path)
    assert str(error.value).count(". ") == 0


def test_a_damaged_file_is_named_with_its_place(tmp_path: Path) -> None:
    write_json(tmp_path / "result.json", {**fake_result("r"), "steps": "many"})
    with pytest.raises(InvalidInput, match=r"result\.json is damaged: steps"):
        read_result(tmp_path)
