"""Values far away from all the others."""

from __future__ import annotations

import numpy as np
import pandas as pd

from outfold.data.check import Check
from outfold.data.finding import Finding
from outfold.data.floats import finite
from outfold.data.schema import Schema
from outfold.data.wording import number
from outfold.data.words import count, quoted

FAR = 10.0
"""Robust standard deviations from the median. Iglewicz & Hoaglin (1993) call 3.5 an outlier; that
is met by thousands of honest values in skewed columns, so only what is beyond doubt is told."""

MOST = 0.01
"""If more than this share is far out, it is the column's shape and not a set of strays."""

LEAST_ROWS = 30


def run(frame: pd.DataFrame, schema: Schema, target: str | None) -> list[Finding]:
    """One finding per numeric column with values beyond 10 robust standard deviations.

    The robust z is (x - median) / (1.4826 MAD). In columns of positive values it has to be passed
    on the logarithmic scale too, so that a long right tail alone is no finding.
    """
    found = []
    for c in schema.columns:
        if c.type != "numeric" or c.unique <= 10 or len(frame) - c.missing < LEAST_ROWS:
            continue
        values = finite(frame[c.name])
        far = _far(values)
        if far.any() and len(values) and values.min() > 0:
            far &= _far(np.log(values))
        strange = int(far.sum())
        if not 0 < strange <= max(1, MOST * len(values)):
            continue
        strays = values[far]
        middle = float(np.median(values))
        worst = float(strays[np.argmax(np.abs(strays - middle))])
        found.append(
            Finding(
                CHECK.code,
                "info",
                c.name,
                (c.name,),
                f"{quoted(c.name)} has {count(strange, 'value')} more than {FAR:g} robust standard "
                f"deviations from the median of {number(middle)}; the farthest is {number(worst)}.",
                "A mistyped value can pull a linear model or a scale towards itself; a true one "
                "may be what matters most.",
                {"rows": float(strange), "median": middle, "farthest": worst},
            )
        )
    return found


def _far(values: np.ndarray) -> np.ndarray:
    """Which values lie beyond the limit; none where half of all values are equal (MAD 0)."""
    if not len(values):
        return np.zeros(0, dtype=bool)
    away = np.abs(values - np.median(values))
    mad = np.median(away)
    if mad == 0:
        return np.zeros(len(values), dtype=bool)
    return np.asarray(away > FAR * 1.4826 * mad)


CHECK = Check(
    code="OF113",
    key="outliers",
    label="Outliers",
    summary="Numbers far away from all the others in their column.",
    run=run,
    order=90,
    many="{n} columns have values far away from the rest: {names}.",
)
