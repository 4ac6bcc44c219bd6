"""A stepwise search: the deviance and the criterion after every step."""

from __future__ import annotations

import plotly.graph_objects as go

from outfold.draw.theme import NEUTRAL, POSITIVE, label, layout
from outfold.judge.step_selection import StepPath


def step_waterfall(path: StepPath) -> go.Figure:
    """Residual deviance as bars and AIC or BIC as a line, from the start to the chosen model."""
    names = ["Start", *(label(s.action, 24) for s in path.steps[1:])]
    places = list(range(len(names)))
    word = path.criterion.upper()
    figure = go.Figure(
        [
            go.Bar(
                x=places,
                y=[s.deviance for s in path.steps],
                name="Residual deviance",
                marker={"color": NEUTRAL},
                customdata=[[label(s.formula, 120), s.df_residual] for s in path.steps],
                hovertemplate="%{customdata[0]}<br>deviance %{y:,.4g} on %{customdata[1]:,} df"
                "<extra></extra>",
            ),
            go.Scatter(
                x=places,
                y=[s.criterion for s in path.steps],
                name=word,
                yaxis="y2",
                mode="lines+markers",
                line={"color": POSITIVE},
                hovertemplate=f"{word} %{{y:,.2f}}<extra></extra>",
            ),
        ]
    )
    figure.update_xaxes(tickvals=places, ticktext=names)
    first, last = path.steps[0], path.steps[-1]
    taken = len(path.steps) - 1
    title = (
        f"{taken} step{'s' * (taken != 1)} lower the {word} from {first.criterion:,.1f} to "
        f"{last.criterion:,.1f}"
        if taken
        else f"No step lowers the {word} below {first.criterion:,.1f}"
    )
    return layout(
        figure, title, path.notes[0] if path.notes else "", x="Step", y="Residual deviance",
        # Ticks of its own: by default they stand beside those on the left, at odd figures.
        yaxis2={"title": {"text": word}, "overlaying": "y", "side": "right", "showgrid": False,
                "tickmode": "auto", "nticks": 6},
    )  # fmt: skip
