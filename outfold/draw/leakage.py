"""What steps done before the split would have promised, beside what is true out of fold."""

from __future__ import annotations

import math

import plotly.graph_objects as go

from outfold.draw.theme import MUTED, NEGATIVE, POSITIVE, layout
from outfold.judge.leakage import Leakage, Optimism


def draw(found: Leakage) -> go.Figure:
    """A line per mistake from the honest score to the one that it would have promised.

    The honest score is a full dot, the believed one a hollow diamond; the line between is the
    optimism, which stands above it as a number. What guessing without any column scores is a dotted
    line. Mistakes that could not be measured are left out; the table beside the chart says why.

    Args:
        found: What was measured.
    """
    lines = [line for line in found.lines if line.measured]
    places = list(range(len(lines)))
    figure = go.Figure()
    for place, line in zip(places, lines, strict=True):
        figure.add_scatter(
            x=[line.honest, line.believed], y=[place, place], mode="lines", hoverinfo="skip",
            line={"color": MUTED, "width": 6}, showlegend=False,
        )  # fmt: skip
    said = [[_name(found, line), found.said(line.honest), found.said(line.believed),
             optimism(found, line)] for line in lines]  # fmt: skip
    hover = (
        "<b>%{customdata[0]}</b><br>believed %{customdata[2]}, out of fold %{customdata[1]}"
        "<br>optimism %{customdata[3]}<extra></extra>"
    )
    for name, values, colour, symbol in (
        ("out of fold", [x.honest for x in lines], POSITIVE, "circle"),
        ("what one would have believed", [x.believed for x in lines], NEGATIVE, "diamond-open"),
    ):
        figure.add_scatter(
            x=values, y=places, mode="markers", name=name, customdata=said, hovertemplate=hover,
            marker={"color": colour, "symbol": symbol, "size": 13,
                    "line": {"color": colour, "width": 2.5}},
        )  # fmt: skip
    middle = sum(_range(found, lines)) / 2
    # Numbers extend towards the middle, so that they stay inside on a narrow screen.
    left = [x.honest + x.believed > 2 * middle for x in lines]
    figure.add_scatter(
        x=[(max if at else min)(x.honest, x.believed) for x, at in zip(lines, left, strict=True)],
        y=[place - 0.17 for place in places], mode="text",
        text=[optimism(found, x) for x in lines],
        textposition=["top left" if at else "top right" for at in left],
        hoverinfo="skip", showlegend=False, cliponaxis=False,
    )  # fmt: skip
    if lines and not math.isnan(found.nothing):
        guess = found.said(found.nothing)
        figure.add_scatter(
            x=[found.nothing] * 2, y=[-0.6, len(lines) - 0.5], mode="lines",
            name=f"a guess that looks at no column: {guess}", hoverinfo="skip",
            line={"color": MUTED, "dash": "dot", "width": 2},
        )  # fmt: skip
    figure.update_yaxes(
        tickvals=places,
        ticktext=[_name(found, line).replace(" before ", "<br>before ").replace(
            " chosen ", "<br>chosen ") for line in lines],
        range=[len(lines) - 0.5, -0.6],
        zeroline=False,
    )  # fmt: skip
    arrow = "more is better" if found.direction == "higher" else "less is better"
    figure.update_xaxes(range=_range(found, lines), zeroline=False)
    below = "Above each line how much better the wrong score looks"
    if found.n_splits > 1:
        below += f", with its {found.confidence:.0%} interval"
    below += f". Same splits for both; {found.n_splits} of them"
    if found.rows < found.of_rows:
        below += f", on a sample of {found.rows:,} of {found.of_rows:,} rows"
    return layout(
        figure, found.sentence(), below + ".", x=f"{found.metric_label} ({arrow})",
        height=230 + 52 * len(lines),
    )  # fmt: skip


def _name(found: Leakage, line: Optimism) -> str:
    return found.named(line.mistake)


def optimism(found: Leakage, line: Optimism) -> str:
    """The optimism with its sign and, where there is one, its interval."""
    text = _signed(found, line.optimism)
    if math.isnan(line.low):
        return text
    low, high = (f"{'−' if v < 0 else ''}{found.said(abs(v))}" for v in (line.low, line.high))
    return f"{text} ({low} to {high})"


def _signed(found: Leakage, value: float) -> str:
    return f"{'+' if value >= 0 else '−'}{found.said(abs(value))}"


def _range(found: Leakage, lines: list[Optimism]) -> list[float]:
    values = [v for x in lines for v in (x.honest, x.believed)]
    if not math.isnan(found.nothing):
        values.append(found.nothing)
    low, high = min(values, default=0.0), max(values, default=1.0)
    room = 0.08 * (high - low) or 0.05 * max(abs(high), 1e-6)
    return [low - room, high + room]
