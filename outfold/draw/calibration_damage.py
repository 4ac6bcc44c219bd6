"""What each resampler does to the probabilities, before or after prior correction."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from outfold.draw.theme import DASHES, MUTED, NEUTRAL, PALETTE, SYMBOLS, label, layout
from outfold.judge.calibrate import Calibration
from outfold.judge.calibration_damage import Damage

MOST = 7


def draw(
    found: Mapping[str, Damage],
    corrected: bool = False,
    names: Mapping[str, str] | None = None,
    plain: str = "",
) -> go.Figure:
    """Reliability curves of a model after each resampler.

    Args:
        found: By candidate name; at least one, the first ``MOST`` are drawn.
        corrected: Whether to draw probabilities after prior correction, where it can be done.
        names: What people call each candidate.
        plain: The candidate without resampling, drawn grey.
    """
    called = {k: label(v) for k, v in (names or {}).items()}
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"color": MUTED, "dash": "dot"},
        name="as promised", hoverinfo="skip",
    )  # fmt: skip
    place = 0
    for candidate, one in list(found.items())[:MOST]:
        bins = shown(one, corrected).bins
        name = called.get(candidate, label(candidate))
        colour, dash, symbol = NEUTRAL, "solid", "circle"
        if candidate != plain:
            colour = PALETTE[place % len(PALETTE)]
            dash, symbol = DASHES[place % len(DASHES)], SYMBOLS[(place + 1) % len(SYMBOLS)]
            place += 1
        figure.add_scatter(
            x=[b.predicted for b in bins],
            y=[b.observed for b in bins],
            error_y={
                "array": [b.observed_high - b.observed for b in bins],
                "arrayminus": [b.observed - b.observed_low for b in bins],
                "color": colour, "thickness": 1,
            },
            mode="lines+markers",
            name=name,
            line={"color": colour, "dash": dash},
            marker={"symbol": symbol, "size": 8},
            customdata=[[b.n, b.observed_low, b.observed_high] for b in bins],
            hovertemplate=f"<b>{name}</b><br>predicted %{{x:.1%}}, happened %{{y:.1%}} "
            "(%{customdata[1]:.1%} to %{customdata[2]:.1%})<br>%{customdata[0]:,} predictions"
            "<extra></extra>",
        )  # fmt: skip
    first = next(iter(found.values()))
    below = f"Out of fold; bars are {first.plain.confidence:.0%} binomial intervals of the bins"
    if first.plain.rows < first.plain.n:
        below += ", which take each row once however often it was held out"
    if len(found) > MOST:
        below += f"; the first {MOST} of {len(found)} candidates"
    # Both versions have the same scale, so that the switch moves lines and not axes.
    ends = [
        max(b.predicted, b.observed_high)
        for one in list(found.values())[:MOST]
        for c in (one.plain, one.corrected)
        if c is not None
        for b in c.bins
    ]
    top = min(1.0, 1.05 * max(ends))
    figure.update_xaxes(range=[0, top], tickformat=".0%")
    figure.update_yaxes(range=[0, top], tickformat=".0%")
    return layout(
        figure,
        _title(found, corrected, called, plain),
        below + ".",
        x=f"Predicted probability of {label(first.of)}",
        y=f"Share that is {label(first.of)}",
        height=520,
    )


def shown(one: Damage, corrected: bool) -> Calibration:
    """The calibration that is drawn."""
    return one.corrected if corrected and one.corrected is not None else one.plain


def _title(
    found: Mapping[str, Damage], corrected: bool, called: Mapping[str, str], plain: str
) -> str:
    changed = {k: v for k, v in found.items() if k != plain}
    if not changed:
        return "The probabilities without resampling"
    when = "After prior correction" if corrected else "As predicted"
    worst = max(changed, key=lambda k: shown(changed[k], corrected).ece)
    after = shown(changed[worst], corrected)
    n = sum(b.n for b in after.bins)
    mean = sum(b.predicted * b.n for b in after.bins) / n
    happened = sum(b.observed * b.n for b in after.bins) / n
    return (
        f"{when}, {called.get(worst, label(worst))} expects {label(next(iter(found.values())).of)} "
        f"in {mean:.1%} of the rows; it happens in {happened:.1%}"
    )
