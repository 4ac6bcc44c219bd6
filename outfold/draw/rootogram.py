"""How often each count occurs, and how often the predictions would have it occur."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from outfold.draw.candidate_names import called
from outfold.draw.theme import NEGATIVE, POSITIVE, layout
from outfold.judge.count_frequencies import CountFrequencies


def draw(found: CountFrequencies, names: Mapping[str, str] | None = None) -> go.Figure:
    """A hanging rootogram: bars of observed frequency hang from the expected one.

    Square roots make rare counts visible (Tukey 1977; Kleiber & Zeileis 2016). A bar that stops
    above the line at 0 is a count that occurs too seldom, one that goes below occurs too often.

    Args:
        found: The frequencies.
        names: Names of candidates for people.
    """
    above, tall = np.sqrt(found.expected), np.sqrt(found.observed)
    ticks = [str(k) for k in found.counts]
    if found.open:
        ticks[-1] += "+"
    figure = go.Figure()
    figure.add_bar(
        x=found.counts,
        y=tall,
        base=(above - tall).tolist(),
        name="observed",
        marker={"color": POSITIVE, "opacity": 0.65},
        customdata=np.column_stack([found.observed, found.expected]),
        hovertemplate="count %{x}<br>occurs %{customdata[0]:,.0f} times, expected "
        "%{customdata[1]:,.1f}<extra></extra>",
    )
    figure.add_scatter(
        x=found.counts,
        y=above,
        mode="lines+markers",
        name=f"expected at the predictions ({found.law})",
        line={"color": NEGATIVE},
        marker={"symbol": "diamond", "size": 7},
        hoverinfo="skip",
    )
    figure.add_hline(y=0, line={"width": 1})
    if len(ticks) <= 30 or found.open:
        step = max(1, len(ticks) // 20)
        places = sorted({*range(0, len(ticks), step), len(ticks) - 1})
        figure.update_xaxes(tickvals=[int(found.counts[i]) for i in places],
                            ticktext=[ticks[i] for i in places])  # fmt: skip
    below = (
        f"{called(found.candidate, names, 60)}, {found.n:,} "
        f"{'predictions out of fold' if found.out_of_fold else 'rows, in sample'}; "
        f"dispersion {found.dispersion:.2f} (1 for {found.law} counts)."
    )
    return layout(figure, _title(found), below, x="Count", y="Square root of frequency", height=440)


def _title(found: CountFrequencies) -> str:
    zeros, expected = float(found.observed[0]), float(found.expected[0])
    # The number of zeros has about the variance of its expectation.
    if abs(zeros - expected) > 3 * np.sqrt(max(expected, 1.0)):
        if expected < 0.5:
            return f"Zeros occur {zeros:,.0f} times where hardly any are expected"
        return (
            f"Zeros occur {zeros / expected:.1f} times as often as a {found.law} law would have it"
        )
    if found.dispersion > 1.5:
        return (
            f"Counts vary {found.dispersion:.1f} times as much as a {found.law} law would have it"
        )
    if found.dispersion < 0.67:
        return (
            f"Counts vary only {found.dispersion:.2f} times as much as a {found.law} law would have"
        )
    return f"Counts occur about as often as a {found.law} law at the predictions would have it"
