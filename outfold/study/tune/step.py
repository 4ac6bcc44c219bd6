"""Tuning as a step of a plan: one candidate, on the training rows of one split."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from outfold.errors import NotApplicableError, OutfoldError
from outfold.metrics.metric import Metric
from outfold.registry import Value, registry
from outfold.study.measure import Meter
from outfold.study.scores import scored_from_arrays
from outfold.study.steps import Loaded, Params, null_prediction, predict, unfitted
from outfold.study.study import Choice, Study
from outfold.study.tune.folds import InnerFold, Recipe, inner_folds
from outfold.study.tune.key import tuning_metric
from outfold.study.tune.search import rungs, search
from outfold.study.tune.space import space_of
from outfold.study.tune.trial import Tuned, best_of
from outfold.task import is_classification


def tune(
    loaded: Loaded,
    study: Study,
    split: int,
    strategy: str,
    params: Params,
    recipe: Recipe,
    fixed: tuple[str, ...] = (),
    told: Callable[[int, int, float], None] | None = None,
) -> Tuned:
    """Choose a model's parameters by inner folds of one split's training rows.

    Nested cross-validation: Varma & Simon 2006, Bias in error estimation when using
    cross-validation for model selection; Cawley & Talbot 2010.

    Args:
        loaded: The table and its splits; no validation row of this split is touched.
        study: The study.
        split: The split.
        strategy: The model.
        params: Its parameters as they are set, complete.
        recipe: What is done to the rows before it.
        fixed: Parameters set by hand, which stay.
        told: Told after each trial.

    Raises:
        OutfoldError: The inner folds cannot be made, or no trial gave a score.
    """
    metric, chosen = tuning_metric(study), registry("model")[strategy]
    space = space_of(chosen, Choice(strategy, tuple((name, params[name]) for name in fixed)))
    start = {axis.key: params[axis.key] for axis in space}
    notes = []
    made = inner_folds(loaded, study, split, recipe)
    folds = made.folds
    with Meter() as meter:
        shares: tuple[float, ...] = (1.0,)
        if study.tuning.method == "halving":
            shares = _rungs(study, folds)
            if len(shares) == 1:
                notes.append("Too few rows to begin on fewer: every trial had all inner rows.")

        def judge(values: Mapping[str, Value], share: float) -> tuple[tuple[float, ...], str]:
            scores, reason = [], ""
            for fold in folds:
                try:
                    scores.append(
                        _score(fold, loaded, study, strategy, {**params, **values}, share, metric)
                    )
                # What libraries raise where values do not suit the rows: it costs this trial only.
                except (OutfoldError, ValueError, ArithmeticError, RuntimeError) as error:
                    scores.append(math.nan)
                    reason = reason or f"{type(error).__name__}: {str(error)[:200]}"
            return tuple(scores), reason

        trials = search(
            study.tuning, space, start, judge, higher=metric.direction == "higher",
            seed=study.seed, shares=shares, told=told,
        )  # fmt: skip
    best = best_of(trials, metric.direction == "higher")
    if best is None:
        why = next((t.reason for t in trials if t.reason), f"{metric.label} is undefined.")
        raise NotApplicableError(
            f"None of the {len(trials)} trials gave a score on the inner folds. {why}",
            "Take another metric for tuning, fewer inner folds, or no tuning.",
        )
    if failed := sum(not t.defined for t in trials):
        notes.append(f"{failed} of {len(trials)} trials gave no score.")
    if study.tuning.seconds is not None:
        notes.append("Tuning ended by time, so another run may choose other values.")
    return Tuned(
        best.params,
        best.score,
        metric.key,
        trials,
        tuple(len(f.resampled.frame) for f in folds),
        made.seconds + meter.seconds,
        made.cpu_seconds + meter.cpu_seconds,
        tuple(notes),
    )


def _rungs(study: Study, folds: Sequence[InnerFold]) -> tuple[float, ...]:
    rows = min(len(f.resampled.target) for f in folds)
    rarest = None
    if is_classification(study.task):
        rarest = min(int(np.unique(f.resampled.target, return_counts=True)[1].min()) for f in folds)
    return rungs(study.tuning.most_trials, rows, rarest)


def _score(
    fold: InnerFold,
    loaded: Loaded,
    study: Study,
    strategy: str,
    params: Params,
    share: float,
    metric: Metric,
) -> float:
    """The metric on one inner fold's rows, of a model fitted on the others."""
    table, cut = loaded.table, fold.cut
    rows = fold.part(share)
    model, fit_with = unfitted(rows, study, strategy, params)
    model.fit(rows.frame, rows.target, **fit_with)
    exposure = None if table.exposure is None else table.exposure[cut.test]
    arrays = predict(model, fold.test, study, len(table.classes), exposure)
    arrays |= {"truth": table.target[cut.test], "null": null_prediction(table, cut, study)}
    if table.weight is not None:
        arrays["weight"] = table.weight[cut.test]
    scored = scored_from_arrays(arrays, study.task, table.positive)
    if metric.needs == "probability" and scored.probability is None:
        return math.nan
    return float(metric.compute(scored))
