"""How far predicted values are from the true ones, in the target's own unit or as a share."""

from __future__ import annotations

import numpy as np

from outfold.metrics.influence import of_ratio
from outfold.metrics.metric import Floats, Metric, Parts, Scored
from outfold.metrics.null import mean

UNDEFINED = float("nan")


def _errors(scored: Scored) -> Floats:
    assert scored.value is not None
    return np.asarray(scored.truth - scored.value, dtype=np.float64)


def rmse(scored: Scored) -> float:
    """Root of the mean squared error."""
    if scored.value is None:
        return UNDEFINED
    return float(np.sqrt(mean(_errors(scored) ** 2, scored.weight)))


def mae(scored: Scored) -> float:
    """Mean absolute error."""
    if scored.value is None:
        return UNDEFINED
    return mean(np.abs(_errors(scored)), scored.weight)


def median_ae(scored: Scored) -> float:
    """Median absolute error."""
    if scored.value is None or not len(scored.truth):
        return UNDEFINED
    if scored.weight is None:
        return float(np.median(np.abs(_errors(scored))))
    from sklearn.metrics import median_absolute_error

    return float(median_absolute_error(scored.truth, scored.value, sample_weight=scored.weight))


def mape(scored: Scored) -> float:
    """Mean absolute error as a share of the true value; NaN where a true value is 0."""
    if scored.value is None or not np.all(scored.truth):
        return UNDEFINED
    return mean(np.abs(_errors(scored) / scored.truth), scored.weight)


def r2(scored: Scored) -> float:
    """Share of the variance around these rows' own mean; NaN where they are constant."""
    if scored.value is None or len(scored.truth) < 2 or np.ptp(scored.truth) == 0:
        return UNDEFINED
    centre = mean(np.asarray(scored.truth, dtype=np.float64), scored.weight)
    below = mean(np.asarray((scored.truth - centre) ** 2), scored.weight)
    return 1 - mean(_errors(scored) ** 2, scored.weight) / below


def rmsle(scored: Scored) -> float:
    """Root mean squared error of log(1 + value); NaN where a value is -1 or less."""
    if scored.value is None or scored.truth.min() <= -1 or scored.value.min() <= -1:
        return UNDEFINED
    apart = np.log1p(scored.truth) - np.log1p(scored.value)
    return float(np.sqrt(mean(np.asarray(apart**2), scored.weight)))


def _pinball(scored: Scored, level: float) -> Floats:
    if scored.value is None:
        return _undefined(scored)
    error = _errors(scored)
    return np.asarray(np.where(error >= 0, level * error, (level - 1) * error))


def _pinball_10_rows(scored: Scored) -> Floats:
    return _pinball(scored, 0.1)


def _pinball_90_rows(scored: Scored) -> Floats:
    return _pinball(scored, 0.9)


def pinball_10(scored: Scored) -> float:
    """Mean pinball loss at the quantile 0.1."""
    return mean(_pinball(scored, 0.1), scored.weight)


def pinball_90(scored: Scored) -> float:
    """Mean pinball loss at the quantile 0.9."""
    return mean(_pinball(scored, 0.9), scored.weight)


def _undefined(scored: Scored) -> Floats:
    return np.full(len(scored.truth), UNDEFINED)


def _squares(scored: Scored) -> Floats:
    return _undefined(scored) if scored.value is None else _errors(scored) ** 2


def _sizes(scored: Scored) -> Floats:
    return _undefined(scored) if scored.value is None else np.abs(_errors(scored))


def _shares(scored: Scored) -> Floats:
    if scored.value is None or not np.all(scored.truth):
        return _undefined(scored)
    return np.abs(_errors(scored) / scored.truth)


def _squared_ratios(scored: Scored) -> Floats:
    if scored.value is None or scored.truth.min() <= -1 or scored.value.min() <= -1:
        return _undefined(scored)
    return np.asarray((np.log1p(scored.truth) - np.log1p(scored.value)) ** 2)


def _r2_rows(scored: Scored) -> Floats:
    if scored.value is None or np.isnan(r2(scored)):
        return _undefined(scored)
    truth = np.asarray(scored.truth, dtype=np.float64)
    centre = mean(truth, scored.weight)
    # That the centre moves with a row changes the variance to second order only.
    return of_ratio(_squares, lambda s: np.asarray((s.truth - centre) ** 2))(scored)


METRICS = (
    Metric(
        "rmse",
        "RMSE",
        "Typical size of an error in the target's unit, large errors weighing more.",
        ("regression", "count"),
        "lower",
        rmse,
        "value",
        0.0,
        None,
        order=10,
        default_for=("regression",),
        parts=Parts(_squares, "root"),
    ),
    Metric(
        "mae",
        "Mean absolute error",
        "Mean size of an error in the target's unit, all errors weighing alike.",
        ("regression", "count"),
        "lower",
        mae,
        "value",
        0.0,
        None,
        order=20,
        parts=Parts(_sizes),
    ),
    Metric(
        "median_ae",
        "Median absolute error",
        "Half of the errors are smaller than this; a few huge ones do not matter.",
        ("regression", "count"),
        "lower",
        median_ae,
        "value",
        0.0,
        None,
        order=30,
    ),
    Metric(
        "r2",
        "R²",
        "Share of the variance of the validation rows that is predicted, around their own mean.",
        ("regression", "count"),
        "higher",
        r2,
        "value",
        None,
        1.0,
        "Draper & Smith 1998",
        order=40,
        influence=_r2_rows,
    ),
    Metric(
        "rmsle",
        "RMSLE",
        "RMSE of log(1 + value): errors as ratios. Undefined at or below -1.",
        ("regression", "count"),
        "lower",
        rmsle,
        "value",
        0.0,
        None,
        order=60,
        parts=Parts(_squared_ratios, "root"),
    ),
    Metric(
        "mape",
        "Mean absolute percentage error",
        "Mean error as a share of the true value. Undefined where a true value is 0.",
        ("regression",),
        "lower",
        mape,
        "value",
        0.0,
        None,
        "de Myttenaere et al. 2016",
        order=70,
        parts=Parts(_shares),
    ),
    Metric(
        "pinball_90",
        "Pinball loss at 0.9",
        "Predicting too little costs nine times what predicting too much costs; least for the "
        "quantile that nine in ten values stay below.",
        ("regression", "count"),
        "lower",
        pinball_90,
        "value",
        0.0,
        None,
        "Koenker & Bassett 1978",
        order=80,
        parts=Parts(_pinball_90_rows),
    ),
    Metric(
        "pinball_10",
        "Pinball loss at 0.1",
        "Predicting too much costs nine times what predicting too little costs; least for the "
        "quantile that one in ten values stays below.",
        ("regression", "count"),
        "lower",
        pinball_10,
        "value",
        0.0,
        None,
        "Koenker & Bassett 1978",
        order=82,
        parts=Parts(_pinball_10_rows),
    ),
)
