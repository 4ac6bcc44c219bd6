"""How the best inner score rose with the trials, on each split."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from outfold.draw.candidate_names import called
from outfold.draw.theme import DASHES, MUTED, PALETTE, layout
from outfold.study.tune.results import CandidateTuning, best_so_far

MOST_SPLITS = 10
MOST_POINTS = 3000


def draw(of: CandidateTuning, names: Mapping[str, str] | None = None) -> go.Figure:
    """A line of the best score so far per split, and a dot per trial.

    Args:
        of: What tuning found for one candidate.
        names: Names of candidates for people.
    """
    figure = go.Figure()
    shown = of.splits[:MOST_SPLITS]
    higher = of.metric.direction == "higher"
    dots = [(s.split, t) for s in shown for t in s.found.trials if t.defined][:MOST_POINTS]
    if dots:
        figure.add_scatter(
            x=[t.number + 1 for _, t in dots],
            y=[t.score for _, t in dots],
            mode="markers",
            name="one trial",
            marker={"color": MUTED, "size": 6},
            customdata=[
                [split + 1, "" if t.share == 1 else f" on {t.share:.0%} of the rows"]
                for split, t in dots
            ],
            hovertemplate="split %{customdata[0]}, trial %{x}: %{y:.4g}%{customdata[1]}"
            "<extra></extra>",
        )
    for place, split in enumerate(shown):
        figure.add_scatter(
            x=[t.number + 1 for t in split.found.trials],
            y=best_so_far(split.found.trials, higher),
            mode="lines",
            name=f"split {split.split + 1}",
            line={
                "color": PALETTE[place % len(PALETTE)],
                "dash": DASHES[place % len(DASHES)],
                "shape": "hv",
                "width": 2,
            },
            hovertemplate=f"split {split.split + 1}, best of %{{x}} trials: %{{y:.4g}}"
            "<extra></extra>",
        )
    below = f"{of.tuning.sentence()}; the first trial has the values as set."
    if of.tuning.method == "halving":
        below += " A step back is where the next rung begins: more rows, fewer trials."
    if len(of.splits) > MOST_SPLITS:
        below += f" The first {MOST_SPLITS} of {len(of.splits)} splits."
    return layout(
        figure, _title(of, called(of.candidate.name, names)), below, x="Trial",
        y=f"Inner {of.metric.label} (mean over {of.tuning.folds} inner folds)", height=440,
    )  # fmt: skip


def _title(of: CandidateTuning, name: str) -> str:
    gains = [s for s in of.splits if s.as_set == s.as_set]
    if not gains:
        return f"{name}: the best inner score by trial"
    better = sum(s.inner != s.as_set for s in gains)
    if not better:
        return f"{name}: no trial beat the values as set"
    return (
        f"{name}: tuning beat the values as set on {better} of {len(gains)} splits, "
        f"by {of.gain:.2g} on average"
    )
