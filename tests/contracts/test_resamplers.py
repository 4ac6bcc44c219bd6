"""What every resampler must keep to besides the laws of all strategies."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from outfold.task import is_classification
from tests.contracts.subjects import first_result, name, served, strategies, subject_table

that_change_rows = pytest.mark.parametrize(
    ("strategy", "task"),
    [
        (s, t)
        for s, t in served("resampler")
        if is_classification(t) and not hasattr(s.build(task=t, seed=0), "sample_weight")
    ],
    ids=name,
)


@that_change_rows
def test_columns_and_types_stay(strategy, task):
    """What comes out goes into the same model: same columns, same types, a fresh index."""
    X, y = subject_table(strategy, task)
    frame, target = strategy.build(task=task, seed=0).fit_resample(X, y)
    pd.testing.assert_series_equal(frame.dtypes, X.dtypes)
    assert isinstance(frame.index, pd.RangeIndex)
    assert target.dtype == y.dtype
    assert len(frame) == len(target)
    _, codes = strategy.build(task=task, seed=0).fit_resample(X, y.to_numpy())
    np.testing.assert_array_equal(codes, target)


@that_change_rows
def test_no_value_is_invented_for_a_category_or_a_truth(strategy, task):
    """Categories and two-valued numbers of new rows are ones that the class had."""
    X, y = subject_table(strategy, task)
    frame, target = strategy.build(task=task, seed=0).fit_resample(X, y)
    for column in X:
        exact = isinstance(X[column].dtype, pd.CategoricalDtype) or X[column].nunique() <= 2
        if not exact:
            continue
        for code in y.unique():
            had = set(X[column][y == code].dropna())
            assert set(frame[column][target == code].dropna()) <= (
                had if isinstance(X[column].dtype, pd.CategoricalDtype) else set(X[column])
            )
        assert not frame[column].isna().any()


@that_change_rows
def test_every_row_tells_where_it_comes_from(strategy, task):
    """Kept rows are the originals at their stated positions; the others are new."""
    X, y = subject_table(strategy, task)
    sampler = strategy.build(task=task, seed=0)
    frame, target = sampler.fit_resample(X, y)
    assert len(sampler.origins_) == len(frame)
    kept = sampler.origins_ >= 0
    origin = sampler.origins_[kept]
    pd.testing.assert_frame_equal(
        frame[kept].reset_index(drop=True), X.iloc[origin].reset_index(drop=True)
    )
    np.testing.assert_array_equal(target[kept], y.iloc[origin])
    if strategy.family not in ("oversampling", "combined"):
        assert kept.all()


@that_change_rows
def test_no_class_is_lost(strategy, task):
    """Each class that goes in comes out."""
    X, y = subject_table(strategy, task)
    _, target = strategy.build(task=task, seed=0).fit_resample(X, y)
    assert set(target) == set(y)


@pytest.mark.parametrize("strategy", strategies("resampler"), ids=name)
def test_adjustments_are_told_in_sentences(strategy):
    """Whatever had to be adjusted is a list of sentences, empty when nothing was."""
    sampler, _ = first_result(strategy, strategy.tasks[0])
    assert all(note[0].isupper() or note[0].isdigit() for note in sampler.notes_)
    assert all(note.endswith(".") for note in sampler.notes_)
