"""How steadily each selector chooses, over the splits and over halves of the rows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from outfold.draw.theme import MUTED, NEUTRAL, PALETTE, label, layout
from outfold.judge.stability import EXCELLENT, POOR, StabilityInterval

SYMBOLS = ("circle", "square", "diamond-open")
LOWEST = -0.2


def draw(groups: Mapping[str, Sequence[tuple[str, StabilityInterval]]]) -> go.Figure:
    """Stability with its interval, one selector a line.

    Args:
        groups: Under a name for how rows were drawn, each selector's label with its stability.
    """
    names = list(dict.fromkeys(name for some in groups.values() for name, _ in some))
    figure = go.Figure()
    for place, (way, some) in enumerate(groups.items()):
        known = [(n, s) for n, s in some if not math.isnan(s.value)]
        figure.add_scatter(
            x=[s.value for _, s in known],
            y=[label(n, 30) for n, _ in known],
            mode="markers",
            name=label(way),
            marker={
                "color": PALETTE[place], "symbol": SYMBOLS[place % len(SYMBOLS)], "size": 10
            },
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [_reach(min(s.high, 1.0) - s.value) for _, s in known],
                "arrayminus": [_reach(s.value - s.low) for _, s in known],
                "thickness": 1.5,
                "width": 4,
            },
            customdata=[
                f"{s.low:.2f} to {min(s.high, 1.0):.2f}, {s.n_selections} selections, "
                f"{s.mean_size:.3g} columns on average"
                if not math.isnan(s.low)
                else f"{s.n_selections} selections"
                for _, s in known
            ],
            hovertemplate=f"<b>%{{y}}</b>, {label(way)}<br>%{{x:.2f}} (%{{customdata}})"
            "<extra></extra>",
        )  # fmt: skip
    values = [s.value for some in groups.values() for _, s in some if not math.isnan(s.value)]
    lows = [s.low for some in groups.values() for _, s in some if not math.isnan(s.low)]
    for at, said in ((POOR, "poor below"), (EXCELLENT, "excellent above")):
        figure.add_vline(x=at, line={"color": MUTED, "dash": "dot"})
        figure.add_annotation(
            x=at, y=1, yref="paper", yanchor="bottom", text=said, showarrow=False,
            font={"size": 11, "color": NEUTRAL},
            xanchor="right" if at == POOR else "left",
        )  # fmt: skip
    figure.update_yaxes(
        categoryorder="array", categoryarray=[label(n, 30) for n in reversed(names)]
    )
    least = min([0.0, *lows, *values])
    figure.update_xaxes(range=[max(least, LOWEST) - 0.03, 1.03])
    return layout(
        figure, _title(groups), "Bars: 95 % asymptotic interval (Nogueira et al. 2018).",
        x="Stability (0 by chance, 1 always the same)", y="",
        height=max(240, 170 + 40 * len(names)),
    )  # fmt: skip


def _reach(value: float) -> float:
    return 0.0 if math.isnan(value) else max(value, 0.0)


def _title(groups: Mapping[str, Sequence[tuple[str, StabilityInterval]]]) -> str:
    # The last way of drawing rows is the stricter one.
    some = next((g for g in reversed(list(groups.values())) if g), [])
    known = [(n, s) for n, s in some if not math.isnan(s.value)]
    if not known:
        return "Stability is undefined: all or no columns are kept throughout"
    name, best = max(known, key=lambda item: item[1].value)
    text = f"{label(name)} is the steadiest, at {best.value:.2f}"
    if len(known) == 1:
        return f"{label(name)} has a stability of {best.value:.2f}: {best.verdict}"
    worst_name, worst = min(known, key=lambda item: item[1].value)
    return f"{text}; {label(worst_name)} the least, at {worst.value:.2f}"
