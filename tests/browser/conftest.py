"""A server of its own, and pages that may not leave the machine."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Request,
    Route,
    expect,
    sync_playwright,
)

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = Path(os.environ.get("LETHE_CHROMIUM", "/usr/bin/chromium"))
FLAGS = ("--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
         "--disable-background-networking --disable-component-update --disable-sync "
         "--disable-dev-shm-usage").split()  # fmt: skip
PATIENCE_SECONDS = float(os.environ.get("LETHE_PATIENCE", "60"))
"""How long a page may take to show something: test machines are busy."""
STARTING_SECONDS = 4 * PATIENCE_SECONDS
LOCAL = re.compile(r"(http://(127\.0\.0\.1|localhost)[:/]|data:|blob:)")


@dataclass
class Server:
    """The app as a process, on a workspace of its own."""

    workspace: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        """Start it and wait until the page can be opened."""
        log = self.workspace / "server.log"
        command = [sys.executable, "app.py", "--port", str(self.port), "--no-browser"]
        command += ["--workspace", str(self.workspace), "--threads", "1"]
        with log.open("wb") as out:
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out)
        until = time.monotonic() + STARTING_SECONDS
        while b"Lethe is open" not in log.read_bytes():
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"The server did not start: {log.read_text()}")
            time.sleep(0.1)

    def stop(self) -> None:
        """Interrupt it, as Ctrl-C does."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


@dataclass
class Visit:
    """A page, and what went wrong on it."""

    page: Page
    server: Server
    faults: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def open(self, query: str = "") -> None:
        """Open the page and wait until it works."""
        self.page.goto(self.server.url + query, wait_until="load")
        expect(self.page.locator("#lethe-machine dd").first).to_be_visible()

    def tab(self, name: str) -> None:
        """Go to a step."""
        self.page.get_by_role("tab", name=name).first.click()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests."""
    if not CHROMIUM.exists():
        pytest.skip(f"there is no Chromium at {CHROMIUM}; LETHE_CHROMIUM names another place")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running app; what it starts ends with it."""
    if not CHROMIUM.exists():
        pytest.skip(f"there is no Chromium at {CHROMIUM}; LETHE_CHROMIUM names another place")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    found = Server(tmp_path_factory.mktemp("workspace"), port)
    found.start()
    yield found
    found.stop()


@pytest.fixture
def locale() -> str:
    """The language of the visitor's browser."""
    return "en-US"


@pytest.fixture
def visit(browser: Browser, server: Server, locale: str) -> Iterator[Visit]:
    """A new visitor. Fails the test when the page had an error or called another machine."""
    with visiting(browser, server, locale) as found:
        yield found


@contextmanager
def visiting(browser: Browser, server: Server, locale: str) -> Iterator[Visit]:
    """A visitor with a browser profile of their own, as `visit`."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, locale=locale)
    found = Visit(context.new_page(), server)
    _watch(context, found)
    yield found
    context.close()
    assert found.outside == []
    assert found.faults == []


def _watch(context: BrowserContext, visit: Visit) -> None:
    context.set_default_timeout(1000 * PATIENCE_SECONDS)
    expect.set_options(timeout=1000 * PATIENCE_SECONDS)

    def guard(route: Route, request: Request) -> None:
        if LOCAL.match(request.url):
            route.continue_()
        else:
            visit.outside.append(request.url)
            route.abort()

    context.route("**/*", guard)
    visit.page.on("pageerror", lambda error: visit.faults.append(str(error)))
    visit.page.on(
        "console",
        lambda message: visit.faults.append(message.text) if "is lost" in message.text else None,
    )
