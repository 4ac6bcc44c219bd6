"""Numbers that stand for a missing value."""

from __future__ import annotations

import numpy as np
import pandas as pd

from outfold.data.check import Check
from outfold.data.finding import Finding, Severity
from outfold.data.fix import Fix
from outfold.data.floats import finite
from outfold.data.schema import Schema
from outfold.data.wording import number, percent
from outfold.data.words import quoted

CODES = frozenset(
    sign * code
    for sign in (-1, 1)
    for code in (9, 99, 200, 888, 999, 9999, 99999, 999999, 9999999, 8888, 1e20, 1e30)
)
"""Numbers that are in use for a missing value, other than -1 and 0."""

LEAST_ROWS = 30
REPEATED = 0.005


def run(frame: pd.DataFrame, schema: Schema, target: str | None) -> list[Finding]:
    """One finding per numeric column whose least or greatest value is a code for missing.

    The value is repeated (in 3 rows and half a percent of them) and stands far from the rest:

    * a usual code such as -999 beyond a gap of half the others' range, or the only negative value;
    * -1 where all others are whole numbers from 0 on;
    * 0 where the others' median is more than 3 of their robust standard deviations away and the
      nearest more than 1.2, as in a blood pressure of 0;
    * any other value beyond a gap of the others' whole range.
    """
    n = len(frame)
    found = []
    for c in schema.columns:
        if c.type != "numeric" or c.unique < 6 or n - c.missing < LEAST_ROWS:
            continue
        values = np.sort(finite(frame[c.name]))
        for value, others in _ends(values):
            count = len(values) - len(others)
            if count < max(3, REPEATED * len(values)) or len(others) < LEAST_ROWS / 2:
                continue
            severity = _judge(value, others)
            if severity is None:
                continue
            found.append(
                Finding(
                    CHECK.code,
                    "serious" if severity == "warning" and c.name == target else severity,
                    c.name,
                    (c.name,),
                    f"{quoted(c.name)} is exactly {number(value)} in {count:,} rows "
                    f"({percent(count / len(values))}), while all others lie between "
                    f"{number(others[0])} and {number(others[-1])}.",
                    "If it stands for 'not known', means, scales and distances are computed with a "
                    "number that was never measured.",
                    {
                        "value": float(value),
                        "rows": float(count),
                        "low": float(others[0]),
                        "high": float(others[-1]),
                    },
                    Fix("set_missing", (c.name,), (("value", _plain(value)),)),
                )
            )
            break
    return found


def _ends(ordered: np.ndarray) -> list[tuple[float, np.ndarray]]:
    """The least and the greatest value, each with the values on its other side."""
    if not len(ordered):
        return []
    low, high = ordered[0], ordered[-1]
    return [
        (low, ordered[np.searchsorted(ordered, low, "right") :]),
        (high, ordered[: np.searchsorted(ordered, high, "left")]),
    ]


def _judge(value: float, others: np.ndarray) -> Severity | None:
    """How sure it is that a value is a code, from the ordered other values; None if it is not."""
    span = others[-1] - others[0]
    gap = max(others[0] - value, value - others[-1])
    if span == 0:
        return None
    if value in CODES:
        alone = value < 0 <= others[0] and value <= -9
        return "warning" if alone or gap > 0.5 * span else None
    if value == -1 and others[0] >= 0 and np.all(others == np.floor(others)):
        return "info"
    if value == 0 and others[0] > 0:
        low, middle, high = np.quantile(others, [0.25, 0.5, 0.75])
        spread = (high - low) / 1.349
        if spread > 0 and gap > 1.2 * spread and middle > 3 * spread:
            return "warning"
        return None
    return "info" if gap > span else None


def _plain(value: float) -> int | float:
    return int(value) if float(value).is_integer() and abs(value) < 1e15 else float(value)


CHECK = Check(
    code="OF112",
    key="sentinel",
    label="Codes for missing",
    summary="Numbers such as -999, or an impossible 0, that stand for a missing value.",
    run=run,
    order=48,
    many="{n} columns hold a number that seems to stand for missing: {names}.",
)
