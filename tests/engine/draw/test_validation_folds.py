"""The picture of the folds."""

from __future__ import annotations

import re

import pytest

from outfold.draw import validation_folds
from outfold.study.fold_view import Block, FoldView


def view(**changes) -> FoldView:
    """Two time-ordered splits with a gap."""
    blocks = (
        Block(1, 0.0, 0.3, "trained on"), Block(1, 0.3, 0.4, "left out"),
        Block(1, 0.4, 0.7, "validated on"), Block(1, 0.7, 1.0, "left out"),
        Block(2, 0.0, 0.6, "trained on"), Block(2, 0.6, 0.7, "left out"),
        Block(2, 0.7, 1.0, "validated on"),
    )  # fmt: skip
    found = {
        "label": "Time-ordered folds", "axis": "time", "blocks": blocks, "shown": 2, "n_splits": 2,
        "n_rows": 1000, "n_groups": 0, "train_shares": (0.3, 0.6), "test_shares": (0.3, 0.3),
    }  # fmt: skip
    return FoldView(**{**found, **changes})


def test_every_block_is_drawn_where_it_lies():
    """Bars of all states together cover each line from end to end."""
    figure = validation_folds.draw(view())
    total = {1: 0.0, 2: 0.0}
    for trace in figure.data:
        for split, width in zip(trace.y, trace.x, strict=True):
            total[split] += width
    assert total == pytest.approx({1: 100, 2: 100})
    assert sum(len(trace.y) for trace in figure.data) == 7


def test_states_differ_by_pattern_as_well_as_by_colour():
    """Nothing depends on colour alone, and every state has a name."""
    figure = validation_folds.draw(view())
    looks = [(t.marker.color, t.marker.pattern.shape) for t in figure.data]
    assert len(set(looks)) == 3
    assert [t.name for t in figure.data] == ["Left out", "Trained on", "Validated on"]
    validated = figure.data[2].marker.pattern
    assert validated.shape
    assert validated.fillmode == "overlay"


def test_the_title_tells_the_shares_and_the_subtitle_what_is_left_out():
    """A finding in words, with the rows and groups it stands on."""

    def words(**changes) -> tuple[str, str]:
        title = validation_folds.draw(view(**changes)).layout.title
        return tuple(re.sub("<br>", " ", t) for t in (title.text, title.subtitle.text))

    assert words() == (
        "Trains on 30 to 60 % of the rows and validates on the next 30 %",
        "Time-ordered folds, 1,000 rows.",
    )
    title, below = words(axis="group", train_shares=(0.8, 0.8), test_shares=(0.2, 0.2), n_groups=40,
                         n_splits=50)  # fmt: skip
    assert title == "Each split trains on 80 % of the rows and validates on 20 %"
    assert below.endswith("1,000 rows in 40 groups; the first 2 of 50 splits.")
