"""Laws of relevance, its intervals, redundancy and missingness."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from outfold.data.schema import Column, Schema
from outfold.errors import ParameterError, UnknownNameError
from outfold.explore.associate import associate
from outfold.explore.interval import ratio_interval, table_interval
from outfold.explore.linear import fisher_interval
from outfold.explore.missing import missingness
from outfold.explore.nominal import cramers_v_corrected, nominal
from outfold.explore.redundancy import redundancy, strengths
from outfold.explore.relevance import relevance


def classes(rows: int = 600, seed: int = 0) -> tuple[pd.DataFrame, Schema]:
    """A binary target with a strong, a weak and a worthless column of each kind."""
    rng = np.random.default_rng(seed)
    y = rng.random(rows) < 0.4
    frame = pd.DataFrame(
        {
            "strong": y + rng.normal(size=rows) * 0.6,
            "weak": y * 0.4 + rng.normal(size=rows),
            "noise": rng.normal(size=rows),
            "level": pd.Categorical(np.where(rng.random(rows) < 0.8, y, ~y).astype(str)),
            "many": pd.Categorical(rng.integers(0, 80, rows).astype(str)),
            "y": pd.Categorical(np.where(y, "yes", "no")),
        }
    )
    kinds = ["numeric"] * 3 + ["categorical"] * 3
    return frame, Schema(tuple(Column(n, k) for n, k in zip(frame, kinds, strict=True)))


def test_relevance_ranks_signal_above_noise_whatever_the_type() -> None:
    """A column of eighty random levels does not outrank one that carries signal."""
    frame, schema = classes()
    found = relevance(frame, schema, "y")
    order = [row.column for row in found]
    assert order[:2] == ["strong", "level"]
    assert order.index("weak") < min(order.index("noise"), order.index("many"))
    assert set(found.significant()) == {"strong", "level", "weak"}
    assert "y" not in order
    assert list(found.frame()["column"]) == order


def test_every_interval_is_named_and_holds_its_value() -> None:
    """An interval says how it was made, and its ends lie around what was measured."""
    for seed in range(12):
        frame, schema = classes(80, seed)
        for target in ("y", "strong"):
            for row in relevance(frame, schema, target):
                assert row.interval in ("Fisher's z", "noncentral F", "delta method")
                assert row.low - 1e-12 <= row.value <= row.high + 1e-12, row


@pytest.mark.parametrize("truth", [0.0, 0.3, 0.8])
def test_intervals_of_correlation_ratios_hold_the_truth(truth: float) -> None:
    """In 300 normal samples, 95 % intervals by the noncentral F miss about 15 times."""
    rng = np.random.default_rng(7)
    means = np.array([-1.0, 0.0, 0.0, 1.0]) * 2**0.5 * truth
    missed = 0
    for _ in range(300):
        x = np.repeat(means, 20) + rng.normal(size=80) * (1 - truth**2) ** 0.5
        groups = x.reshape(4, 20)
        between = 20 * ((groups.mean(axis=1) - x.mean()) ** 2).sum()
        low, high = ratio_interval(between / ((x - x.mean()) ** 2).sum(), 80, 4)
        missed += not low <= truth <= high
    assert missed <= 30  # binomial(300, 0.05) exceeds 30 with probability 0.0002


def test_intervals_of_cramers_v_hold_the_truth() -> None:
    """In 300 tables of 3 by 3 levels, 95 % intervals by the delta method miss about 15 times."""
    rng = np.random.default_rng(8)
    share = 0.6 * np.full((3, 3), 1 / 9) + 0.4 * np.eye(3) / 3
    missed = 0
    for _ in range(300):
        table = rng.multinomial(400, share.ravel()).reshape(3, 3)
        low, high = table_interval(table)
        missed += not low <= 0.4 <= high
        got = nominal(table)
        assert low <= float(cramers_v_corrected(got.chi2, got.n, 3, 3)) <= high
    assert missed <= 30


def test_intervals_at_the_edges_are_defined() -> None:
    """A perfect association has no width; too few rows have no interval."""
    assert fisher_interval(1.0, 50) == (1.0, 1.0)
    assert np.isnan(fisher_interval(0.5, 3)).all()
    assert ratio_interval(1.0, 50, 3) == (1.0, 1.0)
    assert np.isnan(ratio_interval(0.5, 3, 3)).all()
    assert np.isnan(table_interval([[3, 4]])).all()
    low, high = ratio_interval(0.3, 200_000, 40)
    assert 0.54 < low < 0.3**0.5 < high < 0.56


def test_numbers_that_stand_for_classes_are_measured_as_classes() -> None:
    """With a classification task a target of 0 and 1 gives what its levels would."""
    frame, schema = classes()
    frame["coded"] = (frame["y"] == "yes").astype("int64")
    types = Schema((*schema.columns[:-1], Column("coded", "numeric", unique=2)))
    as_classes = relevance(frame, types, "coded", task="binary").strengths()
    as_levels = relevance(frame, schema, "y").strengths()
    assert as_classes == pytest.approx(as_levels)
    assert relevance(frame, types, "coded").rows[0].measure == "pearson"


def test_mutual_information_ranks_all_columns_on_one_scale() -> None:
    """It has no interval, and finds a relation without a trend."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=800)
    frame = pd.DataFrame({"x": x, "noise": rng.normal(size=800), "y": x**2})
    schema = Schema(tuple(Column(c, "numeric") for c in frame))
    found = relevance(frame, schema, "y", prefer=["mutual_info"])
    assert found.rows[0].column == "x"
    assert found.rows[0].interval == ""
    assert found.rows[0].strength > 0.8


@pytest.mark.parametrize("target", ["number", "truth", "level"])
def test_with_a_target_its_pairs_are_those_of_the_whole_table(target: str) -> None:
    """Measuring one column's pairs alone gives what measuring all gives, whatever its type."""
    rng = np.random.default_rng(9)
    frame = pd.DataFrame(
        {
            "number": rng.normal(size=300),
            "other": np.where(rng.random(300) < 0.2, np.nan, rng.normal(size=300)),
            "truth": pd.array(rng.random(300) < 0.4, dtype="boolean"),
            "level": pd.Categorical(rng.choice(["r", "s", "t"], 300)),
            "kind": pd.Categorical(rng.choice(["u", "v"], 300)),
        }
    )
    kinds = ["numeric", "numeric", "boolean", "categorical", "categorical"]
    schema = Schema(tuple(Column(c, k) for c, k in zip(frame, kinds, strict=True)))
    whole, own = associate(frame, schema), associate(frame, schema, target=target)
    assert len(own) == 4
    for pair in own:
        same = whole.of(pair.a, pair.b)
        assert (pair.measure, pair.n) == (same.measure, same.n)
        assert pair.value == pytest.approx(same.value, abs=1e-12)
        assert pair.p_value == pytest.approx(same.p_value, abs=1e-12)


def test_relevance_and_gaps_tell_how_far_they_are_and_can_be_stopped() -> None:
    """Progress only grows and ends at the whole; what is raised from it ends the work."""
    rng = np.random.default_rng(2)
    frame = pd.DataFrame(rng.normal(size=(200, 6)), columns=list("abcdef"))
    frame[frame > 1.5] = np.nan
    schema = Schema(tuple(Column(c, "numeric") for c in frame))
    for work in (relevance, missingness):
        told: list[float] = []
        work(frame, schema, "a", report=told.append)
        assert told == sorted(told)
        assert told[-1] == pytest.approx(1.0)

    def stop(_: float) -> None:
        raise InterruptedError("enough")

    with pytest.raises(InterruptedError, match="enough"):
        relevance(frame, schema, "a", report=stop)


def test_an_unfit_target_is_refused() -> None:
    """Text cannot be a target of relevance."""
    frame, schema = classes()
    text = Schema((*schema.columns[:-1], Column("y", "text")))
    with pytest.raises(UnknownNameError, match="'y' has no associations: it is of type text"):
        relevance(frame, text, "y")


def copies() -> tuple[pd.DataFrame, Schema]:
    rng = np.random.default_rng(5)
    a, b = rng.normal(size=(2, 400))
    frame = pd.DataFrame(
        {
            "a": a,
            "a2": -a + rng.normal(size=400) * 0.1,
            "a3": a + rng.normal(size=400) * 0.3,
            "b": b,
            "b2": b * 7 + 1,
            "alone": rng.normal(size=400),
        }
    )
    return frame, Schema(tuple(Column(c, "numeric") for c in frame))


def test_any_two_columns_of_a_group_reach_the_threshold() -> None:
    """With complete linkage the weakest link of every group is at least the threshold."""
    frame, schema = copies()
    found = associate(frame, schema)
    for threshold in (0.3, 0.8, 0.95, 0.99, 1.0):
        groups = redundancy(found, threshold=threshold)
        square = pd.DataFrame(strengths(found), found.columns, found.columns)
        for group in groups.groups:
            inside = square.loc[list(group.members), list(group.members)].to_numpy()
            assert inside.min() >= threshold - 1e-9
            assert group.weakest == pytest.approx(inside.min())
        members = [m for g in groups.groups for m in g.members]
        assert sorted([*members, *groups.alone]) == sorted(found.columns)
    assert [set(g.members) for g in redundancy(found, threshold=1.0).groups] == [{"b", "b2"}]


def test_the_most_relevant_member_stands_for_its_group() -> None:
    """Without relevance it is the most central one."""
    frame, schema = copies()
    found = associate(frame, schema)
    central = redundancy(found, threshold=0.9).groups[0]
    assert set(central.members) == {"a", "a2", "a3"}
    assert central.representative == "a"
    chosen = redundancy(found, {"a3": 0.9, "a": 0.1}, threshold=0.9)
    assert chosen.groups[0].representative == "a3"
    assert chosen.groups[0].members[0] == "a3"
    assert chosen.kept() == ("a3", "b", "alone") or chosen.kept() == ("a3", "b2", "alone")
    assert redundancy(found, threshold=0.9, apart=("a",)).columns == found.columns[1:]


def test_redundancy_needs_all_pairs_and_a_sensible_threshold() -> None:
    """A target's pairs alone, and thresholds outside 0 to 1, are refused."""
    frame, schema = copies()
    with pytest.raises(ParameterError, match="threshold is 0"):
        redundancy(associate(frame, schema), threshold=0)
    with pytest.raises(ParameterError, match="associations of all pairs"):
        redundancy(associate(frame, schema, target="a"))


def test_gaps_that_follow_the_target_are_told_from_gaps_by_chance() -> None:
    """Of two columns with as many gaps only the one that loses high targets is informative."""
    rng = np.random.default_rng(2)
    y = rng.normal(size=1000)
    frame = pd.DataFrame({"told": rng.normal(size=1000), "chance": rng.normal(size=1000), "y": y})
    frame.loc[(y > 0.5) & (rng.random(1000) < 0.7), "told"] = np.nan
    frame.loc[rng.random(1000) < 0.2, "chance"] = np.nan
    schema = Schema(tuple(Column(c, "numeric") for c in frame))
    found = missingness(frame, schema, "y")
    assert found.informative() == ("told",)
    assert [g.column for g in found.gaps if not g.informative] == ["chance"]
    assert found.complete == int(frame.notna().all(axis=1).sum())


def test_missing_patterns_add_up_to_the_rows() -> None:
    """Every row has one pattern; columns missing together are seen together."""
    frame = pd.DataFrame(
        {
            "a": [1.0, None, None, None, 5.0, 6.0],
            "b": ["x", None, None, None, "y", "z"],
            "c": [1, 2, 3, 4, 5, None],
            "d": range(6),
        }
    )
    kinds = ["numeric", "text", "numeric", "numeric"]
    schema = Schema(tuple(Column(n, k) for n, k in zip(frame, kinds, strict=True)))
    found = missingness(frame, schema)
    assert [(p.columns, p.rows) for p in found.patterns] == [
        (("a", "b"), 3),
        ((), 2),
        (("c",), 1),
    ]
    assert found.n_patterns == 3
    assert found.together is not None
    assert found.together.of("a", "b").value == pytest.approx(1.0)
    assert [(g.column, g.missing) for g in found.gaps] == [("a", 3), ("b", 3), ("c", 1)]


def test_a_table_without_gaps_has_one_pattern() -> None:
    """All rows are complete and nothing is measured."""
    frame, schema = copies()
    found = missingness(frame, schema, "a")
    assert (found.complete, found.gaps, found.n_patterns) == (400, (), 1)
    with pytest.raises(UnknownNameError, match="no column 'z'"):
        missingness(frame, schema, "z")
