import numpy as np
import pandas as pd

from outfold.data.schema import Column, Schema
from outfold.explore.sparkline import sparklines


def test_sparklines_count_every_known_value_once():
    """Bins of numbers and dates add up to the known values; levels come most frequent first."""
    frame = pd.DataFrame(
        {
            "n": [1.0, 2.0, np.nan, 10.0, np.inf],
            "d": pd.to_datetime(["2026-01-01", "2026-01-02", None, "2026-03-01", "2026-01-01"]),
            "c": pd.Series(["a", "b", "a", None, "a"], dtype="category"),
            "b": pd.Series([True, False, None, True, True], dtype="boolean"),
            "id": ["p", "q", "r", "s", "t"],
            "e": [np.nan] * 5,
        }
    )
    kinds = ("numeric", "datetime", "categorical", "boolean", "identifier", "numeric")
    schema = Schema(tuple(Column(n, t) for n, t in zip(frame.columns, kinds, strict=True)))
    found = sparklines(frame, schema)
    assert sum(found["n"]) == 3
    assert found["n"][0] == 1
    assert len(found["n"]) == 12
    assert sum(found["d"]) == 4
    assert found["c"] == [3, 1]
    assert found["b"] == [3, 1]
    assert found["id"] == []
    assert found["e"] == []
