"""What a fitted model says of rows that it was fitted on: half of the generalisation gap.

A study that says ``train_scores`` has fits that predict a sample of their own training rows too,
with the model that is at hand just then. They are steps like any other fit, on the same prepared,
selected and resampled rows; only their keys differ. These predictions are not out of fold: they
lie under names of their own and reach no leaderboard.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from outfold.metrics.metric import Floats, Ints, Scored
from outfold.study.explain.explaining import NO_EXPLAINING
from outfold.study.fewer import only
from outfold.study.scores import scored_from_arrays
from outfold.study.speed import NO_QUICK, NO_RACE
from outfold.study.split import Split
from outfold.study.study import Candidate, Study
from outfold.task import Task

if TYPE_CHECKING:
    from outfold.study.steps import Loaded, Prepared, Selected

MOST_ROWS = 10_000
"""Training rows of a split that are predicted at the most, drawn by the seed."""
PREFIX = "train_"


def gap_study(study: Study, candidates: Sequence[Candidate]) -> Study:
    """The study that predicts training rows: some candidates on the study's own splits.

    Where the candidates are no full grid, the smallest grid that holds them is taken. There is no
    race and no quick look: every figure rests on every split.

    Raises:
        StudyError: Nothing but the baseline was chosen.
    """
    return only(study, candidates).replace(
        train_shares=(), racing=NO_RACE, quick=NO_QUICK, meter_seconds=0.0,
        explaining=NO_EXPLAINING, trace_deviance=False, train_scores=True,
    )  # fmt: skip


def rows_predicted(train: Ints, seed: int, split: int) -> Ints:
    """Places among a split's training rows that are predicted, ascending: all, or a draw."""
    if len(train) <= MOST_ROWS:
        return np.arange(len(train))
    rng = np.random.default_rng([seed % 2**32, split, 11])
    return np.sort(rng.choice(len(train), MOST_ROWS, replace=False))


def training_arrays(
    model: Any, loaded: Loaded, prepared: Prepared, selected: Selected, study: Study, split: int
) -> dict[str, np.ndarray]:
    """A fitted model's predictions of its training rows as they were before resampling.

    Args:
        model: The fitted model.
        loaded: The table and its splits.
        prepared: The split's prepared rows.
        selected: The columns kept.
        study: The study.
        split: The split.

    Returns:
        What ``predict`` gives of at most 10,000 rows, with their truth, null and weight, each under
        its name with ``train_`` before it.
    """
    from outfold.study.steps import keep, null_prediction, predict

    table, cut = loaded.table, loaded.splits[split]
    places = rows_predicted(cut.train, study.seed, split)
    rows = cut.train[places]
    frame = keep(prepared.train, selected.selection).iloc[places]
    exposure = None if table.exposure is None else table.exposure[rows]
    found = predict(model, frame, study, len(table.classes), exposure)
    found |= {
        "truth": table.target[rows],
        "null": null_prediction(table, Split(cut.train, rows), study),
    }
    if table.weight is not None:
        found["weight"] = table.weight[rows]
    return {PREFIX + name: values for name, values in found.items()}


def training_scored(arrays: Mapping[str, np.ndarray], task: Task, positive: int) -> Scored | None:
    """The predictions of training rows among the arrays of a stored fit, or None without any."""
    own: dict[str, Floats | Ints] = {
        name.removeprefix(PREFIX): values
        for name, values in arrays.items()
        if name.startswith(PREFIX)
    }
    return scored_from_arrays(own, task, positive) if own else None
