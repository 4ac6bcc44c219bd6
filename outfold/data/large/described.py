"""The description of a large table: its sample's columns and findings, with figures of all rows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any


def exactness(n_sample: int) -> tuple[str, ...]:
    """What is exact and what is not, for people."""
    return (
        "Findings and examples are those of the sample; every other figure is of all rows.",
        "Counts, extremes, means, standard deviations and histograms are exact.",
        f"Quartiles are those of the sample: the share of rows below them is off by at most "
        f"{1 / math.sqrt(n_sample):.2%} (95 %).",
        "Where a column has many distinct values, a thinned set of them was counted and scaled "
        "up; unique_error is half the width of the 95 % interval as a share of the count.",
    )


def described(
    sample: Mapping[str, Any], figures: Mapping[str, Mapping[str, Any]], n_rows: int
) -> dict[str, Any]:
    """A sample's profile, as plain values, with the figures of all rows in their places.

    Args:
        sample: What ``outfold.data.profile.Profile.to_plain`` gave for the sample.
        figures: What ``DatasetStore.figures`` gave.
        n_rows: Rows of the whole table.
    """
    approximate = list(exactness(sample["rows"]))
    columns = []
    for column in sample["columns"]:
        found = figures.get(column["name"])
        columns.append(dict(column) if found is None else _with(column, found, n_rows))
    return {**sample, "rows": n_rows, "columns": columns, "approximate": approximate}


def _with(column: Mapping[str, Any], found: Mapping[str, Any], n_rows: int) -> dict[str, Any]:
    # What a column is taken for decides whether its figures describe it: numbers, dates or words.
    same = set(found["summary"]) >= set(column["summary"]) - {"infinite"}
    told = {"summary": found["summary"], "histogram": found["histogram"]} if same else {}
    return {
        **column,
        "missing": found["missing"],
        "missing_share": found["missing"] / n_rows,
        "unique": found["unique"],
        "unique_error": found["unique_error"],
        **told,
    }
