"""Deviance out of fold: the likelihood's own measure of misfit, and D², the share removed.

D² is one minus the deviance over that of the null model, which predicts the training rows' mean
(Cameron & Windmeijer 1997). The null comes from the training rows, so D² can be negative.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from outfold.metrics.influence import of_ratio
from outfold.metrics.metric import Floats, Metric, Parts, Scored
from outfold.metrics.null import mean, null_means, null_shares
from outfold.metrics.probability import TINY, surprise

UNDEFINED = float("nan")

FLOOR = 1e-6
"""For counts, the least prediction, as a share of the training mean.

A forest or a linear model may predict 0 or less, where the Poisson deviance is infinite. Such a
prediction counts as this floor: dear, but finite, and the floor enters only by its logarithm.
"""


def unit_deviance(y: Floats, mu: Floats, power: float) -> Floats:
    """Each row's deviance in the Tweedie family, shape (n,) (Jørgensen 1987).

    Args:
        y: True values, shape (n,).
        mu: Predicted means, shape (n,); positive unless ``power`` is 0.
        power: Of the variance function: 0 Gaussian, 1 Poisson, 1 to 2 compound Poisson, 2 gamma,
            3 inverse Gaussian.

    Raises:
        ValueError: A power below 0 or between 0 and 1, to which no distribution belongs.
    """
    if power == 0:
        return np.asarray((y - mu) ** 2)
    if power < 1:
        raise ValueError(f"there is no Tweedie distribution of power {power}")
    if power == 1:
        ratio = np.where(y > 0, y / mu, 1.0)
        return np.asarray(2 * (y * np.log(ratio) - y + mu))
    if power == 2:
        return np.asarray(2 * (np.log(mu / y) + y / mu - 1))
    one, two = 1 - power, 2 - power
    first = y**two / (one * two) if power < 2 or np.all(y > 0) else np.full_like(mu, np.inf)
    return np.asarray(2 * (first - y * mu**one / one + mu**two / two))


def floored(value: Floats, null: Floats) -> Floats:
    """Predicted counts with those below ``FLOOR`` times the training mean raised to it."""
    return np.maximum(value, np.maximum(FLOOR * null, 1e-12))


def task_deviances(scored: Scored) -> tuple[Floats, Floats, int]:
    """Each row's deviance in the family that belongs to the task.

    Classes: binomial or multinomial, twice the surprise; counts: Poisson; numbers: Gaussian, the
    squared error. The saturated model has deviance 0.

    Args:
        scored: Probabilities or values beside the truth.

    Returns:
        The deviances, those of the null model, both of shape (n,), and how many predictions were
        moved off a value that would have made the deviance infinite.

    Raises:
        ValueError: Neither probabilities nor values are given.
    """
    y = np.asarray(scored.truth, dtype=np.float64)
    if scored.probability is not None:
        given = scored.probability[np.arange(len(y)), y.astype(np.intp)]
        null = 2 * surprise(scored, null_shares(scored))
        return 2 * surprise(scored, scored.probability), null, int((given < TINY).sum())
    if scored.value is None:
        raise ValueError("a deviance needs probabilities or values")
    means = np.asarray(null_means(scored))
    if scored.task == "count":
        raised = floored(scored.value, means)
        clipped = int((raised > scored.value).sum())
        return unit_deviance(y, raised, 1), unit_deviance(y, floored(means, means), 1), clipped
    return unit_deviance(y, scored.value, 0), unit_deviance(y, means, 0), 0


def _deviances(scored: Scored, value: Floats, power: float) -> Floats:
    """Each row's deviance; NaN in all where the family cannot have one of the values."""
    y = np.asarray(scored.truth, dtype=np.float64)
    low = y.min() if len(y) else -1.0
    if low < 0 or (power >= 2 and low <= 0) or value.min() <= 0:
        return np.full(len(y), UNDEFINED)
    return unit_deviance(y, value, power)


def _mean_deviance(scored: Scored, value: Floats, power: float) -> float:
    return mean(_deviances(scored, value, power), scored.weight)


def _parts(power: float, *, counts: bool = False) -> Parts:
    def of(scored: Scored) -> Floats:
        if scored.value is None:
            return np.full(len(scored.truth), UNDEFINED)
        value = floored(scored.value, null_means(scored)) if counts else scored.value
        return _deviances(scored, value, power)

    return Parts(of)


def _share_removed(deviance: float, null: float) -> float:
    return 1 - deviance / null if null > 0 else UNDEFINED


def mean_poisson_deviance(scored: Scored) -> float:
    """Mean Poisson deviance; NaN where a true value is negative."""
    if scored.value is None:
        return UNDEFINED
    return _mean_deviance(scored, floored(scored.value, null_means(scored)), 1)


def d2_poisson(scored: Scored) -> float:
    """Share of the null model's Poisson deviance that is removed."""
    null = null_means(scored)
    null_deviance = _mean_deviance(scored, floored(null, null), 1)
    return _share_removed(mean_poisson_deviance(scored), null_deviance)


def mean_gamma_deviance(scored: Scored) -> float:
    """Mean gamma deviance; NaN where a true or a predicted value is not positive."""
    return UNDEFINED if scored.value is None else _mean_deviance(scored, scored.value, 2)


def d2_gamma(scored: Scored) -> float:
    """Share of the null model's gamma deviance that is removed."""
    return _share_removed(
        mean_gamma_deviance(scored), _mean_deviance(scored, null_means(scored), 2)
    )


def mean_tweedie_deviance(scored: Scored) -> float:
    """Mean Tweedie deviance of power 1.5; NaN where y is negative or a prediction not positive."""
    return UNDEFINED if scored.value is None else _mean_deviance(scored, scored.value, 1.5)


def d2_gaussian(scored: Scored) -> float:
    """Share of the squared error around the training mean that is removed."""
    if scored.value is None:
        return UNDEFINED
    y = np.asarray(scored.truth, dtype=np.float64)
    null = mean(unit_deviance(y, null_means(scored), 0), scored.weight)
    return _share_removed(mean(unit_deviance(y, scored.value, 0), scored.weight), null)


def d2_log_loss(scored: Scored) -> float:
    """Share of the null model's binomial or multinomial deviance that is removed."""
    if scored.probability is None:
        return UNDEFINED
    null = mean(surprise(scored, null_shares(scored)), scored.weight)
    return _share_removed(mean(surprise(scored, scored.probability), scored.weight), null)


def _null_rows(power: float, *, counts: bool = False) -> Callable[[Scored], Floats]:
    """Each row's deviance from the null model."""

    def of(scored: Scored) -> Floats:
        null = np.broadcast_to(null_means(scored), len(scored.truth))
        return _deviances(scored, floored(null, null) if counts else null, power)

    return of


def _squared_rows(scored: Scored) -> Floats:
    if scored.value is None:
        return np.full(len(scored.truth), UNDEFINED)
    return unit_deviance(np.asarray(scored.truth, dtype=np.float64), scored.value, 0)


def _null_squared_rows(scored: Scored) -> Floats:
    return unit_deviance(np.asarray(scored.truth, dtype=np.float64), null_means(scored), 0)


def _surprise_rows(scored: Scored) -> Floats:
    if scored.probability is None:
        return np.full(len(scored.truth), UNDEFINED)
    return surprise(scored, scored.probability)


def _null_surprise_rows(scored: Scored) -> Floats:
    return surprise(scored, null_shares(scored))


METRICS = (
    Metric(
        "mean_poisson_deviance",
        "Mean Poisson deviance",
        "Misfit of predicted counts, errors weighing less where the count is high.",
        ("count",),
        "lower",
        mean_poisson_deviance,
        "value",
        0.0,
        None,
        "McCullagh & Nelder 1989",
        order=5,
        default_for=("count",),
        parts=_parts(1, counts=True),
    ),
    Metric(
        "d2_poisson",
        "D², Poisson",
        "Share of the Poisson deviance removed relative to predicting the training mean.",
        ("count",),
        "higher",
        d2_poisson,
        "value",
        None,
        1.0,
        "Cameron & Windmeijer 1997",
        order=6,
        influence=of_ratio(_parts(1, counts=True).of, _null_rows(1, counts=True)),
    ),
    Metric(
        "d2_log_loss",
        "D², log loss",
        "Share of the deviance removed relative to predicting the training shares (McFadden's "
        "R², out of fold).",
        ("binary", "multiclass"),
        "higher",
        d2_log_loss,
        "probability",
        None,
        1.0,
        "McFadden 1974; Cameron & Windmeijer 1997",
        order=35,
        influence=of_ratio(_surprise_rows, _null_surprise_rows),
    ),
    Metric(
        "d2_gaussian",
        "D², Gaussian",
        "Share of the squared error removed relative to predicting the training mean; R² takes "
        "the validation rows' own mean instead.",
        ("regression",),
        "higher",
        d2_gaussian,
        "value",
        None,
        1.0,
        "Cameron & Windmeijer 1997",
        order=50,
        influence=of_ratio(_squared_rows, _null_squared_rows),
    ),
    Metric(
        "mean_gamma_deviance",
        "Mean gamma deviance",
        "Misfit where the spread grows with the mean. Undefined unless all values are positive.",
        ("regression",),
        "lower",
        mean_gamma_deviance,
        "value",
        0.0,
        None,
        "McCullagh & Nelder 1989",
        order=80,
        parts=_parts(2),
    ),
    Metric(
        "d2_gamma",
        "D², gamma",
        "Share of the gamma deviance removed relative to predicting the training mean.",
        ("regression",),
        "higher",
        d2_gamma,
        "value",
        None,
        1.0,
        "Cameron & Windmeijer 1997",
        order=85,
        influence=of_ratio(_parts(2).of, _null_rows(2)),
    ),
    Metric(
        "mean_tweedie_deviance",
        "Mean Tweedie deviance, power 1.5",
        "Misfit of amounts with exact zeros, such as claims. Undefined below zero.",
        ("regression",),
        "lower",
        mean_tweedie_deviance,
        "value",
        0.0,
        None,
        "Jørgensen 1987",
        order=90,
        parts=_parts(1.5),
    ),
)
