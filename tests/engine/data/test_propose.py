"""First guesses at target, task and roles."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from outfold.data.infer import infer
from outfold.data.propose import default_role, propose_target, propose_task
from outfold.data.schema import Column, ColumnType, Role
from outfold.task import Task

RNG = np.random.default_rng(2)
N = 400


def target_of(**columns: object) -> str | None:
    frame, schema = infer(pd.DataFrame(columns))
    return propose_target(frame, schema)


def test_a_name_says_more_than_a_place() -> None:
    """A column called target is proposed wherever it stands."""
    values = RNG.normal(size=N)
    assert target_of(a=values, target=RNG.integers(0, 2, N), b=values * 2) == "target"


def test_without_a_telling_name_the_last_column_is_proposed() -> None:
    """Tables mostly end in what they are about."""
    assert target_of(a=RNG.normal(size=N), b=RNG.normal(size=N), z=RNG.normal(size=N)) == "z"


def test_names_of_rows_text_dates_and_constants_are_never_proposed() -> None:
    """What cannot be predicted is passed over."""
    assert (
        target_of(
            a=RNG.normal(size=N),
            target=[f"id{i}" for i in range(N)],
            label=["same"] * N,
            outcome=pd.date_range("2024-01-01", periods=N),
        )
        == "a"
    )
    assert target_of(only=["same"] * N) is None


TASKS: list[tuple[object, ColumnType, Task]] = [
    (["a", "b"] * 50, "categorical", "binary"),
    (["a", "b", "c"] * 50, "categorical", "multiclass"),
    ([True, False] * 50, "boolean", "binary"),
    ([0, 1] * 50, "numeric", "binary"),
    ([-1.0, 1.0] * 50, "numeric", "binary"),
    ([1, 2, 3] * 50, "numeric", "multiclass"),
    (list(range(10)) * 10, "numeric", "multiclass"),
    (RNG.poisson(8, N), "numeric", "count"),
    (RNG.negative_binomial(1, 0.01, N), "numeric", "count"),
    (RNG.normal(size=N), "numeric", "regression"),
    (RNG.integers(10_000, 700_000, N), "numeric", "regression"),
    (RNG.integers(18, 90, N), "numeric", "regression"),
    (RNG.integers(0, 10**6, N), "numeric", "regression"),
    (RNG.integers(-50, 50, N), "numeric", "regression"),
    ([1.0, 2.0, np.nan, 3.0] * 50, "numeric", "multiclass"),
]


@pytest.mark.parametrize(("values", "kind", "task"), TASKS)
def test_the_task_follows_from_the_values(values: object, kind: ColumnType, task: Task) -> None:
    """Two values, few levels, counts and measures are told apart."""
    assert propose_task(pd.Series(values), kind) == task


@pytest.mark.parametrize(
    ("kind", "role"),
    [
        ("numeric", "feature"), ("categorical", "feature"), ("boolean", "feature"),
        ("datetime", "feature"), ("text", "ignore"), ("identifier", "id"),
    ],
)  # fmt: skip
def test_text_and_names_of_rows_are_no_features_by_default(kind: ColumnType, role: Role) -> None:
    """All other columns are."""
    assert default_role(Column("x", kind)) == role
