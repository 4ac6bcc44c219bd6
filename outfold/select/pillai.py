"""The F test of Pillai's trace, which serves numbers and categories on both sides."""

from __future__ import annotations

import numpy as np
import pandas as pd

from outfold.select.association import Associations, measured_target
from outfold.select.columns import Floats, Target
from outfold.task import Task


def f_statistics(X: pd.DataFrame, y: Target, task: Task) -> tuple[Floats, Floats, Floats]:
    """F, its numerator and its denominator degrees of freedom for each prepared column.

    The F of Pillai's trace: for a number against classes it is the one-way F (``f_classif``), for
    two numbers the F of the slope (``f_regression``), for categories against a number the one-way F
    of the target over the levels, and for categories against classes the F of chi-square / n.
    """
    links, target = Associations(X), measured_target(y, task)
    trace = links.traces(target)
    p, h = links.dimensions.astype(np.float64), float(target.dimensions)
    s = np.minimum(p, h)
    m, n = (np.abs(p - h) - 1.0) / 2.0, (len(X) - 1.0 - h - p - 1.0) / 2.0
    df1, df2 = s * (2.0 * m + s + 1.0), s * (2.0 * n + s + 1.0)
    unexplained = np.maximum(s - trace, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = (df2 / df1) * trace / unexplained
    return np.where((s > 0) & (df2 > 0), statistic, np.nan), df1, df2
