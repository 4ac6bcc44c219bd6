"""A target with a long tail."""

from __future__ import annotations

import numpy as np
import pandas as pd

from outfold.data.check import Check
from outfold.data.finding import Finding
from outfold.data.floats import finite
from outfold.data.levels import holds_classes
from outfold.data.schema import Schema
from outfold.data.wording import number, percent
from outfold.data.words import quoted

LEAST_ROWS = 50
SKEWED = 1.5


def run(frame: pd.DataFrame, schema: Schema, target: str | None) -> list[Finding]:
    """At most one finding: no negative value, skewness above 1.5, and less so after log(1 + y).

    Skewness is the third standardised moment, m3 / m2^1.5, without correction for bias.
    """
    if target is None or schema[target].type != "numeric" or holds_classes(schema, target):
        return []
    values = finite(frame[target])
    if len(values) < LEAST_ROWS or values.min() < 0:
        return []
    skew, after = _skewness(values), _skewness(np.log1p(values))
    if not skew > SKEWED or not abs(after) < skew:
        return []
    ordered = np.sort(values)
    tenth = float(ordered[-max(1, len(ordered) // 10) :].sum() / ordered.sum())
    return [
        Finding(
            CHECK.code,
            "info",
            target,
            (target,),
            f"{quoted(target)} has a long right tail: skewness {skew:.1f}, {abs(after):.1f} on the "
            f"logarithmic scale; the largest tenth of the rows holds {percent(tenth)} of its sum, "
            f"with a maximum of {number(ordered[-1])}.",
            "Squared errors are ruled by a few large values; try the log transform of the target, "
            "or a Gamma, Poisson or Tweedie model.",
            {"skewness": skew, "skewness_log": after, "top_tenth": tenth},
        )
    ]


def _skewness(values: np.ndarray) -> float:
    centred = values - values.mean()
    spread = float(np.mean(centred**2))
    return float(np.mean(centred**3) / spread**1.5) if spread > 0 else 0.0


CHECK = Check(
    code="OF305",
    key="skewed_target",
    label="Skewed target",
    summary="A number to predict that has a long right tail.",
    run=run,
    order=96,
)
