"""What a threshold does to each metric, and where decisions cost least."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from outfold.draw.candidate_names import called
from outfold.draw.theme import DASHES, NEGATIVE, NEUTRAL, colours_of, layout
from outfold.judge.cost_matrix import CostMatrix
from outfold.judge.threshold import LABELS, Thresholds

SHOWN = ("recall", "precision", "specificity", "f1")


def draw(
    thresholds: Thresholds,
    threshold: float,
    metrics: Sequence[str] = SHOWN,
    matrix: CostMatrix | None = None,
    names: Mapping[str, str] | None = None,
) -> go.Figure:
    """Metrics along the threshold, with the one in use; with costs, those on a second axis.

    Args:
        thresholds: The prepared predictions.
        threshold: The one in use.
        metrics: Keys of ``judge.threshold.LABELS``.
        matrix: Costs of the four outcomes, or None for no cost line.
        names: Names of candidates for people.
    """
    grid, at = thresholds.grid(), thresholds.at(threshold)
    figure = go.Figure()
    colours = colours_of(metrics)
    for place, key in enumerate(metrics):
        figure.add_scatter(
            x=grid["threshold"],
            y=grid[key],
            mode="lines",
            name=LABELS[key],
            line={"color": colours[key], "dash": DASHES[place % len(DASHES)], "width": 2},
            hovertemplate=f"<b>{LABELS[key]}</b> %{{y:.3f}}<br>at threshold %{{x:.3f}}"
            "<extra></extra>",
        )
    if matrix is not None:
        costs = thresholds.costs(matrix)
        figure.add_scatter(
            x=costs["threshold"],
            y=costs["cost"],
            mode="lines",
            name="Cost per row (right axis)",
            yaxis="y2",
            line={"color": NEUTRAL, "width": 4},
            opacity=0.7,
            hovertemplate="<b>Cost</b> %{y:.4g} per row<br>at threshold %{x:.3f}<extra></extra>",
        )
    figure.add_vline(
        x=threshold, line={"color": NEGATIVE, "dash": "dash"},
        annotation_text=f"threshold {threshold:.3g}",
    )  # fmt: skip
    found, right = at.metrics["recall"], at.metrics["precision"]
    title = f"At {threshold:.3g}, {found:.0%} of the positives are found"
    # Precision is NaN where nothing is flagged.
    title += f" and {right:.0%} of the alarms are right" if right == right else "; no alarm is made"
    below = f"{called(thresholds.candidate, names)}, {thresholds.n:,} predictions out of fold"
    if thresholds.rows < thresholds.n:
        below += f" of {thresholds.rows:,} rows, each as often as it was held out"
    scale = "predicted probability" if thresholds.probabilities else "score"
    layout(figure, title, below + ".", x=f"Threshold ({scale})", y="Metric")
    if metrics and float(grid[list(metrics)].min().min()) >= 0:
        figure.update_layout(yaxis_range=[0, 1.01])
    if matrix is not None:
        right_axis = {
            "overlaying": "y", "side": "right", "rangemode": "tozero", "showgrid": False,
            "title": {"text": "Cost per row"}, "automargin": True, "tickformat": "~g",
            "tickmode": "auto",
        }  # fmt: skip
        figure.update_layout(yaxis2=right_axis)
    return figure
