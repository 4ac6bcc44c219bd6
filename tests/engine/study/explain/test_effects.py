"""Effects and shuffling agree with scikit-learn's and with values worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.inspection import partial_dependence
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score

from outfold.study.explain.effects import Grid, accumulated, centred, grid_of, single_rows
from outfold.study.explain.permutation import shuffled_scores


@pytest.fixture
def table():
    rng = np.random.default_rng(3)
    return pd.DataFrame(
        {"a": rng.normal(size=80), "b": rng.normal(size=80),
         "kind": pd.Categorical(rng.choice(["x", "y", "z"], 80))}
    )  # fmt: skip


def product(frame):
    return (frame["a"] * frame["b"]).to_numpy()[:, None]


def test_the_mean_of_single_rows_is_scikit_learns_partial_dependence(table):
    """Brute force over the same grid."""
    X = table[["a", "b"]]
    model = LinearRegression().fit(X, X["a"] * 2 - X["b"])
    grid = grid_of(X, "a", points=5)
    lines = single_rows(lambda f: model.predict(f)[:, None], X, grid)
    theirs = partial_dependence(
        model, X, ["a"], custom_values={"a": np.array(grid.values)}, method="brute"
    )
    np.testing.assert_allclose(lines.mean(axis=0)[:, 0], theirs["average"][0])


def test_accumulated_effects_are_those_worked_out_by_hand():
    """Four rows, two intervals, prediction a·b: the steps are the mean of b times the width."""
    rows = pd.DataFrame({"a": [0.0, 1.0, 2.0, 3.0], "b": [1.0, 3.0, 5.0, 7.0]})
    grid = Grid("a", (0.0, 1.0, 3.0), ("0", "1", "3"), True, np.array([0.0, 1.0, 3.0]))
    effect, weight = accumulated(product, rows, grid)
    # [0, 1] holds b = 1 and 3, mean 2, width 1; (1, 3] holds 5 and 7, mean 6, width 2.
    np.testing.assert_allclose(effect[:, 0], [0.0, 2.0, 14.0])
    np.testing.assert_allclose(weight, [0, 2, 2])
    # Mean over the rows: two at (0 + 2) / 2 and two at (2 + 14) / 2.
    np.testing.assert_allclose(centred(effect, weight, True)[:, 0], [-4.5, -2.5, 9.5])


def test_accumulated_effects_of_a_sum_are_its_part(table):
    """What other columns do, related or not, does not come in."""
    frame = table.assign(b=table["a"] + 0.01 * table["b"])
    grid = grid_of(frame, "a", points=10)
    effect, _ = accumulated(lambda f: (3 * f["a"] - 5 * f["b"]).to_numpy()[:, None], frame, grid)
    np.testing.assert_allclose(np.diff(effect[:, 0]), 3 * np.diff(grid.at), atol=1e-12)


def test_accumulated_effects_of_levels_are_their_differences(table):
    """Each step is told by the rows of both levels."""
    worth = {"x": 0.0, "y": 2.0, "z": 5.0}
    grid = grid_of(table, "kind")
    effect, weight = accumulated(
        lambda f: f["kind"].map(worth).to_numpy(dtype=float)[:, None], table, grid
    )
    wanted = np.array([worth[v] for v in grid.values])
    np.testing.assert_allclose(effect[:, 0], wanted - wanted[0])
    assert weight.sum() == len(table)
    middle = np.average(centred(effect, weight, False)[:, 0], weights=weight)
    assert middle == pytest.approx(0, abs=1e-12)


def test_neighbouring_levels_have_similar_rows():
    """The order of levels follows the other columns, not the alphabet."""
    rng = np.random.default_rng(0)
    kind = np.repeat(["a", "b", "c"], 60)
    centre = pd.Series(kind).map({"a": 0.0, "b": 10.0, "c": 5.0}).to_numpy()
    frame = pd.DataFrame({"kind": pd.Categorical(kind), "v": centre + 2 * rng.normal(size=180)})
    order = grid_of(frame, "kind").values
    assert order.index("c") == 1


def test_shuffling_is_scikit_learns_permutation_importance(table):
    """The expected drop of R² of a linear model: what scikit-learn finds with many shuffles."""
    from sklearn.inspection import permutation_importance

    X = table[["a", "b"]]
    y = 2 * X["a"] + 0.5 * X["b"]
    model = LinearRegression().fit(X, y)
    as_it_is, changed = shuffled_scores(
        lambda f, rows: {"value": model.predict(f)},
        lambda made: {"r2": r2_score(y, made["value"])},
        X, np.array([0, 1]), [[0], [1], [0, 1]], 60, np.random.default_rng(0),
    )  # fmt: skip
    drops = as_it_is["r2"] - changed["r2"].mean(axis=1)
    theirs = permutation_importance(model, X, y, n_repeats=60, random_state=0, scoring="r2")
    np.testing.assert_allclose(drops[:2], theirs.importances_mean, rtol=0.1)
    assert drops[2] > drops[0]


def test_many_shuffles_in_one_call_are_those_made_one_by_one():
    """Columns of few rows are predicted together; each shuffle changes its own columns only."""
    rng = np.random.default_rng(3)
    X = pd.DataFrame(rng.normal(size=(700, 5)), columns=list("abcde"))
    X["f"] = pd.Categorical(rng.integers(0, 3, 700), categories=range(3))
    sets, owner = [[0], [1, 2], [5], [3], [4]], np.arange(6)
    seen: list[int] = []

    def answer(frame: pd.DataFrame, rows: np.ndarray) -> dict[str, np.ndarray]:
        seen.append(len(frame))
        return {"all": np.column_stack([frame[c].to_numpy(dtype=float) for c in frame])}

    orders = np.random.default_rng(0)
    expected = []
    for members in sets:
        for _ in range(2):
            order, changed = orders.permutation(700), X.copy()
            for c in members:
                changed.isetitem(c, X.iloc[order, c].array)
            expected.append(answer(changed, order)["all"])
    seen.clear()
    made = iter([X.to_numpy(dtype=float), *expected])

    def judge(answers: dict[str, np.ndarray]) -> dict[str, float]:
        np.testing.assert_array_equal(answers["all"], next(made))
        return {"m": 1.0}

    shuffled_scores(answer, judge, X, owner, sets, 2, np.random.default_rng(0))
    assert next(made, None) is None
    assert seen == [700, *[1400] * 5]


def test_a_column_that_was_left_out_changes_nothing(table):
    """What the selector dropped has importance 0 and is not shuffled."""
    X = table[["a"]]
    as_it_is, changed = shuffled_scores(
        lambda f, rows: {"value": f["a"].to_numpy()},
        lambda made: {"m": float(made["value"].sum() + made["value"][0])},
        X, np.array([0]), [[1], [0]], 3, np.random.default_rng(0),
    )  # fmt: skip
    assert (changed["m"][0] == as_it_is["m"]).all()
    assert not (changed["m"][1] == as_it_is["m"]).all()
