"""One pair by every measure that fits it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from outfold.data.schema import Column, Schema
from outfold.explore.associate import associate
from outfold.explore.interval import ratio_interval
from outfold.explore.measures import measures_for
from outfold.explore.pair_measures import MOST_ROWS, Measured, pair_measures

KINDS = {"x": "numeric", "y": "numeric", "c": "categorical", "d": "categorical", "t": "boolean"}
SCHEMA = Schema(tuple(Column(name, kind) for name, kind in KINDS.items()))


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """Numbers, levels and a truth value that go together, with gaps."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=250)
    y = 0.5 * x + rng.normal(size=250)
    frame = pd.DataFrame(
        {
            "x": x,
            "y": np.where(rng.random(250) < 0.1, np.nan, y),
            "c": pd.Categorical(np.where(x > 0.4, "up", np.where(x < -0.4, "down", "mid"))),
            "d": pd.Categorical(rng.choice(["a", "b"], 250)),
            "t": pd.array(x + rng.normal(size=250) > 0, dtype="boolean"),
        }
    )
    return frame


def keyed(found: tuple[Measured, ...]) -> dict[str, Measured]:
    return {m.key: m for m in found if m.key}


@pytest.mark.parametrize(
    ("a", "b", "kind"),
    [("x", "y", "numeric"), ("c", "y", "mixed"), ("t", "y", "truth"), ("c", "d", "nominal")],
)
def test_every_measure_of_the_pairs_kind_stands_beside_the_others(frame, a, b, kind) -> None:
    """What a whole table can be asked for has the same value, p-value and n here."""
    found = keyed(pair_measures(frame, SCHEMA, a, b))
    assert next(iter(found)) == measures_for(kind)[0]
    assert set(found) == set(measures_for(kind))
    for key, one in found.items():
        twin = associate(frame, SCHEMA, key).of(a, b)
        assert (one.value, one.n) == (pytest.approx(twin.value), twin.n), key
        assert one.p_value == pytest.approx(twin.p_value, rel=1e-6), key
        if not np.isnan(one.low):
            assert one.low <= one.value <= one.high
            assert one.interval


def test_given_others_the_partial_correlations_are_added(frame) -> None:
    """Of values and of ranks; of a truth value beside a number too, but not of levels."""
    found = pair_measures(frame, SCHEMA, "x", "y", given=["t", "c"])
    names = [m.name for m in found if "artial" in m.name]
    assert names == ["Partial correlation given t", "Partial rank correlation given t"]
    twin = associate(frame, Schema(tuple(SCHEMA[c] for c in "xyt")), "partial").of("x", "y")
    assert next(m for m in found if "Partial" in m.name).value == pytest.approx(twin.value)
    assert any("Partial" in m.name for m in pair_measures(frame, SCHEMA, "t", "y", given=["x"]))
    assert not any("Partial" in m.name for m in pair_measures(frame, SCHEMA, "c", "y", given=["x"]))


def test_measures_that_take_long_say_on_how_many_rows_they_were_taken() -> None:
    """Distances of 2,000 rows, neighbours of 5,000; everything else of all."""
    rng = np.random.default_rng(1)
    large = pd.DataFrame(rng.normal(size=(6000, 2)), columns=["x", "y"])
    found = pair_measures(large, Schema(tuple(Column(c, "numeric") for c in "xy")), "x", "y")
    said = {m.n: m.note for m in found}
    assert said == {
        6000: "",
        2000: "on a sample of 2,000 of 6,000 rows",
        5000: "on a sample of 5,000 of 6,000 rows",
    }


@pytest.mark.parametrize(("a", "b"), [("x", "one"), ("one", "two"), ("x", "none"), ("two", "far")])
def test_degenerate_pairs_have_a_note_and_no_value(a, b) -> None:
    """A constant, a column without values, three rows: said, never raised."""
    small = pd.DataFrame(
        {
            "x": [1.0, 2.0, 4.0],
            "one": pd.Categorical(["a", "a", "a"]),
            "two": pd.Categorical(["a", "b", "a"]),
            "far": [0.0, 1e9, 1e-9],
            "none": [np.nan] * 3,
        }
    )
    kinds = {"x": "numeric", "far": "numeric", "none": "numeric"}
    schema = Schema(tuple(Column(c, kinds.get(c, "categorical")) for c in small))
    for one in pair_measures(small, schema, a, b):
        assert not np.isnan(one.value) or one.note or one.key is None, one


def test_a_share_of_nearly_all_variance_has_an_interval() -> None:
    """The noncentral F distribution runs out of numbers there; the end is 1."""
    low, high = ratio_interval(1 - 1e-13, 8, 3)
    assert 0 < low <= high == 1.0


def test_two_levels_by_two_have_a_signed_phi_with_small_sample_tests() -> None:
    """Which levels count as 1 is said; other tables have none."""
    rng = np.random.default_rng(1)
    a = rng.choice(["no", "yes"], 90)
    frame = pd.DataFrame({"a": a, "b": np.where(rng.random(90) < 0.8, a, "no"), "c": a})
    frame.loc[:10, "c"] = "maybe"
    frame = frame.astype("category")
    schema = Schema(tuple(Column(c, "categorical") for c in frame))
    rows = [m for m in pair_measures(frame, schema, "a", "b") if m.name == "Phi, signed"]
    assert {m.test for m in rows} == {"Fisher's exact test", "chi-square with Yates' correction"}
    assert all(m.low < m.value < m.high and m.value > 0.3 for m in rows)
    assert rows[0].note == "yes and yes count as 1"
    assert not [m for m in pair_measures(frame, schema, "a", "c") if m.name == "Phi, signed"]


def test_partial_ranks_of_a_large_table_are_sampled_and_said_so(monkeypatch) -> None:
    """Ranks of several columns take long; the values themselves are used whole."""
    monkeypatch.setitem(MOST_ROWS, "partial ranks", 300)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1000, 3)) + rng.normal(size=(1000, 1))
    frame = pd.DataFrame(x, columns=list("abc"))
    schema = Schema(tuple(Column(c, "numeric") for c in frame))
    found = {m.name: m for m in pair_measures(frame, schema, "a", "b", given=["c"])}
    whole, ranked = found["Partial correlation given c"], found["Partial rank correlation given c"]
    assert (whole.n, whole.note) == (1000, "")
    assert (ranked.n, ranked.note) == (300, "on a sample of 300 of 1,000 rows")
    assert ranked.value == pytest.approx(whole.value, abs=0.15)
