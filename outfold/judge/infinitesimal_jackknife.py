"""The standard error of a bootstrap's error out of bag, from the draws that were made anyway.

Efron & Tibshirani (1997, theorem 1) differentiate the leave-one-out bootstrap by the weight of
each row: D_i = (2 + 1/(n-1)) (E_i - E)/n + e_n cov(N_i, q), with E_i the mean loss of row i out of
bag, N_i how often it was drawn and q a draw's summed loss. The part of q that follows from which
rows are out of bag alone has a known covariance with N_i. Taken out, it leaves D_i = (E_i - E)/n +
cov(N_i, r), where r is how much worse a draw's model does on its rows out of bag than models do on
these rows on average: the same in expectation and far less noisy. What noise is left by the number
of draws is subtracted as Wager, Hastie & Efron (2014) do; the sum over rows alone is the floor.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from outfold.metrics.metric import Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class OutOfBag:
    """Losses out of bag, summed up.

    Attributes:
        mean: Over the rows, each by its mean over the draws that left it out.
        rows: That mean of each row, shape (n_rows,); NaN for a row that every draw took.
        shaken: How much worse than usual each draw does on its rows, shape (n_draws,).
    """

    mean: float
    rows: Floats
    shaken: Floats


def out_of_bag(losses: Floats, weight: Floats) -> OutOfBag:
    """Sum up losses.

    Args:
        losses: Of each row on each draw, NaN where it was drawn, shape (n_draws, n_rows).
        weight: Of the rows, shape (n_rows,).
    """
    left = np.isfinite(losses)
    times = left.sum(axis=0)
    known = times > 0
    filled = np.where(left, losses, 0.0)
    rows = np.divide(filled.sum(axis=0), times, out=np.full(len(times), np.nan), where=known)
    total = float(weight[known].sum())
    if total <= 0:
        return OutOfBag(np.nan, rows, np.zeros(len(losses)))
    share = np.where(known, weight, 0.0) / total
    mean = float((share[known] * rows[known]).sum())
    inflated = np.divide(share * len(losses), times, out=np.zeros(len(times)), where=known)
    away = np.where(left, losses - np.where(known, rows, 0.0), 0.0)
    return OutOfBag(mean, rows, (away * inflated).sum(axis=1))


@dataclass(frozen=True, slots=True, eq=False)
class Influence:
    """How a figure moves with each row, or with each group where whole groups were drawn.

    Attributes:
        direct: By the row's own losses, shape (n_units,).
        shaken: See ``OutOfBag``, shape (n_draws,).
        times: How often each unit was drawn, shape (n_draws, n_units).
    """

    direct: Floats
    shaken: Floats
    times: Floats

    def scaled(self, factor: float) -> Influence:
        """The influence on a multiple of the figure."""
        return replace(self, direct=self.direct * factor, shaken=self.shaken * factor)

    def minus(self, other: Influence) -> Influence:
        """The influence on the difference of two figures of the same draws."""
        return replace(self, direct=self.direct - other.direct, shaken=self.shaken - other.shaken)

    @property
    def by_unit(self) -> Floats:
        """By the row's own losses and through the models trained on it, shape (n_units,)."""
        centred = self.times - self.times.mean(axis=0)
        return self.direct + centred.T @ self.shaken / len(self.shaken)

    @property
    def std_error(self) -> float:
        """The standard error of the figure; NaN where it is undefined."""
        floor = float((self.direct**2).sum())
        noise = float((self.shaken**2).mean() * self.times.var(axis=0).sum()) / len(self.shaken)
        found = float((self.by_unit**2).sum()) - noise
        return float(np.sqrt(found if found > floor else floor))


def influence(
    bag: OutOfBag,
    apparent: Floats,
    weight: Floats,
    times: Ints,
    units: Ints,
    slopes: tuple[float, float],
) -> Influence:
    """How an estimate made from the apparent figure and the one out of bag moves with the rows.

    The model of the apparent figure and the no-information rate are held fixed.

    Args:
        bag: The losses out of bag.
        apparent: Losses of the rows trained on, shape (n_rows,).
        weight: Of the rows, shape (n_rows,).
        times: How often each row was drawn, shape (n_draws, n_rows).
        units: Which rows are drawn together, as codes, shape (n_rows,).
        slopes: Derivatives of the estimate by the apparent figure and by the one out of bag.
    """
    share = weight / weight.sum()
    own = share * (apparent - float((share * apparent).sum()))
    known = np.isfinite(bag.rows)
    rows = np.where(known, bag.rows, 0.0)
    centre = float((share[known] * rows[known]).sum() / share[known].sum()) if known.any() else 0.0
    left = np.where(known, share * (rows - centre), 0.0)
    _, first, place = np.unique(units, return_index=True, return_inverse=True)
    moved = slopes[0] * own + slopes[1] * left
    direct = np.bincount(place, moved, minlength=len(first)).astype(np.float64)
    return Influence(direct, slopes[1] * bag.shaken, times[:, first].astype(np.float64))
