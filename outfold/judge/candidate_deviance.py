"""The deviance of every probabilistic candidate, out of fold, on one scale.

Classes: binomial or multinomial, twice the summed surprise. Counts: Poisson. Numbers: Gaussian,
the summed squared error. The saturated model has deviance 0; the null model predicts the training
rows' mean, so D² can be negative. Deviances are pooled over the splits and then divided; a mean of
the D² of small folds would be another number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from outfold.metrics.deviance import task_deviances
from outfold.study.results import Predictions

DevianceFamily = Literal["binomial", "multinomial", "poisson", "gaussian"]
FAMILY: dict[str, DevianceFamily] = {
    "binary": "binomial",
    "multiclass": "multinomial",
    "count": "poisson",
    "regression": "gaussian",
}


@dataclass(frozen=True, slots=True)
class CandidateDeviance:
    """One candidate's misfit out of fold.

    Attributes:
        candidate: Its name.
        model: Key of its model.
        baseline: Whether it looks at no feature.
        deviance: Sum over the predictions, weighted where there are weights. Over repeats, the mean
            of the repeats' sums.
        mean: Per row.
        null_deviance: The same sum for the training rows' mean.
        d2: ``1 - deviance / null_deviance``.
        by_split: Mean deviance of each split.
        clipped: Predictions moved off an impossible value (probability 0 or 1 of what did or did
            not happen, a count of 0 or less), each of which would have made the deviance infinite.
        n: Predictions.
    """

    candidate: str
    model: str
    baseline: bool
    deviance: float
    mean: float
    null_deviance: float
    d2: float
    by_split: tuple[float, ...]
    clipped: int
    n: int


@dataclass(frozen=True, slots=True)
class DevianceTable:
    """Candidates by deviance, least first.

    Attributes:
        family: The family that the deviance belongs to.
        rows: The candidates.
        left_out: Candidates that predict no probabilities, by name.
    """

    family: DevianceFamily
    rows: tuple[CandidateDeviance, ...]
    left_out: tuple[str, ...]

    def frame(self) -> pd.DataFrame:
        """One row per candidate: candidate, deviance, mean, null_deviance, d2, clipped, n."""
        names = ["candidate", "deviance", "mean", "null_deviance", "d2", "clipped", "n"]
        return pd.DataFrame([[getattr(r, n) for n in names] for r in self.rows], columns=names)


def candidate_deviances(candidates: Iterable[Predictions]) -> DevianceTable:
    """Compare candidates of one run by deviance.

    Args:
        candidates: The stored predictions of each, at least one; all of one task.

    Raises:
        ValueError: No candidate was given.
    """
    rows, left_out, family = [], [], None
    for predictions in candidates:
        family = FAMILY[predictions.task]
        if predictions.probability is None and predictions.value is None:
            left_out.append(predictions.candidate.name)
        else:
            rows.append(deviance_of(predictions))
    if family is None:
        raise ValueError("no candidate was given")
    rows.sort(key=lambda r: r.deviance)
    return DevianceTable(family, tuple(rows), tuple(left_out))


def deviance_of(predictions: Predictions) -> CandidateDeviance:
    """One candidate's out-of-fold deviance.

    Args:
        predictions: Its stored predictions, with probabilities or values.
    """
    unit, null, clipped = task_deviances(predictions.scored())
    n = len(unit)
    weight = np.ones(n) if predictions.weight is None else predictions.weight
    total, null_total = float((unit * weight).sum()), float((null * weight).sum())
    repeats = n / len(np.unique(predictions.rows))
    by_split = tuple(
        float(np.average(unit[here], weights=weight[here]))
        for s in np.unique(predictions.split)
        if weight[here := predictions.split == s].sum() > 0
    )
    return CandidateDeviance(
        predictions.candidate.name, predictions.candidate.model.key,
        predictions.candidate.is_baseline, total / repeats, total / float(weight.sum()),
        null_total / repeats, 1 - total / null_total if null_total > 0 else float("nan"),
        by_split, clipped, n,
    )  # fmt: skip
