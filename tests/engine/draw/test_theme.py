from __future__ import annotations

import re
import subprocess
import sys

import plotly.graph_objects as go
import pytest

from outfold.draw import theme
from outfold.registry import registry
from outfold.task import TASKS

LIGHT, DARK = "#FFFFFF", "#0E1117"


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    high, low = sorted([luminance(a), luminance(b)], reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("ground", [LIGHT, DARK])
@pytest.mark.parametrize("colour", [*theme.PALETTE, theme.POSITIVE, theme.NEGATIVE, theme.NEUTRAL])
def test_every_line_colour_can_be_seen_on_both_grounds(colour, ground):
    """3:1, as WCAG 2.2 asks of graphics."""
    assert contrast(colour, ground) >= 3


def test_a_key_has_the_same_colour_in_every_process():
    """The same model on every page, and after a restart."""
    keys = ["logistic", "ridge", "something else", "dummy"]
    code = (
        "from outfold.draw.theme import colour_of, dash_of, symbol_of\n"
        f"print([(colour_of(k), dash_of(k), symbol_of(k)) for k in {keys!r}])"
    )
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    here = [(theme.colour_of(k), theme.dash_of(k), theme.symbol_of(k)) for k in keys]
    assert other.stdout.strip() == str(here)


def test_models_are_told_apart_by_colour_and_dash():
    """No two models that serve one task have both in common, and the baseline is grey."""
    known = [m for m in registry("model") if m.key not in theme.BASELINE_KEYS]
    for task in TASKS:
        models = [m.key for m in known if task in m.tasks]
        assert len({(theme.colour_of(k), theme.dash_of(k)) for k in models}) == len(models)
        # The defaults differ by colour alone, since charts of few candidates are the usual ones.
        usual = [m.key for m in known if task in m.tasks and m.default]
        assert len({theme.colour_of(k) for k in usual}) == len(usual)
    assert theme.colour_of("dummy") == theme.NEUTRAL


def test_the_parts_of_a_chart_have_different_colours():
    """Ten of them."""
    colours = theme.colours_of([f"class {i}" for i in range(10)])
    assert len(set(colours.values())) == 10


def test_scales_have_ten_colours_each():
    """And the diverging one is palest in its middle."""
    assert len(theme.SEQUENTIAL) == len(theme.DIVERGING) == 10
    bright = [luminance(c) for c in theme.DIVERGING]
    assert bright[:5] == sorted(bright[:5])
    assert bright[5:] == sorted(bright[5:], reverse=True)
    rising = [luminance(c) for c in theme.SEQUENTIAL]
    assert rising == sorted(rising)


def test_a_name_from_a_table_is_shown_as_it_is():
    """Plotly would take <b> for markup; long names are cut."""
    assert theme.label("a<b>&c") == "a&lt;b&gt;&amp;c"
    assert theme.label("x" * 99, 10) == "x" * 9 + "…"


def test_the_layout_names_axes_and_breaks_long_titles():
    """Nothing is cut off, and ground and font are left to the page."""
    figure = theme.layout(go.Figure(), "word " * 40, "how", x="Time, s", y="Rows", showlegend=False)
    assert figure.layout.xaxis.title.text == "Time, s"
    assert figure.layout.yaxis.title.text == "Rows"
    lines = figure.layout.title.text.split("<br>")
    assert max(len(line) for line in lines) <= theme.LINE
    assert figure.layout.paper_bgcolor is None
    assert figure.layout.plot_bgcolor is None
    assert figure.layout.font.family is None
    assert not re.search(r"\d", str(figure.layout.width or ""))


def test_the_middle_of_a_scale_is_near_its_ground_and_its_ends_stand_out():
    """What is about nothing must not glow, and what is strong must not sink."""
    for scale, ground in ((theme.DIVERGING, LIGHT), (theme.DIVERGING_DARK, DARK)):
        strength = [contrast(colour, ground) for colour in scale]
        assert max(strength[4:6]) < 1.6
        assert strength[:5] == sorted(strength[:5], reverse=True)
        assert strength[5:] == sorted(strength[5:])
        assert min(strength[0], strength[-1]) > 7


def test_names_are_escaped_as_far_as_plotly_turns_it_back():
    """Quotation marks stay as they are; what could be markup does not."""
    assert theme.label('city "quoted", comma') == 'city "quoted", comma'
    assert theme.label("<b>a</b> & 🎈") == "&lt;b&gt;a&lt;/b&gt; &amp; 🎈"
