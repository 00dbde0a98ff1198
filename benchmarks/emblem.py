"""The app's emblem: answers as dots that contract onto one. As an icon, and as a picture for links.

Run: python -m benchmarks.emblem
"""

from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.page import CHROMIUM, FLAGS
from unlearn_core.ui.texts import SUBTITLE, TITLE

ASSETS = Path(__file__).parents[1] / "assets"
ACCENT, LEAK, TEXT, SOFT, PAPER = "#1f6f5c", "#c2500a", "#1c2421", "#54605a", "#f6f7f5"
SAMPLES = (
    (2, 3, 4, 5, 4, 3, 2, 1, 1),
    (1, 3, 4, 4, 5, 3, 2, 2, 1),
    (0, 2, 3, 4, 5, 5, 3, 2, 1),
    (0, 1, 3, 3, 5, 6, 4, 3, 0),
    (0, 0, 2, 3, 4, 7, 6, 3, 0),
    (0, 0, 0, 2, 3, 9, 7, 4, 0),
    (0, 0, 0, 0, 2, 12, 8, 3, 0),
    (0, 0, 0, 0, 0, 17, 8, 0, 0),
    (0, 0, 0, 0, 0, 25, 0, 0, 0),
)
"""How often each of nine answers comes among 25, step by step."""
LEAKING = 4
"""So many of the answers, from the top, give the truth away."""
WIDTH, HEIGHT = 1200, 630


def favicon() -> str:
    """Four answers, two, one, as an SVG."""
    dots = [(15, y, 1.0) for y in (14, 26, 38, 50)]
    dots += [(32, 14, 0.3), (32, 26, 0.6), (32, 38, 1.0), (32, 50, 0.6), (49, 26, 0.2)]
    circles = "".join(
        f'<circle cx="{x}" cy="{y}" r="4.5" opacity="{seen:g}"/>' for x, y, seen in dots
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
        f'<rect width="64" height="64" rx="14" fill="{ACCENT}"/>'
        f'<g fill="#fff">{circles}<circle cx="49" cy="38" r="7"/></g></svg>\n'
    )


def social() -> str:
    """The picture for links as an HTML page: name, sentence, and the collapse."""
    circles = "".join(
        f'<circle cx="{600 + 62 * step}" cy="{126 + 47 * row}" r="{4.6 * count**0.5:.1f}" '
        f'fill="{LEAK if row < LEAKING else ACCENT}"/>'
        for step, counts in enumerate(SAMPLES)
        for row, count in enumerate(counts)
        if count
    )
    return (
        f'<body style="margin:0;background:{PAPER}"><svg xmlns="http://www.w3.org/2000/svg" '
        f'width="{WIDTH}" height="{HEIGHT}" font-family="DejaVu Sans, sans-serif">'
        f'<rect width="{WIDTH}" height="12" fill="{ACCENT}"/>{circles}'
        f'<text x="72" y="300" font-size="104" font-weight="700" fill="{TEXT}">{TITLE}</text>'
        f'<text x="76" y="364" font-size="28" fill="{SOFT}">{SUBTITLE}</text></svg></body>'
    )


def draw(page: Page) -> None:
    """Write both into `assets/`; the page is used to take the picture."""
    (ASSETS / "favicon.svg").write_text(favicon(), encoding="utf-8")
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    page.set_content(social())
    page.screenshot(path=ASSETS / "social.png")


def main() -> None:
    """Both, alone."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        draw(browser.new_page())
        browser.close()


if __name__ == "__main__":
    main()
