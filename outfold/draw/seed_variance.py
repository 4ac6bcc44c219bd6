"""Each candidate's mean score with several seeds."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from outfold.draw.candidate_names import called, symbols
from outfold.draw.theme import colour_of, layout
from outfold.judge.seed_variance import SeedVariance


def draw(found: SeedVariance, names: Mapping[str, str] | None = None) -> go.Figure:
    """A mark per candidate and seed.

    Args:
        found: The runs beside each other.
        names: Names of candidates for people.
    """
    figure = go.Figure()
    marks = symbols([c.model for c in found.candidates])
    for place, (one, symbol) in enumerate(zip(found.candidates, marks, strict=True)):
        name = called(one.candidate, names)
        figure.add_scatter(
            x=one.scores,
            y=[place] * len(one.scores),
            mode="markers",
            showlegend=False,
            marker={"symbol": symbol, "size": 11, "opacity": 0.75, "color": colour_of(one.model)},
            customdata=[[seed] for seed in found.seeds],
            hovertemplate=f"<b>{name}</b><br>seed %{{customdata[0]}}: %{{x:.4g}}<br>"
            f"mean {one.mean:.4g}, spread {one.std:.2g}<extra></extra>",
        )
    figure.update_yaxes(
        tickvals=list(range(len(found.candidates))),
        ticktext=[called(c.candidate, names, 34) for c in found.candidates],
        autorange="reversed", zeroline=False,
    )  # fmt: skip
    arrow = "more" if found.direction == "higher" else "less"
    return layout(
        figure, found.sentence(),
        f"{len(found.seeds)} seeds: each draws other splits and other random starts; a mark is the "
        "mean over one seed's splits, on rows held out.",
        x=f"{found.label} ({arrow} is better)", y="Candidate",
        height=230 + 34 * len(found.candidates),
    )  # fmt: skip
