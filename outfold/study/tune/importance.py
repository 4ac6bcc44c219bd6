"""Which tuned parameters the inner score depends on: functional ANOVA over the trials."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from outfold.study.tune.propose import distributions
from outfold.study.tune.results import CandidateTuning
from outfold.study.tune.space import Axis, holds
from outfold.study.tune.trial import Trial

LEAST_TRIALS = 5
"""Trials of a split below which nothing is said of it."""
TREES = 64
"""Trees of the forest that stands for the score, Optuna's default."""


@dataclass(frozen=True, slots=True)
class Importance:
    """One parameter's share of the differences between trials.

    Attributes:
        axis: The parameter.
        shares: Its share on each split that has enough trials, 0 to 1, interactions left out;
            the shares of all parameters sum to 1 on each split.
    """

    axis: Axis
    shares: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Mean over the splits; NaN if there is none."""
        return sum(self.shares) / len(self.shares) if self.shares else math.nan


def importances(of: CandidateTuning, seed: int = 0) -> tuple[Importance, ...]:
    """Each tuned parameter's importance, the largest first.

    Functional ANOVA on a random forest fitted to the trials of one split (Hutter, Hoos &
    Leyton-Brown 2014, An efficient approach for assessing hyperparameter importance), as Optuna
    computes it. With few trials it is rough.

    Args:
        of: What tuning found for one candidate.
        seed: Seeds the forest.
    """
    found = [
        shares
        for split in of.splits
        if (shares := _of_split(of.space, split.found.trials, seed)) is not None
    ]
    made = [Importance(axis, tuple(s[axis.key] for s in found)) for axis in of.space]
    return tuple(sorted(made, key=lambda i: (-i.mean if i.shares else 0.0, i.axis.key)))


def _of_split(space: Sequence[Axis], trials: Sequence[Trial], seed: int) -> dict[str, float] | None:
    import optuna

    # Scores on different shares of the rows do not compare: the rung with most trials speaks.
    counts: dict[float, int] = {}
    usable = [t for t in trials if t.defined and holds(space, dict(t.params))]
    for trial in usable:
        counts[trial.share] = counts.get(trial.share, 0) + 1
    if not counts or max(counts.values()) < LEAST_TRIALS:
        return None
    share = max(counts, key=lambda s: (counts[s], s))
    judged = [t for t in usable if t.share == share]
    if np.ptp([t.score for t in judged]) == 0:
        return None
    if len(space) == 1:
        return {space[0].key: 1.0}
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    ranges = distributions(space)
    study = optuna.create_study()
    study.add_trials(
        [
            optuna.trial.create_trial(params=dict(t.params), distributions=ranges, value=t.score)
            for t in judged
        ]
    )
    evaluator = optuna.importance.FanovaImportanceEvaluator(n_trees=TREES, seed=seed)
    shares = optuna.importance.get_param_importances(
        study, evaluator=evaluator, params=[axis.key for axis in space]
    )
    return {key: float(value) for key, value in shares.items()}
