"""What is written in the theme's colours can be read on both grounds: WCAG 2.2 asks for 4.5:1."""

from __future__ import annotations

import re
import tomllib

import pytest

from components.navigation import ROOT
from tests.engine.draw.test_theme import contrast

THEME = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
CSS = (ROOT / "components" / "selected.css").read_text(encoding="utf-8")
CHOSEN = dict(
    zip(("light", "dark"), re.findall(r"light-dark\((#\w+), (#\w+)\)", CSS)[0], strict=True)
)


def mixed(colour: str, ground: str, share: float) -> str:
    """A colour laid over a ground with some strength."""
    parts = [(int(c[i : i + 2], 16) for i in (1, 3, 5)) for c in (colour, ground)]
    pairs = zip(*parts, strict=True)
    return "#" + "".join(f"{round(share * a + (1 - share) * b):02X}" for a, b in pairs)


@pytest.mark.parametrize("kind", ["light", "dark"])
@pytest.mark.parametrize("place", ["page", "sidebar"])
def test_text_on_every_ground_of_the_theme_can_be_read(kind, place):
    """Text, links and white on primary buttons; what is chosen on its ground of 10 to 20 %."""
    colours = THEME[kind]
    inside = colours | (colours["sidebar"] if place == "sidebar" else {})
    for ground in (inside["backgroundColor"], inside["secondaryBackgroundColor"]):
        assert contrast(inside["textColor"], ground) >= 4.5
        assert contrast(colours["linkColor"], ground) >= 4.5
        for strength in (0.0, 0.1, 0.2):
            tint = mixed(colours["primaryColor"], ground, strength)
            assert contrast(CHOSEN[kind], tint) >= 4.5
    assert contrast("#FFFFFF", colours["primaryColor"]) >= 4.5
