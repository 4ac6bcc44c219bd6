"""p-values corrected for having made many tests."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

Method = Literal["holm", "hochberg", "bonferroni", "bh", "by"]

Floats = npt.NDArray[np.float64]


def adjust(p: npt.ArrayLike, method: Method = "holm") -> Floats:
    """The p-values to be compared with the level as if there had been one test.

    Args:
        p: The p-values, shape (m,). NaN stays NaN and counts as no test, as in R.
        method: ``holm`` (1979) and ``bonferroni`` bound the chance of any false finding whatever
            the dependence; ``hochberg`` (1988) does so for independent tests; ``bh`` (Benjamini &
            Hochberg 1995) and ``by`` (Benjamini & Yekutieli 2001, any dependence) bound the
            expected share of false findings.
    """
    given = np.asarray(p, dtype=np.float64)
    out = np.full(given.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(given))
    m = len(tested)
    if m == 0:
        return out
    rising = tested[np.argsort(given[tested], kind="stable")]
    values, rank = given[rising], np.arange(1, m + 1)
    if method == "bonferroni":
        fixed = values * m
    elif method == "holm":
        fixed = np.maximum.accumulate(values * (m - rank + 1))
    else:
        factor = {
            "hochberg": m - rank + 1.0,
            "bh": m / rank,
            "by": m / rank * (1 / rank).sum(),
        }[method]
        fixed = np.minimum.accumulate((values * factor)[::-1])[::-1]
    out[rising] = np.minimum(fixed, 1.0)
    return out
