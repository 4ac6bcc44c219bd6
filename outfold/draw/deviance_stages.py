"""Deviance by boosting round, in training and out of fold."""

from __future__ import annotations

import plotly.graph_objects as go

from outfold.draw.theme import NEUTRAL, colour_of, label, layout
from outfold.judge.deviance_trace import TracedCandidate


def deviance_stages(found: TracedCandidate, name: str) -> go.Figure:
    """Mean deviance a row after each tree, with the best stage out of fold marked.

    Args:
        found: A candidate with stages.
        name: Its name for people.
    """
    stages = found.stages
    assert stages is not None
    colour = colour_of(found.candidate.model.key)
    low, high = stages.test - stages.test_error, stages.test + stages.test_error
    figure = go.Figure()
    if found.splits > 1:
        figure.add_scatter(
            x=[*stages.at, *stages.at[::-1]],
            y=[*high, *low[::-1]],
            fill="toself",
            fillcolor=colour,
            opacity=0.15,
            mode="lines",
            line={"width": 0},
            hoverinfo="skip",
            showlegend=False,
        )
    figure.add_scatter(
        x=stages.at,
        y=stages.test,
        mode="lines",
        name="Out of fold",
        line={"color": colour, "width": 2.5},
        customdata=stages.test_error,
        hovertemplate="<b>out of fold</b><br>after %{x:,} trees: %{y:.4g}"
        " ± %{customdata:.2g}<extra></extra>",
    )
    figure.add_scatter(
        x=stages.at,
        y=stages.train,
        mode="lines",
        name="In training",
        line={"color": colour, "width": 2, "dash": "dot"},
        hovertemplate="<b>in training</b><br>after %{x:,} trees: %{y:.4g}<extra></extra>",
    )
    figure.add_scatter(
        x=[stages.best_stage],
        y=[stages.test[stages.best]],
        mode="markers",
        name="Best stage out of fold",
        marker={"color": colour, "size": 12, "symbol": "star"},
        hovertemplate="best after %{x:,} trees: %{y:.4g}<extra></extra>",
    )
    figure.add_hline(
        y=found.test_null,
        line={"color": NEUTRAL, "dash": "dash"},
        annotation_text="null model",
        annotation_position="bottom right",
    )
    last = int(stages.at[-1])
    word = label(name)
    if stages.best_stage == last:
        title = f"{word} still improves out of fold at its last tree, the {last:,}th"
    else:
        worse = stages.test[-1] / stages.test[stages.best] - 1
        title = (
            f"{word} is best out of fold after {stages.best_stage:,} of {last:,} trees; the rest "
            f"{'adds' if worse >= 0.0005 else 'changes next to nothing:'} {worse:.1%}"
            f"{' of deviance' if worse >= 0.0005 else ''}"
        )
    return layout(
        figure, title,
        f"Pooled over {found.splits} splits; band: ± one standard error over the splits",
        x="Trees", y="Mean deviance per row", yaxis_rangemode="tozero", height=460,
    )  # fmt: skip
