"""Each candidate's score on its training rows beside its score out of fold."""

from __future__ import annotations

import math
from collections.abc import Mapping

import plotly.graph_objects as go

from outfold.draw.candidate_names import called
from outfold.draw.candidate_rows import LONGEST, level_line, name_rows, to_scale
from outfold.draw.theme import MUTED, NEUTRAL, colour_of, layout
from outfold.judge.generalisation_gap import VERDICTS, CandidateGap, GeneralisationGap

MOST = 20
ROW, LIFT = 54, 23
"""Pixels of a row, and from the middle of its marks up to its name: splits lie in between."""


def draw(found: GeneralisationGap, names: Mapping[str, str] | None = None) -> go.Figure:
    """A full mark with its interval out of fold, an open one in training, a line between them.

    Args:
        found: The candidates, the best out of fold first.
        names: Names of candidates for people.
    """
    rows = list(found.candidates)
    if len(rows) > MOST:
        rows = [*rows[: MOST - 1], *(r for r in rows[MOST - 1 :] if r.baseline)][:MOST]
    places = list(range(len(rows)))
    figure = go.Figure()
    for place, row in zip(places, rows, strict=True):
        figure.add_scatter(
            x=[row.held_mean, row.train_mean], y=[place, place], mode="lines", hoverinfo="skip",
            line={"color": NEUTRAL, "width": 1.5, "dash": "dot"}, showlegend=False,
        )  # fmt: skip
        if not math.isnan(row.held_low):
            figure.add_scatter(
                x=[row.held_low, row.held_high], y=[place, place], mode="lines", hoverinfo="skip",
                line={"color": colour_of(row.model), "width": 3}, showlegend=False,
            )  # fmt: skip
    for side, symbol, name in (
        ("train", "line-ns-open", "Training rows, each split"),
        ("held_out", "line-ns-open", "Out of fold, each split"),
    ):
        # Splits lie a little above and below their mean, so that neither hides the other.
        shift = -0.22 if side == "train" else 0.22
        figure.add_scatter(
            x=[v for row in rows for v in getattr(row, side)],
            y=[place + shift for place, row in zip(places, rows, strict=True)
               for _ in getattr(row, side)],
            mode="markers", name=name, showlegend=False,
            marker={"symbol": symbol, "size": 7, "opacity": 0.6,
                    "color": [colour_of(row.model) for row in rows for _ in getattr(row, side)]},
            customdata=[[called(row.candidate, names, 100), split + 1]
                        for row in rows for split in range(len(getattr(row, side)))],
            hovertemplate="<b>%{customdata[0]}</b><br>"
            + ("training rows" if side == "train" else "out of fold")
            + " of split %{customdata[1]}: %{x:.4g}<extra></extra>",
        )  # fmt: skip
    colours = [colour_of(row.model) for row in rows]
    figure.add_scatter(
        x=[row.train_mean for row in rows], y=places, mode="markers",
        name="On its training rows (not out of fold)",
        marker={"symbol": "circle-open", "size": 12, "color": colours, "line": {"width": 2}},
        customdata=[_told(row, names) for row in rows],
        hovertemplate="<b>%{customdata[0]}</b><br>on its training rows %{x:.4g}: not out of fold"
        "<br>%{customdata[2]}<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=[row.held_mean for row in rows], y=places, mode="markers", name="Out of fold",
        marker={"symbol": "diamond", "size": 12, "color": colours},
        customdata=[_told(row, names) for row in rows],
        hovertemplate="<b>%{customdata[0]}</b><br>out of fold %{x:.4g} (%{customdata[1]})"
        "<br>%{customdata[2]}<extra></extra>",
    )  # fmt: skip
    far, ends = to_scale(
        [row.held_mean for row in rows],
        [min((*row.train, *row.held_out, row.held_low)) for row in rows],
        [max((*row.train, *row.held_out, row.held_high)) for row in rows],
        [row.baseline for row in rows],
    )
    labels = [
        called(row.candidate, names, LONGEST)
        + (f": {row.held_mean:.4g}, outside this picture" if away else "")
        for row, away in zip(rows, far, strict=True)
    ]
    name_rows(figure, labels, LIFT)
    if any(far) and ends:
        room = 0.05 * (ends[1] - ends[0])
        figure.update_xaxes(range=[ends[0] - room, ends[1] + room])
    baseline = next((row for row, away in zip(rows, far, strict=True)
                     if row.baseline and not away), None)  # fmt: skip
    if baseline is not None:
        level_line(figure, baseline.held_mean, len(rows), MUTED)
    arrow = "more is better" if found.direction == "higher" else "less is better"
    short = {r.candidate: called(r.candidate, names, 60) for r in rows}
    below = (
        f"Full: out of fold, with its interval ({found.interval}). Open: on rows that the model "
        "was fitted on, which is not out of fold. Ticks: single splits."
    )
    if len(found.candidates) > len(rows):
        below += f" The best {len(rows)} of {len(found.candidates)}."
    return layout(
        figure, found.sentence(names=short), below, x=f"{found.label} ({arrow})",
        y="Candidate", height=230 + ROW * len(rows),
    )  # fmt: skip


def _told(row: CandidateGap, names: Mapping[str, str] | None) -> list[str]:
    interval = (
        "no interval" if math.isnan(row.held_low) else f"{row.held_low:.4g} to {row.held_high:.4g}"
    )
    gap = f"gap {row.gap:.3g}"
    if not math.isnan(row.low):
        gap += f" ({row.low:.3g} to {row.high:.3g})"
    return [called(row.candidate, names, 100), interval, f"{gap}: {VERDICTS[row.verdict]}"]
