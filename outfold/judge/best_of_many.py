"""How much of the best score is owed to having picked it: corrected without fitting anything."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from outfold.errors import NotApplicableError
from outfold.judge.chosen_metric import chosen_metric
from outfold.judge.compare import Lookup, known
from outfold.metrics.metric import Floats, Metric, Scored
from outfold.study.results import Predictions, RunResult

MOST_DRAWS, FEWEST_DRAWS = 500, 60
ROWS_DRAWN = 20_000_000
"""Rows looked at in all, over draws and candidates, before the draws become fewer."""


@dataclass(frozen=True, slots=True)
class BestOfMany:
    """The best candidate's score as measured, and corrected for having been picked.

    Attributes:
        metric: Key of the metric.
        label: Its name for people.
        direction: Whether more is better.
        best: The candidate picked on all rows.
        naive: Its score on the pooled out-of-fold predictions, on which it was picked.
        corrected: Mean score of what is picked on the drawn rows, on the rows not drawn.
        low: Lower end of the interval of ``corrected``: percentiles over the draws.
        high: Upper end.
        confidence: Of the interval.
        picked: How often each candidate was the one picked, as a share of the draws. The fitted
            models are the same in each, so this is not how often training again would pick it.
        candidates: How many there were to pick from.
        rows: Rows that were drawn from.
        draws: How often they were drawn.
        rarest: Rows of the rarest class; None where the target is a number.
    """

    metric: str
    label: str
    direction: Literal["higher", "lower"]
    best: str
    naive: float
    corrected: float
    low: float
    high: float
    confidence: float
    picked: Mapping[str, float]
    candidates: int
    rows: int
    draws: int
    rarest: int | None = None

    @property
    def optimism(self) -> float:
        """By how much the naive score is too good, in the metric's unit; positive is too good."""
        gap = self.naive - self.corrected
        return gap if self.direction == "higher" else -gap

    def to_json(self) -> dict[str, Any]:
        """The correction as the command line prints it."""
        return {
            "method": "bootstrap bias-corrected cross-validation (Tsamardinos et al. 2018)",
            "best": self.best,
            "naive": self.naive,
            "corrected": self.corrected,
            "low": self.low,
            "high": self.high,
            "optimism": self.optimism,
            "picked": dict(self.picked),
            "candidates": self.candidates,
            "draws": self.draws,
        }


def best_of_many(
    result: RunResult,
    predictions: Lookup,
    metric: str | None = None,
    confidence: float = 0.95,
    draws: int | None = None,
    seed: int = 0,
) -> BestOfMany:
    """Correct the best score for its having been picked (Tsamardinos et al. 2018).

    Rows are drawn with replacement from the stored out-of-fold predictions, within each class where
    there are classes. On the rows drawn the best candidate is picked, on those not drawn it is
    scored; the mean over the draws is what picking in this way is worth. Each class occurs among
    the rows drawn and among the others, as it does among all rows, so all figures average over the
    same classes. Where folds were repeated, a row's predictions are drawn together. Nothing is
    fitted again.

    Args:
        result: What was measured.
        predictions: From a candidate's name to its stored predictions.
        metric: Key of the metric; the study's own by default.
        confidence: Of the interval.
        draws: How often rows are drawn; by default 500, fewer where rows and candidates are many.
        seed: Seed of the draws.

    Raises:
        UnknownNameError: There is no such metric.
        NotApplicableError: Fewer than two candidates can be compared, they were validated on rows
            drawn by a bootstrap, or a class has a single row, which cannot be both drawn and left.
    """
    chosen = chosen_metric(result.study, metric)
    rows = [c for c in result.finished() if known(c, chosen)]
    if len(rows) < 2:
        raise NotApplicableError(
            "There are not two finished candidates to pick from.", "Compare two or more."
        )
    if result.study.validation.scheme == "bootstrap":
        raise NotApplicableError(
            "Validation rows were drawn by a bootstrap themselves.",
            "Take folds to see what picking the best is worth.",
        )
    names = [c.name for c in rows]
    stored = [predictions(name) for name in names]
    scored = [p.scored() for p in stored]
    ids, position = np.unique(stored[0].rows, return_inverse=True)
    if any(not np.array_equal(p.rows, stored[0].rows) for p in stored):
        raise NotApplicableError("The candidates were not judged on the same rows.")
    sign = 1.0 if chosen.direction == "higher" else -1.0
    naive = np.array([chosen.compute(s) for s in scored])
    best = int(np.nanargmax(sign * naive))
    if draws is None:
        affordable = ROWS_DRAWN // max(1, len(stored[0].rows) * len(stored))
        draws = min(MOST_DRAWS, max(FEWEST_DRAWS, affordable))
    rng = np.random.default_rng(seed)
    strata = _strata(stored[0], ids, position)
    if single := next((s for s in strata if len(s) == 1), None):
        code = int(stored[0].truth[position == single[0]][0])
        named = stored[0].classes[code] if stored[0].classes else code
        raise NotApplicableError(
            f"The best score cannot be corrected for having been picked: class {named} has a "
            "single row, which cannot be both picked on and scored on.",
            "Two rows of each class are needed, ten or more make it of use.",
        )
    picks: list[int] = []
    outside: list[float] = []
    for _ in range(draws):
        drawn = np.concatenate([_drawn(s, rng) for s in strata])
        times = np.bincount(drawn, minlength=len(ids)).astype(np.float64)[position]
        inside = np.array([_weighted(chosen, s, times) for s in scored])
        if np.isnan(inside).all():
            continue
        pick = int(np.nanargmax(sign * inside))
        value = _weighted(chosen, scored[pick], (times == 0).astype(np.float64))
        if not np.isnan(value):
            picks.append(pick)
            outside.append(value)
    if not outside:
        raise NotApplicableError(
            f"{chosen.label} is undefined on the rows left out.", "Take another metric."
        )
    low, high = np.quantile(outside, [(1 - confidence) / 2, (1 + confidence) / 2])
    counts = np.bincount(picks, minlength=len(rows)) / len(picks)
    return BestOfMany(
        metric=chosen.key, label=chosen.label, direction=chosen.direction, best=names[best],
        naive=float(naive[best]), corrected=float(np.mean(outside)), low=float(low),
        high=float(high), confidence=confidence,
        picked={name: float(share) for name, share in zip(names, counts, strict=True) if share},
        candidates=len(rows), rows=len(ids), draws=len(outside),
        rarest=min(map(len, strata)) if stored[0].task in ("binary", "multiclass") else None,
    )  # fmt: skip


def _strata(stored: Predictions, ids: np.ndarray, position: np.ndarray) -> list[np.ndarray]:
    """The rows of each class, or all rows where the target is a number."""
    if stored.task not in ("binary", "multiclass"):
        return [np.arange(len(ids))]
    truth = np.empty(len(ids), dtype=np.intp)
    truth[position] = stored.truth
    return [np.flatnonzero(truth == c) for c in np.unique(truth)]


def _drawn(stratum: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """As many rows as there are, with replacement, so that at least one is left out."""
    while True:
        drawn: np.ndarray = stratum[rng.integers(0, len(stratum), len(stratum))]
        if len(np.unique(drawn)) < len(stratum):
            return drawn


def _weighted(metric: Metric, scored: Scored, times: np.ndarray) -> float:
    """The metric with each row counted so many times; rows counted never are left out."""
    kept = times > 0

    def cut(values: Floats | None) -> Floats | None:
        return None if values is None else values[kept]

    null = scored.null
    if null is not None and np.ndim(null) and len(null) == len(times):
        null = null[kept]
    weight = times[kept] if scored.weight is None else times[kept] * scored.weight[kept]
    return float(
        metric.compute(
            dataclasses.replace(
                scored,
                truth=scored.truth[kept],
                probability=cut(scored.probability),
                score=cut(scored.score),
                value=cut(scored.value),
                null=null,
                weight=weight,
            )
        )
    )
