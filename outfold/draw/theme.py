"""Colours, symbols and layout that every chart shares.

Streamlit gives charts their background, font and grid in light and in dark. What stands here has
to be readable on both, so every line colour has a contrast of at least 3:1 to white and to
near-black (WCAG 2.2, 1.4.11). Hues follow Okabe & Ito (2008), darkened where white asks for it.
"""

from __future__ import annotations

import hashlib
import html
import textwrap
from collections.abc import Collection, Iterable
from functools import cache
from typing import Any

import plotly.graph_objects as go

from outfold.registry import registry
from outfold.task import is_classification

PALETTE: tuple[str, ...] = (
    "#0078BA",  # blue
    "#D55E00",  # vermillion
    "#009270",  # bluish green
    "#B8609B",  # reddish purple
    "#B27D00",  # ochre
    "#3E9BD0",  # sky blue
    "#C2334D",  # crimson
    "#7A6FD0",  # violet
    "#6E8B1F",  # olive
    "#9A6A4F",  # brown
)
"""Ten colours to tell things apart by; beyond a handful, dash and symbol help."""

SYMBOLS: tuple[str, ...] = ("circle", "square", "diamond", "triangle-up", "x", "star", "cross")
DASHES: tuple[str, ...] = ("solid", "dash", "dot", "dashdot")

SEQUENTIAL: list[str] = [
    "#00224E", "#083370", "#35456C", "#4F576C", "#666970",
    "#7D7C78", "#948E77", "#AEA371", "#C8B866", "#E5CF52",
]  # fmt: skip
"""Low to high: cividis (Nuñez et al. 2018), the same to people with and without colour vision."""

DIVERGING: list[str] = [
    "#67001F", "#B2182B", "#D6604D", "#F4A582", "#FDDBC7",
    "#D1E5F0", "#92C5DE", "#4393C3", "#2166AC", "#053061",
]  # fmt: skip
"""Negative through nothing to positive, red to blue: ColorBrewer RdBu, colour-blind safe."""

DIVERGING_DARK: list[str] = [
    "#FFC2AE", "#F58E76", "#D9583F", "#94392C", "#37282A",
    "#22303A", "#2B6595", "#3F8FC8", "#86BEE6", "#C6E4F9",
]  # fmt: skip
"""The same hues on a dark ground: nothing is nearly the ground, the strongest is the lightest."""

POSITIVE = "#0078BA"
NEGATIVE = "#D55E00"
NEUTRAL = "#7F7F7F"
MUTED = "rgba(127,127,127,0.35)"
"""For what is there for orientation only: baselines, diagonals, fills."""

HEIGHT = 420
"""Pixels, unless a chart needs more. Width is the page's."""

LEGEND = 64
"""Pixels from the plot down to its legend: ticks and the axis' name stand between."""

LINE = 72
"""Characters of a title line; longer titles are broken rather than cut."""

BASELINE_KEYS = frozenset({"dummy", "none"})


@cache
def _slots() -> dict[str, int]:
    """Each model's place, by which it gets its colour, dash and symbol.

    Models for numbers alone and models for classes alone are never in one chart and share places,
    so that all those that can meet have colours of their own as long as there are enough.
    """
    known = [s for s in registry("model") if s.key not in BASELINE_KEYS]
    classes = [s for s in known if any(is_classification(t) for t in s.tasks)]
    places = {s.key: place for place, s in enumerate(classes)}
    free = [places[s.key] for s in classes if all(is_classification(t) for t in s.tasks)]
    numbers = [s.key for s in known if s.key not in places]
    more = range(len(classes), len(classes) + len(numbers))
    return places | dict(zip(numbers, [*free, *more], strict=False))


def _slot(key: str) -> int:
    known = _slots()
    if key in known:
        return known[key]
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4])


def colour_of(key: str) -> str:
    """The colour of a model, or of anything else that has a key: the same on every page.

    The baseline and ``none`` are grey. Models that can meet in a chart have their own colours, in
    menu order; any other key has one by its text, and two such keys may share it: for the parts of
    one chart see ``colours_of``.
    """
    if key in BASELINE_KEYS:
        return NEUTRAL
    return PALETTE[_slot(key) % len(PALETTE)]


def symbol_of(key: str) -> str:
    """The marker of a model or of anything else that has a key, so that colour is not alone."""
    return SYMBOLS[_slot(key) % len(SYMBOLS)]


def dash_of(key: str) -> str:
    """The line style of a key: it differs between two models that share a colour."""
    return DASHES[_slot(key) // len(PALETTE) % len(DASHES)]


def colours_of(keys: Iterable[str]) -> dict[str, str]:
    """Colours for the parts of one chart, such as classes: all different up to ten."""
    return {key: PALETTE[place % len(PALETTE)] for place, key in enumerate(dict.fromkeys(keys))}


def label(name: object, longest: int = 40) -> str:
    """A name from a person's table, made safe for plotly's text and not too long for an axis."""
    text = str(name)
    if len(text) > longest:
        text = text[: longest - 1] + "…"
    # Plotly turns only these three back: a quotation mark would stand as &quot; in the chart.
    return html.escape(text, quote=False)


def starred(name: str, apart: Collection[str]) -> str:
    """A column's name beside an axis, with a star where it is no feature."""
    return label(name, 26) + " *" if name in apart else label(name, 28)


def layout(
    figure: go.Figure,
    title: str,
    subtitle: str = "",
    *,
    x: str = "",
    y: str = "",
    height: int = HEIGHT,
    **more: Any,
) -> go.Figure:
    """Give a chart its title, axis names and margins; returns the same figure.

    Args:
        figure: The chart.
        title: What it shows, as a finding; names from data escaped by the caller.
        subtitle: How it was measured, or what was left out.
        x: Name of the horizontal axis with its unit.
        y: Name of the vertical axis with its unit.
        height: Pixels.
        more: Anything else for ``update_layout``, such as ``showlegend`` or ``xaxis_type``.
    """
    head = textwrap.wrap(title, LINE, break_on_hyphens=False) or [""]
    below = textwrap.wrap(subtitle, LINE + 18, break_on_hyphens=False)
    top = 34 + 22 * len(head) + 17 * len(below)
    figure.update_layout(
        title={
            "text": "<br>".join(head),
            "subtitle": {"text": "<br>".join(below)},
            "x": 0.0,
            "xanchor": "left",
            "yref": "container",
            "y": 1 - 14 / height,
            "yanchor": "top",
        },
        height=height,
        # Room on the right for half of the last tick's label, which is left out where it has none.
        margin={"l": 8, "r": 28, "t": top, "b": 8},
        hoverlabel={"align": "left"},
        legend={
            "orientation": "h",
            "x": 0.0,
            "y": -LEGEND / max(LEGEND, height - top - LEGEND),
            "yanchor": "top",
            "title": {"text": ""},
        },
    )
    figure.update_xaxes(automargin=True, title_standoff=8)
    figure.update_yaxes(automargin=True, title_standoff=8)
    if x:
        figure.update_xaxes(title_text=x)
    if y:
        figure.update_yaxes(title_text=y)
    if more:
        figure.update_layout(**more)
    return figure
