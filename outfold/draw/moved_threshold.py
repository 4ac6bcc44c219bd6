"""Each resampler at the threshold 0.5 beside no resampling with the threshold moved."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from outfold.draw.theme import MUTED, NEGATIVE, NEUTRAL, POSITIVE, label, layout
from outfold.judge.moved_threshold import MEASURES, Arm, MovedThreshold

HOW = {
    "0.5": "at 0.5",
    "moved": "threshold moved",
    "elkan": "threshold from the costs",
}


def draw(found: MovedThreshold, names: Mapping[str, str] | None = None) -> go.Figure:
    """One row per way to decide: mean over the splits and its interval.

    Args:
        found: The ways, judged.
        names: What people call each candidate.
    """
    called = {k: label(v) for k, v in (names or {}).items()}
    figure = go.Figure()
    for arm in (*found.plain, *found.resampled):
        colour, symbol, verdict = _look(found, arm)
        name = f"{called.get(arm.candidate, label(arm.candidate))}, {HOW[arm.how]}"
        spread = arm.high == arm.high
        figure.add_scatter(
            x=[arm.mean],
            y=[name],
            error_x={
                "array": [arm.high - arm.mean if spread else 0],
                "arrayminus": [arm.mean - arm.low if spread else 0],
                "color": colour,
                "thickness": 1.5,
            },
            mode="markers",
            marker={"symbol": symbol, "size": 11, "color": colour},
            showlegend=False,
            customdata=[[arm.low, arm.high, arm.difference, verdict]],
            hovertemplate=f"<b>{name}</b><br>{MEASURES[found.measure]} %{{x:.4f}} "
            "(%{customdata[0]:.4f} to %{customdata[1]:.4f})<br>%{customdata[2]:+.4f} against the "
            "threshold moved: %{customdata[3]}<extra></extra>",
        )
    figure.add_vline(x=found.moved.mean, line={"color": MUTED, "dash": "dot"})
    figure.update_yaxes(autorange="reversed")
    unit = "cost a row, less is better" if found.better < 0 else "more is better"
    return layout(
        figure,
        found.sentence(called),
        f"Mean over {found.n_splits} splits with {found.confidence:.0%} intervals. Moved: each "
        "split's threshold is the best one on out-of-fold predictions of other rows. Diamond: "
        "better than that beyond chance, cross: worse, circle: open.",
        x=f"{MEASURES[found.measure]} ({unit})",
        height=200 + 38 * (len(found.plain) + len(found.resampled)),
    )


def _look(found: MovedThreshold, arm: Arm) -> tuple[str, str, str]:
    """Colour, symbol and words of one way."""
    if arm is found.moved:
        return POSITIVE, "square", "this is it"
    verdict = found.beats(arm)
    if verdict > 0:
        return POSITIVE, "diamond", "better beyond chance"
    if verdict < 0:
        return NEGATIVE, "x", "worse beyond chance"
    return NEUTRAL, "circle", "no difference beyond chance"
