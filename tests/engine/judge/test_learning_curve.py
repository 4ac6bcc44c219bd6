"""Learning curves: the power law is found again, bands cover, and sentences follow the figures."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.optimize import curve_fit

from outfold.errors import NotApplicableError
from outfold.judge.learning_curve import learning_curve
from outfold.judge.power_law import fit_power_law
from outfold.metrics.metric import Scored
from outfold.study.grown_scores import GrownScores
from outfold.study.study import BASELINE, NONE, Candidate, Choice, Study

ROWS = np.array([100.0, 200.0, 400.0, 800.0, 1600.0, 3200.0])
LOGISTIC = Candidate(NONE, NONE, Choice("logistic"))


def law(rows: np.ndarray, a: float, b: float, c: float) -> np.ndarray:
    return a - b * (rows / ROWS[-1]) ** -c


@pytest.mark.parametrize(("a", "b", "c"), [(0.9, 0.02, 0.5), (0.8, 0.1, 0.2), (0.95, 0.001, 1.2)])
def test_a_law_without_noise_is_found_again(a, b, c):
    """Points on a power law give its three numbers."""
    found = fit_power_law(ROWS, law(ROWS, a, b, c)[None, :], np.ones(6), higher=True, bound=1.0)
    assert found.a[0] == pytest.approx(a, abs=2e-4)
    assert found.b[0] == pytest.approx(b, abs=2e-4)
    assert found.c[0] == pytest.approx(c, rel=5e-3)
    assert found.at(np.array([6400.0]))[0, 0] == pytest.approx(a - b * 2**-c, abs=1e-5)


def test_the_fit_is_that_of_nonlinear_least_squares():
    """The narrowed grid reaches the sum of squares that Levenberg-Marquardt reaches."""
    rng = np.random.default_rng(3)
    y = law(ROWS, 0.85, 0.05, 0.4) + rng.normal(0, 0.002, 6)
    weight = np.arange(1.0, 7.0)
    ours = fit_power_law(ROWS, y[None, :], weight, higher=True)
    theirs, _ = curve_fit(law, ROWS, y, p0=(0.85, 0.05, 0.4), sigma=1 / np.sqrt(weight))
    error = (weight * (ours.at(ROWS)[0] - y) ** 2).sum()
    assert error <= (weight * (law(ROWS, *theirs) - y) ** 2).sum() * (1 + 1e-4)
    assert ours.c[0] == pytest.approx(theirs[2], rel=0.02)


def test_a_score_that_must_fall_rises_to_its_bound_only():
    """The law for less-is-better mirrors the other, and no limit lies beyond the best score."""
    rising = law(ROWS, 1.05, 0.2, 0.2)
    found = fit_power_law(ROWS, np.array([rising]), np.ones(6), higher=True, bound=1.0)
    assert found.a[0] <= 1.0
    falling = fit_power_law(ROWS, 1 - np.array([rising]), np.ones(6), higher=False, bound=0.0)
    assert falling.a[0] == pytest.approx(1 - found.a[0], abs=1e-12)
    assert falling.at(ROWS) == pytest.approx(1 - found.at(ROWS), abs=1e-12)


def test_scores_that_get_worse_give_a_flat_law():
    """More rows never make the law worse."""
    found = fit_power_law(ROWS, np.linspace(0.9, 0.8, 6)[None, :], np.ones(6), higher=True)
    assert found.b[0] == 0


def grown(values: np.ndarray, task: str = "binary", metric: str = "roc_auc") -> GrownScores:
    """Scores of one candidate, shape (n_sizes, n_splits), beside a baseline at 0.5."""
    study = Study("d", "y", task, models=(Choice("logistic"),), metric=metric,
                  train_shares=(0.5, 0.25, 0.125, 0.0625, 0.03125))  # fmt: skip
    shares = tuple(sorted((1.0, *study.train_shares)))
    return GrownScores(
        study, ROWS, shares, 0.25, {BASELINE.name: BASELINE, LOGISTIC.name: LOGISTIC},
        {BASELINE.name: {metric: np.full_like(values, 0.5)}, LOGISTIC.name: {metric: values}},
        lambda name, size: None,
    )  # fmt: skip


def splits(a: float, b: float, c: float, noise: float, n: int = 10, seed: int = 0) -> np.ndarray:
    """Scores of splits that differ in level, and a little at each size."""
    rng = np.random.default_rng(seed)
    level = rng.normal(0, 0.01, n)
    return law(ROWS, a, b, c)[:, None] + level + rng.normal(0, noise, (6, n))


def test_a_rising_curve_says_that_more_rows_would_help():
    """A clear slope at the end is told with the gain of twice the rows and its interval."""
    found = learning_curve(grown(splits(0.9, 0.05, 0.4, 0.0005)))
    curve = found[LOGISTIC.name]
    truth = 0.05 * (1 - 2**-0.4)
    assert curve.verdict == "helps"
    assert curve.doubling.gain == pytest.approx(truth, abs=0.002)
    assert curve.doubling.low < truth < curve.doubling.high
    assert "twice the training rows (6,400) would raise ROC AUC" in found.sentence()
    assert found.sentence().startswith("More rows would help")


def test_a_flat_curve_says_that_more_rows_would_hardly_help():
    """Where the points lie on a plateau, the band excludes a gain worth having."""
    found = learning_curve(grown(splits(0.9, 0.0005, 1.0, 0.0003)))
    assert found[LOGISTIC.name].verdict == "hardly"
    assert "hardly" in found.sentence()


def test_noise_says_that_nothing_can_be_told():
    """Points that scatter widely support neither answer."""
    found = learning_curve(grown(splits(0.9, 0.02, 0.4, 0.05, n=3)))
    assert found[LOGISTIC.name].verdict == "unsure"


def test_the_level_that_splits_share_does_not_widen_the_gain():
    """Sizes of one split go together, so what moves all of them cancels in the difference."""
    rng = np.random.default_rng(1)
    base = law(ROWS, 0.9, 0.05, 0.4)[:, None] + rng.normal(0, 0.0005, (6, 10))
    level = rng.normal(0, 0.01, 10)
    near, far = learning_curve(grown(base)), learning_curve(grown(base + level))
    one, other = near[LOGISTIC.name], far[LOGISTIC.name]
    assert other.high[-1] - other.low[-1] > 3 * (one.high[-1] - one.low[-1])
    width = other.doubling.high - other.doubling.low
    assert width < 1.3 * (one.doubling.high - one.doubling.low)


def test_the_interval_of_a_gain_covers_it():
    """Of 30 simulated curves at least 25 intervals of 95 % hold the true gain."""
    truth = 0.05 * (1 - 2**-0.4)
    hits = 0
    for seed in range(30):
        gain = learning_curve(grown(splits(0.9, 0.05, 0.4, 0.002, seed=seed)))[
            LOGISTIC.name
        ].doubling
        hits += gain.low <= truth <= gain.high
    assert hits >= 25


def test_three_sizes_give_points_and_no_law():
    """A law of three numbers is not drawn through three points."""
    whole = grown(splits(0.9, 0.05, 0.4, 0.001))
    few = dataclasses.replace(
        whole, rows=ROWS[-3:], shares=whole.shares[-3:],
        scores={n: {m: v[-3:] for m, v in s.items()} for n, s in whole.scores.items()},
    )  # fmt: skip
    curve = learning_curve(few)[LOGISTIC.name]
    assert curve.doubling is None
    assert curve.verdict == "unknown"
    assert len(curve.mean) == 3


def test_a_hold_out_takes_its_uncertainty_from_the_rows():
    """One split has no spread, so validation rows are resampled, the same at every size."""
    rng = np.random.default_rng(0)
    truth = np.repeat([0, 1], 200)
    noise = rng.normal(size=400)

    def scored(name: str, size: int) -> Scored:
        p = 1 / (1 + np.exp(-((truth - 0.5) * (0.4 + 0.3 * size) + noise)))
        return Scored("binary", truth, probability=np.column_stack([1 - p, p]))

    from outfold.metrics.catalogue import metric_named

    auc = metric_named("roc_auc")
    values = np.array([[auc.compute(scored("", size))] for size in range(6)])
    found = learning_curve(dataclasses.replace(grown(values), scored=scored))
    curve = found[LOGISTIC.name]
    assert "bootstrap" in found.interval
    assert (curve.low < curve.mean).all()
    assert curve.doubling is not None


def test_an_unsuitable_metric_is_refused():
    """A regression metric has no meaning for classes."""
    with pytest.raises(NotApplicableError, match="not defined for this task"):
        learning_curve(grown(splits(0.9, 0.05, 0.4, 0.001)), "rmse")


def test_the_frame_and_the_json_hold_every_size():
    """Six measured sizes each, and one expected for twice the rows."""
    found = learning_curve(grown(splits(0.9, 0.05, 0.4, 0.001)))
    frame = found.frame()
    assert frame["measured"].sum() == 12
    assert (~frame["measured"]).sum() == 1
    assert len(found.to_json()["curves"]) == 2
    assert found.to_json()["curves"][0]["verdict"] == "helps"
