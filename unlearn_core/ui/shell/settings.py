"""How the app is served, and the environment it needs; imports nothing heavy."""

import os
from collections.abc import Mapping, MutableMapping
from ipaddress import ip_address

from unlearn_core.settings.config import Config, setting

FIRST_PORT = 7860
PORTS_TRIED = 100


class AppSettings(Config):
    """How the app is served."""

    host: str = setting("127.0.0.1", "Address to listen on; other machines need a password.")
    port: int | None = setting(
        None, f"Port; the first free one from {FIRST_PORT} when not given.", ge=1, le=65_535
    )
    workspace: str = setting("", "Folder of all runs; a user data folder when empty.")
    threads: int = setting(0, "CPU threads of a run; 0 takes all.", ge=0, le=1024)
    user: str = setting("lethe", "User name that is asked for when a password is set.")
    password: str = setting(
        "", "Password; needed on any address but this machine's own. Better given as the "
        "environment variable LETHE_PASSWORD, which other users cannot see.",
    )  # fmt: skip
    browser: bool = setting(True, "Open the page in the browser.")
    mcp: bool = setting(
        False, "Offer the app's functions to language models as MCP tools; needs the mcp package."
    )

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the address."""
        return self.host == "localhost" or _is_loopback(self.host)


def is_space(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the app runs as a Space of the Hugging Face hub."""
    return "SPACE_ID" in environ


def is_open_space(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether it is a Space whose owner said that all who can see it may use it."""
    return is_space(environ) and environ.get("LETHE_OPEN") == "1"


def for_space(settings: AppSettings, environ: Mapping[str, str] = os.environ) -> AppSettings:
    """The settings as a Space needs them: its port, on all addresses, and no browser."""
    if not is_space(environ):
        return settings
    return settings.model_copy(update={"host": "0.0.0.0", "port": FIRST_PORT, "browser": False})


def set_environment(environ: MutableMapping[str, str] = os.environ, threads: int = 0) -> None:
    """Switch off everything that would call another machine, and set the threads of torch.

    Works for this process before gradio and torch are imported, and for the workers it starts.
    """
    if threads:
        environ["OMP_NUM_THREADS"] = str(threads)
    environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    environ["GRADIO_RUN_HISTORY"] = "False"
    # Gradio sums up its queue's statistics at every event unless told to do so rarely.
    environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = "1000000"
    # Gradio checks itself over HTTP when it starts, which a proxy would swallow.
    for name in ("NO_PROXY", "no_proxy"):
        hosts = [host for host in environ.get(name, "").split(",") if host]
        environ[name] = ",".join(dict.fromkeys([*hosts, "127.0.0.1", "localhost"]))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
