"""Text has a contrast of at least 4.5, graphics of at least 3, in both themes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ui.components import sparkline

CSS = (Path(__file__).parents[2] / "ui" / "assets" / "throughline.css").read_text("utf-8")


def tokens(selector: str) -> dict[str, str]:
    block = re.search(re.escape(selector) + r"\s*\{(.*?)\n\}", CSS, re.DOTALL)[1]
    return dict(re.findall(r"--tl-([\w-]+):\s*(#[0-9a-fA-F]{6})", block))


LIGHT = tokens(":root")
DARK = {**LIGHT, **tokens('[data-bs-theme="dark"]')}
SURFACES = ("bg", "card", "raised")
TEXTS = ("text", "muted", "accent-text", "elite", "high", "medium", "low", "better", "worse")
GRAPHICS = ("elite-dot", "medium-dot", "low-dot", "accent", "share-0", "share-2")


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_measure_itself():
    assert round(contrast("#000000", "#ffffff"), 1) == 21.0


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("text", TEXTS)
def test_text_can_be_read(theme, surface, text):
    assert contrast(theme[text], theme[surface]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("graphic", GRAPHICS)
def test_graphics_can_be_seen(theme, graphic):
    assert contrast(theme[graphic], theme["card"]) >= 3


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_buttons_and_notices(theme):
    assert contrast(theme["on-accent"], theme["accent"]) >= 4.5
    assert contrast(theme["accent-text"], theme["accent-soft"]) >= 4.5
    for level in ("info", "warning", "danger"):
        assert contrast(theme["text"], theme[f"{level}-bg"]) >= 4.5
        assert contrast(theme["muted"], theme[f"{level}-bg"]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_pictures_fit_both_themes(theme):
    assert contrast(sparkline._BLUE, theme["card"]) >= 3
    assert contrast(sparkline._GREY, theme["card"]) >= 3
