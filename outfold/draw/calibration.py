"""Whether what is predicted with 30 % happens in 30 % of the cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from outfold.draw.candidate_names import called, dashes, symbols
from outfold.draw.theme import MUTED, colour_of, layout
from outfold.judge.calibrate import Bin, Calibration
from outfold.judge.smooth_calibration import SmoothCalibration

MOST = 5


def draw(
    results: Mapping[str, Calibration],
    models: Sequence[str],
    names: Mapping[str, str] | None = None,
    smooth: Mapping[str, SmoothCalibration] | None = None,
) -> go.Figure:
    """Reliability curves with binomial intervals, above a histogram of the probabilities.

    Args:
        results: By candidate name; at least one, the first ``MOST`` are drawn.
        models: Key of each candidate's model, in the same order.
        names: Names of candidates for people.
        smooth: Curves without bins by candidate name; where given they are drawn as lines, and the
            bins as marks alone.
    """
    curves = smooth or {}
    shown = list(results.items())[:MOST]
    keys = list(models)[:MOST]
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.78, 0.22],
                           vertical_spacing=0.04)  # fmt: skip
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"color": MUTED, "dash": "dot"},
        name="as promised", hoverinfo="skip", row=1, col=1,
    )  # fmt: skip
    styles = zip(shown, keys, dashes(keys), symbols(keys), strict=True)
    for (candidate, found), model, dash, symbol in styles:
        bins, name, colour = found.bins, called(candidate, names), colour_of(model)
        figure.add_scatter(
            x=[b.predicted for b in bins],
            y=[b.observed for b in bins],
            error_y={
                "array": [b.observed_high - b.observed for b in bins],
                "arrayminus": [b.observed - b.observed_low for b in bins],
                "color": colour, "thickness": 1,
            },
            mode="markers" if candidate in curves else "lines+markers",
            name=name,
            legendgroup=candidate,
            line={"color": colour, "dash": dash},
            marker={"symbol": symbol, "size": 8},
            customdata=[[_counted(b), b.observed_low, b.observed_high] for b in bins],
            hovertemplate=f"<b>{name}</b><br>predicted %{{x:.1%}}, happened %{{y:.1%}} "
            "(%{customdata[1]:.1%} to %{customdata[2]:.1%})<br>%{customdata[0]}"
            "<extra></extra>",
            row=1, col=1,
        )  # fmt: skip
        if line := curves.get(candidate):
            _add_smooth(figure, candidate, name, line, colour, dash)
        width = 1 / len(found.histogram)
        figure.add_scatter(
            x=[(i + 0.5) * width for i in range(len(found.histogram))],
            y=[h / found.n for h in found.histogram],
            mode="lines",
            line={"color": colour, "dash": dash, "shape": "hvh"},
            legendgroup=candidate,
            showlegend=False,
            hovertemplate=f"<b>{name}</b><br>%{{y:.1%}} of the predictions near %{{x:.0%}}"
            "<extra></extra>",
            row=2, col=1,
        )  # fmt: skip
    figure.update_xaxes(range=[0, 1], tickformat=".0%")
    figure.update_yaxes(tickformat=".0%")
    candidate, first = shown[0]
    below = (
        f"Bars: {first.confidence:.0%} binomial intervals of the bins; below, where the "
        f"probabilities lie. {first.n:,} predictions out of fold"
    )
    if first.rows < first.n:
        below += f" of {first.rows:,} rows, and intervals take each row once"
    if len(results) > MOST:
        below += f"; the first {MOST} of {len(results)} candidates"
    title = _title(called(candidate, names), first)
    if len(shown) > 1:
        title = _verdict(
            [called(name, names) for name, found in shown if _kept(found)],
            [called(name, names) for name, found in shown if not _kept(found)],
        )
    layout(figure, title, below + ".", height=560)
    figure.update_yaxes(title_text="Share that is positive", row=1, col=1)
    figure.update_yaxes(title_text="Predictions", row=2, col=1)
    figure.update_xaxes(title_text="Predicted probability", row=2, col=1)
    return figure


def _counted(one: Bin) -> str:
    """Predictions of a bin, and rows where there are fewer."""
    return f"{one.n:,} predictions" + (f" of {one.rows:,} rows" if one.rows < one.n else "")


def _add_smooth(
    figure: go.Figure, candidate: str, name: str, line: SmoothCalibration, colour: str, dash: str
) -> None:
    """The curve without bins, with its band."""
    figure.add_scatter(
        x=[*line.predicted, *line.predicted[::-1]], y=[*line.high, *line.low[::-1]],
        fill="toself", fillcolor=colour, opacity=0.15, line={"width": 0}, hoverinfo="skip",
        legendgroup=candidate, showlegend=False, row=1, col=1,
    )  # fmt: skip
    figure.add_scatter(
        x=line.predicted, y=line.happened, mode="lines", legendgroup=candidate, showlegend=False,
        line={"color": colour, "dash": dash, "width": 2},
        customdata=[[a, b] for a, b in zip(line.low, line.high, strict=True)],
        hovertemplate=f"<b>{name}</b>, smoothed<br>predicted %{{x:.1%}}, happened %{{y:.1%}} "
        "(%{customdata[0]:.1%} to %{customdata[1]:.1%})<extra></extra>",
        row=1, col=1,
    )  # fmt: skip


def _verdict(kept: Sequence[str], off: Sequence[str]) -> str:
    """Who keeps the promise and who does not, by name."""
    if not off:
        return "Every candidate keeps its promises: probabilities come true within chance"
    verb = "is" if len(off) == 1 else "are"
    words = f"{_listed(off)} {verb} off by more than chance"
    if not kept:
        return f"None of {len(off)} candidates keeps its promises: {words}"
    promise = "keeps its promises" if len(kept) == 1 else "keep their promises"
    return f"{_listed(kept)} {promise}; {words}"


def _listed(names: Sequence[str]) -> str:
    """Several names in a sentence, whose own commas would read as others of the list."""
    names = [name.replace(", ", " + ") for name in names]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _outside(found: Calibration) -> int:
    """Bins whose interval does not hold what was predicted."""
    return sum(not b.observed_low <= b.predicted <= b.observed_high for b in found.bins)


def _kept(found: Calibration) -> bool:
    """Whether no more bins are off than chance puts off."""
    return _outside(found) <= round((1 - found.confidence) * len(found.bins))


def _title(name: str, found: Calibration) -> str:
    outside = _outside(found)
    if _kept(found):
        return f"{name} keeps its promises: probabilities come true within chance"
    recalibration = found.recalibration
    words = f"{outside} of {len(found.bins)} bins are off by more than chance"
    if recalibration is None:
        return f"{name}: {words}"
    if abs(recalibration.slope - 1) > 2 * recalibration.slope_se:
        how = "too extreme" if recalibration.slope < 1 else "too timid"
        return f"{name} is {how} (slope {recalibration.slope:.2f}): {words}"
    if abs(recalibration.in_the_large) > 2 * recalibration.in_the_large_se:
        how = "too low" if recalibration.in_the_large > 0 else "too high"
        return f"{name}'s probabilities are {how}: {words}"
    return f"{name}: {words}"
