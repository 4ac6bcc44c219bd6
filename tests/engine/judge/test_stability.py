import math

import numpy as np
import pytest

from outfold.judge.stability import (
    agreement,
    alike_stability,
    stability,
    stability_interval,
)
from outfold.select.selection import Selection
from tests.reference.cases import cases

CASES = [c for c in cases("more.json") if "selected" in c.inputs and "stability" in c.expected]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_stability_equals_the_published_formula_in_exact_fractions(case):
    """Nogueira et al. (2018), equation 4, computed by hand."""
    assert case.close("stability", stability(case.inputs["selected"]), case.expected["stability"])


def test_there_are_stability_cases():
    """The parametrised test above has subjects."""
    assert len(CASES) >= 3


def test_stability_of_the_golden_matrix():
    """The 4 × 5 matrix of the methods note."""
    kept = [[1, 1, 0, 0, 0], [1, 0, 1, 0, 0], [1, 1, 0, 0, 1], [1, 1, 0, 0, 0]]
    assert stability(kept) == pytest.approx(0.393939, abs=1e-6)


@pytest.mark.parametrize("kept", [[[1, 1]], [[1, 1], [1, 1]], [[0, 0], [0, 0]]])
def test_stability_is_undefined_without_choice_or_repetition(kept):
    """One selection, or all or no columns kept, says nothing about agreement."""
    assert math.isnan(stability(kept))


def test_agreement_orders_columns_by_how_often_they_are_kept():
    """Two selectors on two splits, counted by hand."""
    found = {
        "a": (
            Selection(("x", "y"), {"x": 3.0, "y": 2.0, "z": 1.0}, dropped_because={"z": "x"}),
            Selection(("x",), {"x": 3.0, "y": 1.0, "z": 2.0}, dropped_because={"z": "x"}),
        ),
        "b": (Selection(("x",), {}), Selection(("z",), {})),
        "nothing yet": (),
    }
    result = agreement(found)
    assert result.columns == ("x", "z", "y")  # z and y tie; b ranks z first
    assert [s.selector for s in result.selectors] == ["a", "b"]
    np.testing.assert_allclose(result.kept, [[1, 0.5], [0, 0.5], [0.5, 0]])
    np.testing.assert_allclose(result.rank, [[1, 1], [2.5, 1], [2.5, np.nan]])
    np.testing.assert_allclose(result.consensus, [0.75, 0.25, 0.25])
    assert result.selectors[0].dropped_because == {"z": "x"}
    assert result.selectors[0].n_kept == 1.5
    assert list(result.frame()["column"]) == ["x", "z", "y"]


def test_agreement_of_nothing_is_empty():
    """Before the first split is done there is nothing to show, and nothing fails."""
    assert agreement({}).columns == ()


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_the_interval_equals_the_published_variance_in_exact_fractions(case):
    """Nogueira et al. (2018), theorem 7, with the uncorrected mean Jaccard index beside it."""
    got = stability_interval(case.inputs["selected"])
    case.check(
        {
            "stability": got.value,
            "variance": got.variance,
            "ci95_low": got.low,
            "ci95_high": got.high,
            "mean_selected": got.mean_size,
            "mean_jaccard": got.mean_jaccard,
            "M": got.n_selections,
        }
    )


def test_an_undefined_stability_has_no_interval_and_no_verdict():
    """Two selections that keep everything agree by necessity."""
    got = stability_interval([[1, 1], [1, 1]])
    assert math.isnan(got.value)
    assert math.isnan(got.low)
    assert got.verdict == ""


def test_the_interval_of_random_selections_covers_zero():
    """Columns drawn by lot agree by chance only: over 200 trials about 95 % of intervals hold 0."""
    draw = np.random.default_rng(4)
    held = 0
    for _ in range(200):
        kept = np.zeros((60, 20))
        for row in kept:
            row[draw.choice(20, 6, replace=False)] = 1
        got = stability_interval(kept)
        held += got.low <= 0 <= got.high
    assert 180 <= held <= 199


def test_borda_points_and_disagreement_by_hand():
    """Three columns: the first before both others is 1, the last 0; half against half is 1."""
    found = {
        "a": (Selection(("x",), {"x": 3.0, "y": 2.0, "z": 1.0}),),
        "b": (Selection(("y", "x"), {"y": 0.4, "x": 0.3, "z": 0.2}),),
    }
    result = agreement(found)
    assert result.columns == ("x", "y", "z")
    np.testing.assert_allclose(result.points, [0.75, 0.75, 0.0])
    np.testing.assert_allclose(result.disagreement, [0.0, 1.0, 0.0])
    np.testing.assert_allclose(result.score[:, 1], [0.3, 0.4, 0.2])
    assert result.majority() == ("x", "y")
    assert result.usually_kept("b") == ("y", "x")
    assert result.part([2, 0]).columns == ("z", "x")


def test_an_undefined_stability_says_why():
    """One split, or everything kept."""
    every = Selection(("x", "y"), {})
    once = agreement({"a": (every,)}).selectors[0]
    always = agreement({"a": (every, every)}).selectors[0]
    assert "One split" in once.undefined
    assert "kept every column" in always.undefined


def test_stability_with_lookalikes_is_the_plain_one_where_none_are_alike():
    """With the identity as likeness both formulas agree, for sizes that vary too."""
    kept = [[1, 1, 0, 0, 0], [1, 0, 1, 0, 0], [1, 1, 0, 0, 1], [1, 1, 0, 0, 0]]
    assert alike_stability(kept, np.eye(5)) == pytest.approx(stability(kept))
    assert alike_stability(kept, np.eye(5)) == pytest.approx(0.393939, abs=1e-6)


def test_columns_that_take_turns_are_steady_once_they_count_as_alike():
    """Either of two copies beside a fixed column: nothing changes but the name."""
    kept = np.array([[1, 0, 1, 0], [0, 1, 1, 0]] * 10)
    alike = np.eye(4)
    alike[0, 1] = alike[1, 0] = 1.0
    assert stability(kept) < 0.5
    assert alike_stability(kept, alike) == pytest.approx(1.0)


def test_columns_drawn_by_lot_have_no_stability_with_lookalikes_either():
    """Corrected for chance: its mean over many draws is near 0, whatever is alike."""
    draw = np.random.default_rng(3)
    base = draw.random((20, 20))
    alike = np.maximum(base, base.T)
    np.fill_diagonal(alike, 1.0)
    values = []
    for _ in range(60):
        kept = np.array([draw.permutation(20) < draw.integers(3, 9) for _ in range(40)])
        values.append(alike_stability(kept, alike))
    assert abs(np.mean(values)) < 0.05


def test_a_note_says_on_how_many_splits_it_holds():
    """What is said of some splits only must not stand beside a mean over all as if of all."""
    usual, lone = Selection(("x", "y"), {}), Selection(("x",), {}, notes=("Nothing passed.",))
    assert agreement({"m": [lone, usual, usual]}).selectors[0].notes == (
        "Nothing passed (in 1 of 3 splits).",
    )
    assert agreement({"m": [lone, lone]}).selectors[0].notes == ("Nothing passed.",)
