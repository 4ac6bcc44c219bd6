"""From the null deviance, term by term, down to what is left."""

from __future__ import annotations

import plotly.graph_objects as go

from outfold.draw.theme import MUTED, NEGATIVE, NEUTRAL, POSITIVE, label, layout
from outfold.judge.analysis_of_deviance import AnalysisOfDeviance
from outfold.judge.expression import unquoted
from outfold.judge.printed_p import equals_p

MOST = 30
"""Terms drawn; the table beside the chart has them all."""


def deviance_waterfall(table: AnalysisOfDeviance) -> go.Figure:
    """A waterfall of a sequential table: each term's drop, in the formula's order."""
    first, *steps = table.rows
    shown, rest = steps[:MOST], steps[MOST:]
    last = steps[-1] if steps else first
    names = ["Null", *(label(unquoted(r.label), 24) for r in shown)]
    values = [first.deviance, *(-r.delta for r in shown)]
    lines = [f"null model<br>{first.deviance:,.4g} on {first.df_residual:,.0f} df"]
    lines += [
        f"takes off {r.delta:,.4g} with {r.df:.0f} df<br>"
        f"{'F' if table.test == 'f' else 'χ²'} = {r.statistic:.4g}, p {equals_p(r.p_value)}<br>"
        f"leaves {r.deviance:,.4g}"
        for r in shown
    ]
    kinds = ["absolute", *["relative"] * len(shown)]
    if rest:
        names.append(f"{len(rest)} more terms")
        values.append(-sum(r.delta for r in rest))
        lines.append(f"take off {sum(r.delta for r in rest):,.4g}")
        kinds.append("relative")
    names.append("Residual")
    values.append(last.deviance)
    lines.append(f"left by the model<br>{last.deviance:,.4g} on {last.df_residual:,.0f} df")
    kinds.append("total")
    figure = go.Figure(
        go.Waterfall(
            # Positions, not names: two long names may be cut to the same text.
            x=list(range(len(names))),
            y=values,
            measure=kinds,
            customdata=lines,
            text=[_short(abs(v)) for v in values],
            textposition="outside",
            cliponaxis=False,
            decreasing={"marker": {"color": POSITIVE}},
            increasing={"marker": {"color": NEGATIVE}},
            totals={"marker": {"color": NEUTRAL}},
            connector={"line": {"color": MUTED}},
            hovertext=names,
            hovertemplate="<b>%{hovertext}</b><br>%{customdata}<extra></extra>",
        )
    )
    figure.update_xaxes(tickvals=list(range(len(names))), ticktext=names)
    explained = 1 - last.deviance / first.deviance if first.deviance > 0 else float("nan")
    title = f"The terms take off {explained:.0%} of the null deviance"
    if steps:
        largest = max(steps, key=lambda r: r.delta)
        share = largest.delta / first.deviance
        title += (
            f", {label(unquoted(largest.label))} the most ({share:.0%})" if len(steps) > 1 else ""
        )
    return layout(
        figure, title, "In the formula's order; another order gives other drops.",
        x="Term", y="Deviance", showlegend=False,
    )  # fmt: skip


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
