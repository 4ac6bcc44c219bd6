"""Column types are found from the values, described, and changed at the analyst's word."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from outfold.data.infer import describe, infer, retype
from outfold.data.schema import ColumnType
from outfold.errors import OutfoldError, UnknownNameError

N = 200
RNG = np.random.default_rng(1)


def one(values: object, name: str = "x") -> tuple[pd.Series, str]:
    """A column as it comes out, and its type."""
    frame, schema = infer(pd.DataFrame({name: values}))
    return frame[name], schema[name].type


@pytest.mark.parametrize(
    ("name", "values", "kind"),
    [
        ("x", RNG.normal(size=N), "numeric"),
        ("x", RNG.integers(0, 3, N), "numeric"),
        ("order", np.arange(1, N + 1), "identifier"),
        ("year", np.arange(1900, 1900 + N), "numeric"),
        ("customerID", RNG.permutation(N) * 17 + 5, "identifier"),
        ("price", RNG.permutation(N) * 17 + 5, "numeric"),
        ("x", [f"a{i}" for i in range(N)], "identifier"),
        ("x", [f"level {i % 7}" for i in range(N)], "categorical"),
        ("x", [f"ticket {i % 120}" for i in range(N)], "text"),
        ("x", [f"many words stand in row number {i % 90}" for i in range(N)], "text"),
        ("x", [True, False] * (N // 2), "boolean"),
        ("x", pd.date_range("2024-01-01", periods=N), "datetime"),
        ("x", [None] * N, "numeric"),
        ("x", pd.Categorical([f"a{i}" for i in range(N)]), "categorical"),
        ("x", ["same"] * N, "categorical"),
    ],
)
def test_the_type_follows_from_the_values(name: str, values: object, kind: str) -> None:
    """Numbers, names of rows, labels, text, truth and time are told apart."""
    assert one(values, name)[1] == kind


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        ([1, 2, 3], "int64"),
        ([1.0, np.nan, 3.0], "float64"),
        (pd.array([1, None, 3], dtype="Int64"), "float64"),
        (np.array([1, 2, 3], dtype="int8"), "int64"),
        (["a", None, "b"], "category"),
        ([True, None, False], "boolean"),
        (pd.to_datetime(["2024-01-01", None, "2024-01-02"]), "datetime64[us]"),
        (["1", "2", "x"], "category"),
        (["1", "2", "3"], "int64"),
        (["2024-01-01", "2024-02-01", "2024-03-01"], "datetime64[us]"),
        (pd.date_range("2024-01-01", periods=3, tz="UTC"), "datetime64[us]"),
        ([1, "a", 2.5], "category"),
    ],
)
def test_the_storage_is_the_one_everything_relies_on(values: object, dtype: str) -> None:
    """Each type has one dtype, whatever it came as."""
    assert str(one(values)[0].dtype) == dtype


def test_typed_columns_can_be_written_to() -> None:
    """No column is a read-only view of Arrow's memory."""
    when = pd.to_datetime(["2024-01-01", "2024-01-02"])
    frame, _ = infer(pd.DataFrame({"a": [1.0, 2.0], "b": [1, 2], "c": [True, False], "d": when}))
    for name in frame:
        frame.loc[0, name] = frame.loc[1, name]
        assert frame[name].nunique() == 1


def test_inferring_again_changes_nothing() -> None:
    """A typed table is typed; its schema stays."""
    frame = pd.DataFrame(
        {
            "n": [1.5, np.nan, 2.0] * 20,
            "c": ["x", None, "y"] * 20,
            "b": [True, None, False] * 20,
            "d": pd.date_range("2024-01-01", periods=60),
            "i": [f"row{i}" for i in range(60)],
        }
    )
    once, schema = infer(frame)
    twice, again = infer(once)
    pd.testing.assert_frame_equal(once, twice)
    assert schema == again
    assert describe(once, {c.name: c.type for c in schema.columns}) == schema


def test_the_schema_counts_exactly() -> None:
    """Missing cells, distinct values and levels are those of the column."""
    frame, schema = infer(
        pd.DataFrame(
            {
                "c": ["b", "a10", None, "a9", "b"] * 10,
                "n": [1.0, 1.0, np.nan, 2.0, 3.0] * 10,
                "t": [True, False, None, True, True] * 10,
            }
        )
    )
    assert (schema["c"].missing, schema["c"].unique, schema["c"].levels) == (
        10,
        3,
        ("a9", "a10", "b"),
    )
    assert (schema["n"].missing, schema["n"].unique) == (10, 3)
    assert (schema["t"].missing, schema["t"].levels) == (10, ("False", "True"))
    assert frame["c"].cat.categories.tolist() == ["a9", "a10", "b"]


def test_describe_keeps_the_types_given() -> None:
    """An override stands even where the values look otherwise."""
    frame = retype(pd.DataFrame({"x": [1, 2, 1, 2]}), {"x": "categorical"})
    schema = describe(frame, {"x": "categorical"})
    assert schema["x"].type == "categorical"
    assert schema["x"].levels == ("1", "2")


CHANGES: list[tuple[object, ColumnType, list[object]]] = [
    ([1, 2, 1], "categorical", ["1", "2", "1"]),
    ([1.0, np.nan, 2.0], "categorical", ["1", None, "2"]),
    ([1.5, 2.0], "categorical", ["1.5", "2"]),
    (["1", "2,5", "4"], "numeric", [1.0, 2.5, 4.0]),
    (["007", "12"], "numeric", [7.0, 12.0]),
    (["1", "NA", "3"], "numeric", [1.0, None, 3.0]),
    ([True, False], "numeric", [1, 0]),
    (["yes", "no", None], "boolean", [True, False, None]),
    ([0, 1, 1], "boolean", [False, True, True]),
    ([0.0, np.nan, 1.0], "boolean", [False, None, True]),
    (
        ["13/02/2024", "01/03/2024"],
        "datetime",
        [pd.Timestamp("2024-02-13"), pd.Timestamp("2024-03-01")],
    ),
    (["a", "b", "a"], "text", ["a", "b", "a"]),
    ([5, 6, 7], "identifier", [5, 6, 7]),
    (["a", "b"], "identifier", ["a", "b"]),
    (pd.to_datetime(["2024-01-02", "2024-01-03"]), "categorical", ["2024-01-02", "2024-01-03"]),
]


@pytest.mark.parametrize(("values", "kind", "expected"), CHANGES)
def test_a_column_can_be_given_another_type(
    values: object, kind: ColumnType, expected: list[object]
) -> None:
    """Every change that has a meaning is made; the frame given is left alone."""
    frame, _ = infer(pd.DataFrame({"x": values}))
    before = frame.copy()
    changed = retype(frame, {"x": kind})["x"]
    got = [None if pd.isna(v) else v for v in changed.astype(object)]
    assert got == expected
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    ("values", "kind", "sentence"),
    [
        (["1", "2", "many"], "numeric", "'x' cannot be a number: row 3 holds 'many'"),
        (["yes", "perhaps", "no"], "boolean", "'x' cannot be boolean: row 2 holds 'perhaps'"),
        ([1, 2, 3], "boolean", "row 2 holds '2'"),
        (
            ["2024-01-01", "soon", "2024-01-02"],
            "datetime",
            "'x' cannot be a date: row 2 holds 'soon'",
        ),
        (["01/02/2024", "03/04/2024"], "datetime", "whether day or month stands first"),
        (
            pd.to_datetime(["2024-01-02", "2024-01-03"]),
            "numeric",
            "cannot be a number: row 1 holds '2024-01-02",
        ),
    ],
)
def test_a_change_that_has_no_meaning_names_the_first_value(
    values: object, kind: ColumnType, sentence: str
) -> None:
    """The person learns which cell stands in the way, and what to do."""
    frame, _ = infer(pd.DataFrame({"x": values}))
    with pytest.raises(OutfoldError) as caught:
        retype(frame, {"x": kind})
    assert sentence in caught.value.message
    assert caught.value.hint


def test_unknown_columns_and_types_are_named() -> None:
    """A typing error in a study is no traceback."""
    frame = pd.DataFrame({"x": [1, 2]})
    with pytest.raises(UnknownNameError, match="There is no column 'y'"):
        retype(frame, {"y": "numeric"})
    with pytest.raises(OutfoldError, match="There is no column type 'number'"):
        retype(frame, {"x": "number"})  # type: ignore[dict-item]


def test_an_index_of_any_kind_is_kept_by_retype() -> None:
    """Rows keep their labels."""
    frame = pd.DataFrame({"x": ["1", "2", "3"]}, index=[7, 3, 5])
    assert retype(frame, {"x": "numeric"}).index.tolist() == [7, 3, 5]
