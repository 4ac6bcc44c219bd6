"""What each selector, resampler and model is worth, averaged over the rest of the grid."""

from __future__ import annotations

from collections.abc import Callable

import plotly.graph_objects as go

from outfold.draw.theme import MUTED, NEUTRAL, colour_of, label, layout
from outfold.explore.multiplicity import shown_p
from outfold.judge.main_effects import Factor, Level, MainEffects

ALPHA = 0.05


def draw(found: MainEffects, name_of: Callable[[Level], str] | None = None) -> go.Figure:
    """A mark per level: its mean difference to the first level of its factor, with its interval.

    Full marks differ from the first level by more than chance after Holm's correction.

    Args:
        found: The grid taken apart.
        name_of: Names of levels for people.
    """
    figure = go.Figure()
    names: list[str] = []
    shown: list[tuple[int, Level]] = []
    factor: Factor | None = None
    for level in found.levels:
        if factor is not None and level.factor != factor:
            names.append("")
        factor = level.factor
        name = name_of(level) if name_of else level.choice.label()
        first = "" if level.low == level.low else f" (first {level.factor})"
        shown.append((len(names), level))
        names.append(label(name, 36) + first)
    for sure in (True, False):
        some = [(y, v) for y, v in shown if (v.p_adjusted < ALPHA) == sure]
        if not some:
            continue
        colours = [colour_of(v.choice.key) if v.factor == "model" else NEUTRAL for _, v in some]
        figure.add_scatter(
            x=[v.difference for _, v in some],
            y=[y for y, _ in some],
            error_x={
                "array": [_length(v.high - v.difference) for _, v in some],
                "arrayminus": [_length(v.difference - v.low) for _, v in some],
                "color": NEUTRAL, "thickness": 1,
            },
            mode="markers",
            name="differs from the first" if sure else "not told apart from the first",
            marker={
                "symbol": "diamond" if sure else "circle-open",
                "size": 11,
                "color": colours,
                "line": {"width": 2, "color": colours},
            },
            customdata=[[names[y], v.mean, _verdict(v)] for y, v in some],
            hovertemplate="<b>%{customdata[0]}</b><br>" + f"{found.label} "
            "%{customdata[1]:.4g} on average, difference %{x:.4g}<br>%{customdata[2]}"
            "<extra></extra>",
        )  # fmt: skip
    figure.add_vline(x=0, line={"color": MUTED})
    figure.update_yaxes(
        tickvals=[y for y, _ in shown],
        ticktext=[names[y] for y, _ in shown],
        autorange="reversed",
        zeroline=False,
    )
    arrow = "more" if found.direction == "higher" else "less"
    return layout(
        figure,
        found.sentence(),
        f"Each averaged over everything that it was combined with, {found.n_splits} splits; bars: "
        "95% intervals of the corrected resampled t-test; Holm over all levels.",
        x=f"{found.label} beside the first ({arrow} is better)",
        height=240 + 26 * len(names),
    )


def _verdict(level: Level) -> str:
    if level.p_adjusted != level.p_adjusted:
        return "the others of its kind are compared with this one"
    return f"p {shown_p(level.p_adjusted)} after Holm"


def _length(value: float) -> float:
    return value if value == value else 0.0
