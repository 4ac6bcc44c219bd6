"""A candidate's score among the rows of each value of a column."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from outfold.draw.candidate_names import called
from outfold.draw.theme import MUTED, NEGATIVE, NEUTRAL, label, layout
from outfold.explore.multiplicity import shown_p
from outfold.judge.slices import LEVEL, Slice, Slices

MOST = 16


def draw(found: Slices, names: Mapping[str, str] | None = None) -> go.Figure:
    """A mark and an interval per slice, with a line at the score of all rows.

    Full marks differ from all rows by more than chance; hollow ones do not, and crosses have too
    few rows to say.

    Args:
        found: The slices.
        names: Names of candidates for people.
    """
    shown = [s for s in found.slices[:MOST] if s.score == s.score]
    several = len({s.column for s in shown}) > 1
    figure = go.Figure()
    kinds = {
        "differs from all rows": ("diamond", NEGATIVE),
        "not told apart from all rows": ("circle-open", NEUTRAL),
        "too few rows to say": ("x-thin-open", NEUTRAL),
    }
    for kind, (symbol, colour) in kinds.items():
        some = [(y, s) for y, s in enumerate(shown) if _kind(s) == kind]
        if not some:
            continue
        figure.add_scatter(
            x=[s.score for _, s in some],
            y=[y for y, _ in some],
            error_x={
                "array": [_length(s.high - s.score) for _, s in some],
                "arrayminus": [_length(s.score - s.low) for _, s in some],
                "color": colour, "thickness": 1,
            },
            mode="markers",
            name=kind,
            marker={"symbol": symbol, "size": 11, "color": colour,
                    "line": {"width": 2, "color": colour}},
            customdata=[
                [label(s.column), label(s.label), s.rows, s.low, s.high, _p(s)] for _, s in some
            ],
            hovertemplate="<b>%{customdata[0]}: %{customdata[1]}</b>, %{customdata[2]:,} rows<br>"
            f"{found.label} %{{x:.4g}} (%{{customdata[3]:.4g}} to %{{customdata[4]:.4g}})<br>"
            "%{customdata[5]}<extra></extra>",
        )  # fmt: skip
    figure.add_vline(
        x=found.overall, line={"color": MUTED, "dash": "dash"},
        annotation_text=f"all predictions {found.overall:.3g}",
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=list(range(len(shown))),
        ticktext=[_name(s, several) for s in shown],
        autorange="reversed",
        zeroline=False,
    )
    below = (
        f"{called(found.candidate, names)}; intervals {found.method}; {found.correction}; rows "
        "held out, the predictions of all splits pooled, where the leaderboard averages over splits"
    )
    if len(found.slices) > MOST:
        below += f"; the first {MOST} of {len(found.slices)}"
    arrow = "more" if found.direction == "higher" else "less"
    return layout(
        figure, label(found.sentence(), 300), below + ".",
        x=f"{found.label} ({arrow} is better)",
        y="Slice (rows)" if several else label(shown[0].column if shown else ""),
        height=260 + 28 * len(shown),
    )  # fmt: skip


def _kind(s: Slice) -> str:
    if s.few:
        return "too few rows to say"
    return "differs from all rows" if s.p_adjusted < LEVEL else "not told apart from all rows"


def _name(s: Slice, several: bool) -> str:
    text = f"{s.column}: {s.label}" if several else s.label
    return f"{label(text, 30)} ({s.rows:,})"


def _p(s: Slice) -> str:
    if s.p_adjusted != s.p_adjusted:
        return "too few rows to test"
    return f"{s.gap:+.3g} beside all rows, p {shown_p(s.p_adjusted)} corrected"


def _length(value: float) -> float:
    return value if value == value else 0.0
