"""Rows in groups of similar predicted probability."""

from __future__ import annotations

from typing import Literal

import numpy as np

from outfold.metrics.metric import Floats, Ints


def risk_groups(p: Floats, bins: int, strategy: Literal["quantile", "uniform"]) -> Ints:
    """The bin of each row, 0 … B-1 without gaps; right-closed, equal cuts merged.

    Args:
        p: Predicted probabilities, shape (n,), at least one.
        bins: Most groups.
        strategy: ``quantile`` cuts at type-7 quantiles, ``uniform`` at equal distances.
    """
    if strategy == "quantile":
        cuts = np.unique(np.quantile(p, np.linspace(0, 1, bins + 1)))
    else:
        cuts = np.linspace(0, 1, bins + 1)
    code = np.clip(np.searchsorted(cuts, p, side="left") - 1, 0, max(len(cuts) - 2, 0))
    return np.unique(code, return_inverse=True)[1].astype(np.intp)
