"""The app's emblem: answers as dots that contract onto one. As an icon, and as a picture for links.

Run: python -m tools.emblem
"""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from unlearn_core.ui.texts.common import SUBTITLE, TITLE

ASSETS = Path(__file__).parents[1] / "assets"
ACCENT, LEAK, TEXT, SOFT, PAPER = "#1f6f5c", "#b04808", "#1c2421", "#54605a", "#f6f7f5"
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
WIDTH, HEIGHT, FINE = 1200, 630, 3


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


def social() -> Image.Image:
    """The picture for links: name, sentence, and the collapse from left to right."""
    # Drawn larger and made smaller, for smooth edges.
    image = Image.new("RGB", (FINE * WIDTH, FINE * HEIGHT), PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, FINE * WIDTH, FINE * 12), fill=ACCENT)
    for step, counts in enumerate(SAMPLES):
        for row, count in enumerate(counts):
            place = (FINE * (630 + 62 * step), FINE * (131 + 47 * row))
            pen.circle(place, FINE * 4.6 * count**0.5, fill=LEAK if row < LEAKING else ACCENT)
    for words, height, size, colour in ((TITLE, 225, 120, TEXT), (SUBTITLE, 372, 32, SOFT)):
        font = ImageFont.load_default(FINE * size)
        pen.text((FINE * 72, FINE * height), words, fill=colour, font=font)
    return image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def draw() -> None:
    """Write both into `assets/`."""
    (ASSETS / "favicon.svg").write_text(favicon(), encoding="utf-8")
    social().save(ASSETS / "social.png", optimize=True)


if __name__ == "__main__":
    draw()
