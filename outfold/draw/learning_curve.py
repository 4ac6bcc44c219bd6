"""Score against training rows, with the power law that says what more rows would bring."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from outfold.draw.candidate_names import called, dashes, symbols
from outfold.draw.theme import NEUTRAL, colour_of, label, layout
from outfold.judge.learning_curve import CandidateCurve, LearningCurve

MOST = 6
"""Candidates drawn; the best on all rows."""
BANDS = 2
"""Up to so many candidates have their bands drawn."""


def draw(found: LearningCurve, names: Mapping[str, str] | None = None) -> go.Figure:
    """Measured points with intervals, fitted laws with bands, and where measuring ends.

    Args:
        found: The curves.
        names: Names of candidates for people.
    """
    curves = [c for c in found.curves if not c.baseline][:MOST]
    models = [c.model for c in curves]
    figure = go.Figure()
    for curve in curves[:BANDS] if len(curves) <= BANDS else curves[:1]:
        _band(figure, curve)
    for curve, dash, symbol in zip(curves, dashes(models), symbols(models), strict=True):
        _points(figure, curve, called(curve.candidate, names), symbol, found)
        _law(figure, curve, dash)
    for curve in found.curves:
        if curve.baseline and not np.isnan(curve.mean).all():
            figure.add_scatter(
                x=curve.rows,
                y=curve.mean,
                mode="lines",
                name="baseline",
                line={"color": NEUTRAL, "dash": "dot", "width": 1.5},
                hovertemplate="<b>baseline</b><br>%{x:,.0f} rows: %{y:.4g}<extra></extra>",
            )
    if curves and len(curves[0].rows):
        figure.add_vline(x=float(curves[0].rows[-1]), line={"color": NEUTRAL, "width": 1})
        figure.add_annotation(
            x=float(np.log10(curves[0].rows[-1])),
            y=1.0,
            yref="paper",
            yanchor="bottom",
            text="all training rows",
            showarrow=False,
            font={"size": 11},
        )
    ticks = _ticks(curves)
    figure.update_xaxes(type="log", tickvals=ticks, ticktext=[f"{t:,.0f}" for t in ticks])
    return layout(
        figure, _title(found, names), _subtitle(found, curves),
        x="Training rows (logarithmic)", y=found.label, height=480,
    )  # fmt: skip


def _ticks(curves: list[CandidateCurve]) -> list[float]:
    """The measured sizes and what twice the largest would be."""
    if not curves:
        return []
    sizes = [float(n) for n in curves[0].rows]
    return [*sizes, 2 * sizes[-1]] if any(len(c.line) for c in curves) else sizes


def _points(
    figure: go.Figure, curve: CandidateCurve, name: str, symbol: str, found: LearningCurve
) -> None:
    known = ~np.isnan(curve.mean)
    figure.add_scatter(
        x=curve.rows[known],
        y=curve.mean[known],
        mode="markers",
        name=name,
        legendgroup=curve.candidate,
        marker={"color": colour_of(curve.model), "symbol": symbol, "size": 9},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": np.nan_to_num(curve.high - curve.mean)[known],
            "arrayminus": np.nan_to_num(curve.mean - curve.low)[known],
            "thickness": 1,
            "width": 3,
        },
        customdata=np.column_stack([curve.low[known], curve.high[known]]),
        hovertemplate=f"<b>{name}</b><br>%{{x:,.0f}} rows: %{{y:.4g}}"
        f"<br>{found.confidence:.0%} interval %{{customdata[0]:.4g}} to %{{customdata[1]:.4g}}"
        "<extra></extra>",
    )


def _law(figure: go.Figure, curve: CandidateCurve, dash: str) -> None:
    """The law: a line where it was measured, dotted beyond."""
    if not len(curve.line):
        return
    end = curve.rows[-1]
    inside = curve.line_rows <= end
    edge = int(inside.sum())
    for part, style in ((slice(0, edge), dash), (slice(max(edge - 1, 0), None), "dot")):
        figure.add_scatter(
            x=curve.line_rows[part],
            y=curve.line[part],
            mode="lines",
            legendgroup=curve.candidate,
            showlegend=False,
            line={"color": colour_of(curve.model), "dash": style, "width": 2},
            hovertemplate="law: %{x:,.0f} rows, %{y:.4g}<extra></extra>",
        )


def _band(figure: go.Figure, curve: CandidateCurve) -> None:
    if not len(curve.line):
        return
    figure.add_scatter(
        x=np.concatenate([curve.line_rows, curve.line_rows[::-1]]),
        y=np.concatenate([curve.line_high, curve.line_low[::-1]]),
        mode="lines",
        fill="toself",
        fillcolor=colour_of(curve.model),
        line={"width": 0},
        opacity=0.15,
        hoverinfo="skip",
        showlegend=False,
        legendgroup=curve.candidate,
    )


def _title(found: LearningCurve, names: Mapping[str, str] | None) -> str:
    best = found.best
    if best is None:
        return "Scores by number of training rows"
    return label(found.sentence(), 400).replace(
        label(best.candidate, 200), called(best.candidate, names)
    )


def _subtitle(found: LearningCurve, curves: list[CandidateCurve]) -> str:
    text = f"Bars: {found.interval}; validation rows are the same at every size"
    if any(len(c.line) for c in curves):
        text += "; lines: fitted power law, dotted where nothing was measured"
    drawn = sum(not c.baseline for c in found.curves)
    if drawn > MOST:
        text += f"; the best {MOST} of {drawn} candidates"
    return text + "."
