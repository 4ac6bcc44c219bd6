"""How much worse a candidate's score gets, out of fold, when a column is shuffled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from outfold.errors import NotApplicableError
from outfold.judge.corrected_t import corrected_t
from outfold.judge.explanation import Explanation
from outfold.metrics.catalogue import metric_named


@dataclass(frozen=True, slots=True)
class Shuffled:
    """One column, or several that were shuffled together.

    Attributes:
        features: The columns.
        drop: How much worse the score gets, mean over splits and shuffles; in the metric's unit,
            above 0 where the column helps.
        low: Lower end of the 95 % interval over the splits; NaN with one split.
        high: Upper end.
        by_split: The drop on each split, mean over the shuffles.
    """

    features: tuple[str, ...]
    drop: float
    low: float
    high: float
    by_split: tuple[float, ...]

    @property
    def name(self) -> str:
        """The columns joined by a plus."""
        return " + ".join(self.features)


@dataclass(frozen=True, slots=True)
class PermutationImportance:
    """Every column of one candidate.

    Attributes:
        metric: The metric's key.
        label: Its name.
        score: The score as it is, mean over the splits.
        columns: Columns shuffled one by one, the most important first.
        groups: Closely related columns shuffled together, likewise.
        repeats: Shuffles on each split.
        rows: Validation rows of a split that were scored, at the most.
        n_splits: Splits.
    """

    metric: str
    label: str
    score: float
    columns: tuple[Shuffled, ...]
    groups: tuple[Shuffled, ...]
    repeats: int
    rows: int
    n_splits: int


def permutation_importance(found: Explanation, metric: str) -> PermutationImportance:
    """Permutation importance by one metric.

    The interval is that of the mean over splits, which allows for shared training rows (Nadeau &
    Bengio 2003); the shuffles of one split are averaged before.

    Args:
        found: The explanation.
        metric: The metric's key.

    Raises:
        NotApplicableError: The metric is undefined on every split.
    """
    chosen = metric_named(metric)
    names = found.bodies[0]["permutation"]["metrics"]
    if metric not in names:
        raise NotApplicableError(
            f"{chosen.label} is not defined for this task.", "Take another metric."
        )
    place = names.index(metric)
    sign = 1.0 if chosen.direction == "higher" else -1.0
    as_it_is = np.array([a["unshuffled"][place] for a in found.arrays])
    if np.isnan(as_it_is).all():
        raise NotApplicableError(
            f"{chosen.label} is undefined for this candidate.", "Take another metric."
        )
    # (n_splits, n_sets)
    with np.errstate(invalid="ignore"):
        after = np.stack([_mean(a["shuffled"][place]) for a in found.arrays])
    drops = sign * (as_it_is[:, None] - after)
    said = found.bodies[0]["permutation"]
    sets = [(f,) for f in said["features"]] + [tuple(g) for g in said["groups"]]
    rows = []
    for i, features in enumerate(sets):
        judged = corrected_t(drops[:, i], found.ratio)
        rows.append(
            Shuffled(features, judged.mean, judged.low, judged.high, tuple(drops[:, i].tolist()))
        )
    single = [r for r in rows[: len(said["features"])] if r.features[0] in found.used]
    return PermutationImportance(
        metric, chosen.label, float(np.nanmean(as_it_is)),
        tuple(sorted(single, key=_order)),
        tuple(sorted(rows[len(said["features"]) :], key=_order)),
        said["repeats"], max(b["permutation"]["rows"] for b in found.bodies), found.n_splits,
    )  # fmt: skip


def _order(row: Shuffled) -> float:
    return -row.drop if row.drop == row.drop else float("inf")


def _mean(values: np.ndarray) -> np.ndarray:
    """Mean over the shuffles; NaN only where none is defined."""
    known = ~np.isnan(values)
    total = np.where(known, values, 0.0).sum(axis=1)
    return np.where(known.any(axis=1), total / np.maximum(known.sum(axis=1), 1), np.nan)
