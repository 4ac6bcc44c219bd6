"""The .632+ estimate: what was measured out of bag, corrected for the rows that training missed.

A bootstrap draw trains on about 63.2 % of the distinct rows, so its error out of bag is too large.
Efron & Tibshirani (1997) pull it towards the error on the training rows, the less so the more a
model overfits: the weight of the error out of bag is .632 / (1 - .368 R), where the relative
overfitting rate R is 0 if both errors are alike and 1 if the error out of bag is that of a model
whose predictions have nothing to do with the rows (the no-information rate). For the AUC and
other figures that no single row has, Sahiner et al. (2008) do the same with the mean out of bag.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from outfold.judge.infinitesimal_jackknife import Influence, influence, out_of_bag
from outfold.metrics.metric import Floats, Ints, Metric, Scored
from outfold.study.results import Drawn, Predictions
from outfold.task import is_classification

PAIRS = 250_000
"""Pairs of a row's truth and a row's prediction, up to which the no-information rate takes all."""


@dataclass(frozen=True, slots=True)
class Plus632:
    """A .632+ estimate and what it is made from, all in the metric's own unit.

    Attributes:
        apparent: On the rows trained on, by the model of all rows.
        out_of_bag: On the rows that a draw left out.
        no_information: With predictions and truth paired at random.
        overfitting: The relative overfitting rate R, 0 to 1.
        weight: Of the figure out of bag, .632 to 1.
        value: The estimate.
    """

    apparent: float
    out_of_bag: float
    no_information: float
    overfitting: float
    weight: float
    value: float


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """A figure of one candidate under the bootstrap.

    Attributes:
        value: The .632+ estimate; the plain mean out of bag where ``plus`` is None.
        plus: How it was made; None for metrics that are no mean over rows.
        values: On each draw, out of bag, shape (n_draws,).
        influence: How it moves with the rows; None where ``plus`` is.
    """

    value: float
    plus: Plus632 | None
    values: Floats
    influence: Influence | None

    @property
    def std_error(self) -> float:
        """Of the value; NaN where it is unknown."""
        return self.influence.std_error if self.influence else spread(self.values)


def plus_632(
    apparent: float, oob: float, none: float, *, higher: bool = False, clipped: bool = False
) -> tuple[Plus632, tuple[float, float]]:
    """Combine the three figures of a loss or a gain.

    Args:
        apparent: On the rows trained on.
        oob: Out of bag.
        none: Without information.
        higher: Whether more is better.
        clipped: Whether a figure worse than none counts as none throughout (Sahiner et al. 2008),
            rather than in the correction alone (Efron & Tibshirani 1997, equation 32).

    Returns:
        The estimate, and its derivatives by ``apparent`` and ``oob``.
    """
    if not np.isfinite([apparent, oob, none]).all():
        return Plus632(apparent, oob, none, np.nan, np.nan, np.nan), (np.nan, np.nan)
    sign = -1.0 if higher else 1.0
    gap, room = sign * (oob - apparent), sign * (none - apparent)
    worse = sign * (oob - none) > 0
    if clipped and worse:
        return Plus632(apparent, oob, none, 1.0, 1.0, none), (0.0, 1.0)
    rate = min(gap / room, 1.0) if gap > 0 and room > 0 else 0.0
    weight = 0.632 / (1 - 0.368 * rate)
    if rate == 1.0 and worse:
        value = 0.632 * oob + 0.368 * none
        return Plus632(apparent, oob, none, rate, weight, value), (0.0, 0.632)
    value = (1 - weight) * apparent + weight * oob
    steep = 0.368 * weight / (1 - 0.368 * rate) if rate > 0 else 0.0
    slopes = (1 - weight - rate * (1 - rate) * steep, weight + rate * steep)
    return Plus632(apparent, oob, none, rate, weight, value), slopes


def no_information(scored: Scored, metric: Metric) -> float:
    """The metric with every row's prediction set against every row's truth.

    Classes are set against all predictions exactly. Numbers are up to 500 rows; beyond, each
    prediction meets as many rows as make 250,000 pairs.
    """
    n = len(scored.truth)
    weight = np.ones(n) if scored.weight is None else scored.weight
    if is_classification(scored.task):
        codes = np.unique(np.asarray(scored.truth, dtype=np.intp))
        truth: Floats | Ints = np.repeat(codes, n)
        shares = [float(weight[scored.truth == code].sum()) for code in codes]
        times, weights = len(codes), np.repeat(shares, n) * np.tile(weight, len(codes))
    else:
        times = min(n, max(1, PAIRS // n))
        shifts = np.linspace(0, n, times, endpoint=False).astype(np.intp)
        meets = (np.arange(n)[None, :] + shifts[:, None]).ravel() % n
        truth = scored.truth[meets]
        weights = weight[meets] * np.tile(weight, times)

    def tiled(values: Floats | None) -> Floats | None:
        return None if values is None else np.concatenate([values] * times)

    paired = replace(
        scored, truth=truth, weight=weights, probability=tiled(scored.probability),
        score=tiled(scored.score), value=tiled(scored.value), null=tiled(scored.null),
    )  # fmt: skip
    return metric.compute(paired)


def estimate(predictions: Predictions, metric: Metric) -> Estimate:
    """The .632+ estimate of a candidate's metric.

    Args:
        predictions: Out of bag, with what was ``drawn``.
        metric: What to estimate.

    Returns:
        The plain mean out of bag for metrics without ``parts``; NaN where the metric is undefined.

    Raises:
        ValueError: The predictions are not those of a bootstrap.
    """
    drawn = predictions.drawn
    if drawn is None:
        raise ValueError("the predictions are not those of a bootstrap")
    by_draw = predictions.by_split()
    values = np.array([metric.compute(scored) for scored in by_draw])
    if metric.parts is None:
        known = values[np.isfinite(values)]
        return Estimate(float(known.mean()) if len(known) else np.nan, None, values, None)
    apparent = drawn.apparent.scored()
    root, together = metric.parts.kind == "root", metric.parts.kind == "together"
    power = 2 if root else 1
    losses = _losses(by_draw, predictions, drawn, metric)
    weight = np.ones(losses.shape[1]) if apparent.weight is None else apparent.weight
    bag = out_of_bag(losses, weight)
    known = values[np.isfinite(values)]
    oob = float(known.mean()) if together and len(known) else bag.mean
    if not together and not np.isfinite(values).all():
        oob = np.nan  # undefined on a draw: leaving its rows out would flatter
    shown, own = metric.compute(apparent), metric.parts.of(apparent)
    none = no_information(apparent, metric)
    plus, slopes = plus_632(
        shown**power, oob, none**power, higher=metric.direction == "higher", clipped=together
    )
    found = influence(bag, own, weight, drawn.times, drawn.units, slopes)
    if root:
        value = float(np.sqrt(plus.value))
        plus = replace(
            plus, apparent=shown, out_of_bag=float(np.sqrt(plus.out_of_bag)), no_information=none,
            value=value,
        )  # fmt: skip
        found = found.scaled(1 / (2 * value) if value > 0 else 0.0)
    return Estimate(plus.value, plus, values, found)


def versus(a: Estimate, b: Estimate) -> tuple[float, float]:
    """The difference of two estimates on the same draws, a minus b, and its standard error."""
    if a.influence and b.influence:
        return a.value - b.value, a.influence.minus(b.influence).std_error
    return a.value - b.value, spread(a.values - b.values)


def spread(values: Floats) -> float:
    """The standard deviation over draws, as a standard error that errs on the large side.

    Each draw is judged on about 37 % of the rows, so its figure varies more than one of all rows.
    NaN with fewer than two defined values.
    """
    known = values[np.isfinite(values)]
    return float(known.std(ddof=1)) if len(known) > 1 else float("nan")


def _losses(
    by_draw: list[Scored], predictions: Predictions, drawn: Drawn, metric: Metric
) -> Floats:
    """What each row adds on each draw that left it out, NaN elsewhere, (n_draws, n_rows)."""
    assert metric.parts is not None
    table = np.full(drawn.times.shape, np.nan)
    for place, (split, scored) in enumerate(
        zip(np.unique(predictions.split).tolist(), by_draw, strict=True)
    ):
        table[place, predictions.rows[predictions.split == split]] = metric.parts.of(scored)
    return table
