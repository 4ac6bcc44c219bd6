"""What many tests at once do to p-values."""

from __future__ import annotations

import numpy as np

from outfold.explore.measures import Floats


def benjamini_hochberg(p: Floats) -> Floats:
    """p-values adjusted to control the share of false discoveries (Benjamini & Hochberg 1995).

    Holds for independent and positively dependent tests. NaN stays NaN and counts as no test.
    """
    adjusted = np.full(len(p), np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested])]
    m = len(order)
    scaled = p[order] * m / np.arange(1, m + 1)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return adjusted


def shown_p(p: float) -> str:
    """A p-value as people read it: two significant digits, and no zero."""
    if np.isnan(p):
        return "–"
    return "below 0.0001" if p < 1e-4 else f"{p:.2g}"
