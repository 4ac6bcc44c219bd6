"""Deviance along the strength of a penalty, in training and out of fold."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from outfold.draw.theme import NEUTRAL, colour_of, label, layout
from outfold.judge.deviance_trace import DeviancePath


def deviance_path(found: DeviancePath, name: str) -> go.Figure:
    """Mean deviance a row against the penalty, the best and the candidate's own value marked.

    Args:
        found: The path.
        name: The candidate's name for people.
    """
    colour = colour_of(found.model)
    figure = go.Figure()
    figure.add_scatter(
        x=found.values,
        y=found.test,
        mode="lines+markers",
        name="Out of fold",
        line={"color": colour, "width": 2.5},
        error_y={"type": "data", "array": np.nan_to_num(found.test_error), "thickness": 1},
        customdata=found.test_error,
        hovertemplate="<b>out of fold</b><br>%{x:.3g}: %{y:.4g} ± %{customdata:.2g}<extra></extra>",
    )
    figure.add_scatter(
        x=found.values,
        y=found.train,
        mode="lines+markers",
        name="In training",
        line={"color": colour, "width": 2, "dash": "dot"},
        hovertemplate="<b>in training</b><br>%{x:.3g}: %{y:.4g}<extra></extra>",
    )
    marks = [("Best out of fold", found.best, "star")]
    if found.simplest != found.best:
        marks.append(("Strongest within one standard error", found.simplest, "diamond"))
    for word, place, symbol in marks:
        figure.add_scatter(
            x=[found.values[place]],
            y=[found.test[place]],
            mode="markers",
            name=word,
            marker={"color": colour, "size": 12, "symbol": symbol},
            hovertemplate=f"{word.lower()}<br>%{{x:.3g}}: %{{y:.4g}}<extra></extra>",
        )
    figure.add_hline(
        y=found.test_null,
        line={"color": NEUTRAL, "dash": "dash"},
        annotation_text="null model",
        annotation_position="bottom right",
    )
    if found.chosen > 0:
        figure.add_vline(x=found.chosen, line={"color": NEUTRAL, "width": 1})
        # On a logarithmic axis an annotation is placed by the exponent, a line by the value.
        figure.add_annotation(
            x=float(np.log10(found.chosen)), y=1, yref="paper", yanchor="bottom",
            text="as it is", showarrow=False, font={"size": 11},
        )  # fmt: skip
    inverse = found.parameter.key == "C"
    figure.update_xaxes(type="log", autorange=True if inverse else "reversed")
    at = found.values[found.best]
    edge = found.best in (0, len(found.values) - 1)
    title = f"{label(name)} has its least deviance out of fold at {found.parameter.key} = {at:g}"
    if edge:
        title += ", the end of the path"
    return layout(
        figure, title, "Bars: ± one standard error over the splits; weaker penalty to the right",
        x=f"{found.parameter.label} {found.parameter.key} (logarithmic)",
        y="Mean deviance per row", height=460,
    )  # fmt: skip
