"""Columns that say the same as another in other words or another unit."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd

from outfold.data.check import Check
from outfold.data.finding import Finding
from outfold.data.fix import Fix
from outfold.data.schema import Schema
from outfold.data.words import listed, quoted

HUGE = 1e100
"""Numbers whose squares might overflow are no measurements in two units."""

CLOSE = 1e-7
"""Two standardised columns are called one if no cell differs by more than this."""


def run(frame: pd.DataFrame, schema: Schema, target: str | None) -> list[Finding]:
    """One finding per set of columns that translate into each other without loss.

    Two ways are looked for: each value of one goes with one value of the other (a code and its
    name), and one is a linear function of the other (a second unit). Exact copies are left to the
    check for those.
    """
    sets = _translations(frame, schema, target) + _units(frame, schema, target)
    return [
        Finding(
            CHECK.code,
            "info",
            names[1] if len(names) == 2 else None,
            tuple(names),
            f"{listed(names[1:])} {'says' if len(names) == 2 else 'say'} the same as "
            f"{quoted(names[0])}: {how}.",
            "The second one adds nothing that a model could use, and shares the importance of the "
            "first.",
            {"columns": float(len(names)), "rows": float(len(frame))},
            Fix("drop_column", tuple(names[1:])),
        )
        for names, how in sets
    ]


def _translations(
    frame: pd.DataFrame, schema: Schema, target: str | None
) -> list[tuple[list[str], str]]:
    """Sets of columns whose values go with each other one to one."""
    n = len(frame)
    alike: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
    for c in schema.columns:
        # Two columns of two values, or of (nearly) a value per row, agree in form by chance.
        if 2 < c.unique <= (n - c.missing) / 2 and c.name != target and c.type != "text":
            alike[c.unique, c.missing].append(c.name)
    same: defaultdict[bytes, list[str]] = defaultdict(list)
    cells: dict[str, pd.Series] = {}
    for names in alike.values():
        if len(names) > 1:
            for name in names:
                codes, _ = pd.factorize(frame[name])
                same[codes.astype(np.int32).tobytes()].append(name)
                cells[name] = frame[name]
    found = []
    for names in same.values():
        apart = [names[0]]
        for name in names[1:]:
            if not any(_equal(cells[name], cells[other]) for other in apart):
                apart.append(name)
        if len(apart) > 1:
            found.append((apart, "each value of one goes with a single value of the other"))
    return found


def _units(frame: pd.DataFrame, schema: Schema, target: str | None) -> list[tuple[list[str], str]]:
    """Sets of numeric columns that are linear functions of each other.

    Each column is standardised and projected on one random direction; only neighbours on that
    line are compared, so the work grows with the number of columns and not with its square.
    """
    n = len(frame)
    direction = np.random.default_rng(0).standard_normal(n)
    lines: list[tuple[float, str]] = []
    scaled: dict[str, np.ndarray] = {}
    for c in schema.columns:
        if c.type != "numeric" or c.name == target or c.missing or c.unique <= max(2, n / 2):
            continue
        values = frame[c.name].to_numpy(dtype=np.float64)
        if not np.abs(values).max() < HUGE or (spread := values.std()) == 0:
            continue
        z = (values - values.mean()) / spread
        lines.append((abs(float(z @ direction)), c.name))
        scaled[c.name] = z
    lines.sort()
    found: list[tuple[list[str], str]] = []
    run_of: list[str] = []
    last = -np.inf
    for place, (where, name) in enumerate([*lines, (np.inf, "")]):
        if where - last > CLOSE * n:
            kept = _same_line(run_of, scaled, frame)
            if len(kept) > 1:
                order = [c for c in schema.names() if c in kept]
                found.append((order, "one is a multiple of the other, shifted"))
            run_of = []
        if place < len(lines):
            run_of.append(name)
        last = where
    return found


def _same_line(names: list[str], scaled: dict[str, np.ndarray], frame: pd.DataFrame) -> list[str]:
    """Of some candidates, the first and those that really are its linear functions, not copies."""
    if len(names) < 2:
        return []
    first = scaled[names[0]]
    kept = [names[0]]
    for name in names[1:]:
        other = scaled[name]
        close = min(np.abs(first - other).max(), np.abs(first + other).max()) <= CLOSE
        if close and not any(_equal(frame[name], frame[k]) for k in kept):
            kept.append(name)
    return kept


def _equal(a: pd.Series, b: pd.Series) -> bool:
    """Whether two columns hold the same cells, whatever their storage."""
    if pd.api.types.is_numeric_dtype(a) and pd.api.types.is_numeric_dtype(b):
        left = a.to_numpy(dtype=np.float64, na_value=np.nan)
        right = b.to_numpy(dtype=np.float64, na_value=np.nan)
        return bool(np.array_equal(left, right, equal_nan=True))
    return bool(a.astype("str").equals(b.astype("str")))


CHECK = Check(
    code="OF106",
    key="recoded_columns",
    label="Columns that say the same",
    summary="Columns that translate into another without loss: a code and its name, two units.",
    run=run,
    order=70,
    many="{n} sets of columns say the same: {names}.",
)
