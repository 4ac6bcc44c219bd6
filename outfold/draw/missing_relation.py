"""Whether a value's being missing tells something of the target."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import plotly.graph_objects as go

from outfold.data.wording import percent
from outfold.draw.theme import NEUTRAL, POSITIVE, label, layout, starred
from outfold.explore.associations import SIGNIFICANT
from outfold.explore.measures import MEASURES
from outfold.explore.missing import Gap, Missingness
from outfold.explore.multiplicity import shown_p

MOST = 30


def draw(found: Missingness, apart: Collection[str] = ()) -> go.Figure:
    """One mark a column with missing values: how strongly their being missing goes with the target.

    Args:
        found: Measured with a target.
        apart: Columns that are no features; they carry a star.
    """
    tested = [g for g in found.gaps if not np.isnan(g.value)]
    if not tested or found.target is None:
        text = (
            "No value is missing"
            if not found.gaps
            else "Missing values cannot be set against "
            f"{label(found.target) if found.target is not None else 'a target'}"
        )
        return layout(go.Figure(), text, height=160)
    ranked = sorted(tested, key=lambda g: -abs(g.value))
    rows = ranked[:MOST][::-1]
    figure = go.Figure()
    for told, symbol, words in ((True, "circle", "related"), (False, "circle-open", "no relation")):
        places = [i for i, g in enumerate(rows) if g.informative == told]
        if not places:
            continue
        figure.add_scatter(
            x=[abs(rows[i].value) for i in places],
            y=places,
            mode="markers",
            name=f"{words} found",
            marker={"symbol": symbol, "size": 10, "color": POSITIVE if told else NEUTRAL},
            customdata=[_hover(rows[i]) for i in places],
            hovertemplate="%{customdata}<extra></extra>",
        )
    figure.update_yaxes(
        tickvals=list(range(len(rows))), ticktext=[starred(g.column, apart) for g in rows]
    )
    informative = found.informative()
    name = label(found.target)
    title = (
        f"In {len(informative)} of {len(tested)} columns, being missing goes with {name}; "
        f"{label(informative[0])} most"
        if informative
        else f"In none of {len(tested)} columns is being missing seen to go with {name}"
    )
    advice = "A related gap is a feature of its own" if informative else "That is no proof"
    star = ". A star: not a feature" if any(g.column in apart for g in rows) else ""
    return layout(
        figure,
        title,
        f"Filled: significant at {SIGNIFICANT:g} after Benjamini–Hochberg. {advice}{star}",
        x="Strength of association of being missing, 0 to 1",
        height=250 + 22 * len(rows),
        xaxis_range=[-0.02, max(0.25, 1.1 * max(abs(g.value) for g in rows))],
        yaxis_range=[-0.7, len(rows) - 0.3],
    )


def _hover(gap: Gap) -> str:
    assert gap.measure is not None
    return (
        f"<b>{label(gap.column, 80)}</b><br>{gap.missing:,} rows ({percent(gap.share)}) missing"
        f"<br>{MEASURES[gap.measure].label} {gap.value:.3f}"
        f"<br>p {shown_p(gap.p_value)}, adjusted {shown_p(gap.p_adjusted)}"
    )
