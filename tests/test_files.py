"""Files and folders that are never seen half written."""

import json
from pathlib import Path

import pytest

from unlearn_core.errors import InvalidInput
from unlearn_core.files import new_folder, whole_file, whole_folder, write_json


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_appears_when_everything_is_written(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "old").touch()
    (tmp_path / "model.1-1.partial").mkdir()  # of another process, which may go on with it

    with whole_folder(tmp_path / "model") as place:
        (place / "new").touch()
        assert names(tmp_path / "model") == ["old"]

    assert names(tmp_path) == ["model", "model.1-1.partial"]
    assert names(tmp_path / "model") == ["new"]


def test_an_error_leaves_a_folder_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "old").touch()

    with pytest.raises(ValueError, match="half way"), whole_folder(tmp_path / "model") as place:
        (place / "new").touch()
        raise ValueError("half way")

    assert names(tmp_path) == ["model"]
    assert names(tmp_path / "model") == ["old"]


def test_a_file_is_replaced_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    write_json(path, {"a": 1})

    with pytest.raises(TypeError):
        write_json(path, {"a": object()})
    with whole_file(path) as place:
        place.write_text('{"a": 2}')
        assert json.loads(path.read_text()) == {"a": 1}

    assert json.loads(path.read_text()) == {"a": 2}
    assert names(tmp_path) == ["result.json"]


def test_a_new_folder_replaces_nothing(tmp_path: Path) -> None:
    (tmp_path / "mine").touch()

    with pytest.raises(InvalidInput, match="not an empty folder"), new_folder(tmp_path):
        raise AssertionError("never reached")


def test_a_new_folder_that_cannot_be_written_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with (
        pytest.raises(InvalidInput, match=r"out. cannot be written .* has room"),
        new_folder(tmp_path / "file" / "out"),
    ):
        raise AssertionError("never reached")
