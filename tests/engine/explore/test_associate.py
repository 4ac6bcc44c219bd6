"""Laws of the whole-table measurement."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pandas as pd
import pytest

from outfold.data.schema import Column, Schema
from outfold.errors import ParameterError, UnknownNameError
from outfold.explore.associate import associate
from outfold.explore.columns import codes_of
from outfold.explore.linear import pearson
from outfold.explore.measures import AUTO, MEASURES
from outfold.explore.mixed import point_biserial, ratio
from outfold.explore.multiplicity import benjamini_hochberg
from outfold.explore.nominal import contingency, nominal
from outfold.explore.partial import partial
from outfold.explore.rank import kendall, spearman


def table(rows: int = 300, seed: int = 0) -> tuple[pd.DataFrame, Schema]:
    """Columns of every type with gaps, two of them strongly related."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=rows)
    frame = pd.DataFrame(
        {
            "x": x,
            "y": x + rng.normal(size=rows),
            "k": rng.integers(0, 6, rows),
            "day": pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 999, rows), "D"),
            "c": pd.Categorical(np.where(x > 0.5, "high", np.where(x < -0.5, "low", "mid"))),
            "d": pd.Categorical(rng.choice(["a", "b", "c", "d"], rows)),
            "t": pd.array(rng.random(rows) < 0.4, dtype="boolean"),
            "words": [f"some text {i}" for i in range(rows)],
            "id": np.arange(rows),
        }
    )
    for place, name in enumerate(["x", "day", "c", "t"]):
        frame.loc[rng.random(rows) < 0.02 * (place + 1), name] = (
            None if name in ("c", "day") else pd.NA if name == "t" else np.nan
        )
    types = ["numeric"] * 3 + ["datetime", "categorical", "categorical", "boolean"]
    types += ["text", "identifier"]
    return frame, Schema(tuple(Column(n, t) for n, t in zip(frame, types, strict=True)))


def plain(frame: pd.DataFrame, name: str) -> np.ndarray:
    """A number or a date as float64."""
    if name == "day":
        stamp = frame[name].to_numpy(dtype="datetime64[us]")
        return np.where(np.isnat(stamp), np.nan, stamp.astype(np.int64) / 1e6)
    return frame[name].to_numpy(dtype=float, na_value=np.nan)


def test_every_pair_gets_the_measure_of_its_types() -> None:
    """Pearson for numbers, corrected V for levels, and two measures for numbers beside those."""
    frame, schema = table()
    found = associate(frame, schema)
    assert len(found) == 21
    for pair in found:
        assert pair.measure == AUTO[kind_of(pair.a, pair.b)], pair


def kind_of(a: str, b: str) -> str:
    """What kind of pair two columns of the table are."""
    numbers = sum(c in ("x", "y", "k", "day") for c in (a, b))
    return (
        "numeric"
        if numbers == 2
        else "nominal"
        if not numbers
        else ("truth" if "t" in (a, b) else "mixed")
    )


@pytest.mark.parametrize("target", [None, "x", "c", "t"])
def test_each_kind_of_pair_can_have_its_own_measure(target: str | None) -> None:
    """What is chosen for one kind is what that measure alone gives, and changes no other kind."""
    frame, schema = table()
    chosen = {"numeric": "spearman", "nominal": "cramers_v", "mixed": "mutual_info", "truth": "eta"}
    found = associate(frame, schema, by_kind=chosen, target=target)
    assert len(found) == (21 if target is None else 6)
    for pair in found:
        assert pair.measure == chosen[kind_of(pair.a, pair.b)], pair
        alone = associate(frame, schema, pair.measure).of(pair.a, pair.b)
        assert (pair.value, pair.n) == (pytest.approx(alone.value), alone.n)
        assert pair.p_value == pytest.approx(alone.p_value)
    with pytest.raises(ParameterError, match="not defined for a number and levels"):
        associate(frame, schema, by_kind={"mixed": "pearson"})


def test_partial_correlations_are_those_of_every_pair_given_all_others() -> None:
    """The inverse of all columns at once says what each pair's own regression says."""
    frame, schema = table()
    frame["z"] = frame["x"] - frame["k"] + np.random.default_rng(5).normal(size=len(frame))
    schema = Schema((*schema.columns, Column("z", "numeric")))
    found = associate(frame, schema, "partial")
    assert found.columns == ("x", "y", "k", "day", "t", "z")
    values = {c: plain(frame, c) for c in found.columns}
    for pair in found:
        rest = [values[c] for c in found.columns if c not in (pair.a, pair.b)]
        alone = partial(values[pair.a], values[pair.b], rest)
        assert (pair.value, pair.n) == (pytest.approx(alone.value, abs=1e-10), alone.n)
        assert pair.p_value == pytest.approx(alone.p_value, rel=1e-7)
    four = Schema(tuple(schema[c] for c in ("x", "z", "k", "t")))
    some = associate(frame, four, "partial", given=["k", "t"]).of("z", "x")
    alone = partial(values["z"], values["x"], [values["k"], values["t"]])
    assert some.value == pytest.approx(alone.value, abs=1e-10)
    assert some.p_value == pytest.approx(alone.p_value, rel=1e-7)


def test_levels_have_no_partial_correlation_and_it_is_said() -> None:
    """As a target or among the columns: named with the reason, not as if it were not there."""
    frame, schema = table()
    said = {c.name: c.why for c in associate(frame, schema, "partial").left_out}
    assert said["c"] == "is of type categorical, for which partial correlation is not defined"
    with pytest.raises(UnknownNameError, match="is of type categorical"):
        associate(frame, schema, "partial", target="c")


def test_columns_that_the_controls_determine_have_no_partial_correlation() -> None:
    """A sum and its parts leave nothing of each other; what stands aside keeps its value."""
    rng = np.random.default_rng(4)
    frame = pd.DataFrame(rng.normal(size=(80, 4)), columns=list("abxy"))
    frame["y"] += frame["x"] + frame["a"]
    frame["sum"] = frame["a"] + frame["b"]
    schema = Schema(tuple(Column(c, "numeric") for c in frame))
    found = associate(frame, schema, "partial")
    for pair in found:
        outside = {pair.a, pair.b} == {"x", "y"}
        assert pair.reason == ("" if outside else "determined by others"), pair
    wanted = partial(*(frame[c].to_numpy() for c in "xy"), [frame[c].to_numpy() for c in "ab"])
    assert found.of("x", "y").value == pytest.approx(wanted.value, abs=1e-10)
    few = associate(frame[:5], schema, "partial")
    assert set(few.undefined()) == {"too few rows"}
    given = associate(frame, schema, "partial", given=["a", "b"])
    assert given.of("x", "sum").reason == "determined by others"


@pytest.mark.parametrize("measure", ["auto", "spearman", "kendall", "mutual_info"])
def test_work_is_told_of_and_can_be_stopped(measure: str) -> None:
    """Shares rise from 0 to 1, and what the listener raises ends the work."""
    frame, schema = table()
    told: list[float] = []
    associate(frame, schema, measure, report=told.append)
    assert told == sorted(told)
    assert 0 <= told[0] <= told[-1] <= 1

    def stop(share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        associate(frame, schema, measure, report=stop)


def test_whole_table_agrees_with_each_pair_alone() -> None:
    """The products of matrices give what the pair's own function gives."""
    frame, schema = table()
    for pair in associate(frame, schema):
        if pair.measure == "pearson":
            alone = pearson(plain(frame, pair.a), plain(frame, pair.b))
            value, p, n = alone.value, alone.p_value, alone.n
        elif pair.measure == "point_biserial":
            number, truth = (pair.a, pair.b) if pair.b == "t" else (pair.b, pair.a)
            alone = point_biserial(plain(frame, number), codes_of(frame[truth])[0])
            value, p, n = alone.value, alone.p_value, alone.n
        elif pair.measure == "eta":
            number, level = (pair.a, pair.b) if pair.a in "xykday" else (pair.b, pair.a)
            of = ratio(plain(frame, number), codes_of(frame[level])[0])
            value, p, n = of.eta, of.p_value, of.n
        else:
            (a, la), (b, lb) = codes_of(frame[pair.a]), codes_of(frame[pair.b])
            got = nominal(contingency(a, b, len(la), len(lb)))
            value, p, n = got.cramers_v_corrected, got.p_value, got.n
        assert pair.n == n
        assert pair.value == pytest.approx(value, rel=1e-9, abs=1e-12), pair
        assert pair.p_value == pytest.approx(p, rel=1e-7, abs=1e-14), pair


@pytest.mark.parametrize("measure", ["spearman", "kendall", "distance"])
def test_slow_measures_do_not_depend_on_the_way_they_are_computed(measure: str) -> None:
    """Few rows of many columns take another path than many rows of few columns."""
    rng = np.random.default_rng(3)
    wide = pd.DataFrame(rng.integers(0, 9, (25, 30)).astype(float)).add_prefix("v")
    wide.iloc[:3, 0:5] = np.nan
    wide.iloc[10:12, 7] = np.nan
    schema = Schema(tuple(Column(c, "numeric") for c in wide))
    alone = {"spearman": spearman, "kendall": kendall}
    for pair in list(associate(wide, schema, measure))[::17]:
        small = Schema((Column(pair.a, "numeric"), Column(pair.b, "numeric")))
        twin = next(iter(associate(wide, small, measure)))
        assert pair.value == pytest.approx(twin.value, abs=1e-6)
        assert pair.p_value == pytest.approx(twin.p_value, rel=1e-4, abs=1e-12)
        assert pair.n == twin.n
        if measure in alone:
            one = alone[measure](plain(wide, pair.a), plain(wide, pair.b))
            assert pair.value == pytest.approx(one.value, abs=1e-6)


@pytest.mark.parametrize("levels", [3, 60])
@pytest.mark.parametrize("rows", [40, 3000])
def test_tables_are_the_same_by_products_and_by_counting(rows: int, levels: int) -> None:
    """Many rows, many levels and few of either take different paths to the same counts."""
    rng = np.random.default_rng(rows + levels)
    frame = pd.DataFrame({f"c{i}": rng.integers(0, levels, rows) for i in range(6)})
    frame["y"] = rng.normal(size=rows)
    frame.iloc[:5, 1] = -1
    text = frame.drop(columns="y").astype(str).replace("-1", None).astype("category")
    text["y"] = frame["y"]
    schema = Schema(tuple(Column(c, "numeric" if c == "y" else "categorical") for c in text))
    for pair in associate(text, schema, prefer=["cramers_v"]):
        if pair.reason:
            continue
        a, la = codes_of(text[pair.a])
        if pair.b == "y":
            assert pair.value == pytest.approx(ratio(frame["y"].to_numpy(), a).eta, rel=1e-9)
            continue
        b, lb = codes_of(text[pair.b])
        assert pair.value == pytest.approx(nominal(contingency(a, b, len(la), len(lb))).cramers_v)


def test_text_and_identifiers_take_no_part_and_it_is_said() -> None:
    """What is left out is named with its reason."""
    frame, schema = table()
    found = associate(frame, schema)
    assert {c.name: c.why for c in found.left_out} == {
        "words": "is of type text",
        "id": "is of type identifier",
    }


def test_truth_values_count_as_numbers_where_only_numbers_do() -> None:
    """Pearson with a boolean column is the point-biserial correlation, eta is its size."""
    frame, schema = table()
    signed = associate(frame, schema, "pearson").of("x", "t")
    named = associate(frame, schema).of("x", "t")
    size = associate(frame, schema, "eta").of("x", "t")
    assert named.measure == "point_biserial"
    assert named.value == pytest.approx(signed.value)
    assert abs(signed.value) == pytest.approx(size.value)
    assert signed.p_value == pytest.approx(size.p_value)


def test_degenerate_pairs_have_a_reason_instead_of_a_value() -> None:
    """A constant, a column missing beside the other, two shared rows: NaN, and no warning."""
    frame = pd.DataFrame(
        {
            "x": [1.0, 2.0, 4.0, 3.0, 9.0],
            "same": [7.0] * 5,
            "rare": [1.0, 2.0, None, None, None],
            "flat_beside_y": [5.0, 5.0, 5.0, 8.0, None],
            "y": [1.0, 3.0, 2.0, None, 4.0],
            "one": pd.Categorical(["a"] * 5),
            "each": pd.Categorical(list("abcde")),
            "none": [np.nan] * 5,
        }
    )
    kinds = {"one": "categorical", "each": "categorical"}
    schema = Schema(tuple(Column(c, kinds.get(c, "numeric")) for c in frame))
    for measure in ("auto", "spearman", "kendall", "distance", "mutual_info"):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = associate(frame, schema, measure)
        for pair in found:
            assert np.isnan(pair.value) == bool(pair.reason)
            assert np.isnan(pair.value) <= np.isnan(pair.p_value)
        assert found.of("x", "rare").reason == "too few rows"
        assert found.of("x", "same").reason == "constant"
        assert found.of("flat_beside_y", "y").reason == "constant"
        assert sum(found.undefined().values()) == sum(bool(p.reason) for p in found)
    assert associate(frame, schema).of("x", "each").reason == "too few rows"
    assert [c.name for c in found.left_out] == ["none"]


def test_magnitude_and_offset_change_nothing() -> None:
    """Correlations of 1e12 + x, of 1e-200 x and of 1e200 x are those of x."""
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(2, 500)).round(3)
    y = x + y
    y[::7] = np.nan
    frame = pd.DataFrame({"x": x, "y": y, "tiny": x * 1e-200, "huge": x * 1e200, "far": x + 1e9})
    found = associate(frame, Schema(tuple(Column(c, "numeric") for c in frame)))
    wanted = found.of("x", "y").value
    for name, within in (("tiny", 1e-12), ("huge", 1e-12), ("far", 1e-6)):
        assert found.of(name, "y").value == pytest.approx(wanted, abs=within)
        assert found.of("x", name).value == pytest.approx(1.0, abs=1e-12)


def test_an_outlier_in_another_row_does_not_blur_a_pair() -> None:
    """A pair that does not share an extreme row keeps all its digits."""
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(2, 200))
    x[0], y[0] = 1e14, np.nan
    frame = pd.DataFrame({"x": x, "y": y})
    found = associate(frame, Schema((Column("x", "numeric"), Column("y", "numeric"))))
    assert found.of("x", "y").value == pytest.approx(np.corrcoef(x[1:], y[1:])[0, 1], abs=1e-12)


def test_infinite_values_count_as_missing_and_it_is_said() -> None:
    """An infinite cell takes its row out of the pair."""
    frame = pd.DataFrame({"x": [1.0, 2.0, np.inf, 5.0, 4.0], "y": [1.0, 3.0, 0.0, 2.0, 8.0]})
    found = associate(frame, Schema((Column("x", "numeric"), Column("y", "numeric"))))
    assert found.of("x", "y").n == 4
    assert any("infinite" in note for note in found.notes)


def test_complete_rows_give_every_pair_the_same_n() -> None:
    """With missing='complete' each pair is on the rows that have every column."""
    frame, schema = table()
    used = [c for c in frame if c not in ("words", "id")]
    whole = int(frame[used].notna().all(axis=1).sum())
    found = associate(frame, schema, missing="complete")
    assert set(found.n) == {whole}
    assert any(f"{whole:,} of" in note for note in found.notes)


def test_a_target_limits_the_pairs_to_its_own() -> None:
    """The target's pairs are the same ones as among all pairs, adjusted among themselves."""
    frame, schema = table()
    for measure in ("auto", "mutual_info", "spearman"):
        whole = associate(frame, schema, measure)
        target = "c" if measure != "spearman" else "y"
        own = associate(frame, schema, measure, target=target)
        assert len(own) == len(own.columns) - 1
        for pair in own:
            assert target in (pair.a, pair.b)
            assert pair.value == pytest.approx(whole.of(pair.a, pair.b).value)
        np.testing.assert_allclose(own.p_adjusted, benjamini_hochberg(own.p_value))


def test_adjusted_p_values_are_those_of_benjamini_and_hochberg() -> None:
    """The worked example of the 1995 paper rejects four hypotheses at 0.05."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
    p += [0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    adjusted = benjamini_hochberg(np.array([*p, np.nan]))
    assert (adjusted < 0.05).sum() == 4
    assert adjusted[0] == pytest.approx(0.0015)
    assert adjusted[14] == 1.0
    assert np.isnan(adjusted[15])


def test_independent_columns_are_rarely_called_significant() -> None:
    """On noise of mixed types, adjusted p-values below 0.05 turn up in few tables."""
    hits = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        frame = pd.DataFrame(rng.normal(size=(120, 5))).add_prefix("x")
        for i in range(4):
            frame[f"c{i}"] = pd.Categorical(rng.choice(list("abc"), 120))
        kinds = ["numeric"] * 5 + ["categorical"] * 4
        schema = Schema(tuple(Column(c, k) for c, k in zip(frame, kinds, strict=True)))
        hits += bool(associate(frame, schema).significant().any())
    assert hits <= 6  # binomial(40, 0.05) exceeds 6 with probability 0.003


def test_sampling_is_seeded_and_said() -> None:
    """The same seed draws the same rows; the note tells how many."""
    frame, schema = table()
    once = associate(frame, schema, max_rows=100, seed=4)
    again = associate(frame, schema, max_rows=100, seed=4)
    other = associate(frame, schema, max_rows=100, seed=5)
    np.testing.assert_array_equal(once.value, again.value)
    assert not np.array_equal(once.value, other.value, equal_nan=True)
    assert once.n.max() <= 100
    assert "100 of 300 rows were drawn by chance" in once.notes[0]


def test_json_has_null_where_a_number_is_undefined() -> None:
    """The document is strict JSON, with the contract's fields for every pair."""
    frame, schema = table()
    frame["same"] = 1.0
    schema = Schema((*schema.columns, Column("same", "numeric")))
    document = associate(frame, schema).to_json()
    text = json.dumps(document, allow_nan=False)
    pairs = json.loads(text)["pairs"]
    assert len(pairs) == 28
    for pair in pairs:
        assert {"a", "b", "measure", "value", "p_value", "n", "p_adjusted"} <= set(pair)
        assert (pair["value"] is None) == ("same" in (pair["a"], pair["b"]))
    assert document["undefined"] == {"constant": 7}


def test_matrix_is_symmetric_and_clustered_order_keeps_every_column() -> None:
    """Square frames carry the pairs; the order is a permutation that puts copies together."""
    frame, schema = table()
    frame["x2"] = frame["x"] * 2
    schema = Schema((*schema.columns, Column("x2", "numeric")))
    found = associate(frame, schema)
    matrix = found.matrix()
    pd.testing.assert_frame_equal(matrix, matrix.T)
    assert matrix.loc["x", "y"] == found.of("y", "x").value
    assert found.measures().loc["c", "x"] == "eta"
    order = list(found.ordered())
    assert sorted(order) == sorted(found.columns)
    assert abs(order.index("x") - order.index("x2")) == 1


def test_mutual_information_measures_every_pair_on_one_scale() -> None:
    """In nats for all types; its strength is at most 1 and finds a dependence without trend."""
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, 2000)
    frame = pd.DataFrame({"x": x, "square": x**2, "noise": rng.normal(size=2000)})
    schema = Schema(tuple(Column(c, "numeric") for c in frame))
    found = associate(frame, schema, "mutual_info")
    assert found.of("x", "square").value > 1.0
    assert found.of("x", "noise").p_value > 0.001
    assert (found.strength() <= 1).all()
    assert associate(frame, schema).of("x", "square").p_adjusted > 0.001


def test_nothing_to_measure_is_an_empty_result() -> None:
    """One column, or none of the right type, is no error."""
    frame, schema = table()
    assert len(associate(frame[["x"]], Schema((schema["x"],)))) == 0
    only = associate(frame[["c", "words"]], Schema((schema["c"], schema["words"])), "pearson")
    assert len(only) == 0
    assert only.to_json()["pairs"] == []
    assert [c.name for c in only.left_out] == ["words", "c"]


def test_wrong_requests_name_what_is_known() -> None:
    """A measure, a treatment and a target that do not exist are refused in a sentence."""
    frame, schema = table()
    with pytest.raises(ParameterError, match=r"no measure 'pears'.*pearson"):
        associate(frame, schema, "pears")
    with pytest.raises(ParameterError, match="pairwise or complete"):
        associate(frame, schema, missing="drop")
    with pytest.raises(UnknownNameError, match="'words' has no associations: it is of type text"):
        associate(frame, schema, target="words")
    with pytest.raises(UnknownNameError, match="no column 'x'"):
        associate(frame[["y"]], Schema((schema["x"],)))


def test_every_measure_says_what_it_is() -> None:
    """Labels are distinct, and each has a summary and a source."""
    assert len({m.label for m in MEASURES.values()}) == len(MEASURES)
    for key, info in MEASURES.items():
        assert info.key == key
        assert info.summary.endswith(".")
        assert info.source
        assert info.kinds


def test_the_table_is_left_as_it_was() -> None:
    """Measuring changes no cell."""
    frame, schema = table()
    before = frame.copy(deep=True)
    associate(frame, schema)
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize("share", [0.02, 0.09, 0.4])
def test_few_and_many_gaps_take_two_ways_to_the_same_correlations(share: float) -> None:
    """What missing rows take away, or products with what is present: pandas says the same."""
    rng = np.random.default_rng(11)
    values = rng.normal(size=(4000, 9)) + rng.normal(size=(4000, 1))
    values[rng.random(values.shape) < share] = np.nan
    values[:, 8] = np.where(np.isnan(values[:, 7]), np.nan, values[:, 8])
    frame = pd.DataFrame(values).add_prefix("v")
    found = associate(frame, Schema(tuple(Column(c, "numeric") for c in frame)))
    wanted = frame.corr().to_numpy()
    assert found.square(found.value, 1.0, np.nan) == pytest.approx(wanted, abs=1e-12)
    present = frame.notna().to_numpy().astype(float)
    assert (found.square(found.n, 0, 0) == np.where(np.eye(9), 0, present.T @ present)).all()


def test_two_levels_count_as_nought_and_one_for_the_point_biserial_correlation() -> None:
    """Levels, truth values and a target of two numbers: as Pearson's r of 0 and 1, and said so."""
    frame, _ = table()
    frame["member"] = pd.Categorical(np.where(frame["t"].fillna(False), "yes", "no"))
    frame["target"] = (frame["k"] > 2).astype(float)
    types = {"x": "numeric", "member": "categorical", "t": "boolean", "target": "numeric"}
    schema = Schema(tuple(Column(n, t) for n, t in {**types, "d": "categorical"}.items()))
    found = associate(frame, schema, "point_biserial", as_levels=["target"])
    assert len(found) == 3
    coded = np.where(frame["member"] == "yes", 1.0, 0.0)
    assert found.of("x", "member").value == pytest.approx(pearson(plain(frame, "x"), coded).value)
    assert found.of("x", "target").value == found.of("target", "x").value
    assert "yes of member, 1 of target" in found.notes[-1]
    assert [(c.name, "two levels" in c.why) for c in found.left_out] == [("d", True)]
