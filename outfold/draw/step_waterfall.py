"""A stepwise search: the deviance from null to saturated, and the criterion after every step."""

from __future__ import annotations

import plotly.graph_objects as go

from outfold.draw.theme import MUTED, NEGATIVE, NEUTRAL, POSITIVE, label, layout
from outfold.judge.expression import unquoted
from outfold.judge.step_selection import StepPath

CRITERION = "#B8609B"


def step_waterfall(path: StepPath) -> go.Figure:
    """The null deviance, what the start and each step take off or add, and what is left.

    The last bar goes down to 0, the deviance of a saturated model; AIC or BIC is a line.
    """
    first, last = path.steps[0], path.steps[-1]
    moves = [b.deviance - a.deviance for a, b in zip(path.steps, path.steps[1:], strict=False)]
    names = [
        "Null",
        "Start",
        *(label(unquoted(s.action), 24) for s in path.steps[1:]),
        "Left",
        "Saturated",
    ]
    values = [path.null_deviance, first.deviance - path.null_deviance, *moves, -last.deviance, 0.0]
    kinds = ["absolute", *["relative"] * (len(values) - 2), "total"]
    said = ["null model", f"start: {label(first.formula, 120)}"]
    said += [f"{label(s.formula, 120)}<br>{s.df_residual:,} residual df" for s in path.steps[1:]]
    said += [f"left by {label(last.formula, 120)}", "a model with a coefficient for every row"]
    after = [path.null_deviance, *(s.deviance for s in path.steps), last.deviance, 0.0]
    places = list(range(len(names)))
    word = path.criterion.upper()
    figure = go.Figure(
        go.Waterfall(
            x=places,
            y=values,
            measure=kinds,
            name="Deviance",
            customdata=list(zip(said, after, strict=True)),
            decreasing={"marker": {"color": POSITIVE}},
            increasing={"marker": {"color": NEGATIVE}},
            totals={"marker": {"color": NEUTRAL}},
            connector={"line": {"color": MUTED}},
            hovertemplate="%{customdata[0]}<br>deviance %{customdata[1]:,.4g}<extra></extra>",
        )
    )
    figure.add_scatter(
        x=places[1:-2],
        y=[s.criterion for s in path.steps],
        name=word,
        yaxis="y2",
        mode="lines+markers",
        line={"color": CRITERION},
        hovertemplate=f"{word} %{{y:,.2f}}<extra></extra>",
    )
    figure.update_xaxes(tickvals=places, ticktext=names)
    taken = len(path.steps) - 1
    title = (
        f"{taken} step{'s lower' if taken != 1 else ' lowers'} the {word} from "
        f"{first.criterion:,.1f} to {last.criterion:,.1f}"
        if taken
        else f"No step lowers the {word} below {first.criterion:,.1f}"
    )
    return layout(
        figure, title, path.notes[0] if path.notes else "", x="Step", y="Deviance",
        # Ticks of its own: by default they stand beside those on the left, at odd figures.
        yaxis2={"title": {"text": word}, "overlaying": "y", "side": "right", "showgrid": False,
                "tickmode": "auto", "nticks": 6},
    )  # fmt: skip
