"""A chart on a page: accessible name, saving as a picture, and nothing that phones home."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from components.text import plain

if TYPE_CHECKING:
    import plotly.graph_objects as go

_TAG = re.compile(r"<[^>]+>")

TOP = 28
"""Pixels above a chart, for its toolbar."""


def spoken(figure: go.Figure) -> str:
    """A chart's title, subtitle and axis names as plain text, for people who hear the page."""
    layout = figure.layout
    parts = list(heading(figure))
    parts += [f"{name}: {_text(axis.title.text)}" for name, axis in (
        ("Horizontal", layout.xaxis), ("Vertical", layout.yaxis)) if axis.title.text]  # fmt: skip
    return ". ".join(part for part in parts if part) or "Chart"


def heading(figure: go.Figure) -> tuple[str, str]:
    """A chart's title and subtitle as plain text."""
    title = figure.layout.title
    return _text(title.text), _text(title.subtitle.text)


def _text(markup: str | None) -> str:
    return " ".join(html.unescape(_TAG.sub(" ", markup or "")).split())


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A chart ready to be shown, so that a large one need not be drawn at each rerun.

    Attributes:
        figure: The chart without its title.
        title: What it shows.
        below: The subtitle.
        spoken: All of it in words.
    """

    figure: go.Figure
    title: str
    below: str
    spoken: str


def drawn(figure: go.Figure) -> Drawn:
    """A chart made ready to be shown; the figure is not changed."""
    return Drawn(_untitled(figure), *heading(figure), spoken(figure))


def dark() -> bool:
    """Whether the reader's ground is dark, for charts whose colours fade into it."""
    return st.context.theme.type == "dark"


def chart(
    figure: go.Figure | Drawn,
    key: str,
    *,
    alt: str = "",
    select: bool | Callable[[], None] = False,
    headline: bool = False,
) -> Any:
    """Draw a chart; its toolbar saves it as SVG.

    Title and subtitle are drawn above it as text, because text wraps on a narrow screen and can be
    read aloud; in the saved picture they are left out.

    Args:
        figure: The chart, or one made ready before; it is not changed.
        key: Unique on the page; also the name of the saved file.
        alt: What it shows, in words; by default its title and axis names.
        select: Whether a click on a point reruns the page and is returned, or what is called
            before it does.
        headline: Whether its title is what the page has to say.
    """
    options: dict[str, Any] = {}
    if select:
        options = {"on_select": "rerun" if select is True else select, "selection_mode": "points"}
    ready = figure if isinstance(figure, Drawn) else drawn(figure)
    with st.container(gap="xsmall"):
        if ready.title:
            title = plain(ready.title, 400)
            st.markdown(f"## {title}" if headline else f"**{title}**")
        if ready.below:
            st.caption(plain(ready.below, 600))
        if not ready.figure.data:
            return None  # the title has said that there is nothing to draw
        return st.plotly_chart(
            ready.figure,
            key=key,
            alt=alt or ready.spoken,
            width="stretch",
            height="content",
            config={
                "displaylogo": False,
                "modeBarButtonsToRemove": ["lasso2d", "select2d", "autoScale2d"],
                "toImageButtonOptions": {"format": "svg", "filename": f"outfold-{key}"},
            },
            **options,
        )


def _untitled(figure: go.Figure) -> go.Figure:
    """The same chart without its title and the room for it."""
    bare = type(figure)(figure)
    top, height = figure.layout.margin.t, figure.layout.height
    bare.update_layout(title=None)
    if top and height:
        bare.update_layout(margin_t=TOP, height=height - top + TOP)
        for axis in bare.select_xaxes(lambda a: a.side == "top" and not a.title.text):
            # Names above the plot reach up to the toolbar: an empty title keeps its place free.
            axis.title = {"text": " ", "font": {"size": 26}, "standoff": 0}
            bare.layout.height += TOP
    return bare
