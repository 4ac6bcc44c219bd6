"""What the charts of curves share: a line per candidate, and the splits' range behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from outfold.draw.candidate_names import called, dashes
from outfold.draw.theme import colour_of, label
from outfold.judge.curves import Curve

MOST = 8
"""Curves drawn; more cannot be told apart."""
BANDS = 2
"""Up to so many curves have the range of their splits drawn."""


def add_lines(
    figure: go.Figure,
    curves: Sequence[Curve],
    hover: str,
    names: Mapping[str, str] | None = None,
) -> None:
    """Add each curve, its legend entry with the area where it has one, and few curves' bands.

    Args:
        figure: The chart to add to.
        curves: The first ``MOST`` are drawn.
        hover: Template for x, y and customdata, the threshold.
        names: Names of candidates for people.
    """
    shown = curves[:MOST]
    for curve, dash in zip(shown, dashes([c.model for c in shown]), strict=True):
        colour, name = colour_of(curve.model), called(curve.candidate, names)
        if len(shown) <= BANDS and len(curve.splits) > 1:
            _add_band(figure, curve, colour)
        area = f" · {curve.mean_area():.3f}" if curve.area else ""
        line = curve.pooled
        threshold = ["none" if np.isinf(t) else f"{t:.3g}" for t in line.threshold]
        figure.add_scatter(
            x=line.x,
            y=line.y,
            mode="lines",
            name=name + area,
            legendgroup=curve.candidate,
            line={"color": colour, "dash": dash, "width": 2},
            customdata=threshold,
            hovertemplate=f"<b>{name}</b><br>{hover}<extra></extra>",
        )


def _add_band(figure: go.Figure, curve: Curve, colour: str) -> None:
    known = ~np.isnan(curve.band_low)
    x = curve.band_x[known]
    figure.add_scatter(
        x=np.concatenate([x, x[::-1]]),
        y=np.concatenate([curve.band_high[known], curve.band_low[known][::-1]]),
        mode="lines",
        fill="toself",
        fillcolor=colour,
        line={"width": 0},
        opacity=0.15,
        hoverinfo="skip",
        showlegend=False,
        legendgroup=curve.candidate,
    )


def measured(curves: Sequence[Curve], area: str = "") -> str:
    """How the curves were measured, for the subtitle.

    Args:
        curves: At least one.
        area: Name of the figure in the legend.
    """
    first = curves[0]
    splits = len(first.splits)
    text = f"Positive is {_quoted(first.of)}, {first.share:.1%} of {first.n:,} predictions"
    text += " out of fold"
    if splits > 1:
        text += f", {splits} splits pooled"
        if area:
            text += f"; in the legend the mean {area} of the splits"
        if len(curves) <= BANDS:
            text += "; the band is the range of the splits"
    if len(curves) > MOST:
        text += f"; the first {MOST} of {len(curves)} candidates"
    return text + "."


def _quoted(name: str) -> str:
    return f"“{label(name)}”"
