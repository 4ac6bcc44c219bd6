"""What every preparation must keep to besides the laws of all strategies."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from outfold.data.schema import source_of
from tests.contracts.subjects import name, raw_table, strategies

every = pytest.mark.parametrize("strategy", strategies("preparation"), ids=name)


@every
def test_models_get_numbers_without_gaps_and_integer_categories(strategy):
    """Only two kinds of column come out, and both are complete on the training rows."""
    X, y = raw_table("binary")
    prepared = strategy.build(task="binary", seed=0).fit_transform(X, y)
    pd.testing.assert_index_equal(prepared.index, X.index)
    assert not prepared.isna().any(axis=None)
    for column in prepared:
        kind = prepared[column].dtype
        if isinstance(kind, pd.CategoricalDtype):
            assert list(kind.categories) == list(range(len(kind.categories)))
            assert len(kind.categories) > 1
        else:
            assert kind == np.float64
            assert prepared[column].nunique() > 1


@every
def test_every_prepared_column_leads_back_to_one_of_the_table(strategy):
    """Selections and explanations are told in the analyst's own columns, in their order."""
    X, y = raw_table("binary")
    transformer = strategy.build(task="binary", seed=0)
    prepared = transformer.fit_transform(X, y)
    sources = [source_of(c) for c in prepared]
    assert list(dict.fromkeys(sources)) == [c for c in X if c in set(sources)]
    assert set(X) - set(sources) == {"always one", "never known"}
    assert list(transformer.get_feature_names_out()) == list(prepared)
    assert any("always one" in note and "never known" in note for note in transformer.notes_)


@every
def test_fitting_and_transforming_at_once_is_the_same(strategy):
    """The shortcut for training rows gives what the two calls give."""
    X, y = raw_table("binary")
    first = strategy.build(task="binary", seed=0).fit_transform(X, y)
    second = strategy.build(task="binary", seed=0).fit(X, y).transform(X)
    pd.testing.assert_frame_equal(first, second)


@every
def test_new_rows_may_be_missing_throughout(strategy):
    """A row of which nothing is known still gets every column; unseen levels are missing."""
    X, y = raw_table("binary")
    transformer = strategy.build(task="binary", seed=0).fit(X, y)
    blank = X.iloc[:3].copy()
    for column in blank:
        if isinstance(blank[column].dtype, np.dtype) and blank[column].dtype.kind == "i":
            blank[column] = blank[column].astype(float)
        blank[column] = pd.Series([None] * 3, index=blank.index, dtype=blank[column].dtype)
    blank["kind"] = pd.Series(["never seen"] * 3, dtype="str")
    prepared = transformer.transform(blank)
    assert list(prepared) == list(transformer.get_feature_names_out())
    assert np.isfinite(prepared.select_dtypes("float").to_numpy()).all()
    assert prepared["kind"].isna().all()
