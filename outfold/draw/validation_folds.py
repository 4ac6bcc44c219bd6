"""How rows are held out: one line a split, with what it trains and validates on."""

from __future__ import annotations

import plotly.graph_objects as go

from outfold.draw.theme import MUTED, NEGATIVE, POSITIVE, layout
from outfold.study.fold_view import STATES, FoldView, State

LOOKS: dict[State, tuple[str, str]] = {
    "left out": (MUTED, ""),
    "trained on": (POSITIVE, ""),
    "validated on": (NEGATIVE, "/"),
    "trained on more than once": ("#003F63", "x"),
}
"""Colour and pattern of each state, so that nothing depends on colour alone."""

AXES = {
    "time": "Rows in the order of time",
    "group": "Rows by group; a group is never cut",
    "class": "Rows by class; within each class by fold",
    "fold": "Rows by fold; in truth shuffled",
    "sample": "Some rows of the table",
}


def draw(view: FoldView) -> go.Figure:
    """A line per split and a block per run of rows.

    Args:
        view: The splits.
    """
    figure = go.Figure()
    present = {b.state for b in view.blocks}
    for state in STATES:
        if state not in present:
            continue
        blocks = [b for b in view.blocks if b.state == state]
        colour, pattern = LOOKS[state]
        figure.add_bar(
            y=[b.split for b in blocks],
            x=[100 * (b.stop - b.start) for b in blocks],
            base=[100 * b.start for b in blocks],
            orientation="h",
            name=state.capitalize(),
            marker={
                "color": colour,
                "line": {"width": 0},
                "pattern": {
                    "shape": pattern,
                    "fillmode": "overlay",
                    "fgcolor": "white",
                    "size": 6,
                    "solidity": 0.3,
                },
            },
            hovertemplate=f"split %{{y}}: {state}<extra></extra>",
        )
    figure.update_yaxes(autorange="reversed", dtick=1, showgrid=False)
    figure.update_xaxes(showticklabels=False, showgrid=False, range=[0, 100])
    return layout(
        figure, _title(view), _below(view), x=AXES[view.axis], y="Split",
        height=170 + 26 * view.shown, barmode="overlay", bargap=0.25, showlegend=True,
    )  # fmt: skip


def _title(view: FoldView) -> str:
    trains, validates = _share(view.train_shares), _share(view.test_shares)
    if view.axis == "time":
        return f"Trains on {trains} of the rows and validates on the next {validates}"
    rows = "distinct rows" if view.axis == "sample" else "rows"
    return f"Each split trains on {trains} of the {rows} and validates on {validates}"


def _share(shares: tuple[float, float]) -> str:
    low, high = (f"{100 * s:.0f}" for s in shares)
    return f"{high} %" if low == high else f"{low} to {high} %"


def _below(view: FoldView) -> str:
    text = f"{view.label}, {view.n_rows:,} rows"
    if view.n_groups:
        text += f" in {view.n_groups:,} groups"
    if view.shown < view.n_splits:
        text += f"; the first {view.shown} of {view.n_splits} splits"
    return text + "."
