"""Whether decisions treat groups alike: rates by group, each with its interval.

Rates of the usual criteria: the share flagged (demographic parity), recall (equal opportunity:
Hardt, Price & Srebro 2016), the false alarm rate (with recall: equalised odds), precision and the
calibration gap (sufficiency). Where groups differ in how often they are truly positive, no
decision rule can make all of them equal at once (Chouldechova 2017; Kleinberg et al. 2017).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from outfold.errors import NotApplicableError
from outfold.judge.adjust import adjust
from outfold.judge.calibrate import wilson
from outfold.judge.row_groups import RowGroups
from outfold.metrics.metric import Floats
from outfold.study.results import Predictions

RATES: dict[str, str] = {
    "flagged": "Share flagged",
    "recall": "Recall",
    "false_alarms": "False alarm rate",
    "precision": "Precision",
    "positive": "Share truly positive",
}
FEW = 30
"""Below so many rows in a rate's denominator, little can be said."""
LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class GroupRate:
    """One rate of one group.

    Attributes:
        group: Value or range of the column.
        rate: Key of ``RATES``.
        rows: Rows that the rate is a share of; repeats of a row count once.
        value: The rate, 0 to 1; NaN where there is no such row.
        low: Lower end of its interval (Wilson 1927).
        high: Upper end.
        difference: Rate minus that of the reference group.
        difference_low: Lower end of its interval (Newcombe 1998, method 10).
        difference_high: Upper end.
        ratio: Rate over that of the reference group.
        p_adjusted: Of the difference, two-sided, after Holm over all groups and rates.
        few: Whether there are too few rows to rely on it.
    """

    group: str
    rate: str
    rows: int
    value: float
    low: float
    high: float
    difference: float
    difference_low: float
    difference_high: float
    ratio: float
    p_adjusted: float
    few: bool


@dataclass(frozen=True, slots=True)
class GroupRates:
    """The rates of every group.

    Attributes:
        candidate: Its name.
        column: The column that makes the groups.
        positive: Name of the positive class.
        threshold: From which probability or score on a row is flagged.
        reference: The group that the others are compared with: the largest that is one value.
        rates: Every rate of every group, by rate and then by group.
        confidence: Of the intervals.
    """

    candidate: str
    column: str
    positive: str
    threshold: float
    reference: str
    rates: tuple[GroupRate, ...]
    confidence: float

    def of(self, rate: str) -> tuple[GroupRate, ...]:
        """One rate, by group."""
        return tuple(r for r in self.rates if r.rate == rate)

    def sentence(self, rate: str) -> str:
        """What one rate shows, in one sentence; values as they are in the table."""
        label = RATES[rate]
        apart = [r for r in self.of(rate) if r.p_adjusted < LEVEL and not r.few]
        if not apart:
            return f"{label} is not told apart between groups of {self.column}"
        far = max(apart, key=lambda r: abs(r.difference))
        base = next(r for r in self.of(rate) if r.group == self.reference)
        return (
            f"{label} is {far.value:.0%} where {self.column} is {far.group} and {base.value:.0%} "
            f"where it is {self.reference}"
        )

    def frame(self) -> pd.DataFrame:
        """One row per rate and group, with the fields of ``GroupRate``."""
        names = list(GroupRate.__dataclass_fields__)
        return pd.DataFrame([[getattr(r, n) for n in names] for r in self.rates], columns=names)


def group_rates(
    predictions: Predictions, groups: RowGroups, threshold: float = 0.5, confidence: float = 0.95
) -> GroupRates:
    """Count decisions by group.

    Args:
        predictions: A binary candidate's stored predictions.
        groups: Group of each row of the study's table.
        threshold: From which probability, or score, on a row is flagged.
        confidence: Of the intervals.

    Raises:
        NotApplicableError: The task is not binary.
    """
    if predictions.task != "binary":
        raise NotApplicableError(
            "Groups are compared by yes-or-no decisions, and this target is another.",
            "Look at the slices instead.",
        )
    scored = predictions.scored()
    flagged, truth = scored.positive_score() >= threshold, scored.is_positive()
    codes = groups.codes[predictions.rows]
    ids, unit = np.unique(predictions.rows, return_inverse=True)
    # Repeats of a row say little more than the row: together they weigh as much as one.
    weight = 1 / np.bincount(unit)[unit]
    if scored.weight is not None:
        weight = weight * scored.weight
    k = len(groups.labels)
    sizes = np.bincount(codes, weight, minlength=k)
    named = [g for g in range(k) if g not in groups.mixed] or list(range(k))
    reference = max(named, key=lambda g: sizes[g])
    everybody = np.ones(len(codes), dtype=bool)
    cells = {
        "flagged": (everybody, flagged),
        "recall": (truth, flagged),
        "false_alarms": (~truth, flagged),
        "precision": (flagged, truth),
        "positive": (everybody, truth),
    }
    found: list[GroupRate] = []
    p_values: list[float] = []
    for rate, (among, hit) in cells.items():
        below = np.bincount(codes, weight * among, minlength=k)
        above = np.bincount(codes, weight * (among & hit), minlength=k)
        n = _rows(codes, unit, len(ids), weight * among, k)
        value = np.divide(above, below, out=np.full(k, np.nan), where=below > 0)
        low, high = (np.full(k, np.nan) for _ in range(2))
        some = n > 0
        low[some], high[some] = wilson(value[some] * n[some], n[some], confidence)
        for g in range(k):
            if not sizes[g]:
                continue
            made, p = _beside(groups.labels[g], rate, g, reference, n, value, low, high)
            found.append(made)
            p_values.append(p)
    fixed = adjust(p_values, "holm")
    return GroupRates(
        predictions.candidate.name, groups.column, predictions.classes[predictions.positive],
        threshold, groups.labels[reference],
        tuple(replace(r, p_adjusted=float(p)) for r, p in zip(found, fixed, strict=True)),
        confidence,
    )  # fmt: skip


def _rows(codes: np.ndarray, unit: np.ndarray, n: int, weight: Floats, k: int) -> Floats:
    """Rows of each group as far as they tell: Kish's (1965) effective number, repeats as one."""
    by_unit = np.bincount(unit, weight, minlength=n)
    group = np.zeros(n, dtype=np.intp)
    group[unit] = codes
    total = np.bincount(group, by_unit, minlength=k)
    squares = np.bincount(group, by_unit**2, minlength=k)
    return np.divide(total**2, squares, out=np.zeros(k), where=squares > 0)


def _beside(
    label: str, rate: str, g: int, reference: int, n: Floats, value: Floats, low: Floats,
    high: Floats,
) -> tuple[GroupRate, float]:  # fmt: skip
    """One group's rate beside the reference group's, and the p-value of their difference."""
    from scipy.special import ndtr

    nan = float("nan")
    few = bool(n[g] < FEW)
    own = (float(value[g]), float(low[g]), float(high[g]))
    if g == reference or not n[g] or not n[reference]:
        return GroupRate(label, rate, round(float(n[g])), *own, *(nan,) * 5, few), nan
    base = (float(value[reference]), float(low[reference]), float(high[reference]))
    gap = own[0] - base[0]
    below = gap - float(np.hypot(own[0] - own[1], base[2] - base[0]))
    above = gap + float(np.hypot(own[2] - own[0], base[0] - base[1]))
    pooled = float((own[0] * n[g] + base[0] * n[reference]) / (n[g] + n[reference]))
    error = float(np.sqrt(pooled * (1 - pooled) * (1 / n[g] + 1 / n[reference])))
    p = 2 * float(ndtr(-abs(gap) / error)) if error > 0 else 1.0
    ratio = own[0] / base[0] if base[0] > 0 else nan
    made = GroupRate(label, rate, round(float(n[g])), *own, gap, below, above, ratio, p, few)
    return made, p
