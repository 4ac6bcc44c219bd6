"""Deviance beyond GLMs: every candidate that predicts a distribution, out of fold, on one scale."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from outfold.metrics.deviance import floored, unit_deviance
from outfold.metrics.metric import Floats, Scored
from outfold.metrics.null import mean, null_means, null_shares
from outfold.metrics.probability import TINY, surprise
from outfold.study.results import Predictions
from outfold.task import Task

FAMILY: dict[Task, str] = {
    "binary": "binomial",
    "multiclass": "multinomial",
    "count": "Poisson",
    "regression": "Gaussian",
}
"""The family whose deviance is taken for each task."""


@dataclass(frozen=True, slots=True)
class CandidateDeviance:
    """One candidate on the scale from null to saturated.

    Attributes:
        candidate: Its name.
        model: Its model's key.
        deviance: Mean deviance per row, out of fold; 0 is a saturated model.
        null_deviance: The same for the training rows' mean or class shares.
        d2: 1 - deviance / null deviance, of the pooled rows; can be negative.
        clipped: Predictions that had to be moved off a bound where the deviance is infinite.
        n: Predictions.
        reason: Why there is no deviance; empty where there is one.
    """

    candidate: str
    model: str
    deviance: float
    null_deviance: float
    d2: float
    clipped: int
    n: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DevianceScale:
    """Candidates by deviance, least first; those without one at the end.

    Attributes:
        family: Whose deviance it is.
        rows: One per candidate.
    """

    family: str
    rows: tuple[CandidateDeviance, ...]

    def frame(self) -> pd.DataFrame:
        """The candidates as a table: deviances per row, D² at most 1."""
        return pd.DataFrame([dataclasses.asdict(r) for r in self.rows])


def candidate_deviances(predictions: Iterable[Predictions]) -> DevianceScale:
    """The out-of-fold deviance of candidates of one run.

    Deviances are pooled over all rows and then divided, not averaged over folds; the null model is
    each fold's training mean or class shares, so D² can be negative. Binomial and multinomial
    deviance are twice the log loss. Predictions at a bound are clipped and counted.

    Args:
        predictions: Each candidate's predictions, on the same rows.
    """
    rows: list[CandidateDeviance] = []
    task: Task | None = None
    for one in predictions:
        task = one.task
        rows.append(_row(one))
    rows.sort(key=lambda r: (np.isnan(r.deviance), r.deviance))
    return DevianceScale(FAMILY[task] if task else "", tuple(rows))


def _row(one: Predictions) -> CandidateDeviance:
    scored = one.scored()
    name, model = one.candidate.name, one.candidate.model.key
    nan = float("nan")
    if scored.probability is None and scored.value is None:
        return CandidateDeviance(
            name, model, nan, nan, nan, 0, len(one.rows), "it predicts no probabilities"
        )
    unit, null, clipped = _units(scored)
    deviance, base = mean(unit, scored.weight), mean(null, scored.weight)
    d2 = 1 - deviance / base if base > 0 else nan
    return CandidateDeviance(name, model, deviance, base, d2, clipped, len(one.rows))


def _units(scored: Scored) -> tuple[Floats, Floats, int]:
    """Each row's deviance, that of the null model, and how many predictions were clipped."""
    if scored.probability is not None:
        codes = np.asarray(scored.truth, dtype=np.intp)
        given = scored.probability[np.arange(len(codes)), codes]
        clipped = int(((given < TINY) | (given > 1 - TINY)).sum())
        null = 2 * surprise(scored, np.asarray(null_shares(scored)))
        return 2 * surprise(scored, scored.probability), null, clipped
    assert scored.value is not None
    y = np.asarray(scored.truth, dtype=np.float64)
    mu = np.asarray(null_means(scored))
    if scored.task == "count":
        value = floored(scored.value, mu)
        moved = int((value != scored.value).sum())
        return unit_deviance(y, value, 1), unit_deviance(y, floored(mu, mu), 1), moved
    return unit_deviance(y, scored.value, 0), unit_deviance(y, mu, 0), 0
