"""Preparations: what is learnt from training rows, and what becomes of new ones."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from outfold.data.schema import part
from outfold.errors import OutfoldError
from outfold.prepare.levels import Levels
from outfold.prepare.parts import datetime_parts, text_parts
from outfold.registry import registry


def prepare(key: str = "standard", **params):
    return registry("preparation")[key].build(task="regression", seed=0, **params)


def test_a_gap_is_filled_by_the_training_median():
    """New rows have no say in what fills their gaps."""
    train = pd.DataFrame({"x": [1.0, 2.0, 3.0, 100.0, np.nan]})
    new = pd.DataFrame({"x": [np.nan, 5000.0]})
    prepared = prepare(scaling="none").fit(train).transform(new)
    assert prepared["x"].tolist() == [2.5, 5000.0]
    by_mean = prepare(scaling="none", impute="mean").fit(train).transform(new)
    assert by_mean["x"].tolist() == [26.5, 5000.0]


def test_standard_numbers_have_mean_0_and_deviation_1():
    """The scale is that of the training rows, with the population's standard deviation."""
    train = pd.DataFrame({"x": [2.0, 4.0, 6.0], "n": [1, 2, 6]})
    prepared = prepare().fit_transform(train)
    np.testing.assert_allclose(prepared.mean(), 0, atol=1e-12)
    np.testing.assert_allclose(prepared.std(ddof=0), 1)
    assert prepare().fit(train).transform(pd.DataFrame({"x": [4.0], "n": [3]})).iloc[0, 0] == 0


def test_robust_scaling_is_not_moved_by_an_outlier():
    """Median and quartiles stay where they are when one value goes astray."""
    calm = pd.DataFrame({"x": np.arange(101.0)})
    wild = calm.copy()
    wild.loc[100, "x"] = 1e9
    first = prepare(scaling="robust").fit_transform(calm)["x"]
    second = prepare(scaling="robust").fit_transform(wild)["x"]
    np.testing.assert_allclose(first[:100], second[:100])
    assert first[50] == 0
    assert first[75] - first[25] == pytest.approx(1)


def test_power_and_quantile_make_skewed_numbers_symmetric():
    """Both take the skew out; minimal leaves the number as it is."""
    x = pd.DataFrame({"x": np.random.default_rng(0).lognormal(sigma=1.2, size=800)})
    assert abs(prepare("power").fit_transform(x)["x"].skew()) < 0.2
    assert abs(prepare("quantile").fit_transform(x)["x"].skew()) < 0.2
    np.testing.assert_array_equal(prepare("minimal").fit_transform(x), x)


@pytest.mark.parametrize(
    ("how", "few", "many"), [("auto", False, True), ("always", True, True), ("never", False, False)]
)
def test_a_filled_gap_is_marked_from_one_percent(how, few, many):
    """The mark is a 0/1 column beside the number."""
    x = np.arange(1000.0)
    train = pd.DataFrame({"few": x, "many": x})
    train.loc[:4, "few"] = np.nan
    train.loc[:19, "many"] = np.nan
    prepared = prepare(indicators=how).fit_transform(train)
    assert (part("few", "missing") in prepared) is few
    assert (part("many", "missing") in prepared) is many
    if many:
        assert prepared[part("many", "missing")].tolist() == [1.0] * 20 + [0.0] * 980


def test_a_number_that_is_there_or_not_still_tells_rows_apart():
    """A column of one number and gaps becomes two values; wholly constant ones go, with a note."""
    train = pd.DataFrame({"flag": [1.0, np.nan, 1.0, np.nan], "same": 3, "x": [1, 2, 3, 4]})
    transformer = prepare()
    prepared = transformer.fit_transform(train)
    assert list(prepared) == ["flag", "x"]
    np.testing.assert_allclose(prepared["flag"], [1, -1, 1, -1])
    assert transformer.notes_ == [
        "“same” tells training rows not apart (wholly missing, constant, or only rare levels), "
        "so left out."
    ]


def test_truth_values_become_0_and_1_with_gaps_filled_by_the_commoner():
    """Neither imputing by the mean nor scaling makes a truth value anything else."""
    train = pd.DataFrame({"t": pd.array([True, True, False, pd.NA], dtype="boolean")})
    prepared = prepare(impute="mean").fit_transform(train)
    assert prepared["t"].tolist() == [1.0, 1.0, 0.0, 1.0]
    assert prepare().fit_transform(pd.DataFrame({"b": [True, False]}))["b"].tolist() == [1.0, 0.0]


def test_categories_are_coded_by_frequency_with_codes_for_rare_and_missing():
    """Commonest first; the rare levels together; a gap apart; a level never seen is missing."""
    train = pd.Series(["b"] * 6 + ["a"] * 5 + ["x", "x", "y", None], dtype="category")
    levels = Levels.learn(train, min_count=5, max_levels=50)
    assert levels.names == ("b", "a", "rare levels", "missing")
    assert levels.codes(train).tolist() == [0] * 6 + [1] * 5 + [2, 2, 2, 3]
    new = pd.Series(["a", "y", "never", None], dtype="str")
    assert levels.codes(new).tolist() == [1, 2, -1, 3]


def test_levels_beyond_the_most_wanted_are_rare():
    """A column of many levels keeps the commonest ones."""
    column = pd.Series(["a"] * 9 + ["b"] * 8 + ["c"] * 7 + ["d"] * 6)
    levels = Levels.learn(column, min_count=5, max_levels=2)
    assert levels.names == ("a", "b", "rare levels")


def test_a_group_of_one_rare_level_is_that_level():
    """Calling a single level rare would only hide its name."""
    column = pd.Series(["a"] * 9 + ["b"])
    assert Levels.learn(column, min_count=5, max_levels=50).names == ("a", "b")


def test_a_missing_value_without_precedent_is_like_an_unseen_level():
    """Where no training row had a gap there is no code for one."""
    transformer = prepare(min_count=1).fit(pd.DataFrame({"c": ["a", "b", "a"]}))
    prepared = transformer.transform(pd.DataFrame({"c": pd.Series([None, "b"], dtype="str")}))
    assert prepared["c"].isna().tolist() == [True, False]
    assert prepared["c"].dtype == pd.CategoricalDtype([0, 1])


def test_a_level_has_one_code_however_it_is_stored():
    """Text and pandas categories of the same words mean the same."""
    as_text = pd.DataFrame({"c": pd.Series(["a", "b", "b"], dtype="str")})
    transformer = prepare(min_count=1).fit(as_text)
    stored = as_text.assign(c=pd.Categorical(as_text["c"], categories=["z", "b", "a"]))
    pd.testing.assert_frame_equal(transformer.transform(stored), transformer.transform(as_text))


def test_a_point_in_time_becomes_days_and_calendar_parts():
    """17 March 2024 was a Sunday; parts that never vary are left out."""
    times = pd.Series(pd.to_datetime(["2024-03-17 06:00", None, "1970-01-02 00:00"]))
    parts = datetime_parts(times)
    assert parts["elapsed days"][0] == pytest.approx(19799.25)
    assert parts["elapsed days"][2] == 1
    assert [parts[p][0] for p in ("year", "month", "weekday", "hour")] == [2024, 3, 6, 6]
    assert np.isnan(parts["month"][1])
    days = pd.DataFrame({"d": pd.date_range("2024-05-01", periods=20)})
    assert list(prepare().fit_transform(days)) == [part("d", "elapsed days"), part("d", "weekday")]


def test_times_with_a_zone_are_told_by_their_own_clock():
    """Nine in the morning in Tokyo is hour 9."""
    times = pd.Series(pd.to_datetime(["2024-03-17 09:00"])).dt.tz_localize("Asia/Tokyo")
    assert datetime_parts(times)["hour"].tolist() == [9]


def test_free_text_is_told_by_its_length():
    """Characters and words; a gap stays a gap."""
    parts = text_parts(pd.Series(["two words", None, ""], dtype="str"))
    np.testing.assert_array_equal(parts["characters"], [9, np.nan, 0])
    np.testing.assert_array_equal(parts["words"], [2, np.nan, 0])


def test_infinite_numbers_count_as_missing():
    """No model can take an infinity; the gap is filled like any other."""
    train = pd.DataFrame({"x": [1.0, np.inf, 3.0, 5.0]})
    assert prepare(scaling="none", indicators="never").fit_transform(train)["x"][1] == 3.0


def test_nothing_to_learn_from_is_a_sentence():
    """No rows, no column that varies, or a column gone missing: each says so."""
    with pytest.raises(OutfoldError, match="No feature column tells"):
        prepare().fit(pd.DataFrame({"x": [1, 1, 1]}))
    with pytest.raises(OutfoldError, match="no training rows"):
        prepare().fit(pd.DataFrame({"x": []}))
    fitted = prepare().fit(pd.DataFrame({"x": [1, 2], "y": [1, 2]}))
    with pytest.raises(OutfoldError, match="lacks 1 of the columns learnt from: y"):
        fitted.transform(pd.DataFrame({"x": [1]}))
