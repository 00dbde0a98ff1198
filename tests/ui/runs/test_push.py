"""Pushing from the page: what is shown, and whose token is used."""

from pathlib import Path
from typing import Any

import pytest

from tests.helpers.exported import SECRET, ended_run
from unlearn_core.errors import MissingPrerequisite
from unlearn_core.runs.store import Store
from unlearn_core.runs.supervisor import Supervisor
from unlearn_core.share import hub
from unlearn_core.ui.runs.push import preview, uploaded
from unlearn_core.ui.shell.services import Services
from unlearn_core.ui.shell.settings import AppSettings

NAME = "anna/forgetful"


def services_at(folder: Path, **settings: Any) -> tuple[Services, str]:
    store = Store(folder / "workspace")
    services = Services(store, Supervisor(store), AppSettings.model_validate(settings))
    return services, ended_run(store, folder, name=f"PMC: {SECRET}")


def test_every_file_is_listed_and_the_secret_is_not(tmp_path: Path) -> None:
    services, run = services_at(tmp_path)
    html = preview(services, [run], f" {NAME} ", merged=True, public=False)
    assert "model.safetensors" in html and "README.md" in html
    assert "only you and whom you allow" in html
    assert SECRET not in html


def test_visitors_of_a_shared_app_bring_their_own_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Api:
        private = True

        def __init__(self, token: str) -> None:
            assert token == "hf_mine"

        def __getattr__(self, name: str) -> Any:
            return lambda *args, **kwargs: self

    monkeypatch.setattr(hub, "HfApi", Api)
    monkeypatch.setattr(hub, "get_token", lambda: "hf_of_the_server")
    services, run = services_at(tmp_path, host="0.0.0.0")
    with pytest.raises(MissingPrerequisite, match="Type a token of yours"):
        uploaded(services, [run], NAME, merged=True, public=False, token=" ")
    html = uploaded(services, [run], NAME, merged=True, public=False, token="hf_mine")
    assert f'href="https://huggingface.co/{NAME}"' in html
