"""How much each column moves predictions: the mean size of its SHAP values, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from outfold.errors import NotApplicableError
from outfold.judge.corrected_t import corrected_t
from outfold.judge.explanation import View
from outfold.metrics.metric import Floats, Ints


@dataclass(frozen=True, slots=True)
class ColumnImportance:
    """One column.

    Attributes:
        feature: Its name.
        mean: Mean size of its SHAP values, in the unit of the scale.
        low: Lower end of the 95 % interval over the splits; NaN with one split.
        high: Upper end.
        direction: Correlation of value and SHAP value by rank, -1 to 1; NaN for categories.
    """

    feature: str
    mean: float
    low: float
    high: float
    direction: float


def shap_importance(view: View, table: pd.DataFrame | None = None) -> tuple[ColumnImportance, ...]:
    """Every column by the mean size of its SHAP values, the largest first.

    The interval allows for the overlap of training rows (Nadeau & Bengio 2003).

    Args:
        view: The explanation.
        table: The study's feature columns; without it no direction is told.
    """
    chance = view.chance()
    size, split = np.abs(view.shap[chance]), view.split[chance]
    numbers = np.unique(split)
    by_split = np.array([size[split == s].mean(axis=0) for s in numbers])
    found = []
    for i, feature in enumerate(view.features):
        judged = corrected_t(by_split[:, i], view.ratio)
        values = None if table is None else table[feature].iloc[view.rows[chance]]
        found.append(
            ColumnImportance(
                feature, float(size[:, i].mean()), max(0.0, judged.low), judged.high,
                _direction(values, view.shap[chance, i]),
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda c: -c.mean))


def _direction(values: pd.Series | None, shap: Floats) -> float:
    if values is None or not pd.api.types.is_numeric_dtype(values.dtype):
        return float("nan")
    numbers = pd.Series(values.to_numpy(dtype=np.float64, na_value=np.nan))
    if numbers.nunique() < 2 or np.ptp(shap) < 1e-12:
        return float("nan")
    return float(numbers.rank().corr(pd.Series(shap).rank()))


@dataclass(frozen=True, slots=True, eq=False)
class Cohorts:
    """Groups of rows compared.

    Attributes:
        by: What they are grouped by.
        names: The groups.
        counts: Rows of each.
        features: The columns, the most important over all groups first.
        mean: Mean size of SHAP values, shape (n_groups, n_features).
        low: Lower end of the 95 % bootstrap interval over the rows, same shape.
        high: Upper end.
        shift: Mean SHAP value with its sign, same shape.
    """

    by: str
    names: tuple[str, ...]
    counts: tuple[int, ...]
    features: tuple[str, ...]
    mean: Floats
    low: Floats
    high: Floats
    shift: Floats


LEAST = 5
"""Rows of a group, at least."""
DRAWS = 400


def cohorts(view: View, labels: Sequence[str], by: str, seed: int = 0) -> Cohorts:
    """Compare groups of the rows explained.

    Args:
        view: The explanation.
        labels: The group of each row explained, shape (n,).
        by: What they are grouped by, in words.
        seed: Of the bootstrap.

    Raises:
        NotApplicableError: Fewer than two groups have five rows.
    """
    chance = view.chance()
    of_row = np.asarray(labels, dtype=object)[chance]
    names = [str(n) for n in pd.unique(of_row) if (of_row == n).sum() >= LEAST]
    if len(names) < 2:
        raise NotApplicableError(
            f"By {by}, fewer than two groups have {LEAST} rows explained.",
            "Group by another column, or explain more rows.",
        )
    rng = np.random.default_rng(seed)
    sizes = np.abs(view.shap[chance])
    overall = sizes.mean(axis=0)
    order = np.argsort(-overall, kind="stable")
    mean, low, high, shift, counts = [], [], [], [], []
    for name in names:
        rows: Ints = np.flatnonzero(of_row == name)
        own = sizes[rows][:, order]
        weights = rng.multinomial(len(rows), np.full(len(rows), 1 / len(rows)), size=DRAWS)
        drawn = weights @ own / len(rows)
        mean.append(own.mean(axis=0))
        low.append(np.quantile(drawn, 0.025, axis=0))
        high.append(np.quantile(drawn, 0.975, axis=0))
        shift.append(view.shap[chance][rows][:, order].mean(axis=0))
        counts.append(len(rows))
    return Cohorts(
        by, tuple(names), tuple(counts), tuple(view.features[i] for i in order),
        np.array(mean), np.array(low), np.array(high), np.array(shift),
    )  # fmt: skip


def labels_of(values: pd.Series, most: int = 4) -> list[str]:
    """Groups of a column's values: its commonest levels, or quarters of its rows by a number."""
    if pd.api.types.is_bool_dtype(values.dtype):
        return ["missing" if pd.isna(v) else str(bool(v)).lower() for v in values.tolist()]
    is_moment = pd.api.types.is_datetime64_any_dtype(values.dtype)
    if is_moment or pd.api.types.is_numeric_dtype(values.dtype):
        cut = pd.qcut(values.astype("float64") if not is_moment else values, most,
                      duplicates="drop")  # fmt: skip

        def said(v: object) -> str:
            return f"{v:%Y-%m-%d}" if is_moment else f"{v:.4g}"

        return [
            "missing" if pd.isna(v) else f"{said(v.left)} to {said(v.right)}" for v in cut.tolist()
        ]
    common = set(values.value_counts().index[: most + 1].tolist())
    return [
        "missing" if pd.isna(v) else str(v) if v in common else "other" for v in values.tolist()
    ]
