"""How soon the page is there, how soon a run shows, and how quick controls are while it trains.

Time from starting `app.py` to a page whose start button can be pressed, against the time in which
Python imports gradio, torch and transformers; bytes of the first load, with Plotly; time from
pressing "Watch it forget" to the first point in a chart; reaction of controls and the browser's
main thread while the run trains; frames a second while a recorded run is scrubbed.

Run: python -m benchmarks.page
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.common import environment, summary, write_result

CHROMIUM = os.environ.get("LETHE_CHROMIUM", "/usr/bin/chromium")
FLAGS = "--headless --no-sandbox --disable-gpu --disable-background-networking".split()
IMPORTS = "import gradio, torch, transformers"
HAS_POINT = (
    "() => [...document.querySelectorAll('#live-view .js-plotly-plot')]"
    ".some(plot => plot.data.some(trace => trace.x && trace.x.length))"
)
REACTION = """
async ([selector, changed]) => {
  const look = new Function('return ' + changed);
  const before = look();
  const start = performance.now();
  document.querySelector(selector).click();
  while (look() === before && performance.now() - start < 5000)
    await new Promise(requestAnimationFrame);
  return performance.now() - start;
}
"""
"""Clicks a control and waits, frame by frame, until what it changes has changed."""

FRAMES = """async () => {
  const slider = document.querySelector('.film-slider');
  const shown = document.querySelector('.film-at');
  const start = performance.now();
  let frames = 0;
  let place = 0;
  let seen = shown.textContent;
  while (performance.now() - start < 2000) {
    place = (place + 1) % (Number(slider.max) + 1);
    slider.value = String(place);
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    await new Promise(requestAnimationFrame);
    if (shown.textContent !== seen) frames += 1;
    seen = shown.textContent;
  }
  return 1000 * frames / (performance.now() - start);
}"""
"""Drags the film's slider on with every frame and counts the steps that were drawn."""


@contextmanager
def app(workspace: Path) -> Iterator[str]:
    """The app as a process of its own; yields its address before it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "app.py", "--port", str(port), "--workspace", str(workspace)]
    process = subprocess.Popen([*command, "--no-browser"], stdout=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def wait_for_server(url: str) -> None:
    """Wait until the server takes calls."""
    address = urlsplit(url)
    while True:
        try:
            socket.create_connection((address.hostname, address.port)).close()
            break
        except ConnectionRefusedError:
            time.sleep(0.02)


def open_page(page: Page, url: str) -> None:
    """Load the page as soon as the server answers, and wait until it can be used."""
    wait_for_server(url)
    page.goto(url, wait_until="load")
    page.get_by_role("button", name="Watch it forget").wait_for(timeout=60_000)


def cold_starts(page: Page, rounds: int) -> dict[str, Any]:
    """Imports and cold starts by turns."""
    imports, starts = [], []
    for _ in range(rounds + 1):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", IMPORTS], check=True)
        imports.append(time.perf_counter() - start)
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            with app(Path(folder)) as url:
                open_page(page, url)
                starts.append(time.perf_counter() - start)
    # The first round warms the disk cache.
    return {
        "import_seconds": summary(imports[1:]),
        "start_seconds": summary(starts[1:]),
        "ratio": round(median(starts[1:]) / median(imports[1:]), 2),
    }


def first_load(browser: Browser) -> dict[str, Any]:
    """What a visitor with an empty cache is sent until the page rests, in bytes by the wire."""
    sizes: dict[str, float] = {}
    names: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder, app(Path(folder)) as url:
        page = browser.new_context().new_page()
        wire = page.context.new_cdp_session(page)

        def asked(event: dict[str, Any]) -> None:
            names[event["requestId"]] = event["request"]["url"]

        def loaded(event: dict[str, Any]) -> None:
            sizes[event["requestId"]] = event["encodedDataLength"]

        wire.on("Network.requestWillBeSent", asked)
        wire.on("Network.loadingFinished", loaded)
        wire.send("Network.enable")
        open_page(page, url)
        page.wait_for_function("() => window.Plotly", timeout=60_000)
        page.wait_for_timeout(3_000)
        page.context.close()
    largest = sorted(sizes, key=lambda key: -sizes[key])[:5]
    return {
        "megabytes": round(sum(sizes.values()) / 1e6, 2),
        "requests": len(sizes),
        "largest": {
            urlsplit(names[key]).path.rpartition("/")[2]: round(sizes[key] / 1e6, 2)
            for key in largest
        },
    }


def main_thread(page: Page, seconds: int) -> float:
    """Share of the browser's main thread that a live run takes, while nobody touches the page."""
    wire = page.context.new_cdp_session(page)
    wire.send("Performance.enable")

    def busy() -> float:
        metrics = wire.send("Performance.getMetrics")["metrics"]
        return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))

    with story(page):
        page.locator("#live-view .lv-detail", has_text="left").wait_for(timeout=60_000)
        start, before = time.perf_counter(), busy()
        page.wait_for_timeout(1_000 * seconds)
        return round((busy() - before) / (time.perf_counter() - start), 3)


def scrubbing(page: Page, rounds: int) -> dict[str, float]:
    """Frames a second of the film while its slider is dragged."""
    with tempfile.TemporaryDirectory() as folder, app(Path(folder)) as url:
        open_page(page, url)
        page.locator("#play-recorded").click()
        page.locator(".film-at").first.wait_for()
        return summary([page.evaluate(FRAMES) for _ in range(rounds)])


@contextmanager
def story(page: Page) -> Iterator[float]:
    """The whole story, begun: yields when the button was pressed."""
    with tempfile.TemporaryDirectory() as folder, app(Path(folder)) as url:
        open_page(page, url)
        page.wait_for_timeout(15_000)
        start = time.perf_counter()
        page.get_by_role("button", name="Watch it forget").click()
        yield start


def stories(page: Page, rounds: int) -> dict[str, Any]:
    """Press the button and look on: time to the first point, and to the end of the run."""
    points, ends = [], []
    for _ in range(rounds):
        with story(page) as start:
            page.wait_for_function(HAS_POINT, timeout=60_000, polling=50)
            points.append(time.perf_counter() - start)
            page.wait_for_function(
                "() => document.querySelector('#live-view .lv-state').innerText === 'Done'",
                timeout=240_000,
                polling=200,
            )
            ends.append(time.perf_counter() - start)
    return {"first_point_seconds": summary(points), "whole_story_seconds": summary(ends)}


def reactions(page: Page, rounds: int) -> dict[str, Any]:
    """Visit the five steps in turn while the run trains, and open the live numbers on the way."""
    values: list[float] = []
    chosen = "document.querySelector('button[role=tab][aria-selected=true]').innerText"
    controls = [(f"button[role=tab]:nth-of-type({place})", chosen) for place in (1, 2, 3, 4, 5)]
    tick = "#live-view .lv-tools input:last-of-type"
    controls.insert(3, (tick, f"document.querySelector('{tick}').checked"))
    with story(page):
        page.locator("#live-view .lv-detail", has_text="left").wait_for(timeout=60_000)
        idle = page.locator("#lethe-job .lethe-idle")
        for _ in range(rounds):
            for control in controls:
                values.append(page.evaluate(REACTION, list(control)))
                page.wait_for_timeout(150)
            if idle.count():
                break
    return {
        "count": len(values),
        "median": round(median(values), 1),
        "p95": round(quantiles(values, n=20)[-1], 1),
        "largest": round(max(values), 1),
    }


def main() -> None:
    """Measure, print, record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--reactions", type=int, default=20, help="rounds through all controls")
    args = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        result = {
            "environment": environment(),
            "cold_start": cold_starts(page, args.rounds),
            "run": {
                **stories(page, args.rounds),
                "reactions_ms": reactions(page, args.reactions),
                "main_thread_share": main_thread(page, 10),
            },
            "first_load": first_load(browser),
            "scrubbing_frames_a_second": scrubbing(page, args.rounds),
        }
        browser.close()
    print(result["cold_start"], result["run"], sep="\n")
    write_result("page", result)


if __name__ == "__main__":
    main()
