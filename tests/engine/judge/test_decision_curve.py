"""Net benefit as defined, and calibration without bins."""

from __future__ import annotations

import numpy as np
import pytest

from outfold.errors import NotApplicableError
from outfold.judge.decision_curve import decision_curve
from outfold.judge.smooth_calibration import restricted_cubic, smooth_calibration
from outfold.judge.threshold import thresholds
from tests.engine.judge.small_runs import binary_run
from tests.engine.judge.test_threshold import predictions_of


def test_net_benefit_is_hits_less_false_alarms_at_the_odds():
    """Counted by hand at three probabilities; acting on all is the same with every row flagged."""
    rng = np.random.default_rng(0)
    p = rng.uniform(size=500).round(3)
    y = (rng.uniform(size=500) < p).astype(int)
    found = decision_curve(thresholds(predictions_of(y, p)))
    for at in (0.1, 0.5, 0.8):
        place = int(np.argmin(np.abs(found.at - at)))
        hit = (p >= found.at[place]) * (y - (1 - y) * at / (1 - at))
        assert found.benefit[place] == pytest.approx(hit.mean())
        error = hit.std() / np.sqrt(500)
        assert found.high[place] - found.benefit[place] == pytest.approx(1.959964 * error)
        gain = hit - (y - (1 - y) * at / (1 - at))
        low = gain.mean() - 1.959964 * gain.std() / np.sqrt(500)
        assert found.over_all_low[place] == pytest.approx(low)
        assert found.act_on_all[place] == pytest.approx(np.mean(y - (1 - y) * at / (1 - at)))


def test_a_good_model_is_of_use_and_a_useless_one_nowhere():
    """Right probabilities beat both policies in the middle; shuffled ones never."""
    rng = np.random.default_rng(1)
    p = rng.uniform(size=2000)
    y = (rng.uniform(size=2000) < p).astype(int)
    good = decision_curve(thresholds(predictions_of(y, p))).useful()
    assert good is not None
    assert good[0] < 0.3 < 0.7 < good[1]
    noise = decision_curve(thresholds(predictions_of(y, rng.permutation(p))))
    assert noise.useful() is None
    again = decision_curve(thresholds(predictions_of(y, p)), repeats=4)
    once = decision_curve(thresholds(predictions_of(y, p)))
    assert (again.high - again.low) == pytest.approx(2 * (once.high - once.low))


def test_scores_have_no_net_benefit():
    """A support vector machine gives no probabilities."""
    with pytest.raises(NotApplicableError, match="scores, not probabilities"):
        decision_curve(thresholds(binary_run().of("svm_linear")))


def test_the_spline_is_straight_beyond_its_outer_knots():
    """Second differences vanish outside and not inside."""
    knots = np.array([-2.0, -0.5, 0.3, 2.0])
    for outside in (np.linspace(-6, -2, 9), np.linspace(2, 6, 9)):
        bent = np.diff(restricted_cubic(outside, knots), n=2, axis=0)
        assert np.abs(bent).max() < 1e-9
    assert np.abs(np.diff(restricted_cubic(np.linspace(-1, 1, 9), knots), n=2, axis=0)).max() > 1e-3


def test_the_smooth_curve_finds_how_probabilities_were_bent():
    """Log-odds doubled: the curve is the known one within its band, and the distance the true."""
    rng = np.random.default_rng(2)
    eta = rng.normal(size=20_000)
    true = 1 / (1 + np.exp(-eta))
    y = rng.uniform(size=20_000) < true
    said = 1 / (1 + np.exp(-2 * eta))
    found = smooth_calibration(y, said)
    assert found is not None
    known = 1 / (1 + np.exp(-np.log(found.predicted / (1 - found.predicted)) / 2))
    assert np.mean((found.low <= known) & (known <= found.high)) > 0.8
    assert found.happened == pytest.approx(known, abs=0.02)
    assert found.ici == pytest.approx(np.abs(true - said).mean(), abs=0.01)
    straight = smooth_calibration(y, true)
    assert straight is not None
    assert straight.ici < 0.01
    wide = smooth_calibration(y, said, repeats=4)
    assert wide is not None
    assert (wide.high - wide.low).mean() > 1.8 * (found.high - found.low).mean()


def test_what_cannot_be_smoothed_is_left_out():
    """Few rows, one class, or probabilities that hardly vary."""
    y = np.arange(200) % 2
    assert smooth_calibration(y[:20], np.linspace(0.1, 0.9, 20)) is None
    assert smooth_calibration(np.ones(200), np.linspace(0.1, 0.9, 200)) is None
    assert smooth_calibration(y, np.full(200, 0.5)) is None
