"""Prior correction: exact where rows were drawn or weighed at random within classes."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.special import expit

from outfold.errors import NotApplicableError
from outfold.judge.calibration_damage import damage, frame_of
from outfold.judge.prior import corrected, prior_corrected, shifted
from tests.engine.judge.small_runs import binary_run, regression_run


def law(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """One column, and classes whose log odds are exactly -3 + 1.5 x."""
    x = rng.normal(size=n)
    return x, (rng.random(n) < expit(-3 + 1.5 * x)).astype(int)


def truth_after(x: np.ndarray, keep: tuple[float, float]) -> np.ndarray:
    """The law among rows of which each class keeps a share, by Bayes' rule: shape (n, 2)."""
    p = expit(-3 + 1.5 * x)
    kept = np.column_stack([(1 - p) * keep[0], p * keep[1]])
    return kept / kept.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("keep", [(0.1, 1.0), (1.0, 9.0), (0.5, 3.0)])
def test_it_undoes_random_over_and_undersampling_exactly(keep):
    """The law after resampling, corrected, is the law before it."""
    x, y = law(2000, np.random.default_rng(0))
    true = np.bincount(y) / len(y)
    fitted = true * keep / (true * keep).sum()
    found = prior_corrected(truth_after(x, keep), fitted, true)
    np.testing.assert_allclose(found[:, 1], expit(-3 + 1.5 * x), rtol=1e-12)


def test_it_multiplies_odds_by_the_ratio_of_prior_odds():
    """As written for two classes."""
    p, true, fitted = 0.6, 0.03, 0.5
    odds = p / (1 - p) * (true / (1 - true)) / (fitted / (1 - fitted))
    found = prior_corrected([[1 - p, p]], [1 - fitted, fitted], [1 - true, true])[0, 1]
    assert found / (1 - found) == pytest.approx(odds, rel=1e-12)


def test_a_fit_on_undersampled_rows_comes_true_after_correction():
    """A logistic model of many rows of the law finds it again, within its own error."""
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(3)
    x, y = law(60_000, rng)
    kept = (y == 1) | (rng.random(len(y)) < 0.1)
    model = LogisticRegression(C=np.inf).fit(x[kept, None], y[kept])
    grid = np.linspace(-2, 2, 9)
    raw = model.predict_proba(grid[:, None])
    fixed = prior_corrected(raw, np.bincount(y[kept]) / kept.sum(), np.bincount(y) / len(y))
    law_there = expit(-3 + 1.5 * grid)
    assert np.abs(raw[:, 1] - law_there).max() > 0.3
    np.testing.assert_allclose(fixed[:, 1], law_there, rtol=0.12)


def test_multiplying_negatives_equals_moving_the_threshold():
    """Elkan (2001), theorem 1: negatives times (p*/(1-p*)) ((1-p0)/p0) turn p* into p0."""
    x, _ = law(5000, np.random.default_rng(1))
    p = expit(-3 + 1.5 * x)
    for wanted, used in ((0.1, 0.5), (0.7, 0.5), (0.2, 0.35)):
        factor = wanted / (1 - wanted) * (1 - used) / used
        resampled = truth_after(x, (factor, 1.0))[:, 1]
        np.testing.assert_array_equal(resampled >= used, p >= wanted)


def test_several_classes_are_corrected_by_their_ratios():
    """Saerens et al. (2002): any tilt of the classes is undone, and rows still sum to 1."""
    rng = np.random.default_rng(2)
    p, true = rng.dirichlet([1, 2, 3], 50), np.array([0.7, 0.2, 0.1])
    tilt = np.array([0.2, 1.0, 4.0])
    tilted = p * tilt / (p * tilt).sum(axis=1, keepdims=True)
    fitted = true * tilt / (true * tilt).sum()
    np.testing.assert_allclose(prior_corrected(tilted, fitted, true), p, rtol=1e-12)


def test_a_class_that_took_no_part_in_fitting_stays_impossible():
    """No division by zero, no probability out of nothing."""
    found = prior_corrected([[0.4, 0.6, 0.0]], [0.5, 0.5, 0.0], [0.6, 0.3, 0.1])
    assert found[0, 2] == 0
    assert found.sum() == pytest.approx(1)


def test_stored_predictions_are_corrected_split_by_split():
    """Each split by what its own model was fitted on; the rest of the predictions stays."""
    run = binary_run().of("logistic")
    half = {s: np.array([0.5, 0.5]) for s in np.unique(run.split).tolist()}
    tilted = dataclasses.replace(run, fitted_shares=half)
    assert shifted(tilted)
    found = corrected(tilted)
    assert run.probability is not None
    assert found.probability is not None
    np.testing.assert_allclose(
        found.probability, prior_corrected(run.probability, [0.5, 0.5], run.null)
    )
    as_is = {s: run.null[run.split == s][0] for s in half}
    same = dataclasses.replace(run, fitted_shares=as_is)
    assert not shifted(same)
    np.testing.assert_array_equal(corrected(same).probability, run.probability)


def test_what_cannot_be_corrected_says_why():
    """Old predictions, scores without probabilities, and numbers."""
    with pytest.raises(NotApplicableError, match="stored before the class shares"):
        corrected(binary_run().of("logistic"))
    with pytest.raises(NotApplicableError, match="not probabilities"):
        corrected(binary_run().of("svm_linear"))
    with pytest.raises(NotApplicableError, match="target is a number"):
        corrected(regression_run().of("linear"))


def test_damage_is_seen_and_mended():
    """Probabilities tilted towards the class are too high; corrected, they are as before."""
    run = binary_run().of("logistic")
    shares = {s: np.array([0.9, 0.1]) for s in np.unique(run.split).tolist()}
    tilted = dataclasses.replace(
        run,
        fitted_shares=shares,
        probability=prior_corrected(run.probability, run.null, [0.9, 0.1]),
    )
    before, after = damage(run), damage(tilted)
    assert before is not None
    assert after is not None
    assert before.corrected is None
    assert "stored before" in before.reason
    frame = frame_of({"plain": before, "tilted": after}).set_index(["candidate", "corrected"])
    assert frame.loc[("tilted", False), "in_the_large"] > 1
    assert frame.loc[("tilted", False), "brier"] > frame.loc[("plain", False), "brier"]
    np.testing.assert_allclose(
        frame.loc[("tilted", True)].to_numpy(float), frame.loc[("plain", False)].to_numpy(float),
        rtol=1e-6,
    )  # fmt: skip
    assert damage(binary_run().of("svm_linear")) is None
