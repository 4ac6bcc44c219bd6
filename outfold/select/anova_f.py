"""Keep columns whose F test against the target is significant."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from outfold.registry import Strategy
from outfold.select.association import Associations, measured_target
from outfold.select.columns import Floats, Target, best_part, named, owners
from outfold.select.evidence import ALPHA, discoveries, neg_log10_p_of_f
from outfold.select.keep import K_LIMIT, keep
from outfold.select.selection import Selection
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


def choose(
    X: pd.DataFrame, y: Target, *, task: Task, seed: int, alpha: float, k: int | None
) -> Selection:
    """Keep the columns that pass Benjamini and Hochberg's rule."""
    sources, owner = owners(X)
    evidence = neg_log10_p_of_f(*f_statistics(X, y, task))
    scores = named(sources, best_part(evidence, owner, len(sources)))
    selected, notes = keep(scores, k=k, passing=discoveries(scores, alpha))
    return Selection(
        selected=selected, scores=scores, score_name="-log10 of the p-value", notes=notes
    )


def build(task: Task, seed: int, alpha: float = 0.05, k: int | None = None) -> Any:
    """The transformer; see ``outfold.select``."""
    from outfold.select.selector import Selector

    return Selector(choose, task, seed, {"alpha": alpha, "k": k})


STRATEGY = Strategy(
    kind="selector",
    key="anova_f",
    label="F test",
    summary="Keeps columns whose mean differs between classes, or whose slope differs from zero.",
    build=build,
    params=(ALPHA, K_LIMIT),
    source="Fisher (1925); Pillai (1955) for categorical columns; Benjamini & Hochberg (1995)",
    family="filter",
    order=40,
    libraries=("scipy",),
)
