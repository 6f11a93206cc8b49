"""The colours of the full report can be read, in light and in dark: contrast as WCAG 2.2 computes it."""

import re
from itertools import product
from pathlib import Path

import pytest

import promoter.report
from promoter.report.plots.theme import COLOURS

CSS = (Path(promoter.report.__file__).parent / "templates" / "page.css.jinja").read_text(encoding="utf-8")
TEXT, TONES, PLOTTED = ("ink", "muted", "link"), ("good", "warn", "bad", "odd"), ("first", "second")


def scheme(number: int) -> dict[str, str]:
    """Return the variables of the first (light) or second (dark) scheme."""
    block = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)[number]
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    """Return the relative luminance of #rrggbb. Source: WCAG 2.2, "relative luminance"."""
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the ratio of two colours, 1 to 21. Source: WCAG 2.2, "contrast ratio"."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("number", [0, 1])
def test_text_has_the_contrast_that_reading_needs(number: int) -> None:
    """4.5 to 1 on paper, on raised boxes, and for each verdict's word on its own paper (1.4.3)."""
    colours = scheme(number)
    pairs = [*product(TEXT, ("paper", "raised")), *((tone, f"{tone}-paper") for tone in TONES)]
    pairs += [("ink", f"{tone}-paper") for tone in TONES]
    assert {} == {pair: found for pair in pairs if (found := contrast(*(colours[name] for name in pair))) < 4.5}


@pytest.mark.parametrize("number", [0, 1])
def test_what_is_drawn_stands_out(number: int) -> None:
    """3 to 1 for lines, dots and bars on paper (1.4.11)."""
    colours = scheme(number)
    assert {} == {name: found for name in PLOTTED if (found := contrast(colours[name], colours["paper"])) < 3}


def test_both_schemes_name_every_colour_of_the_plots() -> None:
    """A plot without its colour would be black on black."""
    wanted = {colour.removeprefix("var(--").removesuffix(")") for colour in COLOURS.values()}
    assert scheme(0).keys() == scheme(1).keys()
    assert wanted <= scheme(0).keys()
