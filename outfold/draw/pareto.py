"""Scores against a cost, and the candidates that nothing beats on both."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from outfold.draw.candidate_names import called
from outfold.draw.candidate_rows import to_scale
from outfold.draw.theme import MUTED, NEUTRAL, colour_of, layout
from outfold.judge.tradeoff import Cost, Offer, Tradeoff

ALL_LABELLED = 8
"""Of so few candidates the beaten ones carry their names too."""

APART = (0.35, 0.08)
"""Shares of the two axes within which a second name would be written over the first."""


def draw(found: Tradeoff, names: Mapping[str, str] | None = None) -> go.Figure:
    """A scatter of score against cost with the Pareto front as a line.

    Candidates on the front are full, the others hollow; names stand where there is room. The
    cheapest that is good enough is a star. A baseline far from all others is named at the edge, so
    that the others can be told apart.

    Args:
        found: The trade-off.
        names: Names of candidates for people.
    """
    figure = go.Figure()
    front = list(found.front())
    costs = [o.cost for o in found.offers]
    log = len(costs) > 1 and min(costs) > 0 and max(costs) / min(costs) > 20
    figure.add_scatter(
        x=[o.cost for o in front], y=[o.score for o in front], mode="lines", name="front",
        # Faint and whole, because names stand over it: dashes would look like a part of letters.
        line={"color": MUTED, "width": 1.5, "shape": "hv"}, hoverinfo="skip",
    )  # fmt: skip
    far, ends = to_scale(
        [o.score for o in found.offers], [o.low for o in found.offers],
        [o.high for o in found.offers], [o.baseline for o in found.offers],
    )  # fmt: skip
    near = [o for o, is_far in zip(found.offers, far, strict=True) if not is_far]
    named = _named(near, found, costs, log)
    groups = {
        "on the front": [o for o in front if o in near],
        "beaten on both": [o for o in near if not o.on_front],
    }
    for name, offers in groups.items():
        full = name == "on the front"
        colours = [colour_of(o.model) for o in offers]
        figure.add_scatter(
            x=[o.cost for o in offers],
            y=[o.score for o in offers],
            error_y={
                "array": [_or_nothing(o.high - o.score) for o in offers],
                "arrayminus": [_or_nothing(o.score - o.low) for o in offers],
                "color": NEUTRAL, "thickness": 0.7, "width": 0,
            },
            mode="markers+text",
            text=[called(o.candidate, names, 30) if o.candidate in named else "" for o in offers],
            textposition=[_beside(o, found, costs, log) for o in offers],
            cliponaxis=False,
            name=name,
            marker={
                "color": colours,
                "size": [17 if o.candidate == found.cheapest else 11 for o in offers],
                "symbol": [_symbol(o, found, full) for o in offers],
                "line": {"width": 2, "color": colours},
            },
            customdata=[
                [called(o.candidate, names, 120), _words(o), amount(o.cost, found.cost)]
                for o in offers
            ],
            hovertemplate=f"<b>%{{customdata[0]}}</b><br>{found.label} %{{y:.4g}}<br>"
            f"{found.cost_label}: %{{customdata[2]}}<br>%{{customdata[1]}}<extra></extra>",
        )  # fmt: skip
    below = (
        f"{len(front)} of {len(found.offers)} candidates are on the front (full markers). "
        f"Star: the cheapest that is {found.tolerance}. Bars: intervals of the score."
    )
    scale = "log scale" if log else found.cost_unit
    unit = f"{found.cost_label} ({scale}, less is better)"
    arrow = "more is better" if found.direction == "higher" else "less is better"
    if log:
        ticks = _ticks(min(costs), max(costs))
        texts = [amount(t, found.cost) for t in ticks]
        figure.update_xaxes(type="log", tickvals=ticks, ticktext=texts)
    else:
        figure.update_xaxes(rangemode="tozero")
    for offer, is_far in zip(found.offers, far, strict=True):
        if is_far and ends:
            name = called(offer.candidate, names, 30)
            said = f"{name} {offer.score:.4g}, {amount(offer.cost, found.cost)}"
            _at_edge(figure, offer, said, *ends)
    return layout(
        figure, _title(found, names), below if found.offers else "", x=unit,
        y=f"{found.label} ({arrow})", height=500,
    )  # fmt: skip


def _at_edge(figure: go.Figure, offer: Offer, text: str, low: float, high: float) -> None:
    """Name a candidate that lies outside, with an arrow towards it."""
    below, room = offer.score < low, 0.15 * (high - low)
    figure.update_yaxes(range=[low - room * (1 + below), high + room * (2 - below)])
    # The whole picture is the frame: outside the points' range a cost has no place on the axis.
    figure.add_annotation(
        x=0, xref="paper", y=0 if below else 1, yref="paper", xanchor="left",
        yanchor="bottom" if below else "top", text=f"{'↓' if below else '↑'} {text}",
        showarrow=False, font={"color": NEUTRAL},
    )  # fmt: skip


def _named(near: list[Offer], found: Tradeoff, costs: list[float], log: bool) -> set[str]:
    """Who carries a name: what matters most first, and nobody whose name would cover another's."""
    offers = sorted(
        near,
        key=lambda o: (o.candidate != found.cheapest, o.candidate != found.best, not o.on_front),
    )
    across = [np.log10(c) if log else c for c in costs]
    up = [o.score for o in near]
    wide, high = (max(np.ptp(v), 1e-12) if v else 1.0 for v in (across, up))
    kept: list[tuple[float, float, str]] = []
    for offer in offers:
        if not offer.on_front and len(near) > ALL_LABELLED:
            continue
        x, y = float(np.log10(offer.cost) if log else offer.cost) / wide, offer.score / high
        if all(abs(x - a) > APART[0] or abs(y - b) > APART[1] for a, b, _ in kept):
            kept.append((x, y, offer.candidate))
    return {name for _, _, name in kept}


def _beside(offer: Offer, found: Tradeoff, costs: list[float], log: bool) -> str:
    """Where a name stands: on the side away from the front, and never out of the picture."""
    low, high, here = (np.log10(v) if log else v for v in (min(costs), max(costs), offer.cost))
    side = "left" if high > low and (here - low) / (high - low) > 0.6 else "right"
    return f"{'bottom' if found.direction == 'higher' else 'top'} {side}"


def amount(cost: float, kind: Cost) -> str:
    """A cost in the unit that suits its size: ``4.2 ms``, ``1.3 MB``."""
    steps = (
        [(1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (0.0, "bytes")]
        if kind.endswith("bytes")
        else [(1.0, "s"), (1e-3, "ms"), (0.0, "µs")]
    )
    least, unit = next(step for step in steps if cost >= step[0])
    per = {"bytes": 1.0, "µs": 1e-6}.get(unit, least)
    return f"{cost / per:.3g} {unit}"


def _ticks(low: float, high: float) -> list[float]:
    """1, 2 and 5 times the powers of ten around a range; of a wide one the powers alone."""
    first, last = int(np.floor(np.log10(low))), int(np.ceil(np.log10(high)))
    steps = (1, 2, 5) if last - first <= 3 else (1,)
    return [float(s * 10.0**e) for e in range(first, last + 1) for s in steps]


def _symbol(offer: Offer, found: Tradeoff, full: bool) -> str:
    if offer.candidate == found.cheapest:
        return "star"
    return "diamond" if full else "circle-open"


def _words(offer: Offer) -> str:
    parts = ["on the front" if offer.on_front else "beaten on both"]
    if offer.good_enough:
        parts.append("as good as the best")
    if offer.baseline:
        parts.append("baseline")
    return ", ".join(parts)


def _or_nothing(length: float) -> float:
    return 0.0 if np.isnan(length) else max(0.0, length)


def _title(found: Tradeoff, names: Mapping[str, str] | None) -> str:
    if not found.best:
        return "No candidate has both a score and a cost yet"
    best, cheap = called(found.best, names), called(found.cheapest, names)
    if found.cheapest == found.best or found.saving() < 1.05:
        return f"{best} scores best, and nothing as good costs notably less"
    return (
        f"{cheap} is as good as the best within its uncertainty "
        f"and {found.saving():.2g} times cheaper"
    )
