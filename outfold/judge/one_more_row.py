"""Explain any row, drawn or not, by the model of a split that did not train on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from outfold.errors import UnknownNameError
from outfold.metrics.metric import Floats
from outfold.study.explain.fold_model import FoldModel, refit
from outfold.study.explain.step import shap_arrays, shap_of
from outfold.study.run import plan_of
from outfold.study.worker import numeric_libraries
from outfold.study.workspace import Workspace

if TYPE_CHECKING:
    from outfold.judge.explanation import Explanation
    from outfold.study.steps import Loaded
    from outfold.study.study import Candidate, Study

SECONDS = 5.0
"""Time for one row's values."""


def split_without(loaded: Loaded, splits: Sequence[int], row: int) -> int:
    """The first of some splits that held a row out.

    Args:
        loaded: The study's table and its splits.
        splits: Splits that may be taken.
        row: Position in the study's table.

    Raises:
        UnknownNameError: There is no such row, or all of them trained on it.
    """
    if not 0 <= row < loaded.table.n_rows:
        raise UnknownNameError(
            f"There is no row at position {row}.",
            f"Positions go from 0 to {loaded.table.n_rows - 1:,}.",
        )
    for split in splits:
        if row in loaded.splits[split].test:
            return split
    number = int(loaded.table.numbers(row))
    raise UnknownNameError(
        f"Row {number:,} was never held out, so every model has trained on it.",
        "Choose a row that some split held out.",
    )


def fitted_again(
    workspace: Workspace, run: str, loaded: Loaded, study: Study, candidate: Candidate, split: int
) -> FoldModel:
    """The model of one split of a run, with what tuning chose there.

    Args:
        workspace: Where the run is kept.
        run: The run.
        loaded: The study's table and its splits.
        study: The run's study.
        candidate: One of its candidates.
        split: One of its splits.
    """
    made = plan_of(workspace, run)
    tunings = made.tunings.get(candidate.name, ()) if made else ()
    bodies = workspace.records.steps(tunings[split : split + 1])
    tuned = bodies[tunings[split]]["params"] if bodies else None
    with numeric_libraries().limit(limits=1):
        return refit(loaded, study, candidate, split, tuned)


@dataclass(frozen=True, slots=True, eq=False)
class RowExplained:
    """What one model says of one row, and why.

    Attributes:
        row: Position in the study's table.
        split: The model's split.
        players: The original columns behind the values.
        arrays: ``shap`` (1, n_players, n_outputs), ``base`` (n_outputs,), ``output`` and
            ``predicted`` (1, n_outputs).
        residual: Difference between base plus values and what the model says.
    """

    row: int
    split: int
    players: tuple[str, ...]
    arrays: Mapping[str, Floats]
    residual: float


def explained_row(model: FoldModel, loaded: Loaded, row: int) -> RowExplained:
    """Explain one row, against the training rows that the other rows were compared with.

    Args:
        model: The model of a split that held the row out.
        loaded: The study's table and its splits.
        row: Position in the study's table.
    """
    table = loaded.table
    prepared = model.prepared(table.frame.iloc[[row]])
    exposure = None if table.exposure is None else table.exposure[[row]]
    with numeric_libraries().limit(limits=1):
        made = shap_of(model, prepared, SECONDS)
        predicted = model.answer_prepared(prepared, exposure)
    arrays = {**shap_arrays(made, model.n_classes), "predicted": predicted}
    return RowExplained(row, model.split, made.players, arrays, made.residual)


def with_row(found: Explanation, more: RowExplained) -> Explanation:
    """The explanation with one more row at its end, which takes no part in figures about all rows.

    Args:
        found: The explanation.
        more: The row.
    """
    arrays = more.arrays
    place = [found.features.index(player) for player in more.players]
    values = np.zeros((1, len(found.features), arrays["shap"].shape[2]))
    values[:, place] = arrays["shap"]
    return replace(
        found,
        rows=np.append(found.rows, more.row),
        split=np.append(found.split, more.split),
        worst=np.append(found.worst, True),
        shap=np.concatenate([found.shap, values]),
        base=np.concatenate([found.base, arrays["base"][None]]),
        output=np.concatenate([found.output, arrays["output"]]),
        predicted=np.concatenate([found.predicted, arrays["predicted"]]),
        residual=max(found.residual, more.residual),
    )
