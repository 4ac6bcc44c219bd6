"""A chart on a page: accessible name, saving as a picture, and nothing that phones home."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    import plotly.graph_objects as go

_TAG = re.compile(r"<[^>]+>")


def spoken(figure: go.Figure) -> str:
    """A chart's title, subtitle and axis names as plain text, for people who hear the page."""
    layout = figure.layout
    parts = [layout.title.text, layout.title.subtitle.text]
    parts += [f"{name}: {axis.title.text}" for name, axis in (
        ("Horizontal", layout.xaxis), ("Vertical", layout.yaxis)) if axis.title.text]  # fmt: skip
    text = ". ".join(part for part in parts if part)
    return html.unescape(_TAG.sub(" ", text)) or "Chart"


def chart(figure: go.Figure, key: str, *, alt: str = "", select: bool = False) -> Any:
    """Draw a chart; its toolbar saves it as SVG.

    Args:
        figure: The chart.
        key: Unique on the page; also the name of the saved file.
        alt: What it shows, in words; by default its title and axis names.
        select: Whether a click on a point reruns the page and is returned.
    """
    options: dict[str, Any] = {"on_select": "rerun", "selection_mode": "points"} if select else {}
    return st.plotly_chart(
        figure,
        key=key,
        alt=alt or spoken(figure),
        width="stretch",
        height="content",
        config={
            "displaylogo": False,
            "modeBarButtonsToRemove": ["lasso2d", "select2d", "autoScale2d"],
            "toImageButtonOptions": {"format": "svg", "filename": f"outfold-{key}"},
        },
        **options,
    )
