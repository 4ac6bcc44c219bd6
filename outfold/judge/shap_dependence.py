"""A column's value against its SHAP value, coloured by the column that it most interacts with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from outfold.errors import UnknownNameError
from outfold.judge.explanation import View
from outfold.metrics.metric import Floats

MOST_POINTS = 3000
NEIGHBOURS = 10
"""Windows of rows with about the same value, within which other columns are looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class Dependence:
    """One column's values and SHAP values.

    Attributes:
        feature: The column.
        colour: The column that colours the points; empty for none.
        chosen: Whether it was found to interact most, not asked for.
        values: The column's values of each point, shape (n,).
        shap: Its SHAP values, shape (n,).
        colours: The colouring column's values, shape (n,); empty without one.
        scale: What SHAP values add up to.
        rows: Positions in the study's table.
        strengths: How strongly each other column interacts, 0 to 1, the strongest first: the share
            of what is left of the SHAP values at about equal values that it explains by rank.
    """

    feature: str
    colour: str
    chosen: bool
    values: pd.Series
    shap: Floats
    colours: pd.Series
    scale: str
    rows: np.ndarray
    strengths: tuple[tuple[str, float], ...]


def shap_dependence(
    view: View, table: pd.DataFrame, feature: str, colour: str | None = None
) -> Dependence:
    """A column's SHAP values against its values.

    Args:
        view: The explanation.
        table: The study's feature columns.
        feature: The column.
        colour: The column that colours the points; by default the one that interacts most.

    Raises:
        UnknownNameError: There is no such column.
    """
    for name in filter(None, (feature, colour)):
        if name not in view.features:
            raise UnknownNameError(
                f"There is no feature {name!r}.", "Known: " + ", ".join(view.features[:20]) + "."
            )
    chance = view.chance()[:MOST_POINTS]
    rows = view.rows[chance]
    shap = view.shap[chance, view.features.index(feature)]
    frame = table.iloc[rows]
    strengths = _interactions(frame, feature, shap)
    found = colour or (strengths[0][0] if strengths and strengths[0][1] > 0 else "")
    colours = frame[found] if found else pd.Series(dtype="float64")
    return Dependence(
        feature, found, colour is None, frame[feature].reset_index(drop=True), shap,
        colours.reset_index(drop=True), view.scale, rows, strengths,
    )  # fmt: skip


def codes_of(values: pd.Series) -> Floats:
    """Values as numbers: moments and numbers as they are, categories by a code; missing as NaN."""
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        found = pd.DatetimeIndex(values).as_unit("s").asi8.astype(np.float64)
        return np.where(values.isna().to_numpy(), np.nan, found)
    if pd.api.types.is_numeric_dtype(values.dtype):
        return values.to_numpy(dtype=np.float64, na_value=np.nan)
    codes, _ = pd.factorize(values, sort=True)
    return np.where(codes < 0, np.nan, codes.astype(np.float64))


def _has_order(values: pd.Series) -> bool:
    return bool(
        pd.api.types.is_numeric_dtype(values.dtype)
        or pd.api.types.is_datetime64_any_dtype(values.dtype)
    )


def _interactions(frame: pd.DataFrame, feature: str, shap: Floats) -> tuple[tuple[str, float], ...]:
    """How much of the spread at about equal values each other column explains.

    After the approximate interactions of the shap library (Lundberg et al. 2020): rows are put in
    order of the column, cut into windows, and within each the SHAP values are correlated with the
    other column's values.
    """
    own = codes_of(frame[feature])
    distinct = len(np.unique(own[~np.isnan(own)]))
    if distinct <= NEIGHBOURS or not _has_order(frame[feature]):
        window = np.where(np.isnan(own), -1, own)
    else:
        window = pd.Series(own).rank(pct=True).mul(NEIGHBOURS).apply(np.ceil).fillna(-1).to_numpy()
    left = shap.copy()
    for w in np.unique(window):
        left[window == w] -= shap[window == w].mean()
    total = float((left**2).sum())
    if total < 1e-18:
        return tuple((str(c), 0.0) for c in frame.columns if c != feature)
    found = []
    for other in frame.columns:
        if other == feature:
            continue
        values, explained = frame[other], 0.0
        is_level = not _has_order(values) or values.nunique() <= 2
        numbers = codes_of(values)
        for w in np.unique(window):
            inside = (window == w) & ~np.isnan(numbers)
            n = int(inside.sum())
            if n < 6:
                continue
            part = left[inside]
            if is_level:
                groups = pd.Series(part).groupby(numbers[inside])
                between = float((groups.mean() ** 2 * groups.size()).sum())
                k = groups.ngroups
                # What as many groups explain by chance is taken off.
                within = max(0.0, float((part**2).sum()) - between)
                explained += max(0.0, between - (k - 1) * within / max(1, n - k))
            elif np.ptp(numbers[inside]) > 0:
                ranks = pd.Series(numbers[inside]).rank().to_numpy()
                r = np.corrcoef(ranks, part)[0, 1] if np.ptp(part) > 1e-12 else 0.0
                explained += max(0.0, r**2 - (1 - r**2) / (n - 2)) * float((part**2).sum())
        found.append((str(other), min(1.0, explained / total)))
    return tuple(sorted(found, key=lambda pair: -pair[1]))
