"""Saved sets of prompts, and files they come from."""

import json
from pathlib import Path

import pytest

from unlearn_core.comparison.prompt_sets import (
    LONGEST_NAME,
    MOST_PROMPTS,
    Prompt,
    PromptSets,
    make_set,
    read_set,
    written,
)
from unlearn_core.errors import InvalidInput

HOSTILE = "../../<script>🙂 שלום"
PROMPTS = [Prompt(prompt="Where?", answer="In Ghent.", fact="Ghent", group="forget"),
           Prompt(prompt="<b>x</b>")]  # fmt: skip


def file(folder: Path, text: str, name: str = "my file.txt") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_set_is_kept_under_any_name_inside_the_workspace(tmp_path: Path) -> None:
    sets = PromptSets(tmp_path)
    assert sets.names() == []
    for name in (HOSTILE, "b", "é" * LONGEST_NAME):
        sets.save(make_set(f"  {name} ", PROMPTS))
    assert sets.get(HOSTILE).prompts == tuple(PROMPTS)
    assert set(sets.names()) == {HOSTILE, "b", "é" * LONGEST_NAME}
    assert {path.parent for path in tmp_path.rglob("*.json")} == {tmp_path / "prompt_sets"}


def test_saving_again_replaces_and_deleting_removes(tmp_path: Path) -> None:
    sets = PromptSets(tmp_path)
    sets.save(make_set("a", PROMPTS))
    sets.save(make_set("a", PROMPTS[:1]))
    assert len(sets.get("a").prompts) == 1
    assert sets.free_name("a") == "a 2" and sets.free_name("c") == "c"
    sets.delete("a")
    sets.delete("a")
    with pytest.raises(InvalidInput, match="no set of prompts called “a”"):
        sets.get("a")


@pytest.mark.parametrize(
    ("name", "prompts", "said"),
    [("  ", PROMPTS, "has 0 characters"), ("x" * 81, PROMPTS, "has 81"), ("x", [], "hold 0"),
     ("x", PROMPTS * MOST_PROMPTS, "at most|allowed")],
)  # fmt: skip
def test_what_cannot_be_a_set(name: str, prompts: list[Prompt], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        make_set(name, prompts)


def test_what_is_exported_is_imported_again(tmp_path: Path) -> None:
    whole = make_set(HOSTILE, PROMPTS)
    assert read_set(file(tmp_path, written(whole)), "other") == whole


def test_files_of_lines_texts_and_objects(tmp_path: Path) -> None:
    lines = read_set(file(tmp_path, "\ufeffone?\n\n  two? \n"), "mine")
    assert lines.name == "mine" and [p.prompt for p in lines.prompts] == ["one?", "two?"]
    rows = ["one?", {"prompt": "two?", "answer": "Two."}]
    listed = read_set(file(tmp_path, json.dumps(rows)), "mine")
    assert [p.answer for p in listed.prompts] == ["", "Two."]


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "hold 0"), ("[1, 2", "none"), ('{"a": 1}', "no list"), ("[5]", "Prompt 1"),
     ('["ok", {"prompt": " "}]', "Prompt 2 of the file cannot be used: prompt"),
     ('[{"prompt": "x", "extra": 1}]', "extra")],
)  # fmt: skip
def test_bad_files_are_refused_with_the_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read_set(file(tmp_path, text), "mine")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(b"\xff\xfe\x00bad")
    with pytest.raises(InvalidInput, match="UTF-8"):
        read_set(path, "mine")
