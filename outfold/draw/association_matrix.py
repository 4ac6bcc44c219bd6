"""Every pair's association in one clustered square."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from outfold.draw.theme import DIVERGING, SEQUENTIAL, label, layout
from outfold.explore.associations import SIGNIFICANT, Associations
from outfold.explore.measures import MEASURES, ORDER, Floats
from outfold.explore.multiplicity import shown_p
from outfold.explore.redundancy import strengths

MOST = 200
"""Columns that are drawn; beyond that, those with the strongest associations."""
CLICKABLE = 40
"""Up to this many columns every cell is a point that can be chosen and marked."""
LABELS = 60
"""Names on each axis; with more columns every second, third, … is named."""
STRONG = 1e-9


def draw(
    found: Associations,
    *,
    hide_insignificant: bool = False,
    verb: str = "go together",
    apart: str = "No pair of columns has a measurable association",
    only_positive: bool = False,
) -> go.Figure:
    """A heatmap with strongly associated columns side by side.

    Cells that are not significant after the correction carry a cross (up to 40 columns), or can be
    left blank. Up to 40 columns each cell is also a point whose customdata is ``[a, b]``.

    Args:
        found: The associations of all pairs.
        hide_insignificant: Leave cells blank that are not significant after the correction.
        verb: What the strongest pair does most, for the title.
        apart: The title where no pair does.
        only_positive: Whether only a significant pair of positive value does.
    """
    names = list(_shown(found))
    if len(found) == 0 or len(names) < 2:
        return layout(go.Figure(), "There are not two columns to put beside each other", height=160)
    place = {name: i for i, name in enumerate(found.columns)}
    at = [place[name] for name in names]
    pick = np.ix_(at, at)
    value = found.square(found.value, np.nan, np.nan)[pick]
    adjusted = found.square(found.p_adjusted, np.nan, np.nan)[pick]
    cells = _cells(found)[pick]
    doubtful = ~(adjusted < SIGNIFICANT) & ~np.isnan(value)
    shown = np.where(doubtful, np.nan, value) if hide_insignificant else value
    figure = go.Figure(_heatmap(found, shown, cells, names))
    if len(names) <= CLICKABLE:
        figure.add_traces(_points(names, value, doubtful & ~np.isnan(shown), cells))
    _axes(figure, names)
    side = int(np.clip(180 + 26 * len(names), 320, 900))
    return layout(
        figure, _title(found, verb, apart, only_positive), _subtitle(found, len(names)), height=side
    )


def _shown(found: Associations) -> tuple[str, ...]:
    ordered = found.ordered()
    if len(ordered) <= MOST:
        return ordered
    square = strengths(found)
    np.fill_diagonal(square, 0.0)
    best = set(np.argsort(-square.max(axis=0), kind="stable")[:MOST])
    kept = {found.columns[i] for i in best}
    return tuple(name for name in ordered if name in kept)


def _cells(found: Associations) -> np.ndarray[tuple[int, int], np.dtype[np.object_]]:
    """What each cell says when pointed at."""
    labels = [MEASURES[key].label for key in ORDER] + [""] * (256 - len(ORDER))
    texts = np.array(
        [
            f"{labels[pair_measure]} {v:.3f}<br>p {shown_p(p)}, adjusted {shown_p(q)}"
            f"<br>{n:,} rows" + ("" if q < SIGNIFICANT else "<br>not significant")
            if v == v
            else f"no value: {found_reason or 'not measured'}<br>{n:,} rows"
            for pair_measure, v, p, q, n, found_reason in zip(
                found.measure,
                found.value,
                found.p_value,
                found.p_adjusted,
                found.n,
                found.reasons(),
                strict=True,
            )
        ],
        dtype=object,
    )
    return found.square(texts, "the column itself", "no measure for this pair")


def _heatmap(
    found: Associations,
    value: Floats,
    cells: np.ndarray[tuple[int, int], np.dtype[np.object_]],
    names: list[str],
) -> go.Heatmap:
    used = [MEASURES[m] for m in found.measures_used()]
    signed = any(m.signed for m in used)
    bounded = all(m.bounded for m in used)
    top = 1.0 if bounded else float(np.nanmax(found.value, initial=STRONG))
    count = list(range(len(names)))
    shown = np.array([label(name, 60) for name in names], dtype=object)
    return go.Heatmap(
        x=count,
        y=count,
        z=np.round(value, 4),
        zmin=-1.0 if signed else 0.0,
        zmax=top,
        colorscale=DIVERGING if signed else SEQUENTIAL,
        colorbar={
            "title": {"text": "" if bounded else "nats"},
            "thickness": 12,
            "outlinewidth": 0,
        },
        customdata=cells,
        text=[[f"{a} × {b}" for a in shown] for b in shown] if len(names) <= LABELS else None,
        hovertemplate=(
            "%{text}<br>%{customdata}<extra></extra>"
            if len(names) <= LABELS
            else "%{customdata}<extra>%{z:.3f}</extra>"
        ),
        xgap=1 if len(names) <= LABELS else 0,
        ygap=1 if len(names) <= LABELS else 0,
    )


def _points(
    names: list[str],
    value: Floats,
    doubtful: np.ndarray[tuple[int, int], np.dtype[np.bool_]],
    cells: np.ndarray[tuple[int, int], np.dtype[np.object_]],
) -> list[go.Scatter]:
    """A point on every cell: unseen where significant, a cross where not."""
    size = int(np.clip(420 / len(names), 6, 26))
    traces = []
    for crossed in (False, True):
        y, x = np.nonzero(~np.isnan(value) & (doubtful == crossed))
        traces.append(
            go.Scatter(
                x=x,
                y=y,
                mode="markers",
                name="not significant" if crossed else "",
                showlegend=False,
                marker={
                    "symbol": "x-thin" if crossed else "square",
                    "size": min(size, 9) if crossed else size,
                    "opacity": 0.6 if crossed else 0.0,
                    "color": "#7F7F7F",
                    "line": {"width": 1, "color": "#7F7F7F"},
                },
                customdata=[[names[j], names[i]] for i, j in zip(y, x, strict=True)],
                text=[
                    f"{label(names[j], 60)} × {label(names[i], 60)}<br>{cells[i, j]}"
                    for i, j in zip(y, x, strict=True)
                ],
                hovertemplate="%{text}<extra></extra>",
            )
        )
    return traces


def _axes(figure: go.Figure, names: list[str]) -> None:
    step = -(-len(names) // LABELS)
    ticks = list(range(0, len(names), step))
    words = [label(names[i], 24) for i in ticks]
    size = 12 if len(names) <= 25 else 10 if len(names) <= LABELS else 8
    common = {"tickvals": ticks, "ticktext": words, "tickfont": {"size": size}, "showgrid": False}
    end = len(names) - 0.5
    figure.update_xaxes(
        tickangle=-60 if len(names) > 4 else 0, zeroline=False, range=[-0.5, end], **common
    )
    figure.update_yaxes(range=[end, -0.5], zeroline=False, **common)


def _title(found: Associations, verb: str, apart: str, only_positive: bool) -> str:
    best = found.strongest(len(found) if only_positive else 1)
    if only_positive:
        best = best[(found.value[best] > 0) & found.significant()[best]]
    if not len(best):
        return apart
    pair = found.at(int(best[0]))
    assert pair.measure is not None
    return (
        f"{label(pair.a, 28)} and {label(pair.b, 28)} {verb} most "
        f"({MEASURES[pair.measure].label} {pair.value:.2f}, {pair.n:,} rows)"
    )


def _subtitle(found: Associations, drawn: int) -> str:
    tested = int((~np.isnan(found.p_adjusted)).sum())
    parts = [
        f"{int(found.significant().sum()):,} of {tested:,} pairs are significant at "
        f"{SIGNIFICANT:g} after Benjamini–Hochberg"
        + ("; a cross marks the others" if drawn <= CLICKABLE else "")
    ]
    parts.append(
        "missing values left out pair by pair"
        if found.missing == "pairwise"
        else "only rows without any missing value"
    )
    if drawn < len(found.columns):
        parts.append(f"the {drawn} of {len(found.columns):,} columns with the strongest links")
    if drawn > LABELS:
        parts.append("not every column is named on the axes")
    return "; ".join(parts)
