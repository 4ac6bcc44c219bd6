"""Rates by group: counted by hand, with intervals as published."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from outfold.errors import NotApplicableError
from outfold.judge.group_rates import group_rates
from outfold.judge.row_groups import row_groups
from outfold.study.results import Predictions
from tests.engine.judge.small_runs import regression_run
from tests.engine.judge.test_slices import MODEL, repeated


def counted(cells: dict[str, tuple[int, int, int, int]]) -> tuple[Predictions, pd.Series]:
    """Predictions with so many hits, false alarms, misses and correct rejections by group."""
    rows = [
        (name, truth, p)
        for name, numbers in cells.items()
        for (truth, p), n in zip(((1, 0.9), (0, 0.9), (1, 0.1), (0, 0.1)), numbers, strict=True)
        for _ in range(n)
    ]
    n, p = len(rows), np.array([r[2] for r in rows])
    made = Predictions(
        MODEL, "binary", ("no", "yes"), 1, np.arange(n), np.zeros(n, dtype=np.intp),
        np.array([r[1] for r in rows]), np.column_stack([1 - p, p]), None, None, None,
        np.full((n, 2), 0.5), (n,),
    )  # fmt: skip
    return made, pd.Series([r[0] for r in rows], name="group")


def test_rates_are_those_counted_by_hand():
    """Every rate from the four counts of each group."""
    made, groups = counted({"a": (30, 10, 20, 60), "b": (50, 40, 10, 100)})
    found = group_rates(made, row_groups(groups))
    assert found.reference == "b"
    values = {(r.rate, r.group): (r.value, r.rows) for r in found.rates}
    assert values["flagged", "a"] == (pytest.approx(40 / 120), 120)
    assert values["recall", "a"] == (pytest.approx(30 / 50), 50)
    assert values["false_alarms", "b"] == (pytest.approx(40 / 140), 140)
    assert values["precision", "b"] == (pytest.approx(50 / 90), 90)
    assert values["positive", "a"] == (pytest.approx(50 / 120), 120)


def test_the_interval_of_a_difference_is_newcombes():
    """56 of 70 against 48 of 80: 0.0524 to 0.3339 (Newcombe 1998, table II, method 10)."""
    made, groups = counted({"a": (56, 0, 14, 0), "b": (48, 0, 32, 0)})
    first = next(r for r in group_rates(made, row_groups(groups)).of("recall") if r.group == "a")
    assert first.difference == pytest.approx(0.2)
    assert first.difference_low == pytest.approx(0.0524, abs=5e-5)
    assert first.difference_high == pytest.approx(0.3339, abs=5e-5)
    assert first.ratio == pytest.approx(0.8 / 0.6)


def test_repeats_of_a_row_count_once():
    """Three repeats leave every rate, interval and p-value as they were."""
    made, groups = counted({"a": (30, 10, 20, 60), "b": (50, 40, 10, 100)})
    once = group_rates(made, row_groups(groups))
    again = group_rates(repeated(made, 3), row_groups(groups))
    for one, other in zip(once.rates, again.rates, strict=True):
        assert dataclasses.astuple(one) == pytest.approx(dataclasses.astuple(other), nan_ok=True)


def test_groups_of_few_rows_get_no_verdict():
    """Ten rows are said to be too few, however far off their rate is."""
    made, groups = counted({"a": (10, 0, 0, 0), "b": (10, 10, 100, 100)})
    found = group_rates(made, row_groups(groups))
    assert {r.group: r.few for r in found.of("flagged")} == {"a": True, "b": False}
    assert "not told apart" in found.sentence("flagged")


def test_a_group_that_is_treated_otherwise_is_named():
    """The sentence gives both rates."""
    made, groups = counted({"a": (40, 40, 10, 10), "b": (50, 10, 50, 100)})
    found = group_rates(made, row_groups(groups))
    assert found.sentence("flagged") == (
        "Share flagged is 80% where group is a and 29% where it is b"
    )


def test_the_others_are_compared_with_one_value_not_with_what_is_left_over():
    """Rare values together may be the largest group, and mean nothing to compare with."""
    made, groups = counted({"a": (40, 40, 10, 10), "b": (50, 10, 50, 100)})
    some = pd.Series([f"v{i % 40}" if g == "b" else g for i, g in enumerate(groups)], name="g")
    grouped = row_groups(some)
    found = group_rates(made, grouped)
    assert found.reference == "a"
    assert np.bincount(grouped.codes).argmax() in grouped.mixed


def test_numbers_have_no_rates():
    """A regression makes no yes-or-no decisions."""
    groups = row_groups(pd.Series(np.arange(442) % 2, name="g"))
    with pytest.raises(NotApplicableError, match="yes-or-no"):
        group_rates(regression_run().of("linear"), groups)
