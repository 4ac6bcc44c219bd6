"""For every check a table on which it must speak, and one like it on which it must not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from outfold.data.schema import Column, ColumnType, Schema

N = 200


@dataclass(frozen=True)
class Told:
    """A table and what a check must say about it."""

    frame: pd.DataFrame
    schema: Schema
    target: str | None = None
    severity: str = ""
    columns: tuple[str, ...] = ()
    says: str = ""
    fix: str | None = None


def type_of(values: pd.Series) -> ColumnType:
    """The type that goes with a column's storage."""
    if pd.api.types.is_bool_dtype(values):
        return "boolean"
    if pd.api.types.is_numeric_dtype(values):
        return "numeric"
    if pd.api.types.is_datetime64_any_dtype(values):
        return "datetime"
    return "categorical"


def typed(columns: pd.DataFrame | dict[str, object], **types: ColumnType) -> tuple:
    """A frame and its schema, as reading would give them."""
    frame = pd.DataFrame(columns)
    found = []
    for name in frame.columns:
        kind = types.get(name) or type_of(frame[name])
        if kind == "categorical" and frame[name].dtype != "category":
            words = frame[name].astype("object")
            known = words.dropna().astype(str)
            frame[name] = known.reindex(words.index).astype("category")
        elif kind == "boolean":
            frame[name] = frame[name].astype("boolean")
        elif kind in ("text", "identifier") and not pd.api.types.is_numeric_dtype(frame[name]):
            frame[name] = frame[name].astype("str")
        missing = int(frame[name].isna().sum())
        found.append(Column(name, kind, missing, int(frame[name].nunique())))
    return frame, Schema(tuple(found))


def noise(seed: int, n: int = N) -> np.ndarray:
    """Standard normal numbers."""
    return np.random.default_rng(seed).standard_normal(n)


def some(values: object, where: object, instead: object) -> np.ndarray:
    """A copy of values with some replaced."""
    changed = np.array(values, dtype=object if isinstance(instead, str | None) else float)
    changed[where] = instead
    return changed


def cycle(*levels: object, n: int = N) -> list[object]:
    """The levels in turn."""
    return [levels[i % len(levels)] for i in range(n)]


def missing_share(share: float) -> np.ndarray:
    return some(noise(1), slice(0, int(N * share)), np.nan)


def dates(form: str, step: int = 1) -> list[str]:
    return [f"{d:{form}}" for d in pd.date_range("2021-01-05", periods=N, freq=f"{step}D")]


HALF = np.arange(N) % 2
CLASSES = cycle("a", "b")

FIRES: dict[str, Callable[[], Told]] = {
    "OF101": lambda: Told(
        *typed({"x": noise(1), "gone": np.full(N, np.nan)}),
        None, "serious", ("gone",), "no value in any of the 200 rows", "drop_column",
    ),
    "OF102": lambda: Told(
        *typed({"x": missing_share(0.6)}),
        None, "warning", ("x",), r"120 of 200 rows \(60%\)", "drop_column",
    ),
    "OF103": lambda: Told(
        *typed({"x": noise(1), "same": ["only"] * N}),
        None, "warning", ("same",), "'only' in all 200 rows", "drop_column",
    ),
    "OF104": lambda: Told(
        *typed({"x": noise(1), "nearly": some(np.zeros(N), 7, 1.0)}),
        None, "info", ("nearly",), "0 in all but 1 row of 200", "drop_column",
    ),
    "OF105": lambda: Told(
        *typed({"a": np.arange(N) // 2, "b": noise(1), "c": np.arange(N) // 2 * 1.0}),
        None, "warning", ("a", "c"), "'c' repeats 'a' in every row", "drop_column",
    ),
    "OF106": lambda: Told(
        *typed({"code": cycle(3, 1, 2), "name": cycle("tin", "iron", "lead")}),
        None, "info", ("code", "name"), "'name' says the same as 'code'", "drop_column",
    ),
    "OF107": lambda: Told(
        *typed({"row": np.arange(1, N + 1), "x": noise(1)}),
        None, "warning", ("row",), "counts the rows", "drop_column",
    ),
    "OF108": lambda: Told(
        *typed({"town": [f"town {i // 2}" for i in range(N)]}),
        None, "warning", ("town",), "100 levels with 2.0 rows each", "drop_column",
    ),
    "OF109": lambda: Told(
        *typed({"x": some([str(i) for i in range(N)], slice(0, 9), "unknown")}),
        None, "warning", ("x",), r"numbers in 191 rows and words in 9 \(4.5%\)", "parse_numbers",
    ),
    "OF110": lambda: Told(
        *typed({"price": [f"€ {1000 + 7 * i:,}" for i in range(N)]}, price="text"),
        None, "warning", ("price",), "numbers written as text in 200 rows", "parse_numbers",
    ),
    "OF111": lambda: Told(
        *typed({"day": dates("%d.%m.%Y")}, day="text"),
        None, "warning", ("day",), "holds dates in 200 rows", "parse_dates",
    ),
    "OF112": lambda: Told(
        *typed({"t": some(20 + noise(1), slice(0, 12), -200)}),
        None, "warning", ("t",), "exactly -200 in 12 rows", "set_missing",
    ),
    "OF113": lambda: Told(
        *typed({"x": some(noise(1), 3, 500.0)}),
        None, "info", ("x",), "1 value more than 10 robust standard deviations",
    ),
    "OF114": lambda: Told(
        *typed({"sex": some(cycle("male", "female"), slice(0, 6, 2), "Male ")}),
        None, "warning", ("sex",), "1 level in more than one way", "tidy_levels",
    ),
    "OF201": lambda: Told(
        *typed({"x": np.repeat(noise(1, N // 2), 2), "id": np.arange(N)}, id="identifier"),
        None, "serious", (), r"100 rows of 200 \(50%\) repeat", "drop_duplicate_rows",
    ),
    "OF202": lambda: Told(
        *typed({"x": np.repeat(noise(1, N // 2), 2), "y": CLASSES}),
        "y", "warning", ("y",), "200 rows have the same features",
    ),
    "OF203": lambda: Told(
        *typed({"x": missing_share(0.02), "c": some(CLASSES, slice(0, 4), None)}),
        None, "warning", (), "4 rows of 200 have no value", "drop_empty_rows",
    ),
    "OF301": lambda: Told(
        *typed({"x": noise(1), "y": some(CLASSES, slice(0, 10), None)}),
        "y", "serious", ("y",), r"missing in 10 of 200 rows \(5.0%\)", "drop_rows_missing_target",
    ),
    "OF302": lambda: Told(
        *typed({"x": noise(1), "y": ["yes"] * N}),
        "y", "serious", ("y",), "'yes' in all 200 rows",
    ),
    "OF303": lambda: Told(
        *typed({"x": noise(1), "y": some(["no"] * N, slice(0, 8), "yes")}),
        "y", "warning", ("y",), r"'yes' is 4.0% of 'y' \(8 rows\), 'no' 96%",
    ),
    "OF304": lambda: Told(
        *typed({"x": noise(1), "y": some(CLASSES, slice(0, 3), "rare")}),
        "y", "serious", ("y",), "Only 3 rows are of class 'rare'", "drop_rows_with_value",
    ),
    "OF305": lambda: Told(
        *typed({"y": np.exp(1.2 * noise(1))}),
        "y", "info", ("y",), "long right tail",
    ),
    "OF306": lambda: Told(
        *typed({"x": noise(1), "leak": HALF + 0.1 * noise(2), "y": CLASSES}),
        "y", "serious", ("leak", "y"), "'leak' alone predicts 'y' almost perfectly", "drop_column",
    ),
    "OF307": lambda: Told(
        *typed({"a": noise(1), "x": noise(2), "b": noise(3), "y": noise(1) + noise(3)}),
        "y", "serious", ("a", "b", "y"), "'y' is 'a' \\+ 'b', in every row", "drop_column",
    ),
}  # fmt: skip

SILENT: dict[str, Callable[[], Told]] = {
    "OF101": lambda: Told(*typed({"x": missing_share(0.99)})),
    "OF102": lambda: Told(*typed({"x": noise(1), "gone": np.full(N, np.nan)})),
    "OF103": lambda: Told(*typed({"flag": some(["yes"] * N, slice(0, 90), None)})),
    "OF104": lambda: Told(*typed({"rare": some(np.zeros(N), [7, 9, 11], 1.0)})),
    "OF105": lambda: Told(*typed({"a": noise(1), "b": some(noise(1), 5, 0.0)})),
    "OF106": lambda: Told(
        *typed({"code": cycle(3, 1, 2), "name": some(cycle("t", "i", "l"), 9, "i"), "x": noise(1)})
    ),
    "OF107": lambda: Told(*typed({"age": np.arange(N) % 70, "weight": noise(1)})),
    "OF108": lambda: Told(*typed({"month": cycle(*(f"m{i}" for i in range(12)))})),
    "OF109": lambda: Told(*typed({"rooms": cycle("1", "2", "3", "4+")})),
    "OF110": lambda: Told(*typed({"grade": cycle("1", "2", "3")})),
    "OF111": lambda: Told(
        *typed({"score": cycle("1-0", "2-1", "0-3"), "year": 1990 + np.arange(N) % 30})
    ),
    "OF112": lambda: Told(
        *typed({"x": some(noise(1), slice(0, 12), -2.0), "n": np.arange(N) % 9, "one": noise(2)})
    ),
    "OF113": lambda: Told(*typed({"x": noise(1), "income": np.exp(noise(2))})),
    "OF114": lambda: Told(*typed({"sex": cycle("male", "female")})),
    "OF201": lambda: Told(*typed({"x": noise(1), "c": CLASSES})),
    "OF202": lambda: Told(*typed({"x": np.repeat(noise(1, N // 2), 2), "y": HALF * 0 + 1}), "y"),
    "OF203": lambda: Told(*typed({"x": missing_share(0.5), "c": CLASSES})),
    "OF301": lambda: Told(*typed({"x": missing_share(0.5), "y": CLASSES}), "y"),
    "OF302": lambda: Told(*typed({"same": ["a"] * N, "y": CLASSES}), "y"),
    "OF303": lambda: Told(*typed({"y": cycle("no", "no", "yes")}), "y"),
    "OF304": lambda: Told(*typed({"y": some(CLASSES, slice(0, 5), "few")}), "y"),
    "OF305": lambda: Told(*typed({"y": 100 + noise(1)}), "y"),
    "OF306": lambda: Told(
        *typed({"good": HALF + 0.5 * noise(2), "name": [f"n{i}" for i in range(N)], "y": CLASSES}),
        "y",
    ),
    "OF307": lambda: Told(
        *typed({"a": noise(1), "b": noise(3), "y": noise(1) + noise(3) + 0.01 * noise(4)}), "y"
    ),
}
