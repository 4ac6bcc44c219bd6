"""Partial residuals: the response along one column when the other terms are taken off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from outfold.judge.expression import names_in
from outfold.judge.factor import is_categorical
from outfold.judge.glm_fit import GlmFit
from outfold.metrics.metric import Floats

MOST = 2_000
"""Points of a chart."""
BINS = 20


@dataclass(frozen=True, slots=True, eq=False)
class PartialResiduals:
    """One term's part of the linear predictor with what it leaves, arrays of shape (n_points,).

    Attributes:
        term: The term's label.
        column: The column along which it is drawn.
        x: The column's values: numbers, or for levels their places.
        levels: The levels, or empty for numbers.
        part: The term's share of the linear predictor, centred over all rows.
        residual: ``part`` and the working residual, on the link's scale.
        index: The rows' positions in the table given.
        trend_x: Middle of each bin of equal numbers of rows, or each level.
        trend: Mean of ``residual`` in it, over all rows, weighted by the working weights.
        trend_error: Its standard error.
        n: Rows of the fit.
    """

    term: str
    column: str
    x: Floats
    levels: tuple[str, ...]
    part: Floats
    residual: Floats
    index: np.ndarray
    trend_x: Floats
    trend: Floats
    trend_error: Floats
    n: int


def partial_residuals(fit: GlmFit, seed: int = 0) -> tuple[PartialResiduals, ...]:
    """Partial residuals of every term of a single column (Landwehr, Pregibon & Shoemaker 1984).

    A curve in the trend that the term's part does not follow asks for ``poly``, ``bs`` or another
    scale. Interactions are left out: they have no one axis.

    Args:
        fit: The fitted model.
        seed: Of the rows drawn where there are very many.
    """
    with np.errstate(all="ignore"):
        working = fit.engine().link.deriv(fit.mu) * (fit.rows.y - fit.mu)
    weight = fit.working_weights()
    take = np.arange(fit.n)
    if fit.n > MOST:
        take = np.sort(np.random.default_rng(seed).choice(fit.n, MOST, replace=False))
    beta = np.zeros(len(fit.kept))
    beta[fit.kept] = [c.estimate for c in fit.coefficients if not c.aliased]
    found: list[PartialResiduals] = []
    for place, term in enumerate(fit.spec.formula.terms, start=1):
        columns = {n for f in term.factors for n in names_in(f)}
        if len(term.factors) != 1 or len(columns) != 1:
            continue
        (column,) = columns
        own = np.flatnonzero(fit.design.term_of == place)
        part = fit.design.matrix[:, own] @ beta[own]
        part = part - part.mean()
        residual = part + working
        coded = fit.design.levels.get(term.label)
        series = fit.rows.frame[column]
        if coded is not None:
            x, levels = coded.codes.astype(np.float64), coded.names
        elif is_categorical(series):
            continue
        else:
            x, levels = series.to_numpy(dtype=np.float64), ()
        ok = np.isfinite(residual)
        trend = _trend(x[ok], residual[ok], weight[ok], len(levels))
        found.append(
            PartialResiduals(
                term.label, column, x[take], levels, part[take], residual[take],
                fit.rows.index[take], *trend, fit.n,
            )
        )  # fmt: skip
    return tuple(found)


def _trend(
    x: Floats, residual: Floats, weight: Floats, levels: int
) -> tuple[Floats, Floats, Floats]:
    if levels:
        place, size = x.astype(np.intp), levels
    else:
        edges = np.unique(np.quantile(x, np.linspace(0, 1, BINS + 1)))
        size = max(1, len(edges) - 1)
        place = np.clip(np.searchsorted(edges, x, "right") - 1, 0, size - 1)
    count = np.bincount(place, minlength=size)
    total = np.bincount(place, weights=weight, minlength=size)
    kept = (count >= 3) & (total > 0)
    with np.errstate(all="ignore"):
        mean = np.bincount(place, weights=weight * residual, minlength=size) / total
        middle = np.bincount(place, weights=x, minlength=size) / count
        left = weight**2 * (residual - mean[place]) ** 2
        error = np.sqrt(np.bincount(place, weights=left, minlength=size)) / total
    return middle[kept], mean[kept], error[kept]
