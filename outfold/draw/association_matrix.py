"""Every pair's association in one clustered square."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from outfold.draw.theme import DIVERGING, DIVERGING_DARK, SEQUENTIAL, label, layout
from outfold.explore.associations import SIGNIFICANT, Associations
from outfold.explore.measures import MEASURES, ORDER, Floats
from outfold.explore.multiplicity import shown_p
from outfold.explore.redundancy import strengths, tree

Texts = npt.NDArray[np.object_]
STRONG = 1e-9
OUTLINE = "#B27D00"

MOST = 200
"""Columns that are drawn; beyond that, those with the strongest associations."""
CLICKABLE = 40
"""Up to this many columns every cell is a point that can be chosen and marked."""
STRONGEST = 1500
"""Pairs that can be chosen where there are more columns: the strongest."""
WRITTEN = 8
"""Up to this many columns the values stand in the cells."""
SLANTED, ALL_NAMED = 13, 19
"""Up to so many columns all are named on a narrow screen too, slanted or upright; of more, those
that have room."""
LABELS = 60
"""Beyond this many columns cells touch, and hover texts leave out the names' long forms."""
OUTLINED = 0.5
"""Columns are outlined together that an average-linkage tree joins at this mean strength."""
GREYS: list[str] = [
    "#F7F7F7", "#ECECEC", "#DFDFDF", "#CFCFCF", "#BDBDBD",
    "#A8A8A8", "#919191", "#7A7A7A", "#646464", "#4D4D4D",
]  # fmt: skip
"""For measures without a sign: no hue, so that nobody takes them for positive ones."""
GREYS_DARK: list[str] = [
    "#262C30", "#343A3D", "#43484B", "#54585B", "#676B6D",
    "#7C7F81", "#929596", "#AAACAD", "#C6C7C7", "#E4E4E4",
]  # fmt: skip
"""The same on a dark ground."""


def draw(
    found: Associations,
    *,
    hide_insignificant: bool = False,
    verb: str = "go together",
    apart: str = "No pair of columns has a measurable association",
    only_positive: bool = False,
    dark: bool = False,
) -> go.Figure:
    """A heatmap with strongly associated columns side by side.

    Measures with a sign are red to blue; those without one, from 0 to 1, are grey, in smaller
    cells and with a scale of their own. Cells that are not significant after the correction carry
    a cross (up to 40 columns), or can be left blank. Points over the cells (all of up to 40
    columns, else the strongest pairs) have the customdata ``[a, b]``.

    Args:
        found: The associations of all pairs.
        hide_insignificant: Leave cells blank that are not significant after the correction.
        verb: What the strongest pair does most, for the title.
        apart: The title where no pair does.
        only_positive: Whether only a significant pair of positive value does.
        dark: Whether the ground is dark, where weak cells have to be dark too.
    """
    names = list(_shown(found))
    if len(found) == 0 or len(names) < 2:
        return layout(go.Figure(), "There are not two columns to put beside each other", height=160)
    place = {name: i for i, name in enumerate(found.columns)}
    at = [place[name] for name in names]
    pick = np.ix_(at, at)
    value = found.square(found.value, np.nan, np.nan)[pick]
    adjusted = found.square(found.p_adjusted, np.nan, np.nan)[pick]
    measure = found.square(found.measure, 255, 255)[pick]
    cells = _cells(found)[pick]
    doubtful = ~(adjusted < SIGNIFICANT) & ~np.isnan(value)
    shown = np.where(doubtful, np.nan, value) if hide_insignificant else value
    axis = _distinct([label(name, 22) for name in names])
    figure = go.Figure(_heatmaps(found, shown, measure, doubtful, cells, names, axis, dark))
    figure.add_traces(_points(names, axis, value, doubtful & ~np.isnan(shown), cells))
    outlined = _outline(figure, found, names)
    _axes(figure, axis)
    side = int(np.clip(180 + 26 * len(names), 320, 900))
    below = _subtitle(found, len(names), outlined)
    return layout(figure, _title(found, verb, apart, only_positive), below, height=side)


def _shown(found: Associations) -> tuple[str, ...]:
    ordered = found.ordered()
    if len(ordered) <= MOST:
        return ordered
    square = strengths(found)
    np.fill_diagonal(square, 0.0)
    best = set(np.argsort(-square.max(axis=0), kind="stable")[:MOST])
    kept = {found.columns[i] for i in best}
    return tuple(name for name in ordered if name in kept)


def _distinct(names: list[str]) -> list[str]:
    """Shortened names made different again by an invisible mark."""
    seen: dict[str, int] = {}
    result = []
    for name in names:
        seen[name] = seen.get(name, -1) + 1
        result.append(name + "\u200b" * seen[name])
    return result


def _cells(found: Associations) -> Texts:
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


def _heatmaps(
    found: Associations,
    value: Floats,
    measure: npt.NDArray[np.uint8],
    doubtful: npt.NDArray[np.bool_],
    cells: Texts,
    names: list[str],
    axis: list[str],
    dark: bool,
) -> list[go.Heatmap]:
    """One square of the measures with a sign, one of those without, each with its scale."""
    signed = np.isin(measure, [i for i, key in enumerate(ORDER) if MEASURES[key].signed])
    unsigned = (measure < len(ORDER)) & ~signed
    used = [MEASURES[m] for m in found.measures_used() if not MEASURES[m].signed]
    long = len(names) <= LABELS
    greys = GREYS_DARK if dark else GREYS
    with_sign, without = (
        DIVERGING_DARK if dark else DIVERGING,
        greys if signed.any() else SEQUENTIAL,
    )
    both = []
    for mask, has_sign in ((signed, True), (unsigned, False)):
        if not mask.any():
            continue
        z = np.where(mask, value, np.nan)
        top, unit = 1.0, "±" if has_sign else "no sign"
        if not has_sign and used and not any(m.bounded for m in used):
            top, unit = float(np.nanmax(found.value, initial=STRONG)), "nats"
        elif not has_sign and any(not m.bounded for m in used):
            unbounded = [i for i, key in enumerate(ORDER) if not MEASURES[key].bounded]
            z = np.where(np.isin(measure, unbounded), np.sqrt(-np.expm1(-2 * np.abs(z))), z)
        gap = 1 if has_sign else 5 if len(names) <= 25 else 2
        half = (
            {"len": 0.48, "y": 0.76 if has_sign else 0.24} if signed.any() & unsigned.any() else {}
        )
        written = len(names) <= WRITTEN
        both.append(
            go.Heatmap(
                x=axis,
                y=axis,
                z=np.round(z, 4),
                zmin=-1.0 if has_sign else 0.0,
                zmax=top,
                colorscale=with_sign if has_sign else without,
                colorbar={
                    "title": {"text": unit, "font": {"size": 11}},
                    "thickness": 10,
                    "xpad": 4,
                    "outlinewidth": 0,
                    "tickfont": {"size": 10},
                    **half,
                },
                customdata=cells,
                text=_texts(z, doubtful, has_sign) if written else None,
                texttemplate="%{text}" if written else None,
                textfont={"size": 10},
                hoverongaps=False,
                hovertemplate="%{x} × %{y}<br>%{customdata}<extra></extra>",
                xgap=gap if long else 0,
                ygap=gap if long else 0,
            )
        )
    return both


def _texts(value: Floats, doubtful: npt.NDArray[np.bool_], has_sign: bool) -> list[list[str]]:
    """Values as they stand in the cells, short for narrow screens; cells with a cross stay free."""
    form = "+.2f" if has_sign else ".2f"
    return [
        [
            "" if v != v or d else f"{v:{form}}".replace("-", "−").replace("0.", ".", 1)
            for v, d in zip(row, crossed, strict=True)
        ]
        for row, crossed in zip(value, doubtful, strict=True)
    ]


def _points(
    names: list[str],
    axis: list[str],
    value: Floats,
    doubtful: npt.NDArray[np.bool_],
    cells: Texts,
) -> list[go.Scatter | go.Scattergl]:
    """A point on every cell, or the strongest: unseen where significant, a cross where not."""
    size = int(np.clip(420 / len(names), 4, 26))
    many = len(names) > CLICKABLE
    chosen = ~np.isnan(value)
    if many:
        size_of = np.where(chosen, np.abs(value), 0.0)
        kept = min(size_of.size - 1, 2 * STRONGEST)
        chosen &= size_of >= np.partition(size_of, -kept, axis=None)[-kept]
    traces = []
    for crossed in (False,) if many else (False, True):
        y, x = np.nonzero(chosen & (many | (doubtful == crossed)))
        traces.append(
            (go.Scattergl if many else go.Scatter)(
                x=[axis[j] for j in x],
                y=[axis[i] for i in y],
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


def _outline(figure: go.Figure, found: Associations, names: list[str]) -> int:
    """A frame around each cluster of columns on the diagonal; how many were drawn."""
    from scipy.cluster import hierarchy

    if len(found.columns) < 4:
        return 0
    merges = tree(found, "average")
    part = hierarchy.fcluster(merges, 1.0 - OUTLINED + 1e-12, criterion="distance")
    of = dict(zip(found.columns, part, strict=True))
    shapes, start = [], 0
    for stop in range(1, len(names) + 1):
        if stop < len(names) and of[names[stop]] == of[names[start]]:
            continue
        if 1 < stop - start < len(names):
            corners = {"x0": start - 0.5, "x1": stop - 0.5, "y0": start - 0.5, "y1": stop - 0.5}
            line = {"color": OUTLINE, "width": 2}
            shapes.append({"type": "rect", "line": line, "fillcolor": "rgba(0,0,0,0)", **corners})
        start = stop
    figure.update_layout(shapes=shapes)
    return len(shapes)


def _axes(figure: go.Figure, axis: list[str]) -> None:
    many = len(axis)
    size = 12 if many <= SLANTED else 11 if many <= ALL_NAMED else 10 if many <= LABELS else 9
    common: dict[str, Any] = {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": axis,
        "tickfont": {"size": size},
        "showgrid": False,
        "zeroline": False,
    }
    if many <= ALL_NAMED:
        common |= {"tickmode": "array", "tickvals": axis}
    # Of more names as many are written as there is room for; zooming in brings the others.
    end = many - 0.5
    angle = 0 if many <= 4 else -90 if SLANTED < many <= ALL_NAMED else -60
    figure.update_xaxes(tickangle=angle, range=[-0.5, end], **common)
    figure.update_yaxes(range=[end, -0.5], **common)


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


def _subtitle(found: Associations, drawn: int, outlined: int) -> str:
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
    if any(not MEASURES[m].signed for m in found.measures_used()) and any(
        MEASURES[m].signed for m in found.measures_used()
    ):
        parts.append("red to blue: with a sign; grey, smaller cells: without one")
    if outlined:
        parts.append(f"frames: columns that go together by {OUTLINED:g} or more on average")
    if ALL_NAMED < drawn <= CLICKABLE:
        parts.append("point at a cell where a name has no room")
    if drawn > CLICKABLE:
        parts.append("draw a rectangle to zoom in and see all names")
    return "; ".join(parts)
