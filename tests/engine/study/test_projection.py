"""Where a resampler's rows lie, and what a large fold is looked at by."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import PCA

from outfold.draw import resampled_points
from outfold.registry import registry
from outfold.study.projection import KEPT, LEFT_OUT, MOST_POINTS, NEW, project


def clouds(counts=(300, 60)):
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(len(counts)), counts)
    return pd.DataFrame(rng.normal(size=(len(y), 4)) * [3, 1, 1, 1] + y[:, None]), y


def placed(key: str, X: pd.DataFrame, y: np.ndarray, **params):
    sampler = registry("resampler")[key].build(task="binary", seed=0, **params)
    frame, target = sampler.fit_resample(X, y)
    return project(X, y, frame, target, sampler.origins_, ("<no>", "yes"), 0)


def test_the_plane_is_that_of_the_rows_before():
    """Components and their shares agree with scikit-learn's, up to the sign."""
    X, y = clouds()
    points = placed("smote", X, y)
    pca = PCA(2).fit(X)
    assert points.share == pytest.approx(tuple(pca.explained_variance_ratio_))
    kept = points.kind == KEPT
    want = pca.transform(X)
    for got, column in ((points.x, 0), (points.y, 1)):
        assert abs(np.corrcoef(got[kept], want[:, column])[0, 1]) == pytest.approx(1)
    assert points.totals == (360, 0, 240)
    assert 0 <= points.astray <= 1


def test_rows_left_out_and_repeated_are_told_apart():
    """Undersampling leaves out, oversampling repeats, neither makes a row."""
    X, y = clouds()
    under, over = placed("random_under", X, y), placed("random_over", X, y)
    assert under.totals == (120, 240, 0)
    assert (under.code[under.kind == LEFT_OUT] == 0).all()
    assert over.totals == (360, 0, 0)
    assert over.repeats == 240
    assert np.isnan(over.astray)


def test_a_crowd_is_thinned_and_every_kind_keeps_points():
    """No more points than can be drawn, and the chart says so."""
    X, y = clouds((4000, 60))
    points = placed("smote", X, y, ratio=0.5)
    assert 0.99 * MOST_POINTS <= len(points.x) <= MOST_POINTS
    for kind, code in ((KEPT, 0), (KEPT, 1), (NEW, 1)):
        assert ((points.kind == kind) & (points.code == code)).sum() >= 50
    figure = resampled_points.draw(points, "SMOTE <b>")
    assert figure.layout.title.text.startswith("SMOTE &lt;b&gt; makes 1,940 new rows")
    said = figure.layout.title.subtitle.text.replace("<br>", " ")
    assert f"{len(points.x):,} of 6,000 rows are drawn" in said
    assert any("&lt;no&gt;" in t.name for t in figure.data)


def test_one_column_is_a_line():
    """A single column has one component, and nothing is divided by zero."""
    X, y = clouds()
    points = placed("smote", X[[0]], y)
    assert points.share == pytest.approx((1, 0))
    assert (points.y == 0).all()
