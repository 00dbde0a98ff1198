"""Address, port, password and environment of the server."""

import socket
import sys
from collections.abc import Iterator

import pytest

from unlearn_core.errors import InvalidInput, MissingPrerequisite
from unlearn_core.ui.shell import app
from unlearn_core.ui.shell.settings import (
    FIRST_PORT,
    AppSettings,
    for_space,
    is_open_space,
    set_environment,
)


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_named_port_in_use_is_one_sentence(taken: int) -> None:
    with pytest.raises(InvalidInput, match=f"Port {taken} is in use"):
        app.choose_port(AppSettings(port=taken))


def test_first_port_in_use_gives_the_next_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(app, "is_free", lambda host, port: port > FIRST_PORT)
    assert app.choose_port(AppSettings()) == FIRST_PORT + 1
    assert f"port {FIRST_PORT + 1} is taken instead" in capsys.readouterr().out


def test_unknown_address_is_explained() -> None:
    with pytest.raises(InvalidInput, match="not one of this machine"):
        app.is_free("192.0.2.1", 7860)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.8.8"])
def test_local_address_needs_no_password(host: str) -> None:
    app.check_password(AppSettings(host=host), "")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org"])
def test_other_address_needs_a_password(host: str) -> None:
    with pytest.raises(MissingPrerequisite, match="LETHE_PASSWORD"):
        app.check_password(AppSettings(host=host), "")
    app.check_password(AppSettings(host=host), "secret")


def test_environment_calls_no_one_and_keeps_what_was_there() -> None:
    environ = {"NO_PROXY": "intranet"}
    set_environment(environ, threads=2)
    assert environ["GRADIO_ANALYTICS_ENABLED"] == "False"
    assert environ["HF_HUB_DISABLE_TELEMETRY"] == "1"
    assert environ["NO_PROXY"] == "intranet,127.0.0.1,localhost"
    assert environ["OMP_NUM_THREADS"] == "2"


def test_starting_the_app_imports_no_gradio_before_its_environment_is_set() -> None:
    import subprocess
    import sys

    code = """
import sys, unlearn_core.ui.shell.app
print('gradio' in sys.modules, 'torch' in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False False"


def test_a_space_is_served_to_all_at_its_port_and_opens_no_browser() -> None:
    made = for_space(AppSettings(port=9000), {"SPACE_ID": "anna/lethe"})
    assert (made.host, made.port, made.browser) == ("0.0.0.0", FIRST_PORT, False)
    assert for_space(AppSettings(port=9000), {}) == AppSettings(port=9000)


def test_a_space_is_open_only_if_its_owner_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_open_space({"SPACE_ID": "anna/lethe", "LETHE_OPEN": "1"})
    assert not is_open_space({"SPACE_ID": "anna/lethe"})
    assert not is_open_space({"LETHE_OPEN": "1"})
    monkeypatch.setenv("SPACE_ID", "anna/lethe")
    with pytest.raises(MissingPrerequisite, match="secrets of the Space"):
        app.check_password(AppSettings(host="0.0.0.0"), "")
    app.check_password(AppSettings(host="0.0.0.0"), "secret")


def test_mcp_is_refused_behind_a_password() -> None:
    with pytest.raises(InvalidInput, match="behind a password"):
        app.can_offer_mcp("secret")


def test_without_its_package_mcp_is_left_out_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "mcp", None)
    assert app.can_offer_mcp("") is False
    said = capsys.readouterr().out
    assert "MCP tools are not offered" in said and 'pip install "mcp' in said
