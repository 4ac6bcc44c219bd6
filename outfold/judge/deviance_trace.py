"""Deviance in training and out of fold: by candidate, by boosting stage, along a penalty.

What a fit leaves on its own training rows is not stored by an ordinary run. It is measured by
fitting a candidate again on its splits (``Study.trace_deviance``), in the background like any run;
everything before the fit is what the run did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from outfold.errors import NotApplicableError
from outfold.metrics.metric import Floats, Ints
from outfold.registry import Param, Value, registry
from outfold.study.explain.explaining import NO_EXPLAINING
from outfold.study.run import plan_of
from outfold.study.speed import NO_QUICK, NO_RACE
from outfold.study.study import Candidate, Choice, Study
from outfold.study.tune.tuning import NO_TUNING
from outfold.study.workspace import Workspace

PENALTIES = ("alpha", "C")
"""Parameters that say how strongly coefficients are shrunk: ``alpha`` more with larger values,
``C`` less."""
STRENGTHS = 13
"""Strengths along a path, evenly spread in ratios."""


@dataclass(frozen=True, slots=True, eq=False)
class Stages:
    """Mean deviance of a row after some rounds of boosting, arrays of shape (n_stages,).

    Attributes:
        at: The rounds.
        train: On the rows that each split's model was fitted on.
        test: Out of fold.
        test_error: Standard error of ``test`` over the splits; NaN for a single split.
        best: Place of the least ``test``.
    """

    at: Ints
    train: Floats
    test: Floats
    test_error: Floats
    best: int

    @property
    def best_stage(self) -> int:
        """The round after which the deviance out of fold is least."""
        return int(self.at[self.best])


@dataclass(frozen=True, slots=True, eq=False)
class TracedCandidate:
    """One candidate's mean deviance a row in training and out of fold.

    Attributes:
        candidate: The candidate.
        train: On the training rows of its splits, pooled, before resampling.
        test: Out of fold, pooled.
        train_null: Of the training rows' mean or shares, on the same rows.
        test_null: Likewise.
        test_error: Standard error of ``test`` over the splits; NaN for a single split.
        stages: By boosting round, or None.
        splits: Splits that were fitted.
    """

    candidate: Candidate
    train: float
    test: float
    train_null: float
    test_null: float
    test_error: float
    stages: Stages | None
    splits: int

    @property
    def train_d2(self) -> float:
        """Share of the null deviance taken off in training."""
        return 1 - self.train / self.train_null if self.train_null > 0 else float("nan")

    @property
    def test_d2(self) -> float:
        """Share of the null deviance taken off out of fold; below 0 where worse than the null."""
        return 1 - self.test / self.test_null if self.test_null > 0 else float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class DeviancePath:
    """Deviance along the strength of a penalty, arrays of shape (n_strengths,).

    Attributes:
        model: Key of the model.
        parameter: Its parameter that was varied.
        values: The parameter's values, the strongest penalty first.
        train: Mean deviance a row in training.
        test: Mean deviance a row out of fold.
        test_error: Standard error of ``test`` over the splits.
        test_null: Of the null model, out of fold.
        best: Place of the least ``test``.
        simplest: Place of the strongest penalty whose ``test`` is within one standard error of the
            least (Breiman et al. 1984).
        chosen: The value that the candidate has.
    """

    model: str
    parameter: Param
    values: Floats
    train: Floats
    test: Floats
    test_error: Floats
    test_null: float
    best: int
    simplest: int
    chosen: float

    def frame(self) -> pd.DataFrame:
        """One row per value: value, train, test, test_error."""
        return pd.DataFrame(
            {"value": self.values, "train": self.train, "test": self.test,
             "test_error": self.test_error}
        )  # fmt: skip


def traced_study(study: Study, candidate: Candidate | None = None) -> Study:
    """The study that measures deviances in training: of one candidate, or of all.

    Args:
        study: The run's study.
        candidate: One of its candidates; all of them where none is named.
    """
    asked = study.replace(
        train_shares=(), racing=NO_RACE, quick=NO_QUICK, meter_seconds=0.0,
        explaining=NO_EXPLAINING, trace_deviance=True,
    )  # fmt: skip
    if candidate is None:
        return asked
    return asked.replace(
        selectors=(candidate.selector,), resamplers=(candidate.resampler,),
        models=(candidate.model,),
    )  # fmt: skip


def penalty_of(model: str) -> Param | None:
    """The parameter by which a model's coefficients are shrunk, or None."""
    strategy = registry("model")[model]
    if strategy.family != "linear":
        return None
    return next((p for p in strategy.params if p.key in PENALTIES and p.scale == "log"), None)


def strengths(parameter: Param) -> tuple[float, ...]:
    """The values of a penalty that a path tries, the strongest first."""
    low, high = _limits(parameter)
    # Three digits: the values stand in names, labels and keys.
    values = [float(f"{v:.3g}") for v in np.geomspace(low, high, STRENGTHS)]
    return tuple(values if parameter.key == "C" else reversed(values))


def _limits(parameter: Param) -> tuple[float, float]:
    if parameter.search and not isinstance(parameter.search[0], str):
        low, high = float(parameter.search[0]), float(parameter.search[1])
        if low > 0:
            return low, high
    assert parameter.low is not None
    assert parameter.high is not None
    return max(parameter.low, 1e-6), parameter.high


def path_study(study: Study, candidate: Candidate) -> Study:
    """The study that measures a candidate's deviance along its penalty, with tuning off.

    Raises:
        NotApplicableError: The model has no penalty.
    """
    parameter = penalty_of(candidate.model.key)
    if parameter is None:
        raise NotApplicableError(
            f"{registry('model')[candidate.model.key].label} has no penalty to vary.",
            "Take a penalised linear model, such as logistic regression, ridge or Poisson.",
        )
    base = dict(candidate.model.params)
    return traced_study(study, candidate).replace(
        models=tuple(_with(candidate.model, base, parameter.key, v) for v in strengths(parameter)),
        tuning=NO_TUNING,
        metric="",
    )


def _with(choice: Choice, base: Mapping[str, Value], name: str, value: float) -> Choice:
    return Choice(choice.key, tuple(sorted({**base, name: value}.items())))


def traced(workspace: Workspace, run: str) -> dict[str, TracedCandidate]:
    """What a run that traces deviances has found so far, by candidate; the baseline included.

    Candidates without probabilities, and those none of whose splits are done, are not there.

    Raises:
        UnknownNameError: This workspace does not know the run.
    """
    plan = plan_of(workspace, run)
    if plan is None:
        return {}
    study = workspace.study(workspace.records.run(run).study)
    fits = plan.judged().fits
    bodies = workspace.records.steps([key for keys in fits.values() for key in keys])
    found: dict[str, TracedCandidate] = {}
    for candidate in study.candidates():
        parts = [
            bodies[key]["deviance"]
            for key in fits[candidate.name]
            if key in bodies and bodies[key].get("deviance")
        ]
        if parts:
            found[candidate.name] = _pooled(candidate, parts)
    return found


def _pooled(candidate: Candidate, parts: Sequence[Mapping[str, Any]]) -> TracedCandidate:
    def mean(side: str, what: str) -> float:
        return sum(p[side][what] for p in parts) / sum(p[side]["weight"] for p in parts)

    each = np.array([p["test"]["deviance"] / p["test"]["weight"] for p in parts])
    return TracedCandidate(
        candidate,
        mean("train", "deviance"), mean("test", "deviance"),
        mean("train", "null"), mean("test", "null"),
        float(_error(each[:, None])[0]), _stages(parts), len(parts),
    )  # fmt: skip


def _error(by_split: Floats) -> Floats:
    """Standard error of the mean over splits, shape (n_columns,)."""
    n = len(by_split)
    if n < 2:
        return np.full(by_split.shape[1], np.nan)
    return np.asarray(by_split.std(axis=0, ddof=1) / np.sqrt(n))


def _stages(parts: Sequence[Mapping[str, Any]]) -> Stages | None:
    if not all(p["stages"] for p in parts):
        return None
    # A model may have stopped sooner in one split; only what all have is compared.
    at = np.array(sorted(set.intersection(*({int(i) for i in p["stages"]["at"]} for p in parts))))
    if not len(at):
        return None

    def of(side: str) -> tuple[Floats, Floats]:
        rows, weight = [], []
        for part in parts:
            place = {int(i): k for k, i in enumerate(part["stages"]["at"])}
            rows.append([part["stages"][side][place[int(i)]] for i in at])
            weight.append(part[side]["weight"])
        matrix = np.asarray(rows, dtype=np.float64)
        return np.average(matrix, axis=0, weights=weight), matrix

    train, _ = of("train")
    test, each = of("test")
    return Stages(at, train, test, _error(each), int(np.argmin(test)))


def deviance_path(workspace: Workspace, run: str, candidate: Candidate) -> DeviancePath | None:
    """Deviance along the penalty, from a run of ``path_study``; None until two strengths are done.

    Args:
        workspace: Where the run is kept.
        run: The run.
        candidate: The candidate that was varied.
    """
    parameter = penalty_of(candidate.model.key)
    assert parameter is not None
    found = [c for c in traced(workspace, run).values() if not c.candidate.is_baseline]
    complete = max((c.splits for c in found), default=0)
    by_value = {
        float(dict(c.candidate.model.params)[parameter.key]): c  # type: ignore[arg-type]
        for c in found
        if c.splits == complete
    }
    values = [v for v in strengths(parameter) if v in by_value]
    if len(values) < 2:
        return None
    rows = [by_value[v] for v in values]
    test = np.array([c.test for c in rows])
    error = np.array([c.test_error for c in rows])
    best = int(np.argmin(test))
    limit = test[best] + (error[best] if np.isfinite(error[best]) else 0.0)
    complete_params = registry("model")[candidate.model.key].complete(dict(candidate.model.params))
    return DeviancePath(
        candidate.model.key, parameter, np.array(values), np.array([c.train for c in rows]), test,
        error, rows[0].test_null, best, int(np.flatnonzero(test <= limit)[0]),
        float(complete_params[parameter.key]),  # type: ignore[arg-type]
    )  # fmt: skip
