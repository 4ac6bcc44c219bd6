"""A table's rows as selectors and resamplers take them, for commands that look at one of these."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from outfold.data.dataset import Dataset
from outfold.errors import NotApplicableError
from outfold.registry import Kind, registry
from outfold.study.defaults import default_study, with_target
from outfold.study.study import Choice, Study
from outfold.study.table import StudyTable, study_table
from outfold.study.workspace import Workspace
from outfold.task import Task


@dataclass(frozen=True, slots=True, eq=False)
class PreparedRows:
    """All rows of a table after the standard preparation.

    Attributes:
        frame: Prepared columns, shape (n_rows, n_columns).
        target: Class codes or values, shape (n_rows,).
        task: What the target is.
        table: The table before preparation.
    """

    frame: pd.DataFrame
    target: np.ndarray
    task: Task
    table: StudyTable


def prepared_rows(
    folder: Path,
    dataset: Dataset,
    frame: pd.DataFrame,
    target: str,
    strategy: tuple[Kind, Choice],
) -> PreparedRows:
    """Prepare all rows, and see to it that a strategy, and all of a chain, applies to them.

    Raises:
        OutfoldError: The target cannot be predicted, or the strategy does not apply.
    """
    study: Study = with_target(default_study(dataset, frame), dataset, frame, target)
    table = study_table(Workspace(folder), study)
    kind, choice = strategy
    if kind == "resampler" and not table.classes and choice.key != "none":
        raise NotApplicableError(
            f"{target!r} is a number, so there are no classes to balance.",
            "Where some values matter more, give their rows weights (--role COLUMN=weight in "
            "compare).",
        )
    for link in choice.links:
        if reason := registry(kind)[link.key].available(table.facts):
            raise NotApplicableError(reason, f"Take another {kind}.")
    preparation = registry("preparation")[study.preparation.key].build(task=study.task, seed=0)
    prepared = preparation.fit_transform(table.frame, table.target)
    return PreparedRows(prepared.reset_index(drop=True), table.target, study.task, table)
