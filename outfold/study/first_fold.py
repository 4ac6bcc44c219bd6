"""What is shown of the first training fold: the L1 path, and how alike dropped and kept are."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from outfold.metrics.metric import Floats
from outfold.registry import registry
from outfold.select.association import Associations
from outfold.select.columns import best_part, outcome, owners
from outfold.select.encode import encode
from outfold.select.penalised_path import Path, advised, fits, grid, largest_penalty
from outfold.select.sampling import said, sampled
from outfold.select.shrinkage import MOST_ROWS
from outfold.study.steps import Loaded, Prepared, prepare, with_splits
from outfold.study.study import Study
from outfold.study.table import StudyTable
from outfold.task import is_classification

MOST_CELLS = 20_000_000
"""Rows times columns of a path; of more, a sample of the rows is used."""
FEWEST_ROWS = 500
INNER_SHARE = 2 / 3
"""Share of the work of a path that finding its penalty in inner folds takes, about."""


@dataclass(frozen=True, slots=True, eq=False)
class PenaltyPath:
    """The L1 path of one training fold.

    Attributes:
        path: Sizes of the columns' coefficients, standardised. A column with one coefficient has
            its absolute value; a column with several levels or classes the length of the vector of
            its coefficients.
        chosen: The largest penalty within one standard error of the best in inner folds.
        r2: R² at that penalty, mean over the inner folds.
        rows: Rows that it was fitted on.
        of: Rows of the training fold.
        split: Which split of how many, in words.
        notes: Sentences about anything that had to be adjusted.
    """

    path: Path
    chosen: float
    r2: float
    rows: int
    of: int
    split: str
    notes: tuple[str, ...]


def first_fold(table: StudyTable, study: Study) -> tuple[Loaded, Prepared]:
    """The study's splits, and the first one after preparation.

    Raises:
        StudyError: The validation cannot be done on this table.
    """
    # Serving costs are a run's business; a sample has none.
    loaded = dataclasses.replace(with_splits(table, study), sample=True)
    preparation = registry("preparation")[study.preparation.key]
    params = preparation.complete(dict(study.preparation.params))
    return loaded, prepare(loaded, study, 0, preparation.key, params)


def penalty_path(
    table: StudyTable, study: Study, told: Callable[[float], None] = lambda share: None
) -> PenaltyPath:
    """How columns enter an L1-penalised model of the study's task as the penalty falls.

    The lasso for numbers, with counts as log(1 + y), and multinomial logistic regression for
    classes (Tibshirani 1996; Friedman, Hastie & Tibshirani 2010); for two classes the coefficients
    are those of the logistic regression. Rows are not weighted.

    Args:
        table: The study's table.
        study: The study.
        told: Hears the share of the penalties that have been fitted, 0 to 1.

    Raises:
        StudyError: The validation cannot be done on this table.
        NotApplicableError: The target does not vary in the fold.
    """
    told(0.0)
    loaded, fold = first_fold(table, study)
    task, frame = study.task, fold.train
    target = outcome(fold.target, task)
    most = min(MOST_ROWS, max(FEWEST_ROWS, MOST_CELLS // max(1, frame.shape[1])))
    rows = sampled(target, task, most, np.random.default_rng(study.seed))
    encoded, used = encode(frame.iloc[rows]), target[rows]
    chosen, r2 = advised(
        encoded, used, task, 1.0, study.seed,
        lambda done, of: told(INNER_SHARE * done / of),
    )  # fmt: skip
    penalties = grid(largest_penalty(encoded.matrix, used, task, 1.0), task)
    sizes: list[Floats] = []
    for absolute, model in fits(encoded.matrix, used, task, penalties, 1.0):
        squares = absolute**2
        if is_classification(task):
            coef = model.coef
            two = coef.shape[1] == 2
            squares = (coef[:, 1] - coef[:, 0]) ** 2 if two else (coef**2).sum(axis=1)
        sizes.append(np.sqrt(encoded.total(squares)))
        told(INNER_SHARE + (1.0 - INNER_SHARE) * len(sizes) / len(penalties))
    return PenaltyPath(
        Path(penalties, np.stack(sizes), encoded.sources), chosen, r2, len(rows), len(frame),
        f"split 1 of {len(loaded.splits)}", said(len(rows), len(frame), "Models were fitted on"),
    )  # fmt: skip


def strengths(
    table: StudyTable, study: Study, pairs: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], float]:
    """How alike some pairs of columns are in the first training fold, 0 to 1.

    |Pearson r|, the correlation ratio η or Cramér's V, by the types of the two columns; between
    columns with several prepared parts the strongest pair of parts. Pairs of a column that the
    fold lacks are left out.

    Args:
        table: The study's table.
        study: The study.
        pairs: Names of columns.
    """
    if not pairs:
        return {}
    frame = first_fold(table, study)[1].train
    sources, owner = owners(frame)
    place = {name: i for i, name in enumerate(sources)}
    named = {name for pair in pairs for name in pair if name in place}
    frame = frame.loc[:, [sources[o] in named for o in owner]]
    sources, owner = owners(frame)
    place = {name: i for i, name in enumerate(sources)}
    links = Associations(frame)
    found: dict[tuple[str, str], float] = {}
    for kept in dict.fromkeys(b for _, b in pairs if b in place):
        parts = [links.strengths_with(int(p)) for p in np.flatnonzero(owner == place[kept])]
        best = best_part(np.max(parts, axis=0), owner, len(sources))
        found |= {(a, b): float(best[place[a]]) for a, b in pairs if b == kept and a in place}
    return found
