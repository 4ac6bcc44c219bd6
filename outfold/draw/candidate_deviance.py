"""Every candidate between the null model and a saturated one."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from outfold.draw.candidate_names import called
from outfold.draw.candidate_rows import LONGEST, ROW, level_line, name_rows
from outfold.draw.theme import NEUTRAL, colour_of, layout
from outfold.judge.candidate_deviance import DevianceTable
from outfold.judge.deviance_trace import TracedCandidate

MOST = 30


def candidate_deviance(
    table: DevianceTable,
    names: Mapping[str, str] | None = None,
    traced: Mapping[str, TracedCandidate] | None = None,
) -> go.Figure:
    """Mean deviance per row out of fold, a dot per candidate, with the null model as a line.

    Args:
        table: The candidates, best first.
        names: Names of candidates for people.
        traced: Deviances in training, by candidate, where they were measured.
    """
    rows = table.rows[:MOST]
    places = list(range(len(rows)))
    figure = go.Figure(
        go.Scatter(
            x=[r.mean for r in rows],
            y=places,
            mode="markers",
            name="Out of fold",
            cliponaxis=False,
            marker={"color": [colour_of(r.model) for r in rows], "size": 11},
            customdata=[[called(r.candidate, names, 100), r.d2, r.clipped, r.n] for r in rows],
            hovertemplate="<b>%{customdata[0]}</b><br>%{x:.4g} per row, D² %{customdata[1]:.1%}<br>"
            "%{customdata[3]:,} predictions, %{customdata[2]:,} of them clipped<extra></extra>",
        )
    )
    name_rows(figure, [f"{called(r.candidate, names, LONGEST - 10)}: D² {r.d2:.1%}" for r in rows])
    known = traced or {}
    beside = [(i, known[r.candidate]) for i, r in enumerate(rows) if r.candidate in known]
    if beside:
        figure.add_scatter(
            x=[t.train for _, t in beside],
            y=[i for i, _ in beside],
            mode="markers",
            name="In training",
            cliponaxis=False,
            marker={
                "color": [colour_of(t.candidate.model.key) for _, t in beside],
                "symbol": "circle-open",
                "size": 11,
                "line": {"width": 2},
            },
            customdata=[[called(t.candidate.name, names, 100), t.train_d2] for _, t in beside],
            hovertemplate="<b>%{customdata[0]}</b><br>in training %{x:.4g} per row, "
            "D² %{customdata[1]:.1%}<extra></extra>",
        )
    title = "No candidate predicts a distribution"
    if rows:
        worst = rows[-1]
        if worst.deviance > 0:
            null = worst.mean * worst.null_deviance / worst.deviance
            level_line(figure, null, len(rows), NEUTRAL)
            figure.add_annotation(
                x=null, y=1, yref="paper", yanchor="bottom", text="null model", showarrow=False
            )
        best = rows[0]
        title = (
            f"{called(best.candidate, names)} removes {best.d2:.1%} of the null deviance "
            "out of fold"
            if best.d2 > 0
            else "No candidate beats the null model out of fold"
        )
    below = (
        f"{table.family.capitalize()} deviance; 0 is a saturated model, the grey line one "
        "without features"
    )
    if beside:
        below += "; filled: out of fold, open: in training"
    if len(table.rows) > len(rows):
        below += f"; the best {len(rows)} of {len(table.rows)}"
    if table.left_out:
        below += f"; {len(table.left_out)} without probabilities left out"
    return layout(
        figure, title, below, x="Mean deviance per row", y="Candidate",
        height=190 + ROW * len(rows),
        xaxis_rangemode="tozero", showlegend=bool(beside),
    )  # fmt: skip
